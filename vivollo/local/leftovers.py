"""Processes of an earlier run that lost both its supervisor and its guard: found by their notes, and ended."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from vivollo.local.guard import is_alive
from vivollo.local.trouble import Trouble

PATIENCE = 10.0
OURS = ("vivollo", "postgres", "valkey-server")  # words in the command lines of all that `up` starts


def end(pid: int, with_signal: signal.Signals, pause: Callable[[float], None]) -> None:
    """The process has ended, if it is one of ours; a number that somebody else has by now is left alone."""
    if pid <= 1 or not is_alive(pid) or not any(word in command_of(pid) for word in OURS):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, with_signal)
    deadline = time.monotonic() + PATIENCE
    while is_alive(pid):
        if time.monotonic() > deadline:
            raise Trouble(
                f"Process {pid} of an earlier run does not stop. End it with `kill -9 {pid}`, then try again."
            )
        pause(0.02)


def end_noted(note: Path, with_signal: signal.Signals, pause: Callable[[float], None]) -> None:
    """The server whose number stands first in the note has ended."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        end(int(note.read_text().split()[0]), with_signal, pause)


def command_of(pid: int) -> str:
    """Return the command line of a process, or nothing."""
    if Path("/proc/self").is_dir():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        return ""
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
