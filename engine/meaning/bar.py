"""Variables of a claim that are also names with a value: the claim is about the variable, the value is put in after.

Beside ``\\lambda = N/S``, ``\\frac{d\\ell}{d\\lambda} = 0`` speaks of the derivative at that value: it is written
with a bar, ``\\frac{d\\ell}{d\\lambda'}\\bigr|_{\\lambda'=\\lambda}``. The x of ``\\int_0^1 x\\,dx`` is another one
than that of ``x = 3``, and is called x'.

Beside ``x = \\cos t`` and ``y = \\sin t``, ``\\frac{dy}{dx}`` is no derivative of something that does not depend on x,
nor is ``\\frac{d}{dp} pq`` beside ``p = 1 - q`` surely q: where what is differentiated may depend on the variable by
what its value is made of, no bar is written, and the claim is not understood.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.meaning.context import Context
from engine.meaning.sort import Integer, Real
from engine.meaning.statement import Relation, Statement
from engine.meaning.term import (
    Derivative,
    Evaluate,
    Integral,
    Name,
    Product,
    Sum,
    Term,
    bound_name,
    children,
    free_names,
    fresh_name,
    map_children,
    substitute,
)


def with_bars(statement: Statement, context: Context) -> Statement:
    """The relation, where no defined name is bound or differentiated in, as far as bars can say it: they do not reach
    into other definitions.

    >>> from engine.meaning.term import ONE
    >>> x = Name("x")
    >>> with_bars(Relation(Derivative(x, x), "=", ONE), Context().define("x", (), ONE)).left.variable
    "x'"
    """
    if not isinstance(statement, Relation) or not context.definitions:
        return statement
    sides = statement.left, statement.right
    varied = _varied(sides[0]) | _varied(sides[1])
    varied &= {one.name for one in context.definitions if not one.parameters}
    if not varied:
        return statement
    varied -= mentioned_by_definitions((free_names(sides[0]) | free_names(sides[1])) - varied, context)
    taken = frozenset((*(one.name for one in context.declarations), *(one.name for one in context.definitions)))
    left, right = (_with_bars(side, varied, taken, context) for side in sides)
    return Relation(left, statement.sign, right)


def _varied(term: Term) -> frozenset[str]:
    """The names that are bound or differentiated in somewhere."""
    found = frozenset(filter(None, (bound_name(term),)))
    if isinstance(term, Derivative) and isinstance(term.variable, Name):
        found |= {term.variable.name}
    return found.union(*map(_varied, children(term)))


def mentioned_by_definitions(names: Iterable[str], context: Context) -> frozenset[str]:
    """What the definitions of the names mention, directly or by other definitions."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        definition = context.definition_of(waiting.pop())
        new = free_names(definition.body) - set(definition.parameters) - found if definition else frozenset()
        found |= new
        waiting += new
    return frozenset(found)


def _may_depend_by_value(body: Term, name: str, context: Context) -> bool:
    """Whether the body shows what the value is made of, and not the variable; or the one letter that it is made of."""
    reached = mentioned_by_definitions([name], context)
    numbers = {one for one in reached if isinstance(context.sort_of(one), Real | Integer)}
    if not any(context.definition_of(one) is None for one in reached):
        return False  # a value in numbers alone
    shown = free_names(body)
    behind = (shown - {name}) | mentioned_by_definitions(shown - {name}, context)
    if name not in shown:
        return bool(reached & behind)
    (only, *others) = numbers or ("",)
    return not others and only.removeprefix("\\").isalpha() and only in behind


def _with_bars(term: Term, valued: frozenset[str], taken: frozenset[str], context: Context) -> Term:
    term = map_children(term, lambda part: _with_bars(part, valued, taken, context))
    match term:
        case Derivative(body, Name(name), order) if name in valued:
            if _may_depend_by_value(body, name, context):
                return term
            variable = _fresh(name, body, taken)
            return Evaluate(Derivative(_renamed(body, name, variable), Name(variable), order), variable, Name(name))
        case Sum(name, lower, upper, body) | Product(name, lower, upper, body) | Integral(name, lower, upper, body):
            if name in valued and not _may_depend_by_value(body, name, context):
                variable = _fresh(name, body, taken)
                return type(term)(variable, lower, upper, _renamed(body, name, variable))
        case Evaluate(body, name, value) if name in valued:
            variable = _fresh(name, body, taken)
            return Evaluate(_renamed(body, name, variable), variable, value)
    return term


def _fresh(name: str, body: Term, taken: frozenset[str]) -> str:
    return fresh_name(name + "'", taken | free_names(body))


def _renamed(body: Term, name: str, variable: str) -> Term:
    return substitute(body, name, Name(variable))
