"""The conversations app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Names the app for Django."""

    name = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
