"""A call as plain data: nothing that a customer typed changes where it goes, what it is, or what it reveals."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.flows import template
from handoff.flows.calls import Call, NotACall, Request, pick, problems, read_answer, rendered, secrets_named


def call(**parts) -> Call:
    usual = {
        "method": "POST", "address": "https://api.example.com/orders/{{order}}", "headers": (), "body": "",
        "values": {"order": "10482"}, "seconds": 5, "repeatable": False, "key": "run-1:check",
    }  # fmt: skip
    return Call(**{**usual, **parts})


def headers(request: Request) -> dict[str, str]:
    return dict(request.headers)


# Texts with places.


def test_a_place_is_filled_with_or_without_blanks():
    values = {"visitor.name": "Deniz", "order": 10482.0, "paid": True, "late": False}
    text = "{{visitor.name}}, order {{ order }}: {{paid}}/{{late}}{{nothing}}"
    assert template.render(text, values.get) == "Deniz, order 10482: yes/no"


def test_a_text_knows_its_names():
    assert template.names("{{a}} {{ b.c_1 }} {{Not}} {{a}}") == {"a", "b.c_1"}


def test_braces_in_a_value_stay_letters():
    assert template.render("{{a}}{{b}}", {"a": "{{b}} {{secret.x}}", "b": "{{a}}"}.get) == "{{b}} {{secret.x}}{{a}}"


def test_two_values_cannot_make_a_place_together():
    assert template.render("{{a}}{{b}}", {"a": "{{secret.", "b": "x}}"}.get) == "{{secret.x}}"


# The address.


def test_the_order_number_stands_in_the_address():
    assert rendered(call(), {}).url == "https://api.example.com/orders/10482"


@pytest.mark.parametrize("typed", ["a/b", "a?x=1", "a#b", "a&b=c", "a b", "ş", "@evil.example", "a%2fb", "\r\nX: 1"])
def test_a_value_cannot_change_the_shape_of_the_address(typed):
    url = rendered(call(address="https://api.example.com/o/{{order}}/x?q={{order}}", values={"order": typed}), {}).url
    assert url.startswith("https://api.example.com/o/")
    assert (url.count("/"), url.count("?"), url.count("&"), url.count("#")) == (5, 1, 0, 0)
    assert url.isascii()
    assert not set(url) & set(" \r\n@")


@pytest.mark.parametrize("typed", ["..", ".", "../..", "..\\..", "x/../y", "../admin"])
def test_a_value_cannot_climb_out_of_its_folder(typed):
    with pytest.raises(NotACall, match="lead to another address"):
        rendered(call(address="https://api.example.com/orders/{{order}}/status", values={"order": typed}), {})


def test_two_values_cannot_climb_together():
    with pytest.raises(NotACall):
        rendered(call(address="https://api.example.com/{{a}}{{b}}/x", values={"a": ".", "b": "."}), {})


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_address_is_not_called_with_a_hole_in_its_path(value):
    with pytest.raises(NotACall, match="needs “order”"):
        rendered(call(method="DELETE", values={"order": value}), {})


def test_a_query_may_be_empty():
    request = rendered(
        call(method="GET", address="https://api.example.com?q={{q}}&yes={{yes}}", values={"yes": True}), {}
    )
    assert request.url == "https://api.example.com/?q=&yes=true"


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_whatever_is_typed_goes_to_the_same_host_and_path(first, second):
    try:
        url = rendered(
            call(address="https://api.example.com:8443/a/{{a}}/b?c={{b}}", values={"a": first, "b": second}), {}
        ).url
    except NotACall:
        return
    before, _, after = url.partition("?c=")
    assert before.startswith("https://api.example.com:8443/a/")
    assert before.endswith("/b")
    assert before.count("/") == 5
    assert not set(after) & set("&#/?= ")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://{{host}}/x", "host in the address is written out"),
        ("https://api.{{host}}.com/x", "host in the address is written out"),
        ("{{scheme}}://api.example.com/", "begins with https"),
        ("https://api.example.com{{path}}", "host in the address is written out"),
        ("ftp://example.com/", "begins with https"),
        ("/orders", "begins with https"),
        ("", "begins with https"),
        ("https://ada:pw@example.com/", "no user name or password"),
        ("https://api.example.com\\@evil.example/", "no user name or password"),
        ("https://ex ample.com/", "plain letters"),
        ("https:///x", "plain letters"),
        ("https://example.com:99999/", "port"),
        ("https://example.com/#x", "#"),
        ("https://example.com/a/../b", "“..”"),
        ("https://example.com/{{Order}}", "“{{Order” in the address"),
    ],
)
def test_an_address_that_is_none_says_why(address, said):
    found = problems("GET", address, (), "")
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example",
        "http://127.0.0.1:8000/x",
        "http://[::1]:8000/x?{{q}}",
        "https://a_b.example./x/{{secret.k}}",
    ],
)
def test_a_good_address_has_no_problems(address):
    assert problems("GET", address, (), "") == []


# Headers.


def test_a_value_cannot_add_a_header():
    request = rendered(
        call(headers=(("X-Name", "{{name}}"),), values={"order": 1, "name": "Eve\r\nX-Admin: 1\0\x85"}), {}
    )
    assert headers(request)["X-Name"] == "Eve  X-Admin: 1"
    assert "X-Admin" not in headers(request)


def test_a_call_carries_its_key_and_says_what_it_speaks():
    request = rendered(call(body='{"a": 1}'), {})
    assert headers(request) == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": "run-1:check",
    }


def test_the_designer_may_speak_another_type():
    request = rendered(call(headers=(("content-type", "application/vnd.api+json"),), body="{}"), {})
    assert [name for name, _ in request.headers if name.lower() == "content-type"] == ["content-type"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Host", "evil.example", "set by the call"),
        ("Transfer-Encoding", "chunked", "set by the call"),
        ("Proxy-Authorization", "x", "set by the call"),
        ("X Y", "1", "no name of a header"),
        ("", "1", "no name of a header"),
        ("X-A\r\nX-B", "1", "no name of a header"),
        ("X-A", "1\n2", "one line"),
        ("X-A", "{{1}}", "no variable"),
    ],
)
def test_a_header_that_is_none_says_why(name, value, said):
    found = problems("GET", "https://example.com/", ((name, value),), "")
    assert len(found) == 1
    assert said in found[0]


def test_a_header_is_there_once():
    found = problems("GET", "https://example.com/", (("X-A", "1"), ("x-a", "2")), "")
    assert found == ["The header x-a is there twice."]


# The body.


def test_the_body_is_filled_leaf_by_leaf_and_keeps_types():
    body = '{"order": "{{order}}", "n": "{{n}}", "paid": "{{paid}}", "who": "{{none}}", "text": "No {{n}}, {{paid}}", "list": [1, "{{n}}"]}'
    values = {"order": 'A"},{"x', "n": 2.5, "paid": True}
    assert json.loads(rendered(call(address="https://a.example", body=body, values=values), {}).body) == {
        "order": 'A"},{"x', "n": 2.5, "paid": True, "who": None, "text": "No 2.5, true", "list": [1, 2.5],
    }  # fmt: skip


def test_only_values_of_the_body_are_filled():
    assert json.loads(rendered(call(body='{"{{order}}": "{{order}}"}'), {}).body) == {"{{order}}": "10482"}


@pytest.mark.parametrize("body", ['{"a": {{order}}}', "{", "NaN", "[" * 100_000, '{"a": "{{Order}}"}'])
def test_a_body_that_is_none_is_no_call(body):
    assert len(problems("POST", "https://example.com/", (), body)) == 1
    with pytest.raises(NotACall):
        rendered(call(body=body), {})


def test_a_get_has_no_body():
    assert "GET" in problems("GET", "https://example.com/", (), "{}")[0]


def test_the_method_is_a_known_one():
    assert "GET, POST" in problems("TRACE", "https://example.com/", (), "")[0]


def test_an_endless_number_is_no_call():
    with pytest.raises(NotACall, match="too large"):
        rendered(call(body='{"a": "{{n}}"}', values={"order": 1, "n": float("inf")}), {})


# Secrets.


def test_a_secret_is_filled_in_where_the_designer_named_it():
    named = call(
        address="https://a.example/{{secret.id}}?k={{secret.k}}",
        headers=(("Authorization", "Bearer {{ secret.k }}"),),
        body='{"k": "{{secret.k}}"}',
    )
    request = rendered(named, {"k": "s/3", "id": "7"})
    assert request.url == "https://a.example/7?k=s%2F3"
    assert headers(request)["Authorization"] == "Bearer s/3"
    assert json.loads(request.body) == {"k": "s/3"}


def test_the_secrets_of_templates_are_known_by_their_names():
    assert secrets_named("{{secret.a}} {{order}}", (("X", "{{secret.c}}"),), '["{{ secret.b_2 }}"]') == {
        "a",
        "b_2",
        "c",
    }


def test_what_a_customer_typed_never_names_a_secret():
    typed = "{{secret.shop}}"
    sly = call(
        headers=(("X-Name", "{{name}}"),),
        body='{"a": "{{name}}", "b": "Hi {{name}}"}',
        values={"order": typed, "name": typed},
    )
    request = rendered(sly, {"shop": "s3cret"})
    assert "s3cret" not in str(request)
    assert json.loads(request.body) == {"a": typed, "b": f"Hi {typed}"}


def test_a_value_cannot_pose_as_a_secret():
    posing = call(headers=(("Authorization", "{{secret.shop}}"),), values={"order": "1", "secret.shop": "mine"})
    assert headers(rendered(posing, {"shop": "theirs"}))["Authorization"] == "theirs"


def test_a_secret_that_is_not_there_is_named():
    with pytest.raises(NotACall, match="no secret called “shop”"):
        rendered(call(headers=(("Authorization", "{{secret.shop}}"),)), {})


# Answers.


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("order.items[0].status", "on its way"), ("order.items[1].status", None), ("order.total", 12.5),
        ("order.paid", True), ("order.gift", None), ("order", None), ("order.items", None), ("order.items.status", None),
        ("order[0]", None), ("order..total", None), ("", None), ("order.huge", None), ("order.count-of", 3),
    ],
)  # fmt: skip
def test_one_value_is_picked_from_an_answer(path, value):
    order = {
        "items": [{"status": "on its way"}],
        "total": 12.5,
        "paid": True,
        "gift": None,
        "count-of": 3,
        "huge": 1e999,
    }
    assert pick({"order": order}, path) == value


def test_a_picked_text_can_be_stored():
    assert pick({"a": "x\0y\ud800" + "z" * 2_000}, "a") == "xy?" + "z" * 997


def test_a_text_answers_as_a_whole():
    assert pick("in transit", "") == "in transit"


def test_an_answer_is_json_where_it_is_any_and_text_otherwise():
    assert read_answer("[1]", is_json=False) == [1]
    assert read_answer("7", is_json=True) == 7
    assert read_answer("7", is_json=False) == "7"
    assert read_answer("{broken", is_json=True) == "{broken"
    assert read_answer('{"a": NaN}', is_json=True) == '{"a": NaN}'
    assert read_answer("[" * 100_000, is_json=True) == "[" * 100_000
