"""Every rule that the database holds over who leads, and the two triggers, broken on purpose (DESIGN section 4)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from conversations.models import Conversation, Event, Message, Turn
from handoff.models import (
    Assignment,
    Assistant,
    Attempt,
    Automation,
    BusinessHours,
    Flow,
    FlowRun,
    FlowVersion,
    Handoff,
    Holiday,
    KnowledgeArticle,
    OpeningTime,
    Secret,
    Teammate,
    Timer,
)
from tests.breaking import drop, named_rules, refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(deniz, chat_page, assistant, ada) -> SimpleNamespace:
    conversation = Conversation.objects.create(chat_page=chat_page, visitor=deniz)
    event = Event.objects.create(kind="message.received", conversation=conversation)
    turn = Turn.objects.create(
        conversation=conversation, event=event, upto_seq=1, lease_until=timezone.now(), state="running"
    )
    flow = Flow.objects.create(name="Refund flow", slug="refund-flow")
    return SimpleNamespace(
        conversation=conversation,
        event=event,
        turn=turn,
        ada=ada,
        assistant=assistant,
        now=timezone.now(),
        version=FlowVersion.objects.create(flow=flow, number=1, script={"entries": {}, "steps": []}),
        hours=BusinessHours.objects.create(name="Office"),
    )


def handoff(world: SimpleNamespace, **values: Any) -> Handoff:
    values = {
        "code": "out_of_scope", "reason": "Asked for the moon.", "requested_by": "assistant", "requested_at": world.now,
    } | values  # fmt: skip
    return Handoff.objects.create(conversation=world.conversation, **values)


def engaged(world: SimpleNamespace, **values: Any) -> Handoff:
    return handoff(world, **{"state": "engaged", "engaged_at": world.now, "engaged_by": world.ada} | values)


def run(world: SimpleNamespace, **values: Any) -> FlowRun:
    values = {"version": world.version, "entry": "fallback", "step": "ask"} | values
    return FlowRun.objects.create(conversation=world.conversation, **values)


def timer(world: SimpleNamespace, kind: str = "step") -> Timer:
    return Timer.objects.create(conversation=world.conversation, kind=kind, due_at=world.now)


def opening(world: SimpleNamespace, weekday: int = 0) -> OpeningTime:
    return OpeningTime.objects.create(business_hours=world.hours, weekday=weekday, opens="09:00", closes="18:00")


def holiday(world: SimpleNamespace) -> Holiday:
    return Holiday.objects.create(business_hours=world.hours, date="2026-10-29")


BREAKS = {
    "handoff_one_open_per_conversation": lambda w: [handoff(w), engaged(w)],
    "handoff_has_a_written_reason": lambda w: handoff(w, reason=" \n"),
    "handoff_state_is_a_real_choice": lambda w: handoff(w, state="lost"),
    "handoff_code_is_a_real_choice": lambda w: handoff(w, code="whim"),
    "handoff_requested_by_is_a_real_choice": lambda w: handoff(w, requested_by="nobody"),
    "handoff_state_and_times_agree": lambda w: handoff(w, engaged_at=w.now, engaged_by=w.ada),
    "handoff_times_run_forward": lambda w: engaged(w, engaged_at=w.now - timedelta(seconds=1)),
    "handoff_engaged_names_its_person": lambda w: engaged(w, engaged_by=None),
    "handoff_finished_says_how_it_ended": lambda w: handoff(w, state="finished", finished_at=w.now),
    "assignment_names_someone": lambda w: Assignment.objects.create(conversation=w.conversation, assigned_at=w.now),
    "assistant_engine_is_a_real_choice": lambda w: Assistant.objects.update(engine="wishful"),
    "assistant_sureness_is_from_0_to_1": lambda w: Assistant.objects.update(sureness=1.5),
    "article_language_is_a_real_choice": lambda w: KnowledgeArticle.objects.update(language="xx"),
    "article_says_something": lambda w: KnowledgeArticle.objects.update(body=" "),
    "attempt_kind_is_a_real_choice": lambda w: Attempt.objects.create(turn=w.turn, kind="guess", result="none"),
    "automation_note_is_not_empty": lambda w: Automation.objects.update(note=" "),
    "teammate_role_is_a_real_choice": lambda w: Teammate.objects.update(role="boss"),
    "teammate_availability_is_a_real_choice": lambda w: Teammate.objects.update(availability="asleep"),
    "handoff_urgency_is_a_real_choice": lambda w: handoff(w, urgency="yesterday"),
    "opening_weekday_is_a_real_choice": lambda w: opening(w, weekday=7),
    "opening_begins_once": lambda w: [opening(w), opening(w)],
    "holiday_is_named_once": lambda w: [holiday(w), holiday(w)],
    "secret_name_is_plain": lambda w: Secret.objects.create(name="Shop Token", sealed="x"),
    "secret_is_sealed": lambda w: Secret.objects.create(name="shop_token", sealed=""),
    "flow_version_number_is_given_once": lambda w: FlowVersion.objects.create(flow=w.version.flow, number=1, script={}),
    "flow_run_one_live_per_conversation": lambda w: [run(w), run(w)],
    "flow_run_one_per_event": lambda w: [
        run(w, event=w.event, state="ended", ending="finished", ended_at=w.now) for _ in range(2)
    ],
    "flow_run_state_is_a_real_choice": lambda w: run(w, state="asleep"),
    "flow_run_entry_is_a_real_choice": lambda w: run(w, entry="whim"),
    "flow_run_waits_for_is_a_real_choice": lambda w: run(w, waits_for="godot"),
    "flow_run_ended_says_how_and_when": lambda w: run(w, state="ended", ending="finished"),
    "flow_run_knows_where_it_stands": lambda w: run(w, step=""),
    "flow_run_that_waits_knows_until_when": lambda w: run(w, waits_for="time"),
    "flow_run_that_sleeps_has_its_handoff": lambda w: run(w, waits_for="person"),
    "timer_one_per_kind_and_conversation": lambda w: [timer(w), timer(w)],
    "timer_kind_is_a_real_choice": lambda w: timer(w, kind="egg"),
}
BEHIND = {
    "handoff_state_is_a_real_choice": ("handoff_handoff", ["handoff_state_and_times_agree"]),
    "flow_run_state_is_a_real_choice": ("handoff_flowrun", ["flow_run_ended_says_how_and_when"]),
}


@pytest.mark.parametrize("rule", named_rules("handoff", "inbox", "vivollo"))
def test_the_database_refuses_whatever_breaks(rule: str, world: SimpleNamespace):
    """A new constraint without a breaking case here fails, by its name."""
    if rule in BEHIND:
        drop(*BEHIND[rule])
    assert refused_by(lambda: BREAKS[rule](world)) == rule


@pytest.mark.parametrize(
    ("state", "times", "rule"),
    [
        ("engaged", {}, "handoff_state_and_times_agree"),
        ("requested", {"finished_at": 1}, "handoff_state_and_times_agree"),
        ("engaged", {"engaged_at": 1, "finished_at": 2}, "handoff_state_and_times_agree"),
        ("finished", {"outcome": "returned"}, "handoff_state_and_times_agree"),
        ("finished", {"finished_at": -1, "outcome": "returned"}, "handoff_times_run_forward"),
        ("finished", {"engaged_at": 2, "finished_at": 1, "outcome": "returned"}, "handoff_times_run_forward"),
        ("finished", {"finished_at": 1, "outcome": "gone"}, "handoff_finished_says_how_it_ended"),
        ("requested", {"outcome": "returned"}, "handoff_finished_says_how_it_ended"),
    ],
)
def test_state_times_and_outcome_agree(state: str, times: dict[str, Any], rule: str, world: SimpleNamespace):
    """Rules 3 and 5."""
    values = {k: world.now + timedelta(seconds=v) if k.endswith("_at") else v for k, v in times.items()}
    assert refused_by(lambda: handoff(world, state=state, engaged_by=world.ada, **values)) == rule


def test_an_outside_person_is_named_by_desk_and_name(world: SimpleNamespace):
    """Rule 4: one of the two alone is not enough."""
    for half in ({"engaged_desk": "connexease"}, {"engaged_name": "Can"}):
        assert (
            refused_by(lambda half=half: engaged(world, engaged_by=None, **half)) == "handoff_engaged_names_its_person"
        )
    assert engaged(world, engaged_by=None, engaged_desk="connexease", engaged_name="Can").person_name == "Can"


@pytest.mark.parametrize(
    "ended",
    [
        {"state": "ended", "ending": "", "ended_at": 1},
        {"state": "ended", "ending": "lost", "ended_at": 1},
        {"state": "live", "ending": "finished"},
        {"state": "live", "ended_at": 1},
    ],
)
def test_a_run_that_ended_says_how_and_when_and_no_other(ended: dict[str, Any], world: SimpleNamespace):
    """Rule 12."""
    values = ended | ({"ended_at": world.now} if "ended_at" in ended else {})
    assert refused_by(lambda: run(world, **values)) == "flow_run_ended_says_how_and_when"


def test_a_run_that_ended_makes_room_for_another(world: SimpleNamespace):
    run(world, state="ended", ending="left", ended_at=world.now)
    assert run(world).pk


def test_a_published_version_is_neither_changed_nor_deleted(world: SimpleNamespace):
    """By a trigger, so that it holds for whoever writes: running conversations rely on their version."""
    versions = FlowVersion.objects.filter(pk=world.version.pk)
    for change in (lambda: versions.update(script={}), lambda: versions.update(note="!"), versions.delete):
        assert refused_by(change) == "flow_version_never_changes"


@pytest.mark.parametrize("author", ["assistant", "flow"])
def test_case_4_the_database_refuses_automation_while_a_person_leads(author: str, world: SimpleNamespace):
    """Rule 11, whatever the client believed: the turn is running, and still nothing is let through."""
    words = {"conversation": world.conversation, "author": author, "turn": world.turn, "body": "Me again!"}
    engaged(world)
    rule = refused_by(lambda: Message.objects.create(seq=1, **words))
    assert rule == "message_automation_is_silent_while_a_person_leads"
    Handoff.objects.update(state="finished", finished_at=world.now, outcome="returned")
    assert Message.objects.create(seq=1, **words).pk


@pytest.mark.parametrize("state", ["queued", "completed", "cancelled"])
def test_automation_speaks_in_a_running_turn_only(state: str, world: SimpleNamespace):
    """Rule 11: also not in a turn that is over, or has not begun."""
    ended = timezone.now() if state != "queued" else None
    Turn.objects.update(state=state, ended_at=ended)
    words = {"conversation": world.conversation, "author": "assistant", "turn": world.turn, "body": "Too late"}
    assert refused_by(lambda: Message.objects.create(seq=1, **words)) == "message_automation_needs_a_running_turn"


def test_automation_speaks_in_a_turn_of_this_conversation_only(world: SimpleNamespace, eve):
    other = Conversation.objects.create(chat_page=eve.chat_page, visitor=eve)
    words = {"conversation": other, "author": "assistant", "turn": world.turn, "body": "Wrong door"}
    assert refused_by(lambda: Message.objects.create(seq=1, **words)) == "message_automation_needs_a_running_turn"


def test_automation_needs_a_turn_at_all(world: SimpleNamespace):
    words = {"conversation": world.conversation, "author": "assistant", "body": "No turn"}
    assert refused_by(lambda: Message.objects.create(seq=1, **words)) == "message_automation_needs_a_running_turn"
