"""What a search and an answer of the built-in assistant cost: `manage.py bench knowledge`.

A thousand articles, made of the demo's, searched by the words that customers type: plain, mistyped, long. Then a
whole turn of thinking with the same knowledge. Milliseconds, one after the other, on one connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db import connection

from handoff.assistants.base import Said, Snapshot
from handoff.assistants.builtin import BuiltinEngine
from handoff.knowledge import Articles
from handoff.models import Assistant, KnowledgeArticle
from vivollo.demo.content import ARTICLES

QUERIES = {
    "plain": "How long does delivery take?",
    "mistyped": "how do I pya for a broekn lapm",
    "long": "Hello, last week I bought a table lamp and a linen throw for my mother, and now that the parcel is here I "
    "would like to know how I can send the throw back",
}


def main(*, quick: bool) -> dict[str, Any]:
    """Measure and print medians and extremes."""
    articles = Articles(_thousand().pk)
    rounds = 5 if quick else 60
    told: dict[str, Any] = {}
    for name, query in QUERIES.items():
        told[f"search, {name}"] = _times(lambda query=query: articles.search(query, language="en", limit=8), rounds)
        told[f"turn, {name}"] = _times(lambda query=query: BuiltinEngine().think(_snapshot(query, articles)), rounds)
    for name, one in told.items():
        print(
            f"{name:20} median {one['median_ms']:>6} ms   fastest {one['fastest_ms']:>6}   slowest {one['slowest_ms']:>6}"
        )
    return told


def _thousand() -> Assistant:
    assistant = Assistant.objects.create(name="Lumi")
    english = [one for one in ARTICLES if one.language == "en"]
    KnowledgeArticle.objects.bulk_create(
        KnowledgeArticle(assistant=assistant, title=f"{one.title} {number}", body=f"{one.body}\n\nNumber {number}.")
        for number, one in enumerate((english * (1000 // len(english) + 1))[:1000])
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE handoff_knowledgearticle")
    return assistant


def _snapshot(query: str, articles: Articles) -> Snapshot:
    return Snapshot(
        language="en",
        assistant_name="Lumi",
        instructions="",
        messages=(Said(1, "visitor", "", query),),
        memory={},
        visitor={},
        knowledge=articles,
        new_from=1,
    )


def _times(call: Callable[[], object], rounds: int) -> dict[str, float]:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - began))
    return {"median_ms": round(median(took), 1), "fastest_ms": round(min(took), 1), "slowest_ms": round(max(took), 1)}
