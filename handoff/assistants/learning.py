"""What one turn's words teach about the visitor; every engine and the detector learn the same way."""

from __future__ import annotations

from handoff.assistants.base import Said, Snapshot, Tried
from handoff.assistants.extract import facts, note_key, without
from handoff.outcomes import Remember


def learn(snapshot: Snapshot) -> tuple[tuple[Remember, ...], tuple[Tried, ...], str]:
    """The facts that the unanswered words state, what was tried for it, and what is left of the words: the question.

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
        rest.append(without(said.body, stated).strip())
    tried = tuple(
        Tried("remember", memory.key, (), f"Noted {memory.key.replace('_', ' ')}: {memory.value}.", shown=False)
        for memory in memories.values()
    )
    return tuple(memories.values()), tried, "\n".join(part for part in rest if part)


def _said_before(said: Said, snapshot: Snapshot) -> str:
    earlier = [other.body for other in snapshot.messages if other.seq < said.seq and other.author != "visitor"]
    return earlier[-1] if earlier else ""
