"""Terms at a point: exact where rational, around the truth elsewhere, and honest about what has no value."""

from __future__ import annotations

import inspect
from fractions import Fraction
from math import comb, factorial, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.certificate import Assignment, Entry, FunctionChoice, Model
from engine.kernel.enclosures.enclosure import (
    Beyond,
    Interval,
    Undefined,
    decide,
    enclose,
    satisfies,
    unevaluated_facts,
)
from engine.kernel.enclosures.interval import point
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, MatrixOf, Vector
from engine.meaning.statement import Definite, ForEach, Invertible, Relation, Smooth
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
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
    integer,
    rational,
    subtract,
)

x, y, n, i, N = (Name(name) for name in ("x", "y", "n", "i", "N"))
TWO, THREE, HALF = integer(2), integer(3), rational(Fraction(1, 2))
RANGE = IndexRange(ONE, N)
DATA = Family((RANGE,), REAL)
# Enclosed by an interval that begins at 1.
NEARLY_ONE = subtract(TWO, Apply("cos", (rational(Fraction(1, 10**40)),)))


def family(*values, first: int = 1):
    return tuple(Entry((first + k,), Fraction(v)) for k, v in enumerate(values))


def model(**values) -> Model:
    return Model(tuple(Assignment(k, Fraction(v) if isinstance(v, (int, str)) else v) for k, v in values.items()))


def context(**sorts) -> Context:
    result = Context()
    for name, sort in sorts.items():
        result = result.declare(name, sort)
    return result


REALS = context(x=REAL, y=REAL, n=Integer())
SAMPLE = context(N=NATURAL, x=DATA, y=REAL)
THREE_DATA = model(N=3, x=family(2, 5, "1/2"), y=7)


def at(term, where=None, ctx=REALS, **options):
    return enclose(term, ctx, model(x=2, y=3, n=2) if where is None else where, **options)


def exactly(value) -> Interval:
    return point(Fraction(value))


def apply(function, *arguments):
    return Apply(function, arguments)


def times(*factors):
    return Multiply(factors)


def plus(*terms):
    return Add(terms)


def x_of(index):
    return Element("x", (index,))


# --- rational terms, exactly ---------------------------------------------------------------------------------------

small = st.fractions(-4, 4, max_denominator=5)


@st.composite
def rational_terms(draw, depth=3):
    """A term of rational arithmetic in x and y, with the function that computes it."""
    kind = draw(st.sampled_from("cxy" if depth == 0 else "cxy+-*/^s"))
    sub = rational_terms(depth=depth - 1)
    match kind:
        case "c":
            value = draw(small)
            return rational(value), lambda a, b: value
        case "x":
            return x, lambda a, b: a
        case "y":
            return y, lambda a, b: b
        case "-":
            term, f = draw(sub)
            return Negate(term), lambda a, b: -f(a, b)
        case "^":
            (term, f), power = draw(sub), draw(st.integers(-2, 3))
            return Power(term, integer(power)), lambda a, b: f(a, b) ** power
        case "s":
            (term, f), upper = draw(sub), draw(st.integers(-1, 3))
            weighted = Sum("i", ONE, integer(upper), times(i, term))
            return weighted, lambda a, b: sum((k * f(a, b) for k in range(1, upper + 1)), Fraction(0))
    (s, f), (t, g) = draw(sub), draw(sub)
    if kind == "+":
        return plus(s, t), lambda a, b: f(a, b) + g(a, b)
    if kind == "*":
        return times(s, t), lambda a, b: f(a, b) * g(a, b)
    return Divide(s, t), lambda a, b: f(a, b) / g(a, b)


@settings(max_examples=150)
@given(rational_terms(), small, small)
def test_rational_terms_are_exact_or_undefined(term_and_value, a, b):
    term, compute = term_and_value
    where = Model((Assignment("x", a), Assignment("y", b), Assignment("n", Fraction(0))))
    try:
        truth = compute(a, b)
    except ZeroDivisionError:
        with pytest.raises(Undefined):
            enclose(term, REALS, where)
    else:
        assert enclose(term, REALS, where) == exactly(truth)
        assert decide(Relation(term, "=", rational(truth)), REALS, where) is True
        assert decide(Relation(term, "<", rational(truth + 1)), REALS, where) is True
        assert decide(Relation(term, "=", rational(truth + Fraction(1, 10**30))), REALS, where) is False


# --- irrational terms, against arb ---------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.fractions("1/9", 6, max_denominator=9), small, st.sampled_from((16, 64, 160)))
def test_irrational_terms_contain_the_truth(a, b, bits):
    flint = pytest.importorskip("flint")
    with flint.ctx.workprec(600):
        p, q = (flint.arb(flint.fmpq(v.numerator, v.denominator)) for v in (a, b))
        pairs = (
            (apply("exp", y), q.exp()),
            (Power(E, times(x, y)), (p * q).exp()),
            (apply("ln", plus(x, apply("exp", y))), (p + q.exp()).log()),
            (Power(x, y), (q * p.log()).exp()),
            (Power(plus(x, PI), HALF), (p + flint.arb.pi()).sqrt()),
            (Divide(apply("Gamma", rational(Fraction(7, 2))), apply("sqrt", x)), flint.arb("3.5").gamma() / p.sqrt()),
            (Derivative(Power(x, plus(x, y)), x), (p + q) * p ** (p + q - 1) + p ** (p + q) * p.log()),
            (Derivative(apply("ln", plus(x, apply("exp", y))), y, 2), p * q.exp() / (p + q.exp()) ** 2),
        )
        where = Model((Assignment("x", a), Assignment("y", b), Assignment("n", Fraction(0))))
        for term, truth in pairs:
            box = enclose(term, REALS, where, bits)
            low, high = (flint.arb(flint.fmpq(v.numerator, v.denominator)) for v in (box.low, box.high))
            # Comparisons of arb are certain: both are false for two balls that overlap.
            assert not truth < low and not truth > high
            assert box.high - box.low <= (1 + abs(box.low)) * Fraction(1, 2 ** (bits - 14))


# --- sums, products, indices ---------------------------------------------------------------------------------------


def test_sums_and_products():
    assert at(Sum("i", ONE, N, x_of(i)), THREE_DATA, SAMPLE) == exactly("15/2")
    assert at(Product("i", ONE, N, x_of(i)), THREE_DATA, SAMPLE) == exactly(5)
    assert at(Sum("i", ONE, ONE, x_of(i)), model(N=1, x=family(9), y=0), SAMPLE) == exactly(9)


def test_an_empty_range_is_0_or_1_and_its_body_is_not_evaluated():
    nothing = Divide(ONE, ZERO)
    assert at(Sum("i", ONE, ZERO, nothing)) == exactly(0)
    assert at(Product("i", ONE, ZERO, nothing)) == exactly(1)
    assert at(Sum("i", integer(5), integer(-5), nothing)) == exactly(0)


def test_double_sum_with_a_dependent_bound():
    inner = Sum("j", ONE, i, times(i, Name("j")))
    truth = sum(a * b for a in range(1, 5) for b in range(1, a + 1))
    assert at(Sum("i", ONE, integer(4), inner)) == exactly(truth)


def test_a_bound_name_hides_a_declared_one():
    assert at(Sum("x", ONE, THREE, x)) == exactly(6)
    assert at(plus(Sum("x", ONE, THREE, x), x)) == exactly(8)
    assert at(Sum("x", ONE, x, x)) == exactly(3)
    assert at(Sum("i", ONE, TWO, Sum("i", ONE, i, i))) == exactly(1 + 3)
    assert at(Evaluate(times(x, y), "x", plus(x, ONE))) == exactly(9)


def test_a_bound_name_that_hides_a_family_or_function_is_refused():
    with pytest.raises(Beyond):
        at(Sum("x", ONE, TWO, x_of(ONE)), THREE_DATA, SAMPLE)
    with pytest.raises(Beyond):
        at(Sum("exp", ONE, TWO, apply("exp", ONE)))


@pytest.mark.parametrize("index", (ZERO, integer(4), integer(-1), HALF))
def test_an_index_outside_of_its_range_is_undefined_also_under_a_factor_zero(index):
    with pytest.raises(Undefined):
        at(x_of(index), THREE_DATA, SAMPLE)
    with pytest.raises(Undefined):
        at(times(ZERO, x_of(index)), THREE_DATA, SAMPLE)


def test_an_index_that_is_not_known_exactly_is_beyond():
    with pytest.raises(Beyond):
        at(x_of(apply("ln", TWO)), THREE_DATA, SAMPLE)


def test_a_family_without_a_range_takes_every_integer_that_the_point_names():
    ctx = context(x=Family((None,), REAL))
    assert at(x_of(integer(-3)), model(x=family(8, first=-3)), ctx) == exactly(8)
    with pytest.raises(Beyond):
        at(x_of(integer(5)), model(x=family(8, first=-3)), ctx)


@pytest.mark.parametrize(
    "term",
    (
        Power(integer(9), Power(integer(9), Power(integer(9), integer(9)))),
        Power(HALF, integer(10**12)),
        Power(integer(1000), integer(2000)),
        Sum("i", ONE, integer(10**12), i),
        Product("i", ONE, integer(10**12), ONE),
        Sum("i", integer(-(10**40)), integer(10**40), ZERO),
        Sum("i", ONE, integer(10**4), Sum("j", ONE, integer(10**4), i)),
        apply("factorial", integer(10**9)),
        apply("pad", Matrix(((ONE,),)), integer(10**9)),
        apply("pad", Matrix(((ONE,),)), NEARLY_ONE),
        apply("norm", Matrix(((ONE, TWO), (TWO, ONE)))),
        apply("det", Matrix(tuple(tuple(integer(r + c) for c in range(8)) for r in range(8)))),
        Power(apply("norm", Matrix(((ONE, TWO), (TWO, ONE)))), TWO),
        apply("exp", Power(integer(10), integer(30))),
        Number(Fraction(10**3000)),
        Derivative(x, x, 10**6),
        Inverse(Matrix(((apply("sqrt", TWO), TWO), (ONE, apply("sqrt", TWO))))),
        Inverse(Matrix(((subtract(apply("ln", TWO), apply("ln", TWO)), ONE), (ZERO, ONE)))),
        INFINITY,
        Integral("x", ZERO, ONE, apply("sin", apply("exp", x))),
        Integral("x", ONE, TWO, FunctionDerivative("digamma", 0, 2, (x,))),
        apply("nonsense", x),
        Name("undeclared"),
        Element("undeclared", (ONE,)),
        apply("floor", Divide(times(apply("ln", TWO), THREE), apply("ln", TWO))),
        Divide(ONE, subtract(apply("ln", TWO), apply("ln", TWO))),
        apply("ln", subtract(PI, PI)),
    ),
    ids=lambda term: str(term)[:50],
)
def test_what_cannot_be_computed_is_beyond(term):
    with pytest.raises(Beyond):
        at(term)


def test_the_inverse_of_a_matrix_that_is_not_known_exactly():
    root = apply("sqrt", TWO)
    diagonal = Matrix(tuple(tuple(root if r == c else ZERO for c in range(5)) for r in range(5)))
    found = at(Inverse(diagonal))
    assert isinstance(found, tuple)
    for r, row in enumerate(found):
        for c, entry in enumerate(row):
            square = entry.low * entry.low, entry.high * entry.high
            assert square[0] <= Fraction(r == c, 2) <= square[1] and entry.high - entry.low < Fraction(1, 2**50)
    turned = at(Inverse(Matrix(((ZERO, root), (root, ONE)))))  # ((-1/2, 1/√2), (1/√2, 0))
    assert isinstance(turned, tuple)
    assert turned[0][0].low <= Fraction(-1, 2) <= turned[0][0].high and turned[1][1].contains_zero()


def test_deep_nesting_is_beyond_and_not_a_crash():
    term = x
    for _ in range(5000):
        term = Negate(term)
    with pytest.raises(Beyond):
        at(term)
    assert decide(Relation(term, "=", x), REALS, model(x=0, y=0, n=0)) is None


def test_the_step_budget_ends_the_computation():
    total = Sum("i", ONE, integer(1000), i)
    assert at(total) == exactly(500500)
    with pytest.raises(Beyond):
        at(total, steps=500)


# --- where there is no value ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "term",
    (
        Divide(ONE, ZERO),
        Divide(ZERO, ZERO),
        times(ZERO, Divide(ZERO, ZERO)),
        times(ZERO, Power(subtract(x, TWO), integer(-1))),
        Power(ZERO, integer(-1)),
        Power(ZERO, Negate(n)),
        Power(ZERO, rational(Fraction(-1, 2))),
        Power(Negate(ONE), HALF),
        Power(Negate(ONE), y),
        Power(Negate(x), y),
        Power(Negate(x), plus(y, n)),
        Power(integer(-8), Divide(THREE, integer(4))),
        apply("ln", ZERO),
        apply("log", integer(-2)),
        apply("sqrt", integer(-4)),
        apply("Gamma", ZERO),
        apply("Gamma", integer(-2)),
        apply("factorial", integer(-1)),
        Inverse(Matrix(((ONE, TWO), (TWO, integer(4))))),
        Inverse(ZERO),
        subtract(Divide(ONE, ZERO), Divide(ONE, ZERO)),
        Evaluate(ONE, "x", Divide(ONE, ZERO)),
        Derivative(Divide(ONE, subtract(x, TWO)), x),
        Derivative(apply("ln", subtract(x, TWO)), x),
        Derivative(apply("sqrt", subtract(x, THREE)), x),
    ),
    ids=lambda term: str(term)[:60],
)
def test_what_has_no_value_is_undefined(term):
    with pytest.raises(Undefined):
        at(term)
    assert decide(Relation(term, "=", term), REALS, model(x=2, y=3, n=2)) is None


# --- integrals in closed form --------------------------------------------------------------------------------------

t, k = Name("t"), Name("k")


def over_unit(body):
    return Integral("t", ZERO, ONE, body)


@pytest.mark.parametrize(
    ("term", "value"),
    (
        (Integral("t", ZERO, x, t), 2),
        (Integral("t", ONE, ZERO, t), "-1/2"),
        (over_unit(Sum("i", integer(30), integer(31), Power(t, i))), Fraction(1, 31) + Fraction(1, 32)),
        (Integral("t", ZERO, INFINITY, apply("exp", Negate(times(x, t)))), "1/2"),
        (Integral("t", ZERO, PI, apply("sin", t)), 2),
        (over_unit(Integral("s", ZERO, t, Name("s"))), "1/6"),
        (over_unit(times(t, Sum("k", ONE, n, k))), "3/2"),
        (over_unit(Sum("k", ONE, n, Power(t, k))), "5/6"),
        (over_unit(Product("k", ONE, n, plus(t, k))), "23/6"),
        (over_unit(Sum("k", n, ONE, Power(t, k))), 0),
        (over_unit(Product("k", n, ONE, Power(t, k))), 1),
    ),
    ids=lambda part: str(part)[:60],
)
def test_integrals(term, value):
    assert at(term) == exactly(value)


def test_an_integral_that_is_not_rational():
    found = at(Integral("t", ONE, TWO, Divide(ONE, t)))
    assert found.low < Fraction(693147180559945309418, 10**21) and found.high > Fraction(693147180559945309417, 10**21)
    assert found.high - found.low < Fraction(1, 10**15)
    rate = apply("sin", ONE)
    found = at(times(rate, Integral("t", ZERO, INFINITY, apply("exp", Negate(times(rate, t))))))
    assert found.low <= 1 <= found.high and found.high - found.low < Fraction(1, 10**15)


@pytest.mark.parametrize(
    "body",
    (
        Divide(ONE, t),
        Divide(ONE, subtract(t, HALF)),
        Divide(subtract(t, HALF), subtract(t, HALF)),
        apply("exp", apply("ln", subtract(t, HALF))),
        Derivative(Power(t, TWO), t),
        Sum("k", ONE, HALF, Power(t, k)),
        Sum("k", HALF, ONE, Power(t, k)),
        Sum("k", NEARLY_ONE, TWO, Power(t, k)),
        Sum("k", ZERO, NEARLY_ONE, Power(t, k)),
        Sum("k", ONE, integer(22), Power(t, k)),
        Sum("k", ONE, apply("exp", ONE), Power(t, k)),
    ),
    ids=lambda part: str(part)[:60],
)
def test_integrals_without_a_value_that_is_known_are_beyond(body):
    with pytest.raises(Beyond):
        at(over_unit(body))


# --- powers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "value"),
    (
        (Power(ZERO, ZERO), 1),
        (Power(ZERO, subtract(n, n)), 1),
        (Power(ZERO, n), 0),
        (Power(Negate(x), plus(n, ONE)), -8),
        (Power(Negate(x), Negate(times(n, ONE))), "1/4"),
        (Power(Negate(ONE), Sum("i", ONE, THREE, i)), 1),
        (Power(ZERO, HALF), 0),
        (Power(ZERO, Divide(ONE, integer(100))), 0),
        (Power(integer(-8), Divide(ONE, THREE)), -2),
        (Power(integer(-8), Divide(TWO, THREE)), 4),
        (Power(integer(-8), Negate(Divide(ONE, THREE))), "-1/2"),
        (Power(integer(-8), Divide(Negate(ONE), THREE)), "-1/2"),
        (Power(integer(4), Divide(THREE, TWO)), 8),
        (Power(integer(9), Number(Fraction(1, 2), 1)), 3),
        (Power(x, y), 8),
        (Power(E, ZERO), 1),
        (apply("sqrt", rational(Fraction(9, 4))), "3/2"),
        (apply("sqrt", ZERO), 0),
    ),
    ids=lambda part: str(part)[:60],
)
def test_powers(term, value):
    assert at(term) == exactly(value)


@pytest.mark.parametrize(
    "term",
    (
        Power(ZERO, y),
        Power(ZERO, subtract(y, y)),
        Power(Negate(x), Divide(n, TWO)),
        Power(Negate(x), plus(n, Divide(n, TWO))),
        Power(integer(-8), Divide(TWO, integer(6))),
        Evaluate(Power(Negate(x), y), "y", TWO),
    ),
    ids=lambda term: str(term)[:60],
)
def test_powers_that_may_be_read_in_two_ways_are_beyond(term):
    with pytest.raises(Beyond):
        at(term)


# --- known functions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "value"),
    (
        (apply("abs", integer(-3)), 3),
        (apply("floor", rational(Fraction(-7, 2))), -4),
        (apply("floor", integer(3)), 3),
        (apply("ceil", rational(Fraction(7, 2))), 4),
        (apply("floor", PI), 3),
        (apply("max", x, y, integer(-9)), 3),
        (apply("min", x, y, integer(-9)), -9),
        (apply("Gamma", integer(5)), 24),
        (apply("factorial", ZERO), 1),
        (apply("factorial", integer(6)), 720),
        (apply("ln", ONE), 0),
        (apply("exp", ZERO), 1),
    ),
    ids=lambda part: str(part)[:60],
)
def test_known_functions(term, value):
    assert at(term) == exactly(value)


# --- matrices ------------------------------------------------------------------------------------------------------

A = Matrix(((ONE, TWO), (THREE, integer(4))))
B = Matrix(((ZERO, ONE), (ONE, ZERO)))
MATRICES = Context().define("A", (), A).define("P", (), apply("pad", Name("A"), ONE)).declare("k", REAL)


def rows(*lines):
    return tuple(tuple(map(exactly, line)) for line in lines)


def test_ones_and_zeros():
    assert at(apply("ones", TWO, ONE)) == rows((1,), (1,))
    assert at(apply("zeros", TWO, ONE)) == rows((0,), (0,))


def test_matrix_arithmetic_keeps_the_order():
    assert at(times(A, B)) == rows((2, 1), (4, 3))
    assert at(times(B, A)) == rows((3, 4), (1, 2))
    assert at(times(TWO, A, x, B)) == rows((8, 4), (16, 12))
    assert at(plus(A, Negate(B))) == rows((1, 1), (2, 4))
    assert at(Transpose(A)) == rows((1, 3), (2, 4))
    assert at(Divide(A, TWO)) == rows(("1/2", 1), ("3/2", 2))
    assert at(Inverse(A)) == rows((-2, 1), ("3/2", "-1/2"))
    assert at(Inverse(B)) == rows((0, 1), (1, 0))
    assert at(apply("det", A)) == exactly(-2)
    assert at(apply("trace", A)) == exactly(5)
    assert at(Sum("i", ONE, THREE, times(i, A))) == rows((6, 12), (18, 24))


@given(st.lists(st.lists(small, min_size=3, max_size=3), min_size=3, max_size=3))
def test_the_inverse_times_the_matrix_is_the_identity_and_singular_is_undefined(values):
    term = Matrix(tuple(tuple(map(rational, row)) for row in values))
    (a, b, c), (d, e, f), (g, h, k) = values
    determinant = a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)
    assert at(apply("det", term)) == exactly(determinant)
    if determinant:
        assert at(times(Inverse(term), term)) == rows((1, 0, 0), (0, 1, 0), (0, 0, 1))
    else:
        with pytest.raises(Undefined):
            at(Inverse(term))


@pytest.mark.parametrize(
    "term",
    (
        plus(A, ONE),
        plus(A, Matrix(((ONE, TWO),))),
        times(A, Matrix(((ONE, TWO),))),
        Power(A, Divide(ONE, TWO)),
        Divide(ONE, A),
        Inverse(Matrix(((ONE, ONE),))),
        apply("ln", A),
        Matrix(()),
        Matrix(((ONE,), (ONE, TWO))),
    ),
    ids=lambda term: str(term)[:60],
)
def test_shapes_that_do_not_fit_are_beyond(term):
    with pytest.raises(Beyond):
        at(term)


def test_defined_matrices_are_indexed_from_one_and_padding_is_zero():
    def entry(name, *place):
        return enclose(Element(name, tuple(map(integer, place))), MATRICES, Model())

    assert entry("A", 2, 1) == exactly(3)
    assert [entry("P", 1, 1), entry("P", 2, 2), entry("P", 3, 3), entry("P", 4, 4)] == [*map(exactly, (0, 1, 4, 0))]
    assert enclose(Name("P"), MATRICES, Model()) == rows((0, 0, 0, 0), (0, 1, 2, 0), (0, 3, 4, 0), (0, 0, 0, 0))
    for name, place in (("A", (0, 1)), ("A", (3, 1)), ("A", (1, 3)), ("P", (5, 1)), ("P", (0, 0))):
        with pytest.raises(Undefined):
            entry(name, *place)
    with pytest.raises(Beyond):
        entry("A", 1)


def test_a_single_index_goes_into_a_column():
    ctx = Context().define("c", (), Matrix(((ONE,), (TWO,))))
    assert enclose(Element("c", (TWO,)), ctx, Model()) == exactly(2)
    assert enclose(Element("c", (TWO, ONE)), ctx, Model()) == exactly(2)
    with pytest.raises(Undefined):
        enclose(Element("c", (THREE,)), ctx, Model())


def test_an_exponent_from_a_family_has_the_sort_of_its_elements():
    integers, reals = (context(x=Family((None,), sort)) for sort in (Integer(), REAL))
    term = Power(integer(-2), x_of(ONE))
    assert enclose(term, integers, model(x=family(3))) == exactly(-8)
    with pytest.raises(Undefined):
        enclose(term, reals, model(x=family(3)))


def test_vectors_and_matrices_of_symbolic_dimension_are_numbers_in_dimension_one():
    theta, H = Name("θ"), Name("H")
    ctx = context(d=NATURAL, θ=Vector(Name("d")), H=MatrixOf(Name("d"), Name("d")))
    where = model(d=1, θ=3, H=4)
    assert satisfies(ctx, where)
    assert enclose(times(Transpose(theta), Inverse(H), theta), ctx, where) == exactly("9/4")
    assert enclose(Element("θ", (ONE,)), ctx, where) == exactly(3)
    assert enclose(Derivative(times(Transpose(theta), H, theta), theta, 2), ctx, where) == exactly(8)
    with pytest.raises(Undefined):
        enclose(Element("θ", (TWO,)), ctx, where)
    wider = model(d=2, θ=3, H=4)
    assert not satisfies(ctx, wider)
    with pytest.raises(Beyond):
        enclose(theta, ctx, wider)
    with pytest.raises(Undefined):
        enclose(Inverse(H), ctx, model(d=1, θ=3, H=0))


# --- definitions and functions -------------------------------------------------------------------------------------


def test_definitions_unfold_with_their_parameters():
    mean = Divide(Sum("i", ONE, N, x_of(i)), N)
    ctx = SAMPLE.define("m", (), mean).define("z", ("a",), subtract(x_of(Name("a")), Name("m")))
    ctx = ctx.define("g", ("u", "v"), subtract(Name("u"), times(TWO, Name("v"))))
    assert at(Name("m"), THREE_DATA, ctx) == exactly("5/2")
    assert at(Sum("i", ONE, N, subtract(x_of(i), Name("m"))), THREE_DATA, ctx) == exactly(0)
    assert at(Sum("i", ONE, N, Element("z", (i,))), THREE_DATA, ctx) == exactly(0)
    assert at(apply("g", y, ONE), THREE_DATA, ctx) == exactly(5)
    assert at(Derivative(Name("m"), x_of(TWO)), THREE_DATA, ctx) == exactly("1/3")
    with pytest.raises(Undefined):
        at(Element("z", (integer(9),)), THREE_DATA, ctx)
    with pytest.raises(Beyond):
        at(apply("g", y), THREE_DATA, ctx)


def test_the_derivative_of_a_defined_function_in_its_parameter():
    ctx = REALS.define("g", ("u", "v"), times(Name("u"), Name("v"), Name("v"), x))
    assert at(FunctionDerivative("g", 1, 2, (y, ONE)), ctx=ctx) == exactly(2 * 3 * 2)
    assert at(FunctionDerivative("g", 0, 1, (x, y)), ctx=ctx) == exactly(9 * 2)
    with pytest.raises(Beyond):
        at(FunctionDerivative("exp", 0, 1, (x,)))


def test_definitions_in_a_circle_are_beyond():
    ctx = Context().define("a", (), plus(Name("b"), ONE)).define("b", (), Name("a"))
    ctx = ctx.define("f", ("k",), apply("f", plus(Name("k"), ONE)))
    for term in (Name("a"), apply("f", ONE), Element("f", (ONE,))):
        with pytest.raises(Beyond):
            enclose(term, ctx, Model())


def test_an_evaluation_bar_and_a_derivative_reach_into_a_definition():
    ctx = REALS.define("l", (), times(x, x, y))
    assert at(Evaluate(Name("l"), "x", integer(5)), ctx=ctx) == exactly(75)
    assert at(Derivative(Name("l"), x), ctx=ctx) == exactly(12)
    assert at(Evaluate(Derivative(Name("l"), x), "x", integer(5)), ctx=ctx) == exactly(30)


def test_an_index_bound_around_a_definition_that_mentions_it_is_refused():
    ctx = REALS.define("inner", (), times(TWO, n)).define("outer", (), plus(Name("inner"), ONE))
    assert at(Name("outer"), ctx=ctx) == exactly(5)
    for body in (Name("inner"), Name("outer")):
        with pytest.raises(Beyond):
            at(Sum("n", ONE, THREE, body), ctx=ctx)
    assert at(Sum("i", ONE, THREE, Name("outer")), ctx=ctx) == exactly(15)


def test_a_definition_seen_outside_of_an_index_is_still_refused_inside():
    ctx = REALS.define("inner", (), times(TWO, n))
    with pytest.raises(Beyond):
        at(plus(Name("inner"), Sum("n", ONE, THREE, Name("inner"))), ctx=ctx)


def test_a_definition_is_not_remembered_across_an_evaluation_bar():
    ctx = REALS.define("l", (), times(x, x))
    assert at(plus(Name("l"), Evaluate(Name("l"), "x", THREE), Name("l")), ctx=ctx) == exactly(4 + 9 + 4)
    twice = Sum("i", ONE, TWO, Name("l"))
    assert at(plus(Evaluate(twice, "x", THREE), Evaluate(twice, "x", integer(5))), ctx=ctx) == exactly(2 * 9 + 2 * 25)


def test_an_evaluation_bar_is_for_no_defined_name():
    with pytest.raises(Beyond, match="which is defined"):
        at(Evaluate(Name("l"), "l", ONE), ctx=REALS.define("l", (), times(x, x)))


def test_both_declared_and_defined_is_beyond():
    with pytest.raises(Beyond):
        at(x, ctx=REALS.define("x", (), ONE))


FUNCTION = context(x=REAL, y=REAL).define(
    "f", ("a", "b"), plus(times(Name("a"), Name("a"), Name("b")), Power(Name("b"), THREE))
)


def test_defined_functions_and_their_derivatives_in_an_argument():
    where = model(x=2, y=3)

    def d(slot, order, *arguments):
        return at(FunctionDerivative("f", slot, order, arguments), where, FUNCTION)

    assert at(apply("f", x, y), where, FUNCTION) == exactly(12 + 27)
    assert d(0, 1, x, y) == exactly(12)
    assert d(1, 1, x, y) == exactly(4 + 27)
    assert d(1, 2, x, y) == exactly(18)
    assert at(Derivative(apply("f", times(x, x), x), x), where, FUNCTION) == exactly(5 * 16 + 3 * 4)
    mixed = Derivative(FunctionDerivative("f", 0, 1, (x, y)), y)
    assert at(mixed, where, FUNCTION) == exactly(4)
    with pytest.raises(Beyond):
        d(2, 1, x, y)


@pytest.mark.parametrize("choice", (FunctionChoice(("a",), Name("a")), Fraction(1)))
def test_a_declared_function_has_no_value_at_a_point(choice):
    ctx = context(f=Function((REAL,), REAL), x=REAL)
    where = Model((Assignment("f", choice), Assignment("x", Fraction(2))))
    for term in (apply("f", x), FunctionDerivative("f", 0, 1, (x,)), Name("f")):
        with pytest.raises(Beyond):
            at(term, where, ctx)
    assert not satisfies(ctx, where)


def test_an_evaluation_bar_keeps_the_sort_of_a_declared_integer():
    assert at(Evaluate(Power(Negate(x), n), "n", THREE)) == exactly(-8)
    with pytest.raises(Beyond):
        at(Evaluate(Derivative(times(n, x), n), "n", THREE))


def test_a_function_of_a_vector_is_taken_in_dimension_one():
    square = times(Transpose(Name("t")), Name("t"))
    ctx = context(d=NATURAL, θ=Vector(Name("d"))).define("R", ("t",), square)
    hessian = FunctionDerivative("R", 0, 2, (Name("θ"),))
    step = Negate(times(Inverse(hessian), FunctionDerivative("R", 0, 1, (Name("θ"),))))
    assert enclose(step, ctx, model(d=1, θ=3)) == exactly(-3)


def test_a_declared_name_does_not_silently_replace_a_known_function():
    ctx = context(exp=Function((REAL,), REAL))
    with pytest.raises(Beyond):
        enclose(apply("exp", ONE), ctx, model(exp=FunctionChoice(("a",), ZERO)))


# --- derivatives ---------------------------------------------------------------------------------------------------


@given(st.lists(small, min_size=1, max_size=5), small, st.integers(1, 4))
def test_derivatives_of_polynomials_are_exact(coefficients, where, order):
    body = Add(tuple(times(rational(c), Power(x, integer(k))) for k, c in enumerate(coefficients)))
    truth = sum(
        c * factorial(k) / factorial(k - order) * where ** (k - order) for k, c in enumerate(coefficients) if k >= order
    )
    point = Model((Assignment("x", where),))
    assert enclose(Derivative(body, x, order), REALS, point) == exactly(truth)
    nested = body
    for _ in range(order):
        nested = Derivative(nested, x)
    assert enclose(nested, REALS, point) == exactly(truth)


@given(st.integers(1, 5), st.integers(-4, 4).filter(bool), st.fractions("1/3", 3, max_denominator=4))
def test_derivatives_of_integer_powers_and_quotients(order, k, where):
    falling = prod((Fraction(k - j) for j in range(order)), start=Fraction(1))
    point = Model((Assignment("x", where),))
    assert enclose(Derivative(Power(x, integer(k)), x, order), REALS, point) == exactly(falling * where ** (k - order))
    quotient = Divide(ONE, plus(ONE, x))
    truth = (-1) ** order * factorial(order) / (1 + where) ** (order + 1)
    assert enclose(Derivative(quotient, x, order), REALS, point) == exactly(truth)


@given(st.integers(1, 4), st.sampled_from(("1/2", "3/2", "-1/2", "1/3")))
def test_derivatives_of_roots_are_exact_at_perfect_powers(order, exponent):
    r, base = Fraction(exponent), Fraction(64)
    falling = prod((r - j for j in range(order)), start=Fraction(1))
    root = {2: 8, 3: 4}[r.denominator]
    truth = falling * Fraction(root) ** r.numerator / base**order
    point = model(x=64)
    assert enclose(Derivative(Power(x, rational(r)), x, order), REALS, point) == exactly(truth)


def test_derivative_of_an_odd_root_at_a_negative_point():
    term = Derivative(Power(x, Divide(ONE, THREE)), x)
    assert enclose(term, REALS, model(x=-8)) == exactly("1/12")


def test_derivatives_of_exp_and_ln_at_exact_points():
    assert at(Derivative(apply("exp", times(y, subtract(x, TWO))), x, 3)) == exactly(27)
    assert at(Derivative(Power(E, times(y, subtract(x, TWO))), x, 3)) == exactly(27)
    assert at(Derivative(apply("ln", subtract(x, ONE)), x, 4)) == exactly(-6)
    assert at(Derivative(apply("abs", Negate(times(x, x))), x)) == exactly(4)


def test_nested_derivatives_do_not_confuse_their_increments():
    # d/dx (x · d/dy (x + y)) = 1, where one shared increment would give 2 (Siskind and Pearlmutter).
    assert at(Derivative(times(x, Derivative(plus(x, y), y)), x)) == exactly(1)
    assert at(Derivative(times(x, Derivative(times(x, x), x)), x)) == exactly(8)
    assert at(Derivative(Evaluate(Derivative(times(x, x, x), x), "x", times(TWO, x)), x)) == exactly(48)
    assert at(Derivative(Evaluate(Derivative(times(x, y), x), "x", y), y)) == exactly(1)


def test_a_derivative_in_one_entry_of_a_family():
    total = Sum("i", ONE, N, Power(x_of(i), TWO))
    assert at(Derivative(total, x_of(TWO)), THREE_DATA, SAMPLE) == exactly(10)
    assert at(Derivative(Sum("i", ONE, N, x_of(i)), x_of(N)), THREE_DATA, SAMPLE) == exactly(1)
    each = Sum("k", ONE, N, times(Name("k"), Derivative(total, x_of(Name("k")))))
    assert at(each, THREE_DATA, SAMPLE) == exactly(2 * (1 * 2 + 2 * 5 + 3 * Fraction(1, 2)))
    assert at(Derivative(x_of(ONE), x_of(TWO)), THREE_DATA, SAMPLE) == exactly(0)
    with pytest.raises(Undefined):
        at(Derivative(total, x_of(integer(4))), THREE_DATA, SAMPLE)
    ctx = SAMPLE.declare("z", Family((IndexRange(ONE, apply("floor", x_of(ONE))),), REAL))
    where = model(N=3, x=family(2, 5, "1/2"), y=7, z=family(3, 4))
    assert at(Derivative(times(x_of(ONE), Element("z", (TWO,))), x_of(ONE)), where, ctx) == exactly(4)


def test_a_matrix_that_is_given_as_a_number_is_no_variable():
    ctx = Context().declare("d", NATURAL).declare("A", MatrixOf(Name("d"), Name("d")))
    with pytest.raises(Beyond, match="a matrix in dimension 1"):
        at(Derivative(apply("det", Name("A")), Name("A")), model(d=1, A=3), ctx)


def test_no_derivative_in_an_entry_of_a_family_of_integers():
    ctx = context(N=NATURAL, k=Family((RANGE,), Integer()))
    first = Element("k", (ONE,))
    with pytest.raises(Beyond, match="not a family of real numbers"):
        at(Derivative(Power(first, TWO), first), model(N=1, k=family(3)), ctx)


def test_the_derivative_of_a_matrix_is_taken_entry_by_entry():
    body = Matrix(((times(x, x), y), (ONE, x)))
    assert at(Derivative(body, x)) == rows((4, 0), (0, 1))


def test_leibniz():
    order, k = 5, 3
    body = times(Power(x, integer(k)), Power(E, subtract(x, TWO)))
    truth = sum(
        comb(order, j) * Fraction(factorial(k), factorial(k - j)) * Fraction(2) ** (k - j) for j in range(k + 1)
    )
    assert at(Derivative(body, x, order)) == exactly(truth)


@pytest.mark.parametrize(
    "term",
    (
        Derivative(n, n),
        Derivative(Power(x, n), n),
        Sum("i", ONE, TWO, Derivative(times(i, x), i)),
        Derivative(apply("floor", x), x),
        Derivative(apply("abs", subtract(x, TWO)), x),
        Derivative(apply("sqrt", subtract(x, TWO)), x),
        Derivative(Power(subtract(x, TWO), Divide(THREE, TWO)), x),
        Derivative(Power(subtract(x, TWO), Divide(ONE, THREE)), x),
        Derivative(apply("sgn", x), x),
        Derivative(apply("factorial", x), x),
        Derivative(Sum("i", ONE, x, i), x),
        Derivative(Power(ZERO, x), x),
        Derivative(x, Name("undeclared")),
        Derivative(x, x, 0),
    ),
    ids=lambda term: str(term)[:60],
)
def test_derivatives_that_this_arithmetic_does_not_know_are_beyond(term):
    with pytest.raises(Beyond):
        at(term)


# --- relations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "sign", "right", "expected"),
    (
        (x, "=", TWO, True),
        (x, "=", THREE, False),
        (x, "≠", THREE, True),
        (x, "≠", TWO, False),
        (x, "<", y, True),
        (x, "<", TWO, False),
        (y, "<", x, False),
        (x, "≤", TWO, True),
        (y, "≤", x, False),
        (x, ">", TWO, False),
        (y, ">", x, True),
        (x, "≥", TWO, True),
        (x, "≥", y, False),
        (PI, "<", rational(Fraction(22, 7)), True),
        (PI, "=", rational(Fraction(22, 7)), False),
        (PI, "≥", rational(Fraction(333, 106)), True),
        (apply("ln", integer(4)), "=", times(TWO, apply("ln", TWO)), None),
        (apply("ln", integer(4)), "≠", times(TWO, apply("ln", TWO)), None),
        (apply("ln", integer(4)), "≤", times(TWO, apply("ln", TWO)), None),
        (PI, "=", PI, None),
        (rational(Fraction(1, 3)), "≈", Number(Fraction(33, 100), 2), True),
        (rational(Fraction(1, 3)), "≈", Number(Fraction(34, 100), 2), False),
        (rational(Fraction(1, 8)), "≈", Number(Fraction(12, 100), 2), True),
        (rational(Fraction(1, 8)), "≈", Number(Fraction(13, 100), 2), True),
        (rational(Fraction(1, 3)), "≈", Number(Fraction(330, 1000), 3), False),
        (Negate(PI), "≈", Negate(Number(Fraction(314, 100), 2)), True),
        (integer(7), "≈", integer(7), True),
        (rational(Fraction(38, 5)), "≈", integer(7), False),
        (PI, "≈", PI, None),
        (PI, "≈", rational(Fraction(22, 7)), None),
        (A, "=", A, True),
        (A, "=", B, False),
        (A, "≠", B, True),
        (A, "=", Transpose(A), False),
        (times(A, Inverse(A)), "=", Matrix(((ONE, ZERO), (ZERO, ONE))), True),
        (A, "<", B, None),
        (A, "=", Matrix(((ONE, TWO),)), None),
        (Matrix(((PI,),)), "=", Matrix(((PI,),)), None),
        (Matrix(((PI, ONE),)), "=", Matrix(((PI, TWO),)), False),
        (A, "=", ONE, None),
        (Divide(ONE, ZERO), "≠", ONE, None),
    ),
    ids=lambda part: str(part)[:40],
)
def test_decide(left, sign, right, expected):
    assert decide(Relation(left, sign, right), REALS, model(x=2, y=3, n=2)) is expected


def test_more_bits_decide_more():
    close = Relation(apply("exp", rational(Fraction(1, 10**20))), "≠", rational(1 + Fraction(1, 10**20)))
    assert decide(close, REALS, model(x=0, y=0, n=0), bits=64) is None
    assert decide(close, REALS, model(x=0, y=0, n=0), bits=256) is True


# --- contexts ------------------------------------------------------------------------------------------------------

FACTS = SAMPLE.assume(
    Relation(y, ">", ZERO),
    ForEach("i", ONE, N, Relation(x_of(i), "≥", ZERO)),
    Relation(Sum("i", ONE, N, x_of(i)), ">", ZERO),
)


@pytest.mark.parametrize(
    ("where", "expected"),
    (
        (THREE_DATA, True),
        (model(N=1, x=family(1), y=1), True),
        (model(N=0, x=(), y=1), False),
        (model(N="1/2", x=family(1), y=1), False),
        (model(N=3, x=family(1, 2), y=1), False),
        (model(N=2, x=family(1, -2), y=1), False),
        (model(N=2, x=family(0, 0), y=1), False),
        (model(N=2, x=family(1, 2), y=0), False),
        (model(N=2, x=family(1, 2)), False),
        (model(x=family(1, 2), y=1), False),
        (model(N=2, y=1), False),
        (model(N=1, x=7, y=1), False),
        (model(N=1, x=(Entry((1,), Fraction(1)), Entry((1,), Fraction(2))), y=1), False),
        (model(N=1, x=(Entry((1, 1), Fraction(1)),), y=1), False),
        (model(N=10**12, x=family(1), y=1), False),
        (model(N=1, x=family(1), y=FunctionChoice((), ONE)), False),
        (Model((*THREE_DATA.assignments, Assignment("y", Fraction(8)))), False),
    ),
)
def test_satisfies(where, expected):
    assert satisfies(FACTS, where) is expected


def test_a_point_gives_each_entry_of_a_vector_once():
    two = context(v=Vector(TWO))
    assert satisfies(two, model(v=family(1, 2)))
    assert not satisfies(two, model(v=family(1)))
    assert not satisfies(two, model(v=(*family(1, 2), Entry((2,), Fraction(3)))))


@pytest.mark.parametrize(
    ("rows", "strict", "weak"),
    (
        (((1, 0), (0, 1)), True, True),
        (((2, -1), (-1, 2)), True, True),
        (((1, 1), (1, 1)), False, True),
        (((0, 0), (0, 0)), False, True),
        (((0, 0), (0, 1)), False, True),
        (((1, 0), (0, "-1/2")), False, False),
        (((0, 0), (0, "-1/2")), False, False),
        (((1, 2), (2, 1)), False, False),
        (((2, 1), (0, 2)), False, False),
    ),
)
def test_definite_matrices(rows, strict, weak):
    cells = tuple(Entry((i, j), Fraction(v)) for i, row in enumerate(rows, 1) for j, v in enumerate(row, 1))
    ctx = context(A=MatrixOf(TWO, TWO))
    assert satisfies(ctx.assume(Definite(Name("A"), True)), model(A=cells)) is strict
    assert satisfies(ctx.assume(Definite(Name("A"), False)), model(A=cells)) is weak


NEARLY_E = tuple(apply("exp", rational(1 + Fraction(k, 10**60))) for k in (1, 2))


@pytest.mark.parametrize(
    "shape",
    [Matrix(((ONE, ZERO),)), Matrix(((ONE,), (ZERO,))), Matrix(((TWO, NEARLY_E[0]), (NEARLY_E[1], integer(9))))],
)
def test_a_matrix_that_is_not_symmetric_is_not_definite(shape):
    assert not satisfies(Context().assume(Definite(shape, False)), Model(()))


def test_a_fact_that_is_undefined_or_undecided_is_not_satisfied():
    where = model(x=2, y=3, n=2)
    assert satisfies(REALS, where)
    assert not satisfies(REALS.assume(Relation(Divide(ONE, ZERO), "≠", ZERO)), where)
    assert not satisfies(REALS.assume(Relation(apply("ln", integer(4)), "=", times(TWO, apply("ln", TWO)))), where)
    assert satisfies(REALS.assume(ForEach("i", ONE, ZERO, Relation(ONE, "=", ZERO))), where)
    assert not satisfies(REALS.assume(ForEach("i", ONE, integer(10**12), Relation(ONE, "=", ONE))), where)


def test_families_of_two_indices_and_of_integers():
    ctx = context(N=NATURAL, X=Family((RANGE, IndexRange(ONE, TWO)), Integer(0)))
    full = tuple(Entry((a, b), Fraction(a * b)) for a in (1, 2) for b in (1, 2))
    assert satisfies(ctx, model(N=2, X=full))
    assert not satisfies(ctx, model(N=2, X=full[1:]))
    assert not satisfies(ctx, model(N=2, X=(*full[:3], Entry((2, 2), Fraction(-1)))))
    assert not satisfies(ctx, model(N=2, X=(*full[:3], Entry((2, 2), Fraction(1, 2)))))
    with pytest.raises(Undefined):
        enclose(Element("X", (ONE, THREE)), ctx, model(N=2, X=full))


def test_other_facts_are_left_to_the_caller():
    smooth, invertible = Smooth("f", ZERO, 1), Invertible(Name("H"))
    ctx = REALS.assume(smooth, Relation(x, ">", ZERO), invertible)
    assert unevaluated_facts(ctx) == (smooth,)
    assert not satisfies(ctx, model(x=2, y=3, n=2))  # H has no value there


def test_the_precision_is_one() -> None:
    """A witness that ``decide`` accepts is shown with the enclosures that decided it."""
    defaults = {inspect.signature(function).parameters["bits"].default for function in (enclose, satisfies)}
    assert defaults == {64}
