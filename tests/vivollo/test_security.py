"""The visitor's short way keeps to TLS as every other page does."""

from __future__ import annotations

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory

from vivollo.asgi import Pages
from vivollo.security import transport_security


async def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the chat")


async def test_a_chat_page_without_tls_is_led_to_it(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.ALLOWED_HOSTS = ["testserver"]
    door = transport_security(page)
    answer = await door(AsyncRequestFactory().get("/chat/shop/"))
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/chat/shop/")
    answer = await door(AsyncRequestFactory().get("/chat/shop/", secure=True))
    assert answer.content == b"the chat"
    assert answer["Strict-Transport-Security"].startswith("max-age=3600")


def test_where_there_is_no_tls_it_costs_nothing(settings):
    settings.SECURE_SSL_REDIRECT = False
    with pytest.raises(MiddlewareNotUsed):
        transport_security(page)


async def test_a_body_far_larger_than_any_message_is_refused_before_it_is_read():
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        raise AssertionError("it was read")

    scope = {"type": "http", "path": "/chat/shop/messages", "headers": [(b"content-length", b"900000000")]}
    await Pages()(scope, receive, send)
    assert said[0]["status"] == 413
