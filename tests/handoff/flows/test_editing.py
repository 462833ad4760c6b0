"""Changing a draft: each change does what its name says, leaves what it was given alone, and never makes nonsense."""

from __future__ import annotations

from copy import deepcopy
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows import editing
from handoff.flows.editing import CannotEdit
from handoff.flows.script import END, ENTRIES, Step, read
from handoff.flows.steps import STEPS


def step(step_id: str, kind: str = "send_message", title: str = "", params=None, **exits: str):
    return {"id": step_id, "kind": kind, "title": title, "params": params or {}, "exits": exits}


def flow(*steps, **entries: str):
    return {"entries": {name: {"step": one} for name, one in entries.items()}, "steps": list(steps)}


def row(edit, step_id: str):
    return next(one for one in edit.data["steps"] if one["id"] == step_id)


REFUND = flow(
    step("hello", title="Hello", next="amount"),
    step("amount", "ask", "Ask the amount", {"variable": "amount"}, answered="over", gave_up="sorry"),
    step("over", "condition", "Over 500?", {"conditions": [{"subject": "amount", "test": "greater", "value": "500"}]}, yes="hand", no="done"),
    step("hand", "hand_off", "Hand off", {"reason": "{{amount}}"}, returned="done", failed=END),
    step("sorry", title="Sorry", next="hand"),
    step("done", title="Done", next=END),
    fallback="hello",
)  # fmt: skip


def test_a_new_step_takes_the_way_over_that_it_was_put_on():
    edit = editing.add_after(REFUND, "hello", "next", "ask")
    assert edit.step_id == "ask"
    assert row(edit, "hello")["exits"] == {"next": "ask"}
    assert row(edit, "ask")["exits"] == {"answered": "amount"}
    assert row(edit, "ask")["params"]["tries"] == 3
    assert [one["id"] for one in edit.data["steps"]][:2] == ["hello", "ask"]
    assert edit.words == "Added “Ask” after “Hello”."
    assert editing.add_after(edit.data, "ask", "gave_up", "ask").step_id == "ask_2"
    assert row(editing.add_after(REFUND, "done", "next", "tag"), "tag")["exits"] == {"next": END}


def test_a_new_step_without_ways_out_ends_the_way():
    edit = editing.add_after(REFUND, "hello", "next", "resolve")
    assert row(edit, "resolve")["exits"] == {}
    assert row(edit, "hello")["exits"] == {"next": "resolve"}


def test_a_step_without_a_place_stands_free_or_begins_an_entry_that_has_none():
    free = editing.add_after(REFUND, None, "", "ask", entry="fallback")
    assert free.data["entries"]["fallback"] == {"step": "hello"}
    begun = editing.add_after(REFUND, None, "", "ask", entry="inactivity")
    assert begun.data["entries"]["inactivity"] == {"step": "ask", "seconds": 120, "each_time": False}
    assert editing.add_after(REFUND, None, "", "tag").data["entries"] == REFUND["entries"]


def test_a_step_at_the_beginning_leads_on_to_what_was_there():
    edit = editing.add_for_entry(REFUND, "fallback", "tag")
    assert edit.data["entries"]["fallback"] == {"step": "tag"}
    assert row(edit, "tag")["exits"] == {"next": "hello"}


def test_a_way_is_connected_ended_and_taken_away():
    edit = editing.connect(REFUND, "hand", "expired", "sorry")
    assert row(edit, "hand")["exits"]["expired"] == "sorry"
    assert edit.words == "“Hand off”: the way “expired” now leads to “Sorry”."
    assert editing.connect(REFUND, "hand", "returned", END).words == "“Hand off”: the way “returned” now ends the flow."
    assert row(editing.connect(REFUND, "hand", "failed", ""), "hand")["exits"] == {"returned": "done"}


def test_a_way_out_that_is_gone_with_its_intent_is_gone_and_a_renamed_one_still_leads_there():
    intents = [{"name": "Refund", "examples": ["x"]}, {"name": "Order", "examples": ["x"]}]
    data = flow(
        step("i", "intent", params={"intents": intents}, refund="a", order="b", none="a"),
        step("a"),
        step("b"),
        fallback="i",
    )
    fewer = editing.set_step(data, "i", params={"intents": intents[1:]})
    assert row(fewer, "i")["exits"] == {"order": "b", "none": "a"}
    renamed = editing.set_step(data, "i", params={"intents": [{"name": "Money back", "examples": ["x"]}, intents[1]]})
    assert row(renamed, "i")["exits"] == {"money_back": "a", "order": "b", "none": "a"}


def test_a_step_is_set_in_part_and_the_rest_stays():
    edit = editing.set_step(REFUND, "hand", title=" To a person ", exits={"returned": "", "expired": "sorry"})
    assert row(edit, "hand") == step(
        "hand", "hand_off", "To a person", {"reason": "{{amount}}"}, failed=END, expired="sorry"
    )


def test_an_entry_is_set_changed_and_removed():
    edit = editing.set_entry(REFUND, "inactivity", "sorry", seconds=300)
    edit = editing.set_entry(edit.data, "inactivity", "done", each_time=True)
    assert edit.data["entries"]["inactivity"] == {"step": "done", "seconds": 300, "each_time": True}
    assert editing.set_entry(REFUND, "start", "").words == "When the chat is opened, the flow begins nowhere yet."
    assert editing.remove_entry(edit.data, "inactivity").data["entries"] == REFUND["entries"]


def test_a_step_is_moved_and_what_led_to_it_goes_on():
    edit = editing.move(REFUND, "amount", "over", "no")
    assert row(edit, "hello")["exits"] == {"next": "over"}
    assert row(edit, "over")["exits"] == {"yes": "hand", "no": "amount"}
    assert row(edit, "amount")["exits"] == {"answered": "done", "gave_up": "sorry"}
    first = editing.move(REFUND, "hello", "amount", "answered")
    assert first.data["entries"]["fallback"] == {"step": "amount"}
    assert row(first, "hello")["exits"] == {"next": "over"}
    assert editing.move(REFUND, "amount", "hello", "next").data == read(REFUND).data(), "it stands there already"


def test_a_copy_stands_free_right_after_and_leads_where_the_step_leads():
    data = flow(step("a", "ask", "Ask", {"options": ["x"]}, answered=END, gave_up="a"), fallback="a")
    edit = editing.duplicate(data, "a")
    assert edit.data["steps"][1] == step("ask", "ask", "Ask (copy)", {"options": ["x"]}, answered=END, gave_up="ask")
    assert editing.duplicate(flow(step("a", "teleport", away=END)), "a").step_id == "teleport"


def test_what_a_step_holds_together_is_said_before_it_is_deleted():
    assert editing.what_breaks(REFUND, "amount") == (
        "“Hello” leads here by “then”.",
        "“Over 500?” reads “amount”, which only this step sets.",
        "“Hand off” reads “amount”, which only this step sets.",
    )
    assert editing.what_breaks(REFUND, "hello") == ("“When the customer writes” begins here.",)
    second = editing.duplicate(REFUND, "amount").data
    assert editing.what_breaks(second, "amount") == ("“Hello” leads here by “then”.",), "the copy sets it too"


def test_what_led_to_a_deleted_step_goes_on_where_there_is_one_way_only():
    edit = editing.delete(REFUND, "hello")
    assert edit.data["entries"] == {"fallback": {"step": "amount"}}
    assert row(editing.delete(REFUND, "sorry"), "amount")["exits"] == {"answered": "over", "gave_up": "hand"}
    assert row(editing.delete(REFUND, "amount"), "hello")["exits"] == {}
    assert row(editing.delete(REFUND, "done"), "hand")["exits"] == {"returned": END, "failed": END}
    alone = editing.delete(flow(step("a", next=END), fallback="a"), "a")
    assert alone.data == {"entries": {"fallback": {"step": ""}}, "steps": []}


def test_a_step_gets_another_id_wherever_it_is_named():
    edit = editing.rename_id(REFUND, "hand", "person")
    assert row(edit, "over")["exits"]["yes"] == "person"
    assert editing.rename_id(REFUND, "hello", "hi").data["entries"] == {"fallback": {"step": "hi"}}
    loop = editing.rename_id(flow(step("a", next="a")), "a", "b")
    assert row(loop, "b")["exits"] == {"next": "b"}
    assert editing.rename_id(REFUND, "hello", "hello").data == read(REFUND).data()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: editing.add_after(REFUND, "gone", "next", "ask"), "no step “gone”"),
        (lambda: editing.add_after(REFUND, "hello", "gone", "ask"), "no way “gone” out of “Hello”"),
        (lambda: editing.add_after(REFUND, "hello", "next", "teleport"), "no kind of step “teleport”"),
        (lambda: editing.add_after(REFUND, None, "", "ask", entry="gone"), "cannot begin at “gone”"),
        (lambda: editing.add_for_entry(REFUND, "gone", "ask"), "cannot begin at “gone”"),
        (lambda: editing.connect(REFUND, "hello", "next", "gone"), "no step “gone”"),
        (lambda: editing.connect(REFUND, "hello", "answered", "done"), "no way “answered”"),
        (lambda: editing.set_step(REFUND, "hello", title="x" * 81), "at most 80 characters"),
        (lambda: editing.set_entry(REFUND, "fallback", "gone"), "no step “gone”"),
        (lambda: editing.remove_entry(REFUND, "start"), "does not begin"),
        (lambda: editing.move(REFUND, "hello", "hello", "next"), "cannot stand after itself"),
        (lambda: editing.move(REFUND, "hello", "done", "gone"), "no way “gone”"),
        (lambda: editing.duplicate(REFUND, "gone"), "no step “gone”"),
        (lambda: editing.what_breaks(REFUND, "gone"), "no step “gone”"),
        (lambda: editing.delete(REFUND, "gone"), "no step “gone”"),
        (lambda: editing.rename_id(REFUND, "hello", "done"), "a step “done” already"),
        (lambda: editing.rename_id(REFUND, "hello", "Not an id"), "cannot be an id"),
        (lambda: editing.rename_id(REFUND, "hello", END), "cannot be an id"),
        (lambda: editing.delete({"steps": 4}, "a"), "mended as text first"),
        (lambda: editing.add_after(flow(*(step(f"s{n}") for n in range(200))), None, "", "tag"), "at most 200 steps"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(change, words):
    with pytest.raises(CannotEdit) as refused:
        change()
    assert words in str(refused.value)


def any_draft(random: Random):
    ids = [f"s{number}" for number in range(random.randint(0, 8))]
    anything = [*ids, END, "", "gone"]
    steps = []
    for name in ids:
        kind = random.choice([*STEPS, "teleport"])
        params = random.choice(
            [{}, STEPS[kind].defaults() if kind in STEPS else {}, {"intents": [{"name": "A"}, 4], "text": 4}]
        )
        ways = [one.name for one in STEPS[kind].exits(Step(name, kind, "", params))] if kind in STEPS else ["away"]
        steps.append(
            step(
                name, kind, random.choice(["", "T"]), params, **{way: random.choice(anything) for way in [*ways, "old"]}
            )
        )
    return flow(*steps, **{name: random.choice(anything) for name in random.sample([*ENTRIES], random.randint(0, 6))})


def any_change(random: Random, data):
    ids = [one["id"] for one in data["steps"]] + ["gone"]
    one, other, kind = random.choice(ids), random.choice(ids), random.choice([*STEPS, "teleport"])
    way, entry = random.choice(["next", "answered", "yes", "none", "a", "old", "away"]), random.choice([*ENTRIES])
    return random.choice([
        lambda: editing.add_after(data, random.choice([one, None]), way, kind, entry=entry),
        lambda: editing.add_for_entry(data, entry, kind),
        lambda: editing.connect(data, one, way, random.choice([other, "", END])),
        lambda: editing.set_step(data, one, title="New", params=random.choice([{}, {"intents": [{"name": "B"}]}]), exits={way: other}),
        lambda: editing.set_entry(data, entry, random.choice([one, ""]), seconds=random.choice([None, 60])),
        lambda: editing.remove_entry(data, entry),
        lambda: editing.move(data, one, other, way),
        lambda: editing.duplicate(data, one),
        lambda: editing.delete(data, one),
        lambda: editing.rename_id(data, one, random.choice(["new", *ids])),
    ])  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9))
def test_any_changes_to_any_draft_leave_a_draft_and_lose_no_way(seed):
    random = Random(seed)
    data = any_draft(random)
    for _ in range(12):
        before, change = deepcopy(data), any_change(random, data)
        try:
            edit = change()
        except CannotEdit:
            continue
        finally:
            assert data == before, "what was given stays as it is"
        script = read(edit.data)
        assert script.data() == edit.data
        assert edit.step_id in {*script.steps, ""} or edit.step_id in {one.step for one in script.entries.values()}
        assert edit.words.endswith(".")
        lost = {target for _, _, target in script.arrows()} - {*script.steps, END}
        assert lost <= {target for _, _, target in read(before).arrows()} - {END}, (
            "no way leads where nothing is that did not before"
        )
        data = edit.data
        for name in script.steps:
            assert all(words.endswith(".") for words in editing.what_breaks(data, name))
