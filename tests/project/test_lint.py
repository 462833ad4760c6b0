"""The tree is formatted, linted and typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
CODE = ["conversations", "handoff", "inbox", "vivollo", "tests", "manage.py"]


def run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603  # our own tools
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def test_ruff_finds_nothing():
    run("ruff", "check", *CODE)


def test_the_code_is_formatted():
    run("ruff", "format", "--check", *CODE)


def test_the_templates_are_formatted():
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    if not templates:
        pytest.skip("there are no templates yet")
    run("djade", "--check", "--target-version", "5.2", *templates)


def test_the_types_hold():
    run("mypy", "--strict", "conversations", "handoff", "inbox", "vivollo")
