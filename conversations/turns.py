"""Claiming, keeping, ending and cancelling turns, by compare-and-swap under the conversation's lock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from conversations import events
from conversations.models import Conversation, Event, Turn

State = Turn.State


def _lease() -> timedelta:
    return timedelta(seconds=settings.TURN_LEASE_SECONDS)


def queue_locked(event: Event, *, conversation_id: int, upto_seq: int) -> Turn | None:
    """One turn for the event, or None where it has one already; a worker that never comes is noticed by its lease."""
    turn, created = Turn.objects.get_or_create(
        event=event,
        defaults={"conversation_id": conversation_id, "upto_seq": upto_seq, "lease_until": timezone.now() + _lease()},
    )
    return turn if created else None


@transaction.atomic(durable=True)
def claim(turn_id: int) -> Turn | None:
    """Take the turn and run it; None when it has ended, is another worker's, or must wait for the running one.

    A turn whose lease is over is taken from its dead worker: the claim number grows, so that the old
    worker's words no longer fit.
    """
    turn = Turn.objects.filter(pk=turn_id).first()
    if turn is None:
        return None
    conversation = Conversation.objects.locked(turn.conversation_id)
    running = conversation.turns.filter(state=State.RUNNING).first()
    now = timezone.now()
    if running and (running.pk != turn_id or running.lease_until > now):
        return None
    taken = Turn.objects.filter(pk=turn_id, state__in=[State.QUEUED, State.RUNNING], claim=turn.claim).update(
        state=State.RUNNING, claim=F("claim") + 1, lease_until=now + _lease()
    )
    if not taken:
        return None
    events.announce("turn", conversation_id=conversation.pk)
    turn.refresh_from_db()
    return turn


def renew(claims: Iterable[tuple[int, int]]) -> None:
    """Say that these (turn, claim number) still have a living worker."""
    for turn_id, number in claims:
        Turn.objects.filter(pk=turn_id, claim=number, state=State.RUNNING).update(lease_until=timezone.now() + _lease())


def is_ours_locked(turn: Turn) -> bool:
    """Whether this worker's claim still holds; under the conversation's lock it holds until commit."""
    return Turn.objects.filter(pk=turn.pk, claim=turn.claim, state=State.RUNNING).exists()


def complete_locked(turn: Turn, *, upto_seq: int) -> None:
    """End the turn; what was queued for words that it has answered too ends with it, and no other kind of event."""
    now = timezone.now()
    Turn.objects.filter(pk=turn.pk, claim=turn.claim, state=State.RUNNING).update(
        state=State.COMPLETED, ended_at=now, upto_seq=upto_seq
    )
    Turn.objects.filter(
        conversation_id=turn.conversation_id,
        state=State.QUEUED,
        upto_seq__lte=upto_seq,
        event__kind="message.received",
    ).update(state=State.COMPLETED, ended_at=now)
    events.announce("turn", conversation_id=turn.conversation_id)


def cancel_locked(conversation: Conversation, *, but: Turn | None = None) -> int:
    """End every turn that might still speak, and return how many there were; called when a person is to lead."""
    others = conversation.turns.unended()
    if but is not None:
        others = others.exclude(pk=but.pk)
    cancelled = others.update(state=State.CANCELLED, ended_at=timezone.now())
    if cancelled:
        events.announce("turn", conversation_id=conversation.pk)
    return cancelled


@transaction.atomic(durable=True)
def keep_draft(turn: Turn, words: str) -> None:
    """Keep what was thought but must not be sent, for the teammate to see."""
    if Turn.objects.filter(pk=turn.pk, state=State.CANCELLED).update(draft=words):
        events.announce("draft", conversation_id=turn.conversation_id, turn=turn.pk)


def next_queued(conversation_id: int) -> int | None:
    """The turn that comes after the one that ended."""
    return (
        Turn.objects.filter(conversation_id=conversation_id, state=State.QUEUED)
        .order_by("pk").values_list("pk", flat=True).first()
    )  # fmt: skip


def abandoned() -> list[int]:
    """Turns whose lease is over: their worker died, or none ever came.

    Those that nobody claimed get a new lease here, so that a sweep asks for each once a lease and no more.
    """
    busy = Turn.objects.filter(
        conversation=OuterRef("conversation"), state=State.RUNNING, lease_until__gt=timezone.now()
    )
    # A dead running turn goes before those that wait for it, whichever conversation they are of.
    late = Turn.objects.unended().filter(~Exists(busy), lease_until__lt=timezone.now()).order_by("-state", "pk")
    firsts: dict[int, int] = {}
    for pk, conversation_id in late.values_list("pk", "conversation_id")[:500]:
        firsts.setdefault(conversation_id, pk)
    found = list(firsts.values())
    Turn.objects.filter(pk__in=found, state=State.QUEUED).update(lease_until=timezone.now() + _lease())
    return found


def is_thinking(conversation_id: int) -> bool:
    """Whether automation is composing something for the visitor."""
    return Turn.objects.filter(conversation_id=conversation_id, state=State.RUNNING).exists()
