"""Fills the demo: the shop's chat page, its assistant and team, and a day of earlier conversations."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from conversations.models import ChatPage, Conversation, Event
from handoff.models import Assistant, Automation, KnowledgeArticle, Team, Teammate
from vivollo.demo import content, house
from vivollo.demo.replay import Cast, Extras, Note, Replay
from vivollo.demo.shapes import Person

LOCK = 20_261_122  # two seeds at once: the second waits and then finds the demo

EXTRAS = {
    "broken-twice": Extras(tags=("complaint", "delivery")),
    "charged-twice": Extras(tags=("refund",)),
    "forty-lamps": Extras(tags=("trade",), given_by="ada", given_to="trade"),
    "round-again": Extras(tags=("delivery",)),
    "wrong-invoice": Extras(
        tags=("invoice",),
        notes=(Note(4, "ada", "Asked accounting to reissue 10377; they cannot backdate it, so the date may differ."),),
    ),
    "address": Extras(tags=("delivery",)),
    "fire": Extras(
        tags=("complaint",),
        notes=(Note(5, "ada", "Told Defne: the leaflet should say 4 W LED in larger letters."),),
    ),
    "gecikme": Extras(tags=("delivery",)),
    "voucher": Extras(tags=("refund",)),
}


def is_empty() -> bool:
    """Whether nobody has begun to use this database."""
    return not (ChatPage.objects.exists() or Conversation.objects.exists() or Teammate.objects.exists())


def is_there() -> bool:
    """Whether the demo's chat page exists, and with it the demo."""
    return ChatPage.objects.filter(slug=content.CHAT_PAGE).exists()


@transaction.atomic
def fill(*, only_if_empty: bool = False) -> int | None:
    """The demo is there, whole; returns how many conversations it has, or None where nothing was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if is_there() or (only_if_empty and not is_empty()):
        return None
    teams = {queue.slug: Team.objects.get_or_create(name=queue.name)[0] for queue in content.TEAMS}
    people = {person.username: _hire(person, teams) for person in content.TEAMMATES}
    tags = house.set_up_tags()
    cast = Cast(_open_chat_page(teams[content.TEAMS[0].slug]), people, teams)
    now = timezone.now()
    # The oldest first, so that numbers and times grow together.
    for canned in sorted(content.CANNED_CONVERSATIONS, key=lambda one: -one.steps[0].minutes_ago):
        extras = EXTRAS.get(canned.key, Extras())
        conversation = Replay(canned, cast, now, extras).play()
        conversation.tags.set(tags[name] for name in extras.tags)
    _set_up_the_rest(cast, now.year)
    return len(content.CANNED_CONVERSATIONS)


def _set_up_the_rest(cast: Cast, year: int) -> None:
    """The shop's hours, fields and flows. The chat page runs its flow from now on: what was said before had none."""
    house.set_up_hours(cast.teams[content.TEAMS[0].slug], year)
    house.set_up_fields()
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    cast.chat_page.automation.flow = house.set_up_flows(cast.people["chidi"])
    cast.chat_page.automation.save(update_fields=["flow"])
    Event.objects.filter(pk__gt=newest).update(delivered_at=timezone.now())  # nobody has to hear of it


def _open_chat_page(team: Team) -> ChatPage:
    """The chat page with an assistant that knows every article."""
    assistant = Assistant.objects.create(name=content.ASSISTANT_NAME, instructions=content.ASSISTANT_INSTRUCTIONS)
    KnowledgeArticle.objects.bulk_create(
        KnowledgeArticle(assistant=assistant, title=one.title, body=one.body, url=one.url, language=one.language)
        for one in content.ARTICLES
    )
    chat_page = ChatPage.objects.create(slug=content.CHAT_PAGE, name=content.SHOP.name, greeting=content.GREETING)
    Automation.objects.create(chat_page=chat_page, assistant=assistant, default_team=team, note=content.CUSTOMER_NOTE)
    return chat_page


def _hire(person: Person, teams: dict[str, Team]) -> Teammate:
    """Somebody who can sign in; one who is here already keeps their password."""
    found = Teammate.objects.filter(username=person.username).first()
    if found is None:
        first, _, last = person.display_name.partition(" ")
        found = Teammate.objects.create_user(
            person.username, person.email, person.password, role=person.role, first_name=first, last_name=last,
            display_name=person.display_name, is_staff=person.role in ("admin", "supervisor"),
            is_superuser=person.role == "admin",
        )  # fmt: skip
        if person.role == "supervisor":
            found.user_permissions.set(_supervisors_permissions())
    found.teams.add(*(teams[slug] for slug in person.teams))
    return found


def _supervisors_permissions() -> list[Permission]:
    """A supervisor reads everything in the admin and keeps articles and tags."""
    ours = Permission.objects.filter(content_type__app_label__in=["conversations", "handoff"])
    return list(
        ours.filter(
            Q(codename__startswith="view_")
            | Q(codename__in=["add_knowledgearticle", "change_knowledgearticle", "add_tag", "change_tag"])
        )
    )
