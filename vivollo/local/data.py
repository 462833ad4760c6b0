"""The data folder of `up`: whose it is, who uses it now, and what in it may be deleted."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vivollo.local.trouble import Trouble

# All that a run makes; --fresh deletes these names and nothing else.
MADE = ("postgres-*", "valkey", "log", "media", "beat", "secret-key", "demo-filled", "up.json")
MARK, LOCK, RECORD = "made-by-vivollo", "up.lock", "up.json"
NEEDED_BYTES = 300_000_000
GUARD_LIMIT = 3.0  # seconds in which the guard of a killed run has surely finished


@dataclass(slots=True)
class Record:
    """What a run tells the outside in up.json: tests, other commands and a second `up` read it."""

    pid: int
    port: int
    url: str
    ready: bool = False
    guard: int = 0
    children: dict[str, int] = field(default_factory=dict)
    passing: list[str] = field(default_factory=list)  # folders that go with the run
    environment: dict[str, str] = field(default_factory=dict)


class DataFolder:
    """The folder, held by one run at a time."""

    def __init__(self, path: Path) -> None:
        """The folder exists, is ours, and has room; whoever holds it is not asked yet."""
        self.path = path.resolve()
        self.path.mkdir(parents=True, exist_ok=True)
        self._refuse_foreign()
        self._written: Record | None = None
        self.lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)

    def hold(self) -> None:
        """The folder is ours until this process and its guard have ended."""
        deadline = time.monotonic() + GUARD_LIMIT
        while True:
            try:
                return fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = read_record(self.path)
                if time.monotonic() > deadline or (holder and _runs(holder.pid)):
                    raise Trouble(self._held_by(holder)) from None
                time.sleep(0.05)

    def require_room(self, needed: int = NEEDED_BYTES) -> None:
        """Stop here when the disk is too full to begin."""
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise Trouble(
                f"The disk that holds {self.path} has {free // 1_000_000} MB left and `up` needs about "
                f"{needed // 1_000_000} MB. Make room, or give another folder: --data FOLDER."
            )

    def empty(self) -> None:
        """All that earlier runs made is gone; anything else in the folder stays."""
        for pattern in MADE:
            for path in self.path.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def secret_key(self) -> str:
        """Return the folder's own secret, made on the first run and readable by its owner only."""
        path = self.path / "secret-key"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        return path.read_text().strip()

    def write(self, record: Record) -> None:
        """up.json says this, whole or not at all; nothing is written where nothing changed."""
        if record != self._written:
            _write_private(self.path / RECORD, json.dumps(asdict(record), indent=2))
            self._written = Record(**json.loads(json.dumps(asdict(record))))

    def clear_record(self) -> None:
        """No run is announced any more."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / RECORD).unlink()

    def _refuse_foreign(self) -> None:
        mark = self.path / MARK
        if not mark.exists():
            foreign = [path.name for pattern in MADE for path in self.path.glob(pattern)]
            if foreign:
                raise Trouble(
                    f"{self.path} holds {foreign[0]}, which no `up` made. Give a folder of its own: --data FOLDER."
                )
            mark.write_text("The data of `manage.py up`. `up --fresh` starts empty.\n")

    def _held_by(self, holder: Record | None) -> str:
        if holder is None:
            return f"Another `up` is about to start or to end on {self.path}. Wait for it, or add --data FOLDER."
        return (
            f"Another `up` runs on {self.path} already: process {holder.pid}, port {holder.port}, {holder.url}. "
            "Use it, stop it with Ctrl-C, or give this one another folder: --data FOLDER."
        )


def read_record(folder: Path) -> Record | None:
    """Return what the last run on the folder told, if it can be read."""
    try:
        told: Mapping[str, Any] = json.loads((folder / RECORD).read_text())
        return Record(**told)
    except (OSError, ValueError, TypeError):
        return None


def running(folder: Path) -> Record | None:
    """Return the record of a run that is alive on the folder."""
    record = read_record(folder)
    return record if record and _runs(record.pid) and _is_held(folder) else None


def _is_held(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write_private(path: Path, words: str) -> None:
    beside = path.with_name(path.name + ".new")
    beside.touch(0o600)
    with beside.open("w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
