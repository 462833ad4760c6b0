"""A flow that is being tried in play, and the house around it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from handoff.assistants.base import Reply, Snapshot
from handoff.flows.directory import Directory
from handoff.flows.hours import Hours, Opening
from handoff.flows.playing import Opens, act
from handoff.flows.scenes import House, Mind, Scene, begin, from_data, to_data
from handoff.flows.script import END, Script, Step, read
from handoff.flows.steps import STEPS
from handoff.outcomes import ReasonCode, RequestHandoff, Say

MONDAY = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)
OFFICE = Hours("UTC", tuple(Opening(day, time(9), time(18)) for day in range(5)))


class NoArticles:
    """Knows nothing."""

    def search(self, query: str, *, language: str, limit: int = 5) -> list[Any]:
        return []


HOUSE = House(
    flow="Refund flow",
    directory=Directory(
        teams=frozenset({"Support", "Refunds"}), teammates=frozenset({"ada", "bruno"}), tags=frozenset({"refund"}),
        fields=frozenset({"size"}), hours=frozenset({"Office"}), flows=frozenset({"other"}), secrets=frozenset({"key"}),
    ),
    fits=lambda key, text: text if text.isdigit() or not text else None,
    hours={"Office": OFFICE},
    assistant=Mind("Lumi", "Be brief.", NoArticles()),
    note="Let me bring in a teammate.",
    team="Support",
    teammate="Ada",
)  # fmt: skip


def step(kind: str, id: str, exits: str | Mapping[str, str] = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002
    described = STEPS[kind].exits(Step(id, kind, params=params))
    named = {described[0].name: exits} if isinstance(exits, str) and exits else dict(exits or {})
    ends = {one.name: END for one in described if not one.otherwise}
    return {"id": id, "kind": kind, "params": params, "exits": ends | named}


def says(id: str, text: str, exits: str | Mapping[str, str] = "", /, **params: Any) -> dict[str, Any]:  # noqa: A002
    return step("send_message", id, exits, text=text, **params)


AMOUNT = {"question": "How much?", "kind": "amount", "variable": "amount", "currency": "TRY", "tries": 2}


class Play:
    """A flow that is being tried; after each action the scene goes through the text in which a browser keeps it."""

    def __init__(self, *steps: dict[str, Any], entries: Mapping[str, Any] | None = None, house: House = HOUSE,
                 persona: str = "anonymous", clock: datetime = MONDAY, reply: Any = None) -> None:  # fmt: skip
        told = {"fallback": steps[0]["id"]} if entries is None else entries
        self.script: Script = read({
            "entries": {name: {"step": one} if isinstance(one, str) else one for name, one in told.items()},
            "steps": list(steps),
        })  # fmt: skip
        self.house, self.asked = house, []
        self.reply = reply or (lambda snapshot: Reply((Say("I can help with that."),), ()))
        self.scene: Scene = begin(persona, clock)
        self(Opens())

    def __call__(self, *actions: Any) -> list[tuple[str, str]]:
        """What is new in the thread."""
        before = len(self.scene.transcript)
        for action in actions:
            scene = act(self.script, self.scene, action, self.house, think=self.think, classify=self.classify)
            self.scene = from_data(json.loads(json.dumps(to_data(scene))))
            assert self.scene == scene
        return [(one.who, one.words) for one in self.scene.transcript[before:] if one.who != "line"]

    def think(self, snapshot: Snapshot | None) -> Reply:
        self.asked.append(snapshot)
        if snapshot is None:
            return Reply((RequestHandoff(ReasonCode.POLICY_RULE, "There is no assistant."),), ())
        return self.reply(snapshot)

    def classify(self, text: str, intents: Mapping[str, Sequence[str]], limit: float) -> str | None:
        return next((name for name in intents if name in text.lower()), None)

    @property
    def lines(self) -> list[str]:
        return [one.words for one in self.scene.transcript if one.who == "line"]


def refund(**entries: Any) -> Play:
    """Over 500 a person is asked for, under it the flow says so; after the person it says thanks."""
    return Play(
        step("ask", "amount", {"answered": "large", "gave_up": "person"}, **AMOUNT),
        step("condition", "large", {"yes": "mark", "no": "small"}, conditions=[{"subject": "amount", "test": "greater", "value": "500"}]),
        step("tag", "mark", "person", tag="refund"),
        step("hand_off", "person", {"returned": "thanks", "expired": "sorry"}, reason="Refund of {{amount}}", team="Refunds", expires=600),
        says("small", "Done: {{amount}}."),
        says("thanks", "{{person.name}} said: {{person.last_words}}"),
        says("sorry", "Nobody is here now."),
        entries={"fallback": "amount", **entries},
    )  # fmt: skip
