"""Truncated Taylor series with intervals as coefficients: derivatives of any order, enclosed and nested.

A jet of level L stands for f_0 + f_1 t + … + f_n t^n in the increment t of one derivative; its coefficients are
intervals or jets of lower level, which belong to the derivatives outside. What does not depend on t stays of lower
level, so that nested derivatives cannot be confused. Recurrences: Griewank and Walther, Evaluating Derivatives,
2nd edition, tables 13.1 and 13.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

from engine.kernel.enclosures import interval
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Undefined, point


@dataclass(frozen=True, slots=True)
class Jet:
    """Invariant: every coefficient is an interval or a jet of lower level; there are at least two."""

    level: int
    coefficients: tuple[Scalar, ...]


Scalar = Interval | Jet


def variable(value: Scalar, level: int, order: int) -> Jet:
    """``value + t``, up to t^order."""
    return Jet(level, (value, ONE, *(ZERO for _ in range(order - 1))))


def derivative(x: Scalar, level: int, order: int, bits: int) -> Scalar:
    """The ``order``-th derivative in the increment of that level: ``order!`` times its coefficient."""
    if isinstance(x, Jet) and x.level == level:
        return multiply(point(factorial(order)), x.coefficients[order], bits)
    return ZERO


def leading(x: Scalar) -> Interval:
    """The value itself, without any increment."""
    while isinstance(x, Jet):
        x = x.coefficients[0]
    return x


def _aligned(x: Scalar, y: Scalar) -> tuple[int, tuple[Scalar, ...], tuple[Scalar, ...]]:
    jets = [z for z in (x, y) if isinstance(z, Jet)]
    top = max(jets, key=lambda jet: jet.level)
    return top.level, _lifted(x, top), _lifted(y, top)


def _lifted(x: Scalar, top: Jet) -> tuple[Scalar, ...]:
    if isinstance(x, Jet) and x.level == top.level:
        return x.coefficients
    return (x, *(ZERO for _ in top.coefficients[1:]))


def negate(x: Scalar) -> Scalar:
    return interval.negate(x) if isinstance(x, Interval) else Jet(x.level, tuple(map(negate, x.coefficients)))


def add(x: Scalar, y: Scalar, bits: int) -> Scalar:
    if isinstance(x, Interval) and isinstance(y, Interval):
        return interval.add(x, y, bits)
    level, f, g = _aligned(x, y)
    return Jet(level, tuple(add(a, b, bits) for a, b in zip(f, g, strict=True)))


def multiply(x: Scalar, y: Scalar, bits: int) -> Scalar:
    """h_n = Σ_{k<=n} f_k g_(n-k)."""
    if isinstance(x, Interval) and isinstance(y, Interval):
        return interval.multiply(x, y, bits)
    level, f, g = _aligned(x, y)
    return Jet(level, tuple(_convolved(f, g, 0, n, n, bits) for n in range(len(f))))


def _convolved(f: tuple[Scalar, ...], g: tuple[Scalar, ...], first: int, last: int, n: int, bits: int) -> Scalar:
    """Σ f_k g_(n-k) for k from ``first`` to ``last``."""
    total: Scalar = ZERO
    for k in range(first, last + 1):
        if ZERO not in (f[k], g[n - k]):
            total = add(total, multiply(f[k], g[n - k], bits), bits)
    return total


def divide(x: Scalar, y: Scalar, bits: int) -> Scalar:
    """h = f/g: h_n = (f_n - Σ_{k<n} h_k g_(n-k)) / g_0."""
    if isinstance(x, Interval) and isinstance(y, Interval):
        return interval.divide(x, y, bits)
    level, f, g = _aligned(x, y)
    h: tuple[Scalar, ...] = ()
    for n in range(len(f)):
        rest = negate(_convolved(h, g, 0, n - 1, n, bits))
        h = (*h, divide(add(f[n], rest, bits), g[0], bits))
    return Jet(level, h)


def integer_power(x: Scalar, n: int, bits: int) -> Scalar:
    """``x^n`` by squaring; ``x^0 = 1`` everywhere."""
    if isinstance(x, Interval):
        return interval.integer_power(x, n, bits)
    if n < 0:
        return divide(ONE, integer_power(x, -n, bits), bits)
    one: Scalar = ONE
    return interval.by_squaring(x, n, lambda a, b: multiply(a, b, bits), one)


def exp(x: Scalar, bits: int) -> Scalar:
    """h = e^f: n h_n = Σ_{k=1..n} k f_k h_(n-k)."""
    if isinstance(x, Interval):
        return interval.exp(x, bits)
    scaled = _scaled(x.coefficients, bits)
    return _recurrence(x, exp(x.coefficients[0], bits), lambda n, h: _convolved(scaled, h, 1, n, n, bits), ONE, bits)


def ln(x: Scalar, bits: int) -> Scalar:
    """h = ln f: n f_0 h_n = n f_n - Σ_{k=1..n-1} k h_k f_(n-k)."""
    if isinstance(x, Interval):
        return interval.ln(x, bits)
    f = x.coefficients

    def numerator(n: int, h: tuple[Scalar, ...]) -> Scalar:
        rest = _convolved(_scaled(h, bits), f, 1, n - 1, n, bits)
        return add(multiply(point(n), f[n], bits), negate(rest), bits)

    return _recurrence(x, ln(f[0], bits), numerator, f[0], bits)


def real_power(x: Scalar, exponent: Scalar, bits: int) -> Scalar:
    """h = f^r: n f_0 h_n = Σ_{k=1..n} (k r - (n-k)) f_k h_(n-k) for an exact r, else e^(r ln f).

    A jet must be positive, so that the power is defined nearby; an interval as for :func:`interval.power`.
    """
    if isinstance(x, Interval) and isinstance(exponent, Interval):
        return interval.power(x, exponent, bits)
    _require_positive(leading(x))
    if not isinstance(exponent, Interval) or not exponent.exact:
        return exp(multiply(exponent, ln(x, bits + 16), bits + 16), bits)
    assert isinstance(x, Jet)
    f, r = x.coefficients, exponent.low

    def numerator(n: int, h: tuple[Scalar, ...]) -> Scalar:
        weighted = tuple(multiply(point(k * r - (n - k)), f[k], bits) for k in range(n + 1))
        return _convolved(weighted, h, 1, n, n, bits)

    return _recurrence(x, real_power(f[0], exponent, bits), numerator, f[0], bits)


def chained(start: Scalar, slope: Scalar, x: Jet, bits: int) -> Jet:
    """h = F(f) with F(f_0) = ``start`` and F'(f) = g = ``slope``: n h_n = Σ_{k=1..n} k f_k g_(n-k)."""
    f, g = _scaled(x.coefficients, bits), _lifted(slope, x)
    return _recurrence(x, start, lambda n, h: _convolved(f, g, 1, n, n, bits), ONE, bits)


def shortened(x: Jet) -> Scalar:
    """One order less."""
    return x.coefficients[0] if len(x.coefficients) == 2 else Jet(x.level, x.coefficients[:-1])


def _scaled(f: tuple[Scalar, ...], bits: int) -> tuple[Scalar, ...]:
    return tuple(multiply(point(k), part, bits) for k, part in enumerate(f))


def _recurrence(
    x: Jet, start: Scalar, numerator: Callable[[int, tuple[Scalar, ...]], Scalar], over: Scalar, bits: int
) -> Jet:
    """h_0 = ``start``, n · ``over`` · h_n = numerator(n, (h_0, …, h_(n-1)))."""
    h: tuple[Scalar, ...] = (start,)
    for n in range(1, len(x.coefficients)):
        h = (*h, divide(numerator(n, h), multiply(point(n), over, bits), bits))
    return Jet(x.level, h)


def _require_positive(x: Interval) -> None:
    if x.most < 0:
        raise Undefined("an even root or a real power of a negative number")
    if x.least <= 0:
        raise Beyond("a root or a real power inside a derivative, where its argument may be 0")


def absolute(x: Scalar) -> Scalar:
    """|x|; of a jet only where it certainly is not 0."""
    value = leading(x)
    if not value.contains_zero():
        return x if value.least > 0 else negate(x)
    if not isinstance(x, Interval):
        raise Beyond("the derivative of an absolute value where its argument may be 0")
    return ZERO if x == ZERO else Interval(0, max(-x.least, x.most), x.over)
