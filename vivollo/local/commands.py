"""Which command manage.py runs, and in which surroundings."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line, load_command_class
from django.core.management.base import BaseCommand

from vivollo.env import EnvError
from vivollo.local import data
from vivollo.local.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]
WITHOUT_SETTINGS = ("up", "test", "bench")  # they make the servers that the settings name


def run(arguments: list[str]) -> None:
    """Run the command; trouble ends it with one sentence and the exit code 1."""
    try:
        if len(arguments) > 1 and arguments[1] in WITHOUT_SETTINGS:
            load_command_class("vivollo", arguments[1]).run_from_argv(arguments)
        else:
            borrow_surroundings(CHECKOUT / "var")
            execute_from_command_line(arguments)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except EnvError as refused:
        sys.exit(f"{refused}\nWhile `python3 manage.py up` runs, other commands take its surroundings by themselves.")


def borrow_surroundings(folder: Path) -> None:
    """Let other commands, such as `shell` or `createsuperuser`, work on a running `up`, unless told otherwise."""
    running = None if "DATABASE_URL" in os.environ else data.running(folder)
    if running:
        for name, value in running.environment.items():
            os.environ.setdefault(name, value)


class CommandWithoutSettings(BaseCommand):
    """A command that starts the servers which the settings name, so that Django must not load them first."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Read the words and run, and leave everything else that Django does around a command."""
        self._called_from_command_line = True  # a wrong word gets the usage, not a traceback
        self.handle(**vars(self.create_parser(argv[0], argv[1]).parse_args(argv[2:])))
