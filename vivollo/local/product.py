"""The product as its user runs it, for tests and benchmarks: `manage.py up` in a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from vivollo.local import data
from vivollo.local.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")


class Product:
    """A running `up`, seen from outside."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        """Start it on the folder and a free port; options are those of `up`, and win over these two."""
        self.folder = folder
        self.output = folder.with_name(folder.name + ".output")
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(CHECKOUT / "manage.py"), "up", "--data", str(folder), "--port", "0", *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=kept | environment,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """All that it printed until now."""
        return self.output.read_text()

    @property
    def record(self) -> data.Record:
        """What it tells in up.json at this moment."""
        record = data.read_record(self.folder)
        if record is None:
            raise Trouble(f"`up` tells nothing yet:\n{self.said}")
        return record

    @property
    def url(self) -> str:
        """The address of its front page, with a slash at the end."""
        return self.record.url

    def pid(self, name: str) -> int:
        """The number of one of its processes: web-1, quick, turns, beat, postgres, valkey."""
        return self.record.children[name]

    def await_ready(self, limit: float = 90.0) -> None:
        """Return when it says that it is ready."""
        deadline = time.monotonic() + limit
        while not ((record := data.read_record(self.folder)) and record.pid == self.process.pid and record.ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"`up` did not get ready:\n{self.said}")
            time.sleep(0.02)

    def kill(self, name: str, limit: float = 20.0) -> float:
        """Kill one of its processes with -9; return the seconds until the supervisor has started another one."""
        old, began = self.pid(name), time.monotonic()
        os.kill(old, signal.SIGKILL)
        while self.record.children.get(name) in (old, None):
            if time.monotonic() - began > limit:
                raise Trouble(f"{name} did not come back:\n{self.said}")
            time.sleep(0.01)
        return time.monotonic() - began

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[Product]:
    """Yield the product, ready; it is stopped at the end, whatever happened."""
    product = Product(folder, *options, **environment)
    try:
        product.await_ready()
        yield product
    finally:
        product.stop()
