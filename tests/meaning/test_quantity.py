"""Derivatives in a quantity that is no name."""

from __future__ import annotations

import pytest

from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning import term as terms
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementReading, read_statement, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import REAL
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ZERO,
    Apply,
    Call,
    Dependent,
    Derivative,
    Evaluate,
    FunctionDerivative,
    Name,
    Power,
    Term,
    integer,
)
from engine.span import Problem

EMPTY = Context()
V, X, SIGMA = Name("v"), Name("x"), Name(r"\sigma")
SQUARE = Power(SIGMA, integer(2))


def term(text: str) -> Term:
    result = read_term(text, EMPTY)
    assert isinstance(result, Reading), result
    again = read_term(term_latex(result.term), EMPTY)
    assert isinstance(again, Reading) and again.term == result.term, term_latex(result.term)
    return result.term


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\frac{d}{d\sigma^2} \ln \sigma^2", Evaluate(Derivative(Apply("ln", (V,)), V), "v", SQUARE)),
        (r"\frac{d}{d\sigma^2} \sigma^4", Evaluate(Derivative(Power(V, integer(2)), V), "v", SQUARE)),
        (r"\frac{\partial L}{\partial\sigma^2}", Evaluate(Derivative(Dependent(Name("L"), (V,)), V), "v", SQUARE)),
        (
            r"\frac{\partial g(a, f(x))}{\partial f(x)}",
            Evaluate(FunctionDerivative("g", 1, 1, (Name("a"), V)), "v", Apply("f", (X,))),
        ),
        (
            r"\frac{d}{dv^2} \ln v^2",
            Evaluate(Derivative(Apply("ln", (Name("u"),)), Name("u")), "u", Power(V, integer(2))),
        ),
        (r"\frac{\partial^2 f}{\partial\mathbf{x} \partial\mathbf{x}^\top}", None),
    ],
)
def test_reads(text: str, expected: Term | None) -> None:
    bold = Name(r"\mathbf{x}")
    assert term(text) == (expected or Derivative(Dependent(Name("f"), (bold,)), bold, 2))


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{d}{d\sigma^2} \ln \sigma",
        r"\frac{d}{d\sigma^2} (\sigma^2 + \sigma^3)",
        r"\frac{\partial \sum_j L(f(x_j))}{\partial f(x_i)}",
        r"\frac{\partial \mathbb{E}[f(x)]}{\partial f(x)}",
        r"\frac{\partial \sum_{x=1}^n f(x)}{\partial f(x)}",
        r"\frac{\partial f}{\partial (a + b)}",
        r"\frac{\partial f}{\partial x^\top}",
        r"\frac{d}{d x^3} x^3",
    ],
)
def test_what_depends_on_it_in_another_way_is_refused(text: str) -> None:
    assert isinstance(read_term(text, EMPTY), Problem)


def verdict(text: str) -> object:
    context = EMPTY.declare(r"\sigma", REAL, Relation(SIGMA, ">", ZERO)).declare("S", REAL)
    found = read_statement(text, context)
    assert isinstance(found, StatementReading), found
    return judge(Claim(found.context, found.relations[0]))


def test_the_derivative_is_that_of_the_new_variable() -> None:
    body = r"\frac{d}{d\sigma^2} \left(-3 \ln \sigma^2 - \frac{S}{2 \sigma^2}\right)"
    assert isinstance(verdict(body + r" = -\frac{3}{\sigma^2} + \frac{S}{2 \sigma^4}"), Proved)
    assert isinstance(verdict(body + r" = -\frac{6}{\sigma} + \frac{S}{\sigma^3}"), Refuted)


def test_a_density_is_told_apart_by_its_arguments() -> None:
    found = term(r"\frac{\partial p(y \mid f(x))}{\partial f(x)}")
    assert found == Evaluate(Derivative(Call(Name("p"), (Name("y"),), (V,)), V), "v", Apply("f", (X,)))
    assert isinstance(found, terms.Evaluate)
