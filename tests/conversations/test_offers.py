"""What a flow's message offers beside its words, whatever its JSON holds, and to whom it is shown."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from conversations import access
from conversations.offers import MOST_FIELDS, MOST_OPTIONS
from conversations.selectors import Entry
from tests.conversations.automatic import FORM, close, flow_says

pytestmark = pytest.mark.django_db

EVIL = '"><script>alert(1)</script>'
ESCAPED = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"


def entry(params: Any, author: str = "flow") -> Entry:
    return Entry(1, 1, author, "everyone", "Hi", "", params, "", None, 1, None, timezone.now())


def shown(client, visitor) -> str:
    """The whole page, as a browser without scripts gets it."""
    slug = visitor.chat_page.slug
    return client.post(f"/chat/{slug}/", {"visitor_token": access.sign(visitor, slug)}).text


@pytest.mark.parametrize(
    "odd", [None, 7, "x", [], {}, [None], [[]], {"fields": 3}, {"fields": [1]}, {"title": 1}, ["", " "]]
)
def test_odd_shapes_offer_nothing(odd):
    one = entry({"options": odd, "card": odd, "form": odd})
    assert (one.options if odd != "x" else (), one.card, one.form) == ((), None, None)
    assert (entry(odd).options, entry(odd).card, entry(odd).form) == ((), None, None)


def test_only_automation_offers():
    params = {"options": ["Refund"], "card": {"title": "T"}, "form": FORM}
    for author in ("visitor", "person", "system"):
        assert (entry(params, author).options, entry(params, author).card, entry(params, author).form) == (
            (),
            None,
            None,
        )
    assert entry(params, "assistant").options == ("Refund",)


def test_options_are_texts_each_once_and_not_without_end():
    assert entry({"options": ["Refund", 7, None, "", "Refund", " Delivery "]}).options == ("Refund", "Delivery")
    assert len(entry({"options": [str(number) for number in range(99)]}).options) == MOST_OPTIONS


def test_fields_without_a_usable_name_or_choice_are_left_out():
    rows = [
        {"name": 'a"b'},
        {"label": "No name"},
        {"name": "pick", "kind": "choice", "options": []},
        7,
        {"name": "ok", "kind": "x"},
    ]
    form = entry({"form": {"fields": rows, "button": 7}}).form
    assert form is not None
    assert [(one.name, one.label, one.kind, one.required) for one in form.fields] == [("ok", "ok", "text", False)]
    many = entry({"form": {"fields": [{"name": f"f{number}"} for number in range(99)]}}).form
    assert many is not None
    assert len(many.fields) == MOST_FIELDS


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://shop.example/a?b=1&c", True),
        ("HTTP://shop.example", True),
        ("/returns/", True),
        ("/", True),
        ("", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/\t/evil.example", False),
        ("https:/\\evil.example", False),
        ("https://", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("returns/", False),
        (7, False),
    ],
)
def test_a_card_leads_to_the_web_or_into_the_site_and_nowhere_else(url, kept):
    card = entry({"card": {"title": "Returns", "url": url}}).card
    assert card is not None
    assert (card.url == url) == (kept or url == "")
    assert bool(card.url) == kept


def test_a_card_says_where_it_leads_whatever_stands_before_the_name():
    card = entry({"card": {"title": "Returns", "url": "https://shop.example@evil.example/x"}}).card
    assert card is not None
    assert card.host == "evil.example"


def test_a_flow_is_automatic_and_neither_a_person_nor_the_ai(client, deniz):
    flow_says(deniz, "Hello, what is it about?")
    page = shown(client, deniz)
    words = page.split('data-author="flow"')[1].split("</li>")[0]
    assert "Lamp House" in words
    assert "Automatic" in words
    assert ">AI<" not in words


def test_options_cards_and_forms_are_shown_escaped(client, deniz):
    form = {"fields": [{"name": "a", "label": EVIL, "kind": "choice", "options": [EVIL]}], "button": EVIL}
    card = {"title": EVIL, "text": EVIL, "url": "https://shop.example/" + EVIL.replace(" ", "")}
    flow_says(deniz, EVIL, name=EVIL, options=[EVIL], card=card, form=form)
    page = shown(client, deniz)
    assert "<script>" not in page
    assert page.count(ESCAPED) >= 8
    assert 'rel="nofollow noopener noreferrer" target="_blank"' in page


def test_an_address_that_runs_a_script_is_no_link(client, deniz):
    flow_says(deniz, "Look", card={"title": "Press me", "text": "", "url": "javascript:alert(1)"})
    page = shown(client, deniz)
    assert "Press me" in page
    assert "javascript:" not in page


def test_quick_replies_are_for_the_newest_entry_only(client, deniz, say):
    flow_says(deniz, "What is it about?", options=["Refund", "Delivery"])
    assert 'value="Refund"' in shown(client, deniz)
    flow_says(deniz, "Or this?", options=["Something else"])
    page = shown(client, deniz)
    assert 'value="Refund"' not in page
    assert 'value="Something else"' in page
    say(deniz, "Hm")
    assert 'data-offer="options"' not in shown(client, deniz)


def test_a_form_waits_until_the_visitor_says_something(client, deniz, say):
    flow_says(deniz, "Some details, please", form=FORM)
    flow_says(deniz, "Take your time.")
    page = shown(client, deniz)
    assert page.count('data-offer="form"') == 1
    assert "Order number" in page
    say(deniz, "Why do you ask?")
    assert 'data-offer="form"' not in shown(client, deniz)


def test_a_later_form_takes_the_place_of_an_earlier_one(client, deniz):
    flow_says(deniz, "Some details, please", form=FORM)
    second = flow_says(deniz, "These instead", form=FORM)
    page = shown(client, deniz)
    assert page.count('data-offer="form"') == 1
    assert f'name="form" value="{second.seq}"' in page


def test_nothing_is_offered_in_a_thread_that_is_over(client, deniz):
    flow_says(deniz, "What is it about?", options=["Refund"], form=FORM)
    close(deniz)
    assert "data-offer" not in shown(client, deniz)


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_quick_reply_is_sent_by_its_own_button(client, deniz):
    flow_says(deniz, "What is it about?", options=["Refund", "Delivery"])
    form = shown(client, deniz).split('data-offer="options"')[1].split("</form>")[0]
    fields = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("visitor_token", "client_id")}
    assert uuid.UUID(fields["client_id"])
    for _ in range(2):  # pressed twice
        page = client.post("/chat/shop/messages", fields | {"body": "Delivery"})
    assert page.text.count('<div class="words">Delivery</div>') == 1
    assert "data-offer" not in page.text


def test_tokens_stand_in_the_plain_page_only(client, deniz):
    """A frame is the same text for every socket of the thread."""
    flow_says(deniz, "What is it about?", options=["Refund"], form=FORM)
    headers = {"X-Visitor-Token": access.sign(deniz, "shop")}
    news = client.get("/chat/shop/entries?conversation=&after=0", headers=headers).text
    assert 'value="Refund"' in news
    assert "visitor_token" not in news
