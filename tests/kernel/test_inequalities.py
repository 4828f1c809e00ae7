"""The theorems that conclude an inequality: what they prove, and what their hypotheses keep out."""

from __future__ import annotations

import pytest

from engine.kernel.certificate import NormalForm, SignCalculus
from engine.kernel.theorems.table import obligations
from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.statement import Interval, Optimum, Relation
from engine.meaning.term import INFINITY, ONE, ZERO, Name, Negate
from tests.kernel.exercise import by, claim, given, proved, reason, says, term, why_not


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"x^2 + y^2 \ge 2xy", {"x": "real", "y": "real"}),
        (r"x^2 + x + 1 > 0", {"x": "real"}),
        (r"u(1-u) \le \frac14", {"u": "unit"}),
        (r"x^2 + y^2 + z^2 \ge xy + yz + zx", {"x": "real", "y": "real", "z": "real"}),
        (r"x^4 + 1 \ge 2x^2", {"x": "real"}),
        (r"-(x - y)^2 + 2xy \le x^2 + y^2", {"x": "real", "y": "real"}),
        (r"1 + x \le e^x", {"x": "real"}),
        (r"e^{\sqrt 2} > 4", {}),
        (r"\ln p \le p - 1", {"p": "pos"}),
        (r"-u\ln u - (1-u)\ln(1-u) \ge 0", {"u": "unit"}),
        (r"\left(\sum_{i=1}^N x_i\right)^2 \le N \sum_{i=1}^N x_i^2", {"N": "nat", "x": "family"}),
        (
            r"\left(\sum_{i=1}^N x_i y_i\right)^2 \le \sum_{i=1}^N x_i^2 \sum_{i=1}^N y_i^2",
            {"N": "nat", "x": "family", "y": "family"},
        ),
        (r"\sum_{i=1}^N (x_i - m)^2 + m^2 \ge 0", {"N": "nat", "x": "family", "m": "real"}),
    ],
)
def test_true_inequalities(text: str, kinds: dict[str, str]) -> None:
    assert says(text, **kinds).conditions == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"x^2 + y^2 > 2xy", {"x": "real", "y": "real"}),
        (r"x^2 + x \ge 0", {"x": "real"}),
        (r"\left(\sum_{i=1}^N x_i\right)^2 < N \sum_{i=1}^N x_i^2", {"N": "nat", "x": "family"}),
        (r"\left(\sum_{i=1}^N x_i\right)^2 \le \sum_{i=1}^N x_i^2", {"N": "nat", "x": "family"}),
        (r"x^2 + x + \frac14 > 0", {"x": "real"}),
        (r"1 + x < e^x", {"x": "real"}),
        (r"e^{\sqrt 2} < 3", {}),
        (r"1 + 2x \le e^x", {"x": "real"}),
        (r"\ln p < p - 1", {"p": "pos"}),
        (r"x^2 + y^2 + z^2 > xy + yz + zx", {"x": "real", "y": "real", "z": "real"}),
        (r"u(1-u) < \frac14", {"u": "unit"}),
    ],
)
def test_what_fails_at_one_point_is_not_proved(text: str, kinds: dict[str, str]) -> None:
    assert why_not(text, **kinds)


def test_an_expression_of_another_value_proves_nothing() -> None:
    context, goal = claim(r"x \ge 0", given(x="real"))
    square = term("x^2", context)
    assert "normal forms" in reason(context, goal, by("equal-sign", square, premises=(NormalForm(), SignCalculus())))


def test_equal_sign_is_about_inequalities() -> None:
    context, goal = claim(r"x = x", given(x="real"))
    assert "does not apply" in reason(context, goal, by("equal-sign", ZERO))


# ---- bounded-by-optimum


X = Name("x")
LINE = Interval(Negate(INFINITY), INFINITY)


def minimum(text: str, point: str, domain: Interval = LINE) -> Optimum:
    context = Context().declare("x", REAL)
    return Optimum("minimum", term(point, context), term(text, context), "x", domain)


def test_an_optimum_bounds_its_function() -> None:
    context, goal = claim(r"x^2 \ge 2x - 1", given(x="real"))
    proved(context, goal, by("bounded-by-optimum", minimum("x^2 - 2x + 1", "1")))


def test_the_variable_must_lie_in_the_domain_of_the_optimum() -> None:
    context, goal = claim(r"x \ge 0", given(x="real"))
    above = minimum("x", "1", Interval(ONE, INFINITY, True))
    assert reason(context, goal, by("bounded-by-optimum", above))
    wanted = obligations("bounded-by-optimum", context, goal, (above,))
    assert Relation(X, "≥", ONE) in [one.statement for one in wanted]


def test_a_minimum_bounds_from_below_only() -> None:
    context, goal = claim(r"x^2 \le 0", given(x="real"))
    assert "does not apply" in reason(context, goal, by("bounded-by-optimum", minimum("x^2", "0")))


def test_the_value_at_the_optimum_counts() -> None:
    context, goal = claim(r"x^2 - 1 \ge 0", given(x="real"))
    assert reason(context, goal, by("bounded-by-optimum", minimum("x^2 - 1", "0")))
    context, goal = claim(r"x^2 > 0", given(x="real"))
    assert reason(context, goal, by("bounded-by-optimum", minimum("x^2", "0")))
    context, goal = claim(r"x^2 + 1 \ne 0", given(x="real"))
    proved(context, goal, by("bounded-by-optimum", minimum("x^2 + 1", "0")))
    context, goal = claim(r"x^2 \ne 0", given(x="real"))
    assert reason(context, goal, by("bounded-by-optimum", minimum("x^2", "0")))
