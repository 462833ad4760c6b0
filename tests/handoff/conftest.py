"""Engines that are told what to think, and no waiting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handoff import thinking
from handoff.assistants import ENGINES
from handoff.assistants.base import Reply, Snapshot
from tests.workers import ToldEngine


@pytest.fixture(autouse=True)
def _no_waiting(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers go out at once, and a failing engine is asked again at once."""
    settings.TURN_SETTLE_MILLISECONDS = 0
    monkeypatch.setattr(thinking, "TRY_PAUSE", 0.001)


@pytest.fixture
def engine(assistant, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Snapshot], Reply]], None]:
    """Let the shop's assistant think with the given function: `engine(lambda snapshot: says("Hello"))`."""

    def engine(tell: Callable[[Snapshot], Reply]) -> None:
        monkeypatch.setattr(ToldEngine, "tell", staticmethod(tell), raising=False)
        monkeypatch.setitem(ENGINES, "builtin", "tests.workers.ToldEngine")

    return engine
