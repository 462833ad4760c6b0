"""`manage.py demo`: a small shop with its knowledge, its team and a day of conversations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vivollo.demo import seed


class Command(BaseCommand):
    """Fills the demo once; run again, it leaves everything as it is."""

    help = "Fill the database with the demo shop, unless it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option that `manage.py up` uses."""
        parser.add_argument("--if-empty", action="store_true", help="only where nobody has begun to use the database")

    def handle(self, *_: Any, **words: Any) -> None:
        """The demo is there; one line says what was done."""
        filled = seed.fill(only_if_empty=words["if_empty"])
        if filled is None:
            self.stdout.write("The demo was left alone: this database is in use already.")
        else:
            self.stdout.write(f"The demo is ready: {filled} conversations.")
