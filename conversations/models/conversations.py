"""Where a visitor reaches us, and the threads that they have with us there."""

from __future__ import annotations

import secrets
import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


def new_identity_secret() -> str:
    """A fresh secret with which a host page signs who its visitor is."""
    return secrets.token_urlsafe(32)


class ChatPage(models.Model):
    """One place of contact, with its greeting, its look, and who may embed it."""

    class Hue(models.TextChoices):
        """The accent of the chat page's header and buttons."""

        TEAL = "teal", "Teal"
        VIOLET = "violet", "Violet"
        INDIGO = "indigo", "Indigo"
        ROSE = "rose", "Rose"
        SLATE = "slate", "Slate"

    slug = models.SlugField(unique=True, help_text="The chat page lives at /chat/<slug>/.")
    name = models.CharField(max_length=80, help_text="The customer sees it in the header.")
    greeting = models.TextField(help_text="The first words that a customer reads, before anything was said.")
    hue = models.CharField("accent", max_length=10, choices=Hue.choices, default=Hue.TEAL)
    locale = models.CharField(max_length=10, choices=[("en", "English"), ("tr", "Türkçe")], default="en")
    allowed_origins = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Sites that may embed this chat, such as https://shop.example, separated by commas. Empty: only our own.",
    )
    identity_secret = models.CharField(
        max_length=80,
        default=new_identity_secret,
        help_text="The host page's server signs its visitor's identity with it. Keep it out of any page.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(locale__in=["en", "tr"]), name="chat_page_locale_is_a_real_choice"),
            models.CheckConstraint(
                condition=Q(hue__in=["teal", "violet", "indigo", "rose", "slate"]),
                name="chat_page_hue_is_a_real_choice",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that teammates sort conversations by."""

    class Colour(models.TextChoices):
        """The tag's tint, told apart by its word as well."""

        GREY = "grey", "Grey"
        TEAL = "teal", "Teal"
        AMBER = "amber", "Amber"
        VIOLET = "violet", "Violet"
        RED = "red", "Red"

    name = models.CharField(max_length=40, unique=True)
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.GREY)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(colour__in=["grey", "teal", "amber", "violet", "red"]),
                name="tag_colour_is_a_real_choice",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """The ways in which conversations are looked for."""

    def unresolved(self) -> Self:
        """Those that are open or snoozed."""
        return self.exclude(status=Conversation.Status.RESOLVED)

    def locked(self, conversation_id: int) -> Conversation:
        """The row, locked until the transaction ends; every writer of a conversation starts here."""
        return self.select_for_update(no_key=True).get(pk=conversation_id)


class Conversation(models.Model):
    """One thread between a visitor and us on one chat page."""

    class Status(models.TextChoices):
        """Whether the thread is going on; it says nothing about who speaks."""

        OPEN = "open", "Open"
        SNOOZED = "snoozed", "Snoozed"
        RESOLVED = "resolved", "Resolved"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    chat_page = models.ForeignKey(ChatPage, on_delete=models.PROTECT, related_name="conversations")
    visitor = models.ForeignKey("conversations.Visitor", on_delete=models.PROTECT, related_name="conversations")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    language = models.CharField(max_length=10, blank=True)
    last_seq = models.PositiveIntegerField(default=0, help_text="The seq of the newest entry.")
    last_words = models.CharField(max_length=160, blank=True)
    last_author = models.CharField(max_length=10, blank=True)
    last_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="conversations")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "chat_page"],
                condition=~Q(status="resolved"),
                name="conversation_one_unresolved_per_visitor_and_page",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "snoozed", "resolved"]),
                name="conversation_status_is_a_real_choice",
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at__isnull=True)),
                name="conversation_resolved_says_when",
            ),
        ]
        indexes = [models.Index(fields=["status", "-last_at"], name="conversation_by_status")]

    def __str__(self) -> str:
        return f"#{self.pk}"
