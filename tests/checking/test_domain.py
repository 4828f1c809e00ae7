"""Functions that are given for some arguments: p(-1) = λ e^λ was proved beside p(x) = λ e^{-λx} for x > 0."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved

DENSITY = [r"p(x) = \lambda e^{-\lambda x}", "x > 0", r"\lambda > 0"]


@pytest.mark.parametrize(
    "claim",
    [
        "p(-1) = 0",
        r"p(-1) = \lambda e^\lambda",
        r"p(0) = \lambda",
        "p(y) p(-y) = \\lambda^2",
        r"p'(-1) = -\lambda^2 e^\lambda",
        r"\int_{-1}^\infty p(x)\,dx = e^\lambda",
        r"\sum_{x=-1}^{1} p(x) = p(1) + \lambda + \lambda e^\lambda",
        r"\int_0^1 p(x - 2)\,dx = e^{2\lambda}(1 - e^{-\lambda})",
        r"p(x)\Bigr|_{x=-1} = \lambda e^\lambda",
    ],
)
def test_outside_of_them_nothing_is_decided(claim: str) -> None:
    verdict = check(claim, given=DENSITY)
    assert isinstance(verdict, Open) and "may be asked for elsewhere" in verdict.reason


@pytest.mark.parametrize(
    "claim",
    [
        r"p(2) = \lambda e^{-2\lambda}",
        r"p(x)^2 = \lambda p(2x)",
        r"p(y) = \lambda e^{-\lambda y}",
        r"\int_0^\infty p(x)\,dx = 1",
        r"\sum_{x=1}^2 p(x) = p(1) + p(2)",
    ],
)
def test_inside(claim: str) -> None:
    assert isinstance(check(claim, given=[*DENSITY, "y > 1"]), Proved)


@pytest.mark.parametrize(("fact", "decided"), [("x < 1", True), ("x > 0", False), ("0 > x", True), ("x > -1", False)])
def test_an_end_at_infinity(fact: str, decided: bool) -> None:
    verdict = check(r"\int_{-\infty}^0 q(x)\,dx = 1", given=["q(x) = e^x", fact])
    assert isinstance(verdict, Proved if decided else Open)


@pytest.mark.parametrize(
    ("claim", "decided"),
    [
        (r"\frac{d}{dp}(pq) = q", False),
        (r"\frac{\partial}{\partial p}(p + q) = 1", False),
        (r"\frac{d}{dp}(pr) = r", True),
        (r"\frac{d}{dr}(pqr) = pq", True),
        (r"\frac{d}{dp} p^2 = 2p", True),
    ],
)
def test_names_that_an_equation_ties_to_the_variable(claim: str, decided: bool) -> None:
    verdict = check(claim, given=["p + q = 1"])
    assert isinstance(verdict, Proved if decided else Open)


def test_a_definition_beside_the_claim_holds_everywhere() -> None:
    assert isinstance(check("f(-1) = 1", given=["x > 0"], where=["f(x) = x^2"]), Proved)


@pytest.mark.parametrize(
    ("fact", "decided"), [("x^2 > 1", False), ("1 < x", True), ("x < y", True), ("x \\ne 0", False)]
)
def test_a_range_is_judged_by_its_ends(fact: str, decided: bool) -> None:
    bounds = {"x < y": ["y = 4"]}.get(fact, [])
    claim = r"\int_2^3 f(x)\,dx = \frac{5}{2}"
    assert isinstance(check(claim, given=["f(x) = x", fact, *bounds]), Proved if decided else Open)
