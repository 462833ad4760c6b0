"""The teammates' sockets: they let a feed's frames out, and take nothing in."""

from __future__ import annotations

import time

from channels.generic.websocket import AsyncWebsocketConsumer

from conversations.hub import hub
from inbox import access
from inbox.fragments import Queue

REFETCH = '<template id="refetch"></template>'


class QueueConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One browser's end of the queue."""

    language = "en"
    feed: Queue | None = None
    patience = 60.0  # seconds until it is looked again whether the teammate may listen
    welcome_until = 0.0

    async def connect(self) -> None:
        """Let a teammate see the queue; others get a close code that their page understands."""
        await self.accept()
        if access.teammate_of(self.scope) is None:
            await self.close(access.REFUSED)
            return
        self.language = access.language_of(self.scope)
        self.welcome_until = time.monotonic() + self.patience
        self.feed = Queue()
        await hub().join(self.feed, self, self._catch_up)

    async def _catch_up(self) -> str:
        """What happened between the page's rendering and this moment: the list is fetched whole."""
        return REFETCH

    async def say(self, frame: str) -> None:
        """Send one frame of the feed, unless the teammate has left or signed out meanwhile."""
        if time.monotonic() > self.welcome_until:
            if not await access.is_still_welcome(self.scope):
                await self.close(access.REFUSED)
                return
            self.welcome_until = time.monotonic() + self.patience
        await self.send(text_data=frame)

    async def disconnect(self, code: int) -> None:
        """Leave the feed."""
        if self.feed is not None:
            hub().leave(self.feed, self)
