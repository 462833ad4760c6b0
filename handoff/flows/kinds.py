"""How the kinds of steps describe themselves: their parameters, their exits, what they read and set.

The editor's forms, the publishing check, the graph and the simulator are all made from these descriptions, so that a
new kind is one description and one small function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from handoff.flows import template
from handoff.flows.conditions import TESTS
from handoff.flows.moves import Act
from handoff.flows.script import Step

ParamKind = Literal[
    "line",  # one line of text with variables
    "words",  # several lines with variables
    "variable",  # the name of a variable that the step sets
    "subject",  # the name of something that can be read: a variable, or a dotted fact
    "number",
    "seconds",
    "flag",
    "choice",
    "lines",  # a list of texts
    "rows",  # a list of rows with `columns`
    "name",  # a plain name, such as a memory's key
    "pattern",  # a regular expression
    "address",  # a web address with variables, but not in its host
    "json",  # a JSON text with variables inside its strings
    "team",
    "teammate",
    "tag",
    "field",
    "flow",
    "hours",
]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a step: enough to draw a form for it and to check it."""

    name: str
    label: str
    kind: ParamKind
    required: bool = False
    default: Any = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[Param, ...] = ()
    low: int = 0
    high: int = 1_000_000
    most: int = 25  # of lines or rows
    shown_for: tuple[str, tuple[str, ...]] | None = None  # only where that parameter has one of these values


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a step; where it need not be connected, `otherwise` says what happens then."""

    name: str
    label: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step."""

    name: str
    label: str
    group: str
    hint: str
    params: tuple[Param, ...]
    act: Act
    exits: Callable[[Step], tuple[Exit, ...]]
    waits: bool = False  # a loop through it comes to rest
    at_once: frozenset[str] = frozenset()  # exits of one that waits by which it may be left without having waited
    silent: bool = True  # allowed once the conversation is closed
    sets: Callable[[Step], frozenset[str]] = lambda step: frozenset()
    summary: Callable[[Step], str] = lambda step: ""  # one line for the graph

    def reads(self, step: Step) -> frozenset[str]:
        """The names that its texts and conditions read."""
        return frozenset(_names(step.params, self.params))

    def defaults(self) -> dict[str, Any]:
        """The parameters of a new step."""
        return {param.name: _default(param) for param in self.params}


def _default(param: Param) -> Any:
    if param.default != "":
        return param.default
    return {"flag": False, "number": 0, "seconds": 0, "lines": [], "rows": []}.get(param.kind, "")


def shown(param: Param, params: Mapping[str, Any]) -> bool:
    """Whether the parameter means anything beside the others."""
    return param.shown_for is None or str(params.get(param.shown_for[0], "")) in param.shown_for[1]


def _names(params: Mapping[str, Any], described: tuple[Param, ...]) -> Iterator[str]:
    for param in described:
        if not shown(param, params):
            continue
        value = params.get(param.name)
        if param.kind in ("line", "words", "address", "json") and isinstance(value, str):
            yield from template.names(value)
        elif param.kind == "subject" and isinstance(value, str) and value and _uses_subject(params):
            yield value
        elif param.kind == "lines" and isinstance(value, tuple | list):
            for line in value:
                yield from template.names(line) if isinstance(line, str) else ()
        elif param.kind == "rows" and isinstance(value, tuple | list):
            for row in value:
                yield from _names(row, param.columns) if isinstance(row, Mapping) else ()


def _uses_subject(row: Mapping[str, Any]) -> bool:
    test = TESTS.get(str(row.get("test", "")))
    return test is None or test.needs_subject
