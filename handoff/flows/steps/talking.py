"""Steps that say something to the customer or ask them something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handoff.flows import answers
from handoff.flows.answers import Taken
from handoff.flows.kinds import Exit, Kind, Param
from handoff.flows.moves import Move, Visit, Wait
from handoff.flows.script import Step
from handoff.flows.steps.texts import NEXT, filled, fixed, own, rows, short, texts
from handoff.outcomes import Card, FormField, Remember, Say, Wish

ANSWER_KINDS = (
    ("text", "Any text"),
    ("number", "A number"),
    ("amount", "An amount of money"),
    ("date", "A date"),
    ("email", "An e-mail address"),
    ("phone", "A phone number"),
    ("order_number", "An order number"),
    ("choice", "One of a list"),
)
FORM_KINDS = (*ANSWER_KINDS[:1], ("long_text", "A longer text"), *ANSWER_KINDS[1:])
CONTACTS = (("email", "E-mail address"), ("phone", "Phone number"), ("name", "Name"))
ANSWERED = Exit("answered", "answered")
GAVE_UP = Exit("gave_up", "gave up")
TRIES = Param("tries", "How often to ask", "number", default=3, low=1, high=10)


def _check(visit: Visit, kind: str, text: str, row: Mapping[str, Any]) -> Taken | answers.Missed:
    pattern = row.get("pattern", "")
    return answers.check(
        "text" if kind in ("long_text", "name") else kind,
        text,
        language=visit.world.language,
        today=visit.world.now.date(),
        options=texts(row.get("options")),
        currency=str(row.get("currency", "") or ""),
        pattern=pattern if isinstance(pattern, str) else "",
    )


def _variables(name: str, taken: Taken) -> dict[str, str]:
    return {name: taken.value} | {f"{name}_{suffix}": value for suffix, value in taken.beside.items()}


# ── Send a message.


def send_message(visit: Visit) -> Move:
    """Say it and go on; a text whose variables are all empty is not said."""
    text = filled(visit, visit.text("text"))
    options = tuple(filter(None, (filled(visit, one) for one in visit.lines("options"))))
    url = visit.text("card_url")
    card = (
        Card(filled(visit, visit.text("card_title")) or url, filled(visit, visit.text("card_text")), url)
        if url
        else None
    )
    return Move(effects=(Say(text, options, card),) if text else (), exit="next")


SEND_MESSAGE = Kind(
    "send_message",
    "Send message",
    "Talk",
    "Says something to the customer, and goes on at once.",
    (
        Param(
            "text",
            "Message",
            "words",
            required=True,
            help="Write {{visitor.first_name}} or {{amount}} for what is known.",
        ),
        Param(
            "options",
            "Quick replies",
            "lines",
            help="One a line. The customer may press one instead of typing.",
            most=8,
        ),
        Param("card_title", "Link card: title", "line"),
        Param("card_text", "Link card: text", "line"),
        Param("card_url", "Link card: address", "name", help="https://…, or /a-page of this site."),
    ),
    send_message,
    fixed(*NEXT),
    summary=lambda step: short(step.params.get("text")),
)


# ── Ask a question.


def ask(visit: Visit) -> Move | None:
    """Take the answer from what was written before, or ask, and ask again with a hint until it fits."""
    if not visit.waits_for:
        return _listened(visit) or _question(visit)
    if not visit.world.words:
        return None
    kind, name = visit.text("kind"), visit.text("variable")
    tried = [_check(visit, kind, words.text, visit.step.params) for words in reversed(visit.world.words)]
    taken = next((one for one in tried if isinstance(one, Taken)), None)
    if taken:
        return Move(_kept(visit, taken), _variables(name, taken), exit="answered", heard=True)
    hint = next(one.hint for one in tried if not isinstance(one, Taken))
    return _once_more(visit, filled(visit, visit.text("hint")) or hint)


def _question(visit: Visit) -> Move:
    options = visit.lines("options") if visit.text("kind") == "choice" else ()
    text = filled(visit, visit.text("question")) or "?"
    return Move(effects=(Say(text, options),), wait=Wait("answer"), heard=True)


def _listened(visit: Visit) -> Move | None:
    name = visit.text("variable")
    if not visit.flag("listen") or visit.at.variables.get(name) is not None:
        return None  # asked before in this run: then it is asked, or a loop would never come to rest
    params = visit.step.params
    taken = answers.find(
        visit.text("kind"),
        "\n".join(words.text for words in visit.world.words),
        language=visit.world.language,
        today=visit.world.now.date(),
        options=visit.lines("options"),
        currency=visit.text("currency"),
        pattern=str(params.get("pattern", "") or ""),
    )
    return Move(_kept(visit, taken), _variables(name, taken), exit="answered") if taken else None


def _kept(visit: Visit, taken: Taken) -> tuple[Wish, ...]:
    key = visit.text("remember")
    seq = visit.world.words[-1].seq if visit.world.words else 0
    return (Remember(key, taken.value, seq),) if key and taken.value.strip() else ()


def _once_more(visit: Visit, hint: str) -> Move:
    tries = visit.at.tries + 1
    if tries >= max(1, visit.number("tries", 3)):
        return Move(exit="gave_up")  # what did not fit is still to be answered
    options = visit.lines("options") if visit.text("kind") == "choice" else ()
    return Move(effects=(Say(hint, options),), wait=Wait("answer"), heard=True, tries=tries)


def _answer_sets(step: Step) -> frozenset[str]:
    names = own(step, "variable")
    return names | {f"{name}_currency" for name in names if step.params.get("kind") == "amount"}


ASK = Kind(
    "ask",
    "Ask",
    "Talk",
    "Asks a question, waits, and keeps the answer once it fits.",
    (
        Param("question", "Question", "words", required=True),
        Param("kind", "The answer is", "choice", required=True, default="text", choices=ANSWER_KINDS),
        Param("variable", "Keep it as", "variable", required=True, help="A name such as amount or order."),
        Param("options", "The list", "lines", shown_for=("kind", ("choice",)), most=12),
        Param("currency", "Currency, when they name none", "name", default="TRY", shown_for=("kind", ("amount",))),
        Param(
            "pattern", "It looks like", "pattern", shown_for=("kind", ("order_number",)),
            help="Only if your order numbers have a shape of their own, such as LD-[0-9]{5}.",
        ),
        Param("hint", "When it does not fit", "line", help="Empty: a hint made for the kind of answer."),
        TRIES,
        Param(
            "listen", "Take it from what they wrote before, if it is there", "flag", default=True,
            shown_for=("kind", ("amount", "number", "email", "phone", "order_number")),
        ),
        Param("remember", "Remember it about the customer as", "name", help="Such as order_number. Empty: only in this flow."),
    ),
    ask,
    fixed(ANSWERED, GAVE_UP),
    waits=True,
    silent=False,
    sets=_answer_sets,
    summary=lambda step: short(step.params.get("question")),
)  # fmt: skip


# ── Capture contact.


def capture_contact(visit: Visit) -> Move | None:
    """Use the address that we have, or ask for it; a verified one is never asked for."""
    what = visit.text("what") or "email"
    known = visit.read(f"visitor.{what}")
    if not visit.waits_for:
        if known and visit.at.variables.get(what) is None:
            return Move(sets={what: known}, exit="answered")
        return Move(effects=(Say(filled(visit, visit.text("question")) or "?"),), wait=Wait("answer"), heard=True)
    if not visit.world.words:
        return None
    tried = [_check(visit, what, words.text, {}) for words in reversed(visit.world.words)]
    taken = next((one for one in tried if isinstance(one, Taken)), None)
    if taken is None:
        return _once_more(visit, next(one.hint for one in tried if not isinstance(one, Taken)))
    seq = visit.world.words[-1].seq
    return Move((Remember(what, taken.value, seq),), {what: taken.value}, exit="answered", heard=True)


CAPTURE_CONTACT = Kind(
    "capture_contact",
    "Capture contact",
    "Talk",
    "Asks how to reach the customer, unless we know.",
    (
        Param("what", "What", "choice", required=True, default="email", choices=CONTACTS),
        Param("question", "Question", "words", required=True),
        TRIES,
    ),
    capture_contact,
    fixed(ANSWERED, GAVE_UP),
    waits=True,
    silent=False,
    sets=lambda step: own(step, "what"),
    summary=lambda step: short(step.params.get("question")),
)


# ── Form.


def form(visit: Visit) -> Move | None:
    """Show the fields at once, and go on when every one fits."""
    if not visit.waits_for:
        return _shown(visit, filled(visit, visit.text("text")) or "?", tries=0)
    sent = next((words for words in reversed(visit.world.words) if words.values is not None), None)
    if not visit.world.words:
        return None
    if sent is None or sent.values is None:
        return _again(visit, filled(visit, visit.text("text")) or "?")
    sets: dict[str, str] = {}
    for row in visit.rows("fields"):
        name, value = str(row.get("name", "")), sent.values.get(str(row.get("name", "")), "").strip()
        if not value and not row.get("required"):
            continue
        checked = _check(visit, str(row.get("kind", "text")), value, row)
        if not isinstance(checked, Taken):
            return _again(visit, f"{row.get('label', name)}: {checked.hint}")
        sets |= _variables(name, checked)
    return Move(sets=sets, exit="answered", heard=True)


def _shown(visit: Visit, text: str, *, tries: int) -> Move:
    fields = tuple(
        FormField(
            str(row.get("name", "")), str(row.get("label", "")), str(row.get("kind", "text")),
            row.get("required") is True, texts(row.get("options")),
        )
        for row in visit.rows("fields")
    )  # fmt: skip
    return Move(effects=(Say(text, form=fields),), wait=Wait("answer"), heard=True, tries=tries)


def _again(visit: Visit, text: str) -> Move:
    tries = visit.at.tries + 1
    if tries >= max(1, visit.number("tries", 3)):
        return Move(exit="gave_up")  # what did not fit is still to be answered
    return _shown(visit, text, tries=tries)


def _form_sets(step: Step) -> frozenset[str]:
    named = [
        (row["name"], row.get("kind"))
        for row in rows(step, "fields")
        if isinstance(row.get("name"), str) and row["name"]
    ]
    return frozenset({name for name, _ in named} | {f"{name}_currency" for name, kind in named if kind == "amount"})


FORM = Kind(
    "form",
    "Form",
    "Talk",
    "Several questions at once, as a form in the chat.",
    (
        Param("text", "Words above it", "words", required=True),
        Param(
            "fields", "Fields", "rows", required=True, most=8,
            columns=(
                Param("name", "Keep it as", "variable", required=True),
                Param("label", "Label", "line", required=True),
                Param("kind", "The answer is", "choice", default="text", choices=FORM_KINDS),
                Param("required", "Must be filled in", "flag", default=True),
                Param("options", "The list", "lines", shown_for=("kind", ("choice",)), most=12),
            ),
        ),
        TRIES,
    ),
    form,
    fixed(ANSWERED, GAVE_UP),
    waits=True,
    silent=False,
    sets=_form_sets,
    summary=lambda step: ", ".join(short(row.get("label"), 20) for row in rows(step, "fields")),
)  # fmt: skip

TALKING = (SEND_MESSAGE, ASK, CAPTURE_CONTACT, FORM)
