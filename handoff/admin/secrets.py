"""Secrets of outside services: set here, used by flows, shown to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminPasswordWidget

from conversations.admin.base import ThemedAdmin
from handoff import vault
from handoff.models import Secret, Teammate

if TYPE_CHECKING:
    SecretModelForm = forms.ModelForm[Secret]
else:
    SecretModelForm = forms.ModelForm


class SecretForm(SecretModelForm):
    """A name and a value; the value is never filled in again, and an empty one leaves what is kept."""

    value = forms.CharField(
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
        max_length=8_000,
    )

    class Meta:
        model = Secret
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        self.fields["value"].required = is_new
        self.fields["value"].help_text = (
            "It is kept encrypted and never shown again." if is_new else "Leave it empty to keep the value that is set."
        )


class SecretAdmin(ThemedAdmin):
    """A key or token of an outside service."""

    form = SecretForm
    list_display = ["name", "use", "updated_at", "updated_by"]
    list_select_related = ["updated_by"]
    search_fields = ["name"]
    search_help_text = "Its name."

    def get_fields(self, request: HttpRequest, obj: Secret | None = None) -> list[Any]:
        """A new one has no history yet."""
        return ["name", "value"] if obj is None else ["name", "use", "value", "updated_at", "updated_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Secret | None = None) -> list[str]:
        """Flows know it by its name, so the name stays."""
        return [] if obj is None else ["name", "use", "updated_at", "updated_by"]

    @admin.display(description="how to use it", ordering="name")
    def use(self, secret: Secret) -> SafeString:
        """What to write in a flow's call."""
        return format_html("Write <code>{{{{secret.{}}}}}</code> in a call's address, header or body.", secret.name)

    @method_decorator(sensitive_post_parameters("value"))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, whose value stays out of every error report."""
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Secret, form: Any, change: bool) -> None:
        """Through the vault; without a new value nothing changes."""
        if value := form.cleaned_data["value"]:
            by = request.user if isinstance(request.user, Teammate) else None
            obj.pk = vault.keep(obj.name, value, by).pk


admin.site.register(Secret, SecretAdmin)
