"""The inbox's shell and its queue."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox import selectors
from inbox.access import TeammateRequest, teammates_only
from inbox.queues import VIEWS, position, shown, view_named
from inbox.rows import LATE_SECONDS, TARGET_SECONDS, micros

_CONVERSATION_PAGE = re.compile(r"/inbox/c/[0-9a-f-]{36}/")


@require_safe
@teammates_only
def queue(request: TeammateRequest) -> HttpResponse:
    """The inbox, or only what htmx asked for: another view, or the next rows of this one."""
    context = shell(request)
    if request.htmx.history_restore_request or request.htmx.target not in ("queue", "more"):
        return render(request, "inbox/index.html", context)
    response = render(request, f"inbox/index.html#{request.htmx.target}", context)
    if request.htmx.target == "queue":
        response["HX-Push-Url"] = _address(request, context["view"].name)
    return response


def shell(request: TeammateRequest, view: str | None = None) -> dict[str, Any]:
    """What the inbox's frame needs around any pane: the rows of a view, the counts and the teammate."""
    chosen = view_named(view or request.GET.get("view"))
    page = selectors.page(chosen, teammate_id=request.user.pk, after=position(request.GET.get("after")))
    counts, mine = selectors.counts(request.user.pk)
    return {
        "teammate": request.user,
        "view": chosen,
        "views": [(one, shown(counts[one.name])) for one in VIEWS.values()],
        "counts": {name: shown(count) for name, count in counts.items()},
        "mine": mine,
        "page": page,
        "rows": page.rows,
        "now": micros(timezone.now()) // 1000,
        "target_seconds": TARGET_SECONDS,
        "late_seconds": LATE_SECONDS,
    }


def _address(request: TeammateRequest, view: str) -> str:
    """The page's address with another view beside the same open conversation."""
    here = _CONVERSATION_PAGE.match(request.htmx.current_url_abs_path or "")
    return f"{here.group() if here else request.path}?view={view}"
