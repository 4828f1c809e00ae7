"""Functions that are not known are no numbers: ``\\arctan(2x) = 2\\arctan x`` was proved, arctan 1 = π/4 refuted."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Proved
from engine.span import Problem


@pytest.mark.parametrize(
    "claim",
    [
        r"\arctan(2x) = 2\arctan x",
        r"\arctan(1) = \frac{\pi}{4}",
        r"\cos(\arccos x) = x",
        r"\cot x = \frac{\cos x}{\sin x}",
        r"\lg 100 = 2",
        r"\mathrm{arcsin}\, 2x = 2\, \mathrm{arcsin}\, x",
    ],
)
def test_a_function_that_is_not_known_is_no_factor(claim: str) -> None:
    verdict = check(claim)
    assert isinstance(verdict, Problem)
    assert "is not understood here" in verdict.message


def test_one_that_is_defined_beside_the_claim_is_a_function() -> None:
    verdict = check(r"\cot(x) \tan(x) = 1", where=[r"\cot(t) = \frac{\cos t}{\sin t}"])
    assert isinstance(verdict, Proved)
