"""The evaluator's semantics, and derivatives against difference quotients."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpq

from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, Integer, MatrixOf, Vector
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Comparison,
    Derivative,
    Divide,
    E,
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
    Product,
    Sum,
    Term,
    Transpose,
    integer,
    rational,
    subtract,
)
from engine.provers.ball import NoEval, Unclear, Undef, compile_term, precision
from engine.provers.differentiate import differentiate

X, Y, N, INDEX, K = (Name(name) for name in ("x", "y", "n", "i", "k"))
TWO, THREE = integer(2), integer(3)
CONTEXT = Context().declare("x", REAL).declare("y", REAL).declare("n", Integer(0)).declare("k", NATURAL)


def value(term: Term, context: Context = CONTEXT, bits: int = 128, **env: Any) -> Any:
    numbers = {name: fmpq(v) if isinstance(v, int) else v for name, v in env.items()}
    with precision(bits):
        return compile_term(term, context)(numbers)


def half(top: int, bottom: int = 2) -> Term:
    return rational(Fraction(top, bottom))


def call(name: str, *arguments: Term) -> Term:
    return Apply(name, arguments)


# --- conventions ----------------------------------------------------------------------------------------------


def test_empty_sum_and_product() -> None:
    assert value(Sum("i", TWO, ONE, X), x=5) == 0
    assert value(Product("i", TWO, ONE, X), x=5) == 1
    assert value(Sum("i", TWO, integer(-7), X), x=5) == 0


def test_bound_that_is_not_an_integer() -> None:
    with pytest.raises(Undef):
        value(Sum("i", ONE, half(5), ONE))


def test_zero_to_the_zero_with_an_integer_exponent() -> None:
    assert value(Power(X, N), x=0, n=0) == 1
    assert value(Power(X, ZERO), x=0) == 1
    with pytest.raises(Undef):
        value(Power(X, Y), x=0, y=fmpq(0))
    with pytest.raises(Undef):
        value(Power(X, integer(-1)), x=0)


def test_real_exponent_needs_a_positive_base() -> None:
    with pytest.raises(Undef):
        value(Power(X, Y), x=-2, y=fmpq(2))
    assert value(Power(X, N), x=-2, n=2) == 4
    assert value(Power(X, Add((N, ONE))), x=-2, n=2) == -8
    assert value(Power(X, Y), x=2, y=fmpq(2)) == 4


def test_roots_of_negative_numbers() -> None:
    assert abs(value(Power(X, half(1, 3)), x=-8) + 2) < fmpq(1, 10**20)
    assert abs(value(Power(X, half(2, 3)), x=-8) - 4) < fmpq(1, 10**20)
    for even in (Power(X, half(1)), Power(X, half(3, 4)), call("sqrt", X)):
        with pytest.raises(Undef):
            value(even, x=-8)
    assert value(Power(X, half(1)), x=0) == 0
    with pytest.raises(Undef):
        value(Power(X, half(-1)), x=0)


def test_logarithm_is_natural_and_needs_a_positive_argument() -> None:
    assert abs(value(call("ln", E)) - 1) < fmpq(1, 10**20)
    for bad in (0, -1):
        with pytest.raises(Undef):
            value(call("ln", X), x=bad)


def test_division_by_zero_is_certain_for_rationals_and_unclear_for_balls() -> None:
    with pytest.raises(Undef) as caught:
        value(Divide(ONE, subtract(X, X)), x=fmpq(1, 3))
    assert not isinstance(caught.value, Unclear)
    with pytest.raises(Unclear):
        value(Divide(ONE, subtract(call("ln", X), call("ln", X))), x=3)


def test_index_outside_the_declared_range() -> None:
    where = CONTEXT.declare("a", Family((None,), REAL))
    family = {(n,): fmpq(n * n) for n in range(1, 4)}
    assert value(Element("a", (K,)), where, a=family, k=3) == 9
    with pytest.raises(Undef):
        value(Element("a", (K,)), where, a=family, k=4)
    with pytest.raises(Undef):
        value(Element("a", (half(1),)), where, a=family)


def test_unknown_constructs_say_so() -> None:
    with pytest.raises(NoEval, match="zeta"):
        value(call("zeta", X), x=2)
    with pytest.raises(NoEval, match="f"):
        value(FunctionDerivative("f", 0, 1, (X,)), x=2)
    with pytest.raises(NoEval, match="q"):
        value(Name("q"))
    with pytest.raises(NoEval):
        value(INFINITY)


def test_known_functions() -> None:
    assert value(call("floor", X), x=fmpq(-3, 2)) == -2
    assert value(call("abs", X), x=-3) == 3
    assert value(call("Gamma", X), x=5) == 24
    assert value(call("factorial", N), n=4) == 24
    assert value(call("binom", N, TWO), n=5) == 10
    assert value(call("delta", N, TWO), n=2) == 1
    with pytest.raises(Undef):
        value(call("Gamma", X), x=-1)
    assert abs(value(call("Gamma", half(1))) - value(call("sqrt", PI))) < fmpq(1, 10**20)


def test_precision_follows_the_ladder() -> None:
    closure = compile_term(call("exp", X), CONTEXT)
    widths = []
    for bits in (64, 512):
        with precision(bits):
            widths.append(closure({"x": fmpq(1, 3)}).rel_accuracy_bits())
    assert widths[0] < 70 and widths[1] > 480


def test_environment_is_restored() -> None:
    env = {"x": fmpq(1), "i": fmpq(7)}
    assert compile_term(Sum("i", ONE, THREE, Multiply((INDEX, X))), CONTEXT)(env) == 6
    assert (env["x"], env["i"]) == (1, 7)
    with pytest.raises(Undef):
        compile_term(Sum("i", ZERO, THREE, Divide(X, INDEX)), CONTEXT)(env)
    assert env["i"] == 7


def test_work_at_one_point_is_bounded() -> None:
    with pytest.raises(NoEval, match="terms"):
        value(Sum("i", ONE, integer(1000), Sum("k", ONE, integer(1000), ONE)))


@pytest.mark.parametrize("slot", [-1, 1, 2])
def test_an_argument_that_is_not_there(slot: int) -> None:
    """Counting from the end does not find one either."""
    said = rf"has no argument number {slot}"
    with pytest.raises(NoEval, match="g " + said):
        value(FunctionDerivative("g", slot, 1, (X,)), CONTEXT.define("g", ("t",), Name("t")), x=2)
    declared = CONTEXT.declare("h", Function((REAL,), REAL))
    for order in (1, 2):
        with pytest.raises(NoEval, match="h " + said):
            differentiate(FunctionDerivative("h", slot, order, (X,)), X, declared)


def test_a_derivative_of_a_call_with_too_many_arguments() -> None:
    declared = CONTEXT.declare("h", Function((REAL,), REAL))
    for term in (Apply("h", (X, Y)), FunctionDerivative("h", 0, 1, (X, Y)), FunctionDerivative("h", 0, 2, (X, Y))):
        with pytest.raises(NoEval, match="h has no argument number 0"):
            differentiate(term, X, declared)


# --- definitions ----------------------------------------------------------------------------------------------


def test_definitions_unfold() -> None:
    where = CONTEXT.define("f", ("t",), Power(Name("t"), TWO)).define("g", (), call("f", Add((X, ONE))))
    assert value(Name("g"), where, x=2) == 9
    assert value(Derivative(Name("g"), X), where, x=2) == 6
    assert value(FunctionDerivative("f", 0, 1, (Multiply((TWO, X)),)), where, x=2) == 8
    assert value(Derivative(call("f", Multiply((TWO, X))), X), where, x=2) == 16


def test_arguments_are_not_captured() -> None:
    where = CONTEXT.define("f", ("t",), Sum("i", ONE, THREE, Multiply((INDEX, Name("t")))))
    assert value(Sum("i", ONE, TWO, call("f", INDEX)), where) == 6 + 12
    both = CONTEXT.define("f", ("x", "y"), subtract(X, Multiply((TWO, Y))))
    assert value(call("f", Y, X), both, x=1, y=fmpq(5)) == 3


def test_parameters_that_differ_by_primes_are_kept_apart() -> None:
    first, second = Name("t"), Name("t'")
    where = CONTEXT.define("f", ("t", "t'"), subtract(first, Multiply((TWO, second))))
    assert value(call("f", second, first), where, **{"t": 1, "t'": 5}) == 3


def test_family_definition() -> None:
    where = CONTEXT.define("s", ("j",), Power(Name("j"), TWO))
    assert value(Sum("i", ONE, THREE, Element("s", (INDEX,))), where) == 14


def test_circular_definitions() -> None:
    with pytest.raises(NoEval, match="circle"):
        value(Name("a"), CONTEXT.define("a", (), Name("b")).define("b", (), Name("a")))


def grid(*rows: tuple[int, ...]) -> Matrix:
    return Matrix(tuple(tuple(map(integer, row)) for row in rows))


def test_entries_of_defined_and_padded_matrices() -> None:
    where = CONTEXT.define("X", (), grid((1, 2), (3, 4))).define("P", (), call("pad", Name("X"), ONE))
    assert value(Element("X", (TWO, ONE)), where) == 3
    assert [value(Element("P", (integer(r), integer(r))), where) for r in range(1, 5)] == [0, 1, 4, 0]
    total = Sum("i", ONE, integer(4), Sum("k", ONE, integer(4), Element("P", (INDEX, K))))
    assert value(total, where) == 10
    for outside in ((ZERO, ONE), (ONE, integer(5))):
        with pytest.raises(Undef):
            value(Element("P", outside), where)
    assert value(Name("P"), where)[1] == (0, 1, 2, 0)


# --- matrices -------------------------------------------------------------------------------------------------

A = ((fmpq(2), fmpq(1)), (fmpq(0), fmpq(3)))
V = ((fmpq(1),), (fmpq(-2),))
MATRICES = Context().declare("A", MatrixOf(TWO, TWO)).declare("v", Vector(TWO))
AA, VV = Name("A"), Name("v")


def test_matrix_arithmetic() -> None:
    assert value(Multiply((AA, VV)), MATRICES, A=A, v=V) == ((0,), (-6,))
    assert value(Multiply((Transpose(VV), AA, VV)), MATRICES, A=A, v=V) == 12
    assert value(Multiply((Inverse(AA), AA)), MATRICES, A=A) == ((1, 0), (0, 1))
    assert value(call("det", AA), MATRICES, A=A) == 6
    assert value(call("trace", AA), MATRICES, A=A) == 5
    assert value(Element("v", (TWO,)), MATRICES, v=V) == -2
    for outside in (ZERO, THREE):
        with pytest.raises(Undef):
            value(Element("v", (outside,)), MATRICES, v=V)
    with pytest.raises(Undef):
        value(Inverse(Multiply((VV, Transpose(VV)))), MATRICES, v=V)
    with pytest.raises(NoEval):
        value(Multiply((VV, AA)), MATRICES, A=A, v=V)


def test_gradient_jacobian_hessian() -> None:
    form = Multiply((Transpose(VV), AA, VV))
    gradient = Multiply((Add((AA, Transpose(AA))), VV))
    assert value(Derivative(form, VV), MATRICES, A=A, v=V) == value(gradient, MATRICES, A=A, v=V)
    assert value(Derivative(form, VV, 2), MATRICES, A=A, v=V) == ((4, 1), (1, 6))
    assert value(Derivative(Multiply((AA, VV)), VV), MATRICES, A=A, v=V) == A
    assert value(Derivative(call("trace", AA), VV), MATRICES, A=A, v=V) == ((0,), (0,))


def test_derivative_of_an_inverse() -> None:
    inverse = Inverse(Add((AA, Multiply((Name("t"), Multiply((AA, AA)))))))
    slope = Evaluate(Derivative(Multiply((inverse, VV)), Name("t")), "t", ZERO)
    assert value(slope, MATRICES, A=A, v=V) == ((-1,), (2,))


def test_high_powers_of_matrices_are_left_alone() -> None:
    with pytest.raises(NoEval, match="high power"):
        value(Power(AA, integer(10**6)), MATRICES, A=A)
    assert value(Power(AA, TWO), MATRICES, A=A) == ((4, 5), (0, 9))
    assert value(Power(AA, integer(-1)), MATRICES, A=A) == value(Inverse(AA), MATRICES, A=A)


def test_power_rule_for_matrices_keeps_the_order() -> None:
    moved = Add((AA, Multiply((Name("t"), VV, Transpose(VV)))))
    slope = Evaluate(Derivative(Power(moved, TWO), Name("t")), "t", ZERO)
    outer = Multiply((VV, Transpose(VV)))
    expected = Add((Multiply((AA, outer)), Multiply((outer, AA))))
    assert value(slope, MATRICES, A=A, v=V) == value(expected, MATRICES, A=A, v=V)


# --- derivatives ----------------------------------------------------------------------------------------------

SMOOTH = [
    Power(X, integer(5)),
    Power(X, half(-3, 2)),
    Power(X, half(1, 3)),
    Power(X, X),
    Power(TWO, X),
    Power(E, Negate(Power(X, TWO))),
    Power(Add((X, ONE)), N),
    Divide(call("sin", X), Add((ONE, Power(X, TWO)))),
    call("ln", Add((ONE, call("exp", X)))),
    call("sqrt", Add((X, THREE))),
    call("abs", Negate(X)),
    call("Gamma", X),
    call("tanh", Multiply((X, X))),
    call("arctan", X),
    call("tan", Divide(X, THREE)),
    Multiply((call("cosh", X), call("sinh", X), call("cos", X))),
    Sum("i", ONE, integer(4), Power(X, INDEX)),
    Product("i", ONE, integer(4), subtract(X, Multiply((INDEX, half(1, 7))))),
    Integral("t", X, Power(X, TWO), Multiply((X, call("exp", Name("t"))))),
    Evaluate(Derivative(Power(Name("t"), integer(4)), Name("t")), "t", call("exp", X)),
    Evaluate(Multiply((X, Name("t"))), "t", Power(X, TWO)),
    Evaluate(Power(X, THREE), "x", call("sin", X)),
    Derivative(call("exp", Power(X, TWO)), X),
]


@pytest.mark.parametrize("term", SMOOTH, ids=range(len(SMOOTH)))
def test_derivative_against_difference_quotient(term: Term) -> None:
    closure, step, at = compile_term(term, CONTEXT), fmpq(1, 2**30), fmpq(5, 4)
    with precision(512):
        slope = compile_term(Derivative(term, X), CONTEXT)({"x": at, "n": fmpq(3)})
        ends = [closure({"x": at + side * step, "n": fmpq(3)}) for side in (1, -1)]
        quotient = (ends[0] - ends[1]) / (2 * step)
    gap = abs(arb(slope) - arb(quotient)).mid()
    assert gap < 1e-4 * (1 + abs(arb(slope))), (slope, quotient)
    if not isinstance(term, Integral):
        assert gap < 1e-12 * (1 + abs(arb(slope))), (slope, quotient)


def test_derivative_is_undefined_where_its_body_is() -> None:
    for body in (call("ln", X), call("sqrt", X)):
        with pytest.raises(Undef):
            value(Derivative(body, X), x=-1)
    with pytest.raises(Undef):
        value(Derivative(call("abs", X), X), x=0)


def test_derivative_in_a_member_of_a_family() -> None:
    where = CONTEXT.declare("a", Family((None,), REAL))
    family = {(n,): fmpq(n) for n in range(1, 4)}
    body = Sum("k", ONE, THREE, Power(Element("a", (K,)), TWO))
    assert value(Derivative(body, Element("a", (K,))), where, a=family, k=3) == 6
    with pytest.raises(Undef):
        value(Derivative(body, Element("a", (K,))), where, a=family, k=4)
    product = Product("i", ONE, THREE, Element("a", (INDEX,)))
    assert value(Derivative(product, Element("a", (K,))), where, a={**family, (2,): fmpq(0)}, k=2) == 3


def test_floor_has_no_derivative_here() -> None:
    with pytest.raises(NoEval, match="floor"):
        differentiate(call("floor", X), X, CONTEXT)


# --- integrals ------------------------------------------------------------------------------------------------


def close(found: Any, expected: Any) -> bool:
    return bool(abs(found - expected).mid() < 1e-9) and bool((found - expected).contains(0))


def test_integrals() -> None:
    t = Name("t")
    assert close(value(Integral("t", ZERO, X, Power(t, TWO)), x=3), arb(9))
    assert close(value(Integral("t", X, ZERO, Power(t, TWO)), x=3), arb(-9))
    density = Multiply((X, Power(E, Negate(Multiply((X, t))))))
    assert close(value(Integral("t", ZERO, INFINITY, density), x=fmpq(1, 7)), arb(1))
    bell = Power(E, Negate(Power(t, TWO)))
    assert close(value(Integral("t", Negate(INFINITY), INFINITY, bell)), arb.pi().sqrt())
    assert close(value(Integral("t", ONE, TWO, Power(t, X)), x=fmpq(1, 2)), (arb(8).sqrt() - 1) * 2 / 3)


def test_what_stops_an_integrand_is_reported() -> None:
    t = Name("t")
    where = CONTEXT.declare("a", Family((None,), REAL))
    with pytest.raises(Unclear, match="settle"):
        value(Integral("t", ZERO, TWO, Element("a", (call("floor", t),))), where, a={(0,): fmpq(1), (1,): fmpq(2)})
    with pytest.raises(Undef, match="index"):
        value(Integral("t", ZERO, TWO, Sum("k", ONE, TWO, call("delta", t, K))))


@pytest.mark.parametrize("end", [0, 1])
def test_singularities_at_an_end(end: int) -> None:
    t = Name("t")
    distance = t if end == 0 else subtract(ONE, t)
    root = Divide(ONE, Apply("sqrt", (distance,)))
    assert close(value(Integral("t", ZERO, ONE, root)), arb(2))
    with pytest.raises(Unclear):
        value(Integral("t", ZERO, ONE, Divide(ONE, distance)))


def test_kinks_and_jumps_are_ends() -> None:
    t = Name("t")
    assert close(value(Integral("t", integer(-1), TWO, Apply("abs", (t,)))), arb(5) / 2)
    step = Apply("indicator", (Comparison(t, "<", ONE),))
    assert close(value(Integral("t", TWO, ZERO, step)), arb(-1))


def test_matrix_as_a_bound_of_an_integral() -> None:
    with pytest.raises(NoEval, match="matrix"):
        value(Integral("t", ZERO, VV, Name("t")), MATRICES, v=V)


def test_far_and_narrow_peak_is_not_missed() -> None:
    bell = Power(E, Negate(Power(Multiply((integer(50), subtract(Name("t"), integer(300)))), TWO)))
    assert close(value(Integral("t", Negate(INFINITY), INFINITY, bell)), arb.pi().sqrt() / 50)


def test_integrals_without_a_value() -> None:
    t = Name("t")
    with pytest.raises(Undef):
        value(Integral("t", integer(-1), ONE, Divide(ONE, t)))
    with pytest.raises(Undef):
        value(Integral("t", integer(-2), ONE, call("sqrt", t)))
    with pytest.raises(Undef):
        value(Integral("t", ONE, INFINITY, Divide(ONE, t)))
    with pytest.raises(Undef):
        value(Integral("t", Negate(INFINITY), ZERO, Power(E, Negate(t))))


def test_integrands_with_derivatives_sums_and_matrices() -> None:
    t = Name("t")
    curved = Derivative(Multiply((X, Power(t, THREE))), t, 2)
    assert close(value(Integral("t", ZERO, TWO, curved), x=5), arb(60))
    moved = Power(Derivative(Multiply((X, t)), X, 1), TWO)
    assert close(value(Integral("t", ZERO, THREE, moved), x=5), arb(9))
    assert close(value(Integral("t", ZERO, ONE, Sum("i", ONE, THREE, Power(t, INDEX)))), arb(13) / 12)
    square = Multiply((t, Transpose(VV), VV))
    assert close(
        value(Integral("t", ZERO, TWO, square), MATRICES, v=V), value(Multiply((TWO, Transpose(VV), VV)), MATRICES, v=V)
    )
    with pytest.raises(Undef):
        value(Integral("t", integer(-1), ONE, Derivative(call("ln", t), t, 1)))


def test_a_double_integral() -> None:
    t, s = Name("t"), Name("s")
    inner = Integral("s", ZERO, t, Power(E, Negate(Add((s, t)))))
    assert close(value(Integral("t", ZERO, INFINITY, inner)), arb(1) / 2)


def test_a_hessian_whose_parts_do_not_all_move() -> None:
    """What does not mention the directions is evaluated once, and anew at the next point."""
    gap = subtract(VV, Multiply((TWO, Name("u"))))
    form = Multiply((Transpose(gap), gap, call("inner", Name("u"), Name("u"))))
    where = MATRICES.declare("u", MATRICES.sort_of("v"))  # type: ignore[arg-type]
    hessian = compile_term(Derivative(form, VV, 2), where)
    for u, size in ((((fmpq(1),), (fmpq(2),)), 10), (((fmpq(3),), (fmpq(0),)), 18)):
        found = hessian({"v": ((fmpq(1),), (fmpq(4),)), "u": u})
        assert found == ((size, 0), (0, size))
