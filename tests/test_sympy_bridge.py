"""The bridge: what crosses, what it may assume, and what is turned away."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    E,
    Element,
    Evaluate,
    Integral,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    Transpose,
    integer,
    rational,
    subtract,
)
from engine.sympy_bridge import BridgeError, Names, assumptions, from_sympy, literal, to_sympy

A, B, N = Name("a"), Name("b"), Name("N")
X = Element("x", (Name("i"),))
SUM = Sum("i", ONE, N, X)
CONTEXT = (
    Context()
    .declare("N", NATURAL)
    .declare("a", REAL, Relation(A, ">", ZERO))
    .declare("b", REAL)
    .declare("x", Family((IndexRange(ONE, N),), REAL), ForEach("i", ONE, N, Relation(X, "≥", ZERO)))
)

ROUND_TRIPS: tuple[Term, ...] = (
    integer(-3),
    rational(Fraction(-2, 3)),
    PI,
    E,
    INFINITY,
    Negate(INFINITY),
    Multiply((Number(Fraction(2)), A, B)),
    Divide(A, B),
    Divide(ONE, Power(B, Number(Fraction(2)))),
    Negate(Divide(N, Power(A, Number(Fraction(2))))),
    subtract(Divide(N, A), SUM),
    subtract(Multiply((N, Apply("ln", (A,)))), Multiply((A, SUM))),
    Apply("sqrt", (A,)),
    Power(E, Negate(A)),
    Apply("ln", (A,)),
    Apply("abs", (B,)),
    Apply("floor", (B,)),
    Apply("Gamma", (A,)),
    Apply("factorial", (A,)),
    Power(B, A),
)


@pytest.mark.parametrize("term", ROUND_TRIPS, ids=str)
def test_a_term_comes_back_as_it_was_written(term: Term) -> None:
    names = Names(CONTEXT)
    assert from_sympy(to_sympy(term, names), names) == term


def test_a_sum_is_split_into_constants_and_one_symbol_for_the_rest() -> None:
    names = Names(CONTEXT, frozenset({"a"}))
    total = Sum("j", ONE, N, Power(subtract(A, Element("x", (Name("j"),))), Number(Fraction(2))))
    a, n = names.symbol(A), names.symbol(N)
    found = sympy.Poly(to_sympy(total, names), a)
    assert found.coeff_monomial(a**2) == n
    linear = from_sympy(found.coeff_monomial(a) / -2, names)
    assert linear == Sum("j", ONE, N, Element("x", (Name("j"),)))


def test_a_variable_inside_a_sum_that_cannot_be_split_is_an_error_not_a_wrong_derivative() -> None:
    hidden = Sum("i", ONE, N, Apply("ln", (Add((ONE, Multiply((A, X)))),)))
    with pytest.raises(BridgeError, match="cannot separate a"):
        to_sympy(hidden, Names(CONTEXT, frozenset({"a"})))
    with pytest.raises(BridgeError, match="cannot separate a"):
        to_sympy(Derivative(hidden, A), Names(CONTEXT))


def test_sums_integrals_and_products_without_the_variable_cross_as_symbols() -> None:
    names = Names(CONTEXT, frozenset({"a"}))
    for term in (SUM, Product("i", ONE, N, X), Integral("t", ZERO, ONE, Name("t"))):
        assert to_sympy(term, names).is_Symbol
        assert from_sympy(to_sympy(term, names), names) == term


def test_symbols_carry_what_is_declared_and_nothing_more() -> None:
    names = Names(CONTEXT)
    assert names.symbol(N).is_positive and names.symbol(N).is_integer
    assert names.symbol(A).is_positive
    assert names.symbol(B).is_positive is None and names.symbol(B).is_real
    assert names.symbol(X).is_nonnegative and names.symbol(X).is_positive is None
    assert to_sympy(SUM, names).is_nonnegative and to_sympy(SUM, names).is_positive is None


def test_a_fact_about_a_sum_reaches_its_symbol() -> None:
    names = Names(CONTEXT.assume(Relation(SUM, ">", ZERO)))
    assert to_sympy(SUM, names).is_positive


@pytest.mark.parametrize(
    ("sign", "bound", "known"),
    [
        (">", ZERO, {"real": True, "positive": True}),
        (">", ONE, {"real": True, "positive": True}),
        (">", integer(-1), {"real": True}),
        ("<", ONE, {"real": True}),
        ("<", ZERO, {"real": True, "negative": True}),
        ("≠", ZERO, {"real": True, "nonzero": True}),
        ("≠", ONE, {"real": True}),
        (">", B, {"real": True}),
    ],
)
def test_what_a_comparison_says_of_a_sign(sign: str, bound: Term, known: dict[str, bool]) -> None:
    context = Context().declare("c", REAL, Relation(Name("c"), sign, bound))  # type: ignore[arg-type]
    assert assumptions(Name("c"), context) == known


def test_integers_from_zero_are_not_positive() -> None:
    assert assumptions(N, Context().declare("N", Integer(0))) == {"integer": True, "nonnegative": True}
    assert assumptions(N, Context().declare("N", Integer(-2))) == {"integer": True}


def test_definitions_are_unfolded_all_parameters_at_once() -> None:
    context = CONTEXT.define("g", ("u", "v"), subtract(Name("u"), Name("v")))
    names = Names(context.declare("u", REAL).declare("v", REAL))
    swapped = Apply("g", (Name("v"), Name("u")))
    assert to_sympy(swapped, names) == names.symbol(Name("v")) - names.symbol(Name("u"))


def test_derivatives_and_evaluation_bars_are_carried_out() -> None:
    names = Names(CONTEXT)
    square = Power(A, Number(Fraction(2)))
    assert from_sympy(to_sympy(Derivative(square, A), names), names) == Multiply((Number(Fraction(2)), A))
    assert to_sympy(Evaluate(square, "a", Number(Fraction(3))), names) == 9


@pytest.mark.parametrize("term", [Matrix(((ONE,),)), Transpose(A), Name("v"), Divide(ONE, ZERO)])
def test_what_is_no_number_is_turned_away(term: Term) -> None:
    with pytest.raises(BridgeError):
        to_sympy(term, Names(CONTEXT.declare("v", Vector(N))))


def test_a_declared_function_is_not_mistaken_for_a_known_one() -> None:
    names = Names(CONTEXT.declare("exp", Function((REAL,), REAL)))
    assert to_sympy(Apply("exp", (ZERO,)), names).is_Symbol


@pytest.mark.parametrize("answer", [sympy.Symbol("a"), sympy.Float(0.5), sympy.sin(1), sympy.nan, sympy.zoo, sympy.I])
def test_an_answer_that_has_no_term_is_turned_away(answer: sympy.Expr) -> None:
    with pytest.raises(BridgeError):
        from_sympy(answer, Names(CONTEXT))


def test_literals() -> None:
    assert literal(rational(Fraction(-1, 2))) == Fraction(-1, 2)
    assert literal(A) is None
    assert literal(Divide(ONE, ZERO)) is None
