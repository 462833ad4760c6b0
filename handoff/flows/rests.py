"""Where a run begins, rests and goes on from there: the rules that a run in earnest and one in play share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handoff.flows.moves import Checkpoint
from handoff.flows.script import ASSISTANT, END, Entry, Script

PAUSED = "_paused"  # where a run was when silence led it elsewhere
BEFORE = "_before"  # what tags and fields there were when the run went to sleep
BEGINS: dict[str, tuple[str, ...]] = {  # what happened → the entries by which a run may begin then
    "opened": ("start", "fallback"), "returned": ("handed_back", "fallback"), "silent": ("inactivity", "fallback"),
    "wrote": ("fallback",), "finished": ("fallback",), "due": ("fallback",), "resolved": ("resolved",),
}  # fmt: skip
ONE_RUN = frozenset({"returned", "finished", "due", "silent"})  # where a run has ended then, no other begins with it


def own_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What a run takes along to another place: its variables, without where it was before."""
    return {name: value for name, value in variables.items() if name not in (PAUSED, BEFORE)}


def led_by_assistant(at: Checkpoint) -> Checkpoint:
    """The run, once the assistant leads: it knows what it knew, and has heard what it had heard."""
    return Checkpoint(ASSISTANT, variables=own_variables(at.variables), heard=at.heard, moves=at.moves)


def leads_on(script: Script, step: str) -> bool:
    """Whether the step that a run sleeps at has something to do once the person is done for good."""
    return script.step(step).exits.get("resolved", "") not in ("", END)


# ── Silence.


def is_silent(entry: Entry, last_by: str, quiet: timedelta) -> bool:
    """Whether the customer has been silent for long enough, after somebody spoke to them."""
    return last_by not in ("", "visitor") and quiet >= timedelta(seconds=entry.seconds)


def may_pause(at: Checkpoint) -> bool:
    """Whether silence may lead the run aside: it waits for words, and nothing has led it aside yet."""
    return at.waits_for in ("answer", "assistant") and PAUSED not in at.variables


def paused(at: Checkpoint, step: str) -> Checkpoint:
    """The run at the step to which silence leads it; it remembers where it was."""
    there = {"step": at.step, "waits_for": at.waits_for, "tries": at.tries}
    return Checkpoint(step, variables={**at.variables, PAUSED: there}, heard=at.heard, moves=at.moves + 1)


def sees_to_silence(at: Checkpoint, entry: str) -> bool:
    """Whether the run, begun at that entry, only waits for time to pass since the customer fell silent."""
    return at.waits_for == "time" and (PAUSED in at.variables or entry == "inactivity")


def unpaused(at: Checkpoint) -> Checkpoint | None:
    """Where the run was before silence led it elsewhere; None where it was nowhere else."""
    there = at.variables.get(PAUSED)
    if not isinstance(there, dict):
        return None
    variables = {name: value for name, value in at.variables.items() if name != PAUSED}
    return Checkpoint(
        there["step"], there["waits_for"], variables=variables, tries=there["tries"], heard=at.heard, moves=at.moves + 1
    )
