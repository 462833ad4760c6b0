"""`manage.py bench NAME`: one benchmark of tests/bench, on servers of its own."""

import importlib
import json
import os
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.core.management.base import CommandParser

from vivollo.local.commands import CHECKOUT, CommandWithoutSettings
from vivollo.local.servers import surroundings, throwaway
from vivollo.local.trouble import Trouble


class Command(CommandWithoutSettings):
    """Runs a benchmark's `main(quick) -> dict` and keeps what it returns."""

    help = "Run a benchmark of tests/bench on embedded servers of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options that the README names."""
        parser.add_argument("name", help=", ".join(names()))
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
        parser.add_argument("--quick", action="store_true", help="fewer rounds: shows that it works, not how fast")

    def handle(self, *_: Any, **words: Any) -> None:
        """The benchmark has run; its figures are printed and, where asked for, in the file."""
        if words["name"] not in names():
            raise Trouble(f"There is no benchmark {words['name']}. There are: {', '.join(names()) or 'none yet'}.")
        with throwaway(durable=True) as (database, redis):
            os.environ.update(surroundings(database, redis))
            django.setup()
            call_command("migrate", interactive=False, verbosity=0)
            figures = importlib.import_module(f"tests.bench.{words['name']}").main(quick=words["quick"])
        text = json.dumps(figures, indent=2, default=str)
        self.stdout.write(text)
        if words["json"]:
            words["json"].write_text(text + "\n")


def names() -> list[str]:
    """Return the benchmarks that there are."""
    files = (CHECKOUT / "tests" / "bench").glob("*.py")
    return sorted(file.stem for file in files if "\ndef main(" in file.read_text())
