"""Does a flow's call to an outside service: only to places that may be reached, within its time, with bounded size."""

from __future__ import annotations

import functools
import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address
from threading import Thread
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.db import connection

from handoff import vault
from handoff.flows import calls
from handoff.flows.calls import Answered, Call, CallFailed, Request

logger = logging.getLogger(__name__)

MOST_SECONDS = 30.0
MOST_BYTES = 256 * 1024
RETRY_PAUSE = 0.5  # seconds
PIECE = 16 * 1024  # of a body, for each of which the time that is left is looked at
TEMPORARY = {408, 425, 429}  # and all from 500
PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address

# Python calls these global, or knows nothing of them, but they lead to a cloud's inside or to nobody.
INSIDE = tuple(ipaddress.ip_network(one) for one in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"))
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")


class Refused(Exception):
    """The call may not or cannot be made; the words are for the people who built the flow."""

    def __init__(self, words: str, *, temporary: bool = False) -> None:
        super().__init__(words)
        self.words, self.temporary = words, temporary


def perform(call: Call) -> Answered | CallFailed:
    """Ask the outside service, and say what came of it; a call that may be repeated is tried a second time.

    Whatever happens it ends within the call's seconds. Nothing that it logs or says holds a secret, a value or an
    address beyond the host.
    """
    if connection.in_atomic_block:
        raise RuntimeError("An outside service is never called inside a transaction.")
    until = time.monotonic() + min(max(call.seconds, 1.0), MOST_SECONDS)
    host = calls.host_of(call.address)
    try:
        named = calls.secrets_named(call.address, call.headers, call.body)
        request = calls.rendered(call, vault.read(named))
    except (calls.NotACall, vault.Unopened) as error:
        logger.warning("a call to %s was not made: %s", host or "nowhere", error)
        return CallFailed(str(error), temporary=False)
    connection.close()  # whoever waits for an outside service holds no connection
    came = _tried(request, host, until)
    pause_fits = time.monotonic() + RETRY_PAUSE < until
    if call.repeatable and isinstance(came, CallFailed) and came.temporary and pause_fits:
        time.sleep(RETRY_PAUSE)
        came = _tried(request, host, until)
    return came


def _tried(request: Request, host: str, until: float) -> Answered | CallFailed:
    try:
        return _asked(request, host, until)
    except Refused as refusal:
        words, temporary = refusal.words, refusal.temporary
    except httpcore.TimeoutException:
        words, temporary = "did not answer in time", True
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        words, temporary = _trouble(error)
    logger.warning("a call to %s failed: %s", host, words)
    return CallFailed(f"{host} {words}.", temporary=temporary)


def _trouble(error: BaseException) -> tuple[str, bool]:
    """What broke, from the error and what caused it, never from its text: that may hold what was sent."""
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return "has no certificate that can be trusted for this name", False
        if isinstance(reason, ssl.SSLError):
            return "could not agree with us on an encrypted connection", True
        if isinstance(reason, httpcore.ProtocolError):
            return "broke off, or did not speak HTTP", True
        reason = reason.__cause__ or reason.__context__
    words = "could not be reached" if isinstance(error, httpcore.ConnectError) else "broke the connection off"
    return words, True


def _asked(request: Request, host: str, until: float) -> Answered:
    url = httpcore.URL(request.url)
    port = url.port or PORTS[url.scheme.decode()]
    road = Road(checked(host, port, until), until)
    shown = f"[{host}]" if ":" in host else host
    headers = [
        ("Host", shown if port == PORTS[url.scheme.decode()] else f"{shown}:{port}"),
        ("User-Agent", "Vivollo"),
        ("Accept-Encoding", "identity"),  # packed answers could unfold without a limit
        ("Connection", "close"),
        *request.headers,
    ]
    encoded = [(name.encode(), value.encode(errors="replace")) for name, value in headers]
    content = request.body if request.body or request.method not in ("GET", "DELETE") else None
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=road) as pool,
        pool.stream(request.method, url, headers=encoded, content=content) as response,
    ):
        return _answer(response)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The usual certificates, or those in SSL_CERT_FILE; reading them takes a while."""
    return httpx.create_ssl_context()


def _answer(response: httpcore.Response) -> Answered:
    status = response.status
    if 300 <= status < 400:
        raise Refused(f"sends us to another address ({status}), which a call does not follow")
    if not 200 <= status < 300:
        raise Refused(f"answered {status}", temporary=status in TEMPORARY or status >= 500)
    told = {name.lower(): value.decode("latin-1").lower() for name, value in response.headers}
    if told.get(b"content-encoding", "identity") not in ("", "identity"):
        raise Refused("packed its answer, which it was asked not to do")
    read = bytearray()
    for chunk in response.iter_stream():
        read += chunk
        if len(read) > MOST_BYTES:
            raise Refused(f"answered with more than {MOST_BYTES // 1024} kB")
    text = read.decode("utf-8-sig", errors="replace")
    return Answered(status, calls.read_answer(text, is_json="json" in told.get(b"content-type", "")))


def checked(host: str, port: int, until: float) -> list[Address]:
    """Every address of that host; Refused where a single one may not be reached.

    Whoever connects uses these and looks nothing up again: a name that answers otherwise a moment later
    (DNS rebinding) gains nothing.
    """
    found = _looked_up(host, port, until)
    for address in found:
        if not (is_public(address) or any(_opens(one, host, port, address) for one in settings.OUTSIDE_PRIVATE_HOSTS)):
            raise Refused("is at a private address; OUTSIDE_PRIVATE_HOSTS says which of those may be called")
    return found


def _looked_up(host: str, port: int, until: float) -> list[Address]:
    """The addresses of a name, looked up on a thread of its own, as a look-up knows no time limit."""
    result: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            result.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            result.set_exception(error)

    Thread(target=look_up, daemon=True, name="look up a host").start()
    try:
        rows = result.result(timeout=max(0.0, until - time.monotonic()))
    except TimeoutError:
        raise Refused("could not be looked up in time", temporary=True) from None
    except (OSError, UnicodeError) as error:
        if isinstance(error, UnicodeError) or error.errno == socket.EAI_NONAME:
            raise Refused("is not known: there is no such host") from None
        raise Refused("could not be looked up", temporary=True) from None
    return list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in rows))


def is_public(address: Address) -> bool:
    """Whether the address is one of the open internet, by itself and by every address that it wraps."""
    if isinstance(address, IPv6Address):
        if wrapped := _wrapped(address):
            return all(is_public(one) for one in wrapped)
        if address not in PUBLIC_IPV6:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in INSIDE)


def _wrapped(address: IPv6Address) -> list[Address]:
    """The IPv4 addresses that a mapped, NAT64, 6to4 or Teredo address leads to."""
    if address in NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one is not None]


def _opens(entry: str, host: str, port: int, address: Address) -> bool:
    """Whether this entry of OUTSIDE_PRIVATE_HOSTS lets us reach that address of that host.

    A name never opens a link-local address: there a cloud hands its keys to whoever asks.
    """
    name, only_port = _entry(entry)
    if only_port not in (None, port):
        return False
    plain = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    try:
        return plain in ipaddress.ip_network(name, strict=False)
    except ValueError:
        return name.lower().rstrip(".") == host and not plain.is_link_local


def _entry(entry: str) -> tuple[str, int | None]:
    if entry.startswith("[") and "]" in entry:
        name, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    else:
        name, _, port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    return name, int(port) if port.isdecimal() else None


class Road(httpcore.NetworkBackend):
    """The way to the service: to checked addresses only, and never longer than until a moment.

    The name stays in the request, so that TLS asks for and verifies it; only the connection is led here.
    """

    def __init__(self, addresses: list[Address], until: float) -> None:
        self._addresses, self._until = addresses, until
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connected to the first of the addresses that answers; none of them may use up all the time."""
        trouble: Exception = httpcore.ConnectError()
        for number, address in enumerate(self._addresses):
            share = left(self._until) / (len(self._addresses) - number)
            try:
                stream = self._backend.connect_tcp(str(address), port, share, local_address, socket_options)
                return TimedStream(stream, self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble


class TimedStream(httpcore.NetworkStream):
    """A connection on which no read, write or handshake reaches beyond the moment, however slowly bytes trickle."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come."""
        return self._stream.read(max_bytes, left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sent, piece by piece."""
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], left(self._until))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypted, with the name verified; Python's handshake keeps its time limit as a whole."""
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, left(self._until)), self._until)

    def close(self) -> None:
        """Closed."""
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        """What the connection says of itself."""
        return self._stream.get_extra_info(info)


def left(until: float) -> float:
    """The seconds that are left; a timeout where there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds
