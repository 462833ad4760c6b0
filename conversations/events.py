"""The journal's kinds, recording them, announcing after commit, and delivering them to their handlers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from conversations import live
from conversations.models import Event

logger = logging.getLogger(__name__)

KINDS: dict[str, frozenset[str]] = {
    "conversation.started": frozenset(),
    "conversation.assigned": frozenset({"assigned_teammate_id", "team_id"}),
    "conversation.resolved": frozenset(),
    "conversation.reopened": frozenset(),
    "chat.opened": frozenset({"visitor_id"}),
    "message.received": frozenset({"message_id", "seq"}),
    "message.sent": frozenset({"message_id", "seq"}),
    "memory.learned": frozenset({"visitor_id", "key"}),
    "visitor.identified": frozenset({"visitor_id"}),
    "handoff.requested": frozenset({"handoff_id", "code"}),
    "handoff.engaged": frozenset({"handoff_id"}),
    "handoff.finished": frozenset({"handoff_id", "outcome"}),
    "flow.placed": frozenset({"flow_id", "chat_page_ids"}),
    "flow.published": frozenset({"flow_id", "version_id"}),
    "flow.started": frozenset({"run_id", "entry"}),
    "flow.moved": frozenset({"run_id", "move", "step", "exit"}),
    "flow.ended": frozenset({"run_id", "ending"}),
    "timer.rang": frozenset({"timer", "run_id"}),
}
BATCH = 200
LONGEST_PAUSE = timedelta(minutes=10)

Handler = Callable[[Sequence[Event]], None]


def is_heard(kind: str) -> bool:
    """Whether any handler waits for such an event; the others are history only."""
    return bool(settings.EVENT_HANDLERS.get(kind))


def record(kind: str, *, conversation_id: int | None, data: Mapping[str, Any], teammate_id: int | None = None) -> Event:
    """Write one event in the caller's transaction, and wake the drain once it is committed.

    An unknown kind, or other keys than the kind has, is a mistake of ours and raises ValueError.
    """
    if kind not in KINDS or set(data) != KINDS[kind]:
        raise ValueError(f"{kind!r} with {sorted(data)} is not an event; KINDS lists them")
    heard = is_heard(kind)
    event = Event.objects.create(
        kind=kind,
        conversation_id=conversation_id,
        data=dict(data),
        teammate_id=teammate_id,
        delivered_at=None if heard else timezone.now(),
    )
    if heard:
        transaction.on_commit(live.wake_drain)
    return event


def announce(what: str, *, conversation_id: int, **ids: Any) -> None:
    """Publish a hint once the transaction is committed; whoever looks at the conversation fetches what is new."""
    transaction.on_commit(lambda: live.publish(live.hint(what, conversation_id, **ids)))


def drain() -> int:
    """Deliver undelivered events to their handlers, batch by batch, and return how many were delivered.

    Several drains may run at once: each takes rows that no other holds. A failing event is put off with a
    growing pause and keeps nothing else waiting.
    """
    total = 0
    while True:
        taken, delivered = _drain_batch()
        total += delivered
        if taken < BATCH:
            return total


@transaction.atomic(durable=True)
def _drain_batch() -> tuple[int, int]:
    # By the database's clock, which wrote try_at: a worker's that is behind would leave it to a later sweep.
    due = Event.objects.filter(delivered_at__isnull=True, try_at__lte=Now()).order_by("pk")
    events = list(due.select_for_update(skip_locked=True)[:BATCH])
    delivered = 0
    for kind, group in groupby(sorted(events, key=lambda e: (e.kind, e.pk)), key=lambda e: e.kind):
        delivered += _deliver(kind, list(group))
    return len(events), delivered


def _deliver(kind: str, events: list[Event]) -> int:
    try:
        _hand_over(kind, events)
        return len(events)
    except Exception as trouble:
        if len(events) > 1:
            # One of them is the cause; alone, it keeps only itself waiting.
            return sum(_deliver(kind, [event]) for event in events)
        logger.exception("event %s (%s) could not be delivered", events[0].pk, kind)
        _put_off(events[0], trouble)
        return 0


def _hand_over(kind: str, events: list[Event]) -> None:
    with transaction.atomic():
        for path in settings.EVENT_HANDLERS.get(kind, []):
            handler: Handler = import_string(path)
            handler(events)
        Event.objects.filter(pk__in=[event.pk for event in events]).update(delivered_at=timezone.now(), trouble="")


def _put_off(event: Event, trouble: Exception) -> None:
    pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(event.tries, 10)))
    Event.objects.filter(pk=event.pk).update(
        tries=event.tries + 1, try_at=timezone.now() + pause, trouble=repr(trouble)[:300]
    )


def undelivered() -> int:
    """How many events wait for their handlers, counted up to a thousand."""
    return Event.objects.filter(delivered_at__isnull=True)[:1000].count()
