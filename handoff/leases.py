"""Keeps the leases of the turns that this process runs, from one thread, so that thinking may take its time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from conversations import turns
from conversations.models import Turn

logger = logging.getLogger(__name__)

_held: set[tuple[int, int]] = set()
_changed = threading.Condition()
_keeper: list[threading.Thread] = []


@contextmanager
def kept(turn: Turn) -> Iterator[None]:
    """While the block runs, the turn's lease is renewed; a killed process stops renewing, and that is the point."""
    mine = (turn.pk, turn.claim)
    with _changed:
        _held.add(mine)
        if not _keeper:
            _keeper.append(threading.Thread(target=_keep, name="turn-leases", daemon=True))
            _keeper[0].start()
    try:
        yield
    finally:
        with _changed:
            _held.discard(mine)


def _keep() -> None:
    """Renews until nothing has been held for a whole lease, then ends; the next turn starts it again."""
    pause = settings.TURN_LEASE_SECONDS / 4
    idle = 0
    while True:
        with _changed:
            _changed.wait(pause)
            held = set(_held)
            idle = 0 if held else idle + 1
            if idle == 4:
                _keeper.clear()  # under the lock, so that a turn that comes now starts another
                return
        try:
            turns.renew(held)
        except Exception:
            logger.warning("leases could not be renewed; the turns may be taken up by another worker", exc_info=True)
        finally:
            connection.close()
