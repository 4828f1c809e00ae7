"""Enclosures of Γ, ψ and its derivatives, erf, sin and cos: series whose remainders are bounded, on rational intervals.

Each remainder here is at most the first term left out (of erf, twice that), so that a series is summed until its next
term is small, and that term is added as the interval of the error.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

from engine.kernel.enclosures import interval
from engine.kernel.enclosures.interval import (
    ONE,
    REMEMBERED,
    TWO,
    ZERO,
    Beyond,
    Interval,
    Undefined,
    add,
    between,
    divide,
    hull,
    integer_power,
    multiply,
    negate,
    point,
    round_out,
    rounded,
    subtract,
)

MOST_TERMS = 4000
LARGEST_ARGUMENT = 2000
LARGEST_ANGLE = 2**40
LARGEST_ERF = 30
HALF = point(Fraction(1, 2))


def _within_one(x: Interval) -> Interval:
    """What is left of ``x``, whose number is known to lie between -1 and 1."""
    one = x.over
    if x.most <= one and x.least >= -one:
        return x
    return between(*(Fraction(max(-one, min(end, one)), one) for end in (x.least, x.most)))


def _size(term: Interval) -> Fraction:
    return Fraction(max(-term.least, term.most), term.over)


def _is_small(term: Interval, bits: int) -> bool:
    """Whether it certainly is at most 2^-bits in size."""
    return max(-term.least, term.most) << bits <= term.over


def _error(term: Interval) -> Interval:
    size = max(-term.least, term.most)
    return Interval(-size, size, term.over) if size else ZERO


# ---- sin and cos


def sin(x: Interval, bits: int) -> Interval:
    """sin at the middle of ``x``, give or take half its width, since |sin'| ≤ 1."""
    return _around_middle(x, bits, 0)


def cos(x: Interval, bits: int) -> Interval:
    """cos x = sin(x + π/2)."""
    return _around_middle(x, bits, 1)


@lru_cache(maxsize=REMEMBERED)
def _around_middle(x: Interval, bits: int, quarters: int) -> Interval:
    if x == ZERO:
        return point(quarters)
    if x.most - x.least >= 2 * x.over:
        return between(-1, 1)
    value = _circular(x.least + x.most, 2 * x.over, bits, quarters)
    return _within_one(add(value, _error(between(0, (x.high - x.low) / 2)), bits))


def _circular(n: int, d: int, bits: int, quarters: int) -> Interval:
    """sin(n/d + quarters π/2), with n/d = k π/2 + r, |r| < 1 (π/4 and the error of π)."""
    if abs(n) > LARGEST_ANGLE * d:
        raise Beyond("the sine of a large number")
    working = bits + (abs(n) // d).bit_length() + 17
    quarter = divide(interval.pi(working), TWO, working)
    k = round(Fraction(n, d) / quarter.low)
    r = subtract(point(Fraction(n, d)), multiply(point(k), quarter, working), working)
    kind = (k + quarters) % 4
    series = _taylor(r, kind % 2, working)
    return negate(series) if kind >= 2 else series


def _taylor(r: Interval, first: int, bits: int) -> Interval:
    """Σ (-1)^j r^(2j+p)/(2j+p)! for |r| ≤ 1: sin r where p = 1 (``first`` 0), cos r where p = 0 (``first`` 1).

    The terms alternate and fall, so that the remainder is at most the first term left out (DLMF 4.19.1, 4.19.2).
    """
    square = negate(multiply(r, r, bits))
    n = 1 - first
    term, total = (r if n else ONE), ZERO
    while not _is_small(term, bits):
        total = add(total, term, bits)
        term = divide(multiply(term, square, bits), point((n + 1) * (n + 2)), bits)
        n += 2
    return add(total, _error(term), bits)


# ---- the error function


@lru_cache(maxsize=REMEMBERED)
def erf(x: Interval, bits: int) -> Interval:
    """erf x = 2/√π e^(-x²) Σ_k 2^k x^(2k+1) / (1·3·…·(2k+1)) (DLMF 7.6.2); it increases."""
    low = _erf(x.low, bits)
    return low if x.exact else hull(low, _erf(x.high, bits))


def _erf(value: Fraction, bits: int) -> Interval:
    if value < 0:
        return negate(_erf(-value, bits))
    if value == 0:
        return ZERO
    if value > LARGEST_ERF:
        # erfc x ≤ e^(-x²) (DLMF 7.8.3), and e^(-900) < 2^-1298
        return between(1 - Fraction(1, 1 << 1298), 1)
    working = bits + 16
    square = round_out(point(value * value), working)
    doubled = multiply(TWO, square, working)
    term, total, k = round_out(point(value), working), ZERO, 0
    # Once 2x² ≤ (2k+3)/2 each term is at most half the one before: what is left is at most twice the next term.
    while 4 * square.most > (2 * k + 3) * square.over or (term.most << working) * total.over > total.most * term.over:
        total = add(total, term, working)
        term = divide(multiply(doubled, term, working), point(2 * k + 3), working)
        k += 1
    total = between(total.low, total.high + 2 * term.high)
    factor = divide(TWO, _root_pi(working), working)
    tail = multiply(factor, interval.exp(negate(square), working), working)
    return _within_one(multiply(tail, total, bits))


def _root_pi(bits: int) -> Interval:
    return interval.root(interval.pi(bits), 2, bits)


# ---- Γ and ψ


@lru_cache(maxsize=1024)
def bernoulli(n: int) -> Fraction:
    """B_n, by Σ_k C(n+1, k) B_k = 0 (DLMF 24.5.3).

    >>> [str(bernoulli(n)) for n in (0, 1, 2, 4, 6)]
    ['1', '-1/2', '1/6', '-1/30', '1/42']
    """
    if n == 0:
        return Fraction(1)
    if n > 1 and n % 2:
        return Fraction(0)
    return -sum((comb(n + 1, k) * bernoulli(k) for k in range(n)), Fraction(0)) / (n + 1)


def _steps_up(x: Interval, bits: int) -> int:
    """How many steps up make the asymptotic series good enough: up to about a third of the bits."""
    if x.least < -LARGEST_ARGUMENT * x.over or x.most - x.least > x.over:
        raise Beyond("Γ or ψ of a large number, or of one that is not known well enough")
    return max(0, bits // 3 + 4 - x.least // x.over)


def _refuse_poles(x: Interval) -> None:
    if x.whole is not None and x.whole <= 0:
        raise Undefined("Γ or ψ at 0 or a negative integer")
    if x.least <= 0 and x.most // x.over * x.over >= x.least:
        raise Beyond("Γ or ψ where its argument may be 0 or a negative integer")


@lru_cache(maxsize=REMEMBERED)
def gamma(x: Interval, bits: int) -> Interval:
    """Γ(x) = Γ(x+n) / (x(x+1)…(x+n-1)) with Stirling's series for ln Γ(x+n) (DLMF 5.5.1, 5.11.1); (n-1)! exactly, and
    halves by Γ(1/2) = √π (DLMF 5.4.6).

    :class:`Undefined` at 0, -1, -2, …
    """
    _refuse_poles(x)
    if x.whole is not None and x.whole <= LARGEST_ARGUMENT:
        return round_out(point(factorial(x.whole - 1)), bits)
    working = bits + 32
    steps = _steps_up(x, working)
    if x.exact and x.over == 2 and steps:
        up = x.least // 2
        rising = _rising(x, -up, working) if up < 0 else _rising(HALF, up, working)
        return (divide if up < 0 else multiply)(_root_pi(working), rising, bits)
    above = interval.exp(_log_gamma(add(x, point(steps), working), working), working)
    return divide(above, _rising(x, steps, working), bits)


def _rising(x: Interval, steps: int, bits: int) -> Interval:
    """x(x+1)…(x+n-1), of which no factor may be 0: the sizes of the factors are multiplied."""
    least = most = sign = 1
    for j in range(steps):
        low, high = x.least + j * x.over, x.most + j * x.over
        low, high, sign = (low, high, sign) if low > 0 else (-high, -low, -sign)
        least, most = least * low, most * high
    size = rounded(least, most, x.over**steps, bits)
    return size if sign > 0 else negate(size)


def _log_gamma(z: Interval, bits: int) -> Interval:
    """(z - 1/2) ln z - z + ln(2π)/2 + Σ_k B_2k / (2k(2k-1) z^(2k-1)); for z > 0 the error is less than the first term
    left out (DLMF 5.11.1, 5.11(ii))."""
    main = subtract(multiply(subtract(z, HALF, bits), interval.ln(z, bits), bits), z, bits)
    circle = multiply(HALF, interval.ln(multiply(TWO, interval.pi(bits), bits), bits), bits)
    rest = _asymptotic(z, -1, lambda k: bernoulli(2 * k) / (2 * k * (2 * k - 1)), bits)
    return add(add(main, circle, bits), rest, bits)


def _asymptotic(z: Interval, power: int, coefficient: Callable[[int], Fraction], bits: int) -> Interval:
    """Σ_k c_k z^-(2k + power) until the terms are small or no longer fall, with the first one left out as the error."""
    over = divide(ONE, z, bits)
    square = multiply(over, over, bits)
    factor, total, last = integer_power(over, 2 + power, bits), ZERO, None
    for k in range(1, MOST_TERMS):
        term = multiply(point(coefficient(k)), factor, bits)
        size = _size(term)
        if _is_small(term, bits) or (last is not None and size >= last):
            return add(total, _error(term), bits)
        total, factor, last = add(total, term, bits), multiply(factor, square, bits), size
    raise Beyond("an asymptotic series that does not become small")


@lru_cache(maxsize=REMEMBERED)
def polygamma(order: int, x: Interval, bits: int) -> Interval:
    """ψ^(m)(x) = ψ^(m)(x+n) - (-1)^m m! Σ_j (x+j)^(-m-1), and the asymptotic series at x+n (DLMF 5.5.2, 5.11.2,
    5.15.5, 5.15.8); for x > 0 its error is less than the first term left out, as for ln Γ."""
    _refuse_poles(x)
    working = bits + 32 + 8 * order
    steps = _steps_up(x, working + 3 * order)
    # Not exact from the start, so that the sum stays short.
    sign, total = (-1) ** order, Interval(-1, 1, 1 << working)
    for j in range(steps):
        total = add(total, integer_power(add(x, point(j), working), -order - 1, working), working)
    z = add(x, point(steps), working)
    far = _digamma_far(z, working) if order == 0 else _polygamma_far(order, z, working)
    return subtract(far, multiply(point(sign * factorial(order)), total, working), bits)


def _digamma_far(z: Interval, bits: int) -> Interval:
    """ln z - 1/(2z) - Σ B_2k/(2k z^2k)."""
    main = subtract(interval.ln(z, bits), divide(HALF, z, bits), bits)
    return subtract(main, _asymptotic(z, 0, lambda k: bernoulli(2 * k) / (2 * k), bits), bits)


def _polygamma_far(m: int, z: Interval, bits: int) -> Interval:
    """(-1)^(m-1) ((m-1)!/z^m + m!/(2z^(m+1)) + Σ B_2k (2k+m-1)!/((2k)! z^(2k+m)))."""
    first = multiply(point(factorial(m - 1)), integer_power(z, -m, bits), bits)
    second = multiply(point(Fraction(factorial(m), 2)), integer_power(z, -m - 1, bits), bits)
    rest = _asymptotic(z, m, lambda k: bernoulli(2 * k) * factorial(2 * k + m - 1) / factorial(2 * k), bits)
    total = add(add(first, second, bits), rest, bits)
    return total if m % 2 else negate(total)
