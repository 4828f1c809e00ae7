"""The theorems that the kernel takes as given: hypotheses, conclusion and source, each in one place.

A theorem is applied backwards. Its function gets the context, the statement to be shown and the parameters named in
the certificate, and returns the hypotheses, each to be proved in turn. :data:`THEOREMS` is the whole list; a test pins
it.
"""

from __future__ import annotations

from engine.kernel.theorems import binomial, induction, integrals, near_zero, optima, relations
from engine.kernel.theorems.obligation import Obligation, Parameters, Theorem
from engine.kernel.unfold import unfold_statement
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Statement

_ROOMS = relations, induction, binomial, optima, integrals, near_zero
_TABLE = tuple(found for room in _ROOMS for found in vars(room).values() if isinstance(found, Theorem))

THEOREMS: dict[str, Theorem] = {theorem.name: theorem for theorem in _TABLE}

LOGIC = frozenset(theorem.name for theorem in _TABLE if not theorem.source)
"""The rules that are plain logic; the rest are theorems that a proof is said to rest on."""


POINTWISE = frozenset(
    (
        "implication",
        "left-multiple",
        "nonzero-multiple",
        "replace-equal",
        "equal-sign",
        "equal-squares",
        "compare-squares",
        "increasing-function",
        "defined-given",
    )
)
"""Those that hold at each point of the context by itself: what is asked of another point, nothing depends on."""


def obligations(theorem: str, context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """What remains to be proved for ``goal`` by the named theorem; raises :class:`Unproved` where it does not apply."""
    known = THEOREMS.get(theorem)
    if known is None:
        raise Unproved(f"there is no theorem {theorem!r}")
    return known.obligations(context, goal, parameters)


def same_statement(a: Statement, b: Statement, context: Context) -> bool:
    """Whether two statements are written alike once definitions are put in."""
    return a == b or unfold_statement(a, context) == unfold_statement(b, context)
