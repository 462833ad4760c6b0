"""What changed in the parameters of one step: each change short, with what is new about it in sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from handoff.flows import conditions
from handoff.flows.kinds import Param, shown
from handoff.flows.steps.deciding import read_condition
from handoff.flows.steps.texts import short

LONGEST, AROUND = 60, 16
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def param_changes(described: Sequence[Param], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What is to be said behind the step's name, such as “, How often to ask: 3 → 5”."""
    for param in described:
        before, after = _meant(param, old), _meant(param, new)
        if before == after:
            continue
        if param.name == "conditions":
            yield from (f": {words}" for words in _conditions(before, after))
        elif param.kind == "rows":
            yield from (f", {param.label}: {words}" for words in _rows(param, before, after))
        elif param.kind == "lines":
            yield from (f", {param.label}: {words}" for words in _lines(before, after))
        else:
            yield f", {param.label}: {_values(param, before, after)}"
    known = {param.name for param in described}
    for name in dict.fromkeys((*old, *new)):
        if name not in known and old.get(name) != new.get(name):
            yield f", {name}: {_texts(_any(old.get(name)), _any(new.get(name)))}"


def duration(seconds: int) -> str:
    """The time as people say it: “1 hour 30 minutes”."""
    parts, rest = [], max(0, seconds)
    for size, unit in UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def _meant(param: Param, params: Mapping[str, Any]) -> Any:
    """The value as the step would read it: what is not there, not shown or empty counts as what it then is."""
    value = params.get(param.name)
    if param.kind in ("lines", "rows"):
        return tuple(value) if isinstance(value, tuple | list) and shown(param, params) else ()
    if not shown(param, params) or value is None or value == "":
        usual: Any = {"flag": False, "number": 0, "seconds": 0}.get(param.kind, "")
        return param.default if param.kind in ("number", "seconds", "choice") and param.default != "" else usual
    return value


def _values(param: Param, before: Any, after: Any) -> str:
    if param.kind in ("flag", "number", "seconds") or param.choices:
        return f"{_word(param, before)} → {_word(param, after)}"
    return _texts(_any(before), _any(after))


def _word(param: Param, value: Any) -> str:
    if param.kind == "seconds" and isinstance(value, int):
        return duration(value)
    return short(dict(param.choices).get(value, _any(value)) if isinstance(value, str) else _any(value)) or "nothing"


def _any(value: Any) -> str:
    """Any value in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_any(one)}" for key, one in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(_any, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _texts(before: str, after: str) -> str:
    if not before or not after:
        return f"“{short(before)}” → nothing" if before else f"nothing → “{short(after)}”"
    return "“{}” → “{}”".format(*_around_the_change(before, after))


def _around_the_change(before: str, after: str) -> tuple[str, str]:
    """Both on one line and short, with a little of what is the same around what is not."""
    lines = [" ".join(text.split()) for text in (before, after)]
    if lines[0] == lines[1]:
        lines = [text.replace("\n", " ⏎ ") for text in (before, after)]  # only breaks and spaces differ
    if max(map(len, lines)) <= LONGEST:
        return lines[0], lines[1]
    start = _same_start(*lines)
    end = min(_same_start(lines[0][::-1], lines[1][::-1]), min(map(len, lines)) - start)
    cut = [_cut(line, start, len(line) - end) for line in lines]
    return cut[0], cut[1]


def _same_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _cut(line: str, start: int, end: int) -> str:
    first, last = max(0, start - AROUND), min(len(line), end + AROUND)
    if first:
        first = line.find(" ", first, start) + 1 or first
    if last < len(line):
        space = line.rfind(" ", end, last)
        last = space if space >= 0 else last
    middle = line[first:last]
    if len(middle) > LONGEST + 2 * AROUND:
        middle = f"{middle[:LONGEST]} … {middle[-AROUND:]}"
    return f"{'…' if first else ''}{middle}{'…' if last < len(line) else ''}"


# ── Lists.


def _lines(before: Any, after: Any) -> Iterator[str]:
    yield from _lists([_any(one) for one in before], [_any(one) for one in after])


def _rows(param: Param, before: Any, after: Any) -> Iterator[str]:
    key = param.columns[0].name
    old, new = ([row for row in rows if isinstance(row, Mapping)] for rows in (before, after))
    names = [_any(row.get(key)) for row in old], [_any(row.get(key)) for row in new]
    if any(len(set(each)) < len(each) for each in names):
        yield from _lists([_row(param, row) for row in old], [_row(param, row) for row in new])
        return
    yield from _lists(*names)
    for name, row in zip(names[1], new, strict=True):
        if name in names[0]:
            changes = param_changes(param.columns, old[names[0].index(name)], row)
            yield from (f"“{short(name, 40)}”{words}" for words in changes)


def _row(param: Param, row: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, (_any(row.get(column.name)) for column in param.columns)))


def _conditions(before: Any, after: Any) -> Iterator[str]:
    yield from _lists(*(
        [conditions.words(read_condition(row)) for row in rows if isinstance(row, Mapping)] for rows in (before, after)
    ), quoted=False)  # fmt: skip


def _lists(before: list[str], after: list[str], *, quoted: bool = True) -> Iterator[str]:
    """What was put in, taken out or replaced, one by one."""
    if sorted(before) == sorted(after):
        if before != after:
            yield "in another order"
        return
    for what, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        old, new = before[start:end], after[first:last]
        both = min(len(old), len(new))
        for one, other in zip(old[:both], new[:both], strict=True):
            yield _texts(one, other) if quoted else _with_same_beginning(one, other)
        yield from (f"without “{short(one)}”" for one in old[both:])
        yield from (f"added “{short(one)}”" for one in new[both:])


def _with_same_beginning(one: str, other: str) -> str:
    """“amount is greater than 500 → 650”: the words that both begin with are said once."""
    left, right = one.split(), other.split()
    pairs = enumerate(zip(left, right, strict=False))
    same = next((at for at, (word, its) in pairs if word != its), min(len(left), len(right)))
    same = min(same, len(left) - 1, len(right) - 1)
    parts = " ".join(left[:same]), short(" ".join(left[same:])), short(" ".join(right[same:]))
    return f"{parts[0]} {parts[1]} → {parts[2]}".strip()
