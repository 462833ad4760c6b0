"""Fields in the admin: what is kept keeps its meaning, whatever is changed about the field."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, Field, FieldValue, Visitor
from tests.vivollo.desk import address


def form(**changes):
    """What the form of a field sends."""
    return {
        "label": "Contract",
        "key": "contract",
        "owner": "visitor",
        "kind": "choice",
        "choices": "none, yearly",
    } | changes


@pytest.fixture
def contract(deniz):
    """Deniz has a yearly contract."""
    field = Field.objects.create(
        key="contract", label="Contract", owner="visitor", kind="choice", choices=["none", "yearly"]
    )
    FieldValue.objects.create(field=field, visitor=deniz, value="yearly")
    return field


def test_a_new_field_is_kept_with_its_list(desk):
    assert desk.post(address(Field, "add"), form()).status_code == 302
    assert Field.objects.values_list("key", "choices").get() == ("contract", ["none", "yearly"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"choices": "yearly"}, "Name at least two"),
        ({"key": "2nd"}, "beginning with a letter"),
        ({"key": "Contract"}, "Small letters"),
    ],
)
def test_a_field_that_flows_could_not_use_is_refused(desk, changes, why):
    assert why in desk.post(address(Field, "add"), form(**changes)).content.decode()
    assert not Field.objects.exists()


def test_only_one_of_a_list_has_a_list(desk):
    desk.post(address(Field, "add"), form(kind="text"))
    assert Field.objects.get().choices == []


def test_what_a_field_with_values_is_called_and_whose_it_is_stays(desk, contract):
    desk.post(address(Field, "change", contract.pk), form(label="The contract", key="other", owner="conversation"))
    contract.refresh_from_db()
    assert (contract.label, contract.key, contract.owner) == ("The contract", "contract", "visitor")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "number"}, "One value is kept as “one of a list”."),
        ({"choices": "none, monthly"}, "Still kept somewhere: yearly."),
    ],
)
def test_a_change_that_its_values_do_not_fit_is_refused(desk, contract, changes, why):
    assert why in desk.post(address(Field, "change", contract.pk), form(**changes)).content.decode()
    contract.refresh_from_db()
    assert (contract.kind, contract.choices) == ("choice", ["none", "yearly"])


def test_a_field_without_values_may_become_anything_and_go(desk):
    field = Field.objects.create(key="size", label="Size")
    desk.post(address(Field, "change", field.pk), form(key="shoe_size", kind="number", owner="conversation"))
    field.refresh_from_db()
    assert (field.key, field.kind, field.owner) == ("shoe_size", "number", "conversation")
    desk.post(address(Field, "delete", field.pk), {"post": "yes"})
    assert not Field.objects.exists()


def test_a_field_with_values_is_kept_and_the_page_says_why(desk, contract):
    answer = desk.post(address(Field, "delete", contract.pk), {"post": "yes"}, follow=True)
    assert "One value is kept of “Contract”" in answer.content.decode()
    assert Field.objects.exists()


def test_values_are_read_with_the_visitor_and_with_the_conversation(desk, contract, deniz, say):
    conversation = Conversation.objects.get(pk=say(deniz, "Hello").conversation_id)
    Field.objects.create(key="order_value", label="Order value", kind="number").values.create(
        conversation=conversation, value="640"
    )
    visitor = desk.get(address(Visitor, "change", deniz.pk)).content.decode()
    assert "<dt>Contract</dt><dd>yearly</dd>" in visitor
    thread = desk.get(address(Conversation, "change", conversation.pk)).content.decode()
    assert "<dt>Order value</dt><dd>640</dd>" in thread
