"""Words about a run: where it stands, and what it would do next. A dry run on a copy: nothing is stored or called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from handoff.flows import runner
from handoff.flows.calls import Call
from handoff.flows.moves import Advance, Checkpoint, Classify, World
from handoff.flows.runner import FlowError
from handoff.flows.script import ASSISTANT, Script, Step
from handoff.flows.steps import STEPS
from handoff.outcomes import RequestHandoff, Say

MOST_LOOKS = 60
What = Literal[
    "says",
    "asks",
    "outside",
    "sorts",
    "assistant",
    "person",
    "waits",
    "resolves",
    "moves",
    "ends",
    "restarts",
    "breaks",
]


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing that anybody would notice: `words` are the exact message where `what` is says or asks."""

    what: What
    words: str = ""
    step: str = ""  # the title of the step that does it


def title(script: Script, step_id: str) -> str:
    """What the step is called on the graph."""
    if step_id == ASSISTANT:
        return STEPS["assistant"].label
    step = script.steps.get(step_id)
    if step is None:
        return step_id
    return step.title or (STEPS[step.kind].label if step.kind in STEPS else step.kind)


def awaited(script: Script, at: Checkpoint) -> str:
    """What the run waits for, as people say it: “waiting for the amount”."""
    step = script.step(at.step) if at.step == ASSISTANT or at.step in script.steps else None
    if at.waits_for == "answer" and step:
        return f"waiting for {_answer_of(step)}"
    if at.waits_for == "assistant":
        return "the assistant leads"
    if at.waits_for == "person":
        return "waiting for a person"
    if at.waits_for == "time":
        return "waiting for its time"
    return f"at “{title(script, at.step)}”"


def _answer_of(step: Step) -> str:
    name = step.params.get("variable") if step.kind == "ask" else step.params.get("what")
    if step.kind == "form":
        return "the form"
    if not isinstance(name, str) or not name:
        return "the customer to write"
    return f"the {'e-mail address' if name == 'email' else name.replace('_', ' ')}"


def foresee(script: Script, at: Checkpoint, world: World, *, wraps_up: bool = False) -> Next:
    """The next thing that the run would do from this checkpoint, as far as the flow itself can tell."""
    for _look in range(MOST_LOOKS):
        now = replace(world, words=tuple(one for one in world.words if one.seq > at.heard))
        try:
            advance = runner.advance(script, at, now)
        except FlowError as trouble:
            return Next("breaks", str(trouble), title(script, at.step))
        if advance is None:
            return Next("waits", awaited(script, at), title(script, at.step))
        found = _noticed(script, at, advance, wraps_up=wraps_up)
        if found:
            return found
        assert advance.at is not None
        at, world = advance.at, replace(world, ended=None)
    return Next("breaks", "it goes round in circles", title(script, at.step))


def _noticed(script: Script, at: Checkpoint, advance: Advance, *, wraps_up: bool) -> Next | None:
    here = title(script, at.step)
    if advance.need:
        if isinstance(advance.need, Call):
            return Next("outside", urlsplit(advance.need.address).hostname or advance.need.address, here)
        return Next("sorts" if isinstance(advance.need, Classify) else "assistant", "", here)
    for wish in advance.effects:
        if isinstance(wish, Say):
            asks = advance.at is not None and advance.at.waits_for == "answer"
            return Next("asks" if asks else "says", wish.text, here)
        if isinstance(wish, RequestHandoff):
            return Next("person", wish.reason, here)
    if advance.at is None:
        what: dict[str, What] = {"resolved": "resolves", "moved": "moves"}
        return Next("resolves" if wraps_up else what.get(advance.ending, "ends"), advance.flow, here)
    if advance.at.waits_for:
        what_waits: What = "assistant" if advance.at.waits_for == "assistant" else "waits"
        return Next(what_waits, awaited(script, advance.at), here)
    return None
