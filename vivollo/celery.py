"""The Celery application: turns, the drain and the sweeps run in its workers."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivollo.settings")

app = Celery("vivollo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def be_heard(sender: Any, **_: Any) -> None:
    """A worker that has just started tells /readyz at once, not with the next heartbeat."""
    from vivollo.tasks import hear  # the apps are loaded only when the worker is ready

    for queue in sender.app.amqp.queues.consume_from:
        hear(queue)
