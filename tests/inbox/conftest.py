"""What the inbox's sentences about flows share: a refund flow, and Ada at her inbox."""

import pytest
from django.urls import reverse

from conversations.models import Conversation
from handoff import services
from tests.handoff.flow_cast import ask, hand_off, message, runs, writes

THANKS = message("thanks", "{{person.name}} has settled your {{amount}} {{amount_currency}}. {{person.note}}")
BYE = message("bye", "Please rate how {{person.name}} did.", "stars")
STARS = ask("stars", "number", question="How many stars?")
AMOUNT = ask("amount", "amount", {"answered": "person", "gave_up": "person"}, question="How much was it?")


@pytest.fixture(autouse=True)
def _no_waiting(settings) -> None:
    """Automation answers at once."""
    settings.TURN_SETTLE_MILLISECONDS = 0


@pytest.fixture
def refund(chat_page, assistant):
    """The shop's refund flow asks for the amount, brings in a person, tells the outcome, and says goodbye."""
    return runs(chat_page, AMOUNT, hand_off({"returned": "thanks", "resolved": "bye"}), THANKS, BYE, STARS)


@pytest.fixture
def asked(refund, deniz) -> Conversation:
    """Deniz wants a refund, and is asked how much."""
    return Conversation.objects.get(pk=writes(deniz, "I want my money back"))


@pytest.fixture
def led(asked, deniz, ada) -> Conversation:
    """Deniz has said how much; the flow has brought in Ada."""
    writes(deniz, "640 TL")
    services.take_over(conversation_id=asked.pk, teammate=ada, body="I am looking at it.")
    return Conversation.objects.get(pk=asked.pk)


@pytest.fixture
def inbox(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def opened(inbox):
    """The conversation as the inbox shows it."""
    return lambda one: inbox.get(reverse("inbox:conversation", args=[one.public_id])).content.decode()


@pytest.fixture
def looks_ahead(inbox):
    """What the sheet shows before anybody confirms, as its script asks for it."""

    def looks_ahead(one, **asked):
        return inbox.get(reverse("inbox:hand_back", args=[one.public_id]), asked, headers={"HX-Request": "true"})

    return looks_ahead


@pytest.fixture
def hands_back(inbox):
    def hands_back(one, **data):
        address = reverse("inbox:hand_back", args=[one.public_id])
        return inbox.post(address, {"after": 0} | data, headers={"HX-Request": "true"})

    return hands_back
