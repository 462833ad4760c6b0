"""A random flow beside a visitor, teammates, an admin, workers that die and clocks that run, in random order.

After every step the invariants of DESIGN section 4 and those of runs hold; after everything is worked off, whoever
wrote has an answer, a person, or a flow that waits for them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conversations import events, turns
from conversations.models import Conversation, Event, Field, Message, Tag, Turn, Visitor
from conversations.services import FormIsGone, answer_form, note_opened, post_visitor_message
from handoff import automation, checkpoints, designs, outside, services, thinking, vault
from handoff.assignments import Refused
from handoff.assistants.base import EngineError, Reply, Snapshot
from handoff.flows.script import ASSISTANT
from handoff.flows.steps import STEPS
from handoff.models import Automation, BusinessHours, FlowRun, Handoff, Team, Timer
from handoff.selectors import is_waiting, leading
from handoff.services import WayBack
from handoff.worlds import script_of
from tests.handoff.flow_cast import builder, message, published
from tests.handoff.flows.scripts import HOUSE, NOWHERE, Data, valid_flows
from tests.handoff.test_machine import CUTS, Cut, Killed, in_another_process, killed_at
from tests.outside_service import gives, listening
from tests.workers import leases_run_out, repeats, time_passes, wishes_for_a_person

VISITOR = (
    *["the_visitor_speaks"] * 2, *["they_speak_and_all_is_worked_off"] * 7, *["a_form_is_sent_and_all_is_worked_off"] * 3,
    "the_visitor_presses_for_a_person", "the_visitor_opens_the_chat",
)  # fmt: skip
WORKERS = (
    *["a_worker_runs_the_next_turn"] * 5, "the_journal_is_drained", "leases_run_out_and_the_sweep_comes",
    *["time_passes_and_timers_ring"] * 3, "an_admin_publishes",
)  # fmt: skip
TEAMMATES = (
    *["ada_replies"] * 2, *["ada_hands_back"] * 6, "ada_lets_the_assistant_lead", "ada_wraps_up", "ada_wraps_up", "ada_finishes",
)  # fmt: skip
SECONDS = st.sampled_from((1, 61, 130, 90_000, 700_000))
SAID = st.sampled_from((
    "500 TL", "it cost 640,50 TL", "3", "12.05.2026", "ada@example.com", "+90 532 123 45 67", "10482", "Red", "Refund",
    "Delivery", "ok", "{{amount}}", "What about it?", "I want to talk to a person",
))  # fmt: skip
MEANWHILE = st.one_of(st.none(), st.none(), st.tuples(st.integers(1, 4), st.sampled_from((
    "the_visitor_speaks", "the_visitor_presses_for_a_person", "ada_replies", "ada_finishes", "ada_hands_back", "an_admin_publishes",
))))  # fmt: skip
MOODS = ("answers", "answers", "hands over", "fails")
CALLS = (
    gives({"status": "sent", "items": [{"price": 3}]}),
    gives({}, status=500),
    gives("no JSON"),
    gives({"status": None}),
)


@contextmanager
def before_transaction(number: int, act: Callable[[], None]) -> Iterator[None]:
    """Somebody else acts just before this process begins the transaction with that number."""
    wrapper, left = connections["default"], [number]
    begin = type(wrapper).set_autocommit

    def begins(autocommit: bool, **how: Any) -> None:
        left[0] -= not autocommit
        if not autocommit and not left[0]:
            del wrapper.set_autocommit
            with in_another_process():
                act()
        begin(wrapper, autocommit, **how)

    wrapper.set_autocommit = begins  # the connection's, not ours
    try:
        yield
    finally:
        vars(wrapper).pop("set_autocommit", None)


def nobody_speaks_over_a_person(thread: list[Message]) -> None:
    """From the request to the end of a handoff neither the flow nor the assistant says anything."""
    led = False
    for one in thread:
        if one.line.startswith("handoff."):
            led = one.line in ("handoff.requested", "handoff.engaged")
        assert not (led and one.author in ("assistant", "flow")), [(one.author, one.line or one.body) for one in thread]


def every_handoff_is_whole(handoffs: list[Handoff]) -> None:
    """One is open at most; each has a reason and a briefing, and says how it ended."""
    assert sum(one.state != "finished" for one in handoffs) <= 1
    for one in handoffs:
        assert one.reason
        assert one.briefing.pk
        assert bool(one.outcome) is (one.state == "finished")


def every_move_is_told_once(run: FlowRun, journal: list[Event]) -> None:
    """In order and without a hole, but for the last, where somebody ended the run."""
    mine = [one for one in journal if one.data.get("run_id") == run.pk]
    assert [one.data["entry"] for one in mine if one.kind == "flow.started"][:1] == [run.entry]
    assert [one.data["ending"] for one in mine if one.kind == "flow.ended"] == [run.ending] * (run.state == "ended")
    moved = [one.data["move"] for one in mine if one.kind == "flow.moved"]
    assert moved == list(range(1, len(moved) + 1)), "no step ran twice"
    assert run.moves == len(moved) or (run.ending in ("left", "failed") and run.moves == len(moved) + 1), run.ending


class Story(RuleBasedStateMachine):
    """One visitor of one flow, from the first word to the last."""

    cast: ClassVar[SimpleNamespace]

    @initialize()
    def a_new_visitor(self) -> None:
        self.visitor = Visitor.objects.create(chat_page=self.cast.chat_page, name="Deniz {{amount}}")
        self.said: list[str] = []
        self.next_words = "Hello"
        self.versions: dict[int, int] = {}
        self.cut: Cut | None = None
        self.meanwhile: tuple[int, str] | None = None
        self.cast.mood = "answers"
        self.cast.service.answers.clear()
        self.an_admin_publishes()

    def act(self, does: Callable[[], Any]) -> None:
        """Do it: it may be killed at one of its commits, or somebody else acts before one of its transactions."""
        cut, self.cut = self.cut, None
        meanwhile, self.meanwhile = self.meanwhile, None
        with suppress(Refused):
            if cut:
                try:
                    with killed_at(*cut):
                        does()
                except Killed:
                    self.cast.kills += 1
            elif meanwhile:
                with before_transaction(meanwhile[0], getattr(self, meanwhile[1])):
                    does()
            else:
                does()

    # Whoever acts may be killed at one of its commits, or somebody else acts before one of its transactions.

    @rule(what=st.sampled_from(VISITOR), text=SAID)
    def the_visitor_acts(self, what: str, text: str) -> None:
        self.next_words = text
        getattr(self, what)()

    @rule(
        what=st.sampled_from(WORKERS), mood=st.sampled_from(MOODS), call=st.sampled_from(CALLS), meanwhile=MEANWHILE,
        cut=CUTS, text=SAID, seconds=SECONDS,
    )  # fmt: skip
    def a_worker_acts(
        self,
        what: str,
        mood: str,
        call: Any,
        meanwhile: tuple[int, str] | None,
        cut: Cut | None,
        text: str,
        seconds: int,
    ) -> None:
        self.seconds = seconds
        self.cast.mood, self.meanwhile, self.cut, self.next_words = mood, meanwhile, cut, text
        self.cast.service.answers[:] = [call]
        getattr(self, what)()

    @rule(what=st.sampled_from(TEAMMATES), cut=CUTS)
    def a_teammate_acts(self, what: str, cut: Cut | None) -> None:
        self.cut = cut
        getattr(self, what)()

    # The visitor.

    def the_visitor_speaks(self) -> None:
        page = self.cast.chat_page.slug
        post_visitor_message(
            visitor=self.visitor.public_id, chat_page=page, client_id=uuid.uuid4(), body=self.next_words
        )
        self.said.append(self.next_words)

    def a_form_is_sent_and_all_is_worked_off(self) -> None:
        """Where one is open; else they speak."""
        self.answer_the_form()
        self.work_off()

    def answer_the_form(self) -> None:
        asked = Message.objects.filter(conversation=self.newest(), params__has_key="form", author="flow").last()
        if asked is None:
            return self.the_visitor_speaks()
        values = {one["name"]: self.next_words for one in asked.params["form"]["fields"]}
        words = {"client_id": uuid.uuid4(), "body": self.next_words, "values": values}
        try:
            answer_form(visitor=self.visitor, seq=asked.seq, **words)
        except FormIsGone:
            return self.the_visitor_speaks()
        self.said.append(self.next_words)
        return None

    def they_speak_and_all_is_worked_off(self) -> None:
        self.the_visitor_speaks()
        self.work_off()

    def the_visitor_presses_for_a_person(self) -> None:
        services.request_by_visitor(self.visitor)

    def the_visitor_opens_the_chat(self) -> None:
        note_opened(visitor_id=self.visitor.pk)

    # The workers.

    def a_worker_runs_the_next_turn(self) -> None:
        turn = self.something_to_answer()
        if turn:
            self.act(lambda: automation.run_turn(turn.pk))

    def something_to_answer(self) -> Turn | None:
        """A queued turn; where there is none the visitor writes, or the person who leads hands back."""
        mine = Turn.objects.filter(conversation__visitor=self.visitor, state="queued")
        events.drain()
        if not mine.exists():
            conversation = self.newest()
            if conversation and leading(conversation.pk):
                with suppress(Refused):
                    services.hand_back(conversation_id=conversation.pk, teammate=self.cast.ada, note="all done")
            else:
                self.the_visitor_speaks()
            events.drain()
        return mine.first()

    def time_passes_and_timers_ring(self) -> None:
        time_passes(self.seconds)
        self.act(checkpoints.ring_due)

    def the_journal_is_drained(self) -> None:
        self.act(events.drain)

    def leases_run_out_and_the_sweep_comes(self) -> None:
        leases_run_out()
        for turn_id in turns.abandoned():
            self.act(lambda turn_id=turn_id: automation.run_turn(turn_id))

    def work_off(self) -> None:
        for _ in range(40):
            Event.objects.filter(delivered_at__isnull=True).update(try_at=timezone.now())
            events.drain()
            if not Turn.objects.unended().filter(conversation__visitor=self.visitor).exists():
                return
            self.leases_run_out_and_the_sweep_comes()
        raise AssertionError("the turns do not come to an end")

    # The teammates and the admin.

    def newest(self) -> Conversation | None:
        return self.visitor.conversations.order_by("-pk").first()

    def ask(self, verb: Callable[..., Any], **values: Any) -> None:
        conversation = self.newest()
        if conversation:
            self.act(lambda: verb(conversation_id=conversation.pk, teammate=self.cast.ada, **values))

    def ada_replies(self) -> None:
        """Taking it over, or up again where it was closed."""
        self.ask(services.take_over, body="Ada here. {{amount}}")

    def ada_hands_back(self) -> None:
        self.ask(services.hand_back, note="all done {{amount}}")

    def ada_lets_the_assistant_lead(self) -> None:
        self.ask(services.hand_back, way=WayBack.ASSISTANT)

    def ada_wraps_up(self) -> None:
        self.ask(services.hand_back, way=WayBack.WRAP_UP)

    def ada_finishes(self) -> None:
        self.ask(services.finish)

    def an_admin_publishes(self) -> None:
        draft = json.loads(json.dumps(next(self.cast.flows)).replace(NOWHERE, self.cast.service.address))
        if not draft["steps"][0]["id"].startswith("r"):  # that is only done after the end
            draft["entries"].setdefault("fallback", {"step": draft["steps"][0]["id"]})
        flow = self.cast.flow
        flow.refresh_from_db()
        flow = designs.save_draft(flow_id=flow.pk, draft=draft, expected=flow.draft_number, by=builder())
        with suppress(designs.NotPublished):  # the first step may read what only others set
            designs.publish(flow_id=flow.pk, expected=flow.draft_number, by=builder())

    # What always holds.

    @invariant()
    def what_always_holds(self) -> None:
        with self.told_when_it_fails():
            self.holds()

    @contextmanager
    def told_when_it_fails(self) -> Iterator[None]:
        try:
            yield
        except BaseException as trouble:
            trouble.add_note(self.transcript())
            raise

    def transcript(self) -> str:
        """What everybody said and what the journal tells of the flow, with the scripts that ran."""
        mine = {"conversation__visitor": self.visitor}
        runs = list(FlowRun.objects.filter(**mine).select_related("version").order_by("pk"))
        kept = ("pk", "version_id", "entry", "state", "ending", "step", "waits_for", "heard", "moves", "variables")
        lines = [f"run {[getattr(run, name) for name in kept]}" for run in runs]
        lines += [f"version {one.pk}: {one.script}" for one in {run.version for run in runs}]
        for said in Message.objects.filter(**mine).order_by("conversation", "seq"):
            lines.append(
                f"{said.conversation_id}/{said.seq} {said.author}: {said.line or said.body} {said.params or ''}"
            )
        lines += [f"event {one.pk} {one.kind} {one.data}" for one in Event.objects.filter(**mine).order_by("pk")]
        for turn in Turn.objects.filter(**mine).order_by("pk"):
            lines.append(f"turn {turn.pk} of event {turn.event_id} {turn.state} upto {turn.upto_seq}")
        return "\n".join(lines)

    def holds(self) -> None:
        mine = {"conversation__visitor": self.visitor}
        conversations = list(self.visitor.conversations.order_by("pk"))
        entries = list(Message.objects.filter(**mine).order_by("conversation", "seq"))
        handoffs = list(Handoff.objects.filter(**mine).select_related("briefing"))
        journal = list(Event.objects.filter(**mine).order_by("pk"))
        runs = list(FlowRun.objects.filter(**mine).select_related("handoff"))
        assert sorted(one.body for one in entries if one.author == "visitor") == sorted(self.said)
        assert sum(one.status != "resolved" for one in conversations) <= 1
        for conversation in conversations:
            thread = [one for one in entries if one.conversation_id == conversation.pk]
            assert [one.seq for one in thread] == list(range(1, conversation.last_seq + 1)), "an order without holes"
            nobody_speaks_over_a_person(thread)
            every_handoff_is_whole([one for one in handoffs if one.conversation_id == conversation.pk])
            assert sum(one.state == "live" for one in runs if one.conversation_id == conversation.pk) <= 1
        assert all(one.body.strip() for one in entries if not one.line), "nobody says nothing"
        running = Turn.objects.filter(state="running", **mine).values_list("conversation", flat=True)
        assert len(set(running)) == len(running), "one turn runs at most"
        for run in runs:
            self.a_run_knows_where_it_stands(
                run, [one for one in journal if one.conversation_id == run.conversation_id]
            )

    def a_run_knows_where_it_stands(self, run: FlowRun, journal: list[Event]) -> None:
        script = script_of(run.version_id)
        assert run.step in script.steps or run.step == ASSISTANT
        assert self.versions.setdefault(run.pk, run.version_id) == run.version_id, "a run keeps its version"
        assert (run.waits_for == "person") <= bool(run.handoff_id)
        if run.state == "live" and run.handoff and run.handoff.state != "finished":
            assert run.waits_for == "person"
        every_move_is_told_once(run, journal)
        known = {"message"}.union(
            *(STEPS[step.kind].sets(step) for step in (*script.steps.values(), script.step(ASSISTANT)))
        )
        if not any(one.data.get("ending") == "moved" for one in journal if one.kind == "flow.ended"):
            assert {one for one in run.variables if not one.startswith("_")} <= known, "what is typed is never a name"

    # The end.

    def teardown(self) -> None:
        """Everything is worked off: whoever wrote has an answer, a person, or a flow that waits."""
        if not hasattr(self, "visitor"):
            return
        self.cut = self.meanwhile = None
        with self.told_when_it_fails():
            self.work_off()
            self.holds()
            assert not Event.objects.filter(delivered_at__isnull=True).exists()
            for conversation in self.visitor.conversations.all():
                self.nobody_is_forgotten(conversation)
        Timer.objects.all().delete()

    def nobody_is_forgotten(self, conversation: Conversation) -> None:
        run = FlowRun.objects.live().filter(conversation=conversation).select_related("handoff").first()
        handoff = leading(conversation.pk)
        if conversation.status == "resolved":
            assert run is None
            assert handoff is None
            return
        if run:
            assert run.waits_for or handoff, "a run that does nothing waits"
            if run.waits_for == "person" and run.handoff != handoff:
                # Its own ended, and another was asked for before a worker came: it goes on after that one.
                assert run.handoff
                assert run.handoff.state == "finished"
                assert handoff
            assert run.waits_for != "time" or Timer.objects.filter(run=run, kind="step").exists() or handoff
        if handoff is None and run is None:
            assert not is_waiting(conversation)
            self.had_an_answer(conversation)

    def had_an_answer(self, conversation: Conversation) -> None:
        """Something was said after their last word, or it answered a question of the flow's."""
        said = conversation.messages.filter(audience="everyone", line="")
        last = said.order_by("-seq").first()
        if last is None or last.author != "visitor":
            return
        moves = Event.objects.filter(conversation=conversation, kind="flow.moved", created_at__gte=last.created_at)
        answered = moves.filter(data__exit__in=("answered", "gave_up")).exists()
        assert answered, [(one.author, one.line or one.body) for one in conversation.messages.order_by("seq")]


def random_flows(tries: int) -> list[Data]:
    """So many random flows, those that have several steps."""
    found: list[Data] = []

    @settings(max_examples=tries, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(valid_flows(most=7))
    def collect(flow: Data) -> None:
        if len(flow["steps"]) > 2:
            found.append(flow)

    collect()
    return found


@pytest.fixture
def house(chat_page, assistant, team, ada, bruno) -> None:
    """What the random flows name is there."""
    Team.objects.create(name="Refunds")
    for name in HOUSE.tags:
        Tag.objects.create(name=name)
    Field.objects.create(key="size", label="Size", kind="number")
    Field.objects.create(key="plan", label="Plan", owner="visitor")
    BusinessHours.objects.create(name="Office")
    vault.keep("key", "shh", ada)
    published(message("hello", "This is the other flow."), name="Other")


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_to_a_flow_in_whatever_order(house, chat_page, ada, engine, monkeypatch):
    monkeypatch.setattr(django_settings, "OUTSIDE_PRIVATE_HOSTS", ["127.0.0.1"])
    monkeypatch.setattr(outside, "RETRY_PAUSE", 0.001)
    for logger in (automation.logger, outside.logger, thinking.logger):
        monkeypatch.setattr(logger, "disabled", True)  # failing engines and services are many here
    flow = published(message("hello", "Hello"), name="Refund flow").flow
    Automation.objects.filter(chat_page=chat_page).update(flow=flow)
    with listening() as service:
        cast = Story.cast = SimpleNamespace(
            chat_page=chat_page,
            ada=ada,
            flow=flow,
            service=service,
            flows=cycle(random_flows(150)),
            mood="answers",
            kills=0,
        )

        def tell(known: Snapshot) -> Reply:
            if cast.mood == "fails":
                raise EngineError("no model", temporary=False)
            return wishes_for_a_person() if cast.mood == "hands over" else repeats(known)

        engine(tell)
        stories()
    runs, told = FlowRun.objects, Event.objects.filter(kind__startswith="flow.")
    seen = {
        **{f"run {one}": runs.filter(ending=one).count() for one in ("finished", "resolved", "left")},
        **{f"began: {one}": runs.filter(entry=one).count() for one in ("fallback", "resolved")},
        "asked for a person": Handoff.objects.filter(requested_by="flow").count(),
        "heard an answer": told.filter(data__exit__in=("answered", "gave_up")).count(),
        "handed back": told.filter(data__exit__in=("returned", "handed back")).count(),
        "killed": cast.kills,
        "taken up by another worker": Turn.objects.filter(claim__gt=1).count(),
    }
    assert all(seen.values()), seen  # the story was worth telling


def stories() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=24,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # add Phase.shrink to see the shortest story of a failure; it takes minutes
        ),
    )
