"""Searching an assistant's knowledge articles by words, in English and Turkish, tolerant of typing mistakes."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from handoff.assistants.base import Passage
from handoff.assistants.words import fold, slips_of, telling

MOST_WORDS = 40

# For as long as one search takes: matching a row costs more than the planner thinks, so that it would read all rows.
_SETTINGS = "SET LOCAL enable_seqscan = off; SET LOCAL pg_trgm.word_similarity_threshold = 0.4"

# What each word may be found by: itself, or, when no article has it, its near forms and its beginning.
_UNDERSTAND = """
WITH asked AS MATERIALIZED (
    SELECT word, slips, beginning, plainto_tsquery(article_configuration(%(language)s), fold_words(word))
                                || plainto_tsquery('simple', unaccent(fold_words(word))) AS itself
    FROM unnest(%(words)s::text[], %(slips)s::text[], %(beginnings)s::text[]) AS typed (word, slips, beginning)
), looked_up AS MATERIALIZED (
    SELECT asked.*, EXISTS (
        SELECT FROM handoff_knowledgearticle a
        WHERE a.assistant_id = %(assistant)s AND a.language = %(language)s AND a.words @@ asked.itself
    ) AS found
    FROM asked
)
SELECT word, found, replace((CASE WHEN found THEN itself ELSE plainto_tsquery('simple', slips)
        || coalesce((quote_literal(nullif(beginning, '')) || ':*')::tsquery, ''::tsquery) END)::text, '&', '|')
FROM looked_up
"""

# Any of the words may match: the engine, not the search, decides whether enough of them did. The rank is how
# often and where the words stand, plus how like the title the question is, letter by letter. The query comes as a literal, so that
# the planner can see how few rows have it.
_SEARCH = """
WITH having_any AS MATERIALIZED (
    SELECT id, assistant_id, language, words FROM handoff_knowledgearticle WHERE words @@ %(meant)s::tsquery
), ranked AS MATERIALIZED (
    SELECT id, ts_rank(words, %(meant)s::tsquery, 1) AS rank
    FROM having_any a
    WHERE a.assistant_id = %(assistant)s AND a.language = %(language)s
    ORDER BY rank DESC, a.id
    LIMIT %(looked_at)s
), unknown AS MATERIALIZED (
    SELECT word FROM unnest(%(unknown)s::text[]) AS word
), alike AS MATERIALIZED (
    SELECT a.id, max(word_similarity(unknown.word, a.title)) AS rank
    FROM unknown JOIN handoff_knowledgearticle a ON a.title %%> unknown.word
    WHERE a.assistant_id = %(assistant)s AND a.language = %(language)s
    GROUP BY a.id
    ORDER BY rank DESC, a.id
    LIMIT %(looked_at)s
)
SELECT a.id, a.title, a.body, a.url, a.language,
       near.rank + 0.5 * word_similarity(fold_words(a.title), fold_words(%(query)s)) AS score
FROM (SELECT id, sum(rank) AS rank FROM (TABLE ranked UNION ALL TABLE alike) AS either GROUP BY id) AS near
JOIN handoff_knowledgearticle a ON a.id = near.id
ORDER BY score DESC, a.id
LIMIT %(limit)s
"""


class Articles:
    """The knowledge of one assistant, as its engine sees it."""

    def __init__(self, assistant_id: int) -> None:
        self.assistant_id = assistant_id

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Passage]:
        """The articles that share words with the question, or words that it may have meant, best first."""
        query = query[:500].replace("\0", " ")
        words = telling(query)[:MOST_WORDS]
        if not words:
            return []
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SETTINGS)
            understood = self._understand(words, language)
            rows = self._rows(
                _SEARCH,
                language=language,
                query=query,
                meant=" | ".join(f"({needle})" for _, _, needle in understood if needle),
                unknown=[word for word, found, _ in understood if not found],
                looked_at=5 * limit,
                limit=limit,
            )
        return [Passage(*row) for row in rows]

    def _understand(self, words: list[str], language: str) -> list[tuple[Any, ...]]:
        """Each word, whether an article has it, and what it may be found by."""
        return self._rows(
            _UNDERSTAND,
            language=language,
            words=words,
            slips=[" ".join(slips_of(fold(word))) for word in words],
            beginnings=[_beginning(fold(word)) for word in words],
        )

    def _rows(self, statement: str, **values: str | int | list[str]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"assistant": self.assistant_id, **values})
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _beginning(word: str) -> str:
    """The half of a long word that a slip in its other half leaves as it was."""
    return word[: max(3, len(word) // 2)] if len(word) >= 5 and word.isalpha() else ""
