"""Which of an admin's intents a customer's words are, or none of these, told from a few examples of each.

Measured by `manage.py bench intents`: 5 to 25 intents with 5 to 10 examples each, drawn at random, none of them used for
the fit. CLINC150 / Banking77 / Bitext: the best intent is right for 93 / 87 / 91 % of the sentences inside; 71 / 66 / 78 %
are taken and right at the default limit. Wrongly taken: under 1 % of sentences about something else altogether, but
9 / 9 / 19 % of those of a similar intent that the admin left out. Calibration error 3 / 2 / 5 points, where half of what
is asked is inside; where less is, it is less sure than it says. Turkish (xSID, 3 intents, only similar ones outside): 72 %
taken and right, 1 % wrongly, error 7 (17 with 3 examples each: too careful); its constant comes from five intents alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from handoff.assistants.intent_examples import Fit, Prepared, fit, prepare, verbatim
from handoff.assistants.words import tokens

DEFAULT_LIMIT = 0.65
NOTHING_SHARED = 0.95  # the share of texts without a word or a part of one in common with any example that are none
LEVEL, LEAD_WEIGHT, LEAD = 0.5, 1.25, 1  # where the best intent leads by little, its lead tells how sure it can be
# In the order of Fit.signs after the constant; `manage.py bench intents` fits them anew and prints them.
SIGN_WEIGHTS = (-5.35, 10.53, 1.47, -1.0, 2.81, 0.52, -0.16, -1.03, 1.29)


@dataclass(frozen=True, slots=True)
class Classified:
    """What a customer's words are, how surely, and what else they may be."""

    name: str | None
    sureness: float
    runner_up: str | None


def classify(
    text: str, intents: Mapping[str, Sequence[str]], *, language: str, limit: float = DEFAULT_LIMIT
) -> Classified:
    """The intent that the words are, where that is at least as sure as the limit; otherwise none of these.

    The words of an example, as they stand there, are always its intent, unless two intents claim them. The sureness
    is that of the decision: of the intent, or of "none of these", where the runner-up is the intent that was nearest.
    """
    prepared = prepare(tuple((name, tuple(examples)) for name, examples in intents.items()), language)
    claimed = sorted(prepared.verbatim.get(verbatim(text), ()))
    found = fit(text, prepared)
    if len(claimed) == 1:
        return Classified(prepared.names[claimed[0]], 1.0, _other(prepared, claimed[0], found))
    if found is None:
        sure = NOTHING_SHARED if prepared.names and tokens(text) else 1.0
        return Classified(None, sure, prepared.names[claimed[0]] if claimed else None)
    sure = round(min(probability(found.signs), 1.0 / max(len(claimed), 1)), 3)
    best = prepared.names[found.best]
    if sure >= limit:
        return Classified(best, sure, None if found.second is None else prepared.names[found.second])
    return Classified(None, round(1.0 - sure, 3), best)


def probability(signs: Sequence[float]) -> float:
    """The share of texts with such signs whose best intent is the right one; of two that are level, one in two."""
    constant, *weights = SIGN_WEIGHTS
    told = 1.0 / (1.0 + exp(-constant - sum(weight * sign for weight, sign in zip(weights, signs, strict=True))))
    return min(told, LEVEL + LEAD_WEIGHT * signs[LEAD])


def _other(prepared: Prepared, number: int, found: Fit | None) -> str | None:
    """The best intent besides this one."""
    others = (found.best, found.second) if found else ()
    return next((prepared.names[one] for one in others if one is not None and one != number), None)
