"""One request for a person, and what the person inherits."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from handoff.outcomes import ReasonCode, Urgency
from handoff.states import Outcome, State

REASON_LENGTH = 280


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """The ways in which handoffs are looked for."""

    def open(self) -> Self:
        """Those that are requested or engaged."""
        return self.exclude(state=State.FINISHED)

    def waiting(self) -> Self:
        """Those that nobody has taken yet."""
        return self.filter(state=State.REQUESTED)

    def longest_waiting_first(self) -> Self:
        """In the order in which people should be helped."""
        return self.order_by("requested_at", "pk")


class Handoff(models.Model):
    """One request for a person: requested, engaged, finished; always with a code and a written reason.

    Only handoff.services writes `state`. While one is open it says who leads; no other row does.
    """

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.PROTECT, related_name="handoffs")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value.title()) for s in State], default=State.REQUESTED.value
    )
    code = models.CharField(
        "reason code", max_length=20, choices=[(c.value, c.value.replace("_", " ")) for c in ReasonCode]
    )
    reason = models.CharField("written reason", max_length=REASON_LENGTH)
    urgency = models.CharField(
        max_length=10, choices=[(u.value, u.value) for u in Urgency], default=Urgency.NORMAL.value
    )
    requested_by = models.CharField(max_length=10, help_text="visitor, assistant, flow or person")
    requested_at = models.DateTimeField()
    engaged_at = models.DateTimeField(null=True, blank=True)
    engaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="engaged_handoffs"
    )
    engaged_desk = models.CharField(max_length=40, blank=True, help_text="The help desk of an outside person.")
    engaged_name = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="finished_handoffs"
    )
    outcome = models.CharField(max_length=10, choices=[(o.value, o.value.title()) for o in Outcome], blank=True)
    note = models.TextField(blank=True, help_text="What the person told the assistant on handing back.")

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=~Q(state="finished"), name="handoff_one_open_per_conversation"
            ),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="handoff_has_a_written_reason"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="handoff_state_is_a_real_choice"
            ),
            models.CheckConstraint(
                condition=Q(code__in=[c.value for c in ReasonCode]), name="handoff_code_is_a_real_choice"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=[u.value for u in Urgency]), name="handoff_urgency_is_a_real_choice"
            ),
            models.CheckConstraint(
                condition=Q(requested_by__in=["visitor", "assistant", "flow", "person"]),
                name="handoff_requested_by_is_a_real_choice",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", engaged_at__isnull=True, finished_at__isnull=True)
                | Q(state="engaged", engaged_at__isnull=False, finished_at__isnull=True)
                | Q(state="finished", finished_at__isnull=False),
                name="handoff_state_and_times_agree",
            ),
            models.CheckConstraint(
                condition=(Q(engaged_at__isnull=True) | Q(engaged_at__gte=F("requested_at")))
                & (Q(finished_at__isnull=True) | Q(finished_at__gte=F("requested_at")))
                & (Q(finished_at__isnull=True) | Q(engaged_at__isnull=True) | Q(finished_at__gte=F("engaged_at"))),
                name="handoff_times_run_forward",
            ),
            models.CheckConstraint(
                condition=Q(engaged_at__isnull=True)
                | Q(engaged_by__isnull=False)
                | (~Q(engaged_desk="") & ~Q(engaged_name="")),
                name="handoff_engaged_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(state="finished", outcome__in=[o.value for o in Outcome])
                | (~Q(state="finished") & Q(outcome="")),
                name="handoff_finished_says_how_it_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "requested_at"], condition=~Q(state="finished"), name="handoff_open_by_wait"),
            models.Index(fields=["conversation", "id"], name="handoff_by_conversation"),
        ]

    def __str__(self) -> str:
        return f"Handoff {self.pk} ({self.state}): {self.reason}"

    @property
    def person_name(self) -> str:
        """Who is on it, or an empty text while nobody is."""
        return self.engaged_by.shown_name if self.engaged_by else self.engaged_name


class Briefing(models.Model):
    """What the person inherits, frozen when the handoff is requested."""

    handoff = models.OneToOneField(Handoff, on_delete=models.CASCADE, related_name="briefing")
    open_question = models.TextField(blank=True, help_text="What the customer still wants, in their words.")
    facts = models.JSONField(default=list, help_text="Remembered facts: key, value, seq.")
    attempts = models.JSONField(default=list, help_text="What was tried: kind, query, found, result, shown.")
    context = models.JSONField(default=dict, help_text="Who, where, with what, and the pages browsed.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Briefing of handoff {self.handoff_id}"
