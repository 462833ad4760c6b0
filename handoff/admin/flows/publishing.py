"""Draft and live side by side, publishing and rolling back, and the history of a flow."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from handoff import designs
from handoff.admin.flows.picture import Picture, picture
from handoff.admin.flows.shell import address, listed, number, problems_of, script_or_empty, shell, who
from handoff.designs import ChangedMeanwhile, NotPublished
from handoff.flows.differences import differences
from handoff.flows.script import Script, read
from handoff.models import Flow, FlowVersion

MOST_NAMED = 3


def changes(request: HttpRequest, flow: Flow) -> HttpResponse:
    """What publishing would change, in words and beside each other."""
    if request.method == "POST":
        return _publish(request, flow)
    problems, draft = problems_of(flow), script_or_empty(flow.draft)
    live = read(flow.live.script) if flow.live else None
    context = shell(request, flow, "changes", problems) | {
        "differences": differences(live, draft),
        "listed": listed(draft, problems),
        "sides": _sides(flow, live, draft),
    }
    return render(request, "admin/flows/changes.html", context)


def _sides(flow: Flow, live: Script | None, draft: Script) -> list[tuple[str, Picture]]:
    there = (
        [(f"Live, version {flow.live.number}", picture(live, links=False, name="live"))] if flow.live and live else []
    )
    return [*there, ("Draft", picture(draft, links=False, name="draft"))]


def _publish(request: HttpRequest, flow: Flow) -> HttpResponse:
    note, expected = request.POST.get("note", "").replace("\x00", "").strip(), request.POST.get("expected", "")
    try:
        version = designs.publish(flow_id=flow.pk, expected=number(expected), by=who(request), note=note)
    except NotPublished as refused:
        messages.error(request, _named(refused, "Not published"))
    except ChangedMeanwhile as refused:
        messages.error(request, str(refused))
    else:
        is_run = flow.automations.exists()
        then = (
            "New conversations start with it."
            if is_run
            else "No chat page runs it yet: choose one under Name and pages."
        )
        messages.success(request, f"Version {version.number} is live. {then}")
    return HttpResponseRedirect(address(flow, "changes"))


def _named(refused: NotPublished, what: str) -> str:
    named = " ".join(one.words for one in refused.problems[:MOST_NAMED])
    more = len(refused.problems) - MOST_NAMED
    return f"{what}. {named}" + (f" And {more} more." if more > 0 else "")


def history(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Who published what, when, and how many conversations are still in each."""
    versions = flow.versions.select_related("published_by").annotate(
        run_count=Count("runs"), live_count=Count("runs", filter=Q(runs__state="live"))
    )
    context = shell(request, flow, "history") | {"versions": versions}
    return render(request, "admin/flows/history.html", context)


def version(request: HttpRequest, flow: Flow, number: int) -> HttpResponse:
    """One published version as a graph to look at, and what it changed."""
    found = get_object_or_404(flow.versions.select_related("published_by"), number=number)
    before = flow.versions.filter(number__lt=number).first()
    script = read(found.script)
    context = shell(request, flow, "history") | {
        "version": found,
        "picture": picture(script, links=False),
        "differences": differences(read(before.script), script) if before else (),
        "before": before,
    }
    return render(request, "admin/flows/version.html", context)


@require_POST
def roll_back(request: HttpRequest, flow: Flow, number: int) -> HttpResponse:
    """The version is live again, as a new one; refused where it no longer fits the house."""
    try:
        made = designs.roll_back(flow_id=flow.pk, number=number, by=who(request))
    except FlowVersion.DoesNotExist as missing:
        raise Http404 from missing
    except NotPublished as refused:
        messages.error(request, _named(refused, f"Version {number} no longer fits, so it was not brought back"))
    else:
        messages.success(request, f"Version {number} is live again, as version {made.number}. The draft is the same.")
    return HttpResponseRedirect(address(flow, "history"))
