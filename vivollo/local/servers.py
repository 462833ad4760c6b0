"""The embedded servers together: waiting for them, and a pair of them for tests and benchmarks."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from vivollo.local import places, postgres, valkey
from vivollo.local.children import Child, stop_all
from vivollo.local.guard import Guard
from vivollo.local.places import Pause
from vivollo.local.trouble import Trouble

START_LIMIT = 60.0  # seconds; a replay of much unwritten work after a crash takes its time


def await_ready(child: Child, ready: Callable[[], bool], pause: Pause) -> None:
    """Return when the server answers; a server that gives up is trouble with its last words."""
    name, log = child.program.name, child.program.log
    deadline = time.monotonic() + START_LIMIT
    while not ready():
        if child.ended() is not None:
            raise places.did_not_start(name, child.last_words(), log)
        if time.monotonic() > deadline:
            raise Trouble(f"The embedded {name} does not answer after {START_LIMIT:.0f} s. Read {log}.")
        pause(0.02)


@contextlib.contextmanager
def throwaway(*, durable: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a database and a Redis-compatible server that live as long as this block.

    They are gone afterwards with all that they held, even if this process is killed. For benchmarks, `durable`
    writes to the disk as `up` does.
    """
    guard = Guard()
    children: list[Child] = []
    try:
        folder = Path(tempfile.mkdtemp(prefix="vivollo-throwaway-"))
        guard.remove(str(folder))
        place = places.prepare(folder, guard)
        options = None if durable else postgres.THROWAWAY
        children.append(Child(postgres.program(place, folder / "log/postgres.log", time.sleep, options), guard))
        children.append(Child(valkey.program(place, folder / "log/valkey.log", time.sleep), guard))
        for child in children:
            child.start()
        await_ready(children[0], lambda: postgres.is_ready(place), time.sleep)
        await_ready(children[1], lambda: valkey.is_ready(place), time.sleep)
        yield postgres.url(place), valkey.url(place)
    finally:
        stop_all(children, hurry=lambda: True)
        guard.close()
        for child in children:
            child.program.account.close()


def surroundings(database: str, redis: str) -> dict[str, str]:
    """Return the environment in which tests and benchmarks load the settings."""
    return {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "for-tests-only-" + "0123456789" * 4,
        "DEBUG": "0",
        "SECURE_COOKIES": "0",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "vivollo.settings",
    }
