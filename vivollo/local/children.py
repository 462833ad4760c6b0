"""One process that the supervisor keeps: what to run, its log, its end, and its return after a crash."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivollo.local.account import Account
from vivollo.local.guard import Guard

FIRST_DELAY, LONGEST_DELAY = 0.2, 15.0  # seconds before a crashed child comes back: doubled each time
WELL_AFTER = 20.0  # seconds alive after which earlier crashes are forgotten
LOG_LIMIT = 20_000_000
PROBLEM = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|PANIC)\b|^[\w.]+(?:Error|Exception)\b|No space left on device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how it likes to be ended."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    account: Account = field(default_factory=Account)
    files: tuple[int, ...] = ()  # open files that the child keeps under the same number
    ask: signal.Signals = signal.SIGTERM  # ends it cleanly
    cut: signal.Signals = signal.SIGKILL  # ends it at once with nothing lost: used when there is no time
    patience: float = 4.0  # seconds between the two
    problem: re.Pattern[str] = PROBLEM  # which lines of its log the user should see at once


class Child:
    """A program that runs, or waits to run again."""

    def __init__(self, program: Program, guard: Guard) -> None:
        self.program = program
        self.crashes = 0
        self.wakes_at = 0.0
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._read_from = 0
        self._told: deque[float] = deque()

    @property
    def pid(self) -> int | None:
        """The process number while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """The program runs and the guard watches it."""
        program = self.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            self._read_from = log.tell() if not self._began else self._read_from
            self._process = subprocess.Popen(
                program.arguments,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(*program.files, *program.account.folders.values()),
                user=program.account.uid,
                group=program.account.gid,
                extra_groups=[] if program.account.uid is not None else None,
            )
        self._guard.watch(self._process.pid, program.cut)
        self._began = time.monotonic()

    def ended(self) -> int | None:
        """Return the exit code, once, of a process that has ended since the last look."""
        code = self._process.poll() if self._process else None
        if self._process and code is not None:
            self._guard.forget(self._process.pid)
            self._process = None
        return code

    def schedule_return(self) -> float:
        """Note a crash and return the seconds until the child comes back: more after each crash in a row."""
        now = time.monotonic()
        if now - self._began > WELL_AFTER:
            self.crashes = 0
        delay = min(FIRST_DELAY * 2.0**self.crashes, LONGEST_DELAY)
        self.crashes += 1
        self.wakes_at = now + delay
        return delay

    def send(self, which: signal.Signals) -> None:
        """Send a signal if the process is still ours to send to."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(which)

    def problems(self) -> Iterator[str]:
        """Yield the log's new lines that the user should see, at most five in ten seconds."""
        now = time.monotonic()
        while self._told and now - self._told[0] > 10:
            self._told.popleft()
        for line in self._new_lines():
            if self.program.problem.search(line) and len(self._told) < 5:
                self._told.append(now)
                yield line

    def last_words(self, lines: int = 12) -> str:
        """Return the end of the log."""
        try:
            text = self.program.log.read_bytes()[-8000:].decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _new_lines(self) -> list[str]:
        try:
            size = self.program.log.stat().st_size
            if size > LOG_LIMIT:
                self._shorten_log()
                return []
            if size <= self._read_from:
                self._read_from = min(size, self._read_from)
                return []
            with self.program.log.open("rb") as log:
                log.seek(self._read_from)
                fresh = log.read(200_000)
        except OSError:
            return []
        whole = fresh.rfind(b"\n") + 1 or len(fresh)
        self._read_from += whole
        return fresh[:whole].decode(errors="replace").splitlines()

    def _shorten_log(self) -> None:
        """The old lines are in NAME.log.1 and the log begins anew; the child writes on, it appends."""
        shutil.copyfile(self.program.log, self.program.log.with_suffix(".log.1"))
        os.truncate(self.program.log, 0)
        self._read_from = 0


def stop_all(children: Sequence[Child], hurry: Callable[[], bool] = lambda: False) -> None:
    """All these processes have ended: asked first, cut when their patience is over or a hurry sets in, then killed."""
    began = time.monotonic()
    asked: dict[Child, signal.Signals] = {}
    while left := [child for child in children if child.ended() is None and child.pid]:
        waited = time.monotonic() - began
        for child in left:
            program = child.program
            fitting = program.cut if hurry() or waited > program.patience else program.ask
            if waited > program.patience + 3:
                fitting = signal.SIGKILL
            if asked.get(child) != fitting:
                child.send(fitting)
                asked[child] = fitting
        time.sleep(0.02)
