"""A flow tried in play: what a customer and a person do, and what comes of it. Nothing is stored, sent or called.

It keeps to the rules by which stands, automation, checkpoints, effects and services run a published flow, on a value
instead of rows: the scene. Time stands still in it until somebody lets it pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from handoff.assistants.base import Knowledge, Reply, Returned, Said, Snapshot
from handoff.assistants.human_request import asked_for, wants_person
from handoff.flows import calls, runner
from handoff.flows.calls import Answered, Call, CallFailed
from handoff.flows.conditions import Surroundings, Value
from handoff.flows.directory import Directory
from handoff.flows.foresight import awaited
from handoff.flows.hours import Hours
from handoff.flows.moves import Advance, Checkpoint, Classify, Ended, Given, Need, Sorted, Think, Words, World
from handoff.flows.runner import FlowError
from handoff.flows.script import ASSISTANT, END, ENTRIES, Entry, Script
from handoff.outcomes import (
    REASON_LIMIT,
    Assign,
    ReasonCode,
    Remember,
    RequestHandoff,
    Say,
    SetField,
    Tag,
    Trouble,
    Wish,
)

MOST_LOOKS = 120
MOST_RINGS = 50  # things that happen by themselves while time passes
MOST_SHOWN = 300
MOST_FAILURES = 2  # of the assistant, after which nobody may hand back to it
PAUSED = "_paused"  # where the run was when silence led it elsewhere
HIDDEN = "•••"  # in the place of a secret
BEGINS: dict[str, tuple[str, ...]] = {  # what happened → the entries by which a run may begin then
    "opened": ("start", "fallback"), "returned": ("handed_back", "fallback"), "silent": ("inactivity", "fallback"),
    "wrote": ("fallback",), "finished": ("fallback",), "due": ("fallback",), "resolved": ("resolved",),
}  # fmt: skip
ONE_RUN = frozenset({"returned", "finished", "due", "silent"})  # where a run has ended then, no other begins with it
INTERRUPTED = "The call was interrupted, and must not be repeated: nobody knows whether it was done."


class Refused(Exception):
    """This cannot be done now; the sentence says why."""


class NotAScene(Exception):
    """The data is no scene, or one of an older make."""


# ── What is played with.


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
        return {name: value for name, value in (self.at.variables if self.at else {}).items() if name[0] != "_"}


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


def standing(script: Script, scene: Scene) -> str:
    """Where the play stands, in words."""
    if scene.elsewhere:
        return f"It goes on in the flow “{scene.elsewhere}”, which is tried on its own page."
    if scene.is_closed:
        return "The conversation is closed."
    where = awaited(script, scene.at) if scene.at else "no flow runs"
    if scene.asked:
        where = "waiting for what the outside service answers"
    if scene.leads == "person" and scene.at and scene.at.waits_for != "person":
        where += ", while a person leads"
    if scene.at and scene.at.until:
        where += f", until {scene.at.until.astimezone(scene.clock.tzinfo):%a %H:%M:%S}"
    return ("wrapping up, " if scene.wraps_up else "") + where


# ── What may be done.


@dataclass(frozen=True, slots=True)
class Opens:
    """The customer opens the chat."""


@dataclass(frozen=True, slots=True)
class Writes:
    """The customer writes, presses a quick reply, or sends a form (`values`)."""

    text: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WantsPerson:
    """The customer presses “Talk to a person”."""


@dataclass(frozen=True, slots=True)
class TakesOver:
    """The person replies, and leads from then on."""

    words: str


@dataclass(frozen=True, slots=True)
class HandsBack:
    """The person hands back: to where the flow was, to the assistant, or to its end."""

    way: Literal["resume", "assistant", "wrap_up"] = "resume"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finishes:
    """The person is done for good."""


@dataclass(frozen=True, slots=True)
class Passes:
    """So many seconds pass; what is due meanwhile happens at its time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ServiceAnswers:
    """The outside service did what it was asked, and answered this."""

    text: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class ServiceFails:
    """The outside service did not."""

    words: str


Action = Opens | Writes | WantsPerson | TakesOver | HandsBack | Finishes | Passes | ServiceAnswers | ServiceFails
Thinker = Callable[[Snapshot | None], Reply]  # None: the chat page runs no assistant
Sorter = Callable[[str, Mapping[str, Sequence[str]], float], str | None]


def act(script: Script, scene: Scene, action: Action, house: House, *, think: Thinker, classify: Sorter) -> Scene:
    """The scene after this action and everything that comes of it; Refused when it cannot be done now."""
    if len(scene.transcript) >= MOST_SHOWN:
        raise Refused("This play has grown very long. Start it again.")
    play = _Play(script, house, think, classify, replace(scene, moved=()))
    _ACTS[type(action)](play, action)
    if play.scene.is_closed and not scene.is_closed:
        play.turn("resolved")
    return play.scene


@dataclass(slots=True)
class _Play:
    """One action and what comes of it; `scene` is where things stand so far."""

    script: Script
    house: House
    think: Thinker
    classify: Sorter
    scene: Scene
    event: str = ""
    has_begun: bool = False  # whether a run began in this turn
    has_spoken: bool = False  # whether this turn has said something
    given: Given | None = None  # what the outside service answered

    def set(self, **changes: Any) -> None:
        """The scene is another."""
        self.scene = replace(self.scene, **changes)

    # ── What the customer, the person, the clock and the service do.

    def opens(self, action: Opens) -> None:
        """The flow may speak first."""
        self.turn("opened")

    def writes(self, action: Writes) -> None:
        """Automation hears it, unless a person leads or is awaited."""
        if self.scene.is_closed:
            raise Refused("The conversation is closed: what the customer writes now begins a new one. Start again.")
        self._show("visitor", action.text, values=dict(action.values) if action.values is not None else None)
        self.turn("wrote")

    def wants_person(self, action: WantsPerson) -> None:
        """A person is asked for, whatever the flow is at."""
        if self.scene.is_closed:
            raise Refused("The conversation is closed. Start again.")
        if self.scene.leads != "automation":
            raise Refused("A person has been asked for already.")
        self.set(asked=None)
        self._open(RequestHandoff(ReasonCode.CUSTOMER_REQUEST, "Pressed “Talk to a person”."))
        self._show("system", self.house.note)

    def takes_over(self, action: TakesOver) -> None:
        """The first reply makes the person lead; whatever automation was doing stops."""
        name = self.house.teammate
        if self.scene.is_closed:
            self.set(is_closed=False)
            self._line("person", f"{name} reopened the conversation.")
        if self.scene.leads == "automation":
            self._open(RequestHandoff(ReasonCode.TEAMMATE_PULL, f"{name} joined without being asked."))
        if self.scene.leads == "waiting":
            self.set(leads="person", had_person=True, teammate=self.scene.teammate or name)
            self._line("person", f"{name} joined and has the whole conversation.")
        self.set(asked=None)
        self._show("person", action.words)

    def hands_back(self, action: HandsBack) -> None:
        """Automation goes on, in the way that the person chose."""
        if self.scene.leads == "automation":
            raise Refused("No person leads this conversation, so there is nothing to hand back.")
        if action.way == "wrap_up":
            return self._finish(action.note)
        if self.scene.failures >= MOST_FAILURES:
            raise Refused(f"The assistant has failed {MOST_FAILURES} times here, so it stays with people.")
        at = self.scene.at
        if action.way == "assistant":
            led = Checkpoint(ASSISTANT, heard=self._answered())
            if at:
                led = Checkpoint(ASSISTANT, variables=_own(at), heard=at.heard, moves=at.moves + 1)
            self.set(at=led, entry=self.scene.entry or "handed_back")
        elif at and at.waits_for != "person":
            self.set(at=runner.woken_after_person(at))
        self._end_handoff("returned", f"{self.house.teammate} has left; automation goes on.", action.note)
        self.turn("returned")
        return None

    def finishes(self, action: Finishes) -> None:
        """The conversation is closed, once the flow has wrapped it up where it has anything to do."""
        if not self.scene.is_closed:
            self._finish("")

    def passes(self, action: Passes) -> None:
        """Waits end, requests expire and silence is noticed, each at its time."""
        until = self.scene.clock + timedelta(seconds=max(0.0, action.seconds))
        self._line("time", f"{duration(action.seconds)} pass.")
        for _ring in range(MOST_RINGS):
            due = [(moment, name) for name, moment in self.scene.timers if moment <= until]
            if not due or self.scene.asked:
                break
            moment, name = min(due)
            self.set(clock=moment)
            _RINGS[name](self)
        else:
            return self._line("time", f"So much happened meanwhile that the clock stops at {self.scene.clock:%H:%M}.")
        if not self.scene.asked:
            self.set(clock=until)
        return None

    def service_answers(self, action: ServiceAnswers) -> None:
        """The flow goes on with what came back."""
        data = calls.read_answer(action.text, is_json=False)
        self._go_on(f"It answers with {action.status}.", Answered(action.status, data))

    def service_fails(self, action: ServiceFails) -> None:
        """The flow goes on at its exit for that."""
        self._go_on("It fails.", CallFailed(action.words or "The service did not answer.", temporary=False))

    def _go_on(self, words: str, given: Given) -> None:
        asked = self.scene.asked
        if asked is None:
            raise Refused("No outside service is being asked now.")
        self._line("call", words)
        self.turn(asked.event, given, has_begun=asked.has_begun, has_spoken=asked.has_spoken)

    def _finish(self, note: str) -> None:
        handed, sleeps = self.scene.leads != "automation", self._sleeps()
        self.set(asked=None)
        if handed:
            self._end_handoff("resolved", f"{self.house.teammate} finished the conversation.", note)
        else:
            self._line("closed", "The conversation was closed.")
        if handed and self._wraps_up(sleeps=sleeps):
            return self.turn("finished")
        return self._close()

    def _wraps_up(self, *, sleeps: bool) -> bool:
        at, was = self.scene.at, self.scene.wraps_up
        if at and sleeps and self.script.step(at.step).exits.get("resolved", "") not in ("", END):
            self.set(wraps_up=True, wrap_up_at=self._in(self.house.wrap_up_seconds))
            return True
        if at:
            self._end("left")
        entry = self.script.entry("resolving")
        if entry is None or was:
            return False
        self._begin(entry, heard=0)
        return True

    # ── The clock.

    def rings_for_step(self) -> None:
        """A wait is over, or a request has waited long enough."""
        if not self._sleeps():
            return self.turn("due")
        if self.scene.leads != "waiting":
            return None  # somebody came in time
        self._end_handoff("expired", "Nobody came in time; the flow goes on.", "")
        return self.turn("finished")

    def rings_for_silence(self) -> None:
        """The customer has been silent for so long."""
        self.set(silence_at=None)
        self.turn("silent")

    def rings_for_wrapping_up(self) -> None:
        """Wrapping up has taken long enough."""
        self.set(wrap_up_at=None)
        if self.scene.wraps_up and self.scene.leads == "automation":
            self._line("closed", "The conversation was closed.")
            self._close()

    def _in(self, seconds: float) -> datetime:
        return self.scene.clock + timedelta(seconds=seconds)

    # ── A turn of automation: looks, until it rests.

    def turn(
        self, event: str, given: Given | None = None, *, has_begun: bool = False, has_spoken: bool = False
    ) -> None:
        """Do what is left to do, unless a person leads; what cannot go on asks for one, and says why."""
        self.event, self.given, self.has_begun, self.has_spoken = event, given, has_begun, has_spoken
        self.set(asked=None)
        try:
            for _look in range(MOST_LOOKS):
                if self._is_over() or self._look():
                    return
            self._give_up(f"it did not come to rest within {MOST_LOOKS} steps")
        except Exception as trouble:  # whatever a draft may do wrong is told in the thread, as it would be in earnest
            self._give_up(str(trouble) or type(trouble).__name__)

    def _is_over(self) -> bool:
        scene = self.scene
        return bool(scene.elsewhere) or scene.leads != "automation" or scene.is_closed != (self.event == "resolved")

    def _look(self) -> bool:
        """One look at where things stand; whether automation rests after it."""
        at = self.scene.at
        if at is None:
            entry = self._begins()
            if entry is None:
                return self._let_assistant()
            self._begin(entry)
            return False
        words = self._words(at)
        if not words and self._pauses(at):
            self._pause(at)
            return False
        if words and at.waits_for == "time" and (PAUSED in at.variables or self.scene.entry == "inactivity"):
            self._abandon(at)
            return False
        return self._advance(at, words)

    def _begins(self) -> Entry | None:
        if self.has_begun:
            return None
        found = (self.script.entry(name) for name in BEGINS.get(self.event, ()))
        return next((entry for entry in found if entry and self._applies(entry)), None)

    def _applies(self, entry: Entry) -> bool:
        if entry.name == "start":
            return all(one.who == "line" for one in self.scene.transcript)
        if entry.name == "fallback":
            return not self.has_spoken and self._is_waiting()
        return entry.name != "inactivity" or self._is_silent(entry)

    def _begin(self, entry: Entry, *, heard: int | None = None, variables: Mapping[str, Any] | None = None) -> None:
        wraps = entry.name == "resolving"
        if heard is None:
            heard = self._answered() if entry.name in ("fallback", "handed_back") else len(self.scene.transcript)
        self.has_begun = True
        self._line("flow", f"The flow begins: {ENTRIES[entry.name].lower()}.")
        self.set(
            at=Checkpoint(entry.step, heard=heard, variables=dict(variables or {})), entry=entry.name, wraps_up=wraps,
            wrap_up_at=self._in(self.house.wrap_up_seconds) if wraps else None,
            silences=self.scene.silences + (entry.name == "inactivity"),
        )  # fmt: skip
        self._walk(entry.name, "", entry.step)

    def _let_assistant(self) -> bool:
        upto = len(self.scene.transcript)
        if self._is_waiting() and not self.has_spoken:
            reply = self.think(self._snapshot(self._answered() + 1))
            self._tell_tried(reply)
            self._apply(reply.wishes, "assistant")
        self.set(answered=upto)
        self._arm_silence()
        return True

    def _advance(self, at: Checkpoint, words: tuple[Words, ...]) -> bool:
        world, author = self._world(at, words), "flow"
        advance = runner.advance(self.script, at, world)
        if advance and advance.need:
            given = self._fulfil(at, advance.need)
            if given is None:
                return True
            if isinstance(given, Reply):
                self._tell_tried(given)
                author = "assistant" if given.handoff else "flow"
            advance = runner.advance(self.script, self.scene.at or at, world, given)
        advance = advance or Advance(at)
        requested = self._apply(advance.effects, author)
        if not self._store(at, advance, requested=requested):
            return False
        put_off = advance.at is not None and advance.at.waits_for == "time" and not self.has_spoken
        upto = advance.at.heard if advance.at is not None and put_off else world.newest_seq
        self.set(answered=max(self.scene.answered, upto))
        self._arm_silence()
        return True

    def _fulfil(self, at: Checkpoint, need: Need) -> Given | None:
        """What the step needs from outside; None where the play stops to ask for it."""
        if isinstance(need, Think):
            return self.think(self._snapshot(self._heard(at) + 1))
        if isinstance(need, Classify):
            return Sorted(self.classify(need.text, need.intents, need.limit))
        given, self.given = self.given, None
        if given is not None:
            return given
        if at.calling and not need.repeatable:
            return CallFailed(INTERRUPTED, temporary=False)
        return self._ask_outside(at, need)

    def _ask_outside(self, at: Checkpoint, need: Call) -> CallFailed | None:
        try:
            request = calls.rendered(need, dict.fromkeys(self.house.directory.secrets, HIDDEN))
        except calls.NotACall as no_call:
            return CallFailed(str(no_call), temporary=False)
        address = request.url.replace(quote(HIDDEN), HIDDEN)
        body = json.dumps(json.loads(request.body), ensure_ascii=False, indent=2) if request.body else ""
        self.set(
            at=replace(at, calling="play", moves=at.moves + 1),
            asked=Asked(need.method, address, body, self.event, self.has_begun, self.has_spoken),
        )
        self._line("call", f"Would call {need.method} {calls.host_of(need.address)}.")
        return None

    # ── Where the run stands.

    def _store(self, at: Checkpoint, advance: Advance, *, requested: bool) -> bool:
        """Keep where the run stands now; returns whether automation rests."""
        if advance.at is not None:
            if advance.left:
                self._save(advance.at, advance.left, advance.by)
            return advance.rests
        before = _unpaused(replace(at, heard=max(at.heard, advance.heard)))
        if advance.ending == "finished" and before:
            self._save(before, advance.left, advance.by)
            return True
        self._walk(advance.left, advance.by)
        if advance.ending == "moved":
            return self._go_on_elsewhere(advance.flow)
        if advance.ending == "resolved" or self.scene.wraps_up:
            return self._closed_by_flow(at, advance)
        self._end("finished", heard=advance.heard)
        return requested or self.event == "resolved"

    def _save(self, at: Checkpoint, left: str, by: str) -> None:
        self.set(at=at, ended=None)
        self._walk(left, by, at.step)

    def _walk(self, left: str, by: str, step: str = "") -> None:
        ways = () if not by and left not in ENTRIES else ((left, by),)
        walked = tuple(dict.fromkeys((*self.scene.walked, *ways)))
        moved = tuple(dict.fromkeys((*self.scene.moved, *filter(None, (left, step)))))
        self.set(walked=walked, moved=moved)

    def _end(self, ending: str, *, heard: int = 0) -> None:
        at = self.scene.at
        self.has_begun = self.has_begun or self.event in ONE_RUN
        self._line("flow", _ENDINGS[ending])
        self.set(
            at=None, entry="", wraps_up=False, wrap_up_at=None, ended=None, asked=None,
            answered=max(self.scene.answered, heard, at.heard if at else 0),
        )  # fmt: skip

    def _go_on_elsewhere(self, flow: str) -> bool:
        if flow not in self.house.directory.flows:
            raise FlowError(f"the flow “{flow}” is not published")
        self._end("moved")
        self.set(elsewhere=flow)
        self._line("flow", f"Goes on in the flow “{flow}”. It is tried on its own page.")
        return True

    def _closed_by_flow(self, at: Checkpoint, advance: Advance) -> bool:
        wrapped, entry = self.scene.wraps_up, self.script.entry("resolving")
        self._end("resolved", heard=advance.heard)
        if self.event == "resolved":
            return True
        if entry and not wrapped:
            self._begin(entry, heard=max(at.heard, advance.heard), variables=_own(at))
            return False
        self._line("closed", "The conversation was closed.")
        self._close()
        return True

    def _close(self) -> None:
        if self.scene.at:
            self._end("left")
        self.set(is_closed=True, silence_at=None, wrap_up_at=None)

    def _give_up(self, told: str) -> None:
        at = self.scene.at
        where = f"The flow “{self.house.flow}” could not go on at “{at.step if at else ''}”: {told}"[:REASON_LIMIT]
        if at:
            self._end("failed")
        if self.scene.is_closed:
            self._line("trouble", where)
        else:
            self._apply((RequestHandoff(ReasonCode.INTEGRATION_ERROR, where),), "flow")
        self.set(answered=len(self.scene.transcript))

    # ── Silence.

    def _is_silent(self, entry: Entry) -> bool:
        last, now = self.scene.last_at, self.scene.clock
        return last is not None and self.scene.last_by != "visitor" and now >= last + timedelta(seconds=entry.seconds)

    def _pauses(self, at: Checkpoint) -> bool:
        entry = self.script.entry("inactivity")
        waits = at.waits_for in ("answer", "assistant") and PAUSED not in at.variables
        return self.event == "silent" and entry is not None and waits and self._is_silent(entry)

    def _pause(self, at: Checkpoint) -> None:
        paused = {"step": at.step, "waits_for": at.waits_for, "tries": at.tries}
        step = self.script.entries["inactivity"].step
        self._line("flow", f"The flow steps aside: {ENTRIES['inactivity'].lower()}.")
        self.set(silences=self.scene.silences + 1)
        self._save(
            Checkpoint(step, variables={**at.variables, PAUSED: paused}, heard=at.heard, moves=at.moves + 1),
            "inactivity",
            "",
        )

    def _abandon(self, at: Checkpoint) -> None:
        before = _unpaused(at)
        if before:
            self._save(before, "", "")
        else:
            self._end("left")

    def _arm_silence(self) -> None:
        entry, scene = self.script.entry("inactivity"), self.scene
        if entry is None or scene.is_closed or scene.leads != "automation" or self.event == "silent":
            return
        if entry.each_time or not scene.silences:
            self.set(silence_at=self._in(entry.seconds))

    # ── What automation can know.

    def _people_upto(self) -> int:
        return max((seq for seq, one in enumerate(self.scene.transcript, 1) if one.who == "person"), default=0)

    def _heard(self, at: Checkpoint) -> int:
        return max(at.heard, self._people_upto())

    def _answered(self) -> int:
        return max(self.scene.answered, self._people_upto(), self.scene.at.heard if self.scene.at else 0)

    def _is_waiting(self) -> bool:
        return any(one.who == "visitor" for one in self.scene.transcript[self._answered() :])

    def _sleeps(self) -> bool:
        return self.scene.at is not None and self.scene.at.waits_for == "person"

    def _words(self, at: Checkpoint) -> tuple[Words, ...]:
        heard = self._heard(at)
        said = [(seq, one) for seq, one in enumerate(self.scene.transcript, 1) if one.who == "visitor" and seq > heard]
        return tuple(Words(seq, one.words, one.params.get("values")) for seq, one in said[-30:])

    def _world(self, at: Checkpoint, words: tuple[Words, ...]) -> World:
        scene, house = self.scene, self.house
        around = Surroundings(
            scene.clock, house.time_zone, frozenset(scene.tags), scene.pages, house.hours, house.available
        )
        return World(
            now=scene.clock, language=house.language, facts=self._facts(words), around=around,
            reachable=house.reachable, words=words, newest_seq=words[-1].seq if words else self._heard(at),
            wish=self._wish(at, words), ended=scene.ended if self._sleeps() else None,
        )  # fmt: skip

    def _facts(self, words: tuple[Words, ...]) -> dict[str, Value]:
        scene, house = self.scene, self.house
        name, told = str(scene.facts.get("visitor.name") or ""), bool(scene.facts.get("visitor.email"))
        found: dict[str, Value] = {
            "visitor.identity": "claimed" if name or told else "anonymous", "visitor.first_name": name.split(" ")[0],
            "visitor.language": house.language, "visitor.time_zone": house.time_zone, **scene.facts,
            "conversation.language": house.language, "conversation.page": house.chat_page,
            "conversation.messages": sum(one.who == "visitor" for one in scene.transcript),
            "conversation.handoffs": scene.handoffs, "conversation.had_person": scene.had_person,
            "conversation.tags": ", ".join(scene.tags), "message": "\n".join(one.text for one in words),
            "assistant.name": house.assistant.name if house.assistant else house.chat_page,
            **{f"memory.{key}": value for key, value in scene.memory.items()},
            **{f"field.{key}": value for key, value in scene.fields.items()},
        }  # fmt: skip
        return {key: value for key, value in found.items() if value not in ("", None)}

    def _wish(self, at: Checkpoint, words: tuple[Words, ...]) -> RequestHandoff | None:
        snapshot = self._snapshot(self._heard(at) + 1) if words else None
        if snapshot:
            reply = asked_for(snapshot)
            return reply.handoff if reply else None
        fresh = (one.text for one in words if one.seq > self.scene.returned_at)
        wishes = (wants_person(text, self.house.language) for text in fresh)
        found = next(filter(None, wishes), None)
        return (
            RequestHandoff(ReasonCode.CUSTOMER_REQUEST, f"Asked for a person: “{found.evidence}”.") if found else None
        )

    def _snapshot(self, new_from: int) -> Snapshot | None:
        mind, scene, language = self.house.assistant, self.scene, self.house.language
        if mind is None:
            return None
        said = [
            Said(seq, one.who, "", one.words) for seq, one in enumerate(scene.transcript, 1)
            if one.who != "line" and not (new_from <= seq <= scene.returned_at and wants_person(one.words, language))
        ]  # fmt: skip
        facts = {
            key.removeprefix("visitor."): str(one) for key, one in scene.facts.items() if key[:8] == "visitor." and one
        }
        return Snapshot(
            language, mind.name, mind.instructions, tuple(said[-60:]), dict(scene.memory), facts, mind.knowledge,
            new_from, scene.returned, mind.sureness,
        )  # fmt: skip

    # ── Wishes, and what is seen of them.

    def _apply(self, wishes: Sequence[Wish], author: str) -> bool:
        """Each wish in its order; whether a person was asked for."""
        for wish in wishes:
            if isinstance(wish, RequestHandoff):
                if not wish.quiet:
                    self._show(author, wish.note or self.house.note)
                self._open(wish)
            elif isinstance(wish, Say):
                self._show(wish.by or author, wish.text[:4000], **wish.params)
            else:
                _EFFECTS[type(wish)](self, wish)
        return any(isinstance(wish, RequestHandoff) for wish in wishes)

    def _open(self, wish: RequestHandoff) -> None:
        code = wish.code.value.replace("_", " ")
        if wish.code != ReasonCode.TEAMMATE_PULL:
            urgency = "" if wish.urgency == "normal" else f", {wish.urgency} urgency"
            self._line("handoff", f"A person is asked for ({code}{urgency}): {wish.reason}")
        self.set(
            leads="waiting", handoffs=self.scene.handoffs + 1,
            failures=self.scene.failures + (wish.code == ReasonCode.ASSISTANT_ERROR),
        )  # fmt: skip
        if wish.team or wish.teammate:
            self.assign(Assign(wish.teammate, wish.team))
        elif self.house.team and not (self.scene.team or self.scene.teammate):
            self.assign(Assign(team=self.house.team))

    def _end_handoff(self, outcome: str, words: str, note: str) -> None:
        led = self.scene.leads == "person"
        name, said = self.house.teammate, [one.words for one in self.scene.transcript if one.who == "person"]
        last = said[-1] if said else ""
        if self._sleeps():
            self.set(ended=Ended(outcome, "" if outcome == "expired" else name, last if led else "", note))
        self._line("expired" if outcome == "expired" else "person", words)
        if outcome in ("returned", "expired"):  # a wish for a person before this has had its answer
            self.set(returned_at=len(self.scene.transcript))
        if outcome == "returned":
            self.set(returned=Returned(name, note, last))
        if note:
            self._line("note", f"Note for the assistant: {note}")
        self.set(leads="automation", teammate=self.scene.teammate if outcome == "expired" else "")

    def remember(self, wish: Remember) -> None:
        """The fact is known; what they say of themselves fills a gap."""
        self.set(memory={**self.scene.memory, wish.key: wish.value})
        if wish.key in ("name", "email", "phone") and not self.scene.facts.get(f"visitor.{wish.key}"):
            self.set(facts={**self.scene.facts, f"visitor.{wish.key}": wish.value})
        self._line("memory", f"Remembers {wish.key.replace('_', ' ')}: {wish.value}")

    def tag(self, wish: Tag) -> None:
        """The tag is on, or off."""
        if wish.name not in self.house.directory.tags:
            return self._line("trouble", f"The flow could not tag it “{wish.name}”: there is no such tag any more.")
        others = tuple(one for one in self.scene.tags if one != wish.name)
        self.set(tags=(*others, wish.name) if wish.add else others)
        return self._line("tag", f"Tagged {wish.name}." if wish.add else f"Takes off the tag {wish.name}.")

    def set_field(self, wish: SetField) -> None:
        """The field has its value, if it fits."""
        there = wish.key in self.house.directory.fields
        value = self.house.fits(wish.key, wish.value) if there else None
        if value is None:
            why = "that is no value for it." if there else "there is no such field any more."
            return self._line("trouble", f"The flow could not set “{wish.key}” to “{wish.value[:80]}”: {why}")
        others = {key: one for key, one in self.scene.fields.items() if key != wish.key}
        self.set(fields={**others, wish.key: value[:500]} if value else others)
        return self._line("field", f"Sets {wish.key} to {value}." if value else f"Clears {wish.key}.")

    def assign(self, wish: Assign) -> None:
        """The named one is responsible; what is not named stays as it is."""
        reachable = self.house.reachable
        team = wish.team if f"team:{wish.team}" in reachable else ""
        teammate = wish.teammate if f"teammate:{wish.teammate}" in reachable else ""
        if not team and not teammate:
            gone = f"The flow could not assign it to {wish.team or wish.teammate}: not here any more."
            return self._line("trouble", gone)
        self.set(team=team or self.scene.team, teammate=teammate or self.scene.teammate)
        return self._line("assign", f"Assigned to {' and '.join(filter(None, (teammate, team)))}.")

    def trouble(self, wish: Trouble) -> None:
        """Teammates read what went wrong."""
        self._line("trouble", wish.words)

    def _tell_tried(self, reply: Reply) -> None:
        for one in reply.tried:
            self._line("tried", one.result)

    def _show(self, who: str, words: str, **params: Any) -> None:
        kept = {key: value for key, value in params.items() if value is not None}
        shown = Shown(who, words, params=kept)  # type: ignore[arg-type]  # authors are these
        self.set(transcript=(*self.scene.transcript, shown))
        if who != "system":
            self.has_spoken = self.has_spoken or who in ("flow", "assistant")
            self.set(last_at=self.scene.clock, last_by=who)

    def _line(self, mark: str, words: str) -> None:
        self.set(transcript=(*self.scene.transcript, Shown("line", words, mark)))


_ENDINGS = {
    "finished": "The flow comes to its end.",
    "resolved": "The flow closes the conversation.",
    "moved": "The flow ends here.",
    "left": "The flow is left behind.",
    "failed": "The flow cannot go on.",
}
_ACTS: dict[type, Callable[[_Play, Any], None]] = {
    Opens: _Play.opens,
    Writes: _Play.writes,
    WantsPerson: _Play.wants_person,
    TakesOver: _Play.takes_over,
    HandsBack: _Play.hands_back,
    Finishes: _Play.finishes,
    Passes: _Play.passes,
    ServiceAnswers: _Play.service_answers,
    ServiceFails: _Play.service_fails,
}
_RINGS: dict[str, Callable[[_Play], None]] = {
    "step": _Play.rings_for_step,
    "silence": _Play.rings_for_silence,
    "wrap": _Play.rings_for_wrapping_up,
}
_EFFECTS: dict[type, Callable[[_Play, Any], None]] = {
    Remember: _Play.remember,
    Tag: _Play.tag,
    SetField: _Play.set_field,
    Assign: _Play.assign,
    Trouble: _Play.trouble,
}


def _own(at: Checkpoint) -> dict[str, Any]:
    """What a run takes along to another place: its variables, without where it was before."""
    return {name: value for name, value in at.variables.items() if name != PAUSED}


def _unpaused(at: Checkpoint) -> Checkpoint | None:
    """Where the run was before silence led it elsewhere; None where it was nowhere else."""
    paused = at.variables.get(PAUSED)
    if not isinstance(paused, dict):
        return None
    return Checkpoint(
        paused["step"],
        paused["waits_for"],
        variables=_own(at),
        tries=paused["tries"],
        heard=at.heard,
        moves=at.moves + 1,
    )


def duration(seconds: float) -> str:
    """So many seconds, as people say it."""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {name}{'' if seconds == size else 's'}"
    return f"{seconds:.0f} seconds"
