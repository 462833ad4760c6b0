"""Texts with places for values, `{{ name }}`: which names a text has, and filling them in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable

NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
PLACE = re.compile(r"\{\{ *(" + NAME.pattern + r") *\}\}")

Plain = str | int | float | bool | None


def names(text: str) -> set[str]:
    """Every name that the text has a place for."""
    return set(PLACE.findall(text))


def render(text: str, values: Callable[[str], Plain]) -> str:
    """The text with each place filled; what nothing is known of leaves nothing.

    One pass: braces that come with a value stay the letters that they are, so that a customer cannot write a place.
    """
    return PLACE.sub(lambda place: words(values(place[1])), text)


def words(value: Plain) -> str:
    """The value as a person would write it: yes and no, and whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def stray(text: str) -> str:
    """The first pair of braces that is no place, with what follows it; empty where all are well."""
    rest = PLACE.sub("", text)
    at = rest.find("{{")
    return rest[at : at + 40].partition("}}")[0].strip("{ ") or "{{" if at >= 0 else ""
