"""What the visitor tells us about themselves: taken only from plain statements, never guessed, never a card number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handoff.assistants.words import shorten

MASK = "••••"


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated fact and where in the text it stands."""

    key: str
    value: str
    start: int
    end: int


_EMAIL = re.compile(
    r"(?:\b(?:my e-?mail(?: address)? is|e-?postam|e-?mail(?: adresim)?:?)\s+)?(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_PHONE_WORDS = re.compile(
    r"\b(?:phone|mobile|telephone|telefon\w*)(?: number| numaram\w*)?(?: is)?\s*:?\s*(?P<value>[1-9](?:[ ()/.-]{0,2}\d){8,11})(?!\d)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?:\b(?:my )?(?:phone|mobile|telefon\w*|numaram)\b[^\d+\n]{0,20})?(?P<value>(?<![\w+])(?:\+|00|0)[1-9](?:[ ()/.-]{0,2}\d){7,13})(?!\d)",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:my )?(?:order|sipari[sş])\w*(?:\s+(?:number|no|nr|id|numaras[ıi]|numaram|num|kodu|kodum))?\.?\s*(?:is|:|=|#|-)?\s*#?\s*"
    r"(?P<value>[A-Za-z]{0,4}-?\d{4,12})\b",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?<!\w)#(?P<value>\d{4,12})\b")
_TURKISH_ORDER = re.compile(r"\b(?P<value>\d{4,12})\s+(?:numaral[ıi]|no'?lu|nolu)\s+sipari[sş]\w*", re.IGNORECASE)
_NAME_WORD = r"[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*"
_NAME = re.compile(
    rf"\b(?i:my name is|my name's|name:|i am called|ad[ıi]m|ismim|ben[ii]m ad[ıi]m)\s*:?\s+(?P<value>{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,4}})"
)
_SELF = re.compile(
    r"(?:^|[.!?\n,]\s*)(?i:(?:hi|hello|hey|merhaba|selam),?\s+)?(?i:this is|i am|i'm|i’m|ben)\s+(?P<value>[A-ZÇĞİÖŞÜ][^\W\d_'’-]+(?:\s+[A-ZÇĞİÖŞÜ][^\W\d_]*[.'’-]?[^\W\d_]*){0,3})"
)
_NOTE = re.compile(
    r"(?<!do you )(?<!Do you )(?<!\bI )(?<!\bi )\b(?i:please remember(?: that)?|remember(?: that|:)|don't forget(?: that)?|note that|unutma(?:y[ıi]n)? ki|(?:şunu )?unutma(?:y[ıi]n)?:|not al:?)\s+(?P<value>[^\n]{3,200}?)(?=[.!?]?\s*$|[.!?]\s)",
    re.MULTILINE,
)
_STOPS_A_NAME = re.compile(
    r"\s+(?:and|my|from|with|i|i'm|but|here|the|order|email|e-mail|phone|ve|benim|sipariş\w*|numaram|e-postam|telefon\w*|bir|writing|calling|speaking|again)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_NAMES = frozenset(
    """sorry happy angry sad very so not still here looking waiting trying from a an the interested sure fine ok okay good
    writing calling in at on just also afraid german french turkish english dutch italian spanish de da bir siparişim
    really getting going new disappointed furious done""".split()
)
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_BARE_NUMBER = re.compile(r"\s*#?\s*(?P<value>[A-Za-z]{0,4}-?\d{4,10})\s*[.!]?\s*")
_STATES_NUMBER = re.compile(r"\b(?:number|no|nr|id|numara\w*|num|kod\w*|is)\b|[:=]", re.IGNORECASE)
_ASKS_ORDER = re.compile(r"order|sipari", re.IGNORECASE)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", _EMAIL),
    ("note", _NOTE),
    ("order_number", _ORDER),
    ("order_number", _TURKISH_ORDER),
    ("order_number", _HASH),
    ("phone", _PHONE),
    ("phone", _PHONE_WORDS),
    ("name", _NAME),
    ("name", _SELF),
)


def facts(text: str, *, asked: str = "") -> list[Fact]:
    """The facts in one message, each key once, in their order; `asked` is what was said just before.

    A bare number is an order number only as the answer to a question for one.
    """
    hidden = masked(text, same_length=True)
    found: dict[str, Fact] = {}
    taken: list[range] = []
    for key, pattern in _PATTERNS:
        for fact in _matches(key, pattern, hidden):
            if key not in found and not any(fact.start < span.stop and span.start < fact.end for span in taken):
                found[key] = fact
                taken.append(range(fact.start, fact.end))
    bare = _BARE_NUMBER.fullmatch(hidden)
    if bare and not found and _ASKS_ORDER.search(asked):
        found["order_number"] = Fact("order_number", bare["value"].upper(), 0, len(text))
    return sorted(found.values(), key=lambda fact: fact.start)


def without(text: str, stated: list[Fact]) -> str:
    """The text with blanks where its facts stand, as long as before: what is left may be a question."""
    for fact in stated:
        text = f"{text[: fact.start]}{' ' * (fact.end - fact.start)}{text[fact.end :]}"
    return text


def masked(text: str, *, same_length: bool = False) -> str:
    """The text with anything that looks like a payment card's number covered."""
    return _LONG_NUMBER.sub(lambda found: _cover(found[0], same_length=same_length), text)


def note_key(memory: Mapping[str, str], value: str) -> str:
    """`note`, or the next free `note_2`, `note_3`: a second wish to remember must not replace the first."""
    number = 1
    while (key := "note" if number == 1 else f"note_{number}") in memory and memory[key] != value:
        number += 1
    return key


def _cover(number: str, *, same_length: bool) -> str:
    if number.startswith("0") or not _passes_luhn(number):
        return number
    return "•" * len(number) if same_length else f"{MASK} {number[-4:]}"


def _passes_luhn(number: str) -> bool:
    digits = [int(char) for char in reversed(number) if char.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _matches(key: str, pattern: re.Pattern[str], text: str) -> Iterator[Fact]:
    for found in pattern.finditer(text):
        value, start, end = found["value"].strip(), found.start(), found.end()
        if key == "name":
            value = _STOPS_A_NAME.sub("", value).strip()
            end = found.start("value") + len(value)
            if not value or value.split()[0].lower() in _NOT_NAMES:
                continue
            value = value if any(char.isupper() for char in value) else value.title()
        elif key == "phone":
            value = re.sub(r"[^\d+]", "", value)
        elif key == "order_number":
            start, value = _number_alone(found, text), value.upper()
        elif key == "email":
            value = value.rstrip(".")
        yield Fact(key, shorten(value, 200), start, end)


def _number_alone(found: re.Match[str], text: str) -> int:
    """Where a stated order number begins: "where is order 10482" still asks about an order without it."""
    words = text[found.start() : found.start("value")]
    states = _STATES_NUMBER.search(words) or (
        not text[: found.start()].strip() and not text[found.end() :].strip(" .!")
    )
    return found.start() if states else found.start("value")
