"""What one turn's words teach about the visitor; every engine and the detector learn the same way."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.assistants.base import Said, Snapshot, Tried
from handoff.assistants.extract import facts, note_key, without
from handoff.outcomes import Remember


@dataclass(frozen=True, slots=True)
class Asked:
    """What the visitor said, and as long as it, what is left to answer when stated facts are blanked out.

    The question is for searching only: a person reads the words, as the customer wrote them.
    """

    words: str
    question: str

    def part(self, start: int, end: int) -> Asked:
        """A piece of both, without the blanks around it."""
        return Asked(self.words[start:end].strip(), self.question[start:end].strip())


def learn(snapshot: Snapshot) -> tuple[tuple[Remember, ...], tuple[Tried, ...], Asked]:
    """The facts that the unanswered words state, what was tried for it, and what was asked.

    A later value for the same key wins, since people correct themselves.
    """
    memories: dict[str, Remember] = {}
    known, rest = dict(snapshot.memory), []
    for said in snapshot.unanswered():
        stated = facts(said.body, asked=_said_before(said, snapshot))
        for fact in stated:
            key = note_key(known, fact.value) if fact.key == "note" else fact.key
            known[key] = fact.value
            memories[key] = Remember(key, fact.value, said.seq)
        rest.append(without(said.body, stated))
    tried = tuple(
        Tried("remember", memory.key, (), f"Noted {memory.key.replace('_', ' ')}: {memory.value}.", shown=False)
        for memory in memories.values()
    )
    words = "\n".join(said.body for said in snapshot.unanswered())
    return tuple(memories.values()), tried, Asked(words, "\n".join(rest))


def _said_before(said: Said, snapshot: Snapshot) -> str:
    earlier = [other.body for other in snapshot.messages if other.seq < said.seq and other.author != "visitor"]
    return earlier[-1] if earlier else ""
