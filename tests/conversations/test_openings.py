"""A chat that is opened with nothing going on is told to whoever greets, and the page looks for the greeting."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest

from conversations import access, events, floods
from conversations.models import Event, Visitor
from tests.conversations.automatic import close, flow_says

pytestmark = pytest.mark.django_db

greeted: list[int] = []


def greet(batch: list[Event]) -> None:
    greeted.extend(event.data["visitor_id"] for event in batch)


def greets(chat_page_id: int) -> bool:
    return True


def greets_nobody(chat_page_id: int) -> bool:
    return False


@pytest.fixture(autouse=True)
def _heard(settings):
    settings.CHAT_GREETS = "tests.conversations.test_openings.greets"
    settings.EVENT_HANDLERS = {"chat.opened": ["tests.conversations.test_openings.greet"]}
    greeted.clear()


def opened(client, visitor: Visitor | None = None) -> str:
    token = access.sign(visitor, "shop") if visitor else ""
    headers = {"X-Visitor-Token": token}
    return client.post("/chat/shop/open", json.dumps({}), content_type="application/json", headers=headers).text


def openings() -> list[int]:
    return [event.data["visitor_id"] for event in Event.objects.filter(kind="chat.opened").order_by("pk")]


def test_opening_a_chat_with_nothing_going_on_is_told_to_its_handler(client, chat_page):
    assert "data-greeting" in opened(client)
    assert openings() == [Visitor.objects.get().pk]
    events.drain()
    assert greeted == openings()


def test_a_thread_that_goes_on_is_not_greeted(client, deniz, say):
    say(deniz, "Hello")
    assert "data-greeting" not in opened(client, deniz)
    assert openings() == []


def test_after_the_end_a_new_opening_is_one(client, deniz, say):
    say(deniz, "Hello")
    close(deniz)
    assert "data-greeting" in opened(client, deniz)
    assert openings() == [deniz.pk]


def test_reloads_are_told_once_a_minute_and_the_page_still_looks(client, deniz, monkeypatch):
    clock = SimpleNamespace(time=lambda: 1_000_000_005.0, monotonic=time.monotonic)
    monkeypatch.setattr(floods, "time", clock)  # Redis counts by the clock's minute
    assert all("data-greeting" in opened(client, deniz) for _ in range(5))
    assert openings() == [deniz.pk]


def test_where_nobody_greets_nothing_is_written_and_nothing_looks(client, chat_page, settings):
    settings.CHAT_GREETS = "tests.conversations.test_openings.greets_nobody"
    assert "data-greeting" not in opened(client)
    assert "data-greets" not in client.get("/chat/shop/").text
    assert openings() == []


def test_the_page_says_that_it_greets_so_that_a_new_visitor_is_met(client, chat_page):
    assert "data-greets" in client.get("/chat/shop/").text


def test_the_greeting_is_found_by_the_next_look(client, deniz):
    opened(client, deniz)
    flow_says(deniz, "Welcome! What is it about?", options=["Refund"])
    news = client.get(
        "/chat/shop/entries?conversation=&after=0", headers={"X-Visitor-Token": access.sign(deniz, "shop")}
    )
    assert "Welcome!" in news.text
    assert "data-greeting" not in news.text


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("flow.published", {"flow_id", "version_id"}), ("flow.started", {"run_id", "entry"}),
        ("flow.moved", {"run_id", "move", "step", "exit"}), ("flow.ended", {"run_id", "ending"}),
        ("timer.rang", {"timer", "run_id"}),
    ],
)  # fmt: skip
def test_the_journal_knows_what_flows_do(kind, keys):
    with pytest.raises(ValueError, match="not an event"):
        events.record(kind, conversation_id=None, data={})
    assert events.record(kind, conversation_id=None, data=dict.fromkeys(keys, 1)).kind == kind
