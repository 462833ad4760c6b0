"""The only writers of who a visitor is: arriving, coming back, being identified by the host page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations import events
from conversations.identity import Identity
from conversations.models import ChatPage, Conversation, Visitor
from conversations.visits import Visit

NEW_VISIT_AFTER = timedelta(minutes=30)
CLAIMABLE = {"name": 120, "email": 254, "phone": 40}


@transaction.atomic(durable=True)
def arrive(
    *, page: ChatPage, visitor: Visitor | None, visit: Visit, identity: Identity | None, claims: Mapping[str, str]
) -> Visitor:
    """The visitor who opened the chat, made where they are new, with what this visit tells.

    A signed identity decides who it is, whatever the token said: an anonymous visitor becomes, or is merged
    into, the one that the host page names. What is merely claimed fills gaps.
    """
    if identity is not None:
        visitor = _identified(page, visitor, identity)
    elif visitor is None:
        visitor = Visitor.objects.create(chat_page=page)
    changes: dict[str, object] = {**visit.known(), "last_seen_at": timezone.now()}
    if visitor.page_url:
        changes.pop("referrer", None)  # where they first came from stays
    if timezone.now() - visitor.last_seen_at > NEW_VISIT_AFTER:
        changes["visits"] = visitor.visits + 1
    if claims:
        changes["claims"] = {**visitor.claims, **claims}
        gaps = (key for key in CLAIMABLE if claims.get(key) and not getattr(visitor, key))
        changes.update({key: claims[key][: CLAIMABLE[key]] for key in gaps})
    for column, value in changes.items():
        setattr(visitor, column, value)
    visitor.save(update_fields=list(changes))
    return visitor


def _identified(page: ChatPage, visitor: Visitor | None, identity: Identity) -> Visitor:
    known = (
        Visitor.objects.select_for_update(no_key=True).filter(chat_page=page, external_id=identity.external_id).first()
    )
    if known is None and visitor is not None and _named(visitor, identity.external_id):
        known = visitor
    elif known is None:
        known, _ = Visitor.objects.get_or_create(chat_page=page, external_id=identity.external_id)
    if visitor is not None and visitor.pk != known.pk and not visitor.external_id:
        _merge_locked(visitor, into=known)
    signed = {"name": identity.name, "email": identity.email, "attributes": dict(identity.attributes)}
    changed = [column for column, value in signed.items() if value and getattr(known, column) != value]
    for column in changed:
        setattr(known, column, signed[column])
    known.save(update_fields=changed)
    events.record("visitor.identified", conversation_id=None, data={"visitor_id": known.pk})
    _tell(known)
    return known


def _named(visitor: Visitor, external_id: str) -> bool:
    """Whether an anonymous visitor is now the one with this id; false when another browser was faster to be."""
    if visitor.external_id:
        return False
    try:
        with transaction.atomic():
            Visitor.objects.filter(pk=visitor.pk).update(external_id=external_id)
    except IntegrityError:
        return False
    visitor.external_id = external_id
    return True


def _merge_locked(visitor: Visitor, *, into: Visitor) -> None:
    """What an anonymous visitor did here becomes the known one's.

    Their open thread goes along, unless the known visitor has one already: then that one goes on.
    """
    threads = visitor.conversations.filter(chat_page_id=into.chat_page_id)
    if into.conversations.filter(chat_page_id=into.chat_page_id).unresolved().exists():
        threads = threads.filter(status=Conversation.Status.RESOLVED)
    threads.update(visitor=into)
    visitor.page_views.exclude(view_id__in=into.page_views.values("view_id")).update(visitor=into)
    visitor.memories.exclude(key__in=into.memories.values("key")).update(visitor=into)


def _tell(visitor: Visitor) -> None:
    thread = Conversation.objects.filter(visitor=visitor).unresolved().first()
    if thread:
        events.announce("context", conversation_id=thread.pk)
