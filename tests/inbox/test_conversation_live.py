"""The conversation pane's socket: every entry once, in order, to everybody who looks."""

import asyncio
import re
import uuid

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.test import AsyncClient
from django.urls import reverse

from conversations import events, live, turns
from conversations.models import Conversation, Message, Turn
from conversations.services import note_pages
from handoff import services
from inbox import thread_fragments
from inbox.urls import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)


class Screen:
    """One teammate's browser: it keeps what the page would keep, by the page's own rules."""

    def __init__(self, conversation, teammate, after=0):
        self.socket = WebsocketCommunicator(
            URLRouter(websocket_urlpatterns), f"/c/{conversation.public_id}/?after={after}"
        )
        self.socket.scope["user"] = teammate
        self.position = after
        self.entries = []
        self.gaps = 0
        self.frames = []

    async def open(self):
        await self.socket.connect(timeout=5)
        await self.until(lambda: self.frames)
        return self

    async def until(self, ready, seconds=5):
        """Read frames until it is so."""
        async with asyncio.timeout(seconds):
            while not ready():
                self.apply(await self.socket.receive_from(timeout=seconds))

    def apply(self, frame):
        if "data-frame" not in frame:
            return
        self.frames.append(frame)
        after, seq = (int(re.search(rf'data-{name}="(\d+)"', frame).group(1)) for name in ("after", "seq"))
        if after > self.position:
            self.gaps += 1
            return
        self.entries += [n for n in map(int, re.findall(r'id="entry-(\d+)"', frame)) if n not in self.entries]
        self.position = max(self.position, seq)

    def shows(self, words):
        return any(words in frame for frame in self.frames)

    async def close(self):
        await self.socket.disconnect(timeout=5)


@pytest.fixture
def talk(deniz, assistant, say):
    return Conversation.objects.get(pk=say(deniz, "Hello").conversation_id)


@pytest_asyncio.fixture
async def screens(talk):
    """Opens screens on the conversation, and closes what is still open at the end."""
    opened = []

    async def open_screen(teammate, after=0):
        opened.append(await Screen(talk, teammate, after).open())
        return opened[-1]

    yield open_screen
    for one in opened:
        await one.close()


async def test_live_order_is_stored_order(talk, ada, bruno, deniz, say, screens):
    """FAILURES 19: nothing is skipped until somebody reloads, and every viewer gets the same."""
    one, other = await screens(ada), await screens(bruno)
    for number in range(15):
        await sync_to_async(say)(deniz, f"message {number}")
        if number % 5 == 0:
            await sync_to_async(services.take_over)(conversation_id=talk.pk, teammate=ada, body=f"answer {number}")
    await talk.arefresh_from_db()
    stored = [
        seq async for seq in Message.objects.filter(conversation=talk).order_by("seq").values_list("seq", flat=True)
    ]
    for screen in (one, other):
        await screen.until(lambda screen=screen: screen.position == talk.last_seq)
        assert screen.entries == stored
        assert screen.gaps == 0


async def test_a_reconnect_catches_up_without_a_gap_or_a_double(talk, ada, deniz, say, screens):
    """FAILURES 16."""
    first = await screens(ada)
    await sync_to_async(say)(deniz, "before the cut")
    await first.until(lambda: first.position == 2)
    await first.close()
    for number in range(5):
        await sync_to_async(say)(deniz, f"unseen {number}")
    again = await screens(ada, after=first.position)
    await sync_to_async(say)(deniz, "after the cut")
    await again.until(lambda: again.position == 8)
    assert first.entries + again.entries == list(range(1, 9))


async def test_a_state_comes_with_its_names(talk, ada, bruno, screens):
    one = await screens(bruno)
    await sync_to_async(services.take_over)(conversation_id=talk.pk, teammate=ada, body="Hello")
    await one.until(lambda: one.shows("With Ada"))
    await one.until(lambda: one.shows("Ada is leading. Your reply adds to theirs."))
    await sync_to_async(services.hand_back)(conversation_id=talk.pk, teammate=ada, note="All is well")
    await one.until(lambda: one.shows("With Lumi, the assistant") and one.shows("All is well"))


async def test_composing_typing_and_pages_are_seen(talk, ada, deniz, screens):
    one = await screens(ada)
    await sync_to_async(live.publish)(live.hint("typing", talk.pk, by="visitor"))
    await one.until(lambda: one.shows("is typing"))
    view = {"view_id": uuid.uuid4(), "url": "https://shop.example/returns", "title": "Returns page", "referrer": ""}
    await sync_to_async(note_pages)(visitor_id=deniz.pk, views=[view | {"seen_at": talk.created_at}])
    await one.until(lambda: one.shows("Returns page") and one.shows('id="pages-'))


async def test_a_turn_shows_dots_and_its_unsent_words_arrive_marked(talk, ada, bruno, deniz, say, screens):
    await sync_to_async(events.drain)()
    turn = await Turn.objects.afirst()
    one = await screens(bruno)
    await sync_to_async(turns.claim)(turn.pk)
    await one.until(lambda: one.shows("is composing"))
    await sync_to_async(services.take_over)(conversation_id=talk.pk, teammate=ada, body="I have it")
    await sync_to_async(turns.keep_draft)(turn, "You can return it.")
    await one.until(lambda: one.shows("You can return it.") and one.shows("not sent"))


async def test_two_viewers_see_each_other_and_see_each_other_go(talk, ada, bruno, screens):
    one = await screens(ada)
    other = await screens(bruno)
    both = f'data-unless="{ada.pk}"', f'data-unless="{bruno.pk}"'
    await one.until(lambda: any(all(part in frame for part in both) for frame in one.frames))
    await other.until(lambda: any(all(part in frame for part in both) for frame in other.frames))
    seen = len(one.frames)
    await other.close()
    await one.until(lambda: len(one.frames) > seen)
    assert both[0] in one.frames[-1]
    assert both[1] not in one.frames[-1]


async def test_typing_by_a_teammate_is_seen_by_the_others(talk, ada, bruno, screens):
    one = await screens(bruno)
    client = AsyncClient()
    await client.aforce_login(ada)
    answer = await client.post(reverse("inbox:typing", args=[talk.public_id]))
    assert answer.status_code == 204
    await one.until(lambda: one.shows("Ada is typing"))


async def test_a_frame_is_rendered_once_for_all_who_look(talk, ada, bruno, deniz, say, screens, monkeypatch):
    one, other = await screens(ada), await screens(bruno)
    await asyncio.sleep(0.3)
    rendered = []
    render = thread_fragments.render
    monkeypatch.setattr(
        thread_fragments, "render", lambda parts, language: rendered.append(1) or render(parts, language)
    )
    await sync_to_async(say)(deniz, "a parcel")
    await one.until(lambda: one.shows("a parcel"))
    await other.until(lambda: other.shows("a parcel"))
    assert len(rendered) == 1
    assert one.frames[-1] == other.frames[-1]


@pytest.mark.parametrize(
    ("who", "where", "code"), [("stranger", "talk", 4401), ("left", "talk", 4401), ("ada", "nowhere", 4404)]
)
async def test_who_may_not_look_is_told_by_a_code_of_our_own(talk, ada, who, where, code):
    ada.is_active = who != "left"
    public_id = talk.public_id if where == "talk" else uuid.uuid4()
    socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/c/{public_id}/")
    socket.scope["user"] = AnonymousUser() if who == "stranger" else ada
    await socket.connect(timeout=5)
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": code}
    await socket.wait()
