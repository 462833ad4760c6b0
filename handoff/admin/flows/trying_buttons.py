"""The buttons of a try: what is posted becomes an action of the play, or is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict

from conversations import answers, offers
from handoff.flows.playing import (
    Action,
    Finishes,
    HandsBack,
    Passes,
    Refused,
    ServiceAnswers,
    ServiceFails,
    TakesOver,
    WantsPerson,
    Writes,
)
from handoff.flows.scenes import Scene

LONGEST = 4000
MOST_SECONDS = 90 * 24 * 3600


def _words(post: QueryDict, name: str) -> str:
    found = post.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
    if not found:
        raise Refused("Write something first.")
    return found


def _sends(post: QueryDict, scene: Scene) -> Action:
    form = offers.read_form(scene.offer.get("form"))
    if form is None:
        raise Refused("This form is not open any more.")
    values = answers.read(post, len(scene.transcript), form)
    return Writes(form.words(values), values)


def _hands_back(post: QueryDict, scene: Scene) -> Action:
    ways: dict[str, Action] = {
        way: HandsBack(way, post.get("note", "").strip()[:1000]) for way in ("resume", "assistant", "wrap_up")
    }
    return ways.get(post.get("way", ""), ways["resume"])


def _passes(post: QueryDict, scene: Scene) -> Action:
    typed = post.get("seconds", "")
    seconds = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    if not 0 < seconds <= MOST_SECONDS:
        raise Refused("Time passes by at most 90 days at once.")
    return Passes(seconds)


def _answers(post: QueryDict, scene: Scene) -> Action:
    status = post.get("status", "")
    return ServiceAnswers(
        post.get("answer", "")[: 4 * LONGEST], int(status) if status in ("200", "201", "204") else 200
    )


DOINGS: dict[str, Callable[[QueryDict, Scene], Action]] = {
    "say": lambda post, scene: Writes(_words(post, "words")),
    "option": lambda post, scene: Writes(_words(post, "option")),
    "form": _sends,
    "want_person": lambda post, scene: WantsPerson(),
    "take_over": lambda post, scene: TakesOver(_words(post, "reply")),
    "hand_back": _hands_back,
    "finish": lambda post, scene: Finishes(),
    "pass": _passes,
    "answer": _answers,
    "fail": lambda post, scene: ServiceFails(post.get("trouble", "").strip()[:500]),
}
