"""How the shop is set up: its hours, its fields, its tags, and its flows."""

from __future__ import annotations

from datetime import time
from typing import Any

from conversations.models import Field, Tag
from handoff import designs
from handoff.flows.ready import READY, Names
from handoff.models import BusinessHours, Flow, OpeningTime, Team, Teammate
from vivollo.demo import refund_flow
from vivollo.demo.replay import inside

TAGS = {"complaint": "red", "delivery": "teal", "invoice": "grey", "refund": "amber", "trade": "violet"}
HOURS = "Shop hours"
OPENINGS = [*((day, time(9), time(18)) for day in range(5)), (5, time(10), time(14))]
HOLIDAYS = (
    ("01-01", "New Year’s Day"),
    ("04-23", "Children’s Day"),
    ("05-01", "Labour Day"),
    ("10-29", "Republic Day"),
)
FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "order_value", "label": "Order value", "kind": Field.Kind.NUMBER},
    {"key": "refund_amount", "label": "Refund asked for", "kind": Field.Kind.NUMBER},
    {"key": "rating", "label": "Rating", "kind": Field.Kind.CHOICE, "choices": ["1", "2", "3", "4", "5"]},
    {"key": "trade_contract", "label": "Trade contract", "kind": Field.Kind.CHECKBOX, "owner": Field.Owner.VISITOR},
)
NAMES = Names(tag="refund", teammate="ada", hours=HOURS, rating_field="rating", amount_field="refund_amount")
REFUND, ENGLISH_NAME, TURKISH_NAME = "refund_over_amount", "Refund flow", "Refund flow, Turkish"


def set_up_tags() -> dict[str, Tag]:
    """The shop's tags, by name."""
    return {name: Tag.objects.get_or_create(name=name, defaults={"colour": colour})[0] for name, colour in TAGS.items()}


def set_up_fields() -> None:
    """What the shop keeps of conversations and visitors."""
    for field in FIELDS:
        Field.objects.get_or_create(key=field["key"], defaults=field)


def set_up_hours(team: Team, year: int) -> BusinessHours:
    """When people answer; the team works by it."""
    hours, is_new = BusinessHours.objects.get_or_create(name=HOURS, defaults={"time_zone": "Europe/Istanbul"})
    if is_new:
        OpeningTime.objects.bulk_create(
            OpeningTime(business_hours=hours, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in OPENINGS
        )
        for each in (year, year + 1):
            for day, name in HOLIDAYS:
                hours.holidays.create(date=f"{each}-{day}", name=name)
    team.hours = hours
    team.save(update_fields=["hours"])
    return hours


def set_up_flows(by: Teammate) -> Flow:
    """Every ready flow is there as a draft; the shop's own two are published, and the one that it runs is returned."""
    for key, ready in READY.items():
        if key != REFUND:
            inside(designs.create)(name=ready.name, draft=ready.data(NAMES), by=by)
    turkish = _published(TURKISH_NAME, refund_flow.turkish(NAMES), by)
    return _published(ENGLISH_NAME, refund_flow.english(NAMES, turkish=turkish.slug), by)


def _published(name: str, draft: dict[str, Any], by: Teammate) -> Flow:
    flow: Flow = inside(designs.create)(name=name, draft=draft, by=by)
    inside(designs.publish)(flow_id=flow.pk, expected=flow.draft_number, by=by, note="How we refund since this week")
    flow.refresh_from_db()
    return flow
