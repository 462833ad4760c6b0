"""What passes between the runner and a step: what the step sees (Visit), and what it wishes to happen (Move)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from handoff.assistants.base import Reply
from handoff.flows.calls import Answered, Call, CallFailed
from handoff.flows.conditions import Surroundings, Value
from handoff.flows.script import Script, Step
from handoff.outcomes import RequestHandoff, Wish

WaitsFor = Literal["", "answer", "assistant", "time", "person"]
WAITS: tuple[WaitsFor, ...] = ("", "answer", "assistant", "time", "person")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Words:
    """One message of the visitor that the run has not heard yet; `values` where they sent a form."""

    seq: int
    text: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How the handoff that the run slept for came to its end, and what the person did and said."""

    outcome: str
    person: str = ""
    last_words: str = ""
    note: str = ""
    tags: Sequence[str] = ()  # that were added
    fields: Sequence[str] = ()  # that were changed


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a step may know besides the run's own variables, read before it is asked."""

    now: datetime
    language: str
    facts: Mapping[str, Value]  # dotted names: visitor.name, memory.order_number, meta.plan, field.size, …
    around: Surroundings
    reachable: Container[str]  # "team:Support", "teammate:ada": where a handoff can land now
    words: tuple[Words, ...] = ()  # the visitor's, oldest first, that the run has not heard
    newest_seq: int = 0
    awaits_word: bool = False  # whether nobody has spoken since the visitor did
    wish: RequestHandoff | None = None  # the wish for a person in these words
    ended: Ended | None = None  # the handoff that the run slept for, once it is over


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run stands: enough to go on after any interruption."""

    step: str
    waits_for: WaitsFor = ""
    until: datetime | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    heard: int = 0  # the newest entry whose words the run has used
    moves: int = 0
    calling: str = ""  # the idempotency key of an outside call that has begun


@dataclass(frozen=True, slots=True)
class Think:
    """The assistant has to answer the words."""


@dataclass(frozen=True, slots=True)
class Classify:
    """The assistant's classifier has to say which intent these words are."""

    text: str
    intents: Mapping[str, Sequence[str]]
    limit: float


Need = Think | Classify | Call


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the classifier said; None: none of these."""

    name: str | None


Given = Reply | Sorted | Answered | CallFailed


@dataclass(frozen=True, slots=True)
class Wait:
    """What the run waits for at this step, and for how many seconds at most (0: for ever)."""

    kind: WaitsFor
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Move:
    """What a step wishes: effects, and then exactly one of an exit, a wait, a need, or another flow."""

    effects: tuple[Wish, ...] = ()
    sets: Mapping[str, Value] = field(default_factory=dict)
    exit: str = ""
    wait: Wait | None = None
    need: Need | None = None
    flow: str = ""  # go on in this one, without return
    heard: bool = False  # the words so far are used up
    tries: int = 0
    resolves: bool = False  # the run ends, and with it the conversation


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one step: entering it (waits_for is empty), or waking at it."""

    step: Step
    world: World
    at: Checkpoint
    given: Given | None = None

    @property
    def waits_for(self) -> WaitsFor:
        """What the run has been waiting for here."""
        return self.at.waits_for

    @property
    def is_due(self) -> bool:
        """Whether the time that it waits until has come."""
        return self.at.until is not None and self.world.now >= self.at.until

    def read(self, name: str) -> Value:
        """The value of a variable, or of a dotted fact; None when nothing is known."""
        found = self.at.variables.get(name)
        return found if found is not None else self.world.facts.get(name)

    def text(self, param: str) -> str:
        """A parameter as text; an absent one is empty."""
        found = self.step.params.get(param, "")
        return found if isinstance(found, str) else ""

    def number(self, param: str, default: int = 0) -> int:
        """A parameter as a whole number."""
        found = self.step.params.get(param, default)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def flag(self, param: str) -> bool:
        """A parameter as yes or no."""
        return self.step.params.get(param) is True

    def rows(self, param: str) -> tuple[Mapping[str, Any], ...]:
        """A parameter that is a list of rows."""
        found = self.step.params.get(param, ())
        return tuple(row for row in found if isinstance(row, Mapping)) if isinstance(found, tuple | list) else ()

    def lines(self, param: str) -> tuple[str, ...]:
        """A parameter that is a list of texts."""
        found = self.step.params.get(param, ())
        return tuple(one for one in found if isinstance(one, str)) if isinstance(found, tuple | list) else ()

    def leads(self, exit_name: str) -> bool:
        """Whether this exit is connected to anything."""
        return bool(self.step.exits.get(exit_name))


Act = Callable[[Visit], Move | None]


@dataclass(frozen=True, slots=True)
class Advance:
    """What one look at the script came to: effects to apply with the checkpoint, or something needed first."""

    at: Checkpoint | None  # None: the run is over
    effects: tuple[Wish, ...] = ()
    need: Need | None = None
    left: str = ""  # the step that was looked at
    by: str = ""  # the exit it was left by; empty while the run stays there
    ending: str = ""  # how the run ended: finished, resolved, moved
    flow: str = ""  # the flow in which it goes on
    heard: int = 0  # of a run that is over: the newest entry whose words it has used
    variables: Mapping[str, Any] = field(default_factory=dict)  # of a run that is over: what it knew

    @property
    def rests(self) -> bool:
        """Whether automation has nothing more to do until something happens."""
        return self.at is None or bool(self.at.waits_for)


def begin(script: Script, step: str, *, heard: int = 0) -> Checkpoint:
    """A run that has not done anything yet."""
    return Checkpoint(step=script.step(step).id, heard=heard)


def with_variables(at: Checkpoint, sets: Mapping[str, Value]) -> Checkpoint:
    """The checkpoint with these variables set; a value of None takes one away."""
    merged = {**at.variables, **sets}
    return replace(at, variables={name: value for name, value in merged.items() if value is not None})
