"""One conversation: its pane, what is new in it, and what a teammate does with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import live
from conversations.models import Conversation
from handoff import assignments, services
from handoff.assignments import Refused
from handoff.models import Team, Teammate
from handoff.selectors import leading
from handoff.services import StaleReply
from inbox import access, flows, panel, thread
from inbox.access import TeammateRequest, teammates_only
from inbox.conversation_forms import AssignForm, ClaimForm, HandBackForm, ReplyForm
from inbox.thread_fragments import whole
from inbox.views.queue import shell

PANE = "inbox/conversation.html#pane"
NOTHING_TO_HAND_BACK = gettext_lazy("No person leads this conversation, so there is nothing to hand back.")


@require_safe
@teammates_only
def conversation(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """The pane alone for htmx, else the whole inbox around it."""
    return _page(request, access.conversation(request, public_id))


@require_safe
@teammates_only
def entries(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came after an entry, as a frame; or what stood before one, to be put above it."""
    one = access.conversation(request, public_id)
    before = _number(request.GET.get("before"))
    if before is None:
        return render(
            request, "inbox/conversation.html#frame", whole(one.pk, after=_number(request.GET.get("after")) or 0)
        )
    if not request.htmx:
        return redirect(f"{_address(one)}?from={max(before - thread.WINDOW, 1)}")
    return render(
        request, "inbox/conversation.html#earlier", {"conversation": one, "thread": thread.earlier(one, before)}
    )


@require_POST
@teammates_only
def reply(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say something to the customer, which takes the conversation over; asks once when others spoke meanwhile."""
    one = access.conversation(request, public_id)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _answer(request, one, 422, reply_form=form, refusal=_first_error(form))
    try:
        services.take_over(conversation_id=one.pk, teammate=request.user, **form.cleaned_data)
    except StaleReply as stale:
        return _answer(request, one, 409, reply_form=form, stale=stale.news)
    except Refused as refused:
        return _answer(request, one, 409, reply_form=form, refusal=str(refused))
    return _answer(request, one)


@require_POST
@teammates_only
def claim(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make it one's own, unless somebody was faster."""
    return _act(request, public_id, ClaimForm(request.POST), "claim")


@require_POST
@teammates_only
def assign(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make a teammate or a team responsible, unless it changed hands meanwhile."""
    return _act(request, public_id, AssignForm(request.POST), "assign")


@require_http_methods(["GET", "HEAD", "POST"])
@teammates_only
def hand_back(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let automation go on, the chosen way; or show beforehand what each way, or the one asked for, would lead to."""
    if request.method == "POST":
        return _act(request, public_id, HandBackForm(request.POST), "hand_back")
    one, form = access.conversation(request, public_id), HandBackForm(request.GET)
    if leading(one.pk) is None:
        return _ways_back(request, one, 409, refusal=NOTHING_TO_HAND_BACK)
    if not form.is_valid():
        return _ways_back(request, one, 422, refusal=_first_error(form))
    return _ways_back(request, one, note=form.cleaned_data["note"], only=request.GET.get("way", ""))


@require_POST
@teammates_only
def finish(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Close the conversation."""
    return _act(request, public_id, Form(request.POST), "finish")


@require_POST
@teammates_only
def typing(request: TeammateRequest, public_id: uuid.UUID) -> HttpResponse:
    """Tell the others, and the customer, that this teammate is writing."""
    one = access.conversation(request, public_id)
    live.publish(live.hint("typing", one.pk, by="person", name=request.user.shown_name, teammate=request.user.pk))
    return HttpResponse(status=204)


def _ways_back(
    request: TeammateRequest, one: Conversation, status: int = 200, note: str = "", only: str = "", **trouble: Any
) -> HttpResponse:
    """The choices on handing back as they stand, foreseen where there is no trouble."""
    ways = flows.standing(one, panel.handoffs_of(one)).ways
    if not trouble:
        ways = flows.foreseen(one, flows.chosen(ways, only), teammate=request.user, note=note, only=only)
    context = {"conversation": one, "ways": ways, "note": note, "verb": "hand_back"} | trouble
    if request.htmx:
        return render(request, "inbox/conversation.html#foreseen", context, status=status)
    return _page(request, one, status, **context)


def _act(request: TeammateRequest, public_id: uuid.UUID, form: Form, verb: str) -> HttpResponse:
    """Do what the form asks; what is refused is said beside its button, with how things stand now."""
    one = access.conversation(request, public_id)
    kept = {"note": form.data.get("note", ""), "way": form.data.get("way", "")}
    if not form.is_valid():
        return _answer(request, one, 422, verb=verb, refusal=_first_error(form), **kept)
    try:
        _do(verb, one, request.user, form.cleaned_data)
    except Refused as refused:
        return _answer(request, one, 409, verb=verb, refusal=str(refused), **kept)
    return _answer(request, one)


def _do(verb: str, one: Conversation, me: Teammate, data: dict[str, Any]) -> None:
    match verb:
        case "claim":
            assignments.claim(conversation_id=one.pk, teammate=me, **data)
        case "assign":
            assignments.assign(conversation_id=one.pk, by=me, check=True, **data)
        case "hand_back":
            services.hand_back(conversation_id=one.pk, teammate=me, **data)
        case "finish":
            services.finish(conversation_id=one.pk, teammate=me)


def _answer(request: TeammateRequest, one: Conversation, status: int = 200, **trouble: Any) -> HttpResponse:
    """To our script, what is new to the sender; to a plain form, a redirect, or the page with its trouble."""
    if request.htmx:
        parts = whole(one.pk, after=_number(request.POST.get("after")) or 0)
        return render(request, "inbox/conversation.html#answer", parts | trouble, status=status)
    if not trouble:
        return redirect(_address(one, request))
    one = access.conversation(request, one.public_id)
    return _page(request, one, status=status, **trouble)


def _page(request: TeammateRequest, one: Conversation, status: int = 200, **trouble: Any) -> HttpResponse:
    context = {"teammate": request.user} | _pane(request, one) | trouble
    context["ways"] = flows.chosen(context["ways"], trouble.get("way", ""))
    if request.htmx.target == "pane" and not request.htmx.history_restore_request:
        return render(request, PANE, context, status=status)
    return render(request, "inbox/index.html", shell(request) | context | {"pane": PANE}, status=status)


def _pane(request: TeammateRequest, one: Conversation) -> dict[str, Any]:
    handoffs = panel.handoffs_of(one)
    flow = flows.standing(one, handoffs)
    return {
        "conversation": one,
        "thread": thread.newest(one, down_to=_number(request.GET.get("from"))),
        "standing": panel.standing(one, handoffs, flow),
        "panel": panel.panel(one, handoffs, flow),
        "ways": flow.ways,
        "teammates": Teammate.objects.filter(is_active=True).order_by("display_name", "first_name", "username"),
        "teams": Team.objects.all(),
        "client_id": uuid.uuid4(),
    }


def _address(one: Conversation, request: HttpRequest | None = None) -> str:
    view = request.GET.get("view", "") if request else ""
    address = redirect("inbox:conversation", one.public_id)["Location"]
    return f"{address}?view={view}" if view.isidentifier() else address


def _number(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) < 10 else None


def _first_error(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])
