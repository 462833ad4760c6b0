"""Steps about who leads and who is responsible: the assistant, a person, an assignment."""

from __future__ import annotations

from handoff.assistants.base import Reply
from handoff.flows.kinds import Exit, Kind, Param
from handoff.flows.moves import Ended, Move, Think, Visit, Wait
from handoff.flows.steps.texts import NEXT, filled, fixed, short
from handoff.outcomes import REASON_LIMIT, Assign, ReasonCode, RequestHandoff, Say, Trouble, Urgency, Wish

ITS_OWN = "the assistant hands off with its own reason"
WANTS = frozenset({ReasonCode.CUSTOMER_REQUEST, ReasonCode.FRUSTRATION, ReasonCode.SAFETY})
FAILED = frozenset({ReasonCode.ASSISTANT_ERROR, ReasonCode.INTEGRATION_ERROR})
CODES = tuple((code.value, code.value.replace("_", " ")) for code in ReasonCode if code is not ReasonCode.TEAMMATE_PULL)
PERSON = frozenset(
    {"person.name", "person.last_words", "person.note", "person.tags", "person.fields", "handoff.outcome"}
)


# ── Let the assistant lead.


def assistant(visit: Visit) -> Move | None:
    """The assistant answers each message, until it has answered often enough or needs a person.

    Entered after a question of the flow it answers at once, rather than leave the customer in silence.
    """
    if isinstance(visit.given, Reply):
        return _thought(visit, visit.given)
    if visit.world.words or (visit.world.awaits_word and not visit.waits_for):
        return Move(need=Think())
    return None if visit.waits_for else Move(wait=Wait("assistant"))


def _thought(visit: Visit, reply: Reply) -> Move:
    learned: tuple[Wish, ...] = tuple(reply.memories)
    wish = reply.handoff
    if wish:
        way = "wants_person" if wish.code in WANTS else "failed" if wish.code in FAILED else "out_of_depth"
        if not visit.leads(way):
            return Move((*learned, wish), wait=Wait("assistant"), heard=True)
        sets = {
            "assistant.reason": wish.reason,
            "assistant.code": wish.code.value,
            "assistant.question": wish.open_question,
        }
        return Move(learned, sets, exit=way, heard=True)
    said = (Say(reply.say.text, by="assistant"),) if reply.say else ()
    answered = visit.at.tries + len(said)
    enough = visit.number("answers")
    if said and enough and answered >= enough:
        return Move((*learned, *said), exit="answered", heard=True)
    return Move((*learned, *said), wait=Wait("assistant"), heard=True, tries=answered)


def _how_long(answers: object) -> str:
    if not answers:
        return "leads as long as it can"
    return "leaves after one answer" if answers == 1 else f"leaves after {answers} answers"


ASSISTANT = Kind(
    "assistant",
    "Assistant",
    "Hand over",
    "Lets the assistant lead.",
    (Param("answers", "Goes on after so many answers", "number", default=0, high=50, help="0: it leads as long as it can."),),
    assistant,
    lambda step: (
        Exit("answered", "answered", "" if step.params.get("answers") else "it leads as long as it can"),
        Exit("out_of_depth", "out of its depth", ITS_OWN),
        Exit("wants_person", "wants a person", ITS_OWN),
        Exit("failed", "failed", ITS_OWN),
    ),
    waits=True,
    silent=False,
    sets=lambda step: frozenset({"assistant.reason", "assistant.code", "assistant.question"}),
    summary=lambda step: _how_long(step.params.get("answers")),
)  # fmt: skip


# ── Hand off to a person.


def hand_off(visit: Visit) -> Move | None:
    """Ask for a person and sleep until the handoff has ended, whatever happens meanwhile."""
    if not visit.waits_for:
        return _request(visit)
    ended = visit.world.ended
    if ended is None:
        return None
    exits = {"returned": "returned", "resolved": "resolved", "expired": "expired"}
    done = ended.outcome == "resolved"  # else what came in meanwhile is for whoever goes on
    return Move(sets=_what_they_did(ended), exit=exits.get(ended.outcome, "failed"), heard=done)


def _request(visit: Visit) -> Move:
    team, teammate = visit.text("team"), visit.text("teammate")
    gone = [
        name
        for kind, name in (("team", team), ("teammate", teammate))
        if name and f"{kind}:{name}" not in visit.world.reachable
    ]
    trouble: tuple[Wish, ...] = (
        (Trouble(f"The flow could not reach {' and '.join(gone)}: not here any more."),) if gone else ()
    )
    if gone and visit.leads("failed"):
        return Move(trouble, exit="failed")
    wish = RequestHandoff(
        code=ReasonCode(visit.text("code")) if visit.text("code") in set(ReasonCode) else ReasonCode.FLOW_STEP,
        reason=short(filled(visit, visit.text("reason")), REASON_LIMIT) or "The flow asks for a person here.",
        open_question=_open_question(visit),
        note=filled(visit, visit.text("note")),
        quiet=visit.flag("quiet"),
        urgency=Urgency(visit.text("urgency")) if visit.text("urgency") in set(Urgency) else Urgency.NORMAL,
        team=team if team not in gone else "",
        teammate=teammate if teammate not in gone else "",
    )
    return Move((*trouble, wish), wait=Wait("person", visit.number("expires")), heard=True)


def _open_question(visit: Visit) -> str:
    asked = visit.read("assistant.question") or visit.read("message")
    return short(asked, 500) if isinstance(asked, str) else ""


def _what_they_did(ended: Ended) -> dict[str, str | None]:
    return {
        "handoff.outcome": ended.outcome,
        "person.name": ended.person or None,
        "person.last_words": ended.last_words or None,
        "person.note": ended.note or None,
        "person.tags": ", ".join(ended.tags) or None,
        "person.fields": ", ".join(ended.fields) or None,
    }


HAND_OFF = Kind(
    "hand_off",
    "Hand off",
    "Hand over",
    "Brings in a person, and sleeps until they are done.",
    (
        Param("reason", "Written reason", "line", required=True, help="A teammate reads it before opening the chat."),
        Param("code", "Reason code", "choice", default=ReasonCode.FLOW_STEP.value, choices=CODES),
        Param(
            "urgency", "Urgency", "choice", default="normal", choices=tuple((one.value, one.value) for one in Urgency)
        ),
        Param("team", "Team", "team", help="Empty: the chat page's default team."),
        Param("teammate", "Teammate", "teammate", help="A named person, such as a VIP’s account manager."),
        Param("note", "Customer’s note", "words", help="Empty: the chat page's own."),
        Param("quiet", "Say nothing: the flow has told the customer already", "flag"),
        Param("expires", "Give up when nobody came after", "seconds", default=0, high=604_800, help="0: never."),
    ),
    hand_off,
    lambda step: (
        Exit("returned", "returned"),
        Exit("resolved", "resolved", "the conversation is closed"),
        Exit("expired", "expired", "" if step.params.get("expires") else "never: it does not expire"),
        Exit("failed", "failed", "the default team gets it"),
    ),
    waits=True,
    at_once=frozenset({"failed"}),
    silent=False,
    sets=lambda step: PERSON,
    summary=lambda step: short(step.params.get("reason")),
)


# ── Assign.


def assign_user(visit: Visit) -> Move:
    """Make a teammate responsible; one who is gone is named in the thread, and nothing else changes."""
    return _assign(visit, "teammate", visit.text("teammate"))


def assign_team(visit: Visit) -> Move:
    """Make a team responsible."""
    return _assign(visit, "team", visit.text("team"))


def _assign(visit: Visit, kind: str, name: str) -> Move:
    if f"{kind}:{name}" not in visit.world.reachable:
        return Move((Trouble(f"The flow could not assign it to {name}: not here any more."),), exit="next")
    return Move((Assign(**{kind: name}),), exit="next")


ASSIGN_USER = Kind(
    "assign_user",
    "Assign user",
    "Hand over",
    "Makes a teammate responsible. It says nothing about who speaks.",
    (Param("teammate", "Teammate", "teammate", required=True),),
    assign_user,
    fixed(*NEXT),
    summary=lambda step: short(step.params.get("teammate")),
)
ASSIGN_TEAM = Kind(
    "assign_team",
    "Assign team",
    "Hand over",
    "Makes a team responsible. It says nothing about who speaks.",
    (Param("team", "Team", "team", required=True),),
    assign_team,
    fixed(*NEXT),
    summary=lambda step: short(step.params.get("team")),
)

HANDING = (ASSISTANT, HAND_OFF, ASSIGN_USER, ASSIGN_TEAM)
