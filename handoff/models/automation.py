"""What a chat page runs by itself."""

from __future__ import annotations

from django.db import models

from handoff.models.assistants import Assistant
from handoff.models.people import Team

DEFAULT_NOTE = "Let me bring in a teammate. They will have our whole conversation."


class Automation(models.Model):
    """What a chat page runs: its assistant, the team that gets its handoffs, the customer's note."""

    chat_page = models.OneToOneField("conversations.ChatPage", on_delete=models.CASCADE, related_name="automation")
    assistant = models.ForeignKey(
        Assistant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="automations",
        help_text="Empty: every conversation goes straight to a person.",
    )
    flow = models.ForeignKey(
        "handoff.Flow",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="automations",
        help_text="What happens before, around and after the assistant. Empty: the assistant leads from the first word.",
    )
    default_team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="automations",
        help_text="Gets the handoffs that nothing else routes.",
    )
    note = models.CharField(
        "customer's note",
        max_length=300,
        default=DEFAULT_NOTE,
        help_text="What the customer reads when a teammate is brought in.",
    )

    class Meta:
        verbose_name_plural = "automation"
        constraints = [
            models.CheckConstraint(condition=models.Q(note__regex=r"\S"), name="automation_note_is_not_empty")
        ]

    def __str__(self) -> str:
        return f"What {self.chat_page} runs"
