"""Chat pages and tags: what an admin sets up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.admin.base import KeepsHistory, ThemedAdmin, address, chip, list_address
from conversations.models import ChatPage, Conversation, Tag
from conversations.models.conversations import new_identity_secret


class ChatPageAdmin(KeepsHistory):
    """One place of contact: its words, its look, who may embed it, and how to embed it."""

    list_display = ["name", "slug", "accent", "locale", "threads", "open_page"]
    search_fields = ["name", "slug", "greeting", "allowed_origins"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["snippet", "signing_secret"]
    warn_unsaved_form = True
    fieldsets = [
        ("What customers see", {"fields": ["name", "slug", "greeting", ("hue", "locale")]}),
        ("On your site", {"fields": ["snippet", "allowed_origins"]}),
        ("Knowing who the visitor is", {"fields": ["signing_secret"]}),
    ]
    add_fieldsets = [
        ("What customers see", {"fields": ["name", "slug", "greeting", ("hue", "locale")]}),
        ("On your site", {"fields": ["allowed_origins"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatPage]:
        """With the number of conversations."""
        found: QuerySet[ChatPage] = super().get_queryset(request).annotate(thread_count=Count("conversations"))
        return found

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No taller than what is written there, and an address that HTML does not swallow."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in ("greeting", "allowed_origins"):
            field.widget.attrs["rows"] = 3
        if field is not None and db_field.name == "slug":
            field.help_text = "The last part of its address: /chat/shop/ for “shop”."
        return field

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """An address that customers know does not follow a new name."""
        return {} if obj else dict(self.prepopulated_fields)

    def get_urls(self) -> list[URLPattern]:
        """One more: a new identity secret."""
        fresh = path(
            "<int:pk>/new-secret/",
            self.admin_site.admin_view(self.new_secret),
            name="conversations_chatpage_new_secret",
        )
        return [fresh, *super().get_urls()]

    def new_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The old secret is void and the new one is shown, this once."""
        page = self.get_object(request, str(pk))
        if request.method != "POST" or page is None or not self.has_change_permission(request, page):
            return HttpResponse(status=405 if request.method != "POST" else 403)
        page.identity_secret = new_identity_secret()
        page.save(update_fields=["identity_secret"])
        self.log_change(request, page, "Made a new identity secret.")
        known = {**self.admin_site.each_context(request), "opts": self.opts, "title": "A new identity secret"}
        return TemplateResponse(request, "admin/new_secret.html", {**known, "page": page, "back": address(page)})

    @admin.display(description="accent", ordering="hue")
    def accent(self, page: ChatPage) -> SafeString:
        """The accent as a dot and a word."""
        return format_html('<span class="v-hue v-hue-{}">{}</span>', page.hue, page.get_hue_display())

    @admin.display(description="conversations", ordering="thread_count")
    def threads(self, page: Any) -> SafeString:
        """How many there are, leading to them."""
        there = list_address(Conversation, chat_page__id__exact=page.pk)
        return format_html('<a class="v-link" href="{}">{}</a>', there, page.thread_count)

    @admin.display(description="page")
    def open_page(self, page: ChatPage) -> SafeString:
        """The page as a customer opens it."""
        return format_html('<a class="v-link" href="/chat/{}/" target="_blank" rel="noopener">Open ↗</a>', page.slug)

    @admin.display(description="embed")
    def snippet(self, page: ChatPage) -> SafeString:
        """The line to paste into a site, ready to copy."""
        host = getattr(page, "host", "")
        code = f'<script src="{host}/embed.js" data-page="{page.slug}" async></script>'
        return format_html(
            '<div class="v-copy"><code id="snippet">{}</code>'
            '<button type="button" class="v-button" data-copy="snippet">Copy</button></div>'
            '<p class="v-hint">Paste it before &lt;/body&gt; on each page that shall have the chat. '
            '<a class="v-link" href="/chat/{}/" target="_blank" rel="noopener">Open the chat page ↗</a></p>',
            code,
            page.slug,
        )

    @admin.display(description="identity secret")
    def signing_secret(self, page: ChatPage) -> SafeString:
        """The secret, masked, and the way to a new one."""
        return format_html(
            '<div class="v-copy"><code>{}</code>'
            '<button type="submit" class="v-button" formaction="{}" formnovalidate data-sure="Make a new secret? '
            'Identities signed with the old one are refused from now on.">Make a new one</button></div>'
            '<p class="v-hint">Your server signs with it who its visitor is (id, name, e-mail, such as vip). It is shown once, '
            "when it is made; the one in use ends in these four characters. A new one makes the old one void at once.</p>",
            "•" * 12 + page.identity_secret[-4:],
            reverse("admin:conversations_chatpage_new_secret", args=[page.pk]),
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The snippet names the host that the admin was opened on."""
        page = super().get_object(request, object_id, from_field)
        if page is not None:
            page.host = f"{request.scheme}://{request.get_host()}"
        return page

    def history_of(self, obj: ChatPage) -> str:
        """Its conversations keep it."""
        count = obj.conversations.count()
        return (
            f"“{obj}” has {count} conversations, and history is never deleted, so it stays. "
            "Remove its line from your site to stop using it."
            if count or obj.visitors.exists()
            else ""
        )


class TagAdmin(ThemedAdmin):
    """The words that conversations are sorted by."""

    list_display = ["label", "colour", "used"]
    search_fields = ["name"]
    list_filter = ["colour"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        """With the number of conversations."""
        found: QuerySet[Tag] = super().get_queryset(request).annotate(used_count=Count("conversations"))
        return found

    @admin.display(description="tag", ordering="name")
    def label(self, tag: Tag) -> SafeString:
        """The tag as teammates see it."""
        return chip(f"tag-{tag.colour}", tag.name)

    @admin.display(description="conversations", ordering="used_count")
    def used(self, tag: Any) -> SafeString:
        """How many have it, leading to them."""
        there = list_address(Conversation, tags__id__exact=tag.pk)
        return format_html('<a class="v-link" href="{}">{}</a>', there, tag.used_count)


admin.site.register(ChatPage, ChatPageAdmin)
admin.site.register(Tag, TagAdmin)
