"""Flows in the inbox: where one stands, how finishing goes, what is urgent, and what came live."""

import re

import pytest
from channels.db import database_sync_to_async
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations import live
from conversations.models import Conversation
from conversations.services import line_locked
from handoff import services
from handoff.flows.script import END
from handoff.models import FlowRun, Handoff
from handoff.outcomes import ReasonCode, Urgency
from handoff.selectors import leading
from inbox import flows, selectors
from inbox.queues import VIEWS
from inbox.thread_fragments import TeamThread
from tests.handoff.flow_cast import ask, hand_off, runs, step, writes
from tests.inbox.pages import part, text_of
from tests.workers import work_off

pytestmark = pytest.mark.django_db(transaction=True)


# ── Where it stands.


def test_the_header_says_where_the_flow_stands_in_words(asked, opened):
    assert part(opened(asked), "flow-line") == "Refund flow: waiting for the amount"


def test_while_a_person_has_it_the_header_says_where_the_flow_goes_on(led, opened):
    line = part(opened(led), "flow-line")
    assert line == "Refund flow: waiting for a person · goes on at “Send message”"


def test_where_no_flow_runs_nothing_is_said_of_one(chat_page, assistant, deniz, opened):
    page = opened(Conversation.objects.get(pk=writes(deniz, "Can I return a product?")))
    assert part(page, "flow-line") == ""
    assert "<h2>Flow</h2>" not in page


def test_the_panel_tells_what_the_customer_has_told_the_flow(led, opened):
    panel = text_of(opened(led).split("<h2>Flow</h2>")[1].split("</section>")[0])
    assert panel == "Refund flow now waiting for a person goes on at Send message amount 640.00 TRY"


def test_what_is_internal_or_no_answer_is_kept_out_of_the_panel():
    told = flows.gathered(
        {
            "_paused": {"step": "x"},
            "person.name": "Ada",
            "message": "hi",
            "size": 42.0,
            "gift": True,
            "list": [1],
            "no": "",
        }
    )
    assert [(one.name, one.value) for one in told] == [("size", "42"), ("gift", "yes")]


def test_a_frame_tells_where_the_flow_has_moved_to(asked, deniz, inbox):
    seq = Conversation.objects.get(pk=asked.pk).last_seq
    writes(deniz, "640 TL")
    frame = inbox.get(reverse("inbox:entries", args=[asked.public_id]), {"after": seq}).content.decode()
    assert "waiting for a person" in part(frame, "flow-line")
    assert "640.00 TRY" in frame


def test_a_page_that_runs_a_flow_and_no_assistant_is_led_by_the_flow(chat_page, deniz, opened):
    runs(chat_page, ask("amount", "amount"))
    page = opened(Conversation.objects.get(pk=writes(deniz, "I want a refund")))
    assert part(page, "state").startswith("With the flow")
    assert "The flow is leading." in page


def test_the_pane_costs_as_many_queries_wherever_its_flow_stands(led, deniz, opened):
    opened(led)
    with CaptureQueriesContext(connection) as few:
        opened(led)
    for number in range(10):
        writes(deniz, f"And number {number}?")
    FlowRun.objects.update(variables={f"answer_{number}": "x" for number in range(50)})
    with CaptureQueriesContext(connection) as many:
        page = opened(led)
    assert page.count("<dt>answer ") == 50
    assert len(many) == len(few)


# ── Finishing.


def test_finishing_says_that_the_flow_wraps_up_first(led, opened):
    page = opened(led)
    assert re.search(r'id="conversation"[^>]* data-wraps="first"', page)
    assert "The flow wraps up first; then the conversation is closed." in page


def test_while_it_wraps_up_the_header_says_so_and_finishing_again_closes_at_once(led, inbox, opened):
    address = reverse("inbox:finish", args=[led.public_id])
    answer = inbox.post(address, {"after": 0}, headers={"HX-Request": "true"}).content.decode()
    assert part(answer, "state").startswith("Wrapping up")
    work_off()
    page = opened(led)
    assert re.search(r'id="state"[^>]* data-wraps="now"', page)
    assert part(page, "flow-line") == "Refund flow: wrapping up, waiting for the stars"
    inbox.post(address)
    led.refresh_from_db()
    assert led.status == "resolved"
    assert part(opened(led), "state").startswith("Finished")


# ── Urgency, and how it came to this.


def waits(conversation: Conversation, urgency: Urgency) -> Handoff:
    handoff = services.request(
        conversation_id=conversation.pk, code=ReasonCode.FLOW_STEP, reason="The boiler leaks.", by="flow"
    )
    Handoff.objects.filter(pk=handoff.pk).update(urgency=urgency.value)
    return handoff


@pytest.mark.parametrize(
    ("urgency", "word"), [(Urgency.HIGH, "urgent"), (Urgency.LOW, "can wait"), (Urgency.NORMAL, "")]
)
def test_how_urgent_it_is_stands_in_the_row_and_the_header_in_a_word(
    assistant, deniz, say, opened, inbox, urgency, word
):
    one = Conversation.objects.get(pk=say(deniz, "It leaks").conversation_id)
    waits(one, urgency)
    row = inbox.get("/inbox/").content.decode().split('id="row-')[1]
    header = part(opened(one), "state").lower()
    for other in ("urgent", "can wait"):
        assert (other in text_of(row)) == (other == word)
        assert (other in header) == (other == word)
    assert ('data-mark="danger"' in row) == (word == "urgent")


def test_once_nobody_is_asked_for_nothing_is_urgent(assistant, deniz, ada, say, opened):
    one = Conversation.objects.get(pk=say(deniz, "It leaks").conversation_id)
    waits(one, Urgency.HIGH)
    services.hand_back(conversation_id=one.pk, teammate=ada)
    assert "Urgent" not in part(opened(one), "state")
    [row] = selectors.page(VIEWS["automation"], teammate_id=ada.pk).rows
    assert row.shown_urgency == ""


def test_a_request_that_expired_says_so_in_the_row_the_thread_and_the_panel(chat_page, assistant, deniz, ada, opened):
    runs(chat_page, hand_off({"returned": "more", "expired": "more"}, expires=60), ask("more", "text"))
    one = Conversation.objects.get(pk=writes(deniz, "A person for my refund"))
    with transaction.atomic():
        services.expire_locked(Conversation.objects.locked(one.pk), leading(one.pk))
    [row] = selectors.page(VIEWS["automation"], teammate_id=ada.pk).rows
    assert row.why == "Nobody came in time: The flow needs a person."
    page = opened(one)
    assert "Nobody came in time; the flow goes on." in page
    assert "Nobody came in time" in page.split("Earlier handoffs")[1]


@pytest.mark.parametrize(
    ("line", "params", "mark", "words"),
    [
        ("flow.trouble", {"words": "The flow could not reach Refunds."}, "danger", "The flow could not reach Refunds."),
        ("assigned.flow", {"to": "Refunds"}, "person", "The flow assigned it to Refunds."),
        ("handoff.expired", {}, "waiting", "Nobody came in time; the flow goes on."),
    ],
)
def test_what_the_flow_did_stands_in_the_thread_with_its_own_mark(asked, opened, line, params, mark, words):
    with transaction.atomic():
        seq = line_locked(Conversation.objects.locked(asked.pk), line, **params).seq
    page = opened(asked)
    assert re.search(rf'class="item line" id="entry-{seq}"[^>]* data-mark="{mark}"', page)
    assert part(page, f"entry-{seq}").startswith(words)


# ── Live.


def _asked(chat_page, deniz) -> Conversation:
    wait = step("wait", "later", seconds=3600)
    runs(chat_page, ask("amount", "amount", {"answered": "later", "gave_up": END}), wait)
    return Conversation.objects.get(pk=writes(deniz, "A refund, please"))


async def test_a_move_of_the_flow_reaches_an_open_pane_by_itself(chat_page, assistant, deniz, ada):
    one = await database_sync_to_async(_asked)(chat_page, deniz)
    feed = TeamThread(one.pk)
    await feed.start()
    await database_sync_to_async(writes)(deniz, "9 EUR")
    frames = await feed.frames([live.hint("context", one.pk)], {"en"})
    assert part(frames["en"], "flow-line") == "Refund flow: waiting for its time"
    assert "<dt>amount</dt><dd>9.00 EUR</dd>" in frames["en"]
