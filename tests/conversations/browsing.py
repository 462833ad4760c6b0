"""What a visitor's browser does, against the product's own ASGI application: posts, fetches, and sockets."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
from channels.testing import WebsocketCommunicator

from conversations import access, pool
from conversations.models import Visitor
from vivollo.asgi import application

SEQS = re.compile(r'data-seq="(\d+)" data-author')


class Browser:
    """One tab: it knows its token, its conversation and its position, as chat.js does."""

    def __init__(self, http: httpx.AsyncClient, slug: str, token: str) -> None:
        self.http, self.slug, self.token = http, slug, token
        self.conversation, self.position = "", 0

    async def ask(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> httpx.Response:
        headers = {"X-Visitor-Token": self.token} | kwargs.pop("headers", {})
        method = "GET" if path.startswith("entries") else "POST"
        return await self.http.request(method, f"/chat/{self.slug}/{path}", data=data, headers=headers, **kwargs)

    async def say(self, body: str, client_id: uuid.UUID | None = None) -> httpx.Response:
        answer = await self.ask(
            "messages",
            {"body": body, "client_id": str(client_id or uuid.uuid4()), "conversation": self.conversation,
             "after": str(self.position), "language": "en"},
        )  # fmt: skip
        if answer.status_code == 200:
            self.apply(answer.text)
        return answer

    async def fetch(self) -> str:
        answer = await self.ask(f"entries?conversation={self.conversation}&after={self.position}")
        self.apply(answer.text)
        return answer.text

    def apply(self, html: str) -> None:
        place = re.search(r'data-conversation="([^"]*)" data-after="(\d+)" data-seq="(\d+)"', html)
        assert place is not None, html
        self.conversation = place[1]
        self.position = int(place[3])

    @contextlib.asynccontextmanager
    async def socket(self, token: str | None = None) -> AsyncIterator[WebsocketCommunicator]:
        address = f"/ws/chat/{self.slug}/?conversation={self.conversation}&after={self.position}"
        protocol = f"vivollo.{self.token if token is None else token}"
        tab = WebsocketCommunicator(application, address, [(b"origin", b"http://testserver")], [protocol])
        connected, chosen = await tab.connect(timeout=5)
        assert (connected, chosen) == (True, protocol)
        try:
            yield tab
        finally:
            await tab.disconnect()


@contextlib.asynccontextmanager
async def browser_of(visitor: Visitor) -> AsyncIterator[Browser]:
    """A tab of this visitor, already open."""
    slug = visitor.chat_page.slug
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        try:
            yield Browser(http, slug, access.sign(visitor, slug))
        finally:
            opened = pool._pools.pop(asyncio.get_running_loop(), None)
            if opened is not None:
                await opened.close()


def seqs(html: str) -> list[int]:
    """The entries that a frame brings, in its order."""
    return [int(seq) for seq in SEQS.findall(html)]
