"""What people do at the chat page and in the inbox, as the journeys tell it."""

from __future__ import annotations

import uuid

from playwright.sync_api import Locator, Page, expect


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


def hand_back(page: Page, note: str = "") -> None:
    """The teammate hands the conversation back to the assistant."""
    page.locator("summary", has_text="Hand back").click()
    page.get_by_label("Note for the assistant").fill(note)
    page.get_by_role("button", name="Hand back to the assistant").click()
