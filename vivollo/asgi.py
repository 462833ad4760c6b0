"""The ASGI entry point: pages through Django, the visitor's door by its short way, and the sockets."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivollo.settings")

import django

django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse
from django.urls import path, re_path, set_script_prefix

from conversations.urls import websocket_urlpatterns as chat_sockets
from inbox.urls import websocket_urlpatterns as inbox_sockets

VISITOR_PATH = "/chat/"
MESSAGES = "/messages"
LARGEST_BODY = 262_144  # bytes; a visitor's words, or a shelf of browsed pages, are far below


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


class MessageHandler(VisitorHandler):
    """The same for a visitor's message, without the two thread hops around a request.

    They tell Django's ORM that a request began and ended; the message path does not use the ORM's connections
    but where it says so itself. A browser that hangs up changes nothing either: what it sent is kept.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            set_script_prefix(get_script_prefix(scope))
            request, refused = self.create_request(scope, body)
            if request is None:
                await self.send_response(cast(HttpResponse, refused), send)
            else:
                await self.send_response(await self.run_get_response(request), send)


def _length(scope: Any) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() else 0


class Pages:
    """Sends the visitor's door to its own handlers, and everything else to Django's."""

    def __init__(self) -> None:
        self.messages = MessageHandler()
        self.visitors = VisitorHandler()
        self.everyone = ASGIHandler()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        handler: ASGIHandler = self.everyone
        if scope["path"].startswith(VISITOR_PATH):
            if _length(scope) > LARGEST_BODY:
                await send(
                    {"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]}
                )
                await send({"type": "http.response.body", "body": b"That is too large to be a message."})
                return
            handler = self.messages if scope["path"].endswith(MESSAGES) else self.visitors
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
                    # By pattern: behind a middleware, path() would match this address only and none below it.
                    re_path(r"^ws/inbox/", AuthMiddlewareStack(URLRouter(inbox_sockets))),
                ]
            )
        ),
    }
)
