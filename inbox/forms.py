"""What teammates fill in around the queue: signing in, and their own preferences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password; one sentence for every kind of failure, so that names cannot be guessed."""

    error_messages = {
        "invalid_login": _("That name and password do not fit together. Both are case-sensitive."),
        "inactive": _("That name and password do not fit together. Both are case-sensitive."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class PreferencesForm(forms.Form):
    """A teammate's own preferences; an unticked box is not sent by browsers."""

    sound_on = forms.BooleanField(required=False)
