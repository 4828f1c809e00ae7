"""Kronecker's delta and Iverson's bracket, as they are read and printed."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import NATURAL, REAL, Family, Integer
from engine.meaning.term import ONE, Add, Apply, Comparison, Element, Multiply, Name, Power, Sum, Term, integer
from engine.span import Problem

i, j, k, m, N = (Name(name) for name in "ijkmN")
KRONECKER = r"\delta with two indices is the Kronecker delta"


def reading(text: str, context: Context | None = None) -> Reading:
    found = read_term(text, context or Context())
    assert not isinstance(found, Problem), found.show(text)
    return found


def problem(text: str, context: Context | None = None) -> str:
    found = read_term(text, context or Context())
    assert isinstance(found, Problem), found
    return found.message


def delta(left: Term, right: Term) -> Term:
    return Apply("delta", (left, right))


def equal(left: Term, right: Term) -> Term:
    return Apply("indicator", (Comparison(left, "=", right),))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        (r"\delta_{ij}", delta(i, j)),
        (r"\delta_{i,j}", delta(i, j)),
        (r"\delta_{i j}", delta(i, j)),
        (r"\delta_{ab}", delta(Name("a"), Name("b"))),
        (r"\delta_{1k}", delta(ONE, k)),
        (r"\delta_{2k}", delta(integer(2), k)),
        (r"\delta_{1,2}", delta(ONE, integer(2))),
        (r"\delta_{k,k+1}", delta(k, Add((k, ONE)))),
        (r"\delta_{ij}^2", Power(delta(i, j), integer(2))),
        (r"\sum_{i=1}^N \delta_{ij}", Sum("i", ONE, N, delta(i, j))),
        (r"\delta_{ij}\delta_{jk}", Multiply((delta(i, j), delta(j, k)))),
    ],
)
def test_two_subscripts_that_count(text: str, term: Term) -> None:
    found = reading(text)
    assert found.term == term
    assert KRONECKER in found.inferred


def test_the_letters_are_integers() -> None:
    found = reading(r"\delta_{mk} x_k").context
    assert found.sort_of("m") == found.sort_of("k") == Integer()
    assert reading(r"\delta_{mk}", Context().declare("m", NATURAL)).context.sort_of("m") == NATURAL


def test_declared_integers_may_have_any_letter() -> None:
    context = Context().declare("u", Integer()).declare("v", Integer())
    assert reading(r"\delta_{uv}", context).term == delta(Name("u"), Name("v"))
    assert reading(r"\delta_{uv}").term == Name(r"\delta_{uv}")


def test_members_of_families_of_integers_count() -> None:
    context = Context().declare("y", Family((None,), NATURAL)).declare("i", NATURAL).declare("k", NATURAL)
    assert reading(r"\delta_{y_i,k}", context).term == delta(Element("y", (i,)), k)
    assert reading(r"\delta_{y_i k}", context).term == delta(Element("y", (i,)), k)
    real = Context().declare("y", Family((None,), REAL)).declare("i", NATURAL).declare("k", NATURAL)
    assert reading(r"\delta_{y_i,k}", real).term == Name(r"\delta_{y_{i},k}")


@pytest.mark.parametrize(
    "context",
    [
        Context().declare(r"\delta", Family((None, None), REAL)),
        Context().define(r"\delta", ("a", "b"), Add((Name("a"), Name("b")))),
        Context().declare(r"\delta_{ij}", REAL),
    ],
)
def test_a_declared_delta_is_what_it_was_declared(context: Context) -> None:
    found = reading(r"\delta_{ij}", context)
    assert found.term in (Element(r"\delta", (i, j)), Name(r"\delta_{ij}"))
    assert KRONECKER not in found.inferred


@pytest.mark.parametrize(
    "text", [r"\delta_{xy}", r"\delta_{x,y}", r"\delta_{12}", r"\delta_{i}", r"\delta", r"\delta_{ijk}"]
)
def test_other_deltas_are_names(text: str) -> None:
    assert reading(text).term == Name(text)


def test_real_numbers_do_not_count() -> None:
    context = Context().declare("i", REAL).declare("j", REAL)
    assert reading(r"\delta_{ij}", context).term == Name(r"\delta_{ij}")


@pytest.mark.parametrize(
    "text",
    [r"\delta_{ij} \delta_i", r"\delta_{ij} + \delta", r"\delta^2 \delta_{ij}", r"i \delta_{ij}", r"\delta_{ab} + a"],
)
def test_two_readings_are_a_problem(text: str) -> None:
    assert "can be the Kronecker delta or a value of its own" in problem(text)


@pytest.mark.parametrize(
    "text",
    [
        r"\mathbb{1}[i = k]",
        r"\mathbf{1}\{i = k\}",
        r"\mathbf{1}_{i = k}",
        r"\mathbf{1}_{\{i = k\}}",
        r"\mathbf{1}_{[i = k]}",
        r"1\{i = k\}",
        r"1[i = k]",
        r"1_{i = k}",
        r"1_{\{i = k\}}",
        r"[i = k]",
        r"I(i = k)",
        r"\mathrm{I}(i = k)",
        r"\mathbb{I}\{i = k\}",
    ],
)
def test_an_equation_as_a_number(text: str) -> None:
    assert reading(text).term == equal(i, k)


def test_iverson_in_a_product() -> None:
    context = Context().declare("x", Family((None,), REAL)).declare("i", NATURAL).declare("k", NATURAL)
    assert reading("x_i [i = k]", context).term == Multiply((Element("x", (i,)), equal(i, k)))
    assert reading("2 [i = k]").term == Multiply((integer(2), equal(i, k)))


def test_bare_brackets_are_reported() -> None:
    said = "a condition in brackets behind 1 or alone is 1 where it holds, and else 0"
    assert said in reading("2 [i = k]").inferred
    assert said in reading(r"1\{i = k\}").inferred
    assert said not in reading(r"\mathbf{1}[i = k]").inferred


def test_a_remark_in_round_brackets_is_no_indicator() -> None:
    refused = read_term("1 (k = 3)", Context())
    assert isinstance(refused, Problem) and "1 under a condition" in refused.message
    assert reading(r"2 \cdot 1(i = k)").term == Multiply((integer(2), equal(i, k)))


def test_other_letters_before_brackets_are_as_before() -> None:
    assert reading("(1)(x)").term == Multiply((ONE, Name("x")))
    declared = Context().declare("I", REAL).declare("a", REAL)
    assert reading("I (a + 1)", declared).term == Multiply((Name("I"), Add((Name("a"), ONE))))


@pytest.mark.parametrize(
    "term", [delta(i, j), delta(i, Add((k, ONE))), delta(ONE, k), Power(delta(i, j), integer(2)), equal(i, k)]
)
def test_what_is_printed_is_read_again(term: Term) -> None:
    context = Context().declare("i", NATURAL).declare("j", NATURAL).declare("k", NATURAL)
    assert reading(term_latex(term, context), context).term == term


def test_a_delta_beside_a_declared_one_is_printed_as_an_indicator() -> None:
    context = Context().declare(r"\delta", REAL).declare("i", NATURAL).declare("j", NATURAL)
    assert reading(term_latex(delta(i, j), context), context).term == equal(i, j)


def test_a_member_may_have_a_member_of_integers_as_its_index() -> None:
    context = Context().declare("x", Family((None,), REAL)).declare("y", Family((None,), NATURAL)).declare("i", NATURAL)
    assert reading("x_{y_i}", context).term == Element("x", (Element("y", (i,)),))
    assert reading(r"\sum_{k=1}^N x_{y_k}", context).term == Sum("k", ONE, N, Element("x", (Element("y", (k,)),)))
