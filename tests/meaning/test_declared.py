"""The context that the lines beside a claim declare."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved, Refuted
from engine.meaning.context import Context
from engine.meaning.declared import read_context
from engine.meaning.elaborate import StatementReading, read_statement
from engine.meaning.sort import NATURAL, Family, Integer, Real, Sort
from engine.span import Problem


def test_a_size_that_nothing_declares_is_a_natural_number() -> None:
    context = read_context([r"A \in \mathbb{R}^{m \times n}", r"m \in \mathbb{N}"], [])
    assert isinstance(context, Context)
    assert [(one.name, one.sort) for one in context.declarations if one.name in "mn"] == [
        ("n", NATURAL),
        ("m", NATURAL),
    ]


@pytest.mark.parametrize(
    ("given", "claim", "sort"),
    [
        (r"N \ge 2", r"\sum_{i=1}^N x_i = 0", NATURAL),
        (r"N > 0", r"\prod_{i=1}^{N-1} x_i = 0", NATURAL),
        (r"N \ge 2", r"\sum_{1 \le i < j \le N} x_i = 0", NATURAL),
        (r"N \ge 0", r"\sum_{i=1}^N x_i = 0", Integer(0)),  # 0 is no natural number, and is given
        (r"N \ge 2", r"\sum_{i=1}^{\lfloor N \rfloor} x_i = 0", Real()),
        (r"N \ge 2", r"N^2 = 4", Real()),
        (r"N \in \mathbb{R}", r"\sum_{i=1}^N x_i = 0", Real()),  # somebody said so
        (r"N \in \mathbb{Z}", r"\sum_{i=1}^N x_i = 0", Integer()),
    ],
)
def test_what_ends_a_sum_counts_where_only_a_bound_is_given(given: str, claim: str, sort: Sort) -> None:
    context = read_context([given], [], "", [claim])
    assert isinstance(context, Context) and context.sort_of("N") == sort


@pytest.mark.parametrize(
    ("given", "claim", "name", "sort"),
    [
        ([], r"\binom{n}{k} = 2", "n", Integer(0)),
        ([], r"n! = \Gamma(n + 1)", "n", Integer(0)),
        ([], r"(n - k)! = 2", "k", Integer(0)),
        ([], r"\prod_{i=1}^n x_i! = 1", "x", Family((None,), Integer(0))),
        ([], r"\sum_{i=1}^n n! = 1", "n", NATURAL),
        ([], r"\binom{\alpha}{2} = 1", r"\alpha", Real()),  # a parameter, as in the binomial series
        ([], r"\lfloor x \rfloor! = 2", "x", Real()),
        ([r"k \le n"], r"\binom{n}{k} = 2", "k", Integer(0)),
        ([r"x_i \ge 0"], r"\prod_{i=1}^n x_i! = 1", "x", Family((None,), Integer(0))),
        ([r"x \in \mathbb{R}"], r"x! = 2", "x", Real()),  # somebody said so
    ],
)
def test_what_stands_before_a_factorial_counts(given: list[str], claim: str, name: str, sort: Sort) -> None:
    context = read_context(given, [], "", [claim])
    assert isinstance(context, Context)
    reading = read_statement(claim, context)
    assert isinstance(reading, StatementReading) and reading.context.sort_of(name) == sort


def test_what_ends_a_sum_of_a_definition_counts() -> None:
    where = [r"\bar x = \frac1N\sum_{i=1}^N x_i"]
    claim = (
        r"\frac{1}{N-1}\sum_{i=1}^N (x_i - \bar x)^2 = \frac{N}{N-1}\left(\frac1N\sum_{i=1}^N x_i^2 - \bar x^2\right)"
    )
    assert isinstance(check(claim, given=[r"N \ge 2"], where=where), Proved)
    assert isinstance(check(r"\sum_{i=1}^N 1 = N", given=[r"N \ge 0"]), Proved)
    assert isinstance(check(r"\sum_{i=1}^N 1 > 0", given=[r"N \ge 0"]), Refuted)


def test_a_size_may_stand_in_the_claim() -> None:
    """The n of the claim was a real number, and looking for a matrix of that size failed."""
    square = [r"A \in \mathbb{R}^{n \times n}"]
    assert isinstance(check(r"\det(2A) = 2^n \det A", given=square), Proved)
    assert isinstance(check(r"\det(2A) = 2 \det A", given=square), Refuted)


@pytest.mark.parametrize("facts", [["x_1 = 1", "x_2 = 2"], ["x_1 + x_2 = 3"]])
def test_a_member_is_no_name_of_its_own(facts: list[str]) -> None:
    """The sum was refuted, as x_1 was one name in what is given and another one in the claim."""
    verdict = check(r"\sum_{i=1}^2 x_i = 3", given=facts)
    assert isinstance(verdict, Problem)
    assert verdict.message.startswith("x_{1} can be a name of its own or one of the x_i; declare x_i first")


def test_members_of_what_is_declared() -> None:
    assert isinstance(check(r"x_1 > 0", given=[r"x_i \in \mathbb{R}", "x_i > 0"]), Proved)
    assert isinstance(check(r"\theta_1 + \theta_2 = \theta_2 + \theta_1", given=[r"\theta_1 > 0"]), Proved)


@pytest.mark.parametrize(("letter", "sign"), [(r"\Sigma", r"\sum"), (r"\Pi", r"\prod")])
def test_a_letter_with_bounds_is_no_name(letter: str, sign: str) -> None:
    verdict = check(letter + r"_{i=1}^n i = 1")
    assert isinstance(verdict, Problem)
    assert f"write {sign} for the sign with bounds" in verdict.message


@pytest.mark.parametrize("claim", [r"e^{i\pi} = -1", r"i^2 = -1", r"|e^{i t}| = 1"])
def test_the_imaginary_unit_is_no_real_number(claim: str) -> None:
    verdict = check(claim)
    assert isinstance(verdict, Open)
    assert "imaginary" in verdict.reason
    assert isinstance(check("i^2 = -1", given=[r"i \in \mathbb{R}"]), Refuted)


@pytest.mark.parametrize("claim", [r"d(x^2) = 2x\,dx", r"d(xy) = x\,dy"])
def test_a_differential_is_no_product(claim: str) -> None:
    """The first was refuted at d = 1/2, and the second one proved."""
    verdict = check(claim)
    assert isinstance(verdict, Problem)
    assert verdict.message.startswith("d can be a differential or a factor here")


def test_a_dimension_is_a_factor() -> None:
    assert isinstance(check(r"d x = \sum_{i=1}^d x"), Proved)
    assert isinstance(check(r"2 d x = d x + d x", given=[r"d \in \mathbb{R}"]), Proved)
