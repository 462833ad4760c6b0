"""A conversation with a flow, by the pure runner alone: words in, words and wishes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from handoff.assistants.base import Reply
from handoff.assistants.human_request import wants_person
from handoff.assistants.intents import classify
from handoff.flows import runner
from handoff.flows.conditions import Surroundings
from handoff.flows.hours import Hours, Opening
from handoff.flows.moves import Checkpoint, Classify, Ended, Sorted, Think, Words, World, begin
from handoff.flows.script import Script
from handoff.outcomes import ReasonCode, RequestHandoff, Say

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANSWER = Reply((Say("Thirty days.", by="assistant"),), ())
SHOP_HOURS = Hours("UTC", (Opening(0, time(9), time(18)),))


@dataclass
class Talk:
    """A conversation with a flow: what it said and did, in order."""

    script: Script
    facts: dict[str, object] = field(default_factory=dict)
    available: frozenset[str] = frozenset()
    now: datetime = MONDAY_NOON
    at: Checkpoint | None = None
    seq: int = 0
    said: list[str] = field(default_factory=list)
    handoffs: list[RequestHandoff] = field(default_factory=list)
    done: list[object] = field(default_factory=list)
    ending: str = ""
    words: tuple[Words, ...] = ()

    def enter(self, entry: str) -> Talk:
        """The flow begins by this entry, and goes on until it rests."""
        found = self.script.entry(entry)
        assert found is not None
        self.at = begin(self.script, found.step, heard=self.seq)
        return self._go_on()

    def write(self, text: str, reply: Reply = ANSWER) -> Talk:
        """The visitor says this; the assistant, if it is asked, replies so."""
        self.seq += 1
        self.words = (*self.words, Words(self.seq, text))
        entry = self.script.entry("fallback")
        assert entry is not None
        self.at = self.at or begin(self.script, entry.step, heard=self.seq - 1)
        return self._go_on(reply=reply)

    def person(self, outcome: str, name: str = "Ada") -> Talk:
        """The handoff ends so."""
        assert self.at is not None
        assert self.at.waits_for == "person"
        return self._go_on(ended=Ended(outcome, name))

    def later(self, seconds: int) -> Talk:
        """So much time goes by."""
        self.now += timedelta(seconds=seconds)
        return self._go_on()

    def _go_on(self, reply: Reply = ANSWER, ended: Ended | None = None) -> Talk:
        for _look in range(30):
            if self.at is None:
                return self
            advance = runner.advance(self.script, self.at, self._world(ended))
            given = None
            if advance and isinstance(advance.need, Classify):
                given = Sorted(
                    classify(advance.need.text, advance.need.intents, language="en", limit=advance.need.limit).name
                )
            elif advance and isinstance(advance.need, Think):
                given = reply
            if given is not None:
                advance = runner.advance(self.script, self.at, self._world(ended), given)
            if advance is None:
                return self
            self._apply(advance)
            if self.at is None or self.at.waits_for:
                return self
            ended = None
        raise AssertionError("it does not come to rest")

    def _apply(self, advance: runner.Advance) -> None:
        self.at, self.ending = advance.at, advance.ending
        for wish in advance.effects:
            if isinstance(wish, Say):
                self.said.append(wish.text)
            elif isinstance(wish, RequestHandoff):
                self.handoffs.append(wish)
            else:
                self.done.append(wish)

    def _world(self, ended: Ended | None) -> World:
        heard = self.at.heard if self.at else 0
        words = tuple(one for one in self.words if one.seq > heard)
        wish = next((found for one in words if (found := wants_person(one.text, "en"))), None)
        return World(
            now=self.now, language="en", facts=self.facts, words=words, newest_seq=self.seq, ended=ended,
            around=Surroundings(self.now, "UTC", hours={"Shop hours": SHOP_HOURS}, available=self.available),
            reachable={"team:Support", "teammate:ada"},
            wish=RequestHandoff(ReasonCode.CUSTOMER_REQUEST, "Asked for a person.") if wish else None,
        )  # fmt: skip
