from __future__ import annotations

from fractions import Fraction
from math import e, exp, log, pi, prod, sin

import pytest

from engine.meaning.context import Definition
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    E,
    Element,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    integer,
)
from engine.numerics import missing
from engine.numerics.evaluate import FUNCTIONS, evaluator
from engine.span import Problem

if missing("torch") is not None:
    pytest.skip("torch is not installed", allow_module_level=True)

import torch

X = (1.5, 2.0, 4.0)
Y = ((1.0, 2.0), (3.0, 5.0), (7.0, 11.0))
VALUES = {"x": torch.tensor(X, dtype=torch.float64), "Y": torch.tensor(Y, dtype=torch.float64), "N": 3, "t": 0.25}


def at(family: str, *indices: Term | str) -> Element:
    return Element(family, tuple(Name(i) if isinstance(i, str) else i for i in indices))


def number(term: Term, definitions: tuple[Definition, ...] = ()) -> float:
    function = evaluator(term, frozenset(VALUES), definitions)
    assert not isinstance(function, Problem), function
    result = function(VALUES)
    assert result.dtype == torch.float64 and result.dim() == 0
    return float(result)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Number(Fraction(1, 4), 2), 0.25),
        (Multiply((PI, E)), pi * e),
        (Add((Name("t"), Negate(integer(2)))), -1.75),
        (Divide(ONE, Name("t")), 4.0),
        (Power(integer(-2), integer(3)), -8.0),
        (Apply("ln", (Name("t"),)), log(0.25)),
        (Power(E, Negate(Name("t"))), exp(-0.25)),
        (Apply("sin", (Name("N"),)), sin(3)),
        (at("x", integer(2)), 2.0),
        (at("Y", integer(3), ONE), 7.0),
        (Sum("i", ONE, Name("N"), at("x", "i")), sum(X)),
        (Sum("i", ONE, Name("N"), Name("t")), 0.75),
        (Sum("i", integer(2), ONE, at("x", "i")), 0.0),
        (Product("i", integer(2), ONE, at("x", "i")), 1.0),
        (Product("i", ONE, Name("N"), at("x", "i")), prod(X)),
        (Sum("i", ONE, Name("N"), Multiply((Name("i"), at("x", "i")))), 1.5 + 4 + 12),
        (Sum("i", integer(0), integer(2), at("x", Add((Name("i"), ONE)))), sum(X)),
        (Sum("i", ONE, integer(3), Sum("j", ONE, integer(2), Multiply((at("x", "i"), at("Y", "i", "j"))))),
         sum(X[i] * Y[i][j] for i in range(3) for j in range(2))),
        (Sum("i", ONE, integer(2), Sum("j", ONE, integer(3), Power(at("x", "j"), Name("i")))), sum(X) + 2.25 + 4 + 16),
        (Product("i", ONE, integer(3), Multiply((Name("t"), Sum("j", ONE, integer(2), Name("t"))))), (0.25 * 0.5) ** 3),
        (Sum("i", ONE, integer(2), Sum("i", ONE, integer(3), Name("i"))), 12.0),
    ],
)  # fmt: skip
def test_values(term: Term, expected: float) -> None:
    assert number(term) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_whitelisted_function_is_known(function: str) -> None:
    import math

    named = {"ln": math.log, "abs": math.fabs, "factorial": lambda t: math.gamma(t + 1)}
    expected = (named.get(function) or getattr(math, function))(0.25)
    assert number(Apply(function, (Name("t"),))) == pytest.approx(expected, rel=1e-15)


def test_definitions_are_put_in() -> None:
    mean = Definition(r"\bar{x}", (), Divide(Sum("i", ONE, Name("N"), at("x", "i")), Name("N")))
    spread = Sum("i", ONE, Name("N"), Power(Add((at("x", "i"), Negate(Name(r"\bar{x}")))), integer(2)))
    assert number(spread, (mean,)) == pytest.approx(sum((x - 2.5) ** 2 for x in X))


def test_a_definition_does_not_see_the_index_of_a_sum_around_it() -> None:
    names = frozenset({"x", "N", "i"})
    function = evaluator(Sum("i", ONE, Name("N"), Name("c")), names, (Definition("c", (), Name("i")),))
    assert not isinstance(function, Problem)
    assert float(function({**VALUES, "i": 10.0})) == 30.0


def test_derivatives_flow_through() -> None:
    theta = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    function = evaluator(Sum("i", ONE, Name("N"), Power(Name("a"), at("x", "i"))), frozenset({"a", "x", "N"}))
    assert not isinstance(function, Problem)
    (slope,) = torch.autograd.grad(function({**VALUES, "a": theta}), theta)
    assert float(slope) == pytest.approx(sum(x * 2.0 ** (x - 1) for x in X))


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (Derivative(Name("t"), Name("t")), "a Derivative cannot be evaluated"),
        (Matrix(((ONE,),)), "a Matrix cannot be evaluated"),
        (Apply("f", (Name("t"),)), "the function f cannot be evaluated"),
        (Apply("__class__", (Name("t"),)), "cannot be evaluated"),
        (Apply("max", (Name("t"), ONE)), "a Apply cannot be evaluated"),
        (Name("q"), "q has no value"),
        (Sum("i", ONE, Name("M"), at("x", "i")), "M has no value"),
        (Sum("i", ONE, Name("N"), at("z", "i")), "z has no value"),
        (Add((Sum("i", ONE, Name("N"), ZERO), Name("i"))), "i has no value"),
        (Multiply((ZERO, INFINITY)), "infinite"),
    ],
)
def test_what_is_not_whitelisted_is_a_problem_before_anything_runs(term: Term, message: str) -> None:
    found = evaluator(term, frozenset(VALUES))
    assert isinstance(found, Problem) and message in found.message


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (at("x", ZERO), "an index of x is outside 1 to 3"),
        (at("x", integer(4)), "an index of x is outside 1 to 3"),
        (Sum("i", ZERO, Name("N"), at("x", "i")), "outside 1 to 3"),
        (at("x", Name("t")), "not a whole number"),
        (Sum("i", ONE, Name("t"), ONE), "not a whole number"),
        (at("Y", ONE), "Y needs a tensor with 1 axes"),
        (at("t", ONE), "t needs a tensor"),
        (Sum("i", ONE, Name("N"), Sum("j", ONE, Name("i"), at("x", "j"))), "range of j depends on another index"),
    ],
)
def test_data_that_do_not_fit_are_refused(term: Term, message: str) -> None:
    function = evaluator(term, frozenset(VALUES))
    assert not isinstance(function, Problem)
    with pytest.raises(ValueError, match=message):
        function(VALUES)


def test_a_definition_in_terms_of_itself_ends() -> None:
    found = evaluator(Name("c"), frozenset(), (Definition("c", (), Add((Name("c"), ONE))),))
    assert isinstance(found, Problem) and "c has no value" in found.message
