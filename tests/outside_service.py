"""An outside service that really listens, on loopback: it answers as it is told and remembers what it was asked."""

from __future__ import annotations

import contextlib
import datetime
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LATE = 20.0  # seconds: whoever waits so long would see a good answer


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[["_Handler"], None]


def gives(data: Any = None, *, status: int = 200, kind: str = "application/json", **headers: str) -> Answer:
    """Answers at once; data that is text or bytes goes out as it is, anything else as JSON."""

    def answer(handler: _Handler) -> None:
        body = data if isinstance(data, bytes) else (data if isinstance(data, str) else json.dumps(data)).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **names})
        handler.wfile.write(body)

    return answer


def hangs(handler: _Handler) -> None:
    """Says nothing until it is too late."""
    handler.service.closing.wait(LATE)
    gives({"late": True})(handler)


def dribbles(handler: _Handler) -> None:
    """Begins at once and sends a blank every moment, so that no single wait is long; a good answer when too late."""
    handler.begin(200, {"Content-Type": "application/json"})
    for _ in range(int(LATE / 0.05)):
        if handler.service.closing.wait(0.05):
            return
        handler.wfile.write(b" ")
        handler.wfile.flush()
    handler.wfile.write(b"{}")


def dribbles_headers(handler: _Handler) -> None:
    """The same before the body has even begun."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(int(LATE / 0.05)):
        if handler.service.closing.wait(0.05):
            return
        handler.wfile.write(b"x")
        handler.wfile.flush()
    handler.wfile.write(b"\r\nContent-Length: 2\r\n\r\n{}")


def floods(handler: _Handler) -> None:
    """Sends far more than anybody asked for, without saying how much."""
    handler.begin(200, {"Content-Type": "text/plain"})
    for _ in range(1024):
        handler.wfile.write(b"x" * 4096)


def hangs_up(handler: _Handler) -> None:
    """Takes the question and closes the door."""
    handler.close_connection = True


@dataclass
class OutsideService:
    """What it listens on, what it was asked, and what it will answer next; after that it says {"ok": true}."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will(self, *answers: Answer) -> None:
        """Say what it answers next, in this order."""
        self.answers += answers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: OutsideService

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def answer(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.service.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
        answer = self.service.answers.pop(0) if self.service.answers else gives({"ok": True})
        with contextlib.suppress(OSError):  # whoever asked has gone
            answer(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the server's own names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # likewise
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or does not trust us, is no error here."""


@contextlib.contextmanager
def listening(certificate: Path | None = None) -> Iterator[OutsideService]:
    """The service is there until the end; with a certificate it speaks TLS."""
    server = _Server(("127.0.0.1", 0), _Handler)
    service = OutsideService(server.server_port)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"service": service})
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate_for(name: str, folder: Path) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path
