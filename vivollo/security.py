"""Response headers that keep foreign code out: one Content-Security-Policy for our pages, one for the admin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.decorators import sync_and_async_middleware

PAGES = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
# django-unfold's Alpine.js evaluates its attributes and sets inline styles (FACTS); only signed-in staff get
# this page, and nothing that a visitor wrote is rendered there unescaped.
ADMIN = PAGES | {
    "script-src": "'self' 'unsafe-eval' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}
ADMIN_PATH = "/admin/"


def policy(path: str, frame_ancestors: list[str] | None) -> str:
    """The policy for one answer; only a chat page may be embedded, and only by its own list."""
    directives = ADMIN if path.startswith(ADMIN_PATH) else PAGES
    ancestors = " ".join(frame_ancestors) if frame_ancestors else "'none'"
    return "; ".join(f"{name} {value}" for name, value in (directives | {"frame-ancestors": ancestors}).items())


def _protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    ancestors: list[str] | None = getattr(response, "frame_ancestors", None)
    response.headers.setdefault("Content-Security-Policy", policy(request.path, ancestors))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if ancestors is not None:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]  # read by Django's clickjacking middleware
    return response


@sync_and_async_middleware
def transport_security(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """What Django's own middleware does (only over TLS, and the browser keeps to it), without its thread hops.

    For the visitor's door, which does not pass Django's. Where there is no TLS it is not there at all.
    """
    if not settings.SECURE_SSL_REDIRECT:
        raise MiddlewareNotUsed
    djangos = SecurityMiddleware(lambda request: HttpResponse())
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponse]] = get_response

        async def secure_here(request: HttpRequest) -> HttpResponseBase:
            return djangos.process_request(request) or djangos.process_response(request, await answer(request))

        return secure_here

    def secure(request: HttpRequest) -> HttpResponseBase:
        return djangos.process_request(request) or djangos.process_response(request, get_response(request))

    return secure


@sync_and_async_middleware
def content_security_policy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Every answer carries the policy of its page; natively asynchronous, so that a message costs no thread."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def protect_here(request: HttpRequest) -> HttpResponseBase:
            return _protect(request, await answer(request))

        return protect_here

    def protect(request: HttpRequest) -> HttpResponseBase:
        return _protect(request, get_response(request))

    return protect
