"""Everything the demo shows, as plain frozen data: the one place that the shop's pages and the seed read from."""

from __future__ import annotations

from vivollo.demo.articles import ARTICLES
from vivollo.demo.day import CANNED_CONVERSATIONS
from vivollo.demo.pages import PAGES
from vivollo.demo.quoting import CUSTOMER_NOTE
from vivollo.demo.shapes import Person, Queue, Role, Shop

__all__ = [
    "ARTICLES",
    "ASSISTANT_INSTRUCTIONS",
    "ASSISTANT_NAME",
    "CANNED_CONVERSATIONS",
    "CHAT_PAGE",
    "CUSTOMER_NOTE",
    "GREETING",
    "PAGES",
    "SHOP",
    "SIGN_INS",
    "TEAMMATES",
    "TEAMS",
]

SHOP = Shop(
    name="Lodos",
    tagline="Lamps and linen, made in Izmir",
    place="Kemeraltı, Izmir",
    hours="Monday to Friday 9:00-18:00, Saturday 10:00-14:00",
)

CHAT_PAGE = "shop"
GREETING = "Hello, and welcome to Lodos. Ask about delivery, returns, care or anything you see here."
ASSISTANT_NAME = "Mavi"
ASSISTANT_INSTRUCTIONS = (
    "You are Mavi, the AI assistant of Lodos, a small maker of lamps and linen in Izmir. Answer from the articles only, in the "
    "customer's language, in two or three sentences, and link what you quote. Never promise a refund, a date or a "
    "discount that no article names. Complaints about a person and anything legal go to a teammate."
)

TEAMS: tuple[Queue, ...] = (
    Queue("care", "Customer care"),
    Queue("trade", "Trade and large orders"),
)

TEAMMATES: tuple[Person, ...] = (
    Person("ada", "Ada Yıldız", "ada@example.com", "lamplight-ada", "supervisor", ("care", "trade")),
    Person("bruno", "Bruno Almeida", "bruno@example.com", "lamplight-bruno", "agent", ("care",)),
    Person("chidi", "Chidi Okafor", "chidi@example.com", "lamplight-chidi", "admin", ()),
)

SIGN_INS: tuple[tuple[str, str, Role], ...] = tuple(
    (person.username, person.password, person.role) for person in TEAMMATES
)
