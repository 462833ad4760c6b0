"""A script as a picture: boxes in layers from top to bottom, and lines for its exits; the same script, the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from handoff.flows.drawing_boxes import CELL, TITLE_CELLS, cells, cut, exits_of, places, summary_of, width_of
from handoff.flows.drawing_layers import Edge, Layers, Node, arrange
from handoff.flows.drawing_lines import Laid, lay, path
from handoff.flows.foresight import title
from handoff.flows.script import END, ENTRIES, Script
from handoff.flows.steps import STEPS

BOX_HEIGHT, LINE_HEIGHT, START_HEIGHT = 54.0, 18.0, 34.0
MARGIN, APART = 24.0, 64.0
PLAIN_BAND, LABEL_BAND, END_BAND = 14.0, 30.0, 48.0
END_DROP = 38.0  # the middle of an end below its box


@dataclass(frozen=True, slots=True)
class Box:
    """One step; `x` and `y` are its upper left corner."""

    step_id: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str
    summary: tuple[str, ...]  # no line, one or two
    label: str  # what its kind is called
    group: str  # the kind's group; empty where there is no such kind
    number: int  # its place in reading order, from 1


@dataclass(frozen=True, slots=True)
class Line:
    """One exit, or an entry: then `source` is the entry's name, and `exit` is empty."""

    path: str  # for the `d` of an SVG path
    source: str
    exit: str
    target: str  # a step; END, nothing, or a step that is not there where the line leads to an EndMark
    label: str
    label_x: float  # the middle of the label
    label_y: float
    is_back: bool  # leads upwards, or to where it came from


@dataclass(frozen=True, slots=True)
class Start:
    """One entry, above the step that it leads to; `x` and `y` are its upper left corner."""

    entry: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class EndMark:
    """What hangs below an exit that leads to no step; `x` and `y` are its middle.

    `what` is end where the flow ends there, open where the exit still has to be connected, lost where it names a step
    that is not there.
    """

    step_id: str
    exit: str
    x: float
    y: float
    what: Literal["end", "open", "lost"] = "end"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw: boxes in reading order, each connected part of the flow for itself."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    starts: tuple[Start, ...]
    ends: tuple[EndMark, ...]


@dataclass(slots=True, eq=False)
class _Part:
    """Steps and entries that are connected with each other; `ports` are those of each node's drawn exits."""

    begins: bool = False
    nodes: list[Node] = field(default_factory=list)
    edges: list[tuple[Edge, str]] = field(default_factory=list)
    layers: Layers = field(default_factory=list)
    laid: Laid = field(default_factory=lambda: Laid([], 0, []))
    x: float = 0
    y: float = 0
    left: float = 0
    right: float = 0


def draw(script: Script) -> Drawing:
    """The picture of the script, whatever state the draft is in."""
    plan = _Plan(script)
    parts = [_arranged(part, plan) for part in plan.parts()]
    _side_by_side(parts)
    boxes: list[Box] = []
    starts: list[Start] = []
    lines: list[Line] = []
    ends: list[EndMark] = []
    for part in parts:
        for node in (node for layer in part.layers for node in layer if not node.is_lane):
            x, y = part.x + node.x - node.width / 2, part.y + part.laid.tops[node.layer]
            if node.name in plan.entries:
                starts.append(_start(plan.entries[node.name], node, x, y))
            else:
                boxes.append(plan.box(node, x, y, len(boxes) + 1))
                for line, end in plan.hanging(node, part.x + node.x, y + node.height):
                    lines.append(line)
                    ends.append(end)
        lines += plan.lines(part)
    width = max((part.right for part in parts), default=MARGIN) + MARGIN
    height = max((part.y + part.laid.height for part in parts), default=MARGIN) + MARGIN
    return Drawing(_round(width), _round(height), tuple(boxes), tuple(lines), tuple(starts), tuple(ends))


class _Plan:
    """What is to be drawn of a script: a node for each step and entry, and the exits of each with their places."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exits = {step.id: exits_of(step) for step in script.steps.values()}
        self.ports = {name: places(exits) for name, exits in self.exits.items()}
        self.summaries = {step.id: summary_of(step) for step in script.steps.values()}
        self.entries = {f"entry:{name}": name for name in script.entries}
        self.nodes: dict[str, Node] = {}
        for name, entry in self.entries.items():
            self.nodes[name] = Node(name, cells(ENTRIES[entry]) * CELL + 44, START_HEIGHT)
        for step in script.steps.values():
            height = BOX_HEIGHT + LINE_HEIGHT * len(self.summaries[step.id])
            self.nodes[step.id] = Node(step.id, width_of(self.exits[step.id]), height)

    def parts(self) -> list[_Part]:
        """What is connected with each other; first what an entry begins."""
        edges = list(self._edges())
        beside: dict[Node, list[Node]] = {node: [] for node in self.nodes.values()}
        for edge, _exit in edges:
            beside[edge.source].append(edge.target)
            beside[edge.target].append(edge.source)
        found: dict[Node, _Part] = {}
        for node in self.nodes.values():
            if node in found:
                continue
            part, todo = _Part(), [node]
            found[node] = part
            while todo:
                for other in beside[todo.pop()]:
                    if other not in found:
                        found[other] = part
                        todo.append(other)
        for node, part in found.items():
            part.nodes.append(node)
            part.begins |= node.name in self.entries
        for edge, exit_name in edges:
            found[edge.source].edges.append((edge, exit_name))
        return list(dict.fromkeys(found.values()))

    def _edges(self) -> Iterator[tuple[Edge, str]]:
        for name, entry in self.entries.items():
            target = self.script.entries[entry].step
            if target in self.script.steps:
                yield Edge(self.nodes[name], self.nodes[target]), ""
        for step in self.script.steps.values():
            for exit_name, port in self.ports[step.id].items():
                target = step.exits.get(exit_name, "")
                if target in self.script.steps:
                    yield Edge(self.nodes[step.id], self.nodes[target], port), exit_name

    def band(self, layer: Sequence[Node]) -> float:
        """How much room labels and ends take below the layer."""
        found = PLAIN_BAND
        for node in layer:
            step = self.script.steps.get(node.name)
            for one in self.exits.get(node.name, ()) if step else ():
                is_end = step is not None and step.exits.get(one.name, "") not in self.script.steps
                found = max(found, END_BAND if is_end else LABEL_BAND if one.label else 0)
        return found

    def box(self, node: Node, x: float, y: float, number: int) -> Box:
        """The step's box."""
        step = self.script.steps[node.name]
        kind = STEPS.get(step.kind)
        return Box(
            step.id, step.kind, _round(x), _round(y), _round(node.width), _round(node.height),
            cut(title(self.script, step.id), TITLE_CELLS), self.summaries[step.id],
            kind.label if kind else step.kind, kind.group if kind else "", number,
        )  # fmt: skip

    def hanging(self, node: Node, middle: float, bottom: float) -> Iterator[tuple[Line, EndMark]]:
        """The step's exits that lead to no other."""
        step = self.script.steps[node.name]
        for one in self.exits[step.id]:
            target = step.exits.get(one.name, "")
            if target in self.script.steps:
                continue
            x, y = middle + self.ports[step.id][one.name], bottom + END_DROP
            way = path(((x, bottom), (x, y - 6)))
            what: Literal["end", "open", "lost"] = "end" if target == END else "lost" if target else "open"
            line = Line(way, step.id, one.name, target, one.label, _round(x), _round(bottom + 15), is_back=False)
            yield line, EndMark(step.id, one.name, _round(x), _round(y), what)

    def lines(self, part: _Part) -> Iterator[Line]:
        """The lines from box to box, and from the entries to the first ones."""
        for (edge, exit_name), points in zip(part.edges, part.laid.points, strict=True):
            moved = [(part.x + x, part.y + y) for x, y in points]
            labels = {one.name: one.label for one in self.exits.get(edge.source.name, ())}
            x, y = moved[0]
            yield Line(
                path(moved), self.entries.get(edge.source.name, edge.source.name), exit_name, edge.target.name,
                labels.get(exit_name, ""), _round(x), _round(y + 15), edge.is_back,
            )  # fmt: skip


def _start(entry: str, node: Node, x: float, y: float) -> Start:
    return Start(entry, ENTRIES[entry], _round(x), _round(y), _round(node.width), _round(node.height))


# ── Laying out the parts.


def _arranged(part: _Part, plan: _Plan) -> _Part:
    edges = [edge for edge, _ in part.edges]
    part.layers = arrange(part.nodes, edges)
    part.laid = lay(part.layers, edges, [plan.band(layer) for layer in part.layers])
    placed = [node for layer in part.layers for node in layer]
    part.left = min(node.x - node.width / 2 for node in placed)
    part.right = max(node.x + node.width / 2 for node in placed)
    return part


def _side_by_side(parts: Iterable[_Part]) -> None:
    """What an entry begins stands beside each other, and the rest in columns beside it, no higher than they are."""
    right, tallest, column, is_rest = MARGIN - APART, 0.0, MARGIN, False
    y = MARGIN
    for part in sorted(parts, key=lambda one: not one.begins):
        if part.begins or not is_rest or y + part.laid.height > tallest:
            column, y = right + APART, MARGIN
        is_rest = not part.begins
        part.x, part.y = column - part.left, y
        part.right += part.x
        right = max(right, part.right)
        y += part.laid.height + APART
        tallest = max(tallest, y)


def _round(value: float) -> float:
    return round(value, 1)
