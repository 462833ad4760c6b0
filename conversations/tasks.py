"""Background work of the record: delivering the journal."""

from celery import shared_task

from conversations import events


@shared_task
def drain() -> None:
    """Deliver what the journal holds; may run twice, and beside itself."""
    events.drain()


@shared_task
def sweep() -> None:
    """Deliver what a lost wake-up left behind."""
    events.drain()
