"""Each ready flow may be published in a house that has what it needs, and is talked through from end to end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handoff.assistants.base import Reply
from handoff.flows.check import check
from handoff.flows.directory import Directory
from handoff.flows.ready import READY, Names
from handoff.flows.script import read
from handoff.outcomes import ReasonCode, RequestHandoff, SetField, Tag
from tests.handoff.flows.talk import MONDAY_NOON, Talk

NAMES = Names(
    tag="large refund", team="Support", teammate="ada", hours="Shop hours", rating_field="rating", amount_field="amount"
)
HOUSE = Directory(
    teams=frozenset({"Support"}),
    teammates=frozenset({"ada"}),
    tags=frozenset({"large refund"}),
    fields=frozenset({"rating", "amount"}),
    hours=frozenset({"Shop hours"}),
)
EMPTY_HOUSE = Directory()


def talk(name: str, **more) -> Talk:
    return Talk(read(READY[name].data(NAMES)), **more)


def wishing(code: ReasonCode, reason: str) -> Reply:
    return Reply((RequestHandoff(code, reason),), ())


@pytest.mark.parametrize("name", READY)
def test_it_may_be_published_where_everything_is_there_that_it_needs(name):
    assert check(READY[name].data(NAMES), HOUSE) == []


@pytest.mark.parametrize("name", READY)
def test_without_names_only_what_has_to_be_chosen_is_missing(name):
    problems = check(READY[name].data(Names()), EMPTY_HOUSE)
    assert {one.step for one in problems} <= {"mark", "free", "open"}
    assert not problems or READY[name].needs


@pytest.mark.parametrize("name", READY)
def test_every_step_has_a_title_and_the_words_of_the_flow_are_there(name):
    script = read(READY[name].data(NAMES))
    assert all(one.title for one in script.steps.values())
    assert read(script.data()) == script
    assert READY[name].name
    assert READY[name].description


# ── Refund over an amount.


def test_a_large_refund_is_asked_for_its_order_and_amount_and_goes_to_a_person_at_once():
    chat = talk("refund_over_amount").write("I want my money back")
    assert chat.said[-1].startswith("I can help with that. What is your order number?")
    assert chat.write("10482").said[-1].startswith("Thank you. And how much")
    chat.write("it was 640 TL")
    assert chat.said[-1].startswith("Thank you. A person from our team looks at each refund over 500 first.")
    assert chat.done[1:] == [SetField("amount", "640.00"), Tag("large refund", add=True)]
    asked = chat.handoffs[-1]
    assert asked.reason == "Refund of 640.00 TRY for order 10482: over the limit of 500."
    assert (asked.code, asked.urgency, asked.quiet) == (ReasonCode.HIGH_VALUE, "high", True)
    assert chat.person("returned").said[-1] == "Ada has looked into it, and I am here again. Is there anything else?"


def test_what_was_written_already_is_not_asked_again():
    chat = talk("refund_over_amount").write("Refund of 640 TL for order 10482 please")
    assert chat.handoffs[-1].reason == "Refund of 640.00 TRY for order 10482: over the limit of 500."
    assert len(chat.said) == 1


def test_a_small_refund_is_explained_and_the_next_question_goes_to_the_assistant():
    chat = talk("refund_over_amount").write("Refund of 320 TL for order 10482 please")
    assert chat.said == [chat.said[0]]
    assert chat.said[0].startswith("Thank you. Nobody has to approve a refund of 320.00 TRY")
    assert not chat.handoffs
    assert chat.write("How do I return something?").said[-1] == "Thirty days."
    assert [one.text for one in chat._world(None).words] == []


def test_everything_else_goes_to_the_assistant_and_a_refund_is_heard_after_it():
    chat = talk("refund_over_amount").write("How long do I have to return something?")
    assert chat.said == ["Thirty days."]
    assert chat.write("I want a refund").said[-1].startswith("I can help with that.")


def test_who_wants_a_person_gets_one_at_once_also_in_the_middle_of_the_questions():
    wish = wishing(ReasonCode.CUSTOMER_REQUEST, "Asked for a person.")
    assert talk("refund_over_amount").write("I want a person", wish).handoffs == [wish.handoff]
    chat = talk("refund_over_amount").write("I want a refund").write("I want to talk to a human")
    assert chat.handoffs[-1].code is ReasonCode.CUSTOMER_REQUEST
    assert chat.at is not None
    assert chat.at.step == "order"


def test_who_gives_no_order_number_three_times_goes_to_a_person():
    chat = talk("refund_over_amount").write("I want a refund")
    for words in ("no idea", "what", "hm"):
        chat.write(words)
    assert chat.handoffs[-1].code is ReasonCode.LOW_CONFIDENCE


def test_when_nobody_came_the_customer_is_told_and_answered_by_e_mail():
    chat = talk("refund_over_amount").write("Refund of 640 TL for order 10482 please").person("expired", "")
    assert chat.said[-2].startswith("I am sorry: nobody was free in time.")
    chat.write("deniz@example.com")
    assert chat.handoffs[-1].reason.endswith("Nobody was free in time: answer to deniz@example.com.")
    without = talk("refund_over_amount").write("Refund of 640 TL for order 10482 please").person("expired", "")
    assert without.write("no").write("no").handoffs[-1].reason.endswith("Nobody was free in time.")


def test_before_it_is_closed_a_rating_is_asked_for_and_kept():
    chat = talk("refund_over_amount").enter("resolving").write("5")
    assert chat.done == [SetField("rating", "5")]
    assert (chat.said[-1], chat.ending) == ("Thank you. Have a good day!", "finished")


@pytest.mark.parametrize(
    "words",
    [
        "I want my money back", "can you refund me", "Can I have a refund?", "money back please", "iade istiyorum",
        "I want a refund of 640 TL", "para iadesi istiyorum", "Refund my order 10482, it was 320 lira",
    ],
)  # fmt: skip
def test_a_refund_is_recognised(words):
    assert "order number" in talk("refund_over_amount").write(words).said[-1] or "10482" in words or "640" in words
    assert talk("refund_over_amount").write(words).said[-1] != "Thirty days."


@pytest.mark.parametrize(
    "words",
    [
        "Where is my parcel?", "how long do I have to return something?", "the lamp arrived broken", "I want a person",
        "When do I get my money back?", "what is your returns policy", "Can I cancel my order?", "kargom nerede",
        "Param ne zaman iade edilir?", "kaç gün içinde iade edebilirim", "Are vouchers refundable?", "Hello",
    ],
)  # fmt: skip
def test_a_question_about_returns_is_the_assistants(words):
    assert talk("refund_over_amount").write(words).said == ["Thirty days."]


# ── VIP to account manager.


def test_a_vip_goes_to_her_account_manager_and_everybody_else_to_the_assistant():
    vip = {"visitor.vip": True, "visitor.name": "Defne"}
    chat = talk("vip_account_manager", facts=vip, available=frozenset({"teammate:ada"})).write("Hello")
    assert (chat.handoffs[-1].teammate, chat.said) == ("ada", [])
    assert chat.handoffs[-1].note.startswith("Welcome back. Let me bring in your account manager")
    assert chat.person("returned").said == [
        "Ada has left for now. I answer what I can, and bring them back whenever you ask."
    ]
    assert chat.write("What about delivery?").said[-1] == "Thirty days."
    chat.write("And my contract?", wishing(ReasonCode.OUT_OF_SCOPE, "No article covers contracts."))
    assert [one.teammate for one in chat.handoffs] == ["ada", "ada"]
    assert talk("vip_account_manager", facts={"visitor.vip": False}).write("Hello").said == ["Thirty days."]


def test_a_vip_whose_account_manager_is_away_goes_to_a_colleague_and_is_told():
    chat = talk("vip_account_manager", facts={"visitor.vip": True, "visitor.name": "Defne"}).write("Hello")
    assert (chat.handoffs[-1].teammate, chat.handoffs[-1].team) == ("", "Support")
    assert chat.handoffs[-1].note.startswith("Your account manager is not here right now.")


# ── Assistant first, then a person.


@pytest.mark.parametrize(
    ("code", "given"),
    [
        (ReasonCode.OUT_OF_SCOPE, ReasonCode.OUT_OF_SCOPE),
        (ReasonCode.FRUSTRATION, ReasonCode.CUSTOMER_REQUEST),
        (ReasonCode.ASSISTANT_ERROR, ReasonCode.ASSISTANT_ERROR),
    ],
)
def test_where_the_assistant_ends_a_person_comes_with_its_reason(code, given):
    chat = talk("assistant_first").write("Hello").write("Marble?", wishing(code, "No article covers marble."))
    assert (chat.handoffs[-1].code, chat.handoffs[-1].reason) == (given, "No article covers marble.")
    assert chat.person("returned").said[-1].startswith("Ada has left, and I am here again.")
    assert chat.write("Delivery?").said[-1] == "Thirty days."


def test_who_falls_silent_is_asked_once_and_then_it_is_closed():
    chat = talk("assistant_first").enter("inactivity")
    assert chat.said[-1].startswith("Are you still there?")
    assert chat.later(600).ending == ""
    assert chat.later(300).ending == "resolved"


# ── Out of hours.


def test_while_the_team_works_a_person_comes_at_once():
    chat = talk("out_of_hours").write("Marble?", wishing(ReasonCode.OUT_OF_SCOPE, "No article covers marble."))
    assert (chat.handoffs[-1].urgency, chat.handoffs[-1].quiet, chat.said) == ("normal", False, [])


def test_outside_its_hours_the_question_is_kept_with_an_e_mail_address_and_nobody_waits():
    chat = talk("out_of_hours", now=MONDAY_NOON + timedelta(hours=9))
    assert chat.write("Hello").said == ["Thirty days."]
    chat.write("Marble?", wishing(ReasonCode.OUT_OF_SCOPE, "No article covers marble."))
    assert chat.said[-2].startswith("This is a question for a person, and nobody from our team is here right now.")
    assert chat.write("deniz@example.com").said[-1].startswith("Thank you. You get the answer at deniz@example.com")
    asked = chat.handoffs[-1]
    assert asked.reason == "No article covers marble. Outside business hours: answer to deniz@example.com."
    assert (asked.urgency, asked.quiet) == ("low", True)
    assert chat.person("returned").said[-1].startswith("Ada has answered")


def test_who_leaves_no_address_is_kept_too_and_who_is_known_is_not_asked():
    chat = talk("out_of_hours", now=MONDAY_NOON + timedelta(hours=9))
    chat.write("Marble?", wishing(ReasonCode.OUT_OF_SCOPE, "No article covers marble.")).write("no").write("no")
    assert chat.handoffs[-1].reason.endswith("Outside business hours, and no e-mail address.")
    known = talk("out_of_hours", now=chat.now, facts={"visitor.email": "deniz@example.com"})
    known.write("Marble?", wishing(ReasonCode.OUT_OF_SCOPE, "No article covers marble."))
    assert known.handoffs[-1].reason.endswith("answer to deniz@example.com.")
