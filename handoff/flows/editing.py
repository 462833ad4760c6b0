"""Changes to a draft, each a pure function of the draft's data: what was given stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class CannotEdit(Exception):
    """The change cannot be made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The draft after the change, the step that it is about, and what happened in words."""

    data: dict[str, Any]
    step_id: str
    words: str


def add_after(data: dict[str, Any], step_id: str | None, exit: str, kind: str, *, entry: str = "") -> Edit:
    """A new step stands behind the exit."""
    raise NotImplementedError


def add_for_entry(data: dict[str, Any], entry: str, kind: str) -> Edit:
    """The entry leads to a new step."""
    raise NotImplementedError


def connect(data: dict[str, Any], step_id: str, exit: str, target: str) -> Edit:
    """The exit leads there."""
    raise NotImplementedError


def set_step(data: dict[str, Any], step_id: str, *, title: str | None = None, params: Mapping[str, Any] | None = None, exits: Mapping[str, str] | None = None) -> Edit:
    """The step has this title, these params, these exits; None leaves what was."""
    raise NotImplementedError


def set_entry(data: dict[str, Any], entry: str, step: str, *, seconds: int | None = None, each_time: bool | None = None) -> Edit:
    """The flow begins there."""
    raise NotImplementedError


def remove_entry(data: dict[str, Any], entry: str) -> Edit:
    """The flow does not begin this way."""
    raise NotImplementedError


def move(data: dict[str, Any], step_id: str, after_step: str, exit: str) -> Edit:
    """The step stands behind that exit."""
    raise NotImplementedError


def duplicate(data: dict[str, Any], step_id: str) -> Edit:
    """A copy stands free."""
    raise NotImplementedError


def what_breaks(data: dict[str, Any], step_id: str) -> tuple[str, ...]:
    """What would lose its way, or a variable, without the step."""
    raise NotImplementedError


def delete(data: dict[str, Any], step_id: str) -> Edit:
    """The step is gone."""
    raise NotImplementedError


def rename_id(data: dict[str, Any], old: str, new: str) -> Edit:
    """The step has another id, wherever it is named."""
    raise NotImplementedError
