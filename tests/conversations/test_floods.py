"""A flood is slowed down, its words are kept, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from conversations import access, floods, visits
from conversations.models import Message, PageView, Visitor
from tests.conversations.browsing import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch, settings):
    """No sentence counts for another; the clock minute that Redis counts in is of this sentence alone."""
    for name, new in (
        ("messages", floods.Bucket()),
        ("signs", floods.Bucket()),
        ("arrivals", floods.Window("arrivals")),
    ):
        monkeypatch.setattr(floods, name, new)
    clock = SimpleNamespace(time=lambda: 1_000_000_005.0, monotonic=time.monotonic)
    monkeypatch.setattr(floods, "time", clock)
    settings.VISITOR_ARRIVALS_A_MINUTE = 2
    settings.CLIENT_ADDRESS_HEADER = "X-Test-Address"


@pytest.fixture
def address() -> str:
    part = uuid.uuid4().bytes
    return f"10.{part[0]}.{part[1]}.{part[2]}"


def opened(client, address: str, token: str = "", slug: str = "shop"):
    return client.post(
        f"/chat/{slug}/open", json.dumps({}), content_type="application/json",
        headers={"X-Visitor-Token": token, "X-Test-Address": address},
    )  # fmt: skip


def test_a_bucket_holds_a_minutes_worth_and_fills_evenly(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(floods.time, "monotonic", lambda: now[0])
    bucket = floods.Bucket()
    assert [bucket.wait("deniz", 120) for _ in range(120)] == [0] * 120
    assert bucket.wait("deniz", 120) == 1
    assert bucket.wait("eve", 120) == 0
    now[0] += 1
    assert [bucket.wait("deniz", 120) for _ in range(3)] == [0, 0, 1]


def test_buckets_that_are_full_again_are_forgotten(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(floods.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(floods, "MOST_KEPT", 10)
    bucket = floods.Bucket()
    bucket._most = 10
    for number in range(10):
        bucket.wait(number, 120)
    now[0] += 60
    bucket.wait("one more", 120)
    assert list(bucket._full_at) == ["one more"]


async def test_a_flood_of_messages_is_refused_with_a_sentence_and_the_next_one_is_taken(deniz, eve, settings):
    settings.VISITOR_POSTS_A_MINUTE = 60
    async with browser_of(deniz) as tab:
        answers = await asyncio.gather(*(tab.say(f"word {number}") for number in range(70)))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(refused) >= 8
        assert "is kept here" in refused[0].text
        assert refused[0].headers["Retry-After"] == "1"
        assert await Message.objects.acount() == 70 - len(refused)
        await asyncio.sleep(1.1)
        assert (await tab.say("later")).status_code == 200


def test_new_visitors_of_one_address_are_counted_and_known_ones_are_not(client, deniz, address):
    token = access.sign(deniz, "shop")
    assert [opened(client, address).status_code for _ in range(3)] == [200, 200, 429]
    assert opened(client, address, token).status_code == 200
    assert opened(client, "10.0.0.1" if address != "10.0.0.1" else "10.0.0.2").status_code != 429
    assert Visitor.objects.count() == 4


def test_a_refused_first_message_keeps_its_words(client, chat_page, address):
    for _ in range(2):
        opened(client, address)
    answer = client.post(
        "/chat/shop/messages", {"body": "Where is my parcel?", "client_id": str(uuid.uuid4()), "visitor_token": ""},
        headers={"X-Test-Address": address},
    )  # fmt: skip
    assert answer.status_code == 429
    assert "Where is my parcel?" in answer.text
    assert "is kept here" in answer.text
    assert not Message.objects.exists()
    assert client.post("/chat/shop/person", {}, headers={"X-Test-Address": address}).status_code == 429


def test_pages_and_typing_are_slowed_down_too(client, deniz, settings):
    settings.VISITOR_POSTS_A_MINUTE = 2
    headers = {"X-Visitor-Token": access.sign(deniz, "shop")}
    assert [client.post("/chat/shop/typing", headers=headers).status_code for _ in range(3)] == [204, 204, 429]
    assert client.post("/chat/shop/pages", "{}", content_type="application/json", headers=headers).status_code == 429
    assert not PageView.objects.exists()


def test_without_redis_nobody_is_refused_nor_kept_waiting(address, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    began = time.monotonic()
    assert [floods.arrivals.wait(address, "shop", 2) for _ in range(10)] == [0] * 10
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("header", "told", "counted"),
    [
        ("", {}, "127.0.0.1"),
        ("X-Forwarded-For", {"X-Forwarded-For": "1.2.3.4, 9.9.9.9"}, "9.9.9.9"),
        ("X-Forwarded-For", {"X-Forwarded-For": "2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"),
        ("X-Forwarded-For", {"X-Forwarded-For": "nonsense"}, ""),
        ("X-Forwarded-For", {}, ""),
    ],
)
def test_an_address_is_the_connections_or_what_our_own_proxy_has_seen(settings, header, told, counted):
    settings.CLIENT_ADDRESS_HEADER = header
    assert visits.neighbourhood(RequestFactory().post("/", headers=told)) == counted
