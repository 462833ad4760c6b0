"""The pane's words for what the record keeps as codes, and the small shapes that templates cannot make."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models import PageView, Visitor
from handoff.models import Attempt, Handoff
from inbox.thread import Item

register = template.Library()

REASONS = {
    "customer_request": gettext_lazy("Wants a person"),
    "out_of_scope": gettext_lazy("Beyond what the assistant knows"),
    "low_confidence": gettext_lazy("The assistant was not sure"),
    "not_permitted": gettext_lazy("The assistant may not do this"),
    "policy_rule": gettext_lazy("A rule sends it to people"),
    "frustration": gettext_lazy("The customer is upset"),
    "loop": gettext_lazy("Going round in circles"),
    "high_value": gettext_lazy("Worth a person’s time"),
    "safety": gettext_lazy("Somebody may be in danger"),
    "assistant_error": gettext_lazy("The assistant failed"),
    "integration_error": gettext_lazy("A connected system failed"),
    "flow_step": gettext_lazy("The flow brings in a person here"),
    "teammate_pull": gettext_lazy("A teammate stepped in"),
}
OUTCOMES = {
    "returned": gettext_lazy("handed back"),
    "resolved": gettext_lazy("finished"),
    "withdrawn": gettext_lazy("withdrawn by the customer"),
    "expired": gettext_lazy("nobody came in time"),
    "failed": gettext_lazy("failed"),
}
ASKERS = {
    "visitor": gettext_lazy("the customer"),
    "assistant": gettext_lazy("the assistant"),
    "flow": gettext_lazy("the flow"),
    "person": gettext_lazy("a teammate"),
}
KEYS = {"order_number": gettext_lazy("order"), "email": gettext_lazy("e-mail"), "language": gettext_lazy("language")}


@register.filter
def reason_words(handoff: Handoff) -> str:
    """The reason code as people say it."""
    return str(REASONS.get(handoff.code, handoff.code))


@register.filter
def outcome_words(handoff: Handoff) -> str:
    """How it ended."""
    return str(OUTCOMES.get(handoff.outcome, handoff.outcome))


@register.filter
def asker_words(handoff: Handoff) -> str:
    """Who asked for a person."""
    return str(ASKERS.get(handoff.requested_by, handoff.requested_by))


@register.filter
def key_words(key: str) -> str:
    """A remembered fact's name."""
    return str(KEYS.get(key, key.replace("_", " ")))


@register.filter
def shown_name(visitor: Visitor) -> str:
    """Who the visitor is; never empty."""
    return visitor.name or visitor.email or _("Visitor #%(number)s") % {"number": visitor.pk}


@register.filter
def first_name(visitor: Visitor) -> str:
    """What to call them in a sentence."""
    return visitor.name.split()[0] if visitor.name.strip() else _("The customer")


@register.filter
def face(name: str) -> str:
    """One or two letters."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def page_words(view: PageView) -> str:
    """A browsed page in a few words: its title, else its path."""
    return view.title or urlsplit(view.url).path or view.url


@register.filter
def page_path(url: str) -> str:
    """The part of an address that tells pages of one site apart."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "") or url


@register.filter
def web_address(url: str) -> str:
    """The address if it is one that may be followed; a script's or a file's is not."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def stamp(moment: datetime) -> str:
    """The moment for a machine: the browser shows it in its own time zone."""
    return moment.isoformat(timespec="seconds")


@register.filter
def tried_words(item: Item) -> str:
    """How much was tried, in two words: searches count, because they tell how hard it was."""
    searches = sum(one.kind == Attempt.Kind.SEARCH for one in item.tried)
    if searches:
        return ngettext("%(count)s search", "%(count)s searches", searches) % {"count": searches}
    return ngettext("%(count)s thing", "%(count)s things", len(item.tried)) % {"count": len(item.tried)}
