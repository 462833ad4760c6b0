"""What a flow is tried with: personas, the house around it, and the scene, with its way through JSON.

A scene is everything about a play, as a value: nothing of it is stored, sent or called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from handoff.assistants.base import Knowledge, Returned
from handoff.flows.conditions import Value
from handoff.flows.directory import Directory
from handoff.flows.hours import Hours
from handoff.flows.moves import Checkpoint, Ended


class NotAScene(Exception):
    """The data is no scene, or one of an older make."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A customer to play: what is known of them, and what is remembered."""

    label: str
    facts: Mapping[str, Value]
    memory: Mapping[str, str] = field(default_factory=dict)


_BROWSER: dict[str, Value] = {"visitor.browser": "Firefox", "visitor.system": "Linux", "visitor.device": "computer"}
_DENIZ: dict[str, Value] = {"visitor.name": "Deniz Kaya", "visitor.email": "deniz@example.com"}
PERSONAS: dict[str, Persona] = {
    "anonymous": Persona("Anonymous, first visit", {**_BROWSER, "visitor.vip": False, "visitor.visits": 1}),
    "returning": Persona(
        "Deniz Kaya, returning",
        {**_BROWSER, **_DENIZ, "visitor.vip": False, "visitor.visits": 4},
        {"order_number": "LD-10482"},
    ),
    "vip": Persona(
        "Selin Arman, VIP",
        {
            **_BROWSER, "visitor.name": "Selin Arman", "visitor.email": "selin@example.com", "visitor.vip": True,
            "visitor.identity": "verified", "visitor.visits": 27, "meta.vip": True,
        },
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mind:
    """The assistant that answers in the play."""

    name: str
    instructions: str
    knowledge: Knowledge
    sureness: float = 0.5


@dataclass(frozen=True, slots=True)
class House:
    """What the play reads of the house that it stands in."""

    flow: str
    directory: Directory
    fits: Callable[[str, str], str | None]  # (field, text) → the value as the field keeps it; None: it does not fit
    hours: Mapping[str, Hours] = field(default_factory=dict)
    available: frozenset[str] = frozenset()
    assistant: Mind | None = None
    chat_page: str = ""
    note: str = "Let me bring in a teammate."
    team: str = ""  # gets the handoffs that name nobody
    teammate: str = "You"  # who plays the person
    language: str = "en"
    time_zone: str = "UTC"
    wrap_up_seconds: int = 900

    @property
    def reachable(self) -> frozenset[str]:
        """Where a handoff can land."""
        people = {f"teammate:{one}" for one in self.directory.teammates}
        return frozenset(people | {f"team:{one}" for one in self.directory.teams})


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the thread; a `line` is a quiet one that says what was done, and `mark` is its kind."""

    who: Literal["visitor", "assistant", "flow", "person", "system", "line"]
    words: str
    mark: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)  # options, card, form; values where a form was sent


@dataclass(frozen=True, slots=True)
class Asked:
    """An outside call at which the play stands still until somebody says what came of it."""

    method: str
    address: str
    body: str
    event: str
    has_begun: bool
    has_spoken: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about a play: the thread, who leads, where the flow stands, what it has changed, what time it is."""

    clock: datetime
    persona: str = "anonymous"
    pages: tuple[str, ...] = ()
    transcript: tuple[Shown, ...] = ()
    leads: Literal["automation", "waiting", "person"] = "automation"
    at: Checkpoint | None = None
    entry: str = ""
    wraps_up: bool = False
    is_closed: bool = False
    elsewhere: str = ""  # the flow in which it goes on, where this play ends
    facts: Mapping[str, Value] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    team: str = ""
    teammate: str = ""
    handoffs: int = 0
    had_person: bool = False
    failures: int = 0
    ended: Ended | None = None  # the handoff that the run slept for
    returned: Returned | None = None
    returned_at: int = 0
    answered: int = 0
    last_at: datetime | None = None  # when anybody last spoke
    last_by: str = ""
    silence_at: datetime | None = None
    silences: int = 0
    wrap_up_at: datetime | None = None
    asked: Asked | None = None
    walked: tuple[tuple[str, str], ...] = ()  # each way that was gone: (step, exit), or (entry, "")
    moved: tuple[str, ...] = ()  # the steps that the newest action came through

    @property
    def offer(self) -> Mapping[str, Any]:
        """What the customer may press or fill in now."""
        newest = next((one for one in reversed(self.transcript) if one.who != "line"), None)
        return newest.params if newest and newest.who in ("flow", "assistant") and not self.is_closed else {}

    @property
    def timers(self) -> list[tuple[str, datetime]]:
        """What happens by itself, and when."""
        all_of_them = (
            ("step", self.at.until if self.at else None),
            ("silence", self.silence_at),
            ("wrap", self.wrap_up_at),
        )
        return [(name, moment) for name, moment in all_of_them if moment and moment > self.clock]

    @property
    def variables(self) -> dict[str, Any]:
        """What the run knows, without what is only its own."""
        return {
            name: value for name, value in (self.at.variables if self.at else {}).items() if not name.startswith("_")
        }


def begin(persona: str, clock: datetime, pages: Sequence[str] = ()) -> Scene:
    """The scene before anything has happened; an unknown persona is the anonymous one."""
    name = persona if persona in PERSONAS else "anonymous"
    played = PERSONAS[name]
    return Scene(clock, name, tuple(pages), facts=dict(played.facts), memory=dict(played.memory))


def to_data(scene: Scene) -> dict[str, Any]:
    """The scene as JSON keeps it; `from_data(to_data(scene)) == scene`."""
    found = asdict(scene)
    for part in (found, found["at"] or {}):
        part.update({key: one.isoformat() for key, one in part.items() if isinstance(one, datetime)})
    return found


def from_data(data: Any) -> Scene:
    """The scene that was kept, or NotAScene."""
    try:
        found = dict(data)
        for key in ("clock", "last_at", "silence_at", "wrap_up_at"):
            found[key] = _moment(found[key])
        if found["at"]:
            found["at"] = Checkpoint(**{**found["at"], "until": _moment(found["at"]["until"])})
        for key, kind in (("ended", Ended), ("returned", Returned), ("asked", Asked)):
            found[key] = kind(**found[key]) if found[key] else None
        if found["ended"]:
            found["ended"] = replace(
                found["ended"], tags=tuple(found["ended"].tags), fields=tuple(found["ended"].fields)
            )
        found["transcript"] = tuple(Shown(**one) for one in found["transcript"])
        found["walked"] = tuple((source, way) for source, way in found["walked"])
        return Scene(**found | {key: tuple(found[key]) for key in ("pages", "tags", "moved")})
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotAScene(str(wrong)) from None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
