"""Where a flow speaks before the customer does: whether it greets, and the conversation in which it does."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from conversations.models import Conversation, Visitor
from conversations.services import start_locked
from handoff.stands import has_entry

GREETS_AGAIN_AFTER = timedelta(hours=1)  # a conversation that was closed lately is not begun anew by a reload


def greets(chat_page_id: int) -> bool:
    """Whether the chat page's flow speaks before the customer does."""
    return has_entry(chat_page_id, "start")


def greeted_locked(visitor_id: int) -> Conversation | None:
    """The conversation in which the flow speaks first, begun now; None where it does not, or one is there already."""
    visitor = Visitor.objects.select_related("chat_page").get(pk=visitor_id)
    if not greets(visitor.chat_page_id):
        return None
    lately = timezone.now() - GREETS_AGAIN_AFTER
    theirs = Conversation.objects.filter(visitor=visitor, chat_page_id=visitor.chat_page_id)
    if theirs.unresolved().exists() or theirs.filter(resolved_at__gt=lately).exists():
        return None
    return start_locked(visitor)
