"""Remainders: ``e^x = 1 + x + O(x^2)`` says that the two sides agree up to order 2 as x tends to 0.

Of ``n = O(n^2)``, and of ``x^2 = O(x)`` where nothing of lower order stands beside the remainder, it is not clear
whether the variable tends to 0 or to infinity: these are not understood, unless the letter is one for small numbers.

Source: de Bruijn, *Asymptotic Methods in Analysis*, section 1.2: ``= ... + O(x^k)`` is read from left to right.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from engine.meaning.context import Context
from engine.meaning.notation import COUNTS
from engine.meaning.sort import Real
from engine.meaning.statement import Relation, Statement, UpToOrder
from engine.meaning.term import (
    ZERO,
    Add,
    Apply,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Term,
    children,
    free_names,
    fresh_name,
    substitute,
)

REMAINDER: Final = "bigO"
_SMALL: Final = frozenset(("h", r"\epsilon", r"\varepsilon", r"\delta", r"\eta"))
_FORM: Final = "a remainder is understood as a summand of the right side: a = b + O(x^2), as x tends to 0"


def mentions_remainder(relation: Relation) -> bool:
    return any(map(_mentions, (relation.left, relation.right)))


def _mentions(term: Term) -> bool:
    return (isinstance(term, Apply) and term.function == REMAINDER) or any(map(_mentions, children(term)))


def up_to_order(relation: Relation, context: Context) -> UpToOrder | str:
    """What the relation with ``O(...)`` says, or why it is not understood. The least order counts.

    >>> x = Name("x")
    >>> remainder = Apply("bigO", (Power(x, Number(Fraction(2))),))
    >>> found = up_to_order(Relation(x, "=", Add((x, remainder))), Context().declare("x", Real()))
    >>> found.variable, found.order, found.right
    ('x', 2, Name(name='x'))
    """
    summands = relation.right.terms if isinstance(relation.right, Add) else (relation.right,)
    rest = tuple(one for one in summands if not _is_remainder(one))
    if relation.sign != "=" or any(map(_mentions, (relation.left, *rest))):
        return _FORM
    sizes = [_size(one) for one in summands if _is_remainder(one)]
    found = [size for size in sizes if size is not None]
    if len(found) < len(sizes) or len({base for base, _ in found}) != 1:
        return f"{_FORM}; what stands in its brackets is a power of one variable, or of its distance from a value"
    base, order = found[0][0], min(order for _, order in found)
    right = rest[0] if len(rest) == 1 else Add(rest) if rest else ZERO
    if isinstance(base, Name) and base.name not in _SMALL and all(_is_lost(one, base.name, order) for one in rest):
        return f"does {base.name} tend to 0 or to infinity in O(...)? write the claim in a small letter, h or \\epsilon"
    return _near(base, order, relation.left, right, context)


def _is_lost(summand: Term, name: str, order: int) -> bool:
    """Whether the remainder takes a monomial in, so that nobody would write it beside as the variable tends to 0."""
    degree = _degree(summand, name)
    return degree is not None and degree >= order


def _degree(term: Term, name: str) -> Fraction | None:
    """The degree of a monomial in the name; ``None`` for anything else."""
    match term:
        case Name(own) if own == name:
            return Fraction(1)
        case Power(base, Number(exponent)) if (degree := _degree(base, name)) is not None:
            return degree * exponent
        case Negate(part):
            return _degree(part, name)
        case Multiply(factors):
            degrees = [_degree(factor, name) for factor in factors]
            return None if None in degrees else sum((one for one in degrees if one is not None), Fraction(0))
        case _:
            return None if name in free_names(term) else Fraction(0)


def _is_remainder(summand: Term) -> bool:
    own = summand.term if isinstance(summand, Negate) else summand
    return isinstance(own, Apply) and own.function == REMAINDER


def _size(remainder: Term) -> tuple[Term, int] | None:
    """The base and the exponent of what is in the brackets; bars around the base say nothing here."""
    own = remainder.term if isinstance(remainder, Negate) else remainder
    assert isinstance(own, Apply)
    (size,) = own.arguments
    base, exponent = (size.base, size.exponent) if isinstance(size, Power) else (size, Number(Fraction(1)))
    if not isinstance(exponent, Number) or exponent.value.denominator != 1 or exponent.value < 1:
        return None
    return (base.arguments[0] if isinstance(base, Apply) and base.function == "abs" else base), int(exponent.value)


def _leaves_room(fact: Statement, name: str) -> bool:
    """Whether small positive values of the name satisfy the fact: it does not mention it, or asks for its sign."""
    match fact:
        case Relation(Name(one), ">" | "≥" | "≠", other) | Relation(other, "<" | "≤" | "≠", Name(one)) if one == name:
            return other == ZERO
        case Relation(left, _, right):
            return name not in free_names(left) | free_names(right)
        case _:
            return True


def _near(base: Term, order: int, left: Term, right: Term, context: Context) -> UpToOrder | str:
    match base:
        case Name(name):
            value = ZERO
        case Add((Name(name), Negate(value))) if name not in free_names(value):
            pass
        case _:
            return f"{_FORM}; what stands in its brackets is a power of one variable, or of its distance from a value"
    if not isinstance(context.sort_of(name), Real) or context.definition_of(name) is not None or name in COUNTS:
        return f"{name} would have to tend to 0 in O(...), and is no real variable here"
    if not all(_leaves_room(fact, name) for fact in context.facts):
        return f"what is assumed of {name} may keep it from tending to 0 in O(...)"
    if value == ZERO:
        return UpToOrder(left, right, name, order)
    taken = free_names(left) | free_names(right) | {one.name for one in context.declarations}
    step = fresh_name("h", taken | {one.name for one in context.definitions})
    moved = Add((value, Name(step)))
    return UpToOrder(substitute(left, name, moved), substitute(right, name, moved), step, order)
