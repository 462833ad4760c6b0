"""The shop's pages, and the front door that shows where everything is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vivollo.demo import content
from vivollo.demo.products import PRODUCTS
from vivollo.demo.service_pages import TEXTS


@require_safe
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """One page of the shop; each embeds the chat as a customer's own site would."""
    found = content.PAGES.get(slug)
    if found is None:
        raise Http404("The shop has no such page.")
    context = {
        "page": found,
        "shop": content.SHOP,
        "chat_page": content.CHAT_PAGE,
        "products": PRODUCTS,
        "texts": TEXTS,
    }
    return render(request, f"demo/{found.kind}.html", context)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The product's front door: the shop, the chat page, the inbox and the admin."""
    return render(request, "home.html", {"shop": content.SHOP, "chat_page": content.CHAT_PAGE})
