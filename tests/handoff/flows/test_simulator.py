"""Trying a flow in play: the same rules as in earnest, on a value, with nothing behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from handoff.assistants.base import Reply, Snapshot
from handoff.flows import simulator
from handoff.flows.directory import Directory
from handoff.flows.hours import Hours, Opening
from handoff.flows.script import END, ENTRIES, Script, Step, read
from handoff.flows.simulator import (
    Finishes,
    HandsBack,
    House,
    Mind,
    NotAScene,
    Opens,
    Passes,
    Refused,
    Scene,
    ServiceAnswers,
    ServiceFails,
    TakesOver,
    WantsPerson,
    Writes,
    act,
    begin,
    standing,
)
from handoff.flows.steps import STEPS
from handoff.outcomes import ReasonCode, RequestHandoff, Say

MONDAY = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
OFFICE = Hours("UTC", tuple(Opening(day, time(9), time(18)) for day in range(5)))


class NoArticles:
    """Knows nothing."""

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Any]:
        return []


HOUSE = House(
    flow="Refund flow",
    directory=Directory(
        teams=frozenset({"Support", "Refunds"}), teammates=frozenset({"ada", "bruno"}), tags=frozenset({"refund"}),
        fields=frozenset({"size"}), hours=frozenset({"Office"}), flows=frozenset({"other"}), secrets=frozenset({"key"}),
    ),
    fits=lambda key, text: text if text.isdigit() or not text else None,
    hours={"Office": OFFICE},
    assistant=Mind("Lumi", "Be brief.", NoArticles()),
    note="Let me bring in a teammate.",
    team="Support",
    teammate="Ada",
)  # fmt: skip


def step(kind: str, id: str, exits: str | Mapping[str, str] = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002
    described = STEPS[kind].exits(Step(id, kind, params=params))
    named = {described[0].name: exits} if isinstance(exits, str) and exits else dict(exits or {})
    ends = {one.name: END for one in described if not one.otherwise}
    return {"id": id, "kind": kind, "params": params, "exits": ends | named}


def says(id: str, text: str, exits: str | Mapping[str, str] = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002
    return step("send_message", id, exits, text=text, **params)


AMOUNT = {"question": "How much?", "kind": "amount", "variable": "amount", "currency": "TRY", "tries": 2}


class Play:
    """A flow that is being tried; after each action the scene goes through the text in which a browser keeps it."""

    def __init__(self, *steps: dict[str, Any], entries: Mapping[str, Any] | None = None, house: House = HOUSE,
                 persona: str = "anonymous", clock: datetime = MONDAY, reply: Any = None) -> None:  # fmt: skip
        told = {"fallback": steps[0]["id"]} if entries is None else entries
        self.script: Script = read({
            "entries": {name: {"step": one} if isinstance(one, str) else one for name, one in told.items()},
            "steps": list(steps),
        })  # fmt: skip
        self.house, self.asked = house, []
        self.reply = reply or (lambda snapshot: Reply((Say("I can help with that."),), ()))
        self.scene: Scene = begin(persona, clock)
        self(Opens())

    def __call__(self, *actions: Any) -> list[tuple[str, str]]:
        """What is new in the thread."""
        before = len(self.scene.transcript)
        for action in actions:
            scene = act(self.script, self.scene, action, self.house, think=self.think, classify=self.classify)
            self.scene = simulator.from_data(json.loads(json.dumps(simulator.to_data(scene))))
            assert self.scene == scene
        return [(one.who, one.words) for one in self.scene.transcript[before:] if one.who != "line"]

    def think(self, snapshot: Snapshot | None) -> Reply:
        self.asked.append(snapshot)
        if snapshot is None:
            return Reply((RequestHandoff(ReasonCode.POLICY_RULE, "There is no assistant."),), ())
        return self.reply(snapshot)

    def classify(self, text: str, intents: Mapping[str, Sequence[str]], limit: float) -> str | None:
        return next((name for name in intents if name in text.lower()), None)

    @property
    def lines(self) -> list[str]:
        return [one.words for one in self.scene.transcript if one.who == "line"]


def refund(**entries: Any) -> Play:
    """Over 500 a person is asked for, under it the flow says so; after the person it says thanks."""
    return Play(
        step("ask", "amount", {"answered": "large", "gave_up": "person"}, **AMOUNT),
        step("condition", "large", {"yes": "mark", "no": "small"}, conditions=[{"subject": "amount", "test": "greater", "value": "500"}]),
        step("tag", "mark", "person", tag="refund"),
        step("hand_off", "person", {"returned": "thanks", "expired": "sorry"}, reason="Refund of {{amount}}", team="Refunds", expires=600),
        says("small", "Done: {{amount}}."),
        says("thanks", "{{person.name}} said: {{person.last_words}}"),
        says("sorry", "Nobody is here now."),
        entries={"fallback": "amount", **entries},
    )  # fmt: skip


def test_an_amount_under_the_limit_ends_the_flow():
    play = refund()
    assert play(Writes("I want a refund")) == [("visitor", "I want a refund"), ("flow", "How much?")]
    assert standing(play.script, play.scene) == "waiting for the amount"
    assert play(Writes("120")) == [("visitor", "120"), ("flow", "Done: 120.00.")]
    assert play.scene.at is None
    assert play.scene.walked == (("fallback", ""), ("amount", "answered"), ("large", "no"), ("small", "next"))


def test_an_amount_over_the_limit_asks_for_a_person_and_says_what_was_done():
    play = refund()
    said = play(Writes("refund"), Writes("640"))
    assert said[-1] == ("flow", "Let me bring in a teammate.")
    assert play.scene.leads == "waiting"
    assert play.scene.tags == ("refund",)
    assert play.scene.team == "Refunds"
    assert "Tagged refund." in play.lines
    assert "A person is asked for (flow step): Refund of 640.00" in play.lines
    assert play.scene.variables["amount"] == "640.00"
    assert play.scene.at.step == "person"


def test_after_the_person_the_flow_goes_on_where_it_was():
    play = refund()
    play(Writes("refund"), Writes("640"), TakesOver("I have sent it."))
    assert play.scene.leads == "person"
    assert play(Writes("Thank you")) == [("visitor", "Thank you")]
    assert play(HandsBack(note="be kind")) == [("flow", "Ada said: I have sent it.")]
    assert "Note for the assistant: be kind" in play.lines


def test_a_person_may_give_the_conversation_to_the_assistant():
    play = refund()
    play(Writes("refund"), Writes("640"), TakesOver("One moment."))
    assert play(HandsBack("assistant")) == []
    assert standing(play.script, play.scene) == "the assistant leads"
    assert play(Writes("And delivery?"))[-1] == ("assistant", "I can help with that.")
    assert play.asked[-1].returned.last_words == "One moment."


def test_a_person_may_wrap_it_up():
    play = Play(
        step("hand_off", "person", {"returned": END, "resolved": "rate"}, reason="Why not"),
        step("ask", "rate", {"answered": END, "gave_up": END}, question="How was it?", kind="number", variable="rate"),
    )
    play(Writes("hello"), TakesOver("Hi"))
    assert play(HandsBack("wrap_up")) == [("flow", "How was it?")]
    assert standing(play.script, play.scene) == "wrapping up, waiting for the rate"
    play(Writes("5"))
    assert play.scene.is_closed
    with pytest.raises(Refused):
        play(Writes("one more thing"))


def test_wrapping_up_that_nobody_answers_is_closed_in_its_time():
    play = Play(
        step("ask", "rate", {"answered": END, "gave_up": END}, question="How was it?", kind="number", variable="rate"),
        entries={"resolving": "rate"},
    )
    play(Writes("hello"), TakesOver("Hi"))
    assert play(Finishes()) == [("flow", "How was it?")]
    play(Passes(HOUSE.wrap_up_seconds - 1))
    assert not play.scene.is_closed
    play(Passes(1))
    assert play.scene.is_closed


def test_what_follows_the_end_is_done_after_it():
    play = Play(
        step("resolve", "close"), step("tag", "mark", tag="refund"), entries={"fallback": "close", "resolved": "mark"}
    )
    play(Writes("bye"))
    assert play.scene.is_closed
    assert play.scene.tags == ("refund",)


def test_a_request_that_nobody_takes_expires_in_its_time():
    play = refund()
    play(Writes("refund"), Writes("640"), Passes(599))
    assert play.scene.leads == "waiting"
    assert play(Passes(1)) == [("flow", "Nobody is here now.")]
    assert play.scene.leads == "automation"


def test_a_request_that_was_taken_does_not_expire():
    play = refund()
    play(Writes("refund"), Writes("640"), TakesOver("Here I am"), Passes(3600))
    assert play.scene.leads == "person"


def test_the_flow_may_speak_first():
    play = Play(says("hi", "Welcome back, {{visitor.first_name}}"), entries={"start": "hi"}, persona="returning")
    assert [one.words for one in play.scene.transcript if one.who == "flow"] == ["Welcome back, Deniz"]


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


def test_a_wait_ends_when_its_time_has_come_and_not_before():
    play = Play(step("wait", "rest", "after", seconds=60), says("after", "Now."))
    play(Writes("hi"))
    assert play(Passes(59)) == []
    assert play(Passes(1)) == [("flow", "Now.")]


def test_silence_leads_the_flow_aside_and_a_reply_brings_it_back():
    play = refund(inactivity={"step": "nudge", "seconds": 120, "each_time": False})
    play.script = read({
        **play.script.data(),
        "steps": [*play.script.data()["steps"], says("nudge", "Still there?", "rest"), step("wait", "rest", seconds=600)],
    })  # fmt: skip
    play(Writes("refund"))
    assert play(Passes(119)) == []
    assert play(Passes(1)) == [("flow", "Still there?")]
    assert play.scene.at.step == "rest"
    assert play(Writes("640"))[-1] == ("flow", "Let me bring in a teammate.")
    assert play.scene.variables["amount"] == "640.00"


def test_silence_is_noticed_once_unless_it_is_each_time():
    play = Play(says("hi", "Hello"), says("nudge", "Still there?"),
                entries={"fallback": "hi", "inactivity": {"step": "nudge", "seconds": 60, "each_time": True}})  # fmt: skip
    play(Writes("a"))
    assert play(Passes(3600)) == [("flow", "Still there?")]
    play(Writes("b"))
    assert play(Passes(3600)) == [("flow", "Still there?")]


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


def test_asking_for_a_person_in_words_works_wherever_the_flow_waits():
    play = refund()
    play(Writes("refund"), Writes("let me talk to a human please"))
    assert play.scene.leads == "waiting"
    play(TakesOver("Hello"))
    assert play(HandsBack()) == [("flow", "How much?")]


def test_talk_to_a_person_works_before_anything_was_said_and_only_once():
    play = refund()
    assert play(WantsPerson()) == [("system", "Let me bring in a teammate.")]
    assert play.scene.team == "Support"
    with pytest.raises(Refused):
        play(WantsPerson())


def test_without_an_assistant_the_conversation_goes_to_a_person():
    play = Play(step("assistant", "lead"), house=House("Flow", HOUSE.directory, HOUSE.fits))
    play(Writes("hi"))
    assert play.scene.leads == "waiting"
    assert any("There is no assistant." in one for one in play.lines)


def test_a_flow_that_ends_without_a_word_lets_the_assistant_answer():
    play = Play(step("tag", "mark", tag="refund"))
    assert play(Writes("hi"))[-1] == ("assistant", "I can help with that.")


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


def test_every_action_of_an_empty_flow_does_what_it_can():
    play = Play(entries={})
    assert play(Writes("hi"))[-1] == ("assistant", "I can help with that.")
    play(WantsPerson(), TakesOver("Hi"), HandsBack(), Passes(86_400), Finishes(), TakesOver("Again"), Finishes())
    assert play.scene.is_closed


def test_the_assistant_that_fails_twice_is_not_handed_back_to():
    play = Play(
        entries={}, reply=lambda snapshot: Reply((RequestHandoff(ReasonCode.ASSISTANT_ERROR, "It failed."),), ())
    )
    play(Writes("hi"), TakesOver("Hi"), HandsBack(), Writes("again"))
    with pytest.raises(Refused, match="stays with people"):
        play(HandsBack())


@pytest.mark.parametrize(
    "data", [None, [], {}, {"clock": "now"}, {**simulator.to_data(begin("vip", MONDAY)), "odd": 1}]
)
def test_what_is_no_scene_is_refused(data):
    with pytest.raises(NotAScene):
        simulator.from_data(data)


def test_a_play_does_not_grow_for_ever():
    play = refund()
    play.scene = simulator.replace(
        play.scene, transcript=play.scene.transcript * 0 + (simulator.Shown("line", "x"),) * simulator.MOST_SHOWN
    )
    with pytest.raises(Refused, match="long"):
        play(Writes("hi"))


def test_every_way_in_is_played():
    assert set(ENTRIES) - {"resolving"} == {name for names in simulator.BEGINS.values() for name in names}


def test_words_that_a_wait_puts_off_are_answered_when_it_is_over():
    play = Play(step("wait", "rest", seconds=60))
    assert play(Writes("hi")) == [("visitor", "hi")]
    assert play(Passes(60)) == [("assistant", "I can help with that.")]


def test_a_wish_for_a_person_that_nobody_came_for_is_not_asked_again():
    play = Play(
        step("hand_off", "person", {"expired": "sorry"}, reason="Why not", expires=60),
        step("ask", "sorry", {"answered": END, "gave_up": END}, question="Your e-mail?", kind="email", variable="mail"),
        house=House("Flow", HOUSE.directory, HOUSE.fits),
    )
    play(Writes("let me talk to a human please"), Writes("a human, please"))
    assert play(Passes(60)) == [("flow", "Your e-mail?")]
    assert play.scene.leads == "automation"


def test_what_was_handed_back_without_a_word_names_who_did():
    play = refund()
    play(Writes("refund"), Writes("640"))
    assert play(HandsBack()) == [("flow", "Ada said:")]
