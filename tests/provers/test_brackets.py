"""An antiderivative that the claim names: the fundamental theorem, and what it must not be used for."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved, Refuted


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"\int_0^1 e^x \sin x \, dx = \left[\frac{e^x(\sin x - \cos x)}{2}\right]_0^1", []),
        (r"\int_0^a \tanh x \, dx = \left[\ln\cosh x\right]_0^a", ["a > 0"]),
    ],
)
def test_proved(claim: str, given: list[str]) -> None:
    assert isinstance(check(claim, given), Proved)


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"\int_0^1 e^x \sin x \, dx = \left[\frac{e^x(\sin x + \cos x)}{2}\right]_0^1", []),
        (r"\int_{-1}^1 \frac{1}{x} \, dx = \left[\ln|x|\right]_{-1}^1", []),
        (r"\int_{-1}^1 \frac{1}{x^2} \, dx = \left[-\frac{1}{x}\right]_{-1}^1", []),
        (r"\int_0^a \tanh x \, dx = \left[\ln\sinh x\right]_0^a", ["a > 0"]),
    ],
)
def test_a_wrong_one_proves_nothing(claim: str, given: list[str]) -> None:
    assert isinstance(check(claim, given), Open | Refuted)
