"""Closed intervals with rational ends that certainly contain the real number they stand for.

Both ends are integers over one denominator. A rational number stays exact (both ends are one) while it is short;
everything else is rounded outward to dyadic ends of about ``bits`` significant bits, so that sizes stay bounded.
Whatever is larger than ``2^4096`` (or nearer to 0 than its reciprocal, and not 0) is refused with :class:`Beyond`.
Each series carries its remainder in the bounds that its Horner scheme starts from, so that no error term is added
by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import gcd, isqrt
from typing import TypeVar

from engine.meaning.frozen import frozen

LARGEST = 4096
"""Bits of the largest magnitude, and of the numerator and denominator of an exact rational."""

REMEMBERED = 256
"""How many values of a function are kept: both sides of a claim, and many claims, ask for the same ones."""

_LARGEST_ROOT = 64

Power = TypeVar("Power")


class Undefined(Exception):
    """The expression has no value over the reals at this point."""


class Beyond(Exception):
    """This arithmetic cannot say; the message is the reason."""


class Missing(Beyond):
    """What is asked for is not given at all, so that no precision will find it."""


@frozen
class Interval:
    """The real numbers from ``least/over`` to ``most/over``, both included.

    Invariant: ``least <= most`` and ``over > 0``. Where the ends are equal, the number is known exactly and the
    fraction is in lowest terms.
    """

    least: int
    most: int
    over: int

    @property
    def low(self) -> Fraction:
        return Fraction(self.least, self.over)

    @property
    def high(self) -> Fraction:
        return Fraction(self.most, self.over)

    @property
    def exact(self) -> bool:
        return self.least == self.most

    @property
    def whole(self) -> int | None:
        """The integer that it is known to be."""
        return self.least if self.least == self.most and self.over == 1 else None

    def contains_zero(self) -> bool:
        return self.least <= 0 <= self.most


def point(value: Fraction | int) -> Interval:
    """The interval of one rational number.

    >>> point(2)
    Interval(least=2, most=2, over=1)
    """
    return Interval(value.numerator, value.numerator, value.denominator)


ZERO, ONE, TWO = point(0), point(1), point(2)


def between(low: Fraction | int, high: Fraction | int) -> Interval:
    """The interval with these ends.

    >>> between(Fraction(1, 2), Fraction(2, 3))
    Interval(least=3, most=4, over=6)
    """
    if low > high:
        raise ValueError(f"not an interval: [{low}, {high}]")
    least, most = low.numerator * high.denominator, high.numerator * low.denominator
    return point(low) if low == high else Interval(least, most, low.denominator * high.denominator)


def hull(*parts: Interval) -> Interval:
    """The smallest interval that contains them all."""
    return between(min(x.low for x in parts), max(x.high for x in parts))


def rounded(least: int, most: int, over: int, bits: int) -> Interval:
    """From ``least/over`` to ``most/over``: itself where it is one short number, else with dyadic ends around it, to
    ``bits`` significant bits of the smaller, so that no sign is lost.

    >>> rounded(1, 2, 3, 2)
    Interval(least=2, most=6, over=8)
    """
    if least == most:
        common = gcd(least, over)
        least, most, over = least // common, most // common, over // common
        if least.bit_length() <= LARGEST and over.bit_length() <= LARGEST:
            return Interval(least, most, over)
    ends, unit = (least.bit_length(), most.bit_length()), over.bit_length()
    smaller, larger = (min(ends) or max(ends)) - unit, max(ends) - unit
    if smaller < -LARGEST or larger > LARGEST:
        raise Beyond(f"a number of about 2^{larger} is outside the range of this arithmetic")
    shift = bits - smaller
    if shift >= 0:
        return _dyadic((least << shift) // over, -((-most << shift) // over), shift)
    step = over << -shift
    return _dyadic(least // step << -shift, -(-most // step << -shift), 0)


def _dyadic(least: int, most: int, shift: int) -> Interval:
    return Interval(least, most, 1 << shift) if least < most else point(Fraction(least, 1 << shift))


def round_out(x: Interval, bits: int) -> Interval:
    return rounded(x.least, x.most, x.over, bits)


def negate(x: Interval) -> Interval:
    return Interval(-x.most, -x.least, x.over)


def add(x: Interval, y: Interval, bits: int) -> Interval:
    p, q = x.over, y.over
    if p == q:
        return rounded(x.least + y.least, x.most + y.most, p, bits)
    return rounded(x.least * q + y.least * p, x.most * q + y.most * p, p * q, bits)


def subtract(x: Interval, y: Interval, bits: int) -> Interval:
    return add(x, negate(y), bits)


def multiply(x: Interval, y: Interval, bits: int) -> Interval:
    a, b, c, d = x.least, x.most, y.least, y.most
    if a >= 0 and c >= 0:
        return rounded(a * c, b * d, x.over * y.over, bits)
    ends = (a * c, a * d, b * c, b * d)
    return rounded(min(ends), max(ends), x.over * y.over, bits)


def divide(x: Interval, y: Interval, bits: int) -> Interval:
    """``x / y``; :class:`Undefined` where ``y`` is exactly 0, :class:`Beyond` where it may be."""
    if y == ZERO:
        raise Undefined("division by 0")
    if y.contains_zero():
        raise Beyond("the divisor may be 0")
    # From over/most to over/least, with one denominator, which is positive as both ends have one sign.
    return multiply(x, Interval(y.over * y.least, y.over * y.most, y.least * y.most), bits)


def integer_power(x: Interval, n: int, bits: int) -> Interval:
    """``x^n`` for an integer ``n``, with ``x^0 = 1`` everywhere; :class:`Undefined` for ``0^n`` where ``n < 0``."""
    if n < 0:
        return divide(ONE, integer_power(x, -n, bits), bits)
    if x.exact and n * max(x.least.bit_length(), x.over.bit_length()) <= LARGEST:
        power = x.least**n
        return Interval(power, power, x.over**n)
    if x.least >= 0 or n == 0:
        return by_squaring(x, n, lambda a, b: multiply(a, b, bits), ONE)
    if x.most <= 0:
        power_of_size = integer_power(negate(x), n, bits)
        return negate(power_of_size) if n % 2 else power_of_size
    below, above = Interval(0, -x.least, x.over), Interval(0, x.most, x.over)
    below = integer_power(below, n, bits)
    return hull(negate(below) if n % 2 else below, integer_power(above, n, bits))


def by_squaring(x: Power, n: int, times: Callable[[Power, Power], Power], one: Power) -> Power:
    """``x^n`` for ``n >= 0``."""
    result = one
    while n:
        result = times(result, x) if n % 2 else result
        n //= 2
        x = times(x, x) if n else x
    return result


# ---- e^x


@lru_cache(maxsize=REMEMBERED)
def exp(x: Interval, bits: int) -> Interval:
    """e^x, between its values at the ends; e^(a + w) ≤ (1 + 2w) e^a for 0 ≤ w ≤ 1, as e^w is convex and e < 3."""
    low = _exp(x.least, x.over, bits)
    if x.exact:
        return low
    width = x.most - x.least
    if width > x.over:
        return hull(low, _exp(x.most, x.over, bits))
    return rounded(low.least * x.over, low.most * (x.over + 2 * width), low.over * x.over, bits)


def _exp(n: int, d: int, bits: int) -> Interval:
    """e^x for x = n/d by halving: with ``r = x/2^k``, ``0 <= r <= 1/2``: e^r = Σ_{j<n} r^j/j! + t r^n/n!, and
    e^x = (e^r)^(2^k).

    Here t = Σ_i r^i n!/(n+i)! lies in [0, 2], since its terms are at most 2^-i (DLMF 4.2.19; Brent and Zimmermann,
    Modern Computer Arithmetic, sections 4.3 and 4.4). For x < 0 it is 1/e^(-x).
    """
    if n == 0:
        return ONE
    if abs(n) > LARGEST * d:
        raise Beyond("the exponential is outside the range of this arithmetic")
    if n < 0:
        return divide(ONE, _exp(-n, d, bits + 4), bits)
    more = isqrt(bits) // 2
    halvings = (n // d).bit_length() + 1 + more
    scale = bits + halvings + 16
    low, high = _exp_series(_fixed(n, d << halvings, scale), scale // (more + 3) + 4, scale)
    for _ in range(halvings):
        low, high = low * low >> scale, _up(high * high, scale)
    return rounded(low, high, 1 << scale, bits)


def _exp_series(r: tuple[int, int], terms: int, scale: int) -> tuple[int, int]:
    """Bounds of e^r by Horner's scheme, in integers that count 2^-scale; all of them are non-negative."""
    low, high = 0, 2 << scale
    for j in range(terms, 0, -1):
        low = (1 << scale) + (r[0] * low >> scale) // j
        high = (1 << scale) - (-_up(r[1] * high, scale) // j)
    return low, high


def _fixed(n: int, d: int, scale: int) -> tuple[int, int]:
    """The integers next below and above ``n/d · 2^scale``."""
    return (n << scale) // d, -((-n << scale) // d)


def _up(n: int, scale: int) -> int:
    """``n / 2^scale`` rounded up."""
    return -(-n >> scale)


# ---- ln x and π


@lru_cache(maxsize=REMEMBERED)
def ln(x: Interval, bits: int) -> Interval:
    """ln x for x > 0; ln b ≤ ln a + (b - a)/a, as ln is concave.

    :class:`Undefined` where x <= 0, :class:`Beyond` where it may be.
    """
    if x.most <= 0:
        raise Undefined("the logarithm of a number that is not positive")
    if x.least <= 0:
        raise Beyond("the argument of a logarithm may be 0 or negative")
    low = _ln(x.least, x.over, bits)
    if x.exact:
        return low
    if x.most > 2 * x.least:
        return hull(low, _ln(x.most, x.over, bits))
    return add(low, Interval(0, x.most - x.least, x.least), bits)


def _ln(n: int, d: int, bits: int) -> Interval:
    """ln x for x = n/d as k ln 2 + ln m, ``2/3 <= m <= 4/3``, with ln m = 2 artanh((m-1)/(m+1)) and
    ln 2 = 2 artanh(1/3) (DLMF 4.6.4)."""
    twos = n.bit_length() - d.bit_length()
    n, d = n << max(-twos, 0), d << max(twos, 0)
    if 3 * n > 4 * d:
        d, twos = 2 * d, twos + 1
    elif 3 * n < 2 * d:
        n, twos = 2 * n, twos - 1
    working = bits + 16
    rest = multiply(TWO, _arc(n - d, n + d, False, working), working)
    return round_out(add(multiply(point(twos), _ln_2(working), working), rest, working), bits)


@lru_cache(maxsize=16)
def _ln_2(bits: int) -> Interval:
    return multiply(TWO, _arc(1, 3, False, bits), bits)


def _arc(n: int, d: int, alternating: bool, bits: int) -> Interval:
    """Σ_j s^j z^(2j+1)/(2j+1) for z = n/d, |z| <= 1/2: arctan z where s = -1 (alternating), artanh z where s = 1
    (DLMF 4.24.3, 4.38.5).

    The sum from j on is s^j z^(2j+1) t with t = Σ_i (s z²)^i/(2(i+j)+1), and 0 <= t <= Σ z^(2i) <= 4/3 for
    either s. Horner's scheme for t counts 2^-bits.
    """
    if n == 0:
        return ZERO
    square, one = _fixed(n * n, d * d, bits), 1 << bits
    bits_a_term = (d * d // (n * n)).bit_length() - 1
    low, high = 0, 2 * one
    for j in range(bits // bits_a_term + 2, -1, -1):
        least, most = square[0] * low >> bits, _up(square[1] * high, bits)
        least, most = (-most, -least) if alternating else (least, most)
        low = max(0, one // (2 * j + 1) + least)
        high = most - (-one // (2 * j + 1))
    return multiply(Interval(n, n, d), Interval(low, high, one), bits)


@lru_cache(maxsize=16)
def pi(bits: int) -> Interval:
    """π = 16 arctan(1/5) - 4 arctan(1/239), Machin's formula."""
    working = bits + 8
    first = multiply(point(16), _arc(1, 5, True, working), working)
    return round_out(subtract(first, multiply(point(4), _arc(1, 239, True, working), working), working), bits)


# ---- roots and powers


def root(x: Interval, degree: int, bits: int) -> Interval:
    """The non-negative root of ``x >= 0``, exact where it is rational; :class:`Undefined` where x < 0."""
    if x.most < 0:
        raise Undefined("an even root or a real power of a negative number")
    if x.least < 0:
        raise Beyond("the argument of a root or a real power may be negative")
    low = _root(x.least, x.over, degree, bits)
    return low if x.exact else hull(low, _root(x.most, x.over, degree, bits))


def _root(n: int, d: int, degree: int, bits: int) -> Interval:
    above, below = _floor_root(n, degree), _floor_root(d, degree)
    if above**degree == n and below**degree == d:
        return Interval(above, above, below)
    scale = bits - (n.bit_length() - d.bit_length()) // degree
    floor = _floor_root((n << max(degree * scale, 0)) // (d << max(-degree * scale, 0)), degree)
    return Interval(floor << max(-scale, 0), floor + 1 << max(-scale, 0), 1 << max(scale, 0))


def _floor_root(n: int, degree: int) -> int:
    """The largest integer r with ``r^degree <= n``, by Newton's steps from above."""
    if degree == 2 or n < 2:
        return isqrt(n) if degree == 2 else n
    r = 1 << -(-n.bit_length() // degree)
    while (step := ((degree - 1) * r + n // r ** (degree - 1)) // degree) < r:
        r = step
    return r


def power(base: Interval, exponent: Interval, bits: int) -> Interval:
    """``base^exponent`` as a real power: the base is positive, or 0 under a positive exponent (giving 0)."""
    by_root = exponent.exact and exponent.over <= _LARGEST_ROOT
    if base == ZERO:
        return _real_power_of_zero(exponent)
    if base.contains_zero() and not (by_root and exponent.least > 0):
        raise Beyond("the base of a real power may be 0")
    if not by_root:
        return exp(multiply(exponent, ln(base, bits + 16), bits + 16), bits)
    inner = root(base, exponent.over, bits + 16)
    return round_out(integer_power(inner, exponent.least, bits + 16), bits)


def _real_power_of_zero(exponent: Interval) -> Interval:
    if exponent.least > 0:
        return ZERO
    if exponent.most <= 0:
        raise Undefined("0 to a real power that is not positive")
    raise Beyond("a real power of 0 whose exponent may be negative")


def compared(x: Interval, sign: str, y: Interval) -> bool | None:
    """Whether the comparison certainly holds or certainly fails; ``None`` where the intervals do not tell."""
    # y - x lies between these two, over one positive denominator.
    least, most = y.least * x.over - x.most * y.over, y.most * x.over - x.least * y.over
    match sign:
        case "=":
            return (True if least == most else None) if least <= 0 <= most else False
        case "≠":
            return (False if least == most else None) if least <= 0 <= most else True
        case "<":
            return True if least > 0 else False if most <= 0 else None
        case "≤":
            return True if least >= 0 else False if most < 0 else None
        case ">" | "≥":
            return compared(y, "<" if sign == ">" else "≤", x)
        case _:
            return None
