"""A counterexample that rests on a value for a name with a meaning, of which nothing was said, refutes nothing."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved, Refuted


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (r"L = N \ln \lambda", "L"),
        (r"N \ln \lambda = L", "L"),
        (r"x_1 = 2 y", "x"),
        (r"\frac{N}{\hat\lambda} - S = 0", r"\hat{\lambda}"),
        (r"\sum_{i=1}^N (x_i - \bar x) = 0", r"\bar{x}"),
        (r"f^* - 1 = 2", r"f^{*}"),
    ],
)
def test_open_with_what_to_add(claim: str, word: str) -> None:
    verdict = check(claim)
    assert isinstance(verdict, Open)
    assert word in verdict.reason
    assert "define it beside the claim" in verdict.reason


def test_what_is_said_of_the_name_decides() -> None:
    sum_of_deviations = r"\sum_{i=1}^N (x_i - \bar x) = 0"
    assert isinstance(check(sum_of_deviations, [r"\bar x \in \mathbb{R}"]), Refuted)
    assert isinstance(check(sum_of_deviations, [], [r"\bar x = \frac1N \sum_{i=1}^N x_i"]), Proved)
    assert isinstance(check(r"\sum_{i=1}^N (x_i - \bar x)^2 = 0", [], [r"\bar x = \frac1N \sum_{i=1}^N x_i"]), Refuted)
    assert isinstance(check("L = 2 x", ["L > 0"]), Refuted)


def test_a_name_on_both_sides_is_not_being_defined() -> None:
    assert isinstance(check(r"\sqrt{x^2} = x"), Refuted)
    assert isinstance(check("x = x + 1"), Refuted)
    assert isinstance(check(r"x \le x^2"), Refuted)


def test_a_proof_holds_for_every_value() -> None:
    assert isinstance(check(r"\hat\lambda + \hat\lambda = 2 \hat\lambda"), Proved)


def test_in_a_chain_only_the_link_with_the_name_stays_open() -> None:
    assert isinstance(check("L = 2 x = x + x"), Open)
    assert isinstance(check("L = 2 x = x + x + 1"), Refuted)


def test_a_covariance_that_is_not_symmetric_refutes_nothing() -> None:
    claim = r"(x - m)^\top \Sigma^{-1} (x - m) = x^\top \Sigma^{-1} x - 2 m^\top \Sigma^{-1} x + m^\top \Sigma^{-1} m"
    verdict = check(claim)
    assert isinstance(verdict, Open)
    assert "symmetric" in verdict.reason
    sizes = [r"d \in \mathbb{N}", r"x, m \in \mathbb{R}^d", r"\Sigma \in \mathbb{R}^{d \times d}"]
    assert isinstance(check(claim, sizes), Refuted)
    assert isinstance(check(claim, [*sizes, r"\Sigma \succ 0"]), Proved)


def test_a_variance_in_dimension_one_refutes() -> None:
    assert isinstance(check(r"(x - m)^\top \Sigma^{-1} (x - m) = 2 (x - m)^\top \Sigma^{-1} (x - m)"), Refuted)


def test_pi_as_a_probability() -> None:
    claim = r"\eta |1 - \pi| + (1 - \eta) \pi = \eta + \pi (1 - 2\eta)"
    assert isinstance(check(claim), Open)
    assert isinstance(check(claim, [r"0 < \pi < 1"]), Proved | Open)
    assert isinstance(check(r"2 \pi r = \pi r"), Refuted)


def test_an_identity_among_undeclared_letters() -> None:
    assert isinstance(check("A I = A"), Open)
    assert isinstance(check("R I = R", [r"I, R \in \mathbb{R}"]), Refuted)
    assert isinstance(check("A I = A", [r"n \in \mathbb{N}", r"A \in \mathbb{R}^{n \times n}"]), Proved)


def test_entries_of_a_vector_that_nothing_declares() -> None:
    claim = r"\sum_{i=1}^n x_i^2 = x^\top x"
    assert isinstance(check(claim), Open)
    assert isinstance(check(claim, [r"n \in \mathbb{N}", r"x \in \mathbb{R}^n"]), Proved)
    assert isinstance(check(r"\ln |I_n| = 1"), Open)


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dx} \ln L(x) = \ell'(x)",  # what ell is
        r"\int f(g(x)) g'(x)\,dx = F(g(x)) + C",  # with F' = f
        r"\frac{d}{dx}(F(x) f(x)) = f(x)^2 + F(x) f'(x)",
        r"\frac{d}{dt}\frac{f(t)}{S(t)} = \frac{f'(t) S(t) + f(t)^2}{S(t)^2}",  # with S' = -f
        r"\frac{d}{dx}\sigma'(x) = \sigma'(x)(1 - 2\sigma(x))",  # of the logistic function
        r"\frac{d}{dt}\frac12 v(t)^2 = v(t) x''(t)",
    ],
)
def test_functions_that_belong_together_are_certain_ones(claim: str) -> None:
    """These were refuted by functions that have nothing to do with each other."""
    verdict = check(claim)
    assert isinstance(verdict, Open) and "nothing says which one is meant" in verdict.reason


@pytest.mark.parametrize("claim", [r"\frac{d}{dx}(f(x) g(x)) = f'(x) g'(x)", r"\frac{d}{dx} f(g(x)) = f'(g(x))"])
def test_a_wrong_rule_is_refuted(claim: str) -> None:
    assert isinstance(check(claim), Refuted)


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        (r"f'(2) = \frac15", r"f(x) = \operatorname{atan}(x)"),  # the arctangent, which is not known
        (r"h(t) = -\frac{d}{dt}\ln S(t)", r"h(t) = \frac{f(t)}{S(t)}"),
        (r"\sum_{i=1}^N (x_i - s) = 0", r"s = \bar x"),
    ],
)
def test_what_only_a_definition_mentions_is_not_declared_by_it(claim: str, given: str) -> None:
    """These were refuted by an atan, an S and a mean of which nothing is known."""
    for said in ({"given": [given]}, {"where": [given]}):
        verdict = check(claim, **said)
        assert isinstance(verdict, Open) and verdict.reason.startswith(("it does not hold for every", "nothing says"))


def test_a_function_that_only_a_definition_mentions_is_smooth_where_it_is_differentiated() -> None:
    claim, given = r"\ell'(\theta) = \frac{L'(\theta)}{L(\theta)}", [r"\ell(\theta) = \ln L(\theta)"]
    assert isinstance(check(claim, given=given), Proved)
    assert isinstance(check("x = 2", given=["y = x^2"]), Refuted)
