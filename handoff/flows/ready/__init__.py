"""Flows to begin with, one module each: plain data that the editor offers, to be changed as the house needs it."""

from handoff.flows.ready.assistant_first import ASSISTANT_FIRST
from handoff.flows.ready.out_of_hours import OUT_OF_HOURS
from handoff.flows.ready.refund_over_amount import REFUND_OVER_AMOUNT
from handoff.flows.ready.shape import Names, Ready
from handoff.flows.ready.vip_account_manager import VIP_ACCOUNT_MANAGER

READY: dict[str, Ready] = {
    "refund_over_amount": REFUND_OVER_AMOUNT,
    "vip_account_manager": VIP_ACCOUNT_MANAGER,
    "assistant_first": ASSISTANT_FIRST,
    "out_of_hours": OUT_OF_HOURS,
}

__all__ = ["READY", "Names", "Ready"]
