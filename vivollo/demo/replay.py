"""Plays one canned conversation through the services, then moves it into the past, so that every rule has held."""

from __future__ import annotations

import inspect
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest

from conversations import turns, visits
from conversations.forms import Told
from conversations.models import ChatPage, Conversation, Event, Memory, Message, PageView, Turn, Visitor
from conversations.services import append_locked, post_visitor_message, remember_locked
from handoff import assignments, services
from handoff.models import Assignment, Attempt, Briefing, Handoff, Team, Teammate
from handoff.outcomes import ReasonCode
from vivollo.demo.content import CUSTOMER_NOTE
from vivollo.demo.shapes import CannedConversation

MOMENT = timedelta(milliseconds=12)


def inside(service: Callable[..., Any]) -> Callable[..., Any]:
    """The service without its own transaction: the whole demo is one, so that a failure leaves nothing half done."""
    unwrapped: Callable[..., Any] = inspect.unwrap(service)
    return unwrapped


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the chat page and the people on our side."""

    chat_page: ChatPage
    people: dict[str, Teammate]
    teams: dict[str, Team]


@dataclass(frozen=True, slots=True)
class Note:
    """What a teammate wrote for teammates only, right after the step with this index."""

    step: int
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Extras:
    """What else happened in a conversation: tags, notes, and the team that it was given to."""

    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    given_by: str = ""
    given_to: str = ""


@dataclass(slots=True)
class Replay:
    """One conversation as it is being played; `seq` and `event` are how far it has been moved into the past."""

    canned: CannedConversation
    cast: Cast
    now: datetime
    extras: Extras = field(default_factory=Extras)
    visitor: Visitor = field(init=False)
    conversation: Conversation = field(init=False)
    seqs: dict[int, int] = field(default_factory=dict)
    seq: int = 0
    event: int = 0
    began: datetime | None = None

    def play(self) -> Conversation:
        """The conversation as it stands now, with its whole past."""
        chance = random.Random(self.canned.key)  # noqa: S311  # the same demo everywhere
        late = timedelta(seconds=chance.randint(5, 52))
        self.visitor = self._arrive(late)
        self.event = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
        for at, action in _in_time(list(self._actions()), self.now - late, chance, self.now):
            action(at)
            self._settle(at)
        self._close()
        return self.conversation

    def _arrive(self, late: timedelta) -> Visitor:
        who = self.canned.visitor
        seen = [(view, self.now - late - timedelta(minutes=view.minutes_ago)) for view in self.canned.pages]
        first, last = seen[0], seen[-1]
        chance = random.Random(f"{self.canned.key} pages")  # noqa: S311  # the same demo everywhere
        visitor = Visitor.objects.create(
            chat_page=self.cast.chat_page, external_id=who.verified_id, name=who.name, email=who.email,
            attributes={key: value == "yes" if key == "vip" else value for key, value in who.attributes.items()},
            visits=chance.randint(1, 6), first_seen_at=first[1], last_seen_at=last[1], **self._visit(),
        )  # fmt: skip
        PageView.objects.bulk_create(
            PageView(
                visitor=visitor, view_id=uuid.UUID(int=chance.getrandbits(128)), url=view.path, title=view.title,
                referrer=view.referrer, seen_at=at,
            )
            for view, at in seen
        )  # fmt: skip
        return visitor

    def _visit(self) -> dict[str, str]:
        """What the chat page would have read from such a browser."""
        who, pages = self.canned.visitor, self.canned.pages
        request = HttpRequest()
        request.META["HTTP_USER_AGENT"] = who.user_agent
        told = Told(who.language, who.time_zone, pages[0].referrer, pages[-1].path, pages[-1].title, identity="")
        return visits.read(request, told).known()

    def _actions(self) -> Iterator[tuple[int, Callable[[datetime], None]]]:
        """What happens, each with its minutes ago, oldest first."""
        steps, stand = self.canned.steps, self.canned.stand
        over = stand.state != "finished"
        for index, step in enumerate(steps):
            if not over and step.minutes_ago < stand.finished:
                yield stand.finished, self._end
                over = True
            yield step.minutes_ago, lambda _, index=index: self._say(index)  # type: ignore[misc]  # bound by its default
            for note in (one for one in self.extras.notes if one.step == index):
                yield step.minutes_ago, lambda _, note=note: self._note(note)  # type: ignore[misc]  # bound by its default
        if self.extras.given_to:
            yield steps[-1].minutes_ago, self._give
        if not over:
            yield stand.finished, self._end

    def _say(self, index: int) -> None:
        step = self.canned.steps[index]
        who, _, username = step.who.partition(":")
        if who == "visitor":
            posted = inside(post_visitor_message)(
                visitor=self.visitor.public_id,
                chat_page=self.cast.chat_page.slug,
                client_id=uuid.uuid5(self.visitor.public_id, str(index)),
                body=step.text,
            )
            self.conversation = Conversation.objects.locked(posted.conversation_id)
            self.seqs[index] = posted.seq
        elif who == "person":
            self.seqs[index] = inside(services.take_over)(
                conversation_id=self.conversation.pk, teammate=self.cast.people[username], body=step.text
            ).seq
        else:
            self._answer(index)

    def _answer(self, index: int) -> None:
        """The assistant's words in a running turn, with what it tried, learned and wished for before them."""
        step, stand = self.canned.steps[index], self.canned.stand
        turn = self._turn()
        for fact in self.canned.learned:
            if fact.step < index and not self.visitor.memories.filter(key=fact.key).exists():
                heard = self.conversation.messages.get(seq=self.seqs[fact.step])
                remember_locked(self.conversation, key=fact.key, value=fact.value, message_id=heard.pk)
        before = max((i for i in range(index) if self.canned.steps[i].who == "assistant"), default=-1)
        Attempt.objects.bulk_create(
            Attempt(turn=turn, kind=one.kind, query=one.query, found=list(one.found), result=one.result, shown=one.shown)
            for one in self.canned.attempts
            if before < one.step < index
        )  # fmt: skip
        name = self.cast.chat_page.automation.assistant
        said = append_locked(
            self.conversation, author="assistant", body=step.text, author_name=str(name), turn_id=turn.pk
        )
        self.seqs[index] = said.seq
        if step.text == CUSTOMER_NOTE:
            services.open_locked(
                self.conversation, code=ReasonCode(stand.code), reason=stand.reason, by="assistant",
                open_question=stand.open_question, turn=turn,
            )  # fmt: skip
        turns.complete_locked(turn, upto_seq=max(seq for i, seq in self.seqs.items() if i < index))

    def _turn(self) -> Turn:
        waiting = self.conversation.events.filter(kind__in=settings.EVENT_HANDLERS, turns__isnull=True)
        event = waiting.order_by("-pk")[0]
        return Turn.objects.create(
            conversation=self.conversation, event=event, state=Turn.State.RUNNING, claim=1,
            lease_until=self.now, upto_seq=self.conversation.last_seq, created_at=event.created_at + MOMENT,
        )  # fmt: skip

    def _note(self, note: Note) -> None:
        by = self.cast.people[note.by]
        append_locked(
            self.conversation, author="person", audience="team", body=note.text, author_name=by.shown_name,
            teammate_id=by.pk,
        )  # fmt: skip

    def _give(self, at: datetime) -> None:
        inside(assignments.assign)(
            conversation_id=self.conversation.pk,
            by=self.cast.people[self.extras.given_by],
            team=self.cast.teams[self.extras.given_to],
        )

    def _end(self, at: datetime) -> None:
        stand = self.canned.stand
        verb = services.hand_back if stand.outcome == "returned" else services.finish
        inside(verb)(conversation_id=self.conversation.pk, teammate=self.cast.people[stand.engaged_by])

    def _settle(self, at: datetime) -> None:
        """Whatever this action has written happened at `at`, and nobody has to hear of it any more."""
        new = list(Message.objects.filter(conversation=self.conversation, seq__gt=self.seq).order_by("seq"))
        for message in new:
            message.created_at = at + MOMENT * (message.seq - self.seq)
        Message.objects.bulk_update(new, ["created_at"])
        said = {message.pk: message.created_at for message in new}
        after = at + MOMENT * 8
        events = list(Event.objects.filter(conversation=self.conversation, pk__gt=self.event).order_by("pk"))
        for order, event in enumerate(events):
            otherwise = at if event.kind == "conversation.started" else after + MOMENT * order
            event.created_at = event.try_at = said.get(event.data.get("message_id"), otherwise)
            event.delivered_at = event.created_at + MOMENT
        Event.objects.bulk_update(events, ["created_at", "try_at", "delivered_at"])
        self.began = self.began or at
        self.seq, self.event = max(self.seq, *(one.seq for one in new)), max(self.event, *(one.pk for one in events))
        if any(message.author != "visitor" for message in new):
            self._settle_the_rest(at, after)

    def _settle_the_rest(self, at: datetime, after: datetime) -> None:
        mine, fresh = {"conversation": self.conversation}, {"created_at__gte": self.now}
        Turn.objects.filter(**mine, ended_at__gte=self.now).update(ended_at=after, lease_until=after)
        Attempt.objects.filter(turn__conversation=self.conversation, **fresh).update(created_at=at)
        Memory.objects.filter(visitor=self.visitor, **fresh).update(created_at=at, updated_at=at)
        for handoff in Handoff.objects.filter(**mine).select_related("briefing"):
            for name in ("requested_at", "engaged_at", "finished_at"):
                if (getattr(handoff, name) or at) >= self.now:
                    setattr(handoff, name, after)
            handoff.save(update_fields=["requested_at", "engaged_at", "finished_at"])
            Briefing.objects.filter(pk=handoff.briefing.pk, **fresh).update(created_at=at)
        Conversation.objects.filter(pk=self.conversation.pk, resolved_at__gte=self.now).update(resolved_at=after)
        Assignment.objects.filter(**mine, assigned_at__gte=self.now).update(assigned_at=after)

    def _close(self) -> None:
        """The thread's own times are those of its entries."""
        words = self.conversation.messages.filter(line="", audience="everyone").order_by("-seq")
        heard = words.filter(author="visitor").values_list("created_at", flat=True)[0]
        Conversation.objects.filter(pk=self.conversation.pk).update(
            created_at=self.began, last_at=words.values_list("created_at", flat=True)[0]
        )
        Visitor.objects.filter(pk=self.visitor.pk).update(last_seen_at=max(self.visitor.last_seen_at, heard))
        self.conversation.refresh_from_db()


def _in_time(
    actions: Iterable[tuple[int, Callable[[datetime], None]]], start: datetime, chance: random.Random, now: datetime
) -> list[tuple[datetime, Callable[[datetime], None]]]:
    """Each action with its moment: minutes ago, but some seconds after the one before, and never in the future."""
    moments: list[datetime] = []
    for minutes_ago, _ in actions:
        earliest = start - timedelta(minutes=minutes_ago)
        if moments:
            earliest = max(earliest, moments[-1] + timedelta(seconds=chance.uniform(2, 9)))
        moments.append(earliest)
    beyond = max(timedelta(0), moments[-1] + timedelta(seconds=2) - now) if moments else timedelta(0)
    return [(moment - beyond, action) for moment, (_, action) in zip(moments, actions, strict=True)]
