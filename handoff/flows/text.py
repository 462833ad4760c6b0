"""A flow as a text that people can read, keep and send: YAML out, and YAML in with nothing but plain data allowed."""

from __future__ import annotations

from typing import Any


class NotAFlow(Exception):
    """The text is no flow; the sentence says what is wrong, and in which line."""


def dump(name: str, data: dict[str, Any]) -> str:
    """The flow as YAML; `load` reads back exactly what was given."""
    raise NotImplementedError


def load(text: str) -> tuple[str, dict[str, Any]]:
    """The flow's name and data, or NotAFlow."""
    raise NotImplementedError
