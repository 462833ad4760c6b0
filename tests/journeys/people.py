"""What people do at the chat page and in the inbox, as the journeys tell it."""

from __future__ import annotations

import uuid
from typing import Literal

from playwright.sync_api import Locator, Page, expect

Way = Literal["resume", "assistant", "wrap_up"]
CONFIRM: dict[Way, str] = {
    "resume": "Hand back to the flow",
    "assistant": "Hand back to the assistant",
    "wrap_up": "Wrap up and resolve",
}


def words_of(page: Page, author: str) -> Locator:
    """Everything that one kind of author has said, on the chat page and in the inbox alike."""
    return page.locator(f"[data-author={author}] .words")


def write(page: Page, body: str) -> None:
    """The visitor says something, by keyboard."""
    page.get_by_label("Your message").fill(body)
    page.get_by_label("Your message").press("Enter")


def marked(words: str) -> str:
    """The same words, told apart from those of other journeys."""
    return f"{words} ({uuid.uuid4().hex[:6]})"


def order_number() -> str:
    """One that no other journey speaks of."""
    return str(uuid.uuid4().int % 900_000 + 100_000)


def open_row(page: Page, words: str) -> None:
    """The teammate opens the conversation whose row holds the words."""
    row = page.locator("a").filter(has_text=words)
    expect(row).to_have_count(1)
    row.click()
    expect(page.get_by_label("Your reply")).to_be_visible()


def open_conversation(page: Page, chat: Page) -> None:
    """The teammate opens the thread that the visitor looks at, by its address."""
    expect(chat.locator(".thread")).not_to_have_attribute("data-conversation", "")
    public_id = chat.locator(".thread").get_attribute("data-conversation")
    page.goto(page.url.split("/inbox/")[0] + f"/inbox/c/{public_id}/")
    expect(page.get_by_label("Your reply")).to_be_visible()


def reply(page: Page, body: str) -> None:
    """The teammate replies."""
    page.get_by_label("Your reply").fill(body)
    page.get_by_label("Your reply").press("Control+Enter")


def choose_way_back(page: Page, way: Way, note: str = "") -> Locator:
    """The teammate opens the sheet and chooses a way back; what would come next stands below it, and is returned."""
    page.locator("summary", has_text="Hand back").click()
    expect(page.locator("[data-next]:not(:empty):visible").first).to_be_visible()  # looked up once for all ways
    page.locator(f"input[name=way][value={way}]").check()
    page.get_by_label("Note for the assistant").fill(note)
    return page.locator(f".ways [data-next={way}]")


def hand_back_now(page: Page, way: Way) -> None:
    """The teammate confirms the way that is chosen."""
    page.get_by_role("button", name=CONFIRM[way]).click()


def hand_back(page: Page, note: str = "", *, way: Way = "resume") -> None:
    """The teammate hands the conversation back in this way."""
    choose_way_back(page, way, note)
    hand_back_now(page, way)


def finish(page: Page) -> None:
    """The teammate finishes the conversation; what its flow wraps up with was shown before."""
    page.locator(".finish-first summary").click()
    expect(page.locator(".finish-first .next")).not_to_be_empty()
    page.locator(".finish-first").get_by_role("button", name="Finish").click()
