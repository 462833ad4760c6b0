"""A flow brings in a person, sleeps, and goes on where it was: by the way that the person chooses."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Event, Message
from handoff import services
from handoff.models import Assignment, FlowRun, Handoff, Team, Teammate
from handoff.selectors import leading
from handoff.services import WayBack
from tests.handoff.flow_cast import ask, hand_off, message, run_of, runs, step, words, writes
from tests.workers import repeats, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "Let me bring in a teammate. They will have our whole conversation."


def replies(conversation_id: int, teammate: Teammate, body: str = "I am here.") -> None:
    services.take_over(conversation_id=conversation_id, teammate=teammate, body=body)
    work_off()


def hands_back(conversation_id: int, teammate: Teammate, way: WayBack = WayBack.RESUME, note: str = "") -> None:
    services.hand_back(conversation_id=conversation_id, teammate=teammate, way=way, note=note)
    work_off()


def finishes(conversation_id: int, teammate: Teammate) -> None:
    services.finish(conversation_id=conversation_id, teammate=teammate)
    work_off()


def status(conversation_id: int) -> str:
    return Conversation.objects.values_list("status", flat=True).get(pk=conversation_id)


# ── The hand-off step.


def asks_for_a_person(chat_page, **params) -> None:
    exits = {"returned": "back", "resolved": "done", "expired": "late", "failed": "nobody"}
    told = "{{person.name}} said “{{person.last_words}}” ({{person.note}}; {{person.tags}}; {{handoff.outcome}})"
    runs(
        chat_page,
        hand_off(exits, **{"expires": 60, "reason": "Wants: {{message}}"} | params),
        message("back", told),
        message("done", "Goodbye."),
        message("late", "Nobody is there; we will write."),
        message("nobody", "That team is gone."),
    )


def test_the_run_sleeps_while_people_talk_and_says_afterwards_what_they_did(chat_page, deniz, ada):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "A blue one")
    handoff = leading(conversation_id)
    assert (handoff.code, handoff.reason, handoff.requested_by) == ("flow_step", "Wants: A blue one", "flow")
    assert run_of(conversation_id).waits_for == "person"
    replies(conversation_id, ada, "Hi, I am Ada.")
    writes(deniz, "Hello Ada")
    replies(conversation_id, ada, "Done.")
    Conversation.objects.get(pk=conversation_id).tags.create(name="paid")
    assert words(conversation_id) == [NOTE]
    hands_back(conversation_id, ada, note="refunded")
    assert words(conversation_id)[1:] == ["Ada said “Done.” (refunded; paid; returned)"]


def test_what_was_said_while_nobody_had_come_is_not_read_as_the_persons(chat_page, deniz, ada):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "Hi")
    hands_back(conversation_id, ada)
    assert words(conversation_id)[1:] == ["Ada said “” (; ; returned)"]


def test_once_resolved_the_flow_says_goodbye_and_closes(chat_page, deniz, ada):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    finishes(conversation_id, ada)
    assert words(conversation_id)[1:] == ["Goodbye."]
    assert status(conversation_id) == "resolved"
    assert FlowRun.objects.get().ending == "resolved"


def test_a_request_that_nobody_takes_expires_by_its_timer(chat_page, deniz, ada, thread):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "Hi")
    time_passes(59)
    work_off()
    assert leading(conversation_id)
    time_passes(2)
    work_off()
    assert words(conversation_id)[1:] == ["Nobody is there; we will write."]
    assert Handoff.objects.get().outcome == "expired"
    assert ("system", "handoff.expired") in thread(conversation_id)


def test_a_request_that_somebody_took_does_not_expire(chat_page, deniz, ada):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    time_passes(3600)
    work_off()
    assert leading(conversation_id).state == "engaged"
    hands_back(conversation_id, ada)
    assert len(words(conversation_id)) == 2


def test_a_step_whose_team_is_gone_leaves_by_failure(chat_page, deniz, team):
    asks_for_a_person(chat_page, team="Support")
    team.delete()
    conversation_id = writes(deniz, "Hi")
    assert words(conversation_id) == ["That team is gone."]
    assert not Handoff.objects.exists()
    assert Message.objects.filter(line="flow.trouble").exists()


def test_a_step_lands_on_its_team_and_teammate_with_its_urgency_and_note(chat_page, deniz, bruno, team):
    """Case 41: the target is named in the flow."""
    asks_for_a_person(chat_page, team="Support", teammate="bruno", urgency="high", code="high_value",
                      note="Bruno will help you, {{visitor.first_name}}.")  # fmt: skip
    deniz.name = "Deniz"
    deniz.save(update_fields=["name"])
    conversation_id = writes(deniz, "Hi")
    assignment = Assignment.objects.get()
    assert (assignment.team, assignment.teammate) == (team, bruno)
    handoff = leading(conversation_id)
    assert (handoff.urgency, handoff.code) == ("high", "high_value")
    assert words(conversation_id) == ["Bruno will help you, Deniz."]


def test_case_41_a_target_that_is_gone_falls_back_to_the_default_team(chat_page, assistant, deniz, bruno, team):
    other = Team.objects.create(name="VIP")
    runs(chat_page, hand_off(team="VIP", teammate="bruno"))
    other.delete()
    Teammate.objects.filter(pk=bruno.pk).update(is_active=False)
    conversation_id = writes(deniz, "Hi")
    assignment = Assignment.objects.get()
    assert (assignment.team, assignment.teammate) == (team, None)
    assert leading(conversation_id)
    trouble = Message.objects.get(line="flow.trouble")
    assert "VIP and bruno" in trouble.params["words"]


def test_a_quiet_step_says_nothing_because_the_flow_has(chat_page, deniz):
    runs(chat_page, message("word", "One moment, I fetch Ada.", "person"), hand_off(quiet=True))
    conversation_id = writes(deniz, "Hi")
    assert words(conversation_id) == ["One moment, I fetch Ada."]
    assert leading(conversation_id)


# ── Whoever interrupts: a wish in words, the button, a teammate.


def asks_for_size(chat_page) -> None:
    runs(chat_page, ask("size", "text", "thanks"), message("thanks", "{{size}} it is."))


def wish(visitor, conversation_id, teammate) -> None:
    writes(visitor, "I want to talk to a person")


def button(visitor, conversation_id, teammate) -> None:
    services.request_by_visitor(visitor)


def pull(visitor, conversation_id, teammate) -> None:
    replies(conversation_id, teammate)


INTERRUPTIONS = [wish, button, pull]


@pytest.mark.parametrize("interrupts", INTERRUPTIONS)
@pytest.mark.parametrize("speaks", [True, False], ids=["spoken", "wordless"])
def test_a_question_is_asked_again_when_the_person_has_handed_back(interrupts, speaks, chat_page, deniz, ada):
    asks_for_size(chat_page)
    conversation_id = writes(deniz, "Hi")
    interrupts(deniz, conversation_id, ada)
    work_off()
    if speaks:
        replies(conversation_id, ada)
    writes(deniz, "Size 40, I think")
    assert leading(conversation_id)
    hands_back(conversation_id, ada)
    assert leading(conversation_id) is None
    assert words(conversation_id)[-1] == "Which size?"
    assert words(writes(deniz, "42"))[-1] == "42 it is."


@pytest.mark.parametrize("interrupts", INTERRUPTIONS)
def test_the_assistants_step_goes_on_after_the_hand_back(interrupts, chat_page, assistant, deniz, ada, engine):
    engine(repeats)
    runs(chat_page, step("assistant", "ai"))
    conversation_id = writes(deniz, "One")
    interrupts(deniz, conversation_id, ada)
    hands_back(conversation_id, ada)
    assert words(writes(deniz, "Two"))[-1] == "You said: Two"
    assert run_of(conversation_id).waits_for == "assistant"


@pytest.mark.parametrize("interrupts", INTERRUPTIONS)
@pytest.mark.parametrize("in_time", [True, False])
def test_a_wait_goes_on_when_its_time_has_come_and_nobody_leads(interrupts, in_time, chat_page, deniz, ada):
    runs(chat_page, step("wait", "pause", "then", seconds=60), message("then", "Here I am again."))
    conversation_id = writes(deniz, "Hi")
    interrupts(deniz, conversation_id, ada)
    if not in_time:
        time_passes(61)
        work_off()
    assert "Here I am again." not in words(conversation_id)
    hands_back(conversation_id, ada)
    assert ("Here I am again." in words(conversation_id)) is not in_time
    time_passes(61)
    work_off()
    assert words(conversation_id).count("Here I am again.") == 1


@pytest.mark.parametrize("interrupts", INTERRUPTIONS)
def test_a_handoff_of_the_flow_is_the_same_one_for_whoever_asks_again(interrupts, chat_page, deniz, ada):
    asks_for_a_person(chat_page)
    conversation_id = writes(deniz, "Hi")
    interrupts(deniz, conversation_id, ada)
    work_off()
    assert Handoff.objects.count() == 1
    replies(conversation_id, ada)
    hands_back(conversation_id, ada)
    assert words(conversation_id)[-1] == "Ada said “I am here.” (; ; returned)"


def test_a_wish_in_the_first_words_is_honoured_once_the_silent_steps_are_done(chat_page, deniz, ada):
    runs(chat_page, step("remember", "keep", "size", key="wish", value="x"), ask("size", "text"))
    conversation_id = writes(deniz, "Give me a human please")
    assert leading(conversation_id).code == "customer_request"
    assert words(conversation_id) == [NOTE]
    assert Event.objects.filter(kind="flow.moved", data__step="keep").count() == 1
    hands_back(conversation_id, ada)
    assert words(conversation_id) == [NOTE, "Which size?"]
    assert leading(conversation_id) is None
