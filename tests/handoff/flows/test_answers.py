"""What a customer's reply means: taken in its canonical form, or missed with a friendly hint; never an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows.answers import KINDS, Missed, Taken, check, find
from handoff.flows.patterns import finds, problem

WEDNESDAY = date(2026, 3, 18)
OPTIONS = ("Refund", "Exchange", "Refund to card", "İade")
CARD = "4111 1111 1111 1111"


def reply(kind: str, text: str, language: str = "en", **more) -> str | None:
    judged = check(kind, text, language=language, today=WEDNESDAY, **more)
    return judged.value if isinstance(judged, Taken) else None


def hint(kind: str, text: str, language: str = "en", **more) -> str:
    judged = check(kind, text, language=language, today=WEDNESDAY, **more)
    assert isinstance(judged, Missed), judged
    return judged.hint


def said(kind: str, text: str, language: str = "en", **more) -> str | None:
    found = find(kind, text, language=language, today=WEDNESDAY, **more)
    return found.value if found else None


# Amounts and numbers


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("640", "640.00", "EUR"),
        ("it was 640 TL", "640.00", "TRY"),
        ("1.250,50 TL", "1250.50", "TRY"),
        ("$1,250.50", "1250.50", "USD"),
        ("€ 99", "99.00", "EUR"),
        ("640 lira", "640.00", "TRY"),
        ("640 LİRAYDI", "640.00", "TRY"),
        ("around 640", "640.00", "EUR"),
        ("1.250", "1250.00", "EUR"),
        ("1,250", "1250.00", "EUR"),
        ("12.50", "12.50", "EUR"),
        ("12,5 TL", "12.50", "TRY"),
        ("640TL'ydi", "640.00", "TRY"),
        ("TL640", "640.00", "TRY"),
        ("640 lira 50 kuruş", "640.50", "TRY"),
        ("2 buçuk bin TL", "2500.00", "TRY"),
        ("1 250,50 TL", "1250.50", "TRY"),
        ("order 10482, it cost 640 TL", "640.00", "TRY"),
        ("12.03.2026 640 TL", "640.00", "TRY"),
        ("٦٤٠ TL", "640.00", "TRY"),
        ("640 canadian dollars", "640.00", "CAD"),
        ("1'250.50 CHF", "1250.50", "CHF"),
    ],
)
@pytest.mark.parametrize("language", ["en", "tr"])
def test_an_amount_is_read_as_people_write_it(text, value, currency, language):
    assert check("amount", text, language=language, today=WEDNESDAY, currency="EUR") == Taken(
        value, {"currency": currency}
    )


def test_an_amount_without_any_currency_says_none():
    assert check("amount", "640", language="en", today=WEDNESDAY) == Taken("640.00", {})


@pytest.mark.parametrize(
    "text", ["", "a lot", "1.25.000 TL", "-640", "%10", "640,5051 TL", "9999999999999999", "12:30"]
)
def test_what_is_no_amount_is_asked_for_with_an_example(text):
    assert hint("amount", text) == "Please send the amount in figures, for example 640.50 TL."


@pytest.mark.parametrize("text", ["500-600 TL", "500 or 600 TL", "€10 €20", "10482 640", "640 TL (15 USD)"])
def test_two_amounts_are_asked_about(text):
    assert "more than one amount" in hint("amount", text)


@pytest.mark.parametrize(
    ("text", "english", "turkish"),
    [
        ("3", "3", "3"),
        ("2.50", "2.5", "2.5"),
        ("2,5", "2.5", "2.5"),
        ("1.250", "1.25", "1250"),
        ("1,250", "1250", "1.25"),
        ("3 tane", "3", "3"),
        ("-4", "-4", "-4"),
        ("three of them", "3", None),
        ("on iki", None, "12"),
        ("altı yüz", None, None),
        ("2 or 3", None, None),
        ("3 items for 640 TL", "3", "3"),
        (CARD, None, None),
    ],
)
def test_a_number_follows_the_languages_own_decimal_mark(text, english, turkish):
    assert (reply("number", text), reply("number", text, "tr")) == (english, turkish)


# Dates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12/03/2026", "2026-03-12"),
        ("2026-03-12", "2026-03-12"),
        ("12.03.26", "2026-03-12"),
        ("12/03", "2026-03-12"),
        ("12 March", "2026-03-12"),
        ("March 12th, 2025", "2025-03-12"),
        ("12 Mart 2026'da", "2026-03-12"),
        ("12 ŞUBAT", "2026-02-12"),
        ("31 Aralık", "2025-12-31"),
        ("29 February", "2028-02-29"),
        ("03/25/2026", "2026-03-25"),
        ("yesterday", "2026-03-17"),
        ("dün", "2026-03-17"),
        ("tomorrow at 10.30", "2026-03-19"),
        ("YARIN", "2026-03-19"),
        ("bugün", "2026-03-18"),
        ("next Friday", "2026-03-20"),
        ("cuma", "2026-03-20"),
        ("Cumartesi günü", "2026-03-21"),
        ("geçen cuma", "2026-03-13"),
        ("haftaya cuma", "2026-03-27"),
        ("Wednesday", "2026-03-25"),
        ("3 gün önce", "2026-03-15"),
        ("in 2 weeks", "2026-04-01"),
        ("Thursday 12 March", "2026-03-12"),
    ],
)
@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_date_is_read_day_first_in_both_languages(text, value, language):
    assert reply("date", text, language) == value


@pytest.mark.parametrize("text", ["", "31/02/2026", "soon", "last week", "10482", "12"])
def test_what_is_no_date_is_asked_for_with_todays(text):
    assert hint("date", text, "tr") == "Lütfen tarihi gün, ay ve yıl olarak yazın, örneğin 18/03/2026."


@pytest.mark.parametrize("text", ["12 or 13 March", "12-13 Mart", "yarın ya da 25 Mart", "Friday 12 March 2026"])
def test_two_dates_and_a_contradicting_weekday_are_asked_about(text):
    assert "more than one date" in hint("date", text)


# E-mail addresses, phone numbers, order numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My mail is Ada@Example.COM.", "ada@example.com"),
        ("İnfo@shop.com", "info@shop.com"),
        ("ada @ example.com", "ada@example.com"),
        ("ada@example.com'dur", "ada@example.com"),
        ("ada@example", None),
        ("müşteri@x.com", None),
        ("a@b.co or c@d.co", None),
    ],
)
def test_an_email_address_is_taken_whole_or_not(text, value):
    assert reply("email", text) == value


@pytest.mark.parametrize(
    ("text", "english", "turkish"),
    [
        ("+90 (532) 123 45 67", "+905321234567", "+905321234567"),
        ("00905321234567", "+905321234567", "+905321234567"),
        ("0532 123 45 67", "05321234567", "+905321234567"),
        ("call me at 532-123-4567 please", "5321234567", "+905321234567"),
        ("٠٥٣٢١٢٣٤٥٦٧", "05321234567", "+905321234567"),
        ("123", None, None),
        ("12.03.2026", None, None),
        ("0532 1234567 or 0533 1234567", None, None),
        (CARD, None, None),
        (CARD.replace(" ", ""), None, None),
        (CARD.replace(" ", "   "), None, None),
    ],
)
def test_a_phone_number_gets_its_country_where_it_can_be_told(text, english, turkish):
    assert (reply("phone", text), reply("phone", text, "tr")) == (english, turkish)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10482", "10482"),
        ("#10482", "10482"),
        ("Order no.: 10482", "10482"),
        ("siparis10482", "10482"),
        ("10482 nolu sipariş", "10482"),
        ("10482'yi", "10482"),
        ("ord-10482", "ORD-10482"),
        ("it cost 6400 TL, order 10482", "10482"),
        ("order 10482 from 2026", "10482"),
        ("order #10482, 12.03.2026", "10482"),
        ("10482 and 10483", None),
        ("orders 10482 and 10483", None),
        ("123", None),
        ("6400 TL", None),
        (CARD, None),
        (f"+{CARD}", None),
        (CARD.replace(" ", ""), None),
        ("3782 822463 10005", None),
    ],
)
def test_an_order_number_is_told_from_prices_dates_and_cards(text, value):
    assert reply("order_number", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("my number is ıb123456", "IB123456"), ("AB123456", "AB123456"), ("AB1234567", None), ("10482", None)],
)
def test_an_admins_pattern_replaces_the_usual_shape(text, value):
    assert reply("order_number", text, pattern=r"[A-Z]{2}\d{6}") == value


@pytest.mark.parametrize("pattern", ["[A-Z", "(a)\\1", "(?=1)", "((a{100}){100}){100}", "x" * 201])
def test_a_bad_pattern_takes_nothing_and_says_so_to_the_admin(pattern):
    assert "exactly as your confirmation shows it" in hint("order_number", "10482", pattern=pattern)
    assert problem(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a*a*a*a*)*b"])
def test_no_pattern_goes_back_over_the_text_for_years(pattern):
    assert problem(pattern) == ""
    assert finds(pattern, "a" * 500 + "b!") in (True, False)


# Choices and texts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("refund", "Refund"),
        ("2", "Exchange"),
        ("2️⃣", "Exchange"),
        ("the second one", "Exchange"),
        ("dördüncü", "İade"),
        ("exchnage", "Exchange"),
        ("ex", "Exchange"),
        ("refund to card please", "Refund to card"),
        ("IADE", "İade"),
        ("ıade", "İade"),
        ("İADEYİ istiyorum", "İade"),
        ("not a refund", None),
        ("9", None),
        ("🙂", None),
    ],
)
def test_a_choice_is_the_options_own_label(text, value):
    assert reply("choice", text, "tr", options=OPTIONS) == value


@pytest.mark.parametrize("text", ["refund or exchange", "ref"])
def test_two_options_are_asked_about(text):
    assert hint("choice", text, options=OPTIONS[:2] + OPTIONS[2:3]) == (
        "That could mean more than one. Please choose one of these: 1. Refund, 2. Exchange, 3. Refund to card."
    )


def test_a_figure_that_differs_is_no_slip_and_may_be_a_place_or_a_label():
    assert reply("choice", "size 42", options=["Size 41", "Size 43"]) is None
    assert "more than one" in hint("choice", "2", options=["1 year", "3 years", "2 years"])
    assert reply("choice", "2", options=["1", "3", "2"]) == "2"


def test_no_is_an_option_too():
    assert reply("choice", "hayır", "tr", options=["Evet", "Hayır"]) == "Hayır"
    assert reply("choice", "no thanks", options=["Yes", "No"]) == "No"


def test_a_text_is_anything_that_can_be_seen_and_is_not_too_long():
    assert reply("text", "  it\x00 broke 🙂 ") == "it broke 🙂"
    assert "few words" in hint("text", " \u200b\n")
    assert "at most 500" in hint("text", "a" * 501)


# What was said before the question


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("order_number", "I want a refund for order 10482, it cost 640 TL", "10482"),
        ("amount", "I want a refund for order 10482, it cost 640 TL", "640.00"),
        ("order_number", "siparişim 10482 gelmedi", "10482"),
        ("order_number", "10482 numaralı siparişim nerede?", "10482"),
        ("order_number", "orders 10482 and 10483", None),
        ("order_number", "it is not order 10482", None),
        ("order_number", "sipariş 10482 değil", None),
        ("order_number", "I ordered 10482 pens", None),
        ("order_number", "10482", None),
        ("order_number", "my order 2026", None),
        ("order_number", f"order {CARD}", None),
        ("amount", "under 640 TL", None),
        ("amount", "Does it cost 640 TL?", None),
        ("amount", "500-600 TL", None),
        ("amount", "640", None),
        ("amount", "640 TL ödedim. Yardım eder misiniz?", "640.00"),
        ("email", "write to me at ada@example.com", "ada@example.com"),
        ("email", "support@shop.com never answered", None),
        ("email", "not ada@example.com", None),
        ("phone", "my phone is 0532 123 45 67", "05321234567"),
        ("phone", "order 05321234567", None),
        ("phone", "5321234567", None),
        ("phone", CARD, None),
        ("number", "I bought 3 chairs", None),
        ("date", "12 March 2026", None),
        ("text", "It broke", None),
        ("choice", "Refund", None),
    ],
)
def test_only_an_unmistakable_answer_is_found_in_earlier_words(kind, text, value):
    assert said(kind, text, options=OPTIONS) == value


def test_an_admins_pattern_finds_what_nothing_else_looks_like():
    assert said("order_number", "where is ab123456?", pattern=r"[A-Z]{2}\d{6}") == "AB123456"
    assert said("order_number", "it cost 10482", pattern=r"\d{5}") is None
    assert said("order_number", "order 10482", pattern=r"\d{5}") == "10482"


# Whatever is typed

ODD = st.text(max_size=60) | st.text(
    st.sampled_from("0123456789.,'-+#@/:()₺$€ aıİiIŞtlTL٣۵½²\x00\n\u200b\ud800🙂"), max_size=60
)


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=150, deadline=None)
@given(
    text=ODD,
    language=st.sampled_from(["en", "tr", "de", ""]),
    pattern=st.sampled_from(["", "(", r"\d{4}"]) | st.text(max_size=8),
)
def test_any_text_is_taken_or_missed(kind, text, language, pattern):
    more = {"language": language, "today": WEDNESDAY, "options": OPTIONS, "currency": "TRY", "pattern": pattern}
    judged = check(kind, text, **more)
    assert judged.value if isinstance(judged, Taken) else judged.hint
    found = find(kind, text, **more)
    assert found is None or isinstance(check(kind, found.value, **more), Taken)
    if isinstance(judged, Taken) and kind in ("amount", "number", "date", "choice", "text"):
        assert check(kind, judged.value, **{**more, "language": "en"}) in (
            judged,
            Taken(judged.value, {"currency": "TRY"}),
        )


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "piece", ["1", "a", "1.", "1 ", "a@", "a.", "order ", "12 mart ", "(", "\x00", "🙂", "٣", "İ", "+1-", "ﷺ"]
)
def test_ten_thousand_characters_are_read_too(kind, piece):
    more = {"language": "tr", "today": WEDNESDAY, "options": OPTIONS}
    assert isinstance(check(kind, piece * 10_000, **more), Taken | Missed)
    find(kind, piece * 10_000, **more)


@pytest.mark.parametrize("reply", ["complaint", "my complaint", "the complaint please", "no forget it, a complaint"])
def test_an_options_article_need_not_be_said(reply):
    options = ("A complaint", "An order", "Something else")
    taken = check("choice", reply, language="en", today=date(2026, 3, 19), options=options)
    assert taken == Taken("A complaint", {})
