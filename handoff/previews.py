"""What would happen if a person handed back now: shown before they confirm. Nothing is stored or called."""

from __future__ import annotations

from dataclasses import replace

from conversations.models import Conversation
from handoff import checkpoints
from handoff.flows import runner
from handoff.flows.foresight import Next, awaited, foresee, title
from handoff.flows.moves import Checkpoint, Ended
from handoff.flows.script import END
from handoff.models import FlowRun, Teammate
from handoff.selectors import answered_upto, is_waiting
from handoff.services import WayBack
from handoff.worlds import live_run, live_version, new_words, people_upto, script_of, world


def standing(conversation: Conversation) -> str:
    """Where the conversation's flow stands, in words: “Refund flow: waiting for the amount”; empty where none runs."""
    run = live_run(conversation.pk)
    if run is None:
        return ""
    at = checkpoints.checkpoint(run)
    wrapping = "wrapping up, " if run.wraps_up else ""
    return f"{run.version.flow.name}: {wrapping}{awaited(script_of(run.version_id), at)}"


def goes_on_at(conversation: Conversation) -> str:
    """The title of the step at which the flow would go on after a hand-back; empty where none runs, or it ends there."""
    run = live_run(conversation.pk)
    if run is None:
        return ""
    script = script_of(run.version_id)
    if run.waits_for != "person":
        return title(script, run.step)
    target = script.step(run.step).exits.get("returned", "")
    return "" if target in ("", END) else title(script, target)


def preview(conversation: Conversation, way: WayBack, *, teammate: Teammate, note: str = "") -> Next:
    """The next thing that the customer, or anybody, would notice after this choice."""
    run = live_run(conversation.pk)
    if way is WayBack.ASSISTANT:
        return Next("assistant" if is_waiting(conversation) else "waits", "the customer to write")
    if way is WayBack.WRAP_UP:
        return _wrapping_up(conversation, run, teammate, note)
    if run is None:
        return _without_run(conversation, teammate, note)
    return _from(conversation, run, _outcome(run, "returned", teammate, note))


def _outcome(run: FlowRun, outcome: str, teammate: Teammate, note: str) -> Ended | None:
    if run.waits_for != "person":
        return None
    return Ended(outcome, (run.handoff.person_name if run.handoff else "") or teammate.shown_name, note=note)


def _from(conversation: Conversation, run: FlowRun, ended: Ended | None, at: Checkpoint | None = None) -> Next:
    words = new_words(conversation, after=max(run.heard, people_upto(conversation)))
    found = world(conversation, run, words, None)
    if ended:
        last = conversation.messages.filter(author="person", audience="everyone").order_by("-seq").first()
        ended = replace(ended, last_words=last.body if last else "")
    at = at or runner.woken_after_person(checkpoints.checkpoint(run))
    return _afterwards(
        conversation, foresee(script_of(run.version_id), at, replace(found, ended=ended), wraps_up=run.wraps_up)
    )


def _afterwards(conversation: Conversation, found: Next) -> Next:
    """A flow that ends begins anew with the next message, where it begins when the customer writes."""
    version = live_version(conversation.chat_page_id) if found.what == "ends" else None
    script = script_of(version.pk) if version else None
    entry = script.entry("fallback") if script else None
    return Next("restarts", title(script, entry.step), found.step) if script and entry else found


def _wrapping_up(conversation: Conversation, run: FlowRun | None, teammate: Teammate, note: str) -> Next:
    if run and run.waits_for == "person" and checkpoints.leads_on(run):
        return _closing(_from(conversation, run, _outcome(run, "resolved", teammate, note)))
    version = checkpoints.version_for(conversation, run)
    entry = script_of(version.pk).entry("resolving") if version else None
    if version is None or entry is None or (run and run.wraps_up):
        return Next("resolves")
    imagined = FlowRun(conversation=conversation, version=version, entry="resolving", step=entry.step, wraps_up=True)
    return _from(conversation, imagined, None, Checkpoint(entry.step, heard=conversation.last_seq))


def _closing(found: Next) -> Next:
    """A flow that ends while it wraps up closes the conversation."""
    return replace(found, what="resolves") if found.what in ("ends", "restarts") else found


def _without_run(conversation: Conversation, teammate: Teammate, note: str) -> Next:
    version = live_version(conversation.chat_page_id)
    script = script_of(version.pk) if version else None
    for name in ("handed_back", "fallback"):
        entry = script.entry(name) if script else None
        if version and entry and (name == "handed_back" or is_waiting(conversation)):
            imagined = FlowRun(conversation=conversation, version=version, entry=name, step=entry.step)
            return _from(conversation, imagined, None, Checkpoint(entry.step, heard=answered_upto(conversation)))
    return Next("assistant" if is_waiting(conversation) else "waits", "the customer to write")
