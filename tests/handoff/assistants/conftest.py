"""A shelf of articles to search, and conversations written as scripts; no database is needed here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from handoff.assistants.base import Author, Passage, Reply, Returned, Said, Snapshot
from handoff.assistants.builtin import BuiltinEngine
from handoff.assistants.limits import match, stems_of
from handoff.assistants.words import content

ARTICLES = (
    (
        "How do I return something?",
        "You may send back anything unused within thirty days.\n\nA label costs €6.",
        "/returns",
        "en",
    ),
    ("What does shipping cost?", "Shipping costs €9 to Germany and Norway, and is free from €120.", "/costs", "en"),
    ("How long does delivery take?", "A parcel takes 4-6 working days.", "/times", "en"),
    ("Gift wrapping and a note", "We wrap presents in paper for €4.\n\nNo price is in the parcel.", "/gifts", "en"),
    ("How can I pay?", "You can pay by Visa, Mastercard, PayPal or bank transfer.", "/pay", "en"),
    ("Where is my order? How to track a parcel", "The tracking link is in the e-mail.", "/tracking", "en"),
    ("İade nasıl yapılır?", "Her ürünü otuz gün içinde iade edebilirsiniz.", "/iade", "tr"),
    ("Siparişim nerede? Kargo takibi", "Takip bağlantısı e-postadadır.", "/takip", "tr"),
)
ROLES: dict[str, Author] = {"V": "visitor", "A": "assistant", "P": "person", "S": "system", "F": "flow"}


class Shelf:
    """Knowledge over a list: the articles that share most words with the query, best first."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Passage]:
        self.queries.append(query)
        wanted = content(query, language)
        found = []
        for number, (title, body, url, spoken) in enumerate(ARTICLES, start=1):
            stems = stems_of(f"{title} {body}", language)
            shared = sum(match(one, stems, language) for one in wanted)
            if spoken == language and shared:
                found.append(Passage(number, title, body, url, spoken, shared))
        return sorted(found, key=lambda passage: -passage.score)[:limit]


def conversation(
    *lines: str,
    language: str = "en",
    memory: Mapping[str, str] | None = None,
    returned: Returned | None = None,
    sureness: float = 0.5,
    answered: int = 0,
) -> Snapshot:
    """A snapshot from lines such as "V: hello" and "A: Hello, …".

    The visitor's lines after the last other line are unanswered, or those after line number `answered`.
    """
    messages = tuple(Said(seq, ROLES[line[0]], "", line[3:]) for seq, line in enumerate(lines, start=1))
    last = answered or max((said.seq for said in messages if said.author != "visitor"), default=0)
    return Snapshot(
        language=language,
        assistant_name="Mavi",
        instructions="",
        messages=messages,
        memory=memory or {},
        visitor={},
        knowledge=Shelf(),
        new_from=last + 1,
        returned=returned,
        sureness=sureness,
    )


@pytest.fixture
def think():
    """The builtin engine's reply to a scripted conversation."""

    def reply_to(*lines: str, **kwargs: object) -> Reply:
        return BuiltinEngine().think(conversation(*lines, **kwargs))  # type: ignore[arg-type]

    return reply_to
