"""How the assistant speaks in the canned conversations: in the articles' own words, as the engine quotes them."""

from __future__ import annotations

from vivollo.demo.articles import ARTICLES
from vivollo.demo.shapes import Looked

CUSTOMER_NOTE = (
    "Let me bring in a teammate. They will have everything we have talked about, so there is no need to repeat it."
)

_BY_KEY = {article.key: article for article in ARTICLES}
_READ_MORE = {"en": "Read more:", "tr": "Devamı:"}


def quoted(key: str, *numbers: int) -> str:
    """These paragraphs of an article word for word, and its link."""
    article = _BY_KEY[key]
    paragraphs = article.body.split("\n\n")
    chosen = "\n\n".join(paragraphs[number] for number in numbers or (0,))
    return f"{chosen}\n\n{_READ_MORE[article.language]} {article.url}"


def answered(step: int, query: str, key: str, sure: int, *others: str) -> tuple[Looked, Looked]:
    """A search that found an article, and the answer from it that the visitor saw."""
    titles = tuple(_BY_KEY[one].title for one in (key, *others))
    return (
        Looked(step, "search", query, titles, f"Closest: {titles[0]} ({sure}% sure).", shown=False),
        Looked(step, "answer", query, titles[:1], f"Answered from “{titles[0]}” ({sure}% sure).", shown=True),
    )


def searched(step: int, query: str, sure: int, *keys: str) -> tuple[Looked]:
    """A search that did not find enough."""
    titles = tuple(_BY_KEY[one].title for one in keys)
    result = f"Closest: {titles[0]} ({sure}% sure)." if titles else "Found nothing."
    return (Looked(step, "search", query, titles, result, shown=False),)


def noted(step: int, key: str, value: str) -> tuple[Looked]:
    """A fact that the assistant noted."""
    return (Looked(step, "remember", key, (), f"Noted {key.replace('_', ' ')}: {value}.", shown=False),)
