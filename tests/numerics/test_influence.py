from __future__ import annotations

import sys
from dataclasses import replace
from math import isnan

import pytest

from engine.meaning.term import Add, Apply, Derivative, Divide, Multiply, Name, Negate, Power, Term, integer, subtract
from engine.numerics import missing
from engine.numerics.influence import (
    EPSILONS,
    STANDARD_MODELS,
    InfluenceExperiment,
    Model,
    fitted_slope,
    remainder_experiment,
    standard_model,
    term_model,
)
from engine.numerics.likelihood import exponential_sample
from engine.span import Problem

needs_torch = pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
THETA, X, Y = Name(r"\theta"), Name("x"), Name("y")
SQUARE = Power(subtract(X, THETA), integer(2))
SAMPLE = exponential_sample(20, seed=4)


def model(kind: str, dimension: int = 4, **settings: object) -> Model:
    found = standard_model(kind, 1 if kind == "exponential" else dimension, **settings)  # type: ignore[arg-type]
    assert isinstance(found, Model), found
    return found


def run(subject: Model, **settings: object) -> InfluenceExperiment:
    found = remainder_experiment(subject, **settings)  # type: ignore[arg-type]
    assert isinstance(found, InfluenceExperiment), found
    return found


def of_terms(loss: Term, **settings: object) -> Model:
    found = term_model("mean", loss, r"\theta", {"x": SAMPLE}, {"x": 3.0}, **settings)  # type: ignore[arg-type]
    assert isinstance(found, Model), found
    return found


@needs_torch
@pytest.mark.parametrize("kind", STANDARD_MODELS)
def test_the_remainder_is_of_second_order(kind: str) -> None:
    found = run(model(kind))
    assert found.slope == pytest.approx(2.0, abs=0.01)
    assert found.largest_gradient < 1e-12
    assert [epsilon for epsilon, _ in found.remainders] == list(EPSILONS)
    assert len(found.optimum) == len(found.direction) == found.dimension == (1 if kind == "exponential" else 4)


@needs_torch
@pytest.mark.parametrize("kind", STANDARD_MODELS)
def test_a_wrong_direction_leaves_a_first_order_remainder(kind: str) -> None:
    right = run(model(kind))
    doubled = run(model(kind), direction=[2 * value for value in right.direction])
    reversed_ = run(model(kind), direction=[-value for value in right.direction])
    assert doubled.slope == pytest.approx(1.0, abs=0.05) and reversed_.slope == pytest.approx(1.0, abs=0.05)


@needs_torch
def test_least_squares_against_its_closed_form() -> None:
    """For the mean of squared errors θ̂(ε) = (x̄ + εz)/(1 + ε), so that dθ̂/dε = z − x̄."""
    found = run(of_terms(SQUARE))
    mean = sum(SAMPLE) / len(SAMPLE)
    assert found.optimum == pytest.approx((mean,), rel=1e-12)
    assert found.direction == pytest.approx((3.0 - mean,), rel=1e-12)
    for epsilon, remainder in found.remainders:
        assert remainder == pytest.approx((3.0 - mean) * epsilon**2 / (1 + epsilon), rel=1e-6)


@needs_torch
def test_the_exponential_model_against_its_closed_form() -> None:
    subject = of_terms(subtract(Multiply((THETA, X)), Apply("ln", (THETA,))))
    found = run(subject)
    mean = sum(SAMPLE) / len(SAMPLE)
    assert found.optimum == pytest.approx((1 / mean,), rel=1e-12)
    assert found.direction == pytest.approx((1 / mean - 3.0 / mean**2,), rel=1e-9)
    assert found.slope == pytest.approx(2.0, abs=0.01)


@needs_torch
def test_ridge_in_one_dimension_from_a_term() -> None:
    loss = Add((Power(subtract(Y, Multiply((THETA, X))), integer(2)), Multiply((Name("c"), Power(THETA, integer(2))))))
    data = {"x": SAMPLE, "y": exponential_sample(20, seed=9)}
    subject = term_model("ridge", loss, r"\theta", data, {"x": 1.0, "y": 2.0}, constants={"c": 0.5})
    assert isinstance(subject, Model) and subject.observations == 20
    found = run(subject)
    products = sum(a * b for a, b in zip(data["x"], data["y"], strict=True)) / 20
    squares = sum(a * a for a in data["x"]) / 20
    assert found.optimum == pytest.approx((products / (squares + 0.5),), rel=1e-12)
    assert found.slope == pytest.approx(2.0, abs=0.01)


@needs_torch
def test_the_same_seed_gives_the_same_numbers() -> None:
    assert run(model("logistic", 3, seed=5)) == run(model("logistic", 3, seed=5))
    assert run(model("logistic", 3, seed=5)).optimum != run(model("logistic", 3, seed=6)).optimum


@needs_torch
@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (lambda: of_terms(Multiply((X, THETA))), "the Hessian cannot be inverted"),
        (lambda: of_terms(Negate(SQUARE)), "found no minimum"),
        (lambda: of_terms(Power(Add((THETA, Negate(X))), integer(3))), "found no minimum|cannot be inverted"),
        (lambda: of_terms(Divide(integer(1), THETA)), "found no minimum|cannot be inverted"),
        (lambda: of_terms(Apply("ln", (Negate(Power(THETA, integer(2))),))), "found no minimum"),
    ],
)
def test_where_there_is_no_minimum(subject: object, message: str) -> None:
    found = remainder_experiment(subject())  # type: ignore[operator]
    assert isinstance(found, Problem), found
    assert any(part in found.message for part in message.split("|")), found.message


@needs_torch
def test_a_point_that_moves_nothing_leaves_no_slope() -> None:
    still = replace(of_terms(SQUARE), loss=lambda theta: 0.0 * theta[0])
    found = remainder_experiment(still)
    assert isinstance(found, Problem) and "no slope can be fitted" in found.message


@needs_torch
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "quantum"}, "expected one of the models linear, ridge, logistic, exponential, found 'quantum'"),
        ({"kind": "linear", "dimension": 40}, "more observations than parameters, found 40 and 40"),
        ({"kind": "linear", "dimension": 0}, "found 40 and 0"),
        ({"kind": "exponential", "dimension": 2}, "one parameter, found dimension 2"),
    ],
)
def test_unfit_models_are_problems(settings: dict[str, object], message: str) -> None:
    found = standard_model(**settings)  # type: ignore[arg-type]
    assert isinstance(found, Problem) and message in found.message


@needs_torch
def test_unfit_terms_are_problems() -> None:
    for observations, point in (({}, {}), ({"x": ()}, {"x": 1.0}), ({"x": (1.0,)}, {"y": 1.0}),
                                ({"x": (1.0,), "y": (1.0, 2.0)}, {"x": 1.0, "y": 1.0})):  # fmt: skip
        found = term_model("mean", SQUARE, r"\theta", observations, point)
        assert isinstance(found, Problem) and "equally many values" in found.message
    unknown = term_model("mean", Derivative(SQUARE, THETA), r"\theta", {"x": SAMPLE}, {"x": 1.0})
    assert isinstance(unknown, Problem) and "Derivative" in unknown.message


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for found in (standard_model("linear"), term_model("mean", SQUARE, r"\theta", {"x": SAMPLE}, {"x": 1.0})):
        assert isinstance(found, Problem) and "torch is not installed" in found.message


def test_fitted_slope_ignores_rounding_and_needs_three_points() -> None:
    line = [(2.0**-k, 5 * 8.0**-k) for k in range(8)]
    assert fitted_slope(line) == pytest.approx(3.0)
    assert fitted_slope([*line, (2.0**-20, 1e-16)]) == pytest.approx(3.0)
    assert isnan(fitted_slope(line[:2])) and isnan(fitted_slope([(0.1, 0.0)] * 5))
