"""What the workers do, done here in the test's own thread, and an engine that says what a test tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from django.utils import timezone

from conversations import events, turns
from conversations.models import Event, Turn
from handoff import automation
from handoff.assistants.base import Reply, Snapshot
from handoff.outcomes import ReasonCode, RequestHandoff, Say

MOST_ROUNDS = 60


def work_off() -> None:
    """Deliver the journal and run every queued turn, until nothing is left to do."""
    for _ in range(MOST_ROUNDS):
        events.drain()
        queued = Turn.objects.filter(state="queued").order_by("pk").first()
        if queued is None:
            return
        automation.run_turn(queued.pk)
    raise AssertionError("the workers do not come to an end")


def leases_run_out() -> None:
    """Whoever runs a turn has died: nobody renews its lease."""
    Turn.objects.unended().update(lease_until=timezone.now() - timedelta(seconds=1))


def sweep() -> list[int]:
    """What the sweep finds, and another worker then runs."""
    found = turns.abandoned()
    for turn_id in found:
        automation.run_turn(turn_id)
    return found


def no_pause() -> None:
    """As if the pause after a failed delivery were over."""
    Event.objects.filter(delivered_at__isnull=True).update(try_at=timezone.now() - timedelta(seconds=1))


class ToldEngine:
    """A real engine of the table: it thinks what the test wrote."""

    tell: ClassVar[Callable[[Snapshot], Reply]]

    def think(self, snapshot: Snapshot) -> Reply:
        return type(self).tell(snapshot)


def says(text: str) -> Reply:
    return Reply((Say(text),), ())


def wishes_for_a_person(reason: str = "Beyond what I know.", code: ReasonCode = ReasonCode.OUT_OF_SCOPE) -> Reply:
    return Reply((RequestHandoff(code, reason),), ())


def repeats(snapshot: Snapshot) -> Reply:
    """An answer that names every word it answers, so that a test can see what was answered together."""
    return says("You said: " + " + ".join(said.body for said in snapshot.unanswered()))
