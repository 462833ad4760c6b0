"""What several steps share: filling texts with what is known, exits that never change, short words for the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handoff.flows import template
from handoff.flows.conditions import Value
from handoff.flows.kinds import Exit
from handoff.flows.moves import Visit
from handoff.flows.script import Step

NEXT = (Exit("next", "then"),)


def fixed(*exits: Exit) -> Callable[[Step], tuple[Exit, ...]]:
    """The same exits for every step of the kind."""
    return lambda step: exits


def filled(visit: Visit, text: str) -> str:
    """The text with the values of its variables. One pass: a value is never read as a template."""

    def value(name: str) -> Value:
        return visit.read(name)

    return template.render(text, value).strip()


def short(text: object, most: int = 60) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split()) if isinstance(text, str) else ""
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def rows(step: Step, param: str) -> list[Mapping[str, Any]]:
    """A parameter's rows; whatever is no row is left out, so that a broken draft can be drawn too."""
    found = step.params.get(param) or ()
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, tuple | list) else []


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; a setting that another one hides is not checked, and may be anything."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple | list) else ()


def own(step: Step, *params: str) -> frozenset[str]:
    """The variables that these parameters name."""
    found = (step.params.get(param) for param in params)
    return frozenset(one for one in found if isinstance(one, str) and one)
