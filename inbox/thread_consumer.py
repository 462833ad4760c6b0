"""The conversation pane's socket: it carries news out, and says that its teammate is looking."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from functools import partial
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from conversations import live
from conversations.hub import hub
from conversations.models import Conversation
from inbox import access, presence
from inbox.consumers import TeammateConsumer
from inbox.thread_fragments import TeamThread, catch_up

NOT_THERE = 4404  # our own close code, like the page's 404


class ThreadConsumer(TeammateConsumer):
    """One teammate's view of one conversation."""

    feed: TeamThread | None = None
    renewal: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let the teammate in after the access check, with everything after the entry that their page shows."""
        await self.accept()
        self.teammate = access.teammate_of(self.scope)
        if self.teammate is None:
            await self.close(access.REFUSED)
            return
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        conversation = await database_sync_to_async(Conversation.objects.only("pk").filter(public_id=public_id).first)()
        if conversation is None:
            await self.close(NOT_THERE)
            return
        self.name = uuid.uuid4().hex
        self.welcome()
        self.language = access.language_of(self.scope)
        self.feed = TeamThread(conversation.pk)
        missed = partial(catch_up, conversation.pk, after=self._after(), language=self.language)
        await hub().join(self.feed, self, missed)
        self.renewal = asyncio.create_task(self._be_seen(self.feed.conversation_id, self.teammate.pk))

    def _after(self) -> int:
        said = parse_qs(self.scope["query_string"].decode()).get("after", ["0"])[0]
        return int(said) if said.isdecimal() and len(said) < 10 else 0

    async def _be_seen(self, conversation_id: int, teammate_id: int) -> None:
        while True:
            if await presence.seen(conversation_id, teammate_id, self.name):
                await live.publish_here(live.hint("presence", conversation_id))
            await asyncio.sleep(presence.RENEW)

    async def disconnect(self, code: int) -> None:
        """Forget the socket, and tell the others that this teammate has gone."""
        if self.feed is None or self.teammate is None:
            return
        hub().leave(self.feed, self)
        if self.renewal:
            self.renewal.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.renewal
        if await presence.left(self.feed.conversation_id, self.teammate.pk, self.name):
            await live.publish_here(live.hint("presence", self.feed.conversation_id))
