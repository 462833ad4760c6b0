"""The joined reads of who leads: the chat page's header, an engine's snapshot, the trail of what was tried."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from conversations.models import Conversation, Message, Turn
from conversations.selectors import Speaker
from handoff.assistants.base import Returned, Said, Snapshot
from handoff.assistants.human_request import wants_person
from handoff.briefing import visitor_facts
from handoff.knowledge import Articles
from handoff.models import Assistant, Automation, FlowRun, Handoff
from handoff.states import Outcome, State

MOST_MESSAGES = 60
ENDS_OF_REQUESTS = ("handoff.returned", "handoff.returned_to_flow", "handoff.expired")


def leading(conversation_id: int) -> Handoff | None:
    """The open handoff, which alone says who leads; None means automation."""
    return Handoff.objects.open().filter(conversation_id=conversation_id).select_related("engaged_by").first()


def assistant_of(chat_page_id: int) -> Assistant | None:
    """The assistant that the chat page runs."""
    found = Automation.objects.filter(chat_page_id=chat_page_id).select_related("assistant").first()
    return found.assistant if found else None


def chat_status(conversation: Conversation | None, chat_page_id: int) -> Speaker:
    """Who is speaking now, in the customer's words."""
    if conversation and conversation.status == Conversation.Status.RESOLVED:
        return Speaker("finished", _("Closed"), "", _("This conversation is closed. Write to start a new one."))
    handoff = leading(conversation.pk) if conversation else None
    if handoff and handoff.state == State.ENGAGED:
        person = handoff.engaged_by
        return Speaker("person", handoff.person_name, person.initials if person else "", "")
    if handoff:
        line = _("We are bringing in a teammate. Keep writing if you like: they will read everything.")
        return Speaker("waiting", _("Waiting for a teammate"), "", line)
    runs = Automation.objects.filter(chat_page_id=chat_page_id).select_related("assistant", "flow", "chat_page").first()
    if runs and runs.assistant:
        return Speaker("assistant", runs.assistant.name, "", "", ("person",))
    if runs and runs.flow and runs.flow.live_id:
        return Speaker("flow", runs.chat_page.name, "", "", ("person",))
    return Speaker("nobody", "", "", _("A teammate will answer you here."), ("person",))


@dataclass(frozen=True, slots=True)
class Briefed:
    """A snapshot for an engine, and the newest entry that an answer to it covers."""

    assistant: Assistant
    snapshot: Snapshot
    upto_seq: int
    last_said_at: float  # seconds since the epoch; when the visitor last said something


def snapshot(conversation: Conversation, *, new_from: int | None = None) -> Briefed | None:
    """What an engine may know now; None where the chat page runs no assistant.

    A flow that has used some words itself says from which entry on the engine has to answer.
    """
    assistant = assistant_of(conversation.chat_page_id)
    if assistant is None:
        return None
    newest = list(
        Message.objects.filter(conversation=conversation, audience="everyone", line="").order_by("-seq")[:MOST_MESSAGES]
    )[::-1]
    visitors = [message for message in newest if message.author == "visitor"]
    if new_from is None:
        new_from = answered_upto(conversation) + 1
    language = conversation.language or "en"
    heard_upto = wishes_heard_upto(conversation)
    newest = [one for one in newest if not (new_from <= one.seq <= heard_upto and wants_person(one.body, language))]
    facts = {key: str(value) for key, value in visitor_facts(conversation.visitor).items()}
    return Briefed(
        assistant=assistant,
        snapshot=Snapshot(
            language=language,
            assistant_name=assistant.name,
            instructions=assistant.instructions,
            messages=tuple(Said(one.seq, one.author, one.author_name, one.body) for one in newest),  # type: ignore[arg-type]  # the column's choices are the port's
            memory={fact.key: fact.value for fact in conversation.visitor.memories.all()},
            visitor=facts,
            knowledge=Articles(assistant.pk),
            new_from=new_from,
            returned=_returned(conversation),
            sureness=assistant.sureness,
        ),
        upto_seq=visitors[-1].seq if visitors else 0,
        last_said_at=visitors[-1].created_at.timestamp() if visitors else 0.0,
    )


def answered_upto(conversation: Conversation) -> int:
    """The newest entry that a completed turn, a flow or a person has answered.

    Counted by what each turn had read, not by where its answer stands: words that came in while it was
    thinking stand before the answer and are still unanswered.
    """
    by_turns = Turn.objects.filter(conversation=conversation, state=Turn.State.COMPLETED).aggregate(seq=Max("upto_seq"))
    by_people = Message.objects.filter(conversation=conversation, author="person", audience="everyone").aggregate(
        seq=Max("seq")
    )
    by_flows = FlowRun.objects.filter(conversation=conversation).aggregate(seq=Max("heard"))
    return max(by_turns["seq"] or 0, by_people["seq"] or 0, by_flows["seq"] or 0)


def spoken_upto(conversation: Conversation) -> int:
    """The newest entry that the assistant or a person said to the customer."""
    said = Message.objects.filter(conversation=conversation, author__in=["assistant", "person"], audience="everyone")
    return said.aggregate(seq=Max("seq"))["seq"] or 0


def is_waiting(conversation: Conversation) -> bool:
    """Whether the visitor has said something that nobody has answered."""
    unanswered = Message.objects.filter(
        conversation=conversation, author="visitor", seq__gt=answered_upto(conversation)
    )
    return unanswered.exists()


def has_newer_words(conversation: Conversation, upto_seq: int) -> bool:
    """Whether the visitor has said more since that entry."""
    return Message.objects.filter(conversation=conversation, author="visitor", seq__gt=upto_seq).exists()


def wishes_heard_upto(conversation: Conversation) -> int:
    """Where the newest request for a person ended: a wish before it has had its answer, and asks for none again."""
    lines = Message.objects.filter(conversation=conversation, line__in=ENDS_OF_REQUESTS)
    return lines.aggregate(seq=Max("seq"))["seq"] or 0


def _returned(conversation: Conversation) -> Returned | None:
    handoff = (
        Handoff.objects.filter(conversation=conversation, outcome=Outcome.RETURNED)
        .select_related("engaged_by", "finished_by").order_by("-pk").first()
    )  # fmt: skip
    if handoff is None:
        return None
    words = (
        Message.objects.filter(conversation=conversation, author="person", audience="everyone").order_by("-seq").first()
    )
    person = handoff.finished_by or handoff.engaged_by
    return Returned(
        teammate=person.shown_name if person else handoff.engaged_name,
        note=handoff.note,
        last_words=words.body if words else "",
    )
