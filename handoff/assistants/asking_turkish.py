"""How people ask for a person in Turkish, on folded words ("görüşmek" reads `gorusmek`), so that typing without dots works.

The verb carries everything: `gorusebilir` asks, `gorusmek istemiyorum` refuses, `gorustum` reports,
`gorusmeden` does without, and `gorusemiyorum` is a wish that failed until now.
"""

from __future__ import annotations

import re

from handoff.assistants.asking import clauses, nearly

_CASE = r"(?:(?:in|niz|iniz|um|imiz|miz)?(?:e|a|ye|ya|ne|na|le|la|yle|yla|iyle|siyle|sine|ine|i|yi|im|nin|in|den|dan)?)"
_NAMED = re.compile(
    rf"(?:temsilci(?:leri?|si|ler)?(?:niz|n)?|operator(?:u|unuz|ler)?|insan|yetkili(?:si|niz|ler)?|danisman(?:i|iniz)?|personel(?:i|iniz)?"
    rf"|calisan(?:i|iniz|lar)?|mudur(?:u|unuz)?|yonetici(?:si|niz)?|supervizor|sorumlu(?:su|nuz)?|hizmetleri?){_CASE}"
)
_ANYONE = re.compile(
    r"biri(?:si)?(?:yle|ne|ni|niz)?|kisi(?:yle|ye)?|kimse(?:yle|ye)?|ekib?p?(?:iniz|in)?(?:le|e|den)?|ekip|arkadas(?:iniz)?(?:la|a)?"
)
_CONTACT = re.compile(r"(?:gorus|konus|yazis|ulas|baglan|iletisim|irtibat)\w*")
_TRANSFER = re.compile(r"(?:bagla|aktar|yonlendir|devret)\w*")
_WANT = re.compile(
    r"(?:isti?yo?r\w*|isterim|isterdim|istiyom|lazim|gerek\w*|ihtiyac\w*|verin|verir|cagir\w*|rica|gelsin|baksin|ilgilensin|arasin|devralsin)"
)
_COMES = re.compile(r"\b(?:iletisime gecsin|ulassin|yazsin|arasin|baglansin)\b")
_REAL = frozenset({"gercek", "canli", "hakiki", "sahici", "gercekten"})
_POLITE = frozenset(
    """lutfen lutfn hemen simdi bir bi birine musteri destek hizmetleri hizmeti gercek canli ya artik acil acilen istiyorum tamam
    evet hayir yok beni bana bize ile yetkili""".split()
)
_BOTS = re.compile(r"(?:bot|robot|makine|yapay|chatbot|bilgisayar)\w*")
_OTHER_PEOPLE = frozenset(
    {
        "servis",
        "servisi",
        "kaynaklari",
        "boyu",
        "boyunda",
        "sagligi",
        "haklari",
        "bayi",
        "bayisi",
        "satici",
        "vucudu",
        "gucu",
    }
)

_FAILED = re.compile(r"\w+?(?:a|e)m(?:iyo|adi|edi|am|em)\w*")
_WITHOUT = re.compile(r"\w+(?:madan|meden|mayin|meyin|mayiniz|meyiniz|mayacag\w*|meyeceg\w*|mam|mem|masin|mesin|ma|me)")
_REPORTED = re.compile(
    r"\w+(?:t|d)(?:i|u)(?:m|n|k|niz|nuz|ler|lar|gum|gim|gumde|gimda|ktan)?|\w+m(?:i|u)s(?:t|d)?(?:i|u)?(?:m|k)?|\w+(?:iyor|uyor)(?:um|sun|uz)?|\w+(?:un|in)ca"
)
_REFUSED = re.compile(
    r"istemi\w*|istemem|istemez|gerek (?:yok|degil|kalmadi)|gerekmi\w*|gereksiz|lazim degil|zorunda mi\w*|sart mi|gerekiyor mu|gerekli mi|gerek var mi|gerekir mi|dedi|soyledi"
)
_BOT_REFUSED = re.compile(r"istemi\w*|sikildim|biktim|yeter|nefret|sacma|anlamsiz")
_PRESENT = re.compile(r"\b(?:var mi|varmi|yok mu|yokmu)\b")
_SLIPS = {
    "temsilci": "h",
    "temsilciye": "h",
    "temsilciyle": "h",
    "temsilcisi": "h",
    "operator": "h",
    "operatore": "h",
    "yetkili": "h",
}


def wish_in(sentence: str) -> bool:
    """True when the sentence asks for a person now."""
    return any(_asks(words) for words in clauses(sentence)) or _bare([w for part in clauses(sentence) for w in part])


def _asks(words: list[str]) -> bool:
    line = " ".join(words)
    if _BOTS.search(line) and _BOT_REFUSED.search(line) and not _NAMED.search(line):
        return True
    for i, word in enumerate(words):
        if _is_person(words, i) and not _REFUSED.search(" ".join(words[i + 1 :])):
            named = word != "hizmetleri" or words[i - 1 : i] == ["musteri"]
            if named and _wanted(words, i):
                return True
    return "beni" in words and any(re.fullmatch(r"aray(?:in|abilir|iniz)\w*|ararmisiniz", word) for word in words)


def _is_person(words: list[str], i: int) -> bool:
    after = words[i + 1] if i + 1 < len(words) else ""
    if after in _OTHER_PEOPLE or words[i].startswith(("temsilcili", "insanl", "insani")):
        return words[i] == "insanla"
    if words[i] == "canli" and after.startswith(("destek", "destege", "destegi")):
        return True
    if _NAMED.fullmatch(words[i]) or nearly(words[i], _SLIPS, 7):
        return True
    return bool(_ANYONE.fullmatch(words[i]))


def _wanted(words: list[str], i: int) -> bool:
    """A wish follows the person: they are to be reached, connected, or simply there."""
    person, rest = words[i], words[i + 1 : i + 6]
    anyone = bool(_ANYONE.fullmatch(person)) and not _REAL.intersection(words[max(i - 2, 0) : i])
    if _COMES.search(" ".join(rest)):
        return True
    for word in rest:
        if _CONTACT.fullmatch(word) or _TRANSFER.fullmatch(word):
            reaches = bool(_TRANSFER.fullmatch(word)) or _is_reached(words, i)
            return reaches and (bool(_FAILED.fullmatch(word)) or not (_without(word) or _REPORTED.fullmatch(word)))
    if anyone:
        return False
    if any(_WANT.fullmatch(word) for word in rest[:3]):
        return True
    return bool(_PRESENT.search(" ".join(rest[:4]))) and (
        person.startswith("insan") or "canli" in words[: i + 1] or bool(_REAL.intersection(words))
    )


def _without(word: str) -> bool:
    """Negated, but "görüşmem gerek" and "görüşme" are forms of wanting it."""
    return bool(_WITHOUT.fullmatch(word)) and not re.fullmatch(r"\w+(?:sme|sma|smem|smam)|iletisim\w*", word)


def _is_reached(words: list[str], i: int) -> bool:
    """The person is whom one talks with or gets to, not the one who talks ("temsilciniz ulaştı")."""
    after = words[i + 1] if i + 1 < len(words) else ""
    return after in {"ile", "destek", "destege", "destekle"} or bool(
        re.search(r"(?:l[ea]|[iy]ne|y?[ea]|siyle|si|ri)$", words[i])
    )


def _bare(words: list[str]) -> bool:
    """A sentence that is nothing but the person: "canlı destek lütfen"."""
    if not words or len(words) > 6:
        return False
    people = [i for i in range(len(words)) if _is_person(words, i) and not _ANYONE.fullmatch(words[i])]
    service = "musteri hizmetleri" in " ".join(words)
    real = bool(_REAL.intersection(words)) and any(_ANYONE.fullmatch(word) for word in words)
    extra = [
        word for i, word in enumerate(words) if i not in people and word not in _POLITE and not _ANYONE.fullmatch(word)
    ]
    return not extra and bool(people or service or real) and "hayir" not in words
