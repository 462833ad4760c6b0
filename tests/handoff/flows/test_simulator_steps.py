"""Trying a flow in play: what its steps say, change and ask of outside services, and drafts with problems."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handoff.flows.playing import (
    MOST_SHOWN,
    HandsBack,
    Refused,
    ServiceAnswers,
    ServiceFails,
    TakesOver,
    Writes,
    standing,
)
from handoff.flows.rests import BEGINS
from handoff.flows.scenes import NotAScene, Shown, begin, from_data, to_data
from handoff.flows.script import END, ENTRIES
from tests.handoff.flows.plays import MONDAY, Play, refund, says, step


@pytest.mark.parametrize(("persona", "words"), [("anonymous", "Hello"), ("vip", "Selin, at once")])
def test_a_vip_is_somebody_else(persona, words):
    play = Play(
        step("condition", "who", {"yes": "vip", "no": "all"}, conditions=[{"subject": "visitor.vip", "test": "equals", "value": "yes"}]),
        says("vip", "{{visitor.first_name}}, at once"),
        says("all", "Hello"),
        persona=persona,
    )  # fmt: skip
    assert play(Writes("hi"))[-1] == ("flow", words)


def test_the_returning_customer_is_remembered():
    play = Play(says("known", "Order {{memory.order_number}}"), persona="returning")
    assert play(Writes("hi"))[-1] == ("flow", "Order LD-10482")


@pytest.mark.parametrize(("clock", "words"), [(MONDAY, "Open"), (MONDAY - timedelta(days=1), "Closed")])
def test_the_clock_decides_what_is_out_of_hours(clock, words):
    play = Play(
        step("condition", "hours", {"yes": "open", "no": "closed"}, conditions=[{"test": "in_business_hours", "value": "Office"}]),
        says("open", "Open"),
        says("closed", "Closed"),
        clock=clock,
    )  # fmt: skip
    assert play(Writes("hi"))[-1] == ("flow", words)


CALL = {
    "method": "POST", "address": "https://api.example.com/orders/{{order}}?key={{secret.key}}",
    "body": '{"order": "{{order}}", "token": "{{secret.key}}"}', "mapping": [{"variable": "status", "path": "order.status"}],
    "headers": [{"name": "X-Key", "value": "{{secret.key}}"}],
}  # fmt: skip


def calling(**more: Any) -> Play:
    play = Play(
        step("ask", "order", "look", question="Which order?", kind="text", variable="order"),
        step("call_api", "look", {"success": "told", "failure": "lost"}, **CALL, **more),
        says("told", "It is {{status}}."),
        says("lost", "I could not find out: {{call.error}}"),
    )
    play(Writes("hi"), Writes("LD-1 2"))
    return play


def test_an_outside_call_is_not_made_but_shown_with_its_secrets_hidden():
    play = calling()
    asked = play.scene.asked
    assert (asked.method, asked.address) == ("POST", "https://api.example.com/orders/LD-1%202?key=•••")
    assert json.loads(asked.body) == {"order": "LD-1 2", "token": "•••"}
    assert "Would call POST api.example.com." in play.lines
    assert "waiting for what the outside service answers" in standing(play.script, play.scene)


def test_the_flow_goes_on_with_what_the_service_is_said_to_answer():
    play = calling()
    assert play(ServiceAnswers('{"order": {"status": "sent"}}')) == [("flow", "It is sent.")]
    assert play.scene.asked is None


def test_the_flow_goes_on_at_its_failure_exit_when_the_service_is_said_to_fail():
    assert calling()(ServiceFails("timed out")) == [("flow", "I could not find out: timed out")]


def test_a_call_that_must_not_be_repeated_fails_once_a_person_has_come_between():
    play = calling(once=True)
    play(TakesOver("Wait"))
    assert play.scene.asked is None
    said = play(HandsBack())
    assert said[0][1].startswith("I could not find out: The call was interrupted")


def test_a_call_that_cannot_be_made_fails_with_the_reason():
    play = Play(step("call_api", "look", {"success": END, "failure": "lost"}, **CALL), says("lost", "{{call.error}}"))
    assert play(Writes("hi"))[-1][1].startswith("The address needs “order”")


def test_nothing_is_answered_where_nothing_was_asked():
    with pytest.raises(Refused):
        refund()(ServiceAnswers("{}"))


def test_a_form_is_offered_and_its_answers_are_kept():
    play = Play(
        step("form", "ask", "done", text="Tell us", fields=[{"name": "email", "label": "E-mail", "kind": "email", "required": True}]),
        says("done", "Thanks, {{email}}"),
    )  # fmt: skip
    play(Writes("hi"))
    assert play.scene.offer["form"]["fields"][0]["name"] == "email"
    assert play(Writes("E-mail: a@b.co", {"email": "a@b.co"}))[-1] == ("flow", "Thanks, a@b.co")


def test_quick_replies_are_offered_until_somebody_speaks():
    play = Play(says("hi", "Choose", options=["Red", "Blue"]))
    play(Writes("hi"))
    assert play.scene.offer["options"] == ["Red", "Blue"]
    play(TakesOver("Let me see"))
    assert play.scene.offer == {}


def test_an_intent_is_told_by_the_classifier():
    play = Play(
        step("intent", "what", {"refund": "yes", "none": "no"}, intents=[{"name": "Refund", "examples": ["money back"]}]),
        says("yes", "A refund"),
        says("no", "Something else"),
    )  # fmt: skip
    assert play(Writes("refund please"))[-1] == ("flow", "A refund")


def test_fields_memory_and_assignments_are_told_in_words():
    play = Play(
        step("set_field", "size", "odd", field="size", value="42"),
        step("set_field", "odd", "know", field="size", value="large"),
        step("remember", "know", "who", key="shoe_size", value="42"),
        step("assign_user", "who", "gone", teammate="bruno"),
        step("assign_team", "gone", "bye", team="Night shift"),
        says("bye", "Bye"),
    )
    play(Writes("hi"))
    assert play.scene.fields == {"size": "42"}
    assert play.scene.memory == {"shoe_size": "42"}
    assert play.scene.teammate == "bruno"
    assert play.lines[-6:] == [
        "Sets size to 42.",
        "The flow could not set “size” to “large”: that is no value for it.",
        "Remembers shoe size: 42",
        "Assigned to bruno.",
        "The flow could not assign it to Night shift: not here any more.",
        "The flow comes to its end.",
    ]


def test_an_address_that_they_give_fills_a_gap_in_what_is_known():
    play = Play(
        step("capture_contact", "mail", "said", what="email", question="Your e-mail?"),
        says("said", "{{visitor.email}}"),
    )
    play(Writes("hi"))
    assert play(Writes("a@b.co"))[-1] == ("flow", "a@b.co")


def test_another_flow_is_where_the_play_ends():
    play = Play(step("redirect", "go", flow="other"))
    play(Writes("hi"))
    assert play.scene.elsewhere == "other"
    assert play(Writes("hello?")) == [("visitor", "hello?")]
    assert "tried on its own page" in standing(play.script, play.scene)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ([says("hi", "Hello", "nowhere")], "nowhere"),
        ([{"id": "odd", "kind": "teleport"}], "teleport"),
        ([says("a", "One", "b"), says("b", "Two", "a")], "did not come to rest"),
        ([step("redirect", "go", flow="unknown")], "unknown"),
        ([step("send_message", "hi", "", text="Hello", card_url="x", options=None)], ""),
    ],
)
def test_a_draft_with_problems_is_tried_as_far_as_it_goes(broken, told):
    play = Play(*broken)
    play.scene = begin("anonymous", MONDAY)
    play(Writes("hi"))
    assert not told or (play.scene.leads == "waiting" and any(told in one for one in play.lines))


def test_an_entry_that_leads_nowhere_asks_for_a_person_with_the_reason():
    play = Play(says("hi", "Hello"), entries={"fallback": "gone"})
    play(Writes("hi"))
    assert any("could not go on at “gone”" in one for one in play.lines)


@pytest.mark.parametrize("data", [None, [], {}, {"clock": "now"}, {**to_data(begin("vip", MONDAY)), "odd": 1}])
def test_what_is_no_scene_is_refused(data):
    with pytest.raises(NotAScene):
        from_data(data)


def test_a_play_does_not_grow_for_ever():
    play = refund()
    play.scene = replace(play.scene, transcript=play.scene.transcript * 0 + (Shown("line", "x"),) * MOST_SHOWN)
    with pytest.raises(Refused, match="long"):
        play(Writes("hi"))


def test_every_way_in_is_played():
    assert set(ENTRIES) - {"resolving"} == {name for names in BEGINS.values() for name in names}
