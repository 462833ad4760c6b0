"""Handing back: the ways there are, and what each would lead to, before anybody confirms."""

import re

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.html import escape

from conversations.models import Conversation, Message, Tag
from handoff import services
from handoff.flows.script import END
from handoff.models import FlowRun, Handoff
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, hand_off, message, published, run_of, runs, step, writes
from tests.inbox.pages import text_of
from tests.outside_service import listening
from tests.workers import work_off

pytestmark = pytest.mark.django_db(transaction=True)

AMOUNT = ask("amount", "amount", {"answered": "person", "gave_up": "person"}, question="How much was it?")


def foreseen(answer, way: str) -> str:
    found = re.search(rf'data-next="{way}"[^>]*>(.*?)</div>', answer.content.decode(), re.DOTALL)
    assert found, f"no way {way}"
    return text_of(found[1])


def ways_in(html: str) -> list[str]:
    return re.findall(r'name="way" value="(\w+)"', html)


def rows_everywhere() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def last_words(conversation_id: int) -> list[str]:
    found = Message.objects.filter(conversation_id=conversation_id, line="").order_by("-seq")
    return list(found.values_list("body", flat=True)[:2])[::-1]


def test_handing_back_offers_three_ways_and_going_on_is_chosen(led, opened):
    page = opened(led)
    assert ways_in(page) == ["resume", "assistant", "wrap_up"]
    assert re.search(r'value="resume" checked', page)
    assert "The flow goes on at “Send message”." in page


def test_without_a_flow_the_sheet_only_leads_back_to_the_assistant(assistant, deniz, ada, opened):
    one = Conversation.objects.get(pk=writes(deniz, "Can I return a product?"))
    services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
    page = opened(one)
    assert ways_in(page) == []
    assert "The assistant goes on: at once if the customer is waiting" in page
    assert 'data-wraps=""' in page


def test_a_flow_that_does_not_run_here_yet_may_begin(chat_page, assistant, deniz, ada, opened, looks_ahead):
    one = Conversation.objects.get(pk=writes(deniz, "Can I return a product?"))
    services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
    runs(chat_page, message("hi", "Welcome back."), entries={"handed_back": "hi"})
    page = opened(one)
    assert ways_in(page) == ["resume", "assistant"]
    assert "Let the flow lead It begins anew." in text_of(page)
    assert foreseen(looks_ahead(one), "resume") == "The customer reads this next: Welcome back."


def test_a_flow_that_has_nothing_to_wrap_up_does_not_offer_it(chat_page, assistant, deniz, ada, opened):
    runs(chat_page, ask("amount", "amount"))
    one = Conversation.objects.get(pk=writes(deniz, "I want a refund"))
    services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
    assert ways_in(opened(one)) == ["resume", "assistant"]


def test_without_an_assistant_it_cannot_be_handed_to_one(chat_page, deniz, ada, opened):
    runs(chat_page, ask("amount", "amount"))
    one = Conversation.objects.get(pk=writes(deniz, "I want a refund"))
    services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
    assert ways_in(opened(one)) == ["resume"]


def test_each_way_is_foreseen_with_the_exact_words(led, looks_ahead):
    sheet = looks_ahead(led, note="Paid today.")
    assert foreseen(sheet, "resume") == "The customer reads this next: Ada has settled your 640.00 TRY. Paid today."
    assert foreseen(sheet, "assistant").startswith("Nothing is said now: waiting for the customer to write.")
    assert foreseen(sheet, "wrap_up") == "The flow says goodbye first: Please rate how Ada did."


def test_what_was_foreseen_is_what_the_customer_then_reads(led, looks_ahead, hands_back):
    words = foreseen(looks_ahead(led, way="resume", note="Paid today."), "resume").partition(": ")[2]
    assert hands_back(led, way="resume", note="Paid today.").status_code == 200
    work_off()
    assert last_words(led.pk)[-1] == words


def test_asked_for_one_way_only_that_one_is_looked_up(led, looks_ahead):
    sheet = looks_ahead(led, way="wrap_up")
    assert foreseen(sheet, "resume") == ""
    assert "Please rate how Ada did." in foreseen(sheet, "wrap_up")
    assert 'value="wrap_up" checked' in sheet.content.decode()


def test_without_scripts_the_sheet_is_a_page_with_every_way_foreseen(led, inbox):
    page = inbox.get(reverse("inbox:hand_back", args=[led.public_id]), {"note": "Paid."})
    assert page.status_code == 200
    html = page.content.decode()
    assert "<html" in html
    assert re.search(r'name="choose" data-foresee open', html)
    assert "settled your 640.00 TRY. Paid." in foreseen(page, "resume")
    assert "Please rate" in foreseen(page, "wrap_up")
    assert "Paid.</textarea>" in html


def test_a_question_that_comes_next_is_shown_as_one(chat_page, assistant, deniz, ada, looks_ahead):
    runs(
        chat_page,
        AMOUNT,
        hand_off({"returned": "more"}),
        ask("more", "choice", question="Anything else?", options=["No"]),
    )
    one = Conversation.objects.get(pk=writes(deniz, "A refund, please"))
    writes(deniz, "20 TL")
    assert foreseen(looks_ahead(one), "resume") == "The customer is asked this next: Anything else?"


def test_an_outside_call_is_named_and_neither_called_nor_is_anything_stored(
    chat_page, assistant, deniz, ada, looks_ahead
):
    with listening() as service:
        call = step(
            "call_api", "call", {"success": END, "failure": END}, address=f"{service.address}/refunds/{{{{amount}}}}"
        )
        runs(chat_page, AMOUNT, hand_off({"returned": "call", "resolved": "call"}), call)
        one = Conversation.objects.get(pk=writes(deniz, "A refund, please"))
        writes(deniz, "20 TL")
        services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
        looks_ahead(one)
        before, run = rows_everywhere(), FlowRun.objects.values().get()
        sheet = looks_ahead(one, note="Do it")
        assert foreseen(sheet, "resume") == "It asks 127.0.0.1 first; what it says next depends on the answer."
        assert foreseen(sheet, "wrap_up") == foreseen(sheet, "resume")
        assert service.seen == []
    assert rows_everywhere() == before
    assert FlowRun.objects.values().get() == run
    assert leading(one.pk).state == "engaged"


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ([step("assistant", "next")], "The assistant leads next, in words of its own."),
        ([step("resolve", "next")], "The conversation is closed without another word."),
        ([step("wait", "next", seconds=60)], "Nothing is said now: waiting for its time."),
        ([step("tag", "next", tag="refund")], "The flow ends without another word; when the customer next writes, it begins anew at “Ask”."),
        ([step("redirect", "next", flow="other-flow")], "It goes on in the flow “Other flow”."),
        ([step("hand_off", "next", reason="A second look.")], "It asks for a person again: A second look."),
    ],
)  # fmt: skip
def test_everything_else_that_comes_next_is_said_in_a_plain_sentence(
    chat_page, assistant, deniz, ada, looks_ahead, then, sentence
):
    Tag.objects.create(name="refund")
    published(message("hi", "Hello."), name="Other flow")
    runs(chat_page, AMOUNT, hand_off({"returned": "next"}), *then)
    one = Conversation.objects.get(pk=writes(deniz, "A refund, please"))
    writes(deniz, "20 TL")
    services.take_over(conversation_id=one.pk, teammate=ada, body="Hello")
    assert foreseen(looks_ahead(one), "resume") == sentence


def test_a_customers_words_in_a_preview_are_text_and_never_markup(led, looks_ahead):
    note = "<img src=x onerror=alert(1)>"
    sheet = looks_ahead(led, note=note).content.decode()
    assert note not in sheet
    assert escape(note) in sheet


def test_the_flow_goes_on_the_assistant_leads_or_it_wraps_up_as_was_chosen(led, hands_back, deniz):
    hands_back(led, way="assistant", note="All is well")
    assert Handoff.objects.get().outcome == "returned"
    assert run_of(led.pk).step == "@assistant"


def test_wrapping_up_lets_the_flow_say_its_last_words_before_it_is_closed(led, hands_back, deniz):
    hands_back(led, way="wrap_up")
    work_off()
    assert last_words(led.pk) == ["Please rate how Ada did.", "How many stars?"]
    led.refresh_from_db()
    assert led.status == "open"
    writes(deniz, "5")
    led.refresh_from_db()
    assert led.status == "resolved"


def test_a_form_that_says_no_way_goes_on_where_it_was(led, hands_back):
    assert hands_back(led, note="Paid.").status_code == 200
    work_off()
    assert last_words(led.pk)[-1] == "Ada has settled your 640.00 TRY. Paid."


def test_a_way_that_there_is_not_is_refused_beside_its_button(led, hands_back, looks_ahead):
    for answer in (hands_back(led, way="nowhere"), looks_ahead(led, way="nowhere")):
        assert answer.status_code == 422
        assert "Choose how it goes on." in answer.content.decode()
        assert 'data-trouble="hand_back"' in answer.content.decode()
    assert leading(led.pk) is not None


def test_a_plain_form_that_is_refused_keeps_the_note_and_the_choice(led, inbox):
    page = inbox.post(reverse("inbox:hand_back", args=[led.public_id]), {"way": "wrap_up", "note": "x" * 501})
    assert page.status_code == 422
    assert "x" * 501 + "</textarea>" in page.content.decode()
    assert 'value="wrap_up" checked' in page.content.decode()


def test_where_no_person_is_asked_for_there_is_nothing_to_foresee(asked, looks_ahead, inbox):
    page = inbox.get(reverse("inbox:hand_back", args=[asked.public_id]))
    for answer in (looks_ahead(asked), page):
        assert answer.status_code == 409
        assert "nothing to hand back" in answer.content.decode()
    header = page.content.decode().split('class="middle"')[0].split("</details>")[-1]
    assert "nothing to hand back" in header  # the sheet is not there to say it


def test_a_stranger_foresees_nothing(led, client):
    answer = client.get(reverse("inbox:hand_back", args=[led.public_id]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("inbox:sign_in"))
