"""Which of the offered options a reply means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from handoff.assistants.words import fold, one_slip, stem, tokens

_NUMBERED = re.compile(
    r"\W{0,3}(?:(?:option|number|no|nr|the|secenek|numara)\W{0,3})?(?P<number>\d{1,2})\W{0,3}(?:one|option|secenek)?\W{0,3}"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth".split(),
    "birinci ikinci ucuncu dorduncu besinci altinci yedinci sekizinci dokuzuncu".split(),
    "ilki ikincisi ucuncusu dorduncusu besincisi altincisi yedincisi sekizincisi dokuzuncusu".split(),
)
_FILLING = frozenset("the one option please lutfen olan secenek i would like want to take choose it is".split())
_REFUSING = frozenset("not no dont don't never neither degil hayir yok istemiyorum istemem hicbiri none nor".split())
_ARTICLES = frozenset("a an the bir".split())
_CORRECTED = re.compile(
    r"\W*(?:no|nope|hayır|hayir|yok)\b[^,.;!\n]{0,60}[,.;!\n]+(?P<rest>.+)", re.IGNORECASE | re.DOTALL
)
_HOW_MANY = 99


def meant(text: str, options: Sequence[str], *, language: str) -> list[str]:
    """The options that a reply may mean, closest way of reading first: none, one, or several in doubt."""
    said = _bare(_plain(text))
    labels = [(option, _bare(_plain(option))) for option in options[:_HOW_MANY] if option.strip()]
    exact = [option for option, _ in labels if option.strip() == text.strip()] or _those(labels, said.__eq__)
    if exact or not said:
        return exact[:2]
    pointed = _pointed(text, options)
    begun = _those(labels, lambda label: label.startswith(said))
    if pointed:
        return list(dict.fromkeys((*pointed, *begun)))
    slipped = _those(labels, lambda label: _slip(said, label))
    found = slipped or begun or _mentioned(said.split(), labels, language)
    if not found and (corrected := _CORRECTED.fullmatch(text)):
        return meant(corrected["rest"], options, language=language)  # “no, an order”
    return found


def _those(labels: Sequence[tuple[str, str]], fits: Callable[[str], bool]) -> list[str]:
    return [option for option, label in labels if fits(label)]


def _slip(said: str, label: str) -> bool:
    """True for one slip of the finger in a label's letters; another figure is another option."""
    same_figures = [char for char in said if char.isdecimal()] == [char for char in label if char.isdecimal()]
    return same_figures and len(label) >= 4 and len(said) >= 3 and one_slip(said, label)


def _plain(text: str) -> str:
    return " ".join(tokens(text)) or fold(text).strip()


def _bare(words: str) -> str:
    """Without articles, unless nothing else is there: “complaint” means “A complaint”."""
    return " ".join(word for word in words.split() if word not in _ARTICLES) or words


def _pointed(text: str, options: Sequence[str]) -> list[str]:
    """The option at the number that the reply is: “2”, “2.”, “the second one”."""
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in fold(text))
    if match := _NUMBERED.fullmatch(digits):
        place = int(match["number"])
    else:
        words = [word for word in tokens(text) if word not in _FILLING]
        named = [names.index(words[0]) + 1 for names in _ORDINALS if len(words) == 1 and words[0] in names]
        place = named[0] if named else 0
    return [options[place - 1]] if 1 <= place <= len(options) else []


def _mentioned(said: list[str], labels: Sequence[tuple[str, str]], language: str) -> list[str]:
    """The options whose words stand in the reply, the longest where one is a part of another; none where one is refused."""
    for form in (str, lambda word: stem(word, language)):
        words = [form(word) for word in said]
        spans = {
            option: span for option, label in labels if (span := _span(words, [form(one) for one in label.split()]))
        }
        own = {
            option: span
            for option, span in spans.items()
            if not any(set(span) < set(other) for other in spans.values())
        }
        used = {at for span in own.values() for at in span}
        if own:
            refused = any(word in _REFUSING for at, word in enumerate(said) if at not in used)
            return [] if refused else list(own)
    return []


def _span(words: list[str], part: list[str]) -> range | None:
    """Where the part stands in the words."""
    starts = range(len(words) - len(part) + 1) if part else range(0)
    return next((range(at, at + len(part)) for at in starts if words[at : at + len(part)] == part), None)
