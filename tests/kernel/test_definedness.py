"""The conditions of definedness: dropped where they follow, reported where they do not, needed where too strict."""

from __future__ import annotations

import pytest

from engine.kernel import check, refute
from engine.kernel.certificate import Certificate, Model, NormalForm
from engine.kernel.definedness import Conditions, Place
from engine.kernel.forms.context import scope_of
from engine.kernel.unfold import unfold
from engine.kernel.unproved import Unproved
from engine.kernel.verdict import Open
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, MatrixOf
from engine.meaning.statement import ForEach, Invertible, Relation, Smooth, Statement
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Divide,
    Element,
    Evaluate,
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import given, says

x, y, p, i, n, k, t, N, A = map(Name, "x y p i n k t N A".split())
CONTEXT = given(x="real", y="real", p="pos", q="nonneg", n="nat0", k="integer", N="nat", u="family", z="pos family")
TWO = integer(2)


def conditions(term: Term, context: Context = CONTEXT) -> list[Statement] | str:
    found = Conditions(frozenset())
    try:
        found.of(unfold(term, context), Place(scope_of(context)))
    except Unproved as unproved:
        return str(unproved)
    return found.left


def nonzero(term: Term) -> Relation:
    return Relation(term, "≠", ZERO)


def positive(term: Term) -> Relation:
    return Relation(term, ">", ZERO)


def at_least_zero(term: Term) -> Relation:
    return Relation(term, "≥", ZERO)


def ln(term: Term) -> Term:
    return Apply("ln", (term,))


def root(term: Term) -> Term:
    return Apply("sqrt", (term,))


NEEDED = "a condition that is needed for the statement to be defined"
HALF = Divide(ONE, TWO)
CASES = [
    (Divide(ONE, x), [nonzero(x)]),
    (Divide(ONE, p), []),
    (Multiply((ZERO, Divide(ONE, x))), [nonzero(x)]),
    (Divide(ONE, Divide(ONE, x)), [nonzero(x)]),
    (ln(x), [positive(x)]),
    (ln(p), []),
    (ln(Name("q")), [positive(Name("q"))]),
    (Apply("log", (x,)), [positive(x)]),
    (root(x), [at_least_zero(x)]),
    (root(Name("q")), []),
    (Apply("exp", (x,)), []),
    (Apply("abs", (x,)), []),
    (Apply("floor", (Divide(ONE, x),)), [nonzero(x)]),
    (Apply("Gamma", (p,)), []),
    (Apply("Gamma", (x,)), NEEDED),
    (Apply("Gamma", (Name("q"),)), NEEDED),
    (Apply("Gamma", (Negate(HALF),)), []),
    (Apply("Gamma", (ZERO,)), NEEDED),
    (Apply("digamma", (integer(-2),)), NEEDED),
    (Apply("factorial", (n,)), []),
    (Apply("factorial", (k,)), [Relation(k, "≥", ZERO)]),
    (Apply("factorial", (p,)), "factorial of something not known to be an integer"),
    (Power(x, TWO), []),
    (Power(x, Negate(TWO)), [nonzero(x)]),
    (Power(x, ZERO), []),
    (Power(x, n), []),
    (Power(x, k), NEEDED),
    (Power(p, k), []),
    (Power(x, Negate(n)), NEEDED),
    (Power(x, y), [positive(x)]),
    (Power(p, y), []),
    (Power(x, HALF), [at_least_zero(x)]),
    (Power(x, Negate(HALF)), [positive(x)]),
    (Power(x, Divide(ONE, integer(3))), []),
    (Power(x, Negate(Divide(ONE, integer(3)))), [nonzero(x)]),
    (Power(Apply("exp", (ZERO,)), Divide(ONE, x)), [nonzero(x)]),
    (Element("u", (ONE,)), []),
    (Element("u", (N,)), []),
    (Element("u", (TWO,)), [Relation(TWO, "≤", N)]),
    (Element("u", (n,)), [Relation(n, "≥", ONE), Relation(n, "≤", N)]),
    (Element("u", (ZERO,)), [Relation(ZERO, "≥", ONE)]),
    (Sum("i", ONE, N, Element("u", (i,))), []),
    (Sum("i", ZERO, N, Element("u", (i,))), [ForEach("i", ZERO, N, Relation(i, "≥", ONE))]),
    (Sum("i", ONE, Add((N, ONE)), Element("u", (i,))), [ForEach("i", ONE, Add((N, ONE)), Relation(i, "≤", N))]),
    (Sum("i", ONE, N, Divide(ONE, Element("u", (i,)))), [ForEach("i", ONE, N, nonzero(Element("u", (i,))))]),
    (Sum("i", ONE, N, Divide(ONE, Element("z", (i,)))), []),
    (Sum("i", ONE, N, Divide(ONE, x)), [nonzero(x)]),
    (Sum("i", ONE, N, Divide(ONE, i)), []),
    (Sum("i", ONE, TWO, Divide(ONE, subtract(x, i))), [nonzero(subtract(x, ONE)), nonzero(subtract(x, TWO))]),
    (Sum("i", integer(-1), ONE, Divide(ONE, i)), [nonzero(ZERO)]),
    (Sum("i", TWO, ONE, Divide(ONE, ZERO)), []),
    (Sum("i", ONE, Divide(N, ONE), ONE), []),
    (Sum("i", ONE, Apply("floor", (Divide(ONE, x),)), i), [nonzero(x)]),
    (Sum("i", Apply("floor", (Divide(ONE, x),)), N, i), [nonzero(x)]),
    (Sum("i", Apply("floor", (Divide(ONE, x),)), INFINITY, Power(HALF, i)), [nonzero(x)]),
    (Sum("i", ONE, integer(500), Divide(ONE, i)), "a sum that is too long to write out"),
    (Evaluate(Divide(ONE, t), "t", x), [nonzero(x)]),
    (Evaluate(Divide(ONE, t), "t", TWO), []),
    (Evaluate(t, "t", Divide(ONE, x)), [nonzero(x)]),
    (Evaluate(ln(Add((t, y))), "t", x), [positive(Add((x, y)))]),
    (Derivative(Power(x, TWO), x), []),
    (Derivative(Apply("kron", (Matrix(((x,),)), Matrix(((ONE,),)))), x), "the derivative of kron"),
    (Derivative(Divide(ONE, x), x), [nonzero(x)]),
    (Derivative(ln(x), x), [positive(x)]),
    (Derivative(root(x), x), NEEDED),
    (Derivative(root(p), p), []),
    (Derivative(root(y), x), [at_least_zero(y)]),
    (Derivative(Apply("abs", (x,)), x), NEEDED),
    (Derivative(Apply("abs", (p,)), p), []),
    (Derivative(Apply("abs", (y,)), x), []),
    (Derivative(Apply("floor", (x,)), x), "the derivative of floor"),
    (Derivative(Apply("indicator", (x,)), x), "the derivative of indicator"),
    (Derivative(Apply("max", (x, y)), x), NEEDED),
    (Derivative(Apply("max", (y, y)), x), []),
    (Derivative(Apply("floor", (y,)), x), []),
    (Derivative(Power(x, Divide(ONE, integer(3))), x), [nonzero(x)]),
    (Derivative(Power(x, x), x), [positive(x)]),
    (Derivative(Element("u", (Apply("floor", (x,)),)), x), "a derivative through an index"),
    (Evaluate(Derivative(Apply("abs", (t,)), t), "t", p), []),
    (Evaluate(Derivative(Apply("abs", (t,)), t), "t", x), NEEDED),
    (Evaluate(Derivative(root(t), t), "t", ZERO), NEEDED),
    (Derivative(Evaluate(Apply("abs", (t,)), "t", x), x), NEEDED),
    (Derivative(Evaluate(Apply("abs", (x,)), "x", TWO), x), []),
    (Derivative(Sum("x", ONE, TWO, Apply("abs", (x,))), x), []),
    (Integral("t", ZERO, INFINITY, Apply("exp", (Divide(Negate(t), p),))), []),
    (Integral("t", ZERO, INFINITY, Apply("exp", (Divide(Negate(t), x),))), NEEDED),
    (Integral("t", ZERO, ONE, ln(t)), []),
    (Integral("t", ZERO, Divide(ONE, x), t), [nonzero(x)]),
    # Between equal bounds lies nothing: the integrand must be defined at them.
    (Integral("t", ZERO, ZERO, Divide(ONE, t)), [nonzero(ZERO)]),
    (Integral("t", ZERO, ZERO, ln(t)), [positive(ZERO)]),
    (Integral("t", ONE, ONE, Divide(ONE, t)), []),
    (Integral("t", x, x, Divide(ONE, t)), [nonzero(x)]),
    (Integral("t", p, p, ln(t)), []),
    (Derivative(Integral("t", x, x, Divide(ONE, t)), x), [nonzero(x)]),
    (Integral("t", ZERO, subtract(x, x), Divide(ONE, t)), [nonzero(ZERO)]),
    (Integral("t", ZERO, ONE, Apply("exp", (Apply("sin", (Power(t, HALF),)),))), []),
    (Integral("t", ZERO, ONE, Apply("exp", (Apply("sin", (ln(t),)),))), NEEDED),
    (Integral("t", Negate(INFINITY), INFINITY, ln(t)), NEEDED),
    (Inverse(x), [nonzero(x)]),
    (Inverse(p), []),
]  # fmt: skip


@pytest.mark.parametrize(("term", "wanted"), CASES)
def test_conditions(term: Term, wanted: list[Statement] | str) -> None:
    assert conditions(term) == wanted


def test_each_condition_is_reported_once() -> None:
    assert conditions(Add((Divide(ONE, x), Divide(TWO, x), ln(p)))) == [nonzero(x)]


class TestFunctions:
    context = CONTEXT.declare("f", Function((REAL,), REAL)).declare("g", Function((REAL, REAL), REAL, 1))
    f, slope = Apply("f", (x,)), FunctionDerivative("f", 0, 1, (x,))

    def test_a_value_needs_nothing(self) -> None:
        assert conditions(self.f, self.context) == []
        assert conditions(Derivative(Apply("f", (y,)), x), self.context) == []

    def test_a_derivative_needs_smoothness(self) -> None:
        why = "f is not known to have 1 continuous derivatives here"
        assert conditions(self.slope, self.context) == why
        assert conditions(Derivative(self.f, x), self.context) == why
        assert conditions(self.slope, self.context.assume(Smooth("f", x, 1))) == []
        assert conditions(self.slope, self.context.assume(Smooth("f", Add((x, ZERO)), 2))) == []
        for fact in (Smooth("f", x, 0), Smooth("f", y, 1), Smooth("g", x, 1)):
            assert conditions(self.slope, self.context.assume(fact)) == why
        twice = FunctionDerivative("f", 0, 2, (x,))
        assert "2 continuous" in str(conditions(twice, self.context.assume(Smooth("f", x, 1))))
        assert "2 continuous" in str(conditions(Derivative(self.slope, x), self.context.assume(Smooth("f", x, 1))))
        assert conditions(Derivative(self.slope, x), self.context.assume(Smooth("f", x, 2))) == []

    def test_a_derivative_in_one_of_two_arguments_needs_smoothness(self) -> None:
        twice = Derivative(FunctionDerivative("g", 0, 1, (x, y)), x)
        assert conditions(twice, self.context) == "g is not known to have 2 continuous derivatives here"

    def test_what_was_proved_on_the_way_counts(self) -> None:
        found = Conditions(frozenset({Smooth("f", x, 1)}))
        found.of(self.slope, Place(scope_of(self.context)))
        assert found.left == []

    def test_two_arguments_need_it_everywhere(self) -> None:
        assert conditions(FunctionDerivative("g", 1, 1, (x, y)), self.context) == []
        assert "g is not known to have 2" in str(conditions(FunctionDerivative("g", 1, 2, (x, y)), self.context))
        why = conditions(FunctionDerivative("g", 0, 2, (x, y)), self.context.assume(Smooth("g", x, 2)))
        assert "g is not known to have 2" in str(why)

    def test_an_undeclared_function(self) -> None:
        assert conditions(FunctionDerivative("w", 0, 1, (x,)), self.context) == "w is not declared as a function"


def test_the_inverse_of_a_matrix() -> None:
    context = Context().declare("d", NATURAL).declare("A", MatrixOf(Name("d"), Name("d")))
    context = context.declare("B", MatrixOf(Name("d"), Name("d")))
    why = [Relation(Apply("det", (A,)), "≠", ZERO)]
    assert conditions(Inverse(A), context) == why
    assert conditions(Inverse(A), context.assume(Invertible(A))) == []
    assert conditions(Inverse(A), context.assume(Invertible(Multiply((TWO, HALF, A))))) == []
    assert conditions(Inverse(A), context.assume(Invertible(Name("B")))) == why
    assert conditions(Inverse(A), context.assume(Invertible(Multiply((TWO, A))))) == why


def test_a_family_of_two_indices() -> None:
    ranges = (IndexRange(ONE, N), IndexRange(ONE, TWO))
    context = CONTEXT.declare("w", Family(ranges, REAL))
    assert conditions(Element("w", (ONE, TWO)), context) == []
    assert conditions(Element("w", (ONE, integer(3))), context) == [Relation(integer(3), "≤", TWO)]
    assert conditions(Element("w", (ZERO, ONE)), context) == [Relation(ZERO, "≥", ONE)]


def test_an_integral_between_equal_bounds_is_judged_only_where_its_integrand_is_defined():
    nothing = Integral("t", ZERO, ZERO, Divide(ONE, t))
    proof = Certificate(NormalForm(), Model())
    assert isinstance(check(Claim(Context(), Relation(nothing, "=", ZERO)), proof), Open)
    assert isinstance(refute(Claim(Context(), Relation(nothing, "=", ONE)), Model()), Open)


@pytest.mark.parametrize(
    ("denominator", "left"),
    [("(x+1)^2 + 3", 0), ("(x+1)^2 + y^2 + 1", 0), ("(x+1)^2", 1), ("(x+1)^2 + y^2", 1), ("(x+1)^2 - 1", 1)],
)
def test_a_denominator_with_a_sign_needs_no_condition(denominator: str, left: int) -> None:
    text = rf"\frac{{z({denominator})}}{{{denominator}}} = z"
    assert len(says(text, x="real", y="real", z="real").conditions) == left
