"""Asking for a person: by the visitor, by the assistant, by a service."""

from __future__ import annotations

import time
import uuid

import pytest
from django.db import connection

from conversations.models import Conversation, Event, Message
from conversations.services import UnknownVisitor, post_visitor_message
from handoff import briefing, services
from handoff.assignments import Refused
from handoff.models import Assignment, Automation, Handoff
from handoff.models.automation import DEFAULT_NOTE
from handoff.outcomes import REASON_LIMIT, ReasonCode
from handoff.selectors import chat_status, leading

pytestmark = pytest.mark.django_db


def request(conversation_id: int, reason: str = "Wants a discount.") -> Handoff:
    return services.request(conversation_id=conversation_id, code=ReasonCode.HIGH_VALUE, reason=reason, by="assistant")


def test_case_14_a_wish_for_a_person_as_the_first_click_works(deniz, assistant, team, thread):
    conversation = services.request_by_visitor(deniz)
    handoff = leading(conversation.pk)
    assert handoff is not None
    assert handoff.reason == "Pressed “Talk to a person”."
    assert handoff.code == "customer_request"
    assert thread(conversation.pk) == [("system", "handoff.requested"), ("system", DEFAULT_NOTE)]
    assert Event.objects.filter(kind="handoff.requested", conversation=conversation).count() == 1
    assert Assignment.objects.get(conversation=conversation).team == team


def test_the_button_keeps_the_words_that_came_before_it(deniz, assistant, say):
    said = say(deniz, "Where is my parcel?")
    services.request_by_visitor(deniz)
    handoff = leading(said.conversation_id)
    assert handoff.reason == "Pressed “Talk to a person” after: “Where is my parcel?”."
    assert handoff.briefing.open_question == "Where is my parcel?"


def test_a_very_long_question_still_fits_the_reason(deniz, assistant, say):
    said = say(deniz, "Where is it? " * 300)
    services.request_by_visitor(deniz)
    assert len(leading(said.conversation_id).reason) <= REASON_LIMIT


def test_case_12_the_second_request_is_the_same_handoff_without_new_events(deniz, assistant, say, thread):
    said = say(deniz, "Hello")
    first = request(said.conversation_id)
    before = (Event.objects.count(), thread(said.conversation_id))
    assert request(said.conversation_id, "Wants it again.") == first
    services.request_by_visitor(deniz)
    assert (Event.objects.count(), thread(said.conversation_id)) == before
    assert Handoff.objects.get().reason == "Wants a discount."


def test_a_request_while_a_person_leads_changes_nothing(deniz, assistant, ada, say, thread):
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    before = thread(said.conversation_id)
    services.request_by_visitor(deniz)
    assert thread(said.conversation_id) == before
    assert leading(said.conversation_id).state == "engaged"


def test_case_37_the_wait_is_counted_from_the_request(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    time.sleep(0.02)
    handoff = request(said.conversation_id)
    first_word = Message.objects.get(pk=said.id)
    assert handoff.requested_at > first_word.created_at
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    again = Handoff.objects.get()
    assert again.requested_at == handoff.requested_at
    assert again.engaged_at > again.requested_at
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    assert request(said.conversation_id).requested_at > again.requested_at  # a new wait has a clock of its own


def test_case_9_the_customers_word_is_in_the_requests_own_transaction(deniz, assistant, say, monkeypatch, thread):
    """Cut in the middle, nothing of it is there: no handoff, no briefing, no line, no note, no event."""
    said = say(deniz, "Hello")
    before = (thread(said.conversation_id), Event.objects.count())
    Automation.objects.update(note="Word to you")

    def cut(execute, sql, params, many, context):
        if "append_entry" in sql and "Word to you" in params:
            raise ConnectionError("cut")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut), pytest.raises(ConnectionError):
        request(said.conversation_id)
    assert not Handoff.objects.exists()
    assert (thread(said.conversation_id), Event.objects.count()) == before


def test_case_10_nothing_is_announced_when_the_briefing_cannot_be_frozen(deniz, assistant, say, monkeypatch, thread):
    said = say(deniz, "Hello")
    before = thread(said.conversation_id)

    def no_briefing(*args, **kwargs):
        raise ConnectionError("cut")

    monkeypatch.setattr(briefing, "freeze", no_briefing)
    with pytest.raises(ConnectionError):
        services.request_by_visitor(deniz)
    assert thread(said.conversation_id) == before
    assert not Handoff.objects.exists()


def test_the_note_is_the_chat_pages_own(deniz, assistant, say, thread):
    Automation.objects.update(note="One moment, please.")
    said = say(deniz, "Hello")
    request(said.conversation_id)
    assert thread(said.conversation_id)[-1] == ("system", "One moment, please.")


def test_a_chat_page_that_runs_nothing_still_says_a_word(deniz, say, thread):
    said = say(deniz, "Hello")
    request(said.conversation_id)
    assert thread(said.conversation_id)[-1] == ("system", DEFAULT_NOTE)


def test_the_customer_sees_that_a_person_is_awaited(deniz, assistant, say):
    said = say(deniz, "Hello")
    conversation = Conversation.objects.get(pk=said.conversation_id)
    assert chat_status(conversation, deniz.chat_page_id).kind == "assistant"
    request(said.conversation_id)
    assert chat_status(conversation, deniz.chat_page_id).kind == "waiting"


def test_a_closed_conversation_takes_no_request(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    with pytest.raises(Refused, match="closed"):
        request(said.conversation_id)


def test_a_visitor_who_presses_after_the_end_starts_a_new_conversation(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    conversation = services.request_by_visitor(deniz)
    assert conversation.pk != said.conversation_id
    assert leading(conversation.pk)


def test_the_reason_is_internal_and_the_note_is_not(deniz, assistant, say):
    """Case 36: what a teammate reads never reaches the customer's page."""
    said = say(deniz, "Hello")
    request(said.conversation_id)
    shown = Message.objects.filter(conversation_id=said.conversation_id, audience="everyone")
    assert [one.body for one in shown] == ["Hello", DEFAULT_NOTE]


def test_a_visitor_of_another_chat_page_is_unknown_here(eve, chat_page):
    with pytest.raises(UnknownVisitor):
        post_visitor_message(visitor=eve.public_id, chat_page=chat_page.slug, client_id=uuid.uuid4(), body="Hi")
