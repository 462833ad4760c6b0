"""How well a passage answers a question, by words that a teammate can check: what is covered and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from handoff.assistants.base import Passage
from handoff.assistants.kinds import asked_for_what
from handoff.assistants.synonyms import same_meaning
from handoff.assistants.words import content, fold, one_slip, stem, tokens

EXACT, SIMILAR, MISSPELT = 1.0, 0.9, 0.8
COMMON_WEIGHT = 0.4
ELSEWHERE = 0.6
UNKNOWN_COST = 0.3
KIND_WEIGHT = 0.8
COMPLAINT_COST = 0.5
NOTHING_NEAR = 0.3
_MISHAPS = "damaged broken declined lost stolen wrong missing hasarlı kırık kayıp yanlış eksik"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One passage beside one question; `sure` is between 0 and 1."""

    passage: Passage
    sure: float
    covered: frozenset[str]
    missing: tuple[str, ...]


def limit_for(sureness: float) -> float:
    """How sure an answer must be: 0.35 for an assistant that tries anything, 0.75 for a very careful one."""
    return 0.35 + 0.4 * min(max(sureness, 0.0), 1.0)


def judge(question: str, passages: Iterable[Passage], language: str) -> list[Judgement]:
    """The passages in the order in which they answer the question, the best one first.

    The share of the question's words that a passage has counts most, then its title, then whether the
    title asks the same in the same words ("Where is my order?"). A word that nothing found has makes all
    of them less sure: "can I pay with bitcoin" is not answered by how one pays.
    """
    found = list(passages)
    weights = _weights(question, found, language)
    ranked = [_judgement(question, weights, passage, language) for passage in found]
    strong = {one for one, weight in weights.items() if weight >= 1.0}
    unknown = strong.difference(*(judgement.covered for judgement in ranked))
    doubt = 1.0 - UNKNOWN_COST * len(unknown) / len(strong) if strong else 1.0
    ranked = [replace(judgement, sure=round(judgement.sure * doubt, 3)) for judgement in ranked]
    return sorted(ranked, key=lambda judgement: -judgement.sure)


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a body, in order."""
    return [part.strip() for part in body.split("\n\n") if part.strip()]


def match(wanted: str, stems: frozenset[str], language: str) -> float:
    """How surely one of the stems means the wanted one."""
    if wanted in stems:
        return EXACT
    if same_meaning(wanted, language) & stems:
        return SIMILAR
    if language == "tr" and any(_shares_root(wanted, other) for other in stems):
        return SIMILAR
    if len(wanted) >= 5 and any(other[:1] == wanted[0] and one_slip(wanted, other) for other in stems):
        return MISSPELT
    if len(wanted) in {3, 4} and any(_swapped(wanted, other) for other in stems):
        return MISSPELT
    return 0.0


def _swapped(a: str, b: str) -> bool:
    """True for short words when two letters changed places: anything else there would be another word."""
    return a[:1] == b[:1] and sorted(a) == sorted(b) and one_slip(a, b)


def _shares_root(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    return len(shorter) >= 5 and len(longer) - len(shorter) <= 2 and longer.startswith(shorter)


@lru_cache(maxsize=4096)
def stems_of(text: str, language: str) -> frozenset[str]:
    """All stems of a text; remembered, since the same articles are found again and again."""
    return frozenset(stem(word, language) for word in tokens(text))


def _weights(question: str, found: list[Passage], language: str) -> dict[str, float]:
    """The question's words with their weight; a word that most of what was found has says little."""
    weights = content(question, language)
    if len(weights) < 2 or len(found) < 3:
        return weights
    bodies = [stems_of(f"{passage.title}\n{passage.body}", language) for passage in found]
    common = {one for one in weights if sum(one in stems for stems in bodies) >= 0.8 * len(bodies)}
    if any(weight >= 1.0 and one not in common for one, weight in weights.items()):
        weights.update({one: weights[one] * COMMON_WEIGHT for one in common})
    return weights


def _judgement(question: str, weights: dict[str, float], passage: Passage, language: str) -> Judgement:
    title = stems_of(passage.title, language)
    hits = _hits(weights, passage, language)
    missing = {one for one, hit in hits.items() if not hit}
    if len(missing) == len(hits):
        return Judgement(passage, 0.0, frozenset(), _as_written(question, set(weights), language))
    cover, total = _cover(weights, hits), sum(weights.values())
    kind, shown = asked_for_what(question), False
    if kind:
        shown = bool(kind.evidence.search(fold(f"{passage.title}\n{passage.body}")))
        cover = (cover * total + KIND_WEIGHT * shown) / (total + KIND_WEIGHT)
    in_title = sum(weight * match(one, title, language) for one, weight in weights.items()) / total
    focus, same = _focus(weights, passage.title, language), _same_words(question, passage.title)
    sure = 0.62 * cover + 0.14 * in_title + 0.14 * focus + 0.1 * same
    unlike = kind and kind.complaint and not (shown and in_title)
    if unlike or _tells_another_mishap(question, passage.title, language):
        sure *= COMPLAINT_COST
    return Judgement(
        passage=passage,
        sure=round(sure, 3),
        covered=frozenset(weights) - missing,
        missing=_as_written(question, {one for one in missing if weights[one] >= 1.0}, language),
    )


def _hits(weights: dict[str, float], passage: Passage, language: str) -> dict[str, float]:
    """How surely the passage has each word: in the title and one paragraph together, less when it is elsewhere."""
    title = stems_of(passage.title, language)
    parts = [title | stems_of(part, language) for part in paragraphs(passage.body)] or [title]
    by_part = [{one: match(one, stems, language) for one in weights} for stems in parts]
    best = max(by_part, key=lambda hits: sum(weights[one] * hit for one, hit in hits.items()))
    return {one: max(hit, ELSEWHERE * max(hits[one] for hits in by_part)) for one, hit in best.items()}


def _cover(weights: dict[str, float], hits: dict[str, float]) -> float:
    """The share of the words that are there; beside strong words, a weak one that is not there costs nothing."""
    strong = any(weight >= 1.0 for weight in weights.values())
    total = sum(weight for one, weight in weights.items() if hits[one] or weight >= 1.0 or not strong)
    return sum(weights[one] * hit for one, hit in hits.items()) / total


def _focus(weights: dict[str, float], title: str, language: str) -> float:
    """The share of the title that was asked for: "My parcel arrived damaged" is more than "my parcel"."""
    heading, asked = content(title, language), frozenset(weights)
    return _cover(heading, {one: match(one, asked, language) for one in heading}) if heading else 0.0


def _tells_another_mishap(question: str, title: str, language: str) -> bool:
    """True when the title tells of a mishap that the question does not: "when will my parcel arrive" is not damaged."""
    mishaps = stems_of(_MISHAPS, language) & stems_of(title, language)
    asked = stems_of(question, language)
    return bool(mishaps) and not any(match(one, asked, language) for one in mishaps)


def _same_words(question: str, title: str) -> float:
    """How far the title asks the same in the same words, small ones included ("Where is my order?")."""
    kind, other = asked_for_what(question), asked_for_what(title)
    asked, heading = set(tokens(question)), set(tokens(title))
    return max(len(asked & heading) / len(asked | heading), 0.9 if kind and kind is other else 0.0)


def _as_written(question: str, stems: set[str], language: str) -> tuple[str, ...]:
    """The visitor's own words for these stems, each once, in their order."""
    words = (word for word in tokens(question) if stem(word, language) in stems)
    return tuple(dict.fromkeys(words))
