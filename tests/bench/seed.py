"""Fills a database with many conversations by a few statements: `manage.py bench inbox` stands on it.

What is open stays the same as history grows, as it does in a team that keeps up: of the first thousand, 60 wait for
a person, 60 are with one and 100 with automation; all others are resolved. Each has six messages and its visitor two
page views, spread over the last ninety days.
"""

from __future__ import annotations

from django.db import connection

from conversations.models import ChatPage
from handoff.models import Assistant, Automation, Team, Teammate

STATEMENTS = (
    """INSERT INTO conversations_visitor (public_id, chat_page_id, external_id, name, email, phone, attributes, claims,
           language, time_zone, place, place_source, browser, system, device, referrer, page_url, page_title, visits)
       SELECT gen_random_uuid(), %(page)s, '', 'Visitor ' || n, 'v' || n || '@example.com', '', '{}', '{}', 'en',
           'Europe/Istanbul', 'Istanbul', 'time zone', 'Firefox', 'Linux', 'Desktop', '', '/demo/', 'Shop', 1
       FROM generate_series(%(low)s, %(high)s) n""",
    """INSERT INTO conversations_pageview (visitor_id, view_id, url, title, referrer, seen_at)
       SELECT v.id, gen_random_uuid(), '/demo/' || k, 'Page ' || k, '', now() - interval '1 hour'
       FROM conversations_visitor v, generate_series(1, 2) k WHERE v.id > %(visitors)s""",
    """INSERT INTO conversations_conversation (public_id, chat_page_id, visitor_id, status, language, last_seq, last_words,
           last_author, last_at, created_at, resolved_at)
       SELECT gen_random_uuid(), %(page)s, v.id, CASE WHEN v.id - %(first)s < 220 THEN 'open' ELSE 'resolved' END, 'en', 6,
           'The last words of ' || v.name, 'visitor', now() - (v.id %% 129600) * interval '1 minute',
           now() - (v.id %% 129600 + 10) * interval '1 minute',
           CASE WHEN v.id - %(first)s >= 220 THEN now() - (v.id %% 129600) * interval '1 minute' END
       FROM conversations_visitor v WHERE v.id > %(visitors)s""",
    """INSERT INTO conversations_message (conversation_id, seq, author, audience, body, line, params, author_name, created_at)
       SELECT c.id, k, 'visitor', 'everyone', 'Message ' || k || ' about order ' || c.id, '', '{}', '',
           c.created_at + k * interval '1 minute'
       FROM conversations_conversation c, generate_series(1, 6) k WHERE c.id > %(conversations)s""",
    """INSERT INTO handoff_handoff (conversation_id, state, code, reason, requested_by, requested_at, engaged_at,
           engaged_by_id, engaged_desk, engaged_name, finished_at, finished_by_id, outcome, note)
       SELECT c.id, s.state, 'out_of_scope', 'No article covers order ' || c.id || '.', 'assistant', c.created_at,
           CASE WHEN s.state <> 'requested' THEN c.created_at + interval '1 minute' END,
           CASE WHEN s.state <> 'requested' THEN %(teammate)s END, '', '',
           CASE WHEN s.state = 'finished' THEN c.created_at + interval '9 minutes' END,
           CASE WHEN s.state = 'finished' THEN %(teammate)s END,
           CASE WHEN s.state = 'finished' THEN 'resolved' ELSE '' END, ''
       FROM conversations_conversation c,
           LATERAL (SELECT CASE WHEN c.visitor_id - %(first)s < 60 THEN 'requested' WHEN c.visitor_id - %(first)s < 120
                    THEN 'engaged' ELSE 'finished' END AS state) s
       WHERE c.id > %(conversations)s AND (c.visitor_id - %(first)s < 120 OR c.status = 'resolved')""",
    """INSERT INTO handoff_briefing (handoff_id, open_question, facts, attempts, context, created_at)
       SELECT h.id, 'Where is it?', '[]', '[]', '{}', h.requested_at
       FROM handoff_handoff h WHERE h.conversation_id > %(conversations)s""",
    """INSERT INTO handoff_assignment (conversation_id, teammate_id, assigned_at)
       SELECT h.conversation_id, %(teammate)s, h.engaged_at
       FROM handoff_handoff h WHERE h.conversation_id > %(conversations)s AND h.state = 'engaged'""",
)


def cast() -> tuple[ChatPage, Teammate]:
    """The chat page with its assistant, and one teammate; made once."""
    page, made = ChatPage.objects.get_or_create(slug="bench", defaults={"name": "Bench", "greeting": "Hello"})
    if made:
        assistant = Assistant.objects.create(name="Lumi")
        team = Team.objects.create(name="Support")
        Automation.objects.create(chat_page=page, assistant=assistant, default_team=team)
    teammate = Teammate.objects.filter(username="ada").first()
    return page, teammate or Teammate.objects.create_user("ada", password="bench-password", display_name="Ada")


def fill(many: int) -> None:
    """Add so many conversations, and let the planner know."""
    page, teammate = cast()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM conversations_visitor")
        visitors = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(min(id), %s) FROM conversations_visitor", [visitors + 1])
        first = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(max(id), 0) FROM conversations_conversation")
        params = {
            "page": page.pk,
            "teammate": teammate.pk,
            "low": visitors + 1,
            "high": visitors + many,
            "visitors": visitors,
            "first": first,
            "conversations": cursor.fetchone()[0],
        }
        for statement in STATEMENTS:
            cursor.execute(statement, params)
        cursor.execute("VACUUM ANALYZE")
