"""Enclosures of special functions against FLINT, and what they cannot say."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.enclosures import series
from engine.kernel.enclosures.interval import Beyond, Interval, Undefined, between, point

arguments = st.builds(Fraction, st.integers(-400, 500), st.integers(1, 40))
precisions = st.sampled_from((8, 64, 200))


def ball(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def assert_around(found: Interval, truth: flint.arb, bits: int) -> None:
    """The truth lies inside, and the interval is about as narrow as it was asked for."""
    low, high = ball(found.low), ball(found.high)
    assert not truth < low and not truth > high
    assert high - low <= (abs(truth) + flint.arb(2) ** -bits) * flint.arb(2) ** (4 - bits)


def polygamma(order: int, x: flint.arb) -> flint.arb:
    return flint.acb(x).polygamma(order).real if order else x.digamma()


@given(arguments, precisions)
def test_circular_functions(x: Fraction, bits: int) -> None:
    with flint.ctx.workprec(bits + 400):
        for found, truth in ((series.sin, ball(x).sin()), (series.cos, ball(x).cos())):
            inside = found(point(x), bits)
            assert not truth < ball(inside.low) and not truth > ball(inside.high)
            assert inside.high - inside.low <= Fraction(4, 1 << bits)


@given(arguments, precisions)
def test_erf(x: Fraction, bits: int) -> None:
    with flint.ctx.workprec(bits + 3000):
        found, truth = series.erf(point(x), bits), ball(x).erf()
        assert not truth < ball(found.low) and not truth > ball(found.high)
        assert found.high - found.low <= Fraction(4, 1 << bits)


@pytest.mark.parametrize("x", tuple(map(Fraction, ("-5", "-11/7", "11/7", "355/113", "4", "6"))))
def test_nothing_lies_beyond_one(x: Fraction) -> None:
    for bits in range(4, 20):
        for found in (series.sin(point(x), bits), series.cos(point(x), bits), series.erf(point(x), bits)):
            assert found.low >= -1 and found.high <= 1


@given(st.builds(Fraction, st.integers(-60, 200), st.integers(3, 40)), precisions)
def test_gamma_of_an_interval(x: Fraction, bits: int) -> None:
    inside = (x, x + Fraction(1, 999), x + Fraction(1, 99))
    try:
        found = series.gamma(between(inside[0], inside[-1]), bits)
    except (Beyond, Undefined):
        return
    with flint.ctx.workprec(bits + 400):
        for truth in (ball(value).gamma() for value in inside):
            assert not truth < ball(found.low) and not truth > ball(found.high)


@given(arguments, precisions)
def test_gamma(x: Fraction, bits: int) -> None:
    if x.denominator == 1 and x <= 0:
        with pytest.raises(Undefined):
            series.gamma(point(x), bits)
        return
    with flint.ctx.workprec(bits + 400):
        assert_around(series.gamma(point(x), bits), ball(x).gamma(), bits)


@given(st.builds(Fraction, st.integers(-300, 900), st.integers(1, 40)), st.integers(0, 4), precisions)
def test_polygamma(x: Fraction, order: int, bits: int) -> None:
    if x.denominator == 1 and x <= 0:
        with pytest.raises(Undefined):
            series.polygamma(order, point(x), bits)
        return
    with flint.ctx.workprec(bits + 400):
        found, truth = series.polygamma(order, point(x), bits), polygamma(order, ball(x))
        assert not truth < ball(found.low) and not truth > ball(found.high)


@pytest.mark.parametrize(
    ("function", "wide"),
    [
        (series.sin, between(Fraction(1), Fraction(3, 2))),
        (series.cos, between(Fraction(-1, 2), Fraction(1, 2))),
        (series.erf, between(Fraction(-1), Fraction(2))),
        (series.gamma, between(Fraction(1), Fraction(3, 2))),
        (lambda x, bits: series.polygamma(0, x, bits), between(Fraction(1), Fraction(3, 2))),
        (lambda x, bits: series.polygamma(1, x, bits), between(Fraction(-3, 4), Fraction(-1, 4))),
    ],
)
def test_a_wide_interval_holds_the_images_of_its_points(function, wide) -> None:  # type: ignore[no-untyped-def]
    image = function(wide, 64)
    for part in range(9):
        at = function(point(wide.low + (wide.high - wide.low) * Fraction(part, 8)), 64)
        assert image.low <= at.high and at.low <= image.high


def test_numbers_that_are_known_exactly() -> None:
    assert series.gamma(point(5), 64) == point(24)
    assert series.sin(point(0), 64) == series.erf(point(0), 64) == point(0)
    assert series.cos(point(0), 64) == point(1)
    assert series.sin(between(Fraction(0), Fraction(9)), 64) == between(Fraction(-1), Fraction(1))
    assert series.erf(point(31), 64).high == 1


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: series.gamma(between(Fraction(-1, 2), Fraction(1, 2)), 64),
        lambda: series.gamma(between(Fraction(0), Fraction(1, 2)), 64),
        lambda: series.gamma(between(Fraction(1), Fraction(3)), 64),
        lambda: series.polygamma(1, between(Fraction(-5, 4), Fraction(-3, 4)), 64),
        lambda: series.gamma(point(Fraction(-20001, 2)), 64),
        lambda: series.gamma(point(10**9), 64),
        lambda: series.sin(point(10**30), 64),
    ],
)
def test_what_cannot_be_said(attempt) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Beyond):
        attempt()
