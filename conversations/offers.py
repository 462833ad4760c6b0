"""What a message of automation offers beside its words: quick replies, a link card, a form. Read from JSON whose shape nobody vouches for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST_OPTIONS = 20
MOST_FIELDS = 20
LONGEST_LABEL = 200
LONGEST_TEXT = 1000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_ADDRESS = re.compile(r"(?:https?://[^\s\\/]|/(?!/))[^\s\\\x00-\x1f\x7f]*", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/?#]*@)?([^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """How a browser asks for one kind of value."""

    type: str = "text"
    inputmode: str = "text"
    autocomplete: str = "on"


LOOKS: Mapping[str, Look] = {
    "text": Look(),
    "long_text": Look(),
    "number": Look(inputmode="decimal", autocomplete="off"),
    "amount": Look(inputmode="decimal", autocomplete="off"),
    "date": Look(type="date", autocomplete="off"),
    "email": Look(type="email", inputmode="email", autocomplete="email"),
    "phone": Look(type="tel", inputmode="tel", autocomplete="tel"),
    "order_number": Look(autocomplete="off"),
    "choice": Look(autocomplete="off"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A link with a title and a few words; `url` is empty unless it is a web address or a path of the site."""

    title: str
    text: str
    url: str

    @property
    def host(self) -> str:
        """Where the link leads, for the reader to judge; empty within the site."""
        found = _HOST.match(self.url)
        return found[1].lower() if found else ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form; `value` and `trouble` are what was typed, and what is wrong with it."""

    name: str
    label: str
    kind: str
    required: bool
    options: tuple[str, ...] = ()
    value: str = ""
    trouble: str = ""

    @property
    def look(self) -> Look:
        """How a browser asks for it; a text that is called "name" may be filled in from what the browser knows."""
        look = LOOKS[self.kind]
        return replace(look, autocomplete="name") if (self.kind, self.name) == ("text", "name") else look


@dataclass(frozen=True, slots=True)
class Form:
    """Several questions at once."""

    fields: tuple[Question, ...]
    button: str

    def filled(self, values: Mapping[str, str], troubles: Mapping[str, str]) -> Form:
        """The same form with what was typed, and what is wrong with it."""
        return replace(
            self,
            fields=tuple(
                replace(one, value=values.get(one.name, ""), trouble=troubles.get(one.name, "")) for one in self.fields
            ),
        )

    def words(self, values: Mapping[str, str]) -> str:
        """The answers as a person would write them, a line each."""
        answered = (one for one in self.fields if values.get(one.name))
        return "\n".join(f"{one.label}{' ' if one.label[-1] in '?!:.' else ': '}{values[one.name]}" for one in answered)


def read_options(value: Any) -> tuple[str, ...]:
    """The texts of a list, each once."""
    texts = (_text(one) for one in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(one for one in texts if one))[:MOST_OPTIONS]


def read_card(value: Any) -> Card | None:
    """The card, or None where it has no title."""
    if not isinstance(value, dict) or not (title := _text(value.get("title"))):
        return None
    url = _text(value.get("url"), LONGEST_TEXT)
    return Card(title, _text(value.get("text"), LONGEST_TEXT), url if _ADDRESS.fullmatch(url) else "")


def read_form(value: Any) -> Form | None:
    """The form, or None where it has no field that can be asked for."""
    rows = value.get("fields") if isinstance(value, dict) else None
    found = [_field(row) for row in rows[:MOST_FIELDS] if isinstance(row, dict)] if isinstance(rows, list) else []
    named = {one.name: one for one in found if one is not None}
    return Form(tuple(named.values()), _text(value.get("button"))) if named else None


def _field(row: Mapping[str, Any]) -> Question | None:
    name, kind, options = row.get("name"), row.get("kind"), read_options(row.get("options"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or (kind == "choice" and not options):
        return None
    known = kind if isinstance(kind, str) and kind in LOOKS else "text"
    return Question(name, _text(row.get("label")) or name, known, row.get("required") is True, options)


def _text(value: Any, most: int = LONGEST_LABEL) -> str:
    return value.strip()[:most] if isinstance(value, str) else ""
