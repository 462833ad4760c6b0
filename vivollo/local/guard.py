"""The guard: a small process that takes everything down when the one that started it is gone.

It holds the reading end of a pipe. The owner writes what to watch; when the owner ends, however it ends, the pipe
closes and the guard acts. This file is also the program of that process: it runs alone, without the project.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 1.5  # seconds that a watched process has to obey before it is killed


class Guard:
    """The owner's side: processes watched here do not outlive this process."""

    def __init__(self, *, held: Iterable[int] = ()) -> None:
        """Start the guard. The files in `held` stay open, and so locked, until it has finished its work."""
        self._watched: dict[int, int] = {}
        self._removed: list[str] = []
        self._held = tuple(held)
        self._start()

    def watch(self, pid: int, with_signal: int) -> None:
        """Have this process end by this signal when we are gone."""
        self._watched[pid] = with_signal
        self._tell(f"watch {pid} {with_signal}")

    def forget(self, pid: int) -> None:
        """Leave this process alone: it has ended, and its number may soon be somebody else's."""
        self._watched.pop(pid, None)
        self._tell(f"forget {pid}")

    def remove(self, folder: str) -> None:
        """Have this folder removed when all watched processes have ended."""
        self._removed.append(folder)
        self._tell(f"remove {folder}")

    def renew(self) -> bool:
        """Start another guard where this one was killed; say whether that was so."""
        if self._process.poll() is None:
            return False
        os.close(self._pipe)
        self._start()
        for pid, with_signal in self._watched.items():
            self._tell(f"watch {pid} {with_signal}")
        for folder in self._removed:
            self._tell(f"remove {folder}")
        return True

    def close(self) -> None:
        """End the guard as if we were gone; returns when it has removed what it had to."""
        os.close(self._pipe)
        self._process.wait()

    @property
    def pid(self) -> int:
        """The guard's own process number."""
        return self._process.pid

    def _start(self) -> None:
        reading, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=self._held,
        )
        os.close(reading)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # a guard that was killed is renewed and told everything again
            os.write(self._pipe, line.encode() + b"\n")


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return not Path("/proc/self").is_dir()


def take_down(watched: dict[int, int]) -> None:
    """All these processes have ended: each by its own signal, and the deaf ones by force."""
    for pid, with_signal in watched.items():
        with contextlib.suppress(OSError):
            os.kill(pid, with_signal)
    deadline = time.monotonic() + PATIENCE
    while any(map(is_alive, watched)) and time.monotonic() < deadline:
        time.sleep(0.01)
    for pid in filter(is_alive, watched):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Listen until the owner is gone, then do the guard's one work."""
    for deaf_to in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf_to, signal.SIG_IGN)
    watched: dict[int, int] = {}
    removed: list[str] = []
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "watch":
            pid, with_signal = rest.split()
            watched[int(pid)] = int(with_signal)
        elif verb == "forget":
            watched.pop(int(rest), None)
        elif verb == "remove":
            removed.append(rest)
    take_down(watched)
    for folder in removed:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
