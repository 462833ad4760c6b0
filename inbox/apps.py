"""The inbox app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Names the app for Django."""

    name = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
