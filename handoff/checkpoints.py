"""The only writers of runs and their timers. Every one takes the conversation's locked row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from conversations import events
from conversations.models import Conversation, Event
from handoff.facts import field_values
from handoff.flows import rests, runner
from handoff.flows.moves import Checkpoint
from handoff.flows.rests import BEFORE
from handoff.flows.script import ASSISTANT
from handoff.models import FlowRun, FlowVersion, Handoff, Timer
from handoff.selectors import answered_upto
from handoff.states import State
from handoff.worlds import live_run, live_version, script_of

RINGS_AT_ONCE = 200


Way = tuple[int, str, str]  # the number of a move, the step that was looked at, and the exit it was left by


class Moved(Exception):
    """Somebody else has moved this run on: nothing of ours may be applied."""


def checkpoint(run: FlowRun) -> Checkpoint:
    """The run's row as the runner reads it."""
    return Checkpoint(
        step=run.step,
        waits_for=run.waits_for,  # type: ignore[arg-type]  # the column's choices are the runner's
        until=run.until,
        variables=run.variables,
        tries=run.tries,
        heard=run.heard,
        moves=run.moves,
        calling=run.calling,
    )


def begin_locked(
    conversation: Conversation,
    version: FlowVersion,
    entry: str,
    *,
    step: str,
    event: Event | None = None,
    heard: int = 0,
    variables: Mapping[str, Any] | None = None,
    wraps_up: bool = False,
) -> FlowRun:
    """A new run at that step. The caller has seen that none is live."""
    run = FlowRun.objects.create(
        conversation=conversation,
        version=version,
        entry=entry,
        step=step,
        event=event,
        heard=heard,
        variables=dict(variables or {}),
        wraps_up=wraps_up,
    )
    events.record("flow.started", conversation_id=conversation.pk, data={"run_id": run.pk, "entry": entry})
    if wraps_up:
        _limit_wrap_up(conversation, run)
    return run


def _limit_wrap_up(conversation: Conversation, run: FlowRun) -> None:
    until = timezone.now() + timedelta(seconds=settings.WRAP_UP_SECONDS)
    set_timer(conversation, Timer.Kind.WRAP_UP, until, run)


def save_locked(
    conversation: Conversation,
    run: FlowRun,
    at: Checkpoint,
    *,
    walked: Sequence[Way] = (),
    handoff: Handoff | None = None,
) -> None:
    """The run stands at `at` now, after these moves. Moved when its row is not the one that was looked at."""
    sleeps = at.waits_for == "person"
    values: dict[str, Any] = {
        "step": at.step, "waits_for": at.waits_for, "until": at.until, "variables": dict(at.variables),
        "tries": at.tries, "heard": at.heard, "moves": at.moves, "calling": at.calling,
        "handoff": handoff if sleeps and handoff else run.handoff if sleeps else None,
    }  # fmt: skip
    if sleeps and handoff:
        values["variables"][BEFORE] = _before(conversation)
    if not FlowRun.objects.live().filter(pk=run.pk, moves=run.moves).update(**values):
        raise Moved
    _journal(run, walked)
    if at.until:
        set_timer(conversation, Timer.Kind.STEP, at.until, run)
    elif run.until:
        Timer.objects.filter(conversation=conversation, kind=Timer.Kind.STEP).delete()
    for name, value in values.items():
        setattr(run, name, value)
    events.announce("context", conversation_id=conversation.pk)


def _journal(run: FlowRun, walked: Sequence[Way]) -> None:
    for move, step, way in walked:
        data = {"run_id": run.pk, "move": move, "step": step, "exit": way}
        events.record("flow.moved", conversation_id=run.conversation_id, data=data)


def _before(conversation: Conversation) -> dict[str, Any]:
    return {
        "tags": sorted(conversation.tags.values_list("name", flat=True)),
        "fields": dict(field_values(conversation)),
    }


def end_locked(run: FlowRun, ending: str, *, walked: Sequence[Way] = (), heard: int = 0) -> None:
    """The run is over, after these moves. Moved when its row is not the one that was looked at."""
    ended = FlowRun.objects.live().filter(pk=run.pk, moves=run.moves).update(
        state=FlowRun.State.ENDED, ending=ending, ended_at=timezone.now(), waits_for="", until=None, calling="",
        moves=walked[-1][0] if walked else run.moves + 1, step=walked[-1][1] if walked else run.step,
        heard=max(run.heard, heard),
    )  # fmt: skip
    if not ended:
        raise Moved
    _journal(run, walked)
    Timer.objects.filter(run=run).delete()
    events.record("flow.ended", conversation_id=run.conversation_id, data={"run_id": run.pk, "ending": ending})
    events.announce("context", conversation_id=run.conversation_id)


def end_live_locked(conversation: Conversation, ending: str = "left") -> None:
    """Whatever runs here is over: the conversation is closed, or a person decided otherwise."""
    run = live_run(conversation.pk)
    if run:
        end_locked(run, ending)
    Timer.objects.filter(conversation=conversation).delete()


# ── What a person's hand-back and finish do to the run.


def resume_locked(conversation: Conversation) -> bool:
    """The flow goes on where it was, and true; false where the assistant leads, as nothing runs or it led before.

    A run that sleeps for this handoff wakes by itself, in its turn.
    """
    run = live_run(conversation.pk)
    if run is None:
        return False
    if run.wraps_up:
        _limit_wrap_up(conversation, run)
    if run.waits_for != "person":
        _restand(conversation, run, runner.woken_after_person(checkpoint(run)))
    return script_of(run.version_id).step(run.step).kind != "assistant"


def sleep_on_locked(conversation: Conversation, handoff: Handoff) -> None:
    """A run whose own handoff has just ended, and which nobody has woken yet, sleeps on for this newer one."""
    sleeping = FlowRun.objects.live().filter(conversation=conversation, waits_for="person")
    sleeping.filter(handoff__state=State.FINISHED).update(handoff=handoff, until=None)


def lead_by_assistant_locked(conversation: Conversation) -> None:
    """The assistant leads from here on, and the flow stays behind it; without a flow it leads anyway."""
    run = live_run(conversation.pk)
    if run:
        _restand(conversation, run, rests.led_by_assistant(checkpoint(run)))
        FlowRun.objects.filter(pk=run.pk).update(wraps_up=False)
        Timer.objects.filter(conversation=conversation, kind=Timer.Kind.WRAP_UP).delete()
        return
    version = live_version(conversation.chat_page_id)
    if version:
        begin_locked(conversation, version, "handed_back", step=ASSISTANT, heard=answered_upto(conversation))


def _restand(conversation: Conversation, run: FlowRun, at: Checkpoint) -> None:
    if at != checkpoint(run):
        save_locked(
            conversation, run, replace(at, moves=at.moves + 1), walked=[(at.moves + 1, run.step, "handed back")]
        )


def version_for(conversation: Conversation, run: FlowRun | None) -> FlowVersion | None:
    """The version that this conversation keeps: of its run, else of its last one, else what its chat page runs now."""
    last = run or conversation.flow_runs.select_related("version__flow").order_by("-pk").first()
    return last.version if last else live_version(conversation.chat_page_id)


def wraps_up(run: FlowRun | None, version: FlowVersion | None, handoff: Handoff | None) -> bool:
    """Whether the flow has something to do before the conversation is closed, once this handoff is finished."""
    if handoff is None:
        return False
    if run and run.handoff_id == handoff.pk and leads_on(run):
        return True
    return version is not None and script_of(version.pk).entry("resolving") is not None and not (run and run.wraps_up)


def wrap_up_locked(conversation: Conversation, handoff: Handoff) -> bool:
    """Let the flow wrap the conversation up, and true; where it has nothing to do, nothing is done but to end it."""
    run = live_run(conversation.pk)
    version = version_for(conversation, run)
    if not wraps_up(run, version, handoff):
        return False
    if run and run.handoff_id == handoff.pk and leads_on(run):
        FlowRun.objects.filter(pk=run.pk).update(wraps_up=True)
        _limit_wrap_up(conversation, run)
        return True
    if run:
        end_locked(run, "left")
    entry = script_of(version.pk).entry("resolving") if version else None
    assert version is not None
    assert entry is not None
    heard = conversation.last_seq  # what was said before is no answer to what it asks now
    begin_locked(conversation, version, "resolving", step=entry.step, heard=heard, wraps_up=True)
    return True


def leads_on(run: FlowRun) -> bool:
    """Whether the step that the run sleeps at has something to do once the person is done for good."""
    return rests.leads_on(script_of(run.version_id), run.step)


# ── Silence.


def pause_locked(conversation: Conversation, run: FlowRun, step: str) -> None:
    """The run does what silence asks for, and remembers where it was."""
    at = checkpoint(run)
    events.record("flow.started", conversation_id=run.conversation_id, data={"run_id": run.pk, "entry": "inactivity"})
    there = rests.paused(at, step)
    save_locked(conversation, run, there, walked=[(there.moves, at.step, "inactivity")])


# ── Timers.


def set_timer(conversation: Conversation, kind: str, due_at: datetime, run: FlowRun | None = None) -> None:
    """Ring once at that time, and at no other."""
    Timer.objects.update_or_create(conversation=conversation, kind=kind, defaults={"due_at": due_at, "run": run})


@transaction.atomic(durable=True)
def ring_due() -> int:
    """Turn every timer whose time has come into an event, once; returns how many rang, at most two hundred."""
    due = Timer.objects.filter(due_at__lte=Now()).order_by("due_at").select_for_update(skip_locked=True)
    rung = list(due[:RINGS_AT_ONCE])
    for timer in rung:
        data = {"timer": timer.kind, "run_id": timer.run_id}
        events.record("timer.rang", conversation_id=timer.conversation_id, data=data)
    Timer.objects.filter(pk__in=[timer.pk for timer in rung]).delete()
    return len(rung)
