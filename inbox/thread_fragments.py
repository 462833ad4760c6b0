"""The frames of the conversation pane: the same partials that the page and the htmx answers render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.template.loader import render_to_string
from django.utils import translation

from conversations.hub import Feed
from conversations.live import Hint
from conversations.models import Conversation
from conversations.selectors import Entry, entries_here
from conversations.turns import is_thinking
from handoff.models import Teammate
from inbox import flows, panel, presence, thread

FRAME = "inbox/conversation.html#frame"
PARTS = ("items", "standing", "thinking", "panel", "viewers", "typing")

Parts = dict[str, Any]


def load(conversation_id: int) -> Conversation:
    """The conversation with what its frames show of it."""
    return Conversation.objects.select_related("visitor", "chat_page").get(pk=conversation_id)


def whole(conversation_id: int, *, after: int) -> Parts:
    """Everything since the entry `after`, for a page that may have missed any of it."""
    conversation = load(conversation_id)
    handoffs = panel.handoffs_of(conversation)
    flow = flows.standing(conversation, handoffs)
    new = thread.since(conversation, after)
    standing = panel.standing(conversation, handoffs, flow)
    return {
        "conversation": conversation,
        "after": after,
        "seq": max(new.last, after),
        "items": new.items,
        "standing": standing,
        "thinking": standing.thinking,
        "panel": panel.panel(conversation, handoffs, flow),
    }


async def catch_up(conversation_id: int, *, after: int, language: str) -> str:
    """A frame with what a socket has missed."""
    parts = await database_sync_to_async(whole)(conversation_id, after=after)
    return render(parts, language)


def render(parts: Parts, language: str) -> str:
    """The frame's text in this language."""
    with translation.override(language):
        return render_to_string(FRAME, parts)


class TeamThread(Feed):
    """One thread as teammates see it: every entry, what was tried, who leads, who is there and who types."""

    def __init__(self, conversation_id: int) -> None:
        self.conversation_id: int = conversation_id
        self.shown: Conversation | None = None
        self.sent = 0  # the newest entry that its pages have
        self.heard = 0  # the newest entry that exists

    async def start(self) -> None:
        """Begin at the newest entry; what a socket missed before is its catch-up."""
        self.shown = await database_sync_to_async(load)(self.conversation_id)
        self.sent = self.heard = self.shown.last_seq

    def is_behind(self, position: int) -> bool:
        """Whether entries exist that no hint spoke of."""
        return position > self.heard

    async def frames(self, hints: list[Hint], languages: set[str]) -> dict[str, str]:
        """Everything new since the last frame, and the parts that the hints say have changed."""
        whats = {hint["what"] for hint in hints}
        after = self.sent
        new = await entries_here(self.conversation_id, team=True, after=after) if "entries" in whats else []
        self.heard = max(self.heard, *(hint.get("seq", 0) for hint in hints))
        if any(entry.line for entry in new):
            whats.add("state")  # a state line whose own hint was lost still tells of a new state
        parts = (
            await database_sync_to_async(self._read)(whats, new) if self._needs_more(whats, new) else self._just(new)
        )
        if "presence" in whats:
            parts["viewers"] = await self._viewers()
        if typing := next((hint for hint in reversed(hints) if hint["what"] == "typing"), None):
            parts["typing"] = typing
        if not any(parts.get(part) is not None for part in PARTS):
            return {}
        seq = new[-1].seq if new else after
        context = {"conversation": self.shown, "after": after, "seq": seq, **parts}
        frames = {language: render(context, language) for language in languages}
        self.sent = seq
        return frames

    def _needs_more(self, whats: set[str], new: Sequence[Entry]) -> bool:
        """Whether the database must be asked again; a visitor's plain words need nothing more."""
        return bool(whats & {"state", "context", "turn", "draft"}) or any(entry.turn_id for entry in new)

    def _just(self, new: Sequence[Entry]) -> Parts:
        return {"items": thread.of_entries(new, {})} if new else {}

    def _read(self, whats: set[str], new: Sequence[Entry]) -> Parts:
        conversation = self.shown = load(self.conversation_id)
        parts: Parts = {"thinking": is_thinking(self.conversation_id)}
        items = thread.of_entries(new, thread.tried_for(new))
        if "context" in whats:
            items += thread.fresh_runs(conversation)
        if "draft" in whats:
            items += thread.drafts(self.conversation_id, start=conversation.created_at)
        if items:
            parts["items"] = items
        spoke = any(entry.turn_id for entry in new)
        if whats & {"state", "context"} or spoke:
            handoffs = panel.handoffs_of(conversation)
            flow = flows.standing(conversation, handoffs)
            parts["panel"] = panel.panel(conversation, handoffs, flow)
            if "state" in whats:
                parts["standing"] = panel.standing(conversation, handoffs, flow)
        return parts

    async def _viewers(self) -> list[Teammate]:
        ids = await presence.viewers(self.conversation_id)
        found: list[Teammate] = await database_sync_to_async(list)(Teammate.objects.filter(pk__in=ids).order_by("pk"))
        return found
