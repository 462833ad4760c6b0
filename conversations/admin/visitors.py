"""Visitors and what is remembered about them, to be read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import HistoryAdmin, chip, facts, is_public_id, link, search
from conversations.admin.fields import fields_of
from conversations.models import Conversation, Memory, PageView, Visitor

IDENTITY = {"verified": "person", "claimed": "visitor", "anonymous": "visitor"}
MOST_PAGES = 50


class VisitorAdmin(HistoryAdmin):
    """Who they are, where they came from, what they looked at, and their threads."""

    list_display = ["who", "email", "identity_shown", "place", "threads", "last_seen_at"]
    list_filter = ["chat_page", "language"]
    search_fields = ["name"]
    search_help_text = "Name, e-mail, phone, the shop's own id, #number or public id."
    ordering = ["-last_seen_at"]
    fieldsets = [
        ("Who", {"fields": ["identity_shown", "person", "signed", "claimed"]}),
        ("What is remembered", {"fields": ["remembered", "kept"]}),
        ("Threads", {"fields": ["conversations_shown"]}),
        ("Where and with what", {"fields": ["surroundings", "browsed"]}),
    ]
    readonly_fields = [
        "identity_shown", "person", "signed", "claimed", "remembered", "kept", "conversations_shown", "surroundings",
        "browsed",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Visitor]:
        """With the number of their conversations."""
        found: QuerySet[Visitor] = super().get_queryset(request).annotate(thread_count=Count("conversations"))
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Visitor], search_term: str
    ) -> tuple[QuerySet[Visitor], bool]:
        """By what a person would type."""
        return search(queryset, search_term, visitors_by), False

    @admin.display(description="visitor", ordering="name")
    def who(self, visitor: Visitor) -> str:
        """Their name, or a number."""
        return str(visitor)

    @admin.display(description="identity")
    def identity_shown(self, visitor: Visitor) -> SafeString:
        """How sure we are of who this is."""
        return chip(IDENTITY[visitor.identity], visitor.identity)

    @admin.display(description="threads", ordering="thread_count")
    def threads(self, visitor: Visitor) -> int:
        """How many there are."""
        return int(getattr(visitor, "thread_count", 0))

    @admin.display(description="person")
    def person(self, visitor: Visitor) -> SafeString | str:
        """Name and ways to reach them."""
        return facts(
            {
                "name": visitor.name,
                "e-mail": visitor.email,
                "phone": visitor.phone,
                "the shop's id": visitor.external_id,
                "public id": visitor.public_id,
                "chat page": link(visitor.chat_page),
            }
        )

    @admin.display(description="signed by the shop")
    def signed(self, visitor: Visitor) -> SafeString | str:
        """What the host page has signed."""
        return facts(visitor.attributes)

    @admin.display(description="claimed, unsigned")
    def claimed(self, visitor: Visitor) -> SafeString | str:
        """What anybody could have written."""
        return facts(visitor.claims)

    @admin.display(description="memories")
    def remembered(self, visitor: Visitor) -> SafeString | str:
        """Every fact."""
        return facts((memory.key, memory.value) for memory in visitor.memories.all())

    @admin.display(description="fields")
    def kept(self, visitor: Visitor) -> SafeString | str:
        """The fields that have a value."""
        return facts(fields_of(visitor))

    @admin.display(description="conversations")
    def conversations_shown(self, visitor: Visitor) -> SafeString | str:
        """The newest twenty."""
        newest = visitor.conversations.order_by("-pk")[:20]
        return facts((str(one), format_html("{} · {}", link(one, one.last_words or "–"), one.status)) for one in newest)

    @admin.display(description="surroundings")
    def surroundings(self, visitor: Visitor) -> SafeString | str:
        """Place, language and machine."""
        return facts(
            {
                "place": f"{visitor.place} (by {visitor.place_source})" if visitor.place else "",
                "time zone": visitor.time_zone,
                "language": visitor.language,
                "browser": visitor.browser,
                "system": visitor.system,
                "device": visitor.device,
                "came from": visitor.referrer,
                "visits": visitor.visits,
                "first seen": f"{visitor.first_seen_at:%d %b %Y %H:%M}",
                "last seen": f"{visitor.last_seen_at:%d %b %Y %H:%M}",
            }
        )

    @admin.display(description=f"newest {MOST_PAGES} pages")
    def browsed(self, visitor: Visitor) -> SafeString | str:
        """What they looked at, newest first."""
        pages: QuerySet[PageView] = visitor.page_views.order_by("-seen_at")[:MOST_PAGES]
        return facts((f"{view.seen_at:%d %b %H:%M}", f"{view.title or view.url}  {view.url}") for view in pages)


def visitors_by(word: str) -> Q:
    """Visitors that a typed word fits."""
    wanted = Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word) | Q(external_id=word)
    return wanted | Q(public_id=word) if is_public_id(word) else wanted


class MemoryAdmin(HistoryAdmin):
    """What is remembered, and the words that it was learned from."""

    list_display = ["value", "key_shown", "of_whom", "learned", "updated_at"]
    list_filter = ["key"]
    list_select_related = ["visitor", "learned_from"]
    search_fields = ["value"]
    search_help_text = "The remembered value, or the visitor's name or e-mail."
    ordering = ["-updated_at"]
    readonly_fields = ["of_whom", "key_shown", "value", "learned", "said_in", "created_at", "updated_at"]
    fields = tuple(readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Memory]:
        """With the thread that it was learned in."""
        threads = Prefetch("learned_from__conversation", Conversation.objects.all())
        return super().get_queryset(request).prefetch_related(threads)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Memory], search_term: str
    ) -> tuple[QuerySet[Memory], bool]:
        """By the fact or by the person."""

        def by(word: str) -> Q:
            whose = Q(visitor__name__icontains=word) | Q(visitor__email__icontains=word)
            return Q(key__icontains=word) | Q(value__icontains=word) | whose

        return search(queryset, search_term, by), False

    @admin.display(description="about", ordering="key")
    def key_shown(self, memory: Memory) -> str:
        """The key in words."""
        return memory.key.replace("_", " ")

    @admin.display(description="visitor", ordering="visitor__name")
    def of_whom(self, memory: Memory) -> SafeString | str:
        """Whose it is."""
        return link(memory.visitor)

    @admin.display(description="learned from")
    def learned(self, memory: Memory) -> SafeString | str:
        """The words that it was learned from."""
        return link(memory.learned_from, f"“{memory.learned_from.body[:80]}”") if memory.learned_from else "–"

    @admin.display(description="said in")
    def said_in(self, memory: Memory) -> SafeString | str:
        """The thread of those words."""
        return link(memory.learned_from.conversation) if memory.learned_from else "–"


admin.site.register(Visitor, VisitorAdmin)
admin.site.register(Memory, MemoryAdmin)
