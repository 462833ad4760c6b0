"""Gives pytest a database and a Redis-compatible server of its own before the settings are read.

TEST_DATABASE_URL and TEST_REDIS_URL, set both, name servers to use instead. DATABASE_URL is not looked at: no test may
touch real data by accident.
"""

import contextlib
import os
from collections.abc import Generator

import pytest

from vivollo.local.servers import surroundings, throwaway


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """The servers run and the environment names them, before pytest-django loads the settings."""
    database, redis = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if not (database and redis):
        stack = contextlib.ExitStack()
        early_config.add_cleanup(stack.close)
        database, redis = stack.enter_context(throwaway())
    os.environ.update(surroundings(database, redis))
    return (yield)
