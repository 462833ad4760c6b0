"""Which language the visitor writes: Turkish or English where the words show it, else what the page says."""

from __future__ import annotations

import re

from handoff.assistants.words import tokens

_TURKISH_LETTERS = re.compile(r"[ğışİĞŞ]")
_TURKISH_SIGNS = frozenset(
    """merhaba selam ve bir bu icin ile mi miyim misiniz nasil nerede neden ne zaman kac kadar var yok istiyorum
    istemiyorum lutfen evet hayir tesekkurler tesekkur siparis siparisim kargo kargom iade para param urun gun degil
    ben bana benim sizin tamam sagol lazim gunaydin iyi aksamlar gunler temsilci temsilciye musteri insan biri biriyle
    canli destek gorusmek konusmak baglar baglayin beni adim numaram unutma unutmayin geldi gelmedi nerde hala""".split()
)
_ENGLISH_SIGNS = frozenset(
    """the a an is are was i my me you your it to of and or how what where when why which can could do does did have
    has not please thanks thank hello hi hey order for with want need would will in on from this that no yes agent
    human person someone talk speak help""".split()
)
_SHARED = frozenset({"a", "in", "on", "an", "no", "o", "de", "ne"})


def language_of(text: str, fallback: str) -> str:
    """`tr`, `en`, or the fallback when the words show neither; other languages are not guessed."""
    words = set(tokens(text)) - _SHARED
    turkish = len(words & _TURKISH_SIGNS) + 2 * bool(_TURKISH_LETTERS.search(text))
    english = len(words & _ENGLISH_SIGNS)
    if turkish == english:
        return fallback
    return "tr" if turkish > english else "en"
