"""What the workers do, done here in the test's own thread, and an engine that says what a test tells it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection
from django.db.models import F
from django.utils import timezone

from conversations import events, turns
from conversations.models import Conversation, Event, Turn
from handoff import automation, checkpoints
from handoff.assistants.base import Reply, Snapshot
from handoff.models import FlowRun, Handoff, Timer
from handoff.outcomes import ReasonCode, RequestHandoff, Say

MOST_ROUNDS = 60


def work_off() -> None:
    """Ring what is due, deliver the journal and run every queued turn, until nothing is left to do."""
    for _ in range(MOST_ROUNDS):
        checkpoints.ring_due()
        events.drain()
        queued = Turn.objects.filter(state="queued").order_by("pk").first()
        if queued is None:
            return
        automation.run_turn(queued.pk)
    raise AssertionError("the workers do not come to an end")


def time_passes(seconds: float) -> None:
    """As if so much time had gone by since all that is stored: the clocks stay, and the past lies further back."""
    earlier = timedelta(seconds=seconds)
    Timer.objects.update(due_at=F("due_at") - earlier)
    FlowRun.objects.filter(until__isnull=False).update(until=F("until") - earlier)
    Conversation.objects.update(last_at=F("last_at") - earlier)
    Conversation.objects.filter(resolved_at__isnull=False).update(resolved_at=F("resolved_at") - earlier)
    Handoff.objects.update(**{name: F(name) - earlier for name in ("requested_at", "engaged_at", "finished_at")})


def leases_run_out() -> None:
    """Whoever runs a turn has died: nobody renews its lease."""
    Turn.objects.unended().update(lease_until=timezone.now() - timedelta(seconds=1))


def sweep() -> list[int]:
    """What the sweep finds, and another worker then runs."""
    found = turns.abandoned()
    for turn_id in found:
        automation.run_turn(turn_id)
    return found


class Killed(BaseException):
    """The worker is gone at once: nothing of ours catches this, and what it had not committed has never been."""


@contextlib.contextmanager
def dying(now: Callable[[str], bool]) -> Iterator[None]:
    """This thread is killed before the statement of which `now` says so; the block ends there, as if it had not."""

    def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if now(sql):
            raise Killed
        return execute(sql, params, many, context)

    with contextlib.suppress(Killed), connection.execute_wrapper(statement):
        yield


def others_take_over() -> None:
    """What another worker does once the lease of a dead one is over."""
    connection.close()
    leases_run_out()
    sweep()
    work_off()


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
