"""What is remembered about a visitor, and from which words."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation, Event, Memory, PageView
from conversations.selectors import Context
from conversations.services import note_pages, remember_locked, resolve_locked

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(deniz, say) -> Conversation:
    return Conversation.objects.get(pk=say(deniz, "I am Deniz").conversation_id)


def test_a_fact_knows_the_message_it_was_learned_from(deniz, conversation):
    message = conversation.messages.get()
    remember_locked(conversation, key="city", value="Izmir", message_id=message.pk)
    fact = Memory.objects.get()
    assert (fact.visitor, fact.value, fact.learned_from) == (deniz, "Izmir", message)
    assert Event.objects.get(kind="memory.learned").data == {"visitor_id": deniz.pk, "key": "city"}


def test_a_new_value_takes_the_place_of_the_old_one(conversation):
    for city in ("Izmir", "Ankara"):
        remember_locked(conversation, key="city", value=city, message_id=None)
    assert Memory.objects.get().value == "Ankara"


def test_a_typed_name_fills_a_gap(deniz, conversation):
    remember_locked(conversation, key="name", value="Deniz", message_id=None)
    deniz.refresh_from_db()
    assert (deniz.name, deniz.identity) == ("Deniz", "claimed")


def test_a_typed_name_never_replaces_a_signed_one(deniz, conversation):
    deniz.name, deniz.external_id = "Deniz Kaya", "c-1"
    deniz.save()
    remember_locked(conversation, key="name", value="The Boss", message_id=None)
    deniz.refresh_from_db()
    assert (deniz.name, deniz.identity) == ("Deniz Kaya", "verified")


def test_very_long_facts_are_cut_to_their_place(deniz, conversation):
    remember_locked(conversation, key="k" * 100, value="v" * 1000, message_id=None)
    remember_locked(conversation, key="phone", value="5" * 100, message_id=None)
    deniz.refresh_from_db()
    assert (len(Memory.objects.get(key="k" * 60).value), len(deniz.phone)) == (500, 40)


def test_only_a_signed_vip_is_one(deniz):
    deniz.claims = {"vip": True}
    assert not deniz.is_vip
    deniz.attributes = {"vip": True}
    assert deniz.is_vip


def view(number: int, **values):
    seen_at = timezone.now() + timedelta(seconds=number)
    return {
        "view_id": uuid.UUID(int=number),
        "url": f"/{number}",
        "title": f"Page {number}",
        "seen_at": seen_at,
    } | values


def test_a_repeated_report_of_a_page_is_one_row(deniz):
    for _ in range(2):
        note_pages(visitor_id=deniz.pk, views=[view(1), view(2)])
    deniz.refresh_from_db()
    assert PageView.objects.count() == 2
    assert (deniz.page_url, deniz.page_title) == ("/2", "Page 2")


def test_no_report_at_all_changes_nothing(deniz):
    note_pages(visitor_id=deniz.pk, views=[])
    assert not PageView.objects.exists()


def test_the_panel_shows_pages_facts_and_earlier_conversations(deniz, conversation, say):
    note_pages(visitor_id=deniz.pk, views=[view(2), view(1)])
    remember_locked(conversation, key="city", value="Izmir", message_id=None)
    resolve_locked(conversation)
    newer = Conversation.objects.get(pk=say(deniz, "Me again").conversation_id)
    context = Context(newer)
    assert [page.url for page in context.pages] == ["/1", "/2"]
    assert [fact.value for fact in context.memories] == ["Izmir"]
    assert context.earlier == [conversation]
