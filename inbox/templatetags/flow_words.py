"""The pane's words for what a flow does next, and for what its messages offer."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.offers import Question
from handoff.services import WayBack
from inbox.flows import Way

register = template.Library()

NEXT = {
    "says": gettext_lazy("The customer reads this next:"),
    "asks": gettext_lazy("The customer is asked this next:"),
    "outside": gettext_lazy("It asks %(words)s first; what it says next depends on the answer."),
    "sorts": gettext_lazy("It sorts what the customer wrote first; what it says next depends on that."),
    "assistant": gettext_lazy("The assistant leads next, in words of its own."),
    "person": gettext_lazy("It asks for a person again: %(words)s"),
    "waits": gettext_lazy("Nothing is said now: %(words)s."),
    "resolves": gettext_lazy("The conversation is closed without another word."),
    "moves": gettext_lazy("It goes on in the flow “%(words)s”."),
    "ends": gettext_lazy("The flow ends without another word; the assistant answers from there on."),
    "restarts": gettext_lazy(
        "The flow ends without another word; when the customer next writes, it begins anew at “%(words)s”."
    ),
    "breaks": gettext_lazy("The flow cannot go on from here (%(words)s); it would ask for a person again."),
}
WRAPPING_UP = {
    "says": gettext_lazy("The flow says goodbye first:"),
    "asks": gettext_lazy("The flow asks this first, and closes the conversation when it is done:"),
    "waits": gettext_lazy("The flow wraps up, and then closes the conversation; nothing is said at first."),
    "ends": gettext_lazy("The conversation is closed without another word."),
    "restarts": gettext_lazy("The conversation is closed without another word."),
}
ANSWERS = {
    "text": gettext_lazy("text"),
    "long_text": gettext_lazy("longer text"),
    "number": gettext_lazy("number"),
    "amount": gettext_lazy("amount"),
    "date": gettext_lazy("date"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "order_number": gettext_lazy("order number"),
}


@register.filter
def next_words(way: Way) -> str:
    """What would happen next, in one plain sentence; exact words of a message stand below it."""
    if way.next is None:
        return ""
    sentences = NEXT | WRAPPING_UP if way.value == WayBack.WRAP_UP else NEXT
    words = _waiting(way.next.words) if way.next.what == "waits" else way.next.words
    return str(sentences[way.next.what]) % {"words": words}


def _waiting(words: str) -> str:
    """“the customer to write” and “waiting for the amount” as the end of one sentence."""
    return (
        words if words.startswith(("waiting", "at ", "the assistant")) else _("waiting for %(what)s") % {"what": words}
    )


@register.filter
def said_next(way: Way) -> str:
    """The exact words that the customer would read, where the flow itself says them."""
    return way.next.words if way.next and way.next.what in ("says", "asks") else ""


@register.filter
def answer_words(field: Question) -> str:
    """What kind of answer a form's field takes."""
    return " · ".join(field.options) if field.kind == "choice" else str(ANSWERS.get(field.kind, field.kind))


@register.filter
def place_of(url: str) -> str:
    """Where a card leads, short enough to stand below it."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/") or url
