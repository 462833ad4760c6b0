"""Lets wishes come true under the conversation's lock: words, facts, tags, fields, assignments, handoffs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from conversations import events
from conversations.models import Conversation, Field, FieldValue, Message, Turn
from conversations.models import Tag as TagRow
from conversations.services import append_locked, line_locked, remember_locked
from handoff.assignments import Landing, assign_by_flow_locked
from handoff.flows import answers
from handoff.models import Handoff, Team, Teammate
from handoff.outcomes import Assign, Remember, RequestHandoff, Say, SetField, Tag, Trouble, Wish
from handoff.services import customers_note, open_locked


@dataclass(frozen=True, slots=True)
class Speaking:
    """In whose name and in which turn wishes come true."""

    turn: Turn
    author: str  # assistant or flow
    name_of: Callable[[str], str]  # what the customer sees beside the words of either


def apply_locked(conversation: Conversation, wishes: Sequence[Wish], speaking: Speaking) -> Handoff | None:
    """Every wish in its order, in the caller's transaction; returns the handoff that was opened."""
    opened: Handoff | None = None
    for wish in wishes:
        if isinstance(wish, RequestHandoff):
            opened = _request(conversation, wish, speaking)
        else:
            DO[type(wish)](conversation, wish, speaking)
    return opened


def _request(conversation: Conversation, wish: RequestHandoff, speaking: Speaking) -> Handoff:
    note = wish.note or customers_note(conversation.chat_page_id)
    if not wish.quiet:
        _write(conversation, note, speaking.author, speaking)
    handoff, _opened = open_locked(
        conversation,
        code=wish.code,
        reason=wish.reason,
        by=speaking.author,
        open_question=wish.open_question,
        turn=speaking.turn,
        urgency=wish.urgency,
        lands_on=_landing(wish.team, wish.teammate),
    )
    return handoff


def _landing(team: str, teammate: str) -> Landing:
    return Landing(
        team=Team.objects.filter(name=team).first() if team else None,
        teammate=Teammate.objects.filter(username=teammate, is_active=True).first() if teammate else None,
    )


def _say(conversation: Conversation, wish: Say, speaking: Speaking) -> None:
    _write(conversation, wish.text, wish.by or speaking.author, speaking, wish.params)


def _write(
    conversation: Conversation, words: str, author: str, speaking: Speaking, params: dict[str, Any] | None = None
) -> None:
    append_locked(
        conversation,
        author=author,
        body=words[:4000],
        author_name=speaking.name_of(author),
        turn_id=speaking.turn.pk,
        params=params,
    )


def _remember(conversation: Conversation, wish: Remember, speaking: Speaking) -> None:
    learned_from = Message.objects.filter(conversation=conversation, seq=wish.seq).first()
    remember_locked(conversation, key=wish.key, value=wish.value, message_id=learned_from.pk if learned_from else None)


def _tag(conversation: Conversation, wish: Tag, speaking: Speaking) -> None:
    found = TagRow.objects.filter(name=wish.name).first()
    if found is None:
        _trouble(
            conversation, Trouble(f"The flow could not tag it “{wish.name}”: there is no such tag any more."), speaking
        )
    elif wish.add:
        conversation.tags.add(found)
    else:
        conversation.tags.remove(found)
    events.announce("context", conversation_id=conversation.pk)


def _set_field(conversation: Conversation, wish: SetField, speaking: Speaking) -> None:
    """A value that does not fit its field is told to teammates and changes nothing."""
    found = Field.objects.filter(key=wish.key).first()
    value = field_value(found, wish.value, conversation.language or "en") if found else None
    if found is None or value is None:
        words = f"The flow could not set “{wish.key}” to “{wish.value[:80]}”: " + (
            "that is no value for it." if found else "there is no such field any more."
        )
        return _trouble(conversation, Trouble(words), speaking)
    owner: dict[str, Any] = (
        {"conversation": conversation}
        if found.owner == Field.Owner.CONVERSATION
        else {"visitor_id": conversation.visitor_id}
    )
    if value:
        FieldValue.objects.update_or_create(field=found, **owner, defaults={"value": value[:500]})
    else:
        FieldValue.objects.filter(field=found, **owner).delete()
    events.announce("context", conversation_id=conversation.pk)
    return None


def field_value(field: Field, text: str, language: str) -> str | None:
    """The text as this field keeps it: canonical, empty to clear it, None where it does not fit."""
    if not text.strip() or field.kind == Field.Kind.TEXT:
        return text.strip()
    if field.kind == Field.Kind.CHECKBOX:
        said = text.strip().lower()
        return (
            "yes" if said in ("yes", "true", "1", "evet") else "no" if said in ("no", "false", "0", "hayır") else None
        )
    taken = answers.check(
        field.kind,
        text,
        language=language,
        today=timezone.localdate(),
        options=tuple(field.choices),
        currency="",
        pattern="",
    )
    return taken.value if isinstance(taken, answers.Taken) else None


def _assign(conversation: Conversation, wish: Assign, speaking: Speaking) -> None:
    lands_on = _landing(wish.team, wish.teammate)
    if lands_on.team or lands_on.teammate:
        assign_by_flow_locked(conversation, lands_on)
    else:
        words = f"The flow could not assign it to {wish.team or wish.teammate}: not here any more."
        _trouble(conversation, Trouble(words), speaking)


def _trouble(conversation: Conversation, wish: Trouble, speaking: Speaking) -> None:
    line_locked(conversation, "flow.trouble", words=wish.words)


DO: dict[type, Callable[[Conversation, Any, Speaking], None]] = {
    Say: _say,
    Remember: _remember,
    Tag: _tag,
    SetField: _set_field,
    Assign: _assign,
    Trouble: _trouble,
}
