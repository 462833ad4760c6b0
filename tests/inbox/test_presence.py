"""Who looks at a conversation, as Redis remembers it."""

import asyncio

from inbox import presence

NOWHERE = "redis://127.0.0.1:1/0"


async def test_everybody_is_seen_once_however_many_tabs():
    assert await presence.seen(901, 7, "tab one")
    assert await presence.seen(901, 7, "tab two")
    assert not await presence.seen(901, 7, "tab two")
    assert await presence.seen(901, 8, "phone")
    assert await presence.viewers(901) == [7, 8]
    assert await presence.left(901, 7, "tab one")
    assert await presence.viewers(901) == [7, 8]
    assert await presence.left(901, 7, "tab two")
    assert await presence.viewers(901) == [8]
    assert not await presence.left(901, 7, "tab two")


async def test_who_shows_no_sign_of_life_fades_and_the_next_sign_of_another_tells(monkeypatch):
    monkeypatch.setattr(presence, "FADE", 0.2)
    await presence.seen(902, 7, "killed")
    await asyncio.sleep(0.3)
    assert await presence.viewers(902) == []
    monkeypatch.setattr(presence, "FADE", 15.0)
    await presence.seen(902, 8, "alive")
    await presence.seen(902, 7, "old")
    client = presence._client(presence.settings.REDIS_URL)
    await client.zadd("presence:902", {"7:old": 1})
    assert await presence.seen(902, 8, "alive")
    assert not await presence.seen(902, 8, "alive")


async def test_without_redis_nobody_is_seen_and_nothing_breaks():
    assert not await presence.seen(903, 7, "tab", url=NOWHERE)
    assert await presence.viewers(903, url=NOWHERE) == []
    assert not await presence.left(903, 7, "tab", url=NOWHERE)


def test_a_killed_process_has_faded_within_25_seconds():
    assert presence.FADE + presence.RENEW <= 25
    assert presence.FADE > presence.RENEW
