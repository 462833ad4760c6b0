"""Background work of the composition root: a worker's sign of life."""

import time

from celery import shared_task

from vivollo.health import HEARTBEAT, redis_client


@shared_task
def heartbeat(queue: str) -> None:
    """Tell /readyz that a worker takes tasks from this queue."""
    hear(queue)


def hear(queue: str) -> None:
    """A worker of the queue has just been heard."""
    redis_client().set(f"{HEARTBEAT}:{queue}", time.time(), ex=3600)
