"""The customers in the embedded chat page, and the pages that they browsed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Visitor(models.Model):
    """The customer: anonymous, claimed (they typed a name or e-mail) or verified (signed by the host page)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    chat_page = models.ForeignKey("conversations.ChatPage", on_delete=models.PROTECT, related_name="visitors")
    external_id = models.CharField(
        max_length=120, blank=True, help_text="The host page's own id of them; only a signed identity sets it."
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    attributes = models.JSONField(default=dict, blank=True, help_text="Signed by the host page, such as vip.")
    claims = models.JSONField(default=dict, blank=True, help_text="Unsigned: shown, but nothing is routed by them.")
    language = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=120, blank=True)
    place_source = models.CharField(max_length=20, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=60, blank=True)
    device = models.CharField(max_length=60, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    page_url = models.CharField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    visits = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chat_page", "external_id"],
                condition=~Q(external_id=""),
                name="visitor_one_per_signed_identity",
            ),
            models.CheckConstraint(
                condition=Q(place_source__in=["", "time zone", "proxy", "GeoIP"]),
                name="visitor_place_source_is_a_real_choice",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"Visitor {self.pk}"

    @property
    def identity(self) -> str:
        """How sure we are of who this is: anonymous, claimed or verified."""
        if self.external_id:
            return "verified"
        return "claimed" if self.name or self.email else "anonymous"

    @property
    def is_vip(self) -> bool:
        """Whether the host page has signed that they are; their own word never counts."""
        return self.attributes.get("vip") is True


class PageView(models.Model):
    """A page that the visitor browsed."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="page_views")
    view_id = models.UUIDField(help_text="Made in the browser, so that a repeated report is one row.")
    url = models.CharField(max_length=1000)
    title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["visitor", "view_id"], name="page_view_reported_once"),
        ]
        indexes = [models.Index(fields=["visitor", "seen_at"], name="page_view_by_visitor")]

    def __str__(self) -> str:
        return self.title or self.url
