"""Which command manage.py runs, and in which surroundings."""

import os
import sys
from pathlib import Path

from vivollo.local import data
from vivollo.local.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]
WITHOUT_SETTINGS = ("up", "test", "bench")  # they make the servers that the settings name


def run(arguments: list[str]) -> None:
    """The command has run; trouble ends it with one sentence and the exit code 1."""
    from django.core.management import execute_from_command_line, load_command_class

    try:
        if len(arguments) > 1 and arguments[1] in WITHOUT_SETTINGS:
            load_command_class("vivollo", arguments[1]).run_from_argv(arguments)
        else:
            borrow_surroundings(CHECKOUT / "var")
            execute_from_command_line(arguments)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit(130)


def borrow_surroundings(folder: Path) -> None:
    """Let other commands, such as `shell` or `createsuperuser`, work on a running `up`, unless told otherwise."""
    running = None if "DATABASE_URL" in os.environ else data.running(folder)
    if running:
        for name, value in running.environment.items():
            os.environ.setdefault(name, value)
