"""The admin of the handoff: assistants and people are edited, handoffs are read."""

from handoff.admin import assistants, handoffs, hours, people, secrets, threads

__all__ = ["assistants", "handoffs", "hours", "people", "secrets", "threads"]
