"""A sum without one of its terms has the value of the difference."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Proved
from engine.meaning.context import Context
from engine.meaning.elaborate import read_term
from engine.meaning.latex import term_latex
from engine.provers.rests import rests_of_sums
from engine.span import Problem


def rests(text: str) -> list[str]:
    reading = read_term(text, Context())
    assert not isinstance(reading, Problem)
    return [term_latex(rest) for rest in rests_of_sums(reading.term)]


@pytest.mark.parametrize("text", ["x_1", r"\sum_{i=1}^n x_i", r"\sum_{i=1}^n x_i + x_1", r"\sum_{i=1}^n x_i - y_1"])
def test_no_term_of_the_sum_is_taken_away(text: str) -> None:
    assert rests(text) == []


@pytest.mark.parametrize(
    ("difference", "count"),
    [(r"\sum_{i=1}^n x_i^2 - x_1^2", 1), (r"x_k - \sum_{i=1}^n x_i", 1), (r"\sum_{i=1}^n x_i - x_n", 1)],
)
def test_the_value_stays_the_same(difference: str, count: int) -> None:
    found = rests(difference)
    assert len(found) == count
    inside = (r"n \in \mathbb{N}", r"k \in \mathbb{N}", r"k \le n")
    assert all(isinstance(check(f"{difference} = {rest}", given=inside), Proved) for rest in found)
