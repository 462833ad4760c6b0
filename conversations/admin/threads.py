"""Conversations with their trail, messages and turns, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from conversations import lines
from conversations.admin.base import HistoryAdmin, chip, facts, is_public_id, link, search
from conversations.admin.fields import fields_of
from conversations.admin.trail import Happening, trail
from conversations.models import Conversation, Message, Turn

STATUS = {"open": "open", "snoozed": "waiting", "resolved": "finished"}
SPEAKERS = {"system": "finished", "flow": "assistant"}
TURNS = {"queued": "waiting", "running": "assistant", "completed": "finished", "cancelled": "danger"}


class ConversationAdmin(HistoryAdmin):
    """One thread: who it is with, how it stands, and everything that happened in it, in order."""

    list_display = ["number", "visitor_name", "status_shown", "last_line", "tagged", "last_at"]
    list_display_links = ["number", "visitor_name"]
    list_filter = ["status", "chat_page", "tags", "language"]
    list_select_related = ["visitor", "chat_page"]
    date_hierarchy = "created_at"
    search_fields = ["last_words"]
    search_help_text = "Name, e-mail, words of a message, a reason, #number or public id."
    fieldsets = [("", {"fields": ["overview"]})]
    readonly_fields = ["overview"]
    change_form_outer_after_template = "admin/trail.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """With the tags."""
        return super().get_queryset(request).prefetch_related("tags")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Conversation], search_term: str
    ) -> tuple[QuerySet[Conversation], bool]:
        """By what a person would type."""
        return search(queryset, search_term, self.conversations_by), False

    def conversations_by(self, word: str) -> Q:
        """Conversations that a typed word fits."""
        said = Message.objects.filter(conversation=OuterRef("pk"), body__icontains=word)
        who = Q(visitor__name__icontains=word) | Q(visitor__email__icontains=word) | Q(visitor__external_id=word)
        wanted = who | Q(Exists(said)) | Q(tags__name__iexact=word)
        return wanted | Q(public_id=word) | Q(visitor__public_id=word) if is_public_id(word) else wanted

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The page with the trail below."""
        conversation = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if conversation is not None and self.has_view_permission(request, conversation):
            extra |= {
                "title": f"#{conversation.pk} · {conversation.visitor}",
                "trail": trail(conversation, self.more_of_the_trail(conversation)),
            }
        return super().change_view(request, object_id, form_url, extra)

    def more_of_the_trail(self, conversation: Conversation) -> list[Happening]:
        """What other apps know of it."""
        return []

    @admin.display(description="number", ordering="pk")
    def number(self, conversation: Conversation) -> str:
        """As teammates call it."""
        return f"#{conversation.pk}"

    @admin.display(description="visitor", ordering="visitor__name")
    def visitor_name(self, conversation: Conversation) -> str:
        """Who it is with."""
        return str(conversation.visitor)

    @admin.display(description="status", ordering="status")
    def status_shown(self, conversation: Conversation) -> SafeString:
        """Open, snoozed or resolved."""
        return chip(STATUS[conversation.status], conversation.get_status_display())

    @admin.display(description="last words")
    def last_line(self, conversation: Conversation) -> str:
        """Who spoke last, and what they said."""
        words = conversation.last_words
        return f"{conversation.last_author}: {words[:90]}{'…' if len(words) > 90 else ''}" if words else "–"

    @admin.display(description="tags")
    def tagged(self, conversation: Conversation) -> SafeString | str:
        """Its tags."""
        found = ((chip(f"tag-{tag.colour}", tag.name),) for tag in conversation.tags.all())
        return format_html_join(" ", "{}", found) or "–"

    @admin.display(description="overview")
    def overview(self, conversation: Conversation) -> SafeString | str:
        """How it stands."""
        visitor = conversation.visitor
        return facts(
            {
                "visitor": link(visitor, f"{visitor} ({visitor.identity})"),
                "status": self.status_shown(conversation),
                "chat page": link(conversation.chat_page),
                "tags": self.tagged(conversation),
                "started": f"{conversation.created_at:%d %b %Y %H:%M}",
                "resolved": f"{conversation.resolved_at:%d %b %Y %H:%M}" if conversation.resolved_at else "",
                "language": conversation.language,
                "place": visitor.place,
                "public id": conversation.public_id,
            }
            | fields_of(conversation)
            | self.more_of_the_overview(conversation)
        )

    def more_of_the_overview(self, conversation: Conversation) -> dict[str, Any]:
        """What other apps know of how it stands."""
        return {}


class MessageAdmin(HistoryAdmin):
    """Everything that was ever said, and the state lines between."""

    list_display = ["words", "author_shown", "in_conversation", "seq", "created_at"]
    list_filter = ["author", "audience"]
    list_select_related = ["conversation__visitor", "teammate"]
    search_fields = ["body"]
    search_help_text = "Words of the message, the author's or visitor's name, or #conversation."
    ordering = ["-pk"]
    readonly_fields = [
        "in_conversation", "author_shown", "words_whole", "audience", "seq", "turn_shown", "created_at",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """By words, by person, or by the conversation's number."""

        def by(word: str) -> Q:
            who = Q(author_name__icontains=word) | Q(conversation__visitor__name__icontains=word)
            return Q(body__icontains=word) | who | Q(conversation__visitor__email__icontains=word)

        return search(queryset, search_term, by, number="conversation_id"), False

    @admin.display(description="words")
    def words(self, message: Message) -> str:
        """The beginning of it."""
        whole = self.words_whole(message)
        return whole[:100] + ("…" if len(whole) > 100 else "")

    @admin.display(description="words")
    def words_whole(self, message: Message) -> str:
        """All of it; a state line as teammates read it."""
        known = message.line in lines.LINES
        return lines.words(message.line, message.params, team=True) if known else message.body or message.line

    @admin.display(description="author", ordering="author")
    def author_shown(self, message: Message) -> SafeString:
        """Who said it, with the speaker's mark."""
        name = message.author_name or (str(message.conversation.visitor) if message.author == "visitor" else "")
        return chip(SPEAKERS.get(message.author, message.author), name or message.get_author_display())

    @admin.display(description="conversation", ordering="conversation")
    def in_conversation(self, message: Message) -> SafeString | str:
        """The thread."""
        return link(message.conversation)

    @admin.display(description="turn")
    def turn_shown(self, message: Message) -> SafeString | str:
        """The turn in which automation said it."""
        return link(message.turn)


class TurnAdmin(HistoryAdmin):
    """What automation was entitled to answer, and what became of it."""

    list_display = ["__str__", "state_shown", "in_conversation", "upto_seq", "claim", "created_at", "took"]
    list_filter = ["state"]
    list_select_related = ["conversation"]
    search_fields = ["draft"]
    search_help_text = "#conversation, the visitor's name, or words of a draft that was never sent."
    ordering = ["-pk"]
    readonly_fields = [
        "in_conversation", "state_shown", "caused_by", "said", "draft", "upto_seq", "claim", "lease_until", "created_at",
        "ended_at",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Turn], search_term: str
    ) -> tuple[QuerySet[Turn], bool]:
        """By conversation, by person, or by a draft."""

        def by(word: str) -> Q:
            return Q(draft__icontains=word) | Q(conversation__visitor__name__icontains=word)

        return search(queryset, search_term, by, number="conversation_id"), False

    @admin.display(description="state", ordering="state")
    def state_shown(self, turn: Turn) -> SafeString:
        """How far it is."""
        return chip(TURNS[turn.state], turn.get_state_display())

    @admin.display(description="conversation", ordering="conversation")
    def in_conversation(self, turn: Turn) -> SafeString | str:
        """The thread."""
        return link(turn.conversation)

    @admin.display(description="took")
    def took(self, turn: Turn) -> str:
        """Seconds from the question to the end."""
        return f"{(turn.ended_at - turn.created_at).total_seconds():.1f} s" if turn.ended_at else "–"

    @admin.display(description="caused by")
    def caused_by(self, turn: Turn) -> SafeString | str:
        """The event that it answers."""
        return link(turn.event)

    @admin.display(description="said")
    def said(self, turn: Turn) -> SafeString | str:
        """What came of it."""
        return facts((f"entry {one.seq}", link(one, one.body)) for one in turn.messages.order_by("seq"))


admin.site.register(Conversation, ConversationAdmin)
admin.site.register(Message, MessageAdmin)
admin.site.register(Turn, TurnAdmin)
