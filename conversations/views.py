"""The customer's chat page over HTTP. The credential is the signed token, so none of these needs a cookie or CSRF's.

chat.js always sends the token's header, empty where it has none; a request without the header is a plain form.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import (
    access,
    answers,
    arrivals,
    floods,
    forms,
    fragments,
    identity,
    live,
    services,
    visits,
    whole_page,
)
from conversations.models import ChatPage, Conversation, Visitor
from conversations.selectors import Entry, entries_here, greets

LANGUAGES = dict(settings.LANGUAGES)
AWAY = (psycopg.OperationalError, OperationalError)  # the pool's timeout is one of psycopg's


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page: a shell that knows nobody, or with a posted token the thread too, for browsers without scripts."""
    chat_page = access.chat_page(slug)
    visitor = _visitor_if_known(request, slug)
    return whole_page.render(request, chat_page, visitor)


def _visitor_if_known(request: HttpRequest, slug: str) -> Visitor | None:
    try:
        return access.visitor_of(access.token_of(request), slug)
    except access.NotAVisitor:
        return None


def _answer(words: str, status: int = 200) -> HttpResponse:
    return whole_page.private(HttpResponse(words, status=status))


@csrf_exempt
@require_POST
async def post_message(request: HttpRequest, slug: str) -> HttpResponse:
    """Post the visitor's words, and answer with everything after the sender's `after`.

    The product's busiest path: one statement on this event loop, and normally no other query or thread.
    """
    token = request.META.get("HTTP_X_VISITOR_TOKEN")
    if token is None:
        whole: HttpResponse = await database_sync_to_async(_post_plainly)(request, slug)
        return whole
    if request.content_type == "multipart/form-data":
        return _answer("", 415)  # a composer sends no files, and reading some would keep this event loop busy
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else settings.LANGUAGE_CODE
    try:
        named = access.read(token, slug)
        if wait := floods.messages.wait(named.visitor, settings.VISITOR_POSTS_A_MINUTE):
            return _slower(language, wait)
        if "form" in request.POST:
            news: str = await database_sync_to_async(_answered)(token, slug, request.POST)
            return _answer(news)
        with translation.override(language):
            words = forms.read_words(request.POST)
        posted = await services.post_visitor_message_here(
            visitor=named.visitor, chat_page=slug, client_id=words.client_id, body=words.body
        )
        return _answer(await _news_for_sender(posted, words, language))
    except (access.NotAVisitor, services.UnknownVisitor):
        return _answer("", 401)
    except forms.NotSendable as refused:
        return _answer(str(refused), 422)
    except answers.NotAnswered as refused:
        return _answer(fragments.form_again(refused.seq, refused.form, language), 422)
    except AWAY:
        return _answer(_away(language), 503)


def _away(language: str) -> str:
    with translation.override(language):
        return _("We could not take your message just now. It is kept here and will be sent again.")


def _slower(language: str, wait: int) -> HttpResponse:
    with translation.override(language):
        answer = _answer(_too_many(), 429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def _too_many() -> str:
    return _("That was a lot at once. What you wrote is kept here; wait a moment and it can be sent.")


def _wait_for(request: HttpRequest, slug: str, visitor: Visitor | None) -> int:
    """Seconds until they may go on: somebody whom we know by their own doings, somebody new by their address."""
    if visitor is None:
        return floods.arrivals.wait(visits.neighbourhood(request), slug, settings.VISITOR_ARRIVALS_A_MINUTE)
    return floods.signs.wait(visitor.public_id, settings.VISITOR_POSTS_A_MINUTE)


async def _news_for_sender(posted: services.Posted, words: forms.Words, language: str) -> str:
    after = min(words.position.in_conversation(posted.public_id), posted.seq - 1)
    if posted.added and posted.seq == after + 1:
        news = [_own_entry(posted, words)]
    else:
        news = await entries_here(posted.conversation_id, team=False, after=after)
    status = await fragments.status_here(posted.conversation_id, language) if posted.started else None
    return fragments.frame(language, posted.public_id, after=after, seq=news[-1].seq, news=news, status=status)


def _own_entry(posted: services.Posted, words: forms.Words) -> Entry:
    return Entry(
        id=posted.id, seq=posted.seq, author="visitor", audience="everyone", body=words.body, line="", params={},
        author_name="", teammate_id=None, turn_id=None, client_id=words.client_id, created_at=posted.created_at,
    )  # fmt: skip


def _answered(token: str, slug: str, data: Mapping[str, Any]) -> str:
    """Take the answers to a form, and return what is new to their sender."""
    visitor = access.visitor_of(token, slug)
    with translation.override(visitor.chat_page.locale):
        answers.take(visitor, data)
    return _own_thread(visitor, access.latest_conversation(visitor), forms.read_position(data))


def _post_plainly(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for a browser without scripts: the answer is the whole page, with the token in a hidden field."""
    chat_page = access.chat_page(slug)
    visitor = _visitor_if_known(request, slug)
    with translation.override(chat_page.locale):
        try:
            words = None if visitor and "form" in request.POST else forms.read_words(request.POST)
            if _wait_for(request, slug, visitor):
                return whole_page.render(request, chat_page, visitor, trouble=_too_many(), status=429)
            if visitor and not words:
                answers.take(visitor, request.POST)
        except forms.NotSendable as refused:
            return whole_page.render(request, chat_page, visitor, trouble=str(refused), status=422)
        except answers.NotAnswered as refused:
            return whole_page.render(request, chat_page, visitor, again=refused, status=422)
    if not words:
        return whole_page.render(request, chat_page, visitor)
    visitor = visitor or _arrived(request, chat_page, None, forms.read_told({}))
    services.post_visitor_message(visitor=visitor.public_id, chat_page=slug, client_id=words.client_id, body=words.body)
    return whole_page.render(request, chat_page, visitor)


def _arrived(request: HttpRequest, chat_page: ChatPage, visitor: Visitor | None, told: forms.Told) -> Visitor:
    who = None
    if told.identity:
        try:
            who = identity.read(told.identity, chat_page.identity_secret)
        except identity.NotIdentified:
            who = None  # an expired or forged assertion leaves the visitor as they are
    return arrivals.arrive(
        page=chat_page, visitor=visitor, visit=visits.read(request, told), identity=who, claims=told.claims
    )


@csrf_exempt
@require_POST
def open_chat(request: HttpRequest, slug: str) -> HttpResponse:
    """The chat was really opened: the visitor is made or greeted again, and gets their thread and their token."""
    chat_page = access.chat_page(slug)
    data = forms.read_json(request.body)
    told = forms.read_told(data)
    visitor = _visitor_if_known(request, slug)
    if wait := _wait_for(request, slug, visitor):
        return _slower(chat_page.locale, wait)
    visitor = _arrived(request, chat_page, visitor, told)
    services.note_pages(visitor_id=visitor.pk, views=told.views)
    thread = access.latest_conversation(visitor)
    is_fresh = thread is None or thread.status == Conversation.Status.RESOLVED
    greeting = is_fresh and greets(chat_page.pk)
    if greeting and not floods.openings.wait(visitor.public_id.hex, slug, 1):
        services.note_opened(visitor_id=visitor.pk)
    response = _answer(_own_thread(visitor, thread, forms.read_position(data), greeting=greeting))
    response.headers[access.HEADER] = access.sign(visitor, slug)
    return response


def _own_thread(
    visitor: Visitor, thread: Conversation | None, position: forms.Position, *, greeting: bool = False
) -> str:
    after = position.in_conversation(thread.public_id) if thread else 0
    return fragments.latest(visitor, thread, after=after, greeting=greeting)


@require_GET
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything after the page's position, and who is speaking: after a gap, a sleep or a restart."""
    try:
        visitor = access.visitor_of(access.token_of(request), slug)
    except access.NotAVisitor:
        return _answer("", 401)
    return _answer(_own_thread(visitor, access.latest_conversation(visitor), forms.read_position(request.GET)))


@csrf_exempt
@require_POST
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Talk to a person": works before anything was said."""
    is_plain = access.HEADER not in request.headers
    visitor = _visitor_if_known(request, slug)
    if visitor is None and not is_plain:
        return _answer("", 401)
    chat_page = access.chat_page(slug)
    if wait := _wait_for(request, slug, visitor):
        return _slower(chat_page.locale, wait)
    visitor = visitor or _arrived(request, chat_page, None, forms.read_told({}))
    with translation.override(chat_page.locale):
        thread: Conversation = import_string(settings.CHAT_REQUEST_PERSON)(visitor)
    if is_plain:
        return whole_page.render(request, chat_page, visitor)
    thread.refresh_from_db(fields=["last_seq"])
    return _answer(_own_thread(visitor, thread, forms.read_position(request.POST)))


@csrf_exempt
@require_POST
def pages(request: HttpRequest, slug: str) -> HttpResponse:
    """More pages that the visitor browsed while the chat is open."""
    visitor = _visitor_if_known(request, slug)
    if visitor is None:
        return _answer("", 401)
    if wait := _wait_for(request, slug, visitor):
        return _slower(visitor.chat_page.locale, wait)
    services.note_pages(visitor_id=visitor.pk, views=forms.read_views(forms.read_json(request.body)))
    return _answer("", 204)


@csrf_exempt
@require_POST
def typing(request: HttpRequest, slug: str) -> HttpResponse:
    """The visitor is writing; teammates who look at the thread see it for a moment."""
    visitor = _visitor_if_known(request, slug)
    if visitor and (wait := _wait_for(request, slug, visitor)):
        return _slower(visitor.chat_page.locale, wait)
    thread = access.latest_conversation(visitor) if visitor else None
    if thread is not None and thread.status != Conversation.Status.RESOLVED:
        live.publish(live.hint("typing", thread.pk, by="visitor"))
    return _answer("", 204)


@require_GET
def embed_script(request: HttpRequest) -> HttpResponse:  # a view takes its request
    """The script that host pages load; a short cache, so that a new version is everywhere within minutes."""
    found = finders.find("js/embed.js")
    if not found:
        raise Http404
    response = HttpResponse(Path(str(found)).read_bytes(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
