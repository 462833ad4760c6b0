"""Changing, publishing and rolling back flows: the only writers of a flow's draft and of its versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from conversations import events
from handoff.flows.check import Problem, check
from handoff.flows.script import read
from handoff.models import Automation, Flow, FlowVersion, Teammate
from handoff.worlds import directory


class NotPublished(Exception):
    """The draft cannot be published; `problems` says why, each with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems keep this flow from being published")
        self.problems = problems


class ChangedMeanwhile(Exception):
    """Somebody else has changed the draft since it was read; the sentence names them."""


@transaction.atomic(durable=True)
def create(*, name: str, draft: dict[str, Any], by: Teammate) -> Flow:
    """A new flow with this draft; its slug is made of the name, and is nobody else's. NotAScript where it is no script."""
    read(draft)
    base = slugify(name)[:50] or "flow"
    slug, number = base, 1
    while Flow.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return Flow.objects.create(name=name, slug=slug, draft=draft, draft_by=by, draft_number=1)


@transaction.atomic(durable=True)
def save_draft(*, flow_id: int, draft: dict[str, Any], expected: int, by: Teammate) -> Flow:
    """The flow's draft is this one now; it may have problems, but it is a script (NotAScript).

    ChangedMeanwhile where the draft is not the one that the editor had read.
    """
    read(draft)
    changed = Flow.objects.filter(pk=flow_id, draft_number=expected).update(
        draft=draft, draft_number=expected + 1, draft_at=timezone.now(), draft_by=by
    )
    flow = Flow.objects.select_related("draft_by", "live").get(pk=flow_id)
    if not changed:
        who = flow.draft_by.shown_name if flow.draft_by and flow.draft_by != by else "You, in another window,"
        raise ChangedMeanwhile(f"{who} changed this flow meanwhile. Here it is as it stands now; do yours again.")
    return flow


@transaction.atomic(durable=True)
def publish(*, flow_id: int, expected: int, by: Teammate, note: str = "") -> FlowVersion:
    """The draft is live: new runs start with it, running ones keep theirs. NotPublished names every problem."""
    flow = Flow.objects.select_for_update().get(pk=flow_id)
    if flow.draft_number != expected:
        raise ChangedMeanwhile("The draft was changed meanwhile. Look at it again before you publish it.")
    problems = check(flow.draft, directory())
    if problems:
        raise NotPublished(problems)
    return _publish_locked(flow, flow.draft, by, note)


@transaction.atomic(durable=True)
def roll_back(*, flow_id: int, number: int, by: Teammate) -> FlowVersion:
    """An earlier version is live again, as a new one; the draft becomes it too. NotPublished where it no longer fits."""
    flow = Flow.objects.select_for_update().get(pk=flow_id)
    script = flow.versions.get(number=number).script
    problems = check(script, directory())
    if problems:
        raise NotPublished(problems)
    flow.draft, flow.draft_number, flow.draft_at, flow.draft_by = script, flow.draft_number + 1, timezone.now(), by
    flow.save(update_fields=["draft", "draft_number", "draft_at", "draft_by"])
    return _publish_locked(flow, script, by, f"Back to version {number}")


@transaction.atomic(durable=True)
def run_on(*, flow_id: int, name: str, page_ids: Sequence[int], by: Teammate) -> Flow:
    """The flow has this name; these chat pages run it from their next conversation's event on, and no others do."""
    flow = Flow.objects.select_for_update().get(pk=flow_id)
    flow.name = name
    flow.save(update_fields=["name"])
    Automation.objects.filter(flow=flow).exclude(chat_page__in=page_ids).update(flow=None)
    for page_id in page_ids:
        Automation.objects.update_or_create(chat_page_id=page_id, defaults={"flow": flow})
    data = {"flow_id": flow.pk, "chat_page_ids": sorted(page_ids)}
    events.record("flow.placed", conversation_id=None, data=data, teammate_id=by.pk)
    return flow


def _publish_locked(flow: Flow, script: dict[str, Any], by: Teammate, note: str) -> FlowVersion:
    newest = flow.versions.aggregate(number=Max("number"))["number"] or 0
    version = FlowVersion.objects.create(flow=flow, number=newest + 1, script=script, published_by=by, note=note[:200])
    flow.live = version
    flow.save(update_fields=["live"])
    data = {"flow_id": flow.pk, "version_id": version.pk}
    events.record("flow.published", conversation_id=None, data=data, teammate_id=by.pk)
    return version
