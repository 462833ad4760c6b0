"""What an engine or a flow may wish for, as frozen data; services decide whether a wish comes true."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

REASON_LIMIT = 280


class ReasonCode(enum.StrEnum):
    """Why a person is asked for: the closed list that inbox, reports and rules sort by."""

    CUSTOMER_REQUEST = "customer_request"
    OUT_OF_SCOPE = "out_of_scope"
    LOW_CONFIDENCE = "low_confidence"
    NOT_PERMITTED = "not_permitted"
    POLICY_RULE = "policy_rule"
    FRUSTRATION = "frustration"
    LOOP = "loop"
    HIGH_VALUE = "high_value"
    SAFETY = "safety"
    ASSISTANT_ERROR = "assistant_error"
    INTEGRATION_ERROR = "integration_error"
    FLOW_STEP = "flow_step"
    TEAMMATE_PULL = "teammate_pull"


class Urgency(enum.StrEnum):
    """How soon a person is needed."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Card:
    """A link with a face: shown below the words."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One line of a form in the chat page."""

    name: str
    label: str
    kind: str
    required: bool = True
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """One text for the customer, with what may stand below it: quick replies, a card, or a form."""

    text: str
    options: Sequence[str] = ()
    card: Card | None = None
    form: Sequence[FormField] = ()
    by: str = ""  # assistant, or empty for whoever wishes it

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("Say needs words: an empty message must never reach the customer.")

    @property
    def params(self) -> dict[str, Any]:
        """What the message keeps beside its words."""
        found: dict[str, Any] = {}
        if self.options:
            found["options"] = [one[:200] for one in self.options]
        if self.card:
            found["card"] = {"title": self.card.title[:200], "text": self.card.text[:1000], "url": self.card.url}
        if self.form:
            fields = [
                {"name": f.name, "label": f.label, "kind": f.kind, "required": f.required, "options": list(f.options)}
                for f in self.form
            ]
            found["form"] = {"fields": fields}
        return found


@dataclass(frozen=True, slots=True)
class Remember:
    """One fact about the visitor, with the entry that it was learned from (0: none)."""

    key: str
    value: str
    seq: int

    def __post_init__(self) -> None:
        if not self.key or not self.value.strip():
            raise ValueError("Remember needs a key and a value.")


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A person is needed; the reason is one sentence that a teammate reads before opening the chat.

    The customer's word about it is written with the handoff's row, so that none is announced without one:
    `note` is the caller's own, and without it the chat page's; `quiet` where the flow has said it already.
    """

    code: ReasonCode
    reason: str
    open_question: str = ""
    note: str = ""
    quiet: bool = False
    urgency: Urgency = Urgency.NORMAL
    team: str = ""
    teammate: str = ""  # the username

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("A handoff has a written reason, always.")
        if len(self.reason) > REASON_LIMIT:
            raise ValueError(f"A reason has at most {REASON_LIMIT} characters, this one has {len(self.reason)}.")


@dataclass(frozen=True, slots=True)
class Tag:
    """Put a tag on the conversation, or take it off."""

    name: str
    add: bool = True


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a typed field its value; an empty one clears it."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Make a teammate (by username) or a team (by name) responsible; it says nothing about who speaks."""

    teammate: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that did not work, in words for teammates: a call that failed, a tag that is gone."""

    words: str


Wish = Say | Remember | RequestHandoff | Tag | SetField | Assign | Trouble
