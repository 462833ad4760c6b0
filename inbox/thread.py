"""The woven thread: entries in their order, with the pages browsed, what was tried and what was never sent between."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.models import Conversation, Message, PageView, Turn
from conversations.selectors import FIELDS, Entry
from handoff.models import Attempt

WINDOW = 100  # entries shown at first, and by each "Show earlier"
BEFORE = timedelta(hours=1)  # pages browsed shortly before the first words belong to the story
LATE = timedelta(minutes=10)  # a draft is kept after the person's words that it made way for
MOST_PAGES = 200

Tried = Mapping[int, Sequence[Attempt]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing at its place: an entry with what was tried for it, a run of browsed pages, or unsent words."""

    key: str  # its id on the page; the same thing rendered again takes the old one's place
    at: datetime
    entry: Entry | None = None
    tried: Sequence[Attempt] = ()
    pages: Sequence[PageView] = ()
    draft: Turn | None = None

    @property
    def place(self) -> int:
        """Where the page puts it: the time in microseconds, which runs with the seq."""
        return int(self.at.timestamp() * 1_000_000)

    @property
    def answers(self) -> Sequence[tuple[str, str]]:
        """What a visitor filled in, each with its question, where the entry is a form's and reads as one."""
        return answers(self.entry) if self.entry and self.entry.author == "visitor" else ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A stretch of the thread; `earlier` is the seq before which there is more, or None."""

    items: Sequence[Item]
    last: int
    earlier: int | None = None


def newest(conversation: Conversation, *, down_to: int | None = None) -> Thread:
    """The newest hundred entries, or all from a little before `down_to` where that is further up."""
    start = conversation.last_seq - WINDOW
    if down_to is not None:
        start = min(start, down_to - 5)
    rows = _entries(conversation, seq__gte=max(start, 0))
    return _woven(conversation, rows[1:] if start > 0 else rows, older=rows[0] if start > 0 else None)


def earlier(conversation: Conversation, before: int) -> Thread:
    """The hundred entries before this one."""
    start = before - WINDOW - 1
    rows = _entries(conversation, seq__gte=max(start, 0), seq__lt=before)
    shown = rows[1:] if start > 0 else rows
    until = shown[-1].created_at if shown else None
    return _woven(conversation, shown, older=rows[0] if start > 0 else None, until=until)


def since(conversation: Conversation, after: int) -> Thread:
    """What came after this entry, for a page that has fallen behind."""
    rows = _entries(conversation, seq__gte=after)
    known = rows[0] if rows and rows[0].seq == after else None
    return _woven(conversation, rows[1:] if known else rows, older=known, late=LATE)


def _entries(conversation: Conversation, **where: int) -> list[Entry]:
    found = Message.objects.filter(conversation=conversation, **where).order_by("seq")
    return [Entry(*row) for row in found.values_list(*FIELDS)]


def _woven(
    conversation: Conversation,
    entries: Sequence[Entry],
    *,
    older: Entry | None,
    until: datetime | None = None,
    late: timedelta = timedelta(0),
) -> Thread:
    start = older.created_at if older else conversation.created_at - BEFORE
    views = browsed(conversation, start=start, until=until)
    items = [*of_entries(entries, tried_for(entries)), *runs(views, entries, first=older.seq if older else 0)]
    items += drafts(conversation.pk, start=start - late, until=until)
    items.sort(key=lambda item: (item.at, item.entry is not None))
    more = entries[0].seq if entries and older and older.seq > 0 else None
    return Thread(items, last=entries[-1].seq if entries else older.seq if older else 0, earlier=more)


def of_entries(entries: Iterable[Entry], tried: Tried) -> list[Item]:
    """The entries, each with what the assistant tried before it said so."""
    return [
        Item(f"entry-{one.seq}", one.created_at, entry=one, tried=tried.get(one.turn_id or 0, ())) for one in entries
    ]


def tried_for(entries: Iterable[Entry]) -> Tried:
    """What was tried in the turns that spoke here."""
    found: defaultdict[int, list[Attempt]] = defaultdict(list)
    turn_ids = {entry.turn_id for entry in entries if entry.turn_id}
    for attempt in Attempt.objects.filter(turn_id__in=turn_ids).order_by("pk"):
        found[attempt.turn_id].append(attempt)
    return found


def browsed(conversation: Conversation, *, start: datetime, until: datetime | None = None) -> list[PageView]:
    """The pages that the visitor looked at meanwhile, in order; none after the conversation was resolved."""
    views = PageView.objects.filter(visitor_id=conversation.visitor_id, seen_at__gt=start)
    end = min((one for one in (until, conversation.resolved_at) if one), default=None)
    if end:
        views = views.filter(seen_at__lte=end)
    return list(views.order_by("-seen_at")[:MOST_PAGES])[::-1]


def runs(views: Iterable[PageView], entries: Sequence[Entry], *, first: int) -> list[Item]:
    """Pages browsed between two entries are one item, named after the entry above it."""
    times = [entry.created_at for entry in entries]
    gaps: defaultdict[int, list[PageView]] = defaultdict(list)
    for view in views:
        above = bisect_right(times, view.seen_at)
        gaps[entries[above - 1].seq if above else first].append(view)
    return [Item(f"pages-{seq}", run[0].seen_at, pages=run) for seq, run in gaps.items()]


def fresh_runs(conversation: Conversation) -> list[Item]:
    """The runs of pages among the newest entries, when the visitor has browsed on."""
    thread = newest(conversation)
    return [item for item in thread.items if item.pages]


def drafts(conversation_id: int, *, start: datetime, until: datetime | None = None) -> list[Item]:
    """Words that the assistant had thought when a person took over; they stand where they would have been said."""
    found = Turn.objects.filter(conversation_id=conversation_id, state=Turn.State.CANCELLED, ended_at__gt=start)
    if until:
        found = found.filter(ended_at__lte=until)
    return [Item(f"draft-{one.pk}", one.ended_at or one.created_at, draft=one) for one in found.exclude(draft="")]


def answers(entry: Entry) -> Sequence[tuple[str, str]]:
    """The lines of a form's answer as questions and values; nothing where one of them is not to be told apart."""
    values = entry.params.get("values") if isinstance(entry.params, dict) else None
    if not isinstance(values, dict):
        return ()
    rest, left = entry.body, sorted((one for one in values.values() if isinstance(one, str) and one), key=len)
    found: list[tuple[str, str]] = []
    while left and rest:
        fits = ((one, re.match(rf"([^\n]*?[?!:.]) {re.escape(one)}(?:\n|\Z)", rest)) for one in reversed(left))
        value, at = next(((one, fit) for one, fit in fits if fit), ("", None))
        if at is None:
            return ()
        left.remove(value)
        found.append((at[1].removesuffix(":"), value))
        rest = rest[at.end() :]
    return () if left or rest else found
