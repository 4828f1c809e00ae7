"""Contexts taken in, entries of matrices, padding, bars and bounds: what the normal form decides itself."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import NormalForm, SignCalculus
from engine.kernel.forms import sign as signs
from engine.kernel.forms.context import interval_facts, scope_of
from engine.kernel.forms.normal import as_rational
from engine.kernel.forms.polynomial import constant, of_atom
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, Vector
from engine.meaning.statement import ForEach, Interval, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
    Derivative,
    Divide,
    Element,
    Evaluate,
    FunctionDerivative,
    Matrix,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    rational,
    subtract,
)
from tests.kernel.exercise import given, leaf, proved, reason, says, why_not

x, a, N, i = map(Name, "x a N i".split())
TWO, THREE = integer(2), integer(3)


@pytest.mark.parametrize(
    ("sort", "sign"),
    [
        (Integer(1), signs.POSITIVE),
        (Integer(3), signs.POSITIVE),
        (Integer(0), signs.NOT_NEGATIVE),
        (Integer(-1), signs.ANY),
        (Integer(), signs.ANY),
        (REAL, signs.ANY),
    ],
)
def test_a_sort_says_what_it_says(sort: Integer, sign: signs.Sign) -> None:
    scope = scope_of(Context().declare("x", sort))
    assert scope.algebra.sign(scope.number(x)) == sign
    assert scope.algebra.is_integer(scope.number(x)) == isinstance(sort, Integer)


@pytest.mark.parametrize(
    ("sign", "known"),
    [
        ("<", signs.NEGATIVE),
        ("≤", signs.NOT_POSITIVE),
        (">", signs.POSITIVE),
        ("≥", signs.NOT_NEGATIVE),
        ("≠", signs.NONZERO),
        ("≈", signs.ANY),
    ],
)
def test_a_fact_says_what_it_says(sign: str, known: signs.Sign) -> None:
    opposite = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}.get(sign, sign)
    for fact in (Relation(x, sign, ZERO), Relation(ZERO, opposite, x), Relation(Add((x, ONE)), sign, ONE)):  # type: ignore[arg-type]
        scope = scope_of(Context().declare("x", REAL).assume(fact))
        assert scope.algebra.sign(scope.number(x)) == known


def test_facts_shift_and_scale() -> None:
    context = Context().declare("x", REAL).assume(Relation(Multiply((TWO, x)), ">", integer(6)))
    for goal, holds in ((Relation(x, ">", THREE), True), (Relation(x, ">", integer(4)), False),
                        (Relation(subtract(TWO, x), "<", ZERO), True), (Relation(Power(x, TWO), ">", integer(9)), True),
                        (Relation(Power(x, TWO), ">", integer(10)), False)):  # fmt: skip
        if holds:
            assert proved(context, goal).conditions == ()
        else:
            assert "does not follow" in reason(context, goal)


def test_facts_by_definitions_and_facts_that_cannot_be_read() -> None:
    context = Context().declare("x", REAL).define("a", (), subtract(x, ONE)).assume(Relation(a, ">", ZERO))
    assert proved(context, Relation(x, ">", ONE)).conditions == ()
    odd = context.assume(Relation(Apply("nothing", (x,)), ">", ZERO))
    assert proved(odd, Relation(x, ">", ONE)).conditions == ()


def test_facts_about_families() -> None:
    context = given(N="nat", x="family", y="free family")
    later = context.assume(ForEach("i", TWO, N, Relation(Element("x", (i,)), ">", ZERO)))
    assert proved(later, ForEach("i", TWO, N, Relation(Element("x", (i,)), ">", ZERO))).conditions == ()
    assert "does not follow" in reason(later, ForEach("i", ONE, N, Relation(Element("x", (i,)), "≥", ZERO)))
    sooner = context.assume(ForEach("i", ONE, subtract(N, ONE), Relation(Element("x", (i,)), ">", ZERO)))
    goal = ForEach("i", ONE, N, Relation(Element("x", (i,)), ">", ZERO))
    assert "does not follow" in reason(sooner, goal)
    assert proved(sooner, ForEach("i", ONE, subtract(N, TWO), goal.body)).conditions == ()
    above = context.assume(ForEach("i", ONE, N, Relation(Element("x", (i,)), ">", ONE)))
    assert proved(above, Relation(Element("x", (N,)), ">", ONE)).conditions == ()
    assert "does not follow" in reason(above, Relation(Element("y", (N,)), ">", ONE))
    assert proved(above, Relation(Element("x", (TWO,)), ">", ONE)).conditions == (Relation(TWO, "≤", N),)
    assert "does not follow" in reason(above, Relation(Element("x", (TWO,)), ">", TWO))
    equal = context.assume(ForEach("i", ONE, N, Relation(Element("x", (i,)), "=", ONE)))
    assert "different normal forms" in reason(equal, Relation(Element("x", (N,)), "=", ONE))


def test_families_of_integers() -> None:
    for least, holds in ((0, True), (None, False)):
        context = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), Integer(least)))
        goal = ForEach("i", ONE, N, Relation(Element("x", (i,)), "≥", ZERO))
        assert (leaf(context, goal, SignCalculus()) == "proved") == holds
        power = Relation(Power(a, Element("x", (N,))), "=", Power(a, Element("x", (N,))))
        assert (leaf(context.declare("a", REAL), power, NormalForm()) == "proved") == holds


# ---- entries

GRID = Matrix(((ONE, TWO), (THREE, x)))
CONTEXT = (
    given(x="real", n="nat").define("X", (), GRID).define("Y", (), Name("X")).define("v", (), Matrix(((ONE,), (x,))))
)
CONTEXT = CONTEXT.define("wide loop", (), Apply("pad", (Name("wide loop"), ONE)))
CONTEXT = CONTEXT.define("P", (), Apply("pad", (Name("Y"), ONE))).define("Q", (), Apply("pad", (Name("P"), TWO)))
CONTEXT = CONTEXT.define("uneven", (), Apply("pad", (Matrix(((ONE,), (ONE, TWO))), ONE))).define(
    "loop", (), Name("loop")
)


def entry(name: str, *places: Term) -> Term:
    return Element(name, places)


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (entry("X", ONE, ONE), ONE),
        (entry("X", ONE, TWO), TWO),
        (entry("X", TWO, ONE), THREE),
        (entry("X", TWO, TWO), x),
        (entry("X", Divide(integer(4), TWO), ONE), THREE),
        (entry("Y", TWO, TWO), x),
        (entry("v", TWO), x),
        (entry("v", TWO, ONE), x),
        (entry("P", ONE, ONE), ZERO),
        (entry("P", integer(4), integer(4)), ZERO),
        (entry("P", ONE, TWO), ZERO),
        (entry("P", TWO, TWO), ONE),
        (entry("P", TWO, THREE), TWO),
        (entry("P", THREE, THREE), x),
        (entry("P", TWO, integer(4)), ZERO),
        (entry("Q", integer(4), integer(5)), TWO),
        (entry("Q", integer(8), integer(8)), ZERO),
        (Sum("i", ONE, TWO, entry("X", i, i)), Add((ONE, x))),
        (Name("X"), GRID),
        (Apply("pad", (Matrix(((x,),)), ONE)), Matrix(((ZERO,) * 3, (ZERO, x, ZERO), (ZERO,) * 3))),
        (Apply("pad", (Matrix(((x, ONE),)), ONE)), Matrix(((ZERO,) * 4, (ZERO, x, ONE, ZERO), (ZERO,) * 4))),
        (Apply("pad", (GRID, ZERO)), GRID),
        (Evaluate(GRID, "x", TWO), Matrix(((ONE, TWO), (THREE, TWO)))),
    ],
)
def test_entries(term: Term, value: Term) -> None:
    assert proved(CONTEXT, Relation(term, "=", value)).conditions == ()


@pytest.mark.parametrize(
    ("term", "why"),
    [
        (entry("X", ZERO, ONE), "there is no entry 0, 1 of this matrix"),
        (entry("X", ONE, ZERO), "there is no entry 1, 0 of this matrix"),
        (entry("X", THREE, ONE), "there is no entry 3, 1 of this matrix"),
        (entry("X", ONE, THREE), "there is no entry 1, 3 of this matrix"),
        (entry("v", TWO, TWO), "there is no entry 2, 2 of this matrix"),
        (entry("X", Negate(ONE), ONE), "there is no entry -1, 1 of this matrix"),
        (entry("P", ZERO, ONE), "there is no entry 0, 1 of this matrix"),
        (entry("P", integer(5), ONE), "there is no entry 5, 1 of this matrix"),
        (entry("P", ONE, integer(5)), "there is no entry 1, 5 of this matrix"),
        (entry("X", Divide(ONE, TWO), ONE), "whose place is not known"),
        (entry("X", Name("n"), ONE), "whose place is not known"),
        (entry("X", ONE, ONE, ONE), "whose place is not known"),
        (entry("uneven", ONE, ONE), "the size of a matrix that is not written out"),
        (entry("loop", ONE, ONE), "there is no entry|circle"),
        (entry("wide loop", ONE, ONE), "the size of a matrix that is not written out"),
        (Apply("pad", (GRID, Negate(ONE))), "padding by something other than a small number"),
        (Apply("pad", (GRID, Divide(ONE, TWO))), "padding by something other than a small number"),
        (Apply("pad", (GRID, x)), "padding by something other than a small number"),
        (Apply("pad", (GRID, integer(401))), "padding by something other than a small number"),
        (Apply("pad", (x, ONE)), "padding of something that is not written out"),
        (Sum("x", ONE, TWO, entry("X", TWO, TWO)), "mentions a name which is bound"),
        (Derivative(entry("X", TWO, TWO), x), "mentions a name which is bound"),
        (FunctionDerivative("digamma", 0, 1, (x, x)), "digamma, which is not declared as a function"),
        (Constant("infinity"), "an infinite value"),
        (Apply("ln", (GRID,)), "a matrix where a number is expected"),
    ],
)
def test_no_entry(term: Term, why: str) -> None:
    found = reason(CONTEXT, Relation(term, "=", term))
    assert any(part in found for part in why.split("|")), found


def test_a_function_of_a_matrix_that_is_written_out() -> None:
    context = CONTEXT.declare("f", Function((Vector(ONE),), REAL))
    assert "written out" in reason(context, Relation(Apply("f", (Matrix(((ONE,),)),)), "=", ONE))


# ---- derivatives use only what holds nearby; bars forget what is known


def test_only_strict_facts_hold_nearby() -> None:
    size = r"\frac{d}{dx}|x|=1"
    assert says(size, x="pos").conditions == ()
    assert why_not(size, x="nonneg") == "a condition that is needed for the statement to be defined"
    context = Context().declare("x", REAL).assume(Relation(x, "≠", ZERO))
    assert reason(context, Relation(Derivative(Apply("abs", (x,)), x), "=", ONE)) != "proved"
    for bound, sign, holds in ((ZERO, ">", True), (ZERO, "≥", False), (ONE, "≥", True)):
        context = Context().declare("x", REAL).assume(Relation(x, sign, bound))  # type: ignore[arg-type]
        slope = Relation(Derivative(Apply("abs", (x,)), x), "=", ONE)
        assert (leaf(context, slope, NormalForm()) == "proved") == holds


def test_interval_facts() -> None:
    scope = scope_of(given(x="real"))
    number = of_atom(scope.algebra.fresh_variable(integer=False))
    found = {}
    for low, high in ((False, False), (True, True)):
        facts = interval_facts(number, Interval(ONE, TWO, low, high), scope)
        found[low] = [fact.sign for fact in facts]
        assert [fact.polynomial[()] for fact in facts] == [-1, 2]
    assert found == {False: [signs.POSITIVE] * 2, True: [signs.NOT_NEGATIVE] * 2}
    assert interval_facts(number, Interval(Negate(INFINITY), INFINITY), scope) == []


def test_as_rational() -> None:
    assert as_rational(constant(Fraction(1, 3))) == Fraction(1, 3)
    assert as_rational({}) == 0
    assert as_rational(of_atom(0)) is None
    assert as_rational(constant(2**20_000)) is None and as_rational(constant(Fraction(1, 2**20_000))) is None
    assert as_rational(constant(2**19_999)) is not None


def test_a_budget_ends_long_work() -> None:
    terms = tuple(Name(f"x{k}") for k in range(12))
    context = Context()
    for name in terms:
        context = context.declare(name.name, REAL)
    power = Power(Add(terms), integer(12))
    assert reason(context, Relation(power, "=", ZERO)) == "the step budget is spent"


@pytest.mark.parametrize("value", [Fraction(1, 2), Fraction(-3)])
def test_numbers(value: Fraction) -> None:
    assert proved(Context(), Relation(Multiply((rational(value), TWO)), "=", rational(2 * value))).conditions == ()
