"""What a flow branches on: forgiving comparisons that never fail, and looks at the surroundings."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows.conditions import TESTS, Condition, Surroundings, all_hold, holds, words
from handoff.flows.hours import Hours, Opening

AROUND = Surroundings(
    now=datetime(2026, 3, 18, 22, 30, tzinfo=UTC),  # 01:30 on the 19th in Istanbul
    time_zone="Europe/Istanbul",
    tags=frozenset({"VIP", "İade"}),
    pages=("https://shop.example/Pricing?plan=gold", "https://shop.example/%C3%BCr%C3%BCnler/1"),
    hours={
        "Office": Hours("UTC", (Opening(2, time(9), time(18)),)),
        "Night": Hours("UTC", (Opening(2, time(22), time(2)),)),
    },
    available=frozenset({"anyone", "teammate:ada", "team:Support"}),
)


def true(test: str, subject=None, value: str = "", second: str = "") -> bool:
    condition = Condition(test, "it", value, second)
    found = holds(condition, {"it": subject}.__getitem__, AROUND)
    assert holds(Condition(test, "it", value, second, negate=True), {"it": subject}.__getitem__, AROUND) is not found
    return found


@pytest.mark.parametrize(
    ("test", "subject", "value"),
    [
        ("equals", "İADE", "iade"),
        ("equals", "ıade", "IADE"),
        ("equals", " Straße ", "strasse"),
        ("equals", "640.00", "640"),
        ("equals", "1250.50", "1.250,50"),
        ("equals", 1250.5, "1,250.50"),
        ("equals", 3, "3"),
        ("equals", True, "yes"),
        ("equals", False, "hayır"),
        ("equals", "2026-03-19", "today"),
        ("contains", "Kargom GELMEDİ", "gelmedi"),
        ("contains", 10482, "048"),
        ("starts_with", "İstanbul", "ist"),
        ("matches", "SIPARIS ab-123", r"^sipariş \w{2}-\d+$"),
        ("is_set", "x", ""),
        ("is_set", 0, ""),
        ("is_set", False, ""),
        ("greater", "640.00", "500"),
        ("greater", "1250.50", "1.250"),
        ("greater", 1e20, "5"),
        ("less", "1.255", "1,3"),
        ("less", -3, "-2"),
        ("before", "2026-03-18", "today"),
        ("before", "2026-03-18T21:00:00Z", "now"),
        ("before", "2026-03-19T01:00", "now"),
        ("before", "09:30", "18:00"),
        ("after", "now", "01:00"),
        ("after", "2026-03-20", "today"),
        ("in_list", "Ankara", "izmir, ankara"),
        ("in_list", "1.5", "1,5; 2,5"),
        ("has_tag", None, "vip"),
        ("has_tag", None, "IADE"),
        ("page_visited", None, "/pricing"),
        ("page_visited", None, "ürünler"),
        ("in_business_hours", None, "night"),
        ("teammate_available", None, "teammate:ada"),
        ("teammate_available", None, "anyone"),
    ],
)
def test_holds(test, subject, value):
    assert true(test, subject, value)


@pytest.mark.parametrize(
    ("test", "subject", "value"),
    [
        ("equals", None, ""),
        ("equals", "007", "7"),
        ("equals", True, "maybe"),
        ("equals", "2026-03-18", "today"),  # in Istanbul it is the 19th already
        ("contains", "anything", ""),
        ("starts_with", None, "a"),
        ("matches", "a" * 400 + "b", "(a+)+$"),
        ("matches", "a", "["),
        ("matches", "a" * 500 + "b", "b"),
        ("is_set", None, ""),
        ("is_set", "  ", ""),
        ("greater", "about 900", "500"),
        ("greater", "900", "a lot"),
        ("greater", None, "1"),
        ("greater", float("nan"), "1"),
        ("less", float("-inf"), "1"),
        ("greater", True, "0"),
        ("before", "soon", "today"),
        ("before", "2026-03-19", "now"),  # the same day
        ("before", "2026-02-31", "today"),
        ("before", "20260318", "today"),
        ("before", "2026-03-18", "18:00"),
        ("in_list", "Ankara", ""),
        ("has_tag", None, ""),
        ("page_visited", None, " "),
        ("in_business_hours", None, "Office"),
        ("in_business_hours", None, "Unknown"),
        ("teammate_available", None, "teammate:bruno"),
        ("unknown", "x", "x"),
    ],
)
def test_does_not_hold_and_its_negation_does(test, subject, value):
    assert not true(test, subject, value)


def test_between_includes_its_ends_in_either_order():
    assert true("between", "500", "500", "1.000")
    assert true("between", "750", "1000", "500")
    assert not true("between", "1000.01", "500", "1000")
    assert not true("between", "750", "500", "")


def test_no_conditions_hold_and_several_hold_together_or_alone():
    yes, no = Condition("has_tag", value="VIP"), Condition("has_tag", value="new")
    answers = [
        all_hold(rows, any_of=any_of, read=lambda name: None, around=AROUND)
        for rows in ([], [yes, no], [no])
        for any_of in (False, True)
    ]
    assert answers == [True, True, False, True, False, False]


def test_a_condition_reads_as_words():
    assert words(Condition("greater", "amount", "500")) == "amount is greater than 500"
    assert words(Condition("between", "amount", "1", "5")) == "amount is between 1 and 5"
    assert words(Condition("has_tag", value="VIP", negate=True)) == "not: has tag VIP"
    assert words(Condition("is_set", "email", "ignored")) == "email is known"
    assert words(Condition("made_up", "x", "y")) == "x made_up y"


VALUES = (
    st.none() | st.booleans() | st.integers() | st.integers(10**4400, 10**4500) | st.floats() | st.text(max_size=40)
)
TYPED = st.text(max_size=40) | st.text(st.sampled_from("0123456789.,-+:TZ today()*[]\\|"), max_size=30)


@pytest.mark.parametrize("test", sorted(TESTS))
@settings(max_examples=120, deadline=None)
@given(subject=VALUES, value=TYPED, second=TYPED)
def test_any_operands_are_compared_without_failing(test, subject, value, second):
    true(test, subject, value, second)
