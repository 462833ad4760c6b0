"""When teams work: the openings of a week, the days on which nobody works, and whether somebody works now."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelect2Widget

from conversations.admin.base import ThemedAdmin, ThemedTabularInline, chip
from handoff.models import BusinessHours, Holiday, OpeningTime

if TYPE_CHECKING:
    OpeningFormSet = forms.BaseInlineFormSet[OpeningTime, BusinessHours, forms.ModelForm[OpeningTime]]
else:
    OpeningFormSet = forms.BaseInlineFormSet

DAY, WEEK = 24 * 60, 7 * 24 * 60


class Openings(OpeningFormSet):
    """The openings of one week, no two of which are at the same time."""

    def clean(self) -> None:
        """Refuse an opening that begins before another one is over."""
        super().clean()
        kept = [
            (form.cleaned_data["weekday"], form.cleaned_data["opens"], form.cleaned_data["closes"], form)
            for form in self.forms
            if {"weekday", "opens", "closes"} <= set(getattr(form, "cleaned_data", {}))
            and not form.cleaned_data.get("DELETE")
        ]
        for number, (weekday, opens, closes, form) in enumerate(kept):
            if opens == closes and opens != time.min:
                form.add_error("closes", "It opens and closes at the same time. A whole day is 00:00 to 00:00.")
            for other in kept[:number]:
                if _meet(_span(weekday, opens, closes), _span(*other[:3])):
                    form.add_error("opens", f"This overlaps with {_words(*other[:3])}.")


def _span(weekday: int, opens: time, closes: time) -> tuple[int, int]:
    """From minute to minute of the week; one that closes before it opens goes on after midnight."""
    begins = weekday * DAY + opens.hour * 60 + opens.minute
    lasts = (closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute) % DAY or DAY
    return begins, begins + lasts


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether both are open at some minute; Sunday's night goes on into Monday."""
    return any(one[0] < other[1] + turn and other[0] + turn < one[1] for turn in (-WEEK, 0, WEEK))


def _words(weekday: int, opens: time, closes: time) -> str:
    return str(OpeningTime(weekday=weekday, opens=opens, closes=closes))


class OpeningInline(ThemedTabularInline):
    """The week, one row for each stretch."""

    model = OpeningTime
    formset = Openings
    extra = 0
    hide_title = True
    fields = ["weekday", "opens", "closes"]
    verbose_name = "opening"
    verbose_name_plural = "The week"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody opens at a second."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, forms.TimeInput):
            field.widget.format = "%H:%M"
        return field


class HolidayInline(ThemedTabularInline):
    """Days on which none of the openings begins."""

    model = Holiday
    extra = 0
    hide_title = True
    fields = ["date", "name"]
    verbose_name = "day off"
    verbose_name_plural = "Days off"


class BusinessHoursAdmin(ThemedAdmin):
    """When a team works, in its own time zone."""

    list_display = ["name", "open_now", "next_opening", "week", "time_zone", "used_by"]
    search_fields = ["name"]
    inlines = [OpeningInline, HolidayInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BusinessHours]:
        """With the week, the days off and the teams."""
        return super().get_queryset(request).prefetch_related("openings", "holidays", "teams")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Hours that are not kept yet are neither open nor closed."""
        return ["name", "time_zone", *(("open_now", "next_opening", "used_by") if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """How it stands now is read."""
        return ["open_now", "next_opening", "used_by"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Time zones are chosen and not typed."""
        if db_field.name == "time_zone":
            zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
            return forms.ChoiceField(choices=zones, initial="UTC", widget=UnfoldAdminSelect2Widget())
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "name":
            field.help_text = "Flows name these hours by it: change it there too."
        return field

    @admin.display(description="now")
    def open_now(self, hours: BusinessHours) -> SafeString:
        """Whether somebody works at this moment."""
        return chip("person", "open now") if hours.is_open(timezone.now()) else chip("finished", "closed now")

    @admin.display(description="opens next")
    def next_opening(self, hours: BusinessHours) -> str:
        """When somebody works again, as clocks there show it."""
        now = timezone.now()
        begins = hours.hours().next_opening(now)
        if begins is None:
            return "never: there is no opening"
        return "–" if begins <= now else f"{begins:%A %-d %B, %H:%M}"

    @admin.display(description="week")
    def week(self, hours: BusinessHours) -> str:
        """The openings in one line."""
        return (
            ", ".join(
                f"{one.get_weekday_display()[:3]} {one.opens:%H:%M}–{one.closes:%H:%M}" for one in hours.openings.all()
            )
            or "–"
        )

    @admin.display(description="teams")
    def used_by(self, hours: BusinessHours) -> str:
        """Who works by them."""
        return ", ".join(team.name for team in hours.teams.all()) or "none"


admin.site.register(BusinessHours, BusinessHoursAdmin)
