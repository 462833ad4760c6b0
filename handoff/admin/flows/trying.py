"""Trying a draft: a play beside its graph. The scene travels in the browser, signed; nothing is stored, sent or called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

from conversations import answers, offers
from conversations.models import Field
from handoff.admin.flows.picture import Picture, picture
from handoff.admin.flows.shell import address, script_or_empty, shell, who
from handoff.admin.flows.trying_buttons import DOINGS
from handoff.admin.flows.trying_words import due, known, leader, row
from handoff.assistants.base import Reply, Snapshot
from handoff.assistants.intents import classify
from handoff.effects import field_value
from handoff.facts import available
from handoff.flows.foresight import title
from handoff.flows.playing import Action, Opens, Refused, act, standing
from handoff.flows.scenes import PERSONAS, House, Mind, NotAScene, Scene, begin, from_data, to_data
from handoff.knowledge import Articles
from handoff.models import Assistant, Automation, BusinessHours, Flow
from handoff.models.automation import DEFAULT_NOTE
from handoff.selectors import Briefed
from handoff.thinking import think
from handoff.worlds import directory

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PASSES = ((60, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86_400, "1 day"))
OLD = "This try was begun more than a day ago, or cannot be read. Start it again."


class Lost(Exception):
    """The scene that came back is too old, or not ours."""


class StartForm(forms.Form):
    """Who the customer is, what time it is, and what they have looked at."""

    persona = forms.ChoiceField(label="Customer", choices=[(name, one.label) for name, one in PERSONAS.items()])
    weekday = forms.TypedChoiceField(
        choices=[("", "Today"), *((number, name) for number, name in enumerate(DAYS))],
        coerce=int, empty_value=None, required=False, label="Day",
    )  # fmt: skip
    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    pages = forms.CharField(required=False, max_length=1000, label="Page they saw")

    def scene(self) -> Scene:
        """The scene that this describes; what does not fit is as it is now."""
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        clock = timezone.localtime().replace(microsecond=0)
        if given.get("weekday") is not None:
            clock += timedelta(days=(given["weekday"] - clock.weekday()) % 7)
        if given.get("time"):
            clock = clock.replace(hour=given["time"].hour, minute=given["time"].minute, second=0)
        seen = tuple(given.get("pages", "").split())
        return begin(given.get("persona", ""), clock, seen)


@dataclass(frozen=True)
class Table:
    """What a flow is tried with: its draft as it is now, the house around it, and who tries it."""

    request: HttpRequest
    flow: Flow

    @cached_property
    def automation(self) -> Automation | None:
        """What a chat page that runs this flow runs besides."""
        found = Automation.objects.filter(flow=self.flow).select_related("chat_page", "assistant", "default_team")
        return found.order_by("pk").first()

    @cached_property
    def assistant(self) -> Assistant | None:
        """The chat page's; the first one there is, where no chat page runs this flow."""
        found = self.automation.assistant if self.automation else Assistant.objects.order_by("pk").first()
        if found:
            found.engine = "builtin"  # in memory only: the one that answers without asking anybody outside
        return found

    @cached_property
    def house(self) -> House:
        """The house as it is now."""
        runs, assistant = self.automation, self.assistant
        fields = {one.key: one for one in Field.objects.all()}
        language = runs.chat_page.locale if runs else "en"
        return House(
            flow=self.flow.name,
            directory=directory(),
            fits=lambda key, text: field_value(fields[key], text, language),
            hours={one.name: one.hours() for one in BusinessHours.objects.prefetch_related("openings", "holidays")},
            available=available(),
            assistant=Mind(assistant.name, assistant.instructions, Articles(assistant.pk), assistant.sureness)
            if assistant
            else None,
            chat_page=runs.chat_page.slug if runs else "",
            note=runs.note if runs else DEFAULT_NOTE,
            team=runs.default_team.name if runs and runs.default_team else "",
            teammate=who(self.request).shown_name,
            language=language,
            time_zone=timezone.get_current_timezone_name(),
            wrap_up_seconds=settings.WRAP_UP_SECONDS,
        )

    def act(self, scene: Scene, action: Action) -> Scene:
        """The scene after this action; nothing is stored, sent or called."""
        script, language = script_or_empty(self.flow.draft), self.house.language

        def thinks(snapshot: Snapshot | None) -> Reply:
            briefed = Briefed(self.assistant, snapshot, 0, 0.0) if self.assistant and snapshot else None
            return think(briefed)

        return act(
            script, scene, action, self.house, think=thinks,
            classify=lambda text, intents, limit: classify(text, intents, language=language, limit=limit).name,
        )  # fmt: skip

    # ── The scene on its way through the browser.

    @property
    def _salt(self) -> str:
        return f"handoff.flows.try:{self.request.user.pk}:{self.flow.pk}"

    def sealed(self, scene: Scene, number: int) -> str:
        """The scene as a hidden field keeps it: signed, and only this teammate's, for a day."""
        data = {"number": number, "scene": to_data(scene)}
        return signing.dumps(data, salt=self._salt, compress=True)

    def opened(self, text: str) -> tuple[Scene, int]:
        """The scene and the number of the draft that it plays, or Lost."""
        try:
            data = signing.loads(text, salt=self._salt, max_age=timedelta(days=1))
            return from_data(data["scene"]), int(data["number"])
        except (signing.BadSignature, NotAScene, KeyError, TypeError, ValueError):
            raise Lost(OLD) from None


@dataclass(frozen=True, slots=True)
class Played:
    """What the page shows: the scene, which draft it plays, and what was wrong with what was asked."""

    scene: Scene
    number: int
    start: StartForm
    refused: str = ""
    form: offers.Form | None = None  # with what was typed, where it did not fit


# ── The page.


def _begun(table: Table, data: Mapping[str, Any] | None, refused: str = "") -> Played:
    start = StartForm(data, initial={"persona": "anonymous"})
    scene = table.act(start.scene(), Opens())
    return Played(scene, table.flow.draft_number, start, refused)


def _played(table: Table, post: QueryDict) -> Played:
    """What came of a button; a draft that was changed meanwhile is not played on."""
    try:
        scene, number = table.opened(post.get("scene", ""))
    except Lost as lost:
        return _begun(table, None, str(lost))
    here = Played(scene, number, StartForm(initial={"persona": scene.persona, "pages": " ".join(scene.pages)}))
    doing = DOINGS.get(post.get("do", ""))
    if doing is None or number != table.flow.draft_number:
        return here
    try:
        return replace(here, scene=table.act(scene, doing(post, scene)))
    except Refused as refused:
        return replace(here, refused=str(refused))
    except answers.NotAnswered as odd:
        return replace(here, form=odd.form)


def trying(request: HttpRequest, pk: int) -> HttpResponse:
    """The play, after what was asked for; a teammate who may look at flows may try them."""
    if not (request.user.has_perm("handoff.view_flow") or request.user.has_perm("handoff.change_flow")):
        raise PermissionDenied
    table = Table(request, get_object_or_404(Flow.objects.select_related("live", "draft_by"), pk=pk))
    starts = request.method != "POST" or request.POST.get("do") == "start"
    played = _begun(table, request.POST or None) if starts else _played(table, request.POST)
    return render(request, "admin/flows/try.html", _context(table, played))


def _context(table: Table, played: Played) -> dict[str, Any]:
    flow, scene = table.flow, played.scene
    script = script_or_empty(flow.draft)
    page = shell(table.request, flow, "try")
    at = scene.at.step if scene.at else ""
    form = None if scene.is_closed else played.form or offers.read_form(scene.offer.get("form"))
    return page | {
        "picture": _picture(flow, picture(script, page["problems"], step=at), scene),
        "played": played,
        "scene": scene,
        "sealed": table.sealed(scene, played.number),
        "is_stale": played.number != flow.draft_number,
        "rows": [row(one, table.house) for one in scene.transcript],
        "leader": leader(scene, table.house.teammate),
        "standing": standing(script, scene),
        "at_title": title(script, at) if at else "",
        "walked": " ".join(dict.fromkeys(source for source, way in scene.walked if way)),
        "options": offers.read_options(scene.offer.get("options")),
        "form": form,
        "known": known(scene),
        "passes": PASSES,
        "due": due(scene),
        "person": table.house.teammate,
        "assistant": table.assistant,
        "refused": played.refused,
    }


def _picture(flow: Flow, drawn: Picture, scene: Scene) -> Picture:
    """The graph with the path lit; its boxes lead to where they are edited."""
    walked, there = set(scene.walked), address(flow)
    return replace(
        drawn,
        name="try",
        boxes=tuple(replace(one, href=there + one.href) for one in drawn.boxes),
        starts=tuple(replace(one, href=there + one.href) for one in drawn.starts),
        lines=tuple((line, (line.source, line.exit) in walked) for line, _ in drawn.lines),
    )


urls = [path("<int:pk>/try/", admin.site.admin_view(trying), name="handoff_flow_try")]
