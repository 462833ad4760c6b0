"""The automation loop: claim the turn, look, think or call outside any transaction, apply, unless a person leads.

What a turn has to do is read from where things stand, not from its event: a turn that a dead worker left behind is
simply run again, and does what is left.
"""

from __future__ import annotations

import enum
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import connection, transaction

from conversations import turns
from conversations.models import Conversation, Message, Turn
from handoff import checkpoints, leases, outside, stands
from handoff.assistants.base import Reply
from handoff.assistants.intents import classify
from handoff.checkpoints import Moved
from handoff.effects import Speaking, apply_locked
from handoff.flows import runner
from handoff.flows.calls import Call, CallFailed
from handoff.flows.moves import Advance, Classify, Given, Need, Sorted, Think
from handoff.flows.runner import FlowError
from handoff.models import Attempt, FlowRun, Handoff
from handoff.outcomes import REASON_LIMIT, ReasonCode, RequestHandoff, Say, Trouble
from handoff.selectors import Briefed, is_waiting, leading, snapshot
from handoff.stands import Stand
from handoff.thinking import think

logger = logging.getLogger(__name__)

MOST_RESTARTS = 2
MOST_SECONDS = 10.0  # after that a visitor who goes on writing is answered, and the rest gets its own turn
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
    begun: set[str] = field(default_factory=set)  # keys of outside calls that were noted, and not made yet

    def may_restart(self) -> bool:
        """Whether the visitor's newer words are still waited for, and answered with the others."""
        return self.restarts < MOST_RESTARTS and time.monotonic() - self.began < MOST_SECONDS


@dataclass(frozen=True, slots=True)
class Thought:
    """What an engine said, and of what."""

    reply: Reply
    known: Briefed | None


def run_turn(turn_id: int) -> int | None:
    """Do what the turn's event asks for unless a person leads, and return the id of the turn that comes next."""
    turn = turns.claim(turn_id)
    if turn is None:
        return None
    with leases.kept(turn):
        _answer(turn)
    return turns.next_queued(turn.conversation_id)


def _answer(turn: Turn) -> None:
    progress = Progress()
    for _attempt in range(MOST_LOOKS):
        if progress.looks >= MOST_LOOKS:
            break
        try:
            applied = _look_once(turn, progress)
        except Moved:
            continue  # a person's choice moved the run between our look and our transaction: look again
        if applied is not Applied.AGAIN:
            return
    stand = stands.stand(turn)
    if stand.run:
        _give_up(turn, stand, FlowError(f"it did not come to rest within {MOST_LOOKS} steps"))


def _look_once(turn: Turn, progress: Progress) -> Applied:
    stand = stands.stand(turn)
    if stand.begins:
        return _begin(turn, stand)
    if stand.run is None:
        return _let_assistant(turn, stand, progress)
    if stand.pauses_at:
        return _pause(turn, stand)
    if stand.is_abandoned:
        return _abandon(turn, stand)
    try:
        return _advance(turn, stand, progress)
    except Moved:
        raise
    except Exception as trouble:
        logger.exception("the flow %s could not go on in turn %s", stand.run.version, turn.pk)
        return _give_up(turn, stand, trouble)


def _let_assistant(turn: Turn, stand: Stand, progress: Progress) -> Applied:
    """Without a flow, or where it has ended without a word: the assistant answers whoever waits."""
    conversation = stand.conversation
    known = snapshot(conversation)
    waits = is_waiting(conversation) and not stand.spoke_at
    connection.close()  # a thinking thread holds no connection
    reply = think(known, claims=turn.claim) if waits else Reply((), ())
    if known and reply.say:
        _let_settle(known)  # a wish for a person is never kept waiting
    # What came in after the flow had spoken is not answered by that, and gets its own turn.
    upto_seq = stand.spoke_at or (known.upto_seq if known else conversation.last_seq)
    may_restart = progress.may_restart() and not stand.spoke_at
    applied = apply(turn, known, reply, upto_seq=upto_seq, may_restart=may_restart)
    if applied is Applied.AGAIN:
        progress.restarts += 1
    if applied is Applied.DISCARDED and reply.say:
        turns.keep_draft(turn, reply.say.text)
    return applied


def _let_settle(known: Briefed) -> None:
    """Wait until the visitor has been quiet for a moment, so that quick messages get one answer."""
    quiet = max(0.0, time.time() - known.last_said_at)  # the database's clock may be ahead of ours
    pause = settings.TURN_SETTLE_MILLISECONDS / 1000 - quiet
    if pause > 0:
        connection.close()
        time.sleep(pause)


# ── One look at a flow.


def _advance(turn: Turn, stand: Stand, progress: Progress) -> Applied:
    """Ask the script what comes next; what it needs from outside is done here, outside any transaction."""
    assert stand.run is not None
    assert stand.script is not None
    assert stand.world is not None
    at = checkpoints.checkpoint(stand.run)
    advance = runner.advance(stand.script, at, stand.world)
    thought: Thought | None = None
    if advance and advance.need:
        if isinstance(advance.need, Call) and not at.calling:
            return _begin_call(turn, stand, progress)
        connection.close()
        given, thought = _fulfil(turn, stand, advance.need, progress)
        advance = runner.advance(stand.script, at, stand.world, given)
    if advance is None:
        advance = Advance(at)
    applied = _apply_look(turn, stand, advance, thought, progress)
    if applied is Applied.DISCARDED and thought and thought.reply.say:
        turns.keep_draft(turn, thought.reply.say.text)
    return applied


def _fulfil(turn: Turn, stand: Stand, need: Need, progress: Progress) -> tuple[Given, Thought | None]:
    if isinstance(need, Think):
        reply = think(stand.known, claims=turn.claim)
        if stand.known and reply.say:
            _let_settle(stand.known)
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
    if _is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    at = checkpoints.checkpoint(stand.run)
    key = uuid.uuid4().hex
    begun = replace(at, calling=key, moves=at.moves + 1)
    checkpoints.save_locked(conversation, stand.run, begun, walked=[(begun.moves, at.step, "calls")])
    progress.begun.add(key)
    return Applied.AGAIN


def _is_over(turn: Turn, conversation: Conversation, *, after_the_end: bool = False) -> bool:
    """Whether the turn is no longer ours, or somebody leads, or the conversation is closed."""
    if not turns.is_ours_locked(turn):
        return True
    closed = conversation.status == Conversation.Status.RESOLVED and not after_the_end
    if closed or leading(conversation.pk):
        # Queued by a drain that looked just before the request or the end: nobody has cancelled it yet.
        turns.cancel_locked(conversation)
        return True
    return False


@transaction.atomic(durable=True)
def apply(turn: Turn, known: Briefed | None, reply: Reply, *, upto_seq: int, may_restart: bool) -> Applied:
    """Let the assistant's reply come true in one short transaction, unless the turn is no longer this worker's.

    A takeover cancels the turn under the same lock, so either the words stand before the person's or they
    are never said.
    """
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation):
        return Applied.DISCARDED
    if may_restart and _newer_words(conversation, upto_seq):
        return Applied.AGAIN
    _keep_attempts(turn, reply)
    name = known.assistant.name if known else ""
    apply_locked(conversation, reply.wishes, Speaking(turn, "assistant", lambda _author: name))
    stands.arm_silence_locked(conversation, None, event=turn.event)
    turns.complete_locked(turn, upto_seq=upto_seq)
    return Applied.DONE


@transaction.atomic(durable=True)
def _apply_look(turn: Turn, stand: Stand, advance: Advance, thought: Thought | None, progress: Progress) -> Applied:
    """Let a look at a flow come true, and those after it that need nothing from outside, in one transaction.

    Their effects and the checkpoint are one, so that nothing is done twice. A handoff that the assistant wishes for
    is announced by it, everything else by the flow.
    """
    assert stand.world is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    upto_seq = stand.world.newest_seq
    if thought and progress.may_restart() and _newer_words(conversation, upto_seq):
        progress.restarts += 1
        return Applied.AGAIN
    if thought:
        _keep_attempts(turn, thought.reply)
    walked: list[Advance] = []
    opened: Handoff | None = None
    speaking = Speaking(turn, "assistant" if thought and thought.reply.handoff else "flow", stand.name_of)
    following: Advance | None = advance
    while following and len(walked) < MOST_LOOKS:
        opened = apply_locked(conversation, following.effects, speaking) or opened
        walked.append(following)
        speaking = Speaking(turn, "flow", stand.name_of)
        following = stands.following(stand, conversation, following)
    progress.looks += len(walked)
    if not stands.store_locked(stand, walked, opened, conversation):
        return Applied.AGAIN
    stands.arm_silence_locked(conversation, stand.script, event=turn.event)
    turns.complete_locked(turn, upto_seq=_answered_upto(stand, walked))
    return Applied.DONE


def _answered_upto(stand: Stand, walked: Sequence[Advance]) -> int:
    """The newest entry that the turn has answered; words that a wait puts off without a word are still to be."""
    assert stand.world is not None
    at = walked[-1].at
    spoke = stand.spoke_at or any(isinstance(wish, Say) for one in walked for wish in one.effects)
    return at.heard if at is not None and at.waits_for == "time" and not spoke else stand.world.newest_seq


def _keep_attempts(turn: Turn, reply: Reply) -> None:
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


def _newer_words(conversation: Conversation, upto_seq: int) -> bool:
    return Message.objects.filter(conversation=conversation, author="visitor", seq__gt=upto_seq).exists()


# ── Beginning, pausing, abandoning, giving up.


@transaction.atomic(durable=True)
def _begin(turn: Turn, stand: Stand) -> Applied:
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    stands.begin_locked(stand, conversation, turn)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def _pause(turn: Turn, stand: Stand) -> Applied:
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation):
        return Applied.DISCARDED
    checkpoints.pause_locked(conversation, stand.run, stand.pauses_at)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def _abandon(turn: Turn, stand: Stand) -> Applied:
    """The customer spoke while the flow was seeing to their silence: it goes back to where it was, or is over."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation):
        return Applied.DISCARDED
    stands.back_locked(conversation, stand.run)
    return Applied.AGAIN


@transaction.atomic(durable=True)
def _give_up(turn: Turn, stand: Stand, trouble: Exception) -> Applied:
    """A flow that cannot go on ends here, and a person is asked for with the reason; never silence."""
    assert stand.run is not None
    conversation = Conversation.objects.locked(turn.conversation_id)
    if _is_over(turn, conversation, after_the_end=stand.is_after_the_end):
        return Applied.DISCARDED
    run = FlowRun.objects.live().filter(pk=stand.run.pk).first()
    if run:
        checkpoints.end_locked(run, "failed")
    told = str(trouble).replace("\0", "")
    where = f"The flow “{stand.run.version.flow}” could not go on at “{run.step if run else stand.run.step}”: {told}"
    speaking = Speaking(turn, "flow", stand.name_of)
    if stand.is_after_the_end:
        apply_locked(conversation, (Trouble(where[:REASON_LIMIT]),), speaking)
    else:
        wish = RequestHandoff(ReasonCode.INTEGRATION_ERROR, where[:REASON_LIMIT])
        apply_locked(conversation, (wish,), speaking)
    turns.complete_locked(turn, upto_seq=conversation.last_seq)
    return Applied.DONE
