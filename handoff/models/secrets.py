"""Keys and tokens of outside services, kept encrypted."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q


class Secret(models.Model):
    """One key or token that flows use by its name; only handoff/vault.py seals and opens it."""

    name = models.CharField(
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"\A[a-z][a-z0-9_]*\Z", "Small letters, digits and _ only, beginning with a letter.")
        ],
        help_text="Small letters, digits and _. A flow's call uses it as {{secret.name}}, with this name.",
    )
    sealed = models.TextField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField("last set", auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="by", null=True, editable=False, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z][a-z0-9_]*$"), name="secret_name_is_plain"),
            models.CheckConstraint(condition=~Q(sealed=""), name="secret_is_sealed"),
        ]

    def __str__(self) -> str:
        return self.name
