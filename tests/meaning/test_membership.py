"""What a membership declares: the sort, the bounds, the few values; and what is refused."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex
from engine.meaning.sort import Family, IndexRange, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.term import ONE, Multiply, Name, integer
from engine.span import Problem


def declared(text: str) -> Context:
    found = read_given(text, Context())
    assert not isinstance(found, Problem), found.show(text)
    return found


@pytest.mark.parametrize(
    ("text", "sort", "facts"),
    [
        (r"x \in \mathbb{R}", Real(), []),
        (r"x \in \mathbb{R}_{>0}", Real(), ["x > 0"]),
        (r"x \in \mathbb{R}_{\ge 0}", Real(), [r"x \ge 0"]),
        (r"x \in \mathbb{Z}_{\ge 0}", Integer(0), []),
        (r"x \in (0, 1)", Real(), ["x > 0", "x < 1"]),
        (r"x \in [0, 1)", Real(), [r"x \ge 0", "x < 1"]),
        (r"x \in \left(0, 1\right]", Real(), ["x > 0", r"x \le 1"]),
        (r"x \in [0, \infty)", Real(), [r"x \ge 0"]),
        (r"x \in (-\infty, \infty)", Real(), []),
        (r"x \in \{0, 1\}", Integer(0), [r"x \le 1"]),
        (r"x \in \{1, 0\}", Integer(0), [r"x \le 1"]),
        (r"x \in \{-1, 1\}", Integer(-1), [r"x \le 1", r"\bigl(x - (-1)\bigr) (x - 1) = 0"]),
        (r"x \in \{0, 1, \dots, 9\}", Integer(0), [r"x \le 9"]),
        (r"x \in \{1, \dots, K\}", Integer(1), [r"x \le K"]),
        (r"x \in \{0, \dots, K - 1\}", Integer(0), [r"x \le K - 1"]),
        (r"x \in \{0, 1, 2, \dots\}", Integer(0), []),
        (r"x_i \in \{0, 1\}", Family((None,), Integer(0)), [r"x_{i} \le 1 \quad \text{for all integers } i"]),
    ],
)
def test_what_is_declared(text: str, sort: Sort, facts: list[str]) -> None:
    context = declared(text)
    assert context.sort_of("x") == sort
    assert [statement_latex(fact, context) for fact in context.facts] == facts


def test_the_end_of_a_range_is_a_natural_number_unless_it_was_declared() -> None:
    assert declared(r"x \in \{1, \dots, K\}").sort_of("K") == Integer(1)
    assert declared(r"x \in (0, a)").sort_of("a") == Real()
    known = Context().declare("K", Integer(0))
    found = read_given(r"x \in \{1, \dots, K\}", known)
    assert not isinstance(found, Problem)
    assert found.sort_of("K") == Integer(0)


def test_several_names_share_a_set() -> None:
    context = declared(r"p, q \in (0, 1)")
    assert len(context.facts) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"x \in \mathbb{R}_+", "some mean 0"),
        (r"x \in \mathbb{R}^+", "some mean 0"),
        (r"x \in \{a, b\}", "expected a set"),
        (r"x \in \{3\}", "expected a set"),
        (r"x \in \{0, 0.5\}", "expected a set"),
        (r"x \in \{\}", "expected"),
        (r"x \in (0, 1, 2)", "expected a set"),
        (r"x_{ij} \in (0, 1)", "one index"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    found = read_given(text, Context())
    assert isinstance(found, Problem)
    assert message in found.message


def test_a_family_is_no_single_value() -> None:
    once = declared(r"x_i \in \mathbb{R}^d")
    found = read_given(r"x \in \mathbb{R}^d", once)
    assert isinstance(found, Problem)
    assert "a family and a single value" in found.message
    again = read_given(r"x_i \in \mathbb{R}^d", once)
    assert not isinstance(again, Problem)


@pytest.mark.parametrize("text", [r"x_1, \dots, x_N \in (0, 1)", r"x_1, x_2, \ldots, x_N \in (0, 1)"])
def test_an_ellipsis_declares_a_family_with_a_range(text: str) -> None:
    context = declared(text)
    assert context.sort_of("x") == Family((IndexRange(ONE, Name("N")),), Real())
    assert context.sort_of("N") == Integer(1)
    assert [one.name for one in context.declarations] == ["N", "x"]
    assert len(context.facts) == 2


@pytest.mark.parametrize(
    "text", [r"x_1, \dots, y_N \in \mathbb{R}", r"x_1, \dots \in \mathbb{R}", r"a, \dots, z \in \mathbb{R}"]
)
def test_another_ellipsis_is_refused(text: str) -> None:
    found = read_given(text, Context())
    assert isinstance(found, Problem)
    assert "ellipsis" in found.message


def test_a_cross_makes_a_matrix_and_a_product_a_longer_vector() -> None:
    """ℝ^{2n} was the set of the matrices with two rows."""
    twice = Multiply((integer(2), Name("n")))
    assert declared(r"x \in \mathbb{R}^{2n}").sort_of("x") == Vector(twice)
    assert declared(r"x \in \mathbb{R}^{2n \times m}").sort_of("x") == MatrixOf(twice, Name("m"))
    assert declared(r"x \in \mathbb{R}^{n \cdot m}").sort_of("x") == Vector(Multiply((Name("n"), Name("m"))))
