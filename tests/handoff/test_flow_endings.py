"""What a person's hand-back and finish do to a flow: three ways back, wrapping up, and what comes after the end."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Event, Tag
from handoff import services
from handoff.models import FlowRun, Handoff
from handoff.selectors import leading
from handoff.services import WayBack
from tests.handoff.flow_cast import ask, hand_off, message, run_of, runs, step, words, writes
from tests.handoff.test_flow_handoffs import NOTE, finishes, hands_back, replies, status
from tests.outside_service import gives, listening
from tests.workers import repeats, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)

RATING = (ask("rating", "number", "thanks"), message("thanks", "{{rating}} stars, thank you."))


def wraps_up(chat_page, *steps) -> None:
    """A flow that asks for a rating before the conversation is closed."""
    runs(chat_page, *steps, *RATING, entries={"fallback": steps[0]["id"], "resolving": "rating"})


# ── Three ways back.


def test_the_assistant_leads_where_the_person_says_so(chat_page, assistant, deniz, ada, engine):
    engine(repeats)
    runs(chat_page, hand_off("back"), message("back", "Never said."))
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    writes(deniz, "And delivery?")
    hands_back(conversation_id, ada, WayBack.ASSISTANT)
    assert words(conversation_id)[1:] == ["You said: And delivery?"]
    assert words(writes(deniz, "Thanks"))[-1] == "You said: Thanks"
    assert run_of(conversation_id).waits_for == "assistant"


def test_the_assistant_leads_also_where_no_run_was_live_and_answers_nothing_twice(
    chat_page, assistant, deniz, ada, engine
):
    engine(repeats)
    runs(chat_page, step("tag", "keep", tag=Tag.objects.create(name="x").name))
    writes(deniz, "One")
    conversation_id = services.request_by_visitor(deniz).pk
    hands_back(conversation_id, ada, WayBack.ASSISTANT)
    assert words(conversation_id) == ["You said: One", NOTE]
    assert words(writes(deniz, "Two"))[-1] == "You said: Two"


def test_the_person_lets_the_flow_wrap_up_and_close(chat_page, deniz, ada):
    wraps_up(chat_page, hand_off())
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    hands_back(conversation_id, ada, WayBack.WRAP_UP, note="refunded")
    assert words(conversation_id)[1:] == ["Which rating?"]
    assert status(conversation_id) == "open"
    assert Handoff.objects.values_list("outcome", "note").get() == ("resolved", "refunded")
    assert words(writes(deniz, "5"))[-1] == "5 stars, thank you."
    assert status(conversation_id) == "resolved"


# ── Wrapping up.


def test_old_words_are_no_answer_and_no_wish_while_it_wraps_up(chat_page, deniz, ada):
    """Nobody had said a word to the customer before it was finished."""
    wraps_up(chat_page, ask("size", "text"))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "I want to talk to a person")
    writes(deniz, "Give me a human now")
    finishes(conversation_id, ada)
    assert leading(conversation_id) is None
    assert words(conversation_id)[-1] == "Which rating?"
    assert status(conversation_id) == "open"


def test_finished_once_more_while_it_wraps_up_it_is_closed_at_once(chat_page, deniz, ada):
    wraps_up(chat_page, hand_off())
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    finishes(conversation_id, ada)
    assert status(conversation_id) == "open"
    finishes(conversation_id, ada)
    assert status(conversation_id) == "resolved"
    assert words(conversation_id)[1:] == ["Which rating?"]
    assert FlowRun.objects.live().count() == 0


def test_a_wrap_up_that_nobody_answers_is_closed_in_time(chat_page, deniz, ada, settings, thread):
    settings.WRAP_UP_SECONDS = 100
    wraps_up(chat_page, hand_off())
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    finishes(conversation_id, ada)
    time_passes(99)
    work_off()
    assert status(conversation_id) == "open"
    time_passes(2)
    work_off()
    assert status(conversation_id) == "resolved"
    assert thread(conversation_id)[-1] == ("system", "conversation.resolved")


def test_a_person_who_comes_back_while_it_wraps_up_is_not_closed_under(chat_page, deniz, ada):
    wraps_up(chat_page, hand_off())
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    finishes(conversation_id, ada)
    replies(conversation_id, ada, "One more thing.")
    time_passes(100_000)
    work_off()
    assert status(conversation_id) == "open"
    finishes(conversation_id, ada)
    assert status(conversation_id) == "resolved"


def test_a_flow_that_resolves_wraps_up_first(chat_page, deniz):
    wraps_up(chat_page, ask("size", "text", "end_it"), step("resolve", "end_it"))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "42")
    assert words(conversation_id)[-1] == "Which rating?"
    assert words(writes(deniz, "5"))[-1] == "5 stars, thank you."
    assert status(conversation_id) == "resolved"
    assert Conversation.objects.count() == 1


def test_a_flow_without_a_wrap_up_resolves_at_once(chat_page, deniz, thread):
    runs(chat_page, message("bye", "Bye.", "end_it"), step("resolve", "end_it"))
    conversation_id = writes(deniz, "Hi")
    assert thread(conversation_id)[1:] == [("flow", "Bye."), ("system", "conversation.resolved")]
    assert status(conversation_id) == "resolved"
    assert words(writes(deniz, "Hi again")) == ["Bye."]  # in a new one
    assert Conversation.objects.count() == 2


# ── After the end, and after a hand-back without a run.


def test_after_the_end_the_flow_still_tags_and_calls(chat_page, assistant, deniz, ada, settings, engine):
    told = []
    engine(lambda snapshot: told.append(snapshot) or repeats(snapshot))
    with listening() as service:
        settings.OUTSIDE_PRIVATE_HOSTS = [f"127.0.0.1:{service.port}"]
        service.will(gives({"ok": True}))
        Tag.objects.create(name="closed")
        call = step("call_api", "tell", {"success": "mark", "failure": "end"}, address=f"{service.address}/closed")
        runs(chat_page, hand_off(), call, step("tag", "mark", tag="closed"),
             entries={"fallback": "person", "resolved": "tell"})  # fmt: skip
        conversation_id = writes(deniz, "Hi")
        writes(deniz, "Are you there?")
        finishes(conversation_id, ada)
        assert [one.path for one in service.seen] == ["/closed"]
    assert [str(one) for one in Conversation.objects.get().tags.all()] == ["closed"]
    assert FlowRun.objects.live().count() == 0
    assert words(conversation_id) == [NOTE]
    assert not told  # nobody thinks about a conversation that is closed


def test_the_handed_back_entry_begins_where_no_flow_was_going_on(chat_page, deniz, ada):
    runs(chat_page, message("hello", "Hello."), message("back", "{{visitor.browser}}I am back."),
         entries={"fallback": "hello", "handed_back": "back"})  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    hands_back(conversation_id, ada)
    assert words(conversation_id) == ["Hello.", "I am back."]


def test_the_handed_back_entry_adds_nothing_to_a_flow_that_went_on_itself(chat_page, deniz, ada):
    runs(chat_page, hand_off("thanks"), message("thanks", "Thanks for waiting."), message("back", "I am back."),
         entries={"fallback": "person", "handed_back": "back"})  # fmt: skip
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    hands_back(conversation_id, ada)
    assert words(conversation_id)[1:] == ["Thanks for waiting."]


# ── Cases of the field.


def test_case_22_a_handoffs_own_events_ask_for_no_other(chat_page, deniz, ada):
    runs(
        chat_page, hand_off("again"), message("again", "Back."), entries={"fallback": "person", "handed_back": "again"}
    )
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    finishes(conversation_id, ada)
    work_off()
    assert Handoff.objects.count() == 1
    assert Event.objects.filter(kind="handoff.requested").count() == 1
    assert status(conversation_id) == "resolved"


@pytest.mark.parametrize("speaks", [True, False], ids=["spoken", "wordless"])
@pytest.mark.parametrize("page", ["chat_page", "assistant"])
def test_case_26_an_old_wish_triggers_nothing_in_a_flow_after_the_hand_back(
    speaks, page, request, deniz, ada, chat_page
):
    """With and without a person's word in between, and with and without an assistant."""
    request.getfixturevalue(page)
    runs(chat_page, ask("size", "text", "thanks"), message("thanks", "{{size}} it is."))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "Give me a human please")
    writes(deniz, "I want to talk to a person!!")
    if speaks:
        replies(conversation_id, ada)
    hands_back(conversation_id, ada)
    assert leading(conversation_id) is None
    assert words(writes(deniz, "42"))[-1] == "42 it is."
    assert Handoff.objects.count() == 1


@pytest.mark.parametrize("page", ["chat_page", "assistant"])
def test_case_26_nor_after_a_request_that_expired(page, request, chat_page, deniz):
    request.getfixturevalue(page)
    runs(chat_page, hand_off({"expired": "size"}, expires=30), ask("size", "text", "thanks"), message("thanks", "Ok."))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "I want to talk to a person!!")
    time_passes(31)
    work_off()
    assert leading(conversation_id) is None
    assert words(conversation_id)[-1] == "Which size?"
    writes(deniz, "I want to talk to a person!!")  # a new wish is heard
    assert leading(conversation_id).code == "customer_request"


def test_case_27_what_they_asked_meanwhile_is_answered_after_the_hand_back(chat_page, assistant, deniz, ada, engine):
    engine(repeats)
    runs(chat_page, hand_off("ai"), step("assistant", "ai"))
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    writes(deniz, "And delivery?")
    hands_back(conversation_id, ada)
    assert words(conversation_id)[1:] == ["You said: And delivery?"]


def test_case_27_also_where_the_flow_ends_with_the_hand_back(chat_page, assistant, deniz, ada, engine):
    engine(repeats)
    runs(chat_page, hand_off())
    conversation_id = writes(deniz, "Hi")
    replies(conversation_id, ada)
    writes(deniz, "And delivery?")
    hands_back(conversation_id, ada)
    assert words(conversation_id)[1:] == ["You said: And delivery?"]


def test_case_28_a_sleeping_run_is_woken_by_a_person_and_by_time(chat_page, deniz, ada):
    runs(chat_page, hand_off({"returned": "size", "expired": "size"}, expires=30), ask("size", "text", "person"))
    conversation_id = writes(deniz, "Hi")
    hands_back(conversation_id, ada)
    assert run_of(conversation_id).waits_for == "answer"
    writes(deniz, "42")
    assert run_of(conversation_id).waits_for == "person"
    time_passes(31)
    work_off()
    assert run_of(conversation_id).waits_for == "answer"
