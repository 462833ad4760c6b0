"""Where automation stands in a conversation, read anew for each look; and the writes that begin, store and end a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from conversations.models import Conversation, Event, Message, Turn
from conversations.services import line_locked
from handoff import checkpoints, services
from handoff.checkpoints import checkpoint, end_locked, save_locked, set_timer
from handoff.facts import Facts, LiveSurroundings
from handoff.flows import rests, runner
from handoff.flows.moves import Advance, World
from handoff.flows.runner import FlowError
from handoff.flows.script import Entry, Script
from handoff.models import Flow, FlowRun, FlowVersion, Handoff, Timer
from handoff.selectors import Briefed, answered_upto, assistant_of, has_newer_words, is_waiting, snapshot, spoken_upto
from handoff.states import Outcome
from handoff.worlds import live_run, live_version, new_words, people_upto, script_of, world


@dataclass(frozen=True, slots=True)
class Stand:
    """What one look at a conversation found."""

    conversation: Conversation
    event: Event
    spoke_at: int = 0  # the first entry that this turn has said; 0 where it has said nothing yet
    run: FlowRun | None = None
    script: Script | None = None
    world: World | None = None
    known: Briefed | None = None
    begins: tuple[FlowVersion, Entry] | None = None
    pauses_at: str = ""  # the step to which the customer's silence leads
    is_abandoned: bool = False  # the customer spoke while the flow was seeing to their silence

    def name_of(self, author: str) -> str:
        """What the customer sees beside words of the assistant or of the flow."""
        assistant = assistant_of(self.conversation.chat_page_id)
        if assistant:
            return assistant.name
        return "" if author == "assistant" else self.conversation.chat_page.name

    @property
    def is_after_the_end(self) -> bool:
        """Whether this is what a flow does once the conversation is closed."""
        return self.event.kind == "conversation.resolved"


def has_entry(chat_page_id: int, name: str) -> bool:
    """Whether the chat page's flow has such a beginning."""
    version = live_version(chat_page_id)
    return version is not None and script_of(version.pk).entry(name) is not None


def stand(turn: Turn) -> Stand:
    """Where things stand now."""
    conversation = Conversation.objects.select_related("visitor", "chat_page").get(pk=turn.conversation_id)
    run = live_run(conversation.pk)
    spoke_at = Message.objects.filter(turn=turn).aggregate(seq=Min("seq"))["seq"] or 0
    if run is None:
        return Stand(conversation, turn.event, spoke_at, begins=_begins(conversation, turn.event, bool(spoke_at)))
    heard = max(run.heard, people_upto(conversation))
    words = new_words(conversation, after=heard)
    script = script_of(run.version_id)
    new_from = heard + 1 if words else _left_by_the_flow(conversation, run, script)
    known = snapshot(conversation, new_from=new_from) if new_from else None
    return Stand(
        conversation,
        turn.event,
        spoke_at,
        run=run,
        script=script,
        known=known,
        world=world(conversation, run, words, known),
        pauses_at=_pauses_at(conversation, turn.event, run, script, bool(words)),
        is_abandoned=bool(words) and rests.sees_to_silence(checkpoint(run), run.entry),
    )


def _left_by_the_flow(conversation: Conversation, run: FlowRun, script: Script) -> int:
    """Where the words begin that an assistant has to answer though the flow has used them; 0 where there are none.

    A flow may ask for the order number and then let the assistant lead: nobody has said anything since, so it answers
    all that was said since it, or a person, last spoke.
    """
    enters = not run.waits_for and script.step(run.step).kind == "assistant"
    return spoken_upto(conversation) + 1 if enters and conversation.last_author == "visitor" else 0


def _begins(conversation: Conversation, event: Event, has_spoken: bool) -> tuple[FlowVersion, Entry] | None:
    """The entry by which a run begins now; None where the assistant, or nobody, answers this event."""
    version = live_version(conversation.chat_page_id)
    if version is None or FlowRun.objects.filter(event=event).exists() or _went_on(conversation, event):
        return None
    script = script_of(version.pk)
    for name in rests.BEGINS[_happened(event)]:
        entry = script.entry(name)
        if entry and _applies(conversation, entry, has_spoken):
            return version, entry
    return None


def _went_on(conversation: Conversation, event: Event) -> bool:
    """Whether a hand-back, or a time that came, has led a run to its end: then no other begins with it."""
    if _happened(event) not in rests.ONE_RUN:
        return False
    return Event.objects.filter(conversation=conversation, kind="flow.ended", pk__gt=event.pk).exists()


def _happened(event: Event) -> str:
    """What the event is to a flow."""
    if event.kind == "timer.rang":
        return "silent" if event.data["timer"] == Timer.Kind.INACTIVITY else "due"
    if event.kind == "handoff.finished":
        return "returned" if event.data["outcome"] == Outcome.RETURNED else "finished"
    return {"chat.opened": "opened", "conversation.resolved": "resolved"}.get(event.kind, "wrote")


def _applies(conversation: Conversation, entry: Entry, has_spoken: bool) -> bool:
    if entry.name == "start":  # skipped when they speak first
        return not Message.objects.filter(conversation=conversation).exists()
    if entry.name == "fallback":
        return not has_spoken and is_waiting(conversation)
    return _is_silent(conversation, entry) if entry.name == "inactivity" else True


def _is_silent(conversation: Conversation, entry: Entry) -> bool:
    """Whether the customer has been silent for so long, after somebody spoke to them."""
    return rests.is_silent(entry, conversation.last_author, timezone.now() - conversation.last_at)


def _pauses_at(conversation: Conversation, event: Event, run: FlowRun, script: Script, has_words: bool) -> str:
    entry = script.entry("inactivity")
    if entry is None or has_words or _happened(event) != "silent":
        return ""
    return entry.step if rests.may_pause(checkpoint(run)) and _is_silent(conversation, entry) else ""


def begin_locked(found: Stand, conversation: Conversation, turn: Turn) -> None:
    """The run that this look found to begin."""
    assert found.begins is not None
    version, entry = found.begins
    heard = answered_upto(conversation) if entry.name in ("fallback", "handed_back") else conversation.last_seq
    checkpoints.begin_locked(
        conversation,
        version,
        entry.name,
        step=entry.step,
        event=turn.event,
        heard=heard,
        wraps_up=entry.name == "resolving",
    )


def back_locked(conversation: Conversation, run: FlowRun) -> None:
    """The run is again where it was before silence led it elsewhere, or is over where it was nowhere."""
    walked = [(run.moves + 1, run.step, "reply")]
    before = rests.unpaused(checkpoint(run))
    if before:
        save_locked(conversation, run, before, walked=walked)
    else:
        end_locked(run, "left", walked=walked)


def following(found: Stand, conversation: Conversation, advance: Advance) -> Advance | None:
    """The next look in the same transaction; None where the run rests, is over, or needs something outside first."""
    if advance.at is None or advance.rests or found.script is None or found.world is None or found.run is None:
        return None
    unheard = tuple(one for one in found.world.words if one.seq > advance.at.heard)
    now = replace(
        found.world,
        words=unheard,
        wish=found.world.wish if unheard else None,
        ended=None,
        facts=Facts(conversation, unheard),
        around=LiveSurroundings(conversation),
        now=timezone.now(),
    )
    try:
        after = runner.advance(found.script, advance.at, now)
    except FlowError:
        return None  # what was done so far is kept; the next look on its own fails, and is given up
    return None if after is None or after.need else after


def store_locked(found: Stand, walked: Sequence[Advance], opened: Handoff | None, conversation: Conversation) -> bool:
    """Keep where the run stands after these looks; returns whether automation rests until something happens."""
    run = found.run
    assert run is not None
    last = walked[-1]
    ways = [(run.moves + number, one.left, one.by) for number, one in enumerate(walked, start=1) if one.left]
    if last.at is not None:
        if ways:
            save_locked(conversation, run, last.at, walked=ways, handoff=opened)
        elif last.at.until:  # its timer may have rung before this machine's clock came so far
            set_timer(conversation, Timer.Kind.STEP, last.at.until, run)
        return last.rests
    at = replace(checkpoint(run), variables=last.variables, heard=max(run.heard, last.heard))
    if last.ending == "finished" and (before := rests.unpaused(at)):
        save_locked(conversation, run, replace(before, moves=ways[-1][0]), walked=ways)
        return True
    if last.ending == "moved":
        return _go_on_elsewhere(run, walked, ways, conversation)
    if last.ending == "resolved" or run.wraps_up:
        return _close(found, run, walked, ways, conversation)
    end_locked(run, "finished", walked=ways, heard=last.heard)
    return opened is not None or found.is_after_the_end


def _go_on_elsewhere(
    run: FlowRun, walked: Sequence[Advance], ways: Sequence[checkpoints.Way], conversation: Conversation
) -> bool:
    slug = walked[-1].flow
    flow = Flow.objects.filter(slug=slug, live__isnull=False).select_related("live").first()
    script = script_of(flow.live.pk) if flow and flow.live else None
    entry = (script.entry("fallback") or script.entry("start")) if script else None
    if flow is None or flow.live is None or entry is None:
        raise FlowError(f"the flow “{slug}” is not published, or does not begin when the customer writes")
    end_locked(run, "moved", walked=ways, heard=walked[-1].heard)
    checkpoints.begin_locked(
        conversation, flow.live, entry.name, step=entry.step, heard=max(run.heard, walked[-1].heard),
        variables=rests.own_variables(walked[-1].variables), wraps_up=run.wraps_up,
    )  # fmt: skip
    return False


def _close(
    found: Stand, run: FlowRun, walked: Sequence[Advance], ways: Sequence[checkpoints.Way], conversation: Conversation
) -> bool:
    assert found.script is not None
    assert found.world is not None
    if not found.is_after_the_end and has_newer_words(conversation, found.world.newest_seq):
        end_locked(run, "finished", walked=ways, heard=walked[-1].heard)
        return False  # they wrote while the flow was about to close: that is answered first
    end_locked(run, "resolved", walked=ways, heard=walked[-1].heard)
    if found.is_after_the_end:
        return True
    entry = found.script.entry("resolving")
    if entry and not run.wraps_up:
        checkpoints.begin_locked(
            conversation, run.version, "resolving", step=entry.step, heard=max(walked[-1].heard, conversation.last_seq),
            variables=rests.own_variables(walked[-1].variables), wraps_up=True,
        )  # fmt: skip
        return False
    if run.wraps_up and is_waiting(conversation):
        return False  # what they wrote meanwhile is answered first, and the conversation stays open for it
    line_locked(conversation, "conversation.resolved")
    services.close_locked(conversation)
    return True


def arm_silence_locked(conversation: Conversation, script: Script | None, *, event: Event) -> None:
    """From now on the customer's silence is counted, unless nobody waits for their words."""
    script = script or _script_of_page(conversation)
    entry = script.entry("inactivity") if script else None
    if entry is None or conversation.status != Conversation.Status.OPEN:
        return
    if Handoff.objects.open().filter(conversation=conversation).exists():
        return
    started = Event.objects.filter(conversation=conversation, kind="flow.started", data__entry="inactivity")
    now, long = timezone.now(), timedelta(seconds=entry.seconds)
    due = now + long
    if _happened(event) == "silent":
        if started.filter(pk__gt=event.pk).exists():
            return  # it was seen to: the next silence begins with the customer's next words
        due = max(now, Conversation.objects.values_list("last_at", flat=True).get(pk=conversation.pk) + long)
    if entry.each_time or not started.exists():
        set_timer(conversation, Timer.Kind.INACTIVITY, due)


def _script_of_page(conversation: Conversation) -> Script | None:
    version = live_version(conversation.chat_page_id)
    return script_of(version.pk) if version else None


def expire_locked(conversation: Conversation, run: FlowRun) -> None:
    """The request that this run sleeps for has waited long enough; not when its time has not come."""
    if run.handoff and run.until and run.until <= timezone.now():
        services.expire_locked(conversation, run.handoff)
    elif run.until:  # the database's clock is ahead of this machine's
        set_timer(conversation, Timer.Kind.STEP, run.until, run)


def wrapped_up_locked(conversation: Conversation) -> None:
    """Wrapping up has taken long enough: the conversation is closed now.

    Unless a person is on it again, or the customer wrote something that nobody has answered: that comes first.
    """
    run = live_run(conversation.pk)
    if run is None or not run.wraps_up or Handoff.objects.open().filter(conversation=conversation).exists():
        return
    close_unless_awaited_locked(conversation)


def close_unless_awaited_locked(conversation: Conversation) -> None:
    """Whatever runs here is over; the conversation is closed, unless the customer waits for an answer."""
    checkpoints.end_live_locked(conversation, "resolved")
    if not is_waiting(conversation):
        line_locked(conversation, "conversation.resolved")
        services.close_locked(conversation)
