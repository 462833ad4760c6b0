"""Brings the database up to date, in one process of its own: `python -m vivollo.local.prepare [--demo]`."""

import argparse

import django
from django.core.management import call_command


def main() -> None:
    """All migrations are applied and, with --demo, an empty database holds the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true")
    demo = parser.parse_args().demo
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if demo:
        call_command("demo", if_empty=True)


if __name__ == "__main__":
    main()
