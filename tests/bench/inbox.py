"""What the inbox costs as conversations pile up: `manage.py bench inbox`.

Each view of the queue and one conversation page, in queries and milliseconds, with 1,000 and with 100,000
conversations in the same database. Aim: the same number of queries, and no more than twice the time.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.models import Conversation
from tests.bench.seed import cast, fill

VIEWS = ("waiting", "mine", "person", "automation", "finished")


def main(*, quick: bool) -> dict[str, Any]:
    """Measure at both sizes and print them side by side."""
    small, large = (200, 2_000) if quick else (1_000, 100_000)
    _, teammate = cast()
    client = Client()
    client.force_login(teammate)
    fill(small)
    few = _measure(client, 5 if quick else 41)
    fill(large - small)
    many = _measure(client, 5 if quick else 41)
    print(f"{'page':24}{'queries':>9}{f'{small:,}':>12}{'queries':>9}{f'{large:,}':>12}{'ratio':>8}")
    for name, one in few.items():
        ratio = many[name]["median_ms"] / one["median_ms"]
        print(
            f"{name:24}{one['queries']:>9}{one['median_ms']:>9} ms"
            f"{many[name]['queries']:>9}{many[name]['median_ms']:>9} ms{ratio:>8.2f}"
        )
    return {"conversations": [small, large], str(small): few, str(large): many}


def _measure(client: Client, rounds: int) -> dict[str, dict[str, float]]:
    newest = Conversation.objects.order_by("-pk").values_list("public_id", flat=True)[:1].get()
    paths = {f"queue: {view}": f"{reverse('inbox:queue')}?view={view}" for view in VIEWS}
    paths["conversation"] = f"{reverse('inbox:queue')}c/{newest}/"
    return {name: _time(client, path, rounds) for name, path in paths.items()}


def _time(client: Client, path: str, rounds: int) -> dict[str, float]:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = client.get(path)
        took.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered with {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return {"queries": len(queries), "median_ms": round(1000 * median(took), 1)}
