"""Searching an assistant's knowledge articles by words, in English and Turkish, tolerant of typing mistakes."""

from __future__ import annotations

from django.db import connection

from handoff.assistants.base import Passage

# Any of the words may match: the engine, not the search, decides whether enough of them did. The rank is
# PostgreSQL's cover density over the weighted words, plus how like the title the question is, letter by letter.
_SEARCH = """
WITH asked AS (
    SELECT fold_words(%(query)s) AS text,
           replace(plainto_tsquery(article_configuration(%(language)s), fold_words(%(query)s))::text, '&', '|')::tsquery
        || replace(plainto_tsquery('simple', unaccent(fold_words(%(query)s)))::text, '&', '|')::tsquery AS words
)
SELECT a.id, a.title, a.body, a.url, a.language,
       ts_rank_cd(a.words, asked.words, 1) + 0.5 * word_similarity(fold_words(a.title), asked.text) AS score
FROM handoff_knowledgearticle a, asked
WHERE a.assistant_id = %(assistant)s AND a.language = %(language)s
  AND (a.words @@ asked.words OR word_similarity(fold_words(a.title), asked.text) > 0.4)
ORDER BY score DESC, a.id
LIMIT %(limit)s
"""


class Articles:
    """The knowledge of one assistant, as its engine sees it."""

    def __init__(self, assistant_id: int) -> None:
        self.assistant_id = assistant_id

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Passage]:
        """The articles that share words with the question, best first."""
        params: dict[str, str | int] = {
            "query": query[:500],
            "language": language,
            "assistant": self.assistant_id,
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH, params)
            return [Passage(*row) for row in cursor.fetchall()]
