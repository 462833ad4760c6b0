"""What the person inherits, frozen when the handoff is requested."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations.models import Memory, PageView
from conversations.services import note_pages
from handoff import services
from handoff.assistants.base import Reply, Tried
from handoff.models import Attempt, Briefing
from handoff.outcomes import ReasonCode, Remember, RequestHandoff
from handoff.selectors import leading
from tests.workers import work_off

pytestmark = pytest.mark.django_db


def test_what_was_remembered_tried_and_browsed_is_handed_over(deniz, assistant, say, engine, transactional_db):
    deniz.name, deniz.time_zone, deniz.attributes = "Deniz", "Europe/Istanbul", {"vip": True}
    deniz.save()
    note_pages(
        visitor_id=deniz.pk,
        views=[{"view_id": uuid.uuid4(), "url": "/mugs", "title": "Mugs", "seen_at": timezone.now()}],
    )
    tried = Tried("search", "moon parcels", ("Delivery times",), "Closest: Delivery times (12% sure).", shown=False)
    wish = RequestHandoff(ReasonCode.OUT_OF_SCOPE, "No article covers the moon.", "Do you deliver to the moon?")
    engine(lambda snapshot: Reply((Remember("order_number", "A-17", snapshot.messages[-1].seq), wish), (tried,)))
    said = say(deniz, "Order A-17: do you deliver to the moon?")
    work_off()
    briefing = leading(said.conversation_id).briefing
    assert briefing.open_question == "Do you deliver to the moon?"
    assert briefing.facts == [{"key": "order_number", "value": "A-17", "seq": said.seq}]
    assert [(one["query"], one["found"]) for one in briefing.attempts] == [("moon parcels", ["Delivery times"])]
    assert briefing.context["pages"] == [{"url": "/mugs", "title": "Mugs"}]
    assert briefing.context["name"] == "Deniz"
    assert briefing.context["vip"] is True


def test_later_news_never_changes_it(deniz, assistant, ada, say):
    Memory.objects.create(visitor=deniz, key="city", value="Izmir")
    conversation = services.request_by_visitor(deniz)
    Memory.objects.update(value="Ankara")
    deniz.name = "Somebody"
    deniz.save()
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="Hi")
    briefing = Briefing.objects.get()
    assert briefing.facts == [{"key": "city", "value": "Izmir", "seq": None}]
    assert "name" not in briefing.context


def test_empty_facts_are_left_out(deniz, assistant):
    services.request_by_visitor(deniz)
    assert Briefing.objects.get().context == {"identity": "anonymous", "visits": 1, "pages": []}


def test_the_newest_ten_pages_are_enough(deniz, assistant):
    for number in range(15):
        PageView.objects.create(visitor=deniz, view_id=uuid.uuid4(), url=f"/{number}", seen_at=timezone.now())
    services.request_by_visitor(deniz)
    assert [page["url"] for page in Briefing.objects.get().context["pages"]] == [f"/{n}" for n in range(5, 15)]


def test_another_visitors_attempts_and_facts_stay_theirs(deniz, eve, assistant, say):
    Memory.objects.create(visitor=eve, key="city", value="Oslo")
    services.request_by_visitor(deniz)
    assert Briefing.objects.get().facts == []
    assert not Attempt.objects.exists()


def test_a_handoff_has_one_briefing(deniz, assistant):
    conversation = services.request_by_visitor(deniz)
    with pytest.raises(IntegrityError), transaction.atomic():
        Briefing.objects.create(handoff=leading(conversation.pk))
