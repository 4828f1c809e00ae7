"""≈ before a decimal literal: equal to the digits shown, also where the number is irrational."""

from __future__ import annotations

import pytest

from tests.kernel.exercise import says, why_not


@pytest.mark.parametrize(
    "text",
    [
        r"\pi \approx 3.1416",
        r"\sqrt{2} \approx 1.414",
        r"e^{-1} \approx 0.3679",
        r"\ln 2 \approx 0.693",
        r"-\sqrt{2} \approx -1.41",
        r"\frac{1}{3} \approx 0.33",
        r"\frac{1}{8} \approx 0.12",
        r"\frac{1}{8} \approx 0.13",
        r"\pi - 3.14159265358979323846 \approx 0.00000000000000000000",
        r"\sum_{i=1}^3 \sqrt{i} \approx 4.146",
    ],
)
def test_the_digits_shown(text: str) -> None:
    assert says(text).conditions == ()


@pytest.mark.parametrize(
    "text",
    [
        r"\pi \approx 3.1415",
        r"\pi \approx 3.14160",
        r"\sqrt{2} \approx 1.42",
        r"-\sqrt{2} \approx 1.41",
        r"\frac{1}{3} \approx 0.34",
    ],
)
def test_wrong_digits(text: str) -> None:
    assert "rounded" in why_not(text)


def test_a_variable_is_not_rounded() -> None:
    assert "rounded" in why_not(r"x \approx 1.00", x="real")


def test_variables_that_cancel_are_no_obstacle() -> None:
    says(r"\frac{x}{3x} \approx 0.33", x="pos")
