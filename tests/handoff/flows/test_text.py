"""A flow as YAML: what is written is read back exactly, and nothing but plain data is let in."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.flows.script import NotAScript, read
from handoff.flows.steps import STEPS
from handoff.flows.text import LARGEST, NotAFlow, dump, load

AMBIGUOUS = ["yes", "No", "ON", "1.0", "1e3", "007", "9:30", "null", "~", "", "2026-01-01", "=", "<<", "- a", "a: b", "# no", "'", '"',
             "&a", "*a", "!x", "|", ">", "%", "@", "`", "{}", "[]", "?", "---", "...", "\ufeff", "vivollo_flow: 1"]  # fmt: skip
SHAPES = [" a", "a ", "a\n", "\na", "a\n\n", " \n a\n", "a\n b\n  c", "a\r\nb", "a\rb", "\ta\tb\n", "a\x85b", "a\u2028b\n", "👋\n👩‍👩‍👧", "\x07\x1b[0m\x7f",
          "{{amount}}\nline\n", "x " * 5000, "\n" * 40, "İstanbul\nçok", "a\n\n\nb", "#a\n#b", "a\n---\nb", "a\n...\n"]  # fmt: skip
texts = st.sampled_from(AMBIGUOUS + SHAPES) | st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12) | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts.filter(lambda one: len(one) < 60), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.text(max_size=20) | texts.filter(lambda one: len(one) <= 60)
steps = st.fixed_dictionaries(
    {"id": st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), "kind": st.sampled_from(list(STEPS)) | keys},
    optional={
        "title": texts,
        "params": st.dictionaries(keys | st.just("text"), values, max_size=4),
        "exits": st.dictionaries(keys | st.sampled_from(["yes", "no"]), keys, max_size=3),
    },
)
scripts = st.fixed_dictionaries(
    {},
    optional={
        "entries": st.fixed_dictionaries({}, optional={
            "fallback": st.fixed_dictionaries({"step": keys}),
            "inactivity": st.fixed_dictionaries({"step": keys}, optional={"seconds": st.integers(0, 9999), "each_time": st.booleans()}),
        }),
        "steps": st.lists(steps, max_size=4, unique_by=lambda one: one["id"]),
    },
)  # fmt: skip

REFUND = {
    "entries": {"fallback": {"step": "hello"}, "inactivity": {"step": "hello", "seconds": 120, "each_time": True}},
    "steps": [
        {"exits": {"next": "over"}, "params": {"options": ["yes", "1.0"], "text": "Hi 👋\nWhat is it?\n"}, "kind": "send_message", "id": "hello"},
        {"id": "over", "kind": "condition", "title": "Over 500?", "params": {}, "exits": {"yes": "end", "no": "hello"}},
    ],
}  # fmt: skip
WRITTEN = """\
vivollo_flow: 1
name: Refund
entries:
  fallback:
    step: hello
  inactivity:
    step: hello
    seconds: 120
    each_time: true
steps:
  - id: hello
    kind: send_message
    params:
      text: |
        Hi 👋
        What is it?
      options:
        - 'yes'
        - '1.0'
    exits:
      next: over
  - id: over
    kind: condition
    title: Over 500?
    params: {}
    exits:
      'yes': end
      'no': hello
"""


def test_a_flow_is_written_as_people_would_write_it():
    assert dump("Refund", REFUND) == WRITTEN


@settings(deadline=None, max_examples=300)
@given(st.text(min_size=1, max_size=80).filter(str.strip) | st.sampled_from(["yes", "2026-01-01"]), scripts)
@example("a", {"steps": [{"id": "a", "kind": "k", "params": {"t": one}} for one in ["x"]]})
def test_whatever_can_be_read_is_written_and_read_back_exactly(name, data):
    try:
        read(data)
        name.encode()
        ok = "\0" not in name
    except (NotAScript, UnicodeEncodeError):
        ok = False
    if ok:
        text = dump(name, data)
        assert load(text) == (name, data)
        assert yaml.safe_load(text) == {"vivollo_flow": 1, "name": name, **data}, "other tools read the same"


@pytest.mark.parametrize("text", AMBIGUOUS + SHAPES)
def test_texts_that_look_like_something_else_stay_texts(text):
    data = {
        "steps": [
            {"id": "a", "kind": "send_message", "params": {"text": text, "options": [text], "rows": [{"x": text}]}}
        ]
    }
    assert load(dump("A", data)) == ("A", data)


def test_a_flow_as_large_as_it_may_be_is_written_and_read_back():
    steps = [
        {"id": f"s{n}", "kind": "send_message", "title": "", "params": {"text": "Zeile\n" * 300}, "exits": {}}
        for n in range(200)
    ]
    data = {"entries": {}, "steps": steps}
    assert load(dump("Large", data)) == ("Large", data)


def test_a_person_may_write_yes_and_no_and_numbers_without_quotes():
    text = "vivollo_flow: 1\nname: A\nsteps:\n- id: a\n  kind: condition\n  exits: {yes: b, no: end}\n  params: {x: 007, y: 9:30, z: 2026-01-01, n: 12, f: yes}\n"
    step = load(text)[1]["steps"][0]
    assert step["exits"] == {"yes": "b", "no": "end"}
    assert step["params"] == {"x": "007", "y": "9:30", "z": "2026-01-01", "n": 12, "f": True}


HEAD = "vivollo_flow: 1\nname: A\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The text is empty."),
        ("hello", "Line 1: this is no flow"),
        ("- a", "Line 1: this is no flow"),
        ("name: A", "Line 1: this is no flow"),
        ("vivollo_flow: 2\nname: A", "Line 1: this is version 2"),
        ("vivollo_flow: true\nname: A", "Line 1: this is version True"),
        ("vivollo_flow: 1\n", "Line 1: a flow has a “name”"),
        ("vivollo_flow: 1\n\nname: 4\n", "Line 3: a flow has a “name”"),
        (HEAD + "a: &x [1]\nb: [*x, *x]", "Line 3: anchors"),
        (HEAD + "steps: *x", "Line 3: anchors"),
        (HEAD + "steps: !!python/object/apply:os.system [ls]", "Line 3: types"),
        (HEAD + "steps: !!set {a}", "Line 3: types"),
        (HEAD + "name: B", "Line 3: “name” is there twice."),
        (HEAD + "steps: []\n1: 2", "Line 4: what stands before a colon"),
        (HEAD + "? [a]\n: b", "Line 3: what stands before a colon"),
        (HEAD + "steps: [", "is not written as YAML wants it"),
        (HEAD + "---\nb: 1", "Line 3: a second document"),
        (HEAD + "other: 1", "Line 3: A flow has “entries” and “steps” only"),
        (HEAD + "steps: 4", "Line 3: “steps” is a list"),
        (HEAD + "entries:\n  fallback: {step: a}\n  sometimes: {step: a}", "Line 5: There is no entry “sometimes”"),
        (HEAD + "steps:\n  - {id: a, kind: tag}\n\n  - id: A\n    kind: tag", "Line 6: Step 2 needs an id"),
        (HEAD + "steps:\n  - {id: a, kind: tag}\n  - {id: a, kind: tag}", "Line 5: Two steps are called “a”."),
        (HEAD + "steps: a\x00b", "Line 3: there is a character"),
        (HEAD + "steps: a\ud800b", "Line 3: there is a character"),
        (HEAD + "steps: " + "[" * 100_000, "Line 3: this is nested too deeply."),
        (HEAD + "steps: " + "{a: " * 100_000, "Line 3: this is nested too deeply."),
        (HEAD + "#" * LARGEST, "longer than a megabyte"),
    ],
)  # fmt: skip
def test_what_is_no_flow_is_refused_with_the_line_that_is_wrong(text, words):
    with pytest.raises(NotAFlow) as refused:
        load(text)
    assert words in str(refused.value)


@settings(deadline=None)
@given(st.text() | st.text(alphabet=" \n-:{}[]&*!|>'\"%@?,#ab1\t").map(lambda rest: HEAD + "steps:" + rest))
def test_no_text_does_more_than_be_refused(text):
    try:
        name, data = load(text)
    except NotAFlow:
        return
    assert name
    read(data)


def test_what_is_no_script_is_not_written():
    with pytest.raises(NotAFlow, match="Two steps are called “a”"):
        dump("A", {"steps": [{"id": "a", "kind": "tag"}, {"id": "a", "kind": "tag"}]})
