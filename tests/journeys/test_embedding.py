"""The chat inside a shop's page: the bubble, the frame, and the pages that the visitor browsed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import open_row
from vivollo.local.product import Product

pytestmark = pytest.mark.journey


def test_browsed_pages_reach_the_team_once_the_chat_is_opened(people, product: Product, at_inbox) -> None:
    ada = at_inbox("ada")
    shop = people(timezone_id="Europe/Berlin").new_page()
    shop.goto(f"{product.url}demo/returns/")
    shop.goto(f"{product.url}demo/imbat-table-lamp/")
    shop.get_by_role("button", name="Chat with us").click()
    chat = shop.frame_locator("iframe")
    chat.get_by_label("Your message").fill("A human from the Berlin journey, please")
    chat.get_by_label("Your message").press("Enter")
    open_row(ada, "Berlin journey")
    expect(ada.locator("#context .pages")).to_contain_text("Imbat table lamp")
    expect(ada.locator("#context .pages")).to_contain_text("Returns")
    expect(ada.locator("#context")).to_contain_text("Berlin")


def test_the_bubble_opens_and_closes_by_keyboard_and_gives_the_focus_back(people, product: Product) -> None:
    page: Page = people(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    page.goto(f"{product.url}demo/")
    bubble = page.get_by_role("button", name="Chat with us")
    bubble.focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    expect(chat.get_by_label("Your message")).to_be_focused()
    chat.get_by_label("Your message").press("Escape")
    expect(chat.get_by_label("Your message")).to_be_hidden()
    expect(bubble).to_be_focused()
