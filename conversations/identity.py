"""Who the host page's own server says its visitor is, signed with the chat page's secret.

On the host's server, in any language; here in Python:

    import base64, hashlib, hmac, json, time

    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    claims = {"id": "1042", "exp": int(time.time()) + 3600, "name": "Deniz Kaya", "email": "deniz@example.com",
              "attributes": {"vip": True, "account_manager": "ada"}}
    body = part(json.dumps(claims).encode())
    signature = part(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())
    assertion = f"{body}.{signature}"    # <script src=".../embed.js" data-page="shop" data-identity="…">

The secret stays on that server. Whoever can read it can be any visitor, so it never goes into a page, a script
or an app; only the assertion does, and it ends at `exp`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.forms import plain

LONGEST = 4096
LONGEST_LIFE = 31 * 86_400  # a longer assertion is a mistake of the host's, or somebody's spare key
MOST_ATTRIBUTES = 50


class NotIdentified(Exception):
    """The assertion is forged, expired, too long, or says no id."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a host page's server vouches for."""

    external_id: str
    name: str = ""
    email: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


def sign(claims: Mapping[str, Any], secret: str) -> str:
    """The assertion for these claims, as a host's server makes it."""
    body = _part(json.dumps(dict(claims), ensure_ascii=False).encode())
    return f"{body}.{_signature(body, secret)}"


def read(text: str, secret: str) -> Identity:
    """Who it is; NotIdentified unless this secret signed it and it has not ended."""
    body, _, signature = text.partition(".")
    if (
        len(text) > LONGEST
        or not secret
        or not hmac.compare_digest(signature.encode(), _signature(body, secret).encode())
    ):
        raise NotIdentified
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), parse_constant=_no_number)
    except (binascii.Error, ValueError, RecursionError) as garbled:
        raise NotIdentified from garbled
    return _identity(claims)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _identity(claims: Any) -> Identity:
    if not isinstance(claims, dict) or not _is_current(claims.get("exp")):
        raise NotIdentified
    named, attributes = claims.get("id"), claims.get("attributes", {})
    if isinstance(named, bool) or not isinstance(named, str | int) or not isinstance(attributes, dict):
        raise NotIdentified
    external_id = str(named).strip()
    if not external_id or len(external_id) > 120 or plain(external_id) != external_id:
        raise NotIdentified
    if len(attributes) > MOST_ATTRIBUTES:
        raise NotIdentified
    return Identity(external_id, _text(claims, "name", 120), _text(claims, "email", 254), _kept(attributes))


def _kept(value: Any) -> Any:
    """The same, as PostgreSQL can keep it, however deep."""
    if isinstance(value, dict):
        return {plain(key): _kept(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_kept(one) for one in value]
    return plain(value) if isinstance(value, str) else value


def _is_current(exp: Any) -> bool:
    now = time.time()
    return isinstance(exp, int | float) and not isinstance(exp, bool) and now < exp < now + LONGEST_LIFE


def _text(claims: Mapping[str, Any], key: str, most: int) -> str:
    value = claims.get(key)
    return plain(value).strip()[:most] if isinstance(value, str) else ""


def _signature(body: str, secret: str) -> str:
    return _part(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
