"""One draft while it is being changed: its steps and entries as plain rows, and what every change to them keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handoff.flows.kinds import Exit
from handoff.flows.script import END, ENTRIES, STEP_ID, NotAScript, Step, plain, read
from handoff.flows.steps import STEPS

USUAL_SILENCE = 120
LONGEST_ID = 40
Row = dict[str, Any]


class CannotEdit(Exception):
    """The change cannot be made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The draft after the change, the step that it is about, and what happened in words."""

    data: dict[str, Any]
    step_id: str
    words: str


class Draft:
    """A copy of the data that may be changed; CannotEdit where it is no script at all."""

    def __init__(self, data: dict[str, Any]) -> None:
        try:
            self.data = read(data).data()
        except NotAScript as wrong:
            raise CannotEdit(f"This draft has to be mended as text first. {wrong}") from wrong
        self.rows: dict[str, Row] = {row["id"]: row for row in self.data["steps"]}

    def row(self, step_id: str) -> Row:
        """The step of that id."""
        if step_id not in self.rows:
            raise CannotEdit(f"There is no step “{step_id}” any more.")
        return self.rows[step_id]

    def entry_step(self, entry: str) -> str:
        """Where the entry leads; empty where the flow has none."""
        if entry not in ENTRIES:
            raise CannotEdit(f"A flow cannot begin at “{entry}”.")
        return str(self.data["entries"].get(entry, {}).get("step", ""))

    def begin(self, entry: str, step_id: str) -> None:
        """The entry leads there."""
        usual = {"seconds": USUAL_SILENCE, "each_time": False} if entry == "inactivity" else {}
        self.data["entries"][entry] = {**usual, **self.data["entries"].get(entry, {}), "step": step_id}

    def need_way(self, row: Row, way: str) -> None:
        """Refuse an exit that the step does not have."""
        if way not in {one.name for one in ways(row)}:
            raise CannotEdit(f"There is no way “{way}” out of {named(row)}.")

    def connect(self, row: Row, way: str, target: str) -> None:
        """The exit leads there, to END, or nowhere."""
        if not target:
            row["exits"].pop(way, None)
            return
        self.need_way(row, way)
        if target != END:
            self.row(target)
        row["exits"][way] = target

    def add(self, kind: str, *, after: str = "", is_copy: bool = False) -> Row:
        """A new step with the kind's defaults, in the list right after another one."""
        if kind not in STEPS and not is_copy:
            raise CannotEdit(f"There is no kind of step “{kind}”.")
        params = plain(STEPS[kind].defaults()) if kind in STEPS else {}
        row: Row = {"id": self._new_id(kind), "kind": kind, "title": "", "params": params, "exits": {}}
        at = list(self.rows).index(after) + 1 if after else len(self.rows)
        self.data["steps"].insert(at, row)
        self.rows[row["id"]] = row
        return row

    def _new_id(self, kind: str) -> str:
        base = kind if STEP_ID.fullmatch(kind) else "step"
        new, number = base, 1
        while new in self.rows or new == END:
            number += 1
            new = f"{base[: LONGEST_ID - 4]}_{number}"
        return new

    def put_in(self, row: Row, before: Row, way: str) -> None:
        """The exit leads to the step, and the step by its first exit to where that led."""
        led, first = before["exits"].get(way, ""), first_way(row)
        if first:
            self.connect(row, first, led if led == END or led in self.rows else "")
        before["exits"][way] = row["id"]

    def lead_past(self, step_id: str, target: str, *, own: bool = False) -> None:
        """Whatever led to the step leads to the target instead: nowhere where it is the step itself."""
        target = "" if target == step_id and not own else target
        for row in self.rows.values():
            if row["id"] != step_id or own:
                kept = {way: target if led == step_id else led for way, led in row["exits"].items()}
                row["exits"] = {way: led for way, led in kept.items() if led}
        for entry in self.data["entries"].values():
            if entry["step"] == step_id:
                entry["step"] = "" if target == END else target

    def edit(self, step_id: str, words: str) -> Edit:
        """What comes back; CannotEdit where it is no script any more."""
        try:
            data = read(self.data).data()
        except NotAScript as wrong:
            raise CannotEdit(str(wrong)) from wrong
        return Edit(data, step_id, words)


def ways(row: Mapping[str, Any]) -> tuple[Exit, ...]:
    """The exits that a step of the draft has by its kind; of an unknown kind, those that are connected."""
    kind = STEPS.get(row["kind"])
    return kind.exits(as_step(row)) if kind else tuple(Exit(name, name) for name in row["exits"])


def as_step(row: Mapping[str, Any]) -> Step:
    """The row as the kinds want it."""
    return Step(row["id"], row["kind"], row["title"], row["params"], row["exits"])


def first_way(row: Row) -> str:
    """The name of the exit that the flow usually goes on by; empty where the step has none."""
    found = ways(row)
    return found[0].name if found else ""


def named(row: Row) -> str:
    """What people call the step, in quotes."""
    kind = STEPS.get(row["kind"])
    return f"“{row['title'] or (kind.label if kind else row['kind'])}”"


def label(row: Row, way: str) -> str:
    """What people call the exit."""
    return next((one.label for one in ways(row) if one.name == way), way)
