"""The names that sorts and statements mention."""

from __future__ import annotations

from engine.meaning.sort import Family, Function, MatrixOf, Sort, Vector
from engine.meaning.statement import (
    Definite,
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import free_names


def sort_names(sort: Sort) -> frozenset[str]:
    """The names that sizes and index ranges mention."""
    match sort:
        case Vector(size):
            return free_names(size)
        case MatrixOf(rows, columns):
            return free_names(rows) | free_names(columns)
        case Family(ranges, element):
            ends = (free_names(r.lower) | free_names(r.upper) for r in ranges if r is not None)
            return sort_names(element).union(*ends)
        case Function(arguments, result):
            return sort_names(result).union(*map(sort_names, arguments))
        case _:
            return frozenset()


def statement_names(statement: Statement) -> frozenset[str]:
    """The names that occur free in a statement."""
    match statement:
        case Relation(left, _, right):
            return free_names(left) | free_names(right)
        case ForEach(index, lower, upper, body):
            return free_names(lower) | free_names(upper) | (statement_names(body) - {index})
        case UpToOrder(left, right, variable, _):
            return (free_names(left) | free_names(right)) - {variable}
        case Optimum(_, point, objective, variable, domain):
            return free_names(point) | (free_names(objective) - {variable}) | interval_names(domain)
        case NoOptimum(_, objective, variable, domain):
            return (free_names(objective) - {variable}) | interval_names(domain)
        case NearZero(variable, body):
            return statement_names(body) - {variable}
        case Diverges(integral):
            return free_names(integral)
        case Smooth(function, at):
            return free_names(at) | {function}
        case Invertible(matrix) | Definite(matrix):
            return free_names(matrix)
        case Implies(a, b) | Equivalent(a, b):
            return statement_names(a) | statement_names(b)


def interval_names(interval: Interval | None) -> frozenset[str]:
    """The names that the ends of an interval mention."""
    return free_names(interval.lower) | free_names(interval.upper) if interval else frozenset()
