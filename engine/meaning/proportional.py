"""``f \\propto g`` as functions of a variable, said without a new kind of statement.

f is proportional to g in v where ``f(v) g(v') = f(v') g(v)`` for any two admissible values v and v', both sides not
being 0: the quotient of the two is 1 wherever it is defined. A counterexample then shows the two values.
"""

from __future__ import annotations

from dataclasses import replace

from engine.meaning.context import Context
from engine.meaning.sort import Function, Real, Vector
from engine.meaning.statement import ForEach, Relation, Statement
from engine.meaning.term import (
    ONE,
    Apply,
    Call,
    Divide,
    Element,
    Multiply,
    Name,
    Term,
    children,
    free_names,
    fresh_name,
    substitute,
)


def proportional(left: Term, right: Term, variable: str, context: Context) -> tuple[Context, Relation] | str:
    """The context with a second value of the variable, and the relation between the two; or why there is none.

    >>> from engine.meaning.elaborate import read_term
    >>> from engine.meaning.latex import statement_latex
    >>> context = Context().declare("x", Real())
    >>> left, right = (read_term(text, context).term for text in ("2x", "x"))
    >>> statement_latex(proportional(left, right, "x", context)[1])
    "\\\\frac{(2 x) x'}{(2 x') x} = 1"
    """
    sort = context.sort_of(variable)
    if not isinstance(sort, Real | Vector):
        return f"{variable} is not declared as a number or a vector"
    if any(variable in free_names(definition.body) for definition in context.definitions):
        return f"a definition mentions {variable}; write it out in the claim"
    if any(_is_family(variable, side) for side in (left, right)):
        return f"{variable} has members here, and is not one variable"
    names = {*(d.name for d in context.declarations), *(d.name for d in context.definitions)}
    other = fresh_name(f"{variable}'", frozenset(names) | free_names(left) | free_names(right))
    copies = tuple(_copy(fact, variable, other) for fact in context.facts if _mentions(fact, variable))
    if any(copy is None for copy in copies):
        return f"what is assumed of {variable} cannot be said of a second value"
    twice = context.declare(other, sort, *(copy for copy in copies if copy is not None))
    moved = [substitute(side, variable, Name(other)) for side in (left, right)]
    quotient = Divide(Multiply((left, moved[1])), Multiply((moved[0], right)))
    return twice, Relation(quotient, "=", ONE)


def subject(term: Term) -> str | None:
    """The variable of the function that a side is: ``\\mu`` of ``p(\\mu \\mid x)``."""
    match term:
        case Call(_, (Name(name), *_)):
            return name
        case _:
            return None


def parameter(term: Term, context: Context) -> str | None:
    """The one variable of a function at the beginning of a chain: x of ``f(x)``, \\mu of ``p(\\mu \\mid x)``.

    ``p(x \\mid \\mu)`` may be the likelihood of \\mu as well as the density of x.
    """
    match term:
        case Apply(function, (Name(name),)) if isinstance(context.sort_of(function), Function):
            return name
        case Call(_, (Name(name),), given) if _is_greek(name) and not any(
            _is_greek(n) for g in given for n in free_names(g)
        ):
            return name
        case _:
            return None


def _is_greek(name: str) -> bool:
    return name.startswith("\\")


def _is_family(name: str, term: Term) -> bool:
    return (isinstance(term, Element) and term.family == name) or any(_is_family(name, p) for p in children(term))


def _mentions(fact: Statement, name: str) -> bool:
    match fact:
        case Relation(left, _, right) | ForEach(_, _, _, Relation(left, _, right)):
            return name in free_names(left) | free_names(right)
        case _:
            return True


def _copy(fact: Statement, name: str, other: str) -> Statement | None:
    match fact:
        case Relation(left, _, right):
            return replace(fact, left=substitute(left, name, Name(other)), right=substitute(right, name, Name(other)))
        case ForEach(_, _, _, body):
            copied = _copy(body, name, other)
            return replace(fact, body=copied) if isinstance(copied, Relation) else None
        case _:
            return None
