"""The list of flows, and the addresses of every page about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from conversations.admin.base import KeepsHistory, chip, link, list_address
from handoff.admin.flows.editor import editor
from handoff.admin.flows.files import add, bring_in, export
from handoff.admin.flows.pages import pages
from handoff.admin.flows.publishing import changes, history, roll_back, version
from handoff.admin.flows.shell import door
from handoff.admin.flows.trying import urls as try_urls
from handoff.flows.check import check
from handoff.models import Flow, FlowRun
from handoff.worlds import directory


class FlowAdmin(KeepsHistory):
    """What happens before, around and after the assistant: designed, published, rolled back."""

    list_display = ["name", "live_shown", "draft_shown", "problems_shown", "run_by", "runs_now"]
    list_select_related = ["live"]
    search_fields = ["name", "slug"]
    search_help_text = "The name."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        """With who runs it and how many conversations are in it."""
        found: QuerySet[Flow] = super().get_queryset(request)
        runs = Count("versions__runs", filter=Q(versions__runs__state="live"), distinct=True)
        return found.annotate(runs_count=runs).prefetch_related("automations__chat_page")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each draft checked against the house as it is now."""
        found = super().get_changelist_instance(request)
        there = directory()
        for flow in found.result_list:
            flow.problem_count = len(check(flow.draft, there))
        return found

    @admin.display(description="live", ordering=F("live__number").desc(nulls_last=True))
    def live_shown(self, flow: Flow) -> SafeString:
        """The version that new runs start with."""
        return chip("tag-teal", f"version {flow.live.number}") if flow.live else chip("open", "not published")

    @admin.display(description="draft", ordering="-draft_at")
    def draft_shown(self, flow: Flow) -> str:
        """Whether there is something to publish."""
        if flow.live and flow.live.script == flow.draft:
            return "same as live"
        return f"changed {flow.draft_at:%d %b %H:%M}"

    @admin.display(description="problems")
    def problems_shown(self, flow: Any) -> SafeString | str:
        """How many keep the draft from being published."""
        count: int = getattr(flow, "problem_count", 0)
        return chip("danger", f"{count} problem{'s' if count > 1 else ''}") if count else "none"

    @admin.display(description="runs on")
    def run_by(self, flow: Flow) -> SafeString | str:
        """Its chat pages."""
        return (
            format_html_join(", ", "{}", ((link(one.chat_page),) for one in flow.automations.all())) or "no chat page"
        )

    @admin.display(description="runs now", ordering="runs_count")
    def runs_now(self, flow: Any) -> SafeString:
        """How many conversations are in it, leading to them."""
        there = list_address(FlowRun, version__flow__id__exact=flow.pk, state__exact="live")
        return format_html('<a class="v-link" href="{}">{}</a>', there, flow.runs_count)

    def get_urls(self) -> list[URLPattern]:
        """The pages of one flow stand in for those that the admin would make."""

        def page(route: str, view: Callable[..., HttpResponse], name: str, *, writes: bool = False) -> URLPattern:
            guarded = self.admin_site.admin_view(door(view, writes=writes))
            return path(f"<int:flow_id>/{route}/", guarded, name=f"handoff_flow_{name}")

        return [
            page("change", editor, "change"),
            page("changes", changes, "changes"),
            page("history", history, "history"),
            page("versions/<int:number>", version, "version"),
            page("versions/<int:number>/again", roll_back, "roll_back", writes=True),
            page("pages", pages, "pages"),
            page("export", export, "export"),
            page("import", bring_in, "import"),
            *try_urls,
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new flow begins with a choice of what it begins from."""
        return add(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The editor stands at this address for every flow's number; the theme's own form, which checks nothing, never does."""
        raise Http404

    def history_of(self, obj: Flow) -> str:
        """Published versions stay, and so does what they belong to."""
        if obj.versions.exists():
            return (
                f"“{obj}” has been published, and conversations keep the versions that they ran, so it stays. "
                "Take it off its chat pages and nothing new starts with it."
            )
        return ""


admin.site.register(Flow, FlowAdmin)
