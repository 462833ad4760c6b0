"""What the page of a try says: the rows of the thread, who leads, what is known, and what happens by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations import offers
from handoff.flows.play_clock import duration
from handoff.flows.scenes import House, Scene, Shown

LEADERS = {  # who leads → the hue, its shape, its words
    "automation": ("assistant", "✦", "Automation leads"),
    "waiting": ("waiting", "◔", "Waiting for a teammate"),
    "person": ("person", "☻", "leads"),
    "closed": ("finished", "✓", "Closed"),
    "elsewhere": ("finished", "→", "Goes on in another flow"),
}
GLYPHS = {
    "flow": ("assistant", "▸"), "tag": ("finished", "#"), "field": ("finished", "≔"), "memory": ("finished", "≡"),
    "assign": ("person", "→"), "handoff": ("waiting", "◔"), "expired": ("waiting", "◔"), "person": ("person", "☻"),
    "note": ("person", "✎"), "call": ("waiting", "↗"), "trouble": ("danger", "!"), "time": ("finished", "◷"),
    "closed": ("finished", "✓"), "tried": ("assistant", "⌕"),
}  # fmt: skip


def row(shown: Shown, house: House) -> dict[str, Any]:
    """One entry of the thread: who said it, or what was done."""
    hue, glyph = GLYPHS.get(shown.mark, ("finished", "·"))
    names = {
        "visitor": "Customer", "person": house.teammate, "flow": "Flow", "system": "Note to the customer",
        "assistant": house.assistant.name if house.assistant else "Assistant",
    }  # fmt: skip
    return {
        "shown": shown,
        "hue": hue,
        "glyph": glyph,
        "name": names.get(shown.who, ""),
        "card": offers.read_card(shown.params.get("card")),
    }


def leader(scene: Scene, teammate: str) -> tuple[str, str, str]:
    """Who leads: the hue, its shape, its words."""
    state = "elsewhere" if scene.elsewhere else "closed" if scene.is_closed else scene.leads
    hue, glyph, words = LEADERS[state]
    return hue, glyph, f"{teammate} {words}" if state == "person" else words


def known(scene: Scene) -> list[tuple[str, list[tuple[str, Any]]]]:
    """What is known in the play, group by group; empty groups are left out."""
    responsible = " · ".join(filter(None, (scene.teammate, scene.team)))
    customer = {
        key.partition(".")[2].replace("_", " "): one for key, one in scene.facts.items() if one not in ("", None)
    }
    groups: list[tuple[str, Mapping[str, Any]]] = [
        ("Variables", scene.variables),
        ("Changed", {"tags": ", ".join(scene.tags), "responsible": responsible} | dict(scene.fields)),
        ("Remembered", scene.memory),
        ("The customer", customer | {"saw": " ".join(scene.pages)}),
    ]
    shown = [(name, [(key, _said(one)) for key, one in rows.items() if one != ""]) for name, rows in groups]
    return [(name, rows) for name, rows in shown if rows]


def _said(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def due(scene: Scene) -> dict[str, Any] | None:
    """The next thing that happens by itself."""
    if not scene.timers:
        return None
    name, moment = min(scene.timers, key=lambda one: one[1])
    words = {"step": "the wait is over", "silence": "they have been silent", "wrap": "wrapping up is over"}
    left = moment - scene.clock
    seconds = int(left.total_seconds())
    return {"seconds": seconds, "words": words[name], "left": duration(seconds)}
