"""What a flow's messages offer, and what was filled in, as teammates see it."""

import uuid

import pytest
from django.db import transaction

from conversations.models import Conversation, Turn
from conversations.selectors import entries
from conversations.services import answer_form, append_locked, post_visitor_message
from tests.handoff.flow_cast import writes
from tests.inbox.pages import item, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def says(chat_page, assistant, deniz):
    """The flow says something with an offer below it; returns the conversation and the entry's seq."""

    def says(**params):
        one = Conversation.objects.get(pk=writes(deniz, "Hello"))
        turn = Turn.objects.filter(conversation=one).first()
        Turn.objects.filter(pk=turn.pk).update(state="running", ended_at=None)
        with transaction.atomic():
            locked = Conversation.objects.locked(one.pk)
            said = append_locked(
                locked, author="flow", body="Choose:", author_name="Shop", turn_id=turn.pk, params=params
            )
        Turn.objects.filter(pk=turn.pk).update(state="completed", ended_at=turn.ended_at)
        return one, said.seq

    return says


def test_a_flows_words_have_its_name_its_mark_and_its_role(says, opened):
    one, seq = says()
    said = item(opened(one), seq)
    assert '<span class="mark" data-mark="flow">' in said
    assert "Shop flow" in text_of(said)
    assert "AI assistant" not in said


def test_quick_replies_are_shown_and_cannot_be_pressed(says, opened):
    one, seq = says(options=["Yes", "<b>No</b>"])
    said = item(opened(one), seq)
    assert "<li>Yes</li><li>&lt;b&gt;No&lt;/b&gt;</li>" in said
    assert "<button" not in said


@pytest.mark.parametrize(
    ("url", "link"),
    [("https://shop.example/returns", True), ("/returns", False), ("javascript:alert(1)", False), (7, False)],
)
def test_a_card_is_a_link_only_where_it_leads_to_the_web(says, opened, url, link):
    one, seq = says(card={"title": "Returns", "text": "Within 30 days", "url": url})
    said = item(opened(one), seq)
    assert "Within 30 days" in said
    assert ("href=" in said) == link
    assert "javascript" not in said


def test_a_form_is_a_list_of_its_fields(says, opened):
    fields = [
        {"name": "order", "label": "Order number", "kind": "order_number", "required": True},
        {"name": "why", "label": "What is wrong?", "kind": "choice", "required": False, "options": ["Broken", "Late"]},
    ]
    one, seq = says(form={"fields": fields})
    words = text_of(item(opened(one), seq))
    assert "Order number order number" in words
    assert "What is wrong? Broken · Late · optional" in words


@pytest.mark.parametrize("offered", [{"options": "x"}, {"card": []}, {"form": {"fields": [1]}}, {"card": {"title": 1}}])
def test_an_offer_that_is_none_is_not_shown_and_breaks_nothing(says, opened, offered):
    one, seq = says(**offered)
    assert text_of(item(opened(one), seq)).count("Choose:") == 1


def test_a_forms_answers_stand_each_beside_its_question(says, opened, deniz):
    fields = [
        {"name": "why", "label": "What is wrong?"},
        {"name": "more", "label": "Else"},
        {"name": "no", "label": "No"},
    ]
    one, seq = says(form={"fields": fields})
    form = next(entry for entry in entries(one.pk, team=True) if entry.seq == seq).form
    values = {"why": "It is broken", "more": "Two lines:\nbroken <b>twice</b>"}
    answer_form(visitor=deniz, seq=seq, client_id=uuid.uuid4(), body=form.words(values), values=values)
    said = item(opened(one), Conversation.objects.get(pk=one.pk).last_seq)
    assert "<dt>What is wrong?</dt><dd>It is broken</dd>" in said
    assert "<dt>Else</dt><dd>Two lines:\nbroken &lt;b&gt;twice&lt;/b&gt;</dd>" in said


@pytest.mark.parametrize("values", [{"a": "other words"}, {"a": 1}, [], "x", {"a": "Hello", "b": "more"}])
def test_values_that_are_not_in_the_words_leave_the_words_as_they_are(assistant, deniz, opened, values):
    posted = post_visitor_message(
        visitor=deniz.public_id, chat_page="shop", client_id=uuid.uuid4(), body="Name: Hello", params={"values": values}
    )
    said = item(opened(Conversation.objects.get(pk=posted.conversation_id)), 1)
    assert '<div class="words">Name: Hello</div>' in said
