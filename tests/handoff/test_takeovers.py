"""A person takes over by replying; nothing else is needed, and nothing that automation does comes after."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation, Event, Message, Turn
from handoff import assignments, services
from handoff.assignments import Refused
from handoff.models import Assignment, Handoff
from handoff.outcomes import ReasonCode
from handoff.selectors import chat_status, leading
from handoff.services import StaleReply

pytestmark = pytest.mark.django_db


def test_a_reply_engages_the_open_handoff(deniz, assistant, ada, say, thread):
    conversation = services.request_by_visitor(deniz)
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="Hello, I am Ada.")
    handoff = Handoff.objects.get()
    assert (handoff.state, handoff.engaged_by) == ("engaged", ada)
    assert thread(conversation.pk)[-2:] == [("system", "handoff.engaged"), ("person", "Hello, I am Ada.")]
    assert Assignment.objects.get().teammate == ada
    speaker = chat_status(conversation, deniz.chat_page_id)
    assert (speaker.kind, speaker.name) == ("person", "Ada")


def test_a_reply_that_nobody_asked_for_opens_and_engages_one(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    handoff = Handoff.objects.get()
    assert (handoff.code, handoff.state, handoff.reason) == (
        "teammate_pull", "engaged", "Ada joined without being asked.",
    )  # fmt: skip
    assert handoff.briefing


def test_a_second_teammate_adds_to_the_thread_and_takes_nothing_over(deniz, assistant, ada, bruno, say):
    """Case 30: one handoff is open, and one person leads it."""
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    services.take_over(conversation_id=said.conversation_id, teammate=bruno, body="I am here too")
    assert Handoff.objects.get().engaged_by == ada
    assert Assignment.objects.get().teammate == ada
    assert Event.objects.filter(kind="handoff.engaged").count() == 1
    assert Message.objects.filter(author="person").count() == 2


def test_a_takeover_leaves_a_colleagues_assignment_alone(deniz, assistant, ada, bruno, say):
    said = say(deniz, "Hello")
    assignments.claim(conversation_id=said.conversation_id, teammate=bruno, expected=None)
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    assert Assignment.objects.get().teammate == bruno


def test_every_open_turn_ends_when_a_person_speaks(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    for state in ("queued", "running"):
        event = Event.objects.create(kind="message.received", conversation_id=said.conversation_id)
        Turn.objects.create(
            conversation_id=said.conversation_id, event=event, state=state, upto_seq=1, lease_until=timezone.now()
        )
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    assert set(Turn.objects.values_list("state", flat=True)) == {"cancelled"}


def test_case_8_a_reply_sent_twice_is_there_once(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    reply = {"conversation_id": said.conversation_id, "teammate": ada, "body": "Hi", "client_id": uuid.uuid4()}
    first, second = services.take_over(**reply), services.take_over(**reply)
    assert (first.added, second.added) == (True, False)
    assert first.seq == second.seq
    assert Message.objects.filter(author="person").count() == 1


def test_a_repeated_reply_after_the_hand_back_does_not_take_over_again(deniz, assistant, ada, say):
    """The retry of a lost answer is no new word."""
    said = say(deniz, "Hello")
    reply = {"conversation_id": said.conversation_id, "teammate": ada, "body": "Hi", "client_id": uuid.uuid4()}
    services.take_over(**reply)
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    services.take_over(**reply)
    assert leading(said.conversation_id) is None


def test_a_repeated_reply_after_the_end_does_not_reopen(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    reply = {"conversation_id": said.conversation_id, "teammate": ada, "body": "Hi", "client_id": uuid.uuid4()}
    services.take_over(**reply)
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    services.take_over(**reply)
    assert Conversation.objects.get().status == "resolved"


def test_case_15_a_reply_that_missed_something_is_shown_it_first(deniz, assistant, ada, bruno, say):
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    with pytest.raises(StaleReply) as stale:
        services.take_over(conversation_id=said.conversation_id, teammate=bruno, body="Hi!", seen=said.seq)
    assert [entry.body for entry in stale.value.news] == ["Hi"]
    assert not Message.objects.filter(teammate=bruno).exists()
    seen = stale.value.news[-1].seq
    services.take_over(conversation_id=said.conversation_id, teammate=bruno, body="Hi!", seen=seen)
    assert Message.objects.filter(teammate=bruno).count() == 1


def test_a_stale_reply_changes_nothing(deniz, assistant, ada, say):
    conversation = services.request_by_visitor(deniz)
    say(deniz, "Are you there?")
    with pytest.raises(StaleReply):
        services.take_over(conversation_id=conversation.pk, teammate=ada, body="Hi", seen=conversation.last_seq - 1)
    assert leading(conversation.pk).state == "requested"


def test_a_state_line_alone_makes_no_reply_stale(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    assignments.claim(conversation_id=said.conversation_id, teammate=ada, expected=None)
    assert services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi", seen=said.seq).added


def test_a_reply_to_a_closed_conversation_reopens_it(deniz, assistant, ada, bruno, say, thread):
    said = say(deniz, "Hello")
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    services.take_over(conversation_id=said.conversation_id, teammate=bruno, body="One more thing")
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.resolved_at) == ("open", None)
    assert ("system", "conversation.reopened") in thread(conversation.pk)
    assert leading(conversation.pk).engaged_by == bruno


def test_a_reply_to_a_closed_conversation_is_refused_where_a_newer_one_runs(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    newer = say(deniz, "Hello again")
    with pytest.raises(Refused, match=f"#{newer.conversation_id}"):
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="One more thing")
    assert Conversation.objects.get(pk=said.conversation_id).status == "resolved"


def test_a_reply_is_not_refused_because_this_machines_clock_is_behind(deniz, assistant, ada, say):
    """Two web machines never agree on the second."""
    conversation = services.request_by_visitor(deniz)
    ahead = timezone.now() + timedelta(seconds=30)
    Handoff.objects.update(requested_at=ahead)
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="Hi")
    assert Handoff.objects.get().engaged_at == ahead
    services.hand_back(conversation_id=conversation.pk, teammate=ada)
    assert Handoff.objects.get().finished_at == ahead


def test_a_teammate_with_a_very_long_name_can_reply(deniz, assistant, bruno, say):
    bruno.display_name, bruno.username = "", "b" * 150
    bruno.save()
    said = say(deniz, "Hello")
    assert services.take_over(conversation_id=said.conversation_id, teammate=bruno, body="Hi").added


def test_who_engaged_is_journalled(deniz, assistant, ada, say):
    conversation = services.request_by_visitor(deniz)
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="Hi")
    event = Event.objects.get(kind="handoff.engaged")
    assert (event.teammate, event.data) == (ada, {"handoff_id": Handoff.objects.get().pk})


def test_a_request_before_the_reply_keeps_its_reason(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.request(
        conversation_id=said.conversation_id, code=ReasonCode.SAFETY, reason="Speaks of a fire.", by="assistant"
    )
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    assert Handoff.objects.get().reason == "Speaks of a fire."
