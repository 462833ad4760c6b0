"""The three states of a handoff and the table of ways between them; pure, printable."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """How far a handoff is."""

    REQUESTED = "requested"
    ENGAGED = "engaged"
    FINISHED = "finished"


class Outcome(enum.StrEnum):
    """How a finished handoff ended."""

    RETURNED = "returned"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FAILED = "failed"


TRANSITIONS: dict[str, tuple[frozenset[State], State]] = {
    "engage": (frozenset({State.REQUESTED}), State.ENGAGED),
    "hand back": (frozenset({State.REQUESTED, State.ENGAGED}), State.FINISHED),
    "finish": (frozenset({State.REQUESTED, State.ENGAGED}), State.FINISHED),
    "expire": (frozenset({State.REQUESTED}), State.FINISHED),
}
