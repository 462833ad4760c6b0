"""An admin's regular expressions, searched in a time that grows with the text only: no pattern can hang a worker.

Python's own engine goes back over the text for each way to match, which takes years for “(a+)+$”. Here all ways are
followed at once, as in RE2; what that cannot do (back-references, looking ahead or behind) is refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]  # typeshed hides the parser that `re` itself uses
from re import _parser as parser  # type: ignore[attr-defined]  # the same
from typing import Any

from handoff.assistants.words import fold

LONGEST_PATTERN = 200
LONGEST_TEXT = 500
MOST_NODES = 600
MOST_MATCHES = 4


class NotAPattern(Exception):
    """The sentence says why the pattern cannot be used."""


def problem(pattern: str) -> str:
    """Why the pattern cannot be used, for the admin; empty when it can."""
    try:
        _program(pattern, False)
    except NotAPattern as wrong:
        return str(wrong)
    return ""


def finds(pattern: str, text: str) -> bool:
    """True when the pattern occurs in the first 500 characters, whatever the case and accents; False for a bad one."""
    try:
        return _search(_program(pattern, True), text[:LONGEST_TEXT], 0, whole=False) is not None
    except NotAPattern:
        return False


def whole_words(pattern: str, text: str) -> list[str]:
    """The first few parts that the pattern matches exactly, none of them inside a longer word; none for a bad one."""
    text, at, found = text[:LONGEST_TEXT], 0, list[str]()
    try:
        program = _program(pattern, False)
    except NotAPattern:
        return []
    while len(found) < MOST_MATCHES and (span := _search(program, text, at, whole=True)):
        if span[1] > span[0]:
            found.append(text[span[0] : span[1]])
        at = max(span[1], span[0] + 1)
    return found


@dataclass(slots=True)
class _Node:
    """One state: it eats a character, asks about its place, goes several ways, or (with nothing of these) is the end."""

    ways: tuple[int, ...] = ()
    eats: Callable[[str], bool] | None = None
    place: Callable[[str, int], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Program:
    nodes: list[_Node]
    start: int


@dataclass(slots=True)
class _Builder:
    """Makes the states from the end of the pattern to its beginning."""

    forgiving: bool
    flags: int
    nodes: list[_Node] = field(default_factory=lambda: [_Node()])
    work: int = 0

    def spend(self) -> None:
        self.work += 1
        if self.work > 4 * MOST_NODES:
            raise NotAPattern("The pattern repeats too much.")

    def add(self, node: _Node) -> int:
        self.nodes.append(node)
        if len(self.nodes) > MOST_NODES:
            raise NotAPattern("The pattern repeats too much.")
        return len(self.nodes) - 1

    def sequence(self, items: Any, then: int) -> int:
        for op, arg in reversed(list(items)):
            self.spend()
            then = self.one(op, arg, then)
        return then

    def one(self, op: Any, arg: Any, then: int) -> int:
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            return self.add(_Node((then,), eats=_eats(op, arg, forgiving=self.forgiving, flags=self.flags)))
        if op is ops.AT and arg in _PLACES:
            line = bool(self.flags & re.MULTILINE)
            return self.add(_Node((then,), place=_LINE_PLACES.get(arg, _PLACES[arg]) if line else _PLACES[arg]))
        if op is ops.BRANCH:
            return self.add(_Node(tuple(self.sequence(branch, then) for branch in arg[1])))
        if op is ops.SUBPATTERN and not (arg[1] | arg[2]) & ~re.IGNORECASE:
            return self.sequence(arg[3], then)
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            least, most, items = arg
            return self.repeat(least, most, items, then)
        raise NotAPattern("The pattern looks ahead, looks behind, or refers back, which is not possible here.")

    def repeat(self, least: int, most: Any, items: Any, then: int) -> int:
        start = then
        if most is ops.MAXREPEAT:
            start = self.add(_Node())
            self.nodes[start].ways = (self.sequence(items, start), then)
        else:
            for _ in range(most - least):
                start = self.add(_Node((self.sequence(items, start), then)))
        for _ in range(least):
            self.spend()
            start = self.sequence(items, start)
        return start


@lru_cache(maxsize=256)
def _program(pattern: str, forgiving: bool) -> _Program:
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise NotAPattern(f"A pattern has 1 to {LONGEST_PATTERN} characters.")
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError, ValueError) as wrong:
        raise NotAPattern(f"This is not a regular expression: {wrong}.") from None
    builder = _Builder(forgiving or bool(tree.state.flags & re.IGNORECASE), tree.state.flags)
    start = builder.sequence(tree, 0)
    return _Program(builder.nodes, start)


def _search(program: _Program, text: str, at: int, *, whole: bool) -> tuple[int, int] | None:
    """Where the leftmost, longest match from `at` on begins and ends."""
    best: tuple[int, int] | None = None
    alive: dict[int, int] = {}
    for here in range(at, len(text) + 1):
        if best is None and not (whole and here and text[here - 1].isalnum()):
            _reach(program, program.start, here, here, text, alive)
        ended = alive.get(0)
        if ended is not None and not (whole and text[here : here + 1].isalnum()) and (best is None or ended <= best[0]):
            best = (ended, here)
        if here == len(text):
            break
        after: dict[int, int] = {}
        for state, began in alive.items():  # in the order of their beginnings, so that the leftmost keeps its place
            node = program.nodes[state]
            if node.eats and (best is None or began <= best[0]) and node.eats(text[here]):
                _reach(program, node.ways[0], began, here + 1, text, after)
        alive = after
        if best is not None and not alive:
            break
    return best


def _reach(program: _Program, state: int, began: int, here: int, text: str, alive: dict[int, int]) -> None:
    """Everything that can be reached from the state without eating a character is alive."""
    waiting = [state]
    while waiting:
        state = waiting.pop()
        if state in alive:
            continue
        alive[state] = began
        node = program.nodes[state]
        if node.eats is None and (node.place is None or node.place(text, here)):
            waiting.extend(reversed(node.ways))


def _eats(op: Any, arg: Any, *, forgiving: bool, flags: int) -> Callable[[str], bool]:
    if op is ops.ANY:
        return lambda char: bool(flags & re.DOTALL) or char != "\n"
    items = list(arg) if op is ops.IN else [(ops.LITERAL, arg)]
    refuses = op is ops.NOT_LITERAL or items[0][0] is ops.NEGATE
    tests = [_member(kind, value, forgiving=forgiving) for kind, value in items if kind is not ops.NEGATE]

    def eats(char: str) -> bool:
        forms = _forms(char) if forgiving else (char,)
        return any(test(form) for test in tests for form in forms) != refuses

    return eats


def _member(kind: Any, value: Any, *, forgiving: bool) -> Callable[[str], bool]:
    if kind is ops.LITERAL:
        same = {chr(value), *(_forms(chr(value)) if forgiving else ())}
        return lambda form: form in same
    if kind is ops.RANGE:
        return lambda form: len(form) == 1 and value[0] <= ord(form) <= value[1]
    return _CATEGORIES[value]


@lru_cache(maxsize=4096)
def _forms(char: str) -> tuple[str, ...]:
    """The character with and without its accent, small and capital."""
    bare = fold(char)
    return tuple(dict.fromkeys((char, char.lower(), char.upper(), bare, bare.upper())))


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _boundary(text: str, at: int) -> bool:
    return _is_word(text, at - 1) != _is_word(text, at)


_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    ops.CATEGORY_DIGIT: str.isdecimal,
    ops.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    ops.CATEGORY_SPACE: str.isspace,
    ops.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    ops.CATEGORY_WORD: lambda char: _is_word(char, 0),
    ops.CATEGORY_NOT_WORD: lambda char: not _is_word(char, 0),
}
_PLACES: dict[Any, Callable[[str, int], bool]] = {
    ops.AT_BEGINNING: lambda text, at: at == 0,
    ops.AT_BEGINNING_STRING: lambda text, at: at == 0,
    ops.AT_END: lambda text, at: text[at:] in ("", "\n"),
    ops.AT_END_STRING: lambda text, at: at == len(text),
    ops.AT_BOUNDARY: _boundary,
    ops.AT_NON_BOUNDARY: lambda text, at: not _boundary(text, at),
}
_LINE_PLACES: dict[Any, Callable[[str, int], bool]] = {
    ops.AT_BEGINNING: lambda text, at: at == 0 or text[at - 1] == "\n",
    ops.AT_END: lambda text, at: text[at : at + 1] in ("", "\n"),
}
