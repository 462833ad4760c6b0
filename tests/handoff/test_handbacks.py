"""The way back: to automation, or to the end."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Event, Turn
from handoff import assignments, services
from handoff.assignments import Refused
from handoff.models import Assignment, Handoff
from handoff.outcomes import ReasonCode
from handoff.selectors import leading
from tests.workers import repeats, says, wishes_for_a_person, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def led(deniz, assistant, ada, say) -> int:
    """A conversation that Ada leads."""
    said = say(deniz, "Hello")
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi, I am Ada.")
    return said.conversation_id


def test_a_hand_back_finishes_the_handoff_as_returned(led, ada, thread):
    handoff = services.hand_back(conversation_id=led, teammate=ada, note="refund approved")
    handoff.refresh_from_db()
    assert (handoff.state, handoff.outcome, handoff.finished_by) == ("finished", "returned", ada)
    assert handoff.note == "refund approved"
    assert thread(led)[-2:] == [("system", "handoff.returned"), ("system", "handback.note")]
    assert leading(led) is None
    assert not Assignment.objects.filter(teammate=ada).exists()


def test_the_teams_queue_keeps_what_is_handed_back(led, ada, team):
    assignments.assign(conversation_id=led, by=ada, teammate=ada, team=team)
    services.hand_back(conversation_id=led, teammate=ada)
    assignment = Assignment.objects.get()
    assert (assignment.teammate, assignment.team) == (None, team)


def test_there_is_nothing_to_hand_back_where_nobody_leads(deniz, assistant, ada, say):
    said = say(deniz, "Hello")
    with pytest.raises(Refused, match="nothing to hand back"):
        services.hand_back(conversation_id=said.conversation_id, teammate=ada)


def test_the_second_of_two_hand_backs_is_refused(led, ada, bruno):
    services.hand_back(conversation_id=led, teammate=ada)
    with pytest.raises(Refused):
        services.hand_back(conversation_id=led, teammate=bruno)
    assert Event.objects.filter(kind="handoff.finished").count() == 1


def test_case_25_after_two_failures_the_conversation_stays_with_people(deniz, assistant, ada, say):
    """Error, person, assistant, error …: the circle ends here."""
    said = say(deniz, "Hello")
    ids = {"conversation_id": said.conversation_id}
    failed = {"code": ReasonCode.ASSISTANT_ERROR, "reason": "The assistant failed.", "by": "assistant"}
    services.request(**ids, **failed)
    services.hand_back(**ids, teammate=ada)
    services.request(**ids, **failed)
    with pytest.raises(Refused, match="stays with people"):
        services.hand_back(**ids, teammate=ada)
    services.take_over(**ids, teammate=ada, body="I am here.")
    with pytest.raises(Refused, match="failed 2 times"):
        services.hand_back(**ids, teammate=ada)
    assert services.finish(**ids, teammate=ada).status == "resolved"


def test_finish_closes_the_thread_and_its_handoff(led, ada, thread):
    services.finish(conversation_id=led, teammate=ada)
    handoff = Handoff.objects.get()
    assert (handoff.state, handoff.outcome) == ("finished", "resolved")
    assert Conversation.objects.get().resolved_at
    assert thread(led)[-1] == ("system", "handoff.resolved")


def test_finish_twice_is_the_same_end(led, ada, bruno, thread):
    services.finish(conversation_id=led, teammate=ada)
    before = (thread(led), Event.objects.count())
    services.finish(conversation_id=led, teammate=bruno)
    assert (thread(led), Event.objects.count()) == before
    assert Handoff.objects.get().finished_by == ada


def test_finish_where_nobody_led_ends_the_turns_too(deniz, assistant, ada, say, thread):
    said = say(deniz, "Hello")
    event = Event.objects.filter(kind="message.received").get()
    Turn.objects.create(
        conversation_id=said.conversation_id, event=event, upto_seq=1, lease_until=event.created_at, state="running"
    )
    services.finish(conversation_id=said.conversation_id, teammate=ada)
    assert Turn.objects.get().state == "cancelled"
    assert thread(said.conversation_id)[-1] == ("system", "conversation.resolved")


@pytest.mark.django_db(transaction=True)
def test_case_27_the_assistant_answers_at_once_when_the_visitor_waits(led, deniz, ada, say, engine, thread):
    engine(repeats)
    say(deniz, "And delivery?")
    work_off()
    services.hand_back(conversation_id=led, teammate=ada)
    work_off()
    assert thread(led)[-1] == ("assistant", "You said: And delivery?")


@pytest.mark.django_db(transaction=True)
def test_case_27_and_otherwise_on_the_next_message(led, deniz, ada, say, engine, thread):
    engine(repeats)
    services.hand_back(conversation_id=led, teammate=ada)
    work_off()
    assert thread(led)[-1] == ("system", "handoff.returned")
    say(deniz, "Thank you. And delivery?")
    work_off()
    assert thread(led)[-1] == ("assistant", "You said: Thank you. And delivery?")


@pytest.mark.django_db(transaction=True)
def test_a_dead_engine_brings_nobody_back_while_nobody_waits(led, ada, engine, thread):
    """Case 34: a fault that no customer met is no fault."""

    def dead(snapshot):
        raise ConnectionError("no model")

    engine(dead)
    services.hand_back(conversation_id=led, teammate=ada)
    work_off()
    assert leading(led) is None
    assert thread(led)[-1] == ("system", "handoff.returned")


@pytest.mark.django_db(transaction=True)
def test_the_assistant_is_told_what_the_person_did(led, deniz, ada, say, engine):
    told = []
    engine(lambda snapshot: told.append(snapshot.returned) or says("Understood."))
    services.hand_back(conversation_id=led, teammate=ada, note="refund approved")
    say(deniz, "When will I have it?")
    work_off()
    assert (told[-1].teammate, told[-1].note, told[-1].last_words) == ("Ada", "refund approved", "Hi, I am Ada.")


@pytest.mark.django_db(transaction=True)
def test_case_26_an_old_wish_for_a_person_triggers_nothing_after_the_hand_back(
    deniz, assistant, ada, say, engine, thread
):
    engine(repeats)
    said = say(deniz, "Give me a human please")
    work_off()
    assert leading(said.conversation_id).code == "customer_request"
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Here I am.")
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    say(deniz, "And delivery?")
    work_off()
    assert leading(said.conversation_id) is None
    assert thread(said.conversation_id)[-1] == ("assistant", "You said: And delivery?")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("question", ["", "Can I return it?"])
def test_case_26_also_when_no_person_said_a_word(question, deniz, assistant, ada, say, engine, thread):
    """Written and pressed at once, so that no turn and no person has answered the wish: the hand-back has."""
    engine(repeats)
    if question:
        say(deniz, question)
    said = say(deniz, "Give me a human please")
    services.request_by_visitor(deniz)
    say(deniz, "I want to talk to a person!!")
    work_off()
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    work_off()
    assert leading(said.conversation_id) is None
    assert thread(said.conversation_id)[-1] == (
        ("assistant", f"You said: {question}") if question else ("system", "handoff.returned")
    )
    say(deniz, "I want to talk to a person!!")  # a new wish is heard
    work_off()
    assert leading(said.conversation_id).code == "customer_request"


@pytest.mark.django_db(transaction=True)
def test_case_23_five_handoffs_in_one_conversation_and_again_in_the_next(deniz, assistant, ada, say, engine, thread):
    engine(lambda snapshot: wishes_for_a_person())
    for _ in range(2):
        for round_ in range(5):
            said = say(deniz, f"Question {round_}")
            work_off()
            services.take_over(conversation_id=said.conversation_id, teammate=ada, body=f"Answer {round_}")
            if round_ < 4:
                services.hand_back(conversation_id=said.conversation_id, teammate=ada)
                work_off()
        services.finish(conversation_id=said.conversation_id, teammate=ada)
        outcomes = list(Handoff.objects.filter(conversation_id=said.conversation_id).values_list("outcome", flat=True))
        assert outcomes == ["resolved", *["returned"] * 4]
        assert sum(author == "assistant" for author, _ in thread(said.conversation_id)) == 5
    assert Conversation.objects.filter(visitor=deniz).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_page_without_an_assistant_asks_for_no_person_while_nobody_waits(deniz, ada, say, thread):
    said = say(deniz, "Hello")
    work_off()
    assert leading(said.conversation_id).code == "policy_rule"
    services.take_over(conversation_id=said.conversation_id, teammate=ada, body="Hi")
    services.hand_back(conversation_id=said.conversation_id, teammate=ada)
    work_off()
    assert leading(said.conversation_id) is None
    say(deniz, "Are you there?")
    work_off()
    assert leading(said.conversation_id).code == "policy_rule"
