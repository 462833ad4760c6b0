"""What publishing checks: the whole script, and what is wrong where, in words. It never raises, whatever it is given."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handoff.flows.calls import SECRET
from handoff.flows.directory import Directory
from handoff.flows.kinds import Exit, Kind
from handoff.flows.params_check import param_problems
from handoff.flows.script import END, ENTRIES, NotAScript, Script, Step, read
from handoff.flows.steps import STEPS
from handoff.flows.steps.handing import PERSON

# What can be read without any step having set it; a name ending in a dot stands for all below it.
KNOWN_FACTS: dict[str, str] = {
    "message": "what the customer wrote last",
    "visitor.name": "name",
    "visitor.first_name": "first name",
    "visitor.email": "e-mail",
    "visitor.phone": "phone",
    "visitor.identity": "anonymous, claimed or verified",
    "visitor.vip": "VIP",
    "visitor.language": "language",
    "visitor.place": "place",
    "visitor.time_zone": "time zone",
    "visitor.browser": "browser",
    "visitor.system": "system",
    "visitor.device": "device",
    "visitor.page": "page now",
    "visitor.referrer": "came from",
    "visitor.visits": "visits",
    "conversation.language": "language",
    "conversation.page": "chat page",
    "conversation.messages": "messages of the customer",
    "conversation.handoffs": "handoffs so far",
    "conversation.had_person": "whether a person spoke",
    "conversation.tags": "tags",
    "assistant.name": "the assistant's name",
    "memory.": "anything remembered",
    "meta.": "attributes signed by the host page",
    "field.": "fields",
}
SHORTEST_SILENCE, LONGEST_SILENCE = 10, 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: at a step (or an entry, or nowhere), and in which of its parts."""

    words: str
    step: str = ""
    part: str = ""  # a parameter's or an exit's name
    entry: str = ""


def check(data: Any, directory: Directory) -> list[Problem]:
    """Every problem of the data, those of single steps first; an empty list means that it may be published."""
    try:
        script = read(data)
    except NotAScript as wrong:
        return [Problem(str(wrong))]
    return check_script(script, directory)


def check_script(script: Script, directory: Directory) -> list[Problem]:
    """The same for a script that has been read."""
    problems = list(_entries(script))
    for step in script.steps.values():
        problems += _step(script, step, directory)
    if any(STEPS.get(step.kind) is None for step in script.steps.values()):
        return problems  # what leads where can only be judged when every step is known
    reached = _reached(script)
    problems += [
        Problem("Nothing leads here. Connect it, or delete it.", step=one) for one in script.steps if one not in reached
    ]
    problems += _unready_reads(script)
    problems += _restless_loops(script)
    problems += _talk_after_the_end(script)
    return problems


def _entries(script: Script) -> Iterator[Problem]:
    if not script.entries:
        yield Problem("The flow never begins. Choose where it starts: for example when the customer writes.")
    for entry in script.entries.values():
        if entry.step not in script.steps:
            where = f"“{entry.step}”, which is not there" if entry.step else "nowhere"
            yield Problem(f"“{ENTRIES[entry.name]}” leads {where}.", entry=entry.name)
        if entry.name == "inactivity" and not SHORTEST_SILENCE <= entry.seconds <= LONGEST_SILENCE:
            words = f"Silence lasts between {SHORTEST_SILENCE} seconds and 7 days, not {entry.seconds} seconds."
            yield Problem(words, entry=entry.name, part="seconds")


def _step(script: Script, step: Step, directory: Directory) -> Iterator[Problem]:
    kind = STEPS.get(step.kind)
    if kind is None:
        yield Problem(f"There is no step of the kind “{step.kind}”.", step=step.id)
        return
    for part, words in param_problems(kind, step, directory):
        yield Problem(words, step=step.id, part=part)
    yield from _exits(script, step, kind)


def _exits(script: Script, step: Step, kind: Kind) -> Iterator[Problem]:
    exits = {one.name: one for one in kind.exits(step)}
    for one in exits.values():
        if not step.exits.get(one.name) and not one.otherwise:
            yield Problem(
                f"The way “{one.label}” leads nowhere. Connect it, or let the flow end there.", step.id, one.name
            )
    for name, target in step.exits.items():
        if name not in exits:
            if target:
                yield Problem(f"There is no way “{name}” out of this step.", step.id, name)
        elif target and target != END and target not in script.steps:
            yield Problem(f"The way “{exits[name].label}” leads to “{target}”, which is not there.", step.id, name)


def targets(script: Script, step: Step) -> list[tuple[Exit, str]]:
    """The connected exits of a step that lead to another one."""
    kind = STEPS.get(step.kind)
    exits = kind.exits(step) if kind else ()
    return [(one, target) for one in exits if (target := step.exits.get(one.name, "")) in script.steps]


def _reached(script: Script, beginnings: Iterable[str] | None = None) -> set[str]:
    begun = [one.step for one in script.entries.values()] if beginnings is None else list(beginnings)
    todo = deque(one for one in begun if one in script.steps)
    found: set[str] = set(todo)
    while todo:
        for _exit, target in targets(script, script.steps[todo.popleft()]):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


# ── A variable that is read before anything can set it.


def readable_at(script: Script) -> dict[str, frozenset[str]]:
    """For each step, the variables that some way to it sets; the editor offers these."""
    arriving: dict[str, set[str]] = {name: set() for name in script.steps}
    todo = deque(script.steps)
    for entry in script.entries.values():
        if entry.name in ("handed_back", "resolving", "resolved") and entry.step in arriving:
            arriving[entry.step] |= PERSON
    while todo:
        step = script.steps[todo.popleft()]
        kind = STEPS.get(step.kind)
        leaving = arriving[step.id] | (kind.sets(step) if kind else frozenset())
        for _exit, target in targets(script, step):
            if not leaving <= arriving[target]:
                arriving[target] |= leaving
                todo.append(target)
    return {name: frozenset(found) for name, found in arriving.items()}


def _unready_reads(script: Script) -> Iterator[Problem]:
    arriving = readable_at(script)
    for step in script.steps.values():
        for name in sorted(STEPS[step.kind].reads(step)):
            if _is_fact(name) or name in arriving[step.id] or (name.startswith(SECRET) and step.kind == "call_api"):
                continue
            if name.startswith(SECRET):
                yield Problem(f"“{name}” is a secret: only a call to an outside service may hold one.", step=step.id)
                continue
            yield Problem(f"“{name}” is read here, but nothing before this step can have set it.", step=step.id)


def _is_fact(name: str) -> bool:
    head, dot, rest = name.partition(".")
    return name in KNOWN_FACTS or bool(dot and rest and f"{head}." in KNOWN_FACTS)


# ── A loop that never waits.


def _restless_loops(script: Script) -> Iterator[Problem]:
    ways = {
        step.id: [target for way, target in targets(script, step) if _at_once(step, way)]
        for step in script.steps.values()
    }
    for loop in _loops(ways):
        names = " → ".join(script.steps[one].title or one for one in loop)
        yield Problem(
            f"This goes round for ever without waiting: {names}. Put a question or a wait in between.", step=loop[0]
        )


def _at_once(step: Step, way: Exit) -> bool:
    kind = STEPS[step.kind]
    return not kind.waits or way.name in kind.at_once


def _loops(ways: Mapping[str, list[str]]) -> list[list[str]]:
    """One loop for each tangle of steps that lead to themselves, found by a depth-first walk."""
    state: dict[str, int] = defaultdict(int)  # 1: on the way, 2: done
    found: list[list[str]] = []
    for beginning in sorted(ways):
        if state[beginning]:
            continue
        path, stack = [beginning], [iter(ways[beginning])]
        state[beginning] = 1
        while stack:
            following = next(stack[-1], None)
            if following is None:
                state[path.pop()] = 2
                stack.pop()
            elif state[following] == 1:
                found.append(path[path.index(following) :])
            elif not state[following]:
                state[following] = 1
                path.append(following)
                stack.append(iter(ways[following]))
    return found


def _talk_after_the_end(script: Script) -> Iterator[Problem]:
    entry = script.entry("resolved")
    for name in sorted(_reached(script, [entry.step] if entry else [])):
        kind = STEPS[script.steps[name].kind]
        if not kind.silent:
            words = f"“{ENTRIES['resolved']}” leads here, but “{kind.label}” needs a conversation that is still open."
            yield Problem(words, step=name)
