"""When a team is open: weekly openings in the team's own time zone, without its holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS_AHEAD = 400


@dataclass(frozen=True, slots=True)
class Opening:
    """One weekly opening: from `opens` on that weekday (0 is Monday) to the next time that clocks show `closes`.

    So 22:00 to 02:00 ends on the following day, and 00:00 as the end is midnight.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """The openings of a week in one time zone; on a holiday none of them begins."""

    time_zone: str
    openings: tuple[Opening, ...] = ()
    holidays: frozenset[date] = frozenset()

    def is_open(self, moment: datetime) -> bool:
        """True from the beginning of an opening until its end, which may lie on the day after."""
        today = self._local(moment).date()
        return any(opens <= moment < closes for opens, closes in self._spans(today - timedelta(days=1), 2))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The moment itself while open, else when the next opening begins; None without one in the coming year."""
        if self.is_open(moment):
            return moment
        today = self._local(moment).date()
        for day in range(DAYS_AHEAD):
            begins = [opens for opens, _ in self._spans(today + timedelta(days=day), 1) if opens > moment]
            if begins:
                return min(begins).astimezone(zone(self.time_zone))
        return None

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("Hours need a moment with a time zone.")
        return moment.astimezone(zone(self.time_zone))

    def _spans(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """The openings that begin on these days, as moments in UTC."""
        here = zone(self.time_zone)
        for day in (first + timedelta(days=number) for number in range(days)):
            if day in self.holidays:
                continue
            for one in self.openings:
                if one.weekday == day.weekday():
                    ends = day if one.closes > one.opens else day + timedelta(days=1)
                    yield (
                        _moment(datetime.combine(day, one.opens), here, last=False),
                        _moment(datetime.combine(ends, one.closes), here, last=True),
                    )


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name, or UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _moment(wall: datetime, here: ZoneInfo, *, last: bool) -> datetime:
    """When clocks there show this: the first or last time in the hour that repeats, the jump where it is left out."""
    moment = wall.replace(tzinfo=here, fold=int(last)).astimezone(UTC)
    if moment.astimezone(here).replace(tzinfo=None, fold=0) == wall:
        return moment
    before, after = sorted(wall.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        jumped = middle.astimezone(here).replace(tzinfo=None, fold=0) > wall
        before, after = (before, middle) if jumped else (middle, after)
    return after.replace(microsecond=0)
