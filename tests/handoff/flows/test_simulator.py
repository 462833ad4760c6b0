"""Trying a flow in play: people, time and the assistant, by the same rules as in earnest, with nothing behind them."""

from __future__ import annotations

import pytest

from handoff.assistants.base import Reply
from handoff.flows.playing import Finishes, HandsBack, Passes, Refused, TakesOver, WantsPerson, Writes, standing
from handoff.flows.scenes import House
from handoff.flows.script import END, read
from handoff.outcomes import ReasonCode, RequestHandoff
from tests.handoff.flows.plays import HOUSE, Play, refund, says, step


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


def test_the_assistant_answers_what_a_question_of_the_flow_has_left_open():
    play = Play(
        step("ask", "order", "lead", question="Which order?", kind="text", variable="order"), step("assistant", "lead")
    )
    play(Writes("Where is my parcel?"))
    assert play(Writes("LD-1")) == [("visitor", "LD-1"), ("assistant", "I can help with that.")]
    assert [one.body for one in play.asked[-1].unanswered()] == ["Where is my parcel?", "LD-1"]
    assert standing(play.script, play.scene) == "the assistant leads"


def test_the_assistant_is_silent_where_the_flow_has_spoken_after_them():
    play = Play(
        step("ask", "order", "told", question="Which order?", kind="text", variable="order"),
        says("told", "Thank you.", "lead"),
        step("assistant", "lead"),
    )
    play(Writes("hi"))
    assert play(Writes("LD-1")) == [("visitor", "LD-1"), ("flow", "Thank you.")]
    assert not play.asked


@pytest.mark.parametrize("ends_by_itself", [True, False])
def test_what_they_write_while_it_wraps_up_is_answered_before_it_is_closed(ends_by_itself):
    seconds = 60 if ends_by_itself else 2 * HOUSE.wrap_up_seconds
    play = Play(step("wait", "rest", seconds=seconds), entries={"resolving": "rest"})
    play(Writes("hello"), TakesOver("Hi"), Finishes())
    assert play(Writes("One more thing")) == [("visitor", "One more thing")]
    assert play(Passes(HOUSE.wrap_up_seconds)) == [("assistant", "I can help with that.")]
    assert not play.scene.is_closed


def test_what_was_said_before_the_end_is_no_answer_to_what_it_asks_then():
    play = Play(
        step("ask", "rate", {"answered": END, "gave_up": END}, question="How was it?", kind="number", variable="rate"),
        entries={"resolving": "rate"},
    )
    play(WantsPerson(), TakesOver("Hi"), Writes("Thank you"))
    assert play(Finishes()) == [("flow", "How was it?")]
    assert standing(play.script, play.scene) == "wrapping up, waiting for the rate"
