"""Wishes that come true in a play: words, requests for a person, and what is changed; each is told in the thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from handoff.assistants.base import Reply, Returned
from handoff.flows.moves import Ended
from handoff.flows.play import Play
from handoff.outcomes import Assign, ReasonCode, Remember, RequestHandoff, Say, SetField, Tag, Trouble, Wish

LONGEST = 4000  # characters of a message


def apply(play: Play, wishes: Sequence[Wish], author: str) -> bool:
    """Each wish in its order; whether a person was asked for."""
    for wish in wishes:
        if isinstance(wish, RequestHandoff):
            if not wish.quiet:
                play.show(author, wish.note or play.house.note)
            request(play, wish)
        elif isinstance(wish, Say):
            play.show(wish.by or author, wish.text[:LONGEST], **wish.params)
        else:
            _EFFECTS[type(wish)](play, wish)
    return any(isinstance(wish, RequestHandoff) for wish in wishes)


def tell_tried(play: Play, reply: Reply) -> None:
    """The thread says what the assistant has looked up."""
    for one in reply.tried:
        play.line("tried", one.result)


# ── A person is asked for, and is done.


def request(play: Play, wish: RequestHandoff) -> None:
    """A handoff is open, and the one who was named, or the house's team, is responsible."""
    code = wish.code.value.replace("_", " ")
    if wish.code != ReasonCode.TEAMMATE_PULL:
        urgency = "" if wish.urgency == "normal" else f", {wish.urgency} urgency"
        play.line("handoff", f"A person is asked for ({code}{urgency}): {wish.reason}")
    play.set(
        leads="waiting", handoffs=play.scene.handoffs + 1,
        failures=play.scene.failures + (wish.code == ReasonCode.ASSISTANT_ERROR),
    )  # fmt: skip
    if wish.team or wish.teammate:
        _assign(play, Assign(wish.teammate, wish.team))
    elif play.house.team and not (play.scene.team or play.scene.teammate):
        _assign(play, Assign(team=play.house.team))


def end_handoff(play: Play, outcome: str, words: str, note: str = "") -> None:
    """The handoff is over and automation leads; a run that slept for it knows how it ended."""
    led = play.scene.leads == "person"
    name, said = play.house.teammate, [one.words for one in play.scene.transcript if one.who == "person"]
    last = said[-1] if said else ""
    if play.sleeps:
        play.set(ended=Ended(outcome, "" if outcome == "expired" else name, last if led else "", note))
    play.line("expired" if outcome == "expired" else "person", words)
    if outcome in ("returned", "expired"):  # a wish for a person before this has had its answer
        play.set(returned_at=len(play.scene.transcript))
    if outcome == "returned":
        play.set(returned=Returned(name, note, last))
    if note:
        play.line("note", f"Note for the assistant: {note}")
    play.set(leads="automation", teammate=play.scene.teammate if outcome == "expired" else "")


# ── What is changed.


def _remember(play: Play, wish: Remember) -> None:
    play.set(memory={**play.scene.memory, wish.key: wish.value})
    gap = wish.key in ("name", "email", "phone") and not play.scene.facts.get(f"visitor.{wish.key}")
    if gap:  # what they say of themselves fills it
        play.set(facts={**play.scene.facts, f"visitor.{wish.key}": wish.value})
    play.line("memory", f"Remembers {wish.key.replace('_', ' ')}: {wish.value}")


def _tag(play: Play, wish: Tag) -> None:
    if wish.name not in play.house.directory.tags:
        play.line("trouble", f"The flow could not tag it “{wish.name}”: there is no such tag any more.")
        return
    others = tuple(one for one in play.scene.tags if one != wish.name)
    play.set(tags=(*others, wish.name) if wish.add else others)
    play.line("tag", f"Tagged {wish.name}." if wish.add else f"Takes off the tag {wish.name}.")


def _set_field(play: Play, wish: SetField) -> None:
    there = wish.key in play.house.directory.fields
    value = play.house.fits(wish.key, wish.value) if there else None
    if value is None:
        why = "that is no value for it." if there else "there is no such field any more."
        play.line("trouble", f"The flow could not set “{wish.key}” to “{wish.value[:80]}”: {why}")
        return
    others = {key: one for key, one in play.scene.fields.items() if key != wish.key}
    play.set(fields={**others, wish.key: value[:500]} if value else others)
    play.line("field", f"Sets {wish.key} to {value}." if value else f"Clears {wish.key}.")


def _assign(play: Play, wish: Assign) -> None:
    """The named one is responsible; what is not named stays as it is."""
    reachable = play.house.reachable
    team = wish.team if f"team:{wish.team}" in reachable else ""
    teammate = wish.teammate if f"teammate:{wish.teammate}" in reachable else ""
    if not team and not teammate:
        play.line("trouble", f"The flow could not assign it to {wish.team or wish.teammate}: not here any more.")
        return
    play.set(team=team or play.scene.team, teammate=teammate or play.scene.teammate)
    play.line("assign", f"Assigned to {' and '.join(filter(None, (teammate, team)))}.")


def _trouble(play: Play, wish: Trouble) -> None:
    play.line("trouble", wish.words)


_EFFECTS: dict[type, Callable[[Play, Any], None]] = {
    Remember: _remember,
    Tag: _tag,
    SetField: _set_field,
    Assign: _assign,
    Trouble: _trouble,
}
