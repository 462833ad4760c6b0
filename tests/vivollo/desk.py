"""Addresses of the admin's pages."""

from __future__ import annotations

from django.urls import reverse


def address(model, page="changelist", *args):
    """The list of a model, or another of its pages."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
