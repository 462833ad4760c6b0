"""Imports run one way (DESIGN section 2), held by the contracts in pyproject.toml."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.breaking import OURS

ROOT = Path(settings.BASE_DIR)


def modules(*apps: str) -> Iterator[Path]:
    for app in apps:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def test_the_layers_hold():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # our own tool
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_every_app_is_under_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(contract["root_packages"]) == set(OURS)


@pytest.mark.parametrize("path", list(modules(*OURS)), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_hides_in_a_function(path: Path):
    """A local import that dodges a cycle means that the layer is drawn wrong; slow libraries are excused."""
    if path.is_relative_to(ROOT / "vivollo" / "local") or "management" in path.parts:
        return
    tree = ast.parse(path.read_text())
    hidden = [
        f"{path.name}:{node.lineno}"
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _is_ours(node)
    ]
    assert not hidden


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
    return any(name.split(".")[0] in OURS for name in names)
