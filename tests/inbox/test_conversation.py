"""The conversation pane: what it shows, to whom, and at what cost."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations import events, turns
from conversations.models import Conversation, Message, Turn
from conversations.services import note_pages, remember_locked
from handoff import automation, services, thinking
from handoff.models import Attempt
from handoff.outcomes import ReasonCode
from handoff.selectors import leading, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(deniz, assistant, say):
    """Deniz asked, the assistant answered, Deniz asked for a person."""
    deniz.name = "Deniz Kaya"
    deniz.save(update_fields=["name"])
    posted = say(deniz, "Can I return a product?")
    work_off()
    say(deniz, "I want to talk to a person")
    work_off()
    return Conversation.objects.get(pk=posted.conversation_id)


def work_off():
    """What a worker does, on the test's own connection: run_turn would close it."""
    events.drain()
    while queued := Turn.objects.filter(state="queued").order_by("pk").first():
        turn = turns.claim(queued.pk)
        known = snapshot(queued.conversation)
        automation.apply(turn, known, thinking.think(known), upto_seq=known.upto_seq, may_restart=False)


@pytest.fixture
def page(client):
    """What a teammate sees at an address of the conversation."""

    def page(conversation, teammate, name="inbox:conversation", query="", htmx=""):
        client.force_login(teammate)
        headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
        return client.get(reverse(name, args=[conversation.public_id]) + query, headers=headers)

    return page


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def entries_in(response):
    return [int(seq) for seq in re.findall(r'id="entry-(\d+)"', response.content.decode())]


def seen(deniz, title, at):
    note_pages(
        visitor_id=deniz.pk,
        views=[
            {
                "view_id": uuid.uuid4(),
                "url": f"https://shop.example/{title}",
                "title": title,
                "referrer": "",
                "seen_at": at,
            }
        ],
    )


def test_everything_stands_in_its_order(talk, ada, page):
    shown = page(talk, ada)
    assert shown.status_code == 200
    assert entries_in(shown) == list(range(1, talk.last_seq + 1))
    words = text_of(shown)
    for part in ("Can I return a product?", "AI assistant", "tried: 1 search", "Handed over:", "Wants a person"):
        assert part in words
    assert words.index("Can I return a product?") < words.index("tried:") < words.index("Handed over:")


def test_htmx_gets_the_pane_alone(talk, ada, page):
    shown = page(talk, ada, htmx="pane").content.decode()
    assert 'id="conversation"' in shown
    assert "<html" not in shown


def test_browsed_pages_stand_at_their_time(talk, deniz, ada, page):
    first = Message.objects.get(conversation=talk, seq=1)
    seen(deniz, "Before", first.created_at - timedelta(minutes=2))
    seen(deniz, "Between", first.created_at + timedelta(microseconds=5))
    seen(deniz, "Between too", first.created_at + timedelta(microseconds=6))
    shown = page(talk, ada).content.decode()
    assert (
        shown.index('id="pages-0"')
        < shown.index('id="entry-1"')
        < shown.index('id="pages-1"')
        < shown.index('id="entry-2"')
    )
    assert "and 1 more" in shown


def test_a_draft_that_was_never_sent_is_marked_where_it_would_have_been(talk, ada, page):
    turn = Turn.objects.filter(conversation=talk).last()
    silent = Turn.objects.filter(conversation=talk).first()
    Turn.objects.filter(pk=silent.pk).update(state="cancelled", ended_at=timezone.now(), draft="")
    Turn.objects.filter(pk=turn.pk).update(state="cancelled", ended_at=timezone.now(), draft="You can return it.")
    services.take_over(conversation_id=talk.pk, teammate=ada, body="I am here.")
    shown = page(talk, ada)
    assert text_of(shown).count("not sent") == 1
    assert shown.content.decode().index(f'id="draft-{turn.pk}"') < shown.content.decode().index("took over.")


def test_the_panel_shows_the_frozen_briefing_and_marks_what_is_newer(talk, deniz, ada, page):
    source = Message.objects.get(conversation=talk, seq=1)
    remember_locked(talk, key="order_number", value="10482", message_id=source.pk)
    panel = page(talk, ada).content.decode().split('id="context"')[1]
    assert "?from=1#entry-1" in panel
    turn = Turn.objects.filter(conversation=talk).last()
    Attempt.objects.create(turn=turn, kind="search", query="a later search", result="nothing")
    panel = page(talk, ada).content.decode().split('id="context"')[1]
    assert re.search(r"a later search”\s*<span class=\"fresh\">", panel)
    assert not re.search(r"Can I return a product”\s*<span class=\"fresh\">", panel)
    assert re.search(r"10482</a>\s*<span class=\"fresh\">", panel)
    assert "I want to talk to a person" in panel


def test_who_the_visitor_is_is_said_plainly(talk, deniz, ada, page):
    assert "not verified" in text_of(page(talk, ada))
    type(deniz).objects.filter(pk=deniz.pk).update(external_id="c-1", attributes={"vip": True}, claims={"vip": True})
    words = text_of(page(talk, ada))
    assert "Verified" in words
    assert "VIP" in words
    type(deniz).objects.filter(pk=deniz.pk).update(
        external_id="", name="", attributes={}, page_url="javascript:alert(1)"
    )
    shown = page(talk, ada)
    assert "Anonymous" in text_of(shown)
    assert 'href="javascript' not in shown.content.decode()


def test_a_time_zone_that_nobody_knows_breaks_nothing(talk, deniz, ada, page):
    for zone in ("Mars/Olympus", "../etc", "Europe/Istanbul"):
        type(deniz).objects.filter(pk=deniz.pk).update(time_zone=zone)
        assert page(talk, ada).status_code == 200


def test_earlier_handoffs_say_how_they_ended(talk, ada, page):
    services.take_over(conversation_id=talk.pk, teammate=ada, body="Done.")
    services.hand_back(conversation_id=talk.pk, teammate=ada, note="Refund approved")
    words = text_of(page(talk, ada))
    assert "Earlier handoffs" in words
    assert "Handed back · Ada : “Refund approved”" in words.replace("Ada:", "Ada :")


def test_a_long_thread_shows_the_newest_hundred_and_the_rest_on_demand(talk, deniz, ada, say, page):
    for number in range(150):
        say(deniz, f"message {number}")
    talk.refresh_from_db()
    newest = entries_in(page(talk, ada))
    assert newest == list(range(talk.last_seq - 99, talk.last_seq + 1))
    above = page(talk, ada, "inbox:entries", f"?before={newest[0]}", htmx="earlier")
    assert entries_in(above) == list(range(1, newest[0]))
    assert "Started" in text_of(above)
    plain = page(talk, ada, "inbox:entries", f"?before={newest[0]}")
    assert plain.status_code == 302
    named = page(talk, ada, query="?from=3")
    assert entries_in(named) == list(range(1, talk.last_seq + 1))


def test_entries_after_one_are_exactly_those(talk, ada, page):
    frame = page(talk, ada, "inbox:entries", "?after=2", htmx="x")
    assert entries_in(frame) == list(range(3, talk.last_seq + 1))
    assert f'data-after="2" data-seq="{talk.last_seq}"' in frame.content.decode()
    nothing = page(talk, ada, "inbox:entries", f"?after={talk.last_seq}", htmx="x")
    assert entries_in(nothing) == []
    assert f'data-seq="{talk.last_seq}"' in nothing.content.decode()


def test_a_draft_that_is_kept_late_still_reaches_a_page_that_was_away(talk, ada, page):
    turn = Turn.objects.filter(conversation=talk).last()
    Turn.objects.filter(pk=turn.pk).update(state="cancelled", ended_at=timezone.now(), draft="You can return it.")
    services.take_over(conversation_id=talk.pk, teammate=ada, body="I am here.")
    talk.refresh_from_db()
    frame = page(talk, ada, "inbox:entries", f"?after={talk.last_seq}", htmx="x")
    assert f'id="draft-{turn.pk}"' in frame.content.decode()


@pytest.mark.parametrize("after", ["", "x", "-1", "99999999999999999999"])
def test_nonsense_positions_are_the_beginning(talk, ada, page, after):
    assert entries_in(page(talk, ada, "inbox:entries", f"?after={after}", htmx="x"))[0] == 1


def test_the_number_of_queries_does_not_grow(talk, deniz, ada, say, page):
    page(talk, ada)
    with CaptureQueriesContext(
        connection,
    ) as small:
        assert page(talk, ada).status_code == 200
    for number in range(30):
        say(deniz, f"Can I return a product, number {number}?")
        seen(deniz, f"Page {number}", timezone.now())
        remember_locked(
            talk, key=f"fact {number}", value="x", message_id=Message.objects.filter(conversation=talk).last().pk
        )
    services.take_over(conversation_id=talk.pk, teammate=ada, body="Hello")
    for _ in range(3):
        services.hand_back(conversation_id=talk.pk, teammate=ada)
        work_off()
        if not leading(talk.pk):
            services.request(conversation_id=talk.pk, code=ReasonCode.LOOP, reason="Again.", by="assistant")
    services.finish(conversation_id=talk.pk, teammate=ada)
    again = say(deniz, "And again")
    newer = Conversation.objects.get(pk=again.conversation_id)
    page(newer, ada)
    for one in (talk, newer):
        with CaptureQueriesContext(connection) as large:
            page(one, ada)
        assert 10 < len(large) <= len(small)


def test_a_stranger_is_led_to_the_sign_in_page(talk, client):
    for name in ("conversation", "entries"):
        answer = client.get(reverse(f"inbox:{name}", args=[talk.public_id]))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("inbox:sign_in"))
    for name in ("reply", "claim", "assign", "hand_back", "finish", "typing"):
        assert client.post(reverse(f"inbox:{name}", args=[talk.public_id])).status_code == 302
    assert not Message.objects.filter(conversation=talk, author="person").exists()


def test_what_is_not_there_is_a_404(ada, client):
    client.force_login(ada)
    nobody = uuid.uuid4()
    for name in ("conversation", "entries"):
        assert client.get(reverse(f"inbox:{name}", args=[nobody])).status_code == 404
    for name in ("reply", "claim", "assign", "hand_back", "finish", "typing"):
        assert client.post(reverse(f"inbox:{name}", args=[nobody])).status_code == 404


def test_a_look_changes_nothing(talk, ada, client):
    client.force_login(ada)
    for name in ("reply", "claim", "assign", "finish", "typing"):
        assert client.get(reverse(f"inbox:{name}", args=[talk.public_id])).status_code == 405
