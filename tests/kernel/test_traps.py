"""False claims that a kernel with one condition too few would prove, each refused for the right reason.

A case is here because it was once proved, or because a textbook proves it. The reason is part of the case.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.kernel.certificate import (
    Assignment,
    Assumption,
    ByTheorem,
    Certificate,
    Entry,
    FunctionChoice,
    Model,
    NormalForm,
    SignCalculus,
)
from engine.kernel.check import check, refute
from engine.kernel.verdict import Open
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, Vector
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
)
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
    subtract,
)
from tests.kernel.exercise import by, given, leaf, proved, reason, says, why_not

a, d, e, i, m, t, v, w, x, y, z = map(Name, "a d ε i m t v w x y z".split())
N, lam, eta, theta, zeta = map(Name, ("N", "λ", "η", "θ", "ζ"))
LINE = Interval(Negate(INFINITY), INFINITY)
REALS = Context().declare("x", REAL).declare("y", REAL)
F = Assignment("f", FunctionChoice(("t",), t))


def square(part: Term) -> Term:
    return Power(part, integer(2))


# ---- algebra

NOT_PROVED = [
    (r"\ln(-x)=-\ln x", {"x": "real"}, "needs every factor to be positive"),
    (r"\sqrt{x^2}=x", {"x": "real"}, "different normal forms"),
    (r"\sqrt{(x-1)^2}=x-1", {"x": "real"}, "different normal forms"),
    (r"\sqrt{x^2 y}=x\sqrt{y}", {"x": "real", "y": "real"}, "factors that are not negative"),
    (r"(x^3)^{\frac13}=x", {"x": "real"}, "an odd root of something whose sign is not known"),
    (r"\lfloor\Gamma(x+1)\rfloor=x\Gamma(x)", {"x": "pos"}, "different normal forms"),
    (r"(x^2)^a(x^2)^{\frac12-a}=x", {"x": "real", "a": "real"}, "not known to be positive"),
    (r"(x y)^n=x^n", {"x": "real", "y": "real", "n": "nat"}, "different normal forms"),
    (r"x^{n-1}x=x^n", {"x": "real", "n": "nat0"}, "needed for the statement to be defined"),
    (r"x^{-n}x^n=1", {"x": "real", "n": "nat0"}, "needed for the statement to be defined"),
    (r"(-1)^n(-1)^n=1", {"n": "real"}, "not known to be positive"),
    (r"(-1)^N=1", {"N": "nat"}, "different normal forms"),
    (r"(-1)^{N^2+N+1}=1", {"N": "nat"}, "different normal forms"),
    (r"(-1)^{\frac{N(N+1)}2}=(-1)^N", {"N": "nat"}, "not known to be positive"),
    (r"0^N=0", {"N": "nat0"}, "zero to a symbolic power"),
    (r"(-x)^N=x^N", {"x": "real", "N": "nat"}, "different normal forms"),
    (r"x\cdot\frac{1}{x-x}=1", {"x": "real"}, "a division by zero"),
    (r"\frac{1}{0}=\frac{1}{0}", {}, "a division by zero"),
    (r"\frac13+\frac{1}{10^{30}}=\frac13", {}, "different normal forms"),
    (r"9^{9^{9^9}}=1", {}, "a number too large to write out"),
    (r"(x+1)^{100000}=x", {"x": "real"}, "too large to expand"),
    (r"x^2>0", {"x": "real"}, "does not follow"),
    (r"\sqrt{x}>0", {"x": "nonneg"}, "does not follow"),
    (r"N-1>0", {"N": "nat"}, "does not follow"),
    (r"N>0", {"N": "nat0"}, "does not follow"),
    (r"x-y>0", {"x": "pos", "y": "pos"}, "does not follow"),
    (r"p(1-p)-\frac14>0", {"p": "unit"}, "does not follow"),
    # sums and products
    (r"\sum_{i=1}^{N-2}x_i+x_{N-1}+x_N=\sum_{i=1}^N x_i", {"N": "nat", "x": "free family"}, "may lie below"),
    (r"\sum_{i=1}^{N}1=N", {"N": "integer"}, "may lie below"),
    (r"\sum_{i=1}^{N}1=N", {"N": "real"}, "must be integers"),
    (r"\sum_{i=1}^N x_i y_i=\sum_{i=1}^N x_i\sum_{j=1}^N y_j",
     {"N": "nat", "x": "family", "y": "family"}, "different normal forms"),
    (r"\sum_{i=1}^N x_i>0", {"N": "nat0", "x": "pos family"}, "does not follow"),
    (r"\sum_{i=1}^N x_i>0", {"N": "nat", "x": "nonneg family"}, "does not follow"),
    (r"\sum_{i=2}^N\frac{1}{i-1}=\sum_{i=1}^{N-1}\frac1i", {"N": "nat"}, "a division by zero"),
    # derivatives
    (r"\frac{d}{dx}\sqrt{x}=\frac{1}{2\sqrt{x}}", {"x": "nonneg"}, "needed for the statement to be defined"),
    (r"\frac{d}{dx}|x|=1", {"x": "nonneg"}, "needed for the statement to be defined"),
    (r"\frac{d}{dx}\sqrt{x^4}=2x", {"x": "real"}, "needed for the statement to be defined"),
    (r"\frac{d}{dx}\sqrt{x^2}=\frac{x}{\sqrt{x^2}}", {"x": "real"}, "needed for the statement to be defined"),
    (r"\frac{d}{dx}\lfloor x\rfloor=0", {"x": "real"}, "the derivative of floor"),
    (r"\frac{d}{dN}N^2=2N", {"N": "nat"}, "not declared as a real number"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds", "why"), NOT_PROVED)
def test_a_textbook_slip_is_not_proved(text: str, kinds: dict[str, str], why: str) -> None:
    assert why in why_not(text, **kinds)


X, Y = Relation(x, "≠", ZERO), Relation(x, ">", ZERO)
BOTH = (Relation(Multiply((x, y)), ">", ZERO), Y, Relation(y, ">", ZERO))
PROVED = [
    # A claim speaks of the points where both sides are defined.
    (r"\ln(x y)=\ln x+\ln y", {"x": "real", "y": "real"}, BOTH),
    (r"\ln(x^2)=2\ln x", {"x": "real"}, (Relation(Power(x, integer(2)), ">", ZERO), Y)),
    (r"\sqrt{x y}=\sqrt{x}\sqrt{y}", {"x": "real", "y": "real"}, tuple(replace(one, sign="≥") for one in BOTH)),
    (r"(x y)^a=x^a y^a", {"x": "real", "y": "real", "a": "real"}, BOTH),
    (r"\ln\prod_{i=1}^N x_i=\sum_{i=1}^N\ln x_i", {"N": "nat", "x": "family"},
     (Relation(Product("i", ONE, N, Element("x", (i,))), ">", ZERO),
      ForEach("i", ONE, N, Relation(Element("x", (i,)), ">", ZERO)))),
    (r"\ln(x y)=\ln x+\ln y", {"x": "pos", "y": "pos"}, ()),
    (r"\lfloor n!\rfloor=n!", {"n": "nat"}, ()),
    (r"\sqrt{x^2}=|x|", {"x": "real"}, ()),
    (r"\sqrt{x^2}=x", {"x": "nonneg"}, ()),
    (r"\sqrt{x y}=\sqrt{x}\sqrt{y}", {"x": "nonneg", "y": "nonneg"}, ()),
    (r"(x^3)^{\frac13}=x", {"x": "nonneg"}, ()),
    (r"(x y)^a=x^a y^a", {"x": "pos", "y": "pos", "a": "real"}, ()),
    (r"\frac{x}{x}=1", {"x": "real"}, (X,)),
    (r"e^{\ln x}=x", {"x": "real"}, (Y,)),
    (r"x^0=1", {"x": "real"}, ()),
    (r"x^{n-1}x=x^n", {"x": "pos", "n": "nat0"}, ()),
    (r"(x^n)^2=x^{2n}", {"x": "real", "n": "nat0"}, ()),
    (r"\frac{0}{x}=0", {"x": "real"}, (X,)),
    (r"x^{a}x^{1-a}=x", {"x": "pos", "a": "real"}, ()),
    (r"\sqrt{8}=2\sqrt{2}", {}, ()),
    (r"\sqrt{2}\sqrt{3}=\sqrt{6}", {}, ()),
    (r"p(1-p)>0", {"p": "unit"}, ()),
    (r"x^2+1>0", {"x": "real"}, ()),
    (r"x^2\ge0", {"x": "real"}, ()),
    (r"N-1\ge0", {"N": "nat"}, ()),
    (r"\sum_{i=1}^{N}x_i=x_1+\sum_{i=2}^N x_i", {"N": "nat", "x": "family"}, ()),
    (r"\sum_{i=1}^{N}1=N", {"N": "nat0"}, ()),
    (r"\sum_{i=3}^{2}x_i=0", {"x": "free family"}, ()),
    (r"\prod_{i=3}^{2}x_i=1", {"x": "free family"}, ()),
    (r"\sum_{i=0}^{N-1}x_{i+1}=\sum_{k=1}^N x_k", {"N": "nat", "x": "family"}, ()),
    (r"\sum_{i=1}^N\sum_{j=1}^N x_i y_j=\sum_{i=1}^N x_i\sum_{j=1}^N y_j",
     {"N": "nat", "x": "family", "y": "family"}, ()),
    (r"\ln\prod_{i=1}^N x_i=\sum_{i=1}^N\ln x_i", {"N": "nat", "x": "pos family"}, ()),
    (r"\sum_{i=1}^N x_i>0", {"N": "nat", "x": "pos family"}, ()),
    (r"\sum_{i=1}^N\frac{1}{i}=\frac{1}{N}+\sum_{i=1}^{N-1}\frac1i", {"N": "nat"}, ()),
    (r"\sum_{i=1}^N(x_i-\mu)^2=\sum_{i=1}^N(x_i-\frac1N\sum_{j=1}^N x_j)^2+N(\frac1N\sum_{j=1}^N x_j-\mu)^2",
     {"N": "nat", "mu": "real", "x": "family"}, ()),
    (r"\frac{d}{dx}|x|=1", {"x": "pos"}, ()),
    (r"\frac{d}{dx}\sqrt{x}=\frac{1}{2\sqrt{x}}", {"x": "pos"}, ()),
    (r"\frac{d}{dx}x^x=x^x(\ln x+1)", {"x": "pos"}, ()),
    (r"\sum_{i=1}^N\frac{1}{x_i}x_i=N", {"N": "nat", "x": "family"},
     (ForEach("i", ONE, N, Relation(Element("x", (i,)), "≠", ZERO)),)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds", "conditions"), PROVED)
def test_its_true_neighbour_is_proved_under_just_its_conditions(
    text: str, kinds: dict[str, str], conditions: tuple[Statement, ...]
) -> None:
    assert says(text, **kinds).conditions == conditions


# ---- sums that may have no term: what stands under Σ is not evaluated there


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i=1}^N\frac1N=1",
        r"\sum_{i=1}^N\sum_{j=1}^N\frac{1}{N^2}=1",
        r"\prod_{i=1}^N e^{\frac1N}=e",
        r"\sum_{i=1}^N\frac{1}{N^i}N^{i-1}=1",
        r"\sum_{i=1}^N\Gamma(N)=N!",
        r"\sum_{i=1}^N\psi(N)=N\psi(N+1)-1",
        r"\sum_{i=1}^N\frac{i\Gamma(Ni)}{\Gamma(Ni+1)}=1",
        r"\sum_{i=1}^N\frac{i(Ni-1)!}{(Ni)!}=1",
        r"\sum_{i=1}^N\int_0^1 t^{N-1}dt=1",
        r"\prod_{i=1}^N e^{\int_0^1 t^{N-1}dt}=e",
        r"\left.\frac{d}{dy}\sum_{i=1}^N e^{y\int_0^1 t^{N-1}dt}\right|_{y=0}=1",
    ],
)
def test_an_empty_sum_has_no_term_to_owe_anything_to(text: str) -> None:
    assert "not known to be finite there" in why_not(text, N="nat0", y="real")
    says(text, N="nat", y="real")


def test_an_empty_sum_of_shares_is_not_one() -> None:
    text = r"\sum_{i=1}^N\frac{x_i}{\sum_{j=1}^N x_j}=1"
    assert "not known to be finite there" in why_not(text, N="nat0", x="pos family")
    assert says(text, N="nat", x="pos family").conditions == ()


def test_a_condition_on_every_term_says_nothing_where_there_is_none() -> None:
    text = r"\sum_{i=1}^N\frac{i}{i N}=1"
    assert "not known to be finite there" in why_not(text, N="nat0")
    assert says(text, N="nat").conditions == ()
    text = r"\sum_{i=1}^N\frac{i}{i N y}=\frac1y"
    assert "not known to be finite there" in why_not(text, N="nat0", y="real")


def test_the_slope_of_an_empty_sum_is_zero() -> None:
    context = given(N="nat0", y="real")
    slope = Derivative(Sum("i", ONE, N, Apply("exp", (Divide(y, N),))), y)
    goal = Relation(Evaluate(slope, "y", ZERO), "=", ONE)
    assert "not known to be finite there" in reason(context, goal)


@pytest.mark.parametrize(
    "text",
    [
        r"\int_0^b\frac{1}{b+\mathbb{1}[b\le 0]}dx=1",
        r"\int_0^b\frac{1}{x+b+\mathbb{1}[b\le 0]}dx=\ln 2",
        r"\int_0^b\frac{1}{b+\mathbb{1}[x\le 0]}dx=1",
        r"\int_0^b\frac{1}{b+1-\operatorname{sgn}(b)}dx=1",
    ],
)
def test_a_range_that_may_be_a_point_does_not_say_where_its_ends_lie(text: str) -> None:
    assert "a range that may be a point" in why_not(text, b="nonneg")
    says(text, b="pos")


def test_a_power_of_0_jumps_where_its_exponent_is_0() -> None:
    assert "a range that may be a point" in why_not(r"\int_0^N\frac{1}{N+0^N}dx=1", N="nat0")
    says(r"\int_0^N\frac{1}{N+0^N}dx=1", N="nat")
    says(r"\int_0^b x^N dx=\frac{b^{N+1}}{N+1}", N="nat", b="nonneg")


@pytest.mark.parametrize(
    "text",
    [
        r"\left.\frac{d}{dy}\int_0^y\sqrt{t}dt\right|_{y=0}=0",
        r"\left.\frac{d}{dy}\int_y^1\sqrt{t}dt\right|_{y=0}=0",
    ],
)
def test_an_integral_with_a_bound_that_moves_is_defined_nearby(text: str) -> None:
    assert "needed for the statement to be defined" in why_not(text)
    says(text.replace("y=0", "y=1").replace("=0", "=-1" if "_y^1" in text else "=1"))


def test_one_derivative_of_an_integral_is_none_of_what_is_integrated() -> None:
    says(r"\left.\frac{d}{dy}\int_0^y|t|dt\right|_{y=0}=0")


def test_a_power_of_a_logarithm_is_no_power_of_a_sum() -> None:
    why_not(r"\int_0^1(-\ln s)^m ds=m!", m="nat")


# ---- names


def test_a_declared_function_is_not_the_known_one_of_its_name() -> None:
    context = REALS.declare("abs", Function((REAL,), REAL))
    assert reason(context, Relation(Apply("abs", (x,)), "≥", ZERO)) == "abs is both known and declared"
    context = given(x="pos").declare("Gamma", Function((REAL,), REAL))
    assert reason(context, Relation(Apply("Gamma", (x,)), ">", ZERO)) == "Gamma is both known and declared"


@pytest.mark.parametrize(
    "goal",
    [
        Relation(Derivative(Multiply((x, Name("@1"))), x), "=", Multiply((integer(2), x))),
        Relation(Evaluate(Multiply((x, Name("@1"))), "x", integer(3)), "=", integer(9)),
    ],
)
def test_the_kernels_own_variables_cannot_be_declared(goal: Relation) -> None:
    context = Context().declare("x", REAL).declare("@1", REAL)
    assert "begin with @" in reason(context, goal)


def test_a_definition_that_mentions_a_bound_index_is_refused() -> None:
    context = Context().declare("i", NATURAL).define("y", (), i)
    assert "mentions a name that is bound" in reason(context, Relation(Sum("i", ONE, integer(2), y), "=", integer(3)))
    context = Context().declare("i", NATURAL).define("z", (), i).define("y", (), z)
    assert "mentions a name that is bound" in reason(context, Relation(Sum("i", ONE, integer(2), y), "=", integer(3)))


def test_a_parameter_does_not_capture_a_name_of_another_definition() -> None:
    context = Context().declare("a", REAL).define("z", (), Multiply((integer(2), a))).define("y", ("a",), Add((z, a)))
    why = reason(context, Relation(Apply("y", (integer(3),)), "=", integer(9)))
    assert "mentions a name that is bound" in why


def test_a_matrix_entry_that_mentions_a_bound_index_is_refused() -> None:
    context = Context().declare("i", NATURAL).define("X", (), Matrix(((i,), (i,))))
    goal = Relation(Sum("i", ONE, integer(2), Element("X", (i, ONE))), "=", integer(3))
    assert "mentions a name which is bound" in reason(context, goal)


def test_a_name_is_not_both_defined_and_bound() -> None:
    context = REALS.define("i", (), integer(7))
    for goal in (
        Relation(Sum("i", ONE, integer(2), i), "=", integer(14)),
        Relation(Evaluate(square(i), "i", integer(3)), "=", integer(49)),
        Relation(Derivative(square(i), i), "=", ZERO),
    ):
        assert reason(context, goal) == "a name that is both defined and used as a variable"


def test_an_index_range_is_not_captured_by_a_bound_name() -> None:
    context = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), REAL))
    member = Element("x", (N,))
    goal = Relation(Sum("N", ONE, integer(5), subtract(member, member)), "=", ZERO)
    assert "an index range that mentions a name which is bound" in reason(context, goal)


def test_a_condition_is_shown_with_the_names_that_it_is_about() -> None:
    context = given(N="nat", i="real", x="family")
    member = Element("x", (i,))
    goal = Relation(Evaluate(Sum("i", ONE, N, Divide(member, member)), "i", integer(5)), "=", N)
    assert proved(context, goal).conditions == (ForEach("i", ONE, N, Relation(member, "≠", ZERO)),)
    inside = Sum("i", ONE, N, Divide(ONE, Add((member, t))))
    goal = Relation(Evaluate(inside, "t", i), "=", Evaluate(inside, "t", i))
    assert "mentions a name which is bound further in" in reason(context, goal)


def test_a_condition_on_a_nested_index_is_not_left_open() -> None:
    context = given(N="nat", j="nat", x="family")
    member = Element("x", (i,))
    nested = Sum("j", ONE, N, Sum("i", ONE, Name("j"), Divide(member, member)))
    goal = Relation(nested, "=", Sum("j", ONE, N, Name("j")))
    assert "needed for the statement to be defined" in reason(context, goal)


def test_a_fact_on_an_outer_name_does_not_speak_of_a_bound_one() -> None:
    context = Context().declare("i", REAL).declare("f", Function((REAL,), REAL)).assume(Smooth("f", i, 1))
    context = context.define("g", ("t",), Sum("i", ONE, integer(2), Apply("f", (Add((i, t)),))))
    assert "f is not known to have 1 continuous derivatives" in reason(context, Smooth("g", ZERO, 1))


def test_a_fact_on_a_vector_does_not_speak_of_what_is_put_in_for_it() -> None:
    context = Context().declare("d", NATURAL)
    for name in ("θ", "η", "ζ"):
        context = context.declare(name, Vector(d))
    product = Multiply((Transpose(theta), eta))
    context = context.assume(Relation(product, ">", ZERO))
    size = Apply("abs", (product,))
    assert proved(context, Relation(size, "=", product)).conditions == ()
    goal = Relation(Evaluate(size, "θ", zeta), "=", Multiply((Transpose(zeta), eta)))
    assert reason(context, goal) == "the two sides have different normal forms"


def test_a_derivative_in_a_slot_that_is_not_there() -> None:
    context = Context().declare("x", REAL).define("g", ("t",), square(t))
    for slot in (-1, 1):
        goal = Relation(FunctionDerivative("g", slot, 1, (x,)), "=", ZERO)
        assert reason(context, goal) == f"g has no argument number {slot}"


# ---- definedness


def test_a_real_exponent_asks_for_a_positive_base_whatever_its_value() -> None:
    power = Evaluate(Power(x, Divide(y, integer(2))), "y", integer(2))
    assert proved(REALS, Relation(power, "=", Apply("abs", (x,)))).conditions == (Y,)
    context = Context().declare("x", REAL).define("g", ("t",), Power(x, t))
    assert "only under a condition" in reason(context, Smooth("g", ZERO, 2))
    assert proved(context.assume(Y), Smooth("g", ZERO, 2)).conditions == ()


def test_the_conditions_of_a_matrix_entry_are_seen() -> None:
    context = REALS.define("X", (), Matrix(((Divide(ONE, x),),)))
    entry = Element("X", (ONE, ONE))
    assert proved(context, Relation(Multiply((entry, x)), "=", ONE)).conditions == (X,)
    goal = Equivalent(Relation(Multiply((x, y)), "=", ZERO), Relation(y, "=", ZERO))
    assert "only under a condition" in reason(context, goal, by("nonzero-multiple", entry))


def test_a_matrix_without_rows_or_with_uneven_rows() -> None:
    for rows in ((), ((ONE,), (ONE, ONE))):
        goal = Relation(Apply("pad", (Matrix(rows), ONE)), "=", Matrix(rows))
        assert reason(REALS, goal) == "a matrix whose rows differ in length"


def test_equals_are_not_put_for_equals_under_a_derivative() -> None:
    context = REALS.assume(Relation(x, "=", ONE))
    hole = Name("h")
    template = Relation(Derivative(Multiply((hole, x)), x), "=", hole)
    sketch = by("replace-equal", hole, Relation(x, "=", ONE), template)
    why = reason(context, Relation(Derivative(Multiply((ONE, x)), x), "=", ONE), sketch)
    assert why == "equals may be replaced only outside of sums, integrals and derivatives"


# ---- theorems: what the bound variable means


def test_a_fact_that_mentions_the_variable_by_a_definition() -> None:
    """With 'λ > 5' taken along, this cubic would be concave on all of (0, ∞)."""
    shifted = subtract(lam, integer(5))
    cubic = Add((Negate(Power(shifted, integer(3))), Multiply((integer(3), shifted))))
    goal = Optimum("maximum", integer(6), cubic, "λ", Interval(ZERO, INFINITY))
    context = Context().declare("λ", REAL)
    for known in (context.assume(Relation(lam, ">", integer(5))),
                  context.define("g", (), shifted).assume(Relation(Name("g"), ">", ZERO))):  # fmt: skip
        assert "does not follow" in reason(known, goal)


def test_a_point_that_mentions_the_variable() -> None:
    """A constant has no unique maximiser; read as the bound variable, the point m := v would be one."""
    context = Context().declare("v", REAL, Relation(v, ">", ZERO)).define("m", (), v)
    for point in (v, m):
        goal = Optimum("maximum", point, integer(5), "v", Interval(ZERO, INFINITY))
        assert "must not mention the variable" in reason(context, goal, by("first-derivative-sign", ONE))
        assert "must not mention the variable" in reason(context, goal, by("strict-concavity"))


def test_a_domain_whose_end_mentions_the_variable() -> None:
    """x² has a minimum on (-1, ∞), where x = 1 outside; '-x < x' would hide it."""
    context = Context().declare("x", REAL).define("m", (), x)
    for end in (Negate(x), Negate(m)):
        goal = NoOptimum("minimum", square(x), "x", Interval(end, INFINITY))
        assert "the ends of an interval" in reason(context, goal, by("monotone-no-optimum", ONE))
        diverges = Diverges(Integral("x", end, INFINITY, square(x)))
        assert "the ends of an interval" in reason(context, diverges)
        positive = Optimum("maximum", ONE, ONE, "x", Interval(end, INFINITY))
        assert "the ends of an interval" in reason(context, positive, by("equal-objective", ONE))
        assert "the ends of an interval" in reason(context, positive, by("monotone-transform"))


def test_an_end_that_is_infinite_in_disguise() -> None:
    end = Negate(Negate(INFINITY))
    goal = Diverges(Integral("t", end, INFINITY, ONE))
    assert reason(Context(), goal) == "an infinite value"


def test_a_variable_that_is_a_size_or_a_range() -> None:
    context = Context().declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), REAL))
    objective = Add((Negate(square(subtract(N, integer(6)))), Element("x", (integer(5),))))
    goal = Optimum("maximum", integer(6), objective, "N", Interval(integer(5), INFINITY))
    assert "a size or a range" in reason(context, goal)


def test_a_condition_near_zero_that_mentions_the_variable_by_a_definition() -> None:
    """y > 3 for the ε > 5 of the context says nothing of small ε: it gave 0 > 2."""
    context = Context().declare("ε", REAL, Relation(e, ">", integer(5))).define("y", (), Add((e, ONE)))
    context = context.define("X", (), Matrix(((e,),)))
    near = NearZero("ε", Relation(e, ">", integer(2)))
    sketch = by("near-zero", Relation(y, ">", integer(3)))
    assert "does not follow" in reason(context, near, sketch)
    goal = Relation(ZERO, ">", integer(2))
    assert "does not follow" in reason(context, goal, by("at-zero", near, premises=(sketch,)))
    entry = Relation(Element("X", (ONE, ONE)), ">", integer(2))
    assert "an entry of a matrix whose definition" in reason(context, near, by("near-zero", entry))


def test_at_zero_puts_zero_into_definitions_as_well() -> None:
    context = Context().declare("ε", REAL).define("y", (), Add((e, ONE))).define("X", (), Matrix(((e,),)))
    near = NearZero("ε", Relation(y, "=", Add((e, ONE))))
    sketch = by("at-zero", near, premises=(by("near-zero"),))
    assert "'at-zero' does not apply" in reason(context, Relation(y, "=", Add((ZERO, ONE))), sketch)
    assert proved(context, Relation(Add((ZERO, ONE)), "=", Add((ZERO, ONE))), sketch).conditions == ()
    entry = Element("X", (ONE, ONE))
    sketch = by("at-zero", NearZero("ε", Relation(entry, "=", e)), premises=(by("near-zero"),))
    assert "an entry of a matrix whose definition" in reason(context, Relation(entry, "=", ZERO), sketch)


@pytest.mark.parametrize("hidden", [theta, Element("X", (ONE, ONE))])
def test_an_equation_that_hides_its_variable_in_a_definition(hidden: Term) -> None:
    """|ε| is continuous and solves 0 · f(ε) + θ = 0 where θ = 0; w := θ would make it smooth."""
    context = Context().declare("θ", REAL, Relation(theta, "=", ZERO)).declare("f", Function((REAL,), REAL))
    context = context.define("X", (), Matrix(((theta,),))).define("w", (), hidden).assume(Smooth("f", ZERO, 0))
    equation = Add((Multiply((ZERO, theta)), w))
    solved = Add((Multiply((ZERO, Apply("f", (e,)))), w))
    premise = NearZero("ε", Relation(solved, "=", ZERO))
    known = by("near-zero", premises=(by("left-multiple", ONE, Relation(theta, "=", ZERO)),))
    sketch = by("implicit-function", equation, theta, premise, ONE, premises=(known, None, None, None))
    assert "'implicit-function' does not apply" in reason(context, Smooth("f", ZERO, 1), sketch)


def test_the_derivative_variable_of_a_defined_function_is_fresh() -> None:
    """g(t) = ln(2t' - t) is not defined for all t; with t' for the variable it would be ln v."""
    other = Name("t'")
    body = Apply("ln", (subtract(Multiply((integer(2), other)), t),))
    context = Context().declare("t", REAL, Relation(t, ">", ZERO)).declare("t'", REAL, Relation(other, ">", ZERO))
    context = context.define("g", ("t",), body).define("h", ("t",), Apply("ln", (t,)))
    assert "needs every factor to be positive" in reason(context, Smooth("g", t, 1))
    assert proved(context, Smooth("h", t, 1)).conditions == ()


# ---- check: nothing is true for want of cases


def verdict(context: Context, goal: Statement, proof: object, model: Model) -> str:
    found = check(Claim(context, goal), Certificate(proof, model))  # type: ignore[arg-type]
    return found.reason if isinstance(found, Open) else type(found).__name__


def test_a_context_that_no_point_satisfies() -> None:
    context = Context().declare("x", REAL).assume(Optimum("maximum", ZERO, x, "x", LINE))
    proof = ByTheorem("fermat", (context.facts[0],), (Assumption(), NormalForm()))
    goal = Relation(ONE, "=", ZERO)
    assert leaf(context, goal, proof) == "proved"  # from a false assumption anything follows
    model = Model((Assignment("x", Fraction(1)),))
    assert "without proofs of the context's facts" in verdict(context, goal, proof, model)
    model = Model((Assignment("x", Fraction(1)),), (Assumption(),))
    assert "not among the assumptions" in verdict(context, goal, proof, model)


def test_a_value_outside_of_its_sort() -> None:
    context = given(f="function", N="nat").assume(Relation(N, "<", ONE))
    for value in (Fraction(0), Fraction(1, 2)):
        model = Model((F, Assignment("N", value)), (SignCalculus(),))
        assert "not of its sort" in verdict(context, Relation(N, ">", ONE), SignCalculus(), model)


def test_a_model_must_not_redefine() -> None:
    context = given(f="function").define("H", (), ZERO).assume(Relation(Name("H"), ">", ZERO))
    goal = Relation(ONE, "=", ONE)
    model = Model((F, Assignment("H", Fraction(1))), (SignCalculus(),))
    assert "not of its sort" in verdict(context, goal, NormalForm(), model)
    model = Model((F, F), (SignCalculus(),))
    assert "two values to one name" in verdict(context, goal, NormalForm(), model)


def test_an_exhibited_function_is_one_function() -> None:
    context = given(f="function", x="real").assume(Relation(Apply("f", (ONE,)), "=", x))
    choice = Assignment("f", FunctionChoice(("t",), x))
    why = verdict(context, Relation(ONE, "=", ONE), NormalForm(), Model((choice,), (NormalForm(),)))
    assert why == "an exhibited function that mentions more than its arguments"


def test_an_implication_whose_premise_never_holds() -> None:
    context = given(N="nat", x="pos family")
    never = ForEach("i", ONE, N, Relation(Element("x", (i,)), "<", ZERO))
    goal = Implies(never, never)
    model = Model((Assignment("N", Fraction(1)), Assignment("x", (Entry((1,), Fraction(1)),))))
    proof = ByTheorem("implication", (), (Assumption(),))
    assert verdict(context, goal, proof, model) == "the premise does not hold at the exhibited point"
    inner = Implies(Relation(N, "≥", ONE), goal)
    proof = ByTheorem("implication", (), (proof,))
    assert verdict(context, inner, proof, model) == "the premise does not hold at the exhibited point"


# ---- refute: what is true stays


def test_a_maximum_is_not_refuted_by_a_definition_that_mentions_its_variable() -> None:
    context = Context().declare("λ", REAL).define("g", (), subtract(lam, square(subtract(lam, integer(2)))))
    goal = Optimum("maximum", integer(2), subtract(Name("g"), lam), "λ", LINE)
    found = refute(Claim(context, goal), Model((Assignment("λ", Fraction(1)),)))
    assert isinstance(found, Open) and found.reason == "the statement does not certainly fail at the witness"


def test_a_definition_that_mentions_the_index_is_not_read_as_something_else() -> None:
    context = Context().declare("i", Integer()).define("y", (), subtract(i, integer(2)))
    goal = ForEach("i", integer(3), integer(4), Relation(y, ">", ZERO))
    found = refute(Claim(context, goal), Model((Assignment("i", Fraction(1)),)))
    assert isinstance(found, Open) and "a definition that mentions the index" in found.reason
