"""Random valid flows beside random visitors, people and services: each look is whole, and each run ends or waits."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from handoff.assistants.base import Reply
from handoff.flows import runner
from handoff.flows import script as scripts
from handoff.flows.calls import Answered, Call, CallFailed, rendered
from handoff.flows.conditions import Surroundings
from handoff.flows.foresight import awaited, foresee
from handoff.flows.moves import Advance, Checkpoint, Classify, Ended, Given, Need, Sorted, Think, Words, World, begin
from handoff.flows.script import ASSISTANT, Script
from handoff.flows.steps import STEPS
from handoff.outcomes import REASON_LIMIT, ReasonCode, Remember, RequestHandoff, Say
from tests.handoff.flows.scripts import HOUSE, valid_flows

MOST_LOOKS = 40  # from one rest to the next; a flow of seven steps that needs more goes round in circles
MOST_EVENTS = 14
BEGAN = datetime(2026, 7, 1, 9, tzinfo=UTC)
OURS = {"_sorted_upto", "message"}
SAID = st.one_of(
    st.sampled_from((
        "500 TL", "it cost 640,50 TL", "3", "12.05.2026", "ada@example.com", "+90 532 123 45 67", "order 10482", "LD-12345",
        "Red", "2", "Refund", "ok", "{{secret.key}}", "{{amount}}", "s1", "end", "x" * 4000, "\u200b", "٣", "❤",
    )),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30),
)  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANSWERS = st.fixed_dictionaries(
    {}, optional={"status": PLAIN, "items": st.lists(st.fixed_dictionaries({"price": PLAIN}))}
)
WISH = RequestHandoff(ReasonCode.CUSTOMER_REQUEST, "Asked for a person.")


@dataclass
class Told:
    """One conversation, as far as a flow can see it."""

    script: Script
    data: Any
    at: Checkpoint | None
    now: datetime = BEGAN
    words: list[Words] = field(default_factory=list)
    ended: Ended | None = None
    wishes: bool = False
    looks: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    def world(self) -> World:
        assert self.at is not None
        heard = self.at.heard
        words = tuple(one for one in self.words if one.seq > heard)
        tags = frozenset(self.data.draw(st.sets(st.sampled_from(sorted(HOUSE.tags)))))
        reachable = frozenset({f"team:{one}" for one in HOUSE.teams} | {f"teammate:{one}" for one in HOUSE.teammates})
        gone = self.data.draw(st.sets(st.sampled_from(sorted(reachable)), max_size=2))
        around = Surroundings(self.now, "Europe/Istanbul", tags, ("https://a.example/refund",), {}, reachable)
        return World(
            now=self.now, language=self.data.draw(st.sampled_from(("en", "tr", "de", ""))), facts=dict(self.facts),
            around=around, reachable=reachable - gone, words=words, newest_seq=self.words[-1].seq if self.words else 0,
            wish=WISH if words and self.wishes else None, ended=self.ended,
        )  # fmt: skip

    def speaks(self) -> None:
        seq = (self.words[-1].seq if self.words else 0) + self.data.draw(st.integers(1, 3))
        values = self.data.draw(st.none() | st.dictionaries(st.sampled_from(("amount", "order", "email", "s1")), SAID))
        self.words.append(Words(seq, self.data.draw(SAID), values))
        self.wishes = self.data.draw(st.sampled_from((False, False, False, True)))


@settings(max_examples=70, deadline=None, derandomize=True, database=None, print_blob=False, suppress_health_check=list(HealthCheck))  # fmt: skip
@given(valid_flows(), st.data())
def test_a_flow_runs_to_an_end_or_a_rest_whatever_anybody_does(flow, data):
    script = scripts.read(flow)
    entry = data.draw(st.sampled_from(sorted(script.entries)))
    facts = data.draw(st.dictionaries(st.sampled_from(("visitor.name", "visitor.email", "memory.order")), SAID))
    told = Told(script, data, begin(script, script.entries[entry].step), facts=facts)
    for _ in range(data.draw(st.integers(0, 2))):
        told.speaks()
    for _ in range(MOST_EVENTS):
        until_it_rests(told)
        if told.at is None:
            event("ended")
            return
        event(f"waits for {told.at.waits_for}")
        something_happens(told)


def until_it_rests(told: Told) -> None:
    """Look after look, as a worker does, until nothing is left to do."""
    for _ in range(MOST_LOOKS):
        assert told.at is not None
        world = told.world()
        found = looked(told, world)
        if found is None:
            assert told.at.waits_for, "a run that does nothing waits"
            return
        whole(told, world, found)
        heard_before, told.at = told.at.heard, found.at
        told.ended = None
        asked_for_a_person = any(isinstance(one, RequestHandoff) for one in found.effects)
        if told.at is None:
            assert heard_before <= found.heard
            return
        if asked_for_a_person and told.at.waits_for != "person":
            told.at = a_person_comes_and_goes(told, told.at)
        elif found.rests and not [one for one in told.words if one.seq > told.at.heard]:
            return
    raise AssertionError(f"it goes round and round at {told.at}")


def looked(told: Told, world: World) -> Advance | None:
    """One look, and what it needs; the same look once more comes to the same."""
    at = told.at
    assert at is not None
    found = same(told, at, world, None)
    if found is None or found.need is None:
        return found
    assert found.at == at
    assert not found.effects
    if isinstance(found.need, Call) and not at.calling:
        at = told.at = replace(at, calling="key", moves=at.moves + 1)
        found = same(told, at, world, None)
        assert found is not None
        assert isinstance(found.need, Call)
        assert found.need.key == "key"
    assert found.need is not None
    given = fulfilled(told, found.need)
    done = same(told, at, world, given)
    assert done is not None
    if isinstance(given, Answered):
        assert done.at is None or done.at.step != at.step, "what was done outside is never done again"
    assert done.need is None, "what was given is used"
    return done


def same(told: Told, at: Checkpoint, world: World, given: Given | None) -> Advance | None:
    before = copy.deepcopy((asdict(at), dict(world.facts), given))
    found = runner.advance(told.script, at, world, given)
    again = runner.advance(told.script, kept(at), world, copy.deepcopy(given))
    assert found == again, "the same look comes to the same, also of a checkpoint that was stored"
    assert repr(before) == repr((asdict(at), dict(world.facts), given)), "a look changes nothing"
    if given is None:
        assert foresee(told.script, at, world).what
        assert awaited(told.script, at)
    return found


def kept(at: Checkpoint) -> Checkpoint:
    """The checkpoint from the database: its variables were JSON."""
    variables = json.loads(json.dumps(dict(at.variables), allow_nan=False))
    assert variables == dict(at.variables)
    return replace(at, variables=variables)


def whole(told: Told, world: World, found: Advance) -> None:
    """What always holds of a look that is applied."""
    assert told.at is not None
    assert found.left == told.at.step
    step = told.script.step(told.at.step)
    for wish in found.effects:
        if isinstance(wish, Say):
            assert wish.text.strip()[:4000].strip()
            assert all(one.strip() for one in wish.options)
        if isinstance(wish, RequestHandoff):
            assert wish.reason.strip()
            assert len(wish.reason) <= REASON_LIMIT
    assert sum(isinstance(one, RequestHandoff) for one in found.effects) <= 1
    if found.by:
        assert found.by in {one.name for one in STEPS[step.kind].exits(step)}
    if found.at is None:
        assert found.ending in ("finished", "resolved", "moved")
        return
    assert found.at.moves == told.at.moves + 1
    assert told.at.heard <= found.at.heard <= max(told.at.heard, world.newest_seq)
    assert found.at.step in {*told.script.steps, ASSISTANT}
    assert (found.at.waits_for == "time") <= (found.at.until is not None)
    assert set(found.at.variables) <= names_of(told.script), "what anybody typed is never a name"
    assert not found.at.calling or found.at.step == told.at.step


def names_of(script: Script) -> set[str]:
    """Every variable that the flow's steps may set."""
    return OURS.union(*(STEPS[step.kind].sets(step) for step in script.steps.values()))


def fulfilled(told: Told, need: Need) -> Given:
    draw = told.data.draw
    if isinstance(need, Classify):
        return Sorted(draw(st.sampled_from((None, "never_heard_of", *need.intents))))
    if isinstance(need, Think):
        say: Any = Say(draw(SAID.filter(str.strip)))
        wish = RequestHandoff(draw(st.sampled_from(ReasonCode)), "r" * REASON_LIMIT)
        learned = (Remember("order", "10482", 1),)
        return Reply(draw(st.sampled_from(((), (say,), (*learned, say), (wish,), (*learned, wish)))), ())
    sent(need)
    failed = CallFailed("127.0.0.1 did not answer.", temporary=False)
    return draw(st.just(failed) | st.builds(Answered, st.sampled_from((200, 204)), ANSWERS | PLAIN | st.lists(PLAIN)))


def sent(call: Call) -> None:
    """Filled in, it goes to the host that the admin named, whatever customers typed; or it is not made."""
    try:
        request = rendered(call, {"key": "shh"})
    except ValueError:
        return
    assert request.url.startswith("http://127.0.0.1:9/")
    assert all("\n" not in value for _, value in request.headers)
    if request.body:
        assert isinstance(json.loads(request.body), Mapping)


def a_person_comes_and_goes(told: Told, at: Checkpoint) -> Checkpoint:
    """They were asked for in words, and hand back to where it was."""
    told.wishes = False
    woken = runner.woken_after_person(at)
    assert woken.waits_for in ("", "time")
    return woken


def something_happens(told: Told) -> None:
    """Somebody speaks, the time comes, or the person is done; seldom nothing of it matters to the run."""
    draw = told.data.draw
    assert told.at is not None
    speaks = draw(st.booleans())
    if told.at.waits_for == "person" and draw(st.booleans()):
        outcome = draw(st.sampled_from(("returned", "resolved", "expired", "failed", "withdrawn")))
        told.ended = Ended(outcome, "Ada", draw(SAID), draw(SAID), ("VIP",), ("size",))
    elif told.at.until and draw(st.booleans()):
        told.now = told.at.until
    elif speaks or told.at.waits_for in ("answer", "assistant"):
        told.speaks()
    told.now += timedelta(seconds=draw(st.integers(0, 5)))
