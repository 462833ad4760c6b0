"""The admin's own form for a flow, which would check nothing, is behind no address."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from handoff.models import Flow, Teammate
from tests.handoff.flow_cast import message, published

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
