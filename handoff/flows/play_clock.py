"""The clock of a play: time passes, and what is due meanwhile happens at its time."""

from __future__ import annotations

from collections.abc import Callable

from handoff.flows.play import Play
from handoff.flows.play_effects import end_handoff
from handoff.flows.play_runs import close, end
from handoff.flows.play_turns import turn

MOST_RINGS = 50  # things that happen by themselves while time passes


def let_pass(play: Play, seconds: float) -> None:
    """Waits end, requests expire and silence is noticed, each at its time."""
    until = play.later(max(0.0, seconds))
    play.line("time", f"{duration(seconds)} pass.")
    for _ring in range(MOST_RINGS):
        due = [(moment, name) for name, moment in play.scene.timers if moment <= until]
        if not due or play.scene.asked:
            break
        moment, name = min(due)
        play.set(clock=moment)
        _RINGS[name](play)
    else:
        play.line("time", f"So much happened meanwhile that the clock stops at {play.scene.clock:%H:%M}.")
        return
    if not play.scene.asked:
        play.set(clock=until)


def duration(seconds: float) -> str:
    """So many seconds, as people say it."""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {name}{'' if seconds == size else 's'}"
    return f"{seconds:.0f} seconds"


def _ring_for_step(play: Play) -> None:
    """A wait is over, or a request has waited long enough."""
    if not play.sleeps:
        turn(play, "due")
    elif play.scene.leads == "waiting":  # else somebody came in time
        end_handoff(play, "expired", "Nobody came in time; the flow goes on.")
        turn(play, "finished")


def _ring_for_silence(play: Play) -> None:
    play.set(silence_at=None)
    turn(play, "silent")


def _ring_for_wrapping_up(play: Play) -> None:
    """It has taken long enough; but what the customer wrote meanwhile, and nobody has answered, comes first."""
    play.set(wrap_up_at=None)
    if not play.scene.wraps_up or play.scene.leads != "automation":
        return
    if play.is_waiting:
        end(play, "left")
        turn(play, "due", has_begun=True)
    else:
        play.line("closed", "The conversation was closed.")
        close(play)


_RINGS: dict[str, Callable[[Play], None]] = {
    "step": _ring_for_step,
    "silence": _ring_for_silence,
    "wrap": _ring_for_wrapping_up,
}
