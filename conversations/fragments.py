"""The frames of the customer's chat page: the same partials that the page and the htmx answers render."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.template.loader import render_to_string
from django.utils import translation

from conversations import turns
from conversations.hub import Feed
from conversations.live import Hint
from conversations.models import Conversation
from conversations.selectors import Speaker, chat_status, entries_here


class VisitorThread(Feed):
    """One thread as its customer sees it: entries, who is speaking, and whether something is being composed."""

    def __init__(self, conversation_id: int) -> None:
        self.conversation_id = conversation_id
        self.sent = 0  # the newest entry that its pages have
        self.heard = 0  # the newest entry that exists, theirs to see or not

    async def start(self) -> None:
        """Begin at the newest entry; what a socket missed before is its catch-up."""
        conversation = await Conversation.objects.only("last_seq").aget(pk=self.conversation_id)
        self.sent = self.heard = conversation.last_seq

    def is_behind(self, position: int) -> bool:
        """Whether entries exist that no hint spoke of."""
        return position > self.heard

    async def frames(self, hints: list[Hint], languages: set[str]) -> dict[str, str]:
        """Everything new since the last frame, and the speaker where that may have changed."""
        after = self.sent
        whats = {hint["what"] for hint in hints}
        new = await entries_here(self.conversation_id or 0, team=False, after=after) if "entries" in whats else []
        self.heard = max(self.heard, *(hint.get("seq", 0) for hint in hints))
        if new:
            self.sent = new[-1].seq
        status = await self._status() if whats & {"state", "turn"} else None
        typing = next((hint for hint in hints if hint["what"] == "typing" and hint.get("by") == "person"), None)
        if not new and status is None and typing is None:
            return {}
        context = {"entries": new, "after": after, "seq": self.sent, "status": status, "typing": typing}
        return {language: self._render(language, context) for language in languages}

    async def _status(self) -> tuple[Speaker, bool]:
        return await sync_to_async(self._read_status)()

    def _read_status(self) -> tuple[Speaker, bool]:
        conversation = Conversation.objects.get(pk=self.conversation_id)
        return chat_status(conversation, conversation.chat_page_id), turns.is_thinking(conversation.pk)

    def _render(self, language: str, context: dict[str, object]) -> str:
        with translation.override(language):
            return render_to_string("chat/page.html#frame", context)
