"""Closed intervals with rational ends that certainly contain the real number they stand for.

A rational number stays exact (``low == high``) while it is small; everything else is rounded outward to dyadic
ends of ``bits`` significant bits, so that sizes stay bounded. Whatever is larger than ``2^4096`` (or nearer to 0
than its reciprocal, and not 0) is refused with :class:`Beyond`. Each series carries its remainder in the bounds
that its Horner scheme starts from, so that no error term is added by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isqrt

LARGEST = 4096
"""Bits of the largest magnitude, and of the numerator and denominator of an exact rational."""

_LARGEST_ROOT = 64


class Undefined(Exception):
    """The expression has no value over the reals at this point."""


class Beyond(Exception):
    """This arithmetic cannot say; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The real numbers from ``low`` to ``high``, both included.

    Invariant: ``low <= high``. Where they are equal the number is known exactly.
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low is not self.high and _exceeds(self.low, self.high):
            raise ValueError(f"not an interval: [{self.low}, {self.high}]")

    @property
    def exact(self) -> bool:
        return self.low is self.high or self.low == self.high

    def contains_zero(self) -> bool:
        return self.low <= 0 <= self.high


def _exceeds(x: Fraction, y: Fraction) -> bool:
    """``x > y``, three times as fast as Python's comparison of fractions."""
    return x.numerator * y.denominator > y.numerator * x.denominator


def point(value: Fraction | int) -> Interval:
    """The interval of one rational number.

    >>> point(2)
    Interval(low=Fraction(2, 1), high=Fraction(2, 1))
    """
    exactly = value if isinstance(value, Fraction) else Fraction(value)
    return Interval(exactly, exactly)


ZERO, ONE = point(0), point(1)


def round_out(x: Interval, bits: int) -> Interval:
    """``x`` itself where it is exact and small, else dyadic ends of ``bits`` significant bits around it.

    >>> round_out(Interval(Fraction(1, 3), Fraction(2, 3)), 2)
    Interval(low=Fraction(1, 4), high=Fraction(3, 4))
    """
    return x if x.exact and _size(x.low) <= LARGEST else _ball(x, bits)


def _ball(x: Interval, bits: int) -> Interval:
    return Interval(_directed(x.low, bits, up=False), _directed(x.high, bits, up=True))


def _size(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _directed(value: Fraction, bits: int, up: bool) -> Fraction:
    if value == 0:
        return value
    magnitude = value.numerator.bit_length() - value.denominator.bit_length()
    if abs(magnitude) > LARGEST:
        raise Beyond(f"a number of about 2^{magnitude} is outside the range of this arithmetic")
    shift = bits - magnitude
    numerator = value.numerator << max(shift, 0)
    denominator = value.denominator << max(-shift, 0)
    quotient = -(-numerator // denominator) if up else numerator // denominator
    return Fraction(quotient << max(-shift, 0), 1 << max(shift, 0))


def negate(x: Interval) -> Interval:
    return point(-x.low) if x.exact else Interval(-x.high, -x.low)


def add(x: Interval, y: Interval, bits: int) -> Interval:
    if x.exact and y.exact:
        return round_out(point(x.low + y.low), bits)
    return round_out(Interval(x.low + y.low, x.high + y.high), bits)


def subtract(x: Interval, y: Interval, bits: int) -> Interval:
    return add(x, negate(y), bits)


def multiply(x: Interval, y: Interval, bits: int) -> Interval:
    if x.exact and y.exact:
        return round_out(point(x.low * y.low), bits)
    ends = (x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high)
    return round_out(Interval(min(ends), max(ends)), bits)


def divide(x: Interval, y: Interval, bits: int) -> Interval:
    """``x / y``; :class:`Undefined` where ``y`` is exactly 0, :class:`Beyond` where it may be."""
    if y == ZERO:
        raise Undefined("division by 0")
    if y.contains_zero():
        raise Beyond("the divisor may be 0")
    inverse = point(1 / y.low) if y.exact else Interval(1 / y.high, 1 / y.low)
    return multiply(x, inverse, bits)


def integer_power(x: Interval, n: int, bits: int) -> Interval:
    """``x^n`` for an integer ``n``, with ``x^0 = 1`` everywhere; :class:`Undefined` for ``0^n`` where ``n < 0``."""
    if n < 0:
        return divide(ONE, integer_power(x, -n, bits), bits)
    if x.exact and n * _size(x.low) <= LARGEST:
        return point(x.low**n)
    if x.low >= 0:
        return _power_of_non_negative(x, n, bits)
    if x.high <= 0:
        power = _power_of_non_negative(negate(x), n, bits)
        return negate(power) if n % 2 else power
    if n % 2:
        below = _power_of_non_negative(point(-x.low), n, bits)
        return Interval(-below.high, _power_of_non_negative(point(x.high), n, bits).high)
    top = _power_of_non_negative(point(max(-x.low, x.high)), n, bits).high
    return Interval(Fraction(0), top) if n else ONE


def _power_of_non_negative(x: Interval, n: int, bits: int) -> Interval:
    result = ONE
    while n:
        result = multiply(result, x, bits) if n % 2 else result
        n //= 2
        x = multiply(x, x, bits) if n else x
    return result


def exp(x: Interval, bits: int) -> Interval:
    """e^x by halving: with ``r = x/2^k``, ``0 <= r <= 1/2``: e^r = Σ_{j<n} r^j/j! + t r^n/n!, and e^x = (e^r)^(2^k).

    Here t = Σ_i r^i n!/(n+i)! lies in [0, 2], since its terms are at most 2^-i (DLMF 4.2.19; Brent and Zimmermann,
    Modern Computer Arithmetic, sections 4.3 and 4.4). For x < 0 it is 1/e^(-x).
    """
    low = _exp(x.low, bits)
    return low if x.exact else Interval(low.low, _exp(x.high, bits).high)


def _exp(value: Fraction, bits: int) -> Interval:
    if value == 0:
        return ONE
    if abs(value) > LARGEST:
        raise Beyond("the exponential is outside the range of this arithmetic")
    if value < 0:
        return divide(ONE, _exp(-value, bits + 4), bits)
    halvings = int(value).bit_length() + 1
    scale = bits + halvings + 16
    low, high = _exp_series(_fixed(value / 2**halvings, scale), scale)
    for _ in range(halvings):
        low, high = low * low >> scale, _up(high * high, scale)
    return _ball(Interval(Fraction(low, 1 << scale), Fraction(high, 1 << scale)), bits)


def _exp_series(r: tuple[int, int], scale: int) -> tuple[int, int]:
    """Bounds of e^r by Horner's scheme, in integers that count 2^-scale; all of them are non-negative."""
    low, high = 0, 2 << scale
    for j in range(scale // 4 + 8, 0, -1):
        low = (1 << scale) + (r[0] * low >> scale) // j
        high = (1 << scale) - (-_up(r[1] * high, scale) // j)
    return low, high


def _fixed(value: Fraction, scale: int) -> tuple[int, int]:
    """The integers next below and above ``value * 2^scale``."""
    scaled = value.numerator << scale
    return scaled // value.denominator, -(-scaled // value.denominator)


def _up(n: int, scale: int) -> int:
    """``n / 2^scale`` rounded up."""
    return -(-n >> scale)


def ln(x: Interval, bits: int) -> Interval:
    """ln x for x > 0 as k ln 2 + ln m, ``2/3 <= m <= 4/3``, with ln m = 2 artanh((m-1)/(m+1)) and ln 2 = 2 artanh(1/3)
    (DLMF 4.6.4). :class:`Undefined` where x <= 0, :class:`Beyond` where it may be.
    """
    if x.high <= 0:
        raise Undefined("the logarithm of a number that is not positive")
    if x.low <= 0:
        raise Beyond("the argument of a logarithm may be 0 or negative")
    low = _ln(x.low, bits)
    return low if x.exact else Interval(low.low, _ln(x.high, bits).high)


def _ln(value: Fraction, bits: int) -> Interval:
    twos = value.numerator.bit_length() - value.denominator.bit_length()
    m = value / Fraction(2) ** twos
    m, twos = (m / 2, twos + 1) if 3 * m > 4 else (2 * m, twos - 1) if 3 * m < 2 else (m, twos)
    working = bits + 16
    rest = multiply(point(2), _arc((m - 1) / (m + 1), False, working), working)
    return _ball(add(multiply(point(twos), _ln_2(working), working), rest, working), bits)


@lru_cache(maxsize=16)
def _ln_2(bits: int) -> Interval:
    return multiply(point(2), _arc(Fraction(1, 3), False, bits), bits)


def _arc(z: Fraction, alternating: bool, bits: int) -> Interval:
    """Σ_j s^j z^(2j+1)/(2j+1) for |z| <= 1/2: arctan z where s = -1 (alternating), artanh z where s = 1
    (DLMF 4.24.3, 4.38.5).

    The sum from j on is s^j z^(2j+1) t with t = Σ_i (s z²)^i/(2(i+j)+1), and 0 <= t <= Σ z^(2i) <= 4/3 for
    either s. Horner's scheme for t counts 2^-bits.
    """
    square, one = _fixed(z * z, bits), 1 << bits
    low, high = 0, 2 * one
    for j in range(bits // 3 + 2, -1, -1):
        least, most = square[0] * low >> bits, _up(square[1] * high, bits)
        least, most = (-most, -least) if alternating else (least, most)
        low = max(0, one // (2 * j + 1) + least)
        high = most - (-one // (2 * j + 1))
    return multiply(_ball(point(z), bits), Interval(Fraction(low, one), Fraction(high, one)), bits)


@lru_cache(maxsize=16)
def pi(bits: int) -> Interval:
    """π = 16 arctan(1/5) - 4 arctan(1/239), Machin's formula."""
    working = bits + 8
    first = multiply(point(16), _arc(Fraction(1, 5), True, working), working)
    return _ball(subtract(first, multiply(point(4), _arc(Fraction(1, 239), True, working), working), working), bits)


def root(x: Interval, degree: int, bits: int) -> Interval:
    """The non-negative root of ``x >= 0``, exact where it is rational; :class:`Undefined` where x < 0."""
    if x.high < 0:
        raise Undefined("an even root or a real power of a negative number")
    if x.low < 0:
        raise Beyond("the argument of a root or a real power may be negative")
    return Interval(_root(x.low, degree, bits).low, _root(x.high, degree, bits).high)


def _root(value: Fraction, degree: int, bits: int) -> Interval:
    if degree == 1:
        return point(value)
    candidate = Fraction(_floor_root(value.numerator, degree), _floor_root(value.denominator, degree))
    if candidate**degree == value:
        return point(candidate)
    magnitude = (value.numerator.bit_length() - value.denominator.bit_length()) // degree
    scale = Fraction(2) ** (bits - magnitude)
    scaled = value * scale**degree
    floor = _floor_root(scaled.numerator // scaled.denominator, degree)
    return Interval(floor / scale, (floor + 1) / scale)


def _floor_root(n: int, degree: int) -> int:
    """The largest integer r with ``r^degree <= n``, by bisection."""
    if degree == 2:
        return isqrt(n)
    low, high = 0, 1 << (n.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= n else (low, middle)
    return low


def power(base: Interval, exponent: Interval, bits: int) -> Interval:
    """``base^exponent`` as a real power: the base is positive, or 0 under a positive exponent (giving 0)."""
    by_root = exponent.exact and exponent.low.denominator <= _LARGEST_ROOT
    if base == ZERO:
        return _real_power_of_zero(exponent)
    if base.contains_zero() and not (by_root and exponent.low > 0):
        raise Beyond("the base of a real power may be 0")
    if not by_root:
        return exp(multiply(exponent, ln(base, bits + 16), bits + 16), bits)
    inner = root(base, exponent.low.denominator, bits + 16)
    return round_out(integer_power(inner, exponent.low.numerator, bits + 16), bits)


def _real_power_of_zero(exponent: Interval) -> Interval:
    if exponent.low > 0:
        return ZERO
    if exponent.high <= 0:
        raise Undefined("0 to a real power that is not positive")
    raise Beyond("a real power of 0 whose exponent may be negative")


def compared(x: Interval, sign: str, y: Interval) -> bool | None:
    """Whether the comparison certainly holds or certainly fails; ``None`` where the intervals do not tell."""
    match sign:
        case "=":
            return True if x.exact and x == y else None if x.low <= y.high and y.low <= x.high else False
        case "≠":
            equal = compared(x, "=", y)
            return None if equal is None else not equal
        case "<":
            return True if x.high < y.low else False if x.low >= y.high else None
        case "≤":
            return True if x.high <= y.low else False if x.low > y.high else None
        case ">" | "≥":
            return compared(y, "<" if sign == ">" else "≤", x)
        case _:
            return None
