#!/usr/bin/env python3
"""The one door to the project: sets up what it needs by itself, then runs the command.

Everything here uses the standard library only and has to be readable by an older Python, because it runs before
anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, NoReturn  # noqa: UP035  the modern place is unknown to an older Python

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
MARK = VENV / "pins"  # says which pins are installed; holds UNFINISHED while an installation runs
UNFINISHED = "unfinished"
RUN, TEST = "requirements.txt", "requirements-test.txt"  # the second holds all of the first
NEEDS_TEST = ("test", "bench")
WANTED = (3, 11)
RESTARTED = "VIVOLLO_SET_UP"  # set for the one moment between replacing this process and its new start


def main() -> None:
    """Run the command in an environment that has what it needs."""
    bootstrap(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivollo.settings")
    from vivollo.local import commands  # importable only after the bootstrap

    commands.run(sys.argv)


def bootstrap(arguments: list[str]) -> None:
    """From here on everything that the command needs can be imported; may start this process anew on the way."""
    name = pins_for(arguments[1] if len(arguments) > 1 else "")
    if os.environ.pop(RESTARTED, "") or has_everything(name):
        return
    if not is_ready(name):
        set_up(name)
    os.environ[RESTARTED] = "1"
    os.execv(str(PYTHON), [str(PYTHON), str(HERE / "manage.py"), *arguments[1:]])  # noqa: S606  no shell is wanted


def pins_for(command: str) -> str:
    """Name the file with the pins that this command needs."""
    return TEST if command in NEEDS_TEST else RUN


def has_everything(name: str) -> bool:
    """Say whether this interpreter can go on: an environment made here and ready, or another's that has each pin."""
    if Path(sys.prefix).resolve() == VENV.resolve() and installed():
        return is_ready(name)
    return sys.version_info[:2] == WANTED and not missing(name)


def is_ready(name: str) -> bool:
    """Say whether our own environment holds these pins as they are written now."""
    return mark_line(name) in installed() and PYTHON.exists()


def mark_line(name: str) -> str:
    """Return the line of the mark that stands for these pins."""
    return name + " " + hashlib.sha256((HERE / name).read_bytes()).hexdigest()


def installed() -> list[str]:
    """Return the lines of the mark; none where nobody or another tool made the environment."""
    try:
        return MARK.read_text().splitlines()
    except OSError:
        return []


def missing(name: str) -> list[str]:
    """List the pins that the running interpreter lacks, apart from those with a condition on the platform."""
    pins = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)(?= \\$|$)", (HERE / name).read_text(), re.MULTILINE)
    return [package for package, version in pins if version_here(package) != version]


def version_here(package: str) -> str | None:
    """Return the version of a package that can be imported here."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def set_up(name: str) -> None:
    """Leave these pins installed in .venv; the mark says so last of all, so that a cut in the middle is seen."""
    with only_one_at_a_time():
        if is_ready(name):
            return
        began = time.monotonic()
        say(f"Setting up .venv from {name} (about half a minute, once).")
        make_environment()
        MARK.write_text(UNFINISHED + "\n")
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
        run_or_stop([*pip(), "install", *options, "-r", name], f"Installing {name}")
        MARK.write_text("".join(mark_line(each) + "\n" for each in ([RUN, TEST] if name == TEST else [name])))
        say(f"Set up after {time.monotonic() - began:.0f} s.")


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the checkout's folder locked, so that two set-ups never write into one environment."""
    import fcntl  # not on Windows, which this door refuses with a sentence of its own

    folder = os.open(HERE, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is under way here; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_environment() -> None:
    """Leave a working Python 3.11 in .venv; one that was cut in the middle of an installation is made anew."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {WANTED})"
    if UNFINISHED not in installed() and succeeds([str(PYTHON), "-c", version]):
        return
    run_or_stop([right_python(), "-m", "venv", "--clear", "--without-pip", str(VENV)], "Making .venv")


def right_python() -> str:
    """Return the path of a Python 3.11 that can make environments: this one's, or another on the PATH."""
    if os.name != "posix":
        stop("this project runs on Linux and macOS. On Windows, run it inside WSL.")
    if sys.version_info[:2] == WANTED:
        return str(getattr(sys, "_base_executable", sys.executable))
    found = shutil.which("python{}.{}".format(*WANTED))
    if found and succeeds([found, "-c", "import venv"]):
        return found
    return stop(
        "this project runs on Python 3.11 and this one is {}.{}. Install Python 3.11, then run "
        "`python3.11 manage.py` with the same words.".format(*sys.version_info[:2])
    )


def pip() -> list[str]:
    """Return a command that installs into .venv.

    Its own pip where there is one, else the one that Python carries, else the pip of the machine: Debian splits the
    second off into a package of its own.
    """
    if succeeds([str(PYTHON), "-c", "import pip"]) or succeeds([str(PYTHON), "-m", "ensurepip", "--default-pip"]):
        return [str(PYTHON), "-m", "pip"]
    if succeeds([right_python(), "-m", "pip", "--python", str(PYTHON), "--version"]):
        return [right_python(), "-m", "pip", "--python", str(PYTHON)]
    return stop(
        "this Python can fill no environment: it has neither pip nor the whole venv module. On Debian and Ubuntu: "
        "apt install python3.11-venv. Then run this again."
    )


def succeeds(command: list[str]) -> bool:
    """Run a command quietly and say whether it went well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  our own words
    except OSError:
        return False


def run_or_stop(command: list[str], what: str) -> None:
    """Run a command to its end; when it fails, nothing after this runs and its last lines are shown."""
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603  likewise
    except OSError as error:
        stop(f"{what} failed: {error.strerror}.")
    if done.returncode:
        output = (done.stdout + done.stderr).strip()
        cause = "the disk is full; make room" if "No space left" in output else "its last words are below"
        stop(f"{what} failed: {cause}. Then run this again, it mends itself.\n\n" + output[-1500:])


def say(line: str) -> None:
    """Tell the user how far the set-up is."""
    print(line, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    """End here and tell the user what to do."""
    sys.exit("manage.py: " + sentence)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
