"""The tests that a flow branches on: comparisons of what is known, and looks at the surroundings; pure and forgiving."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from urllib.parse import unquote

from handoff.assistants.words import fold
from handoff.flows import patterns
from handoff.flows.answers_numbers import number
from handoff.flows.hours import Hours, zone

Value = str | int | float | bool | None

LONGEST = 500
LONGEST_SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One test; `subject` names what is read, `value` and `second` are what the admin typed."""

    test: str
    subject: str = ""
    value: str = ""
    second: str = ""
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the tests without a subject look at."""

    now: datetime
    time_zone: str
    tags: frozenset[str] = frozenset()
    pages: tuple[str, ...] = ()
    hours: Mapping[str, Hours] = field(default_factory=dict)
    available: frozenset[str] = frozenset()


Function = Callable[[Condition, Value, Surroundings], bool]


@dataclass(frozen=True, slots=True)
class Test:
    """One kind of test: its words, and what it needs to be complete."""

    label: str
    needs_subject: bool
    needs_value: bool
    needs_second_value: bool
    function: Function


def holds(condition: Condition, read: Callable[[str], Value], around: Surroundings) -> bool:
    """True when the test holds; what cannot be read, and a test that does not exist, is false, and its negation true."""
    test = TESTS.get(condition.test)
    if test is None:
        return condition.negate
    subject = read(condition.subject) if test.needs_subject else None
    return test.function(condition, subject, around) != condition.negate


def all_hold(
    conditions: Iterable[Condition], *, any_of: bool, read: Callable[[str], Value], around: Surroundings
) -> bool:
    """True when all of them hold, or with `any_of` one of them; without conditions always."""
    rows = list(conditions)
    return not rows or (any if any_of else all)(holds(one, read, around) for one in rows)


def words(condition: Condition) -> str:
    """The condition as the graph and the editor show it: “amount is greater than 500”, “not: has tag VIP”."""
    test = TESTS.get(condition.test)
    parts = [condition.subject] if test is None or test.needs_subject else []
    parts.append(test.label if test else condition.test)
    if test is None or test.needs_value:
        parts.append(condition.value)
    if test and test.needs_second_value:
        parts.extend(("and", condition.second))
    return ("not: " if condition.negate else "") + " ".join(part for part in parts if part)


# What was typed, as something to compare


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return fold(value[:LONGEST].strip())
    found = _number(value)
    whole = found is not None and found == found.to_integral_value()
    return "" if found is None else f"{found:.0f}" if whole else f"{found:f}"


_PLAIN = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?", re.ASCII)


def _number(value: Value, *, typed: bool = False) -> Decimal | None:
    """The number, or None; what a variable holds is plain decimal text, what an admin `typed` is read as money is."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    text = value.strip()
    return Decimal(text) if not typed and _PLAIN.fullmatch(text) else number(text)


_TRUE = frozenset({"true", "yes", "1", "evet", "on"})
_FALSE = frozenset({"false", "no", "0", "hayir", "off"})


def _truth(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    text = _text(value)
    return True if text in _TRUE else False if text in _FALSE else None


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(?::\d\d)?", re.ASCII)


def _when(value: Value, around: Surroundings) -> date | datetime | time | None:
    """A day, an aware moment or a time of day; “today” and “now” are those of the surroundings."""
    text, here = value.strip() if isinstance(value, str) else "", zone(around.time_zone)
    now = around.now.astimezone(here)
    if text.lower() in ("today", "now"):
        return now if text.lower() == "now" else now.date()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _TIME.fullmatch(text):
            return time.fromisoformat(text)
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        return moment and (moment.astimezone(here) if moment.tzinfo else moment.replace(tzinfo=here))
    except (ValueError, OverflowError):
        return None


def _earlier(one: Value, other: Value, around: Surroundings) -> int | None:
    """-1, 0 or 1 for earlier, same and later, by the coarser of the two; None where they cannot be compared."""
    left, right = _when(one, around), _when(other, around)
    if left is None or right is None:
        return None
    for coarse, convert in ((time, datetime.time), (date, datetime.date)):
        if type(left) is coarse or type(right) is coarse:
            left = convert(left) if isinstance(left, datetime) else left
            right = convert(right) if isinstance(right, datetime) else right
    if type(left) is not type(right):
        return None
    return (left > right) - (left < right)  # type: ignore[operator]  # both are of one type


# The tests


def _equal(one: Value, other: str, around: Surroundings) -> bool:
    if one is None:
        return False
    if isinstance(one, bool):
        return _truth(other) is one
    if _text(one) == _text(other):
        return True
    left, right = _number(one), _number(other, typed=True)
    if left is not None and right is not None:
        return left == right and not (isinstance(one, str) and re.match(r"0\d", one.strip()))  # “007” is not 7
    return other.strip().lower() in ("today", "now") and _earlier(one, other, around) == 0


def _compare(one: Value, other: str) -> int | None:
    left, right = _number(one), _number(other, typed=True)
    return None if left is None or right is None else (left > right) - (left < right)


def _is_set(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return bool(subject.strip()) if isinstance(subject, str) else subject is not None


def _equals(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _equal(subject, condition.value, around)


def _contains(condition: Condition, subject: Value, around: Surroundings) -> bool:
    part = _text(condition.value)
    return bool(part) and part in (fold(subject[:LONGEST_SEARCHED]) if isinstance(subject, str) else _text(subject))


def _starts_with(condition: Condition, subject: Value, around: Surroundings) -> bool:
    part = _text(condition.value)
    return bool(part) and _text(subject).startswith(part)


def _matches(condition: Condition, subject: Value, around: Surroundings) -> bool:
    text = subject if isinstance(subject, str) else _text(subject)
    return subject is not None and patterns.finds(condition.value, text)


def _greater(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _compare(subject, condition.value) == 1


def _less(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _compare(subject, condition.value) == -1


def _between(condition: Condition, subject: Value, around: Surroundings) -> bool:
    sides = (_compare(subject, condition.value), _compare(subject, condition.second))
    return None not in sides and (0 in sides or sides[0] != sides[1])


def _before(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _earlier(subject, condition.value, around) == -1


def _after(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _earlier(subject, condition.value, around) == 1


def _in_list(condition: Condition, subject: Value, around: Surroundings) -> bool:
    apart = r"[;\n]" if re.search(r"[;\n]", condition.value) else ","
    return any(_equal(subject, one, around) for one in re.split(apart, condition.value) if one.strip())


def _has_tag(condition: Condition, subject: Value, around: Surroundings) -> bool:
    tag = _text(condition.value)
    return bool(tag) and tag in {_text(one) for one in around.tags}


def _page_visited(condition: Condition, subject: Value, around: Surroundings) -> bool:
    part = fold(unquote(condition.value.strip()))
    return bool(part) and any(part in fold(unquote(page)) for page in around.pages)


def _in_business_hours(condition: Condition, subject: Value, around: Surroundings) -> bool:
    name = _text(condition.value)
    hours = [one for known, one in around.hours.items() if _text(known) == name]
    return any(one.is_open(around.now) for one in hours)


def _teammate_available(condition: Condition, subject: Value, around: Surroundings) -> bool:
    return _text(condition.value) in {_text(one) for one in around.available}


TESTS: dict[str, Test] = {
    "equals": Test("is", True, True, False, _equals),
    "contains": Test("contains", True, True, False, _contains),
    "starts_with": Test("starts with", True, True, False, _starts_with),
    "matches": Test("matches the pattern", True, True, False, _matches),
    "is_set": Test("is known", True, False, False, _is_set),
    "greater": Test("is greater than", True, True, False, _greater),
    "less": Test("is less than", True, True, False, _less),
    "between": Test("is between", True, True, True, _between),
    "before": Test("is before", True, True, False, _before),
    "after": Test("is after", True, True, False, _after),
    "in_list": Test("is one of", True, True, False, _in_list),
    "has_tag": Test("has tag", False, True, False, _has_tag),
    "page_visited": Test("visited a page with", False, True, False, _page_visited),
    "in_business_hours": Test("within the hours", False, True, False, _in_business_hours),
    "teammate_available": Test("available now:", False, True, False, _teammate_available),
}
