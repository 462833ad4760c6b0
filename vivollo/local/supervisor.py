"""Keeps the product's processes running: watches them, brings crashed ones back, ends them all."""

import signal
import threading
import time
from types import FrameType

from vivollo.local.children import Child, Program, stop_all
from vivollo.local.console import Console
from vivollo.local.data import DataFolder, Record
from vivollo.local.guard import Guard
from vivollo.local.trouble import StopAsked, of_file

ROUND = 0.1  # seconds between two looks at the children
SERVERS = ("postgres", "valkey")  # the others use them: started after, ended before
TELL_AFTER = 3  # crashes in a row, after which the user is shown which log to read


class Supervisor:
    """The children in the order of their start, which is the reverse order of their end."""

    def __init__(self, console: Console, data: DataFolder, record: Record) -> None:
        self.console = console
        self.data = data
        self.record = record
        self.guard = Guard(held=[data.lock])
        self.children: list[Child] = []
        self._asked = threading.Event()
        self._hurry = False
        self._told_of_disk = False

    def listen_for_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop everything cleanly; a second one stops it at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def start(self, program: Program) -> Child:
        """The program runs and is kept running."""
        child = Child(program, self.guard)
        self.children.append(child)
        child.start()
        self.announce()
        return child

    def run_once(self, program: Program) -> tuple[int, Child]:
        """Run a program to its end; return its exit code, and the child for its last words."""
        child = Child(program, self.guard)
        child.start()
        try:
            while (code := child.ended()) is None:
                self.pause(0.02)
        finally:
            stop_all([child], hurry=lambda: True)
        return code, child

    def pause(self, seconds: float) -> None:
        """Wait; the only place where a wish to stop is heard, so that no step is cut in its middle."""
        if self._asked.wait(seconds):
            raise StopAsked

    def keep(self) -> None:
        """Tend the children until somebody asks to stop."""
        while True:
            self.tend()
            self.pause(ROUND)

    def tend(self) -> None:
        """One look at each child: its problems are told, a crashed one returns when its time has come."""
        self.guard.renew()
        for child in self.children:
            for line in child.problems():
                self.console.problem(child.program.name, line)
            code = child.ended()
            if code is not None:
                self._tell_crash(child, code, child.schedule_return())
            elif child.pid is None and time.monotonic() >= child.wakes_at:
                self._start_again(child)
        self.announce()

    def announce(self) -> None:
        """Have up.json name the processes that run now; where it cannot be written, say why once and go on."""
        self.record.guard = self.guard.pid
        self.record.children = {child.program.name: child.pid for child in self.children if child.pid}
        try:
            self.data.write(self.record)
            self._told_of_disk = False
        except OSError as error:
            if not self._told_of_disk:
                self.console.say(f"  ! {of_file(error, self.data.path)} All goes on by itself then.")
            self._told_of_disk = True

    def stop(self) -> None:
        """All children have ended: those that use the servers first, then the servers."""
        servers = [child for child in self.children if child.program.name in SERVERS]
        users = [child for child in self.children if child not in servers]
        for group in (users, servers):
            stop_all(group, hurry=lambda: self._hurry)
        self.guard.close()
        self.data.clear_record()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._hurry = self._asked.is_set()
        self._asked.set()

    def _start_again(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:  # no memory or no room for a moment: as good a reason to wait as a crash
            self.console.problem(child.program.name, f"did not start: {error.strerror}")
            child.schedule_return()

    def _tell_crash(self, child: Child, code: int, delay: float) -> None:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        line = f"{how}; starting it again" + (f" in {delay:.0f} s" if delay >= 1 else "")
        if child.crashes >= TELL_AFTER:
            line += f". It has crashed {child.crashes} times in a row: read {child.program.log}"
        self.console.problem(child.program.name, line)
