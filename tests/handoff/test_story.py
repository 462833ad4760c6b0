"""The whole story without a browser: answer, request, takeover, hand-back."""

import pytest

from conversations import events
from conversations.models import Turn
from handoff import automation, services
from handoff.selectors import leading

pytestmark = pytest.mark.django_db(transaction=True)


def work_off() -> None:
    """What the workers would do: deliver the journal and run every queued turn."""
    events.drain()
    while turn := Turn.objects.filter(state="queued").order_by("pk").first():
        automation.run_turn(turn.pk)


def test_an_answer_a_request_a_takeover_and_the_way_back(deniz, assistant, ada, say, thread):
    first = say(deniz, "Can I return a product?")
    work_off()
    assert thread(first.conversation_id)[-1][0] == "assistant"
    say(deniz, "I want to talk to a person")
    work_off()
    handoff = leading(first.conversation_id)
    assert handoff is not None
    assert handoff.code == "customer_request"
    assert handoff.briefing.attempts
    services.take_over(conversation_id=first.conversation_id, teammate=ada, body="Hello, I am Ada.")
    say(deniz, "Can I return a product?")
    work_off()
    assert thread(first.conversation_id)[-1] == ("visitor", "Can I return a product?")
    services.hand_back(conversation_id=first.conversation_id, teammate=ada, note="refund approved")
    work_off()
    assert thread(first.conversation_id)[-1][0] == "assistant"
