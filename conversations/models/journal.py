"""The append-only journal: history, audit and outbox in one table."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened; `delivered_at` is empty until each of its handlers has run.

    Never read it by id as a cursor: ids are given before commit, so a smaller one may appear later.
    """

    kind = models.CharField(max_length=40)
    conversation = models.ForeignKey(
        "conversations.Conversation", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    data = models.JSONField(default=dict)
    teammate = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(db_default=Now())
    trouble = models.CharField(max_length=300, blank=True, help_text="What went wrong at the last try.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["try_at"], condition=Q(delivered_at__isnull=True), name="event_undelivered"),
            models.Index(fields=["conversation", "id"], name="event_by_conversation"),
        ]

    def __str__(self) -> str:
        return self.kind
