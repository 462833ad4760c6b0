"""How a thread's words are shown."""

from __future__ import annotations

import re
import uuid

from django import template
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_RELATION = 'rel="nofollow"'
_OWN_PATH = re.compile(r"(?<![^\s(])/[\w-][\w./#-]*[\w/]")
_OUTSIDE = 'rel="nofollow noopener noreferrer" target="_blank"'


@register.filter
def words(body: str) -> SafeString:
    """What somebody wrote, escaped, with its addresses as links that give nothing away."""
    if "." not in body:
        return escape(body)
    # Everything that was written is escaped by urlize, so a quoted attribute can only be one that it made itself.
    return mark_safe(urlize(body, nofollow=True, autoescape=True).replace(_RELATION, _OUTSIDE))  # noqa: S308


@register.filter
def own_words(body: str) -> SafeString:
    """The assistant's words, where a path of the host's own site is a link too; a customer's never is."""
    linked = words(body)
    if "/" not in body:
        return linked
    return mark_safe(_OWN_PATH.sub(r'<a href="\g<0>" target="_blank">\g<0></a>', linked))  # noqa: S308


@register.simple_tag
def new_client_id() -> str:
    """An id for one message of a form that works without scripts."""
    return str(uuid.uuid4())


@register.filter
def initials(name: str) -> str:
    """One or two letters for a face."""
    parts = name.split()
    return "".join(part[0] for part in parts[:1] + parts[1:][-1:]).upper()
