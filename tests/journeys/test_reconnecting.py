"""Reloads, tabs, lost connections and restarts: nothing is missing and nothing is there twice, on both sides."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.journeys.people import finish, marked, open_conversation, reply, words_of, write
from vivollo.local.product import Product

pytestmark = pytest.mark.journey


@pytest.fixture
def talking(deniz: Page, at_inbox) -> tuple[Page, Page]:
    """Deniz and Ada, who leads."""
    ada = at_inbox("ada")
    write(deniz, marked("A person please"))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    open_conversation(ada, deniz)
    reply(ada, "First.")
    expect(words_of(deniz, "person")).to_have_text(["First."])
    return deniz, ada


def test_the_thread_is_kept_across_a_reload_and_in_a_second_tab(talking: tuple[Page, Page]) -> None:
    deniz, ada = talking
    deniz.reload()
    expect(words_of(deniz, "person")).to_have_text(["First."])
    second = deniz.context.new_page()
    second.goto(deniz.url)
    expect(words_of(second, "person")).to_have_text(["First."])
    write(second, "From the second tab")
    for page in (deniz, second, ada):
        expect(words_of(page, "visitor").last).to_have_text("From the second tab")
        expect(words_of(page, "visitor")).to_have_count(2)
    ada.reload()
    expect(words_of(ada, "visitor")).to_have_count(2)


def test_case_16_a_lost_connection_leaves_no_gap_and_nothing_twice(talking: tuple[Page, Page]) -> None:
    deniz, ada = talking
    deniz.context.set_offline(True)
    for words in ("Second.", "Third."):
        reply(ada, words)
        expect(words_of(ada, "person").last).to_have_text(words)
    write(deniz, "Said while offline")
    deniz.context.set_offline(False)
    expect(words_of(deniz, "person")).to_have_text(["First.", "Second.", "Third."])
    expect(words_of(ada, "visitor").last).to_have_text("Said while offline")
    deniz.wait_for_timeout(1500)
    expect(words_of(deniz, "visitor").filter(has_text="Said while offline")).to_have_count(1)
    expect(words_of(ada, "visitor").filter(has_text="Said while offline")).to_have_count(1)


def test_both_sides_come_back_by_themselves_after_the_web_processes_were_killed(
    talking: tuple[Page, Page], product: Product
) -> None:
    deniz, ada = talking
    product.kill("web-1")
    product.kill("web-2")
    write(deniz, "During the restart")
    expect(words_of(ada, "visitor").last).to_have_text("During the restart", timeout=30_000)
    reply(ada, "Second.")
    expect(words_of(deniz, "person")).to_have_text(["First.", "Second."], timeout=30_000)
    deniz.wait_for_timeout(1000)
    expect(words_of(deniz, "visitor").filter(has_text="During the restart")).to_have_count(1)
    expect(words_of(ada, "visitor").filter(has_text="During the restart")).to_have_count(1)


def test_case_18_a_page_that_missed_the_end_learns_of_it_when_it_is_back(talking: tuple[Page, Page]) -> None:
    deniz, ada = talking
    deniz.context.set_offline(True)
    finish(ada)
    expect(ada.locator("#state")).to_contain_text("Wrapping up")
    expect(words_of(ada, "flow").last).to_contain_text("how did we do")
    ada.get_by_role("button", name="Finish now").click()
    expect(ada.locator("#state")).to_contain_text("Finished")
    deniz.context.set_offline(False)
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "finished")


def test_a_visitors_own_words_show_their_own_time_as_soon_as_they_are_sent(talking: tuple[Page, Page]) -> None:
    deniz, _ = talking
    write(deniz, "What time is it?")
    own = deniz.locator("[data-author=visitor]").last
    expect(own).to_contain_text("Sent")
    expect(own).to_have_attribute("data-seq", re.compile(r"\d+"))
    shown, local = own.locator("time").evaluate(
        """(time) => [time.textContent, new Intl.DateTimeFormat(navigator.language, { hour: "2-digit", minute: "2-digit" })
            .format(new Date(time.dateTime))]"""
    )
    assert shown == local


def test_case_17_a_socket_that_has_fallen_silent_is_noticed_and_nothing_is_missing(deniz: Page, at_inbox) -> None:
    deaf: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        if not deaf:  # the first one stays open, and carries nothing any more
            deaf.append(socket)
            server.on_message(lambda message: None)

    deniz.route_web_socket(re.compile("/ws/chat/"), connect)
    ada = at_inbox("ada")
    write(deniz, marked("A person please"))
    open_conversation(ada, deniz)
    expect(ada.locator("#state")).to_contain_text("Waiting")  # the note to the customer has come in
    reply(ada, "Can you read this?")
    expect(words_of(deniz, "person")).to_have_text(["Can you read this?"], timeout=45_000)
    assert deaf
