"""The design page of one flow: the graph with the form beside it, and every change of the draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst

from handoff import designs
from handoff.admin.flows.forms import clean, seconds
from handoff.admin.flows.house import house
from handoff.admin.flows.panel import as_typed, panel
from handoff.admin.flows.picture import picture
from handoff.admin.flows.shell import (
    UNDO,
    address,
    keep_for_undo,
    listed,
    number,
    problems_of,
    script_or_empty,
    shell,
    who,
)
from handoff.designs import ChangedMeanwhile
from handoff.flows import editing
from handoff.flows.check import Problem, check
from handoff.flows.editing_draft import CannotEdit, Edit
from handoff.flows.script import NotAScript, read
from handoff.flows.steps import STEPS
from handoff.models import Flow
from handoff.worlds import directory

Data = dict[str, Any]
LOOKS = "look"  # the form again as it was typed: fields come and go, nothing is kept


def editor(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The graph and what is chosen; a post changes the draft, or comes back with what was typed."""
    if request.method != "POST":
        return page(request, flow)
    do = request.POST.get("do", "")
    if do == LOOKS or "row" in request.POST:
        return page(request, flow, post=request.POST)
    try:
        edit = undone(request, flow) if do == "undo" else _edit(flow.draft, do, request)
        read(edit.data)
        before = flow.draft
        flow = designs.save_draft(
            flow_id=flow.pk, draft=edit.data, expected=number(request.POST.get("expected", "")), by=who(request)
        )
    except (CannotEdit, NotAScript) as wrong:
        return page(request, flow, post=request.POST, refused=str(wrong))
    except ChangedMeanwhile as conflict:
        return page(request, flow, post=request.POST, refused=_conflict(conflict))
    keep_for_undo(request, flow, before, edit.words)
    messages.success(request, capfirst(edit.words))
    return HttpResponseRedirect(address(flow) + _chosen(do, edit, request.POST))


def page(request: HttpRequest, flow: Flow, *, post: QueryDict | None = None, refused: str = "") -> HttpResponse:
    """The whole page; what was refused says so beside what was typed."""
    flow = Flow.objects.select_related("live__published_by", "draft_by").get(pk=flow.pk)
    problems, script = problems_of(flow), script_or_empty(flow.draft)
    found = panel(script, request.GET, house(), _as_it_would_be(flow, request, post) if post else problems, post)
    drawn = picture(script, problems, step=found.step.id if found.step else "", entry=found.entry)
    context = shell(request, flow, "change", problems) | {
        "picture": drawn,
        "panel": found,
        "panel_template": f"admin/flows/panel_{found.what}.html",
        "refused": refused,
        "is_typed": post is not None,
        "listed": listed(script, problems),
        "has_steps": bool(script.steps),
    }
    return render(request, "admin/flows/editor.html", context)


def _as_it_would_be(flow: Flow, request: HttpRequest, post: QueryDict) -> list[Problem]:
    """The problems of the draft with what was typed, so that none is shown that has been mended already."""
    try:
        return check(_save(flow.draft, request.GET.get("step", ""), post).data, directory())
    except (CannotEdit, NotAScript):
        return problems_of(flow)


def _conflict(conflict: ChangedMeanwhile) -> str:
    return (
        f"{str(conflict).partition(' changed this flow')[0]} changed this flow meanwhile, so nothing was saved. "
        "The graph shows it as it stands now, the form what you typed: save it again to put yours over theirs."
    )


def _chosen(do: str, edit: Edit, post: QueryDict) -> str:
    """Where to go after the change: to the step that it is about."""
    if do == "save_entry":
        return "?" + urlencode({"entry": post.get("entry", "")})
    if do == "remove_entry":
        return ""
    there = any(one.get("id") == edit.step_id for one in edit.data["steps"])
    return "?" + urlencode({"step": edit.step_id}) if there else ""


# ── Every change, by the word that its button says.


def undone(request: HttpRequest, flow: Flow) -> Edit:
    """The draft as it was before the last change, which can itself be taken back."""
    kept = request.session.get(UNDO) or {}
    if kept.get("flow") != flow.pk or kept.get("number") != flow.draft_number:
        raise CannotEdit("There is nothing to undo any more: the flow was changed since.")
    words = str(kept["words"])
    again = words.removeprefix("undone: ")
    step = request.GET.get("step", "")
    return Edit(kept["draft"], step, again if again != words else f"undone: {words}")


def _edit(draft: Data, do: str, request: HttpRequest) -> Edit:
    if do not in EDITS:
        raise CannotEdit("That is nothing that can be done with a flow.")
    return EDITS[do](draft, request.GET.get("step", ""), request.POST)


def _save(draft: Data, step_id: str, post: QueryDict) -> Edit:
    step = read(draft).steps.get(step_id)
    if step is None or step.kind not in STEPS:
        raise CannotEdit("This step is not there any more. What you typed is below.")
    new = as_typed(step, STEPS[step.kind], post)
    led = {name: target for name, target in new.exits.items() if target != step.exits.get(name, "")}
    return editing.set_step(draft, step_id, title=new.title, params=new.params, exits=led)


def _add(draft: Data, step_id: str, post: QueryDict) -> Edit:
    if entry := post.get("entry"):
        return editing.add_for_entry(draft, entry, post.get("kind", ""))
    return editing.add_after(draft, step_id, post.get("exit", ""), post.get("kind", ""))


def _move(draft: Data, step_id: str, post: QueryDict) -> Edit:
    after, _, exit_name = post.get("place", "").partition(":")
    return editing.move(draft, step_id, after, exit_name)


def _save_entry(draft: Data, step_id: str, post: QueryDict) -> Edit:
    name, each_time = post.get("entry", ""), post.get("each_time") == "on"
    if name != "inactivity":
        return editing.set_entry(draft, name, clean(post.get("target", "")))
    length = seconds(post, "seconds")
    if not isinstance(length, int):
        raise CannotEdit("Say in whole numbers how long the silence lasts.")
    return editing.set_entry(draft, name, clean(post.get("target", "")), seconds=length, each_time=each_time)


EDITS: dict[str, Callable[[Data, str, QueryDict], Edit]] = {
    "save": _save,
    "add": _add,
    "move": _move,
    "duplicate": lambda draft, step_id, post: editing.duplicate(draft, step_id),
    "delete": lambda draft, step_id, post: editing.delete(draft, step_id),
    "rename": lambda draft, step_id, post: editing.rename_id(draft, step_id, post.get("id", "").strip()),
    "save_entry": _save_entry,
    "remove_entry": lambda draft, step_id, post: editing.remove_entry(draft, post.get("entry", "")),
}
