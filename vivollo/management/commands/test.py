"""`manage.py test [pytest's own words …]`: all tests, on servers that they start themselves."""

import os
import sys

from django.core.management.base import BaseCommand

from vivollo.local.commands import CHECKOUT


class Command(BaseCommand):
    """Hands over to pytest."""

    help = "Run the tests with pytest; all words after `test` are pytest's."

    def run_from_argv(self, argv: list[str]) -> None:
        """Become pytest, so that its exit code and its answer to Ctrl-C are the command's."""
        os.chdir(CHECKOUT)
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *argv[2:]])  # noqa: S606  no shell is wanted
