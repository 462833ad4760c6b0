"""The queue's reads: one statement for the rows of a view and one for all counts, whatever they hold.

They are SQL and not querysets for two reasons: the live feed reads the same rows on the event loop's own
connection, without a thread; and each row joins its newest handoff, which only LATERAL can say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from conversations import pool
from inbox.queues import VIEWS, Position, View
from inbox.rows import Row

PAGE_SIZE = 50

# An open handoff is always the conversation's newest: none can be requested while one is open.
_ROWS = """
SELECT c.id, c.public_id, c.status, c.last_seq, c.last_author, c.last_words, c.last_at,
    coalesce(nullif(v.name, ''), v.email), v.id, v.external_id <> '' AND v.attributes @> '{"vip": true}', p.name,
    h.id, coalesce(h.state, ''), coalesce(h.reason, ''), h.requested_at, coalesce(s.body, ''),
    e.id, coalesce(nullif(e.display_name, ''), nullif(e.first_name, ''), e.username, h.engaged_name, ''),
    t.id, coalesce(nullif(t.display_name, ''), nullif(t.first_name, ''), t.username, ''),
    coalesce(m.name, ''), coalesce(h.urgency, ''), coalesce(h.outcome, '')
FROM conversations_conversation c
JOIN conversations_visitor v ON v.id = c.visitor_id
JOIN conversations_chatpage p ON p.id = c.chat_page_id
LEFT JOIN LATERAL (
    SELECT * FROM handoff_handoff n WHERE n.conversation_id = c.id ORDER BY n.id DESC LIMIT 1
) h ON true
LEFT JOIN LATERAL (
    SELECT left(n.body, 160) AS body FROM conversations_message n
    WHERE h.state = 'requested' AND c.last_author <> 'visitor' AND n.conversation_id = c.id AND n.author = 'visitor'
    ORDER BY n.seq DESC LIMIT 1
) s ON true
LEFT JOIN handoff_teammate e ON e.id = h.engaged_by_id
LEFT JOIN handoff_assignment a ON a.conversation_id = c.id
LEFT JOIN handoff_teammate t ON t.id = a.teammate_id
LEFT JOIN handoff_team m ON m.id = a.team_id
WHERE c.id = """
_NAMED = _ROWS + "ANY(%s)"
_SHARED = [view for view in VIEWS.values() if not view.personal]
_COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM ({view.counted}) one)" for view in _SHARED)  # noqa: S608  our own
_COUNTS_AND_MINE = f"{_COUNTS}, ARRAY({VIEWS['mine'].counted})"

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a view in its order, and where the next ones begin."""

    view: View
    rows: list[Row]
    more: Position | None


def page(view: View, *, teammate_id: int, after: Position | None = None) -> Page:
    """The next fifty rows of the view behind a position."""
    picked = view.next_page if after else view.page
    asked = {"me": teammate_id, "most": PAGE_SIZE + 1} | ({"at": after.at, "id": after.id} if after else {})
    found = [Row(*row) for row in _fetch(f"{_ROWS}ANY(ARRAY({picked}))", asked)]
    found.sort(key=lambda row: _place(view, row), reverse=not view.oldest_first)
    rows = found[:PAGE_SIZE]
    more = Position(*_place(view, rows[-1])) if len(found) > PAGE_SIZE else None
    return Page(view, rows, more)


def _place(view: View, row: Row) -> tuple[Any, int]:
    return (row.requested_at if view.oldest_first else row.last_at), row.id


def counts(teammate_id: int) -> tuple[Counts, list[int]]:
    """How many are in each view, counted up to a limit, and which ones are the teammate's."""
    (*shared, mine) = _fetch(_COUNTS_AND_MINE, {"me": teammate_id})[0]
    return _named(shared) | {"mine": len(mine)}, mine


async def rows_here(conversation_ids: Iterable[int]) -> list[Row]:
    """These conversations' rows, on the running event loop's own connection."""
    return [Row(*row) for row in await pool.rows(_NAMED, (list(conversation_ids),))]


async def counts_here() -> Counts:
    """The counts that all teammates share, on the running event loop's own connection."""
    return _named((await pool.rows(_COUNTS, ()))[0])


def _named(found: Iterable[int]) -> Counts:
    return dict(zip((view.name for view in _SHARED), found, strict=True))


def _fetch(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
