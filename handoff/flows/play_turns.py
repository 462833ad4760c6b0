"""A turn of automation in a play: looks at where things stand, until it rests."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

from handoff.assistants.base import Reply
from handoff.flows import calls, play_effects, play_runs, rests, runner
from handoff.flows.calls import Call, CallFailed
from handoff.flows.moves import Advance, Checkpoint, Classify, Given, Need, Sorted, Think, Words
from handoff.flows.play import Play
from handoff.flows.play_worlds import snapshot, world
from handoff.flows.scenes import Asked
from handoff.flows.script import Entry
from handoff.outcomes import REASON_LIMIT, ReasonCode, RequestHandoff

MOST_LOOKS = 120
HIDDEN = "•••"  # in the place of a secret
INTERRUPTED = "The call was interrupted, and must not be repeated: nobody knows whether it was done."


def turn(play: Play, event: str, *, has_begun: bool = False) -> None:
    """Do what is left to do, unless a person leads; what cannot go on asks for one, and says why."""
    play.event, play.given, play.has_begun, play.has_spoken = event, None, has_begun, False
    _look_on(play)


def go_on(play: Play, asked: Asked, given: Given) -> None:
    """The turn that stood still at an outside call goes on with what came of it."""
    play.event, play.given, play.has_begun, play.has_spoken = asked.event, given, asked.has_begun, asked.has_spoken
    _look_on(play)


def _look_on(play: Play) -> None:
    play.set(asked=None)
    try:
        for _look_number in range(MOST_LOOKS):
            if _is_over(play) or _look(play):
                return
        _give_up(play, f"it did not come to rest within {MOST_LOOKS} steps")
    except Exception as trouble:  # whatever a draft may do wrong is told in the thread, as it would be in earnest
        _give_up(play, str(trouble) or type(trouble).__name__)


def _is_over(play: Play) -> bool:
    scene = play.scene
    return bool(scene.elsewhere) or scene.leads != "automation" or scene.is_closed != (play.event == "resolved")


def _give_up(play: Play, told: str) -> None:
    at = play.scene.at
    where = f"The flow “{play.house.flow}” could not go on at “{at.step if at else ''}”: {told}"[:REASON_LIMIT]
    if at:
        play_runs.end(play, "failed")
    if play.scene.is_closed:
        play.line("trouble", where)
    else:
        play_effects.apply(play, (RequestHandoff(ReasonCode.INTEGRATION_ERROR, where),), "flow")
    play.set(answered=len(play.scene.transcript))


# ── One look.


def _look(play: Play) -> bool:
    """One look at where things stand; whether automation rests after it."""
    at = play.scene.at
    if at is None:
        entry = _begins(play)
        if entry is None:
            return _let_assistant(play)
        play_runs.begin(play, entry)
        return False
    words = play.unheard(at)
    if not words and play_runs.pauses(play, at):
        play_runs.pause(play, at)
        return False
    if words and rests.sees_to_silence(at, play.scene.entry):
        play_runs.back(play, at)
        return False
    return _advance(play, at, words)


def _begins(play: Play) -> Entry | None:
    if play.has_begun:
        return None
    found = (play.script.entry(name) for name in rests.BEGINS[play.event])
    return next((entry for entry in found if entry and _applies(play, entry)), None)


def _applies(play: Play, entry: Entry) -> bool:
    if entry.name == "start":  # skipped when they speak first
        return all(one.who == "line" for one in play.scene.transcript)
    if entry.name == "fallback":
        return not play.has_spoken and play.is_waiting
    return entry.name != "inactivity" or play_runs.is_silent(play, entry)


def _let_assistant(play: Play) -> bool:
    upto = len(play.scene.transcript)
    if play.is_waiting and not play.has_spoken:
        reply = play.think(snapshot(play, play.answered + 1))
        play_effects.tell_tried(play, reply)
        play_effects.apply(play, reply.wishes, "assistant")
    play.set(answered=upto)
    play_runs.arm_silence(play)
    return True


def _advance(play: Play, at: Checkpoint, words: tuple[Words, ...]) -> bool:
    known, author = world(play, at, words), "flow"
    advance = runner.advance(play.script, at, known)
    if advance and advance.need:
        given = _fulfil(play, at, words, advance.need)
        if given is None:
            return True
        if isinstance(given, Reply):
            play_effects.tell_tried(play, given)
            author = "assistant" if given.handoff else "flow"
        advance = runner.advance(play.script, play.scene.at or at, known, given)
    advance = advance or Advance(at)
    requested = play_effects.apply(play, advance.effects, author)
    if not play_runs.store(play, at, advance, requested=requested):
        return False
    put_off = advance.at is not None and advance.at.waits_for == "time" and not play.has_spoken
    upto = advance.at.heard if advance.at is not None and put_off else known.newest_seq
    play.set(answered=max(play.scene.answered, upto))
    play_runs.arm_silence(play)
    return True


# ── What a step needs from outside.


def _fulfil(play: Play, at: Checkpoint, words: tuple[Words, ...], need: Need) -> Given | None:
    """What the step needs; None where the play stops to ask for it."""
    if isinstance(need, Think):
        spoken = play.heard(at) if words else play.upto("assistant", "person")
        return play.think(snapshot(play, spoken + 1))
    if isinstance(need, Classify):
        return Sorted(play.classify(need.text, need.intents, need.limit))
    given, play.given = play.given, None
    if given is not None:
        return given
    if at.calling and not need.repeatable:
        return CallFailed(INTERRUPTED, temporary=False)
    return _ask_outside(play, at, need)


def _ask_outside(play: Play, at: Checkpoint, need: Call) -> CallFailed | None:
    try:
        request = calls.rendered(need, dict.fromkeys(play.house.directory.secrets, HIDDEN))
    except calls.NotACall as no_call:
        return CallFailed(str(no_call), temporary=False)
    address = request.url.replace(quote(HIDDEN), HIDDEN)
    body = json.dumps(json.loads(request.body), ensure_ascii=False, indent=2) if request.body else ""
    play.set(
        at=replace(at, calling="play", moves=at.moves + 1),
        asked=Asked(need.method, address, body, play.event, play.has_begun, play.has_spoken),
    )
    play.line("call", f"Would call {need.method} {calls.host_of(need.address)}.")
    return None
