"""Who looks at a conversation, across processes: a sorted set in Redis whose members fade unless they are renewed.

It is a courtesy, never a rule: without Redis nobody is seen, and nothing else changes.
"""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

RENEW = 10.0  # seconds between two signs of life of a viewer
FADE = 15.0  # a viewer whose process was killed is gone after this, and seen to be gone one renewal later
_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Redis]] = weakref.WeakKeyDictionary()

T = TypeVar("T")


def _client(url: str) -> Redis:
    mine = _clients.setdefault(asyncio.get_running_loop(), {})
    if url not in mine:
        mine[url] = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, decode_responses=True)
    return mine[url]


def _key(conversation_id: int) -> str:
    return f"presence:{conversation_id}"


def _member(teammate_id: int, socket: str) -> str:
    return f"{teammate_id}:{socket}"


async def seen(conversation_id: int, teammate_id: int, socket: str, *, url: str = "") -> bool:
    """The teammate is looking now; true when that changes who is there, by their coming or by somebody's fading."""

    async def write(redis: Redis) -> bool:
        now = time.time()
        pipe: Any = redis.pipeline(transaction=True)
        pipe.zremrangebyscore(_key(conversation_id), 0, now)
        pipe.zadd(_key(conversation_id), {_member(teammate_id, socket): now + FADE})
        pipe.expire(_key(conversation_id), int(FADE * 2))
        faded, added, _ = await pipe.execute()
        return bool(faded or added)

    return await _or_nothing(write, url, False)


async def left(conversation_id: int, teammate_id: int, socket: str, *, url: str = "") -> bool:
    """This socket of the teammate's is closed; true when it had been there."""

    async def write(redis: Redis) -> bool:
        return bool(await redis.zrem(_key(conversation_id), _member(teammate_id, socket)))

    return await _or_nothing(write, url, False)


async def viewers(conversation_id: int, *, url: str = "") -> list[int]:
    """The ids of the teammates who look at it now, in a steady order; each once, however many tabs."""

    async def read(redis: Redis) -> list[int]:
        members = await redis.zrangebyscore(_key(conversation_id), time.time(), "+inf")
        return sorted({int(str(member).partition(":")[0]) for member in members})

    return await _or_nothing(read, url, [])


async def _or_nothing(ask: Callable[[Redis], Awaitable[T]], url: str, nothing: T) -> T:
    try:
        return await ask(_client(url or settings.REDIS_URL))
    except (RedisError, OSError, TimeoutError) as trouble:
        logger.warning("presence is not known while Redis does not answer: %r", trouble)
        return nothing
