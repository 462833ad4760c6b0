"""Real threads on PostgreSQL: whoever comes first, the other finds a state that holds."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from conversations import events, turns
from conversations.models import Conversation, Event, Message, Turn
from conversations.services import post_visitor_message
from handoff import assignments, automation, services
from handoff.assignments import Refused
from handoff.models import Assignment, Handoff
from handoff.outcomes import ReasonCode
from handoff.selectors import snapshot
from tests.workers import repeats, says, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Let all begin at once; what each returned, or the error that it raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            results[place] = act()
        except Exception as error:  # it is the result
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive(), "a deadlock"
    return results


@pytest.fixture
def calm(monkeypatch):
    """No hints and no wake-ups: what is raced for is the database."""
    monkeypatch.setattr("conversations.live.publish", lambda hint: None)
    monkeypatch.setattr("conversations.live.wake_drain", lambda: None)
    monkeypatch.setattr("conversations.live.enqueue", lambda task, *args: True)


def test_case_1_automation_never_speaks_after_an_engagement_hundreds_of_times(deniz, ada):
    """Rule 11 by the triggers alone: raw inserts and raw engagements, without any lock of ours.

    Both orders are seen, and in each either the message stands before the engagement, or it was refused.
    """
    conversation = Conversation.objects.create(chat_page=deniz.chat_page, visitor=deniz)
    event = Event.objects.create(kind="message.received", conversation=conversation, delivered_at=timezone.now())
    turn = Turn.objects.create(
        conversation=conversation, event=event, upto_seq=1, lease_until=timezone.now(), state="running"
    )
    rounds, spoke, refused = 0, 0, 0
    ready, done, over = threading.Barrier(3), threading.Barrier(3), threading.Event()
    outcome: dict[str, Any] = {}

    def speaks() -> None:
        try:
            for number in itertools.count(1):
                ready.wait()
                if over.is_set():
                    return
                try:
                    with transaction.atomic():
                        one = Message.objects.create(
                            conversation=conversation, seq=number, author="assistant", turn=turn, body="Hello"
                        )
                        outcome["spoke"] = one.pk
                except IntegrityError as error:
                    outcome["refused"] = error.__cause__.diag.constraint_name
                done.wait()
        finally:
            connection.close()

    def engages() -> None:
        try:
            for number in itertools.count(1):
                ready.wait()
                if over.is_set():
                    return
                time.sleep((number % 7) * 0.0002)
                with transaction.atomic():
                    Handoff.objects.filter(state="requested").update(
                        state="engaged", engaged_at=timezone.now(), engaged_by=ada
                    )
                    outcome["saw"] = Message.objects.filter(conversation=conversation).count()
                done.wait()
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (speaks, engages)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 4
    while rounds < 300 and time.monotonic() < deadline:
        before = Message.objects.count()
        handoff = Handoff.objects.create(
            conversation=conversation, code="loop", reason="Again.", requested_by="person", requested_at=timezone.now()
        )
        outcome.clear()
        ready.wait()
        done.wait()
        rounds += 1
        if "spoke" in outcome:
            spoke += 1
            # It stands before the engagement: whoever engaged has seen it.
            assert outcome["saw"] == before + 1, "automation spoke after the engagement"
        else:
            refused += 1
            assert outcome["refused"] == "message_automation_is_silent_while_a_person_leads"
            assert outcome["saw"] == before
        Handoff.objects.filter(pk=handoff.pk).update(state="finished", finished_at=timezone.now(), outcome="returned")
    over.set()
    ready.wait()
    for thread in threads:
        thread.join()
    assert rounds >= 100
    assert spoke, "the message never came first"
    assert refused, "the engagement never came first"


def engage_impatiently(ada: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
    Handoff.objects.update(state="engaged", engaged_at=timezone.now(), engaged_by=ada)


def test_an_engagement_waits_for_whoever_holds_the_conversation(deniz, ada):
    """The second trigger: engaging takes the conversation's lock, also for those who forget to."""
    conversation = services.request_by_visitor(deniz)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Conversation.objects.locked(conversation.pk)
                held.set()
                free.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            engage_impatiently(ada)
    finally:
        free.set()
        holder.join()


def test_case_1_a_takeover_against_an_answer_by_our_own_services(deniz, assistant, ada, say, calm):
    """Whichever comes first, no word of automation has a greater seq than the person's."""
    orders = Counter()
    for _ in range(25):
        said = say(deniz, "Can I return it?")
        events.drain()
        turn = turns.claim(Turn.objects.filter(state="queued").get().pk)
        known = snapshot(turn.conversation)
        reply = says("Within 30 days.")
        results = race(
            lambda turn=turn, known=known, reply=reply, said=said: automation.apply(
                turn, known, reply, upto_seq=said.seq, may_restart=False
            ),
            lambda said=said: services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi"),
        )
        assert not [one for one in results if isinstance(one, Exception)]
        rows = list(
            Message.objects.filter(conversation_id=said.conversation_id, line="").values_list("author", flat=True)
        )
        assert "assistant" not in rows[rows.index("person") :]
        orders["assistant" in rows] += 1
        services.finish(conversation_id=said.conversation_id, teammate=ada)
    assert sum(orders.values()) == 25


def test_of_two_claims_of_one_turn_one_wins(deniz, assistant, say, calm):
    for _ in range(20):
        said = say(deniz, "Hello")
        events.drain()
        turn = Turn.objects.filter(state="queued").get()
        results = race(*[lambda turn=turn: turns.claim(turn.pk)] * 3)
        won = [one for one in results if one is not None]
        assert len(won) == 1
        turns.complete_locked(won[0], upto_seq=said.seq)


def test_case_24_a_request_against_the_drain_leaves_no_turn_that_speaks(deniz, assistant, ada, say, engine, calm):
    """The drain may look just before the request: its turn is queued after it, and is silent all the same."""
    engine(repeats)
    for _ in range(12):
        said = say(deniz, "Can I return it?")
        results = race(events.drain, lambda: services.request_by_visitor(deniz))
        assert not [one for one in results if isinstance(one, Exception)]
        work_off()
        assert not Message.objects.filter(conversation_id=said.conversation_id, author="assistant").exists()
        services.finish(conversation_id=said.conversation_id, teammate=ada)


def test_two_first_messages_of_one_visitor_start_one_conversation(deniz, ada, say, calm):
    for _ in range(15):
        posted = race(*[lambda: say(deniz, "Hello")] * 3)
        assert not [one for one in posted if isinstance(one, Exception)]
        assert len({one.conversation_id for one in posted}) == 1
        assert sorted(one.seq for one in posted) == [1, 2, 3]
        assert [one.started for one in posted].count(True) == 1
        services.finish(conversation_id=posted[0].conversation_id, teammate=ada)


def test_case_8_a_message_posted_twice_at_once_is_there_once(deniz, say, calm):
    say(deniz, "Hello")
    for _ in range(15):
        client_id = uuid.uuid4()
        posted = race(*[lambda client_id=client_id: say(deniz, "Again", client_id)] * 3)
        assert len({one.id for one in posted}) == 1
        assert [one.added for one in posted].count(True) == 1
    assert Message.objects.count() == 16


def test_the_button_against_the_first_words_starts_one_conversation(deniz, ada, calm):
    def first_words() -> Any:
        return post_visitor_message(
            visitor=deniz.public_id, chat_page="shop", client_id=uuid.uuid4(), body="Hello"
        ).conversation_id

    for _ in range(15):
        results = race(first_words, lambda: services.request_by_visitor(deniz).pk)
        assert len(set(results)) == 1, results
        assert Handoff.objects.open().filter(conversation_id=results[0]).count() == 1
        services.finish(conversation_id=results[0], teammate=ada)


def test_the_button_against_the_end_starts_anew_or_is_ended(deniz, ada, say, calm):
    for _ in range(15):
        said = say(deniz, "Hello")
        results = race(
            lambda said=said: services.finish(conversation_id=said.conversation_id, teammate=ada),
            lambda: services.request_by_visitor(deniz),
        )
        assert not [one for one in results if isinstance(one, Exception)], results
        for conversation in Conversation.objects.unresolved():
            services.finish(conversation_id=conversation.pk, teammate=ada)


def test_a_reopening_against_new_words_ends_in_one_open_conversation(deniz, ada, say, calm):
    for _ in range(15):
        said = say(deniz, "Hello")
        services.finish(conversation_id=said.conversation_id, teammate=ada)
        results = race(
            lambda said=said: services.take_over(conversation_id=said.conversation_id, teammate=ada, body="One more"),
            lambda: say(deniz, "Me again"),
        )
        assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
        services.finish(conversation_id=Conversation.objects.unresolved().get().pk, teammate=ada)


def test_case_12_two_requests_at_once_are_one_handoff(deniz, ada, say, calm):
    for _ in range(15):
        said = say(deniz, "Hello")
        request = {
            "conversation_id": said.conversation_id, "code": ReasonCode.LOOP, "reason": "Asked twice.", "by": "assistant",
        }  # fmt: skip
        results = race(
            lambda request=request: services.request(**request).pk,
            lambda request=request: services.request(**request).pk,
            lambda: services.request_by_visitor(deniz).pk,
        )
        assert results[0] == results[1]
        recorded = Event.objects.filter(kind="handoff.requested", conversation_id=said.conversation_id)
        assert recorded.count() == 1
        notes = Message.objects.filter(conversation_id=said.conversation_id, author="system", line="")
        assert notes.count() == 1
        services.finish(conversation_id=said.conversation_id, teammate=ada)


def test_case_31_of_two_claims_by_teammates_one_wins_and_names_itself(deniz, ada, bruno, say, calm):
    for _ in range(15):
        said = say(deniz, "Hello")
        claims = [
            lambda said=said, who=who: assignments.claim(
                conversation_id=said.conversation_id, teammate=who, expected=None
            )
            for who in (ada, bruno)
        ]
        results = race(*claims)
        won = [one for one in results if isinstance(one, Assignment)]
        lost = [one for one in results if isinstance(one, Refused)]
        assert (len(won), len(lost)) == (1, 1), results
        assert str(won[0].teammate) in str(lost[0])
        lines = Message.objects.filter(conversation_id=said.conversation_id, line="assigned.claimed")
        assert lines.count() == 1
        services.finish(conversation_id=said.conversation_id, teammate=ada)


def test_two_teammates_who_reply_at_once_are_both_kept_and_one_leads(deniz, ada, bruno, calm):
    """Case 30."""
    for _ in range(15):
        conversation = services.request_by_visitor(deniz)
        replies = [
            lambda conversation=conversation, who=who: services.take_over(
                conversation_id=conversation.pk, teammate=who, body="Hi"
            )
            for who in (ada, bruno)
        ]
        results = race(*replies)
        assert not [one for one in results if isinstance(one, Exception)], results
        assert Event.objects.filter(kind="handoff.engaged", conversation=conversation).count() == 1
        assert Message.objects.filter(conversation=conversation, author="person").count() == 2
        leader = Handoff.objects.open().get().engaged_by
        assert Assignment.objects.get(conversation=conversation).teammate == leader
        services.finish(conversation_id=conversation.pk, teammate=ada)


def test_a_takeover_against_a_hand_back_ends_in_a_state_that_holds(deniz, ada, bruno, calm):
    """Whoever is second decides: the person who replied after the hand-back leads again."""
    seen = Counter()
    for _ in range(20):
        conversation = services.request_by_visitor(deniz)
        results = race(
            lambda conversation=conversation: services.take_over(
                conversation_id=conversation.pk, teammate=ada, body="Hi"
            ),
            lambda conversation=conversation: services.hand_back(conversation_id=conversation.pk, teammate=bruno),
        )
        assert not [one for one in results if isinstance(one, Exception)], results
        rows = list(Message.objects.filter(conversation=conversation).order_by("seq").values_list("line", "author"))
        lines = [line for line, _ in rows]
        last = "engaged" if lines.index("handoff.engaged") > lines.index("handoff.returned") else "returned"
        open_one = Handoff.objects.open().filter(conversation=conversation).first()
        assert (open_one is not None) is (last == "engaged")
        if open_one:
            assert (open_one.state, open_one.engaged_by) == ("engaged", ada)
        seen[last] += 1
        with contextlib.suppress(Refused):
            services.finish(conversation_id=conversation.pk, teammate=ada)
    assert sum(seen.values()) == 20


def test_of_two_hand_backs_one_ends_the_handoff(deniz, ada, bruno, calm):
    for _ in range(10):
        conversation = services.request_by_visitor(deniz)
        results = race(
            *[
                lambda conversation=conversation, who=who: services.hand_back(
                    conversation_id=conversation.pk, teammate=who
                )
                for who in (ada, bruno)
            ]
        )
        assert [isinstance(one, Refused) for one in results].count(True) == 1, results
        recorded = Event.objects.filter(kind="handoff.finished", conversation=conversation)
        assert recorded.count() == 1
        services.finish(conversation_id=conversation.pk, teammate=ada)


def test_entries_written_at_once_have_one_order_without_holes(deniz, ada, bruno, say, calm):
    """Rules 6 and 7, by every kind of writer beside each other."""
    said = say(deniz, "Hello")
    acts = [
        lambda who=who: services.take_over(conversation_id=said.conversation_id, teammate=who, body="Hi")
        for who in (ada, bruno)
    ]
    acts += [lambda: say(deniz, "More")] * 4
    acts += [lambda: services.request_by_visitor(deniz)] * 2
    assert not [one for one in race(*acts) if isinstance(one, Exception)]
    conversation = Conversation.objects.get()
    seqs = list(conversation.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, conversation.last_seq + 1))
