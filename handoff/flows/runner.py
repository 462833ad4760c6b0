"""One look at a script at a time: from a checkpoint and the world to effects and the next checkpoint. Pure.

Nothing here waits, stores or calls: what has to be done outside comes back as a need, and its result is given to
the next look. Whoever applies an Advance does it whole or not at all, so a look may be repeated after any death.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handoff.flows.calls import Call
from handoff.flows.moves import Advance, Checkpoint, Given, Move, Visit, Wait, World, with_variables
from handoff.flows.script import END, Script
from handoff.flows.steps import STEPS

HEEDS_WISHES = frozenset(
    {"assistant", "hand_off"}
)  # steps that have an exit of their own for it, or bring a person anyway
MOST_VALUE = 1000  # characters of a variable


class FlowError(Exception):
    """The run cannot go on: its script and its checkpoint do not fit together."""


def advance(script: Script, at: Checkpoint, world: World, given: Given | None = None) -> Advance | None:
    """What comes of looking at the step now; None when there is nothing to do but go on waiting.

    A person who is asked for in the words at hand is asked for at the latest where the flow would wait or end:
    then the run stays where it is, and goes on there when they have handed back.
    """
    try:
        step = script.step(at.step)
        kind = STEPS[step.kind]
    except KeyError as missing:
        raise FlowError(f"the step or its kind is not there any more: {missing}") from None
    move = kind.act(Visit(step, world, at, given))
    if move is None:
        return _wished(at, world) if world.wish and step.kind not in HEEDS_WISHES else None
    if move.need:
        if world.wish and isinstance(move.need, Call) and not _goes_on(script, at, Move(exit="success")):
            return _wished(at, world)  # before the call, or it would be made now and again after the hand-back
        return Advance(at=at, need=move.need, left=at.step)
    if world.wish and step.kind not in HEEDS_WISHES and not _goes_on(script, at, move):
        return _wished(at, world)
    return _moved(script, at, world, move)


def _goes_on(script: Script, at: Checkpoint, move: Move) -> bool:
    target = script.step(at.step).exits.get(move.exit, "") if move.exit else ""
    return bool(move.flow) or (bool(target) and target != END and not move.heard)


def _wished(at: Checkpoint, world: World) -> Advance:
    assert world.wish is not None
    rested = replace(at, waits_for=at.waits_for or "answer", heard=world.newest_seq, moves=at.moves + 1)
    return Advance(at=rested, effects=(world.wish,), left=at.step)


def _moved(script: Script, at: Checkpoint, world: World, move: Move) -> Advance:
    changed = with_variables(at, {name: _cut(value) for name, value in move.sets.items()})
    heard = max(at.heard, world.newest_seq) if move.heard else at.heard
    changed = replace(changed, heard=heard, moves=at.moves + 1, calling="")
    if move.heard and world.words:
        changed = with_variables(changed, {"message": "\n".join(one.text for one in world.words)[:MOST_VALUE]})
    if move.wait:
        return _waiting(changed, world, move, move.wait)
    if move.flow:
        return _over(changed, move, "moved")
    if move.resolves:
        return _over(changed, move, "resolved")
    return _left(script, changed, world, move)


def _waiting(at: Checkpoint, world: World, move: Move, wait: Wait) -> Advance:
    until = world.now + timedelta(seconds=wait.seconds) if wait.seconds else None
    return Advance(replace(at, waits_for=wait.kind, until=until, tries=move.tries), move.effects, left=at.step)


def _left(script: Script, at: Checkpoint, world: World, move: Move) -> Advance:
    step = script.step(at.step)
    target = step.exits.get(move.exit) or END
    if move.exit == "resolved" and not step.exits.get("resolved"):
        return _over(at, move, "resolved")
    if target == END:
        return _over(at, move, "finished")
    if target not in script.steps:
        raise FlowError(f"the exit “{move.exit}” of “{at.step}” leads to “{target}”, which is not there")
    entered = replace(at, step=target, waits_for="", until=None, tries=0)
    return Advance(entered, move.effects, left=at.step, by=move.exit)


def _over(at: Checkpoint, move: Move, ending: str) -> Advance:
    return Advance(
        None, move.effects, left=at.step, by=move.exit, ending=ending, flow=move.flow, heard=at.heard,
        variables=at.variables,
    )  # fmt: skip


def _cut(value: object) -> str | int | float | bool | None:
    if isinstance(value, str):
        return value[:MOST_VALUE]
    return value if isinstance(value, int | float | bool) else None


def woken_after_person(at: Checkpoint) -> Checkpoint:
    """The checkpoint of a run that a person interrupted: a question is asked again, what else it waits for stays."""
    if at.waits_for in ("answer", "assistant"):
        return replace(at, waits_for="", until=None, tries=0)
    return at
