"""Workers and web processes are killed with -9 at seeded moments; nothing acknowledged is lost, nothing is said twice."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path

import httpx
import psycopg
import pytest

from vivollo.local.product import Product, running

pytestmark = pytest.mark.journey

VISITORS = 6
MESSAGES = 5
VICTIMS = ("turns", "quick", "web-1", "turns", "web-2", "quick", "turns")
QUESTION = "How long does delivery take?"


class Talker(threading.Thread):
    """A visitor who repeats each message, with its client_id, until it is acknowledged."""

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.url, self.random = url, random.Random(seed)
        self.token = ""
        self.acknowledged: list[uuid.UUID] = []

    def run(self) -> None:
        for _ in range(MESSAGES):
            client_id = uuid.UUID(int=self.random.getrandbits(128), version=4)
            deadline = time.monotonic() + 60
            while not self._post(client_id) and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(self.random.uniform(0.2, 1.2))

    def _post(self, client_id: uuid.UUID) -> bool:
        fields = {"client_id": str(client_id), "body": QUESTION, "after": "0"}
        headers = {"X-Visitor-Token": self.token, "HX-Request": "true"}
        try:
            if not self.token:
                opened = httpx.post(f"{self.url}chat/shop/open", headers=headers, timeout=5)
                self.token = opened.headers.get("X-Visitor-Token", "")
            answer = httpx.post(
                f"{self.url}chat/shop/messages",
                data=fields,
                headers=headers | {"X-Visitor-Token": self.token},
                timeout=5,
            )
        except httpx.HTTPError:
            return False
        if answer.status_code == 200:
            self.acknowledged.append(client_id)
        return answer.status_code == 200


def kill_some(product: Product, talkers: list[Talker]) -> None:
    chance = random.Random(7)
    for victim in VICTIMS:
        time.sleep(chance.uniform(0.3, 1.2))
        product.kill(victim)
        if not any(talker.is_alive() for talker in talkers):
            return


@pytest.fixture
def product(tmp_path: Path):
    with running(tmp_path / "data", "--web", "2", VISITOR_POSTS_A_MINUTE="100000") as product:
        yield product


def test_nothing_acknowledged_is_lost_and_nothing_is_said_twice_when_processes_are_killed(product: Product) -> None:
    with psycopg.connect(product.record.environment["DATABASE_URL"], autocommit=True) as database:
        before = database.execute("SELECT coalesce(max(id), 0) FROM conversations_conversation").fetchone()[0]
        talkers = [Talker(product.url, seed) for seed in range(VISITORS)]
        for talker in talkers:
            talker.start()
        kill_some(product, talkers)
        for talker in talkers:
            talker.join(timeout=90)

        def unanswered() -> list[tuple[int, int]]:
            return database.execute(
                """SELECT m.conversation_id, max(m.seq) FROM conversations_message m
                   WHERE m.conversation_id > %s AND m.author = 'visitor'
                   AND NOT EXISTS (SELECT 1 FROM handoff_handoff h WHERE h.conversation_id = m.conversation_id)
                   GROUP BY 1 HAVING max(m.seq) > coalesce((SELECT max(t.upto_seq) FROM conversations_turn t
                       WHERE t.conversation_id = m.conversation_id AND t.state = 'completed'), 0)""",
                (before,),
            ).fetchall()

        deadline = time.monotonic() + 60
        while (unanswered() or _unended(database)) and time.monotonic() < deadline:
            time.sleep(0.3)

        assert all(len(talker.acknowledged) == MESSAGES for talker in talkers)
        stored = database.execute(
            "SELECT client_id, count(*) FROM conversations_message WHERE client_id = ANY(%s) GROUP BY 1",
            ([one for talker in talkers for one in talker.acknowledged],),
        ).fetchall()
        assert dict(stored) == {one: 1 for talker in talkers for one in talker.acknowledged}
        assert unanswered() == []
        assert _unended(database) == 0
        twice = database.execute(
            "SELECT turn_id FROM conversations_message WHERE turn_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        ).fetchall()
        assert twice == []
        holes = database.execute(
            """SELECT conversation_id FROM conversations_message GROUP BY 1
               HAVING max(seq) <> count(*) OR min(seq) <> 1"""
        ).fetchall()
        assert holes == []


def _unended(database: psycopg.Connection) -> int:
    return database.execute(
        """SELECT (SELECT count(*) FROM conversations_turn WHERE state IN ('queued', 'running'))
                + (SELECT count(*) FROM conversations_event WHERE delivered_at IS NULL)"""
    ).fetchone()[0]
