"""Who is responsible for a conversation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from handoff.models.people import Team, Teammate


class Assignment(models.Model):
    """Who is responsible: a teammate, a team, or both. It says nothing about who speaks."""

    conversation = models.OneToOneField(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="assignment"
    )
    teammate = models.ForeignKey(Teammate, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(teammate__isnull=False) | Q(team__isnull=False), name="assignment_names_someone"
            )
        ]

    def __str__(self) -> str:
        return " · ".join(str(one) for one in (self.teammate, self.team) if one)
