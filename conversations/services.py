"""The only writers of the record. Each opens its transaction at its door; `…_locked` take a locked row."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from conversations import events, lines, live, pool, selectors
from conversations.models import Conversation, Memory, PageView, Visitor

LONGEST_MESSAGE = 4000
_POST = "SELECT * FROM post_visitor_message(%s, %s, %s, %s, %s, %s)"
_APPEND = "SELECT * FROM append_entry(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


class UnknownVisitor(Exception):
    """The token was ours, but its visitor is gone or belongs to another chat page."""


class FormIsGone(Exception):
    """The form was answered, another one took its place, or its conversation has ended."""


class StillOpen(Exception):
    """The visitor already has an unresolved conversation on this chat page."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(f"conversation {conversation.pk} is still open")
        self.conversation = conversation


@dataclass(frozen=True, slots=True)
class Posted:
    """A visitor's message that is safely in the thread; `added` is false when it had been sent before."""

    conversation_id: int
    public_id: uuid.UUID
    id: int
    seq: int
    created_at: datetime
    added: bool
    started: bool


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry that has its place; `added` is false when this client_id had been sent before."""

    id: int
    seq: int
    created_at: datetime
    added: bool


@transaction.atomic(durable=True)
def post_visitor_message(
    *, visitor: uuid.UUID, chat_page: str, client_id: uuid.UUID, body: str, params: Mapping[str, Any] | None = None
) -> Posted:
    """Put the visitor's words at the end of their unresolved conversation, which is started where there is none.

    Known by its client_id, a repeated message is returned as it stands and nothing is written.
    """
    return _post_inside(_post_params(visitor, chat_page, client_id, body, params))


@transaction.atomic(durable=True)
def answer_form(*, visitor: Visitor, seq: int, client_id: uuid.UUID, body: str, values: Mapping[str, str]) -> Posted:
    """Put the visitor's answers to the form at the end of its thread, once; FormIsGone where it is not open.

    Looked at behind the lock, so that of two tabs one answers it.
    """
    mine = Conversation.objects.filter(visitor=visitor, chat_page_id=visitor.chat_page_id).unresolved()
    thread = mine.select_for_update(no_key=True).first()
    is_open = thread is not None and selectors.open_form(thread.pk, seq) is not None
    if not is_open and not selectors.was_sent(visitor.pk, client_id):
        raise FormIsGone
    params = {"form": seq, "values": dict(values)}
    return _post_inside(_post_params(visitor.public_id, visitor.chat_page.slug, client_id, body, params))


async def post_visitor_message_here(
    *, visitor: uuid.UUID, chat_page: str, client_id: uuid.UUID, body: str, params: Mapping[str, Any] | None = None
) -> Posted:
    """The same rule on the running event loop: one statement, no thread (DESIGN section 3)."""
    found = await pool.rows(_POST, _post_params(visitor, chat_page, client_id, body, params))
    posted = _posted(found[0] if found else None)
    if posted.added:
        await live.publish_here(live.hint("entries", posted.conversation_id, seq=posted.seq, first=posted.started))
        live.wake_drain()
    return posted


def _post_inside(post: tuple[Any, ...]) -> Posted:
    with connection.cursor() as cursor:
        cursor.execute(_POST, post)
        posted = _posted(cursor.fetchone())
    if posted.added:
        transaction.on_commit(lambda: _tell(posted))
    return posted


def _post_params(
    visitor: uuid.UUID, chat_page: str, client_id: uuid.UUID, body: str, params: Mapping[str, Any] | None
) -> tuple[Any, ...]:
    told = json.dumps(dict(params)) if params else "{}"
    return visitor, chat_page, client_id, body, events.is_heard("message.received"), told


def _posted(row: Sequence[Any] | None) -> Posted:
    if row is None:
        raise UnknownVisitor
    return Posted(*row)


def _tell(posted: Posted) -> None:
    live.publish(live.hint("entries", posted.conversation_id, seq=posted.seq, first=posted.started))
    live.wake_drain()


def append_locked(
    conversation: Conversation,
    *,
    author: str,
    body: str,
    author_name: str = "",
    teammate_id: int | None = None,
    turn_id: int | None = None,
    client_id: uuid.UUID | None = None,
    audience: str = "everyone",
    line: str = "",
    params: Mapping[str, Any] | None = None,
) -> Appended:
    """Give the entry the conversation's next seq, in the caller's transaction, and announce it after commit.

    The database refuses automation here when a person leads (IntegrityError), whatever the caller believed.
    """
    event = "" if line else "message.sent"
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND,
            (conversation.pk, author, audience, body, line, json.dumps(dict(params or {})), author_name[:120],
             teammate_id, turn_id, client_id, event, bool(event) and events.is_heard(event)),
        )  # fmt: skip
        appended = Appended(*cursor.fetchone())
    if appended.added:
        conversation.last_seq = appended.seq
        events.announce("entries", conversation_id=conversation.pk, seq=appended.seq)
    return appended


def line_locked(conversation: Conversation, kind: str, **params: Any) -> Appended:
    """Put a state line at the end of the thread; who sees it is the kind's own."""
    return append_locked(
        conversation, author="system", body="", line=kind, params=params, audience=lines.LINES[kind].audience
    )


def remember_locked(conversation: Conversation, *, key: str, value: str, message_id: int | None) -> Memory:
    """Keep one fact about the visitor; a new value takes the place of the old one."""
    memory, _ = Memory.objects.update_or_create(
        visitor_id=conversation.visitor_id,
        key=key[:60],
        defaults={"value": value[:500], "learned_from_id": message_id},
    )
    if key in ("name", "email", "phone"):
        _claim(conversation.visitor_id, key, value)
    events.record(
        "memory.learned", conversation_id=conversation.pk, data={"visitor_id": conversation.visitor_id, "key": key}
    )
    events.announce("context", conversation_id=conversation.pk)
    return memory


def _claim(visitor_id: int, key: str, value: str) -> None:
    """What they say of themselves fills a gap, and never replaces what a host page has signed."""
    field = Visitor._meta.get_field(key)
    Visitor.objects.filter(pk=visitor_id, **{key: ""}).update(
        **{key: value[: getattr(field, "max_length", None) or 500]}
    )


@transaction.atomic(durable=True)
def note_opened(*, visitor_id: int) -> None:
    """The journal tells that the visitor opened the chat with nothing going on, so that somebody may greet them."""
    events.record("chat.opened", conversation_id=None, data={"visitor_id": visitor_id})


@transaction.atomic(durable=True)
def note_pages(*, visitor_id: int, views: Sequence[Mapping[str, Any]]) -> None:
    """Keep the pages that a visitor browsed; a repeated report of one changes nothing."""
    PageView.objects.bulk_create([PageView(visitor_id=visitor_id, **view) for view in views], ignore_conflicts=True)
    newest = max(views, key=lambda view: view["seen_at"], default=None)
    if newest:
        Visitor.objects.filter(pk=visitor_id).update(
            page_url=newest["url"], page_title=newest["title"], last_seen_at=timezone.now()
        )
    conversation = Conversation.objects.filter(visitor_id=visitor_id).unresolved().first()
    if conversation and views:
        events.announce("context", conversation_id=conversation.pk)


def resolve_locked(conversation: Conversation, *, teammate_id: int | None = None) -> Conversation:
    """Close the thread; what the visitor writes next starts a new one. A resolved one stays as it is."""
    if conversation.status == Conversation.Status.RESOLVED:
        return conversation
    conversation.status = Conversation.Status.RESOLVED
    conversation.resolved_at = timezone.now()
    conversation.save(update_fields=["status", "resolved_at"])
    events.record("conversation.resolved", conversation_id=conversation.pk, data={}, teammate_id=teammate_id)
    events.announce("state", conversation_id=conversation.pk)
    return conversation


def reopen_locked(conversation: Conversation, *, name: str, teammate_id: int | None = None) -> Conversation:
    """Let a resolved thread go on. StillOpen when the visitor has started a newer one here meanwhile."""
    if conversation.status != Conversation.Status.RESOLVED:
        return conversation
    conversation.status = Conversation.Status.OPEN
    conversation.resolved_at = None
    try:
        with transaction.atomic():
            conversation.save(update_fields=["status", "resolved_at"])
    except IntegrityError:
        # The unique constraint decides, so that a message which starts a newer one at this moment is seen too.
        newer = Conversation.objects.filter(
            visitor_id=conversation.visitor_id, chat_page_id=conversation.chat_page_id
        ).unresolved()
        raise StillOpen(newer.get()) from None
    line_locked(conversation, "conversation.reopened", name=name)
    events.record("conversation.reopened", conversation_id=conversation.pk, data={}, teammate_id=teammate_id)
    events.announce("state", conversation_id=conversation.pk)
    return conversation


def start_locked(visitor: Visitor) -> Conversation:
    """The visitor's unresolved conversation, locked; started where there is none.

    A message may start one at the same moment, and a teammate may finish the one that was found: then it
    comes round again, as `post_visitor_message` does in the database.
    """
    mine = Conversation.objects.filter(visitor=visitor, chat_page_id=visitor.chat_page_id).unresolved()
    language = visitor.language.split("-")[0][:10] or visitor.chat_page.locale
    while True:
        if found := mine.select_for_update(no_key=True).first():
            return found
        with suppress(IntegrityError), transaction.atomic():
            started = Conversation.objects.create(visitor=visitor, chat_page_id=visitor.chat_page_id, language=language)
            events.record("conversation.started", conversation_id=started.pk, data={})
