"""Signs as sets, against every pair of small numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from engine.kernel.forms import sign as signs
from engine.kernel.forms.sign import ANY, NEGATIVE, NONZERO, NOT_NEGATIVE, NOT_POSITIVE, POSITIVE, ZERO

SETS = [frozenset(s) for s in ((), (-1,), (0,), (1,), (-1, 0), (0, 1), (-1, 1), (-1, 0, 1))]
SAMPLES = {-1: (-3, -1), 0: (0,), 1: (1, 3)}


def members(sign):
    return [value for s in sign for value in SAMPLES[s]]


def test_names_say_what_they_hold():
    assert ({-1, 0, 1}, {1}, {-1}, {0}) == (ANY, POSITIVE, NEGATIVE, ZERO)
    assert ({0, 1}, {-1, 0}, {-1, 1}) == (NOT_NEGATIVE, NOT_POSITIVE, NONZERO)


@pytest.mark.parametrize(("a", "b"), list(product(SETS, SETS)))
def test_products_and_sums_are_just_the_signs_that_occur(a, b):
    pairs = list(product(members(a), members(b)))
    assert signs.product(a, b) == {signs_of(x * y) for x, y in pairs}
    # -3 + 1, -3 + 3 and -1 + 3 all occur among the samples, so that the answer is exact here as well.
    assert signs.total(a, b) == {signs_of(x + y) for x, y in pairs}


def signs_of(value):
    (sign,) = signs.of_number(value)
    assert (sign > 0, sign < 0) == (value > 0, value < 0)
    return sign


@pytest.mark.parametrize("a", SETS)
def test_opposite(a):
    assert signs.opposite(a) == {-x for x in a}


@pytest.mark.parametrize("a", SETS)
@pytest.mark.parametrize("numerator", [-3, -2, -1, 1, 2, 3])
@pytest.mark.parametrize("denominator", [1, 2, 3])
def test_powers_where_they_are_defined(a, numerator, denominator):
    if Fraction(numerator, denominator).denominator != denominator:
        return
    bases = [x for x in members(a) if (denominator == 1 or x >= 0) and (numerator > 0 or x)]
    wanted = {signs_of(Fraction(x) ** numerator) for x in bases}  # the root of x >= 0 has the sign of x
    assert signs.power(a, numerator, denominator) == wanted
