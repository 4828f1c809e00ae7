"""Integrals by table: each entry at a value that is known otherwise, and its condition of convergence."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Divide,
    Integral,
    Multiply,
    Name,
    Negate,
    Power,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import proved, reason

a, b, k, t, x = map(Name, "a b k t x".split())
CONTEXT = Context().declare("a", REAL, Relation(a, ">", ZERO)).declare("b", REAL).declare("k", REAL)
CONTEXT = CONTEXT.declare("x", REAL, Relation(x, "≥", ZERO))
HALF = Divide(ONE, integer(2))


def exp(term: Term) -> Term:
    return Apply("exp", (term,))


def times(*factors: Term) -> Term:
    return Multiply(factors)


def half_line(body: Term) -> Integral:
    return Integral("t", ZERO, INFINITY, body)


def line(body: Term) -> Integral:
    return Integral("t", Negate(INFINITY), INFINITY, body)


def gamma(term: Term) -> Term:
    return Apply("Gamma", (term,))


@pytest.mark.parametrize(
    ("integral", "value"),
    [
        (half_line(exp(Negate(t))), ONE),
        (half_line(exp(Negate(times(a, t)))), Divide(ONE, a)),
        (half_line(times(a, exp(Negate(times(a, t))))), ONE),
        (half_line(times(t, exp(Negate(times(a, t))))), Divide(ONE, Power(a, integer(2)))),
        (half_line(times(Power(t, integer(3)), exp(Negate(times(integer(2), t))))), Divide(integer(6), integer(16))),
        (half_line(times(Power(t, subtract(a, ONE)), exp(Negate(t)))), gamma(a)),
        (half_line(times(Power(t, a), exp(Negate(times(a, t))))),
         Divide(gamma(Add((a, ONE))), Power(a, Add((a, ONE))))),
        (half_line(times(Apply("sqrt", (t,)), exp(Negate(t)))), gamma(Divide(integer(3), integer(2)))),
        (half_line(times(exp(Negate(t)), exp(Negate(t)), Add((ONE, t)))), Divide(integer(3), integer(4))),
        (half_line(ZERO), ZERO),
        (line(exp(Negate(Power(t, integer(2))))), Apply("sqrt", (PI,))),
        (line(exp(Negate(times(a, Power(t, integer(2)))))), Apply("sqrt", (Divide(PI, a),))),
        (line(exp(Negate(times(HALF, Power(t, integer(2)))))), Apply("sqrt", (times(integer(2), PI),))),
        (line(exp(subtract(times(b, t), times(a, Power(t, integer(2)))))),
         times(Apply("sqrt", (Divide(PI, a),)), exp(Divide(Power(b, integer(2)), times(integer(4), a))))),
        (line(times(b, exp(Negate(Power(subtract(t, b), integer(2)))))), times(b, Apply("sqrt", (PI,)))),
    ],
)  # fmt: skip
def test_the_table(integral: Integral, value: Term) -> None:
    assert proved(CONTEXT, Relation(integral, "=", value)).conditions == ()
    wrong = Relation(integral, "=", Add((value, ONE)))
    assert reason(CONTEXT, wrong) == "the two sides have different normal forms"


@pytest.mark.parametrize(
    ("integral", "why"),
    [
        (half_line(exp(Negate(times(k, t)))), "the convergence of an integral"),
        (half_line(exp(Negate(times(x, t)))), "the convergence of an integral"),
        (half_line(exp(t)), "the convergence of an integral"),
        (half_line(times(Divide(ONE, t), exp(Negate(t)))), "the convergence of an integral"),
        (half_line(times(Power(t, k), exp(Negate(t)))), "the convergence of an integral"),
        (half_line(times(Power(t, subtract(x, ONE)), exp(Negate(t)))), "the convergence of an integral"),
        (line(exp(Negate(times(k, Power(t, integer(2)))))), "the convergence of an integral"),
        (line(exp(Power(t, integer(2)))), "the convergence of an integral"),
        (half_line(ONE), "not in the table"),
        (half_line(t), "not in the table"),
        (half_line(exp(Negate(Power(t, integer(2))))), "not in the table"),
        (half_line(exp(subtract(Negate(t), Power(t, integer(2))))), "not in the table"),
        (half_line(exp(Negate(Power(t, integer(3))))), "not in the table"),
        (half_line(exp(Negate(Apply("sqrt", (t,))))), "not in the table"),
        (half_line(times(Apply("ln", (t,)), exp(Negate(t)))), "not in the table"),
        (half_line(times(Power(t, t), exp(Negate(t)))), "not in the table"),
        (half_line(exp(Negate(times(t, Apply("abs", (subtract(t, ONE),)))))), "not in the table"),
        (line(times(t, exp(Negate(Power(t, integer(2)))))), "not in the table"),
        (line(exp(Negate(t))), "not in the table"),
        (line(ONE), "not in the table"),
        (line(exp(Negate(times(Power(t, integer(2)), Apply("floor", (t,)))))), "not in the table"),
        (Integral("t", ONE, INFINITY, exp(Negate(t))), "an integral over this range"),
        (Integral("t", ZERO, ONE, exp(Negate(t))), "an integral over this range"),
        (Integral("t", Negate(INFINITY), ZERO, exp(t)), "an integral over this range"),
        (Integral("t", INFINITY, ZERO, exp(Negate(t))), "an integral over this range"),
    ],
)  # fmt: skip
def test_its_conditions(integral: Integral, why: str) -> None:
    assert why in reason(CONTEXT, Relation(integral, "=", integral))


def test_the_integrand_must_be_defined_on_the_range() -> None:
    def shares(part: Term) -> Integral:
        return half_line(times(part, Divide(ONE, part), exp(Negate(t))))

    assert "needed for the statement to be defined" in reason(CONTEXT, Relation(shares(k), "=", ONE))
    assert proved(CONTEXT, Relation(shares(a), "=", ONE)).conditions == ()
    assert proved(CONTEXT, Relation(shares(t), "=", ONE)).conditions == ()


def test_the_variable_is_the_integrals_own() -> None:
    outside = CONTEXT.declare("t", REAL, Relation(t, "<", ZERO))
    assert proved(outside, Relation(half_line(exp(Negate(t))), "=", ONE)).conditions == ()
