"""The entries of a thread: what was said, and the state lines between."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

AUTOMATION = ("assistant", "flow")


class Message(models.Model):
    """One entry of a thread at its place: something said, or a state line (a kind and parameters, no text).

    Written by the database function `append_entry` alone, so that the order, the repeat guard and the
    journal are one rule for every caller.
    """

    class Author(models.TextChoices):
        """Who said it."""

        VISITOR = "visitor", "Visitor"
        ASSISTANT = "assistant", "Assistant"
        FLOW = "flow", "Flow"
        PERSON = "person", "Person"
        SYSTEM = "system", "System"

    class Audience(models.TextChoices):
        """Who may see it."""

        EVERYONE = "everyone", "Everyone"
        TEAM = "team", "Teammates only"

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    author = models.CharField(max_length=10, choices=Author.choices)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    body = models.TextField(blank=True)
    line = models.CharField(max_length=40, blank=True, help_text="The kind of a state line; empty for words.")
    params = models.JSONField(default=dict, blank=True)
    author_name = models.CharField(max_length=120, blank=True)
    teammate = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    turn = models.ForeignKey(
        "conversations.Turn", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    client_id = models.UUIDField(null=True, blank=True, help_text="Made by the sender, so that a retry sends once.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_one_total_order"),
            models.UniqueConstraint(
                fields=["conversation", "client_id"],
                condition=Q(client_id__isnull=False),
                name="message_repeated_client_id_sends_once",
            ),
            models.CheckConstraint(
                condition=Q(author__in=["visitor", "assistant", "flow", "person", "system"]),
                name="message_author_is_a_real_choice",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["everyone", "team"]), name="message_audience_is_a_real_choice"
            ),
            models.CheckConstraint(
                condition=(Q(author="person") & ~Q(author_name="") & Q(turn__isnull=True))
                | (Q(author__in=AUTOMATION) & Q(turn__isnull=False) & Q(teammate__isnull=True))
                | (Q(author__in=["visitor", "system"]) & Q(turn__isnull=True) & Q(teammate__isnull=True)),
                name="message_author_matches_source",
            ),
            models.CheckConstraint(condition=Q(body__regex=r"\S") | ~Q(line=""), name="message_is_not_empty"),
            models.CheckConstraint(condition=Q(line="") | Q(author="system"), name="message_line_is_the_systems"),
        ]

    def __str__(self) -> str:
        return f"{self.author} {self.seq}: {self.body[:40] or self.line}"
