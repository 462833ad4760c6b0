"""How flows begin, and how they let the assistant lead."""

from __future__ import annotations

import pytest

from conversations import events
from conversations.models import Conversation, Message, Turn
from conversations.services import note_opened
from handoff import services
from handoff.models import Handoff
from handoff.outcomes import ReasonCode
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, message, run_of, runs, step, words, writes
from tests.workers import repeats, time_passes, wishes_for_a_person, work_off

pytestmark = pytest.mark.django_db(transaction=True)


# ── Entries.


def opens(visitor) -> None:
    note_opened(visitor_id=visitor.pk)
    work_off()


def greets(chat_page) -> None:
    entries = {"start": "hello", "fallback": "hm"}
    runs(chat_page, message("hello", "Hello!"), message("hm", "You wrote: {{message}}"), entries=entries)


def test_a_flow_greets_before_the_customer_types_and_not_again_on_a_reload(chat_page, deniz):
    greets(chat_page)
    opens(deniz)
    opens(deniz)
    assert words(Conversation.objects.get()) == ["Hello!"]
    assert words(writes(deniz, "Hi")) == ["Hello!", "You wrote: Hi"]


def test_a_flow_does_not_greet_whoever_speaks_first(chat_page, deniz, say):
    greets(chat_page)
    note_opened(visitor_id=deniz.pk)
    assert words(writes(deniz, "Hi")) == ["You wrote: Hi"]


def test_words_that_come_while_the_greeting_is_due_are_answered_by_the_flow(chat_page, deniz, say):
    """The turn of the greeting is queued already; what the customer says then is not left to the assistant."""
    greets(chat_page)
    note_opened(visitor_id=deniz.pk)
    events.drain()
    assert words(writes(deniz, "Hi")) == ["You wrote: Hi"]


def test_a_visitor_whose_conversation_was_closed_is_greeted_again_after_a_while(chat_page, deniz, ada):
    greets(chat_page)
    opens(deniz)
    services.finish(conversation_id=Conversation.objects.get().pk, teammate=ada)
    opens(deniz)
    assert Conversation.objects.count() == 1
    time_passes(3601)
    opens(deniz)
    assert [words(one) for one in Conversation.objects.all()] == [["Hello!"], ["Hello!"]]


def test_a_flow_without_a_beginning_of_its_own_greets_nobody(chat_page, deniz):
    runs(chat_page, message("hm", "Hm."))
    opens(deniz)
    assert not Conversation.objects.exists()


def test_the_fallback_answers_each_message_unless_the_flow_waits(chat_page, deniz):
    runs(
        chat_page,
        message("hm", "You wrote: {{message}}", "size"),
        ask("size", "text", "thanks"),
        message("thanks", "Ok."),
    )
    for body in ("One", "42", "Two"):
        conversation_id = writes(deniz, body)
    asked = ["Which size?"]
    assert words(conversation_id) == ["You wrote: One", *asked, "Ok.", "You wrote: Two", *asked]


# ── The assistant's step.


def lets_assistant_lead(chat_page, *, answers: int = 0, connected: bool = True) -> None:
    ways = {"out_of_depth": "deep", "wants_person": "wants", "failed": "failed"} if connected else {}
    steps = [message("deep", "Deep: {{assistant.reason}}"), message("wants", "Wants."), message("failed", "Failed.")]
    exits = ways | ({"answered": "enough"} if answers else {})
    enough = [message("enough", "Anything else?")] if answers else []
    runs(chat_page, step("assistant", "ai", exits, answers=answers), *(steps if connected else []), *enough)


def test_the_assistant_leads_for_so_many_answers(chat_page, assistant, deniz, engine):
    engine(repeats)
    lets_assistant_lead(chat_page, answers=2)
    assert words(writes(deniz, "One")) == ["You said: One"]
    assert words(writes(deniz, "Two")) == ["You said: One", "You said: Two", "Anything else?"]


def test_the_assistant_leads_as_long_as_it_can(chat_page, assistant, deniz, engine):
    engine(repeats)
    lets_assistant_lead(chat_page)
    for body in ("One", "Two", "Three"):
        writes(deniz, body)
    assert run_of(writes(deniz, "Four")).waits_for == "assistant"
    assert Message.objects.filter(author="assistant").count() == 4


def test_a_takeover_while_the_assistant_thinks_keeps_its_words_as_a_draft(chat_page, assistant, deniz, ada, engine):
    def slow(snapshot):
        services.take_over(conversation_id=Conversation.objects.get().pk, teammate=ada, body="I take this.")
        return repeats(snapshot)

    engine(slow)
    lets_assistant_lead(chat_page)
    conversation_id = writes(deniz, "Hello")
    assert words(conversation_id) == []
    assert Turn.objects.get().draft == "You said: Hello"
    engine(repeats)
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    assert words(writes(deniz, "And now?")) == ["You said: And now?"]


def dead(snapshot):
    raise ConnectionError("no model")


@pytest.mark.parametrize(
    ("tell", "reply"),
    [
        (lambda snapshot: wishes_for_a_person("Too hard."), "Deep: Too hard."),
        (lambda snapshot: wishes_for_a_person(code=ReasonCode.FRUSTRATION), "Wants."),
        (dead, "Failed."),
    ],
)
def test_the_assistants_connected_exits_lead_on_without_a_handoff(tell, reply, chat_page, assistant, deniz, engine):
    engine(tell)
    lets_assistant_lead(chat_page)
    assert words(writes(deniz, "Hello")) == [reply]
    assert not Handoff.objects.exists()


@pytest.mark.parametrize(
    ("tell", "body", "code"),
    [
        (lambda snapshot: wishes_for_a_person("Too hard."), "Hello", "out_of_scope"),
        (repeats, "I want to talk to a person", "customer_request"),
        (dead, "Hello", "assistant_error"),
    ],
)
def test_the_assistants_other_exits_hand_off_with_its_own_reason(tell, body, code, chat_page, assistant, deniz, engine):
    engine(tell)
    lets_assistant_lead(chat_page, connected=False)
    conversation_id = writes(deniz, body)
    assert leading(conversation_id).code == code
    assert Message.objects.filter(author="assistant").count() == 1  # the note, in its name
    assert run_of(conversation_id).step == "ai"


def test_a_flow_that_ends_without_a_word_lets_the_assistant_answer(chat_page, assistant, deniz, engine):
    engine(repeats)
    runs(chat_page, step("remember", "keep", key="wish", value="{{message}}"))
    assert words(writes(deniz, "A blue one")) == ["You said: A blue one"]
