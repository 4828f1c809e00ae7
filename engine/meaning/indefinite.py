"""Integrals without bounds: ``\\int x e^x\\,dx = (x - 1) e^x + C`` says that both sides have the same derivative in x.

So it is read where x also stands outside of the integral; ``\\int p(x)\\,dx = 1`` is an integral over everything.
"""

from __future__ import annotations

from typing import Final

from engine.meaning.context import Context
from engine.meaning.sort import Real
from engine.meaning.statement import Relation
from engine.meaning.term import Add, Derivative, Divide, Multiply, Name, Negate, Over, Term, children, free_names

NOTE: Final = "∫ without bounds is read as an antiderivative: the derivatives of both sides are compared"


def compared_by_derivatives(relation: Relation, context: Context) -> Relation | None:
    """The relation between the derivatives, where the relation is one between antiderivatives.

    >>> x = Name("x")
    >>> claim = Relation(Over("int", "x", None, x), "=", Multiply((x, x)))
    >>> compared_by_derivatives(claim, Context().declare("x", Real())).left
    Name(name='x')
    """
    sides = relation.left, relation.right
    variables = {one.variable for side in sides for one in _integrals(side)}
    if relation.sign != "=" or len(variables) != 1:
        return None
    (x,) = variables
    if not any(x in free_names(side) for side in sides) or not isinstance(context.sort_of(x), Real):
        return None
    left, right = (_slope(side, x) for side in sides)
    return None if left is None or right is None else Relation(left, "=", right)


def _integrals(term: Term) -> list[Over]:
    """The integrals without bounds, except those inside of one another."""
    if isinstance(term, Over) and term.operator == "int" and term.condition is None:
        return [term]
    return [found for part in children(term) for found in _integrals(part)]


def _slope(term: Term, x: str) -> Term | None:
    """The derivative, where the integrals are summands with constant factors."""
    if not _integrals(term):
        return Derivative(term, Name(x))
    match term:
        case Over(_, _, _, body):
            return None if _integrals(body) else body
        case Negate(part):
            slope = _slope(part, x)
            return None if slope is None else Negate(slope)
        case Add(terms):
            slopes = [slope for part in terms if (slope := _slope(part, x)) is not None]
            return Add(tuple(slopes)) if len(slopes) == len(terms) else None
        case Divide(above, below) if x not in free_names(below) and not _integrals(below):
            slope = _slope(above, x)
            return None if slope is None else Divide(slope, below)
        case Multiply(factors):
            integrated = [factor for factor in factors if _integrals(factor)]
            others = [factor for factor in factors if not _integrals(factor)]
            slope = _slope(integrated[0], x)
            if len(integrated) > 1 or slope is None or any(x in free_names(factor) for factor in others):
                return None
            return Multiply((*others, slope))
        case _:
            return None
