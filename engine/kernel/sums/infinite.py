"""Infinite sums: the geometric and the exponential series with their moments, and the logarithm's.

A sum is taken term by term, and only where each term's sum is known to converge, so that none that may diverge has a
value. With surjections T(m, j) = j! S(m, j), so that k^m = Σ_j T(m, j) C(k, j):

| sum, with 0^0 = 1 | value | condition |
|---|---|---|
| Σ_{k≥0} k^m ρ^k | Σ_j T(m, j) ρ^j (1 - ρ)^(-j-1) | -1 < ρ < 1 |
| Σ_{k≥a} k^m ρ^k | ρ^a Σ_{k≥0} (k + a)^m ρ^k | and a an integer >= 0 |
| Σ_{k≥0} k^m ρ^k/k! | Σ_j T(m, j)/j! ρ^j e^ρ | |
| Σ_{k≥1} ρ^k/k | -ln(1 - ρ) | -1 <= ρ < 1 |

Of the last two, the terms before a later start are taken away. Source: Graham, Knuth and Patashnik, Concrete
Mathematics, 2nd edition, (6.10), (7.47) and tables 335 and 351; Abel's theorem for ρ = -1 (Rudin, Principles of
Mathematical Analysis, Theorem 8.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Alternating, Call, Exponential, SymbolicPower, Variable
from engine.kernel.forms.polynomial import (
    Exponent,
    Monomial,
    Polynomial,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
    scale,
)
from engine.kernel.forms.power import absolute_value
from engine.kernel.unproved import Unproved

LARGEST_DEGREE = 12
LATEST_START = 64
NOT_IN_TABLE = "an infinite sum that is not in the table"


@dataclass(slots=True)
class Shape:
    """``k^degree ratio^k``, divided by k! where ``factorial``, as a function of the index k."""

    ratio: Polynomial
    degree: int = 0
    factorial: bool = False


def infinite_sum(algebra: Algebra, index: int, low: Polynomial, body: Polynomial) -> Polynomial:
    """Σ of ``body`` for the variable ``index`` from ``low`` on."""
    if not algebra.is_integer(low):
        raise Unproved("a sum's bounds must be integers")
    return algebra.linearly(body, index, lambda inner: _value(algebra, low, _shape(algebra, index, inner)))


def _shape(algebra: Algebra, index: int, monomial: Monomial) -> Shape:
    shape = Shape(constant(1))
    successor = freeze(add(of_atom(index), constant(1)))
    for number, e in monomial:
        match algebra.atoms[number]:
            case Variable() if number == index and isinstance(e, int):
                shape.degree = e
            case SymbolicPower(base, inner) if index not in algebra.depends(base):
                factor = algebra.power(of_atom(base), _rate(algebra, index, inner, e))
                shape.ratio = algebra.multiply(shape.ratio, factor)
            case Exponential(inner):
                factor = algebra.exponential(_rate(algebra, index, inner, e))
                shape.ratio = algebra.multiply(shape.ratio, factor)
            case Alternating(odd) if odd == ((index, 1),):
                shape.ratio = scale(shape.ratio, -1)
            case Call("Gamma", (0,), (argument,)) if (
                e == -1 and argument == successor and "Gamma" not in algebra.functions
            ):
                shape.factorial = True
            case _:
                raise Unproved(NOT_IN_TABLE)
    return shape


def _rate(algebra: Algebra, index: int, exponent: Monomial, e: Exponent) -> Polynomial:
    """c of an exponent c k."""
    rest = tuple(pair for pair in exponent if pair != (index, 1))
    if len(rest) == len(exponent) or index in algebra.monomial_depends(rest):
        raise Unproved(NOT_IN_TABLE)
    return {rest: e}


def _value(algebra: Algebra, low: Polynomial, shape: Shape) -> Polynomial:
    algebra.spend(50)
    if shape.degree > LARGEST_DEGREE:
        raise Unproved(NOT_IN_TABLE)
    if shape.degree >= 0 and not shape.factorial:
        return _geometric(algebra, low, shape.degree, shape.ratio)
    start = constant_term(low)
    if not is_constant(low) or not 0 <= start <= LATEST_START:
        raise Unproved(NOT_IN_TABLE)
    if shape.degree >= 0:
        return _exponential(algebra, int(start), shape.degree, shape.ratio)
    if shape.degree == -1 and not shape.factorial and start >= 1:
        return _logarithmic(algebra, int(start), shape.ratio)
    raise Unproved(NOT_IN_TABLE)


def _geometric(algebra: Algebra, low: Polynomial, degree: int, ratio: Polynomial) -> Polynomial:
    _require_convergence(algebra, ratio, signs.POSITIVE)
    if not algebra.sign(low) <= signs.NOT_NEGATIVE:
        raise Unproved("an infinite sum that may start before 0")
    over = algebra.inverse(add(constant(1), ratio, -1))
    result: Polynomial = {}
    for m in range(degree + 1):
        power = scale(algebra.integer_power(low, degree - m), comb(degree, m))
        moment: Polynomial = {}
        for j in range(m + 1):
            term = algebra.multiply(algebra.integer_power(ratio, j), algebra.integer_power(over, j + 1))
            moment = add(moment, term, _surjections(m, j))
        result = add(result, algebra.multiply(power, moment))
    return algebra.multiply(result, algebra.power(ratio, low)) if low else result


def _exponential(algebra: Algebra, start: int, degree: int, ratio: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for j in range(degree + 1):
        result = add(result, algebra.integer_power(ratio, j), Fraction(_surjections(degree, j), factorial(j)))
    result = algebra.multiply(result, algebra.exponential(ratio))
    for k in range(start):
        result = add(result, algebra.integer_power(ratio, k), -Fraction(k**degree, factorial(k)))
    return result


def _logarithmic(algebra: Algebra, start: int, ratio: Polynomial) -> Polynomial:
    _require_convergence(algebra, ratio, signs.NOT_NEGATIVE)
    result = scale(algebra.logarithm(add(constant(1), ratio, -1)), -1)
    for k in range(1, start):
        result = add(result, algebra.integer_power(ratio, k), -Fraction(1, k))
    return result


def _require_convergence(algebra: Algebra, ratio: Polynomial, at_least: signs.Sign) -> None:
    """|ρ| < 1, or ρ < 1 where 1 + ρ has one of the signs ``at_least``; e^x with x < 0 lies between 0 and 1."""
    size = absolute_value(algebra, ratio)
    above, below, inside = (algebra.sign(add(constant(1), p, s)) for p, s in ((ratio, 1), (ratio, -1), (size, -1)))
    if (above <= at_least and below == signs.POSITIVE) or inside == signs.POSITIVE:
        return
    if algebra.sign(ratio) == signs.POSITIVE and algebra.sign(algebra.logarithm(ratio)) == signs.NEGATIVE:
        return
    raise Unproved("the convergence of an infinite sum")


def _surjections(m: int, j: int) -> int:
    """The number of maps of m things onto j."""
    return sum((-1) ** (j - i) * comb(j, i) * i**m for i in range(j + 1))
