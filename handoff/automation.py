"""The automation loop: claim the turn, look, think or call outside any transaction, apply, unless a person leads.

What a turn has to do is read from where things stand, not from its event: a turn that a dead worker left behind is
simply run again, and does what is left.
"""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, connection, transaction

from conversations import turns
from conversations.models import Conversation, Turn
from handoff import leases, looks, stands
from handoff.assistants.base import Reply
from handoff.checkpoints import Moved
from handoff.effects import Speaking, apply_locked
from handoff.flows.runner import FlowError
from handoff.looks import MOST_LOOKS, Applied, Progress, is_over, keep_attempts, let_settle, pause_after
from handoff.selectors import Briefed, has_newer_words, is_waiting, snapshot
from handoff.stands import Stand
from handoff.thinking import MOST_CLAIMS, think

logger = logging.getLogger(__name__)


def run_turn(turn_id: int) -> int | None:
    """Do what the turn's event asks for unless a person leads, and return the id of the turn that comes next."""
    turn = turns.claim(turn_id)
    if turn is None:
        return None
    with leases.kept(turn):
        _answer(turn)
    return turns.next_queued(turn.conversation_id)


def _answer(turn: Turn) -> None:
    if turn.claim > MOST_CLAIMS + 2:
        return looks.give_up_unseen(turn)
    progress = Progress()
    for _attempt in range(MOST_LOOKS):
        if progress.looks >= MOST_LOOKS:
            break
        try:
            applied = _look_once(turn, progress)
        except Moved:
            continue  # a person's choice moved the run between our look and our transaction: look again
        if applied is not Applied.AGAIN:
            return None
    stand = stands.stand(turn)
    if stand.run:
        looks.give_up(turn, stand, FlowError(f"it did not come to rest within {MOST_LOOKS} steps"))
    return None


def _look_once(turn: Turn, progress: Progress) -> Applied:
    stand = stands.stand(turn)
    if stand.begins:
        return Applied.AGAIN if _was_unsettled(stand) else looks.begin(turn, stand)
    if stand.run is None:
        return _let_assistant(turn, stand, progress)
    if stand.pauses_at:
        return looks.pause(turn, stand)
    if stand.is_abandoned:
        return looks.abandon(turn, stand)
    try:
        return looks.advance(turn, stand, progress)
    except (Moved, OperationalError, InterfaceError):
        raise  # not the flow's fault: the turn is taken up again
    except Exception as trouble:
        logger.exception("the flow %s could not go on in turn %s", stand.run.version, turn.pk)
        return looks.give_up(turn, stand, trouble)


def _was_unsettled(stand: Stand) -> bool:
    """Whether the customer had only just written; then it was waited until they paused, and more may have come."""
    conversation = stand.conversation
    if stand.begins is None or stand.begins[1].name != "fallback" or conversation.last_author != "visitor":
        return False
    return pause_after(conversation.last_at.timestamp())


def _let_assistant(turn: Turn, stand: Stand, progress: Progress) -> Applied:
    """Without a flow, or where it has ended without a word: the assistant answers whoever waits."""
    conversation = stand.conversation
    known = snapshot(conversation)
    waits = is_waiting(conversation) and not stand.spoke_at
    connection.close()  # a thinking thread holds no connection
    reply = think(known, claims=turn.claim) if waits else Reply((), ())
    if known and reply.say:
        let_settle(known)  # a wish for a person is never kept waiting
    upto_seq = known.upto_seq if known else conversation.last_seq
    if stand.spoke_at:  # what came in since the flow looked is not answered by it, and gets its own turn
        turn.refresh_from_db(fields=["upto_seq"])
        upto_seq = turn.upto_seq
    may_restart = progress.may_restart() and not stand.spoke_at
    applied = apply(turn, known, reply, upto_seq=upto_seq, may_restart=may_restart)
    if applied is Applied.AGAIN:
        progress.restarts += 1
    if applied is Applied.DISCARDED and reply.say:
        turns.keep_draft(turn, reply.say.text)
    return applied


@transaction.atomic(durable=True)
def apply(turn: Turn, known: Briefed | None, reply: Reply, *, upto_seq: int, may_restart: bool) -> Applied:
    """Let the assistant's reply come true in one short transaction, unless the turn is no longer this worker's.

    A takeover cancels the turn under the same lock, so either the words stand before the person's or they
    are never said.
    """
    conversation = Conversation.objects.locked(turn.conversation_id)
    if is_over(turn, conversation):
        return Applied.DISCARDED
    if may_restart and has_newer_words(conversation, upto_seq):
        return Applied.AGAIN
    keep_attempts(turn, reply)
    name = known.assistant.name if known else ""
    apply_locked(conversation, reply.wishes, Speaking(turn, "assistant", lambda _author: name))
    stands.arm_silence_locked(conversation, None, event=turn.event)
    turns.complete_locked(turn, upto_seq=upto_seq)
    return Applied.DONE
