"""Normal forms of sin and cos: sums of single sines and cosines, whose angles are what they are.

Products become sums, ``cos a cos b = (cos(a-b) + cos(a+b))/2`` and its kin (DLMF 4.21.15 to 4.21.17), so that sums and
multiples of angles need no expansion: sines and cosines of different angles are linearly independent.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Literal

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Call, Circle
from engine.kernel.forms.polynomial import (
    UNIT,
    Exponent,
    Monomial,
    Polynomial,
    add,
    constant,
    freeze,
    multiply_monomials,
    of_atom,
    scale,
    thaw,
)
from engine.kernel.forms.power import LARGEST_POWER
from engine.kernel.unproved import Unproved

Wave = Literal["sin", "cos"]
HALF = Fraction(1, 2)
FOUR_SQUARES = {Fraction(0): 0, Fraction(1, 6): 1, Fraction(1, 4): 2, Fraction(1, 3): 3}
"""4 sin²(cπ) by c (DLMF table 4.17.1)."""


def wave(algebra: Algebra, kind: Wave, angle: Polynomial) -> Polynomial:
    """sin or cos of an angle: odd and even, 2π-periodic, shifted by quarters of a turn into [0, π/2)."""
    turn: Monomial = ((algebra.number_of(Circle()), 1),)
    c = angle.get(turn, Fraction(0))
    rest = add(angle, {turn: c}, -1)
    sign = 1
    if rest and rest[max(rest)] < 0:
        rest, c = scale(rest, -1), -c
        sign = -1 if kind == "sin" else 1
    quarters = floor(2 * c)
    for _ in range(quarters % 4):
        kind, sign = ("cos", sign) if kind == "sin" else ("sin", -sign)
    c -= HALF * quarters
    return scale(_in_first_quarter(algebra, kind, rest, c, turn), sign)


def _in_first_quarter(algebra: Algebra, kind: Wave, rest: Polynomial, c: Fraction, turn: Monomial) -> Polynomial:
    reflected = c if kind == "sin" else HALF - c
    if not rest and kind == "cos" and not c:
        return constant(1)
    if not rest and reflected in FOUR_SQUARES:
        return scale(algebra.power(constant(FOUR_SQUARES[reflected]), constant(HALF)), HALF)
    algebra.circular = True
    return algebra.of(Call(kind, (0,), (freeze(add(rest, {turn: c} if c else {})),)))


def is_wave(algebra: Algebra, number: int) -> bool:
    atom = algebra.atoms[number]
    return isinstance(atom, Call) and atom.function in ("sin", "cos") and atom.function not in algebra.functions


def linearised(algebra: Algebra, monomial: Monomial) -> Polynomial | None:
    """A monomial with at most one sine or cosine to the power 1 instead of products of them; ``None`` where it is so.

    Powers that are negative or no integers stay.
    """
    waves = [(n, e) for n, e in monomial if isinstance(e, int) and e > 0 and is_wave(algebra, n)]
    degree = sum(e for _, e in waves)
    if degree < 2:
        return None
    if degree > LARGEST_POWER:
        raise Unproved(f"a product of {degree} sines and cosines is too large to expand")
    kept = tuple(pair for pair in monomial if pair not in waves)
    result = of_atom(waves[0][0])
    for number in [n for n, e in waves for _ in range(e)][1:]:
        result = _times_wave(algebra, result, number)
    product: Polynomial = {}
    for own, coefficient in result.items():
        joined, factor = algebra.tidy(multiply_monomials(kept, own))
        product = add(product, {joined: coefficient * factor})
    return product


def _times_wave(algebra: Algebra, p: Polynomial, number: int) -> Polynomial:
    """A sum of numbers times single waves, times another wave."""
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        found = [n for n, _ in monomial if is_wave(algebra, n)]
        if not found:
            result = add(result, {multiply_monomials(monomial, ((number, 1),)): coefficient})
            continue
        rest = tuple(pair for pair in monomial if pair[0] != found[0])
        for own, factor in _product(algebra, found[0], number).items():
            kept, tidied = algebra.tidy(multiply_monomials(rest, own))
            result = add(result, {kept: coefficient * factor * tidied})
    return result


def _product(algebra: Algebra, first: int, second: int) -> Polynomial:
    algebra.spend(6)
    (f, a), (g, b) = _parts(algebra, first), _parts(algebra, second)
    if f == "cos" and g == "sin":
        (f, a), (g, b) = (g, b), (f, a)
    difference, total = add(a, b, -1), add(a, b)
    if f == g:
        waves = wave(algebra, "cos", difference), wave(algebra, "cos", total)
        return scale(add(waves[0], waves[1], 1 if f == "cos" else -1), HALF)
    return scale(add(wave(algebra, "sin", total), wave(algebra, "sin", difference)), HALF)


def _parts(algebra: Algebra, number: int) -> tuple[str, Polynomial]:
    atom = algebra.atoms[number]
    assert isinstance(atom, Call)
    (angle,) = atom.arguments
    return atom.function, thaw(angle)  # type: ignore[arg-type]


def without_denominators(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` times the sines and cosines in its denominators, which are not 0 where it is defined."""
    least: dict[int, Exponent] = {}
    for monomial in p:
        for number, exponent in monomial:
            if exponent < 0 and is_wave(algebra, number):
                least[number] = min(least.get(number, 0), floor(exponent))
    factor: Monomial = tuple(sorted((number, -exponent) for number, exponent in least.items()))
    return algebra.multiply(p, {factor: 1}) if factor != UNIT else p
