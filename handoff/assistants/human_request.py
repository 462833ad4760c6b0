"""The detector of "I want a person": it runs before any engine, and works when every model is down."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handoff.assistants import asking_english, asking_turkish
from handoff.assistants.asking import sentences
from handoff.assistants.base import Reply, Snapshot
from handoff.assistants.extract import masked
from handoff.assistants.learning import learn
from handoff.assistants.words import content, fold, shorten
from handoff.outcomes import ReasonCode, RequestHandoff

_FORGET_IT = re.compile(r"\b(?:never ?mind|nvm|forget (?:it|that|about it)|bosver\w*|vazgectim|gerek kalmadi)\b")


@dataclass(frozen=True, slots=True)
class HumanRequest:
    """A wish for a person with its evidence: the sentence that shows it."""

    evidence: str
    language: str


def wants_person(text: str, language: str) -> HumanRequest | None:
    """The first sentence that asks for a person now; None when it is refused, reported, or about someone else.

    Both grammars are asked, the visitor's language first: on a Turkish page people write "live support" too.
    """
    grammars = [("en", asking_english.wish_in), ("tr", asking_turkish.wish_in)]
    if language == "tr":
        grammars.reverse()
    for sentence in sentences(text):
        for spoken, wish_in in grammars:
            if wish_in(sentence):
                return HumanRequest(evidence=shorten(masked(sentence), 120), language=spoken)
    return None


def asked_for(snapshot: Snapshot) -> Reply | None:
    """The handoff that the visitor's unanswered words ask for, with what they say about themselves beside it.

    Only these words are looked at: an old "give me a human" must never trigger again, and one that was
    taken back since ("never mind") does not either.
    """
    bodies = [said.body for said in snapshot.unanswered()]
    taken_back = max((i for i, body in enumerate(bodies) if _FORGET_IT.search(fold(body))), default=0)
    current = bodies[taken_back:]
    for text in (*current, " ".join(current)):
        if request := wants_person(text, snapshot.language):
            learned, tried, _ = learn(snapshot)
            reason = f"Asked for a person: “{request.evidence}”."
            wish = RequestHandoff(ReasonCode.CUSTOMER_REQUEST, reason, _open_question(snapshot))
            return Reply((*learned, wish), tried)
    return None


def _open_question(snapshot: Snapshot) -> str:
    """The visitor's latest words in this episode that are about something else than the wish."""
    for said in reversed(snapshot.episode()):
        if said.author != "visitor":
            continue
        for sentence in reversed(sentences(said.body)):
            about = content(sentence, snapshot.language)
            if sum(about.values()) >= 1.0 and not wants_person(sentence, snapshot.language):
                return shorten(masked(said.body), 200)
    return ""
