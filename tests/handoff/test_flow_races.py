"""Real threads on PostgreSQL around a flow: whoever comes first, nothing is said or done twice."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.db import connection

from conversations import events
from conversations.models import Conversation, Event, Message, Turn, Visitor
from handoff import automation, checkpoints, services
from handoff.assignments import Refused
from handoff.models import FlowRun, Handoff
from handoff.services import WayBack
from tests.handoff.flow_cast import ask, hand_off, message, runs, step, words, writes
from tests.handoff.test_races import calm, race  # noqa: F401  # calm is a fixture
from tests.workers import time_passes, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm")]

ROUNDS = 12


def visitors(chat_page):
    """One after the other, each with a conversation of their own."""
    for _ in range(ROUNDS):
        yield Visitor.objects.create(chat_page=chat_page)


def quiet(results: list) -> None:
    """Nobody found an error; a refusal in words is an answer."""
    assert not [one for one in results if isinstance(one, BaseException) and not isinstance(one, Refused)], results


def moves_are_made_once() -> None:
    moves = Counter(Event.objects.filter(kind="flow.moved").values_list("data__run_id", "data__move"))
    assert max(moves.values(), default=1) == 1


def test_a_takeover_against_a_flows_message(chat_page, ada, say):
    """No word of the flow stands after the person's."""
    runs(chat_page, message("one", "One.", "two"), message("two", "Two.", "size"), ask("size", "text"))
    orders: Counter[int] = Counter()
    for number, visitor in enumerate(visitors(chat_page)):
        said = say(visitor, "Hi")
        events.drain()
        turn_id = Turn.objects.get(conversation_id=said.conversation_id).pk

        def takes_over(pause: float = number * 0.004, conversation_id: int = said.conversation_id) -> None:
            time.sleep(pause)  # a little later in each round, so that both orders are seen
            services.take_over(conversation_id=conversation_id, teammate=ada, body="Hi")

        quiet(race(lambda turn_id=turn_id: automation.run_turn(turn_id), takes_over))
        told = Message.objects.filter(conversation_id=said.conversation_id, line="").order_by("seq")
        authors = list(told.values_list("author", flat=True))
        assert "flow" not in authors[authors.index("person") :]
        orders[authors.count("flow")] += 1
        assert Turn.objects.filter(conversation_id=said.conversation_id).unended().count() == 0
    assert sum(orders.values()) == ROUNDS
    moves_are_made_once()


def test_of_two_workers_with_one_turn_one_speaks(chat_page, say):
    runs(chat_page, message("one", "One.", "two"), message("two", "Two."))
    for visitor in visitors(chat_page):
        said = say(visitor, "Hi")
        events.drain()
        turn_id = Turn.objects.get(conversation_id=said.conversation_id).pk
        quiet(race(*[lambda turn_id=turn_id: automation.run_turn(turn_id)] * 3))
        assert words(said.conversation_id) == ["One.", "Two."]
    moves_are_made_once()


def test_a_worker_that_was_thought_dead_says_nothing_that_the_next_one_says(chat_page, say):
    """Both hold the turn for a moment: the older claim no longer fits."""
    runs(chat_page, message("one", "One.", "two"), message("two", "Two.", "size"), ask("size", "text"))
    for visitor in visitors(chat_page):
        said = say(visitor, "Hi")
        events.drain()
        turn_id = Turn.objects.get(conversation_id=said.conversation_id).pk

        def impatient(turn_id: int = turn_id) -> None:
            Turn.objects.filter(pk=turn_id).update(lease_until="2020-01-01T00:00Z")
            automation.run_turn(turn_id)

        quiet(race(lambda turn_id=turn_id: automation.run_turn(turn_id), impatient, impatient))
        Turn.objects.filter(pk=turn_id).update(lease_until="2020-01-01T00:00Z")
        automation.run_turn(turn_id)
        assert words(said.conversation_id) == ["One.", "Two.", "Which size?"]
    moves_are_made_once()


def test_a_timer_that_two_ring_at_once_rings_once(chat_page):
    runs(chat_page, step("wait", "pause", "then", seconds=60), message("then", "Here I am."))
    for visitor in visitors(chat_page):
        conversation_id = writes(visitor, "Hi")
        time_passes(61)
        rung = race(*[checkpoints.ring_due] * 3)
        assert sum(rung) == 1, rung
        quiet(race(*[work_off] * 2))
        work_off()
        assert words(conversation_id) == ["Here I am."]


@pytest.mark.parametrize("way", list(WayBack))
def test_a_hand_back_against_the_timer_of_its_request(way, chat_page, ada):
    """It expires or it is handed back, and the flow goes on by one of both."""
    exits = {"returned": "back", "expired": "late", "resolved": "done"}
    runs(chat_page, hand_off(exits, expires=60), message("back", "Back.", "size"), message("late", "Late.", "size"),
         message("done", "Done."), ask("size", "text"))  # fmt: skip
    seen: Counter[str] = Counter()
    for visitor in visitors(chat_page):
        conversation_id = writes(visitor, "Hi")
        time_passes(61)
        quiet(
            race(
                lambda conversation_id=conversation_id: services.hand_back(
                    conversation_id=conversation_id, teammate=ada, way=way
                ),
                lambda: (checkpoints.ring_due(), events.drain()),
            )
        )
        work_off()
        handoff = Handoff.objects.get(conversation_id=conversation_id)
        said = words(conversation_id)[1:]
        expected = {"expired": ["Late.", "Which size?"], "returned": ["Back.", "Which size?"], "resolved": ["Done."]}
        assert said == ([] if handoff.outcome == "returned" and way is WayBack.ASSISTANT else expected[handoff.outcome])
        seen[handoff.outcome] += 1
    assert sum(seen.values()) == ROUNDS
    moves_are_made_once()


def test_a_finish_against_a_flows_look(chat_page, ada, say):
    """The conversation is closed, and nothing is said after that."""
    runs(chat_page, message("one", "One.", "size"), ask("size", "text"))
    for visitor in visitors(chat_page):
        said = say(visitor, "Hi")
        events.drain()
        turn_id = Turn.objects.get(conversation_id=said.conversation_id).pk
        quiet(
            race(
                lambda turn_id=turn_id: automation.run_turn(turn_id),
                lambda said=said: services.finish(conversation_id=said.conversation_id, teammate=ada),
            )
        )
        work_off()
        conversation = Conversation.objects.get(pk=said.conversation_id)
        last = conversation.messages.order_by("-seq").values_list("line", flat=True).first()
        assert (conversation.status, last) == ("resolved", "conversation.resolved")
        assert FlowRun.objects.live().filter(conversation=conversation).count() == 0
    connection.close()
