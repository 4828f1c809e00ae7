"""Sums of squared deviations have the value of the difference, and show its sign."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Proved
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.sort import NATURAL, Family, Real
from engine.meaning.term import Term
from engine.provers.deviations import deviations, laurent

CONTEXT = (
    Context().declare("n", NATURAL).declare("x", Family((None,), Real())).declare("y", Family((None,), Real()))
    .declare("a", Real()).declare("b", Real())
)  # fmt: skip


def term(text: str) -> Term:
    reading = read_term(text, CONTEXT)
    assert isinstance(reading, Reading)
    return reading.term


@pytest.mark.parametrize("text", ["a + b", "a^3", r"\sum_{i=1}^n x_i", r"a^{-2}", r"\frac{a}{b + 1}", r"a^4 + a"])
def test_where_there_is_no_square(text: str) -> None:
    assert deviations(term(text)) is None


def test_what_is_too_large_is_left_alone() -> None:
    assert deviations(term(r"(a + b + n + x_1 + x_2)^4 (a + b + n + x_1 + y_2)^4")) is None


@pytest.mark.parametrize(
    "text",
    [
        r"\frac1n\sum_{i=1}^n x_i^2 - \left(\frac1n\sum_{i=1}^n x_i\right)^2",
        r"\sum_{i=1}^n (x_i - a)^2",
        r"\sum_{i=1}^n b (x_i - a)^2 + \sum_{i=1}^n 2",
        r"n a^2 - 2 a b + \frac{b^2}{n}",
        r"\frac{a^2}{n} + b^2 + 3 a b",
        r"\sum_{i=1}^n \sum_{j=1}^n (x_i - y_j)^2",
        r"\sum_{i=0}^{n-1} x_i^2 - \sum_{i=0}^{n-1} x_i",
    ],
)
def test_the_value_stays_the_same(text: str) -> None:
    from engine.meaning.latex import term_latex

    found = deviations(term(text))
    assert found is not None
    given = [r"n \in \mathbb{N}", r"x_i \in \mathbb{R}", r"y_i \in \mathbb{R}", r"a, b \in \mathbb{R}"]
    assert isinstance(check(f"{term_latex(found)} = {text}", given=given), Proved)


def test_negative_powers_cancel() -> None:
    assert laurent(term(r"\frac{a}{b} \cdot \frac{b}{a}")) == {(): 1}
    assert laurent(term(r"\sum_{i=1}^n \frac{a}{n}")) == laurent(term("a"))


def test_only_the_sum_over_the_same_range_gives_the_mean() -> None:
    gap = r"\frac1n\sum_{i=1}^n x_i^2 \ge \left(\frac1n\sum_{i=1}^{n+1} x_i\right)^2"
    assert not isinstance(check(gap), Proved)
