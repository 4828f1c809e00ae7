"""Sums over ``i < j`` and ``i \\ne j``: plain ones where the range is known, and never where it is guessed."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import NATURAL, REAL, Family, IndexRange, Integer
from engine.meaning.statement import Relation
from engine.meaning.term import ONE, ZERO, Name, Over, Term
from engine.span import Problem

EMPTY = Context()
N, K = Name("N"), Name("k")
DECLARED = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), REAL))


def reading(text: str, context: Context = EMPTY) -> Reading:
    found = read_term(text, context)
    assert isinstance(found, Reading), found.show(text)
    return found


def is_plain(term: Term) -> bool:
    from engine.meaning.term import children

    return not isinstance(term, Over) and all(map(is_plain, children(term)))


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        (r"\sum_{1 \le i < j \le N} x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{1 \le i \le j \le N} x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j} x_i x_j"),
        (r"\sum_{0 < i < j < N} x_i x_j", r"\sum_{j=1}^{N-1} \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{1 \le i \le N} x_i", r"\sum_{i=1}^N x_i"),
        (r"\sum_{i=1}^N x_i^2 + \sum_{1 \le i < j \le N} x_i x_j",
         r"(\sum_{i=1}^N x_i^2) + \sum_{j=1}^N \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{i=1}^N x_i + \sum_{1 \le k \le i} x_k", r"\sum_{i=1}^N (x_i + \sum_{k=1}^i x_k)"),
        (r"\sum_{1 \le i \le N} x_i + 2 x_i", r"\sum_{i=1}^N (x_i + 2 x_i)"),
        (r"\sum_{1 \le i < j \le N} x_i + 2 x_j", r"\sum_{j=1}^N \sum_{i=1}^{j-1} (x_i + 2 x_j)"),
        (r"\sum_{i,j=1}^N x_i + y_j", r"\sum_{i=1}^N \sum_{j=1}^N (x_i + y_j)"),
        (r"\sum_{1 \le i < j < k \le N} x_i x_j x_k", r"\sum_{k=1}^N \sum_{j=1}^{k-1} \sum_{i=1}^{j-1} x_i x_j x_k"),
        (r"\sum_{N \ge j > i \ge 1} x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{i<j}^N x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{i \le j}^N x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j} x_i x_j"),
        (r"\sum_{i > j}^N x_i x_j", r"\sum_{i=1}^N \sum_{j=1}^{i-1} x_i x_j"),
        (r"\sum_{i<j<k}^N x_i x_j x_k", r"\sum_{k=1}^N \sum_{j=1}^{k-1} \sum_{i=1}^{j-1} x_i x_j x_k"),
        (r"\sum_{i<j \le N} x_i x_j", r"\sum_{j=1}^N \sum_{i=1}^{j-1} x_i x_j"),
        (r"\sum_{i \ne j}^N x_i x_j", r"\sum_{i=1}^N (\sum_{j=1}^{i-1} x_i x_j + \sum_{j=i+1}^N x_i x_j)"),
        (r"\sum_{i=1}^N \sum_{j \ne i} x_i x_j", r"\sum_{i=1}^N (\sum_{j=1}^{i-1} x_i x_j + \sum_{j=i+1}^N x_i x_j)"),
        (r"\sum_{i=1}^N \sum_{j \ne i}^N x_j", r"\sum_{i=1}^N (\sum_{j=1}^{i-1} x_j + \sum_{j=i+1}^N x_j)"),
        (r"\sum_{i=1}^N \sum_{j < i} x_j", r"\sum_{i=1}^N \sum_{j=1}^{i-1} x_j"),
        (r"\sum_{i=1}^N \sum_{i < j} x_j", r"\sum_{i=1}^N \sum_{j=i+1}^N x_j"),
        (r"\sum_{i=1}^N \sum_{j \ge i} x_j", r"\sum_{i=1}^N \sum_{j=i}^N x_j"),
        (r"\sum_{i=0}^N \sum_{j < i} a_j", r"\sum_{i=0}^N \sum_{j=0}^{i-1} a_j"),
        (r"\prod_{1 \le i < j \le N} (x_j - x_i)", r"\prod_{j=1}^N \prod_{i=1}^{j-1} (x_j - x_i)"),
        (r"\prod_{i=1}^N \prod_{j \ne i} (x_j - x_i)",
         r"\prod_{i=1}^N ((\prod_{j=1}^{i-1} (x_j - x_i)) \prod_{j=i+1}^N (x_j - x_i))"),
    ],
)  # fmt: skip
def test_reads_like(text: str, plainly: str) -> None:
    found = reading(text)
    assert found.term == reading(plainly).term
    assert reading(term_latex(found.term), found.context).term == found.term


def test_the_range_is_reported() -> None:
    assert "j from 1 to N" in reading(r"\sum_{i=1}^N \sum_{j \ne i} x_i x_j").inferred
    assert "i, j from 1 to N" in reading(r"\sum_{i<j}^N x_i x_j").inferred
    assert "i starts at 1" in reading(r"\sum_{i<j \le N} x_i x_j").inferred


def test_declared_families_say_the_range() -> None:
    assert reading(r"\sum_{i<j} x_i x_j", DECLARED).term == reading(r"\sum_{1\le i<j\le N} x_i x_j", DECLARED).term
    assert is_plain(reading(r"\sum_{i \ne j} x_i x_j", DECLARED).term)


def test_a_declared_index_lies_in_the_range_where_a_fact_says_so() -> None:
    inside = DECLARED.declare("k", NATURAL, Relation(K, "≤", N))
    text = r"\sum_{j \ne k} x_j"
    assert reading(text, inside).term == reading(r"\sum_{j=1}^{k-1} x_j + \sum_{j=k+1}^N x_j", inside).term
    assert is_plain(reading(text, DECLARED.declare("k", NATURAL, Relation(N, "≥", K))).term)
    for other in (
        DECLARED.declare("k", NATURAL),
        DECLARED.declare("k", Integer(0), Relation(K, "≤", N)),
        DECLARED.declare("k", Integer(), Relation(K, "≤", N)),
        DECLARED.declare("k", NATURAL, Relation(K, "≥", N)),
        DECLARED,
    ):
        assert isinstance(reading(text, other).term, Over)


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i \ne j} a_i a_j",
        r"\sum_{i<j} a_i a_j",
        r"\sum_{j \ne k} a_j",
        r"\sum_i \sum_{j \ne i} a_i a_j",
        r"\sum_{i=1}^M \sum_{j \ne i} x_j",  # x runs to N, i to M
    ],
)
def test_without_a_range_nothing_is_guessed(text: str) -> None:
    assert not is_plain(reading(text, DECLARED).term)


def test_a_range_whose_end_means_something_else_by_now_is_not_taken_over() -> None:
    found = reading(r"\sum_{j=1}^{k}\sum_{k=1}^3\sum_{i\ne j} a_i")
    assert not is_plain(found.term)
    assert is_plain(reading(r"\sum_{j=1}^{k}\sum_{l=1}^3\sum_{i\ne j} a_i").term)
    hidden = reading(r"\sum_{j=1}^{k}\left((\sum_{j \in S}\sum_{i\ne j} a_i) + \sum_{i \ne j} a_i\right)")
    assert term_latex(hidden.term).count(r"i \ne j") == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (r"\sum_{j \ne k}^N a_j", "lies in the range"),
        (r"\sum_{i \in S}^N a_i", "no meaning"),
        (r"\sum_{1 \le i < j} a_i a_j", "expected an index"),
        (r"\prod_{1 \le i < j \le N} (x_j - x_i) c", "last factor"),
    ],
)
def test_what_is_unclear_is_a_problem(text: str, what: str) -> None:
    found = read_term(text, Context())
    assert isinstance(found, Problem) and what in found.message


def test_a_family_that_starts_elsewhere() -> None:
    context = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ZERO, N),), REAL))
    for text in (r"\sum_{i<j}^N x_i x_j", r"\sum_{i<j<k}^N x_i x_j x_k"):
        found = read_term(text, context)
        assert isinstance(found, Problem) and "lower bound" in found.message
    assert is_plain(reading(r"\sum_{0 \le i<j \le N} x_i x_j", context).term)
    assert reading(r"\sum_{i<j} x_i x_j", context).term == reading(r"\sum_{0\le i<j\le N} x_i x_j", context).term


def test_conditions_inside_of_each_other_do_not_grow_without_end() -> None:
    nested = r"\sum_{i=1}^N" + "".join(rf"\sum_{{{a}\ne {b}}}" for a, b in zip("jklmst", "ijklms", strict=True)) + "x_i"
    assert len(term_latex(reading(nested).term)) < 4000
