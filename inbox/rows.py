"""One row of the queue: who, how long, why, the last words, and who is on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.outcomes import Urgency
from handoff.states import Outcome

TARGET_SECONDS = 120  # after so long a wait is marked
LATE_SECONDS = 300  # and after so long it is late


@dataclass(frozen=True, slots=True)
class Face:
    """A person who is on a conversation, or only responsible for it."""

    name: str
    leads: bool

    @property
    def initials(self) -> str:
        """One or two letters."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation as the queue shows it; its fields are the columns of the statement, in order."""

    id: int
    public_id: uuid.UUID
    status: str
    seq: int
    last_author: str
    last_words: str
    last_at: datetime
    visitor_name: str
    visitor_id: int
    is_vip: bool
    chat_page: str
    handoff_id: int | None
    handoff_state: str
    reason: str
    requested_at: datetime | None
    asked: str
    person_id: int | None
    person_name: str
    assignee_id: int | None
    assignee_name: str
    team: str
    urgency: str
    outcome: str

    @property
    def state(self) -> str:
        """The view that it belongs to: waiting, person, automation or finished."""
        if self.status == "resolved":
            return "finished"
        return {"requested": "waiting", "engaged": "person"}.get(self.handoff_state, "automation")

    @property
    def mark(self) -> str:
        """Its hue and shape."""
        return "assistant" if self.state == "automation" else self.state

    @property
    def state_words(self) -> str:
        """The state in a word or two, for those who do not see the mark."""
        return {
            "waiting": _("Waiting for a person"),
            "person": _("With %(name)s") % {"name": self.person_name},
            "automation": _("With automation"),
            "finished": _("Finished"),
        }[self.state]

    @property
    def name(self) -> str:
        """Who it is; never empty."""
        return self.visitor_name or _("Visitor #%(number)s") % {"number": self.visitor_id}

    @property
    def why(self) -> str:
        """The written reason, where a person is or was needed and it still says something."""
        if self.state != "automation":
            return self.reason
        return _("Nobody came in time: %(reason)s") % {"reason": self.reason} if self.outcome == Outcome.EXPIRED else ""

    @property
    def shown_urgency(self) -> str:
        """High or low, while a person is asked for; a normal one needs no word."""
        return self.urgency if self.state in ("waiting", "person") and self.urgency != Urgency.NORMAL else ""

    @property
    def words(self) -> str:
        """The last words; while nobody is there yet, the customer's own rather than our note to them."""
        return self.asked or self.last_words

    @property
    def speaker(self) -> str:
        """Who said the last words, where it was not the customer."""
        if self.words != self.last_words or self.last_author in ("visitor", ""):
            return ""
        first_name = self.person_name.partition(" ")[0]
        return {"person": first_name or _("Teammate"), "assistant": _("Assistant"), "flow": _("Flow")}.get(
            self.last_author, ""
        )

    @property
    def faces(self) -> list[Face]:
        """Who leads it, then who is responsible for it; of a finished one, who had it."""
        if self.state == "finished":
            return [Face(self.person_name, leads=False)] if self.person_name else []
        if self.state == "person":
            lead = [Face(self.person_name, leads=True)]
            other = self.assignee_id is not None and self.assignee_id != self.person_id
            return lead + [Face(self.assignee_name, leads=False)] * other
        return [Face(self.assignee_name, leads=False)] if self.assignee_id else []

    @property
    def person_on_it(self) -> int | None:
        """The teammate who leads it now."""
        return self.person_id if self.state == "person" else None

    @property
    def since(self) -> datetime:
        """What its clock counts from: the request while it waits, else the last activity."""
        return self.requested_at if self.state == "waiting" and self.requested_at else self.last_at

    @property
    def requested_micros(self) -> int:
        """Its place among the waiting."""
        return micros(self.requested_at) if self.requested_at else 0

    @property
    def last_micros(self) -> int:
        """Its place in every other view."""
        return micros(self.last_at)

    @property
    def since_millis(self) -> int:
        """The clock's beginning, for the browser that lets it tick."""
        return micros(self.since) // 1000

    @property
    def clock(self) -> str:
        """The running wait, or how long ago the last activity was."""
        seconds = self._seconds
        return running(seconds) if self.state == "waiting" else ago(seconds)

    @property
    def lateness(self) -> str:
        """Whether a wait is past the target ("long") or far past it ("late")."""
        if self.state != "waiting" or self._seconds < TARGET_SECONDS:
            return ""
        return "late" if self._seconds >= LATE_SECONDS else "long"

    @property
    def _seconds(self) -> int:
        return max(0, int((timezone.now() - self.since).total_seconds()))


def micros(moment: datetime) -> int:
    """Microseconds since the epoch: exact, and comparable in a browser."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def running(seconds: int) -> str:
    """A wait that ticks: 0:07, 12:40, 1:05:00."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def ago(seconds: int) -> str:
    """How long ago, in one short word: now, 4m, 3h, 2d."""
    if seconds < 60:
        return _("now")
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 60 * 24 else f"{minutes // (60 * 24)}d"
