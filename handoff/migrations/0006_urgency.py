"""How soon a person is needed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0005_secrets"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="urgency",
            field=models.CharField(
                choices=[("low", "low"), ("normal", "normal"), ("high", "high")], default="normal", max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="handoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("urgency__in", ["low", "normal", "high"])), name="handoff_urgency_is_a_real_choice"
            ),
        ),
    ]
