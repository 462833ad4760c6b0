"""How fast a customer's words are safe, and in a teammate's browser: `manage.py bench message_path`.

Real parts on one machine: `up`'s web processes and workers over PostgreSQL with its usual durability. The load
is one process with bare connections. Figures: messages a second, the time from post to the sender's own
acknowledgement and to a teammate's open socket, from a wish for a person to the row in the inbox, and CPU
seconds a thousand messages by process.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from websockets.asyncio.client import connect

from conversations import access
from conversations.models import ChatPage, Conversation, Visitor
from conversations.services import post_visitor_message
from handoff.models import KnowledgeArticle, Teammate
from handoff.services import take_over
from tests.bench.seed import cast
from tests.bench.wire import Line, Meter, spread
from vivollo.local.product import Product, running

SETUPS = {
    "daphne, 1 process": ("--server", "daphne", "--web", "1"),
    "daphne, 2 processes": ("--server", "daphne", "--web", "2"),
    "uvicorn, 2 processes": ("--server", "uvicorn", "--web", "2"),
}
MARK = re.compile(r"m-([0-9a-f]{8})-m")
WATCHED = 20  # teammates' sockets


@dataclass
class Person:
    """A visitor as the load plays them."""

    token: str
    public_id: str
    after: int


@dataclass
class Heard:
    """What the teammates' sockets have heard, by mark."""

    at: dict[str, float] = field(default_factory=dict)

    def hear(self, frame: str) -> None:
        """Note when each mark was first seen."""
        now = time.perf_counter()
        for mark in MARK.findall(frame):
            self.at.setdefault(mark, now)


def people(page: ChatPage, many: int, leader: Teammate | None) -> list[Person]:
    """So many visitors with a conversation each, led by the teammate or by the assistant."""
    made = []
    for _ in range(many):
        visitor = Visitor.objects.create(chat_page=page, language="en")
        posted = post_visitor_message(
            visitor=visitor.public_id, chat_page=page.slug, client_id=uuid.uuid4(), body="Thanks"
        )
        if leader:
            take_over(conversation_id=posted.conversation_id, teammate=leader, body="Hello")
        seq = Conversation.objects.values_list("last_seq", flat=True).get(pk=posted.conversation_id)
        made.append(Person(access.sign(visitor, page.slug), str(posted.public_id), seq))
    return made


class Load:
    """One product under load."""

    def __init__(self, product: Product, page: ChatPage, teammate: Teammate, seconds: float) -> None:
        address = urlsplit(product.url)
        self.meter, self.page, self.seconds = Meter(product), page, seconds
        self.host, self.port = address.hostname or "", address.port or 0
        client = Client()
        client.force_login(teammate)
        self.cookie = f"sessionid={client.cookies['sessionid'].value}"

    async def watch(self, path: str, hear: Callable[[str], None], ready: asyncio.Event) -> None:
        """One browser socket of a teammate, until cancelled."""
        async with connect(
            f"ws://{self.host}:{self.port}{path}",
            additional_headers={"Cookie": self.cookie},
            origin=f"http://{self.host}:{self.port}",  # type: ignore[arg-type]  # a plain text is one
            compression=None,
        ) as socket:
            ready.set()
            async for frame in socket:
                hear(str(frame))

    async def watching(self, paths: list[str], hear: Callable[[str], None]) -> list[asyncio.Task[None]]:
        """All these sockets, open."""
        signs = [asyncio.Event() for _ in paths]
        tasks = [asyncio.create_task(self.watch(path, hear, sign)) for path, sign in zip(paths, signs, strict=True)]
        await asyncio.wait_for(asyncio.gather(*(sign.wait() for sign in signs)), timeout=30)
        await asyncio.sleep(0.5)
        return tasks

    async def post(self, line: Line, person: Person, body: str) -> None:
        """One message; anything but a 200 ends the benchmark."""
        status, answer = await line.post(
            f"/chat/{self.page.slug}/messages",
            {
                "client_id": str(uuid.uuid4()),
                "body": body,
                "conversation": person.public_id,
                "after": str(person.after),
            },
            {"X-Visitor-Token": person.token, "HX-Request": "true"},
        )
        if status != 200:
            raise RuntimeError(f"a message was answered with {status}: {answer[:300]!r}")
        seqs = re.findall(rb'data-seq="(\d+)"', answer)
        person.after = max([person.after, *(int(seq) for seq in seqs)])

    async def run(self, persons: list[Person], rate: float | None, text: str) -> dict[str, Any]:
        """Closed loop (each posts again as soon as acknowledged), or paced at `rate` messages a second."""
        heard, sent, acks = Heard(), dict[str, float](), list[float]()
        paths = [f"/ws/inbox/c/{person.public_id}/?after={person.after}" for person in persons[:WATCHED]]
        tasks = await self.watching([*paths, "/ws/inbox/"], heard.hear)
        lines = [Line(self.host, self.port) for _ in persons]
        for line in lines:
            await line.open()
        self.meter.start()
        began = time.perf_counter()

        async def one(at: int) -> None:
            mark = uuid.uuid4().hex[:8]
            sent_at = time.perf_counter()
            if at < WATCHED:
                sent[mark] = sent_at
            await self.post(lines[at], persons[at], f"{text} m-{mark}-m")
            acks.append(time.perf_counter() - sent_at)

        async def loop(at: int) -> None:
            pause = len(persons) / rate if rate else 0.0
            due = began + pause * at / len(persons)
            while time.perf_counter() - began < self.seconds:
                if pause:
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    due += pause
                await one(at)

        await asyncio.gather(*(loop(at) for at in range(len(persons))))
        took, spent = time.perf_counter() - began, self.meter.spent()
        await asyncio.sleep(1.0)
        for task in tasks:
            task.cancel()
        for line in lines:
            line.close()
        seen = [heard.at[mark] - at for mark, at in sent.items() if mark in heard.at]
        thousands = len(acks) / 1000
        return {
            "messages_per_second": round(len(acks) / took),
            "acknowledged": spread(acks),
            "teammate_socket": spread(seen) | {"missed": len(sent) - len(seen)},
            "cpu_seconds_per_1000": {name: round(value / thousands, 2) for name, value in spent.items()}
            | {"all": round(sum(spent.values()) / thousands, 2)},
        }

    async def wish(self, times: int) -> dict[str, Any]:
        """From a visitor's wish for a person to the row in an open inbox, one after the other."""
        rows: dict[str, float] = {}
        news = asyncio.Event()

        def hear(frame: str) -> None:
            for name in re.findall(r"Wisher ([0-9a-f]{8})", frame):
                if "Asked for a person" in frame:
                    rows.setdefault(name, time.perf_counter())
                    news.set()

        tasks = await self.watching(["/ws/inbox/"], hear)
        line, waits = Line(self.host, self.port), []
        await line.open()
        for _ in range(times):
            name = uuid.uuid4().hex[:8]
            visitor = await Visitor.objects.acreate(chat_page=self.page, name=f"Wisher {name}", language="en")
            sent = time.perf_counter()
            await self.post(line, Person(access.sign(visitor, self.page.slug), "", 0), "I want to talk to a person")
            while name not in rows:
                await asyncio.wait_for(news.wait(), timeout=10)
                news.clear()
            waits.append(rows[name] - sent)
        for task in tasks:
            task.cancel()
        return spread(waits)


def main(*, quick: bool) -> dict[str, Any]:
    """Measure each way of serving; with `quick`, one of them and briefly."""
    page, teammate = cast()
    assistant = page.automation.assistant
    KnowledgeArticle.objects.get_or_create(
        assistant=assistant, title="Delivery times", defaults={"body": "Delivery takes two to four working days."}
    )
    figures: dict[str, Any] = {}
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    environment = {name: os.environ[name] for name in names} | {"ALLOWED_HOSTS": os.environ["ALLOWED_HOSTS"]}
    environment |= {"VISITOR_POSTS_A_MINUTE": "1000000", "VISITOR_ARRIVALS_A_MINUTE": "1000000"}  # a flood is the point
    for setup, options in list(SETUPS.items())[: 1 if quick else None]:
        with (
            tempfile.TemporaryDirectory(prefix="vivollo-bench-") as folder,
            running(Path(folder) / "data", "--no-demo", *options, **environment) as product,
        ):
            figures[setup] = measure(Load(product, page, teammate, 2.0 if quick else 8.0), page, teammate, quick)
            table(setup, figures[setup])
    return figures


def measure(load: Load, page: ChatPage, teammate: Teammate, quick: bool) -> dict[str, Any]:
    """All cases against one product."""
    told: dict[str, Any] = {}
    for many in (1, 8, 32):
        told[f"person leads, {many} closed"] = asyncio.run(load.run(people(page, many, teammate), None, "And then"))
    told["person leads, 50/s of 200"] = asyncio.run(load.run(people(page, 200, teammate), 50, "And then"))
    for many in (1, 8) if quick else (1, 8, 32):
        told[f"assistant answers, {many} closed"] = asyncio.run(
            load.run(people(page, many, None), None, "How long does delivery take?")
        )
    told["wish to inbox row"] = asyncio.run(load.wish(5 if quick else 40))
    return told


def table(setup: str, told: dict[str, Any]) -> None:
    """Print the figures of one setup for a reader."""
    print(f"\n{setup}\n{'case':34}{'msg/s':>7}{'ack p50':>9}{'p99':>8}{'mate p50':>10}{'p99':>8}{'CPU s/1000':>12}")
    for case, one in told.items():
        if "acknowledged" not in one:
            print(f"{case:34}{'':7}{'':9}{'':8}{one.get('p50_ms', 0):>10}{one.get('p99_ms', 0):>8}")
            continue
        ack, mate = one["acknowledged"], one["teammate_socket"]
        print(
            f"{case:34}{one['messages_per_second']:>7}{ack['p50_ms']:>9}{ack['p99_ms']:>8}"
            f"{mate.get('p50_ms', '-'):>10}{mate.get('p99_ms', '-'):>8}{one['cpu_seconds_per_1000']['all']:>12}"
        )
