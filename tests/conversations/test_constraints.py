"""Every rule that the database holds over the record, broken on purpose (DESIGN section 4)."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, models
from django.utils import timezone

from conversations.models import (
    ChatPage,
    Conversation,
    Event,
    Field,
    FieldValue,
    Memory,
    Message,
    PageView,
    Tag,
    Turn,
    Visitor,
)
from tests.breaking import choice_fields, drop, named_rules, refused_by

pytestmark = pytest.mark.django_db

ID = uuid.UUID(int=7)


@pytest.fixture
def world(deniz, chat_page, ada) -> SimpleNamespace:
    conversation = Conversation.objects.create(chat_page=chat_page, visitor=deniz)
    event = Event.objects.create(kind="message.received", conversation=conversation)
    turn = Turn.objects.create(
        conversation=conversation, event=event, upto_seq=1, lease_until=timezone.now(), state="running"
    )
    return SimpleNamespace(chat_page=chat_page, deniz=deniz, conversation=conversation, event=event, turn=turn, ada=ada)


def message(world: SimpleNamespace, **values: Any) -> Message:
    values = {"author": "visitor", "body": "Hello", "seq": 1} | values
    return Message.objects.create(conversation=world.conversation, **values)


def turn(world: SimpleNamespace, **values: Any) -> Turn:
    event = Event.objects.create(kind="message.received", conversation=world.conversation)
    values = {"event": event, "upto_seq": 1, "lease_until": timezone.now()} | values
    return Turn.objects.create(conversation=world.conversation, **values)


def field_value(world: SimpleNamespace, **owner: Any) -> FieldValue:
    size, _ = Field.objects.get_or_create(key="size", defaults={"label": "Size"})
    return FieldValue.objects.create(**{"field": size, "value": "42"} | owner)


def twice(make: Any) -> None:
    make()
    make()


BREAKS = {
    "chat_page_locale_is_a_real_choice": lambda w: ChatPage.objects.update(locale="xx"),
    "chat_page_hue_is_a_real_choice": lambda w: ChatPage.objects.update(hue="pink"),
    "tag_colour_is_a_real_choice": lambda w: Tag.objects.create(name="vip", colour="pink"),
    "conversation_one_unresolved_per_visitor_and_page": lambda w: Conversation.objects.create(
        chat_page=w.chat_page, visitor=w.deniz, status="snoozed"
    ),
    "conversation_status_is_a_real_choice": lambda w: Conversation.objects.update(status="lost"),
    "conversation_resolved_says_when": lambda w: Conversation.objects.update(status="resolved"),
    "memory_one_value_per_key_and_visitor": lambda w: twice(
        lambda: Memory.objects.create(visitor=w.deniz, key="name", value="Deniz")
    ),
    "memory_says_something": lambda w: Memory.objects.create(visitor=w.deniz, key="name", value=""),
    "message_one_total_order": lambda w: twice(lambda: message(w)),
    "message_repeated_client_id_sends_once": lambda w: [message(w, client_id=ID, seq=seq) for seq in (1, 2)],
    "message_author_is_a_real_choice": lambda w: message(w, author="robot"),
    "message_audience_is_a_real_choice": lambda w: message(w, audience="nobody"),
    "message_author_matches_source": lambda w: message(w, author="person", teammate=w.ada),
    "message_is_not_empty": lambda w: message(w, body=" \n\t"),
    "message_line_is_the_systems": lambda w: message(w, line="handoff.requested"),
    "turn_one_per_event": lambda w: turn(w, event=w.event),
    "turn_one_running_per_conversation": lambda w: turn(w, state="running"),
    "turn_state_is_a_real_choice": lambda w: turn(w, state="lost"),
    "turn_ended_says_when": lambda w: Turn.objects.update(state="completed"),
    "visitor_one_per_signed_identity": lambda w: twice(
        lambda: Visitor.objects.create(chat_page=w.chat_page, external_id="customer-1")
    ),
    "visitor_place_source_is_a_real_choice": lambda w: Visitor.objects.update(place_source="a guess"),
    "page_view_reported_once": lambda w: twice(
        lambda: PageView.objects.create(visitor=w.deniz, view_id=ID, url="/", seen_at=timezone.now())
    ),
    "field_key_is_plain": lambda w: Field.objects.create(key="Shoe-Size", label="Shoe size"),
    "field_owner_is_a_real_choice": lambda w: Field.objects.create(key="size", label="Size", owner="nobody"),
    "field_kind_is_a_real_choice": lambda w: Field.objects.create(key="size", label="Size", kind="poem"),
    "field_one_value_per_conversation": lambda w: twice(lambda: field_value(w, conversation=w.conversation)),
    "field_one_value_per_visitor": lambda w: twice(lambda: field_value(w, visitor=w.deniz)),
    "field_value_has_one_owner": field_value,
    "field_value_says_something": lambda w: field_value(w, visitor=w.deniz, value=""),
}
# A rule that another one stands before: whatever breaks it breaks the other too, and the database names that first.
BEHIND = {"turn_state_is_a_real_choice": ("conversations_turn", ["turn_ended_says_when"])}


@pytest.mark.parametrize("rule", named_rules("conversations"))
def test_the_database_refuses_whatever_breaks(rule: str, world: SimpleNamespace):
    """A new constraint without a breaking case here fails, by its name."""
    if rule in BEHIND:
        drop(*BEHIND[rule])
    assert refused_by(lambda: BREAKS[rule](world)) == rule


@pytest.mark.parametrize(
    "source",
    [
        {"author": "person", "author_name": ""},
        {"author": "person", "author_name": "Ada", "turn": True},
        {"author": "assistant", "turn": True, "teammate": True},
        {"author": "flow", "turn": True, "teammate": True},
        {"author": "visitor", "turn": True},
        {"author": "visitor", "teammate": True},
        {"author": "system", "turn": True},
        {"author": "system", "teammate": True},
    ],
)
def test_author_and_source_always_match(source: dict[str, Any], world: SimpleNamespace):
    real = {"turn": world.turn, "teammate": world.ada}
    values = {key: real[key] if value is True else value for key, value in source.items()}
    assert refused_by(lambda: message(world, **values)) == "message_author_matches_source"


def test_a_message_of_a_person_that_we_do_not_know_needs_only_a_name(world: SimpleNamespace):
    """Case 3: an outside agent has no teammate row, and is a person all the same."""
    assert message(world, author="person", author_name="Can, Connexease").teammate_id is None


def test_two_resolved_conversations_stand_beside_an_open_one(world: SimpleNamespace):
    for _ in range(2):
        Conversation.objects.create(
            chat_page=world.chat_page, visitor=world.deniz, status="resolved", resolved_at=timezone.now()
        )
    assert world.deniz.conversations.count() == 3


@pytest.mark.parametrize("field", choice_fields(), ids=str)
def test_every_choice_field_is_held_by_a_rule(field: models.Field):
    """Rule 16: the list in the model and the one in the database are the same."""
    wanted = {value for value, _ in field.flatchoices if value != ""}
    conditions = [
        one
        for rule in field.model._meta.constraints
        if isinstance(rule, models.CheckConstraint)
        for one in _conditions(rule.condition)
    ]
    held = [set(value) - {""} for name, value in conditions if name == f"{field.name}__in"]
    held += [set(range(value + 1)) for name, value in conditions if name == f"{field.name}__lte"]
    assert wanted in held


def _conditions(condition: Any) -> list[tuple[str, Any]]:
    found = []
    for child in condition.children:
        found += [child] if isinstance(child, tuple) else _conditions(child)
    return found


def test_a_place_is_taken_once_even_by_raw_sql(world: SimpleNamespace):
    """Rule 6 holds for whoever writes, not only for the ORM."""
    message(world)
    insert = """INSERT INTO conversations_message (conversation_id, seq, author, audience, body, line, params, author_name)
                VALUES (%s, 1, 'visitor', 'everyone', 'again', '', '{}', '')"""

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(insert, [world.conversation.pk])

    assert refused_by(act) == "message_one_total_order"


def test_a_message_of_no_conversation_is_refused(db):
    with pytest.raises(IntegrityError, match="there is no conversation"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM append_entry(%s, 'system', 'everyone', 'x', '', '{}', '', NULL, NULL, NULL, '', false)", [0]
        )
