"""The cast of the sentences: Ada and Bruno are teammates, Deniz is a visitor, Eve is one of another chat page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from conversations.models import ChatPage, Conversation, Visitor
from conversations.services import Posted, post_visitor_message
from handoff.models import Assistant, Automation, KnowledgeArticle, Team, Teammate

# Strong hashing takes half a second a teammate; nothing here tests it.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# All sentences come from one address, and many in a minute.
settings.VISITOR_ARRIVALS_A_MINUTE = settings.SIGN_IN_TRIES_A_MINUTE = 1_000_000


@pytest.fixture
def chat_page(db: None) -> ChatPage:
    """The shop's chat page; it runs no assistant until `assistant` is asked for."""
    return ChatPage.objects.create(slug="shop", name="Shop", greeting="Hello, how can we help?")


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Support")


@pytest.fixture
def assistant(chat_page: ChatPage, team: Team) -> Assistant:
    """The shop's assistant, who knows about returns and delivery only."""
    assistant = Assistant.objects.create(name="Lumi", instructions="Be brief.")
    Automation.objects.create(chat_page=chat_page, assistant=assistant, default_team=team)
    for title, body in (
        ("Returning a product", "You can return any product within 30 days. We pay for the return parcel."),
        ("Delivery times", "Delivery takes two to four working days in Turkey and five to eight in Europe."),
    ):
        KnowledgeArticle.objects.create(assistant=assistant, title=title, body=body, url="/demo/returns/")
    return assistant


@pytest.fixture
def ada(db: None) -> Teammate:
    return Teammate.objects.create_user("ada", "ada@example.com", "ada-password", display_name="Ada", role="supervisor")


@pytest.fixture
def bruno(db: None) -> Teammate:
    return Teammate.objects.create_user("bruno", "bruno@example.com", "bruno-password", display_name="Bruno")


@pytest.fixture
def deniz(chat_page: ChatPage) -> Visitor:
    return Visitor.objects.create(chat_page=chat_page)


@pytest.fixture
def eve(db: None) -> Visitor:
    other = ChatPage.objects.create(slug="other", name="Other", greeting="Hi")
    return Visitor.objects.create(chat_page=other)


@pytest.fixture
def say() -> Callable[..., Posted]:
    """A visitor says something, as the chat page would post it."""

    def say(visitor: Visitor, body: str, client_id: uuid.UUID | None = None) -> Posted:
        return post_visitor_message(
            visitor=visitor.public_id,
            chat_page=visitor.chat_page.slug,
            client_id=client_id or uuid.uuid4(),
            body=body,
        )

    return say


@pytest.fixture
def thread() -> Callable[[int], list[tuple[Any, ...]]]:
    """Who said what, in order, as (author, words or line)."""

    def thread(conversation_id: int) -> list[tuple[Any, ...]]:
        conversation = Conversation.objects.get(pk=conversation_id)
        return [(one.author, one.body or one.line) for one in conversation.messages.order_by("seq")]

    return thread
