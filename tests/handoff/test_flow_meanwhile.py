"""What happens while a flow is being looked at: words that come in, clocks that differ, people who change their mind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from conversations import events, turns
from conversations.models import Conversation, Turn
from conversations.services import note_opened
from handoff import automation, checkpoints, looks, services, stands
from handoff.looks import Progress
from handoff.models import Timer
from handoff.selectors import leading
from handoff.services import WayBack
from tests.handoff.flow_cast import ask, hand_off, message, published, runs, step, words, writes
from tests.workers import leases_run_out, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def look_while(happens: Callable[[], object]) -> None:
    """The only turn's next look has been read; then this happens, and only then is the look applied."""
    turn = turns.claim(Turn.objects.get(state="queued").pk)
    assert turn is not None
    looks.begin(turn, stands.stand(turn))
    stand = stands.stand(turn)
    happens()
    looks.advance(turn, stand, Progress())
    leases_run_out()
    automation.run_turn(turn.pk)
    work_off()


def the_database_is_a_second_ahead() -> None:
    Timer.objects.update(due_at=F("due_at") - timedelta(seconds=1))


def test_words_that_come_while_a_flow_speaks_and_ends_are_answered_too(chat_page, deniz, say):
    runs(chat_page, message("hi", "Hello."))
    said = say(deniz, "First")
    events.drain()
    look_while(lambda: say(deniz, "And this?"))
    assert words(said.conversation_id) == ["Hello.", "Hello."]


def test_words_that_come_while_a_flow_is_about_to_close_are_answered_first(chat_page, deniz, say):
    runs(chat_page, message("bye", "Bye.", "close"), step("resolve", "close"))
    said = say(deniz, "First")
    events.drain()
    look_while(lambda: say(deniz, "Wait, one more question"))
    assert words(said.conversation_id) == ["Bye.", "Bye."]


def test_a_start_that_finds_that_they_spoke_first_is_skipped(chat_page, deniz, say):
    runs(chat_page, ask("size", "text"), ask("topic", "text"), entries={"start": "topic", "fallback": "size"})
    note_opened(visitor_id=deniz.pk)
    events.drain()
    turn = turns.claim(Turn.objects.get().pk)
    stand = stands.stand(turn)
    said = say(deniz, "I want to return my shoes")
    looks.begin(turn, stand)
    leases_run_out()
    automation.run_turn(turn.pk)
    work_off()
    assert words(said.conversation_id) == ["Which size?"]


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        ([step("wait", "pause", "then", seconds=60), message("then", "Here I am.")], "Here I am."),
        ([hand_off({"expired": "late"}, expires=60), message("late", "Nobody came.")], "Nobody came."),
    ],
    ids=["a wait", "a request"],
)
def test_a_timer_that_rings_by_a_clock_ahead_of_ours_is_not_lost(steps, last, chat_page, deniz):
    runs(chat_page, *steps)
    conversation_id = writes(deniz, "Hi")
    time_passes(59.5)
    the_database_is_a_second_ahead()
    work_off()
    assert words(conversation_id)[-1:] != [last]
    time_passes(3600)
    work_off()
    assert words(conversation_id)[-1] == last


def silent_after(chat_page, **entry) -> None:
    steps = [ask("size", "text", "colour"), ask("colour", "text"), message("nudge", "Still there?")]
    runs(chat_page, *steps, entries={"fallback": "size", "inactivity": {"step": "nudge", "seconds": 60} | entry})


def test_silence_that_is_noticed_a_moment_too_early_is_noticed_later(chat_page, deniz):
    silent_after(chat_page)
    conversation_id = writes(deniz, "Hi")
    time_passes(59.5)
    the_database_is_a_second_ahead()
    work_off()
    time_passes(3600)
    work_off()
    assert words(conversation_id)[-1] == "Still there?"


def test_a_reply_as_the_silence_rings_does_not_switch_it_off(chat_page, deniz, say):
    silent_after(chat_page, each_time=True)
    conversation_id = writes(deniz, "Hi")
    time_passes(61)
    checkpoints.ring_due()
    events.drain()
    say(deniz, "42")
    work_off()
    assert words(conversation_id)[-1] == "Which colour?"
    time_passes(61)
    work_off()
    assert words(conversation_id)[-1] == "Still there?"


def wrapping_up(chat_page, deniz, ada) -> int:
    runs(chat_page, ask("size", "text"), ask("rating", "text"), entries={"fallback": "size", "resolving": "rating"})
    conversation_id = writes(deniz, "Hi")
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Hello")
    services.finish(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert words(conversation_id)[-1] == "Which rating?"
    services.take_over(conversation_id=conversation_id, teammate=ada, body="One more thing")
    return conversation_id


def test_who_hands_back_to_the_assistant_no_longer_closes_the_conversation(chat_page, deniz, ada):
    conversation_id = wrapping_up(chat_page, deniz, ada)
    services.hand_back(conversation_id=conversation_id, teammate=ada, way=WayBack.ASSISTANT)
    work_off()
    time_passes(901)
    work_off()
    assert Conversation.objects.get(pk=conversation_id).status == "open"


def test_wrapping_up_goes_on_with_its_whole_time_after_a_hand_back(chat_page, deniz, ada):
    conversation_id = wrapping_up(chat_page, deniz, ada)
    time_passes(901)
    work_off()
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert Conversation.objects.get(pk=conversation_id).status == "open"
    time_passes(901)
    work_off()
    assert Conversation.objects.get(pk=conversation_id).status == "resolved"


def test_flows_that_send_each_other_the_customer_stop_and_ask_for_a_person(chat_page, deniz):
    published(message("b", "B."), name="Other")
    version = runs(chat_page, message("a", "A.", "go"), step("redirect", "go", flow="other"))
    published(message("b", "B.", "go"), step("redirect", "go", flow=version.flow.slug), name="Other")
    conversation_id = writes(deniz, "Hi")
    assert len(words(conversation_id)) <= 8
    handoff = leading(conversation_id)
    assert handoff is not None
    assert "more than 5 times" in handoff.reason


def test_a_goodbye_that_fails_closes_the_conversation_instead_of_asking_for_a_person(chat_page, deniz, ada):
    other = published(message("b", "B."), name="Other")
    runs(
        chat_page,
        ask("size", "text"),
        step("redirect", "go", flow="other"),
        entries={"fallback": "size", "resolving": "go"},
    )
    published(message("b", "B."), name="Other", entries={"resolving": "b"})
    assert other.flow.slug == "other"
    conversation_id = writes(deniz, "Hi")
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Hello")
    services.finish(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert Conversation.objects.get(pk=conversation_id).status == "resolved"
    assert any(
        line == "flow.trouble"
        for line in Conversation.objects.get(pk=conversation_id).messages.values_list("line", flat=True)
    )
