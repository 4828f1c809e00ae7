"""Sketches for inequalities: a sum of squares, or the optimum of ``left - right`` as a function of one variable."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import Final, Literal

from engine.kernel.certificate import ByTheorem, NormalForm, Proof, SignCalculus
from engine.meaning.context import Context
from engine.meaning.sort import Real
from engine.meaning.statement import Interval, Optimum, Relation
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Apply,
    Divide,
    Name,
    Negate,
    Number,
    Power,
    Term,
    children,
    free_names,
    rational,
    subtract,
)
from engine.provers.deviations import deviations
from engine.provers.handelman import signed_forms
from engine.provers.lagrange import lagrange
from engine.provers.rests import rests_of_sums
from engine.provers.squares import completed_squares
from engine.provers.unfold import unfold

POINTS: Final = tuple(map(rational, (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(-1))))
"""Where the optimum of an inequality between elementary functions mostly lies."""


def inequality_sketches(context: Context, goal: Relation) -> Iterator[ByTheorem]:
    """What may prove ``left <= right`` and its like, the cheapest first."""
    difference = subtract(goal.left, goal.right)
    squares = completed_squares(difference)
    if squares is not None:
        yield ByTheorem("equal-sign", (squares,), (NormalForm(), SignCalculus()))
    spread = deviations(unfold(difference, context))
    if spread is not None:
        yield ByTheorem("equal-sign", (spread,), (NormalForm(), SignCalculus()))
    double = lagrange(difference)
    if double is not None:
        signed = double if goal.sign in (">", "≥") else Negate(double)
        yield ByTheorem("equal-sign", (signed,), (NormalForm(), SignCalculus()))
    yield ByTheorem("increasing-function")
    if _worth_squaring(goal):
        yield ByTheorem("compare-squares")
    for form in chain(rests_of_sums(difference), signed_forms(context, difference)):
        yield ByTheorem("equal-sign", (form,), (NormalForm(), SignCalculus()))
    kind: Literal["minimum", "maximum"] = "minimum" if goal.sign in (">", "≥") else "maximum"
    for name in sorted(free_names(difference)):
        if context.sort_of(name) != Real() or context.definition_of(name):
            continue
        domain = _domain(context, name)
        limits: tuple[Proof, ...] = (SignCalculus(),) * (
            (domain.lower != Negate(INFINITY)) + (domain.upper != INFINITY)
        )
        for point in POINTS:
            optimum = Optimum(kind, point, difference, name, domain)
            curved = ByTheorem("strict-concavity", (), (*limits, NormalForm(), SignCalculus()))
            premises = (curved, *limits, NormalForm(), SignCalculus())
            yield ByTheorem("bounded-by-optimum", (optimum,), premises)


def _worth_squaring(goal: Relation) -> bool:
    """Once is enough; and that a side is not negative does not follow from the square of it."""
    sides = goal.left, goal.right
    squared = all(isinstance(side, Power) for side in sides)
    return not squared and ZERO not in sides and any(map(_has_root_or_size, sides))


def _has_root_or_size(term: Term) -> bool:
    match term:
        case Apply("sqrt" | "abs", _) | Power(_, Divide(_, Number(Fraction(numerator=2, denominator=1)))):
            return True
        case _:
            return any(map(_has_root_or_size, children(term)))


def _domain(context: Context, name: str) -> Interval:
    """The open interval that the facts about one variable describe."""
    lower: Term = Negate(INFINITY)
    upper: Term = INFINITY
    for fact in context.facts:
        match fact:
            case Relation(Name(n), ">", bound) | Relation(bound, "<", Name(n)) if n == name:
                lower = bound
            case Relation(Name(n), "<", bound) | Relation(bound, ">", Name(n)) if n == name:
                upper = bound
    return Interval(lower, upper)
