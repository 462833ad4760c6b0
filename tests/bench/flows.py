"""What a flow costs: steps a second through one worker, from an answer to the next message, and sleeping timers.

`manage.py bench flows`. The first and the last run in this process, on one connection; the second through `up`'s
own web process and workers, beside plain messages to a person on the same machine. Compare within one run.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from websockets.asyncio.client import connect

from conversations import access, events, live
from conversations.models import ChatPage, Conversation, Tag, Turn, Visitor
from conversations.services import post_visitor_message
from handoff import automation, checkpoints, designs
from handoff.models import Teammate, Timer
from handoff.services import take_over
from tests.bench.seed import cast
from tests.bench.wire import Line, Meter, spread
from vivollo.local.product import Product, running

SILENT = 20  # steps between two messages of the long flow
QUESTIONS = 40
PAUSE = 0.4  # seconds from one answer of a visitor to their next: quick for a person, slow for the machine


def main(*, quick: bool) -> dict[str, Any]:
    """Measure and print; with `quick`, briefly."""
    page, teammate = cast()
    figures: dict[str, Any] = {"steps": steps(page, teammate, 20 if quick else 150)}
    print(f"steps through one worker: {figures['steps']}")
    figures["timers"] = timers(page, 2_000 if quick else 10_000)
    print(f"sleeping timers: {figures['timers']}")
    figures["answers"] = answers(page, teammate, 3.0 if quick else 10.0)
    for case, told in figures["answers"].items():
        print(f"{case:34} {told}")
    return figures


def use(page: ChatPage, teammate: Teammate, name: str, steps: list[dict[str, Any]]) -> None:
    """Publish the flow and let the chat page run it on each message."""
    draft = {"entries": {"fallback": {"step": steps[0]["id"]}}, "steps": steps}
    flow = designs.create(name=f"{name} {uuid.uuid4().hex[:6]}", draft=draft, by=teammate)
    designs.publish(flow_id=flow.pk, expected=flow.draft_number, by=teammate)
    page.automation.flow = flow
    page.automation.save(update_fields=["flow"])


def visitors(page: ChatPage, many: int) -> list[tuple[Visitor, int]]:
    """So many visitors who have just said something."""
    made = []
    for _ in range(many):
        visitor = Visitor.objects.create(chat_page=page, language="en")
        posted = post_visitor_message(
            visitor=visitor.public_id, chat_page=page.slug, client_id=uuid.uuid4(), body="Good morning"
        )
        made.append((visitor, posted.conversation_id))
    return made


# ── Steps a second.


def steps(page: ChatPage, teammate: Teammate, many: int) -> dict[str, Any]:
    """A message, twenty silent steps and a message, for so many conversations, one after the other."""
    Tag.objects.get_or_create(name="refund")
    use(page, teammate, "Long", [_say("hello", "step_0"), *(_silent(at) for at in range(SILENT)), _say("bye", "end")])
    visitors(page, many)
    live.enqueue = lambda *_args: True  # type: ignore[assignment]  # no worker listens: the turns are run here
    events.drain()
    turns = list(Turn.objects.filter(state="queued").values_list("pk", flat=True))
    before, cpu = time.perf_counter(), time.process_time()
    for turn_id in turns:
        automation.run_turn(turn_id)
    took, spent = time.perf_counter() - before, time.process_time() - cpu
    done = len(turns) * (SILENT + 2)
    visitors(page, 1)
    events.drain()
    with CaptureQueriesContext(connection) as queries:
        automation.run_turn(Turn.objects.filter(state="queued").values_list("pk", flat=True)[0])
    return {
        "steps_per_second": round(done / took),
        "cpu_ms_per_step": round(1000 * spent / done, 2),
        "queries_per_step": round(len(queries) / (SILENT + 2), 1),
        "steps": done,
    }


def _say(step_id: str, following: str) -> dict[str, Any]:
    return {
        "id": step_id,
        "kind": "send_message",
        "params": {"text": "Hello {{visitor.first_name}}."},
        "exits": {"next": following},
    }


def _silent(at: int) -> dict[str, Any]:
    following = f"step_{at + 1}" if at + 1 < SILENT else "bye"
    if at % 4 == 0:
        return {"id": f"step_{at}", "kind": "tag", "params": {"tag": "refund"}, "exits": {"next": following}}
    if at % 4 == 1:
        params = {"key": f"fact_{at}", "value": "{{message}}"}
        return {"id": f"step_{at}", "kind": "remember", "params": params, "exits": {"next": following}}
    row = {"subject": "visitor.vip", "test": "equals", "value": "yes", "second": "", "negate": False}
    params = {"match": "all", "conditions": [row]}
    return {"id": f"step_{at}", "kind": "condition", "params": params, "exits": {"yes": following, "no": following}}


# ── Sleeping timers.


def timers(page: ChatPage, many: int) -> dict[str, Any]:
    """The look for due timers, and a ring of one, without and with so many that sleep."""
    told: dict[str, Any] = {"look_ms_without": _looks(), "ring_ms_without": _ring(page)}
    visitors_made = Visitor.objects.bulk_create([Visitor(chat_page=page) for _ in range(many)])
    made = Conversation.objects.bulk_create([Conversation(chat_page=page, visitor=one) for one in visitors_made])
    later = timezone.now() + timedelta(days=1)
    Timer.objects.bulk_create([Timer(conversation=one, kind="inactivity", due_at=later) for one in made])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE handoff_timer")
    return told | {"asleep": many, "look_ms_with": _looks(), "ring_ms_with": _ring(page)}


def _looks(rounds: int = 200) -> dict[str, float]:
    return spread([_timed(checkpoints.ring_due) for _ in range(rounds)])


def _ring(page: ChatPage, rounds: int = 50) -> dict[str, float]:
    """From a due row to its event, one at a time."""
    took = []
    for _visitor, conversation_id in visitors(page, rounds):
        Timer.objects.create(conversation_id=conversation_id, kind="wrap_up", due_at=timezone.now())
        took.append(_timed(checkpoints.ring_due))
    return spread(took)


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


# ── From an answer to the next message.


def answers(page: ChatPage, teammate: Teammate, seconds: float) -> dict[str, Any]:
    """Visitors answer a flow's questions over their own sockets; then the same visitors write to a person."""
    asks = [
        {
            "id": f"ask_{at}",
            "kind": "ask",
            "params": {
                "question": f"Question q-{at}-q?",
                "kind": "text",
                "variable": "answer",
                "tries": 3,
                "listen": False,
            },
            "exits": {"answered": f"ask_{(at + 1) % QUESTIONS}", "gave_up": "end"},
        }
        for at in range(QUESTIONS)
    ]
    use(page, teammate, "Questions", asks)
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")
    environment = {name: os.environ[name] for name in names}
    environment |= {"VISITOR_POSTS_A_MINUTE": "1000000", "VISITOR_ARRIVALS_A_MINUTE": "1000000"}
    told: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory(prefix="vivollo-bench-") as folder,
        running(Path(folder) / "data", "--no-demo", **environment) as product,
    ):
        for many in (1, 8, 20):
            told[f"flow asks on, {many} at once"] = _talked(product, page, many, seconds, None)
            told[f"plain, a person leads, {many} at once"] = _talked(product, page, many, seconds, teammate)
    return told


def _talked(product: Product, page: ChatPage, many: int, seconds: float, leader: Teammate | None) -> dict[str, Any]:
    people = _people(page, many, leader)
    time.sleep(2.0)  # the first question is asked meanwhile
    asyncio.run(_talk(product, page, people, 1.5, follows=leader is None))  # the workers are warm
    meter = Meter(product)
    waits = asyncio.run(_talk(product, page, people, seconds, follows=leader is None))
    cpu = 1000 * sum(meter.spent().values()) / max(1, len(waits))
    return spread(waits) | {"per_second": round(len(waits) / seconds), "cpu_s_per_1000": round(cpu, 1)}


async def _talk(
    product: Product, page: ChatPage, people: list[tuple[str, str]], seconds: float, *, follows: bool
) -> list[float]:
    """Each visitor posts, waits for what follows on their socket, and posts again in time; the waits, in seconds."""
    address = urlsplit(product.url)
    host, port = address.hostname or "", address.port or 0
    waits = list[float]()

    async def one(at: int, token: str, public_id: str) -> None:
        line = Line(host, port)
        await line.open()
        query = f"?conversation={public_id}&after=0"
        async with connect(
            f"ws://{host}:{port}/ws/chat/{page.slug}/{query}", subprotocols=[f"vivollo.{token}"],  # type: ignore[list-item]
            origin=f"http://{host}:{port}", compression=None,  # type: ignore[arg-type]
        ) as socket:  # fmt: skip
            due = time.perf_counter() + PAUSE * at / len(people)  # not all at the same moment
            end = due + seconds
            while due < end:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due += PAUSE
                mark = uuid.uuid4().hex[:8]
                began = time.perf_counter()
                await line.post(
                    f"/chat/{page.slug}/messages",
                    {"client_id": str(uuid.uuid4()), "body": f"m-{mark}-m", "conversation": public_id, "after": "0"},
                    {"X-Visitor-Token": token, "HX-Request": "true"},
                )
                await _hear(socket, mark, follows=follows)
                waits.append(time.perf_counter() - began)
        line.close()

    await asyncio.gather(*(one(at, *person) for at, person in enumerate(people)))
    return waits


async def _hear(socket: Any, mark: str, *, follows: bool) -> None:
    """Read frames until the own words have come, and after them a question where one follows."""
    seen = False
    async with asyncio.timeout(20):
        async for frame in socket:
            text = str(frame)
            at = text.find(f"m-{mark}-m")
            seen = seen or at >= 0
            if seen and (not follows or re.search(r"q-\d+-q", text[max(at, 0) :])):
                return


def _people(page: ChatPage, many: int, leader: Teammate | None) -> list[tuple[str, str]]:
    made = []
    for visitor, conversation_id in visitors(page, many):
        if leader:
            take_over(conversation_id=conversation_id, teammate=leader, body="Hello")
        public_id = Conversation.objects.values_list("public_id", flat=True).get(pk=conversation_id)
        made.append((access.sign(visitor, page.slug), str(public_id)))
    return made
