"""The step that calls an outside service, which really listens: what comes back, and what an interruption does."""

from __future__ import annotations

import pytest
from django.db import connection

from conversations.models import Message
from handoff import outside, services, vault
from handoff.models import FlowRun
from handoff.selectors import leading
from tests.handoff.flow_cast import ask, message, runs, step, words, writes
from tests.outside_service import gives, listening
from tests.workers import dying, others_take_over, work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service(settings, monkeypatch):
    """The shop's own service, which may be called although it is on loopback."""
    monkeypatch.setattr(outside, "RETRY_PAUSE", 0.01)
    with listening() as service:
        settings.OUTSIDE_PRIVATE_HOSTS = [f"127.0.0.1:{service.port}"]
        yield service


def calls(chat_page, service, **params) -> None:
    """Asks for an order, and calls with it."""
    mapping = [{"variable": "state", "path": "order.items[0].state"}, {"variable": "price", "path": "order.price"}]
    runs(
        chat_page,
        ask("order", "text", "call"),
        step(
            "call_api", "call", {"success": "good", "failure": "bad"},
            **{"address": service.address + "/orders/{{order}}", "mapping": mapping} | params,
        ),
        message("good", "It is {{state}}, {{price}} TL ({{call.status}})."),
        message("bad", "I could not look it up."),
    )  # fmt: skip


def test_what_the_service_answers_becomes_variables(chat_page, deniz, ada, service):
    vault.keep("shop_token", "s3cret", ada)
    calls(
        chat_page, service, method="POST", body='{"order": "{{order}}", "by": "{{visitor.name}}"}',
        headers=[{"name": "Authorization", "value": "Bearer {{secret.shop_token}}"}],
    )  # fmt: skip
    service.will(gives({"order": {"items": [{"state": "on its way"}], "price": 1250}}))
    writes(deniz, "Hi")
    assert words(writes(deniz, 'LD-1", "x": "y'))[-1] == "It is on its way, 1250 TL (200)."
    [seen] = service.seen
    assert (seen.method, seen.json) == ("POST", {"order": 'LD-1", "x": "y', "by": None})
    assert seen.headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in str(FlowRun.objects.values_list("variables").get())


def test_an_answer_of_a_service_is_data_too(chat_page, deniz, service):
    """Case 40: neither the customer's words nor a service's become a template."""
    calls(chat_page, service)
    service.will(gives({"order": {"items": [{"state": "{{secret.shop_token}} {{order}}"}], "price": None}}))
    writes(deniz, "Hi")
    assert words(writes(deniz, "1"))[-1] == "It is {{secret.shop_token}} {{order}},  TL (200)."


def test_a_failure_leaves_by_its_exit_and_is_told_to_teammates(chat_page, deniz, service):
    calls(chat_page, service)
    service.will(gives(status=404))
    writes(deniz, "Hi")
    assert words(writes(deniz, "1"))[-1] == "I could not look it up."
    assert Message.objects.get(line="flow.trouble").params["words"] == "127.0.0.1 answered 404."


def test_a_trouble_of_the_moment_is_tried_again_with_the_same_key(chat_page, deniz, service):
    calls(chat_page, service)
    service.will(gives(status=503), gives({"order": {"items": [{"state": "there"}], "price": 5}}))
    writes(deniz, "Hi")
    assert words(writes(deniz, "1"))[-1] == "It is there, 5 TL (200)."
    assert len({one.headers["Idempotency-Key"] for one in service.seen}) == 1
    assert len(service.seen) == 2


def test_a_place_that_may_not_be_called_is_a_failure(chat_page, deniz, service, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = []
    calls(chat_page, service)
    writes(deniz, "Hi")
    assert words(writes(deniz, "1"))[-1] == "I could not look it up."
    assert service.seen == []


def dies_after_the_call(service):
    """The service has answered, and the worker is killed before it can store that."""
    return dying(lambda sql: bool(service.seen))


def test_a_call_whose_worker_died_is_repeated_with_the_same_key(chat_page, deniz, service):
    calls(chat_page, service)
    writes(deniz, "Hi")
    service.will(*[gives({"order": {"items": [{"state": "there"}], "price": 5}})] * 2)
    with dies_after_the_call(service):
        writes(deniz, "1")
    others_take_over()
    assert words(FlowRun.objects.get().conversation_id)[1:] == ["It is there, 5 TL (200)."]
    assert [one.path for one in service.seen] == ["/orders/1"] * 2
    assert len({one.headers["Idempotency-Key"] for one in service.seen}) == 1


def test_a_call_that_must_not_be_repeated_leaves_by_failure_once_in_doubt(chat_page, deniz, service):
    calls(chat_page, service, once=True)
    writes(deniz, "Hi")
    with dies_after_the_call(service):
        writes(deniz, "1")
    others_take_over()
    assert words(FlowRun.objects.get().conversation_id)[1:] == ["I could not look it up."]
    assert len(service.seen) == 1
    assert "must not be repeated" in Message.objects.get(line="flow.trouble").params["words"]


def test_a_call_that_must_not_be_repeated_is_made_once_where_nothing_happens(chat_page, deniz, service):
    calls(chat_page, service, once=True)
    service.will(gives(status=503))
    writes(deniz, "Hi")
    assert words(writes(deniz, "1"))[-1] == "I could not look it up."
    assert len(service.seen) == 1


def test_each_visit_of_the_step_is_a_call_of_its_own(chat_page, deniz, service):
    runs(chat_page, ask("order", "text", "call"),
         step("call_api", "call", {"success": "order"}, address=service.address + "/{{order}}", method="DELETE"))  # fmt: skip
    for body in ("Hi", "1", "2"):
        writes(deniz, body)
    assert [one.path for one in service.seen] == ["/1", "/2"]
    assert len({one.headers["Idempotency-Key"] for one in service.seen}) == 2


def test_a_takeover_during_the_call_silences_what_it_would_have_said(chat_page, deniz, ada, service):
    """The call was made; its answer comes too late, and it is made again with its key when she hands back."""
    calls(chat_page, service)
    there = gives({"order": {"items": [{"state": "there"}], "price": 5}})

    def meanwhile(handler):
        services.take_over(conversation_id=FlowRun.objects.get().conversation_id, teammate=ada, body="I look it up.")
        connection.close()
        there(handler)

    service.will(meanwhile, there)
    writes(deniz, "Hi")
    conversation_id = writes(deniz, "1")
    assert words(conversation_id) == ["Which order?"]
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert words(conversation_id) == ["Which order?", "It is there, 5 TL (200)."]
    assert len({one.headers["Idempotency-Key"] for one in service.seen}) == 1


def test_words_that_come_in_after_the_flow_has_spoken_get_an_answer_of_their_own(chat_page, deniz, say, service):
    """The flow has said something, and ends after a call; what the customer writes during it is not passed over."""

    def meanwhile(handler):
        say(deniz, "Two")
        connection.close()
        gives({})(handler)

    runs(chat_page, message("hm", "You wrote: {{message}}", "call"),
         step("call_api", "call", address=service.address + "/x"))  # fmt: skip
    service.will(meanwhile)
    assert words(writes(deniz, "One")) == ["You wrote: One", "You wrote: Two"]


def test_a_wish_for_a_person_comes_before_a_call_that_the_flow_would_end_with(chat_page, deniz, ada, service):
    runs(chat_page, step("call_api", "call", address=service.address + "/x"))
    conversation_id = writes(deniz, "I want to talk to a person")
    assert leading(conversation_id)
    assert service.seen == []
    services.hand_back(conversation_id=conversation_id, teammate=ada)
    work_off()
    assert [one.path for one in service.seen] == ["/x"]
    assert leading(conversation_id) is None
