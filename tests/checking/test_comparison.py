"""A reference and an answer: the same value, the same equation, the same set."""

from __future__ import annotations

import pytest

from engine.checking.answer import answer_to
from engine.checking.comparison import compare

XBAR = r"\bar x = \frac1N\sum_{i=1}^N x_i"


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\hat\lambda = 1/\bar x", r"N(\sum_{i=1}^N x_i)^{-1}", "proved"),
        (r"\hat\lambda = 1/\bar x", r"\hat\lambda = \frac{N}{\sum_{i=1}^N x_i}", "proved"),
        (r"\hat\lambda = 1/\bar x", r"\bar x", "refuted"),
        ("x^2 - 1", "(x - 1)(x + 1)", "proved"),
        ("x = 1", "x = 2", "refuted"),
        ("2x = 4", "x = 2", "proved"),
        ("x = x/2 + 1", "x = 2", "proved"),
        ("x = x/2 + 1", "x = 3", "refuted"),
        ("x + y = 1 + 1", "x + y = 2", "proved"),
        ("f(x) = x^2", "f(x) = x x", "proved"),
        ("f(x) = x^2", "f(x) = x^3", "refuted"),
        (r"\{1, 2\}", r"\{2, 1, 1\}", "proved"),
        (r"\{1, 2\}", r"\{1, 2, 3\}", "refuted"),
        (r"\{a, b\}", r"\{b, a\}", "proved"),
        (r"\{a, b\}", r"\{b, c\}", "refuted"),
        ("(1, 2)", "(1, 3)", "refuted"),
        ("(1, 2)", "(2 - 1, 1 + 1)", "proved"),
        ("(2, 1)", "(3, 1)", "open"),  # two empty intervals, or two different points
        ("[0, 1)", "[0, 1]", "open"),
        ("(1, 2)", "(1, 2, 3)", "open"),
        ("(1, 2)", "1", "open"),
        (r"\sqrt{x} = -1", r"\sqrt{x} = -2", "open"),  # neither has a solution
        ("x^2 = 1", "1", "unreadable"),
        ("x < 2", "x < 2", "unreadable"),
        ("x =", "x", "unreadable"),
        ("x", "x =", "unreadable"),
    ],
)
def test_both_say_the_same(reference: str, answer: str, verdict: str) -> None:
    found = answer_to(compare(reference, answer, (), [XBAR] if "bar" in reference else ()))
    assert found.verdict == verdict and found.links == ()


def test_several_equations_are_no_answer_yet() -> None:
    found = answer_to(compare(r"x^2 = 1", r"x = 1 \text{ or } x = -1"))
    assert found.verdict == "unreadable" and r"set, such as \{1, -1\}" in found.reason


def test_what_the_reference_shows_of_a_name_holds_for_the_answer() -> None:
    found = answer_to(compare(r"\sum_{i=1}^N x_i", "N x", (), ()))
    assert found.verdict == "unreadable"
