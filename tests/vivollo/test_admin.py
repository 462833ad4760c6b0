"""Admin edits what is set up and reads history; it finds what a person would type."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from conversations import events
from conversations.models import ChatPage, Conversation, Event, Field, Memory, Message, Tag, Turn, Visitor
from handoff import services
from handoff.models import Assistant, Attempt, BusinessHours, Handoff, KnowledgeArticle, Team, Teammate
from handoff.outcomes import ReasonCode
from tests.vivollo.desk import address
from vivollo.admin_site import GROUPS

HISTORY = [Conversation, Message, Visitor, Memory, Turn, Event, Handoff, Attempt]
SETUP = [ChatPage, Tag, Field, Assistant, KnowledgeArticle, Teammate, Team, BusinessHours]


@pytest.fixture
def story(deniz, assistant, ada, say):
    """Deniz asks, the assistant tries and hands off, Ada answers: one row of everything."""
    Visitor.objects.filter(pk=deniz.pk).update(
        name="Deniz Kaya", email="deniz@example.com", attributes={"vip": True, "company": "Kaya & Sons"}
    )
    conversation = Conversation.objects.get(pk=say(deniz, "The marble foot is cracked").conversation_id)
    event = Event.objects.get(kind="message.received")
    turn = Turn.objects.create(
        conversation=conversation, event=event, state="completed", lease_until=event.created_at,
        ended_at=event.created_at, upto_seq=1, draft="I would have said <b>this</b>",
    )  # fmt: skip
    Attempt.objects.create(turn=turn, kind="search", query="cracked", found=["Returning a product"], result="Unsure.")
    Memory.objects.create(
        visitor=deniz, key="order_number", value="10482", learned_from=conversation.messages.get(seq=1)
    )
    services.request(
        conversation_id=conversation.pk,
        code=ReasonCode.OUT_OF_SCOPE,
        reason="No article covers marble.",
        by="assistant",
    )
    services.take_over(conversation_id=conversation.pk, teammate=ada, body="I am sorry, Deniz.")
    conversation.tags.add(Tag.objects.create(name="damage", colour="red"))
    Field.objects.create(key="order_value", label="Order value", kind="number").values.create(
        conversation=conversation, value="640"
    )
    BusinessHours.objects.create(name="Shop hours").openings.create(weekday=0, opens="09:00", closes="18:00")
    return conversation


def found(desk, model, typed):
    """Whether the list of the model still has rows when this is typed."""
    page = desk.get(address(model), {"q": typed})
    assert page.status_code == 200
    return list(page.context["cl"].queryset)


@pytest.mark.parametrize("model", HISTORY + SETUP)
def test_every_list_and_page_answers(desk, story, model):
    assert desk.get(address(model)).status_code == 200
    assert desk.get(address(model, "change", model._default_manager.first().pk)).status_code == 200


@pytest.mark.parametrize("model", SETUP)
def test_whatever_is_set_up_can_be_added(desk, story, model):
    assert desk.get(address(model, "add")).status_code == 200


def test_every_registered_model_of_ours_is_in_the_navigation():
    ours = {model._meta.label_lower for model in admin.site._registry}
    assert ours == {label for items in GROUPS.values() for _, label, _ in items}


@pytest.mark.parametrize("model", HISTORY)
def test_history_refuses_to_be_written_even_by_a_superuser(desk, story, model):
    row = model._default_manager.first()
    count = model._default_manager.count()
    assert desk.post(address(model, "change", row.pk), {"body": "changed"}).status_code == 403
    assert desk.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert desk.get(address(model, "add")).status_code == 403
    assert desk.post(address(model, "add"), {}).status_code == 403
    desk.post(address(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert model._default_manager.count() == count


@pytest.mark.parametrize(
    "typed", ["deniz", "Kaya", "deniz@example.com", "marble", "sorry deniz", "article covers", "damage", "ADA"]
)
def test_a_conversation_is_found_by_what_a_person_would_type(desk, story, typed):
    assert found(desk, Conversation, typed) == [story]


def test_a_conversation_is_found_by_its_number_and_its_public_id(desk, story):
    assert found(desk, Conversation, f"#{story.pk}") == [story]
    assert found(desk, Conversation, str(story.pk)) == [story]
    assert found(desk, Conversation, str(story.public_id)) == [story]
    assert found(desk, Conversation, str(story.visitor.public_id)) == [story]
    assert found(desk, Conversation, f"#{story.pk + 1}") == []
    assert found(desk, Conversation, "zeppelin") == []
    assert found(desk, Conversation, "#99999999999999999999") == []


def test_messages_handoffs_and_events_are_found_by_the_number_of_their_conversation(desk, story):
    for model in (Message, Handoff, Event, Turn, Attempt):
        assert found(desk, model, f"#{story.pk}")
        assert not found(desk, model, f"#{story.pk + 1}")
    assert found(desk, Handoff, "marble")
    assert found(desk, Visitor, "kaya")
    assert found(desk, Memory, "10482")
    assert found(desk, Message, "cracked")


def test_a_conversations_page_tells_its_whole_trail_in_order(desk, story):
    page = desk.get(address(Conversation, "change", story.pk)).content.decode()
    trail = page[page.index("The trail") :]
    places = [
        trail.index(words)
        for words in ("The marble foot is cracked", "Unsure.", "No article covers marble.", "took over", "I am sorry, Deniz.")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "handoff.engaged" in trail


def test_nothing_that_a_visitor_wrote_becomes_markup(desk, story, deniz, say):
    say(deniz, "<script>alert(1)</script>")
    Visitor.objects.filter(pk=deniz.pk).update(name="<img src=x>", attributes={"<b>": "<i>"})
    newest = Message.objects.order_by("-pk")[0]
    for model, pk in ((Conversation, story.pk), (Message, newest.pk), (Visitor, deniz.pk)):
        for there in (address(model), address(model, "change", pk)):
            page = desk.get(there).content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<i>" not in page


def test_attributes_data_and_briefings_are_lists_and_not_raw_json(desk, story, deniz):
    visitor = desk.get(address(Visitor, "change", deniz.pk)).content.decode()
    assert "<dt>company</dt><dd>Kaya &amp; Sons</dd>" in visitor
    assert "<dt>vip</dt><dd>yes</dd>" in visitor
    handoff = desk.get(address(Handoff, "change", Handoff.objects.get().pk)).content.decode()
    assert "<dt>order number</dt>" in handoff
    assert "&#x27;key&#x27;" not in handoff


def test_the_first_page_shows_what_is_live(desk, story, deniz):
    page = desk.get("/admin/")
    assert [one["count"] for one in page.context["figures"]] == [0, 1, 0, events.undelivered()]
    assert page.context["engaged"][0]["who"] == "Deniz Kaya"
    assert [(one["words"], one["count"]) for one in page.context["reasons"]] == [("out of scope", 1)]


def test_the_first_page_and_the_lists_ask_the_same_number_of_questions_however_much_there_is(
    desk, story, chat_page, say, django_assert_max_num_queries
):
    for number in range(12):
        visitor = Visitor.objects.create(chat_page=chat_page, name=f"Visitor {number}")
        posted = say(visitor, "I want a person")
        services.request(
            conversation_id=posted.conversation_id, code=ReasonCode.CUSTOMER_REQUEST, reason="Asked.", by="visitor"
        )
    for there in ("/admin/", *map(address, HISTORY + SETUP)):
        with django_assert_max_num_queries(13):
            assert desk.get(there).status_code == 200


def test_an_agent_is_refused(client, bruno, story):
    client.force_login(bruno)
    for there in ("/admin/", address(Conversation), address(Conversation, "change", story.pk)):
        answer = client.get(there)
        assert answer.status_code == 302
        assert answer.url.startswith("/admin/login/")


def test_what_has_history_is_kept_and_the_page_says_why(desk, story, chat_page, ada, team, assistant):
    for row, why in (
        (chat_page, "history is never deleted"),
        (ada, "has answered customers"),
        (team, "Give them to another team"),
        (assistant, "Choose another assistant"),
    ):
        answer = desk.post(address(type(row), "delete", row.pk), {"post": "yes"}, follow=True)
        assert type(row).objects.filter(pk=row.pk).exists()
        assert why in answer.content.decode()


def test_what_has_no_history_can_be_deleted(desk, bruno, db):
    page = ChatPage.objects.create(slug="spare", name="Spare", greeting="Hi")
    for row in (page, bruno):
        desk.post(address(type(row), "delete", row.pk), {"post": "yes"})
        assert not type(row).objects.filter(pk=row.pk).exists()


def test_the_identity_secret_is_masked_and_shown_once_when_it_is_made_anew(desk, chat_page):
    old = chat_page.identity_secret
    form = desk.get(address(ChatPage, "change", chat_page.pk)).content.decode()
    assert old not in form
    there = reverse("admin:conversations_chatpage_new_secret", args=[chat_page.pk])
    assert desk.get(there).status_code == 405
    answer = desk.post(there).content.decode()
    chat_page.refresh_from_db()
    assert chat_page.identity_secret != old
    assert chat_page.identity_secret in answer
    assert chat_page.identity_secret not in desk.get(address(ChatPage, "change", chat_page.pk)).content.decode()


def test_a_supervisor_who_may_only_read_cannot_make_a_new_secret(client, ada, chat_page):
    Teammate.objects.filter(pk=ada.pk).update(is_staff=True)
    client.force_login(ada)
    there = reverse("admin:conversations_chatpage_new_secret", args=[chat_page.pk])
    assert client.post(there).status_code == 403


def test_the_embed_line_names_this_host_and_page(desk, chat_page):
    form = desk.get(address(ChatPage, "change", chat_page.pk)).content.decode()
    assert "http://testserver/embed.js&quot; data-page=&quot;shop&quot;" in form


def test_a_chat_page_is_changed_with_what_it_runs_in_one_form(desk, chat_page, assistant, team):
    automation = chat_page.automation
    sent = {
        "name": "The shop", "slug": "shop", "greeting": "Hi", "hue": "rose", "locale": "tr",
        "allowed_origins": "https://a.example,https://b.example", "automation-TOTAL_FORMS": 1,
        "automation-INITIAL_FORMS": 1, "automation-0-id": automation.pk, "automation-0-chat_page": chat_page.pk,
        "automation-0-assistant": "", "automation-0-default_team": team.pk, "automation-0-note": "One moment.",
    }  # fmt: skip
    assert desk.post(address(ChatPage, "change", chat_page.pk), sent).status_code == 302
    chat_page.refresh_from_db()
    automation.refresh_from_db()
    assert chat_page.allowed_origins == ["https://a.example", "https://b.example"]
    assert (automation.note, automation.assistant) == ("One moment.", None)


def test_a_new_teammate_can_sign_in(desk, client):
    sent = {
        "username": "deniz2", "display_name": "Deniz", "email": "d@example.com", "role": "agent",
        "password1": "a-long-enough-one", "password2": "a-long-enough-one", "usable_password": "true",
    }  # fmt: skip
    assert desk.post(address(Teammate, "add"), sent).status_code == 302
    assert client.login(username="deniz2", password="a-long-enough-one")
