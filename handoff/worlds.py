"""What flows may know: the world around a conversation, and what a script may name in this house."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import Max
from django.utils import timezone

from conversations.models import Conversation, Field, FieldValue, Message, Tag
from handoff.assistants.human_request import asked_for, wants_person
from handoff.flows import script as scripts
from handoff.flows.conditions import Surroundings, Value
from handoff.flows.directory import Directory
from handoff.flows.moves import Ended, Words, World
from handoff.flows.script import Script
from handoff.models import Automation, BusinessHours, Flow, FlowRun, FlowVersion, Handoff, Secret, Team, Teammate
from handoff.outcomes import ReasonCode, RequestHandoff
from handoff.selectors import Briefed, assistant_of
from handoff.states import State

BEFORE = "_before"  # what tags and fields there were when the run went to sleep


@lru_cache(maxsize=64)
def script_of(version_id: int) -> Script:
    """The version's script; versions never change, so a process reads each once."""
    return scripts.read(FlowVersion.objects.values_list("script", flat=True).get(pk=version_id))


def live_version(chat_page_id: int) -> FlowVersion | None:
    """The version of the flow that new runs of this chat page start with."""
    found = Automation.objects.filter(chat_page_id=chat_page_id).select_related("flow__live__flow").first()
    return found.flow.live if found and found.flow else None


def live_run(conversation_id: int) -> FlowRun | None:
    """The run of this conversation that has not ended."""
    found = FlowRun.objects.live().filter(conversation_id=conversation_id)
    return found.select_related("version__flow", "handoff").first()


def directory() -> Directory:
    """What there is now, for the publishing check and the editor's lists."""
    return Directory(
        teams=frozenset(Team.objects.values_list("name", flat=True)),
        teammates=frozenset(Teammate.objects.filter(is_active=True).values_list("username", flat=True)),
        tags=frozenset(Tag.objects.values_list("name", flat=True)),
        fields=frozenset(Field.objects.values_list("key", flat=True)),
        hours=frozenset(BusinessHours.objects.values_list("name", flat=True)),
        flows=frozenset(Flow.objects.filter(live__isnull=False).values_list("slug", flat=True)),
        secrets=frozenset(Secret.objects.values_list("name", flat=True)),
    )


def people_upto(conversation: Conversation) -> int:
    """The newest entry that a person said to the customer."""
    said = Message.objects.filter(conversation=conversation, author="person", audience="everyone")
    return said.aggregate(seq=Max("seq"))["seq"] or 0


def new_words(conversation: Conversation, *, after: int) -> tuple[Words, ...]:
    """What the visitor has said after that entry, oldest first, at most the newest thirty."""
    found = Message.objects.filter(conversation=conversation, author="visitor", seq__gt=after).order_by("-seq")[:30]
    return tuple(
        Words(one.seq, one.body, values if isinstance(values := one.params.get("values"), dict) else None)
        for one in reversed(found)
    )


def world(conversation: Conversation, run: FlowRun, known: Briefed | None) -> World:
    """Everything that a step may know now; `known` is the assistant's snapshot of the same words."""
    words = new_words(conversation, after=max(run.heard, people_upto(conversation)))
    tags = frozenset(conversation.tags.values_list("name", flat=True))
    newest = Message.objects.filter(conversation=conversation, author="visitor").aggregate(seq=Max("seq"))["seq"]
    return World(
        now=timezone.now(),
        language=conversation.language or "en",
        facts=facts(conversation, words),
        around=surroundings(conversation, tags),
        reachable=reachable(),
        words=words,
        newest_seq=newest or 0,
        wish=_wish(known, words, conversation.language or "en"),
        ended=_ended(conversation, run, tags),
        has_person=Handoff.objects.open().filter(conversation=conversation).exists(),
    )


def _wish(known: Briefed | None, words: tuple[Words, ...], language: str) -> RequestHandoff | None:
    if known is not None:
        reply = asked_for(known.snapshot) if words else None
        return reply.handoff if reply else None
    for one in words:
        if wish := wants_person(one.text, language):
            return RequestHandoff(ReasonCode.CUSTOMER_REQUEST, f"Asked for a person: “{wish.evidence}”.")
    return None


def facts(conversation: Conversation, words: tuple[Words, ...] = ()) -> dict[str, Value]:
    """The dotted names that a flow can read, with what is known now."""
    visitor = conversation.visitor
    assistant = assistant_of(conversation.chat_page_id)
    said = Message.objects.filter(conversation=conversation, author="visitor").count()
    handoffs = Handoff.objects.filter(conversation=conversation)
    found: dict[str, Any] = {
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
        "conversation.language": conversation.language,
        "conversation.page": conversation.chat_page.slug,
        "conversation.messages": said,
        "conversation.handoffs": handoffs.count(),
        "conversation.had_person": handoffs.filter(engaged_at__isnull=False).exists(),
        "assistant.name": assistant.name if assistant else conversation.chat_page.name,
        "message": "\n".join(one.text for one in words),
    }
    found |= {f"memory.{one.key}": one.value for one in visitor.memories.all()}
    found |= {f"meta.{key}": _plain(value) for key, value in visitor.attributes.items()}
    found |= {f"field.{key}": value for key, value in field_values(conversation).items()}
    return {key: value for key, value in found.items() if value not in ("", None)}


def _plain(value: Any) -> Value:
    return value if isinstance(value, str | int | float | bool) else None


def field_values(conversation: Conversation) -> Mapping[str, str]:
    """The typed fields of the conversation and of its visitor that have a value."""
    rows = FieldValue.objects.filter(conversation=conversation) | FieldValue.objects.filter(
        visitor_id=conversation.visitor_id
    )
    return dict(rows.values_list("field__key", "value"))


def surroundings(conversation: Conversation, tags: frozenset[str]) -> Surroundings:
    """What conditions look at besides names: the clock, tags, pages, hours, who is there."""
    pages = conversation.visitor.page_views.order_by("-seen_at").values_list("url", flat=True)[:100]
    hours = {one.name: one.hours() for one in BusinessHours.objects.prefetch_related("openings", "holidays")}
    return Surroundings(
        now=timezone.now(),
        time_zone=conversation.visitor.time_zone or "UTC",
        tags=tags,
        pages=tuple(pages),
        hours=hours,
        available=available(),
    )


def available() -> frozenset[str]:
    """Who would take a conversation now, by availability: anyone, teammate:<username>, team:<name>."""
    online = Teammate.objects.filter(is_active=True, availability=Teammate.Availability.ONLINE)
    people = {f"teammate:{one}" for one in online.values_list("username", flat=True)}
    teams = {f"team:{one}" for one in Team.objects.filter(members__in=online).values_list("name", flat=True)}
    return frozenset(people | teams | ({"anyone"} if people else set()))


def reachable() -> frozenset[str]:
    """Where a handoff can land at all: teams that exist, teammates who are active."""
    teams = Team.objects.values_list("name", flat=True)
    people = Teammate.objects.filter(is_active=True).values_list("username", flat=True)
    return frozenset({f"team:{one}" for one in teams} | {f"teammate:{one}" for one in people})


def _ended(conversation: Conversation, run: FlowRun, tags: frozenset[str]) -> Ended | None:
    handoff = run.handoff
    if run.waits_for != "person" or handoff is None or handoff.state != State.FINISHED:
        return None
    words = Message.objects.filter(
        conversation=conversation, author="person", audience="everyone", created_at__gte=handoff.requested_at
    )
    before = run.variables.get(BEFORE) or {}
    fields = field_values(conversation)
    last = words.order_by("-seq").values_list("body", flat=True).first()
    return Ended(
        outcome=handoff.outcome,
        person=handoff.person_name,
        last_words=last or "",
        note=handoff.note,
        tags=sorted(tags - set(before.get("tags", []))),
        fields=sorted(key for key, value in fields.items() if before.get("fields", {}).get(key) != value),
    )
