"""Terms and statements set in LaTeX, and read back."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.sort import NATURAL, REAL, Family, Function, Integer, MatrixOf, Vector
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
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
    Term,
    Transpose,
    integer,
)
from engine.span import Problem

A, B, INDEX, N, X = Name("a"), Name("b"), Name("i"), Name("N"), Name("x")
LAMBDA, EPSILON, THETA, H, Z = Name(r"\lambda"), Name(r"\epsilon"), Name(r"\theta"), Name("H"), Name("z")
TWO = integer(2)
TOTAL = Sum("i", ONE, N, Element("x", (INDEX,)))
LOG_LIKELIHOOD = Add((Multiply((N, Apply("ln", (LAMBDA,)))), Negate(Multiply((LAMBDA, TOTAL)))))
POSITIVE = Interval(ZERO, INFINITY)


def theta_hat(at: Term) -> Apply:
    return Apply(r"\hat{\theta}", (at,))


def gradient(at: Term, order: int = 1) -> FunctionDerivative:
    return FunctionDerivative("L", 1, order, (Z, at))


STATIONARY = NearZero(
    r"\epsilon",
    Relation(
        Add((FunctionDerivative("R", 0, 1, (theta_hat(EPSILON),)), Multiply((EPSILON, gradient(theta_hat(EPSILON)))))),
        "=",
        ZERO,
    ),
)
D = Name("d")
INFLUENCE = (
    Context()
    .declare(r"\hat{\theta}", Function((REAL,), Vector(D)))
    .declare("R", Function((Vector(D),), REAL))
    .declare("L", Function((Vector(Name("m")), Vector(D)), REAL))
    .declare("z", Vector(Name("m")))
    .declare(r"\theta", Vector(D))
    .declare("H", MatrixOf(D, D))
    .assume(STATIONARY)
)
SLOPE_AT_ZERO = FunctionDerivative(r"\hat{\theta}", 0, 1, (ZERO,))

TERMS: list[tuple[Term, str]] = [
    (Add((A, Negate(B))), "a - b"),
    (Add((Negate(A), B)), "-a + b"),
    (Add((A, Negate(Add((B, X))))), "a - (b + x)"),
    (Add((A, Add((B, X)))), "a + (b + x)"),
    (Negate(Negate(A)), "-(-a)"),
    (Multiply((TWO, X)), "2 x"),
    (Multiply((X, TWO)), r"x \cdot 2"),
    (Multiply((ZERO, Negate(ONE))), r"0 \cdot (-1)"),
    (Multiply((A, Add((B, X)))), "a (b + x)"),
    (Multiply((Name("f"), Add((B, X)))), r"f \cdot (b + x)"),
    (Multiply((Multiply((A, B)), X)), "(a b) x"),
    (Multiply((TWO, Divide(ONE, TWO))), r"2 \cdot \frac{1}{2}"),
    (Divide(Add((A, B)), X), r"\frac{a + b}{x}"),
    (Divide(Multiply((D, X)), Multiply((D, A))), r"\frac{d x}{(d a)}"),
    (Power(E, Negate(X)), "e^{-x}"),
    (Power(Add((A, B)), TWO), "(a + b)^{2}"),
    (Power(Power(A, B), X), "(a^{b})^{x}"),
    (Power(Divide(A, B), TWO), r"\left(\frac{a}{b}\right)^{2}"),
    (Power(Name(r"\theta^{*}"), TWO), r"(\theta^{*})^{2}"),
    (Number(Fraction(132863336)), "132{,}863{,}336"),
    (Number(Fraction(4096)), "4096"),
    (Number(Fraction(1, 20), 2), "0.05"),
    (Number(Fraction(7, 2), 2), "3.50"),
    (Apply("ln", (LAMBDA,)), r"\ln \lambda"),
    (Multiply((Apply("ln", (LAMBDA,)), N)), r"\ln(\lambda) N"),
    (Apply("ln", (Divide(A, B),)), r"\ln\left(\frac{a}{b}\right)"),
    (Apply("ln", (Apply("exp", (Negate(X),)),)), r"\ln\bigl(\exp(-x)\bigr)"),
    (Power(Apply("ln", (X,)), TWO), r"(\ln x)^{2}"),
    (Apply("sqrt", (Add((A, B)),)), r"\sqrt{a + b}"),
    (Apply("floor", (Divide(A, B),)), r"\left\lfloor \frac{a}{b} \right\rfloor"),
    (Apply("pad", (X, ONE)), r"\operatorname{pad}_{1}(x)"),
    (Apply("digamma", (X,)), r"\operatorname{digamma}(x)"),
    (Element("X", (ONE, Add((INDEX, ONE)))), "X_{1,i + 1}"),
    (Element("u_{0}", (INDEX,)), "{u_{0}}_{i}"),
    (TOTAL, r"\sum_{i=1}^{N} x_{i}"),
    (Sum("i", ONE, N, Add((A, B))), r"\sum_{i=1}^{N} (a + b)"),
    (Add((TOTAL, INDEX)), r"\left(\sum_{i=1}^{N} x_{i}\right) + i"),
    (Add((Negate(TOTAL), INDEX)), r"-\left(\sum_{i=1}^{N} x_{i}\right) + i"),
    (Add((TOTAL, A)), r"\sum_{i=1}^{N} x_{i} + a"),
    (Multiply((TOTAL, A)), r"\left(\sum_{i=1}^{N} x_{i}\right) a"),
    (Product("i", ONE, N, Multiply((A, Element("x", (INDEX,))))), r"\prod_{i=1}^{N} a x_{i}"),
    (Product("i", ONE, N, Multiply((Element("x", (INDEX,)), A))), r"\prod_{i=1}^{N} (x_{i} a)"),
    (Integral("x", ZERO, INFINITY, Power(E, Negate(X))), r"\int_{0}^{\infty} e^{-x} \, dx"),
    (
        Derivative(LOG_LIKELIHOOD, LAMBDA),
        r"\frac{\partial}{\partial \lambda} \left(N \ln \lambda - \lambda \sum_{i=1}^{N} x_{i}\right)",
    ),
    (Derivative(Power(X, TWO), X), r"\frac{d}{dx} x^{2}"),
    (Derivative(Name(r"\ell"), LAMBDA, 2), r"\frac{\partial^{2} \ell}{\partial \lambda^{2}}"),
    (Derivative(Multiply((A, X)), X), r"\frac{\partial}{\partial x} (a x)"),
    (Evaluate(Power(X, TWO), "x", ZERO), r"\left. x^{2} \right|_{x=0}"),
    (Matrix(((ONE, ZERO), (A, B))), r"\begin{pmatrix} 1 & 0 \\ a & b \end{pmatrix}"),
    (Transpose(Inverse(H)), r"(H^{-1})^{\top}"),
]


@pytest.mark.parametrize(("term", "expected"), TERMS)
def test_terms(term: Term, expected: str) -> None:
    assert term_latex(term) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (FunctionDerivative("R", 0, 1, (theta_hat(EPSILON),)), r"\nabla R\bigl(\hat{\theta}(\epsilon)\bigr)"),
        (FunctionDerivative("R", 0, 2, (THETA,)), r"\nabla^{2} R(\theta)"),
        (gradient(THETA), r"\nabla_{\theta} L(z, \theta)"),
        (gradient(theta_hat(ZERO), 2), r"\nabla_{\theta}^{2} L\bigl(z, \hat{\theta}(0)\bigr)"),
        (FunctionDerivative(r"\hat{\theta}", 0, 1, (EPSILON,)), r"\frac{d \hat{\theta}(\epsilon)}{d\epsilon}"),
        (SLOPE_AT_ZERO, r"\left. \frac{d \hat{\theta}(\epsilon)}{d\epsilon} \right|_{\epsilon=0}"),
        (Derivative(Apply("R", (THETA,)), THETA, 2), r"\nabla_{\theta}^{2} \bigl[R(\theta)\bigr]"),
        (Multiply((Inverse(H), gradient(THETA))), r"H^{-1} \nabla_{\theta} L(z, \theta)"),
    ],
)
def test_gradients_of_declared_functions(term: Term, expected: str) -> None:
    assert term_latex(term, INFLUENCE) == expected
    if term != SLOPE_AT_ZERO:  # shown only: it reads as an evaluation bar
        back = read_term(expected, INFLUENCE)
        assert not isinstance(back, Problem) and back.term == term


def test_a_defined_function_stands_in_the_numerator() -> None:
    context = Context().define("l", (r"\lambda",), LOG_LIKELIHOOD)
    term = Derivative(Apply("l", (LAMBDA,)), LAMBDA)
    assert term_latex(term, context) == r"\frac{d l(\lambda)}{d\lambda}"
    back = read_term(r"\frac{d l(\lambda)}{d\lambda}", context)
    assert not isinstance(back, Problem) and back.term == term


STATEMENTS: list[tuple[Statement, str]] = [
    (Relation(LAMBDA, "≥", Divide(N, TOTAL)), r"\lambda \ge \frac{N}{\sum_{i=1}^{N} x_{i}}"),
    (Relation(A, "≠", B), r"a \ne b"),
    (Relation(A, "≈", Number(Fraction(1, 2), 1)), r"a \approx 0.5"),
    (
        ForEach("i", ONE, N, Relation(Element("x", (INDEX,)), "≥", ZERO)),
        r"x_{i} \ge 0 \quad \text{for } i = 1, \ldots, N",
    ),
    (
        UpToOrder(theta_hat(EPSILON), Add((theta_hat(ZERO), Multiply((EPSILON, A)))), r"\epsilon", 2),
        r"\hat{\theta}(\epsilon) = \hat{\theta}(0) + \epsilon a + O(\epsilon^{2})",
    ),
    (UpToOrder(A, ZERO, r"\epsilon", 1), r"a = O(\epsilon)"),
    (
        Optimum("maximum", Name(r"\hat{\lambda}"), LOG_LIKELIHOOD, r"\lambda", POSITIVE),
        r"\hat{\lambda} = \operatorname*{arg\,max}_{\lambda > 0}"
        r" \left[N \ln \lambda - \lambda \sum_{i=1}^{N} x_{i}\right]",
    ),
    (
        Optimum("minimum", theta_hat(EPSILON), Apply("R", (THETA,)), r"\theta", None, unique=False),
        r"\hat{\theta}(\epsilon) \in \operatorname*{arg\,min}_{\theta \in \mathbb{R}^{d}} R(\theta)",
    ),
    (
        Optimum("minimum", ZERO, Power(X, TWO), "x", Interval(Negate(INFINITY), INFINITY)),
        r"0 = \operatorname*{arg\,min}_{x \in \mathbb{R}} x^{2}",
    ),
    (
        Optimum("maximum", ONE, X, "x", Interval(ZERO, ONE, True, True)),
        r"1 = \operatorname*{arg\,max}_{0 \le x \le 1} x",
    ),
    (
        Optimum("maximum", ONE, X, "x", Interval(Negate(INFINITY), ONE, False, True)),
        r"1 = \operatorname*{arg\,max}_{x \le 1} x",
    ),
    (
        NoOptimum("maximum", Multiply((N, Apply("ln", (LAMBDA,)))), r"\lambda", POSITIVE),
        r"N \ln \lambda \text{ has no maximum over } \lambda > 0",
    ),
    (Diverges(Integral("x", Negate(INFINITY), INFINITY, A)), r"\int_{-\infty}^{\infty} a \, dx = \infty"),
    (Smooth(r"\hat{\theta}", ZERO, 0), r"\hat{\theta} \text{ is continuous at } 0"),
    (Smooth(r"\hat{\theta}", ZERO, 2), r"\hat{\theta} \text{ is twice continuously differentiable near } 0"),
    (Invertible(H), r"H \text{ is invertible}"),
    (
        STATIONARY,
        r"\nabla R\bigl(\hat{\theta}(\epsilon)\bigr)"
        r" + \epsilon \nabla_{\theta} L\bigl(z, \hat{\theta}(\epsilon)\bigr) = 0"
        r" \quad \text{for every } \epsilon \text{ near } 0",
    ),
    (
        Implies(Relation(A, "=", B), Equivalent(Relation(A, "<", X), Relation(B, "<", X))),
        r"a = b \implies (a < x \iff b < x)",
    ),
]


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_statements(statement: Statement, expected: str) -> None:
    assert statement_latex(statement, INFLUENCE) == expected


def test_relations_read_back() -> None:
    relation = Relation(Derivative(LOG_LIKELIHOOD, LAMBDA), "=", Add((Divide(N, LAMBDA), Negate(TOTAL))))
    back = read_statement(statement_latex(relation), Context())
    assert not isinstance(back, Problem) and back.relations == (relation,)


# Random scalar terms, in the shapes that the reader makes: sums and products of two terms or more, literals that are
# not negative, known functions with their number of arguments, families with theirs, bound names of their own.

NAMES = ("a", "x", "d", "f", "q", "n", "i", "y'", r"\lambda", r"\hat{\lambda}_{MLE}", r"\theta_{0}", r"\theta^{*}")
DECLARED = (
    Context()
    .declare("w", Family((None,), REAL))
    .declare("u_{0}", Family((None,), REAL))
    .declare(r"\bar{v}", Family((None, None), REAL))
    .declare("g", Function((REAL,), REAL))
    .declare("h", Function((REAL, REAL), REAL))
)
for _name in NAMES:
    DECLARED = DECLARED.declare(_name, {"n": NATURAL, "i": Integer()}.get(_name, REAL))

names = st.sampled_from(NAMES).map(Name)
numbers = st.builds(
    lambda digits, places: Number(Fraction(digits, 10**places), places), st.integers(0, 10**7), st.integers(0, 3)
)
index = st.sampled_from((INDEX, Name("n"), Name("k"), ONE, integer(12), Add((INDEX, ONE)), Multiply((TWO, Name("n")))))
elements = (
    st.builds(lambda i: Element("w", (i,)), index)
    | st.builds(lambda i: Element("u_{0}", (i,)), index)
    | st.builds(lambda i, j: Element(r"\bar{v}", (i, j)), index, index)
)
slopes = st.sampled_from(
    (
        FunctionDerivative("g", 0, 1, (X,)),
        FunctionDerivative("g", 0, 2, (LAMBDA,)),
        FunctionDerivative("h", 1, 1, (A, X)),
    )
)
leaves = names | numbers | st.sampled_from((E, PI)) | elements | slopes
variables = st.sampled_from((X, D, Name(r"\theta_{0}"), Element("w", (INDEX,))))
ONE_ARGUMENT = ("ln", "exp", "sqrt", "abs", "floor", "ceil", "sin", "Gamma", "factorial", "g")
TWO_ARGUMENTS = ("binom", "max", "h")


def composite(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Add, several),
        st.builds(Multiply, several),
        st.builds(Negate, inner),
        st.builds(Divide, inner, inner),
        st.builds(Power, inner, inner),
        st.builds(lambda f, t: Apply(f, (t,)), st.sampled_from(ONE_ARGUMENT), inner),
        st.builds(lambda f, s, t: Apply(f, (s, t)), st.sampled_from(TWO_ARGUMENTS), inner, inner),
        st.builds(Sum, st.sampled_from(("i", "j", "k'")), inner, inner, inner),
        st.builds(Product, st.sampled_from(("i", "j")), inner, inner, inner),
        st.builds(Integral, st.sampled_from(("t", "d", "x")), inner, inner | st.just(INFINITY), inner),
        st.builds(Derivative, inner, variables, st.integers(1, 3)),
        st.builds(Evaluate, inner, st.sampled_from(("x", r"\lambda")), inner),
    )


terms = st.recursive(leaves, composite, max_leaves=12)


@given(terms)
def test_what_is_printed_reads_as_the_same_term(term: Term) -> None:
    text = term_latex(term, DECLARED)
    back = read_term(text, DECLARED.declare("k", Integer()))
    assert not isinstance(back, Problem), back.show()
    assert back.term == term, text


def test_depth_costs_time_in_proportion() -> None:
    term: Term = X
    for _ in range(40):
        term = Multiply((A, Apply("ln", (Add((ONE, Apply("g", (term,)))),))))
    assert len(term_latex(term)) < 5000


SHOWN = [term_latex(term, INFLUENCE) for term, _ in TERMS] + [statement_latex(s, INFLUENCE) for s, _ in STATEMENTS]


@pytest.mark.parametrize("text", SHOWN)
def test_math_core_accepts_it(text: str) -> None:
    converter = LatexToMathML()
    assert "<math" in converter.convert_with_local_state(text, displaystyle=True)


@given(terms)
def test_math_core_accepts_random_terms(term: Term) -> None:
    text = term_latex(term, DECLARED)
    assert "<math" in LatexToMathML().convert_with_local_state(text, displaystyle=True)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_accepts_it(tmp_path: Path) -> None:
    rows = "\n".join(rf"\[{text}\]" for text in SHOWN)
    page = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb}}\begin{{document}}{rows}\end{{document}}"
    (tmp_path / "page.tex").write_text(page, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert result.returncode == 0, result.stdout[-2000:]
    assert (tmp_path / "page.pdf").stat().st_size > 0
