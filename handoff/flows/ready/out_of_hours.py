"""Out of hours: while nobody works, the question is kept with an e-mail address instead of letting somebody wait."""

from __future__ import annotations

from handoff.flows.ready.shape import Data, Names, Ready, email, holds, say, step

CLOSED = (
    "This is a question for a person, and nobody from our team is here right now. I pass it on with our whole "
    "conversation, so that it is answered once they are back."
)


def data(names: Names) -> Data:
    """The flow, as plain data."""
    reason, team = "{{assistant.reason}}", names.team
    night = {"code": "flow_step", "urgency": "low", "team": team, "quiet": True}
    by_email = night | {"reason": f"{reason} Outside business hours: answer to {{{{email}}}}."}
    by_chat = night | {"reason": f"{reason} Outside business hours, and no e-mail address."}
    return {
        "entries": {"fallback": {"step": "assistant"}},
        "steps": [
            step("assistant", "assistant", "The assistant leads", {"answers": 0},
                 out_of_depth="open", wants_person="open", failed="open"),
            holds("open", "Is somebody here?", "", "in_business_hours", names.hours, yes="person", no="closed"),
            step("person", "hand_off", "A teammate, now", {"reason": reason, "code": "flow_step", "team": team}, returned="back"),
            say("closed", "Say that we are closed", CLOSED, "contact"),
            email("contact", "E-mail address", "To which e-mail address may we answer?", answered="kept", gave_up="no_address"),
            say("kept", "Say what happens", "Thank you. You get the answer at {{email}}, and you need not wait here.", "by_email"),
            step("by_email", "hand_off", "A teammate, by e-mail", by_email, returned="back"),
            say("no_address", "Say what happens", "That is fine. The answer will stand here when you come back to this chat.", "by_chat"),
            step("by_chat", "hand_off", "A teammate, here later", by_chat, returned="back"),
            say("back", "Welcome back", "{{person.name}} has answered, and I am here again. Is there anything else?", "assistant"),
        ],
    }  # fmt: skip


OUT_OF_HOURS = Ready(
    name="Out of hours",
    description=(
        "The assistant answers at any hour. Where a person is needed, they come at once while your team works; outside its "
        "hours the customer is told so, leaves an e-mail address, and the request waits with low urgency."
    ),
    data=data,
    needs=("Business hours, in the condition. Set them up under “People and routing” first.",),
)
