"""The admin's shell: its navigation, and the first page that shows what is live. Named in settings.UNFOLD."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from conversations import events
from conversations.models import Conversation
from handoff.admin.handoffs import duration
from handoff.models import Handoff
from handoff.states import State

# group → (title, app.model, icon)
GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Conversations": [
        ("Conversations", "conversations.conversation", "forum"),
        ("Messages", "conversations.message", "chat"),
        ("Visitors", "conversations.visitor", "person_search"),
        ("Memories", "conversations.memory", "psychology"),
        ("Tags", "conversations.tag", "sell"),
        ("Fields", "conversations.field", "list_alt"),
    ],
    "Handoff": [
        ("Handoffs", "handoff.handoff", "swap_horiz"),
        ("Chat pages", "conversations.chatpage", "web"),
    ],
    "Assistant": [
        ("Assistants", "handoff.assistant", "auto_awesome"),
        ("Knowledge articles", "handoff.knowledgearticle", "menu_book"),
        ("Turns", "conversations.turn", "cycle"),
        ("Attempts", "handoff.attempt", "manage_search"),
    ],
    "Flows": [
        ("Flows", "handoff.flow", "account_tree"),
        ("Runs", "handoff.flowrun", "route"),
        ("Secrets", "handoff.secret", "key"),
    ],
    "People and routing": [
        ("Teammates", "handoff.teammate", "badge"),
        ("Teams", "handoff.team", "groups"),
        ("Business hours", "handoff.businesshours", "schedule"),
    ],
    "Journal": [("Events", "conversations.event", "history")],
}
MOST_ROWS = 6
DAY = timedelta(hours=24)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What admins think in; only what this teammate may read."""
    overview = {"title": "Overview", "icon": "dashboard", "link": reverse("admin:index")}
    groups = [{"title": title, "items": [_item(*one) for one in items]} for title, items in GROUPS.items()]
    return [{"title": None, "items": [overview]}, *groups]


def _item(title: str, model: str, icon: str) -> dict[str, Any]:
    app, _, name = model.partition(".")
    address = reverse(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": address, "permission": _may_read(app, name)}


def _may_read(app: str, name: str) -> Callable[[HttpRequest], bool]:
    def may(request: HttpRequest) -> bool:
        return any(request.user.has_perm(f"{app}.{verb}_{name}") for verb in ("view", "change"))

    return may


def tokens(request: HttpRequest) -> str:
    """The product's colours."""
    return static("css/tokens.css")


def style(request: HttpRequest) -> str:
    """The admin's own rules over the theme."""
    return static("css/admin.css")


def script(request: HttpRequest) -> str:
    """Copying, and asking before a secret is made anew."""
    return static("js/admin.js")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What is live now, in six queries however much there is; only for those who may read it."""
    if not request.user.has_perm("handoff.view_handoff"):
        return context
    now = timezone.now()
    led = Handoff.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.REQUESTED)),
        engaged=Count("pk", filter=Q(state=State.ENGAGED)),
        longest=Min("requested_at", filter=Q(state=State.REQUESTED)),
    )
    unresolved = Conversation.objects.unresolved().count()
    longest = duration((now - led["longest"]).total_seconds()) if led["longest"] else ""
    handoffs, conversations = reverse("admin:handoff_handoff_changelist"), _list("conversation")
    undelivered = events.undelivered()
    return context | {
        "figures": [
            _figure("waiting", "Waiting for a person", led["waiting"], longest and f"longest {longest}",
                    f"{handoffs}?state__exact=requested"),
            _figure("person", "With a person", led["engaged"], "", f"{handoffs}?state__exact=engaged"),
            _figure("assistant", "With automation", unresolved - led["waiting"] - led["engaged"], "",
                    f"{conversations}?status__exact=open"),
            _figure("danger" if undelivered else "finished", "Undelivered events", undelivered,
                    "" if undelivered else "everything was heard", f"{_list('event')}?delivered_at__isempty=1"),
        ],
        "waiting": _rows(Handoff.objects.waiting().longest_waiting_first(), "requested_at", now),
        "engaged": _rows(Handoff.objects.filter(state=State.ENGAGED).order_by("engaged_at"), "engaged_at", now),
        "reasons": _reasons(now),
    }  # fmt: skip


def _list(model: str) -> str:
    return reverse(f"admin:conversations_{model}_changelist")


def _figure(mark: str, title: str, count: int, beside: str, href: str) -> dict[str, Any]:
    return {"mark": mark, "title": title, "count": max(0, count), "beside": beside, "href": href}


def _rows(handoffs: Any, since: str, now: Any) -> list[dict[str, Any]]:
    found = handoffs.select_related("conversation__visitor", "engaged_by")[:MOST_ROWS]
    return [
        {
            "who": str(one.conversation.visitor),
            "number": str(one.conversation),
            "reason": one.reason,
            "person": one.person_name,
            "since": duration((now - getattr(one, since)).total_seconds()),
            "href": reverse("admin:conversations_conversation_change", args=[one.conversation_id]),
        }
        for one in found
    ]


def _reasons(now: Any) -> list[dict[str, Any]]:
    """The handoffs of the last day by reason, the most frequent first."""
    lately = Handoff.objects.filter(requested_at__gte=now - DAY).values("code").order_by("code")
    counted = sorted(lately.annotate(count=Count("pk")), key=lambda one: -one["count"])
    most = counted[0]["count"] if counted else 1
    base = reverse("admin:handoff_handoff_changelist")
    return [
        {
            "words": one["code"].replace("_", " "),
            "count": one["count"],
            "most": most,
            "href": f"{base}?code__exact={one['code']}",
        }
        for one in counted
    ]
