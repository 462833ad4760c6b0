"""The trail of one conversation: everything that happened in it, in one order, as plain lines for the template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from conversations import lines
from conversations.admin.base import address, shown
from conversations.models import Conversation, Event, Message, Turn


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing in a trail: when, who with which mark, what it was, and details below it."""

    at: datetime
    place: tuple[int, int]  # the entry's seq, then what belongs after it
    kind: str
    mark: str
    who: str
    words: str
    href: str
    details: list[tuple[str, str]] = field(default_factory=list)
    body: bool = False


def trail(conversation: Conversation, more: Iterable[Happening] = ()) -> list[Happening]:
    """Messages, turns, journal events and whatever else is known, in order of time and then of place."""
    events = list(conversation.events.select_related("teammate").order_by("pk"))
    told = {event.data["message_id"]: event for event in events if "message_id" in event.data}
    names = {"visitor": str(conversation.visitor)}
    found = [
        *(
            _message(one, told.get(one.pk), names)
            for one in conversation.messages.select_related("teammate").order_by("seq")
        ),
        *(_turn(one) for one in conversation.turns.order_by("pk")),
        *(_event(one) for one in events if "message_id" not in one.data),
        *more,
    ]
    return sorted(found, key=lambda one: (one.at, one.place))


def _message(message: Message, event: Event | None, names: dict[str, str]) -> Happening:
    line = lines.LINES.get(message.line)
    details = [("event", f"{event.kind} #{event.pk}, {delivery(event)}")] if event else []
    if message.audience == "team":
        details.insert(0, ("seen by", "teammates only"))
    return Happening(
        at=message.created_at,
        place=(message.seq, 1),
        kind=f"entry {message.seq}",
        mark=line.mark if line else message.author,
        who=message.author_name or names.get(message.author) or message.get_author_display(),
        words=lines.words(message.line, message.params, team=True) if line else message.body or message.line,
        href=address(message),
        details=details,
        body=line is None,
    )


def _turn(turn: Turn) -> Happening:
    took = f", took {(turn.ended_at - turn.created_at).total_seconds():.1f} s" if turn.ended_at else ""
    details = [("answers up to entry", str(turn.upto_seq)), ("claims", str(turn.claim))]
    if turn.draft:
        details.append(("thought, never sent", turn.draft))
    words = f"{turn.get_state_display()}{took}"
    return Happening(turn.created_at, (turn.upto_seq, 2), "turn", "assistant", "Turn", words, address(turn), details)


def _event(event: Event) -> Happening:
    details = [(key.replace("_", " "), shown(value)) for key, value in event.data.items()]
    who = str(event.teammate) if event.teammate else "Journal"
    words = f"{event.kind}, {delivery(event)}"
    return Happening(event.created_at, (10**9, event.pk), "event", "journal", who, words, address(event), details)


def delivery(event: Event) -> str:
    """Whether each handler has heard of it."""
    if event.delivered_at:
        return "delivered"
    return f"undelivered after {event.tries} tries" if event.tries else "undelivered"
