"""The admin of flows: the list, the editor, the history, and the runs."""

from handoff.admin.flows import list, runs

__all__ = ["list", "runs"]
