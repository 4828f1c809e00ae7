"""Definite integrals by table, each with the condition under which it converges.

∫_0^∞ v^(a-1) e^(-b v) dv = Γ(a) / b^a          a > 0, b > 0      (DLMF 5.9.1)
∫_-∞^∞ e^(-a v² + b v) dv = sqrt(π/a) e^(b²/4a)  a > 0             (DLMF 7.7.3 with z = 0, after completing the square)
"""

from __future__ import annotations

from fractions import Fraction

from engine.kernel import sign as signs
from engine.kernel.algebra import Algebra, Unproved
from engine.kernel.atom import Circle, Exponential, SymbolicPower
from engine.kernel.gamma import gamma
from engine.kernel.matrix import Value
from engine.kernel.normal import Scope, interval_facts
from engine.kernel.polynomial import Monomial, Polynomial, add, constant, of_atom, scale
from engine.meaning.statement import Interval
from engine.meaning.term import INFINITY, ZERO, Integral, Negate


def integrate(integral: Integral, scope: Scope) -> Value:
    """The value of an integral whose integrand is a sum of table entries."""
    algebra = scope.algebra
    number = algebra.fresh_variable(integer=False)
    interval = Interval(integral.lower, integral.upper)
    half_line = integral.lower == ZERO and integral.upper == INFINITY
    if not half_line and (integral.lower, integral.upper) != (Negate(INFINITY), INFINITY):
        raise Unproved("an integral over this range")
    with algebra.assuming(*interval_facts(of_atom(number), interval, scope)):
        body = scope.binding(integral.variable, of_atom(number)).number(integral.body)
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            outer = tuple(pair for pair in monomial if number not in algebra.depends(pair[0]))
            inner = tuple(pair for pair in monomial if number in algebra.depends(pair[0]))
            value = (_gamma if half_line else _gauss)(algebra, number, inner)
            result = add(result, algebra.multiply({outer: coefficient}, value))
    return result


def _parts(algebra: Algebra, number: int, monomial: Monomial) -> tuple[Polynomial, Polynomial]:
    """``(p, q)`` with ``monomial = v^p e^q``; p is free of v."""
    power: Polynomial = {}
    exponent: Polynomial = {}
    for atom, e in monomial:
        match algebra.atoms[atom]:
            case _ if atom == number:
                power = add(power, constant(Fraction(e)))
            case SymbolicPower(base, inner) if base == number and number not in algebra.monomial_depends(inner):
                power = add(power, {inner: Fraction(e)})
            case Exponential(inner):
                exponent = add(exponent, {inner: Fraction(e)})
            case _:
                raise Unproved("an integrand that is not in the table")
    return power, exponent


def _coefficients(number: int, exponent: Polynomial) -> dict[int, Polynomial]:
    """The exponent as a polynomial in the variable."""
    found: dict[int, Polynomial] = {}
    for monomial, coefficient in exponent.items():
        degree = dict(monomial).get(number, 0)
        if degree not in (1, 2):
            raise Unproved("an integrand that is not in the table")
        rest = {tuple(pair for pair in monomial if pair[0] != number): coefficient}
        found[int(degree)] = add(found.get(int(degree), {}), rest)
    return found


def _gamma(algebra: Algebra, number: int, monomial: Monomial) -> Polynomial:
    power, exponent = _parts(algebra, number, monomial)
    coefficients = _coefficients(number, exponent)
    a, b = add(power, constant(1)), scale(coefficients.get(1, {}), -1)
    if set(coefficients) != {1} or number in algebra.polynomial_depends(b):
        raise Unproved("an integrand that is not in the table")
    require_positive(algebra, a, b)
    return algebra.multiply(gamma(algebra, a), algebra.power(b, scale(a, -1)))


def _gauss(algebra: Algebra, number: int, monomial: Monomial) -> Polynomial:
    power, exponent = _parts(algebra, number, monomial)
    coefficients = _coefficients(number, exponent)
    a, b = scale(coefficients.get(2, {}), -1), coefficients.get(1, {})
    if power or not a or number in algebra.polynomial_depends(a) | algebra.polynomial_depends(b):
        raise Unproved("an integrand that is not in the table")
    require_positive(algebra, a)
    root = algebra.power(algebra.multiply(algebra.of(Circle()), algebra.inverse(a)), constant(Fraction(1, 2)))
    square = algebra.multiply(algebra.multiply(b, b), algebra.inverse(scale(a, 4)))
    return algebra.multiply(root, algebra.exponential(square))


def require_positive(algebra: Algebra, *values: Polynomial) -> None:
    """The convergence condition of a table entry."""
    if any(algebra.sign(value) != signs.POSITIVE for value in values):
        raise Unproved("the convergence of an integral")
