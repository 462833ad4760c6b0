"""Who is responsible for a conversation: assign, claim, land, release. It says nothing about who speaks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from conversations import events
from conversations.models import Conversation
from conversations.services import line_locked
from handoff.models import Assignment, Automation, Team, Teammate


class Refused(Exception):
    """The state does not allow it; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Landing:
    """On whom a handoff lands."""

    team: Team | None = None
    teammate: Teammate | None = None


def land_locked(conversation: Conversation, lands_on: Landing | None) -> None:
    """On whom it lands that the request names; else where it is already, or with the chat page's default team."""
    if lands_on and (lands_on.team or lands_on.teammate):
        assign_by_flow_locked(conversation, lands_on)
        return
    found = Automation.objects.filter(chat_page_id=conversation.chat_page_id)
    team_id = found.values_list("default_team_id", flat=True).first()
    if team_id:
        Assignment.objects.get_or_create(
            conversation=conversation, defaults={"team_id": team_id, "assigned_at": timezone.now()}
        )


def assign_by_flow_locked(conversation: Conversation, lands_on: Landing) -> None:
    """Make the named team, teammate or both responsible; what the flow does not name stays as it is."""
    current = Assignment.objects.filter(conversation=conversation).select_related("teammate", "team").first()
    teammate = lands_on.teammate or (current.teammate if current else None)
    team = lands_on.team or (current.team if current else None)
    Assignment.objects.update_or_create(
        conversation=conversation, defaults={"teammate": teammate, "team": team, "assigned_at": timezone.now()}
    )
    line_locked(conversation, "assigned.flow", to=str(lands_on.teammate or lands_on.team))
    events.record(
        "conversation.assigned",
        conversation_id=conversation.pk,
        data={"assigned_teammate_id": teammate.pk if teammate else None, "team_id": team.pk if team else None},
    )
    events.announce("state", conversation_id=conversation.pk)


@transaction.atomic(durable=True)
def assign(
    *, conversation_id: int, by: Teammate, teammate: Teammate | None = None, team: Team | None = None,
    expected: int | None = None, check: bool = False,
) -> Assignment:  # fmt: skip
    """Make someone responsible; it says nothing about who speaks.

    With `check`, the teammate that the caller saw (`expected`) must still hold it, so that of two racing
    assignments the second is told the winner's name (Refused).
    """
    conversation = Conversation.objects.locked(conversation_id)
    current = Assignment.objects.filter(conversation=conversation).select_related("teammate").first()
    holder = current.teammate if current else None
    if check and (holder.pk if holder else None) != expected:
        raise Refused(f"{holder.shown_name if holder else 'Nobody'} has it now. Look again before you assign it.")
    return assign_locked(conversation, by=by, teammate=teammate, team=team or (current.team if current else None))


def claim(*, conversation_id: int, teammate: Teammate, expected: int | None) -> Assignment:
    """Assign it to oneself; Refused names the owner when somebody was faster."""
    return assign(conversation_id=conversation_id, by=teammate, teammate=teammate, expected=expected, check=True)


def assign_locked(
    conversation: Conversation, *, by: Teammate, teammate: Teammate | None, team: Team | None, silently: bool = False
) -> Assignment:
    """Make them responsible, with a line in the thread unless something else there says so already."""
    if teammate is None and team is None:
        raise Refused("Name a teammate or a team.")
    assignment, _ = Assignment.objects.update_or_create(
        conversation=conversation, defaults={"teammate": teammate, "team": team, "assigned_at": timezone.now()}
    )
    if not silently:
        if teammate is None:
            line_locked(conversation, "assigned.team", to=str(team))
        elif teammate == by:
            line_locked(conversation, "assigned.claimed", name=by.shown_name)
        else:
            line_locked(conversation, "assigned.teammate", name=by.shown_name, to=teammate.shown_name)
    events.record(
        "conversation.assigned",
        conversation_id=conversation.pk,
        data={"assigned_teammate_id": teammate.pk if teammate else None, "team_id": team.pk if team else None},
        teammate_id=by.pk,
    )
    events.announce("state", conversation_id=conversation.pk)
    return assignment


def release_locked(conversation: Conversation) -> None:
    """Nobody is responsible for it any more; its team stays, so that a next handoff lands there again."""
    assignment = Assignment.objects.filter(conversation=conversation)
    assignment.filter(team__isnull=True).delete()
    assignment.update(teammate=None)
