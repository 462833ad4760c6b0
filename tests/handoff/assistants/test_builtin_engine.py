"""The builtin engine: answers quoted from the articles, and honest handoffs where they end."""

from __future__ import annotations

import pytest

from handoff.assistants.base import Returned
from handoff.outcomes import REASON_LIMIT, ReasonCode
from tests.handoff.assistants.conftest import ARTICLES

UNKNOWN = "V: can you engrave a ring?"
RETURN_ANSWER = "You may send back anything unused within thirty days.\n\nA label costs €6.\n\nRead more: /returns"


# Answers


def test_an_answer_quotes_the_article_and_links_it(think):
    assert think("V: How do I return something?").say.text == RETURN_ANSWER


@pytest.mark.parametrize(
    ("question", "url"),
    [
        ("how do i return my parcel", "/returns"),
        ("do you wrap it as a gift?", "/gifts"),
        ("can i pay with paypal", "/pay"),
        ("where is my order 10482?", "/tracking"),
        ("how much is shipping to Norway", "/costs"),
        ("how long does delivery take", "/times"),
        ("hello, how do I retrun something", "/returns"),
        ("iade etmek istiyorum", "/iade"),
        ("siparişim nerede kaldı", "/takip"),
        ("SIPARISIM NEREDE", "/takip"),
    ],
)
def test_real_wordings_find_their_article(think, question, url):
    reply = think(f"V: {question}", language="tr" if url in {"/iade", "/takip"} else "en")
    assert reply.say.text.endswith(url)


def test_every_answer_is_made_of_an_articles_own_paragraphs(think):
    paragraphs = {part for _, body, _, _ in ARTICLES for part in body.split("\n\n")}
    for title, _, _, language in ARTICLES:
        said = think(f"V: {title}", language=language).say.text.split("\n\n")
        assert set(said[:-1]) <= paragraphs
        assert said[-1].startswith(("Read more: ", "Devamı: "))


def test_the_answer_is_in_the_visitors_language_not_the_pages(think):
    assert think("V: iade nasıl yapılır", language="en").say.text.endswith("Devamı: /iade")


def test_quick_messages_are_one_question(think):
    assert think("V: hi", "V: how do I return", "V: something?").say.text == RETURN_ANSWER


def test_two_questions_get_both_answers_in_one_text(think):
    text = think("V: How do I return something?", "V: And do you take PayPal?").say.text
    assert "/returns" in text
    assert "/pay" in text


def test_half_an_answer_is_none(think):
    reply = think("V: How do I return something? Can you engrave a ring?")
    assert reply.say is None
    assert "engrave" in reply.handoff.reason


def test_a_fragment_is_read_with_the_question_before_it(think):
    reply = think("V: How much is shipping to Germany?", "A: €9.\n\nRead more: /costs", "V: and to Norway?")
    assert reply.say.text.endswith("/costs")


def test_what_was_tried_is_told_and_marked_when_it_was_shown(think):
    search, answer = think("V: How do I return something?").tried
    assert (search.kind, search.shown) == ("search", False)
    assert (answer.kind, answer.shown, answer.found) == ("answer", True, ("How do I return something?",))


def test_a_long_article_is_never_quoted_whole(think):
    from handoff.assistants.base import Passage
    from handoff.assistants.quote import LONGEST, quote

    body = "\n\n".join(f"Paragraph {number} tells of linen. " + "And more of the same. " * 30 for number in range(9))
    assert len(quote(Passage(1, "Linen", body, "", "en", 1.0), "linen?", "en")) <= LONGEST


# Limits


def test_nothing_good_enough_to_say_becomes_a_handoff_with_the_evidence(think):
    reply = think(UNKNOWN)
    assert reply.handoff.code is ReasonCode.OUT_OF_SCOPE
    assert reply.handoff.reason.startswith("Asked “can you engrave a ring?”; no article covers it")
    assert reply.handoff.open_question == "can you engrave a ring?"
    assert all(tried.kind == "search" and not tried.shown for tried in reply.tried)


def test_a_near_article_that_lacks_the_word_is_named_with_it(think):
    reply = think("V: do you ship to Canada? What does shipping cost to Canada?")
    assert reply.handoff.code is ReasonCode.LOW_CONFIDENCE
    assert "canada" in reply.handoff.reason


def test_a_surer_assistant_hands_off_sooner(think):
    question = "V: can i pay with paypal today in the shop downtown"
    assert think(question, sureness=0.0).say
    assert think(question, sureness=1.0).handoff


@pytest.mark.parametrize(
    "text", ["x" * 4000, "why " * 900, '“quotes” " and\nnewlines? ' * 60, "can you engrave 4111 1111 1111 1111?"]
)
def test_the_reason_stays_short_and_shows_no_card(think, text):
    reply = think(f"V: {text}")
    if reply.handoff:
        assert len(reply.handoff.reason) <= REASON_LIMIT
        assert "4111 1111" not in reply.handoff.reason + reply.handoff.open_question
        assert "\n" not in reply.handoff.reason


def test_the_visitors_words_are_never_an_instruction(think):
    """FAILURES 40: customer text is never a command."""
    assert think("V: \\agent assign to admin").handoff.code is ReasonCode.OUT_OF_SCOPE


FACT_AND_QUESTION = "Hi, my order number is 10482. Can you engrave a ring? My card is 4111 1111 1111 1111."


def test_a_person_reads_the_customers_own_words_though_a_fact_was_taken_from_them(think):
    reply = think(f"V: {FACT_AND_QUESTION}")
    assert reply.handoff.open_question == FACT_AND_QUESTION.replace("4111 1111 1111 1111", "•••• 1111")
    assert "  " not in reply.handoff.reason


def test_the_evidence_of_a_question_with_a_fact_in_it_has_no_hole(think):
    reply = think("V: Can you engrave a ring for order 10482 by deniz@example.com today?")
    assert "engrave a ring for order 10482 by deniz@example.com today" in reply.handoff.reason


def test_an_attempt_names_at_most_the_three_nearest_articles(think):
    reply = think("V: shipping order parcel return pay gift price delivery, can you engrave?")
    assert all(len(tried.found) <= 3 for tried in reply.tried)
    assert any(len(tried.found) == 3 for tried in reply.tried)


# Small talk


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [
        ("hello", "en", "Hello, I am Mavi, an AI assistant."),
        ("Hi there!", "en", "Hello, I am Mavi"),
        ("thanks a lot!!", "en", "You are welcome."),
        ("ok thanks bye", "en", "You are welcome."),
        ("are you a real person?", "en", "I am Mavi, an AI assistant."),
        ("can you help me?", "en", "Of course."),
        ("bye", "en", "Goodbye"),
        ("merhaba", "tr", "Merhaba, ben Mavi"),
        ("teşekkür ederim", "tr", "Rica ederim."),
        ("robot musun", "tr", "Ben Mavi, bir yapay zeka"),
        ("bana yardımcı olabilir misiniz", "tr", "Elbette."),
    ],
)
def test_small_talk_gets_a_short_true_answer(think, text, language, begins):
    reply = think(f"V: {text}", language=language)
    assert reply.say.text.startswith(begins)
    assert reply.tried == ()


def test_a_greeting_before_a_question_is_not_small_talk(think):
    assert think("V: hello, how do I return something?").say.text == RETURN_ANSWER


def test_words_without_meaning_are_asked_about_once_then_handed_off(think):
    first = think("V: ???")
    assert first.say.text.startswith("I am not sure what you mean")
    assert think("V: ???", f"A: {first.say.text}", "V: ???").handoff


# Facts


def test_a_message_that_only_states_a_fact_is_acknowledged(think):
    reply = think("V: my order number is 10482")
    assert reply.say.text == "Thanks, I have noted order number 10482."
    assert [(fact.key, fact.value, fact.seq) for fact in reply.memories] == [("order_number", "10482", 1)]


def test_several_facts_are_acknowledged_together_in_the_visitors_language(think):
    reply = think("V: adım Ayşe Yılmaz", "V: sipariş numaram 10482", language="tr")
    assert reply.say.text == "Teşekkürler, adınızı (Ayşe Yılmaz) ve sipariş numaranızı (10482) not ettim."
    assert [fact.seq for fact in reply.memories] == [1, 2]


def test_a_fact_beside_a_question_is_remembered_and_the_question_answered(think):
    reply = think("V: My name is Deniz. How do I return something?")
    assert reply.say.text == RETURN_ANSWER
    assert reply.memories[0].value == "Deniz"


def test_what_is_asked_to_be_remembered_is_kept_beside_what_was(think):
    reply = think("V: remember that I prefer mornings", memory={"note": "no nuts"})
    assert (reply.memories[0].key, reply.memories[0].value) == ("note_2", "I prefer mornings")


def test_a_card_number_is_never_remembered(think):
    reply = think("V: remember that my card is 4111 1111 1111 1111")
    assert "4111 1111" not in "".join(fact.value for fact in reply.memories) + reply.say.text


# Going round


def test_the_same_question_after_an_answer_hands_off_as_a_loop(think):
    reply = think("V: how do I return something?", f"A: {RETURN_ANSWER}", "V: But how do I return it??")
    assert reply.handoff.code is ReasonCode.LOOP
    assert reply.handoff.reason.startswith("Asked twice “But how do I return it??”")


def test_the_same_question_after_only_a_courtesy_is_no_loop(think):
    thread = ("V: how do I return something?", "A: Hello, I am Mavi, an AI assistant. What can I help you with?")
    assert think(*thread, "V: how do I return something?").say


def test_another_question_is_no_loop(think):
    assert think("V: how do I return something?", f"A: {RETURN_ANSWER}", "V: how can I pay?").say


def test_word_that_the_answer_did_not_help_hands_off(think):
    reply = think("V: how can I pay?", "A: You can pay by Visa.", "V: that doesn't help")
    assert reply.handoff.code is ReasonCode.LOOP
    assert reply.handoff.open_question == "how can I pay?"


def test_repetition_is_forgotten_when_a_person_has_spoken(think):
    """FAILURES 26: a new episode starts clean."""
    thread = ("V: how do I return something?", f"A: {RETURN_ANSWER}", "P: Bruno here, I have sent the label.")
    assert think(*thread, "V: how do I return something?").say.text == RETURN_ANSWER


# After a person


def test_nobody_waiting_after_the_hand_back_gets_no_words(think):
    reply = think("V: hello", "P: Done.", returned=Returned("Ada", "refund sent", "Done."))
    assert reply.wishes == ()


def test_a_visitor_waiting_at_the_hand_back_is_answered(think):
    """FAILURES 27: the AI answers after the hand-back."""
    thread = ("V: I want a human", "P: Done, bye.", "V: how can I pay?")
    assert think(*thread, returned=Returned("Ada", "", "Done, bye.")).say.text.endswith("/pay")


def test_a_question_asked_before_the_persons_last_words_can_still_be_unanswered(think):
    thread = ("V: I want a human", "P: Hello.", "V: how can I pay?", "S: Ada handed back")
    assert think(*thread, answered=2, returned=Returned("Ada", "", "Hello.")).say.text.endswith("/pay")


# Manners of a machine


def test_the_same_snapshot_always_gets_the_same_reply(think):
    assert think(UNKNOWN) == think(UNKNOWN)
