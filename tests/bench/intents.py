"""How well the builtin assistant tells intents apart: `manage.py bench intents`.

An admin is simulated: 5 to 25 intents of a data set with 5 to 10 examples each, all drawn at random; then other
sentences of these intents, sentences of intents that were left out (near), and CLINC150's out-of-scope ones (far).
Half of CLINC150's domains, every other intent of Banking77 and of the Turkish xSID, and CLINC150's own out-of-scope
training sentences serve to fit the probability; the report comes from the other halves, and from Bitext, which no fit
saw. xSID has so few intents that an admin has only up to 3 of them. "Small" is 1 to 4 intents, 3 examples each.
The data is not part of the repository: it is looked for in `../shared/data`, and without it nothing is measured.
"""

from __future__ import annotations

import csv
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

from handoff.assistants.intent_examples import fit, prepare
from handoff.assistants.intents import DEFAULT_LIMIT, SIGN_WEIGHTS, classify, probability
from handoff.assistants.words import fold

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DOMAINS = "clinc150/domains.json"
FILES = {
    "clinc150": ("clinc150/clinc150_full.csv", "intent", "text"),
    "banking77": ("banking77/train.csv", "category", "text"),
    "bitext": ("bitext_customer_service/bitext_8k.csv", "intent", "utterance"),
    "xsid": ("xsid_turkish/xsid_tr.csv", "intent", "text"),
}
LEAST_SENTENCES = 20
INSIDE, OUTSIDE = 60, 60
SMALL = (1, 4)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences by intent, and sentences that are of no intent at all."""

    name: str
    intents: dict[str, list[str]]
    far: list[str]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Tried:
    """One sentence, what it is (None: none of these), and what the classifier made of it."""

    right: str | None
    kind: str  # inside, near, far
    best: str | None
    signs: tuple[float, ...]
    sure: float


def main(*, quick: bool) -> dict[str, Any]:
    """Measure every corpus and print its figures, or say that the data is not there."""
    missing = [path for path in (DOMAINS, *(file[0] for file in FILES.values())) if not (DATA / path).exists()]
    if missing:
        print(f"Nothing was measured: the data is not part of the repository, and {DATA} lacks {', '.join(missing)}.")
        return {"missing": missing}
    for_fit, held_out = corpora()
    admins = 4 if quick else 40
    told: dict[str, Any] = {"limit": DEFAULT_LIMIT}
    for corpus in held_out:
        told[corpus.name] = figures(tried(corpus, admins=admins))
        told[f"{corpus.name}, small"] = figures(tried(corpus, admins=admins, intents=SMALL, examples=(3, 3)))
    for name, one in told.items():
        print(f"{name:18} {one}")
    told["milliseconds"] = milliseconds(held_out[0])
    print("milliseconds      ", told["milliseconds"])
    if not quick:
        seen = for_the_fit(for_fit)
        told["fitted"] = [round(weight, 2) for weight in fitted(seen)]
        told["fit"] = figures(seen)
        print("fit               ", told["fit"])
        print("weights, in use   ", list(SIGN_WEIGHTS))
        print("weights, fitted   ", told["fitted"])
    return told


def for_the_fit(for_fit: list[Corpus]) -> list[Tried]:
    """Admins with many intents and with few; Turkish only so far that it moves its own constant, not all weights."""
    seen: list[Tried] = []
    for corpus in for_fit:
        admins = 60 if corpus.language == "en" else 12
        seen += tried(corpus, admins=admins, seed="fit")
        seen += tried(corpus, admins=admins // 2, intents=(1, 5), examples=(3, 8), seed="fit")
    return seen


def corpora() -> tuple[list[Corpus], list[Corpus]]:
    """The corpora for the fit, and those for the report; they share no intent and no sentence."""
    domains = json.loads((DATA / DOMAINS).read_text(encoding="utf-8"))
    ours = {intent for domain in sorted(domains)[::2] for intent in domains[domain]}
    clinc = _rows("clinc150")
    banking = _grouped(_rows("banking77"))
    turkish = _grouped(_rows("xsid"))
    far_fit = [row["text"] for row in clinc if row["split"] in {"oos_train", "oos_val"}]
    far = [row["text"] for row in clinc if row["split"] == "oos_test"]
    rest = [row for row in clinc if row["intent"] not in ours | {"oos"}]
    for_fit = [
        Corpus("clinc150, fit", _grouped([row for row in clinc if row["intent"] in ours]), far_fit),
        Corpus("banking77, fit", {name: banking[name] for name in sorted(banking)[::2]}, far_fit),
        Corpus("xsid, fit", {name: turkish[name] for name in sorted(turkish)[::2]}, [], "tr"),
    ]
    held_out = [
        Corpus("clinc150", _grouped(rest), far),
        Corpus("banking77", {name: banking[name] for name in sorted(banking)[1::2]}, far),
        Corpus("bitext", _grouped(_rows("bitext")), far),
        Corpus("xsid, Turkish", {name: turkish[name] for name in sorted(turkish)[1::2]}, [], "tr"),
    ]
    return for_fit, held_out


def _rows(name: str) -> list[dict[str, str]]:
    path, intent, text = FILES[name]
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return [{**row, "intent": row[intent], "text": row[text]} for row in csv.DictReader(file)]


def _grouped(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """The sentences by intent, each sentence once in the whole corpus, and no intent with only a few."""
    seen: set[str] = set()
    groups: dict[str, list[str]] = {}
    for row in rows:
        plain = " ".join(fold(row["text"]).split())
        if plain not in seen:
            seen.add(plain)
            groups.setdefault(row["intent"], []).append(row["text"])
    return {name: sentences for name, sentences in groups.items() if len(sentences) >= LEAST_SENTENCES}


def tried(
    corpus: Corpus,
    *,
    admins: int,
    intents: tuple[int, int] = (5, 25),
    examples: tuple[int, int] = (5, 10),
    seed: str = "report",
) -> list[Tried]:
    """What the classifier made of the sentences that so many simulated admins' customers wrote."""
    chance = random.Random(f"{seed} {corpus.name} {intents} {examples}")
    results = []
    for _ in range(admins):
        names = sorted(corpus.intents)
        chance.shuffle(names)
        most = min(intents[1], len(names) - 2)
        many = chance.randint(min(intents[0], most), most)
        chosen: dict[str, tuple[str, ...]] = {}
        inside: list[tuple[str | None, str, str]] = []
        for name in names[:many]:
            sentences = chance.sample(corpus.intents[name], len(corpus.intents[name]))
            taken = chance.randint(*examples)
            chosen[name] = tuple(sentences[:taken])
            inside += [(name, "inside", sentence) for sentence in sentences[taken:]]
        near = [sentence for name in names[many:] for sentence in corpus.intents[name]]
        asked = chance.sample(inside, min(INSIDE, len(inside)))
        asked += [(None, "near", one) for one in chance.sample(near, OUTSIDE // 2 if corpus.far else OUTSIDE)]
        asked += [(None, "far", one) for one in (chance.sample(corpus.far, OUTSIDE // 2) if corpus.far else [])]
        results += list(_tried(chosen, asked, corpus.language))
    return results


def _tried(
    chosen: dict[str, tuple[str, ...]], asked: list[tuple[str | None, str, str]], language: str
) -> Iterator[Tried]:
    prepared = prepare(tuple(chosen.items()), language)
    for right, kind, sentence in asked:
        found = fit(sentence, prepared)
        if found is None:
            yield Tried(right, kind, None, (), 0.0)
        else:
            yield Tried(right, kind, prepared.names[found.best], found.signs, probability(found.signs))


def figures(results: list[Tried]) -> dict[str, float]:
    """Shares in percent: what is recognised and taken inside, what is taken outside, and how true the sureness is."""
    inside = [one for one in results if one.kind == "inside"]
    taken = [one for one in results if one.sure >= DEFAULT_LIMIT]
    none = [one for one in results if one.sure < DEFAULT_LIMIT]
    told = {
        "accuracy": _share(inside, [one for one in inside if one.best == one.right]),
        "taken": _share(inside, [one for one in inside if one.sure >= DEFAULT_LIMIT]),
        "taken rightly": _share(inside, [one for one in taken if one.best == one.right]),
    }
    for kind in ("near", "far"):
        outside = [one for one in results if one.kind == kind]
        told[f"{kind} taken"] = _share(outside, [one for one in outside if one.sure >= DEFAULT_LIMIT])
    told["right when taken"] = _share(taken, [one for one in taken if one.best == one.right])
    told["calibration error"] = _calibration_error([(one.sure, one.best == one.right) for one in results])
    told["of what is taken"] = _calibration_error([(one.sure, one.best == one.right) for one in taken])
    told["of none of these"] = _calibration_error([(1.0 - one.sure, one.right is None) for one in none])
    return told


def _share(of: list[Tried], those: list[Tried]) -> float:
    return round(100 * len(those) / len(of), 1) if of else 0.0


def _calibration_error(told: list[tuple[float, bool]]) -> float:
    """How far, on average over ten equal steps of sureness, the sureness is from the share that was right."""
    steps: dict[int, list[float]] = {}
    for sure, right in told:
        steps.setdefault(min(9, int(10 * sure)), []).append(sure - right)
    return round(100 * sum(abs(sum(step)) for step in steps.values()) / max(len(told), 1), 1)


def milliseconds(corpus: Corpus) -> dict[str, float]:
    """What 25 intents with 20 examples cost: the first time, and then a sentence."""
    names = sorted(corpus.intents)[:25]
    intents = {name: tuple(corpus.intents[name][:20]) for name in names}
    sentences = [sentence for name in names for sentence in corpus.intents[name][20:30]]
    began = time.perf_counter()
    prepare(tuple(intents.items()), corpus.language)
    prepared = time.perf_counter() - began
    began = time.perf_counter()
    for sentence in sentences:
        classify(sentence, intents, language=corpus.language)
    each = (time.perf_counter() - began) / len(sentences)
    return {"first time": round(1000 * prepared, 1), "a sentence": round(1000 * each, 2)}


def fitted(results: list[Tried], *, rounds: int = 10) -> list[float]:
    """The weights of the signs, the constant first, by logistic regression (Newton's method, a ridge of 1)."""
    rows = [((1.0, *one.signs), float(one.best == one.right)) for one in results if one.signs]
    size = len(rows[0][0])
    weights = [0.0] * size
    for _ in range(rounds):
        slope = [-weight for weight in weights]
        bend = [[float(i == j) for j in range(size)] for i in range(size)]
        for signs, right in rows:
            told = 1.0 / (1.0 + exp(-sum(weight * sign for weight, sign in zip(weights, signs, strict=True))))
            for i in range(size):
                slope[i] += (right - told) * signs[i]
                for j in range(size):
                    bend[i][j] += told * (1.0 - told) * signs[i] * signs[j]
        weights = [weight + step for weight, step in zip(weights, _solved(bend, slope), strict=True)]
    return weights


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a positive definite system, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        for j, row in enumerate(rows):
            if i != j:
                factor = row[i] / pivot[i]
                rows[j] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)]
