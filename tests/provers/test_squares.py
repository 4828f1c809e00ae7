"""Completing squares gives the same value, in a form whose sign can be seen."""

from __future__ import annotations

import random

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.term import Add, Multiply, Name, Power, Term, integer
from engine.provers.ball import compile_term
from engine.provers.scalar import from_fraction
from engine.provers.squares import completed_squares
from engine.span import Problem


def term(text: str) -> Term:
    reading = read_term(text, Context())
    assert not isinstance(reading, Problem)
    return reading.term


@pytest.mark.parametrize("text", ["x", "x + y", "x^3", "2", "e^x", "x^{100} + x^2 y"])
def test_where_there_is_no_square(text: str) -> None:
    assert completed_squares(term(text)) is None


def test_a_large_power_is_left_alone() -> None:
    assert completed_squares(term("(x + y + z + w)^{8}(x + y + z + w)^{8}")) is None


def test_the_value_stays_the_same() -> None:
    source = random.Random(5)
    for _ in range(60):
        monomials = [
            Multiply((integer(source.randint(-4, 4)), Power(Name("x"), integer(source.randint(0, 4))), Name("y")))
            for _ in range(3)
        ]
        given = Add((*monomials, Power(Add((Name("x"), Name("y"))), integer(2))))
        found = completed_squares(given)
        place = {name: from_fraction(source.randint(-9, 9)) for name in "xy"}  # type: ignore[arg-type]
        if found is not None:
            assert compile_term(found, Context())(place) == compile_term(given, Context())(place)
