"""A flow tried in play: what a customer, a person and the clock do, and what comes of it. Nothing is stored or called.

It keeps to the rules by which stands, automation, checkpoints, effects and services run a published flow, on a value
instead of rows: the scene. Time stands still in it until somebody lets it pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from handoff.flows import calls, rests, runner
from handoff.flows.calls import Answered, CallFailed
from handoff.flows.foresight import awaited
from handoff.flows.moves import Checkpoint, Given
from handoff.flows.play import Play, Sorter, Thinker
from handoff.flows.play_clock import let_pass
from handoff.flows.play_effects import end_handoff, request
from handoff.flows.play_runs import begin, close, end
from handoff.flows.play_turns import go_on, turn
from handoff.flows.scenes import House, Scene
from handoff.flows.script import ASSISTANT, Script
from handoff.outcomes import ReasonCode, RequestHandoff

MOST_SHOWN = 300
MOST_FAILURES = 2  # of the assistant, after which nobody may hand back to it


class Refused(Exception):
    """This cannot be done now; the sentence says why."""


# ── What may be done.


@dataclass(frozen=True, slots=True)
class Opens:
    """The customer opens the chat."""


@dataclass(frozen=True, slots=True)
class Writes:
    """The customer writes, presses a quick reply, or sends a form (`values`)."""

    text: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WantsPerson:
    """The customer presses “Talk to a person”."""


@dataclass(frozen=True, slots=True)
class TakesOver:
    """The person replies, and leads from then on."""

    words: str


@dataclass(frozen=True, slots=True)
class HandsBack:
    """The person hands back: to where the flow was, to the assistant, or to its end."""

    way: Literal["resume", "assistant", "wrap_up"] = "resume"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finishes:
    """The person is done for good."""


@dataclass(frozen=True, slots=True)
class Passes:
    """So many seconds pass; what is due meanwhile happens at its time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ServiceAnswers:
    """The outside service did what it was asked, and answered this."""

    text: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class ServiceFails:
    """The outside service did not."""

    words: str


Action = Opens | Writes | WantsPerson | TakesOver | HandsBack | Finishes | Passes | ServiceAnswers | ServiceFails


def act(script: Script, scene: Scene, action: Action, house: House, *, think: Thinker, classify: Sorter) -> Scene:
    """The scene after this action and everything that comes of it; Refused when it cannot be done now."""
    if len(scene.transcript) >= MOST_SHOWN:
        raise Refused("This play has grown very long. Start it again.")
    play = Play(script, house, think, classify, replace(scene, moved=()))
    _ACTS[type(action)](play, action)
    if play.scene.is_closed and not scene.is_closed:
        turn(play, "resolved")
    return play.scene


def standing(script: Script, scene: Scene) -> str:
    """Where the play stands, in words."""
    if scene.elsewhere:
        return f"It goes on in the flow “{scene.elsewhere}”, which is tried on its own page."
    if scene.is_closed:
        return "The conversation is closed."
    where = awaited(script, scene.at) if scene.at else "no flow runs"
    if scene.asked:
        where = "waiting for what the outside service answers"
    if scene.leads == "person" and scene.at and scene.at.waits_for != "person":
        where += ", while a person leads"
    if scene.at and scene.at.until:
        where += f", until {scene.at.until.astimezone(scene.clock.tzinfo):%a %H:%M:%S}"
    return ("wrapping up, " if scene.wraps_up else "") + where


# ── The customer.


def _writes(play: Play, action: Writes) -> None:
    if play.scene.is_closed:
        raise Refused("The conversation is closed: what the customer writes now begins a new one. Start again.")
    play.show("visitor", action.text, values=dict(action.values) if action.values is not None else None)
    turn(play, "wrote")


def _wants_person(play: Play, action: WantsPerson) -> None:
    """A person is asked for, whatever the flow is at."""
    if play.scene.is_closed:
        raise Refused("The conversation is closed. Start again.")
    if play.scene.leads != "automation":
        raise Refused("A person has been asked for already.")
    play.set(asked=None)
    request(play, RequestHandoff(ReasonCode.CUSTOMER_REQUEST, "Pressed “Talk to a person”."))
    play.show("system", play.house.note)


# ── The person.


def _takes_over(play: Play, action: TakesOver) -> None:
    """The first reply makes the person lead; whatever automation was doing stops."""
    name = play.house.teammate
    if play.scene.is_closed:
        play.set(is_closed=False)
        play.line("person", f"{name} reopened the conversation.")
    if play.scene.leads == "automation":
        request(play, RequestHandoff(ReasonCode.TEAMMATE_PULL, f"{name} joined without being asked."))
    if play.scene.leads == "waiting":
        play.set(leads="person", had_person=True, teammate=play.scene.teammate or name)
        play.line("person", f"{name} joined and has the whole conversation.")
    play.set(asked=None)
    play.show("person", action.words)


def _hands_back(play: Play, action: HandsBack) -> None:
    """Automation goes on, in the way that the person chose."""
    if play.scene.leads == "automation":
        raise Refused("No person leads this conversation, so there is nothing to hand back.")
    if action.way == "wrap_up":
        _finish(play, action.note)
        return
    if play.scene.failures >= MOST_FAILURES:
        raise Refused(f"The assistant has failed {MOST_FAILURES} times here, so it stays with people.")
    at = play.scene.at
    if action.way == "assistant":
        led = rests.led_by_assistant(replace(at, moves=at.moves + 1)) if at else None
        led = led or Checkpoint(ASSISTANT, heard=play.answered)
        play.set(at=led, entry=play.scene.entry or "handed_back")
    elif at and at.waits_for != "person":
        play.set(at=runner.woken_after_person(at))
    end_handoff(play, "returned", f"{play.house.teammate} has left; automation goes on.", action.note)
    turn(play, "returned")


def _finishes(play: Play, action: Finishes) -> None:
    if not play.scene.is_closed:
        _finish(play, "")


def _finish(play: Play, note: str) -> None:
    """The conversation is closed, once the flow has wrapped it up where it has anything to do."""
    handed, sleeps = play.scene.leads != "automation", play.sleeps
    play.set(asked=None)
    if handed:
        end_handoff(play, "resolved", f"{play.house.teammate} finished the conversation.", note)
    else:
        play.line("closed", "The conversation was closed.")
    if handed and _wraps_up(play, sleeps=sleeps):
        turn(play, "finished")
    else:
        close(play)


def _wraps_up(play: Play, *, sleeps: bool) -> bool:
    at, was = play.scene.at, play.scene.wraps_up
    if at and sleeps and rests.leads_on(play.script, at.step):
        play.set(wraps_up=True, wrap_up_at=play.later(play.house.wrap_up_seconds))
        return True
    if at:
        end(play, "left")
    entry = play.script.entry("resolving")
    if entry is None or was:
        return False
    begin(play, entry)
    return True


# ── The outside service.


def _service_answers(play: Play, action: ServiceAnswers) -> None:
    data = calls.read_answer(action.text, is_json=False)
    _go_on(play, f"It answers with {action.status}.", Answered(action.status, data))


def _service_fails(play: Play, action: ServiceFails) -> None:
    _go_on(play, "It fails.", CallFailed(action.words or "The service did not answer.", temporary=False))


def _go_on(play: Play, words: str, given: Given) -> None:
    asked = play.scene.asked
    if asked is None:
        raise Refused("No outside service is being asked now.")
    play.line("call", words)
    go_on(play, asked, given)


_ACTS: dict[type, Callable[[Play, Any], None]] = {
    Opens: lambda play, action: turn(play, "opened"),
    Writes: _writes,
    WantsPerson: _wants_person,
    TakesOver: _takes_over,
    HandsBack: _hands_back,
    Finishes: _finishes,
    Passes: lambda play, action: let_pass(play, action.seconds),
    ServiceAnswers: _service_answers,
    ServiceFails: _service_fails,
}
