"""The picture of a flow: every step has its box, none covers another, and every line begins and ends where it should."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.flows.drawing import draw
from handoff.flows.script import END, Step, read
from handoff.flows.steps import STEPS


def step(step_id: str, kind: str = "send_message", title: str = "", params=None, **exits: str):
    return {"id": step_id, "kind": kind, "title": title, "params": params or {}, "exits": exits}


def drawn(*steps, **entries: str):
    return draw(read({"entries": {name: {"step": one} for name, one in entries.items()}, "steps": list(steps)}))


def box(drawing, step_id: str):
    return next(one for one in drawing.boxes if one.step_id == step_id)


def line(drawing, source: str, way: str):
    return next(one for one in drawing.lines if (one.source, one.exit) == (source, way))


def ends_of(path: str):
    numbers = [float(one) for one in re.findall(r"-?[0-9.]+", path)]
    return tuple(numbers[:2]), tuple(numbers[-2:])


def any_flow(seed: int, count: int):
    random = Random(seed)
    ids = [f"s{number}" for number in range(count)]
    steps = []
    for at, name in enumerate(ids):
        kind = random.choice([*STEPS, "teleport"])
        params = {"text": "Lorem ipsum dolor " * random.randint(0, 6), "expires": random.choice([0, 60])}
        ways = (
            [one.name for one in STEPS[kind].exits(Step(name, kind, "", params))] if kind in STEPS else ["away", "back"]
        )
        targets = [*ids[at + 1 : at + 6], *ids[:at][-3:], random.choice(ids), name, END, "gone", ""]
        steps.append(step(name, kind, f"Step {at}", params, **{way: random.choice(targets) for way in ways}))
    entries = (
        {"fallback": random.choice(ids), "inactivity": random.choice([*ids, "gone", ""])} if ids else {"start": ""}
    )
    return read({"entries": {name: {"step": one} for name, one in entries.items()}, "steps": steps})


def rectangles(drawing):
    return [(one.x, one.y, one.x + one.width, one.y + one.height) for one in (*drawing.boxes, *drawing.starts)]


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**6), st.integers(0, 40))
def test_every_draft_is_drawn_whole_and_nothing_covers_anything(seed, count):
    script = any_flow(seed, count)
    drawing = draw(script)
    assert drawing == draw(script), "the same script, the same picture"
    assert {one.step_id for one in drawing.boxes} == set(script.steps)
    assert [one.number for one in drawing.boxes] == list(range(1, count + 1))
    assert {one.entry for one in drawing.starts} == set(script.entries)
    found = rectangles(drawing)
    for at, (left, top, right, bottom) in enumerate(found):
        assert left >= 0 <= top
        assert right <= drawing.width
        assert bottom <= drawing.height
        for other in found[at + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_every_line_begins_below_its_box_and_ends_on_top_of_its_target_and_runs_through_no_other(seed, count):
    script = any_flow(seed, count)
    drawing = draw(script)
    boxes = {one.step_id: one for one in drawing.boxes}
    starts = {one.entry: one for one in drawing.starts}
    connected = {(one.id, way, target) for one, way, target in script.arrows()}
    assert connected <= {(one.source, one.exit, one.target) for one in drawing.lines}
    for one in drawing.lines:
        (x, y), (end_x, end_y) = ends_of(one.path)
        source = boxes[one.source] if one.exit else starts[one.source]
        assert source.x <= x <= source.x + source.width
        assert y == pytest.approx(source.y + source.height, abs=0.11)
        if one.target in boxes:
            target = boxes[one.target]
            assert target.x <= end_x <= target.x + target.width
            assert end_y == pytest.approx(target.y, abs=0.11)
        assert one.is_back == (one.target in boxes and end_y <= y)
        runs_clear(one.path, rectangles(drawing))


def runs_clear(path: str, found):
    corners = [tuple(map(float, pair.split())) for pair in re.findall(r"-?[0-9.]+ -?[0-9.]+", path)]
    for (x, y), (to_x, to_y) in pairwise(corners):
        for left, top, right, bottom in found:
            is_apart = (
                max(x, to_x) <= left
                or min(x, to_x) >= right
                or max(y, to_y) <= top + 0.2
                or min(y, to_y) >= bottom - 0.2
            )
            assert is_apart, (path, (left, top, right, bottom))


def test_steps_that_follow_each_other_stand_straight_below_each_other():
    drawing = drawn(step("a", next="b"), step("b", next="c"), step("c", next=END), fallback="a")
    assert [one.step_id for one in drawing.boxes] == ["a", "b", "c"]
    assert len({one.x for one in drawing.boxes}) == 1
    assert drawing.starts[0].label == "When the customer writes"
    assert line(drawing, "a", "next").label == "", "the only way out needs no label"
    assert line(drawing, "fallback", "").target == "a"


def test_exits_leave_in_their_order_and_their_labels_stand_beside_each_other():
    intents = [{"name": f"A rather long intent {number}", "examples": ["x"]} for number in range(8)]
    drawing = drawn(step("i", "intent", params={"intents": intents}, none=END), fallback="i")
    lines = [one for one in drawing.lines if one.source == "i"]
    assert [one.exit for one in lines] == [*(f"a_rather_long_intent_{number}" for number in range(8)), "none"]
    for left, right in pairwise(lines):
        assert right.label_x - left.label_x > 6 * (len(left.label) + len(right.label)) / 2


def test_what_leads_to_no_step_has_a_mark_that_says_why():
    ask = step("a", "ask", answered=END)
    odd = step("b", "send_message", next="gone")
    drawing = drawn(ask, odd, fallback="a")
    assert {(one.step_id, one.exit, one.what) for one in drawing.ends} == {
        ("a", "answered", "end"),
        ("a", "gave_up", "open"),
        ("b", "next", "lost"),
    }


def test_a_way_that_need_not_be_connected_is_drawn_only_when_it_is():
    free = drawn(step("h", "hand_off", returned=END), fallback="h")
    assert [one.exit for one in free.ends] == ["returned"]
    led = drawn(step("h", "hand_off", returned=END, failed=END), fallback="h")
    assert [one.exit for one in led.ends] == ["returned", "failed"]


def test_a_way_back_leads_back_and_a_step_that_leads_to_itself_too():
    drawing = drawn(
        step("a", "ask", answered="b", gave_up="a"), step("b", "ask", answered="a", gave_up=END), fallback="a"
    )
    assert line(drawing, "a", "gave_up").is_back
    assert line(drawing, "b", "answered").is_back
    assert not line(drawing, "a", "answered").is_back


def test_what_nothing_leads_to_stands_beside_what_runs():
    drawing = drawn(step("free"), step("a", next=END), step("island", next="other"), step("other"), fallback="a")
    assert drawing.boxes[0].step_id == "a"
    assert (
        min(box(drawing, one).x for one in ("free", "island", "other")) > box(drawing, "a").x + box(drawing, "a").width
    )


def test_an_unknown_kind_is_drawn_with_the_ways_that_it_has():
    drawing = drawn(step("a", "teleport", away="b"), step("b"), fallback="a")
    assert (box(drawing, "a").title, box(drawing, "a").label, box(drawing, "a").group) == ("teleport", "teleport", "")
    assert line(drawing, "a", "away").target == "b"


def test_texts_are_cut_to_fit():
    drawing = drawn(
        step("a", title="T" * 80, params={"text": "word " * 100}), step("b", params={"text": "字" * 100}), fallback="a"
    )
    assert box(drawing, "a").title == "T" * 27 + "…"
    assert len(box(drawing, "a").summary) == 2
    assert all(len(one) <= 32 for one in box(drawing, "a").summary)
    assert all(len(one) <= 17 for one in box(drawing, "b").summary), "wide letters take twice the room"


def test_an_empty_flow_is_an_empty_picture():
    assert draw(read({})).boxes == ()
