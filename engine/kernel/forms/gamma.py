"""Normal forms of Γ and of ψ and its derivatives: arguments shifted to one place, exact values at numbers.

Upwards, Γ(p) = Γ(p+1)/p and ψ(p) = ψ(p+1) - 1/p hold wherever the left side is defined (then p ≠ 0). Downwards they
need p - 1 not to be a pole, so that a step down is taken only to an argument known to be positive.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, floor

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Call, Circle
from engine.kernel.forms.polynomial import (
    Polynomial,
    Rational,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    magnitude,
    quotient,
    scale,
)
from engine.kernel.unproved import Unproved

LARGEST_SHIFT = 64
LARGEST_FACTORIAL = 500


def gamma(algebra: Algebra, p: Polynomial) -> Polynomial:
    """Γ(p), with Γ(p+1) = p Γ(p) (DLMF 5.5.1); Γ(n) = (n-1)!, Γ(1/2) = √π (DLMF 5.4.1, 5.4.6)."""
    if is_constant(p):
        return _gamma_of_number(algebra, constant_term(p))
    steps = _steps(algebra, p)
    at = add(p, constant(steps))
    result = algebra.of(Call("Gamma", (0,), (freeze(at),)))
    if steps:
        product = algebra.integer_power(_product(algebra, p, steps), -1 if steps > 0 else 1)
        result = algebra.multiply(result, product)
    return result


def _product(algebra: Algebra, p: Polynomial, steps: int) -> Polynomial:
    """The product of the arguments passed on the way from p to p + steps."""
    result = constant(1)
    for argument in _passed(p, steps):
        result = algebra.multiply(result, argument)
    return result


def _passed(p: Polynomial, steps: int) -> list[Polynomial]:
    """p, …, p + steps - 1 on the way up; p - 1, …, p + steps on the way down."""
    return [add(p, constant(j)) for j in range(min(steps, 0), max(steps, 0))]


def _steps(algebra: Algebra, p: Polynomial) -> int:
    """How far p is shifted: to a constant term in [1, 2), or as far down as it is sure to stay positive."""
    wanted = 1 - floor(constant_term(p))
    if abs(wanted) > LARGEST_SHIFT:
        return 0
    if wanted >= 0:
        return wanted
    allowed = (j for j in range(wanted, 0) if algebra.sign(add(p, constant(j))) == signs.POSITIVE)
    return next(allowed, 0)


def _gamma_of_number(algebra: Algebra, value: Rational) -> Polynomial:
    _require_no_pole("Γ", value)
    if magnitude(value) > LARGEST_FACTORIAL:
        raise Unproved(f"Γ of {value}")
    if value.denominator == 1:
        return constant(factorial(int(value) - 1))
    base = value - floor(value)
    factor: Rational = 1
    for j in range(abs(floor(value))):
        factor = factor * (base + j) if value > 0 else quotient(factor, base - 1 - j)
    return scale(_gamma_below_one(algebra, base), factor)


def _gamma_below_one(algebra: Algebra, base: Rational) -> Polynomial:
    if base == Fraction(1, 2):
        return algebra.power(algebra.of(Circle()), constant(base))
    return algebra.of(Call("Gamma", (0,), (freeze(constant(base)),)))


def _require_no_pole(function: str, value: Rational) -> None:
    if value.denominator == 1 and value <= 0:
        raise Unproved(f"{function} of {value}, which is not defined")


def polygamma(algebra: Algebra, order: int, p: Polynomial) -> Polynomial:
    """ψ^(m)(p), with ψ^(m)(p+1) = ψ^(m)(p) + (-1)^m m! p^(-m-1) (DLMF 5.5.2, 5.15.5)."""
    if is_constant(p):
        value = constant_term(p)
        _require_no_pole("ψ", value)
        steps = 1 - floor(value)
        if abs(steps) > LARGEST_FACTORIAL:
            raise Unproved(f"ψ of {value}")
    else:
        steps = _steps(algebra, p)
    result = algebra.of(Call("digamma", (order,), (freeze(add(p, constant(steps))),)))
    factor = (-1) ** order * factorial(order) * (-1 if steps > 0 else 1)
    for argument in _passed(p, steps):
        result = add(result, algebra.integer_power(argument, -order - 1), factor)
    return result
