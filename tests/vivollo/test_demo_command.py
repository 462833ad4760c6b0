"""The demo keeps out of a database in use, and comes whole or not at all."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from conversations.models import ChatPage, Event
from handoff.models import Teammate
from vivollo.demo import replay, seed


def test_if_empty_keeps_out_of_a_database_that_somebody_has_begun_to_use(db):
    Teammate.objects.create_user("owner")
    call_command("demo", if_empty=True, stdout=StringIO())
    assert not ChatPage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_fails_leaves_nothing_half_done(monkeypatch):
    def fail(self):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(replay.Replay, "_close", fail)
    with pytest.raises(RuntimeError):
        seed.fill()
    assert seed.is_empty()
    assert not Event.objects.exists()
