"""The right of automation to speak."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class TurnQuerySet(models.QuerySet["Turn"]):
    """The ways in which turns are looked for."""

    def unended(self) -> Self:
        """Those that may still speak: queued or running."""
        return self.filter(state__in=[Turn.State.QUEUED, Turn.State.RUNNING])


class Turn(models.Model):
    """The right of automation to answer one event; the only way that automation can speak.

    The lease says until when its worker is believed alive; the claim number tells an old worker from the
    one that took the turn up after it.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.PROTECT, related_name="turns")
    event = models.ForeignKey("conversations.Event", on_delete=models.PROTECT, related_name="turns")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    claim = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField()
    upto_seq = models.PositiveIntegerField(help_text="The newest entry that it has to answer.")
    draft = models.TextField(blank=True, help_text="Words that were thought but never sent.")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event"], name="turn_one_per_event"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="running"), name="turn_one_running_per_conversation"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "completed", "cancelled"]),
                name="turn_state_is_a_real_choice",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["completed", "cancelled"], ended_at__isnull=False),
                name="turn_ended_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["queued", "running"]), name="turn_unended_by_lease"
            ),
            models.Index(fields=["conversation", "id"], name="turn_by_conversation"),
        ]

    def __str__(self) -> str:
        return f"Turn {self.pk} ({self.state})"
