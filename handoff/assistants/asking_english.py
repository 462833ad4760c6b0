"""How people ask for a person in English, as a small grammar over coded words.

Each word becomes one letter (`ENGLISH` says which), so that "can I talk to a real person" reads `..codva`
and a pattern is one line. Precision comes first: what is only reported ("your agent said"), refused ("I don't need an
agent") or another thing ("real estate agent") is no wish.
"""

from __future__ import annotations

import re

from handoff.assistants.asking import Clause, clauses, nearly
from handoff.assistants.stopwords import STOP, WEAK


def _table(lines: str) -> dict[str, str]:
    return {word: line.split()[0] for line in lines.strip().splitlines() for word in line.split()[1:]}


ENGLISH = _table(
    """
    h human humans agent agents representative representatives rep reps operator operators advisor adviser supervisor manager teammate handoff handover csr
    a someone somebody anyone anybody person persons staff employee assistant assistants team colleague founder founders department specialist consultant
    s customer service support care services helpdesk
    v real live actual genuine proper living
    d a an the your ur one any some another of bloody fucking fking damn damned goddamn freaking responsible senior human's na
    c talk talking speak speaking chat chatting contact contacting converse communicate reach reaching complain
    p talked spoke spoken chatted contacted reached
    t transfer transferring connect connecting redirect switch hand forward patch pass route put
    T get getting give gimme bring send direct link
    m me us
    o to with by w wit wth wiht wirh wih whit ot t
    n don't dont not no never don doesn't didn't didnt nor won't wont neither
    u can't cant cannot couldn't unable
    w want wants wanna wanted need needs needed require like prefer rather demand wish looking hoping insist
    i without before instead than until unless while after
    b bot bots robot robots machine machines ai chatbot chatbots computer automaton
    q hate sick tired stupid useless annoying pointless ridiculous fed dumb
    r said says told promised was were did didn't has had answered wrote mentioned
    l please pls plz now asap immediately urgently quickly right away today just ok okay yes yeah kindly no hey sorry help assistance here there again sir also
    g hi hello thanks thank bye goodbye dear
    x this that it conversation chat's case issue ticket over through on
    X escalate
    f i you who whom which for about from on at is are and or so because if then how what where working
    M can could would will should
    N in near
    j answer assist respond reply join review handle look check take read
    """
)
_NOT = frozenset(word for word, code in ENGLISH.items() if code == "n")
_FUZZY_PEOPLE = {word: code for word, code in ENGLISH.items() if code in "ha" and word != "people"}
_FUZZY_VERBS = dict.fromkeys(("talk", "talking", "speak", "speaking", "chat", "chatting", "contact", "contacting"), "c")
_NOT_SLIPS = frozenset(
    """what that hat chart cheat walk tall talc task tank take peak cat's persona reagent argent gent humane urgent agenda steam
    tram tea teams walking taking contract contacts contract's manage managed managers operate operated operation advise advised advice advisory""".split()
)
_OTHER_AGENTS = frozenset(
    """estate travel cleaning insurance booking user secret delivery shipping customs tour sewing crane free bleaching drying
    foaming release letting ticket forwarding washing two three four single per each every first third postal mail""".split()
)
_OTHER_HUMANS = frozenset(
    """resources resource hair body bodies size sized error errors rights made nature readable skin height scale figure
    shape shaped friendly-looking manual discount smuggling code string id""".split()
)

_OFFICE = frozenset({"hours", "hour", "time", "times", "itme", "number", "phone", "email", "mail", "when", "open"})

_PEOPLE = r"[dsv]*(?:v\.)?[hsa]"
_NOW = r"(?=$|[ofldmwnctrixMj])"
_THERE = r"(?=$|[ofldmwnctixM])"
_WISHES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"c(?:.{{0,2}}o)?{_PEOPLE}",  # talk to a person, contact customer service
        rf"yo{_PEOPLE}",  # taok to an agent
        r"[wm].?.o[dsv]*v[dsv]*[ha]",  # let me took with a real person
        r"[dsv]*[ha](?:v|e)?[^rnpb]{1,4}c(?![dsv]*[hsab])",  # is there someone I can talk to
        rf"[tT]o?m.{{0,2}}o?{_PEOPLE}{_NOW}|tmo[dsv]*\.a",  # put me through to somebody, give me a person
        rf"t[xdfN]{{0,3}}[xo]*o[dsv]*(?:h|va){_NOW}",  # hand this over to a human
        rf"T[dsv]*(?:h|va){_NOW}|Ta(?:x|o[lcC])",  # get a human to assist me, get someone on the line
        r"M[dsv]*(?:h|va)[jlcC]",  # can a human answer this
        rf"w[lo]?[dsv]*(?:h|va)(?:{_NOW}|(?=N))|w[dl]*a[vh]",  # I want a human, someone real
        rf"e[ldsv]*(?:h|va|av|vs){_THERE}|e.{{0,3}}hs",  # is there a human
        r"w[lo]?d*a(?=l*$)",  # I want a person
        r"w.{0,3}(?:sc|vc|hs)",
        r"tml*$|tmx+l*$|X",  # connect me, put me through, escalate
        r"[ha].{0,2}Cm(?=$|[klo])",  # can someone call me
    )
)
_REFUSALS = tuple(
    re.compile(pattern)
    for pattern in (
        r"n[flM]?w.{0,3}c.{0,2}[dv]*b",  # I don't want to talk to a bot
        r"nw[dv]*b",
        r"co[dv]*b.{0,2}q",  # talking to a bot is stupid
        r"q.{0,2}co[dv]*b",  # sick of talking to a machine
        r"^l*n[dx.]?bl*$",  # no bots
    )
)
_UNWANTED = re.compile(r"n[flM.]?w[^w]{0,5}$|n[ofdl]?$|n.$|[iI][^w]{0,3}$|p[^w]{0,2}$|w[^w]{0,2}n[od]?$")
_BARE = re.compile(r"[ldvsho]{1,7}")


def wish_in(sentence: str) -> bool:
    """True when the sentence asks for a person now."""
    coded = [_coded(words) for words in clauses(sentence)]
    if _bare(coded):
        return True
    return any(_refuses_bots(clause) or _asks(clause) for clause in coded)


def _bare(coded: list[Clause]) -> bool:
    """A sentence that is nothing but the person: "real agent please"; a greeted one ("hi operator") is none."""
    code = "".join(clause.code for clause in coded)
    if "g" in code and not re.search("[vl]", code):
        return False
    code = code.replace("g", "")
    service = re.search("ss", code) and code.replace("l", "") in {"ss", "dss"}
    named = re.search("h", code) or re.search("va", code.replace("l", ""))
    if re.fullmatch(r"[dl]*a(?:fs|f?ss)+l*", code.replace("d", "")) is not None:
        return True
    return bool(service or (named and _BARE.fullmatch(code.replace("va", "vh").replace("ah", "vh"))))


def _asks(clause: Clause) -> bool:
    for pattern in _WISHES:
        for found in pattern.finditer(clause.code):
            if not _unwanted(clause, found.start(), found.end()):
                return True
    return False


def _unwanted(clause: Clause, start: int, end: int) -> bool:
    """Refused, reported, owed, or a noun ("the contact person") rather than a wish."""
    before = clause.code[:start]
    noun = (
        clause.words[start] in {"contact", "chat", "message"}
        and before.endswith("d")
        and "o" not in clause.code[start:end]
    )
    reported = clause.code[end : end + 1] == "r" and clause.words[start] not in {"talk", "speak"}
    hours = clause.code[start:end].endswith("s") and _OFFICE.intersection(clause.words)
    return noun or reported or bool(hours) or bool(_UNWANTED.search(before))


def _refuses_bots(clause: Clause) -> bool:
    return any(pattern.search(clause.code) for pattern in _REFUSALS)


def _coded(words: list[str]) -> Clause:
    return Clause(tuple(words), "".join(_code(words, i) for i in range(len(words))))


def _code(words: list[str], i: int) -> str:
    """The letter of one word, read beside its neighbours."""
    word = words[i]
    last, after = (words[i - 1] if i else ""), (words[i + 1] if i + 1 < len(words) else "")
    code = ENGLISH.get(word) or _slip(word)
    if special := _in_context(words, i):
        return special
    if code in {"h", "a"} and (last in _OTHER_AGENTS or after in _OTHER_HUMANS):
        return "."
    if code == "a" and (
        ENGLISH.get(last) == "b" or (word.startswith("assistant") and last in {"the", "this", "virtual"})
    ):
        return "."
    if (
        code == "c"
        and word.endswith("ing")
        and (last in {"was", "were", "am", "i'm", "im"} or words[:i][-2:] == ["am", "i"])
    ):
        return "p"
    return code or "."


def _in_context(words: list[str], i: int) -> str:
    """The letter of a word whose neighbours change what it is; empty when they do not."""
    word, last = words[i], (words[i - 1] if i else "")
    after = words[i + 1] if i + 1 < len(words) else ""
    owed = (
        word in {"have", "need"}
        and after == "to"
        and re.search(r"(?<!what )(?<!how )\b(?:do|would|will|did) i$", " ".join(words[:i]))
    )
    for letter, here in (
        ("I", owed or (word == "i" and last in {"should", "must"})),
        (
            "e",
            (word == "there" and last in {"is", "are", "isn't"}) or (word == "have" and last in {"you", "u", "guys"}),
        ),
        ("h", (word == "chat" and last in {"live", "human"}) or (word == "being" and last == "human")),
        ("C", word == "call" and after in {"me", "us"}),
        ("k", word == "back" and last in {"me", "us"}),
        ("c", (word == "help" and after in {"from", "by"}) or (word == "complaint" and after == "to")),
        ("o", word == "from" and last == "help"),
        ("p", word == "got" and after != "to"),
        ("n", word == "no" and (ENGLISH.get(after, "") in set("whabd") or after == "more")),
        ("f", (word == "than" and last != "rather") or (word == "instead" and after != "of")),
        (".", word == "like" and last not in {"i'd", "id", "would", "i", "i’d", *_NOT}),
    ):
        if here:
            return letter
    return ""


def _slip(word: str) -> str:
    """The letter of a misspelt or fused word: "opeartor", "tosomebody"; a verb's slip is only half believed (`y`)."""
    if word in STOP or word in WEAK or word in _NOT_SLIPS:
        return ""
    for ending in ("somebody", "someone", "operator", "assistant", "person", "human", "agent"):
        if word.endswith(ending) and len(word) - len(ending) in range(1, 9):
            return ENGLISH[ending]
    return nearly(word, _FUZZY_PEOPLE, 5) or ("y" if nearly(word, _FUZZY_VERBS, 3) else "")
