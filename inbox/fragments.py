"""The queue's frames: the same row that the page renders, once for each language in a process."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from conversations.hub import Feed
from conversations.live import Hint
from inbox import selectors
from inbox.queues import shown
from inbox.rows import micros

ROW_NEWS = frozenset({"entries", "state"})


class Queue(Feed):
    """All conversations as the teammates' queue shows them; each browser places a row in the view it shows."""

    pause = 0.25  # last words may wait so long, and a burst becomes one frame; who leads is told at once

    async def frames(self, hints: list[Hint], languages: set[str]) -> dict[str, str]:
        """The rows that the hints speak of, with the counts where one of them may have moved."""
        news = [hint for hint in hints if hint["what"] in ROW_NEWS]
        if not news:
            return {}
        rows = await selectors.rows_here({hint["conversation"] for hint in news})
        moved = any(hint["what"] == "state" or hint.get("first") for hint in news)
        counts = await selectors.counts_here() if moved else {}
        asked_for = {hint.get("requested") for hint in news}
        context = {
            "rows": rows,
            "counts": {name: shown(count) for name, count in counts.items()},
            # A teammate who pulls a conversation requests and engages at once: nobody is called for that.
            "requested": [row.handoff_id for row in rows if row.handoff_id in asked_for and row.state == "waiting"],
            "now": micros(timezone.now()) // 1000,
        }
        return {language: self.render(language, context) for language in languages}

    def is_urgent(self, hint: Hint) -> bool:
        """Whether somebody began to wait, or who leads has changed: that goes out at once."""
        return bool(hint["what"] == "state")

    def render(self, language: str, context: dict[str, Any]) -> str:
        """One frame."""
        with translation.override(language):
            return render_to_string("inbox/index.html#frame", context)
