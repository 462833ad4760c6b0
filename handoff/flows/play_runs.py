"""Where the run of a play stands: how it begins, is kept, is led aside by silence, and ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handoff.flows import rests
from handoff.flows.moves import Advance, Checkpoint
from handoff.flows.play import Play
from handoff.flows.runner import FlowError
from handoff.flows.script import ENTRIES, Entry

ENDINGS = {
    "finished": "The flow comes to its end.",
    "resolved": "The flow closes the conversation.",
    "moved": "The flow ends here.",
    "left": "The flow is left behind.",
    "failed": "The flow cannot go on.",
}


def begin(play: Play, entry: Entry, *, variables: Mapping[str, Any] | None = None) -> None:
    """A new run at this entry; only one that answers what was said hears what was said before it."""
    wraps = entry.name == "resolving"
    answers = entry.name in ("fallback", "handed_back")
    heard = play.answered if answers else len(play.scene.transcript)
    play.has_begun = True
    play.line("flow", f"The flow begins: {ENTRIES[entry.name].lower()}.")
    play.set(
        at=Checkpoint(entry.step, heard=heard, variables=dict(variables or {})), entry=entry.name, wraps_up=wraps,
        wrap_up_at=play.later(play.house.wrap_up_seconds) if wraps else None,
        silences=play.scene.silences + (entry.name == "inactivity"),
    )  # fmt: skip
    _walk(play, entry.name, "", entry.step)


def store(play: Play, at: Checkpoint, advance: Advance, *, requested: bool) -> bool:
    """Keep where the run stands after this look; returns whether automation rests."""
    if advance.at is not None:
        if advance.left:
            _save(play, advance.at, advance.left, advance.by)
        return advance.rests
    before = rests.unpaused(replace(at, variables=advance.variables, heard=max(at.heard, advance.heard)))
    if advance.ending == "finished" and before:
        _save(play, before, advance.left, advance.by)
        return True
    _walk(play, advance.left, advance.by)
    if advance.ending == "moved":
        return _go_on_elsewhere(play, advance.flow)
    if advance.ending == "resolved" or play.scene.wraps_up:
        return _closed_by_flow(play, advance)
    end(play, "finished", heard=advance.heard)
    return requested or play.event == "resolved"


def _save(play: Play, at: Checkpoint, left: str, by: str) -> None:
    play.set(at=at, ended=None)
    _walk(play, left, by, at.step)


def _walk(play: Play, left: str, by: str, step: str = "") -> None:
    ways = () if not by and left not in ENTRIES else ((left, by),)
    walked = tuple(dict.fromkeys((*play.scene.walked, *ways)))
    moved = tuple(dict.fromkeys((*play.scene.moved, *filter(None, (left, step)))))
    play.set(walked=walked, moved=moved)


def end(play: Play, ending: str, *, heard: int = 0) -> None:
    """The run is over, and has answered what it has heard."""
    at = play.scene.at
    play.has_begun = play.has_begun or play.event in rests.ONE_RUN
    play.line("flow", ENDINGS[ending])
    play.set(
        at=None, entry="", wraps_up=False, wrap_up_at=None, ended=None, asked=None,
        answered=max(play.scene.answered, heard, at.heard if at else 0),
    )  # fmt: skip


def _go_on_elsewhere(play: Play, flow: str) -> bool:
    if flow not in play.house.directory.flows:
        raise FlowError(f"the flow “{flow}” is not published")
    end(play, "moved")
    play.set(elsewhere=flow)
    play.line("flow", f"Goes on in the flow “{flow}”. It is tried on its own page.")
    return True


def _closed_by_flow(play: Play, advance: Advance) -> bool:
    wrapped, entry = play.scene.wraps_up, play.script.entry("resolving")
    end(play, "resolved", heard=advance.heard)
    if play.event == "resolved":
        return True
    if entry and not wrapped:
        begin(play, entry, variables=rests.own_variables(advance.variables))
        return False
    if wrapped and play.is_waiting:
        return False  # what they wrote meanwhile is answered first, and the conversation stays open for it
    play.line("closed", "The conversation was closed.")
    close(play)
    return True


def close(play: Play) -> None:
    """The conversation is closed, and whatever ran in it is over."""
    if play.scene.at:
        end(play, "left")
    play.set(is_closed=True, silence_at=None, wrap_up_at=None)


# ── Silence.


def is_silent(play: Play, entry: Entry) -> bool:
    """Whether the customer has been silent for so long."""
    scene = play.scene
    return scene.last_at is not None and rests.is_silent(entry, scene.last_by, scene.clock - scene.last_at)


def pauses(play: Play, at: Checkpoint) -> bool:
    """Whether the run steps aside now, as nobody has said a word."""
    entry = play.script.entry("inactivity")
    return play.event == "silent" and entry is not None and rests.may_pause(at) and is_silent(play, entry)


def pause(play: Play, at: Checkpoint) -> None:
    """The run does what silence asks for, and remembers where it was."""
    play.line("flow", f"The flow steps aside: {ENTRIES['inactivity'].lower()}.")
    play.set(silences=play.scene.silences + 1)
    _save(play, rests.paused(at, play.script.entries["inactivity"].step), "inactivity", "")


def back(play: Play, at: Checkpoint) -> None:
    """The run is again where it was before silence led it elsewhere, or is over where it was nowhere."""
    before = rests.unpaused(at)
    if before:
        _save(play, before, "", "")
    else:
        end(play, "left")


def arm_silence(play: Play) -> None:
    """From now on the customer's silence is counted, unless nobody waits for their words."""
    entry, scene = play.script.entry("inactivity"), play.scene
    if entry is None or scene.is_closed or scene.leads != "automation" or play.event == "silent":
        return
    if entry.each_time or not scene.silences:
        play.set(silence_at=play.later(entry.seconds))
