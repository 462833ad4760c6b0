"""Visitor, assistant, teammates, clock and a cut at each commit boundary, in random order.

After every step the invariants of DESIGN section 4 hold; after everything is drained nobody waits for automation.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.db import connections
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from conversations import events, turns
from conversations.models import Conversation, Event, Message, Turn, Visitor
from conversations.services import post_visitor_message
from handoff import assignments, automation, looks, services, thinking
from handoff.assignments import Refused
from handoff.assistants.base import EngineError, Reply, Snapshot
from handoff.looks import Applied
from handoff.models import Handoff
from handoff.models.automation import DEFAULT_NOTE
from handoff.selectors import is_waiting, leading, snapshot
from handoff.services import StaleReply
from tests.workers import repeats, wishes_for_a_person

WISH = "I want to talk to a person"
MOODS = ("answers", "answers", "hands over", "fails")
MEANWHILE = (
    None,
    None,
    "the_visitor_says_something",
    "the_visitor_presses_for_a_person",
    "ada_replies",
    "ada_finishes",
)
VISITOR = (
    *["the_visitor_says_something"] * 5, "the_visitor_asks_for_a_person_in_words", "the_visitor_sends_the_same_again",
    "the_visitor_presses_for_a_person",
)  # fmt: skip
WORKERS = (
    *["a_worker_runs_the_next_turn"] * 2, *["a_worker_takes_a_turn_and_thinks_or_applies"] * 4, "the_journal_is_drained",
    "time_passes_and_the_sweep_comes",
)  # fmt: skip
TEAMMATES = (
    "ada_replies", "bruno_replies_to_what_he_saw", "bruno_claims", "ada_finishes",
    "ada_replies_in_the_oldest_conversation", *["ada_hands_back"] * 6,
)  # fmt: skip
Cut = tuple[int, bool]
CUTS = st.one_of(
    st.none(), st.none(), st.none(), st.tuples(st.integers(1, 3), st.booleans())
)  # which commit, and after it


class Killed(BaseException):
    """The process is gone; nothing of ours can catch it."""


@contextmanager
def killed_at(boundary: int, committed: bool) -> Iterator[None]:
    """The process dies at this commit of an outermost transaction: just before it, or just after.

    Just after it, what was to run on commit (the wake-up, the hint, the next task) is lost.
    """
    wrapper = connections["default"]
    commit, left = type(wrapper).commit, [boundary]

    def dies() -> None:
        left[0] -= 1
        if left[0]:
            return commit(wrapper)
        if committed:
            commit(wrapper)
        else:
            wrapper.rollback()
        wrapper.run_on_commit = []
        raise Killed

    wrapper.commit = dies  # the connection's, not ours
    try:
        yield
    finally:
        del wrapper.commit


@contextmanager
def in_another_process() -> Iterator[None]:
    """What is done here is not what gets killed."""
    wrapper = connections["default"]
    dies = vars(wrapper).pop("commit", None)
    try:
        yield
    finally:
        if dies:
            wrapper.commit = dies


def nobody_speaks_over_anybody(thread: list[Message]) -> None:
    """From the request to the end of a handoff automation is silent; no word is answered twice."""
    led, answered = False, []
    for one in thread:
        if one.line in ("handoff.requested", "handoff.returned", "handoff.resolved"):
            led = one.line == "handoff.requested"
        assert not (led and one.author == "assistant"), thread
        if one.author == "assistant" and one.body.startswith("You said: "):
            answered += one.body.removeprefix("You said: ").split(" + ")
    assert len(answered) == len(set(answered)), thread


def every_handoff_is_whole(handoffs: list[Handoff], thread: list[Message]) -> None:
    """One is open at most; each has a reason, a briefing, a word to the customer, and says how it ended."""
    assert sum(one.state != "finished" for one in handoffs) <= 1
    for one in handoffs:
        assert one.reason
        assert one.briefing.pk
        assert bool(one.outcome) is (one.state == "finished")
    told = sum(one.body == DEFAULT_NOTE and one.audience == "everyone" for one in thread)
    assert told == sum(one.code != "teammate_pull" for one in handoffs)


class Story(RuleBasedStateMachine):
    """One visitor, from the first word to the last."""

    cast: ClassVar[SimpleNamespace]

    @initialize()
    def a_new_visitor(self) -> None:
        self.visitor = Visitor.objects.create(chat_page=self.cast.chat_page)
        self.said: list[tuple[uuid.UUID, str]] = []
        self.thinking: dict[str, Any] | None = None
        self.cut: Cut | None = None
        self.meanwhile: str | None = None
        self.cast.mood = "answers"
        self.cast.meanwhile = None

    # Whoever acts may be killed at one of its commits.

    @rule(what=st.sampled_from(VISITOR), cut=CUTS)
    def the_visitor_acts(self, what: str, cut: Cut | None) -> None:
        self.cut = cut
        getattr(self, what)()

    @rule(what=st.sampled_from(TEAMMATES), cut=CUTS)
    def a_teammate_acts(self, what: str, cut: Cut | None) -> None:
        self.cut = cut
        getattr(self, what)()

    @rule(what=st.sampled_from(WORKERS), mood=st.sampled_from(MOODS), meanwhile=st.sampled_from(MEANWHILE), cut=CUTS)
    def a_worker_acts(self, what: str, mood: str, meanwhile: str | None, cut: Cut | None) -> None:
        """While its engine thinks, or between its thinking and its applying, somebody else may act."""
        self.cut, self.cast.mood, self.meanwhile = cut, mood, meanwhile
        getattr(self, what)()

    def act(self, does: Callable[[], Any], *, again: bool = True) -> Any:
        """Do it; killed in the middle, a browser tries once more, and a worker is gone."""
        cut, self.cut = self.cut, None
        if cut is None:
            return does()
        try:
            with killed_at(*cut):
                return does()
        except Killed:
            self.cast.kills += 1
            return does() if again else None

    # The visitor.

    def say(self, body: str, client_id: uuid.UUID | None = None) -> None:
        words = self.words(client_id or uuid.uuid4(), body)
        self.act(lambda: post_visitor_message(**words))

    def the_visitor_says_something(self) -> None:
        self.say(f"<{len(self.said)}>")

    def the_visitor_asks_for_a_person_in_words(self) -> None:
        self.say(f"{WISH} <{len(self.said)}>")

    def the_visitor_sends_the_same_again(self) -> None:
        if self.said:
            client_id, body = self.said.pop()
            self.say(body, client_id)

    def the_visitor_presses_for_a_person(self) -> None:
        self.act(lambda: services.request_by_visitor(self.visitor))

    # The workers.

    def the_journal_is_drained(self) -> None:
        self.act(events.drain, again=False)

    def a_worker_runs_the_next_turn(self) -> None:
        """The whole of it; while the engine thinks, somebody else acts."""
        turn = self.something_to_answer()
        if turn and turn.state == "queued":
            self.cast.meanwhile = getattr(self, self.meanwhile) if self.meanwhile else None
            self.act(lambda: automation.run_turn(turn.pk), again=False)
            self.cast.meanwhile = None

    def a_worker_takes_a_turn_and_thinks_or_applies(self) -> None:
        """Until it applies what it thought, anything else may come first."""
        if self.thinking:
            self.apply()
            return
        turn = self.something_to_answer()
        claimed = turns.claim(turn.pk) if turn else None
        if claimed is not None:
            self.think(claimed, restarts=0)

    def something_to_answer(self) -> Turn | None:
        """An open turn; where there is none the visitor says something, and there is one unless a person leads."""
        mine = Turn.objects.unended().filter(conversation__visitor=self.visitor)
        if not mine.exists():
            with in_another_process():
                post_visitor_message(**self.words(uuid.uuid4(), f"<{len(self.said)}>"))
            events.drain()
        return mine.first()

    def words(self, client_id: uuid.UUID, body: str) -> dict[str, Any]:
        self.said.append((client_id, body))
        page = self.cast.chat_page.slug
        return {"visitor": self.visitor.public_id, "chat_page": page, "client_id": client_id, "body": body}

    def think(self, turn: Turn, restarts: int) -> None:
        known = snapshot(Conversation.objects.select_related("visitor").get(pk=turn.conversation_id))
        reply = thinking.think(known, claims=turn.claim)
        self.thinking = {"turn": turn, "known": known, "reply": reply, "restarts": restarts}

    def apply(self) -> None:
        thought, self.thinking = self.thinking, None
        may_restart = thought["restarts"] < looks.MOST_RESTARTS
        applied = self.act(
            lambda: automation.apply(
                thought["turn"], thought["known"], thought["reply"],
                upto_seq=thought["known"].upto_seq, may_restart=may_restart,
            ),
            again=False,
        )  # fmt: skip
        if applied is Applied.AGAIN:
            self.cast.restarts += 1
            self.think(thought["turn"], thought["restarts"] + 1)
        elif applied is Applied.DISCARDED and thought["reply"].say:
            turns.keep_draft(thought["turn"], thought["reply"].say.text)

    def time_passes_and_the_sweep_comes(self) -> None:
        over = timezone.now() - timedelta(seconds=1)
        Turn.objects.unended().filter(conversation__visitor=self.visitor).update(lease_until=over)
        for turn_id in turns.abandoned():
            self.act(lambda turn_id=turn_id: automation.run_turn(turn_id), again=False)

    # The teammates.

    def newest(self) -> Conversation | None:
        return self.visitor.conversations.order_by("-pk").first()

    def reply(self, teammate: Any, behind: int | None = None) -> None:
        conversation = self.newest()
        if conversation is None:
            return
        client_id, seen = uuid.uuid4(), None if behind is None else max(0, conversation.last_seq - behind)
        with suppress(StaleReply, Refused):
            self.act(
                lambda: services.take_over(
                    conversation_id=conversation.pk, teammate=teammate, body="Hi", client_id=client_id, seen=seen
                )
            )

    def ada_replies(self) -> None:
        self.reply(self.cast.ada)

    def bruno_replies_to_what_he_saw(self) -> None:
        self.reply(self.cast.bruno, behind=2)

    def ada_replies_in_the_oldest_conversation(self) -> None:
        """It may be finished, with or without a newer one beside it."""
        oldest = self.visitor.conversations.order_by("pk").first()
        if oldest:
            with suppress(Refused):
                services.take_over(conversation_id=oldest.pk, teammate=self.cast.ada, body="One more thing")

    def ask(self, verb: Callable[..., Any], **values: Any) -> None:
        conversation = self.newest()
        if conversation:
            with suppress(Refused):
                self.act(lambda: verb(conversation_id=conversation.pk, **values))

    def bruno_claims(self) -> None:
        self.ask(assignments.claim, teammate=self.cast.bruno, expected=None)

    def ada_hands_back(self) -> None:
        self.ask(services.hand_back, teammate=self.cast.ada, note="all done")

    def ada_finishes(self) -> None:
        self.ask(services.finish, teammate=self.cast.ada)

    # What always holds.

    @invariant()
    def what_always_holds(self) -> None:
        """Read once a step: the threads, the handoffs and the turns of this visitor."""
        conversations = list(self.visitor.conversations.order_by("pk"))
        mine = {"conversation__visitor": self.visitor}
        entries = list(Message.objects.filter(**mine).order_by("conversation", "seq"))
        handoffs = list(Handoff.objects.filter(**mine).select_related("briefing"))
        said = sorted(one.body for one in entries if one.author == "visitor")
        assert said == sorted(body for _, body in self.said), "what was said is there once"
        assert sum(one.status != "resolved" for one in conversations) <= 1
        for conversation in conversations:
            thread = [one for one in entries if one.conversation_id == conversation.pk]
            assert [one.seq for one in thread] == list(range(1, conversation.last_seq + 1)), "an order without holes"
            nobody_speaks_over_anybody(thread)
            every_handoff_is_whole([one for one in handoffs if one.conversation_id == conversation.pk], thread)
        running = Turn.objects.filter(state="running", **mine).values_list("conversation", flat=True)
        assert len(set(running)) == len(running), "one turn runs at most"

    def teardown(self) -> None:
        """Everything is drained, with time running on: nobody who waits for automation is unanswered."""
        if not hasattr(self, "visitor"):
            return
        self.cut = self.thinking = None
        for _ in range(20):
            Event.objects.filter(delivered_at__isnull=True).update(try_at=timezone.now())
            events.drain()
            if not Turn.objects.unended().filter(conversation__visitor=self.visitor).exists():
                break
            self.time_passes_and_the_sweep_comes()
        else:
            raise AssertionError("the turns do not come to an end")
        self.what_always_holds()
        for conversation in self.visitor.conversations.unresolved():
            assert leading(conversation.pk) or not is_waiting(conversation), conversation


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_in_whatever_order(chat_page, assistant, ada, bruno, engine, monkeypatch):
    cast = SimpleNamespace(
        chat_page=chat_page, ada=ada, bruno=bruno, mood="answers", meanwhile=None, kills=0, restarts=0
    )

    def tell(known: Snapshot) -> Reply:
        meanwhile, cast.meanwhile = cast.meanwhile, None
        if meanwhile:
            with in_another_process():
                meanwhile()
        if cast.mood == "fails":
            raise EngineError("no model", temporary=False)
        return wishes_for_a_person() if cast.mood == "hands over" else repeats(known)

    engine(tell)
    monkeypatch.setattr(thinking.logger, "disabled", True)  # failing engines are many here
    Story.cast = cast
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            derandomize=True,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # add Phase.shrink to see the shortest story of a failure; it takes minutes
        ),
    )
    seen = {
        "answers": Message.objects.filter(body__startswith="You said: ").count(),
        "drafts": Turn.objects.exclude(draft="").count(),
        "taken up by another worker": Turn.objects.filter(claim__gt=1).count(),
        "thought again": cast.restarts,
        "killed": cast.kills,
        "handed back": Handoff.objects.filter(outcome="returned").count(),
        "pulled": Handoff.objects.filter(code="teammate_pull").count(),
        "failed": Handoff.objects.filter(code="assistant_error").count(),
        "wrote again after the end": Conversation.objects.values("visitor")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .count(),
    }
    assert all(seen.values()), seen  # the story was worth telling
