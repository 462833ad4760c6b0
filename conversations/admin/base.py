"""What every page of the admin shares: the theme, read-only history, and data shown as a list, never as raw JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    ThemedAdmin = admin.ModelAdmin[Any]
    ThemedStackedInline = admin.StackedInline[Any, Any]
    ThemedTabularInline = admin.TabularInline[Any, Any]
else:  # the theme has no types of its own, and Django's classes cannot be subscripted at run time
    from unfold.admin import ModelAdmin as ThemedAdmin
    from unfold.admin import StackedInline as ThemedStackedInline
    from unfold.admin import TabularInline as ThemedTabularInline

__all__ = [
    "HistoryAdmin",
    "KeepsHistory",
    "ThemedAdmin",
    "ThemedStackedInline",
    "ThemedTabularInline",
    "chip",
    "facts",
    "link",
    "search",
]

MARKS = {"assistant": "✦", "waiting": "◔", "person": "☻", "finished": "✓", "visitor": "›", "danger": "!"}


class HistoryAdmin(ThemedAdmin):
    """History is read and searched here; nothing of it can be added, changed or deleted."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes history."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes it."""
        return False


class KeepsHistory(ThemedAdmin):
    """What history hangs on cannot be deleted, and the page says why before anybody presses the button."""

    def history_of(self, obj: Any) -> str:
        """A sentence that says what keeps it; empty where nothing does."""
        raise NotImplementedError

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One at a time: each is asked for its history."""
        found = super().get_actions(request)
        return {name: action for name, action in found.items() if name != "delete_selected"}

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Back to the page with the reason, where history keeps it."""
        obj = self.get_object(request, object_id)
        why = self.history_of(obj) if obj is not None and self.has_delete_permission(request, obj) else ""
        if why and obj is not None:
            self.message_user(request, why, messages.ERROR)
            return HttpResponseRedirect(address(obj))
        return super().delete_view(request, object_id, extra_context)


def address(obj: Model) -> str:
    """The admin's page of a row."""
    meta = obj._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])


def list_address(model: type[Model], **only: Any) -> str:
    """The admin's list of a model, narrowed down."""
    base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return base + ("?" + "&".join(f"{key}={value}" for key, value in only.items()) if only else "")


def link(obj: Model | None, words: str = "") -> SafeString | str:
    """The row's name, leading to its page."""
    if obj is None:
        return "–"
    return format_html('<a class="v-link" href="{}">{}</a>', address(obj), words or str(obj))


def chip(mark: str, words: object) -> SafeString:
    """A speaker or a state: its hue, its shape and its word."""
    shape = MARKS.get(mark, "")
    before = format_html('<span class="v-mark" aria-hidden="true">{}</span>', shape) if shape else ""
    return format_html('<span class="v-chip v-{}">{}{}</span>', mark, before, words)


def shown(value: Any) -> str:
    """One value in words."""
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(one)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(shown(one) for one in value) or "nothing"
    return "–" if value is None or value == "" else str(value)


def facts(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> SafeString | str:
    """Keys and values as a list that reads well."""
    rows = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
    if not rows:
        return "–"
    items = format_html_join(
        "", "<div><dt>{}</dt><dd>{}</dd></div>", ((key.replace("_", " "), _cell(value)) for key, value in rows)
    )
    return format_html('<dl class="v-facts">{}</dl>', items)


def _cell(value: Any) -> SafeString | str:
    return value if isinstance(value, SafeString) else shown(value)


def search(queryset: QuerySet[Any], typed: str, by_words: Callable[[str], Q], *, number: str = "pk") -> QuerySet[Any]:
    """Rows that each typed word fits: "#12" and "12" are also a number, a public id is found as it is."""
    for word in typed.split():
        wanted = by_words(word)
        digits = word.removeprefix("#")
        if digits.isascii() and digits.isdigit() and len(digits) < 18:
            wanted = Q(**{number: int(digits)}) if word.startswith("#") else wanted | Q(**{number: int(digits)})
        queryset = queryset.filter(wanted)
    return queryset


def is_public_id(word: str) -> bool:
    """Whether the word is a whole public id."""
    try:
        UUID(word)
    except ValueError:
        return False
    return True
