"""A step's form, made from the description of its kind: what to draw, and what was typed into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from handoff.admin.flows.house import Choices, House
from handoff.flows.conditions import TESTS
from handoff.flows.kinds import Kind, Param, shown

UNITS: Choices = (("1", "seconds"), ("60", "minutes"), ("3600", "hours"), ("86400", "days"))
MOST_ROWS = 60
VALUE_LISTS = {"has_tag": "tag", "in_business_hours": "hours", "teammate_available": "available"}
NAMED = ("line", "words", "address", "json")  # texts that may name what is known
WIDGETS = {
    "line": "text", "name": "text", "subject": "subject", "variable": "code", "pattern": "code", "address": "code",
    "words": "area", "lines": "lines", "json": "json", "number": "number", "seconds": "seconds", "flag": "flag",
    "rows": "rows",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table in a form; the last one is the spare row."""

    number: int
    controls: tuple[Control, ...]
    is_spare: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form: everything that its template needs."""

    name: str
    param: str
    label: str
    widget: str
    value: Any = ""
    unit: str = ""
    choices: Choices = ()
    empty: str = ""  # what choosing nothing is called, where nothing may be chosen
    help: str = ""
    required: bool = False
    low: int = 0
    high: int = 0
    names: bool = False  # may name what is known
    looks: bool = False  # other fields come and go with it
    problems: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def identifier(self) -> str:
        """For the label."""
        return f"field-{self.name}"


# ── What to draw.


def controls(
    kind: Kind, params: Mapping[str, Any], house: House, problems: Mapping[str, list[str]] | None = None
) -> list[Control]:
    """The form's fields with what the step has now, and what is wrong beside each."""
    watched = {param.shown_for[0] for param in kind.params if param.shown_for}
    return [
        _control(param, params.get(param.name), f"p-{param.name}", house, (problems or {}).get(param.name, ()), watched)
        for param in kind.params
        if shown(param, params)
    ]


def _control(
    param: Param, value: Any, name: str, house: House, problems: Iterable[str] = (), watched: Iterable[str] = ()
) -> Control:
    widget = "select" if param.choices or house.has(param.kind) else WIDGETS[param.kind]
    choices, empty, unit = param.choices, "", ""
    if widget == "select":
        text = value if isinstance(value, str) else ""
        choices = choices or house.choices(param.kind, text)
        empty = "" if param.choices and text else "choose…" if param.required else "none"
    elif widget == "seconds":
        value, unit = in_units(value)
    elif widget == "lines":
        value = "\n".join(str(one) for one in value) if isinstance(value, tuple | list) else ""
    is_table = widget == "rows"
    return Control(
        name, param.name, param.label, widget, None if is_table else "" if value is None else value, unit, choices,
        empty, param.help, param.required, param.low, param.high, param.kind in NAMED, param.name in watched,
        tuple(problems), _rows(param, value, name, house) if is_table else (),
        tuple(one.label for one in param.columns),
    )  # fmt: skip


def _rows(param: Param, value: Any, name: str, house: House) -> tuple[Row, ...]:
    kept = [row for row in value if isinstance(row, Mapping)] if isinstance(value, tuple | list) else []
    given = [*kept, spare(param)] if len(kept) < param.most else kept
    return tuple(
        Row(
            number,
            tuple(_cells(param, row, f"{name}-{number}", house)),
            is_spare=number == len(kept),
            is_first=number == 0,
            is_last=number == len(kept) - 1,
        )
        for number, row in enumerate(given)
    )


def spare(param: Param) -> dict[str, Any]:
    """A row that nothing was written in yet."""
    return {column.name: _blank(column) for column in param.columns}


def _blank(column: Param) -> Any:
    if column.default != "":
        return column.default
    return {"flag": False, "lines": []}.get(column.kind, "")


def _cells(param: Param, row: Mapping[str, Any], name: str, house: House) -> Iterator[Control]:
    watched = {column.shown_for[0] for column in param.columns if column.shown_for} | {"test"}
    for column in param.columns:
        if not _seen(column, row):
            continue
        control = _control(column, row.get(column.name), f"{name}-{column.name}", house, watched=watched)
        of = VALUE_LISTS.get(str(row.get("test", ""))) if column.name == "value" else None
        if of:
            text = str(row.get("value") or "")
            control = _control(
                Param(column.name, column.label, "choice", required=True, choices=house.choices(of, text)),
                text, f"{name}-{column.name}", house,
            )  # fmt: skip
        yield control


def _seen(column: Param, row: Mapping[str, Any]) -> bool:
    test = TESTS.get(str(row.get("test", "")))
    if test and column.name == "subject":
        return test.needs_subject
    if test and column.name == "value":
        return test.needs_value
    return shown(column, row)


def in_units(value: Any) -> tuple[Any, str]:
    """So many seconds as a number of the largest unit that fits."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value, "1"
    fitting = [int(unit) for unit, _ in UNITS if value and value % int(unit) == 0]
    unit = max(fitting, default=1)
    return value // unit, str(unit)


# ── What was typed.


def typed(kind: Kind, post: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The step's parameters as they were typed; one that the form did not show stays as it was."""
    found = {}
    for param in kind.params:
        old = before.get(param.name, kind.defaults()[param.name])
        found[param.name] = _typed(param, post, f"p-{param.name}", old)
    return found


def _typed(param: Param, post: QueryDict, name: str, old: Any) -> Any:
    if param.kind == "rows":
        return typed_rows(param, post, name) if f"{name}-rows" in post else old
    if name not in post:
        return old
    text = clean(post.get(name, ""))
    if param.kind == "flag":
        return text == "on"
    if param.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if param.kind == "number":
        return whole(text)
    if param.kind == "seconds":
        return seconds(post, name)
    return text if param.kind in ("words", "json") else text.strip()


def typed_rows(param: Param, post: QueryDict, name: str) -> list[dict[str, Any]]:
    """The rows in which something was written, after what the pressed row button does to them."""
    count = whole(post.get(f"{name}-rows", "0"))
    empty = spare(param)
    found = [
        {
            column.name: _typed(column, post, f"{name}-{number}-{column.name}", _blank(column))
            for column in param.columns
        }
        for number in range(min(count, MOST_ROWS) if isinstance(count, int) else 0)
    ]
    for operation in post.getlist("row"):
        _rearrange(found, operation, param.name)
    return [row for row in found if row != empty and any(_says(column, row) for column in param.columns)]


def _says(column: Param, row: Mapping[str, Any]) -> bool:
    return row[column.name] != _blank(column) and _seen(column, row)


def _rearrange(rows: list[dict[str, Any]], operation: str, param: str) -> None:
    name, _, rest = operation.partition(":")
    at, _, what = rest.partition(":")
    if name != param or not (at.isascii() and at.isdecimal()) or len(at) > 4 or not int(at) < len(rows):
        return
    row = rows.pop(int(at))
    if what == "up":
        rows.insert(max(0, int(at) - 1), row)
    elif what == "down":
        rows.insert(int(at) + 1, row)


def seconds(post: QueryDict, name: str) -> Any:
    """A number and its unit as seconds; what is no number stays as it was typed, for the check to name."""
    number, unit = whole(clean(post.get(name, ""))), post.get(f"{name}-unit", "1")
    return number * int(unit) if isinstance(number, int) and unit in dict(UNITS) else number


def whole(text: str) -> int | str:
    """The whole number, or the text itself."""
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 12 else text


def clean(text: str) -> str:
    """Line ends as they are everywhere else, and nothing that the database cannot keep."""
    return text.replace("\r\n", "\n").replace("\x00", "")
