"""The admin of the handoff: assistants and people are edited, handoffs are read."""

from handoff.admin import assistants, flows, handoffs, hours, people, secrets, threads

__all__ = ["assistants", "flows", "handoffs", "hours", "people", "secrets", "threads"]
