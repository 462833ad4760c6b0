"""Carries hints from every process to every process: one long-lived loop publishes, and wakes the drain.

A hint is kind and ids, never text. It may be lost, doubled or late; nobody relies on it for what is true.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from typing import Any

from celery import current_app
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "live"
PATIENCE = 1.0  # seconds after which a hint is given up
WAKE_PAUSE = 0.1  # seconds between two wake-ups of the drain by one process; the first goes out at once

Hint = dict[str, Any]


def hint(what: str, conversation_id: int, **ids: Any) -> Hint:
    """What is said on the layer about one conversation."""
    return {"type": "hint", "what": what, "conversation": conversation_id, **ids}


class _Outbound:
    """One event loop in a thread of its own, kept as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake_at = 0.0
        self.is_about_to_wake = False

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="live-outbound", daemon=True).start()
            return self._loop

    def wake(self) -> None:
        """Runs on the loop: at once when the last wake-up is long ago, else once at the end of the pause."""
        if self.is_about_to_wake:
            return
        self.is_about_to_wake = True
        pause = max(0.0, self._wake_at + WAKE_PAUSE - time.monotonic())
        self.loop().call_later(pause, self._send_wake)

    def _send_wake(self) -> None:
        self.is_about_to_wake = False
        self._wake_at = time.monotonic()
        with contextlib.suppress(RuntimeError):  # the process is ending; the sweep of another will find the events
            self.loop().run_in_executor(None, enqueue, "conversations.tasks.drain")


def enqueue(task: str, *args: Any) -> bool:
    """Ask a worker to run the task by its name; false when the broker does not answer, and a sweep asks again."""
    try:
        current_app.send_task(task, args, ignore_result=True)
    except Exception:
        logger.warning("%s could not be queued; the sweep will see to it", task, exc_info=True)
        return False
    return True


_outbound = _Outbound()


def publish(message: Hint) -> None:
    """Hand the hint to the publishing loop; returns at once, and a dead broker only costs the hint."""
    asyncio.run_coroutine_threadsafe(publish_here(message), _outbound.loop())


async def publish_here(message: Hint) -> None:
    """Publish from the running event loop."""
    layer = get_channel_layer()
    assert layer is not None
    try:
        async with asyncio.timeout(PATIENCE):  # a Redis that hangs must not keep a customer's message waiting
            await layer.group_send(GROUP, message)
    except Exception:
        logger.warning("a hint was lost; the next pulse repairs it: %s", message, exc_info=True)


def wake_drain() -> None:
    """Make sure that a drain runs soon; a burst of calls costs one or two tasks."""
    if _outbound.is_about_to_wake:
        return  # not sent yet, so it comes after what was just committed, and covers it
    loop = _outbound.loop()
    loop.call_soon_threadsafe(_outbound.wake)
