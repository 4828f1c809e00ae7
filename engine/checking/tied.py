"""Variables that an equation among what is given ties to each other: ``\\frac{d}{dp}(pq)`` beside ``p + q = 1``.

With q held still it is q, along the equation it is q - p; nothing says which is meant.
"""

from __future__ import annotations

from engine.meaning.claim import Claim
from engine.meaning.statement import Relation, sides
from engine.meaning.term import Derivative, Integral, Name, Term, children, free_names


def tied_variable(claim: Claim) -> tuple[str, str] | None:
    """A variable of a derivative or an integral, and a name beside it that an equation of the context ties to it."""
    equations = [
        free_names(fact.left) | free_names(fact.right)
        for fact in claim.context.facts
        if isinstance(fact, Relation) and fact.sign == "="
    ]
    if not equations:
        return None
    derivatives = (found for side in sides(claim.statement) for found in _inside(side))
    pairs = ((x, y) for body, x in derivatives for y in sorted(free_names(body) - {x}))
    return next(((x, y) for x, y in pairs if any(x in names and y in names for names in equations)), None)


def _inside(term: Term) -> list[tuple[Term, str]]:
    own: list[tuple[Term, str]] = []
    match term:
        case Derivative(body, Name(name)) | Integral(name, _, _, body):
            own.append((body, name))
    return [*own, *(found for part in children(term) for found in _inside(part))]
