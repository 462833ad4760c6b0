"""Flows of other chat pages: who is a VIP, a request that nobody takes, a worker that is killed, a page without scripts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from conversations.identity import sign
from handoff.flows.ready import READY, Names
from handoff.flows.ready.shape import Data, say, step
from tests.journeys.people import marked, open_conversation, words_of, write
from tests.journeys.stage import staged
from vivollo.local.product import Product

pytestmark = pytest.mark.journey

IMPATIENT: Data = {
    "entries": {"fallback": {"step": "person"}},
    "steps": [
        step("person", "hand_off", "A teammate", {"reason": "Wants a bigger lamp.", "code": "flow_step", "expires": 2, "quiet": True},
             returned="end", expired="late"),
        say("late", "Say that nobody came", "I am sorry: nobody was free in time.", "contact"),
        step("contact", "capture_contact", "E-mail address",
             {"what": "email", "question": "Where may we answer you?", "tries": 2}, answered="kept", gave_up="kept"),
        say("kept", "Say what happens", "Thank you. We answer to {{email}}.", "end"),
    ],
}  # fmt: skip
ANSWERS = ["My lamp, 60 cm", "Linen", "White, please"]
PATIENT: Data = {
    "entries": {"fallback": {"step": "size"}},
    "steps": [
        step("size", "ask", "Which lamp?", {"question": "Which lamp is it?", "kind": "text", "variable": "lamp"}, answered="think", gave_up="end"),
        say("think", "Say that we look", "Let me look for shades of {{lamp}}.", "pause"),
        step("pause", "wait", "Look for it", {"seconds": 3}, next="shade"),
        step("shade", "ask", "Which shade?", {"question": "Linen or paper?", "kind": "choice", "options": ["Linen", "Paper"], "variable": "shade"},
             answered="again", gave_up="end"),
        say("again", "Say that we look again", "{{shade}} it is. One moment.", "pause_again"),
        step("pause_again", "wait", "Look again", {"seconds": 3}, next="colour"),
        step("colour", "ask", "Which colour?", {"question": "Which colour?", "kind": "text", "variable": "colour"}, answered="done", gave_up="end"),
        say("done", "Say what it is", "{{lamp}} with {{shade}} in {{colour}}: noted.", "asked"),
        step("asked", "ask", "Anything else?", {"question": "Anything else?", "kind": "text", "variable": "more"}, answered="end", gave_up="end"),
    ],
}  # fmt: skip
WHAT_IT_SAYS = [
    "Which lamp is it?",
    "Let me look for shades of My lamp, 60 cm.",
    "Linen or paper?",
    "Linen it is. One moment.",
    "Which colour?",
    "My lamp, 60 cm with Linen in White, please: noted.",
    "Anything else?",
]


@pytest.fixture(scope="module")
def secrets(product: Product) -> dict[str, str]:
    """The chat pages of this module, with what their hosts sign identities with."""
    vip = READY["vip_account_manager"].data(Names(teammate="ada"))
    return staged(product, {"vip": vip, "impatient": IMPATIENT, "patient": PATIENT})


@pytest.fixture
def visit(people: Callable[..., BrowserContext], product: Product, secrets: dict[str, str]) -> Callable[[str], Page]:
    """A visitor of the chat page with this slug."""

    def visit(slug: str) -> Page:
        page = people().new_page()
        page.goto(f"{product.url}chat/{slug}/")
        return page

    return visit


@pytest.fixture
def at_host(
    people: Callable[..., BrowserContext], product: Product, secrets: dict[str, str]
) -> Callable[[Data], FrameLocator]:
    """A visitor whom a site, which has the chat of the VIPs, knows by this signed identity; the chat is open."""

    def at_host(claims: Data) -> FrameLocator:
        identity = sign({"exp": int(time.time()) + 600, **claims}, secrets["vip"])
        chat = f'<script src="{product.url}embed.js" data-page="vip" data-identity="{identity}"></script>'
        page = people().new_page()
        page.route("**/host/", lambda route: route.fulfill(body=f"<h1>A site</h1>{chat}", content_type="text/html"))
        page.goto(f"{product.url}host/")
        page.get_by_role("button", name="Chat with us").click()
        chat = page.frame_locator("iframe")
        expect(chat.get_by_label("Your message")).to_be_focused()
        return chat

    return at_host


def test_a_signed_vip_lands_on_the_account_manager_and_a_bold_claim_does_not(visit, at_host, at_inbox) -> None:
    ada, name = at_inbox("ada"), marked("Selin Arman")
    chat = at_host({"id": name, "name": name, "attributes": {"vip": True, "account_manager": "ada"}})
    chat.get_by_label("Your message").fill("Do you have the lamp in blue?")
    chat.get_by_label("Your message").press("Enter")
    expect(chat.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    expect(chat.locator("[data-author=system], [data-author=flow]").last).to_contain_text("your account manager")
    row = ada.locator(".row").filter(has_text=f"VIP: {name} goes to the account manager")
    expect(row.locator(".chip.vip")).to_be_visible()
    row.locator("a").click()
    expect(ada.locator("#state")).to_contain_text("for Ada")
    expect(ada.locator("#context")).to_contain_text("Verified: signed in on your site")

    eve = visit("vip")
    write(eve, "I am a VIP. How long does delivery take?")
    expect(words_of(eve, "assistant")).to_contain_text("working days")
    open_conversation(ada, eve)
    expect(ada.locator("#context")).to_contain_text("Anonymous")
    expect(ada.locator(".why")).to_have_count(0)


def test_nobody_comes_in_time_so_the_customer_is_told_and_the_flow_goes_on(visit, at_inbox) -> None:
    deniz, bruno = visit("impatient"), at_inbox("bruno")
    wish = marked("I need a bigger lamp")
    write(deniz, wish)
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    expect(bruno.locator(".row").filter(has_text=wish)).to_have_attribute("data-state", "waiting")
    expect(words_of(deniz, "flow")).to_have_text(["I am sorry: nobody was free in time.", "Where may we answer you?"])
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "assistant")  # automation, that is: by its name
    open_conversation(bruno, deniz)
    expect(bruno.locator("#thread")).to_contain_text("Nobody came in time; the flow goes on.")
    expect(bruno.locator("#flow-line")).to_contain_text("Impatient: waiting for the e-mail address")
    write(deniz, "deniz@example.com")
    expect(words_of(deniz, "flow").last).to_have_text("Thank you. We answer to deniz@example.com.")


def test_a_flow_whose_worker_is_killed_while_it_waits_says_all_of_it_and_nothing_twice(visit, product: Product) -> None:
    deniz = visit("patient")
    write(deniz, "I need a new shade")
    for upto, words in zip((2, 4), ANSWERS, strict=False):
        expect(words_of(deniz, "flow")).to_have_count(upto - 1)
        write(deniz, words)
        expect(words_of(deniz, "flow")).to_have_count(upto)
        product.kill("turns")  # the flow waits, and wakes while nobody is there
    expect(words_of(deniz, "flow")).to_have_count(5)
    write(deniz, ANSWERS[-1])
    product.kill("turns")  # the words are in, and nobody has answered them
    expect(words_of(deniz, "flow")).to_have_count(len(WHAT_IT_SAYS), timeout=30_000)
    deniz.reload()
    expect(words_of(deniz, "flow")).to_have_text(WHAT_IT_SAYS)
    expect(words_of(deniz, "visitor")).to_have_text(["I need a new shade", *ANSWERS])


def test_without_scripts_a_flow_is_walked_through_by_plain_forms(people, product: Product, secrets) -> None:
    deniz = people(java_script_enabled=False).new_page()
    deniz.goto(f"{product.url}chat/patient/")

    def until(words: str) -> None:
        for _ in range(30):
            if deniz.get_by_text(words).count():
                return
            deniz.wait_for_timeout(500)
            deniz.get_by_role("button", name="Look for new messages").click()
        raise AssertionError(f"“{words}” did not come")

    def send(words: str) -> None:
        deniz.get_by_label("Your message").fill(words)
        deniz.get_by_role("button", name="Send").click()

    send("I need a new shade")
    until(WHAT_IT_SAYS[0])
    send(ANSWERS[0])
    until(WHAT_IT_SAYS[2])
    send("Velvet")
    until("Please choose")
    deniz.get_by_role("button", name="Linen").click()
    until(WHAT_IT_SAYS[3])
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(words_of(deniz, "visitor")).to_have_text(["I need a new shade", ANSWERS[0], "Velvet", re.compile("Linen")])
