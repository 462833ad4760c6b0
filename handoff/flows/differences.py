"""What changed between two scripts, in the words of those who answer customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handoff.flows.differences_params import duration, param_changes
from handoff.flows.foresight import title
from handoff.flows.kinds import Exit
from handoff.flows.script import END, ENTRIES, Entry, Script, Step
from handoff.flows.steps import STEPS


def differences(old: Script | None, new: Script) -> tuple[str, ...]:
    """One sentence for each change; none where the two do the same."""
    if old is None:
        steps = len(new.steps)
        return (f"The first version, with {steps} step{'' if steps == 1 else 's'}.",)
    old = _with_new_ids(old, new)
    return (
        *_entries(old, new),
        *_added(old, new),
        *(f"Removed {_with_kind(old, step)}." for name, step in old.steps.items() if name not in new.steps),
        *(words for step in new.steps.values() if step.id in old.steps for words in _changed(old, new, step)),
    )


def _with_new_ids(old: Script, new: Script) -> Script:
    """The old script, in which a step that is only called otherwise has its new id."""
    gone = [step for name, step in old.steps.items() if name not in new.steps]
    come = {name: step for name, step in new.steps.items() if name not in old.steps}
    ids: dict[str, str] = {}
    for step in gone:
        same = next((name for name, one in come.items() if _is_same(step, one) and name not in ids.values()), None)
        if same is not None:
            ids[step.id] = same
    if not ids:
        return old
    steps = [
        replace(step, id=ids.get(name, name), exits={way: ids.get(to, to) for way, to in step.exits.items()})
        for name, step in old.steps.items()
    ]
    entries = {name: replace(one, step=ids.get(one.step, one.step)) for name, one in old.entries.items()}
    return Script(entries, {step.id: step for step in steps})


def _is_same(one: Step, other: Step) -> bool:
    return (one.kind, one.title, one.params) == (other.kind, other.title, other.params)


def _entries(old: Script, new: Script) -> Iterator[str]:
    for name, label in ENTRIES.items():
        before, after = old.entry(name), new.entry(name)
        if before is None and after is not None:
            yield f"{label}: the flow now begins at {_quoted(new, after.step)}{_silence(after)}."
        elif before is not None and after is None:
            yield f"{label}: the flow does nothing any more."
        elif before is not None and after is not None:
            yield from _entry(new, before, after, label)


def _silence(entry: Entry) -> str:
    if entry.name != "inactivity":
        return ""
    return f", after {duration(entry.seconds)}, {_how_often(entry)}"


def _how_often(entry: Entry) -> str:
    return "each time" if entry.each_time else "once"


def _entry(new: Script, before: Entry, after: Entry, label: str) -> Iterator[str]:
    if before.step != after.step:
        where = f"begins at {_quoted(new, after.step)}" if after.step else "leads nowhere"
        yield f"{label}: now {where}."
    if before.seconds != after.seconds:
        yield f"{label}: after {duration(before.seconds)} → {duration(after.seconds)}."
    if before.each_time != after.each_time:
        yield f"{label}: {_how_often(before)} → {_how_often(after)}."


def _added(old: Script, new: Script) -> Iterator[str]:
    for name, step in new.steps.items():
        if name not in old.steps:
            yield f"Added {_with_kind(new, step)}{_where(new, name)}."


def _where(script: Script, name: str) -> str:
    before = _before(script, name)
    if before is not None:
        step, way = before
        by = f" by “{_label(step, way)}”" if len(_ways(step)) > 1 else ""
        return f" after {_quoted(script, step.id)}{by}"
    begun = [ENTRIES[entry.name] for entry in script.entries.values() if entry.step == name]
    return f": {begun[0][0].lower()}{begun[0][1:]}" if begun else ", to which nothing leads yet"


def _before(script: Script, name: str) -> tuple[Step, str] | None:
    found = ((step, way) for step, way, target in script.arrows() if target == name and step.id != name)
    return next(found, None)


def _changed(old: Script, new: Script, step: Step) -> Iterator[str]:
    before, name = old.steps[step.id], _quoted(new, step.id)
    if before.title != step.title:
        yield f"{_quoted(old, step.id)} is now called {name}."
    if before.kind != step.kind:
        yield f"{name} is now of the kind “{_kind(step)}”; it was “{_kind(before)}”."
    else:
        kind = STEPS.get(step.kind)
        described = kind.params if kind else ()
        yield from (f"{name}{words}." for words in param_changes(described, before.params, step.params))
    yield from _ways_changed(before, new, step, {name for name in new.steps if name not in old.steps})


def _ways_changed(before: Step, new: Script, step: Step, added: set[str]) -> Iterator[str]:
    names = [one.name for one in _ways(step)]
    for way in dict.fromkeys((*names, *step.exits, *before.exits)):
        target = step.exits.get(way, "")
        if target == before.exits.get(way, "") or (not target and way not in names):
            continue
        if target in added and _before(new, target) == (step, way):
            continue  # “Added … after …” has said so
        which = f" the way “{_label(step, way)}”" if len(names) != 1 else " it"
        where = "ends the flow" if target == END else f"leads to {_quoted(new, target)}" if target else "leads nowhere"
        yield f"{_quoted(new, step.id)}:{which} now {where}."


def _ways(step: Step) -> tuple[Exit, ...]:
    kind = STEPS.get(step.kind)
    return kind.exits(step) if kind else tuple(Exit(name, name) for name in step.exits)


def _label(step: Step, way: str) -> str:
    return next((one.label for one in _ways(step) if one.name == way), way)


def _kind(step: Step) -> str:
    return STEPS[step.kind].label if step.kind in STEPS else step.kind


def _quoted(script: Script, name: str) -> str:
    return f"“{title(script, name)}”"


def _with_kind(script: Script, step: Step) -> str:
    return f"“{step.title}” ({_kind(step)})" if step.title else f"“{_kind(step)}”"
