"""The conversation's flow as teammates read it: where it stands, what it has gathered, and the ways back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from handoff import checkpoints, previews
from handoff.flows import template
from handoff.flows.foresight import Next
from handoff.models import Assistant, Flow, FlowRun, FlowVersion, Handoff, Teammate
from handoff.selectors import assistant_of
from handoff.services import WayBack
from handoff.states import State
from handoff.worlds import live_run, live_version, script_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """One variable of the flow in words: what the customer has told already."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Way:
    """One choice on handing back; `next` is what anybody would notice first, once somebody has asked for it."""

    value: str
    label: str | Promise
    line: str | Promise
    chosen: bool = False
    next: Next | None = None


LAST_WORDS = "message"  # a variable of every run; the thread shows it anyway
LABELS: dict[WayBack, tuple[str | Promise, str | Promise]] = {
    WayBack.RESUME: (_("Go on where it was"), _("The flow goes on from here.")),
    WayBack.ASSISTANT: (
        _("Let the assistant lead"),
        _("At once if the customer is waiting for an answer, otherwise when they next write."),
    ),
    WayBack.WRAP_UP: (_("Wrap up and resolve"), _("The flow says its last words, and the conversation is closed.")),
}


@dataclass(frozen=True, slots=True)
class FlowStanding:
    """Where the conversation's flow stands; all of it is empty where none runs and none could."""

    name: str = ""
    words: str = ""  # “Refund flow: waiting for the amount”
    goes_on_at: str = ""  # the step after a hand-back, while a person is asked for
    gathered: Sequence[Gathered] = ()
    wraps: str = ""  # first: finishing lets it wrap up before; now: it is wrapping up
    ways: Sequence[Way] = ()  # none where it can only go back to the assistant
    assistant: Assistant | None = None
    speaks: bool = False  # whether a flow answers here

    @property
    def waits(self) -> str:
        """What it waits for, without its name."""
        return self.words.removeprefix(f"{self.name}: ")


def standing(conversation: Conversation, handoffs: Sequence[Handoff]) -> FlowStanding:
    """Where the flow stands now, from its run, the page's flow and the newest handoff."""
    run, version = live_run(conversation.pk), live_version(conversation.chat_page_id)
    assistant = assistant_of(conversation.chat_page_id)
    handoff = handoffs[0] if handoffs and handoffs[0].state != State.FINISHED else None
    wraps = (
        "now"
        if run and run.wraps_up and not handoff
        else "first"
        if checkpoints.wraps_up(run, checkpoints.version_for(conversation, run), handoff)
        else ""
    )
    offered = {
        WayBack.RESUME: bool(run) or _enters(version, "handed_back", "fallback"),
        WayBack.ASSISTANT: assistant is not None,
        WayBack.WRAP_UP: wraps == "first",
    }
    goes_on_at = previews.goes_on_at(conversation) if run and handoff else ""
    return FlowStanding(
        name=run.version.flow.name if run else "",
        words=previews.standing(conversation) if run else "",
        goes_on_at=goes_on_at,
        gathered=gathered(run.variables) if run else (),
        wraps=wraps,
        ways=_ways(offered, run, goes_on_at),
        assistant=assistant,
        speaks=bool(run or version),
    )


def gathered(variables: Mapping[str, Any]) -> list[Gathered]:
    """The variables in words, an amount with its currency; internal and dotted ones are nobody's answer."""
    shown = {name: value for name, value in variables.items() if not name.startswith("_") and "." not in name}
    shown.pop(LAST_WORDS, None)
    beside = {f"{name}_currency" for name in shown}
    return [
        Gathered(name, " ".join(filter(None, (_words(value), _words(shown.get(f"{name}_currency"))))))
        for name, value in shown.items()
        if name not in beside and _words(value)
    ]


def _words(value: Any) -> str:
    return template.words(value) if isinstance(value, str | int | float) else ""


def _enters(version: FlowVersion | None, *entries: str) -> bool:
    script = script_of(version.pk) if version else None
    return script is not None and any(script.entry(name) for name in entries)


def _ways(offered: Mapping[WayBack, bool], run: FlowRun | None, goes_on_at: str) -> tuple[Way, ...]:
    """The choices that there are, the first of them chosen."""
    ways = [Way(way.value, *LABELS[way]) for way, is_there in offered.items() if is_there]
    if all(way.value == WayBack.ASSISTANT for way in ways):
        return ()
    if run is None and ways[0].value == WayBack.RESUME:
        ways[0] = replace(ways[0], label=_("Let the flow lead"), line=_("It begins anew."))
    elif goes_on_at:
        ways[0] = replace(ways[0], line=_now("The flow goes on at “%(step)s”.") % {"step": goes_on_at})
    return chosen(ways, ways[0].value)


def chosen(ways: Sequence[Way], value: str) -> tuple[Way, ...]:
    """The same choices with this one taken, where it is among them."""
    if all(way.value != value for way in ways):
        return tuple(ways)
    return tuple(replace(way, chosen=way.value == value) for way in ways)


def foreseen(
    conversation: Conversation, ways: Sequence[Way], *, teammate: Teammate, note: str, only: str = ""
) -> tuple[Way, ...]:
    """The choices with what each would lead to; with `only`, the others are left as they are."""
    return tuple(
        way
        if only and way.value != only
        else replace(way, next=_named(previews.preview(conversation, WayBack(way.value), teammate=teammate, note=note)))
        for way in ways
    )


def _named(found: Next) -> Next:
    """A flow is spoken of by its name, not by its slug."""
    if found.what != "moves":
        return found
    return replace(
        found, words=Flow.objects.filter(slug=found.words).values_list("name", flat=True).first() or found.words
    )
