"""The automation loop: claim the turn, think outside any transaction, apply, unless a person leads."""

from __future__ import annotations

import enum
import logging
import time
from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from conversations import live, turns
from conversations.models import Conversation, Event, Message, Turn
from conversations.services import append_locked, remember_locked
from handoff import leases
from handoff.assistants import ENGINES
from handoff.assistants.base import Engine, EngineError, Reply, Snapshot
from handoff.assistants.human_request import asked_for
from handoff.models import Attempt, Handoff
from handoff.outcomes import REASON_LIMIT, ReasonCode, RequestHandoff
from handoff.selectors import Briefed, is_waiting, leading, snapshot
from handoff.services import customers_note, open_locked
from handoff.states import Outcome

logger = logging.getLogger(__name__)

MOST_RESTARTS = 2
MOST_SECONDS = 10.0  # after that a visitor who goes on writing is answered, and the rest gets its own turn
TRIES = 3
TRY_PAUSE = 0.4  # seconds, doubled each time
MOST_CLAIMS = 4  # a turn that so many workers took and none brought to an end goes to a person


class Applied(enum.Enum):
    """What became of a reply."""

    DONE = "done"
    AGAIN = "again"  # the visitor said more meanwhile
    DISCARDED = "discarded"  # the turn is no longer ours: a person took over, or another worker did


def queue_turns(events: Sequence[Event]) -> None:
    """Give each event that automation has to answer its turn; none where a person leads or is awaited.

    Handles message.received, and handoff.finished with the outcome returned. Runs in the drain's transaction.
    """
    wanted = [
        event for event in events if event.kind != "handoff.finished" or event.data["outcome"] == Outcome.RETURNED
    ]
    ids = {event.conversation_id for event in wanted if event.conversation_id is not None}
    led = set(Handoff.objects.open().filter(conversation_id__in=ids).values_list("conversation_id", flat=True))
    seqs = dict(Conversation.objects.unresolved().filter(pk__in=ids - led).values_list("pk", "last_seq"))
    for event in wanted:
        if event.conversation_id is None or event.conversation_id not in seqs:
            continue
        seq = event.data.get("seq") or seqs[event.conversation_id]
        turn = turns.queue_locked(event, conversation_id=event.conversation_id, upto_seq=seq)
        if turn:
            transaction.on_commit(partial(enqueue, turn.pk))


def enqueue(turn_id: int) -> None:
    """Ask a worker to run the turn; when the broker is down the sweep asks again."""
    live.enqueue("handoff.tasks.run_turn", turn_id)


def run_turn(turn_id: int) -> int | None:
    """Answer the turn's event unless a person leads, and return the id of the turn that comes next."""
    turn = turns.claim(turn_id)
    if turn is None:
        return None
    with leases.kept(turn):
        _answer(turn)
    return turns.next_queued(turn.conversation_id)


def _answer(turn: Turn) -> None:
    began = time.monotonic()
    for restart in range(MOST_RESTARTS + 1):
        conversation = Conversation.objects.select_related("visitor", "chat_page").get(pk=turn.conversation_id)
        known = snapshot(conversation)
        waits = is_waiting(conversation)
        connection.close()  # a thinking thread holds no connection
        reply = think(known, claims=turn.claim) if waits else Reply((), ())
        if known and reply.say:
            _let_settle(known)  # a wish for a person is never kept waiting
        may_restart = restart < MOST_RESTARTS and time.monotonic() - began < MOST_SECONDS
        upto_seq = known.upto_seq if known else conversation.last_seq
        applied = apply(turn, known, reply, upto_seq=upto_seq, may_restart=may_restart)
        if applied is Applied.DISCARDED and reply.say:
            turns.keep_draft(turn, reply.say.text)
        if applied is not Applied.AGAIN:
            return


def _let_settle(known: Briefed) -> None:
    """Wait until the visitor has been quiet for a moment, so that quick messages get one answer."""
    quiet = max(0.0, time.time() - known.last_said_at)  # the database's clock may be ahead of ours
    pause = settings.TURN_SETTLE_MILLISECONDS / 1000 - quiet
    if pause > 0:
        connection.close()
        time.sleep(pause)


def think(known: Briefed | None, *, claims: int = 1) -> Reply:
    """The engine's reply; a wish for a person is seen before any engine, and a failing engine ends in a handoff."""
    if known is None:
        reason = "This chat page runs no assistant, so every conversation goes to a person."
        return Reply((RequestHandoff(ReasonCode.POLICY_RULE, reason),), ())
    if not known.snapshot.unanswered():
        return Reply((), ())
    if claims > MOST_CLAIMS:
        return _failed(known.snapshot, EngineError(f"{claims - 1} workers did not come to an end", temporary=False))
    asked = asked_for(known.snapshot)
    if asked:
        return asked
    trouble: Exception | None = None
    for attempt in range(TRIES):
        try:
            engine: Engine = import_string(ENGINES[known.assistant.engine])()
            reply = engine.think(known.snapshot)
            if not reply.wishes:
                raise EngineError("it had no word for a visitor who waits", temporary=False)
            return reply
        except Exception as error:
            trouble = error
            logger.exception("the engine %s failed (try %s of %s)", known.assistant.engine, attempt + 1, TRIES)
            if isinstance(error, EngineError) and not error.temporary:
                break
            connection.close()
            time.sleep(TRY_PAUSE * 2**attempt)
    return _failed(known.snapshot, trouble)


def _failed(known: Snapshot, trouble: Exception | None) -> Reply:
    unanswered = known.unanswered()
    question = unanswered[-1].body if unanswered else ""
    told = str(trouble).replace("\0", "")  # a text column holds no NUL
    reason = f"The assistant failed and could not answer ({type(trouble).__name__}: {told})"
    return Reply((RequestHandoff(ReasonCode.ASSISTANT_ERROR, reason[:REASON_LIMIT], question),), ())


@transaction.atomic(durable=True)
def apply(turn: Turn, known: Briefed | None, reply: Reply, *, upto_seq: int, may_restart: bool) -> Applied:
    """Let the reply come true in one short transaction, unless the turn is no longer this worker's.

    A takeover cancels the turn under the same lock, so either the words stand before the person's or they
    are never said.
    """
    conversation = Conversation.objects.locked(turn.conversation_id)
    if not turns.is_ours_locked(turn):
        return Applied.DISCARDED
    if conversation.status == Conversation.Status.RESOLVED or leading(conversation.pk):
        # Queued by a drain that looked just before the request or the end: nobody has cancelled it yet.
        turns.cancel_locked(conversation)
        return Applied.DISCARDED
    if may_restart and _newer_words(conversation, upto_seq):
        return Applied.AGAIN
    for fact in reply.memories:
        learned_from = Message.objects.filter(conversation=conversation, seq=fact.seq).first()
        remember_locked(
            conversation, key=fact.key, value=fact.value, message_id=learned_from.pk if learned_from else None
        )
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
    words = reply.say.text if reply.say else customers_note(conversation.chat_page_id) if reply.handoff else ""
    if words:
        append_locked(
            conversation,
            author="assistant",
            body=words,
            author_name=known.assistant.name if known else "",
            turn_id=turn.pk,
        )
    if wish := reply.handoff:
        open_locked(
            conversation,
            code=wish.code,
            reason=wish.reason,
            by="assistant",
            open_question=wish.open_question,
            turn=turn,
        )
    turns.complete_locked(turn, upto_seq=upto_seq)
    return Applied.DONE


def _newer_words(conversation: Conversation, upto_seq: int) -> bool:
    return Message.objects.filter(conversation=conversation, author="visitor", seq__gt=upto_seq).exists()
