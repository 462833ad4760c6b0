"""A call to an outside service, against one that really listens: what comes back, what is refused, what is kept quiet."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
from ipaddress import ip_address

import pytest
from django.db import connection, transaction

from handoff import outside, vault
from handoff.flows.calls import Answered, Call, CallFailed, pick
from tests import outside_service
from tests.outside_service import gives, listening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service():
    with listening() as service:
        yield service


@pytest.fixture
def shop(service, settings):
    """The service, which may be called although it is on loopback."""
    settings.OUTSIDE_PRIVATE_HOSTS = [f"127.0.0.1:{service.port}"]
    return service


def call(address: str, **parts) -> Call:
    usual = {
        "method": "GET", "headers": (), "body": "", "values": {}, "seconds": 10, "repeatable": False, "key": "run-1:check",
    }  # fmt: skip
    return Call(address=address, **{**usual, **parts})


def failed(came: Answered | CallFailed) -> CallFailed:
    assert isinstance(came, CallFailed), came
    return came


# What comes back.


def test_a_call_asks_and_its_answer_can_be_picked_from(shop, ada):
    vault.keep("shop_token", "s3cret", ada)
    shop.will(gives({"order": {"items": [{"status": "on its way"}]}}))
    came = outside.perform(
        call(
            shop.address + "/orders/{{order}}?full={{full}}",
            method="POST",
            headers=(("Authorization", "Bearer {{secret.shop_token}}"), ("X-Name", "{{visitor.name}}")),
            body='{"order": "{{order}}", "vip": "{{full}}"}',
            values={"order": 10482, "full": True, "visitor.name": "Deniz Şahin"},
        )
    )
    assert isinstance(came, Answered)
    assert (came.status, pick(came.data, "order.items[0].status")) == (200, "on its way")
    [asked] = shop.seen
    assert (asked.method, asked.path, asked.json) == ("POST", "/orders/10482?full=true", {"order": 10482, "vip": True})
    assert asked.headers["Authorization"] == "Bearer s3cret"
    assert asked.headers["X-Name"].encode("latin-1").decode() == "Deniz Şahin"
    assert asked.headers["Host"] == f"127.0.0.1:{shop.port}"
    assert asked.headers["User-Agent"] == "Vivollo"
    assert asked.headers["Idempotency-Key"] == "run-1:check"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_arrives(shop, method):
    assert outside.perform(call(shop.address, method=method)) == Answered(200, {"ok": True})
    assert shop.seen[0].method == method


def test_a_text_and_an_empty_answer_are_answers_too(shop):
    shop.will(gives("in transit", kind="text/plain"), gives(b"", status=204))
    assert outside.perform(call(shop.address)) == Answered(200, "in transit")
    assert outside.perform(call(shop.address)) == Answered(204, "")


# What goes wrong.


def test_a_call_that_may_be_repeated_is_tried_again_with_the_same_key(shop):
    shop.will(gives({}, status=500), gives({"ok": 1}))
    assert outside.perform(call(shop.address, method="POST", body="{}", repeatable=True)) == Answered(200, {"ok": 1})
    assert [one.headers["Idempotency-Key"] for one in shop.seen] == ["run-1:check"] * 2


def test_it_is_tried_twice_at_most(shop):
    shop.will(gives({}, status=503), gives({}, status=502))
    assert failed(outside.perform(call(shop.address, repeatable=True))).words == "127.0.0.1 answered 502."
    assert len(shop.seen) == 2


def test_a_call_that_may_not_be_repeated_is_made_once(shop):
    shop.will(gives({}, status=500))
    assert failed(outside.perform(call(shop.address))).temporary
    assert len(shop.seen) == 1


def test_a_refusal_is_not_tried_again(shop):
    shop.will(gives({}, status=404))
    assert outside.perform(call(shop.address, repeatable=True)) == CallFailed(
        "127.0.0.1 answered 404.", temporary=False
    )
    assert len(shop.seen) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_temporary(shop, status):
    shop.will(gives({}, status=status))
    assert failed(outside.perform(call(shop.address))).temporary


@pytest.mark.parametrize("slow", [outside_service.hangs, outside_service.dribbles, outside_service.dribbles_headers])
def test_a_service_that_is_too_slow_is_left_waiting(shop, slow):
    shop.will(slow, slow)
    came = outside.perform(call(shop.address, seconds=1, repeatable=True))
    assert came == CallFailed("127.0.0.1 did not answer in time.", temporary=True)


def test_no_more_is_read_than_can_be_used(shop):
    shop.will(outside_service.floods)
    assert failed(outside.perform(call(shop.address))).words == "127.0.0.1 answered with more than 256 kB."


def test_a_packed_answer_is_not_unfolded(shop):
    shop.will(gives(gzip.compress(b"{}"), Content_Encoding="gzip"))
    assert "packed" in failed(outside.perform(call(shop.address))).words


def test_a_service_that_hangs_up_may_be_asked_again(shop):
    shop.will(outside_service.hangs_up, gives({"ok": 1}))
    assert outside.perform(call(shop.address, repeatable=True)) == Answered(200, {"ok": 1})


def test_nobody_there_is_temporary(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.OUTSIDE_PRIVATE_HOSTS = ["127.0.0.0/8"]
    came = outside.perform(call(f"http://127.0.0.1:{port}/"))
    assert came == CallFailed("127.0.0.1 could not be reached.", temporary=True)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_a_call_is_not_sent_elsewhere(shop, status):
    shop.will(gives({}, status=status, Location="http://169.254.169.254/latest/meta-data"))
    came = failed(outside.perform(call(shop.address, repeatable=True)))
    assert f"another address ({status})" in came.words
    assert not came.temporary
    assert len(shop.seen) == 1


def test_a_proxy_in_the_environment_is_not_used(shop, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert outside.perform(call(shop.address)) == Answered(200, {"ok": True})


def test_a_call_inside_a_transaction_is_a_mistake_of_ours(shop):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        outside.perform(call(shop.address))
    assert not shop.seen


def test_whoever_waits_holds_no_connection(shop, ada):
    vault.keep("shop_token", "s3cret", ada)
    outside.perform(call(shop.address, headers=(("X-Key", "{{secret.shop_token}}"),)))
    assert connection.connection is None


# Where a call may go.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "2130706433", "0x7f.1", "0.0.0.0", "127.1"])  # noqa: S104
def test_a_private_place_is_not_called(service, host):
    came = failed(outside.perform(call(f"http://{host}:{service.port}/", repeatable=True)))
    assert "private address" in came.words
    assert not came.temporary
    assert not service.seen


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "[::]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"])
def test_a_private_place_in_the_new_writing_is_not_called_either(service, host):
    assert "private address" in failed(outside.perform(call(f"http://{host}:{service.port}/"))).words


PRIVATE = """0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001:db8::1
    2002:a9fe:a9fe:: 2001:0:7f00:1::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_but_one_of_the_open_internet_is_public(address):
    assert not outside.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_open_internet_is_public(address):
    assert outside.is_public(ip_address(address))


def names(monkeypatch, **known: list[str]) -> list[str]:
    """Let names lead to these addresses; the look-ups of names are collected."""
    real, asked = socket.getaddrinfo, []

    def look_up(host, port, *args, **kwargs):
        if host not in known:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [row for address in known[host] for row in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch, service):
    names(monkeypatch, sly=["1.1.1.1", "127.0.0.1"])
    assert "private address" in failed(outside.perform(call(f"http://sly:{service.port}/"))).words


def test_a_name_is_looked_up_once_and_keeps_its_host_header(monkeypatch, service, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = ["shop"]
    asked = names(monkeypatch, shop=["127.0.0.1"])
    assert outside.perform(call(f"http://Shop:{service.port}/")) == Answered(200, {"ok": True})
    assert asked == ["shop"]
    assert service.seen[0].headers["Host"] == f"shop:{service.port}"


def test_the_next_address_is_tried_when_the_first_does_not_answer(monkeypatch, service, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = ["shop"]
    names(monkeypatch, shop=["127.0.0.2", "127.0.0.1"])
    assert outside.perform(call(f"http://shop:{service.port}/")) == Answered(200, {"ok": True})


@pytest.mark.parametrize("allowed", ["shop", "SHOP.", "shop:{port}", "127.0.0.1", "127.0.0.0/8", "127.0.0.1:{port}"])
def test_a_private_place_that_is_allowed_is_called(monkeypatch, service, settings, allowed):
    names(monkeypatch, shop=["127.0.0.1"])
    settings.OUTSIDE_PRIVATE_HOSTS = [allowed.format(port=service.port)]
    assert outside.perform(call(f"http://shop:{service.port}/")) == Answered(200, {"ok": True})


@pytest.mark.parametrize("allowed", ["shop:1", "other", "10.0.0.0/8", "127.0.0.1:1", "[::1]:{port}", "127.0.0.2"])
def test_another_place_that_is_allowed_opens_nothing_here(monkeypatch, service, settings, allowed):
    names(monkeypatch, shop=["127.0.0.1"])
    settings.OUTSIDE_PRIVATE_HOSTS = [allowed.format(port=service.port)]
    assert "private address" in failed(outside.perform(call(f"http://shop:{service.port}/"))).words


def test_an_allowed_name_never_leads_to_a_cloud_s_keys(monkeypatch, settings):
    names(monkeypatch, shop=["169.254.169.254"])
    settings.OUTSIDE_PRIVATE_HOSTS = ["shop"]
    assert "private address" in failed(outside.perform(call("http://shop/"))).words


@pytest.mark.parametrize(
    ("trouble", "words", "temporary"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "is not known: there is no such host", False),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "could not be looked up", True),
    ],
)
def test_a_host_that_is_not_found_is_told(monkeypatch, trouble, words, temporary):
    def look_up(*args, **kwargs):
        raise trouble

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    came = outside.perform(call("https://nobody.example/x"))
    assert came == CallFailed(f"nobody.example {words}.", temporary=temporary)


def test_a_name_that_no_host_can_have_is_told():
    assert "no such host" in failed(outside.perform(call(f"https://{'a' * 64}.example/x"))).words


def test_a_look_up_that_hangs_keeps_nobody_beyond_the_limit(monkeypatch):
    over = threading.Event()

    def look_up(*args, **kwargs):
        over.wait(outside_service.LATE)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    came = outside.perform(call("https://slow.example/x", seconds=1))
    over.set()
    assert came == CallFailed("slow.example could not be looked up in time.", temporary=True)


# Encrypted connections.


@pytest.fixture
def trusting(monkeypatch):
    """Trust exactly this certificate."""

    def trust(path) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        outside._trusted.cache_clear()

    yield trust
    outside._trusted.cache_clear()


def test_an_encrypted_call_verifies_the_name_although_it_goes_to_an_address(tmp_path, trusting, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = ["127.0.0.0/8", "::1"]
    certificate = outside_service.certificate_for("localhost", tmp_path)
    trusting(certificate)
    with listening(certificate) as service:
        assert outside.perform(call(f"https://localhost:{service.port}/")) == Answered(200, {"ok": True})
        came = outside.perform(call(f"https://127.0.0.1:{service.port}/"))
    assert came == CallFailed("127.0.0.1 has no certificate that can be trusted for this name.", temporary=False)
    assert len(service.seen) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path, settings):
    settings.OUTSIDE_PRIVATE_HOSTS = ["127.0.0.0/8", "::1"]
    with listening(outside_service.certificate_for("localhost", tmp_path)) as service:
        came = failed(outside.perform(call(f"https://localhost:{service.port}/")))
    assert "certificate" in came.words
    assert not service.seen


def test_a_service_without_encryption_is_told(shop):
    came = outside.perform(call(f"https://127.0.0.1:{shop.port}/"))
    assert came == CallFailed("127.0.0.1 could not agree with us on an encrypted connection.", temporary=True)


# What a customer typed, and what stays secret.


def test_what_a_customer_typed_reaches_the_service_as_text_only(shop, ada):
    vault.keep("shop_token", "s3cret", ada)
    typed = "{{secret.shop_token}}/../?admin=1\r\nX-Admin: 1"
    outside.perform(
        call(
            shop.address + "/find?q={{typed}}&k={{secret.shop_token}}",
            method="POST",
            headers=(("X-Typed", "{{typed}}"),),
            body='{"typed": "{{typed}}"}',
            values={"typed": typed},
        )
    )
    [asked] = shop.seen
    assert asked.json == {"typed": typed}
    assert asked.path == (
        "/find?q=%7B%7Bsecret.shop_token%7D%7D%2F..%2F%3Fadmin%3D1%0D%0AX-Admin%3A%201&k=s3cret"
    )  # fmt: skip
    assert "X-Admin" not in asked.headers
    assert asked.headers["X-Typed"] == "{{secret.shop_token}}/../?admin=1  X-Admin: 1"


def test_a_value_in_the_path_stays_one_part_of_it(shop):
    outside.perform(call(shop.address + "/orders/{{order}}/status", values={"order": "1/items?x=1#y"}))
    assert shop.seen[0].path == "/orders/1%2Fitems%3Fx%3D1%23y/status"


def test_a_value_that_would_lead_elsewhere_is_not_sent(shop):
    came = failed(outside.perform(call(shop.address + "/orders/{{order}}", values={"order": "../admin"})))
    assert "another address" in came.words
    assert not shop.seen


def test_a_secret_that_is_not_there_is_told_and_nothing_is_sent(shop):
    came = outside.perform(call(shop.address, headers=(("X-Key", "{{secret.shop_token}}"),)))
    assert came == CallFailed("There is no secret called “shop_token”.", temporary=False)
    assert not shop.seen


def test_a_secret_that_no_key_opens_is_told_and_nothing_is_sent(shop, ada, settings):
    vault.keep("shop_token", "s3cret", ada)
    settings.VAULT_KEYS = ["another key with more than thirty-two letters"]
    came = failed(outside.perform(call(shop.address, headers=(("X-Key", "{{secret.shop_token}}"),))))
    assert "VAULT_KEYS" in came.words
    assert not shop.seen


def test_neither_logs_nor_words_hold_a_secret_or_an_address(shop, ada, caplog):
    vault.keep("shop_token", "s3cret", ada)
    shop.will(
        gives({}), gives({}, status=500), outside_service.hangs_up, gives({}, status=302, Location="/s3cret"),
        outside_service.floods, gives({"echo": "s3cret"}, status=400),
    )  # fmt: skip
    caplog.set_level(logging.DEBUG)
    told = [
        str(getattr(outside.perform(
            call(
                shop.address + "/private-path/{{order}}?key={{secret.shop_token}}",
                method="POST",
                headers=(("Authorization", "Bearer {{secret.shop_token}}"),),
                body='{"key": "{{secret.shop_token}}"}',
                values={"order": "typed-order"},
            )
        ), "words", ""))
        for _ in range(6)
    ]  # fmt: skip
    assert len(shop.seen) == 6
    everything = caplog.text + "".join(told)
    for quiet in ("s3cret", "private-path", "typed-order", "run-1:check"):
        assert quiet not in everything
