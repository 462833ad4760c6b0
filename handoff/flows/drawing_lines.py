"""How the lines of a drawing run between its layers: on tracks of their own, with few crossings and round corners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from handoff.flows.drawing_layers import Edge, Layers, Node

TRACK = 12.0
ABOVE_BOX = 20.0
CORNER = 8.0
STRAIGHT = 14.0  # a line so near to the middle of its target runs straight into it
BACK_ENTRY = 28.0  # a line that leads back arrives so far from the middle
NEAR = 6.0  # verticals nearer than this look like one

Point = tuple[float, float]


@dataclass(slots=True, eq=False)
class _Net:
    """What shares one horizontal in a channel, and where it is left upwards and downwards."""

    ups: list[float] = field(default_factory=list)
    downs: list[float] = field(default_factory=list)
    track: int = -1

    @property
    def left(self) -> float:
        return min(self.ups + self.downs)

    @property
    def right(self) -> float:
        return max(self.ups + self.downs)


@dataclass(slots=True, eq=False)
class _Course:
    """One edge's way: its verticals, and the channel with the net that leads from each to the next."""

    xs: list[float]
    turns: list[tuple[int, _Net]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Laid:
    """How high each layer stands, how high all is, and the corners of every edge."""

    tops: list[float]
    height: float
    points: list[list[Point]]


def lay(layers: Layers, edges: Sequence[Edge], bands: Sequence[float]) -> Laid:
    """The ways of all edges; `bands` says how much room below each layer labels and ends take.

    Channel n is the room above layer n, the last one is below the last layer.
    """
    channels: list[dict[object, _Net]] = [{} for _ in range(len(layers) + 1)]
    arrivals = _arrivals(edges)
    courses = [_course(edge, arrivals, channels) for edge in edges]
    tracks = [_give_tracks([net for net in channel.values() if net.left < net.right]) for channel in channels]
    tops, bottoms, y = [], [0.0], 0.0
    for at, layer in enumerate(layers):
        y += tracks[at] * TRACK + (ABOVE_BOX if at or tracks[at] else 0)
        tops.append(y)
        y += max((node.height for node in layer), default=0) + bands[at]
        bottoms.append(y)
    points = [_points(edge, course, tops, bottoms) for edge, course in zip(edges, courses, strict=True)]
    return Laid(tops, y + tracks[-1] * TRACK, points)


def _course(edge: Edge, arrivals: dict[Edge, float], channels: list[dict[object, _Net]]) -> _Course:
    course = _Course([edge.source.x + edge.port, *(lane.x for lane in edge.lanes)])
    course.xs.append(arrivals[edge])
    step = -1 if edge.is_back else 1
    for at, (here, there) in enumerate(zip(course.xs, course.xs[1:], strict=False)):
        is_first, is_last = at == 0, at == len(course.xs) - 2
        channel = edge.source.layer + 1 + at * step
        key: object = (edge.target.name, there) if is_last else (id(edge), at)
        net = channels[channel].setdefault(key, _Net())
        (net.downs if edge.is_back and not is_first else net.ups).append(here)
        (net.ups if edge.is_back and not is_last else net.downs).append(there)
        course.turns.append((channel, net))
    return course


def _arrivals(edges: Iterable[Edge]) -> dict[Edge, float]:
    """Where each edge meets its target: all in one place, which is right below the one that comes most nearly straight."""
    found: dict[Edge, float] = {}
    meeting: dict[Node, float] = {}
    coming = [(edge, edge.lanes[-1].x if edge.lanes else edge.source.x + edge.port) for edge in edges]
    for edge, x in coming:
        away = abs(x - edge.target.x)
        if not edge.is_back and away <= min(
            STRAIGHT, abs(meeting.get(edge.target, edge.target.x + STRAIGHT) - edge.target.x)
        ):
            meeting[edge.target] = x
    for edge, x in coming:
        side = BACK_ENTRY if x > edge.target.x else -BACK_ENTRY
        found[edge] = edge.target.x + side if edge.is_back else meeting.get(edge.target, edge.target.x)
    return found


def _points(edge: Edge, course: _Course, tops: list[float], bottoms: list[float]) -> list[Point]:
    found = [(course.xs[0], tops[edge.source.layer] + edge.source.height)]
    for (channel, net), here, there in zip(course.turns, course.xs, course.xs[1:], strict=False):
        if here != there:
            y = bottoms[channel] + (net.track + 0.5) * TRACK
            found += [(here, y), (there, y)]
    return [*found, (course.xs[-1], tops[edge.target.layer])]


# ── Tracks.


def _give_tracks(nets: list[_Net]) -> int:
    """Each net has a track, counted from above, that it shares with none it would touch; how many there are."""
    nets.sort(key=lambda net: (net.left, net.right))
    above: dict[_Net, list[_Net]] = {net: [] for net in nets}
    touching: dict[_Net, list[_Net]] = {net: [] for net in nets}
    for at, one in enumerate(nets):
        for other in nets[at + 1 :]:
            if other.left > one.right + NEAR:
                break
            touching[one].append(other)
            touching[other].append(one)
            first, second = _cost(one, other), _cost(other, one)
            if first != second:
                upper, lower = (one, other) if first < second else (other, one)
                above[lower].append(upper)
    waiting = list(nets)
    while waiting:
        net = min(waiting, key=lambda one: sum(each.track < 0 for each in above[one]))
        waiting.remove(net)
        taken = {each.track for each in touching[net]}
        net.track = max((each.track for each in above[net]), default=-1) + 1
        while net.track in taken:
            net.track += 1
    return max((net.track for net in nets), default=-1) + 1


def _cost(upper: _Net, lower: _Net) -> int:
    """How often the two cross, and how badly they run over each other, when the one is above the other."""
    crossed = sum(lower.left < x < lower.right for x in upper.downs)
    crossed += sum(upper.left < x < upper.right for x in lower.ups)
    return crossed + 10 * sum(abs(x - y) < NEAR for x in upper.downs for y in lower.ups)


# ── Paths.


def path(points: Iterable[Point]) -> str:
    """The corners as an SVG path, each rounded as far as its sides allow."""
    corners = _without_repeats(points)
    parts = [f"M{number(corners[0][0])} {number(corners[0][1])}"]
    for before, at, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(CORNER, _length(before, at) / 2, _length(at, after) / 2)
        start, end = _towards(at, before, radius), _towards(at, after, radius)
        parts.append(f"L{_pair(start)}Q{_pair(at)} {_pair(end)}")
    return "".join((*parts, f"L{_pair(corners[-1])}"))


def _without_repeats(points: Iterable[Point]) -> list[Point]:
    found: list[Point] = []
    for point in points:
        if not found or _length(found[-1], point) > 0.05:
            found.append(point)
    return found


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(at: Point, other: Point, distance: float) -> Point:
    share = distance / _length(at, other)
    return at[0] + (other[0] - at[0]) * share, at[1] + (other[1] - at[1]) * share


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    """The number with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
