"""Polynomials with rational exponents: their invariant, and their arithmetic against evaluation at points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.forms import polynomial as p
from engine.kernel.forms.polynomial import UNIT, divide_exactly

coefficients = st.fractions(-4, 4, max_denominator=6).filter(bool)
exponents = st.integers(-2, 3).filter(bool)
monomials = st.dictionaries(st.integers(0, 2), exponents, max_size=2).map(lambda d: tuple(sorted(d.items())))
polynomials = st.dictionaries(monomials, coefficients, max_size=4)
plain = st.dictionaries(
    st.dictionaries(st.integers(0, 2), st.integers(1, 3), max_size=2).map(lambda d: tuple(sorted(d.items()))),
    coefficients,
    max_size=4,
)
POINT = (Fraction(2), Fraction(-3), Fraction(5, 7))


def value(q: p.Polynomial) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in q.items():
        for atom, exponent in monomial:
            coefficient *= POINT[atom] ** int(exponent)
        total += coefficient
    return total


def times(q: p.Polynomial, r: p.Polynomial) -> p.Polynomial:
    total: p.Polynomial = {}
    for m, c in q.items():
        total = p.add(total, {p.multiply_monomials(m, n): c * d for n, d in r.items()})
    return total


def is_tidy(q: p.Polynomial) -> bool:
    return all(c and list(m) == sorted(set(m)) and all(e for _, e in m) for m, c in q.items())


@given(polynomials, polynomials, coefficients)
def test_sums(q, r, factor):
    assert value(p.add(q, r, factor)) == value(q) + factor * value(r)
    assert is_tidy(p.add(q, r, factor)) and p.add(q, q, -1) == {}
    assert p.add(q, r) == p.add(q, r, 1)


def test_coefficients_stay_exact():
    assert all(isinstance(c, int) for c in p.add({UNIT: 1}, {UNIT: 2}).values())
    assert p.constant(Fraction(4, 2)) == {UNIT: 2} and isinstance(p.constant(Fraction(4, 2))[UNIT], int)
    for a, b in ((1, 3), (6, 3), (-1, 2), (Fraction(1, 2), 3), (2, Fraction(2, 3)), (10**30, 3)):
        assert p.quotient(a, b) == Fraction(a) / Fraction(b)
        assert isinstance(p.quotient(a, b), int | Fraction)
    with pytest.raises(ZeroDivisionError):
        p.quotient(1, 0)


def test_an_integer_and_its_fraction_are_one_coefficient():
    one, other = {((0, 1),): 2, UNIT: Fraction(1, 2)}, {((0, 1),): Fraction(2), UNIT: Fraction(2, 4)}
    assert p.freeze(one) == p.freeze(other) and p.add(one, other, -1) == {}


@given(polynomials, coefficients)
def test_scaling(q, factor):
    assert value(p.scale(q, factor)) == factor * value(q)
    assert p.scale(q, 0) == {}


@given(monomials, monomials, st.integers(-3, 3))
def test_monomials(m, n, k):
    assert value({p.multiply_monomials(m, n): Fraction(1)}) == value({m: Fraction(1)}) * value({n: Fraction(1)})
    assert value({p.monomial_power(m, k): Fraction(1)}) == value({m: Fraction(1)}) ** k
    assert p.multiply_monomials(m, p.monomial_power(m, -1)) == UNIT


def test_rational_exponents_are_shortened():
    half = ((0, Fraction(1, 2)),)
    assert p.multiply_monomials(half, half) == ((0, 1),)
    assert p.monomial_power(half, 2) == ((0, 1),) and p.monomial_power(half, 0) == UNIT
    assert isinstance(p.shorten(Fraction(4, 2)), int) and p.shorten(Fraction(1, 2)) == Fraction(1, 2)
    assert isinstance(p.multiply_monomials(half, half)[0][1], int)
    assert isinstance(p.monomial_power(half, 2)[0][1], int)


def test_small_makers():
    assert p.constant(0) == {} and p.constant(3) == {UNIT: Fraction(3)}
    assert p.of_atom(4) == {((4, 1),): Fraction(1)} and p.of_atom(4, 0) == p.constant(1)
    assert p.is_constant({}) and p.is_constant(p.constant(2)) and not p.is_constant(p.of_atom(1))
    assert p.constant_term(p.add(p.of_atom(1), p.constant(5))) == 5 and p.constant_term(p.of_atom(1)) == 0
    assert p.atoms_of({((1, 2), (3, 1)): Fraction(1), UNIT: Fraction(2)}) == {1, 3}
    q = {((1, 2),): Fraction(1), UNIT: Fraction(2)}
    assert p.thaw(p.freeze(q)) == q


@pytest.mark.parametrize(
    ("q", "content"),
    [
        ({((0, 2), (1, 1)): 1, ((0, 3),): 1}, ((0, 2),)),
        ({((0, 2),): 1, UNIT: 1}, UNIT),
        ({((0, -2),): 1, UNIT: 1}, ((0, -2),)),
        ({((0, -2),): 1, ((0, 1),): 1}, ((0, -2),)),
        ({((0, Fraction(1, 2)),): 1, ((0, 1),): 1}, ((0, Fraction(1, 2)),)),
    ],
)
def test_content_is_the_greatest_common_monomial(q, content):
    assert p.content(q) == content


@given(plain, plain.filter(bool))
def test_exact_division_undoes_multiplication(q, r):
    assert divide_exactly(times(q, r), r) == q


@given(plain, plain.filter(lambda r: len(r) > 1))
def test_a_remainder_is_never_dropped(q, r):
    quotient = divide_exactly(q, r)
    assert quotient is None or times(quotient, r) == q


def test_division_ends():
    x, y = ((0, 1),), ((1, 1),)
    assert divide_exactly({x: Fraction(1), UNIT: Fraction(1)}, {x: Fraction(1), UNIT: Fraction(-1)}) is None
    assert divide_exactly({x: Fraction(1)}, {x: Fraction(1), y: Fraction(1)}) is None
    long = {((0, 9),): Fraction(1), UNIT: Fraction(-1)}
    assert divide_exactly(long, {x: Fraction(1), UNIT: Fraction(-1)}, limit=9) is None
    assert len(divide_exactly(long, {x: Fraction(1), UNIT: Fraction(-1)}, limit=10) or ()) == 9


@pytest.mark.parametrize(("degree", "terms"), [(199, 199), (200, None)])
def test_a_quotient_of_two_hundred_terms_is_too_long(degree, terms):
    """(x^n - 1)/(x - 1) has n terms."""
    power = {((0, degree),): Fraction(1), UNIT: Fraction(-1)}
    quotient = divide_exactly(power, {((0, 1),): Fraction(1), UNIT: Fraction(-1)})
    assert (None if quotient is None else len(quotient)) == terms


def test_a_division_tells_its_work_and_refuses_early():
    spent: list[int] = []
    power = {((0, 9),): 1, UNIT: -1}
    assert divide_exactly(power, {((0, 1),): 1, UNIT: -1}, spend=spent.append) is not None
    assert len(spent) == 9 and sum(spent) >= 9 * 4
    spent.clear()
    assert divide_exactly(power, {((1, 1),): 1, UNIT: 1}, spend=spent.append) is None
    assert divide_exactly({((0, 9),): 1, ((0, 1),): 1}, {((0, 2),): 1, ((0, 3),): 1}, spend=spent.append) is None
    assert spent == []
    assert divide_exactly({}, {((0, 1),): 1, UNIT: 1}) == {}
    root = {((0, Fraction(1, 2)),): 1, UNIT: 1}
    assert divide_exactly({((0, 1),): 1, UNIT: -1}, root) == {((0, Fraction(1, 2)),): 1, UNIT: -1}
