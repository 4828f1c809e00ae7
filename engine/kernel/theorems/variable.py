"""Contexts in which one more name is a variable, and what is asked of points and optima in it."""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.theorems.mention import interval_names, sort_names, statement_names
from engine.kernel.unfold import names_reached
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Real, Vector
from engine.meaning.statement import Interval, Optimum, Relation
from engine.meaning.term import INFINITY, Derivative, Evaluate, Name, Negate, Term, children, free_names


def without_facts_on(context: Context, variable: str) -> Context:
    """The context without the facts that mention the name (which is about to mean something else), also where they
    do so by a definition."""
    if context.definition_of(variable):
        raise Unproved("a name that is both defined and used as a variable")
    if any(variable in names_reached(sort_names(d.sort), context) for d in context.declarations):
        raise Unproved("the variable of a function of the claim is a size or a range in a declaration")
    kept = (f for f in context.facts if variable not in names_reached(statement_names(f), context))
    return replace(context, facts=tuple(kept))


def on_interval(context: Context, variable: str, interval: Interval) -> Context:
    """The context in which ``variable`` is any real number of the interval, whose ends do not mention it."""
    if variable in names_reached(interval_names(interval), context):
        raise Unproved("the ends of an interval must not mention the variable that ranges over it")
    if any(end not in (INFINITY, Negate(INFINITY)) and _is_infinite(end) for end in (interval.lower, interval.upper)):
        raise Unproved("an infinite value")
    return any_real(context, variable).assume(*interval.limits(Name(variable)))


def _is_infinite(term: Term) -> bool:
    return term == INFINITY or any(map(_is_infinite, children(term)))


def any_real(context: Context, variable: str) -> Context:
    """The context in which ``variable`` is a real number of which nothing else is known."""
    return without_facts_on(context, variable).declare(variable, Real())


def require_open(interval: Interval) -> None:
    if interval.lower_closed or interval.upper_closed:
        raise Unproved("this theorem is about open intervals")


def inside(point: Term, interval: Interval) -> tuple[Relation, ...]:
    """The point lies in the open interval."""
    require_open(interval)
    return interval.limits(point)


def derivative_at(body: Term, variable: str, order: int, point: Term) -> Term:
    return Evaluate(Derivative(body, Name(variable), order) if order else body, variable, point)


def require_fixed_point(context: Context, optimum: Optimum) -> None:
    """The point and the domain's ends must not mention the variable, which ranges over the domain."""
    mentioned = free_names(optimum.point) | interval_names(optimum.domain)
    if optimum.variable in names_reached(mentioned, context):
        raise Unproved("the point of an optimum must not mention the variable of its objective")


def require_declared(context: Context, optimum: Optimum) -> None:
    """An optimum over every value of the variable's sort needs that sort to be declared; on an interval it is real."""
    sort = context.sort_of(optimum.variable)
    if not isinstance(sort, (Vector, Real)) or (optimum.domain is not None and not isinstance(sort, Real)):
        raise Unproved(f"{optimum.variable} is not declared as a vector or real number")
    require_fixed_point(context, optimum)
