"""Background work of the composition root: a worker's sign of life."""

import time

from celery import shared_task

from vivollo.health import HEARTBEAT, redis_client


@shared_task
def heartbeat() -> None:
    """Tell /readyz that a worker takes tasks."""
    redis_client().set(HEARTBEAT, time.time(), ex=3600)
