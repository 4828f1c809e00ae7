from __future__ import annotations

import sys
from math import sqrt

import pytest

from engine.meaning.context import Definition
from engine.meaning.term import (
    ONE,
    Add,
    Apply,
    Derivative,
    Divide,
    E,
    Element,
    Multiply,
    Name,
    Negate,
    Power,
    Product,
    Sum,
    Term,
    integer,
    subtract,
)
from engine.numerics import missing
from engine.numerics.likelihood import (
    DerivativeComparison,
    OptimumComparison,
    compare_derivative,
    compare_maximum,
    exponential_sample,
    random_points,
)
from engine.span import Problem

needs_torch = pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
RATE, N, X_I = Name(r"\lambda"), Name("N"), Element("x", (Name("i"),))
TOTAL = Sum("i", ONE, N, X_I)
DENSITY = Multiply((RATE, Power(E, Negate(Multiply((RATE, X_I))))))
LOG_LIKELIHOOD = Sum("i", ONE, N, Apply("ln", (DENSITY,)))
SCORE = subtract(Divide(N, RATE), TOTAL)
DATA = {"x": exponential_sample(40, seed=1, rate=2.0), "N": 40}
POINTS = random_points(10, 0.1, 5.0, seed=2)


def derivative(function: Term, claimed: Term) -> DerivativeComparison:
    found = compare_derivative(function, claimed, r"\lambda", DATA, POINTS)
    assert isinstance(found, DerivativeComparison), found
    return found


@needs_torch
def test_derivative_of_the_exponential_log_likelihood() -> None:
    found = derivative(LOG_LIKELIHOOD, SCORE)
    assert found.points == POINTS and 0 < found.largest_difference < 1e-13


@needs_torch
def test_a_wrong_derivative_is_seen() -> None:
    assert derivative(LOG_LIKELIHOOD, Divide(N, RATE)).largest_difference > 0.1
    almost = Add((SCORE, Divide(ONE, integer(10**6))))
    assert derivative(LOG_LIKELIHOOD, almost).largest_difference > 1e-9


@needs_torch
def test_likelihood_as_a_product() -> None:
    found = derivative(Apply("ln", (Product("i", ONE, N, DENSITY),)), SCORE)
    assert found.largest_difference < 1e-12


@needs_torch
def test_a_constant_has_slope_zero() -> None:
    assert derivative(TOTAL, subtract(ONE, ONE)).largest_difference == 0.0


@needs_torch
def test_maximum_of_the_exponential_likelihood() -> None:
    mean = Definition(r"\bar{x}", (), Divide(TOTAL, N))
    for closed in (Divide(N, TOTAL), Divide(ONE, Name(r"\bar{x}"))):
        found = compare_maximum(LOG_LIKELIHOOD, closed, r"\lambda", DATA, (mean,))
        assert isinstance(found, OptimumComparison), found
        assert found.difference < 1e-9 and abs(found.slope_at_found) < 1e-7
        assert found.closed_form == pytest.approx(40 / sum(DATA["x"]))  # type: ignore[arg-type]


@needs_torch
def test_a_wrong_closed_form_is_seen() -> None:
    found = compare_maximum(LOG_LIKELIHOOD, Divide(TOTAL, N), r"\lambda", DATA)
    assert isinstance(found, OptimumComparison) and found.difference > 0.1


@needs_torch
def test_a_parameter_that_may_be_negative() -> None:
    errors = Sum("i", ONE, N, Power(subtract(X_I, Name("m")), integer(2)))
    data = {"x": (-4.0, -1.0, -2.5), "N": 3}
    found = compare_maximum(Negate(errors), Divide(TOTAL, N), "m", data, positive=False, start=5.0)
    assert isinstance(found, OptimumComparison) and found.found == pytest.approx(-2.5, rel=1e-9)


@needs_torch
def test_values_that_are_not_finite_are_a_problem() -> None:
    found = compare_derivative(Apply("ln", (RATE,)), Divide(ONE, RATE), r"\lambda", {}, [0.0])
    assert isinstance(found, Problem) and "not finite" in found.message
    root = Apply("sqrt", (subtract(RATE, integer(3)),))
    found = compare_maximum(root, RATE, r"\lambda", {}, start=1.0)  # type: ignore[assignment]
    assert isinstance(found, Problem) and "left the domain" in found.message


@needs_torch
@pytest.mark.parametrize(
    ("function", "message"),
    [
        (Derivative(RATE, RATE), "a Derivative cannot be evaluated"),
        (Name("q"), "q has no value"),
        (Sum("i", ONE, Add((N, ONE)), X_I), "the data do not fit the formula: an index of x is outside 1 to 40"),
    ],
)
def test_what_cannot_be_evaluated_is_a_problem(function: Term, message: str) -> None:
    for found in (
        compare_derivative(function, SCORE, r"\lambda", DATA, POINTS),
        compare_derivative(SCORE, function, r"\lambda", DATA, POINTS),
        compare_maximum(function, SCORE, r"\lambda", DATA),
        compare_maximum(LOG_LIKELIHOOD, function, r"\lambda", DATA),
    ):
        assert isinstance(found, Problem) and message in found.message


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for found in (
        compare_derivative(LOG_LIKELIHOOD, SCORE, r"\lambda", DATA, POINTS),
        compare_maximum(LOG_LIKELIHOOD, SCORE, r"\lambda", DATA),
    ):
        assert isinstance(found, Problem) and "torch is not installed" in found.message


def test_samples_are_seeded_and_look_like_their_distribution() -> None:
    assert exponential_sample(5, seed=3) == exponential_sample(5, seed=3) != exponential_sample(5, seed=4)
    sample = exponential_sample(4000, rate=4.0)
    assert min(sample) > 0 and sum(sample) / 4000 == pytest.approx(0.25, abs=4 * 0.25 / sqrt(4000))
    assert all(1 <= point <= 2 for point in random_points(50, 1, 2))
