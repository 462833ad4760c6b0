"""Flows, their published versions, where each conversation stands in one, and their timers."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import handoff.models.flows


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("conversations", "0005_typed_fields"),
        ("handoff", "0006_urgency"),
    ]

    operations = [
        migrations.CreateModel(
            name="Flow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("slug", models.SlugField(help_text="Other flows and files name it so.", max_length=60, unique=True)),
                ("draft", models.JSONField(default=handoff.models.flows.empty_script)),
                (
                    "draft_number",
                    models.PositiveIntegerField(default=0, help_text="Grows with each change of the draft."),
                ),
                ("draft_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="FlowRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("start", "When the chat is opened"),
                            ("fallback", "When the customer writes"),
                            ("inactivity", "When the customer falls silent"),
                            ("handed_back", "When a person hands back"),
                            ("resolving", "Before the conversation is closed"),
                            ("resolved", "After the conversation was closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(choices=[("live", "Live"), ("ended", "Ended")], default="live", max_length=10),
                ),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("finished", "Came to its end"),
                            ("resolved", "Closed the conversation"),
                            ("moved", "Went on in another flow"),
                            ("left", "A person decided otherwise"),
                            ("failed", "Could not go on"),
                        ],
                        max_length=10,
                    ),
                ),
                ("step", models.CharField(max_length=40)),
                (
                    "waits_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing"),
                            ("answer", "answer"),
                            ("assistant", "assistant"),
                            ("time", "time"),
                            ("person", "person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("variables", models.JSONField(blank=True, default=dict)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "heard",
                    models.PositiveIntegerField(default=0, help_text="The newest entry whose words it has used."),
                ),
                ("moves", models.PositiveIntegerField(default=0)),
                (
                    "calling",
                    models.CharField(blank=True, help_text="The key of an outside call that has begun.", max_length=40),
                ),
                ("wraps_up", models.BooleanField(default=False, help_text="When it ends, the conversation is closed.")),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="FlowVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("script", models.JSONField()),
                ("published_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "note",
                    models.CharField(blank=True, help_text="What changed, in the publisher's words.", max_length=200),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Timer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("step", "A step waits until then"),
                            ("inactivity", "The customer has fallen silent"),
                            ("wrap_up", "Wrapping up has taken long enough"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["due_at"],
            },
        ),
        migrations.AddField(
            model_name="flow",
            name="draft_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="flow_drafts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="automation",
            name="flow",
            field=models.ForeignKey(
                blank=True,
                help_text="What happens before, around and after the assistant. Empty: the assistant leads from the first word.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="automations",
                to="handoff.flow",
            ),
        ),
        migrations.AddField(
            model_name="flowrun",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="flow_runs", to="conversations.conversation"
            ),
        ),
        migrations.AddField(
            model_name="flowrun",
            name="event",
            field=models.ForeignKey(
                blank=True,
                help_text="What it began with; empty where a person's choice or another flow led here.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="flow_runs",
                to="conversations.event",
            ),
        ),
        migrations.AddField(
            model_name="flowrun",
            name="handoff",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="flow_runs",
                to="handoff.handoff",
            ),
        ),
        migrations.AddField(
            model_name="flowversion",
            name="flow",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="handoff.flow"
            ),
        ),
        migrations.AddField(
            model_name="flowversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="published_flows",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flowrun",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="handoff.flowversion"
            ),
        ),
        migrations.AddField(
            model_name="flow",
            name="live",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="live_flows",
                to="handoff.flowversion",
            ),
        ),
        migrations.AddField(
            model_name="timer",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="timers", to="conversations.conversation"
            ),
        ),
        migrations.AddField(
            model_name="timer",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="timers",
                to="handoff.flowrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowversion",
            constraint=models.UniqueConstraint(fields=("flow", "number"), name="flow_version_number_is_given_once"),
        ),
        migrations.AddIndex(
            model_name="flowrun",
            index=models.Index(fields=["conversation", "-id"], name="flow_run_by_conversation"),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "live")),
                fields=("conversation",),
                name="flow_run_one_live_per_conversation",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event__isnull", False)), fields=("event",), name="flow_run_one_per_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["live", "ended"])), name="flow_run_state_is_a_real_choice"
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entry__in", ["start", "fallback", "inactivity", "handed_back", "resolving", "resolved"])
                ),
                name="flow_run_entry_is_a_real_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("waits_for__in", ["", "answer", "assistant", "time", "person"])),
                name="flow_run_waits_for_is_a_real_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ending", ""), ("state", "live")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ending__in", ["finished", "resolved", "moved", "left", "failed"]),
                        ("state", "ended"),
                    ),
                    _connector="OR",
                ),
                name="flow_run_ended_says_how_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("step", ""), _negated=True), name="flow_run_knows_where_it_stands"
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("waits_for", "time"), _negated=True), ("until__isnull", False), _connector="OR"
                ),
                name="flow_run_that_waits_knows_until_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("waits_for", "person"), _negated=True), ("handoff__isnull", False), _connector="OR"
                ),
                name="flow_run_that_sleeps_has_its_handoff",
            ),
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(fields=["due_at"], name="timer_by_due"),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.UniqueConstraint(
                fields=("conversation", "kind"), name="timer_one_per_kind_and_conversation"
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["step", "inactivity", "wrap_up"])), name="timer_kind_is_a_real_choice"
            ),
        ),
    ]
