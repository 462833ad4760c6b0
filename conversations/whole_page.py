"""The whole chat page as one answer: for its first load, and for browsers without scripts."""

from __future__ import annotations

import re
import uuid

from django import shortcuts
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from conversations import access, answers, fragments, selectors, services
from conversations.models import ChatPage, Visitor

_ORIGIN = re.compile(r"https?://[\w.-]+(:\d+)?")


def render(
    request: HttpRequest,
    chat_page: ChatPage,
    visitor: Visitor | None,
    *,
    trouble: str = "",
    status: int = 200,
    again: answers.NotAnswered | None = None,
) -> HttpResponse:
    """The page with its visitor's thread; `trouble` and `again` say what was refused, beside what they had typed."""
    origins = [origin for origin in chat_page.allowed_origins if _ORIGIN.fullmatch(origin)]
    theme = request.GET.get("theme", "")
    with translation.override(chat_page.locale):
        context = {
            **fragments.thread(chat_page, access.latest_conversation(visitor) if visitor else None),
            "page": chat_page,
            "origins": " ".join(origins),
            "is_frame": "frame" in request.GET,
            "theme": theme if theme in ("light", "dark") else "",
            "token": access.sign(visitor, chat_page.slug) if visitor else "",
            "client_id": uuid.uuid4(),
            "longest": services.LONGEST_MESSAGE,
            "trouble": trouble,
            "unsent": request.POST.get("body", "") if trouble else "",
            "greets": selectors.greets(chat_page.pk),
        }
        if again and again.seq == context["form_of"]:
            context["form"] = again.form
        response = shortcuts.render(request, "chat/page.html", context, status=status)
    response.frame_ancestors = ["'self'", *origins]  # type: ignore[attr-defined]  # read by vivollo.security
    response.xframe_options_exempt = True  # the older header knows no list of sites
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    """The answer is one visitor's own; nothing on the way keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
