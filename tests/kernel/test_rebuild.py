"""Substitution into each kind of atom, and functions at numbers."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Divide,
    Element,
    Evaluate,
    FunctionDerivative,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import given, proved, reason

t, x, p, n, N, i = map(Name, "t x p n N i".split())
CONTEXT = given(x="real", p="pos", n="nat", N="nat", y="family", f="function")
TWO, HALF = integer(2), Divide(ONE, integer(2))


def at(body: Term, value: Term) -> Term:
    return Evaluate(body, "t", value)


def ln(term: Term) -> Term:
    return Apply("ln", (term,))


def exp(term: Term) -> Term:
    return Apply("exp", (term,))


def members(factor: Term) -> Term:
    return Sum("i", ONE, N, Multiply((Element("y", (i,)), factor)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (at(t, x), x),
        (at(Add((t, t)), TWO), integer(4)),
        (at(exp(t), ZERO), ONE),
        (at(exp(Multiply((t, x))), TWO), Power(exp(x), TWO)),
        (at(exp(t), ln(p)), p),
        (at(ln(t), ONE), ZERO),
        (at(ln(t), exp(x)), x),
        (at(ln(t), integer(4)), Multiply((TWO, ln(TWO)))),
        (at(Power(p, t), TWO), Power(p, TWO)),
        (at(Power(p, t), HALF), Apply("sqrt", (p,))),
        (at(Power(t, n), TWO), Power(TWO, n)),
        (at(Apply("sqrt", (Add((ONE, t)),)), integer(3)), TWO),
        (at(Divide(ONE, Add((ONE, t))), ONE), HALF),
        (at(Divide(ONE, Add((x, t))), Negate(Add((x, ONE)))), Negate(ONE)),
        (at(Apply("abs", (t,)), Negate(TWO)), TWO),
        (at(Apply("abs", (subtract(t, ONE),)), Negate(TWO)), integer(3)),
        (at(Apply("floor", (t,)), Divide(integer(7), TWO)), integer(3)),
        (at(Apply("floor", (t,)), Divide(integer(-7), TWO)), integer(-4)),
        (at(Apply("Gamma", (t,)), integer(5)), integer(24)),
        (at(Apply("f", (t,)), Add((x, x))), Apply("f", (Multiply((TWO, x)),))),
        (at(Apply("f", (Add((t, ONE)),)), ONE), Apply("f", (TWO,))),
        (at(members(t), x), Multiply((x, Sum("i", ONE, N, Element("y", (i,)))))),
        (at(members(exp(Multiply((t, Element("y", (i,)))))), ZERO), Sum("i", ONE, N, Element("y", (i,)))),
        (at(members(exp(Multiply((t, Element("y", (i,)))))), ONE), members(exp(Element("y", (i,))))),
        (at(Multiply((PI, t)), ZERO), ZERO),
        (at(at(Multiply((t, Name("u"))), x), ONE), at(Multiply((t, Name("u"))), x)),
        (Evaluate(at(Add((t, Name("u"))), Name("u")), "u", x), Multiply((TWO, x))),
        (Apply("factorial", (integer(5),)), integer(120)),
        (Apply("factorial", (ZERO,)), ONE),
        (Apply("factorial", (ONE,)), ONE),
        (Apply("Gamma", (ONE,)), ONE),
        (Apply("floor", (TWO,)), TWO),
        (Apply("floor", (n,)), Apply("floor", (n,))),
    ],
)
def test_substitution(left: Term, right: Term) -> None:
    context = CONTEXT.declare("u", CONTEXT.sort_of("x"))  # type: ignore[arg-type]
    proved(context, Relation(left, "=", right))
    assert reason(context, Relation(left, "=", Add((right, ONE)))) == "the two sides have different normal forms"


@pytest.mark.parametrize(
    ("term", "why"),
    [
        (at(Divide(ONE, t), ZERO), "a division by zero"),
        (at(ln(t), Negate(TWO)), "needs every factor to be positive"),
        (at(ln(t), ZERO), "a factor that is zero"),
        (at(Power(p, t), x), "proved"),
        (at(Apply("sqrt", (t,)), Negate(TWO)), "factors that are not negative"),
        (at(Apply("Gamma", (t,)), ZERO), "a division by zero"),
        (at(Apply("Gamma", (t,)), HALF), "proved"),
        (Apply("factorial", (Negate(ONE),)), "Γ of 0, which is not defined"),
        (Apply("factorial", (HALF,)), "factorial of something not known to be an integer"),
        (Apply("factorial", (integer(501),)), "Γ of 502"),
        (Apply("Gamma", (integer(502),)), "Γ of 502"),
        (Apply("nothing", (x,)), "the function nothing"),
        (Apply("ln", (x, x)), "the function ln"),
        (Apply("f", (x, x)), "f takes 1 arguments, not 2"),
        (FunctionDerivative("nothing", 0, 1, (x,)), "which is not declared as a function"),
        (Name("f"), "f stands without its index or argument"),
        (Name("y"), "y stands without its index or argument"),
        (Element("y", (x,)), "an index of y is not known to be an integer"),
        (Element("y", (ONE, ONE)), "y is not declared as a family with 2 indices"),
        (Element("x", (ONE,)), "x is not declared as a family with 1 indices"),
    ],
)
def test_what_has_no_value(term: Term, why: str) -> None:
    goal = Relation(term, "=", term)
    if why == "proved":
        assert proved(CONTEXT, goal).conditions == ()
    else:
        assert why in reason(CONTEXT, goal)


def test_large_factorials() -> None:
    wanted = Multiply((integer(499), Apply("factorial", (integer(498),))))
    assert proved(Context(), Relation(Apply("factorial", (integer(499),)), "=", wanted)).conditions == ()
