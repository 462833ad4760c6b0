"""Servers that the user brings: whether they answer, and what to say when they do not."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from vivollo.local.trouble import Trouble

LIMIT = 10.0  # seconds: servers that are started at the same time need a moment


def require_database(url: str, pause: Callable[[float], None], limit: float = LIMIT) -> None:
    """Return when the database of DATABASE_URL answers."""
    import psycopg

    def ask() -> None:
        psycopg.connect(url, connect_timeout=5).close()

    _require(ask, psycopg.Error, f"The database {without_password(url)} (DATABASE_URL)", "PostgreSQL", pause, limit)


def require_redis(url: str, pause: Callable[[float], None], limit: float = LIMIT) -> None:
    """Return when the server of REDIS_URL answers."""
    import redis

    def ask() -> None:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()

    kinds = (redis.RedisError, ValueError)
    _require(ask, kinds, f"The server {without_password(url)} (REDIS_URL)", "Redis-compatible server", pause, limit)


def without_password(url: str) -> str:
    """Return the address as it may be shown."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.split(':')[0]}{at}{host}{parts.path}"


def _require(
    ask: Callable[[], None],
    kinds: type[Exception] | tuple[type[Exception], ...],
    what: str,
    embedded: str,
    pause: Callable[[float], None],
    limit: float,
) -> None:
    deadline = time.monotonic() + limit
    while True:
        try:
            return ask()
        except kinds as error:
            if time.monotonic() > deadline:
                name = what[what.index("(") + 1 : -1]
                raise Trouble(
                    f"{what} does not answer: {_first_words(error)}. "
                    f"Start it or correct the address; without {name}, the embedded {embedded} is used."
                ) from None
        pause(0.5)


def _first_words(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
