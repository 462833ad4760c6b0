"""What a teammate sees of a flow: where it stands, where it goes on, and the exact next message of each way back."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Event, Message
from handoff import previews, services
from handoff.flows.foresight import Next
from handoff.models import FlowRun, Handoff, Timer
from handoff.services import WayBack
from tests.handoff.flow_cast import ask, condition, hand_off, message, runs, step, words, writes
from tests.workers import repeats, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def conversation(conversation_id: int) -> Conversation:
    return Conversation.objects.select_related("visitor", "chat_page").get(pk=conversation_id)


def led(visitor, teammate, *bodies: str, hears: bool = True) -> Conversation:
    """The visitor has said these things, and the teammate has answered them."""
    for body in bodies:
        conversation_id = writes(visitor, body)
    if hears:
        services.take_over(conversation_id=conversation_id, teammate=teammate, body="I am here.")
    else:
        services.request_by_visitor(visitor)
    work_off()
    return conversation(conversation_id)


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ((ask("amount", "amount"),), "Refund flow: waiting for the amount"),
        ((ask("order_number", "order_number"),), "Refund flow: waiting for the order number"),
        ((step("capture_contact", "who", what="email", question="?"),), "Refund flow: waiting for the e-mail address"),
        ((step("assistant", "ai"),), "Refund flow: the assistant leads"),
        ((step("wait", "pause", seconds=60),), "Refund flow: waiting for its time"),
        ((hand_off(),), "Refund flow: waiting for a person"),
        ((message("hello", "Hello."),), ""),
    ],
)
def test_where_a_flow_stands_is_told_in_words(steps, standing, chat_page, assistant, deniz, engine):
    engine(repeats)
    runs(chat_page, *steps)
    assert previews.standing(conversation(writes(deniz, "Hi"))) == standing


def test_a_flow_that_wraps_up_says_so(chat_page, deniz, ada):
    runs(chat_page, hand_off(), ask("rating", "number"), entries={"fallback": "person", "resolving": "rating"})
    found = led(deniz, ada, "Hi")
    services.finish(conversation_id=found.pk, teammate=ada)
    work_off()
    assert previews.standing(found) == "Refund flow: wrapping up, waiting for the rating"


@pytest.mark.parametrize(
    ("steps", "title"),
    [
        ((ask("amount", "amount") | {"title": "Ask for the amount"},), "Ask for the amount"),
        ((hand_off("bye"), message("bye", "Bye.") | {"title": "Say goodbye"}), "Say goodbye"),
        ((hand_off(),), ""),
        ((message("hello", "Hello."),), ""),
    ],
)
def test_where_a_flow_goes_on_after_the_hand_back_is_told(steps, title, chat_page, deniz):
    runs(chat_page, *steps)
    assert previews.goes_on_at(conversation(writes(deniz, "Hi"))) == title


# ── The next message. Each of these flows, with a way back, and what is foreseen.

BACK = message("back", "{{person.name}} said “{{person.last_words}}” ({{person.note}}).")
RATING = ask("rating", "number")
FORESEEN = {
    "the step that slept": (
        (hand_off("back"), BACK), {}, WayBack.RESUME, Next("says", "Ada said “I am here.” (refunded).", "Send message"),
    ),
    "through a condition": (
        (hand_off("if"), condition("if", "person.note", "contains", "refund", "back", "end"), BACK),
        {}, WayBack.RESUME, Next("says", "Ada said “I am here.” (refunded).", "Send message"),
    ),
    "a question again": ((ask("size", "text"),), {}, WayBack.RESUME, Next("asks", "Which size?", "Ask")),
    "an outside call": (
        (hand_off("call"), step("call_api", "call", address="https://api.example.com/x")),
        {}, WayBack.RESUME, Next("outside", "api.example.com", "Call API"),
    ),
    "the assistant's step": (
        (hand_off("ai"), step("assistant", "ai")), {}, WayBack.RESUME, Next("assistant", "the assistant leads", "Assistant"),
    ),
    "another person": (
        (hand_off("more"), step("hand_off", "more", reason="Once more.")),
        {}, WayBack.RESUME, Next("person", "Once more.", "Hand off"),
    ),
    "a wait": (
        (hand_off("pause"), step("wait", "pause", seconds=60)),
        {}, WayBack.RESUME, Next("waits", "waiting for its time", "Wait"),
    ),
    "the end": ((hand_off(),), {}, WayBack.RESUME, Next("restarts", "Hand off", "Hand off")),
    "without a run": ((message("hello", "Hello."),), {}, WayBack.RESUME, Next("waits", "the customer to write")),
    "the entry for it": (
        (message("hello", "Hello."), message("again", "Hello again.")),
        {"fallback": "hello", "handed_back": "again"}, WayBack.RESUME, Next("says", "Hello again.", "Send message"),
    ),
    "the assistant": ((ask("size", "text"),), {}, WayBack.ASSISTANT, Next("waits", "the customer to write")),
    "the exit resolved": (
        (hand_off({"resolved": "back"}), BACK), {}, WayBack.WRAP_UP,
        Next("says", "Ada said “I am here.” (refunded).", "Send message"),
    ),
    "the wrapping up": (
        (hand_off(), RATING), {"fallback": "person", "resolving": "rating"}, WayBack.WRAP_UP,
        Next("asks", "Which rating?", "Ask"),
    ),
    "nothing to wrap up": ((ask("size", "text"),), {}, WayBack.WRAP_UP, Next("resolves")),
}  # fmt: skip


def stored() -> list[int]:
    return [model.objects.count() for model in (Event, Message, FlowRun, Handoff, Timer)]


@pytest.mark.parametrize("which", FORESEEN)
def test_what_comes_next_is_foreseen_and_comes(which, chat_page, deniz, ada):
    """The dry run stores nothing, and where the flow itself speaks its very words come true."""
    steps, entries, way, foreseen = FORESEEN[which]
    runs(chat_page, *steps, entries=entries or None)
    found = led(deniz, ada, "Hi")
    before = stored()
    assert previews.preview(found, way, teammate=ada, note="refunded") == foreseen
    assert stored() == before
    said = len(words(found))
    services.hand_back(conversation_id=found.pk, teammate=ada, way=way, note="refunded")
    work_off()
    if foreseen.what in ("says", "asks"):
        assert words(found)[said] == foreseen.words
    elif foreseen.what == "resolves":
        assert conversation(found.pk).status == "resolved"
    elif foreseen.what in ("ends", "waits", "assistant"):
        assert words(found)[said:] == []


@pytest.mark.parametrize("way", [WayBack.RESUME, WayBack.ASSISTANT])
def test_where_the_customer_waits_the_assistant_is_foreseen(way, chat_page, assistant, deniz, ada, engine):
    engine(repeats)
    runs(chat_page, hand_off("ai"), step("assistant", "ai"))
    found = led(deniz, ada, "Hi")
    writes(deniz, "And delivery?")
    assert previews.preview(found, way, teammate=ada).what == "assistant"
    services.hand_back(conversation_id=found.pk, teammate=ada, way=way)
    work_off()
    assert words(found)[-1] == "You said: And delivery?"


def test_where_the_customer_waits_and_no_flow_runs_its_fallback_is_foreseen(chat_page, deniz, ada):
    runs(chat_page, message("hello", "You wrote: {{message}}"))
    found = led(deniz, ada, "Hi")
    writes(deniz, "And delivery?")
    foreseen = previews.preview(found, WayBack.RESUME, teammate=ada)
    services.hand_back(conversation_id=found.pk, teammate=ada)
    work_off()
    assert (foreseen.what, foreseen.words) == ("says", words(found)[-1])
    assert words(found)[-1] == "You wrote: And delivery?"


def test_a_person_who_came_and_one_who_hands_back_are_not_confused(chat_page, deniz, ada, bruno):
    """Bruno hands back what Ada has done: the customer knows Ada."""
    runs(chat_page, hand_off("back"), BACK)
    found = led(deniz, ada, "Hi")
    foreseen = previews.preview(found, WayBack.RESUME, teammate=bruno, note="x")
    services.hand_back(conversation_id=found.pk, teammate=bruno, note="x")
    work_off()
    assert foreseen.words == words(found)[-1] == "Ada said “I am here.” (x)."


@pytest.mark.parametrize("way", [WayBack.RESUME, WayBack.WRAP_UP])
def test_old_words_are_not_foreseen_as_an_answer(way, chat_page, deniz, ada):
    """What was said and answered before is no answer to what the flow asks now."""
    runs(chat_page, message("hello", "Hello."), ask("order", "order_number", listen=True),
         entries={"fallback": "hello", "handed_back": "order", "resolving": "order"})  # fmt: skip
    found = led(deniz, ada, "It is about LD-10482", hears=False)
    foreseen = previews.preview(found, way, teammate=ada)
    services.hand_back(conversation_id=found.pk, teammate=ada, way=way)
    work_off()
    assert (foreseen.what, foreseen.words) == ("asks", words(found)[-1])
    assert words(found)[-1] == "Which order?"
