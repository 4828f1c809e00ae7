"""The algebra of normal forms at work on its own: atoms, factors, and the signs that facts give."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Call, Composite, Logarithm, Prime, SymbolicPower, Variable
from engine.kernel.forms.factor import composite
from engine.kernel.forms.polynomial import Polynomial, add, constant, freeze, of_atom, scale
from engine.kernel.forms.power import (
    LARGEST_COEFFICIENT_BITS,
    LARGEST_POWER,
    magnitude_power,
    number_power,
    prime_exponents,
    rational_power,
)
from engine.kernel.unproved import Unproved


@pytest.fixture
def algebra() -> Algebra:
    return Algebra()


def variable(algebra: Algebra, name: str, sign: signs.Sign = signs.ANY, integer: bool = False) -> Polynomial:
    p = algebra.of(Variable(name))
    if sign != signs.ANY:
        algebra.assume(Fact(p, sign))
    if integer:
        algebra.integers.add(name)
    return p


def test_atoms_are_interned(algebra: Algebra) -> None:
    assert algebra.number_of(Variable("x")) == algebra.number_of(Variable("x")) == 0
    assert algebra.number_of(Variable("y")) == 1
    first, second = (algebra.fresh_variable(integer=flag) for flag in (True, False))
    assert first != second and algebra.is_integer(of_atom(first)) and not algebra.is_integer(of_atom(second))


def test_assumed_facts_end_with_their_block(algebra: Algebra) -> None:
    x = variable(algebra, "x")
    with algebra.assuming(Fact(x, signs.POSITIVE)):
        assert algebra.sign(x) == signs.POSITIVE
        with algebra.forgetting(0):
            assert algebra.sign(x) == signs.ANY
        assert algebra.sign(x) == signs.POSITIVE
    assert algebra.sign(x) == signs.ANY


def test_forgetting_is_about_one_variable(algebra: Algebra) -> None:
    x, y = variable(algebra, "x", signs.POSITIVE), variable(algebra, "y", signs.POSITIVE)
    with algebra.forgetting(0):
        assert (algebra.sign(x), algebra.sign(y)) == (signs.ANY, signs.POSITIVE)


def test_powers_of_primes_are_numbers(algebra: Algebra) -> None:
    two = algebra.number_of(Prime(2))
    assert algebra.tidy(((two, Fraction(5, 2)),)) == (((two, Fraction(1, 2)),), 4)
    assert algebra.tidy(((two, Fraction(-1, 2)),)) == (((two, Fraction(1, 2)),), Fraction(1, 2))
    assert rational_power(algebra, constant(8), Fraction(2, 3)) == constant(4)
    assert rational_power(algebra, constant(Fraction(9, 4)), Fraction(-1, 2)) == constant(Fraction(2, 3))
    for value in (0, -4):
        if value:
            with pytest.raises(Unproved, match="not negative"):
                rational_power(algebra, constant(value), Fraction(1, 2))
        else:
            assert rational_power(algebra, {}, Fraction(1, 2)) == {}
    with pytest.raises(Unproved, match="zero to a negative power"):
        rational_power(algebra, {}, Fraction(-1, 2))


def test_limits(algebra: Algebra) -> None:
    x = variable(algebra, "x")
    total = add(x, constant(1))
    assert len(algebra.integer_power(total, LARGEST_POWER)) == LARGEST_POWER + 1
    with pytest.raises(Unproved, match="too large to expand"):
        algebra.integer_power(total, LARGEST_POWER + 1)
    assert number_power(Fraction(2), LARGEST_COEFFICIENT_BITS // 2)
    for base, exponent in ((Fraction(2), 1), (Fraction(2), -1), (Fraction(1, 2), 1)):
        with pytest.raises(Unproved, match="too large to write out"):
            number_power(base, exponent * (LARGEST_COEFFICIENT_BITS // 2 + 1))
    algebra.steps.left = 0
    with pytest.raises(Unproved, match="the step budget is spent"):
        algebra.multiply(x, x)


def test_prime_factors(algebra: Algebra) -> None:
    assert {algebra.atoms[m[0][0]]: c for m, c in prime_exponents(algebra, 360).items()} == {
        Prime(2): 3, Prime(3): 2, Prime(5): 1,
    }  # fmt: skip
    assert prime_exponents(algebra, 1) == {}
    assert len(prime_exponents(algebra, 9973 * 9973)) == 1
    with pytest.raises(Unproved, match="the prime factors of a large number"):
        prime_exponents(algebra, 10_007 * 10_009)


def test_a_quotient_is_a_product_with_a_composite_atom(algebra: Algebra) -> None:
    x = variable(algebra, "x")
    total = add(x, constant(1))
    inverse = algebra.inverse(scale(total, 3))
    ((monomial, coefficient),) = inverse.items()
    assert coefficient == Fraction(1, 3) and isinstance(algebra.atoms[monomial[0][0]], Composite)
    assert algebra.is_zero(add(algebra.multiply(inverse, scale(total, 3)), constant(1), -1))
    assert not algebra.is_zero(add(algebra.multiply(inverse, total), constant(1), -1))
    with pytest.raises(Unproved, match="a division by zero"):
        algebra.inverse({})
    with pytest.raises(Unproved, match="a factor that is zero"):
        algebra.split(add(algebra.multiply(inverse, scale(total, 3)), constant(1), -1))


def test_hinted_factors_are_divided_out(algebra: Algebra) -> None:
    x, y = variable(algebra, "x"), variable(algebra, "y")
    total = add(x, y)
    square = algebra.multiply(total, total)
    assert len(algebra.split(square)[1]) == 1 and set(algebra.split(square)[1].values()) == {1}
    algebra.known = algebra.known.with_factors([total])
    number, powers = algebra.split(scale(square, 5))
    assert number == 5 and list(powers.values()) == [2]


def test_a_composite_is_positive_where_its_sign_is_known(algebra: Algebra) -> None:
    x = variable(algebra, "x", signs.POSITIVE)
    coefficient, atom = composite(algebra, add(scale(x, -2), constant(-2)))
    assert coefficient == -2 and algebra.atom_sign(atom) == signs.POSITIVE
    coefficient, atom = composite(algebra, add(scale(x, 2), constant(2)))
    assert coefficient == 2 and algebra.atom_sign(atom) == signs.POSITIVE


def test_a_composite_that_is_known_not_to_be_positive_is_turned(algebra: Algebra) -> None:
    x = variable(algebra, "x", signs.NOT_POSITIVE)
    total = add(x, variable(algebra, "y", signs.NOT_POSITIVE))
    coefficient, atom = composite(algebra, total)
    assert coefficient == -1 and algebra.atom_sign(atom) == signs.NOT_NEGATIVE
    assert algebra.is_zero(add(scale(of_atom(atom), coefficient), total, -1))


def test_gamma_is_positive_for_a_positive_argument(algebra: Algebra) -> None:
    for sign, known in ((signs.POSITIVE, signs.POSITIVE), (signs.NOT_NEGATIVE, signs.ANY), (signs.ANY, signs.ANY)):
        x = variable(algebra, f"x{len(sign)}{min(sign)}", sign)
        assert algebra.sign(algebra.of(Call("Gamma", (0,), (freeze(x),)))) == known


def test_logarithms(algebra: Algebra) -> None:
    x, y = variable(algebra, "x", signs.POSITIVE), variable(algebra, "y")
    assert algebra.logarithm(constant(1)) == {}
    eight = algebra.logarithm(constant(Fraction(8, 9)))
    assert {algebra.atoms[m[0][0]]: c for m, c in eight.items()} == {
        Logarithm(algebra.number_of(Prime(2))): 3, Logarithm(algebra.number_of(Prime(3))): -2,
    }  # fmt: skip
    assert len(algebra.logarithm(algebra.multiply(x, y))) == 2
    ((monomial, times),) = algebra.logarithm(algebra.multiply(y, y)).items()
    assert times == 2 and algebra.atoms[monomial[0][0]] == Logarithm(algebra.numbers[Call("abs", (0,), (freeze(y),))])
    assert len(algebra.logarithm(algebra.multiply(algebra.multiply(y, y), variable(algebra, "z")))) == 2
    cube = algebra.multiply(algebra.multiply(y, y), y)
    for bad in (constant(-1), scale(y, -1), *(algebra.multiply(p, variable(algebra, "z")) for p in (y, cube))):
        with pytest.raises(Unproved, match="needs every factor to be positive"):
            algebra.logarithm(bad)


def test_exponentials_and_logarithms_undo_each_other(algebra: Algebra) -> None:
    x, n = variable(algebra, "x", signs.POSITIVE), variable(algebra, "n")
    assert algebra.exponential(algebra.logarithm(x)) == x
    assert algebra.logarithm(algebra.exponential(n)) == n
    power = algebra.exponential(algebra.multiply(n, algebra.logarithm(x)))
    ((monomial, _),) = power.items()
    assert isinstance(algebra.atoms[monomial[0][0]], SymbolicPower)
    assert algebra.logarithm(power) == algebra.multiply(n, algebra.logarithm(x))


@pytest.mark.parametrize(
    ("sign", "exponent", "kept", "coefficient"),
    [
        (signs.POSITIVE, 3, True, 1),
        (signs.NOT_NEGATIVE, 3, True, 1),
        (signs.NEGATIVE, 3, True, -1),
        (signs.NEGATIVE, -1, True, -1),
        (signs.NOT_POSITIVE, 2, True, 1),
        (signs.ANY, 2, True, 1),
        (signs.ANY, 3, False, 1),
        (signs.NONZERO, 1, False, 1),
        (signs.NEGATIVE, Fraction(1, 2), False, 1),
    ],
)
def test_magnitudes(algebra: Algebra, sign: signs.Sign, exponent: int, kept: bool, coefficient: int) -> None:
    variable(algebra, "x", sign)
    ((monomial, found),) = magnitude_power(algebra, 0, exponent).items()
    assert ((monomial == ((0, exponent),)), found) == (kept, coefficient)
    assert isinstance(found, int | Fraction)


def test_integers(algebra: Algebra) -> None:
    n, x = variable(algebra, "n", integer=True), variable(algebra, "x")
    assert algebra.is_integer(add(algebra.multiply(n, n), constant(-3)))
    for p in (x, scale(n, Fraction(1, 2)), algebra.inverse(n), add(n, x), algebra.multiply(n, x)):
        assert not algebra.is_integer(p)
    assert not algebra.is_integer(rational_power(algebra, algebra.multiply(n, n), Fraction(1, 2)))


SIGNS = [
    ({"x": signs.POSITIVE}, lambda x, y: add(x, constant(1)), signs.POSITIVE),
    ({"x": signs.POSITIVE}, lambda x, y: add(x, constant(-1)), signs.ANY),
    ({"x": signs.NEGATIVE}, lambda x, y: add(x, constant(-1)), signs.NEGATIVE),
    ({"x": signs.POSITIVE, "y": signs.NEGATIVE}, lambda x, y: add(x, y), signs.ANY),
    ({"x": signs.POSITIVE, "y": signs.NEGATIVE}, lambda x, y: add(x, y, -1), signs.POSITIVE),
    ({"x": signs.NOT_NEGATIVE}, lambda x, y: scale(x, -2), signs.NOT_POSITIVE),
    ({"x": signs.NONZERO}, lambda x, y: scale(x, -2), signs.NONZERO),
]


@pytest.mark.parametrize(("facts", "make", "sign"), SIGNS)
def test_signs_of_terms(algebra: Algebra, facts: dict[str, signs.Sign], make: object, sign: signs.Sign) -> None:
    x, y = (variable(algebra, name, facts.get(name, signs.ANY)) for name in "xy")
    assert algebra.sign(make(x, y)) == sign  # type: ignore[operator]


def test_signs_by_bounds(algebra: Algebra) -> None:
    p = variable(algebra, "p")
    algebra.assume(Fact(p, signs.POSITIVE), Fact(add(constant(1), p, -1), signs.POSITIVE))
    rest = add(constant(1), p, -1)
    assert algebra.sign(algebra.multiply(p, rest)) == signs.POSITIVE
    assert algebra.sign(add(algebra.multiply(p, p), p, -1)) == signs.NEGATIVE
    assert algebra.sign(add(rest, constant(Fraction(-1, 2)))) == signs.ANY
    assert algebra.sign(add(algebra.multiply(rest, rest), constant(1), -1)) == signs.NEGATIVE


@pytest.mark.parametrize(
    ("bound", "sign", "at", "known"),
    [
        (3, signs.POSITIVE, 3, signs.POSITIVE),
        (3, signs.NOT_NEGATIVE, 3, signs.NOT_NEGATIVE),
        (3, signs.NOT_NEGATIVE, 2, signs.POSITIVE),
        (3, signs.POSITIVE, 4, signs.ANY),
        (3, signs.NEGATIVE, 3, signs.NEGATIVE),
        (3, signs.NEGATIVE, 2, signs.ANY),
        (3, signs.NONZERO, 3, signs.NONZERO),
        (3, signs.NONZERO, 2, signs.ANY),
    ],
)
def test_a_number_as_a_bound(algebra: Algebra, bound: int, sign: signs.Sign, at: int, known: signs.Sign) -> None:
    x = variable(algebra, "x")
    for factor in (1, 2, Fraction(1, 3)):
        algebra.known = algebra.known.with_facts([Fact(scale(add(x, constant(-bound)), factor), sign)])
        assert algebra.sign(add(x, constant(-at))) == known
        negative = Fact(scale(add(x, constant(-bound)), -factor), signs.opposite(sign))
        algebra.known = algebra.known.with_facts([negative])
        assert algebra.sign(add(x, constant(-at))) == known
        assert algebra.sign(scale(add(x, constant(-at)), -1)) == signs.opposite(known)
