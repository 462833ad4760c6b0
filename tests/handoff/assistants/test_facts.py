"""What the visitor tells about themselves, and what is left of the message besides."""

from __future__ import annotations

import pytest

from handoff.assistants.extract import facts, masked, note_key, without


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is deniz kaya and my order number is 10482", {"name": "Deniz Kaya", "order_number": "10482"}),
        ("Hi, I'm Deniz", {"name": "Deniz"}),
        ("adım Ayşe Yılmaz", {"name": "Ayşe Yılmaz"}),
        ("ben Mehmet, kargom gelmedi", {"name": "Mehmet"}),
        ("I'm Bob and I'm angry", {"name": "Bob"}),
        ("where is order #10482?", {"order_number": "10482"}),
        ("sipariş numaram 10482", {"order_number": "10482"}),
        ("10482 numaralı siparişim nerede", {"order_number": "10482"}),
        ("Order ld-20481", {"order_number": "LD-20481"}),
        ("write to deniz@example.com.", {"email": "deniz@example.com"}),
        ("call +90 532 111 22 33", {"phone": "+905321112233"}),
        ("my phone number is 5321112233", {"phone": "5321112233"}),
        ("Remember that I prefer mornings.", {"note": "I prefer mornings"}),
        ("unutma ki kapı zili çalışmıyor", {"note": "kapı zili çalışmıyor"}),
    ],
)
def test_plain_statements_are_facts(text, expected):
    assert {fact.key: fact.value for fact in facts(text)} == expected


@pytest.mark.parametrize(
    "text",
    [
        "I'm angry",
        "I am Turkish",
        "This is ridiculous",
        "I ordered 12 lamps in 2025",
        "my postcode is 35250",
        "my order from 2024-11-02 is late",
        "my card is 4111 1111 1111 1111",
        "my order 4111111111111111",
        "do you remember that I asked yesterday?",
        "10482",
    ],
)
def test_what_is_no_plain_statement_is_no_fact(text):
    assert facts(text) == []


def test_a_bare_number_is_an_order_number_only_when_asked_for():
    (fact,) = facts("10482", asked="Which order is it about?")
    assert (fact.key, fact.value) == ("order_number", "10482")


def test_a_card_number_is_covered_and_another_long_number_is_not():
    assert masked("4111-1111-1111-1111") == "•••• 1111"
    assert masked("1234567890123") == "1234567890123"


def test_a_question_keeps_its_words_without_the_number():
    text = "Where is my order 10482?"
    assert without(text, facts(text)).split() == ["Where", "is", "my", "order", "?"]
    text = "my order number is 10482"
    assert without(text, facts(text)).strip() == ""


def test_a_second_wish_to_remember_does_not_replace_the_first():
    assert note_key({}, "mornings") == "note"
    assert note_key({"note": "mornings"}, "mornings") == "note"
    assert note_key({"note": "mornings", "note_2": "evenings"}, "no nuts") == "note_3"
