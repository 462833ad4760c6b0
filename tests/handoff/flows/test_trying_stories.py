"""A try and the thing itself: the same story, told to both, ends in the same thread."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Conversation, Message
from handoff import services
from handoff.models import Teammate
from handoff.worlds import live_run
from tests.handoff.flow_cast import ask, condition, hand_off, message, runs, step, writes
from tests.handoff.flows.tried import Tried
from tests.workers import time_passes, work_off


@pytest.fixture
def chief(db):
    return Teammate.objects.create_superuser("chief", "chief@example.com", "chief-password", display_name="The chief")


STORIES: dict[str, list[tuple[str, Any]]] = {
    "under the limit": [("write", "I want a refund"), ("write", "120"), ("write", "thanks")],
    "over the limit": [("write", "refund"), ("write", "what?"), ("write", "640"), ("reply", "I see to it."), ("back", "resume")],
    "to the assistant": [("write", "refund"), ("write", "640"), ("reply", "Hi"), ("back", "assistant"), ("write", "How long does delivery take?")],
    "wants a person": [("write", "refund"), ("write", "let me talk to a human please"), ("reply", "Hi"), ("back", "resume"), ("write", "99")],
    "gives up": [("write", "refund"), ("write", "a"), ("write", "b"), ("write", "c"), ("write", "How long does delivery take?")],
    "falls silent": [("write", "refund"), ("pass", 120), ("pass", 120), ("write", "640"), ("pass", 600), ("write", "hello?")],
    "is closed": [("write", "refund"), ("write", "640"), ("reply", "Done."), ("back", "wrap_up"), ("write", "5")],
    "is finished early": [("write", "refund"), ("reply", "Done."), ("finish", None), ("pass", 120), ("pass", 780)],
    "says more before it is rated": [("write", "refund"), ("reply", "Hi"), ("write", "thanks"), ("finish", None), ("write", "5")],
    "is asked, and answered": [("write", "How long does delivery take?"), ("write", "LD-1"), ("write", "Can I return it?")],
    "is asked, and left alone": [("write", "How long does delivery take?"), ("reply", "Hi"), ("back", "assistant")],
    "writes while it rests": [("write", "hi"), ("reply", "Hi"), ("finish", None), ("write", "How long does delivery take?"), ("pass", 900)],
}  # fmt: skip
STEPS = [
    ask("amount", "amount", {"answered": "large"}, currency="TRY"),
    condition("large", "amount", "greater", "500", "person", "small"),
    hand_off(
        {"returned": "thanks", "resolved": "rate", "expired": "sorry"}, reason="Refund of {{amount}}", expires=600
    ),
    message("thanks", "{{person.name}} has helped you."),
    message("small", "Done."),
    message("sorry", "Nobody is here now."),
    message("nudge", "Still there?"),
    ask("rate", "number"),
]
ENTRIES = {
    "fallback": {"step": "amount"}, "inactivity": {"step": "nudge", "seconds": 120, "each_time": False},
    "resolving": {"step": "rate"},
}  # fmt: skip
ORDER = [ask("order", "text", "lead"), step("assistant", "lead"), step("wait", "rest", seconds=3600)]
ORDERS = {"fallback": {"step": "order"}, "resolving": {"step": "rest"}}
OF_ORDERS = frozenset({"is asked, and answered", "is asked, and left alone", "writes while it rests"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("story", STORIES)
def test_a_try_says_what_the_flow_itself_says(story, client, chief, chat_page, assistant, deniz):
    steps, entries = (ORDER, ORDERS) if story in OF_ORDERS else (STEPS, ENTRIES)
    flow = runs(chat_page, *steps, entries=entries).flow
    client.force_login(chief)
    tried = Tried(client, flow)
    for do, what in STORIES[story]:
        in_earnest(do, what, deniz, chief)
        typed = {"write": {"words": what}, "reply": {"reply": what}, "back": {"way": what}, "pass": {"seconds": what}}
        names = {"write": "say", "reply": "take_over", "back": "hand_back"}
        tried(names.get(do, do), **typed.get(do, {}))
    thread = Message.objects.filter(line="", audience="everyone").order_by("seq").values_list("author", "body")
    assert [one for one in tried.said if one[0] != "line"] == list(thread)
    conversation = Conversation.objects.get()
    scene = tried.answer.context["scene"]
    assert scene.is_closed == (conversation.status == "resolved")
    run = live_run(conversation.pk)
    assert (scene.at and (scene.at.step, scene.at.waits_for)) == (run and (run.step, run.waits_for))


def in_earnest(do, what, visitor, teammate):
    conversation = Conversation.objects.first()
    if do == "write":
        writes(visitor, what)
    elif do == "reply":
        services.take_over(conversation_id=conversation.pk, teammate=teammate, body=what)
    elif do == "back":
        services.hand_back(conversation_id=conversation.pk, teammate=teammate, way=services.WayBack(what))
    elif do == "finish":
        services.finish(conversation_id=conversation.pk, teammate=teammate)
    else:
        time_passes(what)
    work_off()
