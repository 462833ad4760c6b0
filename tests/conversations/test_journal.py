"""The journal: recorded with what happened, delivered at least once, and nothing waits for a failing neighbour."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from conversations import events, live, tasks
from conversations.models import Event
from tests.workers import no_pause

pytestmark = pytest.mark.django_db

delivered: list[list[int]] = []
trouble: set[int] = set()
lock = threading.Lock()


def hear(batch: list[Event]) -> None:
    """A handler, named in the settings as any other."""
    ids = [event.pk for event in batch]
    if trouble.intersection(ids):
        raise ConnectionError("the desk does not answer")
    with lock:
        delivered.append(ids)


def write_and_fail(batch: list[Event]) -> None:
    Event.objects.create(kind="conversation.started", delivered_at=timezone.now())
    raise ConnectionError("after it has written")


@contextmanager
def broker(address: str) -> Iterator[None]:
    """Celery speaks to another broker meanwhile; its open connections are forgotten, as after a fork."""
    before = current_app.conf.broker_url
    current_app.conf.broker_url = address
    current_app._after_fork()
    try:
        yield
    finally:
        current_app.conf.broker_url = before
        current_app._after_fork()


@pytest.fixture(autouse=True)
def _heard(settings):
    settings.EVENT_HANDLERS = {"message.received": ["tests.conversations.test_journal.hear"]}
    delivered.clear()
    trouble.clear()


def record(number: int = 1) -> list[Event]:
    return [
        events.record("message.received", conversation_id=None, data={"message_id": n, "seq": n}) for n in range(number)
    ]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("message.imagined", {}),
        ("message.received", {}),
        ("message.received", {"message_id": 1}),
        ("message.received", {"message_id": 1, "seq": 1, "body": "Hello"}),
    ],
)
def test_an_unknown_kind_or_key_is_refused(kind, data):
    with pytest.raises(ValueError, match="KINDS lists them"):
        events.record(kind, conversation_id=None, data=data)
    assert not Event.objects.exists()


def test_what_nobody_waits_for_is_history_at_once(deniz):
    event = events.record("conversation.resolved", conversation_id=None, data={})
    assert event.delivered_at
    assert events.undelivered() == 0


def test_an_event_is_delivered_once():
    (event,) = record()
    assert events.drain() == 1
    assert events.drain() == 0
    assert delivered == [[event.pk]]
    event.refresh_from_db()
    assert event.delivered_at


def test_a_batch_is_handed_over_together():
    found = [event.pk for event in record(5)]
    events.drain()
    assert delivered == [found]


def test_more_than_a_batch_is_drained_in_one_go():
    record(events.BATCH * 2 + 7)
    assert events.drain() == events.BATCH * 2 + 7
    assert [len(batch) for batch in delivered] == [events.BATCH, events.BATCH, 7]


def test_a_failing_event_keeps_nothing_else_waiting():
    bad, *good = record(4)
    trouble.add(bad.pk)
    assert events.drain() == 3
    assert sorted(pk for batch in delivered for pk in batch) == [event.pk for event in good]
    bad.refresh_from_db()
    assert bad.delivered_at is None
    assert "the desk does not answer" in bad.trouble


def test_a_failing_event_is_put_off_with_a_growing_pause():
    (event,) = record()
    trouble.add(event.pk)
    pauses = []
    for tries in range(1, 13):
        no_pause()
        before = timezone.now()
        events.drain()
        event.refresh_from_db()
        assert event.tries == tries
        pauses.append((event.try_at - before) // timedelta(seconds=1))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 600
    trouble.clear()
    assert events.drain() == 0  # not before its pause is over
    no_pause()
    assert events.drain() == 1


def test_a_full_batch_of_failing_events_does_not_stop_the_drain():
    bad = record(events.BATCH)
    trouble.update(event.pk for event in bad)
    (good,) = record()
    assert events.drain() == 1
    assert delivered == [[good.pk]]


def test_what_a_failing_handler_wrote_is_undone(settings):
    settings.EVENT_HANDLERS = {"message.received": ["tests.conversations.test_journal.write_and_fail"]}
    record()
    events.drain()
    assert Event.objects.count() == 1


def test_a_handler_that_does_not_exist_loses_no_event(settings):
    settings.EVENT_HANDLERS = {"message.received": ["tests.conversations.test_journal.nobody"]}
    record()
    assert events.drain() == 0
    assert events.undelivered() == 1


def test_the_sweep_delivers_what_no_wake_up_came_for():
    record()
    tasks.sweep()
    assert len(delivered) == 1


def test_a_rolled_back_transaction_leaves_no_event_and_no_hint(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        try:
            with transaction.atomic():
                record()
                events.announce("state", conversation_id=1)
                raise ConnectionError("cut")
        except ConnectionError:
            pass
    assert callbacks == []
    assert not Event.objects.exists()


def test_the_drain_is_woken_and_the_hint_sent_after_the_commit_only(monkeypatch, django_capture_on_commit_callbacks):
    calls = []
    monkeypatch.setattr(live, "wake_drain", lambda: calls.append("wake"))
    monkeypatch.setattr(live, "publish", calls.append)
    with django_capture_on_commit_callbacks(execute=True):
        record()
        events.announce("state", conversation_id=7)
        assert calls == []
    assert calls == ["wake", {"type": "hint", "what": "state", "conversation": 7}]


@pytest.mark.django_db(transaction=True)
def test_drains_beside_each_other_deliver_each_event_once():
    found = {event.pk for event in record(600)}
    counts = []

    def drain() -> None:
        try:
            counts.append(events.drain())
        finally:
            connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [pk for batch in delivered for pk in batch]
    assert sorted(ids) == sorted(found)
    assert sum(counts) == 600


@pytest.mark.django_db(transaction=True)
def test_case_16_a_dead_broker_loses_no_event(deniz, say, settings):
    """The visitor's words are accepted, the wake-up is lost, and the sweep delivers."""
    with broker("redis://127.0.0.1:9/0"):
        assert say(deniz, "Hello").added
        assert live.enqueue("conversations.tasks.drain") is False
        assert events.undelivered() == 1
        tasks.sweep()
    assert events.undelivered() == 0
    assert len(delivered) == 1


def test_undelivered_is_counted_up_to_a_thousand(deniz):
    Event.objects.bulk_create(Event(kind="message.received") for _ in range(1010))
    assert events.undelivered() == 1000


def test_a_worker_whose_clock_is_behind_delivers_at_once(monkeypatch):
    (event,) = record()
    before = timezone.now() - timedelta(minutes=1)
    monkeypatch.setattr(events.timezone, "now", lambda: before)
    events.drain()
    assert delivered == [[event.pk]]
