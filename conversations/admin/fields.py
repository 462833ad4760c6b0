"""The fields that a team adds to its conversations and visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import KeepsHistory
from conversations.models import Conversation, Field, Visitor

if TYPE_CHECKING:
    FieldModelForm = forms.ModelForm[Field]
else:
    FieldModelForm = forms.ModelForm


class FieldForm(FieldModelForm):
    """A field whose values keep their meaning, whatever is changed about it."""

    class Meta:
        model = Field
        fields = ["label", "key", "owner", "kind", "choices"]

    def clean_key(self) -> str:
        """A name that flows can read, or a sentence that says what is wrong with it."""
        key: str = self.cleaned_data["key"].replace("-", "_")
        if not key[:1].isalpha() or not key.isascii() or key != key.lower():
            raise ValidationError("Small letters, digits and _ only, beginning with a letter: such as order_value.")
        return key

    def clean_kind(self) -> str:
        """As it was, where values are kept."""
        kind: str = self.cleaned_data["kind"]
        if self.instance.pk and kind != self.instance.kind and (count := self.instance.values.count()):
            kept = self.instance.get_kind_display().lower()
            raise ValidationError(f"{_times(count)} kept as “{kept}”. Make a new field for the other kind.")
        return kind

    def clean(self) -> dict[str, Any]:
        """A list where one is chosen from, still with every choice that somebody has."""
        cleaned = super().clean() or {}
        choices = list(dict.fromkeys(one.strip() for one in cleaned.get("choices") or () if one.strip()))
        if cleaned.get("kind") != Field.Kind.CHOICE:
            choices = []
        elif len(choices) < 2:
            self.add_error("choices", "Name at least two, separated by commas.")
        elif self.instance.pk and (used := self._used() - set(choices)):
            self.add_error("choices", f"Still kept somewhere: {', '.join(sorted(used))}. Leave it in the list.")
        return cleaned | {"choices": choices}

    def _used(self) -> set[str]:
        return set(self.instance.values.values_list("value", flat=True).distinct())


class FieldAdmin(KeepsHistory):
    """One thing that is kept of each conversation or of each visitor, and how flows read it."""

    form = FieldForm
    list_display = ["label", "how_to_read", "owner", "kind", "list_shown", "kept"]
    list_filter = ["owner", "kind"]
    search_fields = ["label", "key"]
    search_help_text = "Its label or its key."
    fields = ("label", "key", "owner", "kind", "choices")
    conditional_fields = {"choices": "kind == 'choice'"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Field]:
        """With the number of values."""
        found: QuerySet[Field] = super().get_queryset(request).annotate(value_count=Count("values"))
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Once there are values, what they are called and whose they are stays."""
        return ["key", "owner"] if obj is not None and obj.values.exists() else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A key that flows read does not follow a new label."""
        return {} if obj else {"key": ["label"]}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No taller than a list is, and a help text that HTML does not swallow."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "choices":
            field.widget.attrs["rows"] = 3
        if field is not None and db_field.name == "key":
            field.help_text = "Flows read it by this: field.order_value for “order_value”."
        return field

    @admin.display(description="flows read it as", ordering="key")
    def how_to_read(self, field: Field) -> SafeString:
        """The name to write in a flow."""
        return format_html("<code>field.{}</code>", field.key)

    @admin.display(description="list")
    def list_shown(self, field: Field) -> str:
        """What is chosen from."""
        return ", ".join(field.choices) or "–"

    @admin.display(description="values", ordering="value_count")
    def kept(self, field: Any) -> int:
        """How many have one."""
        return int(field.value_count)

    def history_of(self, obj: Field) -> str:
        """Its values keep it."""
        count = obj.values.count()
        return f"{_times(count)} kept of “{obj}”, so it stays. Rename it if it is no longer wanted." if count else ""


def fields_of(owner: Conversation | Visitor) -> dict[str, str]:
    """The labels and values of its fields that have one."""
    found = owner.field_values.select_related("field").order_by("field__label")
    return {one.field.label: one.value for one in found}


def _times(count: int) -> str:
    return "One value is" if count == 1 else f"{count} values are"


admin.site.register(Field, FieldAdmin)
