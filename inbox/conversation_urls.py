"""The conversation pane's addresses, under /inbox/ and under ws/inbox/."""

from __future__ import annotations

from django.urls import URLPattern, path

from inbox.thread_consumer import ThreadConsumer
from inbox.views import conversation

urlpatterns: list[URLPattern] = [
    path("c/<uuid:public_id>/", conversation.conversation, name="conversation"),
    path("c/<uuid:public_id>/entries", conversation.entries, name="entries"),
    path("c/<uuid:public_id>/reply", conversation.reply, name="reply"),
    path("c/<uuid:public_id>/claim", conversation.claim, name="claim"),
    path("c/<uuid:public_id>/assign", conversation.assign, name="assign"),
    path("c/<uuid:public_id>/hand-back", conversation.hand_back, name="hand_back"),
    path("c/<uuid:public_id>/finish", conversation.finish, name="finish"),
    path("c/<uuid:public_id>/typing", conversation.typing, name="typing"),
]
websocket_urlpatterns: list[URLPattern] = [
    path("c/<uuid:public_id>/", ThreadConsumer.as_asgi(), name="conversation_socket"),
]
