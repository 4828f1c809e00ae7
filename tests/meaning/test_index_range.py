"""Indices that nobody declared lie where their family is summed: at j = -1, the derivative of a sum was refuted."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.checking.links import read_links
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.context import Context
from engine.span import Problem


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial}{\partial x_j}\sum_{i=1}^n x_i^2 = 2x_j",
        r"\sum_{i=1}^n \delta_{ij} x_i = x_j",
        r"\sum_{i=1}^n \delta_{ij} = 1",
        r"\sum_{k=1}^n \delta_{ik}\delta_{kj} = \delta_{ij}",
        r"\frac{\partial}{\partial a_j}\sum_{k=0}^n a_k x^k = x^j",
    ],
)
def test_an_index_lies_in_the_range_of_its_family(claim: str) -> None:
    assert not isinstance(check(claim), Refuted)
    (link,) = read_links(claim, Context())
    assert not isinstance(link, Problem) and any("j ≤ n" in note for note in link.inferred)


def test_places_of_a_family_have_their_own_ranges() -> None:
    """Least squares: j runs with the k of w_k and x_ik, and not with i."""
    residual = r"(y_i - \sum_{k=1}^d w_k x_{ik})"
    for sign, wanted in (("-", Proved | Open), ("", Refuted)):
        slope = (
            rf"\frac{{\partial}}{{\partial w_j}}\sum_{{i=1}}^n {residual}^2 = {sign}2\sum_{{i=1}}^n {residual} x_{{ij}}"
        )
        assert isinstance(check(slope), wanted)
        (link,) = read_links(slope, Context())
        assert not isinstance(link, Problem) and {"1 ≤ j is assumed", "j ≤ d is assumed"} <= set(link.inferred)


@pytest.mark.parametrize(
    "claim", [r"\frac{\partial}{\partial x_j}\sum_{i=1}^n x_i^2 = x_j", r"\sum_{i=1}^n \delta_{ij} x_i = 0"]
)
def test_what_fails_in_the_range_is_refuted(claim: str) -> None:
    assert isinstance(check(claim), Refuted)


def test_an_index_that_is_declared_may_lie_outside() -> None:
    claim = r"\sum_{i=1}^n \delta_{ij} x_i = x_j"
    assert isinstance(check(claim, given=[r"j \in \mathbb{N}"]), Refuted)
    assert isinstance(check(claim, given=[r"j \in \{1, \dots, n\}"]), Proved)


def test_two_ranges_and_an_end_of_a_range_say_nothing() -> None:
    for claim in (r"\sum_{i=1}^n x_i + \sum_{i=0}^m x_i = x_j", r"\sum_{i=1}^j x_i = x_j"):
        (link,) = read_links(claim, Context())
        assert not isinstance(link, Problem) and not any("assumed" in note for note in link.inferred)
    assert not isinstance(check(r"\sum_{i=1}^j x_i = x_j"), Proved | Open)


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"\frac{\partial S}{\partial x_j} = 2 x_j", [r"S = \sum_{i=1}^n x_i^2"]),
        (r"\frac{\partial \bar x}{\partial x_j} = \frac1n", [r"\bar x = \frac1n\sum_{i=1}^n x_i"]),
        (
            r"\frac{\partial L}{\partial w_j} = \sum_{i=1}^n r_i x_{ij}",
            [r"L = \frac12\sum_{i=1}^n r_i^2", r"r_i = \sum_{k=1}^d w_k x_{ik} - y_i"],
        ),
    ],
)
def test_sums_of_definitions_count(claim: str, given: list[str]) -> None:
    assert isinstance(check(claim, given=given), Proved)
    assert isinstance(check(claim.replace("= ", r"= 3 \cdot "), given=given), Refuted)


def test_a_member_in_what_is_given_and_a_family_in_the_claim_are_not_taken_for_two_things() -> None:
    found = check(r"\sum_{k=1}^n a_k \delta_{kj} = s", given=["s = a_j"])
    assert isinstance(found, Problem) and "a name of its own" in found.message
    assert isinstance(check(r"m = x_j \Rightarrow m \le \sum_{i=1}^n |x_i|"), Proved | Open)
