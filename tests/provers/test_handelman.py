"""Sums of products of what is known: the value stays the same, and there is none where there cannot be one."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import ZERO, Add, Apply, Multiply, Name, Power, Term, integer, subtract
from engine.provers.ball import compile_term
from engine.provers.combination import combination
from engine.provers.handelman import signed_forms
from engine.provers.polynomial import factorised, fraction, polynomial, product, reduced, total, written
from engine.provers.scalar import from_fraction
from engine.span import Problem

x, y = Name("x"), Name("y")
IN_ORDER = Context().declare("x", REAL).declare("y", REAL).assume(Relation(ZERO, "<", x), Relation(x, "<", y))


def term(text: str) -> Term:
    reading = read_term(text, Context())
    assert not isinstance(reading, Problem)
    return reading.term


def value(given: Term) -> Fraction | object:
    return compile_term(given, Context())({"x": from_fraction(Fraction(2)), "y": from_fraction(Fraction(3))})


@pytest.mark.parametrize("text", ["y^2 - x^2", "x^3 - y^3", r"\frac{1}{x} - \frac{1}{y}", "(x-y)(x+y)(x^2+1)"])
def test_the_value_stays_the_same(text: str) -> None:
    forms = list(signed_forms(IN_ORDER, term(text)))
    assert forms and all(value(form) == value(term(text)) for form in forms)


def test_where_nothing_is_known() -> None:
    assert list(signed_forms(Context(), term("x + y"))) == []
    assert list(signed_forms(Context(), term("x - x"))) == []


class TestCombination:
    def test_it_adds_up(self) -> None:
        source = random.Random(3)
        for _ in range(60):
            parts = [{key: Fraction(source.randint(-3, 3)) for key in "abc"} for _ in range(5)]
            hidden = [Fraction(source.randint(0, 3)) for _ in parts]
            wanted = {
                key: sum((c * part[key] for c, part in zip(hidden, parts, strict=True)), Fraction(0)) for key in "abc"
            }
            found = combination(wanted, parts, [False] * 5)
            assert found is not None and min(found) >= 0
            assert all(
                sum((c * part[key] for c, part in zip(found, parts, strict=True)), Fraction(0)) == wanted[key]
                for key in "abc"
            )

    def test_there_is_none(self) -> None:
        one = Fraction(1)
        assert combination({"a": -one}, [{"a": one}], [True]) is None
        assert combination({"a": one, "b": one}, [{"a": one}], [True]) is None

    def test_a_preferred_part_is_used_if_it_can_be(self) -> None:
        one = Fraction(1)
        found = combination({"a": one}, [{"a": one}, {"a": one}], [False, True])
        assert found is not None and found[1] > 0
        unbounded = combination({"a": one}, [{"a": one}, {"a": one}, {"a": -one}], [False, False, True])
        assert unbounded is not None and unbounded[2] > 0 and unbounded[0] + unbounded[1] - unbounded[2] == 1


class TestPolynomials:
    def test_factors_multiply_to_it(self) -> None:
        p = polynomial(term(r"\frac{3}{2}(x - y)^2 (x + 2y) x"))
        number, factors = factorised(p)
        result = {(): number}
        for factor, exponent in factors:
            for _ in range(exponent):
                result = product(result, factor)
        assert total(result, p, -1) == {} and len(factors) == 3

    def test_a_fraction(self) -> None:
        above, below = fraction(term(r"\frac{1}{x} + \frac{1}{(x/y)^2}"))
        assert total(product(above, polynomial(term("x^2"))), product(below, polynomial(term("x + y^2"))), -1) == {}

    def test_squares_of_roots_and_sizes(self) -> None:
        root, size = Apply("sqrt", (Add((x, y)),)), Apply("abs", (subtract(x, y),))
        assert written(reduced(polynomial(Power(root, integer(2))))) == Add((x, y))
        assert reduced(polynomial(Power(size, integer(2)))) == polynomial(term("(x-y)^2"))
        assert reduced(polynomial(Multiply((Power(root, integer(3)), x)))) == total(
            polynomial(Multiply((x, x, root))), polynomial(Multiply((x, y, root)))
        )
