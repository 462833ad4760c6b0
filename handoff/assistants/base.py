"""The port between the product and an engine: a snapshot goes in, a reply comes out, nothing else passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from handoff.outcomes import Remember, RequestHandoff, Say, Wish

Author = Literal["visitor", "assistant", "flow", "person", "system"]
TriedKind = Literal["search", "answer", "remember"]


@dataclass(frozen=True, slots=True)
class Said:
    """One public message as an engine sees it."""

    seq: int
    author: Author
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Passage:
    """An article that a search found; the score is the search's own rank and means nothing beside another's."""

    article_id: int
    title: str
    body: str
    url: str
    language: str
    score: float


class Knowledge(Protocol):
    """Where an engine looks things up; the product gives one that reads the knowledge articles."""

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Passage]:
        """The nearest passages in this language, best first; an empty list when nothing is near."""
        ...


@dataclass(frozen=True, slots=True)
class Returned:
    """What the person did before the conversation came back to automation."""

    teammate: str
    note: str
    last_words: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that an engine may know in one turn, read before it starts to think.

    `messages` are public ones, oldest first. `new_from` is the first visitor `seq` without an answer: the
    visitor's messages from there on are what this turn answers, together.
    """

    language: str
    assistant_name: str
    instructions: str
    messages: tuple[Said, ...]
    memory: Mapping[str, str]
    visitor: Mapping[str, str]
    knowledge: Knowledge
    new_from: int
    returned: Returned | None = None
    sureness: float = 0.5

    def unanswered(self) -> tuple[Said, ...]:
        """The visitor's messages that this turn answers; empty when nobody waits for a word."""
        return tuple(said for said in self.messages if said.author == "visitor" and said.seq >= self.new_from)

    def episode(self) -> tuple[Said, ...]:
        """The messages since a person last spoke: what lies before must not trigger anything again."""
        last = max((i for i, said in enumerate(self.messages) if said.author == "person"), default=-1)
        return self.messages[last + 1 :]


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that the engine tried, kept for the teammate whether it helped or not."""

    kind: TriedKind
    query: str
    found: tuple[str, ...]
    result: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What the engine wishes, with exactly one text for the customer: its own words, or a handoff's note.

    An answer beside a handoff would contradict it, and a fact noted in silence would leave the visitor
    waiting; both are refused here. An empty reply is for a turn in which nobody waits.
    """

    wishes: tuple[Wish, ...]
    tried: tuple[Tried, ...]

    def __post_init__(self) -> None:
        texts = sum(isinstance(wish, (Say, RequestHandoff)) for wish in self.wishes)
        if texts > 1:
            raise ValueError("A reply has one customer-facing text: one Say or one RequestHandoff, never both.")
        if self.wishes and not texts:
            raise ValueError("A reply that learns something also says something.")

    @property
    def say(self) -> Say | None:
        """The answer, when there is one."""
        return next((wish for wish in self.wishes if isinstance(wish, Say)), None)

    @property
    def handoff(self) -> RequestHandoff | None:
        """The wish for a person, when there is one."""
        return next((wish for wish in self.wishes if isinstance(wish, RequestHandoff)), None)

    @property
    def memories(self) -> tuple[Remember, ...]:
        """What to remember, in the order in which it was said."""
        return tuple(wish for wish in self.wishes if isinstance(wish, Remember))


class Engine(Protocol):
    """Thinks outside any transaction; deterministic or not, it touches nothing but its snapshot."""

    def think(self, snapshot: Snapshot) -> Reply:
        """The reply to what the visitor has said since the last answer; raises EngineError when it cannot."""
        ...


class EngineError(Exception):
    """The engine could not think; `temporary` says whether trying again may help."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.temporary = temporary
