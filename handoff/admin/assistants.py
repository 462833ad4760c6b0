"""Assistants and the articles that they answer from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import KeepsHistory, ThemedAdmin, facts, link, list_address
from handoff.models import Assistant, Automation, KnowledgeArticle

NEWEST = 12


class AssistantAdmin(KeepsHistory):
    """The AI: who it is, how it behaves, what it knows."""

    list_display = ["name", "engine", "knows", "works_on", "sureness"]
    search_fields = ["name", "instructions"]
    readonly_fields = ["articles_shown"]
    warn_unsaved_form = True
    fieldsets = [
        ("Who it is", {"fields": ["name", "instructions"]}),
        ("How it thinks", {"fields": ["engine", "sureness"]}),
        ("What it knows", {"fields": ["articles_shown"]}),
    ]
    add_fieldsets = fieldsets[:2]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assistant]:
        """With the number of articles and the chat pages."""
        found: QuerySet[Assistant] = (
            super().get_queryset(request)
            .annotate(article_count=Count("articles")).prefetch_related("automations__chat_page")
        )  # fmt: skip
        return found

    @admin.display(description="articles", ordering="article_count")
    def knows(self, assistant: Any) -> SafeString:
        """How many there are, leading to them."""
        there = list_address(KnowledgeArticle, assistant__id__exact=assistant.pk)
        return format_html('<a class="v-link" href="{}">{}</a>', there, assistant.article_count)

    @admin.display(description="works on")
    def works_on(self, assistant: Assistant) -> str:
        """Its chat pages."""
        return ", ".join(str(one.chat_page) for one in assistant.automations.all()) or "no chat page"

    @admin.display(description="articles")
    def articles_shown(self, assistant: Assistant) -> SafeString:
        """The newest articles, and the way to all of them."""
        newest = assistant.articles.defer("body", "words").order_by("-updated_at")[:NEWEST]
        return format_html(
            '{}<p class="v-hint"><a class="v-link" href="{}">All {} articles</a> · '
            '<a class="v-link" href="{}add/?assistant={}">Write another</a></p>',
            facts((one.get_language_display(), link(one)) for one in newest),
            list_address(KnowledgeArticle, assistant__id__exact=assistant.pk),
            assistant.articles.count(),
            list_address(KnowledgeArticle),
            assistant.pk,
        )

    def history_of(self, obj: Assistant) -> str:
        """Not history: but a chat page that runs it would suddenly have none."""
        pages = [one.chat_page for one in Automation.objects.filter(assistant=obj).select_related("chat_page")]
        if not pages:
            return ""
        links = ", ".join(f"“{page}”" for page in pages)
        return f"“{obj}” works on {links}. Choose another assistant there first, then delete this one."


class KnowledgeArticleAdmin(ThemedAdmin):
    """What an assistant knows, one page each."""

    list_display = ["title", "beginning", "language", "assistant", "link_shown", "updated_at"]
    list_filter = ["language", "assistant"]
    list_select_related = ["assistant"]
    search_fields = ["title", "body", "url"]
    search_help_text = "Words of the title, the text or the link."
    warn_unsaved_form = True
    fields = ["title", "body", ("language", "url"), "assistant"]

    @admin.display(description="text")
    def beginning(self, article: KnowledgeArticle) -> str:
        """Its first words."""
        return article.body[:90] + ("…" if len(article.body) > 90 else "")

    @admin.display(description="link", ordering="url")
    def link_shown(self, article: KnowledgeArticle) -> SafeString | str:
        """Where customers can read more."""
        if not article.url.startswith(("/", "https://", "http://")):
            return article.url or "–"
        return format_html(
            '<a class="v-link" href="{}" target="_blank" rel="noopener">{}</a>', article.url, article.url
        )


admin.site.register(Assistant, AssistantAdmin)
admin.site.register(KnowledgeArticle, KnowledgeArticleAdmin)
