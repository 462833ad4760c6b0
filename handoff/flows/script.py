"""A flow as plain data: entries, steps, and where each exit leads. Frozen; reading it never raises anything but NotAScript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeGuard

END = "end"  # an exit that leads here ends the run
ASSISTANT = "@assistant"  # every script has this step: the assistant leads
STEP_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_STEPS = 200
DEEPEST, MOST_PARTS, LONGEST_NAME, LONGEST_TEXT, LARGEST = 12, 50_000, 60, 20_000, 10**12
ENTRIES: dict[str, str] = {
    "start": "When the chat is opened",
    "fallback": "When the customer writes",
    "inactivity": "When the customer falls silent",
    "handed_back": "When a person hands back",
    "resolving": "Before the conversation is closed",
    "resolved": "After the conversation was closed",
}


class NotAScript(Exception):
    """The data has not the shape of a script; the sentence says what is wrong where."""


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the graph: what it does, with what, and where each of its exits leads."""

    id: str
    kind: str
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    exits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """How a run begins: at which step, and for silence after how many seconds, once or each time."""

    name: str
    step: str
    seconds: int = 0
    each_time: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What an admin designed: immutable, so that a run can keep the one that it started with."""

    entries: Mapping[str, Entry]
    steps: Mapping[str, Step]

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError where there is none."""
        return Step(ASSISTANT, "assistant") if step_id == ASSISTANT else self.steps[step_id]

    def entry(self, name: str) -> Entry | None:
        """How runs of this kind begin, or None where the flow has no such entry."""
        return self.entries.get(name)

    def arrows(self) -> Iterator[tuple[Step, str, str]]:
        """Every connected exit: the step, the exit's name, and where it leads (a step or END)."""
        for step in self.steps.values():
            for name, target in step.exits.items():
                if target:
                    yield step, name, target

    def data(self) -> dict[str, Any]:
        """The plain data again; `read(script.data()) == script`."""
        return {
            "entries": {one.name: _entry_data(one) for one in self.entries.values()},
            "steps": [
                {
                    "id": one.id,
                    "kind": one.kind,
                    "title": one.title,
                    "params": plain(one.params),
                    "exits": dict(one.exits),
                }
                for one in self.steps.values()
            ],
        }


EMPTY: dict[str, Any] = {"entries": {}, "steps": []}


def _entry_data(entry: Entry) -> dict[str, Any]:
    if entry.name != "inactivity":
        return {"step": entry.step}
    return {"step": entry.step, "seconds": entry.seconds, "each_time": entry.each_time}


def plain(value: Any) -> Any:
    """The value as lists and dictionaries again."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, tuple | list) else value


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): _frozen(one) for key, one in value.items()})
    return tuple(_frozen(one) for one in value) if isinstance(value, tuple | list) else value


def read(data: Any) -> Script:
    """The script that the data describes, or NotAScript; what it says is checked by check.py, not here."""
    if not isinstance(data, Mapping):
        raise NotAScript("A flow is a mapping with “entries” and “steps”.")
    if wrong := _unkeepable(data):
        raise NotAScript(wrong)
    if unknown := sorted(str(key) for key in data if key not in ("entries", "steps")):
        raise NotAScript(f"A flow has “entries” and “steps” only, not “{unknown[0]}”.")
    rows, entries = data.get("steps", []), data.get("entries", {})
    if not isinstance(rows, list | tuple) or not isinstance(entries, Mapping):
        raise NotAScript("“steps” is a list, and “entries” a mapping.")
    if len(rows) > MOST_STEPS:
        raise NotAScript(f"A flow has at most {MOST_STEPS} steps, this one has {len(rows)}.")
    steps: dict[str, Step] = {}
    for number, row in enumerate(rows, start=1):
        step = _step(row, number)
        if step.id in steps:
            raise NotAScript(f"Two steps are called “{step.id}”.")
        steps[step.id] = step
    found = {str(name): _entry(str(name), value) for name, value in entries.items()}
    ordered = {name: found[name] for name in ENTRIES if name in found}
    return Script(MappingProxyType(ordered), MappingProxyType(steps))


def _unkeepable(data: Any) -> str:
    """What keeps the data from being stored as plain JSON and shown again; empty where nothing does."""
    todo, seen = [(data, 0)], 0
    while todo:
        value, depth = todo.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            return "This is nested too deeply for a flow, or has too many parts."
        if isinstance(value, Mapping):
            if not all(map(_is_name, value)):
                return f"Every name in a flow is a text of at most {LONGEST_NAME} characters; put yes and no in quotes."
            todo += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, tuple | list):
            todo += [(part, depth + 1) for part in value]
        elif wrong := _unkeepable_leaf(value):
            return wrong
    return ""


def _unkeepable_leaf(value: Any) -> str:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            return f"No text of a flow is longer than {LONGEST_TEXT} characters."
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            return "A text of the flow has a character that cannot be kept."
    elif value is not None and not (isinstance(value, int | float) and abs(value) <= LARGEST):
        return "A flow has texts, lists, yes, no and numbers of at most twelve figures, and nothing else."
    return ""


def _step(row: Any, number: int) -> Step:
    if not isinstance(row, Mapping):
        raise NotAScript(f"Step {number} is not a mapping.")
    if unknown := sorted(str(key) for key in row if key not in ("id", "kind", "title", "params", "exits")):
        raise NotAScript(f"Step {number} has an unknown part “{unknown[0]}”.")
    step_id, kind, title = row.get("id"), row.get("kind"), row.get("title", "")
    if not isinstance(step_id, str) or not STEP_ID.fullmatch(step_id) or step_id == END:
        raise NotAScript(
            f"Step {number} needs an id of small letters, digits and _, beginning with a letter; “{END}” is taken."
        )
    if not _is_name(kind) or not isinstance(title, str) or len(title) > 80:
        raise NotAScript(f"Step “{step_id}” needs a kind, and a title of at most 80 characters.")
    params, exits = row.get("params", {}), row.get("exits", {})
    if not isinstance(params, Mapping) or not isinstance(exits, Mapping):
        raise NotAScript(f"“params” and “exits” of step “{step_id}” are mappings.")
    if not all(map(_is_name, exits.values())):
        raise NotAScript(f"Every exit of step “{step_id}” names a step, or “{END}”.")
    return Step(step_id, kind, title, _frozen(params), MappingProxyType({str(k): v for k, v in exits.items()}))


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _entry(name: str, value: Any) -> Entry:
    if name not in ENTRIES:
        raise NotAScript(f"There is no entry “{name}”; there are {', '.join(ENTRIES)}.")
    known = {"step", "seconds", "each_time"} if name == "inactivity" else {"step"}
    if not isinstance(value, Mapping) or set(value) - known or not _is_name(value.get("step")):
        raise NotAScript(f"The entry “{name}” names a step, and has {' and '.join(sorted(known))} only.")
    seconds, each_time = value.get("seconds", 0), value.get("each_time", False)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not isinstance(each_time, bool):
        raise NotAScript(f"The entry “{name}” has whole seconds, and each_time is true or false.")
    return Entry(name, value["step"], seconds, each_time)
