"""Whatever is given as a flow, it is refused with a sentence and never raises; nothing is wrong with a valid one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.flows import script as scripts
from handoff.flows.check import Problem, check, readable_at
from handoff.flows.differences import differences
from handoff.flows.drawing import draw
from handoff.flows.foresight import awaited, title
from handoff.flows.kinds import shown
from handoff.flows.moves import Checkpoint
from handoff.flows.script import ENTRIES, MOST_STEPS, NotAScript
from handoff.flows.steps import STEPS
from handoff.flows.text import NotAFlow, dump, load
from tests.handoff.flows.scripts import HOUSE, ODD, anything, changed, mutated_flows, nested, valid_flows, without

random = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, print_blob=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONGEST_SENTENCE = 3000


def script(**steps: Any) -> dict[str, Any]:
    """A flow of these steps, with the first where the customer writes."""
    rows = [{"id": name, **step} for name, step in steps.items()]
    return {"entries": {"fallback": {"step": next(iter(steps))}}, "steps": rows}


def says(text: Any = "Hello", to: str = "end", **params: Any) -> dict[str, Any]:
    return {"kind": "send_message", "params": {"text": text, **params}, "exits": {"next": to}}


def asks(**params: Any) -> dict[str, Any]:
    filled = {"question": "How much?", "kind": "amount", "variable": "amount", **params}
    return {"kind": "ask", "params": filled, "exits": {"answered": "end", "gave_up": "end"}}


def decides(**condition: Any) -> dict[str, Any]:
    rows = [{"subject": "message", "test": "equals", "value": "x", **condition}]
    return {"kind": "condition", "params": {"conditions": rows}, "exits": {"yes": "end", "no": "end"}}


def refused(data: Any) -> list[Problem]:
    """What is wrong with it; every problem has words and stands at a place that is there."""
    problems = check(data, HOUSE)
    try:
        known: Any = scripts.read(data)
    except NotAScript as wrong:
        known, whole = None, str(wrong)
        assert problems == [Problem(whole)]
    for problem in problems:
        assert problem.words.strip(), problem
        assert len(problem.words) <= LONGEST_SENTENCE, problem.words[:200]
        assert problem.words.encode(), "it can be shown"
        assert not problem.step or problem.step in known.steps
        assert not problem.entry or problem.entry in known.entries
    return problems


@random
@given(valid_flows())
def test_nothing_is_wrong_with_a_valid_flow_and_it_can_be_kept_as_json(data):
    assert refused(data) == []
    found = scripts.read(data)
    assert scripts.read(json.loads(json.dumps(found.data()))) == found


@random
@given(anything)
def test_anything_at_all_is_refused_with_a_sentence(data):
    assert refused(data)


@settings(random, max_examples=150)
@given(mutated_flows())
def test_a_flow_that_was_tampered_with_never_raises_and_what_passes_can_be_kept(data):
    problems = refused(data)
    try:
        found = scripts.read(data)
    except NotAScript:
        return
    described(found)
    kept = json.dumps(found.data(), allow_nan=False)
    kept.encode()
    assert scripts.read(json.loads(kept)) == found
    if not problems:
        assert set(readable_at(found)) == set(found.steps)


def described(found: scripts.Script) -> None:
    """What the editor, the graph and the inbox say of every step, however broken."""
    readable_at(found)
    assert len(draw(found).boxes) >= len(found.steps)
    assert all(one.strip() for one in differences(None, found))
    with suppress(NotAFlow):
        assert load(dump("Flow", found.data())) == ("Flow", found.data())
    for step in found.steps.values():
        assert title(found, step.id)
        for waits in ("", "answer", "assistant", "person", "time"):
            assert awaited(found, Checkpoint(step.id, waits))  # type: ignore[arg-type]  # one of them
        kind = STEPS.get(step.kind)
        if kind is None:
            continue
        assert all(isinstance(name, str) for name in kind.sets(step) | kind.reads(step))
        assert all(one.name and one.label for one in kind.exits(step))
        assert "\n" not in kind.summary(step)


@pytest.mark.parametrize("kind", STEPS)
def test_every_kind_describes_itself_whatever_its_parameters_are(kind):
    for odd in ODD:
        for name in [param.name for param in STEPS[kind].params]:
            data = script(one={"kind": kind, "params": {**STEPS[kind].defaults(), name: odd}})
            refused(data)
            try:
                found = scripts.read(data)
            except NotAScript:
                continue
            described(found)


@random
@given(data=valid_flows(), pick=st.randoms(use_true_random=False))
def test_what_makes_a_flow_invalid_is_always_found(data, pick):
    at = pick.randrange(len(data["steps"]))
    step, where = data["steps"][at], ("steps", at)
    entry = pick.choice(list(data["entries"]))
    broken = [
        changed(data, (*where, "kind"), "sing"),
        changed(data, (*where, "exits", "sideways"), "end"),
        changed(data, (*where, "params", "volume"), 11),
        changed(data, (*where, "title"), "x" * 81),
        changed(data, (*where, "id"), "end"),
        changed(data, ("entries", entry, "step"), "nowhere"),
        changed(data, ("entries", "midnight"), {"step": step["id"]}),
        changed(data, ("steps",), [*data["steps"], {**step}]),
        changed(data, ("steps",), [*data["steps"], {"id": "alone", **says()}]),
        changed(data, ("entries",), {}),
        without(data, (*where, "id")),
        without(data, (*where, "kind")),
    ]
    broken += [changed(data, (*where, "exits", name), "nowhere") for name in step["exits"]]
    kind = STEPS[step["kind"]]
    asked = [param for param in kind.params if shown(param, step["params"])]
    broken += [changed(data, (*where, "params", one.name), 2.5) for one in asked]
    broken += [without(data, (*where, "params", one.name)) for one in asked if one.required]
    broken += [
        without(data, (*where, "exits", one.name))
        for one in kind.exits(scripts.read(data).steps[step["id"]]) if not one.otherwise
    ]  # fmt: skip
    for one in broken:
        assert refused(one), one


WRONG = {
    "a list": [],
    "no steps": {"entries": {}, "steps": []},
    "ten thousand steps": {"entries": {}, "steps": [{"id": f"s{at}", **says()} for at in range(10_000)]},
    "one step too many": {"entries": {}, "steps": [{"id": f"s{at}", **says()} for at in range(MOST_STEPS + 1)]},
    "nested for ever": script(one=says(nested(100_000))),
    "nested beside the parameters": {"entries": nested(5000), "steps": nested(5000)},
    "a number that nobody can read": {**script(one=says()), "entries": {"inactivity": {"step": "one", "seconds": 10**5000}}},
    "not a number": script(one={"kind": "wait", "params": {"seconds": float("nan")}, "exits": {"next": "end"}}),
    "endless": script(one={"kind": "wait", "params": {"seconds": float("inf")}, "exits": {"next": "end"}}),
    "half a character": script(one=says("\ud800")),
    "half a character in a title": script(one={**says(), "title": "\udfff"}),
    "half a character in a kind": script(one={"kind": "\udfff"}),
    "a zero byte": script(one=says("a\0b")),
    "a zero byte in a title": script(one={**says(), "title": "a\0b"}),
    "an object": script(one=says(object())),
    "bytes": script(one=says(b"Hello")),
    "a set": script(one=says({"Hello"})),
    "a list for a text": script(one=says(["Hello"])),
    "a text for a list": script(one=says(options="Red")),
    "a number among texts": script(one=says(options=["Red", 3])),
    "a list for an exit": script(one=says(to=["end"])),
    "a list for a kind": script(one={"kind": ["send_message"]}),
    "a very long text": script(one=says("x" * 1_000_000)),
    "a very long kind": script(one={"kind": "x" * 1_000_000}),
    "a very long name of a setting": script(one=says(**{"x" * 1_000_000: 1})),
    "a very long exit": script(one={**says(), "exits": {"x" * 1_000_000: "end", "next": "y" * 1_000_000}}),
    "a very long entry": {"entries": {"x" * 1_000_000: {"step": "x"}}, "steps": []},
    "an entry that leads far": {**script(one=says()), "entries": {"fallback": {"step": "x" * 1_000_000}}},
    "braces that are no place": script(one=says("Hi {{Visitor Name}}")),
    "a variable that nothing sets": script(one=says("It costs {{amount}}")),
    "a secret in a text": script(one=says("The key is {{secret.key}}")),
    "a loop": script(one=says(to="two"), two=says(to="one")),
    "a loop of one": script(one=says(to="one")),
    "a loop that a teammate who left closes": script(
        one={"kind": "hand_off", "params": {"reason": "r", "teammate": "ada"}, "exits": {"returned": "end", "failed": "two"}},
        two=says(to="one"),
    ),
    "talk after the end": {**script(one=says()), "entries": {"resolved": {"step": "two"}}, "steps": [{"id": "two", **asks()}]},
    "a silence of no time": {**script(one=says()), "entries": {"inactivity": {"step": "one", "seconds": 0}}},
    "a pattern that is none": script(one=asks(kind="order_number", pattern="(")),
    "a choice without its list": script(one=asks(kind="choice")),
    "a name that is none": script(one=asks(variable="The Amount")),
    "a name with a dot": script(one=asks(variable="visitor.vip")),
    "a team that is gone": script(one={"kind": "assign_team", "params": {"team": "Sales"}, "exits": {"next": "end"}}),
    "a condition without a value": script(one=decides(value="")),
    "a condition with nothing for a value": script(one=decides(value=None)),
    "a condition with a list for a value": script(one=decides(value=[])),
    "a condition about nothing": script(one=decides(subject=None)),
    "between one value": script(one=decides(test="between", second=None)),
    "a test that there is not": script(one=decides(test="smells")),
    "an empty row": script(one={"kind": "condition", "params": {"conditions": [{}]}, "exits": {"yes": "end", "no": "end"}}),
    "a call to a host that a customer chooses": script(
        one={"kind": "call_api", "params": {"address": "https://{{message}}/"}, "exits": {"success": "end", "failure": "end"}}
    ),
    "a call with a secret that is not there": script(
        one={"kind": "call_api", "params": {"address": "https://a.example/{{secret.gone}}"}, "exits": {"success": "end", "failure": "end"}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", WRONG.values(), ids=list(WRONG))
def test_this_is_refused(data):
    assert refused(data)


def test_every_entry_may_be_missing():
    for name in ENTRIES:
        assert not refused(
            {
                **script(one=says()),
                "entries": {name: {"step": "one"} | ({"seconds": 60} if name == "inactivity" else {})},
            }
        )
