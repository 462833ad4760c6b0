"""Whether the parameters of one step can be what they are: present, of their shape, and naming what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from handoff.flows import calls, patterns, template
from handoff.flows.conditions import TESTS
from handoff.flows.directory import Directory
from handoff.flows.kinds import Kind, Param, shown
from handoff.flows.script import Step
from handoff.flows.steps.deciding import NONE_OF_THESE, slug
from handoff.flows.steps.texts import rows

VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST = 2000
Found = Iterator[tuple[str, str]]  # the parameter's name, and the words


def param_problems(kind: Kind, step: Step, directory: Directory) -> Found:
    """Every problem of the step's parameters as (parameter, words)."""
    known = {param.name for param in kind.params}
    for name in step.params:
        if name not in known:
            yield name, f"“{kind.label}” has no setting “{name}”."
    for param in kind.params:
        if shown(param, step.params):
            yield from _param(param, step.params.get(param.name), directory)
    yield from SPECIAL.get(kind.name, _nothing)(step, directory)


def _nothing(step: Step, directory: Directory) -> Found:
    yield from ()


def _param(param: Param, value: Any, directory: Directory) -> Found:
    if value is None or value == "" or value == () or value == []:
        if param.required:
            yield param.name, f"“{param.label}” is empty."
        return
    if param.kind == "flag":
        if not isinstance(value, bool):
            yield param.name, f"“{param.label}” is yes or no."
    elif param.kind in ("number", "seconds"):
        if not isinstance(value, int) or isinstance(value, bool) or not param.low <= value <= param.high:
            yield param.name, f"“{param.label}” is a whole number from {param.low} to {param.high}."
    elif param.kind == "lines":
        if not isinstance(value, tuple | list) or not all(isinstance(one, str) and one.strip() for one in value):
            yield param.name, f"“{param.label}” is a list of texts, none of them empty."
        elif len(value) > param.most:
            yield param.name, f"“{param.label}” has at most {param.most}, this one has {len(value)}."
    elif param.kind == "rows":
        yield from _rows(param, value, directory)
    elif not isinstance(value, str) or len(value) > LONGEST:
        yield param.name, f"“{param.label}” is a text of at most {LONGEST} characters."
    else:
        yield from _text(param, value, directory)


def _rows(param: Param, value: Any, directory: Directory) -> Found:
    if not isinstance(value, tuple | list) or not all(isinstance(row, Mapping) for row in value):
        yield param.name, f"“{param.label}” is a list of rows."
        return
    if len(value) > param.most:
        yield param.name, f"“{param.label}” has at most {param.most}, this one has {len(value)}."
    columns = {column.name for column in param.columns}
    for number, row in enumerate(value, start=1):
        for name in row:
            if name not in columns:
                yield param.name, f"{param.label}, row {number}: there is no “{name}”."
        for column in param.columns:
            if shown(column, row):
                for _name, words in _param(column, row.get(column.name), directory):
                    yield param.name, f"{param.label}, row {number}: {words}"


def _text(param: Param, value: str, directory: Directory) -> Found:
    if param.choices and value not in {name for name, _label in param.choices}:
        yield param.name, f"“{param.label}” is none of {', '.join(name for name, _label in param.choices)}."
    if param.kind == "variable" and not VARIABLE.fullmatch(value):
        yield param.name, f"“{value}” cannot be a name: small letters, digits and _, beginning with a letter."
    if param.kind in ("line", "words") and (stray := template.stray(value)):
        yield (
            param.name,
            f"“{{{{{stray}}}}}” is no variable: write small letters, digits, _ and dots between the braces.",
        )
    if param.kind == "pattern" and (wrong := patterns.problem(value)):
        yield param.name, wrong
    there = _there(param.kind, directory)
    if there is not None and value not in there:
        yield param.name, f"The {param.kind} “{value}” is gone, or never was there. Choose another."


def _there(kind: str, directory: Directory) -> frozenset[str] | None:
    return {
        "team": directory.teams,
        "teammate": directory.teammates,
        "tag": directory.tags,
        "field": directory.fields,
        "hours": directory.hours,
        "flow": directory.flows,
    }.get(kind)


# ── What only one kind has to keep.


def _ask(step: Step, directory: Directory) -> Found:
    if step.params.get("kind") == "choice" and not step.params.get("options"):
        yield "options", "A choice needs its list."


def _form(step: Step, directory: Directory) -> Found:
    names = [str(row.get("name") or "") for row in rows(step, "fields")]
    for name in sorted({one for one in names if one and names.count(one) > 1}):
        yield "fields", f"Two fields are kept as “{name}”."
    for row in rows(step, "fields"):
        if row.get("kind") == "choice" and not row.get("options"):
            yield "fields", f"“{row.get('label')}” is a choice and needs its list."


def _condition(step: Step, directory: Directory) -> Found:
    for number, row in enumerate(rows(step, "conditions"), start=1):
        test = TESTS.get(str(row.get("test", "")))
        if test is None:
            continue
        if test.needs_subject and not row.get("subject"):
            yield "conditions", f"Row {number} does not say what “{test.label}” is about."
        if test.needs_value and not row.get("value"):
            yield "conditions", f"Row {number} does not say what it {test.label}."
        if test.needs_second_value and not row.get("second"):
            yield "conditions", f"Row {number} lacks its second value."
        yield from _condition_names(number, row, directory)


def _condition_names(number: int, row: Mapping[str, Any], directory: Directory) -> Found:
    test, value = row.get("test"), str(row.get("value", ""))
    if test == "has_tag" and value not in directory.tags:
        yield "conditions", f"Row {number}: the tag “{value}” is gone, or never was there."
    if test == "in_business_hours" and value not in directory.hours:
        yield "conditions", f"Row {number}: there are no business hours “{value}”."
    if test == "matches" and (wrong := patterns.problem(value)):
        yield "conditions", f"Row {number}: {wrong}"
    if test == "teammate_available" and not _is_somebody(value, directory):
        yield "conditions", f"Row {number}: “{value}” is nobody here. Write anyone, teammate:<name> or team:<name>."


def _is_somebody(value: str, directory: Directory) -> bool:
    kind, colon, name = value.partition(":")
    if not colon:
        return kind == "anyone"
    return name in {"teammate": directory.teammates, "team": directory.teams}.get(kind, frozenset())


def _intent(step: Step, directory: Directory) -> Found:
    names = [slug(row.get("name")) for row in rows(step, "intents")]
    for name in sorted({one for one in names if names.count(one) > 1 or one == NONE_OF_THESE.name}):
        yield "intents", f"Two ways out would be called “{name}”. Rename an intent."
    if any(not name for name in names):
        yield "intents", "An intent's name needs at least one letter a-z or digit."


def _call_api(step: Step, directory: Directory) -> Found:
    for number, row in enumerate(rows(step, "mapping"), start=1):
        if not calls.is_path(str(row.get("path", ""))):
            yield "mapping", f"Row {number}: write the way into the answer such as order.items[0].status."
    texts = {name: step.params.get(name) or "" for name in ("method", "address", "body")}
    if not all(isinstance(one, str) for one in texts.values()):
        return  # said already
    headers = tuple((str(row.get("name", "")), str(row.get("value", ""))) for row in rows(step, "headers"))
    if texts["address"]:
        for words in calls.problems(texts["method"] or "GET", texts["address"], headers, texts["body"]):
            yield "address", words
    named = calls.secrets_named(texts["address"], headers, texts["body"])
    for name in sorted(named - directory.secrets):
        yield "headers", f"There is no secret “{name}”. Add it first."


def _hand_off(step: Step, directory: Directory) -> Found:
    if step.params.get("expires") and not step.exits.get("expired"):
        yield "expires", "Say what happens when nobody came: connect “expired”."


SPECIAL = {
    "ask": _ask,
    "form": _form,
    "condition": _condition,
    "intent": _intent,
    "call_api": _call_api,
    "hand_off": _hand_off,
}
