"""What to quote of an article: the paragraphs that answer, word for word, never the whole of a long one."""

from __future__ import annotations

import re

from handoff.assistants.base import Passage
from handoff.assistants.limits import match, paragraphs, stems_of
from handoff.assistants.words import content

LONGEST = 600
ENOUGH = 480  # up to this length the first two paragraphs answer a general question together
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_READ_MORE = {"en": "Read more:", "tr": "Devamı:"}


def quote(passage: Passage, question: str, language: str) -> str:
    """The paragraphs that have what the question asks besides the title; of a general question, the first two.

    An article begins with its answer, and the title's own words say nothing about which paragraph to choose.
    """
    parts = paragraphs(passage.body)
    if not parts:
        return passage.title
    wanted = content(question, language)
    title = {one for one in wanted if match(one, stems_of(passage.title, language), language)}
    hits = [{one for one in wanted if match(one, stems_of(part, language), language)} - title for part in parts]
    worth = [sum(wanted[one] for one in hit) for hit in hits]
    if max(worth) < 1.0:
        together = parts[:2] if sum(len(part) for part in parts[:2]) <= ENOUGH else parts[:1]
        return "\n\n".join(_within(part, wanted, language) for part in together)
    best = max(range(len(parts)), key=lambda i: (worth[i], -i))
    first = [0] if _asks_the_title(wanted, passage.title, language) else []
    chosen, have = [best], hits[best]
    for i in (*first, *sorted(range(len(parts)), key=lambda i: (-worth[i], i))):
        adds = i in first or any(wanted[one] >= 1.0 for one in hits[i] - have)
        if i not in chosen and adds and sum(len(parts[j]) + 2 for j in (*chosen, i)) <= LONGEST:
            chosen.append(i)
            have = have | hits[i]
    return "\n\n".join(_within(parts[i], wanted, language) for i in sorted(chosen))


def answer(passage: Passage, question: str, language: str) -> str:
    """The quotation with the link to the rest."""
    words = quote(passage, question, language)
    if not passage.url:
        return words
    return f"{words}\n\n{_READ_MORE.get(language, _READ_MORE['en'])} {passage.url}"


def _asks_the_title(wanted: dict[str, float], title: str, language: str) -> bool:
    """True when the question asks all that the title does, and something more."""
    asked = frozenset(wanted)
    return all(match(one, asked, language) for one, weight in content(title, language).items() if weight >= 1.0)


def _within(paragraph: str, wanted: dict[str, float], language: str) -> str:
    """The paragraph, or of a long one the run of whole sentences that starts at the best of them."""
    if len(paragraph) <= LONGEST:
        return paragraph
    sentences = _SENTENCE.split(paragraph)
    worth = [sum(match(one, stems_of(text, language), language) for one in wanted) for text in sentences]
    start = max(range(len(sentences)), key=lambda i: (worth[i], -i))
    run = sentences[start]
    for sentence in sentences[start + 1 :]:
        if len(run) + len(sentence) + 1 > LONGEST:
            break
        run = f"{run} {sentence}"
    return run[:LONGEST]
