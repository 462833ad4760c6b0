"""Where the nodes of a drawing stand: which layer, in which order there, and how far to the right."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SWEEPS = 10
LANE = 12.0  # the width that a passing line takes
BOX_GAP, LANE_GAP, LEAST_GAP = 36.0, 14.0, 2.0


@dataclass(slots=True, eq=False)
class Node:
    """A box, a start, or a lane: the place where a line passes a layer."""

    name: str
    width: float
    height: float = 0
    is_lane: bool = False
    turns_at: Node | None = None  # a lane of a line that leads back begins and ends beside a box
    layer: int = 0
    x: float = 0  # of its middle


@dataclass(slots=True, eq=False)
class Edge:
    """A line from a port of one node to another node, and the lanes that it takes on its way."""

    source: Node
    target: Node
    port: float = 0  # from the source's middle
    is_back: bool = False
    lanes: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Link:
    """A piece of an edge between two neighbouring layers."""

    upper: Node
    lower: Node
    port: float
    weight: int


Layers = list[list[Node]]


def arrange(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layers:
    """Every node has its layer and its x, no two overlap, and every edge has its lanes; each layer from left to right."""
    _turn_cycles(nodes, edges)
    _choose_layers(nodes, edges)
    layers = _with_lanes(nodes, edges)
    links = _links(edges, len(layers))
    _reduce_crossings(layers, links)
    _place(layers, links)
    _straighten(layers, edges)
    return layers


def _turn_cycles(nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
    ways: dict[Node, list[Edge]] = {node: [] for node in nodes}
    for one in edges:
        ways[one.source].append(one)
    state: dict[Node, int] = {}  # 1: on the way, 2: done
    for beginning in nodes:
        if beginning in state:
            continue
        state[beginning] = 1
        stack = [(beginning, iter(ways[beginning]))]
        while stack:
            node, rest = stack[-1]
            edge = next(rest, None)
            if edge is None:
                state[node] = 2
                stack.pop()
                continue
            edge.is_back = state.get(edge.target) == 1
            if edge.target not in state:
                state[edge.target] = 1
                stack.append((edge.target, iter(ways[edge.target])))


def _choose_layers(nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
    """The longest way from above; what nothing leads to stands right above what it leads to."""
    forward = [edge for edge in edges if not edge.is_back]
    entering = dict.fromkeys(nodes, 0)
    following: dict[Node, list[Node]] = {node: [] for node in nodes}
    for edge in forward:
        entering[edge.target] += 1
        following[edge.source].append(edge.target)
    sources = [node for node in nodes if not entering[node]]
    todo = list(sources)
    while todo:
        node = todo.pop()
        for target in following[node]:
            target.layer = max(target.layer, node.layer + 1)
            entering[target] -= 1
            if not entering[target]:
                todo.append(target)
    for node in sources:
        if following[node]:
            node.layer = min(target.layer for target in following[node]) - 1


def _with_lanes(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layers:
    layers: Layers = [[] for _ in range(max(node.layer for node in nodes) + 1)]
    for node in nodes:
        layers[node.layer].append(node)
    for edge in edges:
        top, bottom = edge.source.layer, edge.target.layer
        passed = range(top, bottom - 1, -1) if edge.is_back else range(top + 1, bottom)
        for layer in passed:
            beside = edge.source if layer == top else edge.target if edge.is_back and layer == bottom else None
            lane = Node("", LANE, is_lane=True, turns_at=beside, layer=layer)
            edge.lanes.append(lane)
            layers[layer].append(lane)
    return layers


def _links(edges: Iterable[Edge], count: int) -> list[list[_Link]]:
    """The links by their upper layer."""
    links: list[list[_Link]] = [[] for _ in range(count)]
    for edge in edges:
        chain = edge.lanes[::-1] if edge.is_back else [edge.source, *edge.lanes, edge.target]
        for upper, lower in itertools.pairwise(chain):
            port = edge.port if upper is edge.source else 0
            weight = 1 + 2 * (upper.is_lane + lower.is_lane)
            links[upper.layer].append(_Link(upper, lower, port, weight))
    return links


# ── The order within each layer.


def _reduce_crossings(layers: Layers, links: list[list[_Link]]) -> None:
    places = {node: float(at) for layer in layers for at, node in enumerate(layer)}
    best, fewest = [list(layer) for layer in layers], _crossings(places, links)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for at in range(len(layers)) if down else range(len(layers) - 1, -1, -1):
            _sort(layers[at], links[at - 1] if down and at else links[at] if not down else [], places, down=down)
        found = _crossings(places, links)
        if found < fewest:
            best, fewest = [list(layer) for layer in layers], found
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _sort(layer: list[Node], links: list[_Link], places: dict[Node, float], *, down: bool) -> None:
    sums: dict[Node, tuple[float, int]] = {}
    for link in links:
        node, place = (link.lower, _port_place(link, places)) if down else (link.upper, places[link.lower])
        total, count = sums.get(node, (0.0, 0))
        sums[node] = total + place, count + 1
    keys = {node: sums[node][0] / sums[node][1] if node in sums else places[node] for node in layer}
    for node in layer:
        if node.turns_at and node not in sums:
            keys[node] = keys[node.turns_at] + 0.01
    layer.sort(key=keys.__getitem__)
    for at, node in enumerate(layer):
        places[node] = float(at)


def _port_place(link: _Link, places: dict[Node, float]) -> float:
    return places[link.upper] + 0.9 * link.port / link.upper.width


def _crossings(places: dict[Node, float], links: list[list[_Link]]) -> int:
    found = 0
    for between in links:
        ends: list[float] = []
        for _, end in sorted((_port_place(link, places), places[link.lower]) for link in between):
            found += len(ends) - bisect_right(ends, end)
            insort(ends, end)
    return found


# ── How far to the right.


def _place(layers: Layers, links: list[list[_Link]]) -> None:
    """Near what they are connected with, in their order and apart from each other."""
    above: dict[Node, list[_Link]] = {}
    below: dict[Node, list[_Link]] = {}
    for between in links:
        for link in between:
            above.setdefault(link.lower, []).append(link)
            below.setdefault(link.upper, []).append(link)
    for layer in layers:
        _spread(layer, [0.0] * len(layer), [1.0] * len(layer))
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            _pull(layer, above if down else {}, {} if down else below)
    for layer in reversed(layers):
        _pull(layer, above, below)
    for layer in layers:
        _pull(layer, above, {})


def _pull(layer: list[Node], above: dict[Node, list[_Link]], below: dict[Node, list[_Link]]) -> None:
    wanted, weights = [], []
    for node in layer:
        pulls = [(link.upper.x + link.port, link.weight) for link in above.get(node, ())]
        pulls += [(link.lower.x - link.port, link.weight) for link in below.get(node, ())]
        if node.turns_at and not pulls:
            side = 1 if node.x >= node.turns_at.x else -1
            pulls = [(node.turns_at.x + side * (node.turns_at.width / 2 + BOX_GAP), 1)]
        weight = sum(each for _, each in pulls)
        wanted.append(sum(x * each for x, each in pulls) / weight if weight else node.x)
        weights.append(weight or 0.2)
    _spread(layer, wanted, weights)


def _spread(layer: list[Node], wanted: list[float], weights: list[float]) -> None:
    """The least squares that keep order and distance: what would overlap is pooled, and shares its mean."""
    offsets = [0.0]
    for left, right in itertools.pairwise(layer):
        gap = LANE_GAP if left.is_lane or right.is_lane else BOX_GAP
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + gap)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for want, offset, weight in zip(wanted, offsets, weights, strict=False):
        mean, total, count = want - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            before, its, many = pools.pop()
            mean, total, count = (mean * total + before * its) / (total + its), total + its, count + many
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for node, mean, offset in zip(layer, means, offsets, strict=False):
        node.x = mean + offset


def _straighten(layers: Layers, edges: Sequence[Edge]) -> None:
    """A lane goes on right below the last one wherever there is room."""
    places = {node: at for layer in layers for at, node in enumerate(layer)}
    for edge in edges:
        x = edge.lanes[0].x if edge.is_back else edge.source.x + edge.port
        for lane in edge.lanes:
            layer, at = layers[lane.layer], places[lane]
            left, right = layer[at - 1] if at else None, layer[at + 1] if at + 1 < len(layer) else None
            low = left.x + left.width / 2 + LANE / 2 + LEAST_GAP if left else -math.inf
            high = right.x - right.width / 2 - LANE / 2 - LEAST_GAP if right else math.inf
            if low <= x <= high:
                lane.x = x
            x = lane.x
