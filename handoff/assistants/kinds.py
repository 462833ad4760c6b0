"""What kind of answer a question wants (when, how much, where, who), and what shows that a text has one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from handoff.assistants.words import fold


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question: how it is asked, and what an answer to it must contain; both on folded text."""

    name: str
    asked: re.Pattern[str]
    evidence: re.Pattern[str]


_TIME = r"\b(?:minutes?|hours?|days?|weeks?|months?|years?|monday|saturday|\d{1,2}[:.]\d{2}|dakika|saat|gun\w*|hafta\w*|ay|yil|ertesi)\b"
_KINDS = (
    Kind(
        "how much",
        re.compile(
            r"\bhow (?:much|expensive)\b|\bcosts?\b|\b(?:ucreti?|fiyati?) (?:ne kadar|nedir|kac)|\bkac (?:para|tl|lira|euro)|\bne kadar(?:dir)?$"
        ),
        re.compile(r"[€$£%₺]|\b(?:free|euro|avro|tl|lira|ucretsiz)\b"),
    ),
    Kind(
        "when",
        re.compile(
            r"\bhow long\b|\bwhen (?:will|do|does|can|is|are|should|would)\b|\bwhat time\b|\bhours\b|\bne kadar surer?\b|\bkac (?:gun|hafta|saat|ay|yil)\w*|\bsuresi\b|\bne zaman\b|\bsaat kac"
        ),
        re.compile(_TIME),
    ),
    Kind(
        "where",
        re.compile(r"\bwhere(?:'s)? (?:is|are|do|can)?\b|\bnerede\w*\b|\bnerde\b"),
        re.compile(r"\b(?:where|street|link|page|address|from|nerede|sokak|adres\w*|baglanti\w*)\b"),
    ),
    Kind(
        "who",
        re.compile(r"^\s*who(?:'s)? \b|\bkim(?:dir)?\b"),
        re.compile(r"\b(?:people|team|she|he|founder|owner|ekip)\b"),
    ),
)


@lru_cache(maxsize=2048)
def asked_for_what(question: str) -> Kind | None:
    """The first kind that the question shows; None for a plain one."""
    folded = fold(question)
    return next((kind for kind in _KINDS if kind.asked.search(folded)), None)
