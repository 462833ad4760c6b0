"""What a chat page may send, read into frozen data; nonsense is cut or refused here, once.

Plain readers, not Django forms: the message path runs a hundred times a second, and a form would cost it more
than its one statement does.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from conversations.services import LONGEST_MESSAGE

MOST_VIEWS = 50
MOST_CLAIMS = 20
OLDEST_VIEW = timedelta(days=1)


class NotSendable(Exception):
    """It cannot be accepted as it is; the sentence says why, in the customer's language."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page stands: the conversation it shows, and the newest entry that it has."""

    conversation: str
    after: int

    def in_conversation(self, public_id: uuid.UUID) -> int:
        """The entry to go on after; 0 when the page shows another conversation, or none."""
        return self.after if self.conversation == str(public_id) else 0


@dataclass(frozen=True, slots=True)
class Words:
    """One message as the composer sends it."""

    body: str
    client_id: uuid.UUID
    position: Position


@dataclass(frozen=True, slots=True)
class Told:
    """What a browser tells when the chat is opened; all of it is unsigned but the identity."""

    language: str
    time_zone: str
    referrer: str
    page_url: str
    page_title: str
    identity: str
    claims: dict[str, str] = field(default_factory=dict)
    views: tuple[dict[str, Any], ...] = ()


def read_position(data: Mapping[str, Any]) -> Position:
    """Where the page stands; anything odd means the beginning."""
    return Position(text(data, "conversation", 36), read_number(data, "after"))


def read_number(data: Mapping[str, Any], key: str) -> int:
    """An entry's number; anything odd is 0, which no entry has."""
    value = data.get(key, "")
    is_number = isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and len(value) < 10)
    return max(0, min(int(value), 2**31 - 1)) if is_number else 0


def read_client_id(data: Mapping[str, Any]) -> uuid.UUID:
    """The id that the browser made for this message, so that a retry sends once."""
    client_id = as_uuid(data.get("client_id"))
    if client_id is None:
        raise NotSendable(_("This page is out of date. Reload it and send your message again."))
    return client_id


def read_words(data: Mapping[str, Any]) -> Words:
    """The message, or NotSendable with a sentence for its author."""
    body = plain(str(data.get("body", ""))).replace("\r\n", "\n").strip()
    if not body:
        raise NotSendable(_("Write something first."))
    if len(body) > LONGEST_MESSAGE:
        raise NotSendable(
            _("This message is too long: %(length)d of at most %(most)d characters. Send it in two parts.")
            % {"length": len(body), "most": LONGEST_MESSAGE}
        )
    return Words(body, read_client_id(data), read_position(data))


def read_told(data: Mapping[str, Any]) -> Told:
    """What the browser tells of its visitor; unknown or oversized parts are left out."""
    claims = data.get("claims")
    return Told(
        language=text(data, "language", 20),
        time_zone=text(data, "time_zone", 60),
        referrer=text(data, "referrer", 500),
        page_url=address(data, "page_url"),
        page_title=text(data, "page_title", 200),
        identity=data["identity"] if isinstance(data.get("identity"), str) else "",
        claims={plain(key)[:60]: text(claims, key, 200) for key in list(claims)[:MOST_CLAIMS]}
        if isinstance(claims, dict)
        else {},
        views=read_views(data),
    )


def read_views(data: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The page views that the browser kept, newest fifty; those without an id, an address or a time are dropped."""
    views = data.get("views")
    if not isinstance(views, list):
        return ()
    read = (_view(view) for view in views[-MOST_VIEWS:] if isinstance(view, dict))
    return tuple(view for view in read if view is not None)


def _view(view: Mapping[str, Any]) -> dict[str, Any] | None:
    view_id, url, seen_at = as_uuid(view.get("view_id")), address(view, "url"), _moment(view.get("seen_at"))
    if view_id is None or not url or seen_at is None:
        return None
    return {
        "view_id": view_id,
        "url": url,
        "title": text(view, "title", 200),
        "referrer": text(view, "referrer", 500),
        "seen_at": seen_at,
    }


def _moment(value: Any) -> datetime | None:
    """A time that the browser's clock may have got wrong: never in the future, never older than a day."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or timezone.is_naive(moment):
        return None
    now = timezone.now()
    return min(max(moment, now - OLDEST_VIEW), now)


def address(data: Mapping[str, Any], key: str) -> str:
    """A web address, or nothing: teammates click on it."""
    value = text(data, key, 1000)
    return value if value.startswith(("https://", "http://")) else ""


def text(data: Mapping[str, Any], key: str, most: int) -> str:
    """A short text, cut to what its column holds."""
    value = data.get(key)
    return plain(value).strip()[:most] if isinstance(value, str) else ""


def plain(value: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL, and half an emoji, as a title cut by a script leaves it."""
    return value.replace("\0", "").encode(errors="ignore").decode()


def as_uuid(value: Any) -> uuid.UUID | None:
    """The id that a browser made, if it is one."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object, or an empty one."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
