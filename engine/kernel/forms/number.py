"""The sign of a number written with roots, π, e and logarithms, by enclosing it between rationals."""

from __future__ import annotations

from fractions import Fraction

from engine.kernel.enclosures import interval
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Undefined, point
from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Circle, Composite, Exponential, Logarithm, Prime
from engine.kernel.forms.polynomial import Exponent, Polynomial, thaw
from engine.kernel.forms.sign import Sign

LADDER = (64, 256)
LARGEST_EXPONENT = 1000


def sign_of_number(algebra: Algebra, p: Polynomial) -> Sign:
    """The sign of a polynomial in which nothing varies; anything where precision does not tell (it may be 0)."""
    for bits in LADDER:
        try:
            value = _enclosed(algebra, p, bits)
        except (Beyond, Undefined):
            continue
        if not value.contains_zero() or value.exact:
            return signs.of_number(value.low)
    return signs.ANY


def _enclosed(algebra: Algebra, p: Polynomial, bits: int) -> Interval:
    total = ZERO
    for monomial, coefficient in p.items():
        term = point(coefficient)
        for number, exponent in monomial:
            factor = _power(_atom(algebra, number, bits), exponent, bits)
            term = interval.multiply(term, factor, bits)
        total = interval.add(total, term, bits)
    return total


def _power(base: Interval, exponent: Exponent, bits: int) -> Interval:
    if not -LARGEST_EXPONENT <= exponent <= LARGEST_EXPONENT:
        raise Beyond("a large power")
    if isinstance(exponent, int):
        return interval.integer_power(base, exponent, bits)
    return interval.power(base, point(Fraction(exponent)), bits)


def _atom(algebra: Algebra, number: int, bits: int) -> Interval:
    algebra.spend(20)
    match algebra.atoms[number]:
        case Prime(value):
            return point(value)
        case Circle():
            return interval.pi(bits)
        case Exponential(exponent):
            return interval.exp(_enclosed(algebra, {exponent: 1}, bits) if exponent else ONE, bits)
        case Logarithm(argument):
            return interval.ln(_atom(algebra, argument, bits), bits)
        case Composite(polynomial):
            return _enclosed(algebra, thaw(polynomial), bits)
        case atom:
            raise Beyond(f"the value of {type(atom).__name__}")
