"""Assistant first, then a person: the assistant leads, and a person comes where it ends."""

from __future__ import annotations

from handoff.flows.ready.shape import Data, Names, Ready, say, step

SILENCE, PATIENCE = 300, 900
NUDGE = (
    "Are you still there? If nothing is open any more, I close our conversation in a while. You can always write again."
)


def data(names: Names) -> Data:
    """The flow, as plain data."""
    reason, team = "{{assistant.reason}}", names.team
    silence = {"step": "nudge", "seconds": SILENCE, "each_time": False}
    return {
        "entries": {"fallback": {"step": "assistant"}, "inactivity": silence},
        "steps": [
            step("assistant", "assistant", "The assistant leads", {"answers": 0},
                 out_of_depth="expert", wants_person="person", failed="rescue"),
            step("expert", "hand_off", "Out of its depth",
                 {"reason": reason, "code": "out_of_scope", "team": team}, returned="back"),
            step("person", "hand_off", "They want a person",
                 {"reason": reason, "code": "customer_request", "team": team}, returned="back"),
            step("rescue", "hand_off", "The assistant failed",
                 {"reason": reason, "code": "assistant_error", "urgency": "high", "team": team}, returned="back"),
            say("back", "Welcome back", "{{person.name}} has left, and I am here again. What else can I do for you?", "assistant"),
            say("nudge", "Ask whether they are there", NUDGE, "patience", ("I am still here",)),
            step("patience", "wait", "Wait a while", {"seconds": PATIENCE}, next="close"),
            step("close", "resolve", "Close it"),
        ],
    }  # fmt: skip


ASSISTANT_FIRST = Ready(
    name="Assistant first, then a person",
    description=(
        "The assistant answers as long as it can. When it is out of its depth, fails, or the customer wants a person, a person "
        "comes with the assistant's own reason. Whoever falls silent is asked once, and then the conversation is closed."
    ),
    data=data,
    needs=("A team, if not the chat page's default team gets these.",),
)
