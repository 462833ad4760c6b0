"""Steps that change something, call something, wait, or end."""

from __future__ import annotations

from handoff.flows import calls, template
from handoff.flows.calls import Answered, Call, CallFailed
from handoff.flows.kinds import Exit, Kind, Param
from handoff.flows.moves import Move, Visit, Wait
from handoff.flows.script import Step
from handoff.flows.steps.texts import NEXT, filled, fixed, own, rows, short
from handoff.outcomes import Remember, SetField, Tag, Trouble

METHODS = tuple((one, one) for one in ("GET", "POST", "PUT", "PATCH", "DELETE"))


def tag(visit: Visit) -> Move:
    """Put the tag on, or take it off."""
    return Move((Tag(visit.text("tag"), add=visit.text("way") != "remove"),), exit="next")


TAG = Kind(
    "tag",
    "Tag",
    "Do",
    "Puts a tag on the conversation, or takes one off.",
    (
        Param("tag", "Tag", "tag", required=True),
        Param("way", "Do", "choice", default="add", choices=(("add", "Put it on"), ("remove", "Take it off"))),
    ),
    tag,
    fixed(*NEXT),
    summary=lambda step: ("take off " if step.params.get("way") == "remove" else "") + short(step.params.get("tag")),
)


def set_field(visit: Visit) -> Move:
    """Give a typed field its value."""
    return Move((SetField(visit.text("field"), filled(visit, visit.text("value"))),), exit="next")


SET_FIELD = Kind(
    "set_field",
    "Set field",
    "Do",
    "Gives a field of the conversation or the visitor its value.",
    (Param("field", "Field", "field", required=True), Param("value", "Value", "line", help="Empty: clears it.")),
    set_field,
    fixed(*NEXT),
    summary=lambda step: f"{short(step.params.get('field'))} = {short(step.params.get('value'), 40)}",
)


def remember(visit: Visit) -> Move:
    """Keep a fact about the visitor; an empty value is no fact."""
    value = filled(visit, visit.text("value"))
    seq = visit.world.words[-1].seq if visit.world.words else 0
    return Move((Remember(visit.text("key"), value, seq),) if value else (), exit="next")


REMEMBER = Kind(
    "remember",
    "Remember",
    "Do",
    "Keeps a fact about the customer, for this conversation and later ones.",
    (
        Param("key", "As", "name", required=True, help="Such as plan or shoe_size."),
        Param("value", "Value", "line", required=True),
    ),
    remember,
    fixed(*NEXT),
    sets=lambda step: frozenset(f"memory.{key}" for key in own(step, "key")),
    summary=lambda step: f"{short(step.params.get('key'))} = {short(step.params.get('value'), 40)}",
)


# ── Call an outside service.


def call_api(visit: Visit) -> Move:
    """Call it, and go on with what it answered. Without an answer in `given` the call is what is needed."""
    if isinstance(visit.given, Answered):
        picked = {
            str(row.get("variable", "")): calls.pick(visit.given.data, str(row.get("path", "")))
            for row in visit.rows("mapping")
        }
        return Move(sets=picked | {"call.status": visit.given.status}, exit="success")
    if isinstance(visit.given, CallFailed):
        return Move((Trouble(visit.given.words),), {"call.error": visit.given.words}, exit="failure")
    headers = tuple((str(row.get("name", "")), str(row.get("value", ""))) for row in visit.rows("headers"))
    texts = (visit.text("address"), visit.text("body"), *(value for _, value in headers))
    names = {name for text in texts for name in template.names(text) if not name.startswith("secret.")}
    return Move(
        need=Call(
            method=visit.text("method") or "GET",
            address=visit.text("address"),
            headers=headers,
            body=visit.text("body"),
            values={name: visit.read(name) for name in names},
            seconds=max(1, min(30, visit.number("seconds", 10))),
            repeatable=not visit.flag("once"),
            key=visit.at.calling,
        )
    )


def _call_sets(step: Step) -> frozenset[str]:
    kept = {str(row["variable"]) for row in rows(step, "mapping") if row.get("variable")}
    return frozenset(kept | {"call.status", "call.error"})


CALL_API = Kind(
    "call_api",
    "Call API",
    "Do",
    "Asks an outside service, and keeps parts of its answer.",
    (
        Param("method", "Method", "choice", default="GET", choices=METHODS),
        Param("address", "Address", "address", required=True, help="https://api.example.com/orders/{{order}}"),
        Param(
            "headers", "Headers", "rows", most=10, help="A secret is written {{secret.name}}; nobody sees it again.",
            columns=(Param("name", "Name", "name", required=True), Param("value", "Value", "line")),
        ),
        Param("body", "Body (JSON)", "json", shown_for=("method", ("POST", "PUT", "PATCH", "DELETE"))),
        Param(
            "mapping", "Keep from the answer", "rows", most=20,
            columns=(Param("variable", "Keep as", "variable", required=True), Param("path", "From", "name", required=True, help="order.items[0].status")),
        ),
        Param("seconds", "Wait at most, in seconds", "number", default=10, low=1, high=30),
        Param("once", "Must not be repeated: when in doubt, leave by failure", "flag"),
    ),
    call_api,
    fixed(Exit("success", "success"), Exit("failure", "failure")),
    sets=_call_sets,
    summary=lambda step: short(f"{step.params.get('method') or 'GET'} {step.params.get('address') or ''}", 60),
)  # fmt: skip


# ── Wait, go elsewhere, end.


def wait(visit: Visit) -> Move | None:
    """Stay for so long; a customer who writes meanwhile is answered when it is over."""
    if not visit.waits_for:
        return Move(wait=Wait("time", max(1, visit.number("seconds", 1))))
    return Move(exit="next") if visit.is_due else None


WAIT = Kind(
    "wait",
    "Wait",
    "Do",
    "Does nothing for a while.",
    (Param("seconds", "For", "seconds", required=True, default=60, low=1, high=2_592_000),),
    wait,
    fixed(*NEXT),
    waits=True,
    silent=False,
    summary=lambda step: f"{step.params.get('seconds', 0)} s",
)


def redirect(visit: Visit) -> Move:
    """Go on in another flow, without return."""
    return Move(flow=visit.text("flow"))


REDIRECT = Kind(
    "redirect",
    "Redirect to flow",
    "Do",
    "Goes on in another flow, and does not come back.",
    (Param("flow", "Flow", "flow", required=True),),
    redirect,
    fixed(),
    silent=False,
    summary=lambda step: short(step.params.get("flow")),
)


def resolve(visit: Visit) -> Move:
    """Close the conversation."""
    return Move(resolves=True)


RESOLVE = Kind("resolve", "Resolve", "Do", "Closes the conversation.", (), resolve, fixed(), silent=False)

DOING = (TAG, SET_FIELD, REMEMBER, CALL_API, WAIT, REDIRECT, RESOLVE)
