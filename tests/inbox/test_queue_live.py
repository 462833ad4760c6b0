"""The queue's socket: who may listen, what they hear, how often, and at which price."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import re_path

from conversations import live
from conversations.hub import hub
from handoff import services
from handoff.outcomes import ReasonCode
from inbox import fragments
from inbox.access import REFUSED
from inbox.consumers import QueueConsumer, TeammateConsumer
from inbox.urls import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)

REFETCH = '<template id="refetch"></template>'
application = URLRouter([re_path(r"^ws/inbox/", AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))])


def socket_of(teammate=None, language: str = "en", path: str = "/ws/inbox/") -> WebsocketCommunicator:
    """A browser's socket, with the cookie of a real sign-in."""
    headers = [(b"accept-language", language.encode())]
    if teammate is not None:
        client = Client()
        client.force_login(teammate)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        headers.append((b"cookie", cookie.encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def key_of(socket: WebsocketCommunicator) -> str:
    cookie = dict(socket.scope["headers"])[b"cookie"].decode()
    return cookie.removeprefix(f"{settings.SESSION_COOKIE_NAME}=")


async def listening(*sockets: WebsocketCommunicator) -> None:
    for socket in sockets:
        connected, _ = await socket.connect()
        assert connected
        assert await socket.receive_from(timeout=5) == REFETCH


def request_a_person(conversation_id: int, reason: str = "Wants a refund of 640."):
    return services.request(
        conversation_id=conversation_id, code=ReasonCode.NOT_PERMITTED, reason=reason, by="assistant"
    )


class CountingQueue(fragments.Queue):
    """The queue's feed, which remembers what it rendered."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def render(self, language, context):
        self.rendered.append(language)
        return super().render(language, context)


class Listener:
    """A socket's end without a network."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.frames: asyncio.Queue[str] = asyncio.Queue()

    async def say(self, frame: str) -> None:
        await self.frames.put(frame)

    async def hears(self) -> str:
        return await asyncio.wait_for(self.frames.get(), 5)


async def nothing_missed() -> str:
    return ""


@pytest.fixture
async def listeners():
    """A feed with two English sockets and a Turkish one, on the real hub and layer."""
    feed, sockets = CountingQueue(), [Listener("en"), Listener("en"), Listener("tr")]
    for socket in sockets:
        await hub().join(feed, socket, nothing_missed)
    yield feed, sockets
    for socket in sockets:
        hub().leave(feed, socket)


async def test_case_11_a_request_reaches_every_teammate_with_its_reason_once(ada, bruno, deniz, say):
    posted = await sync_to_async(say)(deniz, "It arrived broken")
    sockets = [await sync_to_async(socket_of)(one) for one in (ada, bruno)]
    await listening(*sockets)
    handoff = await sync_to_async(request_a_person)(posted.conversation_id)
    for socket in sockets:
        frames = [await socket.receive_from(timeout=5)]
        while not await socket.receive_nothing(timeout=0.4):
            frames.append(await socket.receive_from())
        assert "Wants a refund of 640." in frames[0] + frames[-1]
        assert 'id="count-waiting" class="count" data-count="1"' in "".join(frames)
        assert sum(f'data-called="{handoff.pk}"' in frame for frame in frames) == 1
        await socket.disconnect()


async def test_case_12_asking_again_calls_nobody_again(ada, deniz, say):
    posted = await sync_to_async(say)(deniz, "Hello")
    await sync_to_async(request_a_person)(posted.conversation_id)
    socket = await sync_to_async(socket_of)(ada)
    await listening(socket)
    await sync_to_async(request_a_person)(posted.conversation_id)
    assert await socket.receive_nothing(timeout=0.4)
    await socket.disconnect()


async def test_case_13_words_to_the_assistant_call_nobody(ada, deniz, say):
    socket = await sync_to_async(socket_of)(ada)
    await listening(socket)
    await sync_to_async(say)(deniz, "Do you deliver to Ankara?")
    frame = await socket.receive_from(timeout=5)
    assert 'data-called=""' in frame
    assert "Do you deliver to Ankara?" in frame
    assert 'id="count-automation" class="count" data-count="1"' in frame
    await socket.disconnect()


async def test_a_teammate_who_joins_unasked_calls_nobody(ada, bruno, deniz, say):
    posted = await sync_to_async(say)(deniz, "Hello")
    socket = await sync_to_async(socket_of)(bruno)
    await listening(socket)
    await sync_to_async(services.take_over)(conversation_id=posted.conversation_id, teammate=ada, body="I am Ada.")
    frames = await socket.receive_from(timeout=5)
    while not await socket.receive_nothing(timeout=0.4):
        frames += await socket.receive_from()
    assert 'data-called=""' in frames
    assert not [said for said in frames.split("data-called=")[1:] if not said.startswith('""')]
    assert f'data-person="{ada.pk}"' in frames
    await socket.disconnect()


async def test_a_frame_is_rendered_once_for_all_sockets_of_a_language(listeners, deniz, say):
    feed, sockets = listeners
    await sync_to_async(say)(deniz, "Hello")
    one, other, turkish = [await socket.hears() for socket in sockets]
    assert one is other
    assert sorted(feed.rendered) == ["en", "tr"]
    assert f"#{deniz.pk}" in turkish


async def test_a_burst_becomes_few_frames_but_a_request_does_not_wait(listeners, deniz, say):
    feed, (socket, *_) = listeners
    feed.pause = 30.0
    posted = await sync_to_async(say)(deniz, "the first word")
    await socket.hears()
    for n in range(10):
        await sync_to_async(say)(deniz, f"word {n}")
    handoff = await sync_to_async(request_a_person)(posted.conversation_id)
    assert f'data-called="{handoff.pk}"' in await socket.hears()
    assert len(feed.rendered) == 4


@pytest.mark.parametrize("what", ["typing", "context", "draft", "turn"])
async def test_what_changes_no_row_sends_nothing(ada, deniz, say, what):
    posted = await sync_to_async(say)(deniz, "Hello")
    socket = await sync_to_async(socket_of)(ada)
    await listening(socket)
    await live.publish_here(live.hint(what, posted.conversation_id))
    assert await socket.receive_nothing(timeout=0.4)
    await socket.disconnect()


@pytest.mark.parametrize("how", ["signs out", "leaves"])
async def test_a_socket_is_closed_when_its_teammate_signs_out_or_leaves(ada, bruno, deniz, say, how, monkeypatch):
    monkeypatch.setattr(QueueConsumer, "patience", 0.0)
    gone, here = [await sync_to_async(socket_of)(teammate) for teammate in (ada, bruno)]
    await listening(gone, here)
    if how == "leaves":
        ada.is_active = False
        await ada.asave(update_fields=["is_active"])
    else:
        await sync_to_async(Session.objects.filter(session_key=key_of(gone)).delete)()
    await sync_to_async(say)(deniz, "Hello")
    assert await gone.receive_output(timeout=5) == {"type": "websocket.close", "code": REFUSED}
    assert "Hello" in await here.receive_from(timeout=5)
    await here.disconnect()


async def test_a_stranger_is_told_so_and_hears_nothing(deniz, say):
    socket = await sync_to_async(socket_of)()
    connected, _ = await socket.connect()
    assert connected
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": REFUSED}


async def test_a_teammate_who_left_is_refused(ada):
    socket = await sync_to_async(socket_of)(ada)
    ada.is_active = False
    await ada.asave(update_fields=["is_active"])
    connected, _ = await socket.connect()
    assert connected
    assert (await socket.receive_output(timeout=5))["code"] == REFUSED


@pytest.mark.parametrize("how", ["signs out", "leaves", "gets a new password"])
async def test_a_conversations_socket_is_closed_when_its_teammate_goes(ada, deniz, say, how, monkeypatch):
    monkeypatch.setattr(TeammateConsumer, "patience", 0.0)
    posted = await sync_to_async(say)(deniz, "Hello")
    gone = await sync_to_async(socket_of)(ada, path=f"/ws/inbox/c/{posted.public_id}/")
    connected, _ = await gone.connect()
    assert connected
    assert "Hello" in await gone.receive_from(timeout=5)
    if how == "signs out":
        await sync_to_async(Session.objects.filter(session_key=key_of(gone)).delete)()
    elif how == "leaves":
        ada.is_active = False
        await ada.asave(update_fields=["is_active"])
    else:
        ada.set_password("another one")
        await ada.asave(update_fields=["password"])
    await sync_to_async(say)(deniz, "Not for Ada")
    while (heard := await gone.receive_output(timeout=5))["type"] == "websocket.send":
        assert "Not for Ada" not in heard["text"]
    assert heard == {"type": "websocket.close", "code": REFUSED}
    await gone.disconnect()
