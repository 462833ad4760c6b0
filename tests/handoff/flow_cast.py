"""Builders of flows: steps in one line each, published by a flow builder and run by a chat page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from conversations.models import ChatPage, Conversation, Visitor
from conversations.services import post_visitor_message
from handoff import designs
from handoff.flows.script import END, Step
from handoff.flows.steps import STEPS
from handoff.models import Automation, Flow, FlowRun, FlowVersion, Teammate
from handoff.worlds import live_run
from tests.workers import work_off

Exits = str | Mapping[str, str]


def step(kind: str, id: str, exits: Exits = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002  # as scripts say it
    """One step; an exit that has to be connected and is not named here ends the flow.

    A plain text connects the first exit, which is how most steps are left.
    """
    described = STEPS[kind].exits(Step(id, kind, params=params))
    first = described[0].name if described else ""
    named = {first: exits} if isinstance(exits, str) and exits else dict(exits or {})
    ends = {one.name: END for one in described if not one.otherwise}
    return {"id": id, "kind": kind, "params": params, "exits": ends | named}


def message(id: str, text: str, exits: Exits = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002  # likewise
    """A step that says something."""
    return step("send_message", id, exits, text=text, **params)


def ask(id: str, kind: str, exits: Exits = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002  # likewise
    """A step that asks for something, kept under its own id."""
    return step("ask", id, exits, **{"question": f"Which {id}?", "kind": kind, "variable": id} | params)


def hand_off(exits: Exits = "", /, **params: Any) -> dict[str, Any]:
    """The step that brings in a person."""
    return step("hand_off", "person", exits, **{"reason": "The flow needs a person."} | params)


def condition(id: str, subject: str, test: str, value: str, yes: str, no: str, **more: Any) -> dict[str, Any]:  # noqa: A002
    """A step that chooses a way by one condition."""
    row = {"subject": subject, "test": test, "value": value} | more
    return step("condition", id, {"yes": yes, "no": no}, conditions=[row])


def builder() -> Teammate:
    """Fay designs the flows."""
    fay, _ = Teammate.objects.get_or_create(
        username="fay", defaults={"display_name": "Fay", "role": "flow_builder", "availability": "away"}
    )
    return fay


def published(
    *steps: dict[str, Any], entries: Mapping[str, Any] | None = None, name: str = "Refund flow"
) -> FlowVersion:
    """The flow's newest version; without entries it begins at its first step, when the customer writes."""
    flow = Flow.objects.filter(name=name).first() or designs.create(name=name, draft={}, by=builder())
    told = {"fallback": steps[0]["id"]} if entries is None else entries
    draft = {
        "entries": {name: {"step": one} if isinstance(one, str) else one for name, one in told.items()},
        "steps": list(steps),
    }
    flow = designs.save_draft(flow_id=flow.pk, draft=draft, expected=flow.draft_number, by=builder())
    return designs.publish(flow_id=flow.pk, expected=flow.draft_number, by=builder())


def runs(
    chat_page: ChatPage, *steps: dict[str, Any], entries: Mapping[str, Any] | None = None, name: str = "Refund flow"
) -> FlowVersion:
    """The chat page runs this flow from now on."""
    version = published(*steps, entries=entries, name=name)
    Automation.objects.update_or_create(chat_page=chat_page, defaults={"flow": version.flow})
    return version


def run_of(conversation_id: int) -> FlowRun:
    """The run that is live there."""
    run = live_run(conversation_id)
    assert run is not None, "no run is live"
    return run


def writes(visitor: Visitor, body: str, values: Mapping[str, str] | None = None) -> int:
    """The visitor says something, and everything that follows from it is done; the conversation's id."""
    posted = post_visitor_message(
        visitor=visitor.public_id,
        chat_page=visitor.chat_page.slug,
        client_id=uuid.uuid4(),
        body=body,
        params={"values": dict(values)} if values else None,
    )
    work_off()
    return posted.conversation_id


def words(conversation: Conversation | int) -> list[str]:
    """What the customer reads of the flow, the assistant and the system's notes, in order."""
    found = Conversation.objects.get(pk=getattr(conversation, "pk", conversation))
    said = found.messages.exclude(author__in=("visitor", "person")).filter(line="", audience="everyone")
    return list(said.order_by("seq").values_list("body", flat=True))
