"""What a flow and its assistant may know in a play, read from its scene and the house around it."""

from __future__ import annotations

from handoff.assistants.base import Said, Snapshot
from handoff.assistants.human_request import asked_for, wants_person
from handoff.flows.conditions import Surroundings, Value
from handoff.flows.moves import Checkpoint, Words, World
from handoff.flows.play import Play
from handoff.outcomes import ReasonCode, RequestHandoff


def world(play: Play, at: Checkpoint, words: tuple[Words, ...]) -> World:
    """What a step may know now; `words` are those that the run has not heard."""
    scene, house = play.scene, play.house
    around = Surroundings(
        scene.clock, house.time_zone, frozenset(scene.tags), scene.pages, house.hours, house.available
    )
    return World(
        now=scene.clock, language=house.language, facts=_facts(play, words), around=around, reachable=house.reachable,
        words=words, newest_seq=words[-1].seq if words else play.heard(at), awaits_word=scene.last_by == "visitor",
        wish=_wish(play, at, words), ended=scene.ended if play.sleeps else None,
    )  # fmt: skip


def _facts(play: Play, words: tuple[Words, ...]) -> dict[str, Value]:
    scene, house = play.scene, play.house
    name, told = str(scene.facts.get("visitor.name") or ""), bool(scene.facts.get("visitor.email"))
    found: dict[str, Value] = {
        "visitor.identity": "claimed" if name or told else "anonymous", "visitor.first_name": name.split(" ")[0],
        "visitor.language": house.language, "visitor.time_zone": house.time_zone, **scene.facts,
        "conversation.language": house.language, "conversation.page": house.chat_page,
        "conversation.messages": sum(one.who == "visitor" for one in scene.transcript),
        "conversation.handoffs": scene.handoffs, "conversation.had_person": scene.had_person,
        "conversation.tags": ", ".join(scene.tags), "message": "\n".join(one.text for one in words),
        "assistant.name": house.assistant.name if house.assistant else house.chat_page,
        **{f"memory.{key}": value for key, value in scene.memory.items()},
        **{f"field.{key}": value for key, value in scene.fields.items()},
    }  # fmt: skip
    return {key: value for key, value in found.items() if value not in ("", None)}


def _wish(play: Play, at: Checkpoint, words: tuple[Words, ...]) -> RequestHandoff | None:
    known = snapshot(play, play.heard(at) + 1) if words else None
    if known:
        reply = asked_for(known)
        return reply.handoff if reply else None
    fresh = (one.text for one in words if one.seq > play.scene.returned_at)
    found = next(filter(None, (wants_person(text, play.house.language) for text in fresh)), None)
    return RequestHandoff(ReasonCode.CUSTOMER_REQUEST, f"Asked for a person: “{found.evidence}”.") if found else None


def snapshot(play: Play, new_from: int) -> Snapshot | None:
    """What the assistant may know when it answers what was said from `new_from` on; None where there is none."""
    mind, scene, language = play.house.assistant, play.scene, play.house.language
    if mind is None:
        return None
    said = [
        Said(seq, one.who, "", one.words) for seq, one in enumerate(scene.transcript, 1)
        if one.who != "line" and not (new_from <= seq <= scene.returned_at and wants_person(one.words, language))
    ]  # fmt: skip
    facts = {
        key.removeprefix("visitor."): str(one) for key, one in scene.facts.items() if key[:8] == "visitor." and one
    }
    return Snapshot(
        language, mind.name, mind.instructions, tuple(said[-60:]), dict(scene.memory), facts, mind.knowledge,
        new_from, scene.returned, mind.sureness,
    )  # fmt: skip
