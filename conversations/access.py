"""The one door for visitors: a signed token that says who they are, on one chat page, until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import Http404, HttpRequest

from conversations.models import ChatPage, Conversation, Visitor

_SALT = "visitor token"
HEADER = "X-Visitor-Token"
FIELD = "visitor_token"


class NotAVisitor(Exception):
    """The token is missing, forged, expired, or of another chat page; the page starts anew without one."""


@dataclass(frozen=True, slots=True)
class VisitorToken:
    """What a token that we signed says."""

    visitor: uuid.UUID
    chat_page: str


def sign(visitor: Visitor, slug: str) -> str:
    """A token for this visitor on this chat page, good for VISITOR_TOKEN_DAYS.

    With dots for the signer's colons, it can be named as a socket's subprotocol.
    """
    return signing.dumps([visitor.public_id.hex, slug], salt=_SALT).replace(":", ".")


def read(token: str, slug: str) -> VisitorToken:
    """What the token says; NotAVisitor unless we signed it, lately enough, for this chat page."""
    try:
        public_id, page = signing.loads(
            token.replace(".", ":"), salt=_SALT, max_age=settings.VISITOR_TOKEN_DAYS * 86_400
        )
    except signing.BadSignature as refused:
        raise NotAVisitor from refused
    if page != slug:
        raise NotAVisitor
    return VisitorToken(uuid.UUID(public_id), page)


def token_of(request: HttpRequest) -> str:
    """The token as the page sent it: in a header, or in a plain form's hidden field."""
    return request.headers.get(HEADER, "") or request.POST.get(FIELD, "")


def visitor_of(token: str, slug: str) -> Visitor:
    """The visitor that the token names, with their chat page."""
    named = read(token, slug)
    visitor = Visitor.objects.select_related("chat_page").filter(public_id=named.visitor, chat_page__slug=slug).first()
    if visitor is None:
        raise NotAVisitor
    return visitor


def chat_page(slug: str) -> ChatPage:
    """The chat page; 404 where there is none."""
    found = ChatPage.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("There is no chat page with this address.")
    return found


def unresolved_conversation(visitor: Visitor) -> Conversation | None:
    """The visitor's own thread that is going on; the database holds that there is one at most."""
    return Conversation.objects.filter(visitor=visitor, chat_page_id=visitor.chat_page_id).unresolved().first()


def latest_conversation(visitor: Visitor) -> Conversation | None:
    """The visitor's own thread: the unresolved one, else the newest."""
    threads = visitor.conversations.filter(chat_page_id=visitor.chat_page_id)
    # The unresolved one need not be the newest: a teammate may have reopened an older one.
    return threads.order_by(F("resolved_at").desc(nulls_first=True), "-pk").first()
