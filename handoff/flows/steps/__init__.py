"""Every kind of step in one table. A new kind is one description and one small function in a module here.

The steps of connected help desks get a module of their own beside these.
"""

from handoff.flows.kinds import Kind
from handoff.flows.steps.deciding import DECIDING
from handoff.flows.steps.doing import DOING
from handoff.flows.steps.handing import HANDING
from handoff.flows.steps.talking import TALKING

STEPS: dict[str, Kind] = {kind.name: kind for kind in (*TALKING, *DECIDING, *HANDING, *DOING)}
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(kind.group for kind in STEPS.values()))

__all__ = ["GROUPS", "STEPS"]
