"""What a ready flow is: a name, its data for a house with certain names, and what has to be chosen before publishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What this house calls its own; what is empty is chosen in the editor, or left out where it is not needed."""

    tag: str = ""
    team: str = ""
    teammate: str = ""  # the user name
    hours: str = ""
    rating_field: str = ""  # the keys of fields that keep what customers answer
    amount_field: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A flow to begin with: it can be published once what it `needs` has been chosen."""

    name: str
    description: str
    data: Callable[[Names], Data]
    needs: tuple[str, ...] = ()


def step(step_id: str, kind: str, title: str, params: Data | None = None, **exits: str) -> Data:
    """One step as plain data."""
    return {"id": step_id, "kind": kind, "title": title, "params": params or {}, "exits": exits}


def keep(step_id: str, title: str, field: str, value: str, then: str) -> list[Data]:
    """The step that keeps the value in the field; none without a field."""
    return [step(step_id, "set_field", title, {"field": field, "value": value}, next=then)] if field else []


def say(step_id: str, title: str, text: str, then: str, options: tuple[str, ...] = ()) -> Data:
    """A message, and where it goes on."""
    return step(step_id, "send_message", title, {"text": text, "options": list(options)}, next=then)


def holds(step_id: str, title: str, subject: str, test: str, value: str, *, yes: str, no: str) -> Data:
    """One condition, and where each answer leads."""
    row = {"subject": subject, "negate": False, "test": test, "value": value}
    return step(step_id, "condition", title, {"match": "all", "conditions": [row]}, yes=yes, no=no)


def email(step_id: str, title: str, question: str, *, answered: str, gave_up: str) -> Data:
    """Their e-mail address, asked for at most twice."""
    params = {"what": "email", "question": question, "tries": 2}
    return step(step_id, "capture_contact", title, params, answered=answered, gave_up=gave_up)
