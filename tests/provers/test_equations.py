"""What one equation says about another."""

from __future__ import annotations

import pytest

from engine.judge import judge
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statements
from engine.span import Problem
from tests.kernel.exercise import given

POSITIVE = given(S="pos", lam="pos", N="nat")
REALS = given(x="real", y="real", a="real")


def verdict(text: str, context: Context) -> Verdict:
    reading = read_statements(text, context)
    assert not isinstance(reading, Problem)
    (statement,) = reading.statements
    return judge(Claim(reading.context, statement))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{N}{\lambda} - S = 0 \Rightarrow \lambda = \frac{N}{S}",
        r"\lambda = \frac{N}{S} \Rightarrow \frac{N}{\lambda} = S",
        r"\frac{N}{\lambda} = S \iff \lambda = \frac{N}{S}",
        r"\frac{N}{\lambda} - S = 0 \iff N = \lambda S",
        r"2N - 2\lambda S = 0 \iff \frac{N}{\lambda} - S = 0",
    ],
)
def test_positive_factors_may_be_multiplied_with(text: str) -> None:
    assert isinstance(verdict(text, POSITIVE), Proved)


def test_both_sides_multiplied_by_what_may_be_zero() -> None:
    assert isinstance(verdict(r"x = y \Rightarrow a x = a y", REALS), Proved)
    assert isinstance(verdict(r"a x = a y \Rightarrow x = y", REALS), Refuted)
    assert isinstance(verdict(r"x = y \iff a x = a y", REALS), Refuted)


def test_a_root_is_one_of_two() -> None:
    assert isinstance(verdict(r"x^2 = 4 \Rightarrow x = 2", REALS), Refuted)
    assert isinstance(verdict(r"x = 2 \Rightarrow x^2 = 4", REALS), Proved)


def test_what_does_not_follow_is_never_proved() -> None:
    assert not isinstance(verdict(r"x + y = 0 \Rightarrow x = 0", REALS), Proved)
    assert isinstance(verdict(r"x = y \Rightarrow x^2 = y^2 + 1", REALS), Refuted | Open)
