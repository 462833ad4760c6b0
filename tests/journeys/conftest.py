"""The product as `up` runs it, and people at real browsers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from vivollo.demo.content import SIGN_INS
from vivollo.local.product import Product, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORDS = {username: password for username, password, _ in SIGN_INS}
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One `up` with its demo, for all journeys that do not break it."""
    folder = tmp_path_factory.mktemp("up") / "data"
    # An assistant that takes its time, so that people can act while it thinks.
    # Everybody comes from one address here, more of them in a minute than from any home.
    with running(folder, "--web", "2", TURN_SETTLE_MILLISECONDS="1500", VISITOR_ARRIVALS_A_MINUTE="100000") as product:
        yield product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("No chromium here. Install it (Debian: apt-get install chromium) to run the browser journeys.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def people(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers of different people; a script error or a refused resource in any of them fails the journey."""
    opened: list[BrowserContext] = []
    troubles: list[str] = []

    def person(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # Playwright's own options
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        context.on(
            "console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None
        )
        opened.append(context)
        return context

    yield person
    for context in opened:
        context.close()
    assert troubles == []


@pytest.fixture
def deniz(people: Callable[..., BrowserContext], product: Product) -> Page:
    """A visitor on the whole chat page."""
    page = people(timezone_id="Europe/Istanbul").new_page()
    page.goto(f"{product.url}chat/shop/")
    return page


@pytest.fixture
def at_inbox(people: Callable[..., BrowserContext], product: Product) -> Callable[..., Page]:
    """A teammate who has signed in and looks at the queue."""

    def at_inbox(username: str, **options: object) -> Page:
        page = people(**options).new_page()
        page.goto(f"{product.url}inbox/")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORDS[username])
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{product.url}inbox/")
        return page

    return at_inbox
