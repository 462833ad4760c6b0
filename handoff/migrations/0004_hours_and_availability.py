"""When teams work, and whether a teammate takes conversations now."""

import django.db.models.deletion
from django.db import migrations, models

import handoff.models.hours


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0003_words_of_an_article"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "time_zone",
                    models.CharField(default="UTC", max_length=60, validators=[handoff.models.hours.real_time_zone]),
                ),
            ],
            options={
                "verbose_name_plural": "business hours",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField()),
                ("name", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "ordering": ["date"],
            },
        ),
        migrations.CreateModel(
            name="OpeningTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField(help_text="00:00 is midnight at the end of the day.")),
            ],
            options={
                "ordering": ["weekday", "opens"],
            },
        ),
        migrations.AddField(
            model_name="teammate",
            name="availability",
            field=models.CharField(
                choices=[("online", "Online"), ("busy", "Busy"), ("away", "Away")], default="online", max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="teammate",
            constraint=models.CheckConstraint(
                condition=models.Q(("availability__in", ["online", "busy", "away"])),
                name="teammate_availability_is_a_real_choice",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="hours",
            field=models.ForeignKey(
                blank=True,
                help_text="When this team works. Empty: always.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="teams",
                to="handoff.businesshours",
            ),
        ),
        migrations.AddField(
            model_name="holiday",
            name="business_hours",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="holidays", to="handoff.businesshours"
            ),
        ),
        migrations.AddField(
            model_name="openingtime",
            name="business_hours",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="openings", to="handoff.businesshours"
            ),
        ),
        migrations.AddConstraint(
            model_name="holiday",
            constraint=models.UniqueConstraint(fields=("business_hours", "date"), name="holiday_is_named_once"),
        ),
        migrations.AddConstraint(
            model_name="openingtime",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__lte", 6)), name="opening_weekday_is_a_real_choice"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingtime",
            constraint=models.UniqueConstraint(
                fields=("business_hours", "weekday", "opens"), name="opening_begins_once"
            ),
        ),
    ]
