"""Who is responsible; it says nothing about who speaks."""

from __future__ import annotations

import pytest

from conversations.models import Event
from conversations.selectors import entries
from handoff import assignments, services
from handoff.assignments import Refused
from handoff.models import Assignment
from handoff.selectors import leading

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(deniz, assistant) -> int:
    """A conversation whose visitor waits for a person."""
    return services.request_by_visitor(deniz).pk


def test_a_claim_names_me_and_does_not_speak_for_me(waiting, ada, thread):
    assignment = assignments.claim(conversation_id=waiting, teammate=ada, expected=None)
    assert assignment.teammate == ada
    assert leading(waiting).state == "requested"
    assert thread(waiting)[-1] == ("system", "assigned.claimed")


def test_case_21_the_slower_claim_is_told_the_owners_name(waiting, ada, bruno):
    assignments.claim(conversation_id=waiting, teammate=ada, expected=None)
    with pytest.raises(Refused, match="Ada has it now"):
        assignments.claim(conversation_id=waiting, teammate=bruno, expected=None)
    assert Assignment.objects.get().teammate == ada
    assert Event.objects.filter(kind="conversation.assigned").count() == 1


def test_a_claim_from_the_one_i_saw_succeeds(waiting, ada, bruno):
    assignments.claim(conversation_id=waiting, teammate=ada, expected=None)
    assignments.claim(conversation_id=waiting, teammate=bruno, expected=ada.pk)
    assert Assignment.objects.get().teammate == bruno


def test_an_outdated_claim_of_what_was_let_go_is_refused(waiting, ada, bruno):
    assignments.claim(conversation_id=waiting, teammate=ada, expected=None)
    services.take_over(conversation_id=waiting, teammate=ada, body="Hi")
    services.hand_back(conversation_id=waiting, teammate=ada)
    with pytest.raises(Refused, match="Nobody has it now"):
        assignments.claim(conversation_id=waiting, teammate=bruno, expected=ada.pk)


def test_an_assignment_keeps_its_team(waiting, team, ada, bruno, thread):
    assignments.assign(conversation_id=waiting, by=ada, teammate=bruno)
    assignment = Assignment.objects.get()
    assert (assignment.teammate, assignment.team) == (bruno, team)
    assert thread(waiting)[-1] == ("system", "assigned.teammate")


def test_a_team_alone_can_be_responsible(deniz, assistant, team, ada, say, thread):
    said = say(deniz, "Hello")
    assignments.assign(conversation_id=said.conversation_id, by=ada, team=team)
    assert Assignment.objects.get().team == team
    assert thread(said.conversation_id)[-1] == ("system", "assigned.team")


def test_nobody_at_all_is_refused(deniz, ada, say):
    said = say(deniz, "Hello")
    with pytest.raises(Refused, match="Name a teammate or a team"):
        assignments.assign(conversation_id=said.conversation_id, by=ada)


def test_an_assignment_is_journalled_with_who_did_it(waiting, team, ada, bruno):
    assignments.assign(conversation_id=waiting, by=ada, teammate=bruno)
    event = Event.objects.get(kind="conversation.assigned")
    assert event.teammate == ada
    assert event.data == {"assigned_teammate_id": bruno.pk, "team_id": team.pk}


def test_customers_never_see_who_it_was_assigned_to(waiting, ada):
    """Case 36."""
    assignments.claim(conversation_id=waiting, teammate=ada, expected=None)
    assert "assigned.claimed" not in [entry.line for entry in entries(waiting, team=False)]
    assert "assigned.claimed" in [entry.line for entry in entries(waiting, team=True)]
