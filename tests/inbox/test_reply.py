"""A teammate replies from the pane, and so takes over."""

import uuid

import pytest
from django.urls import reverse

from conversations import events, turns
from conversations.models import Conversation, Turn
from handoff.models import Handoff
from handoff.outcomes import ReasonCode
from handoff.selectors import leading
from handoff.services import request as request_handoff
from handoff.services import take_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(deniz, assistant, say) -> Conversation:
    """Deniz has asked something, and waits for a person."""
    posted = say(deniz, "I was charged twice")
    request_handoff(
        conversation_id=posted.conversation_id,
        code=ReasonCode.OUT_OF_SCOPE,
        reason="Nothing in the articles is about double charges.",
        by="assistant",
        open_question="I was charged twice",
    )
    return Conversation.objects.get(pk=posted.conversation_id)


@pytest.fixture
def reply(client):
    """Post a reply as the page's script does."""

    def reply(conversation, teammate, body, *, seen=None, client_id=None, htmx=True):
        client.force_login(teammate)
        data = {"body": body, "client_id": client_id or uuid.uuid4(), "after": seen or 0}
        if seen is not None:
            data["seen"] = seen
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(reverse("inbox:reply", args=[conversation.public_id]), data, headers=headers)

    return reply


def test_the_first_reply_engages_and_the_second_only_adds(waiting, ada, bruno, reply, thread):
    assert reply(waiting, ada, "Hello, I am Ada.").status_code == 200
    assert leading(waiting.pk).engaged_by == ada
    assert reply(waiting, bruno, "And I am Bruno.").status_code == 200
    assert leading(waiting.pk).engaged_by == ada
    assert thread(waiting.pk)[-2:] == [("person", "Hello, I am Ada."), ("person", "And I am Bruno.")]


def test_a_reply_where_the_assistant_leads_pulls_it_and_silences_the_turn(deniz, assistant, ada, say, reply):
    posted = say(deniz, "Can I return a product?")
    conversation = Conversation.objects.get(pk=posted.conversation_id)
    events.drain()
    turn = Turn.objects.get(conversation=conversation)
    assert turns.claim(turn.pk)
    reply(conversation, ada, "I will look myself.")
    assert leading(conversation.pk).code == ReasonCode.TEAMMATE_PULL
    turn.refresh_from_db()
    assert turn.state == Turn.State.CANCELLED


def test_two_at_once_are_both_kept_and_the_second_is_asked_once(waiting, ada, bruno, reply, thread):
    """FAILURES 15: nobody answers twice because they had not seen the other."""
    looked = waiting.last_seq
    reply(waiting, ada, "I have refunded you.", seen=looked)
    client_id = uuid.uuid4()
    stopped = reply(waiting, bruno, "I will refund you.", seen=looked, client_id=client_id)
    assert stopped.status_code == 409
    page = stopped.content.decode()
    assert "I have refunded you." in page.split("data-frame")[0]
    newest = Conversation.objects.get(pk=waiting.pk).last_seq
    assert f'data-seq="{newest}"' in page
    assert reply(waiting, bruno, "I will refund you.", seen=newest, client_id=client_id).status_code == 200
    assert thread(waiting.pk)[-2:] == [("person", "I have refunded you."), ("person", "I will refund you.")]


def test_a_stale_plain_form_keeps_the_typed_words_and_the_next_press_sends(waiting, ada, bruno, reply, client, thread):
    looked = waiting.last_seq
    reply(waiting, ada, "I have refunded you.")
    stopped = reply(waiting, bruno, "I will refund you.", seen=looked, htmx=False)
    assert stopped.status_code == 409
    page = stopped.content.decode()
    assert "I will refund you.</textarea>" in page
    newest = Conversation.objects.get(pk=waiting.pk).last_seq
    assert f'name="seen" value="{newest}"' in page
    assert reply(waiting, bruno, "I will refund you.", seen=newest, htmx=False).status_code == 302


def test_a_repeated_client_id_sends_once(waiting, ada, reply, thread):
    """FAILURES 8: a weak network stores the words once."""
    client_id = uuid.uuid4()
    for _ in range(2):
        assert reply(waiting, ada, "Hello", seen=waiting.last_seq, client_id=client_id).status_code == 200
    assert thread(waiting.pk).count(("person", "Hello")) == 1


@pytest.mark.parametrize(
    ("body", "said"), [("", "Write something first."), ("  \n ", "Write something"), ("x" * 4001, "4001 characters")]
)
def test_nothing_and_too_much_are_refused_with_the_words_kept(waiting, ada, reply, body, said):
    refused = reply(waiting, ada, body)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    plain = reply(waiting, ada, body, htmx=False)
    assert plain.status_code == 422
    assert body.strip() in plain.content.decode()
    assert leading(waiting.pk).state == "requested"


def test_line_ends_count_once(waiting, ada, reply):
    assert reply(waiting, ada, "x\r\n" * 1999 + "xx").status_code == 200


def test_words_are_shown_as_words_and_links_can_be_followed(waiting, ada, reply):
    page = reply(waiting, ada, "<script>alert(1)</script> https://shop.example/returns").content.decode()
    assert "<script>" not in page
    assert '<a href="https://shop.example/returns" rel="nofollow">' in page


def test_a_reply_reopens_a_finished_conversation(waiting, ada, reply, client):
    client.force_login(ada)
    client.post(reverse("inbox:finish", args=[waiting.public_id]))
    reply(waiting, ada, "One more thing.")
    waiting.refresh_from_db()
    assert waiting.status == "open"
    assert leading(waiting.pk).engaged_by == ada


def test_a_reply_to_an_old_conversation_names_the_newer_one(waiting, deniz, ada, say, reply, client):
    client.force_login(ada)
    client.post(reverse("inbox:finish", args=[waiting.public_id]))
    newer = say(deniz, "I am here again")
    refused = reply(waiting, ada, "One more thing.")
    assert refused.status_code == 409
    assert f"#{newer.conversation_id}" in refused.content.decode()


def test_hand_back_returns_it_and_keeps_the_note(waiting, ada, reply, client):
    reply(waiting, ada, "Done.")
    client.post(reverse("inbox:hand_back", args=[waiting.public_id]), {"note": "Refund approved"})
    assert leading(waiting.pk) is None
    ended = Handoff.objects.get(conversation=waiting)
    assert (ended.outcome, ended.note, ended.finished_by) == ("returned", "Refund approved", ada)


def test_hand_back_is_refused_after_two_failures_of_the_assistant_and_says_so_in_its_form(waiting, ada, reply, client):
    """FAILURES 25: the loop breaker."""
    reply(waiting, ada, "Done.")
    client.post(reverse("inbox:hand_back", args=[waiting.public_id]))
    for _ in range(2):
        request_handoff(conversation_id=waiting.pk, code=ReasonCode.ASSISTANT_ERROR, reason="It broke.", by="assistant")
        take_over(conversation_id=waiting.pk, teammate=ada, body="Again me.")
        answer = client.post(reverse("inbox:hand_back", args=[waiting.public_id]), headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert 'data-trouble="hand_back"' in answer.content.decode()
    assert "failed 2 times" in answer.content.decode()
    assert leading(waiting.pk).engaged_by == ada


def test_a_note_that_is_too_long_is_refused_in_its_form(waiting, ada, reply, client):
    reply(waiting, ada, "Done.")
    address = reverse("inbox:hand_back", args=[waiting.public_id])
    answer = client.post(address, {"note": "x" * 501}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert leading(waiting.pk) is not None


def test_finish_closes_it(waiting, ada, reply, client):
    reply(waiting, ada, "Done.")
    answer = client.post(reverse("inbox:finish", args=[waiting.public_id]), headers={"HX-Request": "true"})
    assert 'data-kind="finished"' in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "resolved"


def test_the_slower_claim_is_told_the_winners_name(waiting, ada, bruno, client):
    """FAILURES 21 and 31."""
    address = reverse("inbox:claim", args=[waiting.public_id])
    client.force_login(bruno)
    assert client.post(address, {"expected": ""}, headers={"HX-Request": "true"}).status_code == 200
    client.force_login(ada)
    lost = client.post(address, {"expected": ""}, headers={"HX-Request": "true"})
    assert lost.status_code == 409
    assert "Bruno has it now" in lost.content.decode()
    assert 'data-trouble="claim"' in lost.content.decode()
    waiting.refresh_from_db()
    assert waiting.assignment.teammate == bruno


def test_the_slower_assignment_is_told_the_winners_name(waiting, ada, bruno, team, client):
    client.force_login(ada)
    address = reverse("inbox:assign", args=[waiting.public_id])
    client.post(address, {"to": f"teammate:{bruno.pk}", "expected": ""})
    lost = client.post(address, {"to": f"teammate:{ada.pk}", "expected": ""}, headers={"HX-Request": "true"})
    assert lost.status_code == 409
    assert "Bruno has it now" in lost.content.decode()
    assert 'data-trouble="assign"' in lost.content.decode()
    waiting.refresh_from_db()
    assert waiting.assignment.teammate == bruno


def test_assigning_to_a_teammate_and_to_a_team(waiting, ada, bruno, team, client, thread):
    client.force_login(ada)
    address = reverse("inbox:assign", args=[waiting.public_id])
    assert client.post(address, {"to": f"teammate:{bruno.pk}", "expected": ""}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.assignment.teammate == bruno
    assert client.post(address, {"to": f"team:{team.pk}", "expected": bruno.pk}).status_code == 302
    assert thread(waiting.pk)[-1] == ("system", "assigned.team")


@pytest.mark.parametrize("to", ["", "teammate:0", "team:999", "teammate:x", "everybody"])
def test_assigning_to_nobody_that_is_there_is_refused(waiting, ada, client, to):
    client.force_login(ada)
    answer = client.post(reverse("inbox:assign", args=[waiting.public_id]), {"to": to}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert 'data-trouble="assign"' in answer.content.decode()
