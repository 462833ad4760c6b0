"""The persons on our side, and the teams whose queue they share."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class Teammate(AbstractUser):
    """A person on our side: agent, supervisor, flow builder or admin."""

    class Role(models.TextChoices):
        """What they do here."""

        AGENT = "agent", "Agent"
        SUPERVISOR = "supervisor", "Supervisor"
        FLOW_BUILDER = "flow_builder", "Flow builder"
        ADMIN = "admin", "Admin"

    class Availability(models.TextChoices):
        """Whether they take new conversations now."""

        ONLINE = "online", "Online"
        BUSY = "busy", "Busy"
        AWAY = "away", "Away"

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.AGENT)
    display_name = models.CharField(
        max_length=80, blank=True, help_text="The name that customers see. Empty: the first name."
    )
    availability = models.CharField(max_length=10, choices=Availability.choices, default=Availability.ONLINE)
    sound_on = models.BooleanField("sound for new handoffs", default=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "teammate"
        verbose_name_plural = "teammates"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["agent", "supervisor", "flow_builder", "admin"]),
                name="teammate_role_is_a_real_choice",
            ),
            models.CheckConstraint(
                condition=Q(availability__in=["online", "busy", "away"]),
                name="teammate_availability_is_a_real_choice",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name that customers and teammates see; never empty."""
        return self.display_name or self.first_name or self.username

    @property
    def initials(self) -> str:
        """One or two letters for the face."""
        words = self.shown_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Team(models.Model):
    """Teammates who share a queue."""

    name = models.CharField(max_length=80, unique=True)
    members = models.ManyToManyField(Teammate, blank=True, related_name="teams")
    hours = models.ForeignKey(
        "handoff.BusinessHours",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="teams",
        help_text="When this team works. Empty: always.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
