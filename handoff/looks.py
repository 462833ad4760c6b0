"""One look at a flow: what it needs from outside is done here, and what comes of it is applied in one transaction."""

from __future__ import annotations

import enum
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from conversations import turns
from conversations.models import Conversation, Turn
from handoff import checkpoints, outside, stands
from handoff.assistants.base import Reply
from handoff.assistants.intents import classify
from handoff.effects import Speaking, apply_locked
from handoff.flows import runner
from handoff.flows.calls import Call, CallFailed
from handoff.flows.moves import Advance, Classify, Given, Need, Sorted, Think
from handoff.flows.runner import FlowError
from handoff.models import Attempt, FlowRun, Handoff
from handoff.outcomes import REASON_LIMIT, ReasonCode, RequestHandoff, Say, Trouble
from handoff.selectors import Briefed, has_newer_words, leading
from handoff.stands import Stand
from handoff.thinking import think
from handoff.worlds import live_run

MOST_RESTARTS = 2
MOST_SECONDS = 10.0  # after that a visitor who goes on writing is answered, and the rest gets its own turn
MOST_REDIRECTS = 5  # in one turn
MOST_LOOKS = 120  # a flow that goes from step to step for longer than this goes round in circles


class Applied(enum.Enum):
    """What became of a look at where things stand."""

    DONE = "done"  # the turn has ended
    AGAIN = "again"  # there is more to do, or the visitor said more meanwhile
    DISCARDED = "discarded"  # the turn is no longer ours: a person took over, or another worker did


@dataclass(slots=True)
class Progress:
    """How long this turn has been going on in this worker."""

    began: float = field(default_factory=time.monotonic)
    restarts: int = 0
    looks: int = 0
    redirects: int = 0
    begun: set[str] = field(default_factory=set)  # keys of outside calls that were noted, and not made yet

    def count(self, walked: Sequence[Advance]) -> None:
        """Note what was looked at. FlowError where it has gone from flow to flow too often to come to rest."""
        self.looks += len(walked)
        self.redirects += walked[-1].ending == "moved"
        if self.redirects > MOST_REDIRECTS:
            raise FlowError(f"it went on in another flow more than {MOST_REDIRECTS} times without coming to rest")

    def may_restart(self) -> bool:
        """Whether the visitor's newer words are still waited for, and answered with the others."""
        return self.restarts < MOST_RESTARTS and time.monotonic() - self.began < MOST_SECONDS


@dataclass(frozen=True, slots=True)
class Thought:
    """What an engine said, and of what."""

    reply: Reply
    known: Briefed | None


def let_settle(known: Briefed) -> None:
    """Wait until the visitor has been quiet for a moment, so that quick messages get one answer."""
    pause_after(known.last_said_at)


def pause_after(said_at: float) -> bool:
    """Whether it had to be waited, without a connection, until this moment (seconds since the epoch) was long enough ago."""
    quiet = max(0.0, time.time() - said_at)  # the database's clock may be ahead of ours
    pause = settings.TURN_SETTLE_MILLISECONDS / 1000 - quiet
    if pause <= 0:
        return False
    connection.close()
    time.sleep(pause)
    return True


def is_over(turn: Turn, conversation: Conversation, *, after_the_end: bool = False) -> bool:
    """Whether the turn is no longer ours, or somebody leads, or the conversation is closed."""
    if not turns.is_ours_locked(turn):
        return True
    closed = conversation.status == Conversation.Status.RESOLVED and not after_the_end
    if closed or leading(conversation.pk):
        # Queued by a drain that looked just before the request or the end: nobody has cancelled it yet.
        turns.cancel_locked(conversation)
        return True
    return False


def keep_attempts(turn: Turn, reply: Reply) -> None:
    """What the engine tried is kept for the teammates."""
    Attempt.objects.bulk_create(
        Attempt(
            turn=turn,
            kind=one.kind,
            query=one.query[:500],
            found=list(one.found),
            result=one.result[:500],
            shown=one.shown,
        )
        for one in reply.tried
    )


def advance(turn: Turn, stand: Stand, progress: Progress) -> Applied:
    """Ask the script what comes next; what it needs from outside is done here, outside any transaction."""
    assert stand.run is not None
    assert stand.script is not None
    assert stand.world is not None
    at = checkpoints.checkpoint(stand.run)
    found = runner.advance(stand.script, at, stand.world)
    thought: Thought | None = None
    if found and found.need:
        if isinstance(found.need, Call) and not at.calling:
            return _begin_call(turn, stand, progress)
        connection.close()
        given, thought = _fulfil(turn, stand, found.need, progress)
        found = runner.advance(stand.script, at, replace(stand.world, now=timezone.now()), given)
    applied = _apply_look(turn, stand, found or Advance(at), thought, progress)
    if applied is Applied.DISCARDED and thought and thought.reply.say:
        turns.keep_draft(turn, thought.reply.say.text)
    return applied


def _fulfil(turn: Turn, stand: Stand, need: Need, progress: Progress) -> tuple[Given, Thought | None]:
    if isinstance(need, Think):
        reply = think(stand.known, claims=turn.claim)
        if stand.known and reply.say:
            let_settle(stand.known)
        return reply, Thought(reply, stand.known)
    if isinstance(need, Classify):
        language = stand.conversation.language or "en"
        return Sorted(classify(need.text, need.intents, language=language, limit=need.limit).name), None
    if not need.repeatable and need.key not in progress.begun:
        words = "The call was interrupted, and must not be repeated: nobody knows whether it was done."
        return CallFailed(words, temporary=False), None
    progress.begun.discard(need.key)  # from here on nobody knows whether it was done
    return outside.perform(need), None


@transaction.atomic(durable=True)
def _begin_call(turn: Turn, stand: Stand, progress: Progress) -> Applied:
    """Note that the call begins, before it does: whoever finds the note after a death knows what is in doubt."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    at = checkpoints.checkpoint(stand.run)
    key = uuid.uuid4().hex
    begun = replace(at, calling=key, moves=at.moves + 1)
    checkpoints.save_locked(conversation, stand.run, begun, walked=[(begun.moves, at.step, "calls")])
    progress.begun.add(key)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def _apply_look(turn: Turn, stand: Stand, advance: Advance, thought: Thought | None, progress: Progress) -> Applied:
    """Let a look at a flow come true, and those after it that need nothing from outside, in one transaction.

    Their effects and the checkpoint are one, so that nothing is done twice. A handoff that the assistant wishes for
    is announced by it, everything else by the flow.
    """
    assert stand.world is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    upto_seq = stand.world.newest_seq
    if thought and progress.may_restart() and has_newer_words(conversation, upto_seq):
        progress.restarts += 1
        return Applied.AGAIN
    if thought:
        keep_attempts(turn, thought.reply)
    walked: list[Advance] = []
    opened: Handoff | None = None
    speaking = Speaking(turn, "assistant" if thought and thought.reply.handoff else "flow", stand.name_of)
    following: Advance | None = advance
    while following and len(walked) < MOST_LOOKS:
        opened = apply_locked(conversation, following.effects, speaking) or opened
        walked.append(following)
        speaking = Speaking(turn, "flow", stand.name_of)
        following = stands.following(stand, conversation, following)
    progress.count(walked)
    if not stands.store_locked(stand, walked, opened, conversation):
        # Whatever is looked at next in this turn, these are the words that it has seen so far.
        Turn.objects.filter(pk=turn.pk).update(upto_seq=upto_seq)
        return Applied.AGAIN
    stands.arm_silence_locked(conversation, stand.script, event=turn.event)
    turns.complete_locked(turn, upto_seq=_answered_upto(stand, walked))
    return Applied.DONE


def _answered_upto(stand: Stand, walked: Sequence[Advance]) -> int:
    """The newest entry that the turn has answered; words that a wait puts off without a word are still to be."""
    assert stand.world is not None
    at = walked[-1].at
    spoke = stand.spoke_at or any(isinstance(wish, Say) for one in walked for wish in one.effects)
    puts_off = at is not None and at.waits_for in ("time", "person") and not spoke
    return at.heard if at is not None and puts_off else stand.world.newest_seq


@transaction.atomic(durable=True)
def begin(turn: Turn, stand: Stand) -> Applied:
    """The run that this look found to begin is there."""
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    if live_run(conversation.pk) or conversation.last_seq != stand.conversation.last_seq:
        return Applied.AGAIN  # somebody spoke, or a person chose what goes on here, since we looked
    stands.begin_locked(stand, conversation, turn)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def pause(turn: Turn, stand: Stand) -> Applied:
    """The customer's silence has led the run elsewhere."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation):
        return Applied.DISCARDED
    if conversation.last_seq != stand.conversation.last_seq:
        return Applied.AGAIN
    checkpoints.pause_locked(conversation, stand.run, stand.pauses_at)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def abandon(turn: Turn, stand: Stand) -> Applied:
    """The customer spoke while the flow was seeing to their silence: it goes back to where it was, or is over."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation):
        return Applied.DISCARDED
    stands.back_locked(conversation, stand.run)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def give_up(turn: Turn, stand: Stand, trouble: Exception) -> Applied:
    """A flow that cannot go on ends here, and a person is asked for with the reason; never silence."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    run = FlowRun.objects.live().filter(pk=stand.run.pk).first()
    if run:
        checkpoints.end_locked(run, "failed")
    told = str(trouble).replace("\0", "")
    where = f"The flow “{stand.run.version.flow}” could not go on at “{run.step if run else stand.run.step}”: {told}"
    speaking = Speaking(turn, "flow", stand.name_of)
    if stand.is_after_the_end:
        apply_locked(conversation, (Trouble(where[:REASON_LIMIT]),), speaking)
    elif stand.run.wraps_up:
        # The person was done: nobody is asked for again because the goodbye failed.
        apply_locked(conversation, (Trouble(where[:REASON_LIMIT]),), speaking)
        stands.close_unless_awaited_locked(conversation)
    else:
        wish = RequestHandoff(ReasonCode.INTEGRATION_ERROR, where[:REASON_LIMIT])
        apply_locked(conversation, (wish,), speaking)
    turns.complete_locked(turn, upto_seq=conversation.last_seq)
    return Applied.DONE


@transaction.atomic(durable=True)
def give_up_unseen(turn: Turn) -> None:
    """So many workers took this turn, and none brought it to an end: nobody looks again, and a person is asked for."""
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation):
        return
    checkpoints.end_live_locked(conversation, "failed")
    reason = f"Automation could not go on: {turn.claim - 1} workers did not come to an end with it."
    speaking = Speaking(turn, "flow", lambda _author: conversation.chat_page.name)
    apply_locked(conversation, (RequestHandoff(ReasonCode.INTEGRATION_ERROR, reason),), speaking)
    turns.complete_locked(turn, upto_seq=conversation.last_seq)
