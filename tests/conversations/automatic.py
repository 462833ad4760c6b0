"""What a flow says, as a worker would have it said: in a running turn, by the function that writes every entry."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from conversations.models import Conversation, Event, Turn, Visitor
from conversations.services import Appended, append_locked, start_locked

FORM: dict[str, Any] = {
    "fields": [
        {"name": "order", "label": "Order number", "kind": "order_number", "required": True, "options": []},
        {"name": "email", "label": "E-mail", "kind": "email", "required": True, "options": []},
        {"name": "wish", "label": "What shall we do?", "kind": "choice", "options": ["Refund", "New one"]},
        {"name": "amount", "label": "Amount", "kind": "amount"},
        {"name": "day", "label": "Delivered on", "kind": "date"},
        {"name": "phone", "label": "Phone", "kind": "phone"},
        {"name": "story", "label": "What happened?", "kind": "long_text"},
    ],
    "button": "Send it",
}


@transaction.atomic
def flow_says(
    visitor: Visitor, body: str, *, author: str = "flow", name: str = "Lamp House", **params: Any
) -> Appended:
    """The words and what they offer stand at the end of the visitor's thread, which is started where there is none."""
    conversation = start_locked(visitor)
    turn = Turn.objects.create(
        conversation=conversation,
        event=Event.objects.create(kind="message.received", conversation=conversation, delivered_at=timezone.now()),
        upto_seq=conversation.last_seq,
        lease_until=timezone.now() + timedelta(minutes=1),
        state=Turn.State.RUNNING,
    )
    said = append_locked(conversation, author=author, body=body, author_name=name, turn_id=turn.pk, params=params)
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.COMPLETED, ended_at=timezone.now())
    return said


def answers(seq: int, client_id: uuid.UUID | None = None, **values: str) -> dict[str, str]:
    """What a browser posts for a form."""
    posted = {f"field.{name}": value for name, value in values.items()}
    return posted | {"form": str(seq), "client_id": str(client_id or uuid.uuid4()), "language": "en"}


def close(visitor: Visitor) -> None:
    """The visitor's thread is over."""
    Conversation.objects.filter(visitor=visitor).update(status="resolved", resolved_at=timezone.now())
