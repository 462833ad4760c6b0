"""The teammates' sockets: they let a feed's frames out, and take nothing in."""

from __future__ import annotations

import time

from channels.generic.websocket import AsyncWebsocketConsumer

from conversations.hub import hub
from inbox import access
from inbox.fragments import Queue

REFETCH = '<template id="refetch"></template>'


class TeammateConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One teammate's socket, which closes within a minute of their leaving or signing out."""

    language = "en"
    patience = 45.0  # seconds until it is looked again whether the teammate may listen; a pulse comes each ten
    welcome_until = 0.0

    def welcome(self) -> None:
        """The access check has just let them in."""
        self.welcome_until = time.monotonic() + self.patience

    async def say(self, frame: str) -> None:
        """Send one frame of the feed, unless the teammate has left or signed out meanwhile."""
        if time.monotonic() > self.welcome_until:
            if not await access.is_still_welcome(self.scope):
                await self.close(access.REFUSED)
                return
            self.welcome()
        await self.send(text_data=frame)


class QueueConsumer(TeammateConsumer):
    """One browser's end of the queue."""

    feed: Queue | None = None

    async def connect(self) -> None:
        """Let a teammate see the queue; others get a close code that their page understands."""
        await self.accept()
        if access.teammate_of(self.scope) is None:
            await self.close(access.REFUSED)
            return
        self.language = access.language_of(self.scope)
        self.welcome()
        self.feed = Queue()
        await hub().join(self.feed, self, self._catch_up)

    async def _catch_up(self) -> str:
        """What happened between the page's rendering and this moment: the list is fetched whole."""
        return REFETCH

    async def disconnect(self, code: int) -> None:
        """Leave the feed."""
        if self.feed is not None:
            hub().leave(self.feed, self)
