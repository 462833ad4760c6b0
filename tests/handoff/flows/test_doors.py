"""The admin's own form for a flow, which would check nothing, is behind no address."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from handoff import designs
from handoff.models import Automation, Flow, Teammate
from tests.handoff.flow_cast import builder, message, published, runs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["+{}", "%20{}", "{}%20", "{}/x"])
def test_no_spelling_of_its_number_reaches_the_themes_form(number):
    live, other = published(message("a", "A.")), published(message("b", "B."), name="Other")
    fay = Teammate.objects.create_user("sam", "sam@example.com", "sam-password", is_staff=True)
    fay.user_permissions.set(Permission.objects.filter(codename__in=["view_flow", "change_flow"]))
    client = Client()
    client.force_login(fay)
    address = f"/admin/handoff/flow/{number.format(live.flow_id)}/change/"
    assert client.get(address).status_code == 404
    posted = {"name": "Hacked", "slug": "hacked", "draft": "[1]", "draft_number": "7", "live": str(other.pk)}
    assert client.post(address, posted).status_code == 404
    assert Flow.objects.get(pk=live.flow_id).live_id == live.pk


def test_a_page_does_not_lose_its_flow_to_one_that_is_not_published(chat_page):
    live = runs(chat_page, message("a", "A."))
    draft = designs.create(name="Draft", draft={}, by=builder())
    client = Client()
    client.force_login(Teammate.objects.create_superuser("root", "root@example.com", "root-password"))
    told = client.post(f"/admin/handoff/flow/{draft.pk}/pages/", {"name": "Draft", "pages": [chat_page.pk]}).text
    assert "Publish this flow first" in told
    assert Automation.objects.get(chat_page=chat_page).flow_id == live.flow_id
