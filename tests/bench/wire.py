"""A thin HTTP client and a meter of CPU seconds, so that the load costs little beside what it loads."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import urlencode

import redis
from django.conf import settings
from django.db import connection

from vivollo.local.product import Product

TICK = os.sysconf("SC_CLK_TCK")


class Line:
    """One kept-alive connection to the product."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    async def open(self) -> None:
        """Connect; the address is always on loopback."""
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def post(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        """Post a form and return the status and the body."""
        body = urlencode(fields).encode()
        head = {
            "Host": f"{self.host}:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(answer.split(" ", 2)[1])
        if "transfer-encoding: chunked" in answer:
            return status, await self._chunks()
        length = int(answer.split("content-length:", 1)[1].split("\r\n", 1)[0])
        return status, await self.reader.readexactly(length)

    async def _chunks(self) -> bytes:
        whole = b""
        while True:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            whole += (await self.reader.readexactly(size + 2))[:-2]
            if not size:
                return whole

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


def _seconds(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) / TICK


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _children(pid: int) -> list[int]:
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(int(entry.name)) == pid
    ]


class Meter:
    """CPU seconds by process of the product: web, workers, beat, PostgreSQL and the Redis-compatible server."""

    def __init__(self, product: Product) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.postmaster = _parent(cursor.fetchone()[0])
        self.valkey = int(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"])
        self.children = dict(product.record.children)
        self.start()

    def start(self) -> None:
        """Count from now on."""
        self.before = self._now()

    def _now(self) -> dict[str, float]:
        told = {name.split("-")[0]: 0.0 for name in self.children}
        for name, pid in self.children.items():
            told[name.split("-")[0]] += _seconds(pid)
        told["postgres"] = _seconds(self.postmaster) + sum(_seconds(pid) for pid in _children(self.postmaster))
        told["valkey"] = _seconds(self.valkey)
        return told

    def spent(self) -> dict[str, float]:
        """Seconds since the start."""
        return {name: round(now - self.before.get(name, 0.0), 3) for name, now in self._now().items()}


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds, and how many there were."""
    if not seconds:
        return {"n": 0}
    ordered = sorted(seconds)
    at = lambda share: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)  # noqa: E731
    return {"n": len(ordered), "p50_ms": at(0.5), "p99_ms": at(0.99)}
