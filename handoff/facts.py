"""What a flow can read and ask about a conversation, each part read from the database when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from conversations.models import Conversation, FieldValue, Message, Visitor
from handoff.flows.conditions import Surroundings, Value
from handoff.flows.hours import Hours
from handoff.flows.moves import Words
from handoff.models import BusinessHours, Handoff, Team, Teammate
from handoff.selectors import assistant_of


class Facts(Mapping[str, Value]):
    """The dotted names that a flow can read, with what is known now; each kind is read once, when it is asked for."""

    def __init__(self, conversation: Conversation, words: tuple[Words, ...] = ()) -> None:
        self._conversation = conversation
        self._words = words
        self._read: dict[str, dict[str, Value]] = {}

    def __getitem__(self, name: str) -> Value:
        head = name.partition(".")[0]
        if head not in READERS:
            raise KeyError(name)
        if head not in self._read:
            found = READERS[head](self._conversation, self._words)
            self._read[head] = {key: value for key, value in found.items() if value not in ("", None)}
        return self._read[head][name]

    def __iter__(self) -> Iterator[str]:
        for head in READERS:
            self.get(f"{head}.")
            yield from self._read[head]

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _visitor(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    visitor = Visitor.objects.get(pk=conversation.visitor_id)  # a step before this one may have learned a name
    return {
        "visitor.name": visitor.name,
        "visitor.first_name": visitor.name.split()[0] if visitor.name.strip() else "",
        "visitor.email": visitor.email,
        "visitor.phone": visitor.phone,
        "visitor.identity": visitor.identity,
        "visitor.vip": visitor.is_vip,
        "visitor.language": visitor.language,
        "visitor.place": visitor.place,
        "visitor.time_zone": visitor.time_zone,
        "visitor.browser": visitor.browser,
        "visitor.system": visitor.system,
        "visitor.device": visitor.device,
        "visitor.page": visitor.page_title or visitor.page_url,
        "visitor.referrer": visitor.referrer,
        "visitor.visits": visitor.visits,
    }


def _conversation(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    handoffs = Handoff.objects.filter(conversation=conversation)
    return {
        "conversation.language": conversation.language,
        "conversation.page": conversation.chat_page.slug,
        "conversation.messages": Message.objects.filter(conversation=conversation, author="visitor").count(),
        "conversation.handoffs": handoffs.count(),
        "conversation.had_person": handoffs.filter(engaged_at__isnull=False).exists(),
        "conversation.tags": ", ".join(conversation.tags.values_list("name", flat=True)),
    }


def _assistant(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    assistant = assistant_of(conversation.chat_page_id)
    return {"assistant.name": assistant.name if assistant else conversation.chat_page.name}


def _message(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    return {"message": "\n".join(one.text for one in words)[:1000]}


def _memory(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    return {f"memory.{one.key}": one.value for one in conversation.visitor.memories.all()}


def _meta(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    signed: Mapping[str, Any] = conversation.visitor.attributes
    return {f"meta.{key}": value for key, value in signed.items() if isinstance(value, str | int | float | bool)}


def _field(conversation: Conversation, words: tuple[Words, ...]) -> dict[str, Value]:
    return {f"field.{key}": value for key, value in field_values(conversation).items()}


READERS: dict[str, Callable[[Conversation, tuple[Words, ...]], dict[str, Value]]] = {
    "visitor": _visitor,
    "conversation": _conversation,
    "assistant": _assistant,
    "message": _message,
    "memory": _memory,
    "meta": _meta,
    "field": _field,
}


def field_values(conversation: Conversation) -> Mapping[str, str]:
    """The typed fields of the conversation and of its visitor that have a value."""
    rows = FieldValue.objects.filter(conversation=conversation) | FieldValue.objects.filter(
        visitor_id=conversation.visitor_id
    )
    return dict(rows.values_list("field__key", "value"))


class LiveSurroundings(Surroundings):
    """What conditions look at besides names, each part read when a condition asks for it."""

    _conversation: Conversation

    def __init__(self, conversation: Conversation) -> None:
        self.__dict__["_conversation"] = conversation

    @cached_property
    def now(self) -> datetime:
        """The time."""
        return timezone.now()

    @cached_property
    def time_zone(self) -> str:
        """The visitor's."""
        return self._conversation.visitor.time_zone or "UTC"

    @cached_property
    def tags(self) -> frozenset[str]:
        """The conversation's."""
        return frozenset(self._conversation.tags.values_list("name", flat=True))

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The newest hundred addresses that the visitor browsed."""
        seen = self._conversation.visitor.page_views.order_by("-seen_at")
        return tuple(seen.values_list("url", flat=True)[:100])

    @cached_property
    def hours(self) -> dict[str, Hours]:
        """All business hours, by name."""
        return {one.name: one.hours() for one in BusinessHours.objects.prefetch_related("openings", "holidays")}

    @cached_property
    def available(self) -> frozenset[str]:
        """Who would take a conversation now."""
        return available()


def available() -> frozenset[str]:
    """Who would take a conversation now, by availability: anyone, teammate:<username>, team:<name>."""
    online = Teammate.objects.filter(is_active=True, availability=Teammate.Availability.ONLINE)
    people = {f"teammate:{one}" for one in online.values_list("username", flat=True)}
    teams = {f"team:{one}" for one in Team.objects.filter(members__in=online).values_list("name", flat=True)}
    return frozenset(people | teams | ({"anyone"} if people else set()))


class Reachable(Container[str]):
    """Where a handoff can land: teams that exist, teammates who are active; asked one by one."""

    def __contains__(self, name: object) -> bool:
        kind, _, rest = str(name).partition(":")
        if kind == "team":
            return Team.objects.filter(name=rest).exists()
        return kind == "teammate" and Teammate.objects.filter(username=rest, is_active=True).exists()
