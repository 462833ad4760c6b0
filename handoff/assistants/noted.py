"""How the assistant says what it has noted, in the visitor's language."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.outcomes import Remember

_WORDS = {
    "en": {
        "name": "your name ({})",
        "email": "your e-mail address ({})",
        "phone": "your phone number ({})",
        "order_number": "order number {}",
        "note": "that: “{}”",
    },
    "tr": {
        "name": "adınızı ({})",
        "email": "e-posta adresinizi ({})",
        "phone": "telefon numaranızı ({})",
        "order_number": "sipariş numaranızı ({})",
        "note": "şunu: “{}”",
    },
}
_SENTENCES = {"en": ("Thanks, I have noted {}.", " and "), "tr": ("Teşekkürler, {} not ettim.", " ve ")}


def acknowledgement(memories: Sequence[Remember], language: str) -> str:
    """“Thanks, I have noted order number 10482.”"""
    language = language if language in _WORDS else "en"
    words = _WORDS[language]
    parts = [words["note" if memory.key.startswith("note") else memory.key].format(memory.value) for memory in memories]
    sentence, joint = _SENTENCES[language]
    listed = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + joint + parts[-1]
    return sentence.format(listed)
