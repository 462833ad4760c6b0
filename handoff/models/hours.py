"""When teams work."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from handoff.flows.hours import Hours, Opening


def real_time_zone(name: str) -> None:
    """Refuse what is no time zone of the world's list."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone. Write one such as Europe/Istanbul.")


class BusinessHours(models.Model):
    """A week's openings in one time zone, and the days on which nobody works."""

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[real_time_zone])

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "business hours"

    def __str__(self) -> str:
        return self.name

    def hours(self) -> Hours:
        """The same as plain data, for rules that touch no database."""
        return Hours(
            time_zone=self.time_zone,
            openings=tuple(Opening(one.weekday, one.opens, one.closes) for one in self.openings.all()),
            holidays=frozenset(one.date for one in self.holidays.all()),
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works at this moment."""
        return self.hours().is_open(moment)


class OpeningTime(models.Model):
    """One stretch of a weekday; one that closes before it opens goes on after midnight."""

    class Weekday(models.IntegerChoices):
        """As Python counts them."""

        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    business_hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField(help_text="00:00 is midnight at the end of the day.")

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday_is_a_real_choice"),
            models.UniqueConstraint(fields=["business_hours", "weekday", "opens"], name="opening_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Holiday(models.Model):
    """A day on which nobody works."""

    business_hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["business_hours", "date"], name="holiday_is_named_once")]

    def __str__(self) -> str:
        return self.name or f"{self.date}"
