"""Background work of the composition root: a worker's sign of life."""

import time
from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from vivollo.health import HEARTBEAT, redis_client


@shared_task
def heartbeat(queue: str) -> None:
    """Tell /readyz that a worker takes tasks from this queue."""
    hear(queue)


def hear(queue: str) -> None:
    """A worker of the queue has just been heard."""
    redis_client().set(f"{HEARTBEAT}:{queue}", time.time(), ex=3600)


@worker_ready.connect
def be_heard(sender: Any, **_: Any) -> None:
    """A worker that has just started tells /readyz at once, not with the next heartbeat."""
    for queue in sender.app.amqp.queues.consume_from:
        hear(queue)
