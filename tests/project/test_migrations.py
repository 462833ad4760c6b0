"""Migrations: nothing is missing, and each can be undone and done again."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.breaking import OURS


def test_the_models_have_no_change_without_a_migration(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_says_what_it_does(db):
    loader = MigrationLoader(connection)
    ours = [key for key in loader.disk_migrations if key[0] in OURS]
    assert ours
    assert not [name for _, name in ours if re.search(r"_auto_|_initial$|_and_more$", name)]


def test_every_operation_can_be_undone(db):
    loader = MigrationLoader(connection)
    for (app, name), migration in loader.disk_migrations.items():
        if app in OURS:
            assert all(one.reversible for one in migration.operations), (app, name)


@pytest.fixture
def scratch(db, django_db_blocker):
    """A connection to an empty database of its own on the test server; the tests' own is left alone."""
    name = "scratch_migrations"
    scratch = connection.copy("scratch")
    scratch.settings_dict["OPTIONS"].pop("pool", None)
    with django_db_blocker.unblock():
        with scratch._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        scratch.settings_dict["NAME"] = name
        connections["scratch"] = scratch
        try:
            yield scratch
        finally:
            scratch.close()
            del connections["scratch"]
            with scratch._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def objects(scratch: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """The tables, functions, triggers and named rules that our apps have made."""
    queries = {
        "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        "functions": """SELECT p.proname FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
                        WHERE p.pronamespace = 'public'::regnamespace AND d.objid IS NULL""",
        "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "rules": "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname !~ '[0-9a-f]{8}'",
    }
    found = {}
    with scratch.cursor() as cursor:
        for kind, query in queries.items():
            cursor.execute(query)
            found[kind] = sorted(row[0] for row in cursor.fetchall())
    return found


def test_our_migrations_go_to_nothing_and_back(scratch):
    call_command("migrate", database="scratch", verbosity=0)
    whole = objects(scratch)
    assert {"append_entry", "post_visitor_message", "refuse_unentitled_automation"} <= set(whole["functions"])
    executor = MigrationExecutor(scratch)
    labels = [config.label for config in apps.get_app_configs() if config.label in OURS]
    executor.migrate([(label, None) for label in labels if label in executor.loader.migrated_apps])
    nothing = objects(scratch)
    assert nothing["functions"] == []
    assert nothing["triggers"] == []
    assert not [table for table in nothing["tables"] if table.startswith(tuple(f"{label}_" for label in OURS))]
    call_command("migrate", database="scratch", verbosity=0)
    assert objects(scratch) == whole
