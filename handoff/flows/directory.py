"""What a script may name in the house that it runs in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Directory:
    """What a script may name: the teams, people, tags, fields, hours, flows and secrets that there are."""

    teams: frozenset[str] = frozenset()
    teammates: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()  # slugs of flows that are published
    secrets: frozenset[str] = frozenset()
