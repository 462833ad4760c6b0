"""Words as the builtin engine compares them: folded, stemmed lightly, and forgiving of one slip of the finger."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from handoff.assistants.stopwords import STOP, WEAK

WEAK_WEIGHT = 0.3

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ß": "ss", "æ": "ae", "’": "'"})
_ENGLISH_ENDINGS = ("ment", "ies", "ing", "ed", "es", "ly", "al", "s", "y", "e")
_TURKISH_ENDINGS = tuple(
    sorted(
        (
            "lar ler lari leri larim lerim larin lerin larimiz lerimiz lariniz leriniz "
            "im um in un imiz umuz iniz unuz i u a e yi yu ya ye "
            "da de ta te dan den tan ten nda nde ndan nden na ne ni nu nin nun "
            "la le yla yle si su sini sine sinde sinden "
            "m dir dur tir tur mi mu iyor uyor ir ur ar er di du ti tu mis mus ecek acak mek mak me ma"
        ).split(),
        key=len,
        reverse=True,
    )
)


_TURKISH_WHOLE = frozenset({"havale", "sifre", "adres", "fatura", "numara", "kampanya", "firma"})


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case without accents, so that “İade”, “iade” and “IADE” are the same word."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=16384)
def stem(word: str, language: str) -> str:
    """The part of a folded word that its forms share; light, so that two different words stay different."""
    if word.isdigit():
        return word
    return _turkish_stem(word) if language == "tr" else _english_stem(word)


def _english_stem(word: str) -> str:
    word = word.split("'")[0]
    if len(word) <= 3:
        return word
    for _ in range(2):
        for ending in _ENGLISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
                word = word[: -len(ending)]
                break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word


def _turkish_stem(word: str) -> str:
    word = word.split("'")[0]
    if word in _TURKISH_WHOLE:
        return word
    for _ in range(3):
        ending = next((e for e in _TURKISH_ENDINGS if word.endswith(e) and len(word) - len(e) >= 4), None)
        if ending is None:
            break
        word = word[: -len(ending)]
    return word[:5]


def content(text: str, language: str) -> dict[str, float]:
    """The stems that carry the meaning, with their weight: 1, or less for words that every question has."""
    weights: dict[str, float] = {}
    for word in tokens(text):
        if word in STOP or (len(word) == 1 and not word.isdigit()):
            continue
        weights.setdefault(stem(word, language), WEAK_WEIGHT if word in WEAK else 1.0)
    return weights


def telling(text: str) -> list[str]:
    """The words that say what is asked, as they were typed, each once."""
    words = (word for word in _WORD.findall(text) if fold(word) not in STOP and (len(word) > 1 or word.isdigit()))
    return list(dict.fromkeys(words))


def slips_of(word: str) -> list[str]:
    """The words that this one may be a slip of: two letters swapped, or one too many."""
    if len(word) < 3 or not word.isalpha():
        return []
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    shorter = [word[:i] + word[i + 1 :] for i in range(len(word))] if len(word) >= 5 else []
    return [other for other in dict.fromkeys((*swapped, *shorter)) if other != word and other not in STOP]


def one_slip(a: str, b: str) -> bool:
    """True when one letter is missing, doubled, wrong, or swapped with its neighbour."""
    if a == b or abs(len(a) - len(b)) > 1:
        return a == b
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    swapped = a[at + 1 : at + 2] == b[at : at + 1] and a[at : at + 1] == b[at + 1 : at + 2]
    return a[at + 1 :] == b[at + 1 :] or (swapped and a[at + 2 :] == b[at + 2 :])


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1].rsplit(" ", 1)[0] or line[: limit - 1]
    return cut.rstrip(",;:. ") + "…"
