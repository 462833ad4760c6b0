"""The automation loop: claim, think, apply, unless a person leads; and engines that fail."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import DataError, connection
from django.utils import timezone

from conversations import events, turns
from conversations.models import Event, Memory, Message, Turn
from handoff import automation, leases, looks, selectors, services, thinking
from handoff.assistants import ENGINES
from handoff.assistants.base import EngineError, Reply, Tried
from handoff.models import Attempt, Automation, Handoff
from handoff.outcomes import ReasonCode, Remember, RequestHandoff, Say
from handoff.selectors import Briefed, leading
from tests.workers import leases_run_out, repeats, says, sweep, wishes_for_a_person, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def by_automation(thread_rows) -> list[str]:
    return [words for author, words in thread_rows if author == "assistant"]


# A person comes in between.


def test_case_1_a_reply_during_an_ai_turn_leaves_nothing_after_it(deniz, assistant, ada, say, engine, thread):
    """Ada replies while the engine thinks: the words are kept as a draft for her, and never sent."""

    def slow(snapshot):
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="I have this.")
        return says("You can return it within 30 days.")

    engine(slow)
    said = say(deniz, "Can I return it?")
    work_off()
    assert by_automation(thread(said.conversation_id)) == []
    turn = Turn.objects.get()
    assert (turn.state, turn.draft) == ("cancelled", "You can return it within 30 days.")


def test_case_1_a_wish_for_a_person_thought_during_a_takeover_is_not_announced(
    deniz, assistant, ada, say, engine, thread
):
    def slow(snapshot):
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="I have this.")
        return wishes_for_a_person()

    engine(slow)
    said = say(deniz, "Can I return it?")
    work_off()
    assert Handoff.objects.get().code == "teammate_pull"
    assert by_automation(thread(said.conversation_id)) == []


def test_nothing_is_remembered_or_tried_in_a_discarded_turn(deniz, assistant, ada, say, engine):
    def slow(snapshot):
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="I have this.")
        tried = Tried("search", "mugs", (), "Found nothing.", shown=False)
        return Reply((Remember("city", "Izmir", snapshot.messages[-1].seq), Say("Noted.")), (tried,))

    engine(slow)
    said = say(deniz, "I live in Izmir")
    work_off()
    assert not Memory.objects.exists()
    assert not Attempt.objects.exists()


def test_the_request_of_the_visitor_while_it_thinks_discards_the_answer(deniz, assistant, say, engine, thread):
    """Case 24: whoever led is out before the queue is joined."""

    def slow(snapshot):
        services.request_by_visitor(deniz)
        return says("You can return it within 30 days.")

    engine(slow)
    said = say(deniz, "Can I return it?")
    work_off()
    assert by_automation(thread(said.conversation_id)) == []
    assert Turn.objects.get().draft == "You can return it within 30 days."


def test_the_end_of_the_conversation_while_it_thinks_discards_the_answer(deniz, assistant, ada, say, engine, thread):
    def slow(snapshot):
        services.finish(conversation_id=said.conversation_id, teammate=ada)
        return says("Still here?")

    engine(slow)
    said = say(deniz, "Can I return it?")
    work_off()
    assert thread(said.conversation_id)[-1] == ("system", "conversation.resolved")


def test_case_24_it_is_quiet_between_the_request_and_the_person(deniz, assistant, say, engine, thread):
    engine(lambda snapshot: wishes_for_a_person())
    said = say(deniz, "Do you sell moons?")
    work_off()
    before = by_automation(thread(said.conversation_id))
    engine(repeats)
    say(deniz, "Hello? Anybody?")
    work_off()
    assert by_automation(thread(said.conversation_id)) == before
    assert Turn.objects.count() == 1


def test_case_24_words_that_came_in_too_late_for_the_turn_do_not_break_the_quiet(deniz, assistant, say, engine, thread):
    """Their turn was queued while the one that asked for a person was still thinking."""

    def goes_on(snapshot):
        say(deniz, "and another thing")
        events.drain()
        return wishes_for_a_person()

    engine(goes_on)
    said = say(deniz, "Do you sell moons?")
    work_off()
    assert len(by_automation(thread(said.conversation_id))) == 1
    assert not Turn.objects.unended().exists()


@pytest.mark.parametrize("end", ["request", "engage", "finish"])
def test_a_turn_queued_by_a_drain_that_looked_too_early_says_nothing(end, deniz, assistant, ada, say, engine, thread):
    """The drain read that nobody leads, then the request committed, then the drain's turn: nobody cancelled it."""
    engine(repeats)
    said = say(deniz, "Can I return it?")
    if end == "request":
        services.request_by_visitor(deniz)
    elif end == "engage":
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    else:
        services.finish(conversation_id=said.conversation_id, teammate=ada)
    event = Event.objects.get(kind="message.received")
    late = turns.queue_locked(event, conversation_id=said.conversation_id, upto_seq=said.seq)
    before = thread(said.conversation_id)
    automation.run_turn(late.pk)
    assert thread(said.conversation_id) == before
    late.refresh_from_db()
    assert late.state == "cancelled"


@pytest.mark.parametrize("led", [True, False])
def test_no_turn_is_queued_where_a_person_leads(led, deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    if led:
        services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    events.drain()
    assert Turn.objects.exists() is not led


def test_case_30_exactly_one_leads_at_any_time(deniz, assistant, ada, say, engine):
    """Automation has no turn while a handoff is open, and a turn only while none is."""
    engine(repeats)
    said = say(deniz, "Hello")
    steps = [
        lambda: services.request_by_visitor(deniz),
        lambda: say(deniz, "Anybody?"),
        lambda: services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi"),
        lambda: say(deniz, "Thanks"),
        lambda: services.hand_back(conversation_id=said.conversation_id, teammate=ada),
        lambda: say(deniz, "Bye"),
    ]
    for step in steps:
        step()
        events.drain()
        assert not (leading(said.conversation_id) and Turn.objects.unended().exists())
        assert Handoff.objects.open().count() <= 1
        work_off()


# What it says, and how often.


def test_case_5_a_handoff_turn_has_one_text_for_the_customer(deniz, assistant, say, engine, thread):
    engine(lambda snapshot: wishes_for_a_person())
    said = say(deniz, "Do you sell moons?")
    work_off()
    turn = Turn.objects.get()
    assert turn.messages.count() == 1
    assert by_automation(thread(said.conversation_id)) == [Automation.objects.get().note]
    assert Message.objects.filter(author="system", line="").count() == 0


def test_case_5_two_texts_are_not_even_a_reply():
    with pytest.raises(ValueError, match="one customer-facing text"):
        Reply((Say("I will hand you over."), RequestHandoff(ReasonCode.LOOP, "Asked twice.")), ())


def test_case_6_a_repeated_task_never_says_twice(deniz, assistant, say, engine, thread):
    engine(repeats)
    said = say(deniz, "Hello")
    work_off()
    turn = Turn.objects.get()
    for _ in range(3):
        assert automation.run_turn(turn.pk) is None
    assert by_automation(thread(said.conversation_id)) == ["You said: Hello"]


def test_case_6_a_repeated_delivery_makes_no_second_turn(deniz, assistant, say, engine):
    engine(repeats)
    say(deniz, "Hello")
    work_off()
    Event.objects.update(delivered_at=None)
    work_off()
    assert Turn.objects.count() == 1


def test_an_unknown_turn_is_no_error(db):
    assert automation.run_turn(404) is None


@pytest.mark.parametrize("cut_at", ["handoff_handoff", "handoff_briefing", "handoff.requested", "handoff_attempt"])
def test_cases_9_and_10_the_request_the_note_and_the_briefing_are_one(cut_at, deniz, assistant, say, engine, thread):
    """Cut at each statement, nothing of it is stored, and the next worker does all of it."""
    tried = Tried("search", "moons", (), "Found nothing.", shown=False)
    engine(lambda snapshot: Reply((RequestHandoff(ReasonCode.OUT_OF_SCOPE, "No moons."),), (tried,)))
    said = say(deniz, "Do you sell moons?")
    events.drain()
    turn = Turn.objects.get()
    claimed = turns.claim(turn.pk)
    reply = thinking.think(selectors.snapshot(claimed.conversation))
    known = selectors.snapshot(claimed.conversation)

    def cut(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "SELECT * FROM append")) and (cut_at in sql or cut_at in str(params)):
            raise ConnectionError("cut")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut), pytest.raises(ConnectionError):
        automation.apply(claimed, known, reply, upto_seq=said.seq, may_restart=False)
    assert thread(said.conversation_id) == [("visitor", "Do you sell moons?")]
    assert not Handoff.objects.exists()
    assert not Attempt.objects.exists()
    leases_run_out()
    sweep()
    handoff = Handoff.objects.get()
    assert handoff.briefing
    assert by_automation(thread(said.conversation_id)) == [Automation.objects.get().note]


# Engines that fail.


def test_a_temporary_failure_is_tried_again(deniz, assistant, say, engine, thread):
    tries = []

    def flaky(snapshot):
        tries.append(1)
        if len(tries) < thinking.TRIES:
            raise EngineError("too many requests", temporary=True)
        return says("Here you are.")

    engine(flaky)
    said = say(deniz, "Hello")
    work_off()
    assert thread(said.conversation_id)[-1] == ("assistant", "Here you are.")


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [
        (EngineError("the key is wrong", temporary=False), 1),
        (EngineError("too many requests", temporary=True), thinking.TRIES),
        (KeyError("choices"), thinking.TRIES),
        (RuntimeError("a NUL \0 in its words"), thinking.TRIES),
        (RuntimeError("x" * 1000), thinking.TRIES),
    ],
    ids=["for good", "temporary", "anything", "unstorable", "endless"],
)
def test_a_failing_engine_ends_in_a_handoff_with_a_reason(trouble, tries, deniz, assistant, say, engine, thread):
    asked = []

    def failing(snapshot):
        asked.append(1)
        raise trouble

    engine(failing)
    said = say(deniz, "Where is my parcel?")
    work_off()
    handoff = leading(said.conversation_id)
    assert handoff.code == "assistant_error"
    assert type(trouble).__name__ in handoff.reason
    assert handoff.briefing.open_question == "Where is my parcel?"
    assert by_automation(thread(said.conversation_id)) == [Automation.objects.get().note]
    assert len(asked) == tries


def test_an_engine_that_cannot_even_be_made_ends_in_a_handoff(deniz, assistant, say, monkeypatch):
    monkeypatch.setitem(ENGINES, "builtin", "tests.workers.NoSuchEngine")
    said = say(deniz, "Hello")
    work_off()
    assert leading(said.conversation_id).code == "assistant_error"


def test_an_engine_without_a_word_for_a_waiting_visitor_ends_in_a_handoff(deniz, assistant, say, engine):
    """Never in silence."""
    engine(lambda snapshot: Reply((), ()))
    said = say(deniz, "Hello")
    work_off()
    assert leading(said.conversation_id).code == "assistant_error"


def test_a_wish_for_a_person_is_heard_while_the_engine_is_down(deniz, assistant, say, engine):
    def dead(snapshot):
        raise AssertionError("must not be asked")

    engine(dead)
    said = say(deniz, "I want to talk to a person")
    work_off()
    assert leading(said.conversation_id).code == "customer_request"


@pytest.mark.parametrize("words", ["unstorable \0 words", "fine"])
def test_a_turn_that_no_worker_brings_to_an_end_goes_to_a_person(words, deniz, assistant, say, engine):
    """Its reply cannot be stored, or its workers die at it: it is not taken up for ever."""
    engine(lambda snapshot: says(words))
    said = say(deniz, "Hello")
    events.drain()
    turn = Turn.objects.get()
    if words == "fine":
        for _ in range(thinking.MOST_CLAIMS):
            turns.claim(turn.pk)
            leases_run_out()
    for _ in range(thinking.MOST_CLAIMS + 1):
        if leading(said.conversation_id):
            break
        try:
            automation.run_turn(turn.pk)
        except DataError:
            leases_run_out()
    assert leading(said.conversation_id).code == "assistant_error"


def test_case_25_a_second_failure_keeps_the_conversation_with_people(deniz, assistant, ada, say, engine):
    def dead(snapshot):
        raise EngineError("no model", temporary=False)

    engine(dead)
    said = say(deniz, "Hello")
    work_off()
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    say(deniz, "And delivery?")
    work_off()
    assert Handoff.objects.filter(code="assistant_error").count() == 2
    with pytest.raises(services.Refused, match="stays with people"):
        services.hand_back(conversation_id=said.conversation_id, teammate=ada)


def test_a_page_without_an_assistant_hands_every_question_to_a_person(deniz, say, thread):
    said = say(deniz, "Hello")
    work_off()
    assert leading(said.conversation_id).code == "policy_rule"
    assert len(by_automation(thread(said.conversation_id))) == 1


def test_thinking_holds_no_connection_of_the_database(deniz, assistant, say, engine):
    held = []
    engine(lambda snapshot: held.append(connection.connection) or says("Hello"))
    say(deniz, "Hello")
    work_off()
    assert held == [None]


def test_what_was_learned_names_the_message_it_was_learned_from(deniz, assistant, say, engine):
    engine(lambda snapshot: Reply((Remember("city", "Izmir", snapshot.messages[-1].seq), Say("Noted.")), ()))
    said = say(deniz, "I live in Izmir")
    work_off()
    assert Memory.objects.get().learned_from_id == said.id


def test_events_other_than_words_and_hand_backs_queue_nothing(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    events.drain()
    assert not Turn.objects.exists()


# Several words, one answer.


def test_several_quick_messages_get_one_answer(deniz, assistant, say, engine, thread):
    engine(repeats)
    for words in ("Hi", "can I return", "a mug?"):
        said = say(deniz, words)
    work_off()
    assert by_automation(thread(said.conversation_id)) == ["You said: Hi + can I return + a mug?"]
    assert {turn.state for turn in Turn.objects.all()} == {"completed"}


def test_words_that_come_in_while_it_thinks_are_answered_together(deniz, assistant, say, engine, thread):
    rounds = []

    def interrupted(snapshot):
        rounds.append(len(snapshot.unanswered()))
        if len(rounds) == 1:
            say(deniz, "and a plate?")
            events.drain()
        return repeats(snapshot)

    engine(interrupted)
    said = say(deniz, "Can I return a mug")
    work_off()
    assert rounds == [1, 2]
    assert by_automation(thread(said.conversation_id)) == ["You said: Can I return a mug + and a plate?"]


def test_a_visitor_who_never_stops_typing_is_answered_after_two_restarts(deniz, assistant, say, engine, thread):
    """What is newer than the answer gets a turn of its own, and an answer of its own."""
    rounds = []

    def interrupted(snapshot):
        rounds.append([one.body for one in snapshot.unanswered()])
        if len(rounds) <= 4:
            say(deniz, str(len(rounds)))
            events.drain()
        return repeats(snapshot)

    engine(interrupted)
    said = say(deniz, "0")
    work_off()
    assert rounds[: looks.MOST_RESTARTS + 1] == [["0"], ["0", "1"], ["0", "1", "2"]]
    assert by_automation(thread(said.conversation_id)) == ["You said: 0 + 1 + 2", "You said: 3 + 4"]


def test_a_visitor_who_never_stops_typing_is_answered_after_ten_seconds(deniz, assistant, say, engine, monkeypatch):
    monkeypatch.setattr(looks, "MOST_SECONDS", 0.0)
    rounds = []

    def interrupted(snapshot):
        rounds.append(1)
        if len(rounds) == 1:
            say(deniz, "and a plate?")
        return repeats(snapshot)

    engine(interrupted)
    said = say(deniz, "Can I return a mug")
    events.drain()
    automation.run_turn(Turn.objects.get().pk)
    assert len(rounds) == 1
    assert Message.objects.filter(conversation_id=said.conversation_id, author="assistant").count() == 1


def test_the_answer_waits_until_the_visitor_has_been_quiet_for_a_moment(
    deniz, assistant, say, engine, settings, thread
):
    """The engine is quicker than a thumb: the second half of a question still belongs to it."""
    settings.TURN_SETTLE_MILLISECONDS = 400
    engine(repeats)
    said = say(deniz, "Can I return")
    events.drain()

    def worker() -> None:
        try:
            automation.run_turn(turn.pk)
        finally:
            connection.close()

    turn = Turn.objects.get()
    running = threading.Thread(target=worker)
    running.start()
    time.sleep(0.15)
    say(deniz, "a mug?")
    running.join()
    work_off()
    assert by_automation(thread(said.conversation_id)) == ["You said: Can I return + a mug?"]


def test_words_long_ago_are_answered_without_any_wait(deniz, assistant, say, engine, settings):
    settings.TURN_SETTLE_MILLISECONDS = 5000
    engine(repeats)
    say(deniz, "Hello")
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    began = time.monotonic()
    work_off()
    assert time.monotonic() - began < 2


def test_the_next_queued_turn_follows_at_once(deniz, assistant, say, engine):
    """What a worker returns is the turn that it asks another one to run."""
    engine(repeats)
    say(deniz, "Hello")
    events.drain()
    first = Turn.objects.get()
    event = Event.objects.create(kind="message.received", conversation=first.conversation, delivered_at=timezone.now())
    second = turns.queue_locked(event, conversation_id=first.conversation_id, upto_seq=9)
    assert automation.run_turn(first.pk) == second.pk
    assert automation.run_turn(second.pk) is None


# Workers that die.


def test_the_words_of_a_worker_that_was_given_up_are_refused(deniz, assistant, say, engine, thread):
    """It was only slow: another one has taken the turn up and answered, and nothing is said twice."""

    def slow(snapshot):
        leases_run_out()
        engine(lambda snapshot: says("From the second worker."))
        sweep()
        return says("From the first worker.")

    engine(slow)
    said = say(deniz, "Hello")
    work_off()
    assert by_automation(thread(said.conversation_id)) == ["From the second worker."]
    assert Turn.objects.get().claim == 2


def test_a_turn_whose_worker_died_is_taken_up(deniz, assistant, say, engine, thread):
    engine(repeats)
    said = say(deniz, "Hello")
    events.drain()
    turns.claim(Turn.objects.get().pk)
    assert sweep() == []
    leases_run_out()
    assert len(sweep()) == 1
    assert by_automation(thread(said.conversation_id)) == ["You said: Hello"]


def test_a_thinking_worker_keeps_its_lease(deniz, assistant, say, engine, settings, monkeypatch):
    """Longer than a lease, and still nobody takes it for dead."""
    settings.TURN_LEASE_SECONDS = 1
    monkeypatch.setattr(leases, "_keeper", [])  # one that keeps leases of this length
    found = []

    def slow(snapshot):
        for _ in range(5):
            time.sleep(0.3)
            found.extend(turns.abandoned())
        return says("Done at last.")

    engine(slow)
    said = say(deniz, "Hello")
    work_off()
    assert found == []
    assert Message.objects.filter(conversation_id=said.conversation_id, author="assistant").count() == 1
    keeper = leases._keeper[0]
    keeper.join(timeout=5)
    assert not keeper.is_alive()
    engine(repeats)
    say(deniz, "Once more")  # the keeper has ended meanwhile; the next turn starts it again
    work_off()
    assert Message.objects.filter(conversation_id=said.conversation_id, author="assistant").count() == 2


def test_a_clock_that_is_behind_the_databases_keeps_nobody_waiting(settings, monkeypatch):
    settings.TURN_SETTLE_MILLISECONDS = 700
    slept = []
    monkeypatch.setattr(looks.time, "sleep", slept.append)
    ahead = Briefed(assistant=None, snapshot=None, upto_seq=1, last_said_at=time.time() + 60)
    looks.let_settle(ahead)
    assert slept == [pytest.approx(0.7)]
