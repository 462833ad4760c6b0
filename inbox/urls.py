"""The inbox's addresses, for pages and for sockets."""

from __future__ import annotations

from django.urls import URLPattern, path

from inbox import conversation_urls
from inbox.consumers import QueueConsumer
from inbox.views import queue, session

app_name = "inbox"
urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("preferences/", session.preferences, name="preferences"),
    *conversation_urls.urlpatterns,
]
websocket_urlpatterns: list[URLPattern] = [
    path("", QueueConsumer.as_asgi(), name="queue_socket"),
    *conversation_urls.websocket_urlpatterns,
]
