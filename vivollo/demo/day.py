"""A day of earlier conversations in every state, so that the inbox shows what it is for on its first run."""

from __future__ import annotations

from vivollo.demo.open_conversations import AT_WORK
from vivollo.demo.past_conversations import FINISHED
from vivollo.demo.shapes import CannedConversation

CANNED_CONVERSATIONS: tuple[CannedConversation, ...] = (*AT_WORK, *FINISHED)
