"""New flows, and flows as YAML: out as a file, in as a new flow or over a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from handoff import designs
from handoff.admin.flows.forms import clean
from handoff.admin.flows.shell import address, keep_for_undo, number, script_or_empty, shell, who
from handoff.designs import ChangedMeanwhile
from handoff.flows.differences import differences
from handoff.flows.ready import READY, Names
from handoff.flows.script import NotAScript, read
from handoff.flows.text import NotAFlow, dump, load
from handoff.models import Flow
from handoff.models.flows import empty_script

LARGEST = 1_000_000  # characters of a file


class NotMade(Exception):
    """The flow cannot be made so; the sentence says why."""


@require_GET
def export(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The draft as a file."""
    answer = HttpResponse(dump(flow.name, flow.draft), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{flow.slug}.yaml"'
    return answer


def bring_in(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The draft as text; another text is shown with its differences first, and only then replaces the draft."""
    context: dict[str, Any] = {"text": dump(flow.name, flow.draft), "refused": "", "checked": False}
    if request.method == "POST":
        context |= {"text": _sent(request)}
        try:
            _name, loaded = load(context["text"])
            script = read(loaded)
            context |= {"differences": differences(script_or_empty(flow.draft), script), "checked": True}
            if request.POST.get("do") == "replace":
                return _replace(request, flow, script.data())
        except (NotAFlow, NotAScript, ChangedMeanwhile) as wrong:
            context |= {"refused": str(wrong)}
            flow.refresh_from_db()
    return render(request, "admin/flows/import.html", shell(request, flow, "import") | context)


def _replace(request: HttpRequest, flow: Flow, data: dict[str, Any]) -> HttpResponse:
    expected = request.POST.get("expected", "")
    before = flow.draft
    saved = designs.save_draft(flow_id=flow.pk, draft=data, expected=number(expected), by=who(request))
    keep_for_undo(request, saved, before, "the draft was replaced by a YAML text")
    messages.success(request, "The draft is what the YAML text says.")
    return HttpResponseRedirect(address(saved))


def _sent(request: HttpRequest) -> str:
    """The text of the file, or of the box."""
    file = request.FILES.get("file")
    if file is None:
        return clean(request.POST.get("text", ""))[:LARGEST]
    return clean(file.read(LARGEST).decode("utf-8", errors="replace"))


def add(request: HttpRequest) -> HttpResponse:
    """A new flow: from an empty page, from a template, or from a YAML text."""
    if not request.user.has_perm("handoff.add_flow"):
        raise PermissionDenied
    context: dict[str, Any] = {"title": "New flow", "opts": None, "refused": "", "text": "", "name": "", "ready": READY}
    if request.method == "POST":
        context |= {"name": clean(request.POST.get("name", "")).strip(), "text": _sent(request)}
        try:
            name, draft = _begun(request.POST.get("from", ""), context["name"], context["text"])
            return HttpResponseRedirect(address(designs.create(name=name, draft=draft, by=who(request))))
        except (NotMade, NotAFlow, NotAScript) as wrong:
            context |= {"refused": str(wrong)}
    return render(request, "admin/flows/new.html", admin.site.each_context(request) | context)


def _begun(beginning: str, name: str, text: str) -> tuple[str, dict[str, Any]]:
    draft = empty_script()
    if beginning == "yaml":
        named, loaded = load(text)
        name, draft = name or named, read(loaded).data()
    elif (chosen := READY.get(beginning.removeprefix("ready:"))) is not None:
        name, draft = name or chosen.name, read(chosen.data(Names())).data()
    if not name:
        raise NotMade("Give the flow a name, such as “Refunds”.")
    if len(name) > 80:
        raise NotMade("A flow's name has at most 80 characters.")
    if Flow.objects.filter(name=name).exists():
        raise NotMade(f"There is a flow called “{name}” already. Choose another name.")
    return name, draft
