"""What automation does when something has happened: the handlers of events, named in settings.EVENT_HANDLERS.

They run in the drain's transaction, and only note what has to be done: a turn for a worker, a request that has expired.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from conversations import live, turns
from conversations.models import Conversation, Event
from handoff import greetings, stands
from handoff.models import FlowRun, Handoff


def queue_turns(events: Sequence[Event]) -> None:
    """Give each event that automation has to answer its turn; none where a person leads or is awaited.

    Runs in the drain's transaction. A resolved conversation gets one only for what its flow does afterwards.
    """
    wanted = [event for event in events if event.conversation_id is not None]
    ids = {event.conversation_id for event in events if event.conversation_id is not None}
    led = set(Handoff.objects.open().filter(conversation_id__in=ids).values_list("conversation_id", flat=True))
    rows = Conversation.objects.filter(pk__in=ids - led).values_list("pk", "last_seq", "status", "chat_page_id")
    found = {pk: (seq, status, page) for pk, seq, status, page in rows}
    for event in sorted(wanted, key=lambda one: (one.conversation_id, one.pk)):
        if event.conversation_id not in found:
            continue
        assert event.conversation_id is not None
        newest, status, page = found[event.conversation_id]
        if (status == Conversation.Status.RESOLVED) != (event.kind == "conversation.resolved"):
            continue
        if event.kind == "conversation.resolved" and not stands.has_entry(page, "resolved"):
            continue
        _queue(event, event.conversation_id, event.data.get("seq") or newest)


def _queue(event: Event, conversation_id: int, upto_seq: int) -> None:
    turn = turns.queue_locked(event, conversation_id=conversation_id, upto_seq=upto_seq)
    if turn:
        transaction.on_commit(partial(enqueue, turn.pk))


def greet(events: Sequence[Event]) -> None:
    """Handles chat.opened: where the chat page's flow begins before the customer types, its conversation begins now."""
    for event in events:
        conversation = greetings.greeted_locked(event.data["visitor_id"])
        if conversation is not None:
            _queue(event, conversation.pk, conversation.last_seq)


def enqueue(turn_id: int) -> None:
    """Ask a worker to run the turn; when the broker is down the sweep asks again."""
    live.enqueue("handoff.tasks.run_turn", turn_id)


def end_what_is_late(events: Sequence[Event]) -> None:
    """Handles timer.rang: requests that nobody took in their time expire, and wrapping up comes to its end."""
    for event in events:
        if event.data["timer"] == "wrap_up" and event.conversation_id is not None:
            stands.wrapped_up_locked(Conversation.objects.locked(event.conversation_id))
    runs = {event.data["run_id"] for event in events if event.data["timer"] == "step"}
    waiting = FlowRun.objects.live().filter(pk__in=runs, waits_for="person", handoff__state="requested")
    for run in waiting.select_related("handoff"):
        conversation = Conversation.objects.locked(run.conversation_id)
        stands.expire_locked(conversation, run)
