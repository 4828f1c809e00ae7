"""What is given beside a claim."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.given import read_given
from engine.meaning.sort import Family, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.term import Name
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"x \in Q", r"expected \mathbb{R}, "),
        (r"x + 1 \in \mathbb{R}", r"expected a name before \in"),
        (r"x \in \mathbb{R}^{a \times b \times c}", r"expected \mathbb{R}, "),
        (r"\frac{1", "expected"),
        ("x", "expected a relation"),
    ],
)
def test_what_is_not_understood_has_its_place(text: str, message: str) -> None:
    found = read_given(text, Context())
    assert isinstance(found, Problem)
    assert found.message.startswith(message)
    assert found.span is not None
