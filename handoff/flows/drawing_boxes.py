"""What stands in a box of a drawing: its exits with their places on the lower edge, and texts cut to fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from handoff.flows.kinds import Exit
from handoff.flows.script import Step
from handoff.flows.steps import STEPS

BOX_WIDTH = 232.0
TITLE_CELLS, SUMMARY_CELLS, LABEL_CELLS = 28, 32, 22
CELL, SLOT_GAP, LEAST_SLOT = 6.6, 16.0, 40.0


def exits_of(step: Step) -> tuple[Exit, ...]:
    """The exits to draw: those of its kind that lead anywhere or have to, and whatever else the draft has connected."""
    kind = STEPS.get(step.kind)
    described = kind.exits(step) if kind else ()
    drawn = [one for one in described if step.exits.get(one.name) or not one.otherwise]
    known = {one.name for one in described}
    drawn += [Exit(name, name) for name, target in step.exits.items() if target and name not in known]
    alone = len(drawn) == 1 and len(described) == 1
    return tuple(Exit(one.name, "" if alone else cut(one.label, LABEL_CELLS), one.otherwise) for one in drawn)


def _slots(exits: Sequence[Exit]) -> list[float]:
    return [max(LEAST_SLOT, cells(one.label) * CELL + SLOT_GAP) for one in exits]


def width_of(exits: Sequence[Exit]) -> float:
    """How wide the box is, so that the labels of its exits stand beside each other."""
    return max(BOX_WIDTH, sum(_slots(exits)))


def places(exits: Sequence[Exit]) -> dict[str, float]:
    """Where each exit leaves the lower edge, from its middle."""
    slots, width = _slots(exits), width_of(exits)
    found, x = {}, -width / 2
    for one, slot in zip(exits, slots, strict=True):
        slot += (width - sum(slots)) / len(slots)
        found[one.name] = x + slot / 2
        x += slot
    return found


def summary_of(step: Step) -> tuple[str, ...]:
    """One or two lines of what the step does."""
    kind = STEPS.get(step.kind)
    words = kind.summary(step).split() if kind else []
    first = ""
    while words and cells(f"{first} {words[0]}") <= SUMMARY_CELLS:
        first = f"{first} {words.pop(0)}".strip()
    if not first and words:
        return (cut(" ".join(words), SUMMARY_CELLS),)
    rest = cut(" ".join(words), SUMMARY_CELLS)
    return tuple(line for line in (first, rest) if line)


def cells(text: str) -> int:
    """How wide the text is, in letters of usual width."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def cut(text: str, most: int) -> str:
    """One line of the text, as far as there is room."""
    line = " ".join(text.split())
    if cells(line) <= most:
        return line
    while cells(line) >= most:
        line = line[:-1]
    return f"{line.rstrip()}…"
