"""What the user sees in the terminal: one line a step, and a line when a child has a problem."""

import contextlib
import sys
import time


class Console:
    """Prints steps with ticks; calm where the output is no terminal."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
        plain = not encoding.startswith("utf")
        self.tick, self.dot, self.bar = ("ok", "-", "|") if plain else ("✓", "·", "│")
        self._doing = ""
        self._began = 0.0

    def begin(self, step: str) -> None:
        """Show that a step has begun; on a terminal its line is replaced when it is done."""
        self._doing, self._began = step, time.monotonic()
        if self._live:
            self._print(f"  {self.dot} {step} ", end="")

    def done(self, detail: str = "") -> None:
        """Tick the step off."""
        took = time.monotonic() - self._began
        line = f"  {self.tick} {self._doing}" + (f" ({detail})" if detail else "") + f"  {took:.1f} s"
        self._print(f"\r\033[K{line}" if self._live else line)
        self._doing = ""

    def say(self, line: str = "") -> None:
        """Print a line of its own."""
        if self._doing and self._live:
            self._print("\r\033[K", end="")
        self._print(line)

    def problem(self, name: str, line: str) -> None:
        """Print a child's problem with its name in front."""
        self.say(f"  ! {name} {self.bar} {line.strip()[:400]}")

    def _print(self, words: str, end: str = "\n") -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; stopping cleanly matters more than telling it
            print(words, end=end, flush=True)
