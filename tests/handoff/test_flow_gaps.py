"""Words that fall between: after a question and before the assistant, while a flow wraps up, between two requests."""

from __future__ import annotations

import pytest
from django.db import transaction

from conversations.models import Conversation
from handoff import services
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, hand_off, message, run_of, runs, step, words, writes
from tests.workers import repeats, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_assistant_answers_at_once_after_a_question_of_the_flow(chat_page, deniz, engine):
    """It answers what was asked first together with the flow's own answer, instead of leaving silence."""
    engine(repeats)
    runs(chat_page, ask("size", "text", "lead"), step("assistant", "lead"))
    writes(deniz, "Which lamp fits?")
    conversation_id = writes(deniz, "Blue")
    assert words(conversation_id) == ["Which size?", "You said: Which lamp fits? + Blue"]
    assert run_of(conversation_id).waits_for == "assistant"


def test_the_assistant_is_silent_where_the_flow_has_spoken_last(chat_page, deniz, engine):
    engine(repeats)
    runs(chat_page, ask("size", "text", "noted"), message("noted", "Noted.", "lead"), step("assistant", "lead"))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "Blue")
    assert words(conversation_id) == ["Which size?", "Noted."]
    writes(deniz, "And a red one?")
    assert words(conversation_id)[-1] == "You said: And a red one?"


@pytest.mark.parametrize("seconds", [61, 1000], ids=["its own wait", "its time limit"])
def test_words_written_while_a_flow_wraps_up_are_answered_and_it_stays_open(seconds, chat_page, deniz, ada, engine):
    engine(repeats)
    wait = 60 if seconds == 61 else 100_000
    runs(
        chat_page, message("hello", "Hello."), step("wait", "bye", "end", seconds=wait),
        entries={"fallback": "hello", "resolving": "bye"},
    )  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Done!")
    services.finish(conversation_id=conversation_id, teammate=ada)
    work_off()
    writes(deniz, "And my other order?")
    time_passes(seconds)
    work_off()
    assert Conversation.objects.get(pk=conversation_id).status == "open"
    assert words(conversation_id)[-1] in ("You said: And my other order?", "Hello.")


def test_a_question_in_place_of_a_rating_is_answered_and_it_stays_open(chat_page, deniz, ada, engine):
    engine(repeats)
    runs(
        chat_page, ask("rating", "choice", options=["1", "2"], tries=1), step("assistant", "lead"),
        entries={"fallback": "lead", "resolving": "rating"},
    )  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Done!")
    services.finish(conversation_id=conversation_id, teammate=ada)
    work_off()
    writes(deniz, "And my other order?")
    assert words(conversation_id)[-2:] == ["Which rating?", "You said: And my other order?"]
    assert Conversation.objects.get(pk=conversation_id).status == "open"


def test_a_flow_sleeps_on_when_a_newer_request_comes_before_it_wakes(chat_page, deniz, ada):
    """Its own request has expired, and the customer asked again before a worker came."""
    exits = {"returned": "back", "expired": "late"}
    runs(
        chat_page,
        hand_off(exits, expires=60),
        message("back", "Back from {{person.name}}."),
        message("late", "Nobody came."),
    )
    conversation_id = writes(deniz, "Hi")
    conversation = Conversation.objects.get(pk=conversation_id)
    handoff = leading(conversation_id)
    with transaction.atomic():
        services.expire_locked(Conversation.objects.locked(conversation_id), handoff)
    services.request_by_visitor(conversation.visitor)
    services.take_over(conversation_id=conversation_id, teammate=ada, body="Here I am.")
    work_off()
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert words(conversation_id)[-1] == "Back from Ada."
    assert "Nobody came." not in words(conversation_id)
