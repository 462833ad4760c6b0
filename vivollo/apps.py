"""The composition root as an installed app, so that its commands and demo are found."""

from django.apps import AppConfig


class VivolloConfig(AppConfig):
    """Names the root app; it has no models of its own."""

    name = "vivollo"
    verbose_name = "Vivollo"
