"""The views of the queue: what belongs to each, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_COUNTED = 999
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class View:
    """One list of conversations; `ids` is a statement that ends in its WHERE, so that more can be asked of it.

    What comes from the small tables of handoffs and assignments is given as ANY(ARRAY(…)): it is looked up by
    primary key, where a join would let PostgreSQL read all conversations. Lists that are long begin at the
    newest end of the index by status.
    """

    name: str
    label: str | Promise
    mark: str
    ids: str
    at: str = "c.last_at"
    oldest_first: bool = False
    personal: bool = False
    handoffs: str = ""  # the state of handoff that is counted in place of conversations

    @property
    def counted(self) -> str:
        """The statement whose rows are counted, at most one more than is ever said."""
        if self.handoffs:
            return f"SELECT FROM handoff_handoff WHERE state = '{self.handoffs}' LIMIT {MOST_COUNTED + 1}"
        return f"{self.ids} ORDER BY {self.at} DESC LIMIT {MOST_COUNTED + 1}"

    @property
    def page(self) -> str:
        """The statement for the first ids of the view."""
        way = "ASC" if self.oldest_first else "DESC"
        return f"{self.ids} ORDER BY {self.at} {way}, c.id {way} LIMIT %(most)s"

    @property
    def next_page(self) -> str:
        """The statement for the first ids behind a position."""
        beyond = ">" if self.oldest_first else "<"
        return self.page.replace(" ORDER BY", f" AND ({self.at}, c.id) {beyond} (%(at)s, %(id)s) ORDER BY")


_ALL = (
    View(
        "waiting",
        _("Waiting"),
        "waiting",
        "SELECT c.id FROM handoff_handoff h JOIN conversations_conversation c ON c.id = h.conversation_id "
        "WHERE h.state = 'requested'",
        at="h.requested_at",
        oldest_first=True,
        handoffs="requested",
    ),
    View(
        "mine",
        _("Mine"),
        "mine",
        "SELECT c.id FROM conversations_conversation c WHERE c.status <> 'resolved' AND c.id = ANY(ARRAY("
        "SELECT conversation_id FROM handoff_assignment WHERE teammate_id = %(me)s "
        "UNION SELECT conversation_id FROM handoff_handoff WHERE state = 'engaged' AND engaged_by_id = %(me)s))",
        personal=True,
    ),
    View(
        "person",
        _("With a person"),
        "person",
        "SELECT c.id FROM conversations_conversation c WHERE c.id = ANY(ARRAY("
        "SELECT conversation_id FROM handoff_handoff WHERE state = 'engaged'))",
        handoffs="engaged",
    ),
    View(
        "automation",
        _("With automation"),
        "assistant",
        "SELECT c.id FROM conversations_conversation c WHERE c.status = 'open' AND NOT EXISTS ("
        "SELECT FROM handoff_handoff h WHERE h.conversation_id = c.id AND h.state <> 'finished')",
    ),
    View(
        "finished",
        _("Finished"),
        "finished",
        "SELECT c.id FROM conversations_conversation c WHERE c.status = 'resolved'",
    ),
)
VIEWS: dict[str, View] = {view.name: view for view in _ALL}


def view_named(name: str | None) -> View:
    """The view with this name; the waiting ones for a name that there is not."""
    return VIEWS.get(name or "", VIEWS["waiting"])


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a view ends: the next one begins behind it."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.id}"


def position(text: str | None) -> Position | None:
    """The position as a page's address says it; None for anything else, which is the beginning."""
    try:
        at, pk = (int(part) for part in (text or "").split("."))
        return Position(_EPOCH + at * _MICROSECOND, pk)
    except (ValueError, OverflowError):
        return None


def shown(count: int) -> str:
    """A count in at most four characters, so that a large one costs no more than a small one."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
