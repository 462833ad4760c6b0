"""The hub: in each process, every event is heard once and every frame rendered once a language.

A feed is what several sockets look at (a thread as customers see it, a thread as teammates see it, the
queue). The hub starts with the first socket of its event loop, hears the hints, and sends each feed's frame,
as the same text, to all its sockets. A consumer is never woken one by one (DESIGN section 5).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
import weakref
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Protocol

from channels.layers import get_channel_layer

from conversations import live, selectors
from conversations.live import Hint

logger = logging.getLogger(__name__)

PULSE = 10.0  # seconds between two looks at what a lost hint may have left behind
PULSE_FRAME = '<template id="pulse"></template>'
REFETCH_FRAME = '<template id="refetch"></template>'
RETRY = 1.0
SLOW = 5.0  # seconds that one socket may keep the others of its feed waiting


class Socket(Protocol):
    """One browser's end of a feed."""

    language: str

    async def say(self, frame: str) -> None:
        """Send one frame; a socket that is gone raises, and is forgotten."""
        ...


class Feed(ABC):
    """What several sockets look at. Subclasses render; the hub carries."""

    conversation_id: int | None = None  # None: it hears of every conversation
    pause: float = 0.0  # seconds between two frames, so that a burst becomes one

    @property
    def key(self) -> tuple[str, int | None]:
        """Equal for two sockets that look at the same thing."""
        return type(self).__name__, self.conversation_id

    async def start(self) -> None:  # noqa: B027  # a feed without a position has nothing to learn
        """Learn where the feed stands, before its first frame."""

    @abstractmethod
    async def frames(self, hints: list[Hint], languages: set[str]) -> dict[str, str]:
        """One frame a language for what the hints speak of; a language without news has none."""

    def is_urgent(self, hint: Hint) -> bool:
        """Whether the hint ends the pause between two frames."""
        return False

    def is_behind(self, position: int) -> bool:
        """Whether the conversation's newest seq says that a hint was lost."""
        return position < 0  # a feed without a position of its own is never behind


class _Watched:
    """A feed with its sockets and the task that serves them."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.sockets: set[Socket] = set()
        self.hints: list[Hint] = []
        self.news = asyncio.Event()
        self.urgent = asyncio.Event()
        self.task = asyncio.create_task(self._serve(), name=f"feed {feed.key}")

    def hear(self, hint: Hint) -> None:
        self.hints.append(hint)
        self.news.set()
        if self.feed.is_urgent(hint):
            self.urgent.set()

    async def _serve(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            self.urgent.clear()
            hints, self.hints = self.hints, []
            began = time.monotonic()
            try:
                frames = await self.feed.frames(hints, {socket.language for socket in self.sockets})
            except Exception:
                logger.exception("a frame of %s could not be rendered; its pages fetch instead", self.feed.key)
                frames = {socket.language: REFETCH_FRAME for socket in self.sockets}
            for socket in list(self.sockets):
                if socket.language in frames:
                    await self.send(socket, frames[socket.language])
            if self.feed.pause:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.urgent.wait(), max(0.0, self.feed.pause - (time.monotonic() - began)))

    async def send(self, socket: Socket, frame: str) -> None:
        try:
            async with asyncio.timeout(SLOW):
                await socket.say(frame)
        except Exception:  # gone, or it reads so slowly that all others would wait for it
            self.sockets.discard(socket)


class Hub:
    """All feeds of one event loop."""

    def __init__(self) -> None:
        self._watched: dict[tuple[str, int | None], _Watched] = {}
        self._by_conversation: dict[int | None, set[_Watched]] = defaultdict(set)
        self._tasks: list[asyncio.Task[None]] = []
        self._listening = asyncio.Event()
        self._name = uuid.uuid4().hex
        self._echo_due = False  # an echo of our own was sent and not heard yet

    async def join(self, feed: Feed, socket: Socket, catch_up: Callable[[], Awaitable[str]]) -> None:
        """Let the socket see the feed from now on, after a frame with what it has missed.

        The caller has checked the access. The socket is listed before the catch-up is read, so that nothing
        falls between; what then comes twice is known by its seq. A socket that could not catch up is not listed.
        """
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._pulse())]
        try:
            await asyncio.wait_for(self._listening.wait(), timeout=2)
        except TimeoutError:
            logger.warning("the channel layer does not answer; the page lives on pulses until it does")
        if feed.key not in self._watched:
            await feed.start()
        watched = self._watch(feed)
        watched.sockets.add(socket)
        try:
            frame = await catch_up()
        except BaseException:  # a cancelled one too: nobody would ever call leave() for it
            self.leave(feed, socket)
            raise
        if frame:
            await watched.send(socket, frame)

    def _watch(self, feed: Feed) -> _Watched:
        """The feed's one place; another socket may have made it while this one's feed was starting."""
        watched = self._watched.get(feed.key)
        if watched is None:
            watched = self._watched[feed.key] = _Watched(feed)
            self._by_conversation[feed.conversation_id].add(watched)
        return watched

    def leave(self, feed: Feed, socket: Socket) -> None:
        """Forget the socket; a feed without sockets ends."""
        watched = self._watched.get(feed.key)
        if watched is None:
            return
        watched.sockets.discard(socket)
        if not watched.sockets:
            watched.task.cancel()
            del self._watched[feed.key]
            self._by_conversation[feed.conversation_id].discard(watched)
            if not self._by_conversation[feed.conversation_id]:
                del self._by_conversation[feed.conversation_id]

    def _spread(self, hint: Hint) -> None:
        if hint["what"] == "echo":
            self._echo_due = self._echo_due and hint["hub"] != self._name
            return
        for place in (hint["conversation"], None):
            for watched in self._by_conversation.get(place, ()):
                watched.hear(hint)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        assert layer is not None
        lost = False
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(live.GROUP, channel)
                if lost:
                    await self._everyone(REFETCH_FRAME)
                lost = False
                self._listening.set()
                while True:
                    self._spread(await layer.receive(channel))
            except Exception:
                logger.warning("the channel layer is away; trying again", exc_info=not lost)
                lost = True
                await asyncio.sleep(RETRY)

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            try:
                await self._repair()
            except Exception:
                logger.warning("the database did not answer a pulse", exc_info=True)
            await self._everyone(await self._heartbeat())

    async def _heartbeat(self) -> str:
        """A pulse; or, where our own last echo did not come back, the word to fetch, and a new start of listening.

        The channel layer reconnects in silence, so that only an echo tells that hints were lost.
        """
        lost = self._echo_due
        if lost:
            logger.warning("hints were lost: our own echo did not come back; the pages fetch instead")
            self._tasks[0].cancel()
            self._tasks[0] = asyncio.create_task(self._listen())
        self._echo_due = True
        await live.publish_here(live.hint("echo", 0, hub=self._name))
        return REFETCH_FRAME if lost else PULSE_FRAME

    async def _repair(self) -> None:
        """What a hint should have said and did not, the database says now."""
        ids = [place for place in self._by_conversation if place is not None]
        for conversation_id, position in (await selectors.positions_here(ids)).items() if ids else ():
            for watched in self._by_conversation.get(conversation_id, ()):
                if watched.feed.is_behind(position):
                    watched.hear(live.hint("entries", conversation_id, seq=position))
                    watched.hear(live.hint("state", conversation_id))  # its hint was lost too, or there was none

    async def _everyone(self, frame: str) -> None:
        for watched in list(self._watched.values()):
            for socket in list(watched.sockets):
                await watched.send(socket, frame)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
