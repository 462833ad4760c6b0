"""Breaking a rule of the database on purpose, and telling by its name which rule it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

OURS = ("conversations", "handoff", "inbox", "vivollo")


def refused_by(act: Callable[[], Any]) -> str:
    """The name of the rule that refuses it; the transaction goes on as if it had not been tried."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        _act_and_check(act)
    return str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]  # psycopg's


def _act_and_check(act: Callable[[], Any]) -> None:
    """Foreign keys are checked at the commit otherwise, which no test of a transaction ever reaches."""
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def named_rules(*labels: str) -> list[str]:
    """Every named constraint of these apps' models."""
    return sorted(
        one.name
        for label in labels
        for model in apps.get_app_config(label).get_models()
        for one in model._meta.constraints
    )


def choice_fields() -> list[models.Field]:
    """Every field of ours that holds one of a closed list."""
    return [
        field
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and field.choices
    ]


def drop(table: str, rules: Iterable[str]) -> None:
    """Take rules away for the rest of this test's transaction, to see the one that they stand before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule in rules:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{rule}"')
