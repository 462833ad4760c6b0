"""What every page of one flow shares: who may come in, the head with its tabs, and what the draft is like."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from handoff.flows.check import Problem, check
from handoff.flows.foresight import title
from handoff.flows.script import EMPTY, ENTRIES, NotAScript, Script, read
from handoff.models import Flow, Teammate
from handoff.worlds import directory

View = Callable[..., HttpResponse]
TABS = (
    ("change", "Design"),
    ("try", "Try it"),
    ("changes", "Changes"),
    ("history", "History"),
    ("pages", "Name and pages"),
    ("import", "YAML"),
)


def door(view: View, *, writes: bool = False) -> View:
    """The view for those who may look at flows; posting, and everything that `writes`, for those who may change them."""

    @wraps(view)
    def enter(request: HttpRequest, flow_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        may_change = request.user.has_perm("handoff.change_flow")
        if not may_change and not request.user.has_perm("handoff.view_flow"):
            raise PermissionDenied
        if not may_change and (writes or request.method != "GET"):
            raise PermissionDenied
        flow = get_object_or_404(Flow.objects.select_related("live__published_by", "draft_by"), pk=flow_id)
        return view(request, flow, *args, **kwargs)

    return enter


def number(text: str) -> int:
    """A draft's number as a form sends it; -1, which is none, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def who(request: HttpRequest) -> Teammate:
    """The teammate who is signed in."""
    assert isinstance(request.user, Teammate)
    return request.user


def script_or_empty(data: Any) -> Script:
    """The script, or an empty one where the data is none: the check says why."""
    try:
        return read(data)
    except NotAScript:
        return read(EMPTY)


def problems_of(flow: Flow) -> list[Problem]:
    """Everything that keeps the draft from being published."""
    return check(flow.draft, directory())


def listed(script: Script, problems: list[Problem]) -> list[tuple[Problem, tuple[str, str]]]:
    """Each problem with the link to what it is about, and the name of that."""
    return [(one, _where(script, one)) for one in problems]


def _where(script: Script, problem: Problem) -> tuple[str, str]:
    if problem.step:
        return "?" + urlencode({"step": problem.step}), title(script, problem.step)
    return ("?" + urlencode({"entry": problem.entry}), ENTRIES[problem.entry]) if problem.entry else ("", "")


def address(flow: Flow, name: str = "change", *more: Any) -> str:
    """One of the flow's pages."""
    return reverse(f"admin:handoff_flow_{name}", args=[flow.pk, *more])


def shell(request: HttpRequest, flow: Flow, tab: str, problems: list[Problem] | None = None) -> dict[str, Any]:
    """The context of the head and the tabs."""
    found = problems_of(flow) if problems is None else problems
    return admin.site.each_context(request) | {
        "title": flow.name,
        "opts": None,
        "flow": flow,
        "tabs": [(label, there, name == tab) for name, label in TABS if (there := _tab(flow, name))],
        "problems": found,
        "differs": flow.live is None or flow.live.script != flow.draft,
        "may_change": request.user.has_perm("handoff.change_flow"),
        "editor": address(flow),
        "undo": undo_words(request, flow),
    }


def _tab(flow: Flow, name: str) -> str:
    try:
        return address(flow, name)
    except NoReverseMatch:  # a page of another part of the product that is not there
        return ""


UNDO = "flow_undo"


def keep_for_undo(request: HttpRequest, flow: Flow, before: Any, words: str) -> None:
    """What the draft was before this change; only the last change of one flow can be taken back."""
    request.session[UNDO] = {"flow": flow.pk, "number": flow.draft_number, "draft": before, "words": words}


def undo_words(request: HttpRequest, flow: Flow) -> str:
    """What would be taken back now; empty where nothing can be, or somebody has changed the draft since."""
    kept = request.session.get(UNDO) or {}
    is_last = kept.get("flow") == flow.pk and kept.get("number") == flow.draft_number
    return str(kept["words"]) if is_last else ""
