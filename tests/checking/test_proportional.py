"""∝ in a variable: proved, refuted with two values, or a Problem that asks for the variable."""

from __future__ import annotations

import pytest

from engine.checking.check import check, check_links
from engine.kernel.verdict import Open, Proved, Refuted
from engine.span import Problem


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"x \propto_x 2x", []),
        (r"e^{-(m - x)^2 / 2} \propto_{m} e^{-m^2/2 + m x}", []),
        (r"\theta^{a-1} (1-\theta)^{b-1} \theta^x (1 - \theta)^{n-x} \propto_\theta"
         r" \theta^{a+x-1} (1 - \theta)^{b+n-x-1}", [r"0 < \theta < 1"]),
        (r"\overset{\lambda}{\propto} 3 \lambda".join((r"\lambda", "")), []),
        (r"\frac{b^a}{\Gamma(a)} x^{a-1} e^{-b x} \propto_x x^{a-1} e^{-b x}", ["x > 0", "a > 0", "b > 0"]),
    ],
)  # fmt: skip
def test_proved(claim: str, given: list[str]) -> None:
    assert isinstance(check(claim, given), Proved)


@pytest.mark.parametrize("claim", [r"x \propto_x x^2", r"x \propto_x x + 1", r"x y \propto_x y + x"])
def test_refuted_with_two_values(claim: str) -> None:
    verdict = check(claim)
    assert isinstance(verdict, Refuted)
    assert {"x", "x'"} <= {assignment.name for assignment in verdict.witness.assignments}


def test_the_variable_matters() -> None:
    assert isinstance(check(r"x y \propto_x x"), Proved)
    assert isinstance(check(r"x y \propto_y x"), Refuted)


def test_the_bounds_hold_for_both_values() -> None:
    assert isinstance(check(r"|x| \propto_x x", ["x > 0"]), Proved)
    assert isinstance(check(r"|x| \propto_x x"), Refuted)


def test_what_is_zero_throughout_is_proportional_to_nothing() -> None:
    assert not isinstance(check(r"0 \propto_x x"), Proved | Refuted)
    assert not isinstance(check(r"x \propto_x 0"), Proved | Refuted)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (r"x \propto x^2", "as a function of what"),
        (r"x_i \propto_{x} 2 x_i", "x"),
        (r"x \propto_{N} 2 x", "N"),
    ],
)
def test_which_variable(claim: str, words: str) -> None:
    found = check(claim)
    assert isinstance(found, Problem)
    assert words in found.message


def test_a_definition_that_mentions_the_variable() -> None:
    found = check(r"m \propto_x x", [], [r"m = 2 x"])
    assert isinstance(found, Problem)
    assert "definition" in found.message


@pytest.mark.parametrize(
    ("chain", "verdicts"),
    [
        (r"f(x) = 3 e^{-x} \propto e^{-x}", [Open, Proved]),
        (r"f(x) = 3 e^{-x} \propto e^{-2x}", [Open, Refuted]),
        (r"f(x) \propto 3 y e^{-x} \propto y e^{-x} = e^{-x} y", [Open, Proved, Proved]),
        (r"p(\mu \mid x) = e^{2\mu x - \mu^2 - x^2} \propto e^{2\mu x - \mu^2}", [Open, Proved]),
        (r"p(\mu \mid x) = e^{2\mu x - \mu^2 - x^2} \propto e^{2\mu x - x^2}", [Open, Refuted]),
        (r"p(x \mid \mu) = e^{2\mu x - \mu^2 - x^2} \propto e^{2\mu x - \mu^2}", [Open, Problem]),
        (r"p(\theta \mid \mu) = \theta\mu \propto \mu", [Open, Problem]),
        (r"\exp(x) = e^x \propto 2e^x", [Proved, Problem]),
        (r"f(x, y) = xy \propto x", [Open, Problem]),
    ],
)
def test_the_variable_that_a_chain_begins_with(chain: str, verdicts: list[type]) -> None:
    assert [type(link.verdict) for link in check_links(chain)] == verdicts
