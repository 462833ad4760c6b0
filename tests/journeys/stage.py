"""Chat pages of the journeys' own, each with a flow: set up by `staged` in the running product's database."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from django.db import transaction

from conversations.models import ChatPage
from handoff import designs
from handoff.models import Automation, Flow, Teammate
from vivollo.local.product import CHECKOUT, Product

Data = dict[str, Any]
SET_UP = (
    "import django, json, sys; django.setup(); from tests.journeys import stage; stage.set_up(json.load(sys.stdin))"
)


def staged(product: Product, flows: dict[str, Data]) -> dict[str, str]:
    """The product has a chat page with each slug, which runs the flow; returns the pages' identity secrets."""
    told = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", SET_UP], input=json.dumps(flows), text=True, stdout=subprocess.PIPE,
        check=True, cwd=CHECKOUT, env=product.record.environment,
    )  # fmt: skip
    secrets: dict[str, str] = json.loads(told.stdout)
    return secrets


def set_up(flows: dict[str, Data]) -> None:
    """Here they are, published by Chidi, with the shop's assistant and team; their secrets are printed."""
    by = Teammate.objects.get(username="chidi")
    shop = Automation.objects.get(chat_page__slug="shop")
    secrets = {}
    for slug, draft in flows.items():
        flow: Flow = designs.create(name=slug.capitalize(), draft=draft, by=by)
        designs.publish(flow_id=flow.pk, expected=flow.draft_number, by=by)
        with transaction.atomic():
            page = ChatPage.objects.create(slug=slug, name=f"{slug.capitalize()} page", greeting="Hello.")
            Automation.objects.create(
                chat_page=page, assistant=shop.assistant, default_team=shop.default_team, note=shop.note, flow=flow
            )
        secrets[slug] = page.identity_secret
    print(json.dumps(secrets))
