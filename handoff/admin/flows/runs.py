"""Where each conversation stands in a flow, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import HistoryAdmin, address, chip, facts, link, search
from conversations.admin.trail import Happening, delivery
from conversations.models import Event
from handoff import checkpoints
from handoff.flows.foresight import awaited, title
from handoff.models import FlowRun
from handoff.models.flows import ENDINGS
from handoff.worlds import script_of

MARKS = {"finished": "finished", "resolved": "finished", "moved": "flow", "left": "person", "failed": "danger"}


class FlowRunAdmin(HistoryAdmin):
    """One conversation's way through a flow: which version, where it stands, how it ended."""

    list_display = ["where", "state_shown", "in_conversation", "in_version", "entry", "started_at"]
    list_filter = ["state", "ending", "entry", "version__flow"]
    list_select_related = ["conversation__visitor", "version__flow"]
    search_fields = ["step"]
    search_help_text = "Words of the flow's name, the visitor's name, or #conversation."
    readonly_fields = ["overview", "known"]
    fieldsets = [("", {"fields": ["overview"]}), ("What it has kept", {"fields": ["known"]})]
    change_form_outer_after_template = "admin/trail.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FlowRun], search_term: str
    ) -> tuple[QuerySet[FlowRun], bool]:
        """By flow, by visitor, or by the conversation's number."""

        def by(word: str) -> Q:
            return Q(version__flow__name__icontains=word) | Q(conversation__visitor__name__icontains=word)

        return search(queryset, search_term, by, number="conversation_id"), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The page with what it did below."""
        run = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if run is not None and self.has_view_permission(request, run):
            extra |= {"title": f"{run.version.flow} in {run.conversation}", "trail": moves_of(run)}
        return super().change_view(request, object_id, form_url, extra)

    @admin.display(description="where it stands", ordering="step")
    def where(self, run: FlowRun) -> str:
        """In words."""
        script = script_of(run.version_id)
        if run.state == FlowRun.State.ENDED:
            return f"ended at “{title(script, run.step)}”"
        wrapping = "wrapping up, " if run.wraps_up else ""
        return wrapping + awaited(script, checkpoints.checkpoint(run))

    @admin.display(description="state", ordering="state")
    def state_shown(self, run: FlowRun) -> SafeString:
        """Whether it goes on, or how it ended."""
        if run.state == FlowRun.State.LIVE:
            return chip("waiting", "live")
        return chip(MARKS[run.ending], ENDINGS[run.ending].lower())

    @admin.display(description="conversation", ordering="conversation")
    def in_conversation(self, run: FlowRun) -> SafeString | str:
        """The thread."""
        return link(run.conversation, f"{run.conversation} · {run.conversation.visitor}")

    @admin.display(description="flow", ordering="version")
    def in_version(self, run: FlowRun) -> SafeString:
        """The version that it started with, as a graph."""
        there = reverse("admin:handoff_flow_version", args=[run.version.flow_id, run.version.number])
        return format_html(
            '<a class="v-link" href="{}">{}, version {}</a>', there, run.version.flow, run.version.number
        )

    @admin.display(description="overview")
    def overview(self, run: FlowRun) -> SafeString | str:
        """How it stands."""
        return facts(
            {
                "conversation": self.in_conversation(run),
                "flow": self.in_version(run),
                "state": self.state_shown(run),
                "where it stands": self.where(run),
                "began": f"{run.started_at:%d %b %Y %H:%M:%S}: {run.get_entry_display().lower()}",
                "waits until": f"{run.until:%d %b %Y %H:%M:%S}" if run.until else "",
                "ended": f"{run.ended_at:%d %b %Y %H:%M:%S}" if run.ended_at else "",
                "handoff": link(run.handoff) if run.handoff else "",
                "moves": run.moves,
            }
        )

    @admin.display(description="variables")
    def known(self, run: FlowRun) -> SafeString | str:
        """What it has learned; what is its own affair begins with an underscore and is left out."""
        return facts((name, value) for name, value in sorted(run.variables.items()) if not name.startswith("_"))


def moves_of(run: FlowRun) -> list[Happening]:
    """The journal's lines of this run, oldest first."""
    events = Event.objects.filter(
        conversation=run.conversation_id, kind__in=["flow.started", "flow.moved", "flow.ended"], data__run_id=run.pk
    ).order_by("pk")
    return [_move(run, one) for one in events]


def _move(run: FlowRun, event: Event) -> Happening:
    script, data = script_of(run.version_id), event.data
    if event.kind == "flow.started":
        who, words = "Begins", run.get_entry_display()
    elif event.kind == "flow.ended":
        who, words = "Ends", ENDINGS.get(data["ending"], data["ending"])
    else:
        who = title(script, data["step"])
        words = f"left by “{_exit_words(data['exit'])}”" if data["exit"] else "waits"
    details = [("journal", delivery(event))]
    return Happening(event.created_at, (0, event.pk), f"event {event.pk}", "flow", who, words, address(event), details)


def _exit_words(name: str) -> str:
    return name.replace("_", " ")


admin.site.register(FlowRun, FlowRunAdmin)
