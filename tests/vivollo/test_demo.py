"""The demo fills an empty database once, and everything in it obeys the rules of the record."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from conversations import events, turns
from conversations.models import Conversation, Event, Field, Memory, Message, PageView, Tag, Turn
from conversations.selectors import chat_status
from handoff.flows.check import check
from handoff.models import Attempt, Automation, BusinessHours, Flow, FlowRun, Handoff, KnowledgeArticle, Team, Teammate
from handoff.states import State
from handoff.worlds import directory
from vivollo.demo import content


def test_it_fills_an_empty_database_with_a_day_of_conversations(filled):
    assert filled == len(content.CANNED_CONVERSATIONS) == Conversation.objects.count()
    assert KnowledgeArticle.objects.count() >= 20
    assert {person.role for person in Teammate.objects.all()} == {"agent", "supervisor", "admin"}
    assert set(Conversation.objects.values_list("status", flat=True)) == {"open", "resolved"}
    assert set(Handoff.objects.values_list("state", flat=True)) == {"requested", "engaged", "finished"}
    assert PageView.objects.exists()
    assert Memory.objects.filter(learned_from__isnull=False).exists()


def test_a_filled_database_is_left_alone(filled):
    before = Event.objects.count()
    for options in ({"if_empty": True}, {}):
        out = StringIO()
        call_command("demo", stdout=out, **options)
        assert "left alone" in out.getvalue()
        assert len(out.getvalue().splitlines()) == 1
    assert Event.objects.count() == before


def test_nothing_of_it_starts_automation_later(filled):
    assert events.undelivered() == 0
    assert not Turn.objects.unended().exists()
    assert turns.abandoned() == []


def test_the_times_of_every_thread_run_in_the_order_of_its_entries(filled):
    for conversation in Conversation.objects.all():
        entries = list(conversation.messages.order_by("seq").values_list("seq", "created_at"))
        assert [seq for seq, _ in entries] == list(range(1, conversation.last_seq + 1))
        assert sorted({at for _, at in entries}) == [at for _, at in entries]
        assert conversation.created_at <= entries[0][1]
        words = conversation.messages.filter(line="", audience="everyone").order_by("-seq")[0]
        assert conversation.last_at == words.created_at
        assert conversation.last_words == " ".join(words.body.split())[:160].rstrip() or words.body


def test_every_handoff_has_a_reason_and_the_briefing_that_was_known_then(filled):
    for handoff in Handoff.objects.select_related("briefing"):
        assert handoff.reason.strip()
        tried = Attempt.objects.filter(
            turn__conversation=handoff.conversation_id, created_at__lte=handoff.requested_at
        ).count()
        assert len(handoff.briefing.attempts) == tried
        assert handoff.briefing.created_at <= handoff.requested_at
        assert handoff.briefing.context["pages"]


def test_the_assistant_speaks_only_in_its_turns_and_never_while_a_person_leads(filled):
    for said in Message.objects.filter(author="assistant").select_related("turn"):
        assert said.turn is not None
        assert said.turn.state == Turn.State.COMPLETED
        led = Handoff.objects.filter(conversation=said.conversation_id, engaged_at__lt=said.created_at)
        assert not led.exclude(finished_at__lt=said.created_at).exists()


def test_nothing_happens_in_the_future_and_those_who_wait_wait_a_believable_time(filled):
    now = timezone.now()
    assert not Message.objects.filter(created_at__gt=now).exists()
    assert not Event.objects.filter(created_at__gt=now).exists()
    assert not Turn.objects.filter(ended_at__gt=now).exists()
    waits = [now - one.requested_at for one in Handoff.objects.filter(state=State.REQUESTED)]
    assert len(waits) >= 3
    assert min(waits) < timedelta(minutes=5)
    assert max(waits) < timedelta(hours=2)


def test_the_chat_page_tells_who_speaks_in_each_of_them(filled):
    told = {chat_status(one, one.chat_page_id).kind for one in Conversation.objects.all()}
    assert told == {"assistant", "waiting", "person", "finished"}


def test_each_sign_in_works_and_only_those_who_keep_the_house_enter_the_admin(filled, client):
    for username, password, role in content.SIGN_INS:
        assert client.login(username=username, password=password)
        expected = 200 if role in ("admin", "supervisor") else 302
        assert client.get("/admin/").status_code == expected


def test_a_signed_vip_counts_and_nobody_else_does(filled):
    vips = [one for one in Conversation.objects.select_related("visitor") if one.visitor.is_vip]
    assert [one.visitor.identity for one in vips] == ["verified"]


def test_the_shop_has_its_hours_its_fields_and_its_tags(filled):
    hours = BusinessHours.objects.get(name="Shop hours")
    assert (hours.time_zone, hours.openings.count()) == ("Europe/Istanbul", 6)
    assert Team.objects.get(name="Customer care").hours == hours
    assert set(Field.objects.values_list("key", flat=True)) >= {"order_value", "rating"}
    assert Tag.objects.filter(name="refund").exists()


def test_it_runs_the_refund_flow_and_the_other_ready_flows_are_drafts_that_may_be_published(filled):
    flow = Automation.objects.get().flow
    assert (flow.name, flow.live.number, flow.live.published_by.username) == ("Refund flow", 1, "chidi")
    drafts = Flow.objects.filter(live__isnull=True)
    assert drafts.count() == 3
    for one in Flow.objects.all():
        assert check(one.draft, directory()) == []


def test_what_was_said_before_had_no_flow(filled):
    assert not FlowRun.objects.exists()
