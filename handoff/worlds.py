"""What flows may know: the world around a conversation, and what a script may name in this house."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Max
from django.utils import timezone

from conversations.models import Conversation, Field, Message, Tag
from handoff.assistants.human_request import asked_for, wants_person
from handoff.facts import Facts, LiveSurroundings, Reachable, field_values
from handoff.flows import script as scripts
from handoff.flows.directory import Directory
from handoff.flows.moves import Ended, Words, World
from handoff.flows.rests import BEFORE
from handoff.flows.script import Script
from handoff.models import Automation, BusinessHours, Flow, FlowRun, FlowVersion, Secret, Team, Teammate
from handoff.outcomes import ReasonCode, RequestHandoff
from handoff.selectors import Briefed, wishes_heard_upto
from handoff.states import State


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
        flows=frozenset(slug for slug, live in _live_flows() if _goes_on(script_of(live))),
        secrets=frozenset(Secret.objects.values_list("name", flat=True)),
    )


def _live_flows() -> list[tuple[str, int]]:
    return [(slug, live) for slug, live in Flow.objects.values_list("slug", "live_id") if live is not None]


def _goes_on(script: Script) -> bool:
    """Whether another flow can go on in this one."""
    return script.entry("fallback") is not None or script.entry("start") is not None


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


def world(conversation: Conversation, run: FlowRun, words: tuple[Words, ...], known: Briefed | None) -> World:
    """What a step may know now; what costs a query is read when it is asked for. `known` is of the same words."""
    return World(
        now=timezone.now(),
        language=conversation.language or "en",
        facts=Facts(conversation, words),
        around=LiveSurroundings(conversation),
        reachable=Reachable(),
        words=words,
        awaits_word=conversation.last_author == "visitor",
        newest_seq=words[-1].seq if words else max(run.heard, people_upto(conversation)),
        wish=_wish(conversation, words, known),
        ended=_ended(conversation, run),
    )


def _wish(conversation: Conversation, words: tuple[Words, ...], known: Briefed | None) -> RequestHandoff | None:
    if known is not None:
        reply = asked_for(known.snapshot) if words else None
        return reply.handoff if reply else None
    heard = wishes_heard_upto(conversation) if words else 0
    for one in words:
        if one.seq > heard and (wish := wants_person(one.text, conversation.language or "en")):
            return RequestHandoff(ReasonCode.CUSTOMER_REQUEST, f"Asked for a person: “{wish.evidence}”.")
    return None


def _ended(conversation: Conversation, run: FlowRun) -> Ended | None:
    handoff = run.handoff
    if run.waits_for != "person" or handoff is None or handoff.state != State.FINISHED:
        return None
    words = Message.objects.filter(
        conversation=conversation, author="person", audience="everyone", created_at__gte=handoff.requested_at
    )
    before = run.variables.get(BEFORE) or {}
    tags = set(conversation.tags.values_list("name", flat=True))
    fields = field_values(conversation)
    last = words.order_by("-seq").values_list("body", flat=True).first()
    return Ended(
        outcome=handoff.outcome,
        person=handoff.person_name or (handoff.finished_by.shown_name if handoff.finished_by else ""),
        last_words=last or "",
        note=handoff.note,
        tags=sorted(tags - set(before.get("tags", []))),
        fields=sorted(key for key, value in fields.items() if before.get("fields", {}).get(key) != value),
    )
