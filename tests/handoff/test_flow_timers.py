"""Time in flows: waits, silence, and what comes in meanwhile. Each time comes once, and not early."""

from __future__ import annotations

import pytest

from conversations import events
from conversations.models import Event, Turn
from handoff import automation, checkpoints, services
from handoff.models import FlowRun, Timer
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, hand_off, message, run_of, runs, step, words, writes
from tests.workers import repeats, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def later(seconds: float) -> None:
    time_passes(seconds)
    work_off()


# ── Waiting.


def test_a_wait_is_over_when_its_time_has_come_and_not_before(chat_page, deniz):
    runs(chat_page, message("one", "One moment.", "pause"), step("wait", "pause", "then", seconds=60),
         message("then", "Here I am."))  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    later(59)
    assert words(conversation_id) == ["One moment."]
    later(2)
    assert words(conversation_id) == ["One moment.", "Here I am."]
    later(3600)
    assert len(words(conversation_id)) == 2
    assert not Timer.objects.exists()


def test_a_time_that_came_while_no_worker_lived_is_made_up_for_once(chat_page, deniz):
    """A restart: the timer is a row, and whoever rings it is any worker."""
    runs(chat_page, step("wait", "pause", "then", seconds=60), message("then", "Here I am."))
    conversation_id = writes(deniz, "Hi")
    time_passes(86_400)
    assert checkpoints.ring_due() == 1
    assert checkpoints.ring_due() == 0
    work_off()
    assert words(conversation_id) == ["Here I am."]
    assert Event.objects.filter(kind="timer.rang").count() == 1


def test_words_during_a_wait_shorten_nothing_and_are_read_after_it(chat_page, deniz):
    runs(chat_page, step("wait", "pause", "then", seconds=60), message("then", "You wrote: {{message}}"))
    writes(deniz, "One")
    conversation_id = writes(deniz, "Two")
    assert words(conversation_id) == []
    later(61)
    assert words(conversation_id) == ["You wrote: One\nTwo"]


def test_words_that_a_wait_put_off_are_answered_where_the_flow_ends_without_a_word(chat_page, assistant, deniz, engine):
    engine(repeats)
    runs(chat_page, step("wait", "pause", seconds=60))
    writes(deniz, "One")
    conversation_id = writes(deniz, "Two")
    later(61)
    assert words(conversation_id) == ["You said: One + Two"]
    later(3600)
    assert len(words(conversation_id)) == 1
    assert FlowRun.objects.count() == 1  # it did not begin anew with the same words


def test_a_time_that_comes_while_another_turn_is_about_to_end_is_not_lost(chat_page, deniz, say):
    """The other turn has looked before the time had come: what it completes is words, never a time."""
    runs(chat_page, step("wait", "pause", "then", seconds=60), message("then", "Here I am."))
    conversation_id = writes(deniz, "Hi")
    say(deniz, "Two")
    events.drain()
    [words_turn] = Turn.objects.filter(state="queued")
    time_passes(61)
    checkpoints.ring_due()
    events.drain()
    FlowRun.objects.update(until=None, waits_for="answer")  # as it looked a moment before
    automation.run_turn(words_turn.pk)
    assert list(Turn.objects.filter(state="queued").values_list("event__kind", flat=True)) == ["timer.rang"]
    assert leading(conversation_id) is None


# ── Silence.


def watches(chat_page, *steps, each_time=False, seconds=120) -> None:
    """Asks for a size; after two minutes of silence it does these steps."""
    entries = {
        "fallback": "size",
        "inactivity": {"step": steps[0]["id"], "seconds": seconds, "each_time": each_time},
    }
    runs(chat_page, ask("size", "text", "thanks"), message("thanks", "{{size}} it is."), *steps, entries=entries)


NUDGE = message("nudge", "Are you still there?")


def test_silence_is_spoken_into_once_and_the_question_stays_open(chat_page, deniz):
    watches(chat_page, NUDGE)
    conversation_id = writes(deniz, "Hi")
    later(119)
    assert words(conversation_id) == ["Which size?"]
    later(2)
    assert words(conversation_id) == ["Which size?", "Are you still there?"]
    assert (run_of(conversation_id).step, run_of(conversation_id).waits_for) == ("size", "answer")
    later(3600)
    assert len(words(conversation_id)) == 2
    assert words(writes(deniz, "42"))[-1] == "42 it is."


@pytest.mark.parametrize(("each_time", "nudges"), [(False, 1), (True, 2)])
def test_silence_after_a_reply_counts_anew_where_it_is_each_time(each_time, nudges, chat_page, deniz):
    watches(chat_page, NUDGE, each_time=each_time)
    writes(deniz, "Hi")
    later(121)
    conversation_id = writes(deniz, "42")
    later(121)
    assert words(conversation_id).count("Are you still there?") == nudges
    later(3600)
    assert words(conversation_id).count("Are you still there?") == nudges


def test_a_reply_sets_the_silence_back(chat_page, deniz):
    watches(chat_page, NUDGE)
    writes(deniz, "Hi")
    later(100)
    conversation_id = writes(deniz, "42")
    later(100)
    assert "Are you still there?" not in words(conversation_id)
    later(21)
    assert words(conversation_id)[-1] == "Are you still there?"


def test_a_word_of_the_flow_after_a_wait_sets_the_silence_back_and_not_out(chat_page, deniz):
    entries = {"fallback": "pause", "inactivity": {"step": "nudge", "seconds": 120, "each_time": False}}
    runs(chat_page, step("wait", "pause", "size", seconds=60), ask("size", "text"), NUDGE, entries=entries)
    conversation_id = writes(deniz, "Hi")
    later(61)
    later(61)
    assert words(conversation_id) == ["Which size?"]
    later(61)
    assert words(conversation_id) == ["Which size?", "Are you still there?"]


def test_a_reply_leads_back_from_what_silence_began(chat_page, deniz):
    """Nudge, wait, close: the reply comes before the close."""
    watches(chat_page, message("nudge", "Are you still there?", "pause"), step("wait", "pause", "bye", seconds=60),
            step("resolve", "bye"))  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    later(121)
    assert run_of(conversation_id).step == "pause"
    assert words(writes(deniz, "42"))[-1] == "42 it is."
    later(3600)
    assert not FlowRun.objects.filter(ending="resolved").exists()


@pytest.mark.parametrize("wraps_up", [False, True])
def test_silence_that_goes_on_closes_the_conversation(wraps_up, chat_page, deniz):
    steps = (
        message("nudge", "Are you still there?", "pause"),
        step("wait", "pause", "bye", seconds=60),
        step("resolve", "bye"),
    )
    watches(chat_page, *steps)
    if wraps_up:
        entries = {"fallback": "size", "inactivity": {"step": "nudge", "seconds": 120}, "resolving": "last"}
        runs(chat_page, ask("size", "text"), *steps, message("last", "Goodbye."), entries=entries)
    conversation_id = writes(deniz, "Hi")
    later(121)
    later(61)
    assert words(conversation_id) == ["Which size?", "Are you still there?", *(["Goodbye."] if wraps_up else [])]
    assert FlowRun.objects.live().count() == 0
    assert FlowRun.objects.filter(conversation__status="resolved").exists()


def test_what_silence_asked_is_known_where_the_flow_goes_on(chat_page, deniz):
    entries = {"fallback": "help", "inactivity": {"step": "nudge", "seconds": 120}}
    runs(chat_page, ask("help", "text", "size"), ask("size", "text", "thanks"), message("thanks", "{{size}} with {{help}}."),
         ask("nudge", "text", question="What would help?", variable="help"), entries=entries)  # fmt: skip
    writes(deniz, "Hi")
    writes(deniz, "nothing")
    later(121)
    conversation_id = writes(deniz, "a tape")
    assert run_of(conversation_id).step == "size"
    assert words(writes(deniz, "42"))[-1] == "42 with a tape."


def test_a_redirect_out_of_the_silence_takes_no_place_of_the_old_flow_along(chat_page, deniz):
    runs(chat_page, message("bye", "Bye."), name="Other flow")
    watches(chat_page, step("redirect", "nudge", flow="other-flow"))
    conversation_id = writes(deniz, "Hi")
    later(121)
    assert words(conversation_id) == ["Which size?", "Bye."]
    assert FlowRun.objects.live().count() == 0
    assert words(writes(deniz, "Hi again"))[-1] == "Which size?"


def test_silence_while_a_person_leads_is_nobodys_business(chat_page, deniz, ada):
    watches(chat_page, NUDGE)
    conversation_id = writes(deniz, "Hi")
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Hello, Ada here.")
    later(3600)
    assert words(conversation_id) == ["Which size?"]
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    work_off()
    later(121)
    assert words(conversation_id) == ["Which size?", "Which size?", "Are you still there?"]


def test_silence_after_the_assistants_answer_is_noticed_too(chat_page, assistant, deniz, engine):
    engine(repeats)
    runs(chat_page, NUDGE, entries={"inactivity": {"step": "nudge", "seconds": 120}})
    conversation_id = writes(deniz, "Hi")
    later(121)
    assert words(conversation_id) == ["You said: Hi", "Are you still there?"]


def test_words_that_come_with_the_silence_are_the_flows(chat_page, assistant, deniz, engine, say):
    """The timer has rung, and the customer writes before its turn: the flow answers, not the assistant."""
    engine(repeats)
    entries = {"fallback": "hm", "inactivity": {"step": "nudge", "seconds": 120}}
    runs(chat_page, message("hm", "Hm."), NUDGE, entries=entries)
    conversation_id = writes(deniz, "Hi")
    time_passes(121)
    checkpoints.ring_due()
    events.drain()
    say(deniz, "Back again")
    work_off()
    assert words(conversation_id) == ["Hm.", "Hm."]


def test_a_visitor_who_has_not_heard_anything_yet_is_not_silent(chat_page, deniz):
    watches(chat_page, NUDGE)
    runs(chat_page, hand_off(), NUDGE, entries={"fallback": "person", "inactivity": {"step": "nudge", "seconds": 120}})
    conversation_id = writes(deniz, "Hi")
    later(3600)
    assert "Are you still there?" not in words(conversation_id)
    assert leading(conversation_id)
