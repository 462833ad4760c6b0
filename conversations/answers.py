"""The visitor's answers to a form: read, given back with what is wrong, or taken into the thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import access, forms, selectors, services
from conversations.models import Visitor
from conversations.offers import Form, Question

LONGEST_ANSWER = 500


class NotAnswered(Exception):
    """Something cannot be an answer; the form says what, and keeps what was typed."""

    def __init__(self, seq: int, form: Form) -> None:
        super().__init__(f"form {seq} has fields to mend")
        self.seq = seq
        self.form = form


def take(visitor: Visitor, data: Mapping[str, Any]) -> None:
    """The answers stand in the visitor's thread, once, whatever is repeated.

    NotAnswered when a value cannot be one; NotSendable when the form is not there any more.
    """
    client_id, seq = forms.read_client_id(data), forms.read_number(data, "form")
    if selectors.was_sent(visitor.pk, client_id):
        return
    thread = access.unresolved_conversation(visitor)
    asked = selectors.open_form(thread.pk, seq) if thread else None
    if asked is None or asked.form is None:
        raise _gone()
    values = read(data, seq, asked.form)
    try:
        services.answer_form(
            visitor=visitor, seq=seq, client_id=client_id, body=asked.form.words(values), values=values
        )
    except services.FormIsGone:
        raise _gone() from None


def _gone() -> forms.NotSendable:
    return forms.NotSendable(_("This form is not open any more. Write a message instead."))


def read(data: Mapping[str, Any], seq: int, form: Form) -> dict[str, str]:
    """The value of each field that was filled in, or NotAnswered."""
    values = {one.name: _typed(data, one) for one in form.fields}
    troubles = {one.name: trouble for one in form.fields if (trouble := _trouble(one, values[one.name]))}
    if not any(values.values()):
        troubles.setdefault(form.fields[0].name, _("Fill in at least one of these."))
    if troubles:
        raise NotAnswered(seq, form.filled(values, troubles))
    return {name: value for name, value in values.items() if value}


def _typed(data: Mapping[str, Any], field: Question) -> str:
    typed = forms.plain(str(data.get(f"field.{field.name}", "")))
    if field.kind == "long_text":
        return typed.replace("\r\n", "\n").strip()
    return typed if typed in field.options else " ".join(typed.split())


def _trouble(field: Question, value: str) -> str:
    if len(value) > LONGEST_ANSWER:
        return _("This is too long: at most %(most)d characters.") % {"most": LONGEST_ANSWER}
    if field.kind == "choice" and (value or field.required):
        return "" if value in field.options else _("Choose one of these.")
    if not value:
        return _("Fill this in.") if field.required else ""
    fits, sentence = CHECKS.get(field.kind, (bool, ""))
    return "" if fits(value) else str(sentence)


def _is_date(value: str) -> bool:
    try:
        return parse_date(value) is not None
    except ValueError:  # the thirtieth of February
        return False


_DIGITS = r"\d[\d .,'’]*"
_PHONE = re.compile(r"\+?[\d ()./-]*(?:(?:ext|x)\.? ?\d{1,6})?", re.IGNORECASE)
# Only what plainly is not one is refused: people write numbers in many ways.
CHECKS: dict[str, tuple[Callable[[str], object], str | Promise]] = {
    "number": (re.compile(rf"[+-]? ?{_DIGITS}").fullmatch, gettext_lazy("Write a number, such as 12.")),
    "amount": (
        re.compile(rf"[+-]? ?[^\d\s]{{0,4}} ?{_DIGITS}[^\d\s]{{0,6}}").fullmatch,
        gettext_lazy("Write an amount, such as 12.50."),
    ),
    "date": (_is_date, gettext_lazy("Write a date as year-month-day, such as 2026-04-23.")),
    "email": (
        re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]{2,}").fullmatch,
        gettext_lazy("Write an e-mail address, such as name@example.com."),
    ),
    "phone": (
        lambda value: _PHONE.fullmatch(value) and 5 <= sum(map(str.isdigit, value)) <= 20,
        gettext_lazy("Write a phone number, such as +90 555 123 45 67."),
    ),
}
