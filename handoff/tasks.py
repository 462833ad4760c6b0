"""Background work of the handoff: running turns, and taking up those whose worker died."""

from celery import shared_task

from conversations import turns
from handoff import automation, checkpoints, reactions


@shared_task
def run_turn(turn_id: int) -> None:
    """Answer one event; may run twice, because a turn is claimed once."""
    following = automation.run_turn(turn_id)
    if following is not None:
        reactions.enqueue(following)


@shared_task
def sweep_turns() -> None:
    """Hand every turn whose lease is over to a worker again."""
    for turn_id in turns.abandoned():
        reactions.enqueue(turn_id)


@shared_task
def ring_timers() -> None:
    """Turn every timer whose time has come into an event; two at once take different ones."""
    while checkpoints.ring_due() == checkpoints.RINGS_AT_ONCE:
        pass
