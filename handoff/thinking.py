"""Lets an engine think, outside any transaction: a wish for a person is seen first, and a failure becomes a handoff."""

from __future__ import annotations

import logging
import time

from django.db import connection
from django.utils.module_loading import import_string

from handoff.assistants import ENGINES
from handoff.assistants.base import Engine, EngineError, Reply, Snapshot
from handoff.assistants.human_request import asked_for
from handoff.outcomes import REASON_LIMIT, ReasonCode, RequestHandoff
from handoff.selectors import Briefed

logger = logging.getLogger(__name__)

TRIES = 3
TRY_PAUSE = 0.4  # seconds, doubled each time
MOST_CLAIMS = 4  # a turn that so many workers took and none brought to an end goes to a person


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
