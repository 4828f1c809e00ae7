"""The sign that a term has by the way it is written: squares, sums and products, collected before anything is expanded.

``(x - y)^2 + 1`` is positive as it stands; its normal form, ``x^2 - 2xy + y^2 + 1``, no longer shows it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from engine.kernel.forms import sign as signs
from engine.kernel.forms.normal import Scope
from engine.kernel.forms.polynomial import add, of_atom
from engine.kernel.forms.sign import Sign
from engine.kernel.unproved import Unproved
from engine.meaning.term import Add, Divide, Multiply, Negate, Number, Power, Sum, Term


def term_sign(term: Term, scope: Scope) -> Sign:
    """The signs that ``term`` may have where it is defined; raises :class:`Unproved` where it is no number."""
    match term:
        case Add(parts):
            found = reduce(signs.total, (term_sign(part, scope) for part in parts), signs.ZERO)
            return found if len(found) == 1 else found & scope.algebra.sign(scope.number(term))
        case Multiply(factors):
            return _product_sign(term, factors, scope)
        case Negate(part):
            return signs.opposite(term_sign(part, scope))
        case Divide(above, below):
            return signs.product(term_sign(above, scope), signs.power(term_sign(below, scope), -1, 1))
        case Power(base, Number(Fraction(denominator=1) as exponent)):
            return signs.power(term_sign(base, scope), exponent.numerator, 1) if exponent else signs.POSITIVE
        case Sum(index, lower, upper, body):
            return _sum_sign(index, lower, upper, body, scope)
        case _:
            return scope.algebra.sign(scope.number(term))


def _product_sign(term: Term, factors: tuple[Term, ...], scope: Scope) -> Sign:
    try:
        return reduce(signs.product, (term_sign(factor, scope) for factor in factors), signs.POSITIVE)
    except Unproved:  # factors that are matrices have no sign
        return scope.algebra.sign(scope.number(term))


def _sum_sign(index: str, lower: Term, upper: Term, body: Term, scope: Scope) -> Sign:
    """All terms of one sign give the sum that sign, and 0 where there may be no term."""
    algebra = scope.algebra
    low, high = scope.number(lower), scope.number(upper)
    if not (algebra.is_integer(low) and algebra.is_integer(high)):
        raise Unproved("a sum's bounds must be integers")
    number = of_atom(algebra.fresh_variable(integer=True))
    with algebra.assuming(*algebra.range_facts(number, low, high)):
        each = term_sign(body, scope.binding(index, number))
    if not algebra.sign(add(high, low, -1)) <= signs.NOT_NEGATIVE:
        each |= signs.ZERO
    return signs.ANY if {-1, 1} <= each else each
