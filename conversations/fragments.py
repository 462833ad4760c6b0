"""The frames of the customer's chat page: the same partials that the page and the answers to its posts render."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.template import loader
from django.utils import translation

from conversations import turns
from conversations.hub import Feed
from conversations.live import Hint
from conversations.models import ChatPage, Conversation, Visitor
from conversations.offers import Form
from conversations.selectors import Entry, Speaker, asking, chat_status, entries, entries_here, thread_here

Status = tuple[Speaker, bool]  # who is speaking, and whether they are composing something
OTHERS_TO_SPEAK = {"person", "system"}  # after an entry of theirs the header may have changed


@functools.cache
def _partial(name: str) -> Any:
    return loader.get_template(f"chat/page.html#{name}")


def frame(
    language: str,
    conversation: uuid.UUID | None,
    *,
    after: int,
    seq: int,
    news: Sequence[Entry] = (),
    status: Status | None = None,
    typing: str = "",
    greeting: bool = False,
) -> str:
    """The news of one thread; where it stands (after, seq) lets the page see a gap, and skip what it has."""
    speaker, thinking = status or (None, False)
    context = {
        "conversation": conversation or "",
        "after": after,
        "seq": seq,
        "entries": news,
        "speaker": speaker,
        "thinking": thinking,
        "typing": typing,
        "greeting": greeting,
        **offered(news, speaker),
    }
    with translation.override(language):
        return str(_partial("frame").render(context))


def offered(news: Sequence[Entry], speaker: Speaker | None) -> dict[str, Any]:
    """What the visitor may press or fill in now. News always reach to the newest entry, so its end decides."""
    if not news or (speaker and speaker.kind == "finished"):
        return {"options_of": 0, "form_of": 0, "form": None}
    asked = asking(news)
    return {"options_of": news[-1].seq, "form_of": asked.seq if asked else 0, "form": asked.form if asked else None}


def form_again(seq: int, form: Form, language: str) -> str:
    """The form with what was typed, and what is wrong with it."""
    with translation.override(language):
        return str(_partial("form").render({"form_of": seq, "form": form}))


def thread(page: ChatPage, conversation: Conversation | None, *, after: int = 0) -> dict[str, Any]:
    """Everything after an entry, who is speaking, and where that stands: what a page or a resumed one needs."""
    news = entries(conversation.pk, team=False, after=after) if conversation else []
    newest = conversation.last_seq if conversation else 0
    speaker, thinking = status_of(conversation, page.pk)
    return {
        "conversation": conversation.public_id if conversation else None,
        "after": after,
        # Read before the entries: what came in between is in both, and known by its seq.
        "seq": max(newest, news[-1].seq) if news else newest,
        "entries": news,
        "speaker": speaker,
        "thinking": thinking,
        **offered(news, speaker),
    }


def resumed(page: ChatPage, conversation: Conversation | None, *, after: int, greeting: bool = False) -> str:
    """The same as a frame: for the first load, after a gap, and when a socket joins."""
    found = thread(page, conversation, after=after)
    return frame(
        page.locale,
        found["conversation"],
        after=after,
        seq=found["seq"],
        news=found["entries"],
        status=(found["speaker"], found["thinking"]),
        greeting=greeting,
    )


def status_of(conversation: Conversation | None, chat_page_id: int) -> Status:
    """Who is speaking in the active language, and whether automation is composing."""
    thinking = conversation is not None and turns.is_thinking(conversation.pk)
    return chat_status(conversation, chat_page_id), thinking


async def status_here(conversation_id: int, language: str) -> Status:
    """The same from an event loop, in one language."""
    status: Status = await database_sync_to_async(_status)(conversation_id, language)
    return status


def _status(conversation_id: int, language: str) -> Status:
    with translation.override(language):
        conversation = Conversation.objects.get(pk=conversation_id)
        return status_of(conversation, conversation.chat_page_id)


class VisitorThread(Feed):
    """One thread as its customer sees it: entries, who is speaking, and whether something is being composed."""

    def __init__(self, conversation_id: int) -> None:
        self.conversation_id = conversation_id
        self.place = conversation_id
        self.public_id: uuid.UUID | None = None
        self.sent = 0  # the newest entry that its pages have
        self.heard = 0  # the newest entry that exists, theirs to see or not

    async def start(self) -> None:
        """Begin at the newest entry; what a socket missed before is its catch-up."""
        self.public_id, self.sent = await thread_here(self.place)
        self.heard = self.sent

    def is_behind(self, position: int) -> bool:
        """Whether entries exist that no hint spoke of."""
        return position > self.heard

    async def frames(self, hints: list[Hint], languages: set[str]) -> dict[str, str]:
        """Everything new since the last frame, and the speaker where that may have changed."""
        after = self.sent
        whats = {hint["what"] for hint in hints}
        news = await entries_here(self.place, team=False, after=after) if "entries" in whats else []
        self.heard = max(self.heard, *(hint.get("seq", 0) for hint in hints))
        if news:
            self.sent = news[-1].seq
            self.heard = max(self.heard, self.sent)
        told = bool(whats & {"state", "turn"}) or any(entry.author in OTHERS_TO_SPEAK for entry in news)
        typing = next((hint.get("name", "") for hint in hints if _is_typing(hint)), "")
        if not news and not told and not typing:
            return {}
        return {language: await self._frame(language, after, news, told, typing) for language in languages}

    async def _frame(self, language: str, after: int, news: list[Entry], told: bool, typing: str) -> str:
        status = await status_here(self.place, language) if told else None
        return frame(language, self.public_id, after=after, seq=self.sent, news=news, status=status, typing=typing)


def _is_typing(hint: Hint) -> bool:
    return hint["what"] == "typing" and hint.get("by") == "person"


def latest(visitor: Visitor, conversation: Conversation | None, *, after: int, greeting: bool = False) -> str:
    """The visitor's own thread after an entry; `greeting` says that one may begin shortly without their doing."""
    with translation.override(visitor.chat_page.locale):
        return resumed(visitor.chat_page, conversation, after=after, greeting=greeting)
