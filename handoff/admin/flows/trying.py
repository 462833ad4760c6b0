"""Trying a draft: a play beside its graph. The scene travels in the browser, signed; nothing is stored, sent or called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from handoff.assistants.base import Reply, Snapshot
from handoff.assistants.intents import classify
from handoff.effects import field_value
from handoff.facts import available
from handoff.flows import simulator
from handoff.flows.foresight import title
from handoff.flows.simulator import PERSONAS, Action, House, Mind, NotAScene, Refused, Scene
from handoff.knowledge import Articles
from handoff.models import Assistant, Automation, BusinessHours, Flow
from handoff.models.automation import DEFAULT_NOTE
from handoff.selectors import Briefed
from handoff.thinking import think
from handoff.worlds import directory

LONGEST = 4000
MOST_SECONDS = 90 * 24 * 3600
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PASSES = ((60, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86_400, "1 day"))
LEADERS = {  # who leads → the hue, its shape, its words
    "automation": ("assistant", "✦", "Automation leads"),
    "waiting": ("waiting", "◔", "Waiting for a teammate"),
    "person": ("person", "☻", "leads"),
    "closed": ("finished", "✓", "Closed"),
    "elsewhere": ("finished", "→", "Goes on in another flow"),
}
GLYPHS = {
    "flow": ("assistant", "▸"), "tag": ("finished", "#"), "field": ("finished", "≔"), "memory": ("finished", "≡"),
    "assign": ("person", "→"), "handoff": ("waiting", "◔"), "expired": ("waiting", "◔"), "person": ("person", "☻"),
    "note": ("person", "✎"), "call": ("waiting", "↗"), "trouble": ("danger", "!"), "time": ("finished", "◷"),
    "closed": ("finished", "✓"), "tried": ("assistant", "⌕"),
}  # fmt: skip
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
        return simulator.begin(given.get("persona", ""), clock, seen)


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
            known = Briefed(self.assistant, snapshot, 0, 0.0) if self.assistant and snapshot else None
            return think(known)

        return simulator.act(
            script, scene, action, self.house, think=thinks,
            classify=lambda text, intents, limit: classify(text, intents, language=language, limit=limit).name,
        )  # fmt: skip

    # ── The scene on its way through the browser.

    @property
    def _salt(self) -> str:
        return f"handoff.flows.try:{self.request.user.pk}:{self.flow.pk}"

    def sealed(self, scene: Scene, number: int) -> str:
        """The scene as a hidden field keeps it: signed, and only this teammate's, for a day."""
        data = {"number": number, "scene": simulator.to_data(scene)}
        return signing.dumps(data, salt=self._salt, compress=True)

    def opened(self, text: str) -> tuple[Scene, int]:
        """The scene and the number of the draft that it plays, or Lost."""
        try:
            data = signing.loads(text, salt=self._salt, max_age=timedelta(days=1))
            return simulator.from_data(data["scene"]), int(data["number"])
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


# ── What the buttons say.


def _words(post: QueryDict, name: str) -> str:
    found = post.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
    if not found:
        raise Refused("Write something first.")
    return found


def _sends(post: QueryDict, scene: Scene) -> Action:
    form = offers.read_form(scene.offer.get("form"))
    if form is None:
        raise Refused("This form is not open any more.")
    values = answers.read(post, len(scene.transcript), form)
    return simulator.Writes(form.words(values), values)


def _hands_back(post: QueryDict, scene: Scene) -> Action:
    ways: dict[str, Action] = {
        way: simulator.HandsBack(way, post.get("note", "").strip()[:1000]) for way in ("resume", "assistant", "wrap_up")
    }
    return ways.get(post.get("way", ""), ways["resume"])


def _passes(post: QueryDict, scene: Scene) -> Action:
    typed = post.get("seconds", "")
    seconds = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    if not 0 < seconds <= MOST_SECONDS:
        raise Refused("Time passes by at most 90 days at once.")
    return simulator.Passes(seconds)


def _answers(post: QueryDict, scene: Scene) -> Action:
    status = post.get("status", "")
    return simulator.ServiceAnswers(
        post.get("answer", "")[: 4 * LONGEST], int(status) if status in ("200", "201", "204") else 200
    )


DOINGS: dict[str, Callable[[QueryDict, Scene], Action]] = {
    "say": lambda post, scene: simulator.Writes(_words(post, "words")),
    "option": lambda post, scene: simulator.Writes(_words(post, "option")),
    "form": _sends,
    "want_person": lambda post, scene: simulator.WantsPerson(),
    "take_over": lambda post, scene: simulator.TakesOver(_words(post, "reply")),
    "hand_back": _hands_back,
    "finish": lambda post, scene: simulator.Finishes(),
    "pass": _passes,
    "answer": _answers,
    "fail": lambda post, scene: simulator.ServiceFails(post.get("trouble", "").strip()[:500]),
}


def _begun(table: Table, data: Mapping[str, Any] | None, refused: str = "") -> Played:
    start = StartForm(data, initial={"persona": "anonymous"})
    scene = table.act(start.scene(), simulator.Opens())
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


# ── The page.


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
    known = shell(table.request, flow, "try")
    at = scene.at.step if scene.at else ""
    form = None if scene.is_closed else played.form or offers.read_form(scene.offer.get("form"))
    return known | {
        "picture": _picture(flow, picture(script, known["problems"], step=at), scene),
        "played": played,
        "scene": scene,
        "sealed": table.sealed(scene, played.number),
        "is_stale": played.number != flow.draft_number,
        "rows": [_row(one, table) for one in scene.transcript],
        "leader": _leader(scene, table.house.teammate),
        "standing": simulator.standing(script, scene),
        "at_title": title(script, at) if at else "",
        "walked": " ".join(dict.fromkeys(source for source, way in scene.walked if way)),
        "options": offers.read_options(scene.offer.get("options")),
        "form": form,
        "known": _known(scene),
        "passes": PASSES,
        "due": _due(scene),
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


def _row(shown: simulator.Shown, table: Table) -> dict[str, Any]:
    hue, glyph = GLYPHS.get(shown.mark, ("finished", "·"))
    names = {"visitor": "Customer", "person": table.house.teammate, "flow": "Flow", "system": "Note to the customer"}
    name = table.assistant.name if shown.who == "assistant" and table.assistant else names.get(shown.who, "Assistant")
    return {
        "shown": shown,
        "hue": hue,
        "glyph": glyph,
        "name": name,
        "card": offers.read_card(shown.params.get("card")),
    }


def _leader(scene: Scene, teammate: str) -> tuple[str, str, str]:
    state = "elsewhere" if scene.elsewhere else "closed" if scene.is_closed else scene.leads
    hue, glyph, words = LEADERS[state]
    return hue, glyph, f"{teammate} {words}" if state == "person" else words


def _known(scene: Scene) -> list[tuple[str, list[tuple[str, Any]]]]:
    """What is known in the play, group by group; empty groups are left out."""
    responsible = " · ".join(filter(None, (scene.teammate, scene.team)))
    customer = {
        key.partition(".")[2].replace("_", " "): one for key, one in scene.facts.items() if one not in ("", None)
    }
    groups: list[tuple[str, Mapping[str, Any]]] = [
        ("Variables", scene.variables),
        ("Changed", {"tags": ", ".join(scene.tags), "responsible": responsible} | dict(scene.fields)),
        ("Remembered", scene.memory),
        ("The customer", customer | {"saw": " ".join(scene.pages)}),
    ]
    shown = [(name, [(key, _said(one)) for key, one in rows.items() if one != ""]) for name, rows in groups]
    return [(name, rows) for name, rows in shown if rows]


def _said(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _due(scene: Scene) -> dict[str, Any] | None:
    """The next thing that happens by itself."""
    if not scene.timers:
        return None
    name, moment = min(scene.timers, key=lambda one: one[1])
    words = {"step": "the wait is over", "silence": "they have been silent", "wrap": "wrapping up is over"}
    left = moment - scene.clock
    seconds = int(left.total_seconds())
    return {"seconds": seconds, "words": words[name], "left": simulator.duration(seconds)}


urls = [path("<int:pk>/try/", admin.site.admin_view(trying), name="handoff_flow_try")]
