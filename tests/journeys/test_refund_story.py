"""The demo shop's refund flow: over the limit a person decides, under it the flow says how it goes; and the ways back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import (
    Way,
    choose_way_back,
    hand_back_now,
    open_conversation,
    open_row,
    order_number,
    reply,
    words_of,
    write,
)

pytestmark = pytest.mark.journey

QUESTION = "How long does delivery take?"


def over_the_limit(deniz: Page, ada: Page) -> str:
    """Deniz asks for more than the flow may grant, and Ada has taken the conversation over; returns the order's number."""
    order = order_number()
    write(deniz, f"I want a refund of 640 TL for order {order}")
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    open_row(ada, order)
    reply(ada, "I have looked at your order.")
    expect(words_of(deniz, "person")).to_have_count(1)
    return order


def test_a_refund_over_the_limit_goes_to_a_person_with_all_that_was_gathered(deniz: Page, at_inbox) -> None:
    ada, order = at_inbox("ada"), order_number()
    write(deniz, "I want a refund, please")
    expect(words_of(deniz, "flow").last).to_contain_text("What is your order number?")
    write(deniz, order)
    expect(words_of(deniz, "flow").last).to_contain_text("how much should be refunded?")
    write(deniz, "640 TL")
    expect(words_of(deniz, "flow").last).to_contain_text("A person from our team looks at each refund over 500")
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")

    row = ada.locator(".row").filter(has_text=f"Refund of 640.00 TRY for order {order}: over the limit of 500.")
    expect(row).to_contain_text("urgent")
    open_row(ada, order)
    expect(ada.locator("#flow-line")).to_contain_text("Refund flow: waiting for a person")
    expect(ada.locator("#flow-line")).to_contain_text("goes on at “Welcome back”")
    expect(ada.locator(".why .reason")).to_contain_text(f"Refund of 640.00 TRY for order {order}")
    facts = ada.locator("#context")
    expect(facts.locator("dl div").filter(has_text="amount")).to_contain_text("640.00 TRY")
    expect(facts.locator("dl div").filter(has_text="order").first).to_contain_text(order)

    reply(ada, "Hello, I am Ada. You get the 640 TL back.")
    expect(words_of(deniz, "person")).to_have_text(["Hello, I am Ada. You get the 640 TL back."])
    said = words_of(deniz, "flow").count()
    write(deniz, "I want a refund for the other lamp as well")
    expect(words_of(ada, "visitor").last).to_have_text("I want a refund for the other lamp as well")
    deniz.wait_for_timeout(3000)
    assert words_of(deniz, "flow").count() == said
    expect(words_of(deniz, "assistant")).to_have_count(0)


def test_a_refund_under_the_limit_is_explained_and_nobody_is_called(deniz: Page, at_inbox) -> None:
    ada, order = at_inbox("ada"), order_number()
    write(deniz, f"I want a refund of 320 TL for order {order}")
    expect(words_of(deniz, "flow")).to_have_count(1)
    expect(words_of(deniz, "flow")).to_contain_text("320.00 TRY")
    expect(words_of(deniz, "flow")).to_contain_text(order)
    expect(deniz.locator("[data-author=flow]")).to_contain_text("Automatic")
    open_conversation(ada, deniz)
    expect(ada.locator("#state")).to_contain_text("the assistant")
    expect(ada.locator("#flow-line")).to_contain_text("Refund flow: waiting for the customer to write")
    expect(ada.locator(".why")).to_have_count(0)
    deniz.get_by_role("button", name="When do I get my money back?").click()
    expect(words_of(deniz, "assistant").last).to_contain_text("working days")
    expect(deniz.locator("[data-offer]")).to_have_count(0)


@pytest.mark.parametrize("way", ["resume", "wrap_up"])
def test_handing_back_to_the_flow_says_exactly_what_was_shown_before(deniz: Page, at_inbox, way: Way) -> None:
    ada = at_inbox("ada")
    over_the_limit(deniz, ada)
    shown = choose_way_back(ada, way, "Approved")
    foreseen = shown.locator(".words").inner_text()
    said = words_of(deniz, "flow").count()
    hand_back_now(ada, way)
    expect(words_of(deniz, "flow")).to_have_count(said + 1)
    assert words_of(deniz, "flow").last.inner_text() == foreseen
    assert ("Ada" in foreseen) if way == "resume" else ("how did we do" in foreseen)
    expect(deniz.locator("body")).not_to_contain_text("Approved")


def test_handing_back_to_the_assistant_lets_it_answer_in_its_own_words_as_was_shown_before(
    deniz: Page, at_inbox
) -> None:
    ada = at_inbox("ada")
    over_the_limit(deniz, ada)
    said = words_of(deniz, "flow").count()
    shown = choose_way_back(ada, "assistant")
    expect(shown).to_contain_text("Nothing is said now: waiting for the customer to write")
    write(deniz, QUESTION)
    expect(shown).to_contain_text("The assistant leads next, in words of its own.")  # it looks again by itself
    hand_back_now(ada, "assistant")
    expect(words_of(deniz, "assistant").last).to_contain_text("working days")
    expect(words_of(deniz, "flow")).to_have_count(said)


def test_what_the_flow_cannot_read_is_asked_again_and_the_right_answer_goes_on(deniz: Page) -> None:
    order = order_number()
    write(deniz, "I want a refund, please")
    expect(words_of(deniz, "flow")).to_have_count(1)
    write(deniz, "I do not know")
    expect(words_of(deniz, "flow")).to_have_count(2)
    expect(words_of(deniz, "flow").last).to_contain_text("number")
    write(deniz, order)
    expect(words_of(deniz, "flow").last).to_contain_text("how much")
    write(deniz, "quite a lot")
    expect(words_of(deniz, "flow")).to_have_count(4)
    expect(words_of(deniz, "flow").last).to_contain_text("amount")
    write(deniz, "320 lira")
    expect(words_of(deniz, "flow").last).to_contain_text("320.00 TRY")
    deniz.get_by_role("button", name="No, thank you").click()
    expect(words_of(deniz, "visitor").last).to_have_text("No, thank you")
