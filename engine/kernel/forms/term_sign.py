"""The sign that a term has by the way it is written: squares, sums and products, collected before anything is expanded.

``(x - y)^2 + 1`` is positive as it stands; its normal form, ``x^2 - 2xy + y^2 + 1``, no longer shows it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from engine.kernel.forms import sign as signs
from engine.kernel.forms.normal import Scope, normalise
from engine.kernel.forms.polynomial import add, of_atom
from engine.kernel.forms.sign import Sign
from engine.kernel.unproved import Unproved
from engine.meaning.term import Add, Divide, Multiply, Negate, Number, Power, Sum, Term, Transpose


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
        found = scope.algebra.sign(scope.number(term))
        return found if len(found) == 1 else found & _quadratic_form_sign(factors, scope)


def _quadratic_form_sign(factors: tuple[Term, ...], scope: Scope) -> Sign:
    """Of numbers times u^T u, or u^T M u with a definite M, not yet expanded: ``(x - μ)^T Σ^-1 (x - μ)``."""
    from engine.kernel.matrices.determinant import sign_at_vector

    vector = factors[-1]
    starts = [at for at, factor in enumerate(factors[:-1]) if factor == Transpose(vector)]
    if len(starts) != 1:
        return signs.ANY
    middle = factors[starts[0] + 1 : -1]
    matrix = normalise(Multiply(middle), scope) if middle else None
    form = sign_at_vector(scope.algebra, matrix, normalise(vector, scope))
    return reduce(signs.product, (term_sign(number, scope) for number in factors[: starts[0]]), form)


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
