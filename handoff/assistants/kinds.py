"""What kind of answer a question wants (when, how much, what went wrong), and what shows that a text has one."""

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
    complaint: bool = False  # something went wrong: general advice that only shares its words is no answer


_TIME = r"\b(?:minutes?|hours?|days?|weeks?|months?|years?|monday|saturday|\d{1,2}[:.]\d{2}|dakika|saat|gun\w*|hafta\w*|ay|yil|ertesi)\b"
_KINDS = (
    Kind(
        "charged wrongly",
        re.compile(
            r"\b(?:charged|billed|debited|deducted|paid|payment)\b.*\b(?:twice|double|two times|2 times|again)\b"
            r"|\b(?:twice|double)\b.*\b(?:charged?|billed|debited|deducted)\b|\bwhy (?:was|were|am|did|have) .*\b(?:charged?|billed|debited)\b"
            r"|\b(?:iki|cift|2) (?:kez|kere|defa)\b|\bcift cekim|\bmukerrer|\bneden\b.*\b(?:para|ucret)\w* (?:cek|alin|kes)\w*"
        ),
        re.compile(
            r"\b(?:charged|paid|billed) twice\b|\btwo charges\b|\biki (?:kez|kere) (?:cek|odeme|ucret)\w*|\bmukerrer"
        ),
        complaint=True,
    ),
    Kind(
        "wrong or missing",
        re.compile(
            r"\b(?:wrong|incorrect|missing)\b|\bdifferent (?:\w+ ){1,3}(?:than|from what|to what)\b|\bnot what i (?:ordered|bought)\b"
            r"|\bnever (?:arrived?|came|got|received|delivered)\b|\bforgot to (?:send|include|pack|put)\b|\bother than (?:i|the one)\b|\byanlis\b|\beksik\b|\bfarkli (?:\w+ ){0,2}(?:geldi|cikti|gonder\w*)|\w+(?:dan|den) farkli\b"
        ),
        re.compile(r"\b(?:wrong|missing|mistake|yanlis|eksik)\b"),
        complaint=True,
    ),
    Kind(
        "does not work",
        re.compile(
            r"\b(?:do|does|did|is|are|has|have)(?: not|n't|nt) (?:work\w*|accepted|turn)|\bstopped working\b|\bcalismi\w*|\bgecersiz\b"
        ),
        re.compile(r"\b(?:stop\w* working|faulty|declined|expired|try again|kusurlu|calismiyor\w*)\b"),
        complaint=True,
    ),
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
            r"\bhow long\b|\bhow many (?:days|weeks|hours)\b|\bwhere(?:'s| is) (?:my|the) (?:money|refund)\b|\bwhen (?:will|do|does|can|is|are|should|would)\b|\bwhat time\b|\bhours\b|\bne kadar surer?\b|\bkac (?:gun|hafta|saat|ay|yil)\w*|\bsuresi\b|\bne zaman\b|\bsaat kac"
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
