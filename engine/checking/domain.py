"""Functions that are given for some arguments only: ``p(x) = \\lambda e^{-\\lambda x}`` beside ``x > 0``.

The equation defines p; what else is given of x bounds where it does. A claim that asks for another value, ``p(-1)``, is
decided only where that value is known to be inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.meaning.claim import Claim
from engine.meaning.statement import Relation, Sign, sides
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Apply,
    Evaluate,
    FunctionDerivative,
    Integral,
    Name,
    Negate,
    Over,
    Product,
    Sum,
    Term,
    children,
    free_names,
    substitute,
)

_UNKNOWN: Final = Relation(ZERO, "=", ONE)
_WEAK: Final[dict[Sign, Sign]] = {"<": "≤", "≤": "≤", ">": "≥", "≥": "≥"}
_Ranges = dict[str, tuple[Term, Term] | None]


def asked_outside(claim: Claim, functions: frozenset[str]) -> tuple[tuple[str, Relation], ...]:
    """Function by function, what must hold for the values that the claim asks for to be given at all."""
    defined = {one.name: one for one in claim.context.definitions if one.name in functions}
    facts = [fact for fact in claim.context.facts if isinstance(fact, Relation)] if defined else []
    found: dict[tuple[str, Relation], None] = {}
    applied = (use for side in sides(claim.statement) for use in _inside(side, {})) if facts else ()
    for function, arguments, ranges in applied:
        parameters = defined[function].parameters if function in defined else ()
        for parameter, argument in zip(parameters, arguments, strict=False):
            for fact in facts:
                for needed in _needed(fact, parameter, argument, ranges):
                    found.setdefault((function, needed))
    return tuple(found)


def _needed(fact: Relation, parameter: str, argument: Term, ranges: _Ranges) -> Iterator[Relation]:
    """The fact about the parameter, said of the argument; of a range, at its ends."""
    if parameter not in free_names(fact.left) | free_names(fact.right):
        return
    bound = free_names(argument) & ranges.keys()
    if not bound and argument != Name(parameter):
        yield _with(fact, parameter, argument)
    if bound:
        ends = ranges[argument.name] if isinstance(argument, Name) else None
        yield from (_UNKNOWN,) if ends is None else (_at_end(fact, parameter, end) for end in ends)


def _at_end(fact: Relation, parameter: str, end: Term) -> Relation:
    """A bound of the parameter at one end of its range, where it may be attained."""
    own = Name(parameter)
    other = fact.right if fact.left == own else fact.left
    if own not in (fact.left, fact.right) or parameter in free_names(other) or fact.sign not in _WEAK:
        return _UNKNOWN
    upwards = (fact.sign in (">", "≥")) == (fact.left == own)
    if end in (INFINITY, Negate(INFINITY)):
        return Relation(ZERO, "=", ZERO) if upwards == (end == INFINITY) else _UNKNOWN
    return _with(Relation(fact.left, _WEAK[fact.sign], fact.right), parameter, end)


def _with(fact: Relation, parameter: str, value: Term) -> Relation:
    left, right = (substitute(side, parameter, value) for side in (fact.left, fact.right))
    return Relation(left, fact.sign, right)


def _inside(term: Term, ranges: _Ranges) -> Iterator[tuple[str, tuple[Term, ...], _Ranges]]:
    """The functions that are applied, their arguments, and the ranges of the names that are bound there."""
    if isinstance(term, Apply | FunctionDerivative):
        yield term.function, term.arguments, ranges
    match term:
        case Sum(name, lower, upper) | Product(name, lower, upper) | Integral(name, lower, upper):
            ranges = {**ranges, name: (lower, upper)}
        case Evaluate(_, name) | Over(_, name):
            ranges = {**ranges, name: None}
    for part in children(term):
        yield from _inside(part, ranges)
