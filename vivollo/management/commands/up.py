"""`manage.py up`: everything runs on this machine, until Ctrl-C."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from vivollo.local.commands import CommandWithoutSettings
from vivollo.local.up import Wishes, up
from vivollo.local.web import SERVERS


class Command(CommandWithoutSettings):
    """Starts the whole product on this machine."""

    help = "Start everything on this machine: database, message broker, web, workers. Ctrl-C stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options that the README names."""
        usual = Wishes()
        parser.add_argument("--port", type=_port, default=usual.port, help="default: 8000; 0 takes a free one")
        parser.add_argument("--host", default=usual.host, help="0.0.0.0 opens it to your network")
        parser.add_argument("--no-demo", action="store_true", help="leave the database empty")
        parser.add_argument("--fresh", action="store_true", help="delete the data of earlier runs first")
        parser.add_argument("--web", type=_some, default=usual.web, metavar="N", help="web processes on one socket")
        parser.add_argument("--server", choices=sorted(SERVERS), default=usual.server)
        parser.add_argument("--data", type=Path, default=usual.data, metavar="FOLDER", help="default: var")

    def handle(self, *_: Any, **words: Any) -> None:
        """Run until somebody stops it."""
        up(
            Wishes(
                data=words["data"],
                host=words["host"],
                port=words["port"],
                demo=not words["no_demo"],
                fresh=words["fresh"],
                web=words["web"],
                server=words["server"],
            )
        )


def _port(word: str) -> int:
    return _number(word, 0, 65535)


def _some(word: str) -> int:
    return _number(word, 1, 64)


def _number(word: str, low: int, high: int) -> int:
    if not word.isdecimal() or not low <= int(word) <= high:
        raise ArgumentTypeError(f"{word} is no number from {low} to {high}")
    return int(word)
