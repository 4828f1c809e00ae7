"""What everybody takes for granted of letters that nobody declared."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.checking.check import check
from engine.checking.customary import Custom
from engine.kernel.certificate import Entry
from engine.kernel.verdict import Open, Proved, Refuted


@pytest.mark.parametrize(
    ("custom", "value", "admitted"),
    [
        (Custom("n", "count"), Fraction(1), True),
        (Custom("n", "count"), Fraction(0), False),
        (Custom("n", "count"), Fraction(1, 2), False),
        (Custom(r"\sigma", "scale"), Fraction(1, 2), True),
        (Custom(r"\sigma", "scale"), Fraction(-1), False),
        (Custom(r"\sigma", "scale"), (Entry((1,), Fraction(1)), Entry((2,), Fraction(-1))), False),
        (Custom("p", "chance"), Fraction(1), False),
        (Custom("S", "symmetric"), Fraction(-1), True),
        (Custom(r"\Sigma", "covariance"), Fraction(-1), False),
    ],
)
def test_admitted_values(custom: Custom, value: object, admitted: bool) -> None:
    assert custom.admits(value) == admitted


def test_only_a_strange_value_is_no_counterexample() -> None:
    assert isinstance(check(r"\sqrt{\sigma^2} = \sigma"), Open)
    assert isinstance(check(r"\sqrt{\sigma^2} = 2\sigma"), Refuted)


@pytest.mark.parametrize("given", [r"\sigma \in \mathbb{R}", r"\sigma \ne 0", r"\sigma < 0"])
def test_what_is_said_of_the_letter_counts(given: str) -> None:
    assert isinstance(check(r"\sqrt{\sigma^2} = \sigma", [given]), Refuted)


def test_a_proof_needs_no_custom() -> None:
    assert isinstance(check(r"\sqrt{\sigma^2} = |\sigma|"), Proved)


def test_a_letter_that_only_a_definition_mentions() -> None:
    assert isinstance(check(r"L = \sigma", [r"L = \sqrt{\sigma^2}"]), Open)
    assert isinstance(check(r"L = 2\sigma", [r"L = \sqrt{\sigma^2}"]), Refuted)
