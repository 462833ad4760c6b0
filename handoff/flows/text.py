"""A flow as a text that people can read, keep and send: YAML out, and YAML in with nothing but plain data allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from handoff.flows.script import ENTRIES, NotAScript, read
from handoff.flows.steps import STEPS

VERSION = 1
LARGEST = 1_000_000
DEEPEST = 30
LONGEST_NAME = 80
_PARSER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_NOT_ALLOWED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ODD_BREAK = re.compile("[\r\x85\u2028\u2029\ufeff]")
# What a word without quotes is, when it is no text. Narrower than YAML 1.1: 007, 9:30 and 2026-01-01 stay texts.
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "yes": True, "false": False, "no": False}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,400})", re.ASCII)
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]{1,4})?", re.ASCII)


class NotAFlow(Exception):
    """The text is no flow; the sentence says what is wrong, and in which line."""


def dump(name: str, data: dict[str, Any]) -> str:
    """The flow as YAML; `load` reads back exactly what was given. NotAFlow where it could not."""
    try:
        read(data)
    except NotAScript as wrong:
        raise NotAFlow(str(wrong)) from wrong
    whole = {"vivollo_flow": VERSION, "name": name}
    if "entries" in data:
        whole["entries"] = _in_order(data["entries"], ENTRIES)
    if "steps" in data:
        whole["steps"] = [_step(row) for row in data["steps"]]
    text = yaml.dump(whole, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=10**9)
    if load(text) != (name, data):
        raise NotAFlow("This flow holds something that a text cannot keep.")
    return text


def load(text: str) -> tuple[str, dict[str, Any]]:
    """The flow's name and data, or NotAFlow."""
    if len(text.encode(errors="replace")) > LARGEST:
        raise NotAFlow("The text is longer than a megabyte.")
    if odd := _NOT_ALLOWED.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise NotAFlow(f"Line {line}: there is a character that YAML does not allow.")
    reading = _Reading(text.removeprefix("\ufeff"))
    whole = reading.whole
    if not isinstance(whole, dict) or whole.get("vivollo_flow") is None:
        raise NotAFlow(f"Line 1: this is no flow. A flow begins with “vivollo_flow: {VERSION}”.")
    version, name = whole.pop("vivollo_flow"), whole.pop("name", None)
    if version != VERSION or isinstance(version, bool):
        raise NotAFlow(f"{reading.at('vivollo_flow')}: this is version {version} of the format; known is {VERSION}.")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise NotAFlow(f"{reading.at('name')}: a flow has a “name” of at most {LONGEST_NAME} characters.")
    try:
        read(whole)
    except NotAScript as wrong:
        raise NotAFlow(f"{_place(reading, whole)}: {wrong}") from wrong
    return name, whole


def _place(reading: _Reading, whole: Mapping[str, Any]) -> str:
    """The line of the first step or entry that is wrong for itself; else that of what is wrong with all."""
    for key in whole:
        if key not in ("entries", "steps"):
            return reading.at(key)
    steps, entries = whole.get("steps"), whole.get("entries")
    for number, row in enumerate(steps if isinstance(steps, list) else ()):
        if not _reads({"steps": [row]}):
            return reading.at("steps", number)
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if not _reads({"entries": {name: entry}}):
            return reading.at("entries", name)
    ids = [row["id"] for row in steps] if isinstance(steps, list) else []
    twice = next((at for at, one in enumerate(ids) if one in ids[:at]), None)
    return reading.at("steps") if twice is None else reading.at("steps", twice)


def _reads(data: dict[str, Any]) -> bool:
    try:
        read(data)
    except NotAScript:
        return False
    return True


class _Reading:
    """The plain value of a text, and in which line each of its parts begins."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        self._events: Iterator[Any] = yaml.parse(text, Loader=_PARSER)
        try:
            self._next()
            event = self._next()
            if isinstance(event, yaml.StreamEndEvent):
                raise NotAFlow("The text is empty.")
            self.whole = self._value(self._next(), ())
            self._next()
            if not isinstance(event := self._next(), yaml.StreamEndEvent):
                raise _wrong(event, "a second document begins here. One text is one flow.")
        except yaml.MarkedYAMLError as trouble:
            mark = trouble.problem_mark or trouble.context_mark
            where = f"Line {mark.line + 1}: " if mark else ""
            raise NotAFlow(f"{where}this is not written as YAML wants it ({trouble.problem}).") from trouble
        except yaml.YAMLError as trouble:
            raise NotAFlow("This is not written as YAML wants it.") from trouble

    def at(self, *path: str | int) -> str:
        """“Line 7”: where that part begins, or what it belongs to."""
        while path and path not in self._lines:
            path = path[:-1]
        return f"Line {self._lines.get(path, 1)}"

    def _next(self) -> Any:
        return next(self._events)

    def _value(self, event: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _wrong(event, "anchors and references (& and *) are not allowed in a flow.")
        if event.tag is not None and event.tag != "!":
            raise _wrong(event, "types (!…) are not allowed in a flow.")
        if len(path) > DEEPEST:
            raise _wrong(event, "this is nested too deeply.")
        self._lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return event.value if event.style or event.tag else _plain(event)

    def _mapping(self, path: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._value(event, (*path, "?")) if isinstance(event, yaml.ScalarEvent) else None
            key = event.value if isinstance(key, bool) else key  # a condition's ways out are yes and no
            if not isinstance(key, str):
                raise _wrong(event, "what stands before a colon is a word; put it in quotes.")
            if key in found:
                raise _wrong(event, f"“{key}” is there twice.")
            self._lines[(*path, key)] = event.start_mark.line + 1
            found[key] = self._value(self._next(), (*path, key))
        return found

    def _sequence(self, path: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found


def _plain(event: Any) -> Any:
    value: str = event.value
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if _WHOLE.fullmatch(value):
        return int(value)
    return float(value) if _FRACTION.fullmatch(value) else value


def _wrong(event: Any, words: str) -> NotAFlow:
    return NotAFlow(f"Line {event.start_mark.line + 1}: {words}")


# ── Writing.


class _Dumper(yaml.SafeDumper):
    """Lists stand indented below their name, and a text of several lines stands as it is."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAK.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _in_order(value: Mapping[str, Any], order: Iterable[str]) -> dict[str, Any]:
    ordered = [key for key in order if key in value]
    return {key: value[key] for key in (*ordered, *(key for key in value if key not in ordered))}


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    found = _in_order(row, ("id", "kind", "title", "params", "exits"))
    kind = STEPS.get(row["kind"])
    if kind and "params" in row:
        found["params"] = _in_order(row["params"], [param.name for param in kind.params])
    return found
