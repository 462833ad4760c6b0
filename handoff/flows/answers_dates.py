"""Dates as people type them in English and Turkish: “12/03/2026”, “12 Mart”, “next Friday”, “dün”, “3 days ago”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from handoff.assistants.words import one_slip
from handoff.flows.answers_numbers import SMALL, folded

_FULL = re.compile(r"(?<!\d)(?<!\d[./-])(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?!\d)(?![./-]\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?<!\d[./-])(\d{1,2}) ?[./-] ?(\d{1,2}) ?[./-] ?(\d{4}|\d{2})(?!\d)(?![./-]\d)")
_SHORT = re.compile(r"(?<!\d)(?<!\d[./:,-])(\d{1,2})[./](\d{1,2})(?!\d)(?![./:,-]\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(?<!\d[./:])(\d{1,2})(?:st|nd|rd|th)?[ .'-]{0,2}(?:of )?"
    r"(?P<month>[a-z]{3,14})(?:'[a-z]{1,4})?(?:[ .,'-]{1,2}(\d{4})(?!\d))?"
)
_MONTH_DAY = re.compile(
    r"(?<![a-z])(?P<month>[a-z]{3,14})\.? (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?!\.\d)(?:[ ,]{1,2}(\d{4})(?!\d))?"
)
_RANGE = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)? ?(?:-|–|/|or|to|and|ve|veya|ya da|ile)? ?$")

_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "oca sub mart nis may haz tem agu eyl eki kas ara",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9}
_ENDING = re.compile(r"(?:[dt][ae]n?(?:ki)?|y?[aeiu]|n?[iu]n|[iu]n?[dt][ae])")
_WEEKDAYS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "pazartesi sali carsamba persembe cuma cumartesi pazar",
        "mon tues wed thurs fri sat sun",
    )
    for number, name in enumerate(names.split())
} | {"tue": 1, "thu": 3}
_WEEKDAY = re.compile(
    r"(?<!\w)(?:(?P<how>last|past|previous|gecen|gectigimiz|next|coming|this|gelecek|onumuzdeki|bu|haftaya) )?"
    r"(?:(?P<week>week|hafta) )?(?:on )?"
    rf"(?P<day>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})(?:'?(?:y?[aei]|[dt][ae]n?|n?in|ye|ya|yi))?(?!\w)"
    r"(?: (?P<later>next|last) week)?"
)
_RELATIVE = (
    (re.compile(r"(?<!\w)(?:day before yesterday|evvel[sk]i gun|onceki gun)(?!\w)"), -2),
    (re.compile(r"(?<!\w)(?:day after tomorrow|obur gun|yarindan sonra(?:ki gun)?)(?!\w)"), 2),
    (re.compile(r"(?<!\w)(?:yest[ea]?r?day|dun(?:ku|den)?)(?!\w)"), -1),
    (re.compile(r"(?<!\w)(?:tom+or+ow|yarin(?:ki|a|dan)?)(?!\w)"), 1),
    (re.compile(r"(?<!\w)(?:today|bugun(?:ku|den|e)?|bu gun)(?!\w)"), 0),
)
_COUNTED = {word: number for words in SMALL.values() for number, word in enumerate(words)} | {"a": 1, "an": 1}
_AGO = re.compile(
    r"(?<![\w.,-])(?P<ahead>in )?(?P<count>\d{1,3}|[a-z]{1,6}) (?P<unit>days?|weeks?|gun|hafta)"
    r"(?: (?:(?P<back>ago|once|evvel)|(?P<on>later|from now|sonra))(?!\w))?"
)


def dates(text: str, *, today: date) -> set[date]:
    """The different dates that a reply may mean; a day without a year is the one nearest to today."""
    text = folded(text)
    named = {one for reader in (_numeric, _with_month, _relative, _counted) for one in reader(text, today)}
    weekdays = list(_WEEKDAY.finditer(text))
    if named:
        # “Friday 12 March” is one date when it was a Friday, and a contradiction otherwise.
        days = {_WEEKDAYS[match["day"]] for match in weekdays if len(match["day"]) > 3}
        others = {_weekday(match, today) for match in weekdays if len(match["day"]) > 3}
        return named if days <= {one.weekday() for one in named} else named | others
    return {_weekday(match, today) for match in weekdays} or set(_short(text, today))


def _made(year: int, month: int, day: int) -> Iterator[date]:
    """The date, where there is such a one in a year that people speak of."""
    if 1900 <= year <= 2100:
        try:
            yield date(year, month, day)
        except ValueError:
            return


def _nearest(month: int, day: int, today: date) -> Iterator[date]:
    years = range(today.year - 4, today.year + 5)
    found = [one for year in years for one in _made(year, month, day)]
    if found:
        yield min(found, key=lambda one: abs(one - today))


def _numeric(text: str, today: date) -> Iterator[date]:
    for year, month, day in _FULL.findall(text):
        yield from _made(int(year), int(month), int(day))
    for first, second, written in _DAY_FIRST.findall(text):
        day, month, number = int(first), int(second), int(written)
        if len(written) == 2:
            number += 2000 if number <= today.year % 100 + 10 else 1900
        day, month = (month, day) if month > 12 else (day, month)  # 03/25/2026 can only be American
        yield from _made(number, month, day)


def _short(text: str, today: date) -> Iterator[date]:
    for day, month in _SHORT.findall(text):
        yield from _nearest(int(month), int(day), today)


def _with_month(text: str, today: date) -> Iterator[date]:
    used: set[int] = set()
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            month, (day, year) = _month(match["month"]), _numbers(match)
            if not month or match.start("month") in used:
                continue
            used.add(match.start("month"))
            days = {day}
            if pattern is _DAY_MONTH and (other := _RANGE.search(text[max(match.start() - 12, 0) : match.start()])):
                days.add(int(other[1]))
            for one in days:
                yield from _made(year, month, one) if year else _nearest(month, one, today)


def _numbers(match: re.Match[str]) -> tuple[int, int]:
    """The day and the year, which is 0 where none is given."""
    day, year = (
        group for number, group in enumerate(match.groups(), start=1) if number != match.re.groupindex["month"]
    )
    return int(day), int(year or 0)


def _month(word: str) -> int:
    """The month that the word names, also with an ending or one slip in a long name; 0 for none."""
    if word in _MONTHS:
        return _MONTHS[word]
    for name, number in _MONTHS.items():
        if len(name) >= 4 and word.startswith(name) and _ENDING.fullmatch(word[len(name) :]):
            return number
        if len(name) >= 6 and one_slip(word, name):
            return number
    return 0


def _relative(text: str, today: date) -> Iterator[date]:
    for pattern, days in _RELATIVE:
        if pattern.search(text):
            yield today + timedelta(days=days)
            text = pattern.sub(" ", text)


def _counted(text: str, today: date) -> Iterator[date]:
    for match in _AGO.finditer(text):
        count = int(match["count"]) if match["count"].isdigit() else _COUNTED.get(match["count"])
        if count is None or not (match["ahead"] or match["back"] or match["on"]):
            continue
        days = count * (7 if match["unit"][0] in "wh" else 1)
        yield today + timedelta(days=-days if match["back"] else days)


def _weekday(match: re.Match[str], today: date) -> date:
    """“Friday” is the coming one, “last Friday” the one before today, “Friday next week” the one of that week."""
    day, how = _WEEKDAYS[match["day"]], match["how"] or ""
    back = how in ("last", "past", "previous", "gecen", "gectigimiz")
    if match["later"] or match["week"] or how == "haftaya":
        monday = today - timedelta(days=today.weekday())
        weeks = -1 if back or match["later"] == "last" else 0 if how in ("this", "bu") else 1
        return monday + timedelta(days=7 * weeks + day)
    ahead = (day - today.weekday()) % 7
    if back:
        return today - timedelta(days=(7 - ahead) if ahead else 7)
    return today + timedelta(days=ahead if ahead or how in ("this", "bu") else 7)
