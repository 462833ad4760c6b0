"""The journal, to be read: what happened, when, by whom, and whether each handler heard of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from conversations.admin.base import HistoryAdmin, chip, facts, link, search
from conversations.admin.trail import delivery
from conversations.events import KINDS
from conversations.models import Event


class KindFilter(admin.SimpleListFilter):
    """The kinds as the code lists them, without asking the whole journal which there are."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind."""
        return [(kind, kind) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class EventAdmin(HistoryAdmin):
    """One row of the journal."""

    list_display = ["kind", "number", "in_conversation", "by", "readable", "created_at", "delivery_shown"]
    list_display_links = ["kind", "number"]
    list_filter = [KindFilter, ("delivered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["conversation", "teammate"]
    search_fields = ["kind"]
    search_help_text = "#conversation, a kind such as handoff.requested, a teammate's or a visitor's name."
    readonly_fields = [
        "kind", "in_conversation", "by", "readable", "created_at", "delivery_shown", "delivered_at", "tries", "trouble",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """By conversation, by kind, or by person."""

        def by(word: str) -> Q:
            whose = Q(teammate__username__iexact=word) | Q(conversation__visitor__name__icontains=word)
            return Q(kind__icontains=word) | Q(trouble__icontains=word) | whose

        return search(queryset, search_term, by, number="conversation_id"), False

    @admin.display(description="number", ordering="pk")
    def number(self, event: Event) -> str:
        """Its id; never a cursor."""
        return f"event {event.pk}"

    @admin.display(description="conversation", ordering="conversation")
    def in_conversation(self, event: Event) -> SafeString | str:
        """The thread."""
        return link(event.conversation)

    @admin.display(description="by", ordering="teammate")
    def by(self, event: Event) -> SafeString | str:
        """The teammate who did it."""
        return link(event.teammate)

    @admin.display(description="what")
    def readable(self, event: Event) -> SafeString | str:
        """Its data as a list."""
        return facts(event.data)

    @admin.display(description="delivery", ordering="delivered_at")
    def delivery_shown(self, event: Event) -> SafeString:
        """Whether each handler has heard of it."""
        return chip("finished" if event.delivered_at else "danger" if event.tries else "waiting", delivery(event))


admin.site.register(Event, EventAdmin)
