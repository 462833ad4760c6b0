"""Changes to a draft, each a pure function of the draft's data: what was given stays as it is, and the whole comes back changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handoff.flows.check import KNOWN_FACTS, readable_at
from handoff.flows.editing_draft import CannotEdit, Draft, Edit, Row, as_step, first_way, label, named, ways
from handoff.flows.script import END, ENTRIES, STEP_ID, plain, read
from handoff.flows.steps import STEPS
from handoff.flows.steps.handing import PERSON

LONGEST_TITLE = 80


def add_after(data: dict[str, Any], step_id: str | None, way: str, kind: str, *, entry: str = "") -> Edit:
    """A new step stands behind that exit, and leads on by its own first one to where the exit led.

    Without a step it begins the entry if nothing does yet, and stands free otherwise.
    """
    draft = Draft(data)
    if step_id is not None:
        before = draft.row(step_id)
        draft.need_way(before, way)
        new = draft.add(kind, after=step_id)
        draft.put_in(new, before, way)
        return draft.edit(new["id"], f"Added {named(new)} after {named(before)}.")
    if entry and draft.entry_step(entry) not in draft.rows:
        return add_for_entry(data, entry, kind)
    new = draft.add(kind)
    return draft.edit(new["id"], f"Added {named(new)}. Nothing leads there yet.")


def add_for_entry(data: dict[str, Any], entry: str, kind: str) -> Edit:
    """The entry leads to a new step, and that one by its first exit to where the entry led."""
    draft = Draft(data)
    led = draft.entry_step(entry)
    new = draft.add(kind)
    if (first := first_way(new)) and led in draft.rows:
        new["exits"][first] = led
    draft.begin(entry, new["id"])
    return draft.edit(new["id"], f"Added {named(new)}. {_entry_words(entry)} the flow begins there.")


def connect(data: dict[str, Any], step_id: str, way: str, target: str) -> Edit:
    """The exit leads to that step, to END, or with an empty target nowhere."""
    draft = Draft(data)
    row = draft.row(step_id)
    draft.connect(row, way, target)
    where = f"now leads to {named(draft.rows[target])}" if target in draft.rows else "leads nowhere now"
    return draft.edit(
        step_id, f"{named(row)}: the way “{label(row, way)}” {'now ends the flow' if target == END else where}."
    )


def set_step(
    data: dict[str, Any],
    step_id: str,
    *,
    title: str | None = None,
    params: Mapping[str, Any] | None = None,
    exits: Mapping[str, str] | None = None,
) -> Edit:
    """The step has this title, all of these parameters, and these exits; None leaves what was.

    An exit that the parameters take away is gone; one that they only call otherwise, such as a renamed intent's, still
    leads where it led.
    """
    draft = Draft(data)
    row = draft.row(step_id)
    if title is not None:
        row["title"] = title.strip()
    if params is not None:
        before = [one.name for one in ways(row)]
        row["params"] = plain(params)
        _keep_ways(row, before)
    for way, target in (exits or {}).items():
        draft.connect(row, way, target)
    return draft.edit(step_id, f"Changed {named(row)}.")


def set_entry(
    data: dict[str, Any], entry: str, step: str, *, seconds: int | None = None, each_time: bool | None = None
) -> Edit:
    """The flow begins there, for silence after so many seconds; None leaves what was."""
    draft = Draft(data)
    draft.entry_step(entry)
    if step:
        draft.row(step)
    draft.begin(entry, step)
    found = draft.data["entries"][entry]
    if entry == "inactivity":
        found["seconds"] = found["seconds"] if seconds is None else seconds
        found["each_time"] = found["each_time"] if each_time is None else each_time
    where = f"at {named(draft.rows[step])}" if step else "nowhere yet"
    return draft.edit(step, f"{_entry_words(entry)} the flow begins {where}.")


def remove_entry(data: dict[str, Any], entry: str) -> Edit:
    """The flow does not begin this way any more."""
    draft = Draft(data)
    step = draft.entry_step(entry)
    if entry not in draft.data["entries"]:
        raise CannotEdit(f"The flow does not begin “{ENTRIES[entry]}”.")
    del draft.data["entries"][entry]
    return draft.edit(step if step in draft.rows else "", f"{_entry_words(entry)} the flow does nothing now.")


def move(data: dict[str, Any], step_id: str, after_step: str, way: str) -> Edit:
    """The step stands behind that exit; what led to it goes on to where its own first exit led."""
    draft = Draft(data)
    row, before = draft.row(step_id), draft.row(after_step)
    if row is before:
        raise CannotEdit(f"{named(row)} cannot stand after itself.")
    draft.need_way(before, way)
    draft.lead_past(step_id, row["exits"].get(first_way(row), ""))
    draft.put_in(row, before, way)
    return draft.edit(step_id, f"Moved {named(row)} after {named(before)}.")


def duplicate(data: dict[str, Any], step_id: str) -> Edit:
    """A copy stands free right after the step, and leads where it leads."""
    draft = Draft(data)
    row = draft.row(step_id)
    new = draft.add(row["kind"], after=step_id, is_copy=True)
    title = f"{row['title']} (copy)" if row["title"] else ""
    new["title"] = title if len(title) <= LONGEST_TITLE else row["title"]
    new["params"] = plain(row["params"])
    new["exits"] = {way: new["id"] if target == step_id else target for way, target in row["exits"].items()}
    return draft.edit(new["id"], f"Copied {named(row)}. Nothing leads to the copy yet.")


def what_breaks(data: dict[str, Any], step_id: str) -> tuple[str, ...]:
    """What leads here, and which later steps read what only this one sets: one sentence each."""
    draft = Draft(data)
    row = draft.row(step_id)
    found = [f"“{ENTRIES[name]}” begins here." for name, one in draft.data["entries"].items() if one["step"] == step_id]
    for other in draft.rows.values():
        if other is not row:
            leading = [way for way, target in other["exits"].items() if target == step_id]
            found += [f"{named(other)} leads here by “{label(other, way)}”." for way in leading]
    own = _sets(row)
    for other in draft.rows.values():
        if other is not row:
            own -= _sets(other)
    if draft.data["entries"].keys() & {"handed_back", "resolving", "resolved"}:
        own -= PERSON
    readable = readable_at(read(draft.data))
    for other in draft.rows.values():
        kind = STEPS.get(other["kind"])
        reads = kind.reads(as_step(other)) if kind and other is not row else frozenset()
        lost = sorted(name for name in reads & own & readable[other["id"]] if not _is_fact(name))
        found += [f"{named(other)} reads “{name}”, which only this step sets." for name in lost]
    return tuple(found)


def delete(data: dict[str, Any], step_id: str) -> Edit:
    """The step is gone; what led to it goes on where it led if there was one way only, and leads nowhere otherwise."""
    draft = Draft(data)
    row = draft.row(step_id)
    targets = [target for target in row["exits"].values() if target]
    draft.lead_past(step_id, targets[0] if len(targets) == 1 else "")
    draft.data["steps"].remove(row)
    return draft.edit("", f"Deleted {named(row)}.")


def rename_id(data: dict[str, Any], old: str, new: str) -> Edit:
    """The step has the new id, wherever it is named."""
    draft = Draft(data)
    row = draft.row(old)
    if new != old and new in draft.rows:
        raise CannotEdit(f"There is a step “{new}” already.")
    if not STEP_ID.fullmatch(new) or new == END:
        raise CannotEdit(
            f"“{new}” cannot be an id: small letters, digits and _, beginning with a letter; “{END}” is taken."
        )
    draft.lead_past(old, new, own=True)
    row["id"] = new
    return draft.edit(new, f"{named(row)} is called “{new}” now.")


def _sets(row: Row) -> frozenset[str]:
    kind = STEPS.get(row["kind"])
    return kind.sets(as_step(row)) if kind else frozenset()


def _keep_ways(row: Row, before: list[str]) -> None:
    after = [one.name for one in ways(row)]
    if row["kind"] not in STEPS:
        return
    led = row["exits"]
    row["exits"] = {way: led[way] for way in after if way in led}
    if len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            if old in led and old not in after and new not in before:
                row["exits"][new] = led[old]


def _entry_words(entry: str) -> str:
    return f"{ENTRIES[entry]},"


def _is_fact(name: str) -> bool:
    return name in KNOWN_FACTS or f"{name.partition('.')[0]}." in KNOWN_FACTS
