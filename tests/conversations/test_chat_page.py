"""The page itself: a shell that knows nobody, opening it, and a browser without scripts."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import access
from conversations.models import ChatPage, Conversation, Message, PageView, Visitor
from conversations.services import note_pages
from vivollo.security import policy

pytestmark = pytest.mark.django_db


def opened(client, slug: str = "shop", token: str = "", **told):
    return client.post(
        f"/chat/{slug}/open", json.dumps(told), content_type="application/json", headers={"X-Visitor-Token": token}
    )


def view(**changes) -> dict[str, str]:
    seen_at = timezone.now().isoformat()
    return {"view_id": str(uuid.uuid4()), "url": "https://shop.example/lamp", "title": "Lamp", "referrer": "",
            "seen_at": seen_at} | changes  # fmt: skip


def test_the_shell_knows_nobody_and_makes_no_rows(client, chat_page, assistant):
    page = client.get("/chat/shop/")
    assert page.status_code == 200
    assert "Hello, how can we help?" in page.text
    assert "AI assistant" in page.text
    assert not page.cookies
    assert not Visitor.objects.exists()


def test_an_unknown_page_is_not_there(client, db):
    assert client.get("/chat/nowhere/").status_code == 404
    assert opened(client, "nowhere").status_code == 404


def test_a_token_says_nothing_on_another_chat_page(deniz):
    """Beside the same rule in each query behind it."""
    with pytest.raises(access.NotAVisitor):
        access.read(access.sign(deniz, "shop"), "other")


def test_only_the_listed_sites_may_embed_it(client, chat_page):
    chat_page.allowed_origins = ["https://shop.example", "javascript:alert(1)", "https://a.example; script-src *"]
    chat_page.save(update_fields=["allowed_origins"])
    sent = client.get("/chat/shop/?frame=1").headers
    assert sent["Content-Security-Policy"].split("; ")[-1] == "frame-ancestors 'self' https://shop.example"
    assert "X-Frame-Options" not in sent
    assert "unsafe" not in sent["Content-Security-Policy"]
    assert policy("/inbox/", None).endswith("frame-ancestors 'none'")


def test_the_page_has_nothing_inline(client, chat_page, assistant):
    page = client.get("/chat/shop/?frame=1").text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page)


def test_opening_makes_a_visitor_with_what_the_browser_tells(client, chat_page):
    answer = opened(
        client, time_zone="Europe/Istanbul", language="tr-TR", page_url="https://shop.example/lamp", page_title="Lamp",
        referrer="https://search.example/", claims={"name": "Deniz", "plan": "gold"}, views=[view()],
    )  # fmt: skip
    deniz = Visitor.objects.get()
    assert access.visitor_of(answer.headers["X-Visitor-Token"], "shop") == deniz
    assert (deniz.time_zone, deniz.place, deniz.language, deniz.name) == (
        "Europe/Istanbul",
        "Istanbul",
        "tr-TR",
        "Deniz",
    )
    assert (deniz.claims, deniz.attributes, deniz.identity) == ({"name": "Deniz", "plan": "gold"}, {}, "claimed")
    assert deniz.page_url == "https://shop.example/lamp"
    assert PageView.objects.get().visitor == deniz


def test_opening_again_is_the_same_visitor_and_a_reload_is_no_new_visit(client, chat_page):
    token = opened(client).headers["X-Visitor-Token"]
    opened(client, token=token)
    deniz = Visitor.objects.get()
    assert deniz.visits == 1
    Visitor.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    opened(client, token=token)
    deniz.refresh_from_db()
    assert deniz.visits == 2


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_bad_token_gets_a_new_visitor_and_nothing_of_the_old_thread(client, deniz, say, token):
    say(deniz, "My secret")
    answer = opened(client, token=token)
    assert "My secret" not in answer.text
    assert access.visitor_of(answer.headers["X-Visitor-Token"], "shop") != deniz
    assert "My secret" in opened(client, token=access.sign(deniz, "shop")).text


def test_what_is_claimed_never_replaces_what_is_known(client, deniz):
    Visitor.objects.update(name="Deniz Kaya", external_id="42")
    opened(client, token=access.sign(deniz, "shop"), claims={"name": "The Boss", "vip": "true"})
    deniz.refresh_from_db()
    assert deniz.name == "Deniz Kaya"
    assert not deniz.is_vip


def test_page_views_are_kept_once(client, deniz):
    token, seen = access.sign(deniz, "shop"), view()
    opened(client, token=token, views=[seen])
    for _ in range(2):
        answer = client.post(
            "/chat/shop/pages", json.dumps({"views": [seen, view(title="Other")]}), content_type="application/json",
            headers={"X-Visitor-Token": token},
        )  # fmt: skip
        assert answer.status_code == 204
    assert PageView.objects.filter(view_id=seen["view_id"]).count() == 1


def test_nonsense_page_views_are_dropped(client, deniz):
    late = (timezone.now() + timedelta(days=400)).isoformat()
    odd = [view(url="javascript:alert(1)"), view(view_id="x"), view(seen_at="yesterday"), 7, view(seen_at=late)]
    opened(client, token=access.sign(deniz, "shop"), views=odd)
    kept = PageView.objects.get()
    assert kept.seen_at <= timezone.now()
    assert client.post("/chat/shop/pages", "[1]", content_type="application/json").status_code == 401
    assert opened(client, token=access.sign(deniz, "shop"), views="x", claims=[1]).status_code == 200


def test_a_repeated_page_view_of_somebody_else_is_theirs(deniz, eve):
    seen = {"view_id": uuid.uuid4(), "url": "https://a.example", "title": "", "referrer": "", "seen_at": timezone.now()}
    note_pages(visitor_id=deniz.pk, views=[seen])
    note_pages(visitor_id=eve.pk, views=[seen])
    assert PageView.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_page_carries_the_thread_and_the_token(client, chat_page, assistant):
    form = hidden(client.get("/chat/shop/").text)
    assert form["visitor_token"] == ""
    answer = client.post("/chat/shop/messages", form | {"body": "Where is my parcel?"})
    assert answer.status_code == 200
    assert "Where is my parcel?" in answer.text
    assert not answer.cookies
    client.post("/chat/shop/messages", form | {"body": "Where is my parcel?", **token_in(answer)})  # pressed twice
    again = client.post("/chat/shop/messages", hidden(answer.text) | {"body": "Hello?"})
    assert [one.body for one in Message.objects.order_by("seq")] == ["Where is my parcel?", "Hello?"]
    assert "Where is my parcel?" in client.post("/chat/shop/", token_in(again)).text
    assert 'data-kind="waiting"' in client.post("/chat/shop/person", token_in(again)).text
    assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_refused_message_keeps_its_words(client, chat_page):
    form = hidden(client.get("/chat/shop/").text)
    answer = client.post("/chat/shop/messages", form | {"body": "y" * 4001})
    assert answer.status_code == 422
    assert "too long" in answer.text
    assert "y" * 4001 in answer.text


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_person_may_be_asked_for_first(client, chat_page, assistant):
    """FAILURES 14, by the plainest of browsers."""
    assert 'data-kind="waiting"' in client.post("/chat/shop/person", {"visitor_token": ""}).text


def hidden(html: str) -> dict[str, str]:
    composer = html.split('class="composer"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', composer))


def token_in(answer) -> dict[str, str]:
    return {"visitor_token": hidden(answer.text)["visitor_token"]}


def test_a_turkish_page_speaks_turkish_of_the_page_not_of_the_browser(client, chat_page):
    ChatPage.objects.update(locale="tr")
    assert '<html lang="tr"' in client.get("/chat/shop/", headers={"Accept-Language": "en"}).text


def test_what_the_database_cannot_keep_is_left_out(client, chat_page):
    """A page title that a script has cut in the middle of an emoji, and NUL wherever a browser may put it."""
    half = "Lamp \ud83d"
    answer = opened(client, page_title=half, language="tr\0", claims={"pl\0an": half}, views=[view(title=half)])
    assert answer.status_code == 200
    assert Visitor.objects.values_list("page_title", "language", "claims").get() == ("Lamp", "tr", {"plan": "Lamp"})
    assert PageView.objects.get().title == "Lamp"


def test_a_body_that_is_nested_without_end_is_nonsense(client, chat_page):
    answer = client.post("/chat/shop/open", "[" * 100_000, content_type="application/json")
    assert answer.status_code == 200
