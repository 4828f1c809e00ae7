"""What is defined beside a claim, and the order in which it is read."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.declared import declared_names, read_context
from engine.meaning.latex import term_latex
from engine.meaning.sort import Family, MatrixOf, Real, Vector
from engine.meaning.term import Name
from engine.meaning.where import read_where
from engine.span import Problem

_SQUARE = MatrixOf(Name("n"), Name("n"))


def defined(text: str, context: Context = Context()) -> Context:  # noqa: B008 (frozen)
    found = read_where(text, context)
    assert isinstance(found, Context), found
    return found


@pytest.mark.parametrize(
    ("text", "name", "parameters", "body"),
    [
        (r"\bar x = \frac1N\sum_{i=1}^N x_i", r"\bar{x}", (), r"\frac{1}{N} \sum_{i=1}^{N} x_{i}"),
        (r"\hat\lambda_{MLE} := 2", r"\hat{\lambda}_{MLE}", (), "2"),
        (r"a \equiv b", "a", (), "b"),
        ("f(x) = x^2", "f", ("x",), "x^{2}"),
        (r"p(x \mid \lambda) = \lambda e^{-\lambda x}", "p", ("x", r"\lambda"), r"\lambda e^{-\lambda x}"),
        ("y_i = a + b x_i", "y", ("i",), "a + b x_{i}"),
        (r"c_{ij} = x_i x_j", "c", ("i", "j"), "x_{i} x_{j}"),
        (r"s_{xy} = \sum_{i=1}^N x_i y_i", "s_{xy}", (), r"\sum_{i=1}^{N} x_{i} y_{i}"),
        (r"\mu_k = 3", r"\mu_{k}", (), "3"),
        (r"z^{(i)} = w x^{(i)} + b", r"z^{(\cdot)}", ("i",), "w x^{(i)} + b"),
        (r"a_j^{[l]} = j l", r"a_{\cdot}^{[\cdot]}", ("j", "l"), "j l"),
        (r"E^{(X)} = 2", "E^{(X)}", (), "2"),
    ],
)
def test_definitions(text: str, name: str, parameters: tuple[str, ...], body: str) -> None:
    context = defined(text)
    (found,) = context.definitions
    assert (found.name, found.parameters, term_latex(found.body, context)) == (name, parameters, body)
    assert context.sort_of(name) is None
    assert not {parameter for parameter in parameters if context.sort_of(parameter)}


def test_a_parameter_hides_a_name_only_inside() -> None:
    context = Context().declare("x", Family((None,), Real()))
    assert defined("f(x) = x^2", context).sort_of("x") == Family((None,), Real())


@pytest.mark.parametrize(
    "text", ["s^2 = 4", "s^{-1} = 4", r"\sigma^{1/2} = 4", r"\theta^{(0)} = 1", r"\theta^{(t+1)} = \theta^{(t)} - 1"]
)
def test_what_is_no_name_is_assumed(text: str) -> None:
    context = defined(text)
    assert context.definitions == () and len(context.facts) == 1


@pytest.mark.parametrize("text", [r"A^\top = B", r"A^{-1} = B", r"A^{-1} = A^\top"])
def test_transposes_and_inverses_are_assumed(text: str) -> None:
    context = defined(text, Context().declare("A", _SQUARE).declare("B", _SQUARE))
    assert context.definitions == () and len(context.facts) == 1


def test_definitions_of_vectors() -> None:
    context = read_context(
        [r"X \in \mathbb{R}^{n \times d}", r"y \in \mathbb{R}^n"], [r"\hat\beta = (X^\top X)^{-1} X^\top y"]
    )
    assert isinstance(context, Context) and len(context.definitions) == 1
    assert isinstance(context.sort_of("X"), MatrixOf) and isinstance(context.sort_of("y"), Vector)


@pytest.mark.parametrize("text", ["x + 1", "x > 1", "a = b = c", "a = a + 1", "f(x) = f(x)", r"x \sim p"])
def test_no_definition(text: str) -> None:
    assert isinstance(read_where(text, Context()), Problem)


def test_lines_are_read_after_what_they_mention() -> None:
    context = read_context([r"\bar x > 0"], [r"\hat\lambda = 1/\bar x", r"\bar x = \frac1N\sum_{i=1}^N x_i"])
    assert isinstance(context, Context)
    assert [one.name for one in context.definitions] == [r"\bar{x}", r"\hat{\lambda}"]
    assert context.sort_of(r"\bar{x}") is None and len(context.facts) == 1


@pytest.mark.parametrize(
    ("given", "where", "said"),
    [
        ([], ["a = b", "b = a"], "where 1: the definitions refer to each other in a circle"),
        (["x >"], [], "given 1: "),
        (["x > 0", "y >"], [], "given 2: "),
        ([], ["a = 1", "a = 2"], "a is defined twice"),
        ([r"N \in \mathbb{N}"], ["N = a/2"], "N is declared and defined"),
    ],
)
def test_problems_name_their_line(given: list[str], where: list[str], said: str) -> None:
    found = read_context(given, where)
    assert isinstance(found, Problem) and said in found.message


def test_that_a_defined_name_is_real_may_be_said() -> None:
    context = read_context([r"\bar x \in \mathbb{R}"], [r"\bar x = \frac1N\sum_{i=1}^N x_i"])
    assert isinstance(context, Context) and context.sort_of(r"\bar{x}") is None


def test_what_is_declared_and_what_is_not() -> None:
    names = declared_names([r"x_i \in \mathbb{R}", r"N \in \mathbb{N}", r"\lambda > 0"])
    assert {"x", "N"} <= names and r"\lambda" not in names
