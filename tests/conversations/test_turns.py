"""Turns: claimed once, kept by a lease, ended by compare-and-swap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from conversations import turns
from conversations.models import Conversation, Event, Turn
from tests.workers import leases_run_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(deniz, say) -> Conversation:
    return Conversation.objects.get(pk=say(deniz, "Hello").conversation_id)


def queue(conversation: Conversation, upto_seq: int = 1) -> Turn:
    event = Event.objects.create(kind="message.received", conversation=conversation, delivered_at=timezone.now())
    turn = turns.queue_locked(event, conversation_id=conversation.pk, upto_seq=upto_seq)
    assert turn is not None
    return turn


def state(turn: Turn) -> Any:
    turn.refresh_from_db()
    return turn.state


def test_an_event_has_one_turn(conversation):
    turn = queue(conversation)
    assert turns.queue_locked(turn.event, conversation_id=conversation.pk, upto_seq=1) is None


def test_a_turn_is_claimed_once(conversation):
    turn = queue(conversation)
    claimed = turns.claim(turn.pk)
    assert (claimed.state, claimed.claim) == ("running", 1)
    assert turns.claim(turn.pk) is None
    assert turns.is_thinking(conversation.pk)


def test_the_second_turn_of_a_conversation_waits_for_the_first(conversation):
    first, second = queue(conversation), queue(conversation, 2)
    turns.claim(first.pk)
    assert turns.claim(second.pk) is None
    assert state(second) == "queued"


def test_a_lease_that_runs_out_is_taken_up_and_the_old_workers_claim_is_void(conversation):
    turn = queue(conversation)
    old = turns.claim(turn.pk)
    leases_run_out()
    new = turns.claim(turn.pk)
    assert new.claim == old.claim + 1
    assert not turns.is_ours_locked(old)
    assert turns.is_ours_locked(new)
    turns.complete_locked(old, upto_seq=1)
    assert state(turn) == "running"
    turns.complete_locked(new, upto_seq=1)
    assert state(turn) == "completed"


def test_a_living_workers_lease_is_renewed_and_a_dead_ones_is_not(conversation):
    turn = queue(conversation)
    old = turns.claim(turn.pk)
    leases_run_out()
    turns.renew([(turn.pk, old.claim - 1)])
    assert turns.abandoned() == [turn.pk]
    turns.renew([(turn.pk, old.claim)])
    assert turns.abandoned() == []


def test_what_has_ended_is_not_claimed_again(conversation):
    turn = queue(conversation)
    turns.complete_locked(turns.claim(turn.pk), upto_seq=1)
    assert turns.claim(turn.pk) is None
    turn.refresh_from_db()
    assert turn.ended_at


def test_an_answer_ends_the_turns_whose_words_it_has_answered_too(conversation):
    first, absorbed, newer = queue(conversation), queue(conversation, 2), queue(conversation, 4)
    turns.complete_locked(turns.claim(first.pk), upto_seq=3)
    assert [state(turn) for turn in (first, absorbed, newer)] == ["completed", "completed", "queued"]
    assert turns.next_queued(conversation.pk) == newer.pk


def test_the_turns_of_other_conversations_are_left_alone(conversation, eve, say):
    other = Conversation.objects.get(pk=say(eve, "Hi").conversation_id)
    mine, theirs = queue(conversation), queue(other)
    turns.complete_locked(turns.claim(mine.pk), upto_seq=9)
    turns.cancel_locked(conversation)
    assert state(theirs) == "queued"


def test_a_takeover_cancels_whatever_might_still_speak(conversation):
    running, queued = queue(conversation), queue(conversation, 2)
    claimed = turns.claim(running.pk)
    assert turns.cancel_locked(conversation) == 2
    assert [state(turn) for turn in (running, queued)] == ["cancelled", "cancelled"]
    assert not turns.is_ours_locked(claimed)
    assert turns.next_queued(conversation.pk) is None
    assert turns.cancel_locked(conversation) == 0


def test_all_but_ones_own_turn_can_be_cancelled(conversation):
    mine, other = queue(conversation), queue(conversation, 2)
    claimed = turns.claim(mine.pk)
    assert turns.cancel_locked(conversation, but=claimed) == 1
    assert [state(turn) for turn in (mine, other)] == ["running", "cancelled"]


def test_a_draft_is_kept_of_a_cancelled_turn_only(conversation):
    turn = queue(conversation)
    claimed = turns.claim(turn.pk)
    turns.keep_draft(claimed, "Nearly said")
    turn.refresh_from_db()
    assert turn.draft == ""
    turns.cancel_locked(conversation)
    turns.keep_draft(claimed, "Nearly said")
    turn.refresh_from_db()
    assert turn.draft == "Nearly said"


def test_an_unknown_turn_is_nobodys(db):
    assert turns.claim(404) is None


# What the sweep finds.


def test_a_turn_that_no_worker_came_for_is_found_once_a_lease(conversation):
    """Asked for every two seconds, a slow broker would be flooded."""
    turn = queue(conversation)
    assert turns.abandoned() == []
    leases_run_out()
    assert turns.abandoned() == [turn.pk]
    assert turns.abandoned() == []
    leases_run_out()
    assert turns.abandoned() == [turn.pk]


def test_a_dead_running_turn_goes_before_those_that_wait_for_it(conversation):
    _, dead = queue(conversation), queue(conversation)
    Turn.objects.filter(pk=dead.pk).update(state="running", claim=1)
    leases_run_out()
    assert turns.abandoned() == [dead.pk]


def test_a_waiting_turn_is_left_alone_while_another_one_runs(conversation):
    running, waiting = queue(conversation), queue(conversation)
    turns.claim(running.pk)
    Turn.objects.filter(pk=waiting.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert turns.abandoned() == []


def test_a_crowd_of_waiting_turns_does_not_hide_the_dead_one_that_they_wait_for(conversation):
    event = Event(kind="message.received", conversation=conversation, delivered_at=timezone.now())
    crowd = Event.objects.bulk_create(
        Event(kind=event.kind, conversation=conversation, delivered_at=event.delivered_at) for _ in range(520)
    )
    Turn.objects.bulk_create(
        Turn(conversation=conversation, event=one, upto_seq=1, lease_until=timezone.now()) for one in crowd
    )
    dead = queue(conversation)
    Turn.objects.filter(pk=dead.pk).update(state="running", claim=1)
    leases_run_out()
    assert turns.abandoned() == [dead.pk]
