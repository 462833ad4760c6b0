"""A call to an outside service as plain data: checking its templates, filling them in, and picking from its answer."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from handoff.flows import template
from handoff.flows.template import Plain

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SECRET = "secret."  # noqa: S105  # the beginning of a name, not a secret
LONGEST_PICKED = 1_000
# What the call itself says: who calls, how long the body is, and which call this is.
OURS = {
    "accept-encoding", "connection", "content-length", "expect", "host", "idempotency-key", "keep-alive", "te",
    "trailer", "transfer-encoding", "upgrade", "user-agent",
}  # fmt: skip

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?].*|)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LITERAL = "%/?:@!$&'()*+,;=[]~-._"  # what may stand in an address as it is
_PART = re.compile(r"([^.\[\]]+)|\[([0-9]{1,6})\]")
_PATH = re.compile(r"(?:[^.\[\]]+|\[[0-9]{1,6}\])(?:\.[^.\[\]]+|\[[0-9]{1,6}\])*")


class NotACall(ValueError):
    """The call cannot be made as it is; the sentence says why, and holds no value."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a flow wishes to ask of an outside service. Whatever a customer typed is in `values` only."""

    method: str
    address: str
    headers: tuple[tuple[str, str], ...]
    body: str
    values: Mapping[str, Plain]
    seconds: float
    repeatable: bool
    key: str  # the same for every try of this call


@dataclass(frozen=True, slots=True)
class Answered:
    """The service did what it was asked; `data` is its JSON, or its text."""

    status: int
    data: Any


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The service did not; the words name its host and what went wrong, and hold no secret and no address."""

    words: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A call with everything filled in, ready to be sent; it may hold secrets, so it is never shown or logged."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def secrets_named(address: str, headers: tuple[tuple[str, str], ...], body: str) -> set[str]:
    """The secrets that these templates use, without the word “secret” before them."""
    found = {name for text in (address, body, *(value for _, value in headers)) for name in template.names(text)}
    return {name.removeprefix(SECRET) for name in found if name.startswith(SECRET)}


def host_of(address: str) -> str:
    """The host of an address, as it is compared and shown; empty where the address has none."""
    found = _ADDRESS.fullmatch(address.strip())
    return found["host"].lower().strip("[]").rstrip(".") if found else ""


def problems(method: str, address: str, headers: tuple[tuple[str, str], ...], body: str) -> list[str]:
    """What keeps these templates from being a call, as sentences; empty where nothing does."""
    found = [] if method in METHODS else [f"The method is one of {', '.join(METHODS)}."]
    found += _address_problems(address.strip())
    found += _header_problems(headers)
    if body.strip() and method == "GET":
        found.append("A GET has no body; choose POST, or leave the body empty.")
    found += _body_problems(body)
    return found


def _address_problems(address: str) -> Iterator[str]:
    matched = _ADDRESS.fullmatch(address)
    if not matched:
        yield _why_no_address(address)
        return
    if int(matched["port"] or 1) not in range(1, 65_536):
        yield "The port in the address is a number from 1 to 65535."
    if "#" in address:
        yield "The address has no “#”: that part never reaches a service."
    if any(one in (".", "..") for one in _segments(matched["rest"])):
        yield "The address has no “.” or “..” between its slashes."
    if stray := template.stray(address):
        yield _stray(stray, "address")


def _why_no_address(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not mark or scheme.lower() not in ("http", "https"):
        return "The address begins with https:// or http://."
    if "{{" in host:
        return "The host in the address is written out: no {{ }} before the first slash."
    if "@" in host:
        return "The address holds no user name or password; send them in a header, from a secret."
    return "The address has a host of plain letters, digits, dots and dashes, such as https://api.example.com/orders."


def _header_problems(headers: tuple[tuple[str, str], ...]) -> Iterator[str]:
    seen: set[str] = set()
    for name, value in headers:
        if not _HEADER.fullmatch(name):
            yield f"“{name}” is no name of a header: letters, digits and dashes only."
        elif name.lower() in OURS or name.lower().startswith("proxy-"):
            yield f"The header {name} is set by the call itself."
        elif name.lower() in seen:
            yield f"The header {name} is there twice."
        elif value != _one_line(value):
            yield f"The header {name} is one line, without blanks around it."
        elif stray := template.stray(value):
            yield _stray(stray, f"header {name}")
        seen.add(name.lower())


def _body_problems(body: str) -> Iterator[str]:
    if not body.strip():
        return
    try:
        leaves = list(_leaves(_read_json(body)))
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        yield f'The body is no JSON{where}. A variable stands inside quotes: {{"order": "{{{{order}}}}"}}.'
        return
    for leaf in leaves:
        if stray := template.stray(leaf):
            yield _stray(stray, "body")


def _stray(found: str, where: str) -> str:
    return f"“{{{{{found.strip('{')}” in the {where} is no variable: small letters, digits, _ and dots only."


def rendered(call: Call, secrets: Mapping[str, str]) -> Request:
    """The call with every place filled in one pass, or NotACall.

    A value can change neither the host nor the shape of the address, add no header, and never breaks out of its
    JSON text. True and false go out as services write them; a JSON text that is one place only keeps the value's type.
    """
    if found := problems(call.method, call.address, call.headers, call.body):
        raise NotACall(found[0])
    if missing := sorted(secrets_named(call.address, call.headers, call.body) - set(secrets)):
        raise NotACall(f"There is no secret called “{missing[0]}”.")

    def value(name: str) -> Plain:
        return secrets[name.removeprefix(SECRET)] if name.startswith(SECRET) else call.values.get(name)

    body = b""
    if call.body.strip():
        try:
            body = json.dumps(_filled(_read_json(call.body), value), allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise NotACall("The body has a number that is too large, or is nested too deeply.") from None
    headers = [(name, _one_line(template.render(text, lambda n: _written(value(n))))) for name, text in call.headers]
    given = {name.lower() for name, _ in headers}
    ours = [("Accept", "application/json"), *([("Content-Type", "application/json")] if body else ())]
    headers += [(name, text) for name, text in ours if name.lower() not in given]
    if key := _one_line(call.key):
        headers.append(("Idempotency-Key", key))
    return Request(call.method, _url(call.address.strip(), value), tuple(headers), body)


def _url(address: str, value: Callable[[str], Plain]) -> str:
    def in_path(name: str) -> str:
        text = _written(value(name))
        if not text.strip():
            raise NotACall(f"The address needs “{name}”, and nothing is known of it.")
        return quote(text, safe="", errors="replace")

    def in_query(name: str) -> str:
        return quote(_written(value(name)), safe="", errors="replace")

    matched = _ADDRESS.fullmatch(address)
    assert matched is not None
    path, mark, query = matched["rest"].partition("?")
    path = template.render(path, in_path)
    if any(part in (".", "..") for one in _segments(path) for part in re.split(r"[/\\]", unquote(one))):
        raise NotACall("A value would lead to another address: it has “..” between slashes.")
    host = matched["host"].lower()
    port = f":{int(matched['port'])}" if matched["port"] else ""
    rest = quote((path or "/") + mark + template.render(query, in_query), safe=_LITERAL, errors="replace")
    return f"{matched['scheme'].lower()}://{host if host.startswith('[') else host.rstrip('.')}{port}{rest}"


def _segments(path: str) -> list[str]:
    return path.partition("?")[0].split("/")


def _written(value: Plain) -> str:
    """The value as services write it."""
    return str(value).lower() if isinstance(value, bool) else template.words(value)


def _one_line(text: str) -> str:
    """Without line breaks and other control characters, and without blanks around it."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text).strip()


def _read_json(text: str) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def _leaves(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _leaves(one)


def _filled(data: Any, value: Callable[[str], Plain]) -> Any:
    if isinstance(data, dict):
        return {key: _filled(one, value) for key, one in data.items()}
    if isinstance(data, list):
        return [_filled(one, value) for one in data]
    if not isinstance(data, str):
        return data
    whole = template.PLACE.fullmatch(data)
    return value(whole[1]) if whole else template.render(data, lambda name: _written(value(name)))


def read_answer(text: str, *, is_json: bool) -> Any:
    """What a service answered: its JSON where it is any, else the text."""
    if is_json or text.lstrip()[:1] in ("{", "["):
        try:
            return _read_json(text)
        except (ValueError, RecursionError):
            return text
    return text


def is_path(path: str) -> bool:
    """Whether this is a way into an answer, such as order.items[0].status; the empty one is the whole answer."""
    return not path or _PATH.fullmatch(path) is not None


def pick(data: Any, path: str) -> Plain:
    """The one value at that place of the answer, ready to be stored; None where there is none, or a whole branch."""
    if not is_path(path):
        return None
    for key, index in _PART.findall(path):
        if key and isinstance(data, Mapping):
            data = data.get(key)
        elif index and isinstance(data, list | tuple) and int(index) < len(data):
            data = data[int(index)]
        else:
            return None
    if isinstance(data, str):
        return data.replace("\0", "").encode(errors="replace").decode()[:LONGEST_PICKED]
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    return data if isinstance(data, int) else None
