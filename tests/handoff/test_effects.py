"""What the steps of a flow do to the record: messages with what stands below them, facts, tags, fields, assignments."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Field, FieldValue, Memory, Message, Tag
from handoff.models import Assignment, Team, Teammate
from tests.handoff.flow_cast import ask, message, run_of, runs, step, words, writes

pytestmark = pytest.mark.django_db(transaction=True)


def field(key: str, kind: str = "text", owner: str = "conversation", choices: tuple[str, ...] = ()) -> Field:
    return Field.objects.create(key=key, label=key.title(), kind=kind, owner=owner, choices=list(choices))


def trouble() -> list[str]:
    return [one.params["words"] for one in Message.objects.filter(line="flow.trouble").order_by("seq")]


def test_a_message_carries_quick_replies_and_a_card(chat_page, deniz):
    runs(
        chat_page,
        message(
            "hello", "Hello {{visitor.first_name}}!", options=["Refund", "Delivery"],
            card_title="Returns", card_text="How it works", card_url="/demo/returns/",
        ),
    )  # fmt: skip
    deniz.name = "Deniz Şahin"
    deniz.save(update_fields=["name"])
    writes(deniz, "Hi")
    said = Message.objects.get(author="flow")
    assert (said.body, said.author_name) == ("Hello Deniz!", "Shop")
    assert said.params == {
        "options": ["Refund", "Delivery"],
        "card": {"title": "Returns", "text": "How it works", "url": "/demo/returns/"},
    }


def test_a_message_without_words_is_not_said(chat_page, deniz):
    runs(chat_page, message("hello", "{{visitor.name}}", "then"), message("then", "Welcome."))
    assert words(writes(deniz, "Hi")) == ["Welcome."]


def test_the_flow_speaks_in_the_assistants_name_where_there_is_one(chat_page, assistant, deniz):
    runs(chat_page, message("hello", "Hello from {{assistant.name}}"))
    writes(deniz, "Hi")
    assert Message.objects.filter(author="flow").values_list("author_name", "body").get() == ("Lumi", "Hello from Lumi")


def test_a_tag_is_put_on_and_taken_off(chat_page, deniz):
    Tag.objects.create(name="refund")
    old = Tag.objects.create(name="new")
    Conversation.objects.create(chat_page=chat_page, visitor=deniz).tags.add(old)
    runs(chat_page, step("tag", "on", "off", tag="refund"), step("tag", "off", tag="new", way="remove"))
    conversation_id = writes(deniz, "Hi")
    assert [str(one) for one in Conversation.objects.get(pk=conversation_id).tags.all()] == ["refund"]


def test_a_tag_that_is_gone_is_told_to_teammates_and_stops_nothing(chat_page, deniz):
    Tag.objects.create(name="refund")
    runs(chat_page, step("tag", "on", "then", tag="refund"), message("then", "Noted."))
    Tag.objects.all().delete()
    assert words(writes(deniz, "Hi")) == ["Noted."]
    assert trouble() == ["The flow could not tag it “refund”: there is no such tag any more."]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("text", " as it is ", "as it is"),
        ("number", "1.250", "1250"),
        ("date", "29.10.2026", "2026-10-29"),
        ("checkbox", "Evet", "yes"),
        ("choice", "large", "Large"),
    ],
)
def test_a_field_keeps_a_value_that_fits_it(kind, value, kept, chat_page, deniz):
    field("size", kind, choices=("Small", "Large"))
    deniz.language = "tr"
    deniz.save(update_fields=["language"])
    runs(chat_page, ask("size", "text", "keep"), step("set_field", "keep", field="size", value="{{size}}"))
    writes(deniz, "Hi")
    conversation_id = writes(deniz, value)
    assert FieldValue.objects.filter(conversation_id=conversation_id).values_list("value", flat=True).get() == kept


def test_a_value_that_does_not_fit_its_field_changes_nothing_and_is_told(chat_page, deniz):
    field("size", "number")
    runs(
        chat_page,
        step("set_field", "first", "second", field="size", value="42"),
        step("set_field", "second", "then", field="size", value="as big as a house"),
        message("then", "Size {{field.size}}."),
    )
    assert words(writes(deniz, "Hi")) == ["Size 42."]
    assert trouble() == ["The flow could not set “size” to “as big as a house”: that is no value for it."]


def test_a_field_of_the_visitor_is_kept_of_the_visitor_and_can_be_cleared(chat_page, deniz):
    field("plan", owner="visitor")
    runs(chat_page, step("set_field", "keep", "wait", field="plan", value="Gold"), ask("wait", "text", "clear"),
         step("set_field", "clear", field="plan", value=""))  # fmt: skip
    writes(deniz, "Hi")
    assert FieldValue.objects.values_list("visitor_id", "value").get() == (deniz.pk, "Gold")
    writes(deniz, "Clear it")
    assert not FieldValue.objects.exists()


def test_what_is_remembered_knows_the_message_that_it_was_learned_from(chat_page, deniz):
    runs(chat_page, step("remember", "keep", "then", key="wish", value="{{message}}"),
         message("then", "I remember: {{memory.wish}}"))  # fmt: skip
    assert words(writes(deniz, "A blue one")) == ["I remember: A blue one"]
    memory = Memory.objects.get(visitor=deniz)
    assert (memory.key, memory.value, memory.learned_from.seq) == ("wish", "A blue one", 1)


def test_a_name_that_was_just_learned_is_known_to_the_next_step(chat_page, deniz):
    runs(
        chat_page,
        message("who", "Hello {{visitor.name}}!", "name"),
        ask("name", "text", "keep"),
        message("keep", "So you are {{visitor.name}}{{name}}?", "learn"),
        step("remember", "learn", "then", key="name", value="{{name}}"),
        message("then", "Welcome {{visitor.first_name}}."),
    )
    writes(deniz, "Hi")
    assert words(writes(deniz, "Deniz Şahin"))[-2:] == ["So you are Deniz Şahin?", "Welcome Deniz."]


def test_nothing_known_is_nothing_remembered(chat_page, deniz):
    runs(chat_page, step("remember", "keep", key="plan", value="{{meta.plan}}"))
    writes(deniz, "Hi")
    assert not Memory.objects.exists()


def test_a_flow_assigns_a_teammate_and_a_team_one_beside_the_other(chat_page, deniz, ada, bruno, team):
    runs(chat_page, step("assign_user", "who", "queue", teammate="bruno"), step("assign_team", "queue", team="Support"))
    writes(deniz, "Hi")
    assignment = Assignment.objects.get()
    assert (assignment.teammate, assignment.team) == (bruno, team)
    assert list(Message.objects.filter(line="assigned.flow").values_list("audience", flat=True)) == ["team", "team"]


def test_an_assignment_to_somebody_who_is_gone_is_told_and_stops_nothing(chat_page, deniz, bruno, team):
    runs(chat_page, step("assign_user", "who", "queue", teammate="bruno"), step("assign_team", "queue", "then", team="Support"),
         message("then", "Thank you."))  # fmt: skip
    Teammate.objects.filter(pk=bruno.pk).update(is_active=False)
    Team.objects.all().delete()
    assert words(writes(deniz, "Hi")) == ["Thank you."]
    assert not Assignment.objects.exists()
    assert trouble() == [
        "The flow could not assign it to bruno: not here any more.",
        "The flow could not assign it to Support: not here any more.",
    ]


def contact(what: str = "email") -> dict:
    return step("capture_contact", "contact", "thanks", what=what, question="How do we reach you?")


def test_a_contact_that_we_have_is_used_and_not_asked_for(chat_page, deniz):
    deniz.email = "deniz@example.com"
    deniz.save(update_fields=["email"])
    runs(chat_page, contact(), message("thanks", "We write to {{email}}."))
    assert words(writes(deniz, "Hi")) == ["We write to deniz@example.com."]


def test_a_contact_that_we_lack_is_asked_for_checked_and_kept(chat_page, deniz):
    runs(chat_page, contact(), message("thanks", "We write to {{email}}."))
    writes(deniz, "Hi")
    writes(deniz, "deniz at home")
    conversation_id = writes(deniz, "deniz@example.com please")
    said = words(conversation_id)
    assert (said[0], said[-1], len(said)) == ("How do we reach you?", "We write to deniz@example.com.", 3)
    deniz.refresh_from_db()
    assert deniz.email == "deniz@example.com"


def form() -> dict:
    fields = [
        {"name": "order", "label": "Order", "kind": "text", "required": True},
        {"name": "amount", "label": "Amount", "kind": "amount", "required": True},
        {"name": "why", "label": "Why", "kind": "long_text", "required": False},
    ]
    return step("form", "refund", "thanks", text="Please fill this in.", fields=fields)


def test_a_form_asks_at_once_and_each_answer_becomes_a_variable(chat_page, deniz):
    runs(chat_page, form(), message("thanks", "{{order}}: {{amount}} {{amount_currency}} {{why}}"))
    writes(deniz, "Hi")
    shown = Message.objects.get(author="flow")
    assert [one["name"] for one in shown.params["form"]["fields"]] == ["order", "amount", "why"]
    conversation_id = writes(deniz, "…", {"order": "LD-1", "amount": "1.250,50 TL", "why": ""})
    assert words(conversation_id)[-1] == "LD-1: 1250.50 TRY"


def test_a_form_is_shown_again_with_a_hint_and_then_given_up(chat_page, deniz):
    runs(chat_page, form() | {"exits": {"answered": "thanks", "gave_up": "sorry"}}, message("thanks", "Thanks."),
         message("sorry", "A pity."))  # fmt: skip
    writes(deniz, "Hi")
    writes(deniz, "What form?")
    conversation_id = writes(deniz, "…", {"order": "LD-1", "amount": "a lot"})
    said = words(conversation_id)
    assert said[:2] == ["Please fill this in."] * 2
    assert said[2].startswith("Amount: ")
    assert run_of(conversation_id).tries == 2
    assert words(writes(deniz, "No"))[-1] == "A pity."
