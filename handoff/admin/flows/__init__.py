"""The admin of flows: the list, the editor, the history, and the runs."""

from handoff.admin.flows import listing, runs

__all__ = ["listing", "runs"]
