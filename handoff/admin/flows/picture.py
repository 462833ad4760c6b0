"""The drawing of a script as its template needs it: with links, problems, and who stands above and below whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from handoff.flows.check import Problem
from handoff.flows.drawing import Box, Drawing, Line, Start, draw
from handoff.flows.foresight import title
from handoff.flows.script import Script

GLYPHS = {"Talk": "❝", "Decide": "◇", "Hand over": "☻", "Do": "▸"}
SHADES = {"Talk": "assistant", "Hand over": "person"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One box with what its template writes."""

    box: Box
    title: str  # all of it
    href: str
    glyph: str
    shade: str
    problems: int
    is_chosen: bool
    above: str
    below: str

    @property
    def name(self) -> str:
        """What a screen reader says."""
        wrong = f", {self.problems} problem{'s' if self.problems > 1 else ''}" if self.problems else ""
        return f"{self.box.number}. {self.box.label}: {self.title}{wrong}"

    @property
    def left(self) -> float:
        """Where its words begin."""
        return self.box.x + 14

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.box.x + self.box.width

    def lines(self) -> list[tuple[float, str]]:
        """The summary with the place of each line."""
        return [(self.box.y + 62 + 18 * number, text) for number, text in enumerate(self.box.summary)]


@dataclass(frozen=True, slots=True)
class ShownStart:
    """One entry with its link."""

    start: Start
    href: str
    problems: int
    is_chosen: bool

    @property
    def x(self) -> float:
        """Its middle."""
        return self.start.x + self.start.width / 2

    @property
    def y(self) -> float:
        """Its middle."""
        return self.start.y + self.start.height / 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything of the graph."""

    drawing: Drawing
    boxes: tuple[Shown, ...]
    starts: tuple[ShownStart, ...]
    lines: tuple[tuple[Line, bool], ...]  # lit where it begins or ends at the chosen step
    name: str = "graph"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.boxes and not self.starts


def picture(
    script: Script, problems: Iterable[Problem] = (), *, step: str = "", entry: str = "", links: bool = True,
    name: str = "graph",
) -> Picture:  # fmt: skip
    """The script as a picture, with the problems at their boxes; without `links` it can only be looked at."""
    drawing = draw(script)
    wrong = Counter(one.step for one in problems)
    wrong_entries = Counter(one.entry for one in problems)
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for line in drawing.lines:
        if line.exit and line.target in script.steps:
            above.setdefault(line.target, []).append(line.source)
            below.setdefault(line.source, []).append(line.target)
    boxes = tuple(
        Shown(
            box, title(script, box.step_id), "?" + urlencode({"step": box.step_id}) if links else "", glyph(box), shade(box), wrong[box.step_id],
            box.step_id == step, " ".join(above.get(box.step_id, ())), " ".join(below.get(box.step_id, ())),
        )
        for box in drawing.boxes
    )  # fmt: skip
    starts = tuple(
        ShownStart(
            one,
            "?" + urlencode({"entry": one.entry}) if links else "",
            wrong_entries[one.entry],
            one.entry == entry,
        )
        for one in drawing.starts
    )
    lines = tuple(
        (one, bool(step and step in (one.source, one.target)) or (not one.exit and one.source == entry != ""))
        for one in drawing.lines
    )
    return Picture(drawing, boxes, starts, lines, name)


def glyph(box: Box) -> str:
    """The shape of what the step is about."""
    return "✦" if box.kind == "assistant" else GLYPHS.get(box.group, "?")


def shade(box: Box) -> str:
    """Its hue: who acts there."""
    return "assistant" if box.kind == "assistant" else SHADES.get(box.group, "finished")
