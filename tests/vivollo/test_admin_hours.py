"""Business hours in the admin: a week that makes sense, and whether somebody works now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff.models import BusinessHours, Team, Teammate
from tests.vivollo.desk import address

EVERY_DAY = [(day, "00:00", "00:00") for day in range(7)]


def form(name, openings, holidays=(), time_zone="Europe/Istanbul"):
    """What the form sends for these hours."""
    sent = {
        "name": name, "time_zone": time_zone, "openings-TOTAL_FORMS": len(openings), "openings-INITIAL_FORMS": 0,
        "holidays-TOTAL_FORMS": len(holidays), "holidays-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, (weekday, opens, closes) in enumerate(openings):
        row = {"weekday": weekday, "opens": opens, "closes": closes}
        sent |= {f"openings-{number}-{key}": value for key, value in row.items()}
    return sent | {f"holidays-{number}-date": day for number, day in enumerate(holidays)}


def keep(desk, *args, **more):
    """The answer to sending the form of new hours."""
    return desk.post(address(BusinessHours, "add"), form(*args, **more))


def test_a_week_and_its_days_off_are_kept_in_one_form(desk):
    week = [(0, "09:00", "12:00"), (0, "13:00", "18:00"), (5, "10:00", "14:00")]
    assert keep(desk, "Shop hours", week, ["2027-01-01"]).status_code == 302
    hours = BusinessHours.objects.get()
    assert (hours.openings.count(), hours.holidays.count(), hours.time_zone) == (3, 1, "Europe/Istanbul")


@pytest.mark.parametrize(
    ("week", "why"),
    [
        ([(0, "09:00", "18:00"), (0, "17:59", "20:00")], "This overlaps with Monday 09:00–18:00."),
        ([(0, "22:00", "02:00"), (1, "01:00", "03:00")], "This overlaps with Monday 22:00–02:00."),
        ([(6, "22:00", "02:00"), (0, "01:00", "03:00")], "This overlaps with Sunday 22:00–02:00."),
        ([(0, "00:00", "00:00"), (0, "12:00", "13:00")], "This overlaps with Monday 00:00–00:00."),
        ([(0, "09:00", "09:00")], "It opens and closes at the same time."),
    ],
)
def test_openings_that_cannot_be_are_refused_at_their_row(desk, week, why):
    answer = keep(desk, "Shop hours", week)
    assert why in answer.content.decode()
    assert not BusinessHours.objects.exists()


@pytest.mark.parametrize("week", [EVERY_DAY, [(4, "22:00", "02:00"), (5, "02:00", "04:00")]])
def test_openings_that_touch_or_go_on_after_midnight_are_kept(desk, week):
    assert keep(desk, "Night", week).status_code == 302


def test_a_time_zone_that_is_none_is_refused(desk):
    assert keep(desk, "Moon", EVERY_DAY, time_zone="Moon/Tycho").status_code == 200
    assert not BusinessHours.objects.exists()


def test_the_list_and_the_page_tell_whether_somebody_works_now(desk):
    keep(desk, "Always", EVERY_DAY, time_zone="UTC")
    keep(desk, "Never", [])
    tomorrow = timezone.now() + timedelta(days=1)
    keep(desk, "Tomorrow", [(tomorrow.weekday(), "00:00", "00:00")], time_zone="UTC")
    rows = desk.get(address(BusinessHours)).content.decode()
    assert (rows.count("open now"), rows.count("closed now")) == (1, 2)
    assert f"{tomorrow:%A} {tomorrow.day} {tomorrow:%B}, 00:00" in rows
    page = desk.get(address(BusinessHours, "change", BusinessHours.objects.get(name="Never").pk)).content.decode()
    assert "closed now" in page
    assert "never: there is no opening" in page


def test_a_team_works_by_its_hours_and_a_teammate_says_whether_they_take_new_ones(desk, team, ada):
    keep(desk, "Always", EVERY_DAY)
    hours = BusinessHours.objects.get()
    desk.post(address(Team, "change", team.pk), {"name": "Support", "members": [ada.pk], "hours": hours.pk})
    assert Team.objects.get().hours == hours
    assert "Support" in desk.get(address(BusinessHours)).content.decode()
    Teammate.objects.filter(pk=ada.pk).update(availability="busy")
    assert "Busy" in desk.get(address(Teammate)).content.decode()
