"""Handoffs with the briefing that was frozen with them, and what the assistant tried, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import HistoryAdmin, chip, facts, link, search, shown
from handoff.models import Attempt, Handoff
from handoff.states import State

STATES = {State.REQUESTED: "waiting", State.ENGAGED: "person", State.FINISHED: "finished"}


# The database keeps no order of keys; people read who before where before with what.
CONTEXT = (
    "name", "identity", "email", "vip", "language", "place", "time_zone", "device", "system", "browser", "page", "visits",
)  # fmt: skip


def state_chip(handoff: Handoff) -> SafeString:
    """The state, and how a finished one ended."""
    ending = f" · {handoff.outcome}" if handoff.outcome else ""
    words = "waiting" if handoff.state == State.REQUESTED else handoff.state
    return chip(STATES[State(handoff.state)], f"{words}{ending}")


def waited(handoff: Handoff) -> str:
    """How long until a person came, or until now."""
    until = handoff.engaged_at or handoff.finished_at or timezone.now()
    return duration((until - handoff.requested_at).total_seconds())


def duration(seconds: float) -> str:
    """Minutes and seconds, or hours and minutes."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes}:{rest:02}"


class HandoffAdmin(HistoryAdmin):
    """One request for a person: why, who came, how it ended, and what they inherited."""

    list_display = ["why", "state_shown", "code_shown", "in_conversation", "visitor", "wait", "person", "requested_at"]
    list_filter = ["state", "code", "outcome", "requested_by"]
    list_select_related = ["conversation__visitor", "engaged_by"]
    date_hierarchy = "requested_at"
    search_fields = ["reason"]
    search_help_text = "Words of the reason, the visitor's name or e-mail, the teammate, or #conversation."
    fieldsets = [
        ("Why", {"fields": ["reason", "state_shown", "code_shown", "in_conversation"]}),
        ("When and who", {"fields": ["course"]}),
        ("Briefing, as it was frozen", {"fields": ["question", "known", "tried", "context", "pages"]}),
    ]
    readonly_fields = [
        "reason", "state_shown", "code_shown", "in_conversation", "course", "question", "known", "tried", "context",
        "pages",
    ]  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Handoff], search_term: str
    ) -> tuple[QuerySet[Handoff], bool]:
        """By reason, by person, or by the conversation's number."""
        return search(queryset, search_term, handoffs_by, number="conversation_id"), False

    @admin.display(description="why", ordering="reason")
    def why(self, handoff: Handoff) -> str:
        """The written reason."""
        return handoff.reason[:110] + ("…" if len(handoff.reason) > 110 else "")

    @admin.display(description="state", ordering="state")
    def state_shown(self, handoff: Handoff) -> SafeString:
        """How far it is."""
        return state_chip(handoff)

    @admin.display(description="reason code", ordering="code")
    def code_shown(self, handoff: Handoff) -> str:
        """The code in words."""
        return handoff.get_code_display()

    @admin.display(description="conversation", ordering="conversation")
    def in_conversation(self, handoff: Handoff) -> SafeString | str:
        """The thread."""
        return link(handoff.conversation)

    @admin.display(description="visitor", ordering="conversation__visitor__name")
    def visitor(self, handoff: Handoff) -> str:
        """Who waits or waited."""
        return str(handoff.conversation.visitor)

    @admin.display(description="waited")
    def wait(self, handoff: Handoff) -> str:
        """Until a person came."""
        return waited(handoff)

    @admin.display(description="person", ordering="engaged_by")
    def person(self, handoff: Handoff) -> str:
        """Who came."""
        return handoff.person_name or "–"

    @admin.display(description="course")
    def course(self, handoff: Handoff) -> SafeString | str:
        """Each time, with who."""
        return facts(
            {
                "requested": f"{handoff.requested_at:%d %b %Y %H:%M:%S} by the {handoff.requested_by}",
                "waited": waited(handoff),
                "engaged": f"{handoff.engaged_at:%d %b %Y %H:%M:%S} by {handoff.person_name}"
                if handoff.engaged_at
                else "",
                "finished": f"{handoff.finished_at:%d %b %Y %H:%M:%S}"
                + (f" by {handoff.finished_by}" if handoff.finished_by else "")
                if handoff.finished_at
                else "",
                "note for the assistant": handoff.note,
            }
        )

    @admin.display(description="open question")
    def question(self, handoff: Handoff) -> str:
        """What the customer still wanted."""
        return handoff.briefing.open_question

    @admin.display(description="remembered")
    def known(self, handoff: Handoff) -> SafeString | str:
        """The facts."""
        return facts((fact["key"], f"{fact['value']} (entry {fact['seq']})") for fact in handoff.briefing.facts)

    @admin.display(description="tried")
    def tried(self, handoff: Handoff) -> SafeString | str:
        """What the assistant had tried."""
        return facts((one["kind"], tried_words(one)) for one in handoff.briefing.attempts)

    @admin.display(description="visitor then")
    def context(self, handoff: Handoff) -> SafeString | str:
        """Who, where and with what."""
        known = handoff.briefing.context
        rest = [key for key in known if key not in (*CONTEXT, "pages")]
        return facts((key, known[key]) for key in (*CONTEXT, *rest) if key in known)

    @admin.display(description="pages browsed")
    def pages(self, handoff: Handoff) -> SafeString | str:
        """The pages, oldest first."""
        seen = handoff.briefing.context.get("pages", [])
        return facts((page["title"] or "page", page["url"]) for page in seen)


def handoffs_by(word: str) -> Q:
    """Handoffs that a typed word fits."""
    who = Q(conversation__visitor__name__icontains=word) | Q(conversation__visitor__email__icontains=word)
    person = Q(engaged_by__display_name__icontains=word) | Q(engaged_by__username__iexact=word)
    return Q(reason__icontains=word) | Q(code__iexact=word) | Q(briefing__open_question__icontains=word) | who | person


def tried_words(one: dict[str, Any]) -> SafeString | str:
    """What was asked, and what came of it."""
    asked = f"“{one['query']}”: " if one["query"] else ""
    found = f" Found: {shown(one['found'])}." if one["found"] else ""
    return format_html("{}{}{}", asked, one["result"], found)


class AttemptAdmin(HistoryAdmin):
    """One thing that the assistant tried."""

    list_display = ["asked", "kind", "result", "shown", "in_conversation", "created_at"]
    list_filter = ["kind", "shown"]
    list_select_related = ["turn__conversation"]
    search_fields = ["query"]
    search_help_text = "What was asked or what came of it, or #conversation."
    ordering = ["-pk"]
    readonly_fields = [
        "asked",
        "kind",
        "titles",
        "result",
        "shown",
        "in_conversation",
        "in_turn",
        "created_at",
    ]
    fields = tuple(readonly_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Attempt], search_term: str
    ) -> tuple[QuerySet[Attempt], bool]:
        """By the words, or by the conversation's number."""

        def by(word: str) -> Q:
            return Q(query__icontains=word) | Q(result__icontains=word)

        return search(queryset, search_term, by, number="turn__conversation_id"), False

    @admin.display(description="asked", ordering="query")
    def asked(self, attempt: Attempt) -> str:
        """What it looked for."""
        return attempt.query or attempt.get_kind_display()

    @admin.display(description="found")
    def titles(self, attempt: Attempt) -> str:
        """The titles of what was found."""
        return shown(attempt.found)

    @admin.display(description="conversation", ordering="turn__conversation")
    def in_conversation(self, attempt: Attempt) -> SafeString | str:
        """The thread."""
        return link(attempt.turn.conversation)

    @admin.display(description="turn", ordering="turn")
    def in_turn(self, attempt: Attempt) -> SafeString | str:
        """The turn."""
        return link(attempt.turn)


admin.site.register(Handoff, HandoffAdmin)
admin.site.register(Attempt, AttemptAdmin)
