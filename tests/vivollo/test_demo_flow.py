"""The demo shop runs on the refund flow, and everything that is no refund goes on as without one."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Visitor
from handoff import previews, services
from handoff.models import Automation, Teammate
from handoff.outcomes import ReasonCode
from tests.workers import work_off
from vivollo.demo import content, seed


@pytest.fixture
def shop(transactional_db, monkeypatch):
    """The demo's chat page, without its past."""
    monkeypatch.setattr(content, "CANNED_CONVERSATIONS", ())
    seed.fill()
    return Automation.objects.get(chat_page__slug=content.CHAT_PAGE).chat_page


@pytest.fixture
def chat(shop, say):
    """A visitor of the shop writes, and automation does what it does; returns the conversation."""
    visitor = Visitor.objects.create(chat_page=shop)

    def write(*bodies):
        for body in bodies:
            conversation = Conversation.objects.get(pk=say(visitor, body).conversation_id)
            work_off()
        return conversation

    return write


def said(conversation):
    """What automation has said last."""
    return conversation.messages.filter(author__in=["assistant", "flow"]).order_by("-seq")[0]


def test_a_question_is_answered_by_the_assistant_as_before(chat):
    conversation = chat("How can I return something?")
    assert (said(conversation).author, said(conversation).author_name) == ("assistant", "Mavi")
    assert "thirty days" in said(conversation).body
    assert conversation.messages.filter(author__in=["assistant", "flow"]).count() == 1
    assert not conversation.handoffs.exists()


@pytest.mark.parametrize("words", ["I want a human", "human pls", "Get me a real person please"])
def test_who_wants_a_person_gets_one_at_once_with_the_shops_note(chat, words):
    conversation = chat(words)
    handoff = conversation.handoffs.get()
    assert (handoff.code, handoff.state) == (ReasonCode.CUSTOMER_REQUEST, "requested")
    assert said(conversation).body == content.CUSTOMER_NOTE


def test_what_no_article_covers_becomes_a_handoff_with_the_evidence_as_before(chat):
    handoff = chat("Do you engrave wedding rings in Klingon?").handoffs.get()
    assert handoff.code == ReasonCode.OUT_OF_SCOPE
    assert "no article covers it" in handoff.reason


def test_a_large_refund_is_asked_about_and_goes_to_a_person_who_finds_the_amount_there(chat):
    conversation = chat("Hello", "I want a refund")
    assert previews.standing(conversation) == "Refund flow: waiting for the order"
    chat("10482")
    assert previews.standing(conversation) == "Refund flow: waiting for the amount"
    conversation = chat("640 TL")
    handoff = conversation.handoffs.get()
    assert (handoff.code, handoff.urgency) == (ReasonCode.HIGH_VALUE, "high")
    assert handoff.reason == "Refund of 640.00 TRY for order 10482: over the limit of 500."
    assert [tag.name for tag in conversation.tags.all()] == ["refund"]
    assert conversation.field_values.get().value == "640"
    assert conversation.visitor.memories.get(key="order_number").value == "10482"


def test_after_the_person_the_flow_goes_on_and_at_the_end_it_asks_for_a_rating(chat):
    conversation = chat("I want a refund of 640 TL for order 10482")
    ada = Teammate.objects.get(username="ada")
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="I have refunded it.")
    services.hand_back(conversation_id=conversation.pk, teammate=ada)
    work_off()
    assert said(conversation).body.startswith("Ada Yıldız has looked into it")
    conversation = chat("How long does delivery take?")
    assert said(conversation).author == "assistant"
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="It is on its way.")
    services.finish(conversation_id=conversation.pk, teammate=ada)
    work_off()
    assert "how did we do" in said(conversation).body
    conversation = chat("5")
    conversation.refresh_from_db()
    assert (conversation.status, conversation.field_values.get(field__key="rating").value) == ("resolved", "5")


def test_a_new_question_in_place_of_a_rating_is_answered(chat):
    conversation = chat("I want a human")
    ada = Teammate.objects.get(username="ada")
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="Done.")
    services.finish(conversation_id=conversation.pk, teammate=ada)
    work_off()
    assert "how did we do" in said(conversation).body
    conversation = chat("How can I return something?")
    assert "thirty days" in said(conversation).body
    assert conversation.status == "open"


def test_a_small_refund_is_explained_in_the_shops_own_words(chat):
    conversation = chat("Refund of 320 TL for order 10482 please")
    assert "within five working days after it is back in our workshop" in said(conversation).body
    assert not conversation.handoffs.exists()
    assert previews.standing(conversation) == "Refund flow: waiting for the customer to write"
    assert said(chat("When do I get my money back?")).author == "assistant"


def test_who_asks_in_turkish_is_answered_in_turkish(chat):
    conversation = chat("merhaba", "iade istiyorum", "10482", "640 TL")
    asked = [one.body for one in conversation.messages.filter(author="flow").order_by("seq")]
    assert [one[:9] for one in asked] == ["Yardımcı ", "Teşekkürl", "Teşekkürl"]
    assert previews.standing(conversation) == "Refund flow, Turkish: waiting for a person"
    assert conversation.handoffs.get().reason == "Refund of 640.00 TRY for order 10482: over the limit of 500."
