"""A thread: one total order, each word once, and who may write it."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from conversations import live, pool, selectors, services
from conversations.models import Conversation, Event, Message
from conversations.services import (
    StillOpen,
    UnknownVisitor,
    append_locked,
    line_locked,
    post_visitor_message,
    post_visitor_message_here,
)
from tests.breaking import refused_by

pytestmark = pytest.mark.django_db


def locked(conversation_id: int) -> Conversation:
    return Conversation.objects.locked(conversation_id)


def test_the_first_words_start_a_conversation(deniz, say):
    posted = say(deniz, "Hello")
    assert (posted.seq, posted.added, posted.started) == (1, True, True)
    conversation = Conversation.objects.get()
    assert (conversation.public_id, conversation.last_words, conversation.last_author) == (
        posted.public_id, "Hello", "visitor",
    )  # fmt: skip
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "conversation.started", "message.received",
    ]  # fmt: skip


def test_the_next_words_go_on_in_it(deniz, say):
    first, second = say(deniz, "Hello"), say(deniz, "Anybody?")
    assert (second.conversation_id, second.seq, second.started) == (first.conversation_id, 2, False)


def test_case_8_words_sent_twice_are_there_once(deniz, say):
    client_id = uuid.uuid4()
    first, second = say(deniz, "Hello", client_id), say(deniz, "Hello", client_id)
    assert (first.id, first.seq, first.created_at) == (second.id, second.seq, second.created_at)
    assert (first.added, second.added) == (True, False)
    assert Message.objects.count() == 1
    assert Event.objects.filter(kind="message.received").count() == 1


def test_case_8_a_retry_after_the_end_starts_no_new_conversation(deniz, say):
    client_id = uuid.uuid4()
    first = say(deniz, "Hello", client_id)
    services.resolve_locked(locked(first.conversation_id))
    again = say(deniz, "Hello", client_id)
    assert (again.id, again.added) == (first.id, False)
    assert Conversation.objects.count() == 1


def test_words_after_the_end_start_a_new_conversation(deniz, say):
    first = say(deniz, "Hello")
    services.resolve_locked(locked(first.conversation_id))
    second = say(deniz, "Me again")
    assert second.started
    assert second.conversation_id != first.conversation_id


def test_two_visitors_may_make_the_same_client_id(deniz, chat_page, say):
    other = type(deniz).objects.create(chat_page=chat_page)
    client_id = uuid.uuid4()
    assert say(deniz, "Hello", client_id).added
    assert say(other, "Hello", client_id).added


def test_a_visitor_of_another_page_or_of_none_is_unknown(eve, chat_page):
    for visitor in (eve.public_id, uuid.uuid4()):
        with pytest.raises(UnknownVisitor):
            post_visitor_message(visitor=visitor, chat_page=chat_page.slug, client_id=uuid.uuid4(), body="Hi")
    assert not Message.objects.exists()


def test_the_visitors_language_is_the_conversations(deniz, say):
    deniz.language = "tr-TR"
    deniz.save()
    say(deniz, "Merhaba")
    assert Conversation.objects.get().language == "tr"


def test_the_row_of_a_list_shows_the_last_public_words_on_one_line(deniz, say):
    posted = say(deniz, "Hello\n\n there " + "x" * 300)
    conversation = locked(posted.conversation_id)
    append_locked(conversation, author="system", body="for teammates", audience="team")
    line_locked(conversation, "handoff.requested", reason="Why")
    conversation.refresh_from_db()
    assert conversation.last_words.startswith("Hello there x")
    assert len(conversation.last_words) == 160
    assert conversation.last_seq == 3


def test_every_entry_takes_the_next_place_whoever_sees_it(deniz, say):
    posted = say(deniz, "Hello")
    conversation = locked(posted.conversation_id)
    append_locked(conversation, author="person", body="Hi", author_name="Ada")
    line_locked(conversation, "handoff.requested", reason="Why")
    append_locked(conversation, author="system", body="One moment")
    assert [one.seq for one in selectors.entries(posted.conversation_id, team=True)] == [1, 2, 3, 4]
    assert [one.seq for one in selectors.entries(posted.conversation_id, team=False)] == [1, 2, 4]
    assert [one.seq for one in selectors.entries(posted.conversation_id, team=False, after=2)] == [4]


def test_times_run_in_the_order_of_the_thread(deniz, say):
    for number in range(5):
        posted = say(deniz, str(number))
    times = [one.created_at for one in selectors.entries(posted.conversation_id, team=True)]
    assert times == sorted(times)


def test_an_empty_message_leaves_no_hole_in_the_order(deniz, say):
    """A refused entry gives its place back."""
    posted = say(deniz, "Hello")
    conversation = locked(posted.conversation_id)
    assert refused_by(lambda: append_locked(conversation, author="system", body=" ")) == "message_is_not_empty"
    assert append_locked(conversation, author="system", body="Hi").seq == 2


def test_a_state_line_is_read_by_each_side_in_its_own_words(deniz, say):
    posted = say(deniz, "Hello")
    line_locked(locked(posted.conversation_id), "handoff.engaged", name="Ada")
    entry = selectors.entries(posted.conversation_id, team=True)[-1]
    assert (entry.team_words, entry.customer_words) == (
        "Ada took over.", "Ada joined and has the whole conversation.",
    )  # fmt: skip


def test_an_unknown_state_line_is_refused(deniz, say):
    with pytest.raises(KeyError):
        line_locked(locked(say(deniz, "Hello").conversation_id), "handoff.imagined")


def test_a_conversation_ends_once(deniz, say):
    conversation = locked(say(deniz, "Hello").conversation_id)
    services.resolve_locked(conversation)
    services.resolve_locked(conversation)
    assert Event.objects.filter(kind="conversation.resolved").count() == 1


def test_reopening_what_is_open_changes_nothing(deniz, say):
    conversation = locked(say(deniz, "Hello").conversation_id)
    services.reopen_locked(conversation, name="Ada")
    assert Message.objects.count() == 1


def test_case_18_a_thread_is_not_reopened_beside_a_newer_one(deniz, say):
    conversation = locked(say(deniz, "Hello").conversation_id)
    services.resolve_locked(conversation)
    newer = say(deniz, "Me again")
    with pytest.raises(StillOpen) as still:
        services.reopen_locked(conversation, name="Ada")
    assert still.value.conversation.pk == newer.conversation_id
    conversation.refresh_from_db()
    assert conversation.status == "resolved"


def test_a_conversation_is_started_once_for_the_button(deniz):
    first, second = services.start_locked(deniz), services.start_locked(deniz)
    assert first == second
    assert Event.objects.filter(kind="conversation.started").count() == 1


def test_case_19_what_is_announced_is_what_is_stored(deniz, say, django_capture_on_commit_callbacks, monkeypatch):
    """One hint an entry, with its seq, in the order of the thread."""
    heard = []
    monkeypatch.setattr(live, "publish", lambda hint: heard.append((hint["what"], hint.get("seq"))))
    with django_capture_on_commit_callbacks(execute=True):
        posted = say(deniz, "Hello")
        conversation = locked(posted.conversation_id)
        append_locked(conversation, author="system", body="One moment")
        append_locked(conversation, author="person", body="Hi", author_name="Ada")
    assert heard == [("entries", 1), ("entries", 2), ("entries", 3)]


def test_a_rolled_back_entry_is_never_announced(deniz, say, django_capture_on_commit_callbacks):
    posted = say(deniz, "Hello")
    with django_capture_on_commit_callbacks() as callbacks:
        try:
            with transaction.atomic():
                append_locked(locked(posted.conversation_id), author="system", body="One moment")
                raise ConnectionError("cut")
        except ConnectionError:
            pass
    assert callbacks == []
    assert locked(posted.conversation_id).last_seq == 1


@pytest.mark.django_db(transaction=True)
async def test_the_asynchronous_path_follows_the_same_rule(deniz, say):
    """One function of the database is behind both doors."""
    client_id = uuid.uuid4()
    words = {"visitor": deniz.public_id, "chat_page": "shop", "client_id": client_id, "body": "Hello"}
    first = await post_visitor_message_here(**words)
    again = await post_visitor_message_here(**words)
    assert (again.id, again.added) == (first.id, False)
    posted = await sync_to_async(say)(deniz, "And now the other door")
    assert (posted.conversation_id, posted.seq) == (first.conversation_id, 2)
    assert [one.body for one in await selectors.entries_here(first.conversation_id, team=False)] == [
        "Hello", "And now the other door",
    ]  # fmt: skip
    assert await selectors.positions_here([first.conversation_id]) == {first.conversation_id: 2}
    with pytest.raises(UnknownVisitor):
        await post_visitor_message_here(**words | {"chat_page": "other"})
    await pool._pools.pop(asyncio.get_running_loop()).close()
