"""The shapes of the demo's content: plain frozen data, read by the shop's pages and by the seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["agent", "supervisor", "flow_builder", "admin"]
Standing = Literal["automation", "requested", "engaged", "finished"]


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sells."""

    name: str
    tagline: str
    place: str
    hours: str


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a page; the anchor is what articles link to."""

    anchor: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the shop at /demo/<slug>/; the empty slug is the front page."""

    slug: str
    title: str
    lead: str
    kind: Literal["home", "product", "text"]
    sections: tuple[Section, ...]
    price: str = ""
    image: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        """Where the page is served."""
        return f"/demo/{self.slug}/" if self.slug else "/demo/"


@dataclass(frozen=True, slots=True)
class Article:
    """One knowledge article; `key` is how the canned conversations quote it."""

    key: str
    title: str
    body: str
    language: Literal["en", "tr"]
    url: str


def article(language: Literal["en", "tr"], key: str, title: str, url: str, *paragraphs: str) -> Article:
    """An article with a blank line between its paragraphs."""
    return Article(key=key, title=title, body="\n\n".join(paragraphs), language=language, url=url)


@dataclass(frozen=True, slots=True)
class Person:
    """A teammate who can sign in."""

    username: str
    display_name: str
    email: str
    password: str
    role: Role
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A team whose members share a queue."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class CannedVisitor:
    """A customer of the day; `attributes` only of one whose identity the shop has signed."""

    name: str
    email: str
    time_zone: str
    language: str
    user_agent: str
    verified_id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that the visitor looked at."""

    path: str
    title: str
    minutes_ago: int
    referrer: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something said: who is `visitor`, `assistant` or `person:<username>`."""

    minutes_ago: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Learned:
    """A remembered fact; `step` is the index of the step that it was learned from."""

    key: str
    value: str
    step: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What the assistant tried; `step` is the index of the visitor's words that it tried to answer."""

    step: int
    kind: Literal["search", "answer", "remember"]
    query: str
    found: tuple[str, ...]
    result: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """How a conversation stands: the fields of a handoff as far as it has come."""

    state: Standing
    code: str = ""
    reason: str = ""
    open_question: str = ""
    requested: int = 0
    engaged_by: str = ""
    engaged: int = 0
    outcome: Literal["", "resolved", "returned"] = ""
    finished: int = 0


@dataclass(frozen=True, slots=True)
class CannedConversation:
    """One earlier conversation of the day, oldest step first; all times are minutes before the seed runs."""

    key: str
    visitor: CannedVisitor
    pages: tuple[Seen, ...]
    steps: tuple[Step, ...]
    stand: Stand
    learned: tuple[Learned, ...] = ()
    attempts: tuple[Looked, ...] = ()
