"""What to quote of an article: the paragraphs that answer, word for word, never the whole of a long one."""

from __future__ import annotations

import re

from handoff.assistants.base import Passage
from handoff.assistants.limits import match, paragraphs, stems_of
from handoff.assistants.words import content

LONGEST = 600
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_READ_MORE = {"en": "Read more:", "tr": "Devamı:"}


def quote(passage: Passage, question: str, language: str) -> str:
    """The paragraph that has most of the question's words, and further ones only for words that it lacks."""
    parts = paragraphs(passage.body)
    if not parts:
        return passage.title
    wanted = content(question, language)
    title = {one for one in wanted if match(one, stems_of(passage.title, language), language)}
    hits = [{one for one in wanted if match(one, stems_of(part, language), language)} for part in parts]
    worth = [sum(wanted[one] * (0.5 if one in title else 1.0) for one in hit) for hit in hits]
    best = max(range(len(parts)), key=lambda i: (worth[i], -i))
    chosen, have = [best], hits[best] | title
    for i in sorted(range(len(parts)), key=lambda i: (-worth[i], i)):
        fits = sum(len(parts[j]) for j in chosen) + len(parts[i]) <= LONGEST
        if i not in chosen and fits and hits[i] - have:
            chosen.append(i)
            have |= hits[i]
    return "\n\n".join(_within(parts[i], wanted, language) for i in sorted(chosen))


def answer(passage: Passage, question: str, language: str) -> str:
    """The quotation with the link to the rest."""
    words = quote(passage, question, language)
    if not passage.url:
        return words
    return f"{words}\n\n{_READ_MORE.get(language, _READ_MORE['en'])} {passage.url}"


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
