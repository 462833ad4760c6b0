"""What stands beside the thread: who leads, why a person is needed, what is known, who the visitor is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone as clock

from conversations import turns
from conversations.models import Conversation, Memory, PageView, Visitor
from conversations.selectors import Context
from handoff.models import Assignment, Attempt, Briefing, Handoff
from handoff.outcomes import Urgency
from handoff.states import State
from inbox.flows import FlowStanding

MOST_TRIED = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Who leads and who is responsible, as the header shows it."""

    kind: str  # assistant · flow · nobody · waiting · person · finished
    name: str  # of the assistant or the person
    since: datetime | None
    assignment: Assignment | None
    handoff: Handoff | None  # the open one, or the one that ended the conversation
    thinking: bool
    wraps: str  # first: the flow wraps up before it is closed; now: it is about to

    @property
    def mark(self) -> str:
        """The hue and shape of the chip."""
        if self.wraps == "now":
            return "flow"
        return "waiting" if self.kind == "nobody" else self.kind

    @property
    def urgency(self) -> str:
        """How urgent it is that a person comes or stays; empty where nobody is asked for, or nothing was said of it."""
        asked = self.handoff if self.kind in ("waiting", "person") else None
        return asked.urgency if asked and asked.urgency != Urgency.NORMAL else ""

    @property
    def assignee_id(self) -> int | None:
        """The teammate who is responsible."""
        return self.assignment.teammate_id if self.assignment else None

    @property
    def shows_assignment(self) -> bool:
        """Whether it is worth saying who is responsible: not when they are the one who leads, nor afterwards."""
        leads = self.kind == "person" and self.handoff is not None and self.handoff.engaged_by_id == self.assignee_id
        return self.assignment is not None and self.kind != "finished" and not leads


@dataclass(frozen=True, slots=True)
class Fact:
    """One remembered fact, where it was learned, and whether the briefing knew it already."""

    memory: Memory
    is_new: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that the assistant tried, as the briefing froze it or as it came after."""

    kind: str
    query: str
    found: Sequence[str]
    result: str
    shown: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Browsed:
    """One page view, and whether it came after the briefing."""

    view: PageView
    is_new: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The context panel, in reading order."""

    conversation: Conversation
    visitor: Visitor
    handoff: Handoff | None
    briefing: Briefing | None
    flow: FlowStanding
    tried: Sequence[Tried]
    facts: Sequence[Fact]
    pages: Sequence[Browsed]  # newest first
    earlier: Sequence[Conversation]
    handoffs: Sequence[Handoff]  # finished ones of this conversation, newest first

    @property
    def changed(self) -> dict[str, Any]:
        """What the briefing says of the visitor and is different now."""
        frozen = self.briefing.context if self.briefing else {}
        now = {key: getattr(self.visitor, key) for key in ("name", "email", "place", "language", "browser", "identity")}
        return {key: frozen.get(key, "") for key, value in now.items() if frozen and value != frozen.get(key, "")}

    @property
    def local_time(self) -> datetime | None:
        """What the visitor's clock shows."""
        try:
            return clock.now().astimezone(ZoneInfo(self.visitor.time_zone)) if self.visitor.time_zone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None


def handoffs_of(conversation: Conversation) -> list[Handoff]:
    """Every handoff of the conversation, newest first, with its people and its briefing."""
    found = Handoff.objects.filter(conversation=conversation).order_by("-pk")
    return list(found.select_related("engaged_by", "finished_by", "briefing"))


def standing(conversation: Conversation, handoffs: Sequence[Handoff], flow: FlowStanding) -> Standing:
    """Who leads, from the open handoff and the status alone; where nobody is asked for, the automation that there is."""
    assignment = Assignment.objects.filter(conversation=conversation).select_related("teammate", "team").first()
    thinking = turns.is_thinking(conversation.pk)
    newest = handoffs[0] if handoffs else None

    def stands(kind: str, name: str, since: datetime | None, handoff: Handoff | None = None) -> Standing:
        wraps = "" if kind == "finished" else flow.wraps
        return Standing(kind, name, since, assignment, handoff, thinking, wraps)

    if conversation.status == Conversation.Status.RESOLVED:
        person = newest.finished_by if newest else None
        return stands("finished", person.shown_name if person else "", conversation.resolved_at, newest)
    if newest and newest.state == State.ENGAGED:
        return stands("person", newest.person_name, newest.engaged_at, newest)
    if newest and newest.state == State.REQUESTED:
        return stands("waiting", "", newest.requested_at, newest)
    if flow.assistant:
        return stands("assistant", flow.assistant.name, None)
    return stands("flow" if flow.speaks else "nobody", "", None)


def panel(conversation: Conversation, handoffs: Sequence[Handoff], flow: FlowStanding) -> Panel:
    """Everything that a teammate should know before they answer; an open handoff shows its frozen briefing."""
    context = Context(conversation)
    newest = handoffs[0] if handoffs else None
    current = newest if newest and newest.state != State.FINISHED else None
    briefing: Briefing | None = getattr(current, "briefing", None)
    frozen_at = briefing.created_at if briefing else None
    memories = conversation.visitor.memories.select_related("learned_from__conversation")
    return Panel(
        conversation=conversation,
        visitor=conversation.visitor,
        handoff=current,
        briefing=briefing,
        flow=flow,
        tried=_tried(conversation, briefing),
        facts=[Fact(one, _is_after(one.updated_at, frozen_at)) for one in memories],
        pages=[Browsed(one, _is_after(one.seen_at, frozen_at)) for one in reversed(context.pages)],
        earlier=context.earlier,
        handoffs=[one for one in handoffs if one.state == State.FINISHED],
    )


def _is_after(moment: datetime, frozen_at: datetime | None) -> bool:
    return frozen_at is not None and moment.astimezone(UTC) > frozen_at


def _tried(conversation: Conversation, briefing: Briefing | None) -> list[Tried]:
    """What the briefing says was tried, then what came after it; without a briefing, the newest attempts."""
    rows = Attempt.objects.filter(turn__conversation=conversation).exclude(kind=Attempt.Kind.REMEMBER)
    if briefing:
        rows = rows.filter(created_at__gt=briefing.created_at)
    newer = [
        Tried(one.kind, one.query, one.found, one.result, one.shown, is_new=briefing is not None)
        for one in rows.order_by("-pk")[:MOST_TRIED]
    ][::-1]
    frozen = [
        Tried(**one, is_new=False) for one in (briefing.attempts if briefing else []) if one["kind"] != "remember"
    ]
    return frozen + newer
