"""The hub: who joins and leaves, and that nobody keeps the others waiting."""

from __future__ import annotations

import asyncio

import pytest

from conversations import hub as hubs
from conversations import live
from conversations.hub import Feed, Hub


class Page:
    """A socket's end without a network; a slow one never takes its frame."""

    language = "en"

    def __init__(self, *, is_slow: bool = False) -> None:
        self.is_slow = is_slow
        self.heard: list[str] = []

    async def say(self, frame: str) -> None:
        if self.is_slow:
            await asyncio.Event().wait()
        self.heard.append(frame)


class Thread(Feed):
    """A feed that repeats the kinds of its hints."""

    conversation_id = 7

    async def frames(self, hints, languages):
        return {language: " ".join(hint["what"] for hint in hints) for language in languages}

    def is_behind(self, position: int) -> bool:
        return position > 3


async def nothing() -> str:
    return ""


@pytest.fixture
async def hub():
    hub = Hub()
    hub._listening.set()
    hub._tasks = [asyncio.create_task(asyncio.sleep(0))]
    yield hub
    for watched in hub._watched.values():
        watched.task.cancel()


async def until(ready) -> None:
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110  # the hub tells nobody
            await asyncio.sleep(0.01)


async def test_a_socket_that_could_not_catch_up_leaves_nothing_behind(hub):
    async def away() -> str:
        raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError):
        await hub.join(Thread(), Page(), away)
    joining = asyncio.create_task(hub.join(Thread(), Page(), asyncio.Event().wait))
    await until(lambda: hub._watched)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert (hub._watched, dict(hub._by_conversation)) == ({}, {})


async def test_a_slow_reader_is_left_behind(hub, monkeypatch):
    monkeypatch.setattr(hubs, "SLOW", 0.05)
    slow, quick = Page(is_slow=True), Page()
    for page in (slow, quick):
        await hub.join(Thread(), page, nothing)
    hub._spread(live.hint("state", 7))
    await until(lambda: quick.heard == ["state"])
    await until(lambda: hub._watched["Thread", 7].sockets == {quick})


async def test_many_sockets_wait_together_for_a_channel_layer_that_is_away(hub, monkeypatch):
    hub._listening.clear()
    async with asyncio.timeout(4):
        await asyncio.gather(*(hub.join(Thread(), Page(), nothing) for _ in range(5)))
    assert len(hub._watched["Thread", 7].sockets) == 5


async def test_after_a_lost_hint_the_state_is_told_too(hub, monkeypatch):
    async def positions(ids):
        return dict.fromkeys(ids, 4)

    monkeypatch.setattr(hubs.selectors, "positions_here", positions)
    page = Page()
    await hub.join(Thread(), page, nothing)
    await hub._repair()
    await until(lambda: page.heard == ["entries state"])


async def test_an_echo_that_does_not_come_back_makes_the_pages_fetch_and_the_hub_listen_anew(monkeypatch):
    hub = Hub()
    hub._tasks = [asyncio.create_task(asyncio.sleep(60))]  # listens no more, and says nothing about it
    assert await hub._heartbeat() == hubs.PULSE_FRAME
    assert await hub._heartbeat() == hubs.REFETCH_FRAME
    await asyncio.wait_for(hub._listening.wait(), 5)
    await live.publish_here(live.hint("echo", 0, hub=hub._name))
    await until(lambda: not hub._echo_due)
    assert await hub._heartbeat() == hubs.PULSE_FRAME
    hub._tasks[0].cancel()
