"""The record: what was said, by whom, where they came from."""

from conversations.models.conversations import ChatPage, Conversation, Tag
from conversations.models.fields import Field, FieldValue
from conversations.models.journal import Event
from conversations.models.memories import Memory
from conversations.models.messages import Message
from conversations.models.turns import Turn
from conversations.models.visitors import PageView, Visitor

__all__ = [
    "ChatPage",
    "Conversation",
    "Event",
    "Field",
    "FieldValue",
    "Memory",
    "Message",
    "PageView",
    "Tag",
    "Turn",
    "Visitor",
]
