"""The visitor's socket: it carries news out, and takes nothing in."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import QueryDict

from conversations import access, forms, fragments
from conversations.fragments import VisitorThread
from conversations.hub import hub
from conversations.models import Conversation, Visitor

SUBPROTOCOL = "vivollo."  # followed by the token, which an address would leave in logs
REFUSED = 4401
NO_THREAD_YET = 4404


class VisitorSocket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One tab that looks at its visitor's own thread."""

    channel_layer_alias = "none"  # the hub listens once for all; a consumer needs no channel of its own
    feed: VisitorThread | None = None
    language = "en"

    async def connect(self) -> None:
        """Accept first, so that the page hears why it is refused and does not try for ever."""
        offered = next((name for name in self.scope["subprotocols"] if name.startswith(SUBPROTOCOL)), None)
        await self.accept(offered)
        slug = self.scope["url_route"]["kwargs"]["slug"]
        try:
            visitor, thread = await database_sync_to_async(_own_thread)((offered or "").removeprefix(SUBPROTOCOL), slug)
        except access.NotAVisitor:
            await self.close(REFUSED)
            return
        if thread is None:
            await self.close(NO_THREAD_YET)
            return
        position = forms.read_position(QueryDict(self.scope["query_string"]))
        self.language = visitor.chat_page.locale
        self.feed = VisitorThread(thread.pk)

        async def catch_up() -> str:
            missed: str = await database_sync_to_async(_missed)(visitor, thread.pk, position)
            return missed

        await hub().join(self.feed, self, catch_up)

    async def disconnect(self, code: int) -> None:  # channels' name for it
        """Leave the feed."""
        if self.feed is not None:
            hub().leave(self.feed, self)

    async def say(self, frame: str) -> None:
        """Send one frame."""
        await self.send(text_data=frame)

    async def receive(self, *args: Any, **kwargs: Any) -> None:
        """Input is HTTP only; whatever a page says here is not heard."""


def _own_thread(token: str, slug: str) -> tuple[Visitor, Conversation | None]:
    visitor = access.visitor_of(token, slug)
    return visitor, access.latest_conversation(visitor)


def _missed(visitor: Visitor, conversation_id: int, position: forms.Position) -> str:
    thread = Conversation.objects.get(pk=conversation_id)
    return fragments.latest(visitor, thread, after=position.in_conversation(thread.public_id))
