"""What an admin designs, what was published, and where each conversation stands in it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from handoff.flows.moves import WAITS
from handoff.flows.script import EMPTY, ENTRIES

ENDINGS = {
    "finished": "Came to its end",
    "resolved": "Closed the conversation",
    "moved": "Went on in another flow",
    "left": "A person decided otherwise",
    "failed": "Could not go on",
}


def empty_script() -> dict[str, Any]:
    """A flow without steps."""
    return {key: type(value)() for key, value in EMPTY.items()}


class Flow(models.Model):
    """What happens before, around and after the assistant. The draft may be anything; what runs is `live`."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True, help_text="Other flows and files name it so.")
    draft = models.JSONField(default=empty_script)
    draft_number = models.PositiveIntegerField(default=0, help_text="Grows with each change of the draft.")
    draft_at = models.DateTimeField(db_default=Now())
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="flow_drafts"
    )
    live = models.ForeignKey(
        "handoff.FlowVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="live_flows"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One published script. The database refuses to change or delete it: runs keep the one they started with."""

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    script = models.JSONField()
    published_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="published_flows"
    )
    note = models.CharField(max_length=200, blank=True, help_text="What changed, in the publisher's words.")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_version_number_is_given_once")]

    def __str__(self) -> str:
        return f"{self.flow} {self.number}"


class FlowRunQuerySet(models.QuerySet["FlowRun"]):
    """The ways in which runs are looked for."""

    def live(self) -> Self:
        """Those that have not ended."""
        return self.filter(state=FlowRun.State.LIVE)


class FlowRun(models.Model):
    """Where one conversation stands in a flow: the checkpoint. Only handoff.runs writes it."""

    class State(models.TextChoices):
        """Whether it goes on."""

        LIVE = "live", "Live"
        ENDED = "ended", "Ended"

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.PROTECT, related_name="flow_runs")
    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="runs")
    event = models.ForeignKey(
        "conversations.Event",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="flow_runs",
        help_text="What it began with; empty where a person's choice or another flow led here.",
    )
    entry = models.CharField(max_length=20, choices=list(ENTRIES.items()))
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    ending = models.CharField(max_length=10, choices=list(ENDINGS.items()), blank=True)
    step = models.CharField(max_length=40)
    waits_for = models.CharField(max_length=10, choices=[(one, one or "nothing") for one in WAITS], blank=True)
    until = models.DateTimeField(null=True, blank=True)
    variables = models.JSONField(default=dict, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0, help_text="The newest entry whose words it has used.")
    moves = models.PositiveIntegerField(default=0)
    calling = models.CharField(max_length=40, blank=True, help_text="The key of an outside call that has begun.")
    handoff = models.ForeignKey(
        "handoff.Handoff", null=True, blank=True, on_delete=models.PROTECT, related_name="flow_runs"
    )
    wraps_up = models.BooleanField(default=False, help_text="When it ends, the conversation is closed.")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FlowRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="live"), name="flow_run_one_live_per_conversation"
            ),
            models.UniqueConstraint(fields=["event"], condition=Q(event__isnull=False), name="flow_run_one_per_event"),
            models.CheckConstraint(condition=Q(state__in=["live", "ended"]), name="flow_run_state_is_a_real_choice"),
            models.CheckConstraint(condition=Q(entry__in=list(ENTRIES)), name="flow_run_entry_is_a_real_choice"),
            models.CheckConstraint(condition=Q(waits_for__in=list(WAITS)), name="flow_run_waits_for_is_a_real_choice"),
            models.CheckConstraint(
                condition=Q(state="live", ending="", ended_at__isnull=True)
                | Q(state="ended", ending__in=list(ENDINGS), ended_at__isnull=False),
                name="flow_run_ended_says_how_and_when",
            ),
            models.CheckConstraint(condition=~Q(step=""), name="flow_run_knows_where_it_stands"),
            models.CheckConstraint(
                condition=~Q(waits_for="time") | Q(until__isnull=False), name="flow_run_that_waits_knows_until_when"
            ),
            models.CheckConstraint(
                condition=~Q(waits_for="person") | Q(handoff__isnull=False), name="flow_run_that_sleeps_has_its_handoff"
            ),
        ]
        indexes = [models.Index(fields=["conversation", "-id"], name="flow_run_by_conversation")]

    def __str__(self) -> str:
        return f"{self.version} in {self.conversation}"


class Timer(models.Model):
    """One alarm: at `due_at` an event is recorded and the row is gone, in one transaction, so that it rings once."""

    class Kind(models.TextChoices):
        """What it is for."""

        STEP = "step", "A step waits until then"
        INACTIVITY = "inactivity", "The customer has fallen silent"
        WRAP_UP = "wrap_up", "Wrapping up has taken long enough"

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField()
    run = models.ForeignKey(FlowRun, null=True, blank=True, on_delete=models.CASCADE, related_name="timers")

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind"], name="timer_one_per_kind_and_conversation"),
            models.CheckConstraint(
                condition=Q(kind__in=["step", "inactivity", "wrap_up"]), name="timer_kind_is_a_real_choice"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="timer_by_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.conversation} at {self.due_at:%H:%M:%S}"
