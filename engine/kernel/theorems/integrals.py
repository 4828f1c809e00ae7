"""Theorems about integrals: by an antiderivative that the certificate names, and that one is infinite."""

from __future__ import annotations

from engine.kernel.theorems.obligation import Hypotheses, Obligation, theorem
from engine.kernel.theorems.optima import RUDIN
from engine.kernel.theorems.variable import on_interval
from engine.kernel.unfold import names_reached
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import Diverges, Interval, Relation
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Derivative,
    Evaluate,
    Integral,
    Name,
    Negate,
    Product,
    Sum,
    Term,
    free_names,
    map_children,
    subtract,
)


@theorem(
    "divergence-by-monotonicity",
    "The integral of a positive function that does not fall towards an infinite end is infinite.",
    RUDIN + "Chapter 6, exercise 8",
    Diverges,
    (Term,),
)
def divergence_by_monotonicity(context: Context, goal: Diverges, end: Term) -> Hypotheses:
    integral, upward = goal.integral, end == INFINITY
    towards, start = (integral.upper, integral.lower) if upward else (integral.lower, integral.upper)
    if end not in (INFINITY, Negate(INFINITY)) or towards != end or start == end:
        return None
    everywhere = on_interval(context, integral.variable, Interval(integral.lower, integral.upper))
    slope = Derivative(integral.body, Name(integral.variable))
    return (
        Obligation(everywhere, Relation(integral.body, ">", ZERO)),
        Obligation(everywhere, Relation(slope, "≥" if upward else "≤", ZERO)),
    )


@theorem(
    "antiderivative",
    "If a ≤ b and F' = f on [a, b], with f continuous there, then ∫_a^b f = F(b) - F(a).",
    RUDIN + "Theorem 6.21",
    Relation,
    (Integral, Term),
)
def antiderivative(context: Context, goal: Relation, integral: Integral, primitive: Term) -> Hypotheses:
    variable, low, high, body = integral.variable, integral.lower, integral.upper, integral.body
    if {INFINITY, Negate(INFINITY)} & {low, high}:
        raise Unproved("this theorem is about finite ranges")
    if variable in names_reached((free_names(body) | free_names(primitive)) - {variable}, context):
        raise Unproved("a definition that mentions the variable of an integral")
    value = subtract(Evaluate(primitive, variable, high), Evaluate(primitive, variable, low))
    put_in = Relation(_in_place_of(integral, value, goal.left), goal.sign, _in_place_of(integral, value, goal.right))
    if put_in == goal:
        return None
    closed = on_interval(context, variable, Interval(low, high, lower_closed=True, upper_closed=True))
    slope = Relation(Derivative(primitive, Name(variable)), "=", body)
    return Relation(low, "≤", high), Obligation(closed, slope), put_in


def _in_place_of(old: Term, new: Term, term: Term) -> Term:
    """The term with ``old`` replaced wherever it stands outside of sums, integrals and derivatives."""
    if term == old:
        return new
    if isinstance(term, (Sum, Product, Integral, Derivative, Evaluate)):
        return term
    return map_children(term, lambda part: _in_place_of(old, new, part))
