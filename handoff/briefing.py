"""Builds the briefing; the same object serves the inbox and, later, every help desk."""

from __future__ import annotations

from typing import Any

from conversations.models import Visitor
from conversations.selectors import Context
from handoff.models import Attempt, Briefing, Handoff


def freeze(handoff: Handoff, *, open_question: str) -> Briefing:
    """Keep what is known now, in the transaction of the request; later news never changes it."""
    context = Context(handoff.conversation)
    attempts = Attempt.objects.filter(turn__conversation_id=handoff.conversation_id).order_by("-pk")[:20]
    return Briefing.objects.create(
        handoff=handoff,
        open_question=open_question,
        facts=[
            {"key": fact.key, "value": fact.value, "seq": fact.learned_from.seq if fact.learned_from else None}
            for fact in context.memories
        ],
        attempts=[
            {"kind": one.kind, "query": one.query, "found": one.found, "result": one.result, "shown": one.shown}
            for one in reversed(attempts)
        ],
        context=visitor_facts(handoff.conversation.visitor)
        | {"pages": [{"url": view.url, "title": view.title} for view in context.pages[-10:]]},
    )


def visitor_facts(visitor: Visitor) -> dict[str, Any]:
    """Who the visitor is and where they are, without what is empty."""
    facts = {
        "name": visitor.name,
        "email": visitor.email,
        "identity": visitor.identity,
        "vip": visitor.is_vip,
        "language": visitor.language,
        "place": visitor.place,
        "time_zone": visitor.time_zone,
        "browser": visitor.browser,
        "system": visitor.system,
        "device": visitor.device,
        "page": visitor.page_title or visitor.page_url,
        "visits": visitor.visits,
    }
    return {key: value for key, value in facts.items() if value}
