"""The visitor's socket, over the real channel layer: who may listen, and that nothing is lost or seen twice."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from conversations import access, live
from conversations.models import Conversation
from tests.conversations.browsing import browser_of, seqs
from tests.conversations.test_chat_messages import answered, noted, resolved, the_only_thread

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_socket_brings_what_its_page_has_missed_and_then_the_news(deniz):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        await tab.say("Two")
        tab.position = 1
        async with tab.socket() as socket:
            assert seqs(await socket.receive_from(timeout=5)) == [2]
            await answered((await the_only_thread()).pk, "Three")
            frame = await socket.receive_from(timeout=5)
            assert 'data-after="2" data-seq="3"' in frame
            assert seqs(frame) == [3]


async def test_two_tabs_both_hear_everything_in_order(deniz):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        async with tab.socket() as first, tab.socket() as second:
            for socket in (first, second):
                await socket.receive_from(timeout=5)
            for words in ("Two", "Three", "Four"):
                await tab.say(words)
            for socket in (first, second):
                heard: list[int] = []
                while len(heard) < 3:
                    heard += seqs(await socket.receive_from(timeout=5))
                assert heard == [2, 3, 4]


async def test_internal_news_sends_no_words(deniz):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        async with tab.socket() as socket:
            await socket.receive_from(timeout=5)
            thread = await the_only_thread()
            await noted(thread.pk)
            await answered(thread.pk, "Three")
            heard = await socket.receive_from(timeout=5)
            assert "Internal words" not in heard
            assert seqs(heard) == [3]


async def test_a_state_that_changes_changes_the_header(deniz, assistant):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        async with tab.socket() as socket:
            await socket.receive_from(timeout=5)
            await resolved((await the_only_thread()).pk)
            assert 'data-kind="finished"' in await socket.receive_from(timeout=5)


async def test_a_teammate_who_types_is_named_and_the_visitor_is_not_told_of_themselves(deniz):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        thread = await the_only_thread()
        async with tab.socket() as socket:
            await socket.receive_from(timeout=5)
            assert (await tab.ask("typing")).status_code == 204
            assert await socket.receive_nothing(timeout=0.3)
            await live.publish_here(live.hint("typing", thread.pk, by="person", name="Ada"))
            assert 'data-typing="Ada"' in await socket.receive_from(timeout=5)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_a_bad_token_is_accepted_and_closed_for_good(deniz, token):
    """Accepted first, or the browser would hear nothing but a failure and try for ever."""
    async with browser_of(deniz) as tab:
        await tab.say("One")
        async with tab.socket(token) as socket:
            assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": 4401}


async def test_a_foreign_token_hears_nothing(deniz, eve):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        async with tab.socket(access.sign(eve, "other")) as socket:
            assert (await socket.receive_output(timeout=5))["code"] == 4401


async def test_a_visitor_without_a_thread_is_told_so(deniz):
    async with browser_of(deniz) as tab, tab.socket() as socket:
        assert (await socket.receive_output(timeout=5))["code"] == 4404


async def test_a_visitor_hears_only_their_own_thread(deniz, eve, say):
    async with browser_of(deniz) as tab:
        await tab.say("Mine")
        others = await sync_to_async(say)(eve, "Hers")
        mine = await Conversation.objects.aget(visitor=deniz)
        tab.conversation, tab.position = str(others.public_id), 0
        async with tab.socket() as socket:
            frame = await socket.receive_from(timeout=5)
            assert f'data-conversation="{mine.public_id}"' in frame
            assert "Hers" not in frame
            await answered(others.conversation_id, "For Eve only")
            assert await socket.receive_nothing(timeout=0.3)
