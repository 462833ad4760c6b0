"""Words, languages and limits, one sentence each."""

from __future__ import annotations

import pytest

from handoff.assistants.base import Passage
from handoff.assistants.language import language_of
from handoff.assistants.limits import judge, limit_for
from handoff.assistants.words import content, fold, one_slip, shorten, stem


@pytest.mark.parametrize("word", ["İADE", "iade", "ıade", "IADE"])
def test_turkish_letters_fold_to_one_word(word):
    assert fold(word) == "iade"


@pytest.mark.parametrize(
    ("forms", "language"),
    [
        ("return returns returned returning", "en"),
        ("delivery deliver delivered deliveries", "en"),
        ("ship shipping shipped shipment", "en"),
        ("iade iadem iademi iadeyi", "tr"),
        ("kargo kargom kargonun kargoya", "tr"),
        ("siparis siparisim siparisimi siparisler", "tr"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms, language):
    assert len({stem(word, language) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    ("a", "b"), [("return", "retrun"), ("refund", "refnd"), ("order", "ordder"), ("human", "humsn")]
)
def test_one_slip_is_forgiven(a, b):
    assert one_slip(a, b)
    assert one_slip(b, a)


@pytest.mark.parametrize(("a", "b"), [("order", "border line"), ("return", "refund"), ("human", "woman")])
def test_two_slips_are_another_word(a, b):
    assert not one_slip(a, b)


def test_small_words_carry_no_meaning_and_common_ones_little():
    weights = content("I want to know how I can return the lamp", "en")
    assert set(weights) == {"want", "know", "return", "lamp"}
    assert weights["return"] == 1.0 > weights["want"]


def test_a_text_is_shortened_between_words():
    assert shorten("one  two\nthree four", 13) == "one two…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my order", "en"),
        ("siparişim nerede", "tr"),
        ("siparisim nerede", "tr"),
        ("kargom gelmedi", "tr"),
        ("Merhaba, my parcel is late and I want to know where it is", "en"),
    ],
)
def test_a_language_is_heard_from_its_words(text, language):
    assert language_of(text, "??") == language


@pytest.mark.parametrize("text", ["10482", "Wo bleibt mein Paket", "???", ""])
def test_another_language_is_not_guessed(text):
    assert language_of(text, "de") == "de"


def test_the_limit_rises_with_the_wish_to_be_sure():
    assert limit_for(0.0) < limit_for(0.5) < limit_for(1.0) == limit_for(7.0)


def test_a_judgement_names_what_is_missing():
    passage = Passage(1, "Which countries do you ship to?", "We ship to Germany.", "", "en", 1.0)
    (judgement,) = judge("do you ship to Canada?", [passage], "en")
    assert judgement.missing == ("canada",)
    assert judgement.sure < limit_for(0.5)


def test_the_title_decides_between_two_that_have_the_words():
    asked = Passage(1, "When do I get my money back?", "Within five working days.", "", "en", 0.1)
    other = Passage(2, "Cancel an order", "The money goes back the same day when you get in touch.", "", "en", 9.0)
    assert judge("when do I get my money back", [other, asked], "en")[0].passage is asked
