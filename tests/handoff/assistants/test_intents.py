"""The intents of an admin: which one the words are, when they are none of these, and what never fails."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest

from handoff.assistants.intents import DEFAULT_LIMIT, Classified, classify

SHOP = {
    "refund": (
        "I want my money back",
        "How do I get a refund?",
        "Please refund my order",
        "The refund has not reached my account",
        "Can you reimburse me for the lamp?",
    ),
    "where is my order": (
        "Where is my order?",
        "My parcel has not arrived",
        "Track my package",
        "When will order 48213 be delivered?",
        "The delivery is late",
    ),
    "cancel": (
        "I want to cancel my order",
        "Please cancel order 77120",
        "I changed my mind, do not send it",
        "Stop my purchase",
        "Can I still cancel what I ordered?",
    ),
}
DUKKAN = {
    "iade": (
        "Paramı geri istiyorum",
        "İade nasıl yapılır?",
        "Siparişimi iade etmek istiyorum",
        "İade param hesabıma yatmadı",
        "Ürünü geri göndereceğim",
    ),
    "kargo": (
        "Siparişim nerede?",
        "Kargom hâlâ gelmedi",
        "Kargo takip numaram nedir?",
        "Paketim ne zaman gelir?",
        "Teslimat gecikti",
    ),
    "iptal": (
        "Siparişimi iptal etmek istiyorum",
        "İptal edebilir miyim?",
        "48213 numaralı siparişi iptal edin",
        "Vazgeçtim, göndermeyin",
        "Satın almayı durdurun",
    ),
}


def english(text, intents=SHOP, **words):
    return classify(text, intents, language="en", **words)


def turkish(text):
    return classify(text, DUKKAN, language="tr")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello, can I get a refund for my order please", "refund"),
        ("I would like my money back", "refund"),
        ("when will you refund me", "refund"),
        ("where's my order 99812", "where is my order"),
        ("my package has still not arrived", "where is my order"),
        ("how can I track my parcel?", "where is my order"),
        ("I'd like to cancel order 5512", "cancel"),
        ("can you cancel it please", "cancel"),
    ],
)
def test_other_words_for_an_intent_are_that_intent(text, name):
    assert english(text).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("siparişim nerede acaba", "kargo"),
        ("kargom gelmedi hala", "kargo"),
        ("KARGO TAKİP NUMARASI", "kargo"),
        ("siparisimi iptal edin lutfen", "iptal"),
        ("merhaba, siparişimi iade etmek istiyorum", "iade"),
        ("paramı geri alabilir miyim", "iade"),
    ],
)
def test_turkish_words_are_told_apart_with_and_without_their_letters(text, name):
    assert turkish(text).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("where is my ordr", "where is my order"),
        ("i want a refnud please", "refund"),
        ("plese cancle my order", "cancel"),
        ("track my pacakge", "where is my order"),
    ],
)
def test_a_typing_mistake_does_not_change_the_intent(text, name):
    assert english(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "What are your opening hours?",
        "Do you sell garden chairs in green?",
        "hello",
        "thank you very much",
        "what is the capital of Norway",
        "42",
        "lorem ipsum dolor sit amet",
    ],
)
def test_other_words_are_none_of_these(text):
    assert english(text).name is None


@pytest.mark.parametrize(
    "text", ["Mağazanız pazar günü açık mı?", "Bahçe sandalyesi var mı?", "merhaba", "Hava nasıl?"]
)
def test_other_turkish_words_are_none_of_these(text):
    assert turkish(text).name is None


@pytest.mark.parametrize(("intents", "language"), [(SHOP, "en"), (DUKKAN, "tr")])
def test_every_example_is_its_own_intent_whatever_the_limit(intents, language):
    for name, examples in intents.items():
        for example in examples:
            found = classify(f"  {example.upper()}!! ", intents, language=language, limit=1.0)
            assert (found.name, found.sureness) == (name, 1.0)


def test_three_examples_an_intent_are_enough_to_begin_with():
    few = {name: examples[:3] for name, examples in SHOP.items()}
    assert english("my parcel still has not arrived", few).name == "where is my order"
    assert english("please refund me", few).name == "refund"
    assert english("do you have a shop in Oslo", few).name is None


def test_one_intent_alone_takes_its_own_words_and_no_others():
    alone = {"refund": SHOP["refund"]}
    assert english("can I get a refund", alone).name == "refund"
    assert english("what are your opening hours", alone).name is None


def test_the_limit_decides_between_an_intent_and_none_of_these():
    text = "the money for my order"
    bold, careful = english(text, limit=0.0), english(text, limit=0.999)
    assert bold.name is not None
    assert careful.name is None
    assert careful.runner_up == bold.name
    assert careful.sureness == pytest.approx(1.0 - bold.sureness, abs=0.001)


def test_what_is_taken_is_at_least_as_sure_as_the_limit():
    for text in ("where is my order", "can I have my money", "cancel", "is the parcel on its way", "lamp"):
        found = english(text)
        assert 0.0 <= found.sureness <= 1.0
        assert found.name is None or found.sureness >= DEFAULT_LIMIT


def test_the_runner_up_is_another_intent():
    found = english("please cancel my order and refund me", limit=0.0)
    assert {found.name, found.runner_up} == {"cancel", "refund"}


def test_an_order_number_is_any_order_number():
    assert english("When will order 1 be delivered?").sureness > 0.8


def test_more_of_an_intents_words_make_it_surer():
    told = [english(text, limit=0.0).sureness for text in ("my order", "cancel my order", "want to cancel my order")]
    assert all(less < more for less, more in pairwise(told))


def test_an_example_that_two_intents_claim_is_never_taken_by_the_default_limit():
    both = {
        "refund": (*SHOP["refund"], "it is broken"),
        "repair": ("it is broken", "mend my lamp", "can you repair it"),
    }
    found = english("It is broken!", both)
    assert found.name is None
    assert found.runner_up in both
    assert english("can you mend it", both).name == "repair"


def test_two_intents_with_the_same_examples_are_never_guessed_between():
    twins = {"one": SHOP["refund"], "two": SHOP["refund"]}
    assert english("refund my order", twins).name is None
    assert english("Please refund my order", twins).name is None


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "🙂🙂", "?!…", "___", "\x00", "\ud800", "İ̇", "ß", "a" * 5000, "refund " * 3000]
)
@pytest.mark.parametrize("language", ["en", "tr", "de", ""])
def test_no_text_is_refused(text, language):
    found = classify(text, SHOP, language=language)
    assert 0.0 <= found.sureness <= 1.0


@pytest.mark.parametrize("text", ["", "🙂", "?!"])
def test_a_text_without_words_is_surely_none_of_these(text):
    assert english(text) == Classified(None, 1.0, None)


@pytest.mark.parametrize("intents", [{}, {"empty": ()}, {"blank": ("", "  ", "\n")}, {"empty": [], "blank": [""]}])
def test_without_a_usable_example_everything_is_none_of_these(intents):
    assert english("where is my order", intents) == Classified(None, 1.0, None)


def test_an_intent_without_usable_examples_does_not_disturb_the_others():
    with_empty = {"empty": (), "blank": (" ", ""), **SHOP}
    assert english("where's my order 99812", with_empty) == english("where's my order 99812")


def test_an_emoji_is_an_example_like_any_other():
    moods = {"happy": ("👍", "great", "well done"), "unhappy": ("👎", "awful", "very bad")}
    assert english("👎", moods).name == "unhappy"
    assert english("👍", moods).name == "happy"
    assert english("🚲", moods).name is None


def test_changed_examples_are_heard_at_once():
    assert english("bring me the bicycle", SHOP).name is None
    assert english(
        "bring me the bicycle", {**SHOP, "bicycle": ("bring the bicycle", "my bicycle", "a bicycle")}
    ).name == ("bicycle")


def test_lists_and_tuples_of_examples_are_the_same():
    assert english("track it", {name: list(examples) for name, examples in SHOP.items()}) == english("track it")


def test_every_process_tells_the_same():
    program = (
        "from handoff.assistants.intents import classify\n"
        "shop = {'a': ['refund my ordre', 'money back for the box'], 'b': ['track my parcel', 'where is the package']}\n"
        "print([classify(t, shop, language='en', limit=0) for t in ('my ordr', 'the shipment', 'bakc', 'parcel money')])"
    )
    told = {
        subprocess.run(  # noqa: S603 (our own interpreter and words)
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1
