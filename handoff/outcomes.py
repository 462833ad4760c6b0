"""What an engine or a flow may wish for, as frozen data; services decide whether a wish comes true."""

from __future__ import annotations

import enum
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Say:
    """One text for the customer."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("Say needs words: an empty message must never reach the customer.")


@dataclass(frozen=True, slots=True)
class Remember:
    """One fact about the visitor, with the entry that it was learned from."""

    key: str
    value: str
    seq: int

    def __post_init__(self) -> None:
        if not self.key or not self.value.strip():
            raise ValueError("Remember needs a key and a value.")


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A person is needed; the reason is one sentence that a teammate reads before opening the chat.

    The note to the customer is the caller's, so that a handoff can never be announced without its row.
    """

    code: ReasonCode
    reason: str
    open_question: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("A handoff has a written reason, always.")
        if len(self.reason) > REASON_LIMIT:
            raise ValueError(f"A reason has at most {REASON_LIMIT} characters, this one has {len(self.reason)}.")


Wish = Say | Remember | RequestHandoff
