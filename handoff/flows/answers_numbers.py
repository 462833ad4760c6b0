"""Numbers and amounts of money as people type them in English and Turkish: “1.250,50 TL”, “$1,250.50”, “2 buçuk bin”."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from handoff.assistants.words import fold

LONGEST = 2_000
MOST_DIGITS = 12
CENT = Decimal("0.01")

_CODES = (
    "TRY USD EUR GBP CHF SEK NOK DKK PLN CZK HUF RON BGN RUB UAH AZN GEL JPY CNY INR AED SAR QAR KWD ILS CAD AUD NZD"
)
_MARKS: tuple[tuple[str, str], ...] = (
    ("TRY", r"₺|(?:turk\s)?liras?i?(?:[a-z]{0,5})|tl[a-z]{0,6}"),
    ("CAD", r"ca?\$|(?:canadian|kanada)\sdol(?:lars?|ari)"),
    ("AUD", r"au?\$|(?:australian|avustralya)\sdol(?:lars?|ari)"),
    ("USD", r"(?:us)?\$|(?:us\s|american\s|amerikan\s)?dol(?:lars?|ar[a-z]{0,5})|bucks"),
    ("EUR", r"€|euros?|euro[a-z]{1,5}|avro[a-z]{0,5}"),
    ("GBP", r"£|pounds?|sterlin[a-z]{0,4}|quid"),
    ("JPY", r"¥"),
    ("AZN", r"₼|manat"),
    ("RUB", r"₽"),
    ("INR", r"₹"),
    *((code, code.lower()) for code in _CODES.split()),
)
_MARK = "|".join(f"(?:{mark})" for _, mark in _MARKS)
_CODE_OF = tuple((code, re.compile(mark)) for code, mark in _MARKS)

_NUMBER = re.compile(
    rf"(?<!\w)(?<!\d[.,/:])(?:(?P<before>{_MARK})[ .:]{{0,2}})?(?P<sign>[-+]?)"
    r"(?P<body>\d{1,3}(?: \d{3})++(?:[.,]\d{1,2})?(?![.,']?\d)|\d++(?:[.,']\d++)*+)"
)
_AFTER = re.compile(rf" {{0,2}}(?:[.,]-)? ?(?P<mark>{_MARK})(?!\w)")
_HALF = re.compile(r" ?(?:bucuk|and a half)(?!\w)")
_TIMES = re.compile(r" ?(?:(?P<thousand>k|bin|thousand)|milyon|million)(?!\w)")
_MINOR = re.compile(r" ?(?:kurus[a-z]{0,4}|krs|kr|cents?|pence)(?!\w)")
_GLUED = re.compile(r"[^\W\d_]{1,8}(?!\w)")
_ELSE = re.compile(r"[/:]\d|@|[^\W\d_]*[\d_@]")  # a date, a time, an address, a serial number
_JOINED = re.compile(r"\s*(?:[-–—/,~]|and|or|to|ve|veya|ya da|ile|ila|ya)\s*")
_WORD = re.compile(r"[a-z]+")
_DECIMAL_MARK = {"tr": ","}
SMALL = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve".split(),
    "tr": "sifir bir iki uc dort bes alti yedi sekiz dokuz on onbir oniki".split(),
}
_LARGE = frozenset(
    "yuz bin milyon yirmi otuz kirk elli altmis yetmis seksen doksan bucuk hundred thousand million thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety half dozen".split()
)
_ODD_MARKS = str.maketrans({"٫": ".", "٬": ",", "−": "-", "’": "'", "½": " buçuk ", "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class Number:
    """One number in a text, with what stands at it."""

    value: Decimal
    currency: str
    start: int
    end: int
    spaced: bool = False  # “1 250”: one number, or two
    glued: bool = False  # “3rd”, “5kg”: letters that are no currency


def clean(text: str) -> str:
    """The beginning of the text with plain digits and spaces, without what is not seen."""
    return re.sub(" {2,}", " ", "".join(_plain(char) for char in text[:LONGEST].translate(_ODD_MARKS)))


def folded(text: str) -> str:
    """The same in small letters without accents: what every reader of numbers and dates reads."""
    return fold(clean(text))


def _plain(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    category = unicodedata.category(char)
    if category in ("Cf", "Cs", "Me"):
        return ""
    return " " if category in ("Cc", "Cn", "Co", "No", "Zs", "Zl", "Zp") else char


def canonical(value: Decimal) -> str:
    """The number as plain decimal text: “3”, “2.5”, “-0.75”."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def numbers(text: str, *, language: str, money: bool) -> list[Number]:
    """The readable numbers of a text, in order; “640 TL 50 kuruş” is one, dates, times and serial numbers are none."""
    text, found, at = folded(text), list[Number](), 0
    while match := _NUMBER.search(text, at):
        number, at = _number(text, match, language=language, money=money)
        minor = _MINOR.match(text, at)
        if number and minor and not number.currency:
            at = minor.end()
            if found and found[-1].currency and number.value < 100 and at - found[-1].end < 20:
                whole = found.pop()
                both = whole.value + number.value / 100
                found.append(Number(both, whole.currency, whole.start, at, whole.spaced))
            continue
        if number:
            found.append(number)
    return found


def _number(text: str, match: re.Match[str], *, language: str, money: bool) -> tuple[Number | None, int]:
    """What the match says, or None where it is no number, and where to read on."""
    body, at = match["body"], match.end()
    value = None if len(body) > 24 or _ELSE.match(text, at) else decimal(body, language=language, money=money)
    half = _HALF.match(text, at)
    at = half.end() if half else at
    times = _TIMES.match(text, at)
    at = times.end() if times else at
    code = _code(match["before"])
    after = None if code else _AFTER.match(text, at)
    glued = None if after or half or times else _GLUED.match(text, at)
    if after:
        code, at = _code(after["mark"]), after.end()
    if value is None or text[match.start() - 1 : match.start()] == "%" or text[at : at + 2].lstrip().startswith("%"):
        return None, at
    value += Decimal("0.5") if half else 0
    value *= (1_000 if times["thousand"] else 1_000_000) if times else 1
    value = -value if match["sign"] == "-" else value
    return Number(value, code, match.start(), at, " " in body, glued is not None and not _MINOR.match(text, at)), at


def decimal(body: str, *, language: str, money: bool) -> Decimal | None:
    """What digits with marks between them mean, or None.

    “1.250” and “1,250” are both a thousand and more as money, which has no third decimal; elsewhere the language's
    own decimal mark decides.
    """
    body = body.replace("'", "").replace(" ", "")
    marks = [char for char in body if char in ".,"]
    if not marks:
        whole, part = body, ""
    elif len(set(marks)) == 1 and len(marks) > 1:
        whole, part = _joined(body.split(marks[0])), ""
    else:
        whole, _, part = body.rpartition(marks[-1])
        if len(marks) > 1:
            whole = _joined(whole.split(marks[0])) if marks[-1] not in whole else ""
        elif len(part) == 3 and len(whole) <= 3 and whole[0] != "0":
            thousands = money or marks[0] != _DECIMAL_MARK.get(language, ".")
            whole, part = (whole + part, "") if thousands else (whole, part)
    return Decimal(f"{whole}.{part}" if part else whole) if whole and len(whole) <= MOST_DIGITS else None


def _joined(groups: list[str]) -> str:
    """The thousands in one, or nothing where a group has not three digits."""
    right = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return "".join(groups) if right else ""


def _code(mark: str | None) -> str:
    return next((code for code, pattern in _CODE_OF if pattern.fullmatch(mark)), "") if mark else ""


def amounts(text: str, *, language: str) -> set[tuple[Decimal, str]]:
    """The different amounts that a reply may mean: those with a currency, and numbers that stand for a range with one."""
    found = [one for one in numbers(text, language=language, money=True) if not one.glued or one.currency]
    code = next((one.currency for one in found if one.currency), "")
    ranged = _ranged(found, [one for one in found if one.currency], folded(text)) if code else found
    fit = [one for one in ranged if 0 <= one.value < 10**MOST_DIGITS and one.value == one.value.quantize(CENT)]
    return {(one.value.quantize(CENT), one.currency or code) for one in fit}


def _ranged(found: list[Number], kept: list[Number], text: str) -> list[Number]:
    """Those that are kept, and their neighbours in “500-600 TL”."""
    pairs = [(one, other) for one, other in pairwise(found) if _JOINED.fullmatch(text[one.end : other.start])]
    return [*kept, *(one for pair in pairs if any(end in kept for end in pair) for one in pair if one not in kept)]


def plain_numbers(text: str, *, language: str) -> set[Decimal]:
    """The different numbers that a reply may mean: those that are no money before those that are, else a small word."""
    found = [one for one in numbers(text, language=language, money=False) if abs(one.value) < 10**MOST_DIGITS]
    if found or any(char.isdecimal() for char in text):
        counted = [one for one in found if not one.currency] or found
        return {one.value for one in _ranged(found, counted, folded(text))}
    return small_numbers(_WORD.findall(folded(text)), language)


def small_numbers(words: list[str], language: str) -> set[Decimal]:
    """The numbers up to twelve that are written as words; none where a larger one may be meant."""
    known = SMALL.get(language, SMALL["en"])
    said = [known.index(word) for word in words if word in known]
    if len(said) == 2 and language == "tr" and said[0] == 10 and "on" in words[:-1]:
        said = [10 + said[1]]
    return set() if _LARGE.intersection(words) else {Decimal(one) for one in said}


def number(text: str) -> Decimal | None:
    """The number that the whole text is, with or without a currency, read as money is; None where it is no number."""
    found = numbers(text, language="en", money=True) if len(text) <= 40 else []
    whole = folded(text)
    return found[0].value if len(found) == 1 and whole[found[0].start : found[0].end] == whole.strip() else None
