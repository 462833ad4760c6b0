"""Who leads: request, assign, take over, hand back, finish. The only writers of Handoff.state."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from conversations import events, turns
from conversations.models import Conversation, Turn, Visitor
from conversations.selectors import Entry, entries
from conversations.services import (
    Appended,
    StillOpen,
    append_locked,
    line_locked,
    reopen_locked,
    resolve_locked,
    start_locked,
)
from handoff import assignments, briefing, checkpoints
from handoff.assignments import Refused
from handoff.models import Assignment, Automation, FlowRun, Handoff, Teammate
from handoff.models.automation import DEFAULT_NOTE
from handoff.outcomes import ReasonCode, Urgency
from handoff.selectors import leading
from handoff.states import TRANSITIONS, Outcome

MOST_FAILURES = 2  # after so many failures of the assistant a conversation stays with people


class StaleReply(Exception):
    """Something came in since the teammate last looked; `news` is what they have not seen."""

    def __init__(self, news: Sequence[Entry]) -> None:
        super().__init__(f"{len(news)} entries came in since")
        self.news = news


class WayBack(enum.StrEnum):
    """What a person chooses on handing back."""

    RESUME = "resume"  # the flow goes on where it was; without one, the assistant
    ASSISTANT = "assistant"  # the assistant leads
    WRAP_UP = "wrap_up"  # the flow wraps up, and the conversation is closed


@transaction.atomic(durable=True)
def request(*, conversation_id: int, code: ReasonCode, reason: str, by: str, open_question: str = "") -> Handoff:
    """Ask for a person, with word to the customer; the same handoff where one is open already."""
    conversation = Conversation.objects.locked(conversation_id)
    return _request_with_note(conversation, code=code, reason=reason, by=by, open_question=open_question)


@transaction.atomic(durable=True)
def request_by_visitor(visitor: Visitor) -> Conversation:
    """The visitor pressed "Talk to a person"; it works before they have said anything."""
    conversation = start_locked(visitor)
    _request_with_note(
        conversation,
        code=ReasonCode.CUSTOMER_REQUEST,
        reason="Pressed “Talk to a person”"
        + (f" after: “{_shorten(conversation.last_words)}”." if conversation.last_author == "visitor" else "."),
        by="visitor",
        open_question=conversation.last_words if conversation.last_author == "visitor" else "",
    )
    return conversation


def _shorten(words: str, most: int = 120) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _request_with_note(
    conversation: Conversation, *, code: ReasonCode, reason: str, by: str, open_question: str
) -> Handoff:
    handoff, opened = open_locked(conversation, code=code, reason=reason, by=by, open_question=open_question)
    if opened:
        append_locked(conversation, author="system", body=customers_note(conversation.chat_page_id))
    return handoff


def customers_note(chat_page_id: int) -> str:
    """What the customer reads when a teammate is brought in on this chat page."""
    note = Automation.objects.filter(chat_page_id=chat_page_id).values_list("note", flat=True).first()
    return note or DEFAULT_NOTE


def open_locked(
    conversation: Conversation,
    *,
    code: ReasonCode,
    reason: str,
    by: str,
    open_question: str = "",
    turn: Turn | None = None,
    teammate_id: int | None = None,
    urgency: Urgency = Urgency.NORMAL,
    lands_on: assignments.Landing | None = None,
) -> tuple[Handoff, bool]:
    """The open handoff, and whether it is new; the briefing is frozen with it, in the caller's transaction.

    The caller owes the customer a word in the same transaction. Every turn but the caller's own is
    cancelled, so that nothing is said between the request and the person.
    """
    existing = leading(conversation.pk)
    if existing:
        return existing, False
    if conversation.status == Conversation.Status.RESOLVED:
        raise Refused("This conversation is closed. Reopen it first.")
    turns.cancel_locked(conversation, but=turn)
    handoff = Handoff.objects.create(
        conversation=conversation,
        code=code,
        reason=reason,
        urgency=urgency.value,
        requested_by=by,
        requested_at=timezone.now(),
    )
    briefing.freeze(handoff, open_question=open_question)
    checkpoints.sleep_on_locked(conversation, handoff)
    if code != ReasonCode.TEAMMATE_PULL:  # who pulls it takes over at once, and one line says so
        line_locked(conversation, "handoff.requested", reason=reason, code=code.value)
    assignments.land_locked(conversation, lands_on)
    events.record(
        "handoff.requested",
        conversation_id=conversation.pk,
        data={"handoff_id": handoff.pk, "code": code.value},
        teammate_id=teammate_id,
    )
    events.announce("state", conversation_id=conversation.pk, requested=handoff.pk)
    return handoff, True


@transaction.atomic(durable=True)
def take_over(
    *, conversation_id: int, teammate: Teammate, body: str, client_id: uuid.UUID | None = None, seen: int | None = None
) -> Appended:
    """Let the teammate lead by replying.

    The first reply engages the open handoff, or pulls the conversation where none was asked for; later
    replies only add to the thread. Whatever automation is still composing is cancelled here, so it can never
    arrive after a person has spoken. StaleReply when others spoke after the entry `seen`.
    """
    conversation = Conversation.objects.locked(conversation_id)
    if client_id is None or not conversation.messages.filter(client_id=client_id).exists():
        if seen is not None:
            _refuse_stale(conversation, seen)
        _reopen(conversation, teammate)
        _engage_locked(conversation, teammate)
    return append_locked(
        conversation,
        author="person",
        body=body,
        author_name=teammate.shown_name,
        teammate_id=teammate.pk,
        client_id=client_id,
    )


def _refuse_stale(conversation: Conversation, seen: int) -> None:
    news = [entry for entry in entries(conversation.pk, team=True, after=seen) if not entry.line]
    if news:
        raise StaleReply(news)


def _reopen(conversation: Conversation, teammate: Teammate) -> None:
    try:
        reopen_locked(conversation, name=teammate.shown_name, teammate_id=teammate.pk)
    except StillOpen as newer:
        raise Refused(
            f"The customer has started a newer conversation (#{newer.conversation.pk}). Answer there."
        ) from newer


def _engage_locked(conversation: Conversation, teammate: Teammate) -> Handoff:
    turns.cancel_locked(conversation)
    handoff, _ = open_locked(
        conversation,
        code=ReasonCode.TEAMMATE_PULL,
        reason=f"{teammate.shown_name} joined without being asked.",
        by="person",
        teammate_id=teammate.pk,
    )
    engaged = _move(handoff, "engage", engaged_at=_now_but_not_before("requested_at"), engaged_by=teammate)
    if not engaged:
        return handoff  # a colleague leads already: this reply only adds to the thread
    assignment = Assignment.objects.filter(conversation=conversation).first()
    if assignment is None or assignment.teammate_id is None:
        assignments.assign_locked(
            conversation, by=teammate, teammate=teammate, team=assignment.team if assignment else None, silently=True
        )
    line_locked(conversation, "handoff.engaged", name=teammate.shown_name)
    events.record(
        "handoff.engaged", conversation_id=conversation.pk, data={"handoff_id": handoff.pk}, teammate_id=teammate.pk
    )
    events.announce("state", conversation_id=conversation.pk)
    return handoff


def _move(handoff: Handoff, verb: str, **values: Any) -> bool:
    """Compare-and-swap along the table in states.py; false when someone else got there first."""
    sources, target = TRANSITIONS[verb]
    return Handoff.objects.filter(pk=handoff.pk, state__in=sources).update(state=target, **values) == 1


def _now_but_not_before(*earlier: str) -> Greatest:
    """The clocks of two machines never agree: a reply must not fail because this one is a little behind."""
    return Greatest(*earlier, Value(timezone.now()))


@transaction.atomic(durable=True)
def hand_back(*, conversation_id: int, teammate: Teammate, note: str = "", way: WayBack = WayBack.RESUME) -> Handoff:
    """Return the conversation to automation: to where its flow was, to the assistant, or to its end.

    Automation answers at once if the visitor is waiting. Refused when no person has it, or when the assistant
    has failed here too often to be trusted again.
    """
    conversation = Conversation.objects.locked(conversation_id)
    handoff = leading(conversation_id)
    if handoff is None:
        raise Refused("No person leads this conversation, so there is nothing to hand back.")
    if way is WayBack.WRAP_UP:
        _finish_locked(conversation, handoff, teammate, note=note)
        return handoff
    failures = Handoff.objects.filter(conversation=conversation, code=ReasonCode.ASSISTANT_ERROR).count()
    failures += FlowRun.objects.filter(conversation=conversation, ending="failed").count()
    if failures >= MOST_FAILURES:
        raise Refused(
            f"Automation has failed {failures} times in this conversation, so it stays with people. "
            "Finish it when you are done."
        )
    goes_on = way is WayBack.RESUME and checkpoints.resume_locked(conversation)
    if way is WayBack.ASSISTANT:
        checkpoints.lead_by_assistant_locked(conversation)
    line = "handoff.returned_to_flow" if goes_on else "handoff.returned"
    _end_locked(conversation, handoff, "hand back", Outcome.RETURNED, teammate, note=note, line=line)
    if note:
        line_locked(conversation, "handback.note", note=note)
    assignments.release_locked(conversation)
    return handoff


@transaction.atomic(durable=True)
def finish(*, conversation_id: int, teammate: Teammate) -> Conversation:
    """End the handoff and resolve the conversation, once the flow has wrapped it up where it has anything to do.

    Finished once more while it wraps up, the conversation is resolved at once.
    """
    conversation = Conversation.objects.locked(conversation_id)
    if conversation.status == Conversation.Status.RESOLVED:
        return conversation
    return _finish_locked(conversation, leading(conversation_id), teammate)


def _finish_locked(
    conversation: Conversation, handoff: Handoff | None, teammate: Teammate, note: str = ""
) -> Conversation:
    turns.cancel_locked(conversation)
    wraps_up = handoff is not None and checkpoints.wrap_up_locked(conversation, handoff)
    if handoff:
        line = "handoff.wraps_up" if wraps_up else "handoff.resolved"
        _end_locked(conversation, handoff, "finish", Outcome.RESOLVED, teammate, note=note, line=line)
        if note:
            line_locked(conversation, "handback.note", note=note)
    else:
        line_locked(conversation, "conversation.resolved")
    assignments.release_locked(conversation)
    return conversation if wraps_up else close_locked(conversation, teammate_id=teammate.pk)


def close_locked(conversation: Conversation, *, teammate_id: int | None = None) -> Conversation:
    """Resolve it; whatever runs or is timed here is over."""
    checkpoints.end_live_locked(conversation)
    return resolve_locked(conversation, teammate_id=teammate_id)


def expire_locked(conversation: Conversation, handoff: Handoff) -> bool:
    """Nobody came in time; false when somebody has, or it has ended. A flow goes on at its exit for that.

    The teammate who never came is let go, so that the next handoff does not land on them again.
    """
    now = _now_but_not_before("requested_at")
    if not _move(handoff, "expire", outcome=Outcome.EXPIRED, finished_at=now):
        return False
    line_locked(conversation, "handoff.expired")
    assignments.release_locked(conversation)
    events.record(
        "handoff.finished",
        conversation_id=conversation.pk,
        data={"handoff_id": handoff.pk, "outcome": Outcome.EXPIRED.value},
    )
    events.announce("state", conversation_id=conversation.pk)
    return True


def _end_locked(
    conversation: Conversation, handoff: Handoff, verb: str, outcome: Outcome, teammate: Teammate, *, note: str,
    line: str,
) -> None:  # fmt: skip
    now = _now_but_not_before("requested_at", "engaged_at")
    if not _move(handoff, verb, outcome=outcome, finished_at=now, finished_by=teammate, note=note):
        raise Refused("Somebody else has just ended this handoff. Look again.")
    line_locked(conversation, line, name=teammate.shown_name)
    events.record(
        "handoff.finished",
        conversation_id=conversation.pk,
        data={"handoff_id": handoff.pk, "outcome": outcome.value},
        teammate_id=teammate.pk,
    )
    events.announce("state", conversation_id=conversation.pk)
