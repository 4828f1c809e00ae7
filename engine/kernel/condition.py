"""The conditions under which a whole statement is defined (of its terms: :mod:`engine.kernel.definedness`)."""

from __future__ import annotations

from dataclasses import replace

from engine.kernel.definedness import Conditions, Place
from engine.kernel.forms.context import interval_facts
from engine.kernel.forms.normal import Scope
from engine.kernel.forms.polynomial import of_atom
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    Implies,
    Interval,
    NoOptimum,
    Optimum,
    Relation,
    Statement,
    UpToOrder,
)
from engine.meaning.term import INFINITY, ZERO, Integral, Negate, Term


def conditions_of(goal: Statement, scope: Scope, established: frozenset[Statement]) -> tuple[Statement, ...]:
    """The conditions under which the statement is defined that do not follow from the context."""
    conditions = Conditions(established)
    _collect(goal, scope, conditions)
    return conditions.settled()


def _collect(goal: Statement, scope: Scope, conditions: Conditions) -> None:
    def of(term: Term, place: Place) -> None:
        conditions.of(scope.unfold(term), place)

    at = Place(scope)
    match goal:
        case Relation(left, _, right):
            of(left, at)
            of(right, at)
        case UpToOrder(left, right, variable, order):
            # Defined near 0: as under a derivative in the variable, evaluated at 0.
            for side in (left, right):
                inside = scope.unfold(side)
                place = Place(scope, near=frozenset((variable,)), order=order, put=((variable, ZERO),), required=True)
                bound = replace(place, scope=scope.binding(variable, {}))
                conditions.of(inside, bound)
        case Optimum() | NoOptimum():
            _of_objective(goal, scope, conditions)
        case Diverges(integral):
            _of_ends(integral, scope, conditions)
        case Implies(premise, conclusion):
            _collect(premise, scope, conditions)
            _collect(conclusion, scope, conditions)
        case Equivalent(left, right):
            _collect(left, scope, conditions)
            _collect(right, scope, conditions)
        case _:
            # The theorems that conclude the other kinds ask for definedness themselves.
            return


def _of_objective(goal: Optimum | NoOptimum, scope: Scope, conditions: Conditions) -> None:
    """The objective must be defined on its whole domain; the point like any term."""
    if isinstance(goal, Optimum):
        conditions.of(scope.unfold(goal.point), Place(scope))
    if goal.domain is None:
        return
    _of_ends(goal.domain, scope, conditions)
    algebra = scope.algebra
    number = of_atom(algebra.fresh_variable(integer=False))
    with algebra.assuming(*interval_facts(number, goal.domain, scope)):
        inner = scope.binding(goal.variable, number)
        conditions.of(scope.unfold(goal.objective), Place(inner, required=True))


def _of_ends(of: Interval | Integral, scope: Scope, conditions: Conditions) -> None:
    for end in (of.lower, of.upper):
        if end not in (INFINITY, Negate(INFINITY)):
            conditions.of(scope.unfold(end), Place(scope))
