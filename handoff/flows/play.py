"""One action of a play and what comes of it: the scene so far, and what can be read from its thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handoff.assistants.base import Reply, Snapshot
from handoff.flows.moves import Checkpoint, Given, Words
from handoff.flows.scenes import House, Scene, Shown
from handoff.flows.script import Script

Thinker = Callable[[Snapshot | None], Reply]  # None: the chat page runs no assistant
Sorter = Callable[[str, Mapping[str, Sequence[str]], float], str | None]


@dataclass(slots=True)
class Play:
    """One action and what comes of it; `scene` is where things stand so far."""

    script: Script
    house: House
    think: Thinker
    classify: Sorter
    scene: Scene
    event: str = ""
    has_begun: bool = False  # whether a run began in this turn
    has_spoken: bool = False  # whether this turn has said something
    given: Given | None = None  # what the outside service answered

    def set(self, **changes: Any) -> None:
        """The scene is another."""
        self.scene = replace(self.scene, **changes)

    def show(self, who: str, words: str, **params: Any) -> None:
        """Somebody has said this."""
        kept = {key: value for key, value in params.items() if value is not None}
        shown = Shown(who, words, params=kept)  # type: ignore[arg-type]  # authors are these
        self.set(transcript=(*self.scene.transcript, shown))
        if who != "system":
            self.has_spoken = self.has_spoken or who in ("flow", "assistant")
            self.set(last_at=self.scene.clock, last_by=who)

    def line(self, mark: str, words: str) -> None:
        """The thread says quietly what was done."""
        self.set(transcript=(*self.scene.transcript, Shown("line", words, mark)))

    def later(self, seconds: float) -> datetime:
        """The time in so many seconds."""
        return self.scene.clock + timedelta(seconds=seconds)

    # ── What automation reads from the thread.

    def upto(self, *authors: str) -> int:
        """The newest entry that one of these said."""
        return max((seq for seq, one in enumerate(self.scene.transcript, 1) if one.who in authors), default=0)

    def heard(self, at: Checkpoint) -> int:
        """The newest entry that is no news to the run: it has used it, or a person spoke after it."""
        return max(at.heard, self.upto("person"))

    def unheard(self, at: Checkpoint) -> tuple[Words, ...]:
        """What the customer has said that the run has not heard, at most the newest thirty."""
        heard = self.heard(at)
        said = [(seq, one) for seq, one in enumerate(self.scene.transcript, 1) if one.who == "visitor" and seq > heard]
        return tuple(Words(seq, one.words, one.params.get("values")) for seq, one in said[-30:])

    @property
    def answered(self) -> int:
        """The newest entry that automation or a person has answered."""
        return max(self.scene.answered, self.upto("person"), self.scene.at.heard if self.scene.at else 0)

    @property
    def is_waiting(self) -> bool:
        """Whether the customer has said something that nobody has answered."""
        return self.upto("visitor") > self.answered

    @property
    def sleeps(self) -> bool:
        """Whether the run waits until a person is done."""
        return self.scene.at is not None and self.scene.at.waits_for == "person"
