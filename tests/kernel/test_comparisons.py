"""Inequalities by squares and by increasing functions: each with its condition, and what fails without it."""

from __future__ import annotations

import pytest

from engine.kernel.certificate import Assumption, SignCalculus
from engine.meaning.sort import Vector
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Apply, E, Name, Power, Term, integer
from tests.kernel.exercise import by, given, proved, reason

x, y = Name("x"), Name("y")
XY = given(x="real", y="real")
IN_ORDER = XY.assume(Relation(x, "<", y))
POSITIVE = IN_ORDER.assume(Relation(x, ">", ZERO), Relation(y, ">", ZERO))


def squares(sign: str, left: Term, right: Term) -> Relation:
    return Relation(Power(left, integer(2)), sign, Power(right, integer(2)))  # type: ignore[arg-type]


class TestSquares:
    known = XY.assume(squares("<", x, y), Relation(y, ">", ZERO))
    proof = by("compare-squares", premises=(SignCalculus(), Assumption()))

    def test_from_both_sides(self) -> None:
        assert proved(self.known, Relation(x, "<", y), self.proof).conditions == ()
        turned = XY.assume(squares(">", y, x), Relation(y, ">", ZERO))
        assert proved(turned, Relation(y, ">", x), self.proof).conditions == ()

    def test_the_larger_side_must_not_be_negative(self) -> None:
        """1 < 4, and -2 < 1."""
        any_sign = XY.assume(squares("<", x, y))
        assert "does not follow" in reason(any_sign, Relation(x, "<", y), self.proof)
        below = XY.assume(squares("<", x, y), Relation(x, ">", ZERO))
        assert "does not follow" in reason(below, Relation(x, "<", y), self.proof)

    def test_the_squares_must_compare_alike(self) -> None:
        weak = XY.assume(squares("≤", x, y), Relation(y, ">", ZERO))
        assert "not among the assumptions" in reason(weak, Relation(x, "<", y), self.proof)
        assert proved(weak, Relation(x, "≤", y), self.proof).conditions == ()

    @pytest.mark.parametrize("sign", ["=", "≠", "≈"])
    def test_it_is_for_inequalities(self, sign: str) -> None:
        assert "does not apply" in reason(self.known, Relation(x, sign, y), by("compare-squares"))  # type: ignore[arg-type]

    def test_it_is_for_numbers(self) -> None:
        vector = XY.declare("v", Vector(integer(3)))
        assert reason(vector, Relation(Name("v"), "<", ONE), by("compare-squares"))


class TestIncreasing:
    @pytest.mark.parametrize("name", ["exp", "sinh", "tanh", "sigmoid", "softplus", "erf", "Phi"])
    def test_everywhere(self, name: str) -> None:
        goal = Relation(Apply(name, (x,)), "<", Apply(name, (y,)))
        assert proved(IN_ORDER, goal, by("increasing-function")).conditions == ()

    @pytest.mark.parametrize("name", ["ln", "log", "sqrt"])
    def test_where_it_is_defined(self, name: str) -> None:
        goal = Relation(Apply(name, (x,)), "<", Apply(name, (y,)))
        assert proved(POSITIVE, goal, by("increasing-function")).conditions == ()
        assert proved(IN_ORDER, goal, by("increasing-function")).conditions

    def test_powers_of_e(self) -> None:
        assert proved(IN_ORDER, Relation(Power(E, y), ">", Power(E, x)), by("increasing-function")).conditions == ()

    @pytest.mark.parametrize("name", ["sin", "cos", "tan", "abs", "sgn", "floor", "Gamma", "digamma", "cosh"])
    def test_other_functions_do_not_increase(self, name: str) -> None:
        goal = Relation(Apply(name, (x,)), "<", Apply(name, (y,)))
        assert "does not apply" in reason(POSITIVE, goal, by("increasing-function"))

    def test_powers_of_other_numbers_and_other_functions(self) -> None:
        for left, right in ((Power(x, x), Power(x, y)), (Power(E, x), Power(x, y)), (Apply("ln", (x,)), Power(E, y))):
            assert "does not apply" in reason(POSITIVE, Relation(left, "<", right), by("increasing-function"))

    def test_the_order_must_be_the_same(self) -> None:
        left, right = Power(E, x), Power(E, y)
        for goal in (Relation(left, ">", right), Relation(left, "≥", right)):
            assert "does not follow" in reason(IN_ORDER, goal, by("increasing-function"))
        weak = XY.assume(Relation(x, "≤", y))
        assert proved(weak, Relation(left, "≤", right), by("increasing-function")).conditions == ()
        assert "does not follow" in reason(weak, Relation(left, "<", right), by("increasing-function"))
        assert "does not apply" in reason(IN_ORDER, Relation(left, "≠", right), by("increasing-function"))
