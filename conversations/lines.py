"""The state lines of a thread, as kinds with parameters: each side reads its own words, in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Line:
    """One kind: what customers read (nothing at all where it is internal), what teammates read, and its mark."""

    team: str | Promise
    customer: str | Promise | None
    mark: str

    @property
    def audience(self) -> str:
        """Who sees such a line."""
        return "team" if self.customer is None else "everyone"


LINES: dict[str, Line] = {
    "handoff.requested": Line(_("Handed over: %(reason)s"), None, "waiting"),
    "handoff.engaged": Line(_("%(name)s took over."), _("%(name)s joined and has the whole conversation."), "person"),
    "handoff.returned": Line(
        _("%(name)s handed back to the assistant."), _("%(name)s has left; the assistant goes on."), "assistant"
    ),
    "handoff.returned_to_flow": Line(
        _("%(name)s handed back to the flow."), _("%(name)s has left; we go on here."), "assistant"
    ),
    "handoff.wraps_up": Line(_("%(name)s finished; the flow wraps up."), _("%(name)s has left."), "finished"),
    "handoff.resolved": Line(
        _("%(name)s finished the conversation."), _("%(name)s closed the conversation."), "finished"
    ),
    "handoff.withdrawn": Line(_("The request for a person was withdrawn."), None, "finished"),
    "handoff.expired": Line(_("Nobody came in time; the flow goes on."), None, "waiting"),
    "conversation.resolved": Line(_("The conversation was resolved."), _("The conversation was closed."), "finished"),
    "conversation.reopened": Line(_("%(name)s reopened the conversation."), _("The conversation goes on."), "person"),
    "assigned.claimed": Line(_("%(name)s took it on."), None, "person"),
    "assigned.teammate": Line(_("%(name)s assigned it to %(to)s."), None, "person"),
    "assigned.team": Line(_("Assigned to %(to)s."), None, "person"),
    "assigned.flow": Line(_("The flow assigned it to %(to)s."), None, "person"),
    "flow.trouble": Line("%(words)s", None, "danger"),
    "handback.note": Line(_("Note for the assistant: %(note)s"), None, "assistant"),
}


def words(kind: str, params: Mapping[str, Any], *, team: bool) -> str:
    """The line's words for one audience in the active language; an unknown kind raises KeyError."""
    line = LINES[kind]
    phrase = line.team if team else line.customer
    return str(phrase) % params if phrase is not None else ""
