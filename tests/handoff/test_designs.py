"""Designing: drafts that nobody overwrites unseen, publishing that says what is wrong, and the way back."""

from __future__ import annotations

import pytest

from conversations.models import Event
from handoff import designs
from handoff.designs import ChangedMeanwhile, NotPublished
from handoff.flows.script import NotAScript
from handoff.models import Automation, FlowVersion, Team
from handoff.worlds import live_version, script_of
from tests.handoff.flow_cast import hand_off, message, published

pytestmark = pytest.mark.django_db

EMPTY = {"entries": {}, "steps": []}


def draft(text: str, **more) -> dict:
    return {"entries": {"fallback": {"step": "hello"}}, "steps": [message("hello", text)]} | more


def test_a_new_flow_is_a_draft_that_nobody_runs(ada, chat_page):
    flow = designs.create(name="İade akışı", draft=EMPTY, by=ada)
    assert (flow.slug, flow.live, flow.draft_number, flow.draft_by) == ("iade-aks", None, 1, ada)
    Automation.objects.create(chat_page=chat_page, flow=flow)
    assert live_version(chat_page.pk) is None


def test_two_flows_whose_names_sound_the_same_have_slugs_of_their_own(ada):
    slugs = [designs.create(name=name, draft=EMPTY, by=ada).slug for name in ("Refund", "Refund!", "refund?", "…")]
    assert slugs == ["refund", "refund-2", "refund-3", "flow"]


def test_a_draft_that_somebody_else_has_changed_is_not_overwritten(ada, bruno):
    flow = designs.create(name="Refund", draft=EMPTY, by=ada)
    designs.save_draft(flow_id=flow.pk, draft=draft("Bruno's"), expected=1, by=bruno)
    with pytest.raises(ChangedMeanwhile, match="Bruno changed this flow meanwhile"):
        designs.save_draft(flow_id=flow.pk, draft=draft("Ada's"), expected=1, by=ada)
    flow.refresh_from_db()
    assert (flow.draft, flow.draft_number, flow.draft_by) == (draft("Bruno's"), 2, bruno)


def test_a_draft_may_be_anything_and_publishing_names_every_problem(ada):
    broken = draft(
        "Hi {{amount}}", steps=[message("hello", "Hi {{amount}}", "nowhere"), {"id": "x", "kind": "teleport"}]
    )
    flow = designs.create(name="Refund", draft=broken, by=ada)
    with pytest.raises(NotPublished) as refusal:
        designs.publish(flow_id=flow.pk, expected=1, by=ada)
    found = {(one.step, one.part): one.words for one in refusal.value.problems}
    assert "teleport" in found[("x", "")]
    assert "which is not there" in found[("hello", "next")]
    assert not FlowVersion.objects.exists()


@pytest.mark.parametrize("nonsense", [None, [], "refund", {"steps": 5}, {"steps": [None]}, {"entries": {"x": 1}}])
def test_a_draft_of_no_shape_at_all_is_never_kept(nonsense, ada):
    flow = designs.create(name="Refund", draft={}, by=ada)
    with pytest.raises(NotAScript):
        designs.save_draft(flow_id=flow.pk, draft=nonsense, expected=1, by=ada)
    with pytest.raises(NotAScript):
        designs.create(name="Other", draft=nonsense, by=ada)
    flow.refresh_from_db()
    assert (flow.draft, flow.draft_number) == ({}, 1)


def test_publishing_makes_the_draft_live_and_tells_the_journal(ada):
    flow = designs.create(name="Refund", draft=draft("Hello."), by=ada)
    version = designs.publish(flow_id=flow.pk, expected=1, by=ada, note="First")
    flow.refresh_from_db()
    assert (flow.live, version.number, version.published_by, version.note) == (version, 1, ada, "First")
    event = Event.objects.get(kind="flow.published")
    assert (event.data, event.teammate_id) == ({"flow_id": flow.pk, "version_id": version.pk}, ada.pk)


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(ada, bruno):
    flow = designs.create(name="Refund", draft=draft("One."), by=ada)
    designs.save_draft(flow_id=flow.pk, draft=draft("Two."), expected=1, by=bruno)
    with pytest.raises(ChangedMeanwhile):
        designs.publish(flow_id=flow.pk, expected=1, by=ada)
    assert not FlowVersion.objects.exists()


def test_rolling_back_makes_the_old_version_live_as_a_new_one(ada, bruno):
    flow = designs.create(name="Refund", draft=draft("One."), by=ada)
    designs.publish(flow_id=flow.pk, expected=1, by=ada)
    designs.save_draft(flow_id=flow.pk, draft=draft("Two."), expected=1, by=ada)
    designs.publish(flow_id=flow.pk, expected=2, by=ada)
    version = designs.roll_back(flow_id=flow.pk, number=1, by=bruno)
    flow.refresh_from_db()
    assert (version.number, version.note, version.published_by) == (3, "Back to version 1", bruno)
    assert (flow.live, flow.draft, flow.draft_number) == (version, draft("One."), 3)
    assert script_of(version.pk).step("hello").params["text"] == "One."


def test_an_old_version_that_no_longer_fits_the_house_does_not_come_back(ada):
    """Case 41: its team is gone."""
    team = Team.objects.create(name="VIP")
    old = published(hand_off(team="VIP"))
    published(message("hello", "Two."))
    team.delete()
    with pytest.raises(NotPublished) as refusal:
        designs.roll_back(flow_id=old.flow_id, number=1, by=ada)
    assert [(one.step, one.part) for one in refusal.value.problems] == [("person", "team")]
    assert "VIP" in refusal.value.problems[0].words
    assert old.flow.versions.count() == 2


def test_case_41_a_target_that_is_not_there_is_not_published(ada, bruno):
    steps = [hand_off(team="Nobody", teammate="nobody")]
    flow = designs.create(name="Refund", draft={"entries": {"fallback": {"step": "person"}}, "steps": steps}, by=ada)
    with pytest.raises(NotPublished) as refusal:
        designs.publish(flow_id=flow.pk, expected=1, by=ada)
    assert {one.part for one in refusal.value.problems} == {"team", "teammate"}
