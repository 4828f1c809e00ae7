"""Theorems about maximisers and minimisers, on an open interval or over all values of a variable."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.kernel.theorems.obligation import Hypotheses, Obligation, theorem
from engine.kernel.theorems.variable import (
    derivative_at,
    inside,
    on_interval,
    require_declared,
    require_fixed_point,
    require_open,
    without_facts_on,
)
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Real
from engine.meaning.statement import Interval, NoOptimum, Optimum, Relation, Sign
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Apply,
    Derivative,
    Evaluate,
    Multiply,
    Name,
    Negate,
    Term,
    subtract,
)

RUDIN: Final = "Rudin, Principles of Mathematical Analysis, "
_BOUNDED_BELOW: Final[tuple[Sign, ...]] = (">", "≥", "≠")
_BOUNDED_ABOVE: Final[tuple[Sign, ...]] = ("<", "≤", "≠")


@theorem(
    "strict-concavity",
    "A stationary point is the only maximiser (minimiser) of f on an open interval where f'' < 0 (f'' > 0).",
    RUDIN + "Theorems 5.10 and 5.11",
    Optimum,
)
def strict_concavity(context: Context, goal: Optimum) -> Hypotheses:
    if goal.domain is None:
        return None
    require_fixed_point(context, goal)
    curved = Relation(Derivative(goal.objective, Name(goal.variable), 2), "<" if goal.kind == "maximum" else ">", ZERO)
    return (
        *inside(goal.point, goal.domain),
        Relation(derivative_at(goal.objective, goal.variable, 1, goal.point), "=", ZERO),
        Obligation(on_interval(context, goal.variable, goal.domain), curved),
    )


@theorem(
    "first-derivative-sign",
    "If f'(v) = (p - v) q(v) with q > 0 on an open interval, then p is the only maximiser of f there.",
    RUDIN + "Theorem 5.11",
    Optimum,
    (Term,),
)
def first_derivative_sign(context: Context, goal: Optimum, factor: Term) -> Hypotheses:
    if goal.domain is None:
        return None
    require_fixed_point(context, goal)
    name = Name(goal.variable)
    towards = subtract(goal.point, name) if goal.kind == "maximum" else subtract(name, goal.point)
    slope = Relation(Derivative(goal.objective, name), "=", Multiply((towards, factor)))
    everywhere = on_interval(context, goal.variable, goal.domain)
    positive = Relation(factor, ">", ZERO)
    return *inside(goal.point, goal.domain), Obligation(everywhere, slope), Obligation(everywhere, positive)


@theorem("equal-objective", "Equal functions have the same optima.", goal=Optimum, takes=(Term,))
def equal_objective(context: Context, goal: Optimum, other: Term) -> Hypotheses:
    if goal.domain is None:
        return None
    equal = Relation(goal.objective, "=", other)
    return Obligation(on_interval(context, goal.variable, goal.domain), equal), replace(goal, objective=other)


@theorem(
    "monotone-transform", "The logarithm is strictly increasing: f > 0 and ln f have the same optima.", goal=Optimum
)
def monotone_transform(context: Context, goal: Optimum) -> Hypotheses:
    if goal.domain is None:
        return None
    positive = Relation(goal.objective, ">", ZERO)
    logarithm = replace(goal, objective=Apply("ln", (goal.objective,)))
    return Obligation(on_interval(context, goal.variable, goal.domain), positive), logarithm


@theorem(
    "monotone-no-optimum",
    "A strictly monotone function attains no maximum or minimum on a non-empty open interval.",
    RUDIN + "Theorem 5.11",
    NoOptimum,
    (Term,),
)
def monotone_no_optimum(context: Context, goal: NoOptimum, direction: Term) -> Hypotheses:
    if direction not in (ONE, Negate(ONE)):
        return None
    require_open(goal.domain)
    slope = Relation(Derivative(goal.objective, Name(goal.variable)), ">" if direction == ONE else "<", ZERO)
    return _is_not_empty(goal.domain), Obligation(on_interval(context, goal.variable, goal.domain), slope)


def _is_not_empty(interval: Interval) -> Relation:
    if interval.lower == Negate(INFINITY) or interval.upper == INFINITY:
        return Relation(ZERO, "<", ONE)
    return Relation(interval.lower, "<", interval.upper)


@theorem(
    "fermat", "At an interior optimum the derivative (gradient) is zero.", RUDIN + "Theorem 5.8", Relation, (Optimum,)
)
def fermat(context: Context, goal: Relation, optimum: Optimum) -> Hypotheses:
    if goal.sign != "=":
        return None
    require_declared(context, optimum)
    slope = derivative_at(optimum.objective, optimum.variable, 1, optimum.point)
    limits = inside(optimum.point, optimum.domain) if optimum.domain else ()
    return optimum, *limits, Relation(subtract(goal.left, goal.right), "=", slope)


@theorem(
    "unique-optimum-point",
    "An optimum of the same objective is the unique one.",
    goal=Relation,
    takes=(Optimum, Optimum),
)
def unique_optimum_point(context: Context, goal: Relation, one: Optimum, only: Optimum) -> Hypotheses:
    fits = goal.sign == "=" and only.unique and one.point == goal.left and only.point == goal.right
    if not fits or (one.kind, one.domain, one.variable) != (only.kind, only.domain, only.variable):
        return None
    require_declared(context, only)
    everywhere = without_facts_on(context, only.variable)
    if only.domain is not None:
        everywhere = on_interval(context, only.variable, only.domain)
    return one, only, Obligation(everywhere, Relation(one.objective, "=", only.objective))


@theorem(
    "bounded-by-optimum",
    "If f has its minimum over D at p and A - B = f(v) with v in D, then A ≥ B where f(p) ≥ 0, and A > B where"
    " f(p) > 0; with a maximum, A ≤ B and A < B.",
    goal=Relation,
    takes=(Optimum,),
)
def bounded_by_optimum(context: Context, goal: Relation, optimum: Optimum) -> Hypotheses:
    below = optimum.kind == "minimum"
    if optimum.domain is None or goal.sign not in (_BOUNDED_BELOW if below else _BOUNDED_ABOVE):
        return None
    if context.sort_of(optimum.variable) != Real():
        raise Unproved(f"{optimum.variable} is not declared as a real number, over which the optimum is taken")
    strict: Sign = ">" if below else "<"
    extreme = Evaluate(optimum.objective, optimum.variable, optimum.point)
    return (
        optimum,
        *optimum.domain.limits(Name(optimum.variable)),
        Relation(subtract(goal.left, goal.right), "=", optimum.objective),
        Relation(extreme, strict if goal.sign == "≠" else goal.sign, ZERO),
    )
