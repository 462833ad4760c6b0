"""The port: one customer-facing text a reply, and reasons that are written."""

from __future__ import annotations

import pytest

from handoff.assistants import ENGINES
from handoff.assistants.base import EngineError, Reply
from handoff.outcomes import ReasonCode, Remember, RequestHandoff, Say
from tests.handoff.assistants.conftest import conversation

WISH = RequestHandoff(ReasonCode.OUT_OF_SCOPE, "No article covers it.")


def test_an_answer_and_a_handoff_never_come_together():
    """FAILURES 5: transfer text and final answer both sent."""
    with pytest.raises(ValueError, match="never both"):
        Reply((Say("Here you are."), WISH), ())


def test_two_answers_are_refused():
    with pytest.raises(ValueError, match="one customer-facing text"):
        Reply((Say("One."), Say("Two.")), ())


def test_learning_in_silence_is_refused():
    with pytest.raises(ValueError, match="also says something"):
        Reply((Remember("name", "Deniz", 1),), ())


def test_an_empty_reply_is_for_when_nobody_waits():
    reply = Reply((), ())
    assert (reply.say, reply.handoff, reply.memories) == (None, None, ())


def test_a_reply_names_its_parts():
    fact = Remember("name", "Deniz", 1)
    reply = Reply((fact, WISH), ())
    assert (reply.say, reply.handoff, reply.memories) == (None, WISH, (fact,))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 281])
def test_a_reason_is_written_and_short(reason):
    with pytest.raises(ValueError, match="reason"):
        RequestHandoff(ReasonCode.LOOP, reason)


def test_an_empty_message_never_reaches_the_customer():
    with pytest.raises(ValueError, match="words"):
        Say(" \n")


@pytest.mark.parametrize(("key", "value"), [("", "Deniz"), ("name", " ")])
def test_a_fact_has_a_key_and_a_value(key, value):
    with pytest.raises(ValueError, match="key and a value"):
        Remember(key, value, 1)


def test_the_unanswered_words_and_the_episode_are_read_from_the_thread():
    snapshot = conversation("V: one", "A: answer", "P: Here I am.", "V: two", "V: three")
    assert [said.body for said in snapshot.unanswered()] == ["two", "three"]
    assert [said.body for said in snapshot.episode()] == ["two", "three"]


def test_an_engine_error_says_whether_trying_again_may_help():
    assert EngineError("busy", temporary=True).temporary


def test_every_engine_in_the_table_can_be_loaded():
    import pkgutil

    for path in ENGINES.values():
        assert callable(pkgutil.resolve_name(path)().think)
