"""Theorems that conclude an inequality, applied backwards like those of :mod:`engine.kernel.theorems.table`."""

from __future__ import annotations

from typing import Final

from engine.kernel.forms.algebra import Unproved
from engine.kernel.theorems.obligation import Obligation, Parameters, not_of_this_form
from engine.meaning.context import Context
from engine.meaning.sort import Real
from engine.meaning.statement import Interval, Optimum, Relation, Sign, Statement
from engine.meaning.term import ZERO, Evaluate, Name, Power, Term, integer, subtract

TWO = integer(2)
_BOUNDED_BELOW: Final[tuple[Sign, ...]] = (">", "≥", "≠")
_BOUNDED_ABOVE: Final[tuple[Sign, ...]] = ("<", "≤", "≠")


def equal_sign(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """If A - B = E, then A and B compare as E and 0."""
    match goal, parameters:
        case Relation(left, ("<" | "≤" | ">" | "≥" | "≠") as sign, right), (value,) if isinstance(value, Term):
            equal = Relation(subtract(left, right), "=", value)
            return Obligation(context, equal), Obligation(context, Relation(value, sign, ZERO))
    raise not_of_this_form("equal-sign")


def equal_squares(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """If A² = B², A ≥ 0 and B ≥ 0, then A = B."""
    match goal, parameters:
        case Relation(left, "=", right), ():
            squares = Relation(Power(left, TWO), "=", Power(right, TWO))
            signs = (Obligation(context, Relation(side, "≥", ZERO)) for side in (left, right))
            return (*signs, Obligation(context, squares))
    raise not_of_this_form("equal-squares")


def bounded_by_optimum(context: Context, goal: Statement, parameters: Parameters) -> tuple[Obligation, ...]:
    """If f has its minimum over D at p and A - B = f(v) with v in D, then A and B compare as f(p) and 0 from below."""
    match goal, parameters:
        case Relation(left, sign, right), (Optimum(kind, point, objective, variable, Interval() as domain) as optimum,):
            if sign not in (_BOUNDED_BELOW if kind == "minimum" else _BOUNDED_ABOVE):
                raise not_of_this_form("bounded-by-optimum")
            if context.sort_of(variable) != Real():
                raise Unproved(f"{variable} is not declared as a real number, over which the optimum is taken")
            extreme = Evaluate(objective, variable, point)
            strict: Sign = {"≠": ">" if kind == "minimum" else "<"}.get(sign, sign)  # type: ignore[assignment]
            return (
                Obligation(context, optimum),
                *(Obligation(context, limit) for limit in domain.limits(Name(variable))),
                Obligation(context, Relation(subtract(left, right), "=", objective)),
                Obligation(context, Relation(extreme, strict, ZERO)),
            )
    raise not_of_this_form("bounded-by-optimum")
