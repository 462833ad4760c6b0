"""The queue as a page: what stands in which view, in which order, and at which price."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import ChatPage, Conversation, Visitor
from handoff import assignments, services
from handoff.models import Assignment, Handoff
from handoff.outcomes import ReasonCode
from inbox import access, selectors
from inbox.queues import VIEWS, Position, position

pytestmark = pytest.mark.django_db


def waits(conversation_id: int, reason: str = "Wants a refund of 640.") -> Handoff:
    return services.request(
        conversation_id=conversation_id, code=ReasonCode.NOT_PERMITTED, reason=reason, by="assistant"
    )


def waited(handoff: Handoff, minutes: int) -> None:
    Handoff.objects.filter(pk=handoff.pk).update(requested_at=timezone.now() - timedelta(minutes=minutes))


def ids(view: str, teammate) -> list[int]:
    return [row.id for row in selectors.page(VIEWS[view], teammate_id=teammate.pk).rows]


@pytest.fixture
def bulk(chat_page: ChatPage):
    """Many conversations at once, each begun a second before the one before it."""

    def bulk(number: int, *, waiting: bool = False) -> list[Conversation]:
        now = timezone.now()
        visitors = Visitor.objects.bulk_create(Visitor(chat_page=chat_page, name=f"N {n}") for n in range(number))
        made = Conversation.objects.bulk_create(
            Conversation(chat_page=chat_page, visitor=one, last_words="Hi", last_at=now - timedelta(seconds=n))
            for n, one in enumerate(visitors)
        )
        if waiting:
            Handoff.objects.bulk_create(
                Handoff(conversation=one, code="loop", reason="r", requested_by="flow", requested_at=now)
                for one in made
            )
        return made

    return bulk


@pytest.fixture
def inbox(client, ada):
    client.force_login(ada)
    return client


def test_a_row_says_who_why_and_what_they_said_last(inbox, deniz, say):
    posted = say(deniz, "It arrived broken")
    waits(posted.conversation_id)
    page = inbox.get("/inbox/").content.decode()
    assert f"Visitor #{deniz.pk}" in page
    assert page.index("Wants a refund of 640.") < page.index("It arrived broken")
    assert f'href="/inbox/c/{posted.public_id}/?view=waiting"' in page


def test_while_nobody_is_there_the_customers_words_stand_not_our_note_to_them(ada, deniz, say):
    waits(say(deniz, "I want a person").conversation_id)
    [row] = selectors.page(VIEWS["waiting"], teammate_id=ada.pk).rows
    assert row.words == "I want a person"


def test_only_a_signed_visitor_is_shown_as_vip(ada, deniz, say):
    waits(say(deniz, "Hello").conversation_id)
    Visitor.objects.filter(pk=deniz.pk).update(claims={"vip": True}, attributes={"vip": True})
    assert not selectors.page(VIEWS["waiting"], teammate_id=ada.pk).rows[0].is_vip
    Visitor.objects.filter(pk=deniz.pk).update(external_id="c-17")
    assert selectors.page(VIEWS["waiting"], teammate_id=ada.pk).rows[0].is_vip


def test_a_conversation_goes_through_the_views_as_its_state_does(ada, bruno, deniz, say):
    conversation_id = say(deniz, "Hello").conversation_id
    assert ids("automation", ada) == [conversation_id]
    waits(conversation_id)
    assert (ids("automation", ada), ids("waiting", ada), ids("mine", ada)) == ([], [conversation_id], [])
    services.take_over(conversation_id=conversation_id, teammate=ada, body="I am Ada.")
    assert (ids("waiting", ada), ids("person", bruno), ids("mine", ada)) == ([], [conversation_id], [conversation_id])
    assert ids("mine", bruno) == []
    services.finish(conversation_id=conversation_id, teammate=ada)
    assert (ids("person", ada), ids("mine", ada), ids("finished", ada)) == ([], [], [conversation_id])


def test_what_is_assigned_to_me_is_mine_while_it_waits(ada, bruno, deniz, say):
    conversation_id = say(deniz, "Hello").conversation_id
    waits(conversation_id)
    assignments.assign(conversation_id=conversation_id, by=ada, teammate=bruno)
    assert ids("mine", bruno) == [conversation_id]
    assert ids("mine", ada) == []


def test_the_longest_wait_comes_first(ada, bulk):
    one, two, three = bulk(3)
    waited(waits(one.pk), 2)
    waited(waits(two.pk), 9)
    waited(waits(three.pk), 4)
    assert ids("waiting", ada) == [two.pk, three.pk, one.pk]


def test_elsewhere_the_last_activity_comes_first(ada, bulk, say):
    made = bulk(3)
    assert ids("automation", ada) == [one.pk for one in made]
    last = made[2]
    say(last.visitor, "One more thing")
    assert ids("automation", ada) == [last.pk, made[0].pk, made[1].pk]


@pytest.mark.parametrize(("minutes", "lateness"), [(0, ""), (2, "long"), (5, "late")])
def test_a_wait_past_the_target_is_said_in_words_too(inbox, ada, deniz, say, minutes, lateness):
    waited(waits(say(deniz, "Hello").conversation_id), minutes)
    assert selectors.page(VIEWS["waiting"], teammate_id=ada.pk).rows[0].lateness == lateness
    words = {"": "", "long": "past the target", "late": "late"}[lateness]
    assert re.search(rf"data-lateness-word>{words}</span>", inbox.get("/inbox/").content.decode())


@pytest.mark.parametrize("view", ["waiting", "automation"])
def test_more_rows_follow_the_last_one_without_a_gap_or_a_repeat(ada, bulk, view):
    bulk(120, waiting=view == "waiting")
    seen: list[int] = []
    more = None
    for _ in range(3):
        page = selectors.page(VIEWS[view], teammate_id=ada.pk, after=more)
        seen += [row.id for row in page.rows]
        more = page.more
    assert more is None
    assert len(seen) == len(set(seen)) == 120


def test_show_more_brings_only_rows_and_the_next_button(inbox, bulk):
    bulk(120)
    page = inbox.get("/inbox/?view=automation").content.decode()
    [address] = set(re.findall(r'href="([^"]*after=[^"]*)"', page))
    answer = inbox.get(
        address.replace("&amp;", "&"), headers={"HX-Request": "true", "HX-Target": "more"}
    ).content.decode()
    assert answer.count('class="row"') == 50
    assert 'hx-swap-oob="beforeend:#rows"' in answer
    assert 'id="more"' in answer
    assert "<html" not in answer


@pytest.mark.parametrize("text", ["", None, "x.y", "1", "1.2.3", "9999999999999999999.1", "-1.-1"])
def test_a_made_up_position_is_the_beginning_or_harmless(inbox, text):
    assert inbox.get("/inbox/", {"view": "nonsense", "after": text or ""}).status_code == 200


def test_a_position_survives_its_address():
    here = Position(timezone.now(), 17)
    assert position(str(here)) == here


def test_counts_are_counted_and_large_ones_are_cut(inbox, ada, bulk, monkeypatch):
    bulk(3, waiting=True)
    bulk(2)
    counts, mine = selectors.counts(ada.pk)
    assert counts == {"waiting": 3, "mine": 0, "person": 0, "automation": 2, "finished": 0}
    assert mine == []
    assert '<span id="count-waiting" class="count" data-count="3">3</span>' in inbox.get("/inbox/").content.decode()
    bulk(1000)
    assert 'id="count-automation" class="count" data-count="999+"' in inbox.get("/inbox/").content.decode()


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize("number", [10, 60])
def test_the_page_costs_as_many_queries_whatever_the_queue_holds(
    inbox, ada, team, bulk, view, number, django_assert_num_queries
):
    for n, one in enumerate(bulk(number, waiting=view == "waiting")):
        Assignment.objects.create(
            conversation=one, teammate=ada if n % 2 else None, team=team, assigned_at=timezone.now()
        )
    with django_assert_num_queries(4):  # the session, the teammate, the rows, the counts
        assert inbox.get(f"/inbox/?view={view}").status_code == 200


def test_another_view_is_a_list_and_the_views_beside_it_not_a_page(inbox, deniz, say):
    say(deniz, "Hello")
    here = f"http://testserver/inbox/c/{uuid.uuid4()}/?view=waiting"
    answer = inbox.get(
        "/inbox/?view=automation", headers={"HX-Request": "true", "HX-Target": "queue", "HX-Current-URL": here}
    )
    body = answer.content.decode()
    assert body.lstrip().startswith('<section id="queue"')
    assert 'id="views"' in body
    assert answer["HX-Push-Url"] == here.removeprefix("http://testserver").replace("waiting", "automation")


def test_going_back_in_the_browser_brings_the_page_whole(inbox):
    answer = inbox.get(
        "/inbox/", headers={"HX-Request": "true", "HX-Target": "queue", "HX-History-Restore-Request": "true"}
    )
    assert answer.content.decode().startswith("<!doctype html>")


def test_an_empty_list_says_something_useful(inbox, bulk):
    assert "No conversation is open right now." in inbox.get("/inbox/").content.decode()
    bulk(12)
    page = inbox.get("/inbox/").content.decode()
    assert "Nobody is waiting." in page
    assert "The assistant is handling 12 conversations." in page


def test_what_a_visitor_writes_is_text_and_never_markup(inbox, deniz, say):
    waits(say(deniz, "<script>alert(1)</script>").conversation_id, reason="<b>bold</b>")
    page = inbox.get("/inbox/").content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>bold</b>" not in page


def test_nobody_without_a_sign_in_sees_the_queue(client, deniz, say):
    waits(say(deniz, "Hello").conversation_id)
    answer = client.get("/inbox/?view=mine")
    assert answer.status_code == 302
    assert answer["Location"] == "/inbox/sign-in/?next=%2Finbox%2F%3Fview%3Dmine"


def test_an_expired_session_sends_the_page_to_sign_in_and_not_the_form_into_the_list(client):
    answer = client.get(
        "/inbox/?view=mine",
        headers={"HX-Request": "true", "HX-Target": "queue", "HX-Current-URL": "http://testserver/inbox/?view=person"},
    )
    assert answer["HX-Redirect"] == "/inbox/sign-in/?next=%2Finbox%2F%3Fview%3Dperson"
    assert not answer.content


def test_a_teammate_who_left_is_shown_out_at_once(inbox, ada):
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    assert inbox.get("/inbox/").status_code == 302


def test_a_conversation_that_is_not_there_answers_404(inbox):
    assert inbox.get(f"/inbox/c/{uuid.uuid4()}/").status_code == 404


def test_the_door_gives_the_conversation_with_its_visitor(rf, deniz, say, django_assert_num_queries):
    posted = say(deniz, "Hello")
    with django_assert_num_queries(1):
        found = access.conversation(rf.get("/"), posted.public_id)
        assert found.visitor == deniz
        assert found.chat_page.slug == "shop"
