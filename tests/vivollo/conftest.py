"""The chief, who may do everything in the admin, and the demo."""

from __future__ import annotations

import pytest
from django.db import transaction

from handoff.models import Teammate
from vivollo.demo import seed


@pytest.fixture
def chief(db):
    return Teammate.objects.create_superuser("chief", "chief@example.com", "chief-password", display_name="The chief")


@pytest.fixture
def desk(client, chief):
    """A browser in which the chief is signed in."""
    client.force_login(chief)
    return client


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, filled once for the sentences of one file and gone after them."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True
        outer.__enter__()
        try:
            yield seed.fill()
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def filled(demo, db):
    return demo
