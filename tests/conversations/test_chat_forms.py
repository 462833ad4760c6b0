"""The answers to a form: refused beside the field, or taken once, with and without scripts."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

import pytest
from django.db import connection

from conversations import access, services
from conversations.models import Conversation, Event, Message
from tests.conversations.automatic import FORM, answers, close, flow_says

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = {"order": "10482", "email": "deniz@example.com"}


@pytest.fixture
def form(deniz) -> int:
    return flow_says(deniz, "Some details, please", form=FORM).seq


@pytest.fixture
def post(client, deniz):
    """Posts as chat.js does, with the token in a header."""

    def post(data: dict[str, str], visitor=deniz):
        slug = visitor.chat_page.slug
        headers = {"X-Visitor-Token": access.sign(visitor, slug)}
        kind = "application/x-www-form-urlencoded"
        return client.post(f"/chat/{slug}/messages", urlencode(data), content_type=kind, headers=headers)

    return post


def said() -> list[str]:
    return list(Message.objects.filter(author="visitor").order_by("seq").values_list("body", flat=True))


def test_answers_are_readable_words_and_values(post, form):
    answer = post(answers(form, **GOOD, wish="Refund", story="It fell.\r\nTwice."))
    assert answer.status_code == 200
    assert "Order number: 10482" in answer.text
    assert 'data-offer="form"' not in answer.text
    sent = Message.objects.get(author="visitor")
    assert sent.body == (
        "Order number: 10482\nE-mail: deniz@example.com\nWhat shall we do? Refund\nWhat happened? It fell.\nTwice."
    )
    assert sent.params == {"form": form, "values": {**GOOD, "wish": "Refund", "story": "It fell.\nTwice."}}
    assert Event.objects.filter(kind="message.received", data={"message_id": sent.pk, "seq": sent.seq}).exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("order", "", "Fill this in."),
        ("order", " \n ", "Fill this in."),
        ("order", "x" * 501, "too long"),
        ("email", "deniz", "e-mail address"),
        ("email", "deniz@example", "e-mail address"),
        ("email", "a b@example.com", "e-mail address"),
        ("wish", "A pony", "Choose one"),
        ("wish", "refund", "Choose one"),
        ("amount", "a lot", "amount"),
        ("amount", "12 3 of them all", "amount"),
        ("day", "yesterday", "date"),
        ("day", "2026-02-30", "date"),
        ("phone", "call me", "phone number"),
        ("phone", "12", "phone number"),
        ("story", "x" * 501, "too long"),
    ],
)
def test_a_value_that_cannot_be_one_is_refused_beside_its_field(post, form, name, value, sentence):
    answer = post(answers(form, **GOOD | {name: value}))
    assert answer.status_code == 422
    beside = answer.text.split(f'id="form-{form}-{name}-trouble">')[1].split("</p>")[0]
    assert sentence in beside
    assert answer.text.count('aria-invalid="true"') == 1
    assert ("deniz@example.com" in answer.text) == (name != "email")  # what else was typed stays
    assert said() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "deniz.kaya+shop@mail.example.com.tr"), ("email", "şule@örnek.com"), ("amount", "₺1.234,50"),
        ("amount", "640 TL"), ("amount", "$ 12"), ("amount", "-3"), ("day", "2026-04-23"), ("phone", "+90 (555) 123 45 67"),
        ("phone", "0212 555 12 34 ext 5"), ("order", "VV-10482/b"), ("story", "x" * 500),
    ],
)  # fmt: skip
def test_what_people_really_write_is_taken(post, form, name, value):
    assert post(answers(form, **GOOD | {name: value})).status_code == 200
    assert Message.objects.get(author="visitor").params["values"][name] == value


@pytest.mark.parametrize(("value", "status"), [("12", 200), ("-1 234,5", 200), ("1e999", 422), ("twelve", 422)])
def test_a_number_is_one(post, deniz, value, status):
    seq = flow_says(deniz, "How many?", form={"fields": [{"name": "many", "label": "How many", "kind": "number"}]}).seq
    assert post(answers(seq, many=value)).status_code == status


def test_a_form_that_asks_for_nothing_still_wants_something(post, deniz):
    seq = flow_says(deniz, "Anything?", form={"fields": [{"name": "a"}, {"name": "b"}]}).seq
    answer = post(answers(seq, a="", b=" "))
    assert (answer.status_code, "Fill in at least one" in answer.text) == (422, True)


def test_a_line_of_its_own_cannot_be_smuggled_into_a_short_answer(post, form):
    post(answers(form, order="10482\nE-mail: boss@example.com", email="deniz@example.com"))
    assert said() == ["Order number: 10482 E-mail: boss@example.com\nE-mail: deniz@example.com"]


def test_fields_that_the_form_does_not_have_are_not_kept(post, form):
    post(answers(form, **GOOD, vip="true"))
    assert Message.objects.get(author="visitor").params["values"] == GOOD


def test_typed_marks_come_back_escaped(post, form):
    answer = post(answers(form, order='"><script>alert(1)</script>', email="no"))
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_repeated_client_id_answers_once_even_after_the_form_is_gone(post, form, deniz, say):
    client_id = uuid.uuid4()
    assert [post(answers(form, client_id, **GOOD)).status_code for _ in range(2)] == [200, 200]
    say(deniz, "Done")
    assert post(answers(form, client_id, **GOOD)).status_code == 200
    close(deniz)
    assert post(answers(form, client_id, **GOOD)).status_code == 200
    assert len(said()) == 2
    assert Conversation.objects.count() == 1


def gone(answer) -> bool:
    return answer.status_code == 422 and "not open any more" in answer.text and "<" not in answer.text


def test_a_form_is_answered_once(post, form):
    assert post(answers(form, **GOOD)).status_code == 200
    assert gone(post(answers(form, **GOOD)))
    assert len(said()) == 1


def test_behind_the_lock_it_is_looked_at_again(form, deniz, say):
    """Two tabs that both saw it open: the second one is told so."""
    say(deniz, "Never mind")
    with pytest.raises(services.FormIsGone):
        services.answer_form(visitor=deniz, seq=form, client_id=uuid.uuid4(), body="Order: 1", values={"order": "1"})
    assert said() == ["Never mind"]


def test_what_is_no_open_form_of_this_visitor_is_refused(post, form, deniz, eve):
    flow_says(eve, "Hello")
    plain = flow_says(deniz, "No form here").seq
    for seq in (0, plain, form + 1000):
        assert gone(post(answers(seq, **GOOD)))
    assert gone(post(answers(form, **GOOD) | {"form": "first"}))
    assert gone(post(answers(form, **GOOD), visitor=eve))
    close(deniz)
    assert gone(post(answers(form, **GOOD)))
    assert said() == []


def test_a_form_without_a_good_token_or_client_id_is_not_taken(client, post, form):
    refused = client.post("/chat/shop/messages", answers(form, **GOOD), headers={"X-Visitor-Token": ""})
    assert refused.status_code == 415  # the test client's own kind, as a browser's FormData would be
    assert post(answers(form, **GOOD) | {"client_id": "x"}).status_code == 422
    kind = "application/x-www-form-urlencoded"
    body = urlencode(answers(form, **GOOD))
    assert (
        client.post("/chat/shop/messages", body, content_type=kind, headers={"X-Visitor-Token": "x"}).status_code == 401
    )
    assert said() == []


def test_without_scripts_it_is_the_same(client, deniz, form):
    token = {"visitor_token": access.sign(deniz, "shop")}
    refused = client.post("/chat/shop/messages", answers(form, order="10482", email="no") | token)
    assert refused.status_code == 422
    assert "<!doctype html>" in refused.text
    assert f'id="form-{form}-email-trouble"' in refused.text
    assert 'value="10482"' in refused.text
    taken = client.post("/chat/shop/messages", answers(form, **GOOD) | token)
    assert taken.status_code == 200
    assert "Order number: 10482" in taken.text
    assert 'data-offer="form"' not in taken.text
    late = client.post("/chat/shop/messages", answers(form, **GOOD) | token)
    assert (late.status_code, "not open any more" in late.text) == (422, True)
    assert len(said()) == 1


def test_without_scripts_and_a_token_a_form_makes_nobody(client, chat_page):
    assert client.post("/chat/shop/messages", answers(1, **GOOD)).status_code == 422
    assert not Conversation.objects.exists()


def test_plain_words_carry_no_values(deniz, say):
    say(deniz, "Hello")
    assert Message.objects.get().params == {}


def test_a_process_of_the_version_before_can_still_post(deniz):
    """It calls the function without the new parameter while a deployment is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT added FROM post_visitor_message(%s, %s, %s, %s, %s)",
            (deniz.public_id, "shop", uuid.uuid4(), "Hello", False),
        )
        assert cursor.fetchone() == (True,)
    assert Message.objects.get().params == {}
