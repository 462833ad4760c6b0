"""Posting as a browser does, over the visitor's own short way through the product."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from conversations import access, services
from conversations.models import Conversation, Message
from conversations.services import append_locked, line_locked
from tests.conversations.browsing import browser_of, seqs

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
@transaction.atomic
def answered(conversation_id: int, body: str) -> int:
    return append_locked(
        Conversation.objects.locked(conversation_id), author="person", body=body, author_name="Ada"
    ).seq


@sync_to_async
@transaction.atomic
def noted(conversation_id: int) -> int:
    return line_locked(Conversation.objects.locked(conversation_id), "handoff.requested", reason="Internal words").seq


@sync_to_async
def resolved(conversation_id: int) -> None:
    with transaction.atomic():
        services.resolve_locked(Conversation.objects.locked(conversation_id))


@sync_to_async
def the_only_thread() -> Conversation:
    return Conversation.objects.get()


async def test_a_message_comes_back_as_its_sender_sees_it(deniz):
    async with browser_of(deniz) as tab:
        answer = await tab.say("Where is <b>my</b> parcel? https://shop.example/?a=1&b=2")
        assert (answer.status_code, seqs(answer.text)) == (200, [1])
        assert "&lt;b&gt;my&lt;/b&gt;" in answer.text
        assert (
            'href="https://shop.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer" target="_blank"' in answer.text
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert "data-kind=" in answer.text  # the first one also says who is speaking
        again = await tab.say("And one more")
        assert seqs(again.text) == [2]
        assert "data-kind=" not in again.text


async def test_a_repeated_client_id_sends_once(deniz):
    """FAILURES 8: a weak network stored the message twice."""
    client_id = uuid.uuid4()
    async with browser_of(deniz) as tab:
        first = await tab.say("Hello", client_id)
        await tab.say("Something else")
        again = await tab.say("Hello", client_id)
        assert first.status_code == again.status_code == 200
        assert str(client_id) in again.text
        assert 1 in seqs(again.text)
    assert await Message.objects.acount() == 2


async def test_the_answer_brings_what_came_in_between_in_order(deniz):
    async with browser_of(deniz) as tab:
        await tab.say("One")
        thread = await the_only_thread()
        await answered(thread.pk, "Two")
        await answered(thread.pk, "Three")
        answer = await tab.say("Four")
        assert seqs(answer.text) == [2, 3, 4]


async def test_internal_lines_never_reach_the_customer(deniz):
    """FAILURES 36: "returned to queue" was shown to the customer."""
    async with browser_of(deniz) as tab:
        await tab.say("One")
        await noted((await the_only_thread()).pk)
        answer = await tab.say("Two")
        assert seqs(answer.text) == [3]
        tab.conversation = ""
        whole = await tab.fetch()
        assert seqs(whole) == [1, 3]
        assert "Internal words" not in answer.text + whole


async def test_a_gap_is_filled_from_where_the_page_stands(deniz):
    async with browser_of(deniz) as tab:
        for words in ("One", "Two", "Three"):
            await tab.say(words)
        tab.position = 1
        assert seqs(await tab.fetch()) == [2, 3]
        assert seqs(await tab.fetch()) == []


async def test_the_status_is_in_what_a_page_resumes_with(deniz, assistant):
    """FAILURES 18: the widget missed "resolved"."""
    async with browser_of(deniz) as tab:
        await tab.say("Hello")
        assert 'data-kind="assistant"' in await tab.fetch()
        await resolved((await the_only_thread()).pk)
        assert 'data-kind="finished"' in await tab.fetch()


async def test_words_after_the_end_begin_a_new_thread(deniz, assistant):
    async with browser_of(deniz) as tab:
        await tab.say("Hello")
        await tab.say("Again")
        before = tab.conversation
        await resolved((await the_only_thread()).pk)
        answer = await tab.say("One more question")
        assert tab.conversation != before
        assert seqs(answer.text) == [1]
        assert 'data-kind="assistant"' in answer.text


async def test_no_token_a_forged_one_and_an_expired_one_post_nothing(deniz, settings):
    async with browser_of(deniz) as tab:
        good = tab.token
        for bad in ("", "nonsense", good[:-1] + ("a" if good[-1] != "a" else "b"), "x" + good):
            tab.token = bad
            assert (await tab.say("Hello")).status_code == 401
            assert (await tab.ask("entries?after=0")).status_code == 401
        tab.token = good
        settings.VISITOR_TOKEN_DAYS = -1
        assert (await tab.say("Hello")).status_code == 401
        assert (await tab.ask("entries?after=0")).status_code == 401
    assert not await Message.objects.aexists()


async def test_a_token_of_another_chat_page_gets_nothing(deniz, eve):
    async with browser_of(deniz) as tab:
        await tab.say("My secret")
        tab.slug = "other"
        assert (await tab.say("Hello")).status_code == 401
        assert (await tab.ask("entries?after=0")).status_code == 401
        tab.token = access.sign(eve, "other")
        found = await tab.ask(f"entries?conversation={tab.conversation}&after=0")
        assert seqs(found.text) == []
        assert "My secret" not in found.text


@pytest.mark.parametrize(
    ("body", "words"), [("", "Write something"), ("  \n ", "Write something"), ("x" * 4001, "too long")]
)
async def test_what_cannot_be_sent_is_refused_with_a_sentence(deniz, body, words):
    async with browser_of(deniz) as tab:
        answer = await tab.say(body)
        assert (answer.status_code, words in answer.text) == (422, True)
    assert not await Conversation.objects.aexists()


async def test_exactly_the_longest_message_and_odd_characters_are_kept(deniz):
    async with browser_of(deniz) as tab:
        assert (await tab.say("ş" * 4000)).status_code == 200
        assert (await tab.say("nul\0 and 🙂\r\nline")).status_code == 200
    assert await Message.objects.values_list("body", flat=True).aget(seq=2) == "nul and 🙂\nline"


async def test_a_database_that_does_not_answer_is_said_so(deniz, monkeypatch):
    async def away(*args: object) -> None:
        raise psycopg.OperationalError("the server is away")

    async with browser_of(deniz) as tab:
        monkeypatch.setattr("conversations.pool.rows", away)
        answer = await tab.say("Hello")
        assert answer.status_code == 503
        assert "sent again" in answer.text


async def test_a_person_may_be_asked_for_by_the_very_first_click(deniz, assistant):
    """FAILURES 14: "talk to a human" as the first click notified nobody."""
    async with browser_of(deniz) as tab:
        answer = await tab.ask("person", {"conversation": "", "after": "0"})
        assert answer.status_code == 200
        assert 'data-kind="waiting"' in answer.text
        assert "bring in a teammate" in answer.text
        again = await tab.ask("person", {"conversation": "", "after": "0"})
        assert again.text == answer.text
    assert await Conversation.objects.acount() == 1


async def test_a_person_is_not_asked_for_without_a_token(deniz):
    async with browser_of(deniz) as tab:
        tab.token = ""
        assert (await tab.ask("person", {})).status_code == 401
    assert not await Conversation.objects.aexists()


async def test_a_composer_sends_no_files(deniz):
    """Taking one apart would keep the event loop busy, and everybody on it."""
    async with browser_of(deniz) as tab:
        answer = await tab.ask("messages", {"body": "Hello"}, files={"file": b"x" * 100})
        assert answer.status_code == 415
    assert not await Message.objects.aexists()
