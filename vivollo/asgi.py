"""The ASGI entry point: pages through Django, the visitor's door by its short way, and the sockets."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivollo.settings")

import django

django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.urls import path

from conversations.urls import websocket_urlpatterns as chat_sockets
from inbox.urls import websocket_urlpatterns as inbox_sockets

VISITOR_PATH = "/chat/"


class VisitorHandler(ASGIHandler):
    """Django's own handler with only the middleware that the visitor's door needs.

    The full list would hop to a thread and back for each middleware; a message's time is mostly those hops.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Load VISITOR_MIDDLEWARE; runs once at start-up, before any request."""
        whole = settings.MIDDLEWARE
        settings.MIDDLEWARE = settings.VISITOR_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = whole


class Pages:
    """Sends the visitor's door to its own handler, and everything else to Django's."""

    def __init__(self) -> None:
        self.visitors = VisitorHandler()
        self.everyone = ASGIHandler()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        handler = self.visitors if scope["path"].startswith(VISITOR_PATH) else self.everyone
        await handler(scope, receive, send)


# Both kinds of socket are opened by our own pages (the chat's frame is ours too, whoever embeds it), so a
# foreign origin is refused before anything else. The visitor's socket then shows its token, a teammate's its session.
application = ProtocolTypeRouter(
    {
        "http": Pages(),
        "websocket": AllowedHostsOriginValidator(
            URLRouter(
                [
                    path("ws/chat/", URLRouter(chat_sockets)),
                    path("ws/inbox/", AuthMiddlewareStack(URLRouter(inbox_sockets))),
                ]
            )
        ),
    }
)
