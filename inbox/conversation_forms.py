"""What a teammate may send from the conversation pane."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.services import LONGEST_MESSAGE
from handoff.models import Team, Teammate
from handoff.services import WayBack


class Words(forms.CharField):
    """Text whose line ends count as one character, however a browser posts them."""

    def to_python(self, value: Any) -> str:
        """The words with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class ReplyForm(forms.Form):
    """A reply, the id that its browser gave it, and the newest entry that its page showed."""

    body = Words(
        max_length=LONGEST_MESSAGE,
        error_messages={
            "required": _("Write something first."),
            "max_length": _("That is %(show_value)s characters; at most %(limit_value)s fit in one message."),
        },
    )
    client_id = forms.UUIDField()
    seen = forms.IntegerField(required=False, min_value=0)


class ClaimForm(forms.Form):
    """Whom the page showed as responsible, so that the slower of two claims is told the winner's name."""

    expected = forms.IntegerField(required=False)


class AssignForm(ClaimForm):
    """To whom: `teammate:<id>` or `team:<id>`."""

    to = forms.RegexField(r"^(teammate|team):\d{1,12}$", error_messages={"required": _("Choose a teammate or a team.")})

    def clean_to(self) -> dict[str, Teammate | Team]:
        """The one that is meant, as the service's argument."""
        kind, _colon, pk = self.cleaned_data["to"].partition(":")
        rows = Teammate.objects.filter(is_active=True) if kind == "teammate" else Team.objects.all()
        found = rows.filter(pk=int(pk)).first()
        if found is None:
            raise forms.ValidationError(_("They are not here any more. Choose somebody else."))
        return {kind: found}

    def clean(self) -> dict[str, Any]:
        """The service's arguments."""
        meant: dict[str, Any] = self.cleaned_data.pop("to", {})
        return {**self.cleaned_data, **meant}


class HandBackForm(forms.Form):
    """How it goes on, and what whoever goes on should know; without a way it goes on where it was."""

    way = forms.ChoiceField(
        required=False,
        choices=[(way.value, way.name) for way in WayBack],
        error_messages={"invalid_choice": _("Choose how it goes on.")},
    )

    note = Words(
        required=False,
        max_length=500,
        error_messages={"max_length": _("The note has %(show_value)s characters; at most %(limit_value)s fit.")},
    )

    def clean_way(self) -> WayBack:
        """The choice as the service knows it."""
        return WayBack(self.cleaned_data["way"] or WayBack.RESUME)
