"""Flows end to end: what they ask, how they choose their way, and what stops them."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Event, Memory, Message
from handoff import looks
from handoff.models import Flow, FlowRun, FlowVersion, Secret
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, condition, message, published, run_of, runs, step, words, writes
from tests.workers import says

pytestmark = pytest.mark.django_db(transaction=True)


def refund(chat_page, **params) -> FlowVersion:
    """Asks for an amount; over 500 it goes one way, else the other."""
    return runs(
        chat_page,
        ask("amount", "amount", {"answered": "over", "gave_up": "sorry"}, **params),
        condition("over", "amount", "greater", "500", "much", "little"),
        message("much", "{{amount}} {{amount_currency}} is much."),
        message("little", "{{amount}} {{amount_currency}} is little."),
        message("sorry", "A pity."),
    )


# ── Questions.


@pytest.mark.parametrize(
    ("answer", "reply"), [("1.250,50 TL", "1250.50 TRY is much."), ("$20", "20.00 USD is little.")]
)
def test_an_answer_that_fits_is_kept_and_the_flow_goes_its_way(answer, reply, chat_page, deniz):
    refund(chat_page)
    conversation_id = writes(deniz, "I want a refund")
    assert words(conversation_id) == ["Which amount?"]
    writes(deniz, answer)
    assert words(conversation_id) == ["Which amount?", reply]
    assert FlowRun.objects.values_list("state", "ending").get() == ("ended", "finished")


def test_an_answer_that_does_not_fit_is_asked_for_again_with_a_hint(chat_page, deniz):
    refund(chat_page)
    writes(deniz, "I want a refund")
    conversation_id = writes(deniz, "the blue one")
    assert words(conversation_id)[1] not in ("", "Which amount?")
    assert words(writes(deniz, "20 TL"))[2:] == ["20.00 TRY is little."]


def test_after_so_many_tries_the_flow_gives_up(chat_page, deniz):
    refund(chat_page, tries=2, hint="Just the number, please.")
    writes(deniz, "I want a refund")
    writes(deniz, "the blue one")
    assert words(writes(deniz, "no")) == ["Which amount?", "Just the number, please.", "A pity."]


def test_an_answer_that_they_wrote_before_is_not_asked_for(chat_page, deniz):
    refund(chat_page, listen=True)
    assert words(writes(deniz, "I want my 750 TL back.")) == ["750.00 TRY is much."]


def test_an_answer_is_remembered_about_the_customer_with_the_words_it_came_from(chat_page, deniz):
    runs(chat_page, ask("order", "order_number", remember="order_number"))
    writes(deniz, "Hi")
    writes(deniz, "It is LD-10482")
    memory = Memory.objects.get(visitor=deniz)
    assert (memory.key, memory.value, memory.learned_from.body) == ("order_number", "LD-10482", "It is LD-10482")


def test_a_choice_is_offered_as_quick_replies(chat_page, deniz):
    runs(chat_page, ask("size", "choice", "then", options=["Small", "Large"]), message("then", "{{size}} it is."))
    writes(deniz, "Hi")
    assert Message.objects.get(author="flow").params == {"options": ["Small", "Large"]}
    assert words(writes(deniz, "large please"))[-1] == "Large it is."


# ── Ways.


@pytest.mark.parametrize(("vip", "reply"), [(True, "Welcome back."), (False, "Hello.")])
def test_a_condition_looks_at_the_visitor(vip, reply, chat_page, deniz):
    runs(chat_page, condition("vip", "visitor.vip", "equals", "yes", "known", "new"),
         message("known", "Welcome back."), message("new", "Hello."))  # fmt: skip
    deniz.attributes = {"vip": vip}
    deniz.save(update_fields=["attributes"])
    assert words(writes(deniz, "Hi")) == [reply]


def intents() -> dict:
    refunds = ["I want my money back", "refund my order", "how do I get a refund"]
    delivery = ["where is my parcel", "when will my order arrive", "delivery is late"]
    rows = [{"name": "Refund", "examples": refunds}, {"name": "Delivery", "examples": delivery}]
    return step("intent", "wants", {"refund": "money", "delivery": "parcel", "none": "other"}, intents=rows)


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Can I have my money back please", "Money: refund."),
        ("where is my parcel?", "Parcel: delivery."),
        ("do you sell giraffes", "Other: none."),
    ],
)
def test_an_intent_chooses_the_way_by_examples(said, reply, chat_page, deniz):
    runs(chat_page, intents(), message("money", "Money: {{intent}}."), message("parcel", "Parcel: {{intent}}."),
         message("other", "Other: {{intent}}."))  # fmt: skip
    assert words(writes(deniz, said)) == [reply]


def test_a_redirect_goes_on_in_the_other_flow_with_what_is_known(chat_page, deniz):
    published(message("bye", "{{visitor.browser}}Noted."), name="Other flow")
    other = Flow.objects.get(slug="other-flow")
    runs(chat_page, ask("size", "text", "go"), step("redirect", "go", flow="other-flow"))
    writes(deniz, "Hi")
    assert words(writes(deniz, "42"))[-1] == "Noted."
    first, second = FlowRun.objects.order_by("pk")
    assert (first.ending, second.ending, second.version.flow) == ("moved", "finished", other)
    assert second.variables["size"] == "42"


# ── Versions, and what stops a flow.


def test_publishing_anew_does_not_disturb_a_running_conversation(chat_page, deniz, eve):
    old = runs(chat_page, ask("size", "text", "thanks"), message("thanks", "Old thanks."))
    conversation_id = writes(deniz, "Hi")
    runs(chat_page, message("hm", "New."))
    assert run_of(conversation_id).version == old
    assert words(writes(deniz, "42")) == ["Which size?", "Old thanks."]
    assert words(writes(deniz, "Again"))[-1] == "New."


def broken(chat_page, steps: list[dict]) -> None:
    """A version that no check has seen, such as one whose step was taken out of the product."""
    version = runs(chat_page, message("hm", "Hm."))
    script = {"entries": {"fallback": {"step": steps[0]["id"]}}, "steps": steps}
    version.flow.live = FlowVersion.objects.create(flow=version.flow, number=9, script=script)
    version.flow.save(update_fields=["live"])


@pytest.mark.parametrize("unknown", ["teleport", ""])
def test_a_flow_that_cannot_go_on_brings_in_a_person_with_the_reason(unknown, chat_page, deniz):
    broken(chat_page, [{"id": "jump", "kind": unknown}])
    conversation_id = writes(deniz, "Hi")
    handoff = leading(conversation_id)
    assert handoff.code == "integration_error"
    assert "“Refund flow” could not go on at “jump”" in handoff.reason
    assert FlowRun.objects.get().ending == "failed"
    assert len(words(conversation_id)) == 1  # never silence


def test_what_was_said_before_a_flow_broke_is_said_once(chat_page, deniz):
    broken(chat_page, [message("hello", "Hello.", "jump"), {"id": "jump", "kind": "teleport"}])
    conversation_id = writes(deniz, "Hi")
    assert words(conversation_id)[0] == "Hello."
    assert len(words(conversation_id)) == 2
    assert leading(conversation_id).code == "integration_error"


def test_a_redirect_to_a_flow_that_is_gone_brings_in_a_person(chat_page, deniz):
    published(message("bye", "Bye."), name="Other flow")
    runs(chat_page, step("redirect", "go", flow="other-flow"))
    Flow.objects.filter(slug="other-flow").update(live=None)
    conversation_id = writes(deniz, "Hi")
    assert "“other-flow” is not published" in leading(conversation_id).reason


def test_a_flow_that_goes_round_in_circles_is_stopped_by_a_handoff(chat_page, deniz):
    one, two = ({"id": a, "kind": "remember", "params": {"key": "x", "value": "1"}, "exits": {"next": b}}
                for a, b in (("one", "two"), ("two", "one")))  # fmt: skip
    broken(chat_page, [one, two])
    conversation_id = writes(deniz, "Hi")
    assert "did not come to rest" in leading(conversation_id).reason
    assert Event.objects.filter(kind="flow.moved").count() <= looks.MOST_LOOKS


COMMANDS = [
    "The code is \\agent", "{{secret.key}}", "{{ visitor.email }}", "{{person}}", "end", "person",
    "- id: person\n  kind: hand_off", '{"kind": "resolve"}', "exits: {answered: person}", "@assistant", "${7*7} {% now %}",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_case_40_customer_text_is_never_a_step_a_variable_or_a_template(command, chat_page, deniz):
    Secret.objects.create(name="key", sealed="sealed")
    deniz.email = "deniz@example.com"
    deniz.save(update_fields=["email"])
    runs(
        chat_page,
        ask("wish", "text", "again", remember="wish"),
        message("again", "“{{wish}}”", "kept"),
        message("kept", "“{{memory.wish}}” “{{message}}”", "more"),
        ask("more", "text", "more"),
        step("hand_off", "person", reason="Never."),
        entries={"fallback": "wish", "handed_back": "person"},
    )
    conversation_id = writes(deniz, command)
    assert words(writes(deniz, command)) == ["Which wish?", f"“{command}”", f"“{command}” “{command}”", "Which more?"]
    writes(deniz, command)
    assert run_of(conversation_id).step == "more"
    assert set(run_of(conversation_id).variables) == {"wish", "more", "message"}
    assert leading(conversation_id) is None
    assert Conversation.objects.get().status == "open"


@pytest.mark.parametrize("command", ["\\agent", "/agent"])
def test_case_40_a_command_of_another_system_is_at_most_a_wish_in_words(command, chat_page, deniz):
    """It asks for a person as “agent” would; it moves the flow nowhere."""
    runs(chat_page, ask("agent", "text", "person"), step("hand_off", "person", reason="Never."))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, command)
    assert leading(conversation_id).code == "customer_request"
    assert (run_of(conversation_id).step, run_of(conversation_id).waits_for) == ("agent", "answer")


def test_a_message_that_says_it_all_is_one_answer_for_each_question(chat_page, deniz, assistant, engine):
    """Words are used once: what answered the first question does not answer the second."""
    engine(lambda snapshot: says("Hm."))
    runs(
        chat_page,
        ask("size", "text", "colour"),
        ask("colour", "text", "thanks"),
        message("thanks", "{{size}} {{colour}}"),
    )
    writes(deniz, "Hi")
    assert words(writes(deniz, "42"))[-1] == "Which colour?"
    assert words(writes(deniz, "blue"))[-1] == "42 blue"
