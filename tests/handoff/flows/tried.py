"""A flow that is being tried on its page in the admin."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.urls import reverse

from conversations.models import Tag
from handoff.models import Flow
from tests.handoff.flow_cast import ask, condition, hand_off, message, step


def flow_of(*steps: dict[str, Any], **entries: Any) -> Flow:
    told = entries or {"fallback": {"step": steps[0]["id"]}}
    draft = {"entries": told, "steps": list(steps)}
    return Flow.objects.create(name="Refund flow", slug="refund", draft=draft, draft_number=4)


def refund_flow() -> Flow:
    Tag.objects.create(name="refund")
    return flow_of(
        ask("amount", "amount", "large", currency="TRY"),
        condition("large", "amount", "greater", "500", "mark", "small"),
        step("tag", "mark", "person", tag="refund"),
        hand_off("thanks", reason="Refund of {{amount}}"),
        message("thanks", "{{person.name}} has helped you."),
        message("small", "Done."),
    )


class Tried:
    """The page in Ada's browser: what it shows, and its hidden scene."""

    def __init__(self, client, flow):
        self.client, self.address = client, reverse("admin:handoff_flow_try", args=[flow.pk])
        self.look(client.get(self.address))

    def look(self, answer):
        self.answer = answer
        assert answer.status_code == 200
        self.text = unescape(re.sub(r"\s+", " ", answer.content.decode()))
        self.scene = answer.context["sealed"]
        return self

    def __call__(self, do, **typed):
        return self.look(self.client.post(self.address, {"scene": self.scene, "do": do, **typed}))

    @property
    def said(self):
        return [(row["shown"].who, row["shown"].words) for row in self.answer.context["rows"]]
