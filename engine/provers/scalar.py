"""Scalars of the evaluator: exact rationals (``fmpq``) as long as they last, then balls (``arb``).

Staying rational where possible makes a zero denominator, the sign of a fact or an integer exponent certain instead of
nearly so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import acb, arb, fmpq

from engine.provers.no_value import NoEval, Unclear, Undef

Scalar = Any  # fmpq | arb: python-flint ships no types that mypy could follow

EXACT_BITS = 20_000
"""Of a numerator or denominator."""


def from_fraction(value: Fraction) -> Scalar:
    return fmpq(value.numerator, value.denominator)


def to_fraction(value: Scalar) -> Fraction | None:
    """The exact value of a rational scalar, ``None`` for a ball."""
    return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else None


def is_exact(value: Scalar) -> bool:
    return isinstance(value, fmpq)


def moderate(value: Scalar) -> Scalar:
    """The value, as a ball where it is a rational number of very many digits."""
    return arb(value) if isinstance(value, fmpq) and value.height_bits() > EXACT_BITS else value


def as_integer(value: Scalar, what: str) -> int:
    """The integer that a rational scalar is; raises :class:`Undef` where it is none."""
    if isinstance(value, fmpq | arb):
        return _exact_integer(value, what)
    raise NoEval(f"{what} that is a matrix or varies continuously")


def _exact_integer(value: Scalar, what: str) -> int:
    if isinstance(value, arb):
        raise Unclear(f"{what} is not known exactly")
    if value.q != 1:
        raise Undef(f"{what} is not an integer")
    return int(value.p)


def sign(value: Scalar) -> int:
    """-1, 0 or 1; raises :class:`Unclear` where a ball does not tell."""
    if isinstance(value, fmpq):
        value = value.p  # several times faster to compare than the fraction
    if value > 0:
        return 1
    if value < 0:
        return -1
    if value == 0:
        return 0
    raise Unclear("the sign of a ball around 0")


def divide(top: Scalar, bottom: Scalar) -> Scalar:
    if not bottom:
        raise Undef("division by 0")
    if isinstance(bottom, fmpq) or bottom > 0 or bottom < 0:
        return top / bottom
    raise Unclear("division by a ball around 0")


def _ball(value: Scalar) -> Scalar:
    return arb(value) if isinstance(value, fmpq) else value


def _finite(value: Scalar) -> Scalar:
    if isinstance(value, arb) and not value.is_finite():
        raise Unclear("a ball without bounds")
    return value


def ln(value: Scalar) -> Scalar:
    if sign(value) <= 0:
        raise Undef("logarithm of a number that is not positive")
    return fmpq(0) if is_exact(value) and value == 1 else _ball(value).log()


def exp(value: Scalar) -> Scalar:
    if isinstance(value, fmpq):
        if not value:
            return fmpq(1)
        value = arb(value)
    result = value.exp()
    if not result.is_finite():
        raise Unclear("a ball without bounds")
    return result


def sqrt(value: Scalar) -> Scalar:
    if sign(value) < 0:
        raise Undef("square root of a negative number")
    exact = _rational_root(value)
    return _ball(value).sqrt() if exact is None else exact


def _rational_root(value: Scalar) -> Scalar | None:
    if not isinstance(value, fmpq):
        return None
    over, under = int(value.p), int(value.q)
    top, bottom = math.isqrt(over), math.isqrt(under)
    return fmpq(top, bottom) if top * top == over and bottom * bottom == under else None


def absolute(value: Scalar) -> Scalar:
    return abs(value)


def floor(value: Scalar) -> Scalar:
    if isinstance(value, fmpq):
        return fmpq(value.floor())
    whole = value.floor().unique_fmpz()
    if whole is None:
        raise Unclear("floor at an integer")
    return fmpq(whole)


def ceil(value: Scalar) -> Scalar:
    return -floor(-value)


def gamma(value: Scalar) -> Scalar:
    """Γ, on the reals without 0, -1, -2, ..."""
    if isinstance(value, fmpq) and value.q == 1:
        if value <= 0:
            raise Undef("Gamma at a pole")
        if value < 300:
            return fmpq(math.factorial(int(value.p) - 1))
    return _finite(_ball(value).gamma())


def digamma(value: Scalar) -> Scalar:
    if isinstance(value, fmpq) and value.q == 1 and value <= 0:
        raise Undef("digamma at a pole")
    return _finite(_ball(value).digamma())


def polygamma(order: int, value: Scalar) -> Scalar:
    """The ``order``-th derivative of ψ."""
    if order == 0:
        return digamma(value)
    if isinstance(value, fmpq) and value.q == 1 and value <= 0:
        raise Undef("a derivative of digamma at a pole")
    return _finite(acb(_ball(value)).polygamma(order).real)


def beta(a: Scalar, b: Scalar) -> Scalar:
    if sign(a) <= 0 or sign(b) <= 0:
        raise Undef("Beta of a number that is not positive")
    return gamma(a) * gamma(b) / gamma(a + b)


def signum(value: Scalar) -> Scalar:
    return fmpq(sign(value))


def larger(*values: Scalar) -> Scalar:
    return _extreme(values, 1)


def smaller(*values: Scalar) -> Scalar:
    return _extreme(values, -1)


def _extreme(values: tuple[Scalar, ...], direction: int) -> Scalar:
    best = values[0]
    for value in values[1:]:
        if isinstance(best, fmpq) and isinstance(value, fmpq):
            best = value if (value - best) * direction > 0 else best
        else:
            best = _ball(best).max(_ball(value)) if direction > 0 else _ball(best).min(_ball(value))
    return best


def sigmoid(value: Scalar) -> Scalar:
    return divide(fmpq(1), 1 + exp(-value))


def softplus(value: Scalar) -> Scalar:
    return ln(1 + exp(value))


def erf(value: Scalar) -> Scalar:
    return fmpq(0) if is_exact(value) and value == 0 else _finite(_ball(value).erf())


def normal_cdf(value: Scalar) -> Scalar:
    return (1 + erf(value / sqrt(arb(2)))) / 2


def normal_density(value: Scalar) -> Scalar:
    return exp(-value * value / 2) / sqrt(2 * arb.pi())


def factorial(value: Scalar) -> Scalar:
    number = as_integer(value, "the argument of a factorial")
    if number < 0:
        raise Undef("factorial of a negative number")
    return gamma(fmpq(number + 1))


def binomial(above: Scalar, below: Scalar) -> Scalar:
    """C(n, k) for a real n and a natural number k; authors differ on a negative k, which is left undefined."""
    k = as_integer(below, "a binomial's k")
    if k < 0:
        raise Undef("binomial coefficient over a negative number")
    if k > EXACT_BITS:
        raise NoEval("a binomial coefficient of a large number")
    if isinstance(above, fmpq) and above.q == 1 and above >= 0:
        return fmpq(math.comb(int(above.p), k))
    return math.prod(((above - j) / fmpq(j + 1) for j in range(k)), start=fmpq(1))


def delta(left: Scalar, right: Scalar) -> Scalar:
    return fmpq(int(as_integer(left, "an index") == as_integer(right, "an index")))


def _circular(name: str) -> Callable[[Scalar], Scalar]:
    return lambda value: _finite(getattr(_ball(value), name)())


FUNCTIONS: dict[str, Callable[..., Scalar]] = {
    "ln": ln,
    "log": ln,
    "logbase": lambda value, base: divide(ln(value), ln(base)),
    "exp": exp,
    "sqrt": sqrt,
    "abs": absolute,
    "floor": floor,
    "ceil": ceil,
    "Gamma": gamma,
    "digamma": digamma,
    "factorial": factorial,
    "binom": binomial,
    "trigamma": lambda value: polygamma(1, value),
    "Beta": beta,
    "sgn": signum,
    "max": larger,
    "min": smaller,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": erf,
    "Phi": normal_cdf,
    "phi": normal_density,
    "delta": delta,
    "sin": _circular("sin"),
    "cos": _circular("cos"),
    "tan": _circular("tan"),
    "arctan": _circular("atan"),
    "sinh": _circular("sinh"),
    "cosh": _circular("cosh"),
    "tanh": _circular("tanh"),
    "scalar": lambda value: value,
}


def integer_power(base: Scalar, exponent: int) -> Scalar:
    """``base^exponent``; ``0^0 = 1``."""
    if exponent < 0:
        return divide(fmpq(1), integer_power(base, -exponent))
    if isinstance(base, fmpq):
        if exponent * base.height_bits() <= EXACT_BITS:
            return base**exponent
        base = arb(base)
    return _finite(base**exponent)


def root_power(base: Scalar, exponent: Fraction) -> Scalar:
    """``base^exponent`` for a literal fraction: odd roots of negative numbers are real, even ones undefined."""
    where = sign(base)
    if where == 0:
        if exponent < 0:
            raise Undef("0 to a negative power")
        return fmpq(0)
    if where > 0:
        return real_power(base, from_fraction(exponent))
    if exponent.denominator % 2 == 0:
        raise Undef("an even root of a negative number")
    size = real_power(-base, from_fraction(exponent))
    return -size if exponent.numerator % 2 else size


def real_power(base: Scalar, exponent: Scalar) -> Scalar:
    """``base^exponent`` with a real exponent: the base must be positive."""
    if sign(base) <= 0:
        raise Undef("a real power of a number that is not positive")
    if isinstance(exponent, fmpq):
        if exponent.q == 1:
            return integer_power(base, int(exponent.p))
        if exponent.q == 2:
            return integer_power(sqrt(base), int(exponent.p))
    return exp(exponent * ln(base))
