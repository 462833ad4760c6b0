"""Typed readers of the environment: each refuses nonsense by the variable's name and says what to write instead.

Import the module, not its names: `from vivollo import env`, then `env.flag("DEBUG", False)`.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")
SHORTEST_SECRET = 32


class EnvError(ImproperlyConfigured, SystemExit):
    """Ends the process with its sentence and no traceback; Django treats it as any other faulty configuration."""

    def __init__(self, sentence: str) -> None:
        SystemExit.__init__(self, sentence)


def _given(name: str) -> str:
    return os.environ.get(name, "").strip()


def text(name: str, default: str | None = None) -> str:
    """Return the words in the variable, or the default; without a default the start stops here."""
    value = _given(name) or default
    if value is None:
        raise EnvError(f"{name} is not set. Set it in the environment and start again.")
    return value


def secret(name: str) -> str:
    """Return a secret that is long enough to be one."""
    value = _given(name)
    make_one = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    if not value:
        raise EnvError(f"{name} is not set. Make one with {make_one} and keep it out of the repository.")
    if len(value) < SHORTEST_SECRET:
        raise EnvError(
            f"{name} has {len(value)} characters; a secret needs at least {SHORTEST_SECRET}. Make one with {make_one}."
        )
    return value


def flag(name: str, default: bool) -> bool:
    """Return whether the variable is switched on."""
    value = _given(name).lower()
    if not value:
        return default
    if value not in TRUE + FALSE:
        raise EnvError(f"{name} is {value!r}. Write 1 for on or 0 for off.")
    return value in TRUE


def integer(name: str, default: int, low: int | None = None, high: int | None = None) -> int:
    """Return a whole number within the limits."""
    value = _given(name)
    try:
        number = int(value) if value else default
    except ValueError:
        raise EnvError(f"{name} is {value!r}. Write a whole number, for example {default}.") from None
    if low is not None and number < low:
        raise EnvError(f"{name} is {number}. Write {low} or more.")
    if high is not None and number > high:
        raise EnvError(f"{name} is {number}. Write {high} or less.")
    return number


def items(name: str, default: Sequence[str] | None = ()) -> list[str]:
    """Return the words between the commas, without blanks; with None as default the start stops here without any."""
    words = [word.strip() for word in _given(name).split(",") if word.strip()]
    if not words and default is None:
        raise EnvError(f"{name} is not set. Write one or more words with commas between, and start again.")
    return words or list(default or ())


def url(name: str, default: str | None = None) -> str:
    """Return an http or https address without a slash at its end."""
    value = text(name, default)
    if not value:
        return value
    parts = _split(name, value, "https://support.example.com")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnvError(f"{name} is {value!r}. Write a whole address, for example https://support.example.com.")
    return value.rstrip("/")


def database(name: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for a PostgreSQL URL, with a connection pool of its own.

    Both forms are read: postgresql://user:password@host:5432/name?sslmode=require, and for a socket
    postgresql:///name?host=/folder&user=name. Other parameters go to the driver as they are.
    """
    example = "postgresql://user:password@localhost:5432/vivollo"
    value = text(name)
    parts = _split(name, value, example)
    if parts.scheme not in ("postgresql", "postgres"):
        raise EnvError(f"{name} does not begin with postgresql://. Write it like {example}.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    database_name = unquote(parts.path.lstrip("/")) or options.pop("dbname", "")
    if not database_name:
        raise EnvError(f"{name} names no database. Write it like {example}.")
    host = unquote(parts.hostname or "") or options.pop("host", "")
    port = str(_port(name, parts) or options.pop("port", ""))
    user = unquote(parts.username or "") or options.pop("user", "")
    password = unquote(parts.password or "") or options.pop("password", "")
    options.setdefault("connect_timeout", 5)
    options["pool"] = {
        "min_size": integer("DATABASE_POOL_MIN", 1, low=0),
        "max_size": integer("DATABASE_POOL_MAX", 16, low=1),
        "timeout": integer("DATABASE_POOL_TIMEOUT", 10, low=1),
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "HOST": host,
        "PORT": port,
        "USER": user,
        "PASSWORD": password,
        "CONN_MAX_AGE": 0,  # the pool keeps connections; a kept one as well would leak under ASGI
        "CONN_HEALTH_CHECKS": True,  # a pooled connection that died with the server is replaced, not handed out
        "OPTIONS": options,
    }


def redis_url(name: str) -> str:
    """Return the address of a Redis-compatible server, as redis-py and the channel layer read it."""
    example = "redis://localhost:6379/0"
    value = text(name)
    parts = _split(name, value, example)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise EnvError(f"{name} does not begin with redis://, rediss:// or unix://. Write it like {example}.")
    if parts.scheme == "unix" and not parts.path:
        raise EnvError(f"{name} names no socket. Write it like unix:///run/redis/redis.sock?db=0.")
    if parts.scheme != "unix" and not parts.hostname:
        raise EnvError(f"{name} names no host. Write it like {example}.")
    _port(name, parts)
    return value


def celery_broker(address: str) -> str:
    """Return the same server as Celery writes it: only a socket is spelled in another way."""
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return address
    query: Mapping[str, str] = dict(parse_qsl(parts.query))
    parameters = {"virtual_host": query.get("db", "0")}
    login = f"{parts.netloc}" if parts.netloc else ""
    return f"redis+socket://{login}{quote(parts.path)}?{urlencode(parameters)}"


def _split(name: str, value: str, example: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        raise EnvError(f"{name} is not an address. Write it like {example}.") from None


def _port(name: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise EnvError(f"{name} has a port that is no number from 0 to 65535.") from None
