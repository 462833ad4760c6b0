"""Steps that choose a way."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handoff.flows import conditions
from handoff.flows.conditions import TESTS, Condition
from handoff.flows.kinds import Exit, Kind, Param
from handoff.flows.moves import Classify, Move, Sorted, Visit, Wait
from handoff.flows.script import Step
from handoff.flows.steps.texts import fixed, rows, short

MOST_INTENTS = 25
# How sure the classifier must be; what each costs is measured in handoff/assistants/intents.py and its benchmark.
LIMITS = {"bold": 0.55, "normal": 0.65, "careful": 0.8}
NONE_OF_THESE = Exit("none", "none of these")
_SORTED_UPTO = "_sorted_upto"


# ── Condition.


def condition(visit: Visit) -> Move:
    """Leave by yes where the conditions hold, by no otherwise."""
    found = conditions.all_hold(
        [read_condition(row) for row in visit.rows("conditions")],
        any_of=visit.text("match") == "any",
        read=visit.read,
        around=visit.world.around,
    )
    return Move(exit="yes" if found else "no")


def read_condition(row: Mapping[str, object]) -> Condition:
    """One row of the step as a condition."""
    return Condition(
        test=str(row.get("test", "")),
        subject=str(row.get("subject", "")),
        value=str(row.get("value", "")),
        second=str(row.get("second", "")),
        negate=row.get("negate") is True,
    )


def _condition_words(step: Step) -> str:
    glue = " or " if step.params.get("match") == "any" else " and "
    return short(glue.join(conditions.words(read_condition(row)) for row in rows(step, "conditions")), 90)


CONDITION = Kind(
    "condition",
    "Condition",
    "Decide",
    "Goes one way or the other.",
    (
        Param("match", "Goes on at yes when", "choice", default="all", choices=(("all", "all of these hold"), ("any", "any of these holds"))),
        Param(
            "conditions", "Conditions", "rows", required=True,
            columns=(
                Param("subject", "What", "subject"),
                Param("negate", "not", "flag"),
                Param("test", "Test", "choice", required=True, default="equals", choices=tuple((name, one.label) for name, one in TESTS.items())),
                Param("value", "Value", "name"),
                Param("second", "and", "name", shown_for=("test", ("between",))),
            ),
        ),
    ),
    condition,
    fixed(Exit("yes", "yes"), Exit("no", "no")),
    summary=_condition_words,
)  # fmt: skip


# ── Intent.


def intent(visit: Visit) -> Move | None:
    """Leave by the intent that the words are, as the classifier told; wait for words where there are none."""
    if isinstance(visit.given, Sorted):
        name = visit.given.name
        upto = visit.world.words[-1].seq if visit.world.words else visit.world.newest_seq
        known = {slug(row.get("name")) for row in visit.rows("intents")}
        return Move(
            sets={_SORTED_UPTO: upto, "intent": name or "none"}, exit=name if name in known and name else "none"
        )
    before = visit.at.variables.get(_SORTED_UPTO)
    words = [one.text for one in visit.world.words if not isinstance(before, int) or one.seq > before]
    if not words:
        return None if visit.waits_for else Move(wait=Wait("answer"), heard=True)
    examples = {slug(row.get("name")): tuple(_lines(row)) for row in visit.rows("intents")}
    return Move(need=Classify("\n".join(words), examples, LIMITS.get(visit.text("sureness"), LIMITS["normal"])))


def slug(name: object) -> str:
    """An intent's exit: its name in small letters and digits."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] if isinstance(name, str) else ""


def _lines(row: Mapping[str, object]) -> list[str]:
    found = row.get("examples", ())
    return [one for one in found if isinstance(one, str)] if isinstance(found, tuple | list) else []


def _intent_exits(step: Step) -> tuple[Exit, ...]:
    named = {
        slug(row.get("name")): short(row.get("name"), 40) for row in rows(step, "intents") if slug(row.get("name"))
    }
    return (*(Exit(name, label) for name, label in named.items()), NONE_OF_THESE)


INTENT = Kind(
    "intent",
    "Intent",
    "Decide",
    "Goes by what the customer wants, told by examples.",
    (
        Param(
            "intents", "Intents", "rows", required=True, most=MOST_INTENTS,
            columns=(
                Param("name", "Name", "name", required=True),
                Param("examples", "Examples, one a line", "lines", required=True, most=50),
            ),
        ),
        Param(
            "sureness", "How sure must it be?", "choice", default="normal",
            choices=(("bold", "bold: misses little, errs more"), ("normal", "normal"), ("careful", "careful: when in doubt, none of these")),
        ),
    ),
    intent,
    _intent_exits,
    waits=True,
    silent=False,
    sets=lambda step: frozenset({"intent"}),
    summary=lambda step: ", ".join(one.label for one in _intent_exits(step)[:-1]),
)  # fmt: skip

DECIDING = (CONDITION, INTENT)
