"""Two ways to use a page: by mouse, and by keyboard alone. Both are told what a person would be told."""

from __future__ import annotations

import re
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 80
WATCH = "for (const kind of ['pointerdown', 'mousedown', 'touchstart']) addEventListener(kind, () => pointedAt(kind), true);"
# Where the cursor is among all that it can be at: there, or whether the nearest one with such a name comes after or before it.
LOOK = """([begins, pressed]) => {
    const use = pressed ? "a, button, summary" : "input, select, textarea", name = new RegExp(begins, "u");
    const read = (one) => one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || one.title || "";
    const all = [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")];
    const at = all.indexOf(document.activeElement);
    const found = all.flatMap((one, index) =>
        one.matches(use) && one.tabIndex >= 0 && one.checkVisibility() && !one.disabled && name.test(read(one).trim()) ? [index - at] : []);
    const far = (steps) => steps < 0 ? -2 * steps : steps; // people read on before they go back
    const nearest = found.sort((one, two) => far(one) - far(two))[0];
    return nearest === undefined ? "nowhere" : nearest === 0 ? "there" : nearest > 0 ? "after" : "before";
}"""
IS_AT_RADIO = "document.activeElement.type === 'radio'"


class Hands(Protocol):
    """Somebody at the page: what they press, write and choose is named as they read it."""

    page: Page

    def press(self, name: str) -> None:
        """The button or link whose name begins so is used."""

    def write(self, label: str, text: str) -> None:
        """The field holds this text."""

    def choose(self, label: str, option: str) -> None:
        """The list stands at this option."""

    def tick(self, label: str) -> None:
        """The box is ticked."""

    def pick(self, label: str) -> None:
        """This one of several is picked."""


def turn(hands: Hands, name: str) -> None:
    """What is pressed brings the flow's page anew, and it has come."""
    hands.page.evaluate("document.getElementById('flow')?.setAttribute('data-old', '')")
    hands.press(name)
    expect(hands.page.locator("#flow:not([data-old], .htmx-added, .htmx-settling)")).to_be_visible()


def _named(name: str) -> re.Pattern[str]:
    """How a control with this name begins; a step of the graph is called “3. Ask: Order number”."""
    words = re.sub(r"[^\w\s]", ".", name)  # as both Python and the page's own script read it
    return re.compile(rf"^\W*(?:\d+\. [^:]+: )?{words}")


class Mouse:
    """Points and clicks, and types where it has clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def _field(self, label: str) -> Locator:
        return self.page.locator("input, select, textarea").and_(self.page.get_by_label(_named(label))).last

    def press(self, name: str) -> None:
        """Click it."""
        found = _named(name)
        self.page.get_by_role("button", name=found).or_(self.page.get_by_role("link", name=found)).last.click()

    def write(self, label: str, text: str) -> None:
        """Click into it, and write over what is there."""
        self._field(label).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        """Choose it from the list."""
        self._field(label).select_option(label=option)

    def tick(self, label: str) -> None:
        """Click it."""
        self._field(label).check()

    def pick(self, label: str) -> None:
        """Click it."""
        self._field(label).check()


class Keyboard:
    """Goes from control to control with Tab, and never points."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pointed: list[str] = []
        page.expose_function("pointedAt", lambda kind: self.pointed.append(kind))  # Playwright marks what it is given
        page.add_init_script(WATCH)

    def _look(self, name: str, *, pressed: bool = False) -> str:
        place: str = self.page.evaluate(LOOK, [_named(name).pattern, pressed])
        return place

    def _go(self, name: str, *, pressed: bool = False) -> None:
        for _ in range(MOST_TABS):
            place = self._look(name, pressed=pressed)
            if place == "there":
                return
            if place == "nowhere":
                self.page.wait_for_timeout(100)  # some fields come with a choice that was made
            else:
                self.page.keyboard.press("Tab" if place == "after" else "Shift+Tab")
        raise AssertionError(f"No Tab leads to “{name}”.")

    def press(self, name: str) -> None:
        """Go there and press Enter."""
        self._go(name, pressed=True)
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Go there, and write over what is there."""
        self._go(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        """Go there, and type how the option begins."""
        self._go(label)
        self.page.keyboard.type(option)

    def tick(self, label: str) -> None:
        """Go there, and press the space bar."""
        self._go(label)
        self.page.keyboard.press("Space")

    def pick(self, label: str) -> None:
        """Go to the group, and down to it with the arrow."""
        while not self.page.evaluate(IS_AT_RADIO):
            self.page.keyboard.press("Tab")
        for _ in range(MOST_TABS):
            if self._look(label) == "there":
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"No arrow leads to “{label}”.")
