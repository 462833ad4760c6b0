"""What stands beside the graph: the overview, or the form of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import QueryDict

from handoff.admin.flows.forms import Control, clean, controls, in_units, typed
from handoff.admin.flows.house import Choices, House
from handoff.flows.check import KNOWN_FACTS, Problem, readable_at
from handoff.flows.editing import what_breaks
from handoff.flows.foresight import title
from handoff.flows.kinds import Exit, Kind
from handoff.flows.script import END, ENTRIES, Script, Step
from handoff.flows.steps import GROUPS, STEPS

What = Literal["overview", "step", "add", "move", "delete", "rename", "entry", "add_entry", "fill_entry", "gone"]
ASKED: tuple[What, ...] = ("add", "move", "delete", "rename")


@dataclass(frozen=True, slots=True)
class Way:
    """One exit of a step as a list of where it may lead."""

    exit: Exit
    name: str
    target: str
    choices: Choices
    problems: tuple[str, ...]


@dataclass(slots=True)
class Panel:
    """What the template draws beside the graph."""

    what: What = "overview"
    step: Step | None = None
    kind: Kind | None = None
    entry: str = ""
    title: str = ""
    controls: list[Control] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # those that no field of the form shows
    names: list[tuple[str, str]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anything is chosen."""
        return self.what != "overview"


def panel(script: Script, query: QueryDict, house: House, problems: list[Problem], post: QueryDict | None) -> Panel:
    """What the address asks for; with `post` the form keeps what was typed."""
    step_id, entry, asked = query.get("step", ""), query.get("entry", ""), query.get("panel", "")
    if step_id:
        if step_id not in script.steps:
            return Panel("gone", title=step_id, more={"typed": _kept_words(post)})
        return _of_step(script, script.steps[step_id], asked, house, problems, post)
    if entry in ENTRIES:
        return _of_entry(script, entry, asked, problems, post)
    if asked == "entry":
        free = [(name, label) for name, label in ENTRIES.items() if name not in script.entries]
        return Panel("add_entry", title="Another beginning", more={"free": free})
    return Panel(
        more={"entries": [(name, ENTRIES[name], _first(script, one.step)) for name, one in script.entries.items()]}
    )


def _kept_words(post: QueryDict | None) -> list[tuple[str, str]]:
    """What was typed into a form whose step is gone."""
    sent = [(name.removeprefix("p-"), clean(post.get(name, ""))) for name in post] if post else []
    return [(name, text) for name, text in sent if text and name not in ("csrfmiddlewaretoken", "expected", "do")]


def _first(script: Script, step_id: str) -> str:
    """Where an entry leads, in words."""
    return f"→ {title(script, step_id)}" if step_id else "leads nowhere yet"


def _of_step(
    script: Script, step: Step, asked: str, house: House, problems: list[Problem], post: QueryDict | None
) -> Panel:
    kind = STEPS.get(step.kind)
    what: What = next((one for one in ASKED if one == asked), "step")
    found = Panel(what, step, kind, title=title(script, step.id))
    exits = kind.exits(step) if kind else ()
    if what == "add":
        found.more = {"exits": _where_they_lead(script, step, exits), "groups": kinds(), "chosen": _open(step, exits)}
    elif what == "move":
        found.more = {"places": _places(script, step)}
    elif what == "delete":
        found.more = {"breaks": what_breaks(script.data(), step.id)}
    elif what == "step" and kind:
        _fill(found, script, as_typed(step, kind, post) if post else step, kind, house, problems)
    return found


def as_typed(step: Step, kind: Kind, post: QueryDict) -> Step:
    """The step as the form describes it; a way out that got another name keeps where it leads."""
    params = typed(kind, post, step.params)
    changed = Step(step.id, step.kind, clean(post.get("title", step.title)).strip(), params, step.exits)
    old, new = kind.exits(step), kind.exits(changed)
    exits = {}
    for number, one in enumerate(new):
        renamed = old[number].name if len(old) == len(new) and f"exit-{one.name}" not in post else one.name
        exits[one.name] = clean(post.get(f"exit-{renamed}", step.exits.get(one.name, "")))
    return Step(step.id, step.kind, changed.title, params, exits)


def _fill(found: Panel, script: Script, step: Step, kind: Kind, house: House, problems: list[Problem]) -> None:
    mine: dict[str, list[str]] = {}
    for one in problems:
        if one.step == step.id:
            mine.setdefault(one.part, []).append(one.words)
    exits = kind.exits(step)
    found.step = step
    found.controls = controls(kind, step.params, house, mine)
    found.ways = [_way(script, step, one, mine.get(one.name, [])) for one in exits]
    beside = {one.param for one in found.controls} | {one.name for one in exits}
    found.problems = [words for part, several in mine.items() if part not in beside for words in several]
    found.names = names(script, step.id, secrets=step.kind == "call_api")


def names(script: Script, step_id: str, *, secrets: bool) -> list[tuple[str, str]]:
    """What a text at this step may name: what steps before it set, and what is always known."""
    before = sorted(one for one in readable_at(script)[step_id] if not one.endswith("."))
    known = [(name, words) for name, words in KNOWN_FACTS.items() if not name.endswith(".") and name not in before]
    wide = [(f"{name}…", words) for name, words in KNOWN_FACTS.items() if name.endswith(".")]
    return [*((name, "set before this step") for name in before), *known, *wide] + (
        [("secret.…", "a secret of an outside service")] if secrets else []
    )


def _way(script: Script, step: Step, way: Exit, problems: list[str]) -> Way:
    target = step.exits.get(way.name, "")
    loose = f"not connected: {way.otherwise}" if way.otherwise else "not connected yet"
    gone = ((target, f"{target} (gone)"),) if target and target != END and target not in script.steps else ()
    choices = (("", loose), (END, "the flow ends here"), *steps_listed(script), *gone)
    return Way(way, f"exit-{way.name}", target, choices, tuple(problems))


def steps_listed(script: Script) -> Choices:
    """Every step by a name that says which it is."""
    return tuple((one, step_name(script, one)) for one in script.steps)


def step_name(script: Script, step_id: str) -> str:
    """The step's title; one without a title is told by what it does."""
    step = script.steps[step_id]
    kind = STEPS.get(step.kind)
    told = "" if step.title or not kind else kind.summary(step)
    return f"{title(script, step_id)}: {told}" if told else title(script, step_id)


def _where_they_lead(script: Script, step: Step, exits: tuple[Exit, ...]) -> list[tuple[Exit, str]]:
    words = {"": "not connected", END: "the flow ends here"}
    return [(one, words.get(to := step.exits.get(one.name, ""), title(script, to))) for one in exits]


def _open(step: Step, exits: tuple[Exit, ...]) -> str:
    """The exit that a new step most likely belongs to: the first that leads nowhere yet."""
    return next((one.name for one in exits if not step.exits.get(one.name)), exits[0].name if exits else "")


def _places(script: Script, step: Step) -> Choices:
    return tuple(
        (f"{one.id}:{way.name}", f"{step_name(script, one.id)} · {way.label}")
        for one in script.steps.values()
        if one.id != step.id and (kind := STEPS.get(one.kind))
        for way in kind.exits(one)
    )


def kinds() -> list[tuple[str, list[Kind]]]:
    """Every kind of step in its group."""
    return [(group, [kind for kind in STEPS.values() if kind.group == group]) for group in GROUPS]


def _of_entry(script: Script, name: str, asked: str, problems: list[Problem], post: QueryDict | None) -> Panel:
    found, entry = Panel("entry", entry=name, title=ENTRIES[name]), script.entry(name)
    if asked == "add":
        found.what, found.more = "fill_entry", {"groups": kinds(), "is_new": entry is None}
        return found
    here = entry.step if entry else ""
    gone = ((here, f"{here} (gone)"),) if here and here not in script.steps else ()
    number, unit = in_units(entry.seconds if entry else 120)
    found.problems = [one.words for one in problems if one.entry == name]
    found.more = {"step": here, "choices": (*steps_listed(script), *gone), "number": number, "unit": unit}
    found.more |= {"each_time": bool(entry and entry.each_time), "is_new": entry is None}
    if post:
        found.more |= _entry_typed(post)
    return found


def _entry_typed(post: QueryDict) -> Mapping[str, Any]:
    return {
        "step": clean(post.get("target", "")),
        "number": clean(post.get("seconds", "")),
        "unit": post.get("seconds-unit", "1"),
        "each_time": post.get("each_time", "") == "on",
    }
