"""What is given beside a claim."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex
from engine.meaning.sort import Family, IndexRange, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import INFINITY, ONE, ZERO, Element, Name, Negate, subtract
from engine.span import Problem


def given(text: str, macros: str = "") -> Context:
    found = read_given(text, Context(), macros)
    assert isinstance(found, Context), found
    return found


@pytest.mark.parametrize(
    ("text", "name", "sort"),
    [
        (r"x \in \mathbb{R}", "x", Real()),
        (r"N \in \mathbb{N}", "N", Integer(1)),
        (r"N \in \mathbb{N}_0", "N", Integer(0)),
        (r"k \in \mathbb Z", "k", Integer()),
        (r"\theta \in \mathbb{R}^d", r"\theta", Vector(Name("d"))),
        (r"A \in \mathbb{R}^{m \times n}", "A", MatrixOf(Name("m"), Name("n"))),
        (r"x_i \in \mathbb{R}", "x", Family((None,), Real())),
        (r"x_{ij} \in \mathbb{R}^d", "x", None),
        (r"x_{i,j} \in \mathbb{R}", "x", Family((None, None), Real())),
        (r"\theta_{\mathrm{old}} \in \mathbb{R}", r"\theta_{\mathrm{old}}", Real()),
        (r"x_1 \in \mathbb{R}", "x_{1}", Real()),
    ],
)
def test_declarations(text: str, name: str, sort: Sort | None) -> None:
    found = given(text)
    if sort is not None:
        assert [(one.name, one.sort) for one in found.declarations] == [(name, sort)]


def test_several_names_and_macros() -> None:
    found = given(r"x, y \in \R^\n", r"\newcommand{\R}{\mathbb{R}}\newcommand{\n}{m}")
    assert [(one.name, one.sort) for one in found.declarations] == [("x", Vector(Name("m"))), ("y", Vector(Name("m")))]


def test_any_other_relation_is_assumed() -> None:
    found = given(r"0 < \lambda \le 1")
    assert [fact.sign for fact in found.facts if hasattr(fact, "sign")] == ["<", "≤"]
    assert found.sort_of(r"\lambda") == Real()


EVERY = (Negate(INFINITY), INFINITY)


@pytest.mark.parametrize("text", [r"x_i \ge 0", r"x_k^2 > 1", r"0 < x_n", r"x_{i+1} > x_i"])
def test_a_condition_with_an_index_is_one_for_every_index(text: str) -> None:
    """It was assumed of one name x_{i}, which the x_i of a sum is not."""
    found = given(text)
    assert found.sort_of("x") == Family((None,), Real())
    assert [d.name for d in found.declarations] == ["x"]
    assert all(isinstance(fact, ForEach) and (fact.lower, fact.upper) == EVERY for fact in found.facts)
    assert "for all integers" in statement_latex(found.facts[0])


def test_a_declared_range_is_kept() -> None:
    ranged = Family((IndexRange(ONE, Name("N")),), Real())
    context = Context().declare("N", Integer(1)).declare("x", ranged)
    found = read_given(r"x_i \ge 0", context)
    assert isinstance(found, Context) and found.sort_of("x") == ranged
    assert [(f.lower, f.upper) for f in found.facts if isinstance(f, ForEach)] == [(ONE, Name("N"))]
    beyond = read_given("x_{i+1} > x_i", context)
    assert isinstance(beyond, Problem) and "for which i" in beyond.message


def test_a_bound_or_declared_index_is_no_open_one() -> None:
    assert [type(fact) for fact in given(r"\sum_{i=1}^N x_i^2 > 0").facts] == [Relation]
    third = read_given("x_k > 0", Context().declare("k", Integer()))
    assert isinstance(third, Context) and [type(fact) for fact in third.facts] == [Relation]
    assert [type(fact) for fact in given(r"\sigma_x > 0").facts] == [Relation]
    assert given("p_k > q_k").sort_of("q") == Family((None,), Real())


def test_a_condition_in_two_indices_is_refused() -> None:
    found = read_given(r"x_i \ne x_j", Context())
    assert isinstance(found, Problem) and "i, j" in found.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"x \in Q", r"expected a set"),
        (r"x + 1 \in \mathbb{R}", r"expected a name before \in"),
        (r"x \in \mathbb{R}^{a \times b \times c}", r"expected a set"),
        (r"\frac{1", "expected"),
        ("x", "expected a relation"),
    ],
)
def test_what_is_not_understood_has_its_place(text: str, message: str) -> None:
    found = read_given(text, Context())
    assert isinstance(found, Problem)
    assert found.message.startswith(message)
    assert found.span is not None


@pytest.mark.parametrize(
    "text",
    [r"x_i > 0, i = 1, \dots, N", r"x_i > 0 \text{ for } i = 1, \dots, N", r"x_i > 0 \text{ for all } i = 1, \dots, N"],
)
def test_a_range_beside_a_condition(text: str) -> None:
    found = read_given(text, Context())
    assert not isinstance(found, Problem)
    assert found.sort_of("N") == Integer(1)
    assert found.sort_of("x") == Family((IndexRange(ONE, Name("N")),), Real())
    assert found.facts == (ForEach("i", ONE, Name("N"), Relation(Element("x", (Name("i"),)), ">", ZERO)),)


def test_a_range_beside_a_membership() -> None:
    found = read_given(r"x_i \in \mathbb{R}, i = 0, \dots, N - 1", Context())
    assert not isinstance(found, Problem)
    assert found.sort_of("x") == Family((IndexRange(ZERO, subtract(Name("N"), ONE)),), Real())
    known = found.declare("y", Family((None,), Real()))
    again = read_given(r"y_i > 0, i = 1, \dots, N", known)
    assert not isinstance(again, Problem)
    assert again.sort_of("y") == Family((None,), Real())
