"""The answers that a flow asks for: what a customer's reply means, or what to tell them when it means nothing yet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from handoff.flows import answers_contacts as contacts
from handoff.flows.answers_choices import meant
from handoff.flows.answers_dates import dates
from handoff.flows.answers_hints import hint
from handoff.flows.answers_numbers import LONGEST, Number, amounts, canonical, folded, numbers, plain_numbers

LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """The reply answers the question."""

    value: str  # canonical text, what the variable becomes
    beside: Mapping[str, str] = field(default_factory=dict)  # further variables by suffix: {"currency": "TRY"}


@dataclass(frozen=True, slots=True)
class Missed:
    """The reply does not answer the question; the hint is one friendly sentence to the customer."""

    hint: str


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and what the reply is read with."""

    kind: str
    language: str
    today: date
    options: Sequence[str] = ()
    currency: str = ""
    pattern: str = ""

    def missed(self, *, several: bool = False) -> Missed:
        """The hint of this question, the other one when the reply could mean several things or is too long."""
        kind = "own_number" if self.kind == "order_number" and self.pattern else self.kind
        return Missed(
            hint(
                kind,
                language=self.language,
                today=self.today,
                several=several,
                options=self.options,
                currency=self.currency,
            )
        )

    def only(self, found: Collection[str]) -> Taken | Missed:
        """The one that was found; none and several are misses."""
        return Taken(next(iter(found))) if len(found) == 1 else self.missed(several=len(found) > 1)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a reply to the question is judged, and how an answer is found in what was said before it."""

    check: Callable[[str, Question], Taken | Missed]
    find: Callable[[str, Question], Taken | None]


def check(
    kind: str,
    text: str,
    *,
    language: str,
    today: date,
    options: Sequence[str] = (),
    currency: str = "",
    pattern: str = "",
) -> Taken | Missed:
    """What the reply to a question of this kind means; whatever was typed, it is taken or missed, never an error."""
    asked = Question(kind, language[:2].lower(), today, options, currency.upper(), pattern)
    return KINDS[kind].check(text[:LONGEST], asked)


def find(
    kind: str,
    text: str,
    *,
    language: str,
    today: date,
    options: Sequence[str] = (),
    currency: str = "",
    pattern: str = "",
) -> Taken | None:
    """The one unmistakable answer in words that were written before the question; None in any doubt."""
    asked = Question(kind, language[:2].lower(), today, options, currency.upper(), pattern)
    return KINDS[kind].find(text[:LONGEST], asked)


def _text(text: str, asked: Question) -> Taken | Missed:
    kept = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")).strip()
    if len(kept) > LONGEST_TEXT:
        return asked.missed(several=True)
    seen = any(unicodedata.category(char)[0] not in "ZC" for char in kept)
    return Taken(kept) if seen else asked.missed()


def _number(text: str, asked: Question) -> Taken | Missed:
    return asked.only({canonical(one) for one in plain_numbers(text, language=asked.language)})


def _amount(text: str, asked: Question) -> Taken | Missed:
    found = amounts(text, language=asked.language)
    if len(found) != 1:
        return asked.missed(several=len(found) > 1)
    ((value, currency),) = found
    code = currency or asked.currency
    return Taken(format(value, "f"), {"currency": code} if code else {})


def _date(text: str, asked: Question) -> Taken | Missed:
    return asked.only({one.isoformat() for one in dates(text, today=asked.today)})


def _email(text: str, asked: Question) -> Taken | Missed:
    return asked.only(contacts.emails(text))


def _phone(text: str, asked: Question) -> Taken | Missed:
    return asked.only(contacts.phones(text, language=asked.language))


def _order_number(text: str, asked: Question) -> Taken | Missed:
    return asked.only(contacts.order_numbers(text, pattern=asked.pattern))


def _choice(text: str, asked: Question) -> Taken | Missed:
    return asked.only(meant(text, asked.options, language=asked.language))


_UNSURE = re.compile(
    r"\b(?:under|over|below|above|less|more|least|most|up to|about|around|approx\w*|roughly|between|max\w*|min\w*|limit|"
    r"budget|not|never|nearly|almost|from|yaklasik|civari\w*|en az|en fazla|en cok|alti\w*|ustu\w*|uzeri\w*|kadar|fazla|"
    r"arasi\w*|degil|butce\w*|gibi|falan|indirim\w*|discount|kupon\w*|coupon|voucher)\b|n't\b|\?"
)
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")


def _find_amount(text: str, asked: Question) -> Taken | None:
    """The one amount with a currency in a sentence that states it; a range, a guess or a question does not."""
    stating = [part for part in _SENTENCE.split(folded(text)) if any(one.currency for one in _money(part, asked))]
    found = [one for part in stating for one in _money(part, asked) if one.currency]
    if len(found) != 1 or found[0].spaced or found[0].value < 0 or _UNSURE.search(stating[0]):
        return None
    taken = _amount(stating[0], asked)
    return taken if isinstance(taken, Taken) else None


def _money(text: str, asked: Question) -> list[Number]:
    return numbers(text, language=asked.language, money=True)


def _sure(value: str) -> Taken | None:
    return Taken(value) if value else None


def _never(text: str, asked: Question) -> Taken | None:
    """Free words do not say what a bare number, a date or an option in them is about."""
    return None


KINDS: dict[str, Kind] = {
    "text": Kind(_text, _never),
    "number": Kind(_number, _never),
    "amount": Kind(_amount, _find_amount),
    "date": Kind(_date, _never),
    "email": Kind(_email, lambda text, asked: _sure(contacts.sure_email(text))),
    "phone": Kind(_phone, lambda text, asked: _sure(contacts.sure_phone(text, language=asked.language))),
    "order_number": Kind(
        _order_number, lambda text, asked: _sure(contacts.sure_order_number(text, pattern=asked.pattern))
    ),
    "choice": Kind(_choice, _never),
}
