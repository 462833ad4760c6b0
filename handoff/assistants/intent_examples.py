"""An admin's examples as the intent classifier compares them: weighted words, pairs of words, and parts of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from handoff.assistants.stopwords import STOP, WEAK
from handoff.assistants.synonyms import same_meaning
from handoff.assistants.words import fold, one_slip, stem, tokens

Frozen = tuple[tuple[str, tuple[str, ...]], ...]
Weights = dict[str, float]

SMALL_WORD, WEAK_WORD, PAIR, PART, SYNONYM, SLIP = 0.55, 0.6, 0.55, 0.35, 0.6, 0.8
PART_LENGTHS = (4, 5)
RARITY_POWER = 0.9
NEAREST, FEW_NEAREST, MIDDLE = 0.3, 0.14, 0.56
MOST_WORDS = 150
NUMBER = "0"
COURTEOUS = frozenset(
    """hello hi hey dear good morning afternoon evening please pls plz kindly thanks thank you sorry excuse me ok okay
    merhaba selam gunaydin iyi gunler aksamlar lutfen tesekkurler tesekkur ederim sagol sagolun acaba""".split()
)


@dataclass(frozen=True, slots=True)
class Fit:
    """How one text fits the intents: the best two, and the signs that a probability is told from."""

    best: int
    second: int | None
    signs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The examples of all usable intents, indexed by what they are made of."""

    language: str
    names: tuple[str, ...]
    owners: tuple[int, ...]  # of each example, the number of its intent
    rarity: Weights
    unseen: float
    words: tuple[str, ...]
    words_of: tuple[frozenset[str], ...]
    by_example: dict[str, list[tuple[int, float]]]
    by_middle: dict[str, list[tuple[int, float]]]
    verbatim: dict[tuple[str, ...], frozenset[int]]


def verbatim(text: str) -> tuple[str, ...]:
    """The text without its case, accents and punctuation; what has no words, such as “👍”, stays as it is."""
    return tuple(tokens(text)) or tuple(fold(text).split())


@lru_cache(maxsize=16)
def prepare(intents: Frozen, language: str) -> Prepared:
    """The examples are indexed; an intent whose examples say nothing at all is left out."""
    usable = [(name, [one for one in examples if verbatim(one)]) for name, examples in intents]
    usable = [(name, examples) for name, examples in usable if examples]
    made = [
        (number, _made_of(tokens(one), language)) for number, (_, examples) in enumerate(usable) for one in examples
    ]
    holders: dict[str, set[int]] = defaultdict(set)
    for number, weights in made:
        for one in weights:
            holders[one].add(number)
    rarity = {one: _rarity(len(usable), len(numbers)) for one, numbers in holders.items()}
    unseen = _rarity(len(usable), 0.6)
    vectors = [(number, _unit(weights, rarity, unseen)) for number, weights in made]
    exact: dict[tuple[str, ...], frozenset[int]] = {}
    for number, (_, examples) in enumerate(usable):
        for one in examples:
            exact[verbatim(one)] = exact.get(verbatim(one), frozenset()) | {number}
    words = [frozenset(one[1:] for one in holders if one[0] == "w" and n in holders[one]) for n in range(len(usable))]
    return Prepared(
        language=language,
        names=tuple(name for name, _ in usable),
        owners=tuple(number for number, _ in vectors),
        rarity=rarity,
        unseen=unseen,
        words=tuple(one[1:] for one in holders if one[0] == "w"),
        words_of=tuple(words),
        by_example=_index([vector for _, vector in vectors]),
        by_middle=_index(_middles(vectors, len(usable))),
        verbatim=exact,
    )


def fit(text: str, prepared: Prepared) -> Fit | None:
    """The intents that fit best, or None where the text shares nothing with any example."""
    words = [word for word in tokens(text) if word not in COURTEOUS or _is_known(word, prepared)]
    weights = _repaired(_made_of(words, prepared.language), prepared)
    vector = _unit(weights, prepared.rarity, prepared.unseen)
    examples = _cosines(vector, prepared.by_example, len(prepared.owners))
    middles = _cosines(vector, prepared.by_middle, len(prepared.names))
    own: list[list[float]] = [[] for _ in prepared.names]
    for number, cosine in zip(prepared.owners, examples, strict=True):
        own[number].append(cosine)
    scores = [_score(cosines, middle) for cosines, middle in zip(own, middles, strict=True)]
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    if not order or scores[order[0]] <= 0.0:
        return None
    best, second = order[0], (order[1] if len(order) > 1 else None)
    next_score = scores[second] if second is not None else 0.0
    known, shared = _known(weights, best, prepared)
    signs = (
        sqrt(scores[best]),
        1.0 - next_score / scores[best],
        known,
        shared,
        log(1 + len(words)),
        log(len(prepared.names)),
        log(len(prepared.owners) / len(prepared.names)),
        float(prepared.language == "tr"),
    )
    return Fit(best, second, signs)


def _made_of(words: list[str], language: str) -> Weights:
    """The stems (w), their synonyms (s), the pairs of neighbours (p) and the parts (c) of words, with their weights."""
    weights: Weights = {}
    stems: list[str] = []
    for word in words[:MOST_WORDS]:
        one, weight = _stem_and_weight(word, language)
        stems.append(one)
        for feature, of in ((f"w{one}", weight), *_besides(word, one, weight, language)):
            weights[feature] = max(weights.get(feature, 0.0), of)
    for a, b in zip(["^", *stems], [*stems, "$"], strict=True):
        weights[f"p{a} {b}"] = PAIR
    return weights if stems else {}


def _stem_and_weight(word: str, language: str) -> tuple[str, float]:
    """Numbers are all one word: no customer has the order number of the example."""
    if any(char.isdigit() for char in word):
        return NUMBER, WEAK_WORD
    return stem(word, language), SMALL_WORD if word in STOP else WEAK_WORD if word in WEAK else 1.0


def _is_known(word: str, prepared: Prepared) -> bool:
    return f"w{stem(word, prepared.language)}" in prepared.rarity


def _besides(word: str, one: str, weight: float, language: str) -> Iterator[tuple[str, float]]:
    if one == NUMBER:
        return
    if weight == 1.0:
        for other in sorted(same_meaning(one, language)):
            yield f"s{min(one, other)}", SYNONYM
    padded = f" {word} "
    for length in PART_LENGTHS:
        for at in range(len(padded) - length + 1):
            yield f"c{padded[at : at + length]}", PART * weight


def _rarity(intents: int, holders: float) -> float:
    return float(log(1 + intents / holders) ** RARITY_POWER)


def _unit(weights: Weights, rarity: Weights, unseen: float) -> Weights:
    """The weights times their rarity, as a vector of length one."""
    rated = {one: weight * rarity.get(one, unseen) for one, weight in weights.items()}
    length = sqrt(sum(weight * weight for weight in rated.values())) or 1.0
    return {one: weight / length for one, weight in rated.items()}


def _middles(vectors: list[tuple[int, Weights]], intents: int) -> list[Weights]:
    """What the examples of each intent have in common: the direction of their sum."""
    sums: list[Weights] = [defaultdict(float) for _ in range(intents)]
    for number, vector in vectors:
        for one, weight in vector.items():
            sums[number][one] += weight
    return [_unit(one, {}, 1.0) for one in sums]


def _index(vectors: list[Weights]) -> dict[str, list[tuple[int, float]]]:
    index: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for one, weight in vector.items():
            index[one].append((number, weight))
    return dict(index)


def _cosines(vector: Weights, index: dict[str, list[tuple[int, float]]], many: int) -> list[float]:
    cosines = [0.0] * many
    for one, weight in vector.items():
        for number, other in index.get(one, ()):
            cosines[number] += weight * other
    return cosines


def _score(cosines: list[float], middle: float) -> float:
    few = sorted(cosines)[-3:]
    return NEAREST * max(cosines) + FEW_NEAREST * sum(few) / len(few) + MIDDLE * middle


def _repaired(weights: Weights, prepared: Prepared) -> Weights:
    """A word that no example has, but for one slip of the finger, counts as the example's word."""
    repaired: Weights = {}
    for one, weight in weights.items():
        word = one[1:]
        if one[0] == "w" and one not in prepared.rarity and len(word) >= 4:
            meant = next((w for w in prepared.words if w[:1] == word[0] and len(w) >= 4 and one_slip(w, word)), None)
            one, weight = (f"w{meant}", weight * SLIP) if meant else (one, weight)
        repaired[one] = max(repaired.get(one, 0.0), weight)
    return repaired


def _known(weights: Weights, best: int, prepared: Prepared) -> tuple[float, float]:
    """The share of the telling words that some example has, and that the best intent's examples have."""
    words = {one[1:]: weight for one, weight in weights.items() if one[0] == "w" and weight > SMALL_WORD}
    total = sum(words.values())
    if not total:
        return 0.5, 0.5
    some = sum(weight for one, weight in words.items() if f"w{one}" in prepared.rarity)
    its = sum(weight for one, weight in words.items() if one in prepared.words_of[best])
    return some / total, its / total
