r"""Derivatives in a name that has a value: $dy/dx$ beside $x = \cos t$, $y = \sin t$ was proved to be 0."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved, Refuted


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"\frac{dy}{dx} = 0", [r"x = \cos\theta", r"y = \sin\theta"]),
        (r"\frac{dy}{dx} = -\frac{x}{y}", [r"x = \cos\theta", r"y = \sin\theta"]),
        (r"\frac{dy}{dx} = 0", [r"x = \sqrt{y}"]),
        (r"\frac{dy}{dx} = 2x", [r"x = \sqrt{y}"]),
        (r"\frac{dz}{dy} = 0", [r"z = \sin^2 x", r"y = \sin x"]),
        (r"\frac{dx}{dy}\cdot\frac{dy}{dx} = 0", ["y = x^2", "x > 0"]),
        (r"\frac{d}{dp}(pq) = q", ["p = 1 - q"]),
        (r"\frac{d}{dp}(pq) = q - p", ["p = 1 - q"]),
        (r"\int_0^1 y\,dx = y", [r"x = \sqrt{y}"]),
        (r"\int_0^1 y\,dx = y", [r"x = \cos t", r"y = \sin t"]),
        (r"\int_0^1 y\,dx = y", ["x^2 + y^2 = 1"]),
    ],
)
def test_what_may_depend_on_the_variable_by_its_value_is_open(claim: str, given: list[str]) -> None:
    assert isinstance(check(claim, given=given), Open)


@pytest.mark.parametrize("claim", [r"\frac{dy}{dx} = 0", r"\frac{dy}{dx} = -\frac{x}{y}", r"\frac{d}{dx} y^2 = 0"])
def test_an_equation_between_two_numbers_ties_them(claim: str) -> None:
    assert isinstance(check(claim, given=["x^2 + y^2 = 1"]), Open)


def test_a_number_that_is_differentiated_depends_on_the_variable() -> None:
    """It was read as 0 = y beside what is given of y, and y = 0 was proved."""
    assert isinstance(check("y = 0", given=[r"y \ge 0", r"\frac{dy}{dx} = y"]), Open)


def test_a_value_that_is_put_in_afterwards() -> None:
    stationary = r"\frac{d}{d\lambda}(N\ln\lambda - N\lambda\bar x) = 0"
    assert isinstance(check(stationary, given=[r"\lambda = 1/\bar x", r"\bar x > 0"]), Proved)
    assert isinstance(check(stationary, given=[r"\lambda = 2/\bar x", r"\bar x > 0", r"N > 0"]), Refuted)
    assert isinstance(check(r"\frac{d}{dx} x^2 = 2a", given=["x = a"]), Proved)
    assert isinstance(check(r"\int_0^1 x c\,dx = \frac{c}{2}", given=["x = a"]), Proved)
    assert isinstance(check(r"\frac{d}{dx} c^2 = 0", given=["x = 3", r"c \in \mathbb{R}"]), Proved)
