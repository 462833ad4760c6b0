"""A support manager builds the refund flow from an empty page, tries it, publishes it, and the shop's customers have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.journeys.hands import Hands, Keyboard, Mouse, turn
from tests.journeys.people import marked, order_number
from vivollo.local.product import Product

pytestmark = pytest.mark.journey

WISH, ORDER, AMOUNT, LIMIT = "What do they want?", "Order number", "Amount", "Over the limit?"
TOLD, PERSON, BACK = "Say who comes", "A teammate decides", "Welcome back"
SMALL, ASSISTANT = "How small refunds work", "Everything else"
WAIT_FOR = "A teammate looks at this first."
BRIEF = "A refund of {{amount}} {{amount_currency}} needs no approval."


@pytest.fixture
def shop_again(product: Product) -> Iterator[None]:
    """The shop runs its own flow again afterwards."""
    with psycopg.connect(product.record.environment["DATABASE_URL"], autocommit=True) as database:
        runs = "SELECT id, flow_id FROM handoff_automation WHERE flow_id IS NOT NULL"
        before = database.execute(runs).fetchall()
        yield
        for automation, flow in before:
            database.execute("UPDATE handoff_automation SET flow_id = %s WHERE id = %s", (flow, automation))


def add(hands: Hands, kind: str, title: str, way: str) -> None:
    """A step of this kind follows the one that is open, on this way, and is open itself; its title is written."""
    turn(hands, "Add a step after this one")
    hands.pick(way)
    turn(hands, kind)
    hands.write("Title on the graph", title)


def ask(hands: Hands, title: str, way: str, question: str, *, kind: str, variable: str) -> None:
    """A question follows, and what it asks is written."""
    add(hands, "Ask", title, way)
    hands.write("Question", question)
    hands.write("Keep it as", variable)
    hands.choose("The answer is", kind)


def say(hands: Hands, title: str, way: str, words: str) -> None:
    """A message follows, and what it says is written."""
    add(hands, "Send message", title, way)
    hands.write("Message", words)


def build(hands: Hands, name: str) -> None:
    """The refund flow, step by step, from an empty page."""
    hands.write("Name", name)
    turn(hands, "Begin with an empty page")
    turn(hands, "Begin when the customer writes")
    turn(hands, "Intent")
    hands.write("Title on the graph", WISH)
    hands.write("Name", "Refund")
    hands.write("Examples", "I want a refund\nI want my money back")
    turn(hands, "+ Another row")
    hands.write("Name", "Question")
    hands.write("Examples", "How long does delivery take?\nHow do I return something?")
    turn(hands, "Save")
    ask(hands, ORDER, "Refund", "Which order is it?", kind="An order number", variable="order")
    turn(hands, "Save")
    ask(hands, AMOUNT, "answered", "How much was it?", kind="An amount of money", variable="amount")
    hands.write("Currency", "TRY")
    turn(hands, "Save")
    add(hands, "Condition", LIMIT, "answered")
    hands.write("What", "amount")
    hands.choose("Test", "is greater than")
    hands.write("Value", "500")
    turn(hands, "Save")
    say(hands, TOLD, "yes", WAIT_FOR)
    turn(hands, "Save")
    add(hands, "Hand off", PERSON, "then")
    hands.write("Written reason", "Refund of {{amount}} {{amount_currency}} for order {{order}}.")
    hands.tick("Say nothing")
    turn(hands, "Save")
    say(hands, BACK, "returned", "{{person.name}} has looked into it.")
    hands.choose("then", WISH)
    turn(hands, "Save")
    turn(hands, LIMIT)
    say(hands, SMALL, "no", BRIEF)
    hands.choose("then", WISH)
    turn(hands, "Save")
    turn(hands, WISH)
    add(hands, "Assistant", ASSISTANT, "none of these")
    hands.write("Goes on after so many answers", "1")
    hands.choose("answered", WISH)
    turn(hands, "Save")


def mend(hands: Hands) -> None:
    """What the editor says is still open is closed, from its own list."""
    expect(hands.page.get_by_text("3 problems").first).to_be_visible()
    turn(hands, WISH)
    hands.choose("Question", ASSISTANT)
    turn(hands, "Save")
    for title in (ORDER, AMOUNT):
        turn(hands, title)
        hands.choose("gave up", PERSON)
        turn(hands, "Save")
    expect(hands.page.locator(".f-states")).not_to_contain_text("problem")


def try_it(hands: Hands, order: str) -> None:
    """A play of the draft with a refund over the limit, and the person's part."""
    turn(hands, "Try it")
    said = hands.page.locator(".t-thread .t-words")
    for words in ("I want a refund", order, "640 TL"):
        hands.write("What the customer writes", words)
        turn(hands, "Send")
        expect(said.filter(has_text=words).last).to_be_visible()
    expect(said.last).to_have_text(WAIT_FOR)
    expect(hands.page.locator(".t-standing")).to_contain_text(PERSON)
    expect(hands.page.locator(".t-known")).to_contain_text(order)
    hands.write("What the person writes", "I have looked at it.")
    turn(hands, "Take over")
    turn(hands, "Hand back")
    expect(said.last).to_contain_text("has looked into it.")
    expect(hands.page.locator(".t-standing")).to_contain_text(WISH)


def publish(hands: Hands) -> None:
    """The draft is live, and the shop runs it."""
    turn(hands, "Publish…")
    hands.write("What changed", "Refunds, our way")
    turn(hands, "Publish")
    expect(hands.page.locator(".f-states")).to_contain_text("Live: version 1")
    turn(hands, "Name and pages")
    hands.tick("Lodos")
    turn(hands, "Save")
    expect(hands.page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


def customer(page: Page, product: Product) -> FrameLocator:
    """Somebody on the demo shop's front page has opened the chat."""
    page.goto(f"{product.url}demo/")
    page.get_by_role("button", name="Chat with us").click()
    chat = page.frame_locator("iframe")
    expect(chat.get_by_label("Your message")).to_be_focused()
    return chat


def talk(chat: FrameLocator, *words: str) -> None:
    """The customer says one thing after another, each after an answer."""
    for number, one in enumerate(words, 1):
        chat.get_by_label("Your message").fill(one)
        chat.get_by_label("Your message").press("Enter")
        expect(chat.locator("[data-author=flow] .words")).to_have_count(number)


def tell_the_story(hands: Hands, product: Product, shopper: Page) -> None:
    """From the empty page to a customer in the shop."""
    order = order_number()
    hands.page.goto(f"{product.url}admin/handoff/flow/add/")
    build(hands, marked("Refunds"))
    mend(hands)
    try_it(hands, order)
    publish(hands)
    chat = customer(shopper, product)
    talk(chat, "I want a refund", order, "320 TL")
    expect(chat.locator("[data-author=flow] .words").last).to_have_text("A refund of 320.00 TRY needs no approval.")


def test_the_refund_flow_is_built_by_mouse_and_the_shop_has_it(
    at_inbox, people: Callable[..., BrowserContext], product: Product, shop_again: None
) -> None:
    tell_the_story(Mouse(at_inbox("chidi")), product, people().new_page())


def test_the_refund_flow_is_built_by_keyboard_alone_and_the_shop_has_it(
    at_inbox, people: Callable[..., BrowserContext], product: Product, shop_again: None
) -> None:
    hands = Keyboard(at_inbox("chidi"))
    tell_the_story(hands, product, people().new_page())
    assert hands.pointed == []
