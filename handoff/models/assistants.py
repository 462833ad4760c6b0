"""The AI: who it is, what it knows, and what it tried."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Assistant(models.Model):
    """The AI: persona, instructions and engine."""

    class Engine(models.TextChoices):
        """What does its thinking."""

        BUILTIN = "builtin", "Built in (answers from the knowledge articles, no key needed)"

    name = models.CharField(max_length=80, help_text="Customers see it, with the words AI assistant beside it.")
    instructions = models.TextField(blank=True, help_text="How it should behave, in plain language.")
    engine = models.CharField(max_length=20, choices=Engine.choices, default=Engine.BUILTIN)
    sureness = models.FloatField(
        "how sure must it be?",
        default=0.5,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="From 0 (answers boldly) to 1 (hands off at the slightest doubt).",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(engine__in=["builtin"]), name="assistant_engine_is_a_real_choice"),
            models.CheckConstraint(
                condition=Q(sureness__gte=0.0, sureness__lte=1.0), name="assistant_sureness_is_from_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KnowledgeArticle(models.Model):
    """One page of what an assistant knows; `words` is kept by the database and searched."""

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="articles")
    title = models.CharField(max_length=160)
    body = models.TextField()
    url = models.CharField("link", max_length=500, blank=True, help_text="Where the customer can read more.")
    language = models.CharField(max_length=10, choices=[("en", "English"), ("tr", "Türkçe")], default="en")
    words = SearchVectorField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["en", "tr"]), name="article_language_is_a_real_choice"),
            models.CheckConstraint(condition=Q(body__regex=r"\S"), name="article_says_something"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="article_words"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="article_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One thing that the assistant tried in a turn, and what came of it."""

    class Kind(models.TextChoices):
        """What was tried."""

        SEARCH = "search", "Searched"
        ANSWER = "answer", "Answered"
        REMEMBER = "remember", "Remembered"

    turn = models.ForeignKey("conversations.Turn", on_delete=models.CASCADE, related_name="attempts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    query = models.CharField(max_length=500, blank=True)
    found = models.JSONField(default=list, help_text="The titles of what was found.")
    result = models.CharField(max_length=500)
    shown = models.BooleanField(default=False, help_text="Whether the customer saw it.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["search", "answer", "remember"]), name="attempt_kind_is_a_real_choice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.query}"
