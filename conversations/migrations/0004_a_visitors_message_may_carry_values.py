"""A visitor's message may carry what a program reads beside its words: the values of a form."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("conversations.migrations.0003_functions_that_write_a_thread").POST

_SIGNATURE = "p_body text, p_heard boolean"
_NO_PARAMS = "p_body, '', '{}', ''"


def _with_params(sql: str) -> str:
    """The same function with a last parameter; its default keeps a process of the version before working."""
    assert sql.count(_SIGNATURE) == sql.count(_NO_PARAMS) == 1
    return sql.replace(_SIGNATURE, f"{_SIGNATURE}, p_params jsonb DEFAULT '{{}}'").replace(
        _NO_PARAMS, "p_body, '', p_params, ''"
    )


class Migration(migrations.Migration):
    """Gives post_visitor_message its params; two functions side by side would be ambiguous, so the old one goes."""

    dependencies = [("conversations", "0003_functions_that_write_a_thread")]

    operations = [
        migrations.RunSQL(
            f"DROP FUNCTION post_visitor_message(uuid, text, uuid, text, boolean); {_with_params(BEFORE)}",
            f"DROP FUNCTION post_visitor_message(uuid, text, uuid, text, boolean, jsonb); {BEFORE}",
        )
    ]
