"""Typed fields that a team adds to its conversations and visitors."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Field(models.Model):
    """One thing that is kept of each conversation, or of each visitor: a size, a contract's end, a plan."""

    class Owner(models.TextChoices):
        """What it is kept of."""

        CONVERSATION = "conversation", "Conversation"
        VISITOR = "visitor", "Visitor"

    class Kind(models.TextChoices):
        """What its values are."""

        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        CHECKBOX = "checkbox", "Yes or no"
        CHOICE = "choice", "One of a list"

    key = models.SlugField(max_length=40, unique=True, help_text="Flows read it as field.<key>.")
    label = models.CharField(max_length=80)
    owner = models.CharField("kept of", max_length=12, choices=Owner.choices, default=Owner.CONVERSATION)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="For one of a list: the list, separated by commas.",
    )

    class Meta:
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="field_key_is_plain"),
            models.CheckConstraint(
                condition=Q(owner__in=["conversation", "visitor"]), name="field_owner_is_a_real_choice"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "number", "date", "checkbox", "choice"]),
                name="field_kind_is_a_real_choice",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FieldValue(models.Model):
    """What one field is for one conversation or one visitor; as canonical text."""

    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="values")
    conversation = models.ForeignKey(
        "conversations.Conversation", null=True, blank=True, on_delete=models.CASCADE, related_name="field_values"
    )
    visitor = models.ForeignKey(
        "conversations.Visitor", null=True, blank=True, on_delete=models.CASCADE, related_name="field_values"
    )
    value = models.CharField(max_length=500)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["field", "conversation"],
                condition=Q(conversation__isnull=False),
                name="field_one_value_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["field", "visitor"], condition=Q(visitor__isnull=False), name="field_one_value_per_visitor"
            ),
            models.CheckConstraint(
                condition=Q(conversation__isnull=True, visitor__isnull=False)
                | Q(conversation__isnull=False, visitor__isnull=True),
                name="field_value_has_one_owner",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="field_value_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"
