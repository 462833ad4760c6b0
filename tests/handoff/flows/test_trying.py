"""Trying a draft in the admin: it stores nothing, sends nothing outside, and travels in its author's browser only."""

from __future__ import annotations

import json
import socket

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import reverse

from conversations.models import Field
from handoff import outside
from handoff.models import Automation, Flow, Secret
from tests.handoff.flow_cast import condition, hand_off, message, step
from tests.handoff.flows.tried import Tried, flow_of, refund_flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada_designs(client, ada):
    """Ada is signed in, and may look at flows but not change them."""
    ada.is_staff = True
    ada.save(update_fields=["is_staff"])
    ada.user_permissions.add(Permission.objects.get(codename="view_flow"))
    client.force_login(ada)
    return client


def rows():
    """How many rows there are of everything."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.fixture
def no_outside(monkeypatch):
    """Whoever asks an outside service, or connects to anything that is not open already, fails the test."""

    def refuse(*args, **kwargs):
        raise AssertionError("this must not reach the outside")

    monkeypatch.setattr(outside, "perform", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_whole_story_is_played_and_nothing_is_stored(ada_designs, assistant, no_outside):
    tried = Tried(ada_designs, refund_flow())
    before = rows()
    tried("say", words="I want my money back")
    assert ("flow", "Which amount?") in tried.said
    tried("say", words="640")
    assert ("line", "Tagged refund.") in tried.said
    assert any("Refund of 640.00" in words for who, words in tried.said if who == "line")
    tried("take_over", reply="I see to it.")
    assert "Ada leads" in tried.text
    tried("hand_back", way="resume", note="was kind")
    assert tried.said[-2:] == [("flow", "Ada has helped you."), ("line", "The flow comes to its end.")]
    tried("pass", seconds="3600")
    tried("say", words="Thanks")
    tried("want_person")
    tried("finish")
    assert rows() == before
    assert "The conversation is closed." in tried.text


def test_the_assistant_answers_from_its_articles_and_leaves_no_trace(ada_designs, assistant, no_outside):
    flow = flow_of(step("assistant", "lead"))
    tried = Tried(ada_designs, flow)
    before = rows()
    tried("say", words="How long does delivery take?")
    assert tried.said[-1][0] == "assistant"
    assert "two to four working days" in tried.said[-1][1]
    assert rows() == before


def test_without_an_assistant_a_person_is_asked_for_and_the_page_says_why(ada_designs):
    tried = Tried(ada_designs, flow_of(step("assistant", "lead")))
    tried("say", words="How long does delivery take?")
    assert "Waiting for a teammate" in tried.text
    assert "There is no assistant here" in tried.text


def test_an_outside_call_waits_for_what_is_said_of_it(ada_designs, no_outside):
    Secret.objects.create(name="key", sealed=b"no matter")
    flow = flow_of(
        step("call_api", "look", {"success": "told", "failure": "lost"}, method="GET",
             address="https://api.example.com/of/{{message}}?key={{secret.key}}", mapping=[{"variable": "state", "path": "state"}]),
        message("told", "It is {{state}}."),
        message("lost", "Sorry."),
    )  # fmt: skip
    tried = Tried(ada_designs, flow)
    tried("say", words="LD-1")
    assert "https://api.example.com/of/LD-1?key=•••" in tried.text
    assert "no matter" not in tried.text
    kept = tried.scene
    assert tried("answer", answer='{"state": "sent"}').said[-2] == ("flow", "It is sent.")
    tried.scene = kept
    assert tried("fail", trouble="timed out").said[-2] == ("flow", "Sorry.")


def test_the_step_where_it_stands_is_lit_and_the_way_there_is_marked(ada_designs):
    tried = Tried(ada_designs, refund_flow())
    tried("say", words="refund")
    picture = tried.answer.context["picture"]
    assert [one.box.step_id for one in picture.boxes if one.is_chosen] == ["amount"]
    assert [line.source for line, is_lit in picture.lines if is_lit] == ["fallback"]
    assert "waiting for the amount" in tried.text
    tried("say", words="120")
    lit = {(line.source, line.exit) for line, is_lit in tried.answer.context["picture"].lines if is_lit}
    assert lit == {("fallback", ""), ("amount", "answered"), ("large", "no"), ("small", "next")}


def test_its_boxes_lead_to_where_they_are_edited(ada_designs):
    flow = refund_flow()
    editor = reverse("admin:handoff_flow_change", args=[flow.pk])
    assert f'href="{editor}?step=amount"' in Tried(ada_designs, flow).text


def test_a_form_in_the_chat_is_filled_in_and_keeps_what_does_not_fit(ada_designs):
    fields = [{"name": "mail", "label": "E-mail", "kind": "email", "required": True, "options": []}]
    flow = flow_of(step("form", "ask", "done", text="Tell us", fields=fields), message("done", "Thanks, {{mail}}"))
    tried = Tried(ada_designs, flow)("say", words="hi")
    tried("form", **{"field.mail": "not one"})
    assert "Write an e-mail address" in tried.text
    assert 'value="not one"' in tried.text
    tried("form", **{"field.mail": "deniz@example.com"})
    assert ("visitor", "E-mail: deniz@example.com") in tried.said
    assert ("flow", "Thanks, deniz@example.com") in tried.said


def test_a_quick_reply_is_pressed(ada_designs):
    tried = Tried(ada_designs, flow_of(message("hi", "Red or blue?", options=["Red", "Blue"])))("say", words="hi")
    assert '<button name="option" value="Red">' in tried.text
    assert ("visitor", "Red") in tried("option", option="Red").said


def test_a_vip_on_a_sunday_is_one_form_away(ada_designs):
    flow = flow_of(
        condition("who", "visitor.vip", "equals", "yes", "vip", "all"),
        message("vip", "At once"),
        message("all", "Hello"),
    )
    tried = Tried(ada_designs, flow)("start", persona="vip", weekday="6", time="23:30")
    assert "Sun 23:30" in tried.text
    assert ("flow", "At once") in tried("say", words="hi").said


def test_the_flow_that_begins_when_the_chat_is_opened_has_spoken_already(ada_designs):
    flow = flow_of(message("hi", "Welcome"), start={"step": "hi"})
    assert ("flow", "Welcome") in Tried(ada_designs, flow).said


def test_a_field_takes_only_what_fits_it(ada_designs):
    Field.objects.create(key="size", label="Size", kind="number")
    flow = flow_of(
        step("set_field", "a", "b", field="size", value="42"), step("set_field", "b", "bye", field="size", value="large"),
        message("bye", "Bye"),
    )  # fmt: skip
    tried = Tried(ada_designs, flow)("say", words="hi")
    assert ("line", "Sets size to 42.") in tried.said
    assert "that is no value for it" in tried.text
    assert not Field.objects.get().values.exists()


def test_what_the_chat_page_runs_is_what_answers(ada_designs, assistant):
    flow = flow_of(hand_off(reason="Because"))
    Automation.objects.update(flow=flow, note="Ada is on her way.")
    tried = Tried(ada_designs, flow)("say", words="hi")
    assert ("flow", "Ada is on her way.") in tried.said
    assert ("line", "Assigned to Support.") in tried.said


# ── What comes back from a browser.


def test_a_forged_scene_is_refused_and_begun_anew(ada_designs):
    tried = Tried(ada_designs, refund_flow())
    tried.scene = tried.scene[:-3] + "abc"
    tried("say", words="hi")
    assert "cannot be read. Start it again." in tried.text
    assert tried.said == []


def test_the_scene_of_another_teammate_or_flow_is_refused(ada_designs, bruno, client):
    flow = refund_flow()
    other = Flow.objects.create(name="Other", slug="other", draft=flow.draft)
    mine = Tried(ada_designs, flow)("say", words="hi").scene
    elsewhere = Tried(ada_designs, other)
    elsewhere.scene = mine
    assert elsewhere("say", words="hi").said == []
    bruno.is_staff = bruno.is_superuser = True
    bruno.save(update_fields=["is_staff", "is_superuser"])
    client.force_login(bruno)
    his = Tried(client, flow)
    his.scene = mine
    assert "cannot be read" in his("say", words="hi").text


def test_a_scene_of_the_day_before_is_too_old(ada_designs):
    flow = refund_flow()
    with time_machine.travel("2026-07-06 10:00", tick=False) as clock:
        tried = Tried(ada_designs, flow)("say", words="hi")
        clock.shift(23 * 3600)
        assert tried("say", words="120").said[-1] == ("line", "The flow comes to its end.")
        clock.shift(25 * 3600)
        ada_designs.force_login(tried.answer.wsgi_request.user)
        assert "more than a day ago" in tried("say", words="hi").text


def test_a_draft_that_was_changed_meanwhile_is_not_played_on(ada_designs):
    flow = refund_flow()
    tried = Tried(ada_designs, flow)("say", words="hi")
    Flow.objects.update(draft_number=5)
    said = tried.said
    tried("say", words="640")
    assert "The draft was changed meanwhile: it is draft 5 now." in tried.text
    assert tried.said == said
    assert "Draft 5, as saved" in tried("start", persona="anonymous").text


@pytest.mark.parametrize(
    ("do", "typed", "told"),
    [
        ("say", {"words": "  "}, "Write something first."),
        ("take_over", {}, "Write something first."),
        ("form", {}, "This form is not open any more."),
        ("answer", {"answer": "{}"}, "No outside service is being asked now."),
        ("pass", {"seconds": "-5"}, "Time passes by at most 90 days at once."),
        ("pass", {"seconds": "99999999999"}, "Time passes by at most 90 days at once."),
        ("hand_back", {"way": "resume"}, "No person leads this conversation"),
        ("nonsense", {}, ""),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(ada_designs, do, typed, told):
    tried = Tried(ada_designs, refund_flow())("say", words="hi")
    said = tried.said
    assert told in tried(do, **typed).text
    assert tried.said == said


@pytest.mark.parametrize(
    "draft", [{}, {"entries": {}, "steps": []}, {"steps": "odd"}, {"entries": {"fallback": {"step": "gone"}}}]
)
def test_an_unfinished_draft_can_be_looked_at(ada_designs, draft):
    flow = Flow.objects.create(name="New", slug="new", draft=draft)
    Tried(ada_designs, flow)("say", words="hi")


def test_whatever_a_customer_types_is_shown_as_text(ada_designs):
    tried = Tried(ada_designs, refund_flow())
    tried("say", words='<script>alert(1)</script>"{{secret.key}}')
    assert b"<script>alert(1)" not in tried.answer.content


def test_who_may_not_look_at_flows_may_not_try_them(client, bruno, ada_designs):
    flow = refund_flow()
    address = reverse("admin:handoff_flow_try", args=[flow.pk])
    bruno.is_staff = True
    bruno.save(update_fields=["is_staff"])
    client.force_login(bruno)
    assert client.get(address).status_code == 403
    assert client.post(address, {"do": "start"}).status_code == 403
    client.logout()
    assert client.get(address).status_code == 302


def test_a_flow_that_is_not_there_is_not_found(ada_designs):
    assert ada_designs.get(reverse("admin:handoff_flow_try", args=[987])).status_code == 404


def test_the_hidden_scene_stays_small(ada_designs):
    tried = Tried(ada_designs, refund_flow())
    for _ in range(10):
        tried("say", words="hello again, this is one more sentence")
    assert len(tried.scene) < 8000, json.dumps(len(tried.scene))
