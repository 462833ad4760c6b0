"""The demo's shop and its day: every link leads somewhere, and nothing is said that no article says."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from handoff.assistants.courtesy import is_courtesy
from handoff.assistants.human_request import wants_person
from handoff.outcomes import REASON_LIMIT, ReasonCode
from vivollo.demo import content

PATHS = {page.path: page for page in content.PAGES.values()}
ANCHORS = {f"{page.path}#{section.anchor}" for page in PATHS.values() for section in page.sections}
DAY = content.CANNED_CONVERSATIONS


@pytest.mark.parametrize("path", PATHS)
def test_each_page_is_served_with_the_real_embed_script_and_nothing_inline(path):
    answer = Client().get(path)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<script src="/embed.js" data-page="shop" defer></script>' in html
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", html)


@pytest.mark.parametrize("path", ["/demo/nothing/", "/demo/imbat-table-lamp/nothing/"])
def test_a_page_that_the_shop_has_not_is_not_found(path):
    assert Client().get(path).status_code == 404


def test_the_front_door_links_every_part():
    html = Client().get("/").content.decode()
    for path in ("/demo/", "/chat/shop/", "/inbox/", "/admin/"):
        assert f'href="{path}"' in html


def test_every_article_links_to_a_section_that_is_there():
    assert {article.url for article in content.ARTICLES} <= ANCHORS


def test_there_is_knowledge_in_both_languages():
    languages = [article.language for article in content.ARTICLES]
    assert languages.count("en") >= 24
    assert languages.count("tr") >= 6
    assert len({article.key for article in content.ARTICLES}) == len(content.ARTICLES)


@pytest.mark.parametrize("canned", DAY, ids=lambda canned: canned.key)
def test_the_assistant_only_quotes_articles_is_polite_or_brings_someone_in(canned):
    paragraphs = {part for article in content.ARTICLES for part in article.body.split("\n\n")}
    for step in canned.steps:
        if (
            step.who != "assistant"
            or step.text == content.CUSTOMER_NOTE
            or is_courtesy(step.text, content.ASSISTANT_NAME)
        ):
            continue
        *said, link = step.text.split("\n\n")
        assert (set(said) <= paragraphs and link.split()[-1] in ANCHORS) or link.startswith("Thanks, I have noted")


@pytest.mark.parametrize("canned", DAY, ids=lambda canned: canned.key)
def test_a_canned_conversation_is_told_in_order_and_by_people_who_exist(canned):
    usernames = {person.username for person in content.TEAMMATES}
    times = [step.minutes_ago for step in canned.steps]
    assert times == sorted(times, reverse=True)
    assert {step.who.partition(":")[2] for step in canned.steps if step.who.startswith("person:")} <= usernames
    assert all(PATHS[seen.path].title == seen.title for seen in canned.pages)
    for learned in canned.learned:
        assert learned.value in canned.steps[learned.step].text
    for looked in canned.attempts:
        assert canned.steps[looked.step].who == "visitor"


@pytest.mark.parametrize(
    "canned", [one for one in DAY if one.stand.state != "automation"], ids=lambda canned: canned.key
)
def test_every_handoff_of_the_day_has_its_code_reason_note_and_times(canned):
    stand = canned.stand
    assert stand.code in set(ReasonCode)
    assert 0 < len(stand.reason) <= REASON_LIMIT
    assert any(step.text == content.CUSTOMER_NOTE and step.minutes_ago == stand.requested for step in canned.steps)
    if stand.code == ReasonCode.CUSTOMER_REQUEST:
        asked = [step.text for step in canned.steps if step.who == "visitor" and step.minutes_ago >= stand.requested]
        assert any(wants_person(text, canned.visitor.language) for text in asked)
    if stand.engaged_by:
        first = next(step for step in canned.steps if step.who.startswith("person:"))
        assert (first.who, first.minutes_ago) == (f"person:{stand.engaged_by}", stand.engaged)
        assert stand.requested >= stand.engaged >= stand.finished


def test_the_day_shows_every_state():
    assert {(one.stand.state, one.stand.outcome) for one in DAY} >= {
        ("automation", ""),
        ("requested", ""),
        ("engaged", ""),
        ("finished", "resolved"),
        ("finished", "returned"),
    }
    assert {one.visitor.language for one in DAY} == {"en", "tr"}
    assert any(not one.visitor.name for one in DAY)
    assert any(one.visitor.attributes.get("vip") for one in DAY)


def test_three_people_sign_in_with_different_roles():
    assert [role for _, _, role in content.SIGN_INS] == ["supervisor", "agent", "admin"]
