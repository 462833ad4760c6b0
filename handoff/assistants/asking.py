"""What the two grammars of the wish for a person share: sentences, clauses, and words that forgive a slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from handoff.assistants.words import fold, one_slip

_SENTENCE = re.compile(r"[.!?;\n]+")
_CLAUSE = re.compile(r"[,:()]+|\s[-–—]+\s|\bbut\b|\bama\b|\bfakat\b")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Clause(NamedTuple):
    """The words of one clause beside one letter for each of them: patterns read the letters."""

    words: tuple[str, ...]
    code: str


def sentences(text: str) -> list[str]:
    """The sentences of a message as they were written."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def clauses(sentence: str) -> list[list[str]]:
    """The folded words of each clause of a sentence."""
    return [words for part in _CLAUSE.split(fold(sentence)) if (words := _WORD.findall(part))]


def nearly(word: str, known: Mapping[str, str], shortest: int) -> str:
    """The code of the known word that this one is a slip of; empty when it is no near miss of any."""
    if len(word) < shortest:
        return ""
    return _nearly(word, tuple(known.items()), shortest)


@lru_cache(maxsize=4096)
def _nearly(word: str, known: tuple[tuple[str, str], ...], shortest: int) -> str:
    close = (code for name, code in known if len(name) >= shortest and one_slip(word, name))
    return next(close, "")
