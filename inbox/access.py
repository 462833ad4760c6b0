"""The one door for teammates: who may come in, and which conversation they may see."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from io import BytesIO
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from conversations.models import Conversation
from handoff.models import Teammate

REFUSED = 4401  # our own close code: the page goes to the sign-in page and does not try again

P = ParamSpec("P")


class TeammateRequest(HttpRequest):
    """A request that came through the door."""

    user: Teammate
    htmx: HtmxDetails


def teammates_only(
    view: Callable[Concatenate[TeammateRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only a signed-in, active teammate reaches the view; everybody else is led to the sign-in page.

    htmx is told to go there as a page, so that the sign-in form never lands in a list.
    """

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_active:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # the door has just looked
        return _to_sign_in(request)

    return door


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    here = request.get_full_path() if not htmx else _page_of(htmx)
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}"
    return HttpResponseClientRedirect(target) if htmx else redirect(target)


def _page_of(htmx: HtmxDetails) -> str:
    """The page that the teammate looks at, to which they return; a fragment's address would be no page."""
    parts = urlsplit(htmx.current_url or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or resolve_url("inbox:queue")


def conversation(request: TeammateRequest, public_id: uuid.UUID) -> Conversation:
    """The conversation, with its visitor and chat page; 404 where there is none."""
    found = Conversation.objects.select_related("visitor", "chat_page").filter(public_id=public_id).first()
    if found is None:
        raise Http404("There is no conversation with this address.")
    return found


def teammate_of(scope: Mapping[str, Any]) -> Teammate | None:
    """The signed-in, active teammate of a socket; None for everybody else."""
    user = scope.get("user")
    return user if isinstance(user, Teammate) and user.is_active else None


async def is_still_welcome(scope: Mapping[str, Any]) -> bool:
    """Whether the teammate of an open socket is still active, signed in, and by the password that they have now."""
    # The asynchronous ORM would keep a connection of the pool for each socket's task.
    welcome: bool = await database_sync_to_async(_is_still_welcome)(scope)
    return welcome


def _is_still_welcome(scope: Mapping[str, Any]) -> bool:
    teammate, session = teammate_of(scope), scope["session"]
    if teammate is None or not session.exists(session.session_key):
        return False
    now = Teammate.objects.filter(pk=teammate.pk, is_active=True).first()
    return now is not None and constant_time_compare(session.get(HASH_SESSION_KEY, ""), now.get_session_auth_hash())


def language_of(scope: Mapping[str, Any]) -> str:
    """The language in which the socket's page is read, by the same rule as the page itself."""
    request = ASGIRequest({**scope, "method": "GET"}, BytesIO())
    return translation.get_language_from_request(request)
