"""What the handoff adds to the pages of the record: handoffs and attempts in the trail, what a chat page runs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from conversations.admin.base import ThemedStackedInline, address, chip, link, shown
from conversations.admin.pages import ChatPageAdmin
from conversations.admin.threads import ConversationAdmin
from conversations.admin.trail import Happening
from conversations.models import ChatPage, Conversation
from handoff.admin.handoffs import handoffs_by, state_chip, waited
from handoff.models import Assignment, Attempt, Automation, Handoff


class LedConversationAdmin(ConversationAdmin):
    """A conversation, with who leads it and its handoffs in the trail."""

    list_display = ["number", "visitor_name", "status_shown", "leads", "last_line", "tagged", "last_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """With the open handoff."""
        waiting = Handoff.objects.open().select_related("engaged_by")
        return super().get_queryset(request).prefetch_related(Prefetch("handoffs", waiting, to_attr="open_handoffs"))

    def conversations_by(self, word: str) -> Q:
        """Also by the reason of a handoff."""
        reasons = Handoff.objects.filter(handoffs_by(word), conversation=OuterRef("pk"))
        return super().conversations_by(word) | Q(Exists(reasons))

    @admin.display(description="leads")
    def leads(self, conversation: Any) -> SafeString | str:
        """Who leads it."""
        for handoff in conversation.open_handoffs:
            name = f" {handoff.person_name}" if handoff.person_name else f" {waited(handoff)}"
            return format_html("{}{}", state_chip(handoff), name)
        return "–" if conversation.status == "resolved" else chip("assistant", "automation")

    def more_of_the_overview(self, conversation: Conversation) -> dict[str, Any]:
        """Who leads and who is responsible."""
        assignment = Assignment.objects.filter(conversation=conversation).select_related("teammate", "team").first()
        return {"leads": self.leads(conversation), "responsible": str(assignment) if assignment else "nobody"}

    def more_of_the_trail(self, conversation: Conversation) -> list[Happening]:
        """Its handoffs and what the assistant tried."""
        handoffs = conversation.handoffs.select_related("engaged_by", "finished_by").order_by("pk")
        attempts = Attempt.objects.filter(turn__conversation=conversation).select_related("turn").order_by("pk")
        return [*map(_handoff, handoffs), *map(_attempt, attempts)]


def _handoff(handoff: Handoff) -> Happening:
    details = [("reason code", handoff.get_code_display()), ("waited", waited(handoff))]
    if handoff.person_name:
        details.append(("person", handoff.person_name))
    if handoff.outcome:
        details.append(("outcome", handoff.get_outcome_display()))
    return Happening(
        at=handoff.requested_at,
        place=(10**9 - 1, handoff.pk),
        kind="handoff",
        mark="waiting",
        who=f"Handoff, {'waiting' if handoff.state == 'requested' else handoff.state}",
        words=handoff.reason,
        href=address(handoff),
        details=details,
    )


def _attempt(attempt: Attempt) -> Happening:
    details = [("found", shown(attempt.found))] if attempt.found else []
    return Happening(
        at=attempt.created_at,
        place=(attempt.turn.upto_seq, 3),
        kind="attempt",
        mark="assistant",
        who=attempt.get_kind_display(),
        words=f"“{attempt.query}”: {attempt.result}" if attempt.kind != "remember" else attempt.result,
        href=address(attempt),
        details=details,
    )


class AutomationInline(ThemedStackedInline):
    """What the chat page runs."""

    model = Automation
    can_delete = False
    verbose_name = "What it runs"
    fields = ["assistant", "default_team", "note"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The customer's note is a sentence or two."""
        if db_field.name == "note":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Always there to be filled in."""
        return 1


class AutomatedChatPageAdmin(ChatPageAdmin):
    """A chat page, with its assistant, its team and the customer's note."""

    inlines = [AutomationInline]
    list_display = ["name", "slug", "runs", "accent", "locale", "threads", "open_page"]
    list_select_related = ["automation__assistant"]

    @admin.display(description="runs", ordering="automation__assistant__name")
    def runs(self, page: ChatPage) -> SafeString | str:
        """Its assistant."""
        automation: Automation | None = getattr(page, "automation", None)
        return link(automation.assistant) if automation and automation.assistant else "straight to a person"


admin.site.unregister(Conversation)
admin.site.register(Conversation, LedConversationAdmin)
admin.site.unregister(ChatPage)
admin.site.register(ChatPage, AutomatedChatPageAdmin)
