"""A script as a picture: boxes in layers from top to bottom, and lines for its exits; the same script, the same picture."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.flows.script import Script


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
    summary: tuple[str, ...]  # one or two lines
    label: str  # what its kind is called
    group: str  # the kind's group; empty where the kind is unknown
    number: int  # its place in reading order, from 1


@dataclass(frozen=True, slots=True)
class Line:
    """One connected exit (or an entry: then `source` is the entry's name and `exit` is empty)."""

    path: str  # for the `d` of an SVG path
    source: str
    exit: str
    target: str
    label: str
    label_x: float
    label_y: float
    is_back: bool  # leads upwards or stays where it is


@dataclass(frozen=True, slots=True)
class Start:
    """One entry, above the step that it leads to."""

    entry: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class EndMark:
    """The small end below an exit that ends the flow; `x` and `y` are its middle."""

    step_id: str
    exit: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw, boxes in reading order."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    starts: tuple[Start, ...]
    ends: tuple[EndMark, ...]


def draw(script: Script) -> Drawing:
    """The picture of the script, whatever state the draft is in."""
    raise NotImplementedError
