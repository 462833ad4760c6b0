"""The handoff app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class HandoffConfig(AppConfig):
    """Names the app for Django."""

    name = "handoff"
    default_auto_field = "django.db.models.BigAutoField"
