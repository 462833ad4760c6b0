"""What the house has to choose from, as the editor's lists show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conversations.models import Field, Tag
from handoff.models import BusinessHours, Flow, Team, Teammate

Choice = tuple[str, str]
Choices = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class House:
    """Teams, people, tags, fields, flows and hours: what a script writes, and what people read."""

    lists: dict[str, Choices]

    def choices(self, kind: str, chosen: str) -> Choices:
        """The list of that kind; one that is gone stays in it while it is chosen, and says so."""
        found = self.lists[kind]
        if chosen and chosen not in {name for name, _ in found}:
            return (*found, (chosen, f"{chosen} (gone)"))
        return found

    def has(self, kind: str) -> bool:
        """Whether parameters of this kind are chosen from a list."""
        return kind in self.lists


def house() -> House:
    """What there is now."""
    teams = _same(Team.objects.values_list("name", flat=True))
    active = Teammate.objects.filter(is_active=True).order_by("display_name", "username")
    people = tuple((one.username, f"{one.shown_name} ({one.username})") for one in active)
    available: Choices = (
        ("anyone", "anyone"),
        *((f"team:{name}", f"somebody of {name}") for name, _ in teams),
        *((f"teammate:{name}", label) for name, label in people),
    )
    return House(
        {
            "team": teams,
            "teammate": people,
            "tag": _same(Tag.objects.order_by("name").values_list("name", flat=True)),
            "field": tuple((one.key, f"{one.label} ({one.key})") for one in Field.objects.order_by("label")),
            "hours": _same(BusinessHours.objects.order_by("name").values_list("name", flat=True)),
            "flow": tuple(Flow.objects.filter(live__isnull=False).values_list("slug", "name")),
            "available": available,
        }
    )


def _same(names: Iterable[str]) -> Choices:
    return tuple((name, name) for name in names)
