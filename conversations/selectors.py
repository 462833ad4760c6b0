"""The joined reads of the record: entries of a thread, a visitor's context, what they may be told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from conversations import lines, offers, pool
from conversations.models import Conversation, Message
from conversations.models.messages import AUTOMATION

FIELDS = (
    "id", "seq", "author", "audience", "body", "line", "params", "author_name", "teammate_id", "turn_id",
    "client_id", "created_at",
)  # fmt: skip
_SELECT = (
    f"SELECT {', '.join(FIELDS)} FROM conversations_message "  # noqa: S608  our own column names
    "WHERE conversation_id = %s AND seq > %s AND audience = ANY(%s) ORDER BY seq"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a thread as it is shown; the page, the htmx answer and the socket render the same."""

    id: int
    seq: int
    author: str
    audience: str
    body: str
    line: str
    params: dict[str, Any]
    author_name: str
    teammate_id: int | None
    turn_id: int | None
    client_id: uuid.UUID | None
    created_at: datetime

    @property
    def mark(self) -> str:
        """The hue and shape of it: a speaker's, or a state line's."""
        return lines.LINES[self.line].mark if self.line else self.author

    @property
    def clock(self) -> str:
        """Its time in UTC, until a script shows it in the reader's own."""
        return f"{self.created_at:%H:%M}"

    @property
    def team_words(self) -> str:
        """A state line in the words that teammates read."""
        return lines.words(self.line, self.params, team=True)

    @property
    def customer_words(self) -> str:
        """A state line in the words that the customer reads."""
        return lines.words(self.line, self.params, team=False)

    @property
    def options(self) -> tuple[str, ...]:
        """The quick replies that automation offers with it."""
        return offers.read_options(self._offered("options"))

    @property
    def card(self) -> offers.Card | None:
        """The link card that automation shows below it."""
        return offers.read_card(self._offered("card"))

    @property
    def form(self) -> offers.Form | None:
        """The form that automation asks to fill in."""
        return offers.read_form(self._offered("form"))

    def _offered(self, key: str) -> Any:
        return self.params.get(key) if self.author in AUTOMATION and isinstance(self.params, dict) else None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is speaking now, as the chat page's header shows it."""

    kind: str  # assistant · flow · waiting · person · finished · nobody
    name: str
    face: str  # initials of a person, empty otherwise
    line: str  # one line of state below the header, or empty
    choices: tuple[str, ...] = field(default=())  # what the visitor may choose: "person"


def audiences(*, team: bool) -> list[str]:
    """Which entries a side may see."""
    return ["everyone", "team"] if team else ["everyone"]


def entries(conversation_id: int, *, team: bool, after: int = 0) -> list[Entry]:
    """The entries with a greater seq than `after`, in order."""
    found = Message.objects.filter(
        conversation_id=conversation_id, seq__gt=after, audience__in=audiences(team=team)
    ).order_by("seq")
    return [Entry(*row) for row in found.values_list(*FIELDS)]


def asking(news: Sequence[Entry]) -> Entry | None:
    """The entry whose form is open: until the visitor says anything after it, or another form comes."""
    last = next((one for one in reversed(news) if one.author == "visitor" or one.form), None)
    return last if last and last.form else None


def open_form(conversation_id: int, seq: int) -> Entry | None:
    """The entry with this seq, where its form still waits for the visitor."""
    open_one = asking(entries(conversation_id, team=False, after=seq - 1))
    return open_one if open_one and open_one.seq == seq else None


def was_sent(visitor_id: int, client_id: uuid.UUID) -> bool:
    """Whether this message of the visitor stands in a thread of theirs."""
    return Message.objects.filter(conversation__visitor_id=visitor_id, client_id=client_id).exists()


async def entries_here(conversation_id: int, *, team: bool, after: int = 0) -> list[Entry]:
    """The same, on the running event loop's own connection."""
    return [Entry(*row) for row in await pool.rows(_SELECT, (conversation_id, after, audiences(team=team)))]


async def thread_here(conversation_id: int) -> tuple[uuid.UUID, int]:
    """The conversation's name outside, and its newest seq."""
    sql = "SELECT public_id, last_seq FROM conversations_conversation WHERE id = %s"
    (found,) = await pool.rows(sql, (conversation_id,))
    return found[0], found[1]


async def positions_here(conversation_ids: Iterable[int]) -> dict[int, int]:
    """The newest seq of each conversation."""
    sql = "SELECT id, last_seq FROM conversations_conversation WHERE id = ANY(%s)"
    return dict(await pool.rows(sql, (list(conversation_ids),)))


def chat_status(conversation: Conversation | None, chat_page_id: int) -> Speaker:
    """Who is speaking, as the function wired in CHAT_STATUS tells it."""
    told: Speaker = import_string(settings.CHAT_STATUS)(conversation, chat_page_id)
    return told


def greets(chat_page_id: int) -> bool:
    """Whether somebody speaks first on this chat page, as the function wired in CHAT_GREETS tells it."""
    told: bool = import_string(settings.CHAT_GREETS)(chat_page_id)
    return told


@dataclass(frozen=True)
class Context:
    """Who the visitor is and what they looked at, for the context panel and the briefing."""

    conversation: Conversation

    @cached_property
    def pages(self) -> list[Any]:
        """The newest fifty pages that they browsed, oldest first."""
        return list(self.conversation.visitor.page_views.order_by("-seen_at")[:50])[::-1]

    @cached_property
    def memories(self) -> list[Any]:
        """What is remembered, with the message it was learned from."""
        return list(self.conversation.visitor.memories.select_related("learned_from"))

    @cached_property
    def earlier(self) -> list[Conversation]:
        """Their newest ten other conversations."""
        others = self.conversation.visitor.conversations.exclude(pk=self.conversation.pk)
        return list(others.order_by("-created_at")[:10])
