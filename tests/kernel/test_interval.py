"""The kernel's intervals: exact where rational, and always around the true value (python-flint's arb is the oracle)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.enclosures import interval as iv
from engine.kernel.enclosures import jet
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Interval, Undefined, between, point

flint = pytest.importorskip("flint")

rationals = st.fractions(min_value=-50, max_value=50, max_denominator=60)
positive = st.fractions(min_value=Fraction(1, 60), max_value=80, max_denominator=60)
precisions = st.sampled_from((8, 24, 64, 200))
pairs = st.tuples(rationals, rationals).map(lambda ends: between(min(ends), max(ends)))


def arb(value: Fraction):
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def assert_around(enclosure: Interval, truth, bits: int, slack: int = 6) -> None:
    """The enclosure holds the oracle's ball (taken to 1000 bits), and is tight to ``bits - slack`` bits."""
    # Comparisons of arb are certain: both are false for two balls that overlap.
    assert not truth < arb(enclosure.low) and not truth > arb(enclosure.high)
    if not enclosure.exact:
        assert all(end.denominator & (end.denominator - 1) == 0 for end in (enclosure.low, enclosure.high))
    if bits > slack + 2:
        width, size = enclosure.high - enclosure.low, max(abs(enclosure.low), abs(enclosure.high))
        assert width <= size / 2 ** (bits - slack)


def ends(x: Interval) -> tuple[Fraction, Fraction]:
    return x.low, x.high


@pytest.fixture(autouse=True)
def oracle_precision():
    old, flint.ctx.prec = flint.ctx.prec, 1000
    yield
    flint.ctx.prec = old


@given(rationals, rationals)
def test_rational_arithmetic_is_exact(a, b):
    assert iv.add(point(a), point(b), 8) == point(a + b)
    assert iv.subtract(point(a), point(b), 8) == point(a - b)
    assert iv.multiply(point(a), point(b), 8) == point(a * b)
    if b:
        assert iv.divide(point(a), point(b), 8) == point(a / b)


@given(pairs, pairs, st.fractions(0, 1, max_denominator=9), st.fractions(0, 1, max_denominator=9), st.integers(-5, 6))
def test_interval_arithmetic_contains_every_pointwise_result(x, y, s, t, n):
    a, b = x.low + s * (x.high - x.low), y.low + t * (y.high - y.low)
    for operation, value in ((iv.add, a + b), (iv.subtract, a - b), (iv.multiply, a * b)):
        result = operation(x, y, 8)
        assert result.low <= value <= result.high
    if not y.contains_zero():
        result = iv.divide(x, y, 8)
        assert result.low <= a / b <= result.high
    if n >= 0 or not x.contains_zero():
        result = iv.integer_power(x, n, 8)
        assert result.low <= a**n <= result.high


@given(pairs, st.fractions(0, 1, max_denominator=9))
def test_an_absolute_value_contains_that_of_every_point(x, s):
    result, value = jet.absolute(x), abs(x.low + s * (x.high - x.low))
    assert 0 <= result.low <= value <= result.high <= max(abs(x.low), abs(x.high))


@given(rationals, rationals, st.integers(1, 70))
def test_rounding_goes_outward_and_bounds_the_size(a, b, bits):
    rounded = iv.round_out(between(min(a, b), max(a, b)), bits)
    assert rounded.low <= min(a, b) and max(a, b) <= rounded.high
    if a != b:
        sizes = [abs(end) for end in (a, b) if end]
        spread = int(max(sizes) / min(sizes)).bit_length()
        for end in (rounded.low, rounded.high):
            assert end.denominator & (end.denominator - 1) == 0
            assert (end.numerator // (end.numerator & -end.numerator) if end else 0).bit_length() <= bits + spread + 1


def test_rounding_loses_no_sign():
    wide = between(Fraction(1, 2**100), Fraction(2**100))
    assert iv.round_out(wide, 8).low > 0 and iv.round_out(iv.negate(wide), 8).high < 0


def test_the_largest_magnitude_is_still_inside():
    top = between(Fraction(2**4096), Fraction(2**4096 + 1))
    assert iv.round_out(top, 8).low == 2**4096
    with pytest.raises(Beyond):
        iv.round_out(between(2 * top.low, 2 * top.high), 8)


def test_an_exact_number_that_has_grown_too_long_is_rounded_around_itself():
    long = Fraction(3**4000, 2**6340 + 1)
    rounded = iv.round_out(point(long), 64)
    assert rounded.low < long < rounded.high
    assert rounded.high - rounded.low < Fraction(1, 2**60)


@settings(max_examples=60)
@given(rationals, precisions)
def test_exp_contains_the_truth(x, bits):
    assert_around(iv.exp(point(x), bits), arb(x).exp(), bits)


@settings(max_examples=60)
@given(positive, precisions)
def test_ln_contains_the_truth(x, bits):
    assert_around(iv.ln(point(x), bits), arb(x).log(), bits)


@pytest.mark.parametrize("bits", (16, 64, 300))
@pytest.mark.parametrize(
    "x",
    (*map(Fraction, ("4/3", "2/3", "1/2", "2", "1e900")), 1 + Fraction(1, 10**30), Fraction(1, 3**1000)),
)
def test_ln_at_the_seams_of_its_reduction(x, bits):
    assert_around(iv.ln(point(x), bits), arb(x).log(), bits)


@pytest.mark.parametrize("x", tuple(map(Fraction, ("2800", "-2800", "1e-40", "1/2", "-1/2", "1"))))
@pytest.mark.parametrize("bits", (16, 64, 300))
def test_exp_at_the_seams_of_its_reduction(x, bits):
    assert_around(iv.exp(point(x), bits), arb(x).exp(), bits)


@settings(max_examples=60)
@given(positive, st.fractions(-9, 9, max_denominator=80), precisions)
def test_real_powers_contain_the_truth(base, exponent, bits):
    truth = (arb(exponent) * arb(base).log()).exp()
    assert_around(iv.power(point(base), point(exponent), bits), truth, bits)


@settings(max_examples=60)
@given(positive, st.integers(2, 9), precisions)
def test_roots_contain_the_truth_and_are_exact_where_rational(x, degree, bits):
    assert_around(iv.root(point(x), degree, bits), arb(x).root(degree), bits)
    assert iv.root(point(x**degree), degree, bits) == point(x)


@pytest.mark.parametrize("bits", (8, 64, 500))
def test_pi_contains_the_truth(bits):
    assert_around(iv.pi(bits), flint.arb.pi(), bits)


@pytest.mark.parametrize("function", (iv.exp, iv.ln))
def test_the_image_of_an_interval_holds_the_images_of_its_ends(function):
    image = function(between(Fraction(1, 3), Fraction(5, 2)), 64)
    assert image.low <= function(point(Fraction(1, 3)), 64).low
    assert function(point(Fraction(5, 2)), 64).high <= image.high


def test_exact_values_stay_exact():
    assert iv.exp(ZERO, 64) == ONE
    assert iv.ln(ONE, 64) == ZERO
    assert iv.power(point(8), point(Fraction(2, 3)), 64) == point(4)
    assert iv.power(point(Fraction(4, 9)), point(Fraction(-1, 2)), 64) == point(Fraction(3, 2))
    assert iv.power(ZERO, point(Fraction(1, 2)), 64) == ZERO


@pytest.mark.parametrize("x", (ZERO, ONE, between(Fraction(-1), Fraction(2)), between(Fraction(-2), Fraction(0))))
def test_the_zeroth_integer_power_is_one(x):
    assert iv.integer_power(x, 0, 64) == ONE


def test_roots_and_powers_of_an_interval_that_starts_at_zero():
    assert ends(iv.root(between(Fraction(0), Fraction(4)), 2, 64)) == (0, 2)
    assert ends(iv.power(between(Fraction(0), Fraction(4)), point(Fraction(3, 2)), 64)) == (0, 8)


def test_even_powers_across_zero_do_not_go_below_it():
    assert ends(iv.integer_power(between(Fraction(-3), Fraction(2)), 2, 64)) == (0, 9)
    assert ends(iv.integer_power(between(Fraction(-3), Fraction(2)), 3, 64)) == (-27, 8)


ACROSS = between(Fraction(-1), Fraction(1))


@pytest.mark.parametrize(
    "attempt",
    (
        lambda: iv.divide(ONE, ZERO, 64),
        lambda: iv.divide(ZERO, ZERO, 64),
        lambda: iv.integer_power(ZERO, -1, 64),
        lambda: iv.ln(ZERO, 64),
        lambda: iv.ln(between(Fraction(-2), Fraction(0)), 64),
        lambda: iv.root(point(-1), 2, 64),
        lambda: iv.power(point(-1), point(2), 64),
        lambda: iv.power(ZERO, ZERO, 64),
        lambda: iv.power(ZERO, point(-2), 64),
    ),
)
def test_what_has_no_value_is_undefined(attempt):
    with pytest.raises(Undefined):
        attempt()


@pytest.mark.parametrize(
    "attempt",
    (
        lambda: iv.divide(ONE, ACROSS, 64),
        lambda: iv.divide(ONE, between(Fraction(0), Fraction(1)), 64),
        lambda: iv.integer_power(ACROSS, -2, 64),
        lambda: iv.ln(between(Fraction(0), Fraction(1)), 64),
        lambda: iv.root(ACROSS, 2, 64),
        lambda: iv.power(between(Fraction(0), Fraction(1)), ZERO, 64),
        lambda: iv.power(between(Fraction(0), Fraction(1)), point(-1), 64),
        lambda: iv.power(between(Fraction(-1), Fraction(0)), between(Fraction(1, 3), Fraction(1, 2)), 64),
        lambda: iv.power(ZERO, ACROSS, 64),
        lambda: iv.power(ZERO, between(Fraction(0), Fraction(1)), 64),
        lambda: iv.exp(point(3000), 64),
        lambda: iv.exp(point(-3000), 64),
        lambda: iv.exp(point(10**400), 64),
        lambda: iv.integer_power(point(9), 9**9, 64),
        lambda: iv.integer_power(point(9), 9**99, 64),
        lambda: iv.integer_power(point(Fraction(1, 2)), 10**30, 64),
        lambda: iv.power(point(2), point(Fraction(10**30, 7)), 64),
        lambda: iv.round_out(point(2**5000), 64),
        lambda: iv.round_out(point(Fraction(1, 2**5000)), 64),
    ),
)
def test_what_cannot_be_said_is_beyond(attempt):
    with pytest.raises(Beyond):
        attempt()


def test_an_interval_has_its_ends_in_order():
    with pytest.raises(ValueError):
        between(1, 0)
