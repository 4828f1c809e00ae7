"""Derivatives in a real variable and in a vector: rules, and what they are refused for."""

from __future__ import annotations

import pytest

from engine.kernel.forms.context import scope_of
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, MatrixOf, Vector
from engine.meaning.statement import Invertible, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Element,
    Evaluate,
    FunctionDerivative,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    Transpose,
    integer,
)
from tests.kernel.exercise import given, proved, reason, says, why_not

KINDS = {"x": "pos", "r": "real", "a": "real", "n": "nat", "N": "nat", "y": "free family"}


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{d}{dx}(x^2+3x)=2x+3",
        r"\frac{d}{dx}(x^2\ln x)=2x\ln x+x",
        r"\frac{d}{dx}\frac{1}{1+x}=-\frac{1}{(1+x)^2}",
        r"\frac{d}{dx}e^{a x^2}=2a x e^{a x^2}",
        r"\frac{d}{dx}\ln(1+x^2)=\frac{2x}{1+x^2}",
        r"\frac{d}{dx}\sqrt{1+x}=\frac{1}{2\sqrt{1+x}}",
        r"\frac{d}{dx}x^a=a x^{a-1}",
        r"\frac{d}{dx}a=0",
        r"\frac{d}{dx}2^x=2^x\ln 2",
        r"\frac{d}{dr}r^n=\frac{n r^n}{r}",
        r"\frac{d^2}{dx^2}\ln x=-\frac{1}{x^2}",
        r"\frac{d^2}{dx^2}x^3=6x",
        r"\frac{d}{da}\sum_{i=1}^N(y_i-a)^2=-2\sum_{i=1}^N(y_i-a)",
        r"\frac{d}{da}\sum_{i=1}^N e^{a y_i}=\sum_{i=1}^N y_i e^{a y_i}",
        r"\frac{d}{dx}\frac{d}{da}(x a^2)=2a",
    ],
)
def test_rules(text: str) -> None:
    says(text, **KINDS)


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{d}{dx}(x^2+3x)=2x",
        r"\frac{d}{dx}\frac{1}{1+x}=\frac{1}{(1+x)^2}",
        r"\frac{d}{dx}(x^2\ln x)=2x\ln x",
        r"\frac{d}{dx}e^{a x^2}=e^{a x^2}",
        r"\frac{d}{dx}x^a=x^{a-1}",
        r"\frac{d}{dx}2^x=2^x",
        r"\frac{d}{dx}x^x=x x^{x-1}",
        r"\frac{d}{dr}r^n=\frac{r^n}{r}",
        r"\frac{d^2}{dx^2}x^3=3x^2",
        r"\frac{d}{da}\sum_{i=1}^N(y_i-a)^2=-2\sum_{i=1}^N y_i",
    ],
)
def test_slips(text: str) -> None:
    assert why_not(text, **KINDS) == "the two sides have different normal forms"


x, t, i, n, a = map(Name, "x t i n a".split())
TWO = integer(2)


@pytest.mark.parametrize(
    ("body", "variable", "why"),
    [
        (Apply("sgn", (Add((ONE, Power(x, TWO))),)), x, "the derivative of sgn"),
        (Apply("floor", (x,)), x, "the derivative of floor"),
        (Element("y", (Apply("floor", (x,)),)), x, "a derivative through an index"),
        (
            Sum("i", ONE, Apply("floor", (Add((ONE, Power(x, TWO))),)), x),
            x,
            "bound of a sum|may lie below|long enough|the derivative of floor",
        ),
        (Power(n, TWO), n, "not declared as a real number"),
        (Power(n, TWO), Name("unknown"), "not declared"),
    ],
)
def test_what_is_not_differentiated(body: Term, variable: Name, why: str) -> None:
    context = given(**KINDS)
    found = reason(context, Relation(Derivative(body, variable), "=", ZERO))  # type: ignore[arg-type]
    assert any(part in found for part in why.split("|")), found


def test_the_derivative_of_order_0_is_the_term_and_there_is_none_of_order_minus_1() -> None:
    context = given(x="real")
    assert proved(context, Relation(Derivative(x, x, 0), "=", x)).conditions == ()
    assert reason(context, Relation(Derivative(x, x, -1), "=", x)) == "a derivative of negative order"


def test_an_index_is_not_a_variable() -> None:
    context = given(**KINDS)
    goal = Relation(Sum("i", ONE, Name("N"), Derivative(Power(i, TWO), i)), "=", ZERO)
    assert reason(context, goal) == "a derivative in a bound vector or index"


def test_a_declared_function() -> None:
    context = given(x="real", y="real")
    for smoothness in (1, 2):
        context = context.declare(f"f{smoothness}", Function((REAL,), REAL, smoothness))
    context = context.declare("g", Function((REAL, REAL), REAL, 2))
    square = Power(x, TWO)
    chain = Relation(
        Derivative(Apply("f1", (square,)), x), "=", Multiply((TWO, x, FunctionDerivative("f1", 0, 1, (square,))))
    )
    assert proved(context, chain).conditions == ()
    second = Relation(Derivative(Apply("f2", (x,)), x, 2), "=", FunctionDerivative("f2", 0, 2, (x,)))
    assert proved(context, second).conditions == ()
    less = Relation(Derivative(Apply("f1", (x,)), x, 2), "=", FunctionDerivative("f1", 0, 2, (x,)))
    assert "f1 is not known to have 2 continuous derivatives" in reason(context, less)
    first, other = (FunctionDerivative("g", slot, 1, (x, square)) for slot in (0, 1))
    total = Add((first, Multiply((TWO, x, other))))
    both = Relation(Derivative(Apply("g", (x, square)), x), "=", total)
    assert proved(context, both).conditions == ()
    swapped = Relation(Derivative(Derivative(Apply("g", (x, Name("y"))), x), Name("y")), "=",
                       Derivative(Derivative(Apply("g", (x, Name("y"))), Name("y")), x))  # fmt: skip
    assert proved(context, swapped).conditions == ()


d, m, theta, eta, A, B, z = map(Name, ("d", "m", "θ", "η", "A", "B", "z"))
SPACE = Context().declare("d", NATURAL).declare("m", NATURAL).declare("s", REAL).declare("r", REAL)
for _name in ("θ", "η", "ζ"):
    SPACE = SPACE.declare(_name, Vector(d))
SPACE = SPACE.declare("z", Vector(m)).declare("A", MatrixOf(d, d)).declare("B", MatrixOf(m, d))
SPACE = SPACE.declare("R", Function((Vector(d),), REAL, 3)).declare("L", Function((Vector(m), Vector(d)), REAL, 3))
SPACE = SPACE.declare("c", Function((REAL,), Vector(d), 2)).declare("M", Function((REAL,), MatrixOf(d, d), 2))
SPACE = SPACE.declare("F", Function((Vector(d),), Vector(m), 3)).declare("p", Function((REAL,), REAL, 2))
s, r = Name("s"), Name("r")


def times(*factors: Term) -> Term:
    return Multiply(factors)


def dot(left: Term, right: Term) -> Term:
    return times(Transpose(left), right)


def nabla(body: Term, order: int = 1) -> Term:
    return Derivative(body, theta, order)


def gradient(at: Term) -> Term:
    return FunctionDerivative("R", 0, 1, (at,))


def hessian(at: Term) -> Term:
    return FunctionDerivative("R", 0, 2, (at,))


C = Apply("c", (s,))
C1 = FunctionDerivative("c", 0, 1, (s,))
VECTOR_RULES = [
    (nabla(dot(eta, theta)), eta),
    (nabla(dot(theta, eta)), eta),
    (nabla(dot(theta, theta)), times(TWO, theta)),
    (nabla(times(Transpose(theta), A, theta)), Add((times(A, theta), times(Transpose(A), theta)))),
    (nabla(times(Transpose(theta), A, theta), 2), Add((A, Transpose(A)))),
    (nabla(times(Transpose(z), B, theta)), times(Transpose(B), z)),
    (nabla(Power(dot(eta, theta), TWO)), times(TWO, dot(eta, theta), eta)),
    (nabla(times(A, theta)), A),
    (nabla(times(B, A, theta)), times(B, A)),
    (nabla(times(s, dot(eta, theta))), times(s, eta)),
    (nabla(Apply("R", (theta,))), gradient(theta)),
    (nabla(Apply("R", (theta,)), 2), hessian(theta)),
    (nabla(gradient(theta)), hessian(theta)),
    (nabla(Apply("R", (times(A, theta),))), times(Transpose(A), gradient(times(A, theta)))),
    (nabla(Apply("L", (z, theta))), FunctionDerivative("L", 1, 1, (z, theta))),
    (nabla(Apply("R", (eta,))), ZERO),
    (Derivative(Apply("R", (C,)), s), dot(gradient(C), C1)),
    (Derivative(gradient(C), s), times(hessian(C), C1)),
    (Derivative(times(A, C), s), times(A, C1)),
    (Derivative(times(s, C), s), Add((C, times(s, C1)))),
    (Derivative(dot(C, C), s), times(TWO, dot(C, C1))),
    (Derivative(Transpose(C), s), Transpose(C1)),
    (Derivative(times(Apply("M", (s,)), eta), s), times(FunctionDerivative("M", 0, 1, (s,)), eta)),
    (Derivative(Matrix(((Power(s, TWO), r),)), s), Matrix(((times(TWO, s), ZERO),))),
    (Derivative(Apply("p", (dot(C, eta),)), s), times(FunctionDerivative("p", 0, 1, (dot(C, eta),)), dot(C1, eta))),
    (Transpose(hessian(theta)), hessian(theta)),
    (Evaluate(nabla(dot(theta, theta)), "θ", eta), times(TWO, eta)),
    (Evaluate(gradient(theta), "θ", C), gradient(C)),
    (Evaluate(Apply("R", (C,)), "s", ZERO), Apply("R", (Apply("c", (ZERO,)),))),
]


@pytest.mark.parametrize(("left", "right"), VECTOR_RULES)
def test_vectors(left: Term, right: Term) -> None:
    assert proved(SPACE, Relation(left, "=", right)).conditions == ()
    twice = Relation(left, "=", times(TWO, right)) if right != ZERO else Relation(left, "=", eta)
    assert reason(SPACE, twice) == "the two sides have different normal forms"


def test_the_derivative_of_an_inverse() -> None:
    inside = Apply("M", (s,))
    context = SPACE.assume(Invertible(inside))
    slope = Negate(times(Inverse(inside), FunctionDerivative("M", 0, 1, (s,)), Inverse(inside)))
    assert proved(context, Relation(Derivative(Inverse(inside), s), "=", slope)).conditions == ()
    assert "different normal forms" in reason(context, Relation(Derivative(Inverse(inside), s), "=", Negate(slope)))
    condition = Relation(Apply("det", (inside,)), "≠", ZERO)
    assert proved(SPACE, Relation(Derivative(Inverse(inside), s), "=", slope)).conditions == (condition,)


@pytest.mark.parametrize(
    ("term", "why"),
    [
        (
            nabla(Apply("R", (theta,)), 3),
            "a mixed or third derivative in a vector|the derivative of a matrix in a vector",
        ),
        (Derivative(hessian(C), s), "a mixed or third derivative in a vector"),
        (Derivative(FunctionDerivative("L", 0, 1, (C, C)), s), "a mixed or third derivative in a vector"),
        (FunctionDerivative("R", 0, 3, (theta,)), "this derivative of R"),
        (FunctionDerivative("R", 1, 1, (theta,)), "a derivative of R"),
        (FunctionDerivative("R", -1, 1, (theta,)), "a derivative of R"),
        (FunctionDerivative("R", 0, 0, (theta,)), "a derivative of R"),
        (FunctionDerivative("F", 0, 1, (theta,)), "this derivative of F"),
        (nabla(Apply("F", (theta,))), "shapes do not fit|vector"),
        (nabla(times(theta, Transpose(theta))), "the derivative of a matrix in a vector"),
        (nabla(times(Transpose(theta), A)), "the derivative of a matrix in a vector"),
        (nabla(Matrix(((dot(theta, theta),),))), "the derivative of a matrix that is written out in a vector"),
        (Evaluate(dot(theta, theta), "θ", z), "an evaluation at a vector of another size"),
        (Evaluate(dot(theta, theta), "u", eta), "which is not declared as one"),
        (Evaluate(s, "s", eta), "which is not declared as one"),
        (Evaluate(s, "s", Matrix(((ONE, ONE),))), "an evaluation at a matrix that is written out"),
    ],
)
def test_what_is_refused_for_vectors(term: Term, why: str) -> None:
    found = reason(SPACE, Relation(term, "=", ZERO))
    assert any(part in found for part in why.split("|")), found


CHAINS = [
    (nabla(Apply("exp", (dot(theta, theta),))), times(TWO, Apply("exp", (dot(theta, theta),)), theta)),
    (nabla(Apply("p", (dot(theta, theta),))), times(TWO, FunctionDerivative("p", 0, 1, (dot(theta, theta),)), theta)),
    (nabla(times(Transpose(theta), gradient(theta))), Add((gradient(theta), times(hessian(theta), theta)))),
    (
        nabla(times(Apply("R", (theta,)), theta)),
        Add((times(theta, Transpose(gradient(theta))), times(Apply("R", (theta,)), Apply("identity", (Name("d"),))))),
    ),
    (
        nabla(times(theta, Transpose(theta), eta)),
        Add((times(theta, Transpose(eta)), times(dot(theta, eta), Apply("identity", (Name("d"),))))),
    ),
    (Evaluate(Apply("exp", (dot(theta, theta),)), "θ", eta), Apply("exp", (dot(eta, eta),))),
]


@pytest.mark.parametrize(("term", "expected"), CHAINS)
def test_the_chain_rule_for_vectors(term: Term, expected: Term) -> None:
    assert proved(SPACE, Relation(term, "=", expected)).conditions == ()
    assert "different normal forms" in reason(SPACE, Relation(term, "=", times(TWO, expected)))
    if isinstance(expected, Add):
        for part in expected.terms:
            assert "different normal forms" in reason(SPACE, Relation(term, "=", part))


def test_a_jacobian_is_not_its_transpose() -> None:
    function, identity = times(theta, Transpose(theta), eta), times(dot(theta, eta), Apply("identity", (Name("d"),)))
    wrong = Add((times(eta, Transpose(theta)), identity))
    assert "different normal forms" in reason(SPACE, Relation(nabla(function), "=", wrong))


def test_a_bound_variable_is_its_own() -> None:
    body = Evaluate(Power(t, TWO), "t", x)
    context = given(x="real", t="pos")
    assert proved(context, Relation(Derivative(body, x), "=", Multiply((TWO, x)))).conditions == ()
    root = Evaluate(Apply("sqrt", (Power(t, TWO),)), "t", x)
    assert reason(context, Relation(root, "=", x)).endswith("different normal forms")
    assert proved(context, Relation(Apply("sqrt", (Power(t, TWO),)), "=", t)).conditions == ()


def test_a_sum_of_vectors_whose_bound_moves_has_no_derivative() -> None:
    u = Name("u")
    context = Context().declare("d", NATURAL).declare("u", Vector(d)).declare("x", Family((None,), Vector(d)))
    last = Add((Apply("floor", (dot(u, u),)), ONE))
    moving = dot(u, Sum("i", ONE, last, Element("x", (Name("i"),))))
    with pytest.raises(Unproved, match="in the bound of a sum"):
        scope_of(context).number(dot(u, Derivative(moving, u)))


def test_a_vector_of_one_entry_is_no_variable() -> None:
    context, t = Context().declare("t", Vector(ONE)), Name("t")
    assert "of one entry" in reason(context, Relation(Derivative(t, t), "=", ONE))
