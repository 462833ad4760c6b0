"""What changed between two versions, in words that somebody who answers customers understands."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows import editing
from handoff.flows.differences import differences
from handoff.flows.editing import CannotEdit
from handoff.flows.script import END, read
from tests.handoff.flows.test_editing import REFUND, any_change, any_draft, flow, step


def changed(old, new) -> list[str]:
    return list(differences(read(old), read(new)))


def set_params(**params):
    old = {"text": "Hello", **params.pop("before", {})}
    kind = params.pop("kind", "send_message")
    before = flow(step("a", kind, "Hello", old))
    return changed(before, flow(step("a", kind, "Hello", {**old, **params})))


def test_the_first_version_is_said_in_one_sentence():
    assert differences(None, read(REFUND)) == ("The first version, with 6 steps.",)


def test_nothing_changed_is_nothing_said():
    assert changed(REFUND, REFUND) == []
    assert changed(flow(step("a"), step("b")), flow(step("b"), step("a"))) == [], "the order of the list means nothing"
    assert set_params(options=[], card_url="") == [], "what is empty is as good as not there"


def test_a_step_that_was_put_in_is_said_with_its_place():
    assert changed(REFUND, editing.add_after(REFUND, "hello", "next", "ask").data) == ["Added “Ask” after “Hello”."]
    titled = editing.set_step(editing.add_after(REFUND, "over", "no", "tag").data, "tag", title="Mark it")
    assert changed(REFUND, titled.data) == ["Added “Mark it” (Tag) after “Over 500?” by “no”."]
    assert changed(REFUND, editing.add_after(REFUND, None, "", "tag").data) == [
        "Added “Tag”, to which nothing leads yet."
    ]
    assert changed(REFUND, editing.add_for_entry(REFUND, "start", "tag").data) == [
        "When the chat is opened: the flow now begins at “Tag”.",
        "Added “Tag”: when the chat is opened.",
    ]


def test_a_step_that_was_taken_out_is_said_with_where_the_ways_lead_now():
    assert changed(REFUND, editing.delete(REFUND, "sorry").data) == [
        "Removed “Sorry” (Send message).",
        "“Ask the amount”: the way “gave up” now leads to “Hand off”.",
    ]


def test_a_changed_condition_says_what_is_the_same_once():
    rows = [{"subject": "amount", "test": "greater", "value": "650"}]
    assert changed(REFUND, editing.set_step(REFUND, "over", params={"conditions": rows}).data) == [
        "“Over 500?”: amount is greater than 500 → 650."
    ]
    more = [{"subject": "amount", "test": "greater", "value": "500"}, {"test": "has_tag", "value": "VIP"}]
    assert changed(REFUND, editing.set_step(REFUND, "over", params={"conditions": more, "match": "any"}).data) == [
        "“Over 500?”, Goes on at yes when: all of these hold → any of these holds.",
        "“Over 500?”: added “has tag VIP”.",
    ]


def test_ways_are_said_with_their_labels():
    assert changed(REFUND, editing.connect(REFUND, "hand", "expired", "sorry").data) == [
        "“Hand off”: the way “expired” now leads to “Sorry”."
    ]
    assert changed(REFUND, editing.connect(REFUND, "hello", "next", END).data) == ["“Hello”: it now ends the flow."]
    assert changed(REFUND, editing.connect(REFUND, "hand", "failed", "").data) == [
        "“Hand off”: the way “failed” now leads nowhere."
    ]


def test_silence_is_said_in_minutes_and_hours():
    old = editing.set_entry(REFUND, "inactivity", "sorry", seconds=300).data
    assert changed(REFUND, old) == [
        "When the customer falls silent: the flow now begins at “Sorry”, after 5 minutes, once."
    ]
    assert changed(old, editing.set_entry(old, "inactivity", "done", seconds=5400, each_time=True).data) == [
        "When the customer falls silent: now begins at “Done”.",
        "When the customer falls silent: after 5 minutes → 1 hour 30 minutes.",
        "When the customer falls silent: once → each time.",
    ]
    assert changed(old, REFUND) == ["When the customer falls silent: the flow does nothing any more."]


def test_a_title_a_kind_and_an_id():
    assert changed(REFUND, editing.set_step(REFUND, "done", title="All done").data) == [
        "“Done” is now called “All done”."
    ]
    other = flow(step("a", "form", "It"))
    assert changed(flow(step("a", "ask", "It")), other) == ["“It” is now of the kind “Form”; it was “Ask”."]
    assert changed(REFUND, editing.rename_id(REFUND, "hand", "person").data) == [], "only the id is another"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": "Hello there"}, "Message: “Hello” → “Hello there”"),
        ({"before": {"text": "a\nb"}, "text": "a b"}, "Message: “a ⏎ b” → “a b”"),
        ({"card_title": "Returns"}, "Link card: title: nothing → “Returns”"),
        ({"before": {"card_title": "Returns"}, "card_title": ""}, "Link card: title: “Returns” → nothing"),
        ({"before": {"options": ["Yes", "No"]}, "options": ["Yes", "No", "Maybe"]}, "Quick replies: added “Maybe”"),
        ({"before": {"options": ["Yes", "No"]}, "options": ["Yes"]}, "Quick replies: without “No”"),
        ({"before": {"options": ["Yes", "No"]}, "options": ["Yes", "Nope"]}, "Quick replies: “No” → “Nope”"),
        ({"before": {"options": ["Yes", "No"]}, "options": ["No", "Yes"]}, "Quick replies: in another order"),
        ({"kind": "ask", "tries": 5}, "How often to ask: 3 → 5"),
        ({"kind": "ask", "before": {"kind": "text"}, "kind ": 1}, "kind : nothing → “1”"),
        ({"kind": "wait", "before": {"seconds": 90}, "seconds": 86400}, "For: 1 minute 30 seconds → 1 day"),
        ({"kind": "hand_off", "quiet": True}, "Say nothing: the flow has told the customer already: no → yes"),
        ({"kind": "tag", "before": {"way": "add"}, "way": "remove"}, "Do: Put it on → Take it off"),
        ({"kind": "teleport", "to": ["Mars", 4]}, "to: nothing → “Mars, 4”"),
    ],
)  # fmt: skip
def test_a_setting_is_said_with_its_label(params, words):
    assert set_params(**params) == [f"“Hello”, {words}."]


def test_rows_are_said_by_their_names():
    field = {"name": "email", "label": "E-mail", "kind": "email", "required": True}
    old = {"fields": [field, {"name": "size", "label": "Size"}]}
    new = {"fields": [{**field, "required": False, "label": "Your e-mail"}, {"name": "note", "label": "Note"}]}
    assert changed(flow(step("a", "form", "It", old)), flow(step("a", "form", "It", new))) == [
        "“It”, Fields: “size” → “note”.",
        "“It”, Fields: “email”, Label: “E-mail” → “Your e-mail”.",
        "“It”, Fields: “email”, Must be filled in: yes → no.",
    ]


def test_of_a_long_text_only_what_changed_is_shown():
    text = "You get your money back within {} days, on the card that you paid with, whichever bank it may be from."
    assert set_params(before={"text": text.format("three")}, text=text.format("five")) == [
        "“Hello”, Message: “…back within three days, on the…” → “…back within five days, on the…”."
    ]
    found = set_params(before={"text": "a " * 1000}, text="b " * 1000)
    assert len(found[0]) < 300


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9))
def test_any_two_versions_can_be_compared(seed):
    random = Random(seed)
    old = data = any_draft(random)
    for _ in range(6):
        try:
            data = any_change(random, data)().data
        except CannotEdit:
            continue
    found = changed(old, data)
    assert all(words.endswith(".") and len(words) < 400 for words in found)
    assert changed(old, old) == changed(data, data) == []
    changed(any_draft(random), data)
