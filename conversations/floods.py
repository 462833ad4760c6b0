"""Keeps one visitor, or one address, from using up what is there for all; generous to people, in the way of scripts.

What arrives with a token is counted for its visitor by each web process for itself: one look into a dict, because
a message pays for it, so that N processes let through N times as much. What makes a new visitor is counted for
the address and chat page in Redis, for all processes together, and so are tries to sign in. Without Redis nobody
is refused.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Hashable

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

MINUTE = 60
ROUNDING = 1e-6
MOST_KEPT = 10_000  # keys that a process keeps before it looks for idle ones
PATIENCE = 0.5  # seconds that Redis has to answer
AWAY = 5.0  # seconds for which a Redis that did not answer is not asked again


class Bucket:
    """A bucket of a minute's tokens for each key, filled evenly; it keeps one number a key: when it is full again."""

    def __init__(self) -> None:
        self._full_at: dict[Hashable, float] = {}
        self._most = MOST_KEPT

    def wait(self, key: Hashable, a_minute: int) -> int:
        """Take one and return 0, or the whole seconds until there is one again."""
        now = time.monotonic()
        full_at = max(self._full_at.get(key, now), now) + MINUTE / a_minute
        if full_at - now > MINUTE + ROUNDING:
            return math.ceil(full_at - now - MINUTE)
        self._full_at[key] = full_at
        if len(self._full_at) > self._most:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """A full bucket is as good as none."""
        self._full_at = {key: full_at for key, full_at in list(self._full_at.items()) if full_at > now}
        self._most = max(MOST_KEPT, 2 * len(self._full_at))


class Window:
    """What one address does at one place in each clock minute, counted in Redis for all processes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._redis: redis.Redis | None = None
        self._ask_at = 0.0

    def wait(self, address: str, place: str, most: int) -> int:
        """Count one and return 0, or the seconds until the next minute begins."""
        if not address or time.monotonic() < self._ask_at:
            return 0
        minute, second = divmod(int(time.time()), MINUTE)
        key = f"{self.name}:{place}:{address}:{minute}"
        try:
            pipe = self._client().pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, 2 * MINUTE)
            counted, _ = pipe.execute()
        except redis.RedisError as trouble:
            self._ask_at = time.monotonic() + AWAY
            logger.warning("%s are not counted while Redis does not answer: %r", self.name, trouble)
            return 0
        return MINUTE - second if counted > most else 0

    def _client(self) -> redis.Redis:
        if self._redis is None:
            self._redis = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),  # somebody waits for the answer
            )
        return self._redis


messages, signs = Bucket(), Bucket()
arrivals, tries, openings = Window("arrivals"), Window("tries"), Window("openings")
