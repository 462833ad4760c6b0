"""A worker is killed between any two instructions of a long flow: what is left behind is as if it had lived."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
from django.db import connection, transaction

from conversations.models import ChatPage, Conversation, Event, Field, FieldValue, Memory, Tag, Visitor
from conversations.services import post_visitor_message
from handoff import services
from handoff.models import FlowRun, Handoff, Teammate, Timer
from tests.handoff.flow_cast import ask, condition, hand_off, message, runs, step
from tests.outside_service import OutsideService, gives, listening
from tests.workers import dying, others_take_over, repeats, time_passes, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service(settings) -> Iterator[OutsideService]:
    with listening() as service:
        settings.OUTSIDE_PRIVATE_HOSTS = [f"127.0.0.1:{service.port}"]
        yield service


@pytest.fixture
def long_flow(chat_page, assistant, engine, service) -> None:
    engine(repeats)
    Tag.objects.create(name="refund")
    Field.objects.create(key="amount", label="Amount", kind="text")
    runs(
        chat_page,
        message("hello", "Hello.", "amount"),
        ask("amount", "amount", "much", remember="amount"),
        condition("much", "amount", "greater", "500", "mark", "mark"),
        step("tag", "mark", "keep", tag="refund"),
        step("set_field", "keep", "note", field="amount", value="{{amount}}"),
        step("remember", "note", "call", key="wish", value="{{message}}"),
        step(
            "call_api", "call", {"success": "told", "failure": "told"},
            address=service.address + "/refunds", method="POST", body='{"amount": "{{amount}}"}',
            mapping=[{"variable": "number", "path": "number"}],
        ),
        message("told", "Noted as {{number}}.", "pause"),
        step("wait", "pause", "again", seconds=60),
        message("again", "Anything else?", "ai"),
        step("assistant", "ai", {"answered": "person"}, answers=1),
        hand_off({"returned": "bye"}, reason="Refund of {{amount}}"),
        message("bye", "{{person.name}} is done.", "close"),
        step("resolve", "close"),
    )  # fmt: skip


@dataclass
class Story:
    """One visitor's way through the flow, worked off by workers of which one is killed before that statement."""

    visitor: Visitor
    ada: Teammate
    service: OutsideService
    dies_at: int = -1
    statements: list[tuple[int, str]] = field(default_factory=list)  # each with the commits before it
    commits: int = 0

    def run(self) -> dict[str, Any]:
        """From the first word to the end; returns what it left behind."""
        self.service.seen.clear()
        self.says("Hi")
        self.says("750 TL")
        time_passes(61)
        self.work()
        self.says("And delivery?")
        conversation = Conversation.objects.get(visitor=self.visitor)
        services.take_over(conversation_id=conversation.pk, teammate=self.ada, body="I am here.")
        self.work()
        services.hand_back(conversation_id=conversation.pk, teammate=self.ada)
        self.work()
        return left_behind(self.visitor, self.service)

    def says(self, body: str) -> None:
        self.service.answers[:] = [gives({"number": 7})] * 2
        page = self.visitor.chat_page.slug
        post_visitor_message(visitor=self.visitor.public_id, chat_page=page, client_id=uuid.uuid4(), body=body)
        self.work()

    def work(self) -> None:
        with dying(self.counts):
            work_off()
        others_take_over()

    def counts(self, sql: str) -> bool:
        if connection.in_atomic_block and not connection.run_on_commit:
            transaction.on_commit(self.committed)
        self.statements.append((self.commits, sql))
        return len(self.statements) - 1 == self.dies_at

    def committed(self) -> None:
        self.commits += 1

    def deaths(self) -> list[int]:
        """Where a death can leave something else behind: before the first and the last write of each commit."""
        found: list[int] = []
        for _, group in groupby(enumerate(self.statements), key=lambda one: one[1][0]):
            writing = [place for place, (_, sql) in group if not sql.startswith("SELECT") or "append_entry" in sql]
            found += sorted({writing[0], writing[-1]}) if writing else []
        return found


def left_behind(visitor: Visitor, service: OutsideService) -> dict[str, Any]:
    """Everything that a flow leaves, without ids and times."""
    conversation = Conversation.objects.get(visitor=visitor)
    events = Event.objects.filter(conversation=conversation).order_by("pk")
    moves = [one.data for one in events if one.kind == "flow.moved"]
    assert max(Counter((one["run_id"], one["move"]) for one in moves).values()) == 1, "a move was made twice"
    assert not Timer.objects.filter(conversation=conversation).exists()
    return {
        "thread": list(conversation.messages.order_by("seq").values_list("author", "body", "line")),
        "status": conversation.status,
        "tags": [str(one) for one in conversation.tags.all()],
        "fields": list(FieldValue.objects.filter(conversation=conversation).values_list("field__key", "value")),
        "memories": sorted(Memory.objects.filter(visitor=visitor).values_list("key", "value")),
        "moves": [(one["step"], one["exit"]) for one in moves],
        "journal": Counter(one.kind for one in events),
        "runs": list(FlowRun.objects.filter(conversation=conversation).values_list("state", "ending")),
        "handoffs": list(Handoff.objects.filter(conversation=conversation).values_list("state", "outcome", "reason")),
        "calls": len({one.headers["Idempotency-Key"] for one in service.seen}),
    }


def test_a_worker_killed_anywhere_in_a_long_flow_changes_nothing(chat_page, long_flow, ada, service):
    """Statements of one transaction are one: whichever of them is the last, nothing of it has been."""
    undisturbed = Story(new_visitor(chat_page), ada, service)
    expected = undisturbed.run()
    assert [one for one in expected["moves"] if one[1] != "calls"][-1] == ("close", "")
    assert expected["calls"] == 1
    deaths = undisturbed.deaths()
    assert len(deaths) > 30
    for place in deaths:
        disturbed = Story(new_visitor(chat_page), ada, service, dies_at=place)
        assert disturbed.run() == expected, f"killed before statement {place}: {disturbed.statements[place][1][:200]}"


def new_visitor(chat_page: ChatPage) -> Visitor:
    return Visitor.objects.create(chat_page=chat_page)
