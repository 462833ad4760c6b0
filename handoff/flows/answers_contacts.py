"""E-mail addresses, phone numbers and order numbers in a text; never the number of a payment card."""

from __future__ import annotations

import re

from handoff.assistants.words import fold
from handoff.flows import patterns
from handoff.flows.answers_numbers import clean

_EMAIL = re.compile(
    r"(?<![\w.+%@-])(?P<value>[a-z0-9_+%-]{1,32}(?:\.[a-z0-9_+%-]{1,32}){0,5}"
    r"@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})(?![\w@-])"
)
_CARD = re.compile(
    r"(?<!\d)(?:\d{13,}|\d{4}(?:[ .-]{1,3}\d{4}){2,}[ .-]{1,3}\d{1,7}|\d{4}[ .-]{1,3}\d{6}[ .-]{1,3}\d{4,5})(?!\d)"
)
_PHONE = re.compile(r"(?<![\w@.#+-])(?P<value>(?:\+ ?)?\(?\+?\d(?:[ ()./-]{0,3}\d){6,}+)(?![\w@])(?![.,:/-]\d)")
_PHONE_CUE = re.compile(
    r"\b(?:phone|mobile|cell|telephone|call me|whatsapp|tel|telefon\w*|gsm|cep|numaram)\b[^\d+\n]{0,25}$"
)
_NOT_AFTER = r"(?:[₺$€£]|tl|try|usd|eur|gbp|lira|dolar|dollar|euro|pound|adet|tane|pieces|pcs|items|units)"
_ORDER = re.compile(
    r"(?<![\w@₺$€£])(?<!\d[.,/:-])(?P<value>(?:[a-z]{1,10}-?)?\d{4,12})"
    rf"(?=(?:'?[a-z]{{2,3}}|nolu|numarali)?(?![\w@]))(?![.,/:-]\d)(?! ?{_NOT_AFTER})"
)
_ORDER_CUE = re.compile(
    r"(?:\b(?:orders?|siparis[a-z]*)(?: (?:with|number|no|nr|id|code|ref|num|numaras?i|numaram|kodu?m?)){0,2}\.?"
    r"(?: (?:is|was|it is))?|#)\s{0,2}[:=#-]?\s{0,2}#?$"
)
_ORDER_AFTER = re.compile(r"'?\w{0,9}\s(?:(?:numarali|no'?lu|nolu|no)\s)?siparis")
_CUE_PREFIX = re.compile(r"(?:order|siparis[a-z]*|number|numara[a-z]*|no|nr|num|id)-?(?=\d)")
_AND = re.compile(r"\s?(?:,|/|-|and|or|ve|veya|ya da|&)?\s?#?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_THIS = re.compile(r"\b(?:not|never|old|wrong|previous|your|isn't|eski|yanlis|onceki|sizin)\b[^.!?\n\d]{0,20}$")
_NOT_THAT = re.compile(r"'?\w{0,3}\s(?:degil|is (?:not|wrong|old)|isn't)\b")
_OURS = frozenset(
    "support info help contact sales hello service noreply no-reply orders destek iletisim bilgi satis siparis".split()
)


def _lower(text: str) -> str:
    """Small letters, each character kept at its place, with “İ” and “I” as a plain i."""
    return "".join(low if len(low := fold(char)) == 1 else char for char in clean(text))


def emails(text: str) -> set[str]:
    """The different addresses in a text, in small letters."""
    found = clean(text).translate({ord("İ"): "i", ord("ı"): "i"}).lower()
    return {match["value"] for match in _EMAIL.finditer(re.sub(r" ?@ ?", "@", found))}


def sure_email(text: str) -> str:
    """The one address in a text that can only be the writer's own; empty in any doubt."""
    low, found = _lower(text), emails(text)
    matches = list(_EMAIL.finditer(low))
    if len(found) != 1 or len(matches) != 1 or {matches[0]["value"]} != found:
        return ""
    ours = matches[0]["value"].partition("@")[0] in _OURS
    return "" if ours or _refused(low, matches[0]) else matches[0]["value"]


def phones(text: str, *, language: str) -> set[str]:
    """The different phone numbers in a text: “+” and digits where the country can be told, else the digits."""
    found = {_phone(match["value"], language) for match in _PHONE.finditer(_lower(text))}
    return found - {""}


def sure_phone(text: str, *, language: str) -> str:
    """The one phone number in a text that says to be one; empty in any doubt."""
    low = _lower(text)
    matches = [match for match in _PHONE.finditer(low) if _phone(match["value"], language)]
    if len(matches) != 1 or _refused(low, matches[0]):
        return ""
    before, value = low[: matches[0].start()], _phone(matches[0]["value"], language)
    looks = value.startswith("+") or re.fullmatch(r"0[1-9]\d{8,9}", value)
    return value if not _ORDER_CUE.search(before) and (looks or _PHONE_CUE.search(before)) else ""


def _phone(written: str, language: str) -> str:
    digits = re.sub(r"\D", "", written)
    if written.lstrip("(").startswith(("+", "00")):
        digits = digits.removeprefix("00") if "+" not in written else digits
        return f"+{digits}" if 8 <= len(digits) <= 15 and digits[0] != "0" else ""
    if re.fullmatch(r"905\d{9}", digits):
        return f"+{digits}"
    if language == "tr" and re.fullmatch(r"0?5\d{9}", digits):
        return f"+90{digits[-10:]}"
    dated = re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}", written)
    return digits if 7 <= len(digits) <= 12 and len(set(digits)) > 1 and not dated else ""


def order_numbers(text: str, *, pattern: str) -> set[str]:
    """The different order numbers that a reply may mean; those that are called so before other numbers."""
    if pattern:
        return set(_patterned(text, pattern))
    low = _uncarded(_lower(text))
    matches = list(_ORDER.finditer(low))
    return {_order(match["value"]) for match in _called(low, matches) or matches}


def sure_order_number(text: str, *, pattern: str) -> str:
    """The one order number in a text that is called so, or that only an order number can look like; else empty."""
    low = _uncarded(_lower(text))
    if pattern:
        return _sure_patterned(text, low, pattern)
    matches = _called(low, list(_ORDER.finditer(low)))
    found = {_order(match["value"]) for match in matches}
    doubtful = len(found) != 1 or any(_refused(low, match) for match in matches)
    return "" if doubtful or _YEAR.fullmatch(next(iter(found))) else next(iter(found))


def _sure_patterned(text: str, low: str, pattern: str) -> str:
    found = set(_patterned(text, pattern))
    if len(found) != 1:
        return ""
    (value,) = found
    before = low[: max(low.find(_lower(value)), 0)][-60:]
    unlike = any(char.isalpha() for char in value) and any(char.isdecimal() for char in value)
    return value if (unlike or _ORDER_CUE.search(before)) and not _NOT_THIS.search(before) else ""


def _patterned(text: str, pattern: str) -> list[str]:
    """What the pattern matches, in the case it asks for, whatever the case that it was typed in."""
    plain = _uncarded(clean(text))
    forms = (plain, plain.translate({ord("ı"): "I", ord("i"): "I"}).upper(), plain.replace("İ", "i").lower())
    return next((found for form in forms if (found := patterns.whole_words(pattern, form))), [])


def _called(text: str, matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """The numbers that the words around them call an order's, and those that go on from one: “orders 10482 and 10483”."""
    called: list[re.Match[str]] = []
    for match in matches:
        before = text[max(match.start() - 60, 0) : match.start()]
        named = _ORDER_CUE.search(before) or _ORDER_AFTER.match(text, match.end())
        goes_on = called and _AND.fullmatch(text[called[-1].end() : match.start()])
        if named or goes_on or match["value"].startswith(("order", "siparis")):
            called.append(match)
    return called


def _order(value: str) -> str:
    return _CUE_PREFIX.sub("", value).upper()


def _refused(text: str, match: re.Match[str]) -> bool:
    """True when the words around it say that it is not the one: “not 10482”, “your old address”."""
    before = text[max(match.start() - 40, 0) : match.start()]
    return bool(_NOT_THIS.search(before) or _NOT_THAT.match(text, match.end()))


def _uncarded(text: str) -> str:
    """The text without anything that is as long as a payment card's number."""
    return _CARD.sub(lambda card: "•" * len(card[0]), text)
