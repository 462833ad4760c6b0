"""The main job in two browsers at once: the customer's chat page and the team's inbox."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.people import finish, hand_back, marked, open_conversation, open_row, reply, words_of, write

pytestmark = pytest.mark.journey

QUESTION = "How can I return something?"
UNKNOWN = "Do you engrave wedding rings in Klingon?"


def test_a_customer_who_asks_for_a_person_is_taken_over_handed_back_and_answered_again(deniz: Page, at_inbox) -> None:
    ada = at_inbox("ada")
    write(deniz, QUESTION)
    expect(words_of(deniz, "assistant")).to_have_count(1)
    expect(deniz.locator("#speaker")).to_contain_text("AI assistant")

    wish = marked("Please let me talk to a human being")
    write(deniz, wish)
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    expect(words_of(deniz, "assistant").last).to_contain_text("teammate")
    open_row(ada, wish)
    expect(ada.locator(".why .reason")).to_contain_text("Asked for a person")
    expect(ada.locator("#thread")).to_contain_text(QUESTION)
    expect(ada.locator("#thread details.tried")).to_have_count(1)

    reply(ada, "Hello, I am Ada. I see you want to return something.")
    expect(words_of(deniz, "person")).to_have_text(["Hello, I am Ada. I see you want to return something."])
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "person")
    expect(deniz.locator("#speaker")).to_contain_text("Ada")
    expect(deniz.locator(".seam")).to_contain_text("has the whole conversation")
    expect(ada.locator("#state")).to_contain_text("With Ada")

    said = words_of(deniz, "assistant").count()
    write(deniz, "The shade has a dent.")
    expect(words_of(ada, "visitor").last).to_have_text("The shade has a dent.")
    deniz.wait_for_timeout(3000)
    assert words_of(deniz, "assistant").count() == said

    reply(ada, "I have booked the pick-up.")
    expect(words_of(deniz, "person")).to_have_count(2)
    hand_back(ada, "Pick-up is booked for Monday")
    expect(deniz.locator(".seam").last).to_contain_text("the assistant goes on")
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "assistant")
    write(deniz, "How long does delivery take?")
    expect(words_of(deniz, "assistant")).to_have_count(said + 1)
    expect(ada.locator("#state")).to_contain_text("the assistant")
    expect(deniz.locator("body")).not_to_contain_text("Pick-up is booked for Monday")


def test_a_visitor_who_waits_is_answered_at_once_on_the_hand_back(deniz: Page, at_inbox) -> None:
    bruno = at_inbox("bruno")
    write(deniz, marked("I want a human"))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    open_conversation(bruno, deniz)
    reply(bruno, "Bruno here.")
    expect(words_of(deniz, "person")).to_have_count(1)
    write(deniz, QUESTION)
    expect(words_of(bruno, "visitor").last).to_have_text(QUESTION)
    hand_back(bruno)
    expect(words_of(deniz, "assistant").last).to_contain_text("return")


def test_a_question_out_of_its_depth_becomes_a_handoff_with_the_evidence(deniz: Page, at_inbox) -> None:
    ada = at_inbox("ada")
    write(deniz, UNKNOWN)
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    expect(words_of(deniz, "assistant")).to_have_count(1)  # one text to the customer: the note, and no answer beside it
    row = ada.locator("a").filter(has_text="Klingon")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("no article covers it")


def test_two_quick_messages_get_one_answer(deniz: Page) -> None:
    write(deniz, "Hello")
    write(deniz, QUESTION)
    expect(words_of(deniz, "visitor")).to_have_count(2)
    expect(words_of(deniz, "assistant")).to_have_count(1)
    deniz.wait_for_timeout(3000)
    expect(words_of(deniz, "assistant")).to_have_count(1)
    expect(words_of(deniz, "assistant").first).to_contain_text("return")


def test_case_1_a_takeover_while_the_assistant_thinks_leaves_its_words_unsent(deniz: Page, at_inbox) -> None:
    ada = at_inbox("ada")
    write(deniz, "Hello")
    expect(words_of(deniz, "assistant")).to_have_count(1)
    open_conversation(ada, deniz)
    write(deniz, QUESTION)
    expect(deniz.locator("#speaker")).to_have_attribute("data-thinking", "1")
    reply(ada, "I will take this one myself.")
    expect(words_of(deniz, "person")).to_have_count(1)
    expect(ada.locator(".unsent")).to_contain_text("not sent")
    deniz.wait_for_timeout(2500)
    expect(words_of(deniz, "assistant")).to_have_count(1)


def test_finish_asks_for_a_rating_and_then_closes_the_thread_and_the_next_words_start_a_new_one(
    deniz: Page, at_inbox
) -> None:
    ada = at_inbox("ada")
    write(deniz, marked("Let me speak with a person"))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    open_conversation(ada, deniz)
    reply(ada, "All done on our side.")
    expect(words_of(deniz, "person")).to_have_count(1)
    first = deniz.locator(".thread").get_attribute("data-conversation")
    finish(ada)
    expect(words_of(deniz, "flow").last).to_contain_text("how did we do")
    expect(ada.locator("#state")).to_contain_text("Wrapping up")
    deniz.get_by_role("button", name="5", exact=True).click()
    expect(words_of(deniz, "flow").last).to_have_text("Thank you. Have a good day!")
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "finished")
    expect(ada.locator("#state")).to_contain_text("Finished")
    write(deniz, QUESTION)
    expect(deniz.locator(".thread")).not_to_have_attribute("data-conversation", str(first))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "assistant")
    expect(words_of(deniz, "assistant").last).to_contain_text("return")


def test_finish_pressed_twice_closes_the_thread_before_the_flow_has_wrapped_up(deniz: Page, at_inbox) -> None:
    ada = at_inbox("ada")
    write(deniz, marked("Let me speak with a person"))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    open_conversation(ada, deniz)
    finish(ada)
    expect(words_of(deniz, "flow").last).to_contain_text("how did we do")
    ada.get_by_role("button", name="Finish now").click()
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "finished")
    expect(deniz.locator("[data-offer]")).to_have_count(0)
    expect(ada.locator("#state")).to_contain_text("Finished")


def test_case_14_talk_to_a_person_works_as_the_very_first_click(deniz: Page, at_inbox) -> None:
    ada = at_inbox("ada")
    waiting = ada.locator("a").filter(has_text="Pressed “Talk to a person”")
    before = waiting.count()
    deniz.get_by_role("button", name="Talk to a person").click()
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    expect(waiting).to_have_count(before + 1)


def test_a_new_handoff_is_counted_in_the_tab_and_appears_without_a_reload(deniz: Page, at_inbox) -> None:
    ada, bruno = at_inbox("ada"), at_inbox("bruno")
    title = int(re.search(r"\((\d+)", ada.title())[1])
    wish = marked("Can a real person call me")
    write(deniz, wish)
    for page in (ada, bruno):
        expect(page.locator("a").filter(has_text=wish)).to_have_count(1)
    expect(ada).to_have_title(re.compile(rf"\({title + 1}\)"))


def test_two_teammates_at_once_are_kept_in_order_and_the_second_is_asked_once(deniz: Page, at_inbox) -> None:
    ada, bruno = at_inbox("ada"), at_inbox("bruno")
    write(deniz, marked("A human please"))
    expect(deniz.locator("#speaker")).to_have_attribute("data-kind", "waiting")
    for page in (ada, bruno):
        open_conversation(page, deniz)
    expect(ada.locator("#presence")).to_contain_text("Bruno")
    on_their_way: list[Route] = []
    bruno.route(
        "**/reply", lambda route: on_their_way.append(route), times=1
    )  # Bruno presses Send, and his words are slower than Ada's
    reply(bruno, "Bruno was writing this.")
    bruno.wait_for_timeout(300)
    reply(ada, "Ada was faster.")
    expect(words_of(deniz, "person")).to_have_count(1)
    on_their_way[0].continue_()
    expect(bruno.locator(".stale")).to_contain_text("Ada was faster.")
    expect(bruno.get_by_label("Your reply")).to_have_value("Bruno was writing this.")
    expect(words_of(deniz, "person")).to_have_count(1)
    bruno.get_by_label("Your reply").press("Control+Enter")
    expect(words_of(deniz, "person")).to_have_text(["Ada was faster.", "Bruno was writing this."])
    expect(words_of(ada, "person")).to_have_text(["Ada was faster.", "Bruno was writing this."])
