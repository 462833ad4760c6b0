"""Whether the visitor goes round in circles: the same question after an answer, or word that it did not help."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handoff.assistants.base import Said
from handoff.assistants.courtesy import is_courtesy, small_talk
from handoff.assistants.limits import match
from handoff.assistants.words import content, fold

_UNHELPED = re.compile(
    r"(?:that|this|it|which) (?:does ?n[o']?t|did ?n[o']?t|did not|does not|is not|isn't|was not|wasn't) (?:really |even )?(?:help|work|answer|what i (?:asked|meant|need))"
    r"|not (?:really )?(?:helpful|what i (?:asked|meant|need))|you (?:do ?n[o']?t|do not|did ?n[o']?t|did not|are not|aren't) (?:understand|answer|listen|get it|reading)|i (?:already )?(?:read|tried|did) (?:that|this) already"
    r"|already (?:tried|read|did) (?:that|this)|same answer|unhelpful|useless"
    r"|ise yaramadi|ise yaramiyor|yardimci olmad\w*|sorum bu degil|sordugum bu degil|anlamadin(?:iz)?|anlamiyorsun(?:uz)?|ayni cevab\w*|cevap vermedin(?:iz)?"
)
_LEAST = 0.7


def answered_before(question: str, episode: Sequence[Said], new_from: int, language: str, name: str) -> str:
    """The earlier words that asked the same and had an answer; empty when this is asked for the first time."""
    asked = frozenset(content(question, language))
    if not asked or not sum(content(question, language).values()) >= 1.0:
        return ""
    for said in episode:
        if said.author != "visitor" or said.seq >= new_from:
            continue
        if _same(asked, frozenset(content(said.body, language)), language) and _had_answer(
            said, episode, new_from, name
        ):
            return said.body
    return ""


def says_it_did_not_help(question: str, episode: Sequence[Said], new_from: int, name: str) -> bool:
    """True when an answer was given in this episode and the visitor says that it was of no use."""
    return bool(_UNHELPED.search(fold(question))) and any(
        _is_answer(said, name) for said in episode if said.seq < new_from
    )


def _same(asked: frozenset[str], earlier: frozenset[str], language: str) -> bool:
    if not earlier:
        return False
    shared = sum(1 for one in asked if match(one, earlier, language))
    return shared / max(len(asked), len(earlier)) >= _LEAST or (shared >= 2 and shared == min(len(asked), len(earlier)))


def _had_answer(asked: Said, episode: Sequence[Said], new_from: int, name: str) -> bool:
    return not small_talk(asked.body) and any(
        _is_answer(said, name) for said in episode if asked.seq < said.seq < new_from
    )


def _is_answer(said: Said, name: str) -> bool:
    return said.author == "assistant" and not is_courtesy(said.body, name)
