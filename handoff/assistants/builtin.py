"""The builtin engine: it needs no key and no network, answers only by quoting articles, and says when it cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handoff.assistants.asking import sentences
from handoff.assistants.base import Reply, Said, Snapshot, Tried
from handoff.assistants.courtesy import courtesy, small_talk
from handoff.assistants.extract import masked
from handoff.assistants.language import language_of
from handoff.assistants.learning import Asked, learn
from handoff.assistants.limits import NOTHING_NEAR, Judgement, judge, limit_for
from handoff.assistants.noted import acknowledgement
from handoff.assistants.quote import answer
from handoff.assistants.repeating import answered_before, says_it_did_not_help
from handoff.assistants.synonyms import widened
from handoff.assistants.words import content, shorten, stem, tokens
from handoff.outcomes import ReasonCode, Remember, RequestHandoff, Say

SEARCHED = 8
MOST_NAMED = 3
CERTAIN = 0.8  # below it, another article may answer better under other words for the same
MOST_PARTS = 3
_FOLLOW_UP = re.compile(r"\s*(?:and|or|what about|how about|also|peki|ya)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One question with what was found for it, best first."""

    asked: Asked
    judgements: tuple[Judgement, ...]
    tried: tuple[Tried, ...]

    def good(self, limit: float) -> Judgement | None:
        """The passage that answers, when one is sure enough."""
        best = self.judgements[0] if self.judgements else None
        return best if best and best.sure >= limit else None


class BuiltinEngine:
    """Retrieval over the knowledge articles with a limit that can be explained word by word."""

    def think(self, snapshot: Snapshot) -> Reply:
        """One answer to all that the visitor has said since the last one, or a handoff with its reason."""
        new = snapshot.unanswered()
        if not new:
            return Reply((), ())
        language = language_of(" ".join(said.body for said in new), snapshot.language)
        learned, tried, asked = learn(snapshot)
        if said := _small_answer(snapshot, new, learned, asked.question, language):
            return Reply((*learned, said), tried)
        if round_again := _going_round(snapshot, asked, language):
            return Reply((*learned, round_again), tried)
        wish, searched = _from_articles(snapshot, asked, language)
        return Reply((*learned, wish), (*tried, *searched))


def _small_answer(
    snapshot: Snapshot, new: tuple[Said, ...], learned: tuple[Remember, ...], question: str, language: str
) -> Say | None:
    """A courtesy, or the word that a fact is noted; None as soon as there is a question."""
    kind = small_talk(question)
    asks = sum(content(question, language).values()) >= 1.0 and not kind
    if learned and not asks:
        return Say(acknowledgement(learned, language))
    if kind:
        return Say(courtesy(kind, language, snapshot.assistant_name))
    if content(question, language) or _asked_to_explain(snapshot):
        return None
    return Say(courtesy("unclear", language, snapshot.assistant_name))


def _asked_to_explain(snapshot: Snapshot) -> bool:
    """The visitor was asked once already what they mean; asking again would be a circle of our own."""
    name = snapshot.assistant_name
    unclear = {courtesy("unclear", language, name) for language in ("en", "tr")}
    return any(said.author == "assistant" and said.body in unclear for said in snapshot.episode())


def _going_round(snapshot: Snapshot, asked: Asked, language: str) -> RequestHandoff | None:
    episode, name = snapshot.episode(), snapshot.assistant_name
    if says_it_did_not_help(asked.question, episode, snapshot.new_from, name):
        reason = f"Says that the answer did not help: “{_short(asked.words, 150)}”."
        return RequestHandoff(ReasonCode.LOOP, reason, _last_question(snapshot) or _short(asked.words, 200))
    if answered_before(asked.question, episode, snapshot.new_from, language, name):
        reason = f"Asked twice “{_short(asked.words, 150)}”; the answer from the articles did not settle it."
        return RequestHandoff(ReasonCode.LOOP, reason, _short(asked.words, 200))
    return None


def _last_question(snapshot: Snapshot) -> str:
    """What the visitor asked before the words that this turn answers."""
    asked = [
        said.body
        for said in snapshot.episode()
        if said.author == "visitor" and said.seq < snapshot.new_from and not small_talk(said.body)
    ]
    return _short(asked[-1], 200) if asked else ""


def _from_articles(snapshot: Snapshot, asked: Asked, language: str) -> tuple[Say | RequestHandoff, tuple[Tried, ...]]:
    """The answer quoted from the articles: to everything at once, else to each part, else a handoff."""
    limit = limit_for(snapshot.sureness)
    parts = _parts(asked, language)
    whole = _look(snapshot, _with_context(snapshot, asked, language), language) if not _several(parts) else None
    if whole and (best := whole.good(limit)):
        return Say(answer(best.passage, whole.asked.question, language)), _told(whole.tried, best)
    if whole and len(parts) < 2:
        return _not_sure(whole, asked), _told(whole.tried, None)
    return _from_parts([_look(snapshot, part, language) for part in parts], whole, asked, language, limit)


def _from_parts(
    looked: list[_Looked], whole: _Looked | None, asked: Asked, language: str, limit: float
) -> tuple[Say | RequestHandoff, tuple[Tried, ...]]:
    """Every part answered in one text, or a handoff for the first that has no answer: half an answer is none."""
    before = whole.tried if whole else ()
    open_part = next((part for part in looked if not part.good(limit)), None)
    if open_part or len(looked) > MOST_PARTS:
        tried = (*before, *(one for part in looked for one in part.tried))
        return _not_sure(open_part or whole or looked[0], asked), tried
    good = [(part, best) for part in looked if (best := part.good(limit))]
    answers = dict.fromkeys(answer(best.passage, part.asked.question, language) for part, best in good)
    return Say("\n\n".join(answers)), (*before, *(one for part, best in good for one in _told(part.tried, best)))


def _with_context(snapshot: Snapshot, asked: Asked, language: str) -> Asked:
    """A fragment ("and to Norway?") is read together with the question before it."""
    if _FOLLOW_UP.match(asked.question) and sum(content(asked.question, language).values()) <= 2.0:
        before = _last_question(snapshot)
        return Asked(f"{before} {asked.words}".strip(), f"{before} {asked.question}".strip())
    return asked


def _parts(asked: Asked, language: str) -> list[Asked]:
    """The questions in several sentences; plain statements count only when nothing is asked outright."""
    said = [asked.part(*found.span()) for found in re.finditer(r"[^.?!\n]+[.?!\n]*", asked.question)]
    meant = [
        part for part in said if sum(content(part.question, language).values()) >= 1.0 and not small_talk(part.question)
    ]
    outright = [part for part in meant if "?" in part.question]
    return outright if len(outright) > 1 else meant


def _several(parts: list[Asked]) -> bool:
    """True when more than one thing is asked outright, so that no single article should answer for all."""
    return sum("?" in part.question for part in parts) > 1


def _look(snapshot: Snapshot, asked: Asked, language: str) -> _Looked:
    """Search with the visitor's words, then once more with other words for the same when that is not certain."""
    words = masked(" ".join(sentences(asked.question)))
    first = _search(snapshot, asked, words, language)
    if first.good(max(CERTAIN, limit_for(snapshot.sureness))):
        return first
    second = _search(snapshot, asked, _other_words(asked.question, language) or words, language)
    better = max(first, second, key=lambda one: one.judgements[0].sure if one.judgements else 0.0)
    return _Looked(asked, better.judgements, (*first.tried, *second.tried))


def _other_words(question: str, language: str) -> str:
    """Only the words that carry the meaning, and other words for the same."""
    weights = content(question, language)
    strong = [word for word in tokens(question) if weights.get(stem(word, language), 0.0) >= 1.0]
    return " ".join((*strong, *widened(frozenset(weights), language)))


def _search(snapshot: Snapshot, asked: Asked, query: str, language: str) -> _Looked:
    found = snapshot.knowledge.search(query, language=language, limit=SEARCHED)
    judgements = tuple(judge(asked.question, found, language))
    titles = tuple(judgement.passage.title for judgement in judgements[:MOST_NAMED] if judgement.sure)
    result = f"Closest: {titles[0]} ({judgements[0].sure:.0%} sure)." if titles else "Found nothing."
    return _Looked(asked, judgements, (Tried("search", shorten(query, 200), titles, result, shown=False),))


def _told(tried: tuple[Tried, ...], best: Judgement | None) -> tuple[Tried, ...]:
    """The searches, and the answer that was offered after them, if one was."""
    if best is None:
        return tried
    title = best.passage.title
    return (
        *tried,
        Tried("answer", tried[-1].query, (title,), f"Answered from “{title}” ({best.sure:.0%} sure).", shown=True),
    )


def _not_sure(looked: _Looked, asked: Asked) -> RequestHandoff:
    """A handoff whose reason names the words that no article has."""
    words, best = _short(looked.asked.words, 110), (looked.judgements[0] if looked.judgements else None)
    if best is None or best.sure < NOTHING_NEAR:
        closest = f" (closest: {shorten(best.passage.title, 60)})" if best and best.sure else ""
        return RequestHandoff(
            ReasonCode.OUT_OF_SCOPE, f"Asked “{words}”; no article covers it{closest}.", _short(asked.words, 200)
        )
    title = shorten(best.passage.title, 60)
    lacks = f"says nothing of “{shorten(', '.join(best.missing), 50)}”" if best.missing else "answers it only in part"
    return RequestHandoff(
        ReasonCode.LOW_CONFIDENCE,
        f"Asked “{words}”; the closest article, “{title}”, {lacks}.",
        _short(asked.words, 200),
    )


def _short(text: str, limit: int) -> str:
    """The visitor's words as evidence: one line, without card numbers or quotation marks of their own."""
    return shorten(re.sub(r"[“”\"]", "'", masked(text)), limit)
