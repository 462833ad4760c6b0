"""VIP to account manager: who is marked as VIP goes to the person who knows them."""

from __future__ import annotations

from handoff.flows.ready.shape import Data, Names, Ready, holds, say, step

NOTE = "Welcome back. Let me bring in your account manager, who will have our whole conversation."
INSTEAD = "Your account manager is not here right now. Let me bring in a colleague, so that you need not wait."


def data(names: Names) -> Data:
    """The flow, as plain data."""
    whom = f"teammate:{names.teammate}" if names.teammate else ""
    hers = {
        "reason": "VIP: {{visitor.name}} goes to the account manager.",
        "code": "policy_rule", "urgency": "high", "teammate": names.teammate, "note": NOTE,
    }  # fmt: skip
    other = {
        "reason": "VIP: {{visitor.name}}, and the account manager is not available.",
        "code": "policy_rule", "urgency": "high", "team": names.team, "note": INSTEAD,
    }  # fmt: skip
    return {
        "entries": {"fallback": {"step": "vip"}},
        "steps": [
            holds("vip", "A VIP?", "visitor.vip", "equals", "yes", yes="free", no="assistant"),
            holds("free", "Is the account manager here?", "", "teammate_available", whom, yes="manager", no="colleague"),
            step("manager", "hand_off", "The account manager", hers, returned="back", failed="colleague"),
            step("colleague", "hand_off", "A colleague", other, returned="back"),
            say("back", "Welcome back", "{{person.name}} has left for now. I answer what I can, and bring them back whenever you ask.", "with_vip"),
            step("with_vip", "assistant", "The assistant, for a VIP", {"answers": 0},
                 out_of_depth="free", wants_person="free", failed="free"),
            step("assistant", "assistant", "The assistant, for all others", {"answers": 0}),
        ],
    }  # fmt: skip


VIP_ACCOUNT_MANAGER = Ready(
    name="VIP to account manager",
    description=(
        "Whom your site has signed as a VIP goes straight to their account manager, or to a colleague while that person is "
        "away. Everybody else talks to the assistant."
    ),
    data=data,
    needs=(
        "The teammate who is the account manager, in the condition and in the handoff.",
        "Signed identities with “vip” on your site: an unsigned claim counts for nothing.",
    ),
)
