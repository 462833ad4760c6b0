"""The script that a host page loads."""

from __future__ import annotations

from pathlib import Path


def test_the_script_is_served_at_the_root_with_a_short_cache(client, db):
    answer = client.get("/embed.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.content == Path("static/js/embed.js").read_bytes()


def test_it_speaks_and_listens_to_the_chats_own_origin_only():
    script = Path("static/js/embed.js").read_text()
    assert "postMessage({ vivollo: message }, origin)" in script
    assert "event.origin !== origin" in script
    assert '"*"' not in script + Path("static/js/chat.js").read_text()
