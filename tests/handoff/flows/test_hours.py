"""When a team is open, on clocks that jump, over midnight, and on holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows.hours import Hours, Opening, zone

OFFICE = Hours(
    "Europe/Istanbul",
    tuple(Opening(day, time(9), time(18)) for day in range(5)),
    holidays=frozenset({date(2026, 3, 20)}),
)
NIGHT = Hours("Europe/Berlin", (Opening(4, time(22), time(2)), Opening(5, time(20), time(0))))


def at(text: str, name: str = "Europe/Istanbul", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name), fold=fold)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-18T08:59:59", False),
        ("2026-03-18T09:00", True),
        ("2026-03-18T17:59:59", True),
        ("2026-03-18T18:00", False),
        ("2026-03-20T12:00", False),  # the holiday
        ("2026-03-21T12:00", False),  # Saturday
    ],
)
def test_an_office_is_open_from_nine_until_before_six(moment, is_open):
    assert OFFICE.is_open(at(moment)) is is_open
    assert OFFICE.is_open(at(moment).astimezone(ZoneInfo("America/New_York"))) is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-20T21:59", False),
        ("2026-03-20T23:30", True),  # Friday
        ("2026-03-21T01:59", True),  # the same opening
        ("2026-03-21T02:00", False),
        ("2026-03-21T23:59", True),
        ("2026-03-22T00:00", False),  # midnight ends it
    ],
)
def test_an_opening_over_midnight_counts_for_the_next_day(moment, is_open):
    assert NIGHT.is_open(at(moment, "Europe/Berlin")) is is_open


def test_the_night_before_a_holiday_ends_as_usual_and_the_holidays_own_does_not_begin():
    hours = Hours("UTC", NIGHT.openings, frozenset({date(2026, 3, 21)}))
    assert hours.is_open(at("2026-03-21T01:00", "UTC"))
    assert not hours.is_open(at("2026-03-21T21:00", "UTC"))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-18T08:00", "2026-03-18T09:00"),
        ("2026-03-18T10:00", "2026-03-18T10:00"),  # open now
        ("2026-03-19T18:00", "2026-03-23T09:00"),  # over the holiday and the weekend
    ],
)
def test_the_next_opening_is_told_in_the_teams_own_time(moment, opens):
    found = OFFICE.next_opening(at(moment))
    assert found == at(opens)
    assert found.utcoffset() == timedelta(hours=3)


def test_hours_without_openings_never_open():
    assert Hours("UTC").next_opening(at("2026-03-18T08:00")) is None


def test_an_opening_in_the_hour_that_is_left_out_begins_and_ends_with_the_jump():
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 becomes 03:00 in Berlin
    begins = Hours("Europe/Berlin", (Opening(6, time(2, 30), time(5)),))
    ends = Hours("Europe/Berlin", (Opening(6, time(0), time(2, 30)),))
    assert begins.next_opening(jump - timedelta(hours=3)) == jump
    assert begins.is_open(jump)
    assert ends.is_open(jump - timedelta(seconds=1))
    assert not ends.is_open(jump)


def test_an_opening_in_the_hour_that_repeats_is_one():
    hours = Hours("Europe/Berlin", (Opening(6, time(2, 15), time(2, 45)),))
    first, second = (at("2026-10-25T02:15", "Europe/Berlin", fold) for fold in (0, 1))
    assert hours.next_opening(at("2026-10-24T12:00", "Europe/Berlin")) == first
    middle = first.astimezone(UTC) + timedelta(minutes=40)
    assert hours.is_open(middle)
    assert hours.is_open(second)
    assert not hours.is_open(at("2026-10-25T02:45", "Europe/Berlin", 1))


def test_a_midnight_that_does_not_exist_opens_at_one():
    hours = Hours("Africa/Cairo", (Opening(4, time(0), time(0)),))
    assert hours.next_opening(at("2026-04-23T12:00", "Africa/Cairo")) == at("2026-04-24T01:00", "Africa/Cairo")


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Europe", "\x00"])
def test_an_unknown_time_zone_is_utc(name):
    assert zone(name) == ZoneInfo("UTC")


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.is_open(datetime(2026, 3, 18, 9))  # noqa: DTZ001


@settings(max_examples=200, deadline=None)
@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    opens=st.times(),
    closes=st.times(),
    weekday=st.integers(0, 6),
    name=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "Australia/Lord_Howe"]
    ),
)
def test_the_next_opening_is_open_and_not_past(moment, opens, closes, weekday, name):
    hours = Hours(name, (Opening(weekday, opens.replace(microsecond=0), closes.replace(microsecond=0)),))
    found = hours.next_opening(moment)
    assert found is not None
    assert moment <= found <= moment + timedelta(days=8)
    assert hours.is_open(found) or opens.hour == closes.hour  # an opening inside the jump has no time at all
    assert (found == moment) is hours.is_open(moment)
