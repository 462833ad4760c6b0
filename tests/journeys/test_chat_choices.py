"""What a flow offers, pressed and filled in at a real browser: quick replies, a form, a greeting."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.conversations.automatic import FORM
from tests.journeys.people import words_of, write
from vivollo.local.product import CHECKOUT, Product

pytestmark = pytest.mark.journey

SPEAK = """
import asyncio, json, sys, django
django.setup()
from conversations import access, live
from conversations.models import Message
from tests.conversations.automatic import flow_says
told = json.load(sys.stdin)
said = flow_says(access.visitor_of(told.pop("token"), "shop"), told.pop("body"), **told)
thread = Message.objects.get(pk=said.id).conversation_id
asyncio.run(live.publish_here(live.hint("entries", thread, seq=said.seq)))  # the process ends before its own is out
"""


def flow_says(product: Product, page: Page, body: str, **offers: Any) -> None:
    """The words of a flow appear in the thread that the page's visitor has; the page hears of it by its socket."""
    token = page.evaluate("localStorage.getItem('vivollo:shop:token')")
    subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", SPEAK], input=json.dumps({"token": token, "body": body, **offers}), text=True,
        check=True, cwd=CHECKOUT, env=product.record.environment,
    )  # fmt: skip


def in_talk(page: Page, words: str = "How can I return something?") -> None:
    """The visitor has said something, and the assistant has answered."""
    answers = words_of(page, "assistant").count()
    write(page, words)
    expect(words_of(page, "assistant")).to_have_count(answers + 1)


def test_a_quick_reply_is_pressed_by_keyboard_and_the_choice_is_gone(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "What is it about?", options=["A refund", "Delivery times"])
    option = deniz.get_by_role("group", name="Quick replies").get_by_role("button", name="Delivery times")
    expect(option).to_be_visible()
    said = deniz.locator("[data-author=flow]")
    expect(said).to_contain_text("Automatic")
    expect(said).not_to_contain_text("AI")
    deniz.get_by_label("Your message").focus()
    deniz.keyboard.press("Shift+Tab")
    expect(option).to_be_focused()
    deniz.keyboard.press("Enter")
    expect(words_of(deniz, "visitor").last).to_have_text("Delivery times")
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(deniz.get_by_label("Your message")).to_be_focused()
    expect(words_of(deniz, "assistant")).to_have_count(2)  # it was sent as any words are


def test_a_quick_reply_without_a_connection_is_kept_and_sent_once(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "What is it about?", options=["A refund", "Delivery times"])
    expect(deniz.get_by_role("button", name="A refund")).to_be_visible()
    deniz.context.set_offline(True)
    deniz.get_by_role("button", name="A refund").click()
    expect(deniz.locator(".entry.failed .words")).to_have_text("A refund")
    expect(deniz.get_by_role("button", name="A refund")).to_have_count(0)
    deniz.context.set_offline(False)
    expect(deniz.locator(".entry.pending")).to_have_count(0)
    deniz.reload()
    expect(words_of(deniz, "visitor").filter(has_text="A refund")).to_have_count(1)
    expect(deniz.locator("[data-offer]")).to_have_count(0)


def test_a_form_is_filled_in_wrong_and_then_right(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "Tell us a little more.", form=FORM)
    deniz.get_by_label("Order number").fill("10482")
    deniz.get_by_label("E-mail").fill("deniz")
    deniz.get_by_label("What shall we do?").select_option("Refund")
    deniz.get_by_label("E-mail").press("Enter")
    mail = deniz.get_by_label("E-mail")
    expect(mail).to_have_attribute("aria-invalid", "true")
    expect(mail).to_be_focused()
    expect(mail).to_have_accessible_description("Write an e-mail address, such as name@example.com.")
    expect(deniz.get_by_label("Order number")).to_have_value("10482")
    expect(deniz.get_by_label("What shall we do?")).to_have_value("Refund")
    mail.fill("deniz@example.com")
    deniz.get_by_role("button", name="Send it").click()
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(words_of(deniz, "visitor").last).to_have_text(
        re.compile("Order number: 10482\\s+E-mail: deniz@example.com\\s+What shall we do\\? Refund")
    )


def test_a_form_without_a_connection_keeps_what_was_typed(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "Tell us a little more.", form=FORM)
    deniz.get_by_label("Order number").fill("10482")
    deniz.get_by_label("E-mail").fill("deniz@example.com")
    deniz.context.set_offline(True)
    deniz.get_by_role("button", name="Send it").click()
    expect(deniz.locator(".asked [role=alert]")).to_contain_text("try again")
    expect(deniz.get_by_label("Order number")).to_have_value("10482")
    deniz.context.set_offline(False)
    deniz.get_by_role("button", name="Send it").click()
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(words_of(deniz, "visitor").filter(has_text="10482")).to_have_count(1)


def test_a_form_that_is_answered_in_another_tab_is_gone_here(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "Tell us a little more.", form=FORM)
    other = deniz.context.new_page()
    other.goto(deniz.url)
    for page in (deniz, other):
        expect(page.get_by_label("Order number")).to_be_visible()
    other.get_by_label("Order number").fill("10482")
    other.get_by_label("E-mail").fill("deniz@example.com")
    other.get_by_role("button", name="Send it").click()
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(words_of(deniz, "visitor").last).to_contain_text("10482")


def test_words_that_are_refused_bring_the_choice_back(deniz: Page, product: Product) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "What is it about?", options=["A refund"])
    expect(deniz.get_by_role("button", name="A refund")).to_be_visible()
    deniz.evaluate("document.querySelector('#body').removeAttribute('maxlength')")
    write(deniz, "x" * 4001)
    expect(deniz.get_by_role("status").filter(has_text="too long")).to_be_visible()
    expect(deniz.get_by_role("button", name="A refund")).to_be_visible()


def may_greet(route: Route) -> None:
    """The server's answer tells the page that a greeting may come; which flow greets is not these journeys' matter."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('class="news"', 'class="news" data-greeting', 1))


@pytest.fixture
def newcomer(people: Callable[..., BrowserContext], product: Product) -> Page:
    """A visitor without a thread, whose page has just been opened."""
    page = people().new_page()
    page.route("**/chat/shop/open", may_greet)
    with page.expect_response("**/chat/shop/open"):
        page.goto(f"{product.url}chat/shop/")
        page.get_by_label("Your message").press_sequentially("H")
    page.wait_for_function("localStorage.getItem('vivollo:shop:token')")
    return page


def test_a_page_without_a_thread_finds_its_greeting_and_listens_from_then_on(newcomer: Page, product: Product) -> None:
    flow_says(product, newcomer, "Welcome! What is it about?", options=["A refund"])
    expect(words_of(newcomer, "flow")).to_have_text(["Welcome! What is it about?"])
    flow_says(product, newcomer, "Take your time.")
    expect(words_of(newcomer, "flow")).to_have_count(2)


def test_where_no_greeting_comes_the_page_looks_three_times_and_no_more(newcomer: Page) -> None:
    looks: list[str] = []
    newcomer.on("request", lambda request: looks.append(request.url) if "/entries" in request.url else None)
    newcomer.wait_for_timeout(6_000)
    assert len(looks) == 3


def test_without_scripts_a_choice_is_pressed_and_a_form_is_sent(
    people: Callable[..., BrowserContext], deniz: Page, product: Product
) -> None:
    in_talk(deniz)
    flow_says(product, deniz, "Tell us a little more.", form=FORM)
    expect(deniz.get_by_label("Order number")).to_be_visible()
    token = deniz.evaluate("localStorage.getItem('vivollo:shop:token')")
    plain: BrowserContext = people(java_script_enabled=False)
    page = plain.new_page()
    page.goto(deniz.url)
    page.set_content(
        f'<form method="post" action="{deniz.url}"><input name="visitor_token" value="{token}"><button>Go</button></form>'
    )
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Order number").fill("10482")
    page.get_by_label("E-mail").fill("deniz@example")  # good enough for the browser
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Write an e-mail address")).to_be_visible()
    expect(page.get_by_label("Order number")).to_have_value("10482")
    page.get_by_label("E-mail").fill("deniz@example.com")
    page.get_by_role("button", name="Send it").click()
    expect(words_of(page, "visitor").last).to_contain_text("Order number: 10482")
    expect(words_of(deniz, "assistant")).to_have_count(2)
    flow_says(product, deniz, "Anything else?", options=["That is all"])
    page.get_by_role("button", name="Look for new messages").click()
    page.get_by_role("button", name="That is all").click()
    expect(words_of(page, "visitor").last).to_have_text("That is all")
