"""Who the host page says its visitor is: only when its server has signed it, and only until it ends."""

from __future__ import annotations

import json
import time

import pytest

from conversations import access, arrivals, identity
from conversations.models import Conversation, Event, Visitor
from conversations.services import remember_locked

SECRET = "the shop's own secret"


def claims(**changes):
    return {"id": "42", "exp": int(time.time()) + 600, "name": "Deniz Kaya", "email": "deniz@example.com",
            "attributes": {"vip": True, "account_manager": "ada"}} | changes  # fmt: skip


def opened(client, chat_page, token: str = "", **changes):
    told = {"identity": identity.sign(claims(**changes), chat_page.identity_secret)}
    answer = client.post(
        "/chat/shop/open", json.dumps(told), content_type="application/json", headers={"X-Visitor-Token": token}
    )
    return access.visitor_of(answer.headers["X-Visitor-Token"], "shop"), answer


def test_what_was_signed_is_read():
    read = identity.read(identity.sign(claims(), SECRET), SECRET)
    assert (read.external_id, read.name, read.email) == ("42", "Deniz Kaya", "deniz@example.com")
    assert read.attributes == {"vip": True, "account_manager": "ada"}
    assert identity.read(identity.sign(claims(id=42), SECRET), SECRET).external_id == "42"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""}, {"id": None}, {"id": True}, {"id": "x" * 121}, {"exp": None}, {"exp": 1}, {"exp": "9999999999"},
        {"exp": int(time.time()) + 10**8}, {"attributes": ["vip"]}, {"name": "n" * 5000}, {"exp": True},
    ],
)  # fmt: skip
def test_nonsense_is_refused_however_well_it_is_signed(changes):
    with pytest.raises(identity.NotIdentified):
        identity.read(identity.sign(claims(**changes), SECRET), SECRET)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-2] + "AA", lambda t: "x" + t, lambda t: t.split(".")[0], lambda _: ".", lambda _: ""]
)
def test_what_was_not_signed_by_this_secret_is_refused(spoil):
    with pytest.raises(identity.NotIdentified):
        identity.read(spoil(identity.sign(claims(), SECRET)), SECRET)
    with pytest.raises(identity.NotIdentified):
        identity.read(identity.sign(claims(), "another"), SECRET)
    with pytest.raises(identity.NotIdentified):
        identity.read(identity.sign(claims(), ""), "")


@pytest.mark.django_db
def test_a_signed_visitor_is_verified_with_their_attributes(client, chat_page):
    deniz, _ = opened(client, chat_page)
    assert (deniz.identity, deniz.name, deniz.is_vip) == ("verified", "Deniz Kaya", True)
    assert deniz.attributes["account_manager"] == "ada"
    assert Event.objects.filter(kind="visitor.identified", data={"visitor_id": deniz.pk}).exists()


@pytest.mark.django_db
def test_an_expired_or_forged_assertion_leaves_the_visitor_anonymous(client, chat_page):
    deniz, answer = opened(client, chat_page, exp=int(time.time()) - 1)
    assert answer.status_code == 200
    assert (deniz.identity, deniz.is_vip) == ("anonymous", False)


@pytest.mark.django_db
def test_an_anonymous_visitor_becomes_the_signed_one_with_their_thread(client, chat_page, deniz, say):
    say(deniz, "Before I signed in")
    found, answer = opened(client, chat_page, token=access.sign(deniz, "shop"))
    assert found == deniz
    assert "Before I signed in" in answer.text


@pytest.mark.django_db
def test_the_same_person_on_a_second_device_is_one_visitor(client, chat_page, deniz, say):
    known, _ = opened(client, chat_page)
    posted = say(deniz, "On my phone, signed out")
    remember_locked(
        Conversation.objects.locked(posted.conversation_id), key="order", value="10482", message_id=posted.id
    )
    found, answer = opened(client, chat_page, token=access.sign(deniz, "shop"))
    assert found == known
    assert "On my phone, signed out" in answer.text
    assert known.memories.get().value == "10482"


@pytest.mark.django_db
def test_two_open_threads_stay_two_and_the_known_one_goes_on(client, chat_page, deniz, say):
    known, _ = opened(client, chat_page)
    say(known, "On my desk")
    say(deniz, "On my phone")
    _, answer = opened(client, chat_page, token=access.sign(deniz, "shop"))
    assert "On my desk" in answer.text
    assert Conversation.objects.unresolved().count() == 2


@pytest.mark.django_db
def test_somebody_else_who_signs_in_gets_nothing_of_the_one_before(client, chat_page, say):
    deniz, answer = opened(client, chat_page)
    say(deniz, "My secret")
    other, answer = opened(client, chat_page, token=answer.headers["X-Visitor-Token"], id="43", name="Kerem")
    assert other != deniz
    assert "My secret" not in answer.text
    assert Visitor.objects.get(pk=deniz.pk).name == "Deniz Kaya"


@pytest.mark.django_db
def test_another_chat_pages_secret_names_nobody_here(client, chat_page, eve):
    told = {"identity": identity.sign(claims(), eve.chat_page.identity_secret)}
    client.post("/chat/shop/open", json.dumps(told), content_type="application/json")
    assert not Visitor.objects.filter(external_id="42").exists()


def test_what_the_database_cannot_keep_is_left_out_of_what_was_signed(client, chat_page):
    deniz, _ = opened(client, chat_page, name="Den\0iz", attributes={"a\0": ["b\0", {"c": "d\0"}], "n": 1.5})
    deniz.refresh_from_db()
    assert (deniz.name, deniz.attributes) == ("Deniz", {"a": ["b", {"c": "d"}], "n": 1.5})
    with pytest.raises(identity.NotIdentified):
        identity.read(identity.sign(claims(attributes={"n": float("nan")}), SECRET), SECRET)


def test_the_slower_of_two_browsers_that_are_identified_at_once_joins_the_faster(client, chat_page, deniz):
    faster = Visitor.objects.create(chat_page=chat_page, external_id="42")
    assert arrivals._named(deniz, "42") is False
    deniz.refresh_from_db()
    assert deniz.external_id == ""
    found, _ = opened(client, chat_page, access.sign(deniz, "shop"))
    assert found == faster
