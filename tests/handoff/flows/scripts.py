"""Random flows: valid ones that may be published, and broken ones that must be refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from handoff.flows import template
from handoff.flows.check import KNOWN_FACTS, readable_at
from handoff.flows.directory import Directory
from handoff.flows.kinds import Kind
from handoff.flows.script import END, ENTRIES, Step, read
from handoff.flows.steps import STEPS

HOUSE = Directory(
    teams=frozenset({"Support", "Refunds"}),
    teammates=frozenset({"ada", "bruno"}),
    tags=frozenset({"VIP", "refund"}),
    fields=frozenset({"size", "plan"}),
    hours=frozenset({"Office"}),
    flows=frozenset({"other"}),
    secrets=frozenset({"key"}),
)
NOWHERE = "http://127.0.0.1:9"  # the port of a service that throws everything away
VARIABLES = ("amount", "order", "answer", "email", "status")
READABLE = ("message", "visitor.name", "memory.order", "field.size", "meta.plan", "conversation.tags")
PLACES = tuple(f"{{{{{name}}}}}" for name in (*VARIABLES, *READABLE, "person.note", "handoff.outcome", "call.status"))
Data = dict[str, Any]

# ── Their parts.

words = st.lists(st.sampled_from((*PLACES, "Hello", "Refund?", "İade, lütfen", "500", "}}", "{", "❤", " ")), max_size=4)
lines = words.map(" ".join).map(lambda text: text.strip() or "Fine").filter(lambda text: not template.stray(text))
some = st.sampled_from
variables = some(VARIABLES)
options = st.lists(some(("Red", "Blue", "Green", "Another one")), min_size=1, max_size=3, unique=True)
tries = st.integers(1, 3)


def maybe(value: Any) -> st.SearchStrategy[Any]:
    """The value, or the empty text of a parameter that is left out."""
    return st.one_of(st.just(""), value)


@st.composite
def conditions(draw: st.DrawFn) -> Data:
    test = draw(some(("equals", "contains", "matches", "is_set", "greater", "between", "before", "in_list", "has_tag",
                      "page_visited", "in_business_hours", "teammate_available")))  # fmt: skip
    value = {
        "has_tag": "VIP", "in_business_hours": "Office", "teammate_available": "team:Support", "matches": "(a+)+$",
    }.get(test) or draw(some(("500", "Red", "today", "2026-07-01")))  # fmt: skip
    subject = draw(some((*VARIABLES, *READABLE)))
    return {"subject": subject, "negate": draw(st.booleans()), "test": test, "value": value, "second": "900"}


def fields(kind: str) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries(
        {"name": variables, "label": lines, "kind": st.just(kind), "required": st.booleans(), "options": options}
    )


def calls(address: str) -> st.SearchStrategy[Data]:
    places = some(("", "/orders/{{order}}", "/?of={{message}}"))
    rows = st.fixed_dictionaries({"variable": variables, "path": some(("status", "items[0].price", "none"))})
    headers = some(([], [{"name": "X-Order", "value": "{{order}}"}], [{"name": "X-Key", "value": "{{secret.key}}"}]))
    shared = {"headers": headers, "mapping": st.lists(rows, max_size=2), "seconds": st.integers(1, 3)}
    shared |= {"address": places.map(lambda rest: address + rest), "once": st.booleans()}
    body = some(("", '{"order": "{{order}}", "text": "of {{message}}"}'))
    return st.one_of(
        st.fixed_dictionaries({**shared, "method": st.just("GET")}),
        st.fixed_dictionaries({**shared, "method": some(("POST", "PUT", "DELETE")), "body": body}),
    )


@st.composite
def hand_offs(draw: st.DrawFn) -> Data:
    return {
        "reason": draw(lines), "code": draw(some(("flow_step", "high_value", "customer_request"))),
        "urgency": draw(some(("low", "normal", "high"))), "team": draw(maybe(some(sorted(HOUSE.teams)))),
        "teammate": draw(maybe(some(sorted(HOUSE.teammates)))), "note": draw(maybe(lines)),
        "quiet": draw(st.booleans()), "expires": draw(some((0, 0, 60, 604_800))),
    }  # fmt: skip


def intents(names: list[str]) -> list[Data]:
    return [{"name": one, "examples": [one, f"I want {one}"]} for one in names]


def parameters(address: str) -> dict[str, st.SearchStrategy[Data]]:
    """For each kind of step what may stand in its form."""
    record = st.fixed_dictionaries
    answers = ("text", "number", "amount", "date", "email", "phone", "order_number", "choice")
    found = {
        "send_message": record({"text": lines, "options": st.lists(lines, max_size=2), "card_title": maybe(lines),
                                "card_text": maybe(lines), "card_url": maybe(some(("/demo/returns/", "https://a.example")))}),
        "ask": record({"question": lines, "kind": some(answers), "variable": variables, "options": options,
                       "currency": some(("", "TRY", "EUR")), "pattern": maybe(some(("LD-[0-9]{5}", "(x+x+)+y"))),
                       "hint": maybe(lines), "tries": tries, "listen": st.booleans(), "remember": maybe(variables)}),
        "capture_contact": record({"what": some(("email", "phone", "name")), "question": lines, "tries": tries}),
        "form": record({"text": lines, "fields": st.lists(some((*answers, "long_text")).flatmap(fields), min_size=1,
                                                          max_size=3, unique_by=lambda row: row["name"]), "tries": tries}),
        "condition": record({"match": some(("all", "any")), "conditions": st.lists(conditions(), min_size=1, max_size=3)}),
        "intent": st.lists(some(("Refund", "Delivery", "Something else")), min_size=1, max_size=3, unique=True)
            .map(lambda names: {"intents": intents(names)}),
        "assistant": record({"answers": some((0, 1, 2))}),
        "hand_off": hand_offs(),
        "assign_user": record({"teammate": some(sorted(HOUSE.teammates))}),
        "assign_team": record({"team": some(sorted(HOUSE.teams))}),
        "tag": record({"tag": some(sorted(HOUSE.tags)), "way": some(("add", "remove"))}),
        "set_field": record({"field": some(sorted(HOUSE.fields)), "value": maybe(lines)}),
        "remember": record({"key": variables, "value": lines}),
        "call_api": calls(address),
        "wait": record({"seconds": some((1, 60, 86_400))}),
        "redirect": record({"flow": some(sorted(HOUSE.flows))}),
        "resolve": st.just({}),
    }  # fmt: skip
    assert set(found) == set(STEPS), "a new kind of step needs its random parameters here"
    return found


# ── Valid ones.


@st.composite
def valid_flows(draw: st.DrawFn, address: str = NOWHERE, most: int = 7, kinds: tuple[str, ...] = ()) -> Data:
    """A flow in which the check finds nothing: every exit leads somewhere, and every loop comes to rest."""
    given = parameters(address)
    talking = draw(st.lists(some(kinds or (*STEPS, "ask", "form", "hand_off")), min_size=1, max_size=most))
    silent = draw(st.lists(some(tuple(name for name in STEPS if STEPS[name].silent)), max_size=2))
    steps = [{"id": f"s{at}", "kind": kind, "params": draw(given[kind])} for at, kind in enumerate(talking)]
    after = [{"id": f"r{at}", "kind": kind, "params": draw(given[kind])} for at, kind in enumerate(silent)]
    for group in (steps, after):
        for at, step in enumerate(group):
            step["title"] = draw(some(("", f"Step {at}")))
            step["exits"] = _exits(draw, group, at)
    names = draw(st.lists(some([name for name in ENTRIES if name != "resolved"]), min_size=1, unique=True))
    entries: Data = {name: {"step": draw(some(steps))["id"]} for name in names}
    if "inactivity" in entries:
        entries["inactivity"] |= {"seconds": draw(some((10, 120))), "each_time": draw(st.booleans())}
    if after:
        entries["resolved"] = {"step": "r0"}
    return _mended({"entries": {name: entries[name] for name in ENTRIES if name in entries}, "steps": steps + after})


def _exits(draw: st.DrawFn, group: list[Data], at: int) -> Data:
    """Forward at will, and back only between steps of which one waits, so that every loop comes to rest."""
    step = group[at]
    kind = STEPS[step["kind"]]
    exits: Data = {}
    for one in kind.exits(Step(step["id"], step["kind"], params=step["params"])):
        if one.otherwise and draw(st.booleans()):
            continue
        rests = kind.waits and one.name not in kind.at_once
        back = [other["id"] for other in group[: at + 1] if rests or _rests(STEPS[other["kind"]])]
        exits[one.name] = draw(some([*[other["id"] for other in group[at + 1 :]] * 3, *back, END]))
    return exits


def _rests(kind: Kind) -> bool:
    return kind.waits and not kind.at_once


def _mended(data: Data) -> Data:
    """The flow without what nothing leads to, and without reading what nothing can have set."""
    ahead, reached = [entry["step"] for entry in data["entries"].values()], set()
    by_id = {step["id"]: step for step in data["steps"]}
    while ahead:
        found = ahead.pop()
        if found not in reached and found in by_id:
            reached.add(found)
            ahead += by_id[found]["exits"].values()
    kept = {**data, "steps": [step for step in data["steps"] if step["id"] in reached]}
    arriving = readable_at(read(kept))
    steps = [{**step, "params": _readable(step["params"], arriving[step["id"]])} for step in kept["steps"]]
    return {**kept, "steps": steps}


def _readable(value: Any, known: frozenset[str]) -> Any:
    def is_known(name: str) -> bool:
        return name in known or name in KNOWN_FACTS or name.partition(".")[0] in ("memory", "meta", "field", "secret")

    if isinstance(value, Mapping):
        mended = {key: _readable(one, known) for key, one in value.items()}
        if "subject" in mended and not is_known(mended["subject"]):
            mended["subject"] = "message"
        return mended
    if isinstance(value, list):
        return [_readable(one, known) for one in value]
    if not isinstance(value, str):
        return value
    return template.PLACE.sub(lambda place: place[0] if is_known(place[1]) else "{{message}}", value)


# ── Broken ones.


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    found: Any = []
    for _ in range(depth):
        found = [found]
    return found


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 10**400, "", " ", "x" * 100_000, "\ud800", "a\0b", "{{",
    "{{a b}}", "{{amount}}", "{{secret.key}}", "{{secret.other}}", "end", "s0", "(?P<x>a)(?P=x)", "[", "a{99}{99}", [], [[]],
    ["\ud800"], [[["x"]]], {}, {"": ""}, {"text": {"text": []}}, {1: 2}, {"seconds": 10**400}, set(), object(), b"bytes",
    1j, {"name": []}, [{"name": [], "label": {}, "test": [], "value": [], "path": {}, "variable": 3, "examples": 4}],
    [{"kind": "choice"}], [{"test": "between", "subject": "", "value": None, "second": []}], nested(50),
)  # fmt: skip
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | some(ODD)
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    some(("entries", "steps", "id", "kind", "params", "exits", "step", "fallback")) | st.text(max_size=5), inner, max_size=4,
), max_leaves=20)  # fmt: skip


def places(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of the data, the whole first."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [way, *(place for key, one in inner for place in places(one, (*way, key)))]


def changed(data: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The data with another value at that place."""
    if not way:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[way[0]] = changed(data[way[0]], way[1:], value) if way[1:] else value
    return copy


def without(data: Any, way: tuple[Any, ...]) -> Any:
    """The data without that place; None where it is the whole."""
    if not way:
        return None
    copy = dict(data) if isinstance(data, dict) else list(data)
    if way[1:]:
        copy[way[0]] = without(data[way[0]], way[1:])
    else:
        del copy[way[0]]
    return copy


@st.composite
def mutated_flows(draw: st.DrawFn) -> Any:
    """A valid flow in which one, two or three things are not what they were; it may still be valid."""
    data: Any = draw(valid_flows())
    for _ in range(draw(st.integers(1, 3))):
        way = draw(some(places(data)))
        gone = draw(st.booleans())
        data = without(data, way) if gone else changed(data, way, draw(some(ODD) | anything))
    return data
