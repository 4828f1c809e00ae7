"""From trees to terms: names, application, scope, inference."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementReading, canonical, read_statement, read_statements, read_term
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, MatrixOf, Vector
from engine.meaning.statement import Assertion, Equivalent, Implies, Relation
from engine.meaning.term import (
    INFINITY,
    ONE,
    PI,
    ZERO,
    Add,
    Apply,
    Call,
    Comparison,
    Dependent,
    Derivative,
    Divide,
    E,
    Element,
    Evaluate,
    Functional,
    FunctionDerivative,
    Integral,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Over,
    Power,
    Product,
    Sequence,
    Sum,
    Term,
    Transpose,
    integer,
)
from engine.span import Problem

EMPTY = Context()
N, LAMBDA, A, B, C, X = Name("N"), Name(r"\lambda"), Name("a"), Name("b"), Name("c"), Name("x")
TWO = integer(2)


def x(index: Term) -> Element:
    return Element("x", (index,))


def reading(text: str, context: Context = EMPTY) -> Reading:
    result = read_term(text, context)
    assert not isinstance(result, Problem), result.show()
    return result


def term(text: str, context: Context = EMPTY) -> Term:
    return reading(text, context).term


def problem(text: str, context: Context = EMPTY) -> str:
    result = read_term(text, context)
    assert isinstance(result, Problem), result
    assert result.span is not None
    return result.message


def ln(argument: Term) -> Apply:
    return Apply("ln", (argument,))


class TestNumbersAndNames:
    def test_literals_keep_their_digits(self) -> None:
        assert term("2.50") == Number(Fraction(5, 2), 2)

    def test_constants_unless_declared(self) -> None:
        assert term(r"e^{\pi}") == Power(E, PI)
        assert term("e", EMPTY.declare("e", REAL)) == Name("e")

    @pytest.mark.parametrize("text", [r"\hat\lambda_{MLE}", r"\hat{\lambda}_{MLE}", r"\hat \lambda_{M L E}"])
    def test_one_name_for_all_ways_to_type_it(self, text: str) -> None:
        assert term(text) == Name(r"\hat{\lambda}_{MLE}")
        assert canonical(text) == r"\hat{\lambda}_{MLE}"

    def test_a_name_is_not_its_parts(self) -> None:
        assert canonical(r"C_\text{out}") == r"C_{\mathrm{out}}"
        with pytest.raises(ValueError, match="not a name"):
            canonical("a + b")

    def test_free_names_are_inferred_and_reported(self) -> None:
        result = reading(r"N \ln\lambda")
        assert result.context.sort_of("N") == REAL and result.context.sort_of(r"\lambda") == REAL
        assert result.inferred == ("N ∈ ℝ", r"\lambda ∈ ℝ")

    def test_declared_names_are_not_reported(self) -> None:
        assert reading("x + 1", EMPTY.declare("x", REAL)).inferred == ()

    @pytest.mark.parametrize(
        "text", [r"\ln", r"\nabla", r"\operatorname{foo} x", "a = b", r"\pm x", "a; b", r"\mathbb{E}", r"\mathrm{Var}"]
    )
    def test_what_is_no_value_is_a_problem(self, text: str) -> None:
        assert problem(text)


class TestFamilies:
    declared = EMPTY.declare("N", NATURAL).declare("x", Family((IndexRange(ONE, N),), REAL))

    def test_a_subscript_on_a_family_is_an_element(self) -> None:
        assert term("x_1", self.declared) == x(ONE)
        assert term("x_{N+1}", self.declared) == x(Add((N, ONE)))

    def test_a_free_index_is_an_integer(self) -> None:
        result = reading("x_k", self.declared)
        assert result.term == x(Name("k")) and result.inferred == ("k ∈ ℤ",)

    def test_a_word_as_a_subscript_is_a_name_of_its_own(self) -> None:
        assert term(r"x_{MLE}", self.declared) == Name("x_{MLE}")

    def test_a_subscript_on_anything_else_is_part_of_the_name(self) -> None:
        assert term("x_1 + x_i") == Add((Name("x_{1}"), Name("x_{i}")))

    def test_a_family_is_inferred_under_a_sum_even_for_members_before_it(self) -> None:
        result = reading(r"x_1 + \sum_{i=1}^N x_i")
        assert result.term == Add((x(ONE), Sum("i", ONE, N, x(Name("i")))))
        assert result.context.sort_of("x") == Family((None,), REAL)
        assert result.context.sort_of("N") == NATURAL
        assert set(result.inferred) == {"x_{i} ∈ ℝ for all integers i", "N ∈ ℕ"}

    def test_a_name_that_was_real_becomes_natural_as_an_upper_bound(self) -> None:
        assert reading(r"N - \sum_{i=1}^N 1").context.sort_of("N") == NATURAL

    def test_the_range_of_a_sum_without_bounds_is_the_declared_one(self) -> None:
        assert term(r"\sum_i x_i", self.declared) == Sum("i", ONE, N, x(Name("i")))

    def test_a_sum_without_bounds_and_declared_range_runs_over_all_values(self) -> None:
        result = reading(r"\sum_i x_i")
        assert result.term == Over("sum", "i", None, x(Name("i")))
        assert "i runs over all values that it can take" in result.inferred

    def test_a_family_alone_is_a_problem(self) -> None:
        assert "family" in problem("x + 1", self.declared)

    def test_a_letter_with_an_index_and_without_is_two_things(self) -> None:
        result = reading(r"\sum_{i=1}^N (x_i - x)")
        member = Element(r"x_{\cdot}", (Name("i"),))
        assert result.term == Sum("i", ONE, N, Add((member, Negate(X))))
        assert "x and x with an index are two things" in result.inferred

    @pytest.mark.parametrize("text", ["X_{i,j}", "X_{ij}"])
    def test_two_indices_with_or_without_a_comma(self, text: str) -> None:
        context = EMPTY.declare("i", Integer()).declare("j", Integer()).declare("X", MatrixOf(N, N))
        assert term(text, context) == Element("X", (Name("i"), Name("j")))

    def test_entries_of_a_defined_matrix(self) -> None:
        context = EMPTY.define("X", (), Matrix(((ONE, TWO), (TWO, ONE))))
        assert term("X_{12} + X_{2,1}", context) == Add((Element("X", (ONE, TWO)), Element("X", (TWO, ONE))))
        padded = context.define("Y", (), Apply("pad", (Name("X"), ONE)))
        assert term("Y_{1,4}", padded) == Element("Y", (ONE, integer(4)))

    def test_a_defined_family_has_as_many_indices_as_parameters(self) -> None:
        context = EMPTY.define("y", ("a", "b"), Name("a"))
        assert term("y_{1,2}", context) == Element("y", (ONE, TWO))
        assert "2 indices" in problem("y_1", context)

    @pytest.mark.parametrize("name", ["x_i", r"\hat{x_i}", "x_{i \\lambda}", "x^{(i)}", "x_i(a + b)"])
    def test_no_name_hides_the_index_of_a_sum(self, name: str) -> None:
        """A sum of such names would be N times a constant."""
        context = EMPTY.declare("x", REAL).declare(r"\lambda", REAL)
        assert problem(rf"\sum_{{i=1}}^N {name}", context)
        assert problem(rf"\prod_{{i=1}}^N {name}", context.declare("x_{i}", REAL).declare("x^{(i)}", REAL))

    def test_words_in_a_name_are_not_indices(self) -> None:
        assert term(r"\sum_{i=1}^N C_\mathrm{in}") == Sum("i", ONE, N, Name(r"C_{\mathrm{in}}"))

    def test_a_prime_on_a_declared_name_is_a_problem(self) -> None:
        assert "derivative" in problem("x'", EMPTY.declare("x", REAL))
        assert term("x'", EMPTY.declare("x'", REAL)) == Name("x'")

    def test_a_full_name_that_is_declared_comes_first(self) -> None:
        assert term("x_1", self.declared.declare("x_{1}", REAL)) == Name("x_{1}")


class TestProducts:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"a b \cdot c", Multiply((A, B, C))),
            ("a/bc", Divide(A, Multiply((B, C)))),
            (r"a / b \cdot c", Multiply((Divide(A, B), C))),
            ("(a b) c", Multiply((Multiply((A, B)), C))),
            ("-a b", Negate(Multiply((A, B)))),
            ("-a^2", Negate(Power(A, TWO))),
            ("a - b", Add((A, Negate(B)))),
            ("a(b + c)", Multiply((A, Add((B, C))))),
            (r"\frac12 a", Multiply((Divide(ONE, TWO), A))),
            ("|a|^2", Power(Apply("abs", (A,)), TWO)),
            (r"\lfloor a \rfloor \lceil b \rceil", Multiply((Apply("floor", (A,)), Apply("ceil", (B,))))),
            (r"\sqrt{a} \sqrt[3]{b}", Multiply((Apply("sqrt", (A,)), Power(B, Divide(ONE, integer(3)))))),
            (r"\binom{a}{b} c!", Multiply((Apply("binom", (A, B)), Apply("factorial", (C,))))),
        ],
    )
    def test_reads(self, text: str, expected: Term) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            r"\frac{da}{dx}(x)",
            r"\max a",
            r"\lim a",
        ],
    )
    def test_operators_that_are_not_known_are_no_factors(self, text: str) -> None:
        assert problem(text)

    @pytest.mark.parametrize("text", ["a(b)", "a(b_1)", "(2 a)^T T", r"\pi(a + b)", "q(1 - a)"])
    def test_undeclared_names_are_not_guessed(self, text: str) -> None:
        assert problem(text)

    @pytest.mark.parametrize("text", ["1/2x", "2 3", "a(c)", "a/" * 100 + "a"])
    def test_open_readings_are_a_problem(self, text: str) -> None:
        assert problem(text)

    def test_both_readings_are_named(self) -> None:
        assert "function applied or a product" in problem("a(c)")
        assert "x/2 or as 1/(2x)" in problem("1/2x")


class TestFunctions:
    functions = EMPTY.declare("f", Function((REAL,), REAL)).declare("h", Function((REAL, REAL), REAL))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\ln(a)", ln(A)),
            (r"\log a", ln(A)),
            (r"\ln 2\pi a^2", ln(Multiply((TWO, PI, Power(A, TWO))))),
            (r"\ln a + b", Add((ln(A), B))),
            (r"b \ln a \ln c", Multiply((B, ln(A), ln(C)))),
            (r"\ln(a) b", Multiply((ln(A), B))),
            (r"\ln(a)^2", Power(ln(A), TWO)),
            (r"\ln^2 a", Power(ln(A), TWO)),
            (r"\ln\frac{a}{b}", ln(Divide(A, B))),
            (r"\ln|a|", ln(Apply("abs", (A,)))),
            (r"\ln\exp(-a)", ln(Apply("exp", (Negate(A),)))),
            (r"\exp\left\{a\right\}", Apply("exp", (A,))),
            (r"\ln\prod_{i=1}^N a b", ln(Product("i", ONE, N, Multiply((A, B))))),
            (r"\Gamma(a) \Gamma", Multiply((Apply("Gamma", (A,)), Name(r"\Gamma")))),
            (r"\max(a, b)", Apply("max", (A, B))),
            (r"\operatorname{pad}_1(a)", Apply("pad", (A, ONE))),
        ],
    )
    def test_known_ones(self, text: str, expected: Term) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("f(a)", Apply("f", (A,))),
            ("f(a)^2 b", Multiply((Power(Apply("f", (A,)), TWO), B))),
            ("f(a)(b + c)", Multiply((Apply("f", (A,)), Add((B, C))))),
            ("h(a; b)", Apply("h", (A, B))),
            (r"h(a \mid b)", Apply("h", (A, B))),
            (r"\ln f(a)", ln(Apply("f", (A,)))),
            ("f'(a)", FunctionDerivative("f", 0, 1, (A,))),
            ("f''(0)", FunctionDerivative("f", 0, 2, (ZERO,))),
        ],
    )
    def test_declared_ones(self, text: str, expected: Term) -> None:
        assert term(text, self.functions) == expected

    def test_a_defined_function_is_applied(self) -> None:
        context = EMPTY.define("f", ("x", r"\lambda"), Name("x"))
        assert term(r"f(a \mid b)", context) == Apply("f", (A, B))

    @pytest.mark.parametrize("text", ["f", "f + 1", "h(a)", "f(a, b)", "h'(a, b)", r"\ln f"])
    def test_a_function_wants_its_arguments(self, text: str) -> None:
        assert problem(text, self.functions)

    @pytest.mark.parametrize("text", [r"\ln + a", r"\ln a(b)", r"\ln^{-1} a", r"\sin_2 a", r"\ln(a, b)"])
    def test_unclear_applications_are_a_problem(self, text: str) -> None:
        assert problem(text)


class TestScope:
    def test_a_sum_reaches_over_terms_with_its_index_and_says_so(self) -> None:
        result = reading(r"\sum_{i=1}^N \ln(\lambda) + \ln(\exp(-\lambda x_i))")
        inside = ln(Apply("exp", (Negate(Multiply((LAMBDA, x(Name("i"))))),)))
        assert result.term == Sum("i", ONE, N, Add((ln(LAMBDA), inside)))
        assert any("reaches over" in words for words in result.inferred)

    def test_a_sum_ends_at_terms_without_its_index(self) -> None:
        result = reading(r"\sum_{i=1}^N x_i + \lambda")
        assert result.term == Add((Sum("i", ONE, N, x(Name("i"))), LAMBDA))
        assert not any("reaches" in words for words in result.inferred)

    def test_signs_of_the_terms_are_their_own(self) -> None:
        expected = Add((A, Negate(Sum("i", ONE, N, Add((B, Negate(x(Name("i")))))))))
        assert term(r"a - \sum_{i=1}^N b - x_i") == expected

    def test_brackets_end_a_sum(self) -> None:
        context = EMPTY.declare("i", Integer())
        assert term(r"\left(\sum_{i=1}^N x_i\right) + i", context) == Add((Sum("i", ONE, N, x(Name("i"))), Name("i")))

    def test_an_index_that_is_declared_as_well_is_a_problem(self) -> None:
        assert "declared i" in problem(r"\sum_{i=1}^N x_i + i", EMPTY.declare("i", Integer()))
        assert "declared i" in problem(r"\sum_{i=1}^N \left(\sum_{i=1}^N x_i + x_i\right)")

    def test_nested_sums_reach_each_as_far_as_its_index(self) -> None:
        i, j = Name("i"), Name("j")
        inner = Sum("j", ONE, N, Add((Element("a", (i, j)), Element("b", (j,)))))
        text = r"\sum_{i=1}^N \sum_{j=1}^N a_{ij} + b_j + c_i + d"
        assert term(text) == Add((Sum("i", ONE, N, Add((inner, Element("c", (i,))))), Name("d")))

    def test_the_next_sum_with_the_same_index_keeps_its_own(self) -> None:
        i = Name("i")
        first, second = Sum("i", ONE, N, x(i)), Sum("i", ONE, N, Add((Element("y", (i,)), Element("z", (i,)))))
        assert term(r"\sum_{i=1}^N x_i - \sum_{i=1}^N y_i + z_i") == Add((first, Negate(second)))

    def test_factors_without_the_index_stand_outside_a_product(self) -> None:
        result = reading(r"\prod_{i=1}^N a x_i b c")
        assert result.term == Multiply((Product("i", ONE, N, Multiply((A, x(Name("i"))))), B, C))
        assert any("stand outside" in words for words in result.inferred)
        assert term(r"\prod_{i=1}^N x_i / b") == Divide(Product("i", ONE, N, x(Name("i"))), B)

    def test_a_bracket_keeps_them_inside(self) -> None:
        assert term(r"\prod_{i=1}^N (x_i a)") == Product("i", ONE, N, Multiply((x(Name("i")), A)))
        assert term(r"\prod_{i=1}^N a b") == Product("i", ONE, N, Multiply((A, B)))

    def test_the_bounds_stand_outside(self) -> None:
        context = EMPTY.declare("i", Integer())
        assert term(r"\sum_{i=i}^N i", context) == Sum("i", Name("i"), N, Name("i"))

    def test_integrals_bind_their_variable(self) -> None:
        result = reading(r"\int_0^\infty \lambda e^{-\lambda x}\,dx")
        body = Multiply((LAMBDA, Power(E, Negate(Multiply((LAMBDA, X))))))
        assert result.term == Integral("x", ZERO, INFINITY, body)
        assert result.inferred == (r"\lambda ∈ ℝ",)
        assert term(r"\int_{\mathbb{R}} dx") == Integral("x", Negate(INFINITY), INFINITY, ONE)
        assert term(r"\int x dx") == Over("int", "x", None, X)


D = Name("d")
INFLUENCE = (
    EMPTY.declare(r"\hat{\theta}", Function((REAL,), Vector(D)))
    .declare("R", Function((Vector(D),), REAL))
    .declare("L", Function((Vector(Name("m")), Vector(D)), REAL))
    .declare("z", Vector(Name("m")))
    .declare(r"\theta", Vector(D))
    .declare("H", MatrixOf(D, D))
    .declare(r"\epsilon", REAL)
)
EPSILON, THETA, Z, H = Name(r"\epsilon"), Name(r"\theta"), Name("z"), Name("H")


def theta_hat(at: Term) -> Apply:
    return Apply(r"\hat{\theta}", (at,))


class TestDerivatives:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\frac{d}{dx} x^2", Derivative(Power(X, TWO), X)),
            (r"\frac{d}{dx} a x + b", Add((Derivative(Multiply((A, X)), X), B))),
            (r"\frac{\partial^2}{\partial a^2}\left[a b\right]", Derivative(Multiply((A, B)), A, 2)),
            (r"\frac{d}{dx} (a x) b", Multiply((Derivative(Multiply((A, X)), X), B))),
            (
                r"\frac{\partial^2 c}{\partial a \partial b}",
                Derivative(Derivative(Dependent(C, (A, B)), B), A),
            ),
            (
                r"\frac{d}{dx} x^2 \Bigr|_{x=3} a",
                Multiply((Evaluate(Derivative(Power(X, TWO), X), "x", integer(3)), A)),
            ),
            (r"a x \Bigr|_{x=0}", Multiply((A, Evaluate(X, "x", ZERO)))),
            (r"\left. a x \right|_{x=0}", Evaluate(Multiply((A, X)), "x", ZERO)),
        ],
    )
    def test_operators(self, text: str, expected: Term) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize(
        "text",
        [r"\frac{d}{dx}", r"\frac{d}{dx} (x) x", r"\frac{d}{de} e", r"a\Bigr|_{0}", r"\nabla 1", r"\Bigr|_{x=0}"],
    )
    def test_unclear_ones_are_a_problem(self, text: str) -> None:
        assert problem(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\nabla R(\theta)", FunctionDerivative("R", 0, 1, (THETA,))),
            (r"\nabla^2 R(\theta)", FunctionDerivative("R", 0, 2, (THETA,))),
            (r"\nabla_\theta L(z, \theta)", FunctionDerivative("L", 1, 1, (Z, THETA))),
            (r"\nabla_\theta L(z, \hat\theta(0))", FunctionDerivative("L", 1, 1, (Z, theta_hat(ZERO)))),
            (r"\nabla_\theta^2 L(z, \hat\theta(\epsilon))", FunctionDerivative("L", 1, 2, (Z, theta_hat(EPSILON)))),
            (r"\nabla_\theta [R(\theta)]", Derivative(Apply("R", (THETA,)), THETA)),
            (r"\nabla_\theta^2 (R(\theta))", Derivative(Apply("R", (THETA,)), THETA, 2)),
            (r"\nabla R(\theta)^\top", Transpose(FunctionDerivative("R", 0, 1, (THETA,)))),
            (r"\frac{d\hat\theta(\epsilon)}{d\epsilon}", FunctionDerivative(r"\hat{\theta}", 0, 1, (EPSILON,))),
            (r"\frac{d\hat\theta}{d\epsilon}", FunctionDerivative(r"\hat{\theta}", 0, 1, (EPSILON,))),
            (r"\frac{d}{d\epsilon}\hat\theta(\epsilon)", Derivative(theta_hat(EPSILON), EPSILON)),
            (
                r"\hat\theta(0) + \epsilon \frac{d\hat\theta({\epsilon})}{d\epsilon} {\Bigr |}_{\epsilon=0}",
                Add(
                    (
                        theta_hat(ZERO),
                        Multiply(
                            (
                                EPSILON,
                                Evaluate(FunctionDerivative(r"\hat{\theta}", 0, 1, (EPSILON,)), r"\epsilon", ZERO),
                            )
                        ),
                    )
                ),
            ),
        ],
    )
    def test_of_declared_functions(self, text: str, expected: Term) -> None:
        assert term(text, INFLUENCE) == expected

    def test_the_argument_of_a_gradient_must_be_clear(self) -> None:
        assert "several arguments" in problem(r"\nabla_\theta L(H \theta, \theta)", INFLUENCE)


class TestMatrices:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("H^T", Transpose(H)),
            (r"H^\top", Transpose(H)),
            ("H^{-1}", Inverse(H)),
            ("H^{-1} z", Multiply((Inverse(H), Z))),
            ("z^T z", Multiply((Transpose(Z), Z))),
            ("(z^T z)^{-1}", Power(Multiply((Transpose(Z), Z)), Negate(ONE))),
            (r"(z z^T)^{-1}", Inverse(Multiply((Z, Transpose(Z))))),
            (r"(H + \epsilon \nabla^2 R(\theta))^{-1}", None),
            ("2^{-1}", Power(TWO, Negate(ONE))),
            (r"\begin{pmatrix}1&2\\2&1\\\end{pmatrix}", Matrix(((ONE, TWO), (TWO, ONE)))),
            (r"\begin{vmatrix}1&2\\2&1\end{vmatrix}", Apply("det", (Matrix(((ONE, TWO), (TWO, ONE))),))),
        ],
    )
    def test_superscripts(self, text: str, expected: Term | None) -> None:
        result = term(text, INFLUENCE)
        assert isinstance(result, Inverse) if expected is None else result == expected

    def test_an_undeclared_transpose_is_a_problem(self) -> None:
        assert "transpose or a power" in problem("x^T + T")
        assert reading("x^T").inferred == ("x is a vector",)
        assert term("x^T", EMPTY.declare("T", REAL).declare("x", REAL)) == Power(X, Name("T"))

    def test_a_bracket_above_a_name_is_a_problem(self) -> None:
        assert "index or a power" in problem("x^{(n + a)}")
        assert "index or a power" in problem("x^{(n)}", EMPTY.declare("x", REAL))
        assert term("x^{(1)}", EMPTY.declare("x^{(1)}", REAL)) == Name("x^{(1)}")
        assert term(r"\theta^* + 1") == Add((Name(r"\theta^{*}"), ONE))


class TestStatements:
    def statement(self, text: str, context: Context = EMPTY) -> StatementReading:
        result = read_statement(text, context)
        assert not isinstance(result, Problem), result.show()
        return result

    def test_a_chain_gives_its_links(self) -> None:
        result = self.statement(r"a \le b < c \ne 0")
        links = [(link.left, link.sign, link.right) for link in result.relations]
        assert links == [(A, "≤", B), (B, "<", C), (C, "≠", ZERO)]

    @pytest.mark.parametrize("text", ["a", "a := b", r"a \in b", r"a \equiv b", "a ="])
    def test_other_texts_are_a_problem(self, text: str) -> None:
        assert isinstance(read_statement(text, EMPTY), Problem)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a = b", (Relation(A, "=", B),)),
            ("a := b", (Assertion(A, ":=", B),)),
            (r"a < b \sim c", (Relation(A, "<", B), Assertion(B, "∼", C))),
            (r"a \in [0, 1)", (Assertion(A, "∈", Sequence("[)", (ZERO, ONE))),)),
            (r"a = b \iff b = a", (Equivalent(Relation(A, "=", B), Relation(B, "=", A)),)),
            (r"a = b \Leftarrow b = a", (Implies(Relation(B, "=", A), Relation(A, "=", B)),)),
        ],
    )
    def test_statements_of_every_sign(self, text: str, expected: tuple[object, ...]) -> None:
        result = read_statements(text, EMPTY)
        assert not isinstance(result, Problem), result.show()
        assert result.statements == expected

    @pytest.mark.parametrize("text", ["a", r"a \sim b \Rightarrow a = c", r"a = b = c \Rightarrow a = c"])
    def test_unclear_statements_are_a_problem(self, text: str) -> None:
        assert isinstance(read_statements(text, EMPTY), Problem)

    def test_a_problem_has_its_place_in_the_text(self) -> None:
        result = read_statement("a + b = c(a)", EMPTY)
        assert isinstance(result, Problem) and result.span is not None
        assert result.span.start == 8

    def test_macros(self) -> None:
        result = read_statement(r"\la = 1", EMPTY, r"\newcommand{\la}{\lambda}")
        assert not isinstance(result, Problem)
        assert result.relations[0].left == LAMBDA


class TestWeekSeven:
    """The lines of the sheet that the project starts from, in our own words."""

    context = EMPTY.declare("N", NATURAL).declare(r"\lambda", REAL).declare("x", Family((IndexRange(ONE, N),), REAL))
    total = Sum("i", ONE, N, x(Name("i")))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                r"\sum_{i=1}^N \ln\left(\lambda\exp(-\lambda x_i)\right)",
                Sum(
                    "i",
                    ONE,
                    N,
                    ln(Multiply((LAMBDA, Apply("exp", (Negate(Multiply((LAMBDA, x(Name("i"))))),))))),
                ),
            ),
            (
                r"N\ln(\lambda) - \sum_{i=1}^N \lambda x_i",
                Add((Multiply((N, ln(LAMBDA))), Negate(Sum("i", ONE, N, Multiply((LAMBDA, x(Name("i")))))))),
            ),
            (
                r"\frac{N}{\lambda} - \sum_{i=1}^N x_i",
                Add((Divide(N, LAMBDA), Negate(total))),
            ),
            (r"N \left(\sum_{i=1}^N x_i\right)^{-1}", Multiply((N, Power(total, Negate(ONE))))),
            (r"\frac1N \sum_{i=1}^N x_i", Multiply((Divide(ONE, N), total))),
        ],
    )
    def test_lines(self, text: str, expected: Term) -> None:
        result = reading(text, self.context)
        assert result.term == expected
        assert result.inferred == ()

    def test_the_derivative_of_a_defined_likelihood(self) -> None:
        context = self.context.define("l", (r"\lambda",), Multiply((N, ln(LAMBDA))))
        expected = Derivative(Apply("l", (LAMBDA,)), LAMBDA)
        assert term(r"\frac{\partial l(\lambda)}{\partial\lambda}", context) == expected

    def test_output_size(self) -> None:
        size = r"\left\lfloor \frac{n + 2p - d(k-1) - 1}{s} \right\rfloor + 1"
        context = EMPTY
        for name in "npdks":
            context = context.declare(name, NATURAL)
        result = term(size, context)
        assert isinstance(result, Add) and isinstance(result.terms[0], Apply)
        assert result.terms[0].function == "floor"


class TestLength:
    def test_long_sums_are_read(self) -> None:
        result = term(" + ".join(["x"] * 5000))
        assert isinstance(result, Add) and len(result.terms) == 5000

    @pytest.mark.parametrize(
        "text", [r"\frac{d}{dx} " * 2000 + "x", r"\ln " * 3000 + "x", r"\sum_i x_j + \sum_j x_i + " * 500 + "1"]
    )
    def test_deep_texts_end_in_a_problem(self, text: str) -> None:
        assert isinstance(read_term(text, EMPTY), Problem)


P, Q, Y, XI = Name("p"), Name("q"), Name("y"), Element("x", (Name("i"),))


def transposed(name: str) -> Transpose:
    return Transpose(Name(name))


class TestUndeclaredFunctions:
    """The rules of :mod:`engine.meaning.undeclared`, one line each at least."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\sum_{i=1}^N x_i(a + b)", Sum("i", ONE, N, Multiply((XI, Add((A, B)))))),
            ("f(x)", Apply("f", (X,))),
            ("c(x)", Apply("c", (X,))),
            ("k(a, b)", Apply("k", (A, B))),
            (r"\mathcal{L}(a; b)", Apply(r"\mathcal{L}", (A, B))),
            ("f'(x)", FunctionDerivative("f", 0, 1, (X,))),
            (r"g^T (x - y)", Multiply((Transpose(Name("g")), Add((X, Negate(Y)))))),
            (r"g^\top (x - y)", Multiply((Transpose(Name("g")), Add((X, Negate(Y)))))),
            ("x_{1_2}", Name("x_{1_{2}}")),
            (r"s_{X, Y \setminus Z}", Name(r"s_{X,Y\setminus Z}")),
            ("s(h(x))", Apply("s", (Apply("h", (X,)),))),
            (r"\rho_{ACC}(m)", Apply(r"\rho_{ACC}", (Name("m"),))),
            (r"\rho_G(M_1)", Apply(r"\rho_{G}", (Name("M_{1}"),))),
            (r"\sigma(w^\top x)", Apply(r"\sigma", (Multiply((Transpose(Name("w")), X)),))),
            (r"\operatorname{erf}^{-1}(p)", Apply(r"\operatorname{erf}^{-1}", (P,))),
            (r"\frac{df}{dx}(a)", FunctionDerivative("f", 0, 1, (A,))),
            ("f^2(x)", Power(Apply("f", (X,)), TWO)),
            ("f^{-1}(x)", Apply("f^{-1}", (X,))),
            ("p(1 - p)", Multiply((P, Add((ONE, Negate(P)))))),
            ("c(a + b)", Multiply((C, Add((A, B))))),
            ("f(a + b) - f", Add((Multiply((Name("f"), Add((A, B)))), Negate(Name("f"))))),
            ("w(x) + w(x + 1)", Add((Apply("w", (X,)), Apply("w", (Add((X, ONE)),))))),
            ("w(x + 1) + w(x)", Add((Apply("w", (Add((X, ONE)),)), Apply("w", (X,))))),
            ("R(f^*)", Apply("R", (Name("f^{*}"),))),
            (r"p(x, y \mid a)", Call(P, (X, Y), (A,))),
            ("p(x) p(y)", Multiply((Call(P, (X,)), Call(P, (Y,))))),
            (r"\log p(x \mid a)", ln(Call(P, (X,), (A,)))),
            (r"f_k(x)", Call(Element("f", (Name("k"),)), (X,))),
            (r"F_X(x)", Apply("F_{X}", (X,))),
            (r"\mathcal{R}_{emp}(x)", Apply(r"\mathcal{R}_{emp}", (X,))),
        ],
    )
    def test_reads(self, text: str, expected: Term) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\mathbb{E}[x^2]", Functional("E", (Power(X, TWO),))),
            ("E[x]^2", Power(Functional("E", (X,)), TWO)),
            (r"\mathbb{E}_{x \sim p}[x]", Functional("E", (X,), (), Comparison(X, "∼", P))),
            (r"\mathrm{Cov}(x, y)", Functional("Cov", (X, Y))),
            (r"P(x = 1 \mid y)", Functional("P", (Comparison(X, "=", ONE),), (Y,))),
            (r"P(a < x \le b)", Functional("P", (Comparison(Comparison(A, "<", X), "≤", B),))),
            (r"\mathrm{I}(x, y; a)", Functional("I", (Sequence("", (X, Y)), A))),
            (r"\mathbf{1}_{x > 0}", Apply("indicator", (Comparison(X, ">", ZERO),))),
            (r"\langle x, y \rangle", Apply("inner", (X, Y))),
            (r"\|x\|_2", Apply("norm", (X, TWO))),
            (r"\log_2 x", Apply("logbase", (X, TWO))),
        ],
    )
    def test_quantities(self, text: str, expected: Term) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize(
        "text",
        ["n(f(x))", r"\rho_G(m)", r"\sigma(w^\top x)^2", r"\sigma(w^\top x + b)", r"\lambda_2(c)", "s(h(x)) + s"],
    )
    def test_what_may_be_a_factor_is_a_problem(self, text: str) -> None:
        assert "function applied or a product" in problem(text)

    @pytest.mark.parametrize("text", ["bias(x)", "MSE", "cost(x, y)", "nlog(n)", r"\prod_{l=1}^n log(l)"])
    def test_words_set_as_products_of_letters_are_a_problem(self, text: str) -> None:
        assert "product of letters" in problem(text)


def test_rates_set_as_letters_are_one_name_each() -> None:
    result = reading(r"\frac{TP}{TP + FP} + T P")
    tp, fp = Name(r"\mathrm{TP}"), Name(r"\mathrm{FP}")
    assert result.term == Add((Divide(tp, Add((tp, fp))), Multiply((Name("T"), Name("P")))))
    assert "TP is taken for one name" in result.inferred
    assert term("FPR") == Name(r"\mathrm{FPR}")
    assert term("TP", EMPTY.declare("T", REAL)) == Multiply((Name("T"), Name("P")))


class TestOperatorsOverConditions:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"\sum_{i \in S} x_i", Over("sum", "i", Comparison(Name("i"), "∈", Name("S")), XI)),
            (r"\sum_{k \ne y} x_k y", Over("sum", "k", Comparison(Name("k"), "≠", Y), None)),
            (r"\max_x a x", Over("max", "x", None, Multiply((A, X)))),
            (r"\arg\min_x a x", Over("argmin", "x", None, Multiply((A, X)))),
            (r"\min_x x^2 + a x + b", None),
            (r"\lim_{x \to 0} x", Over("lim", "x", Comparison(X, "→", ZERO), X)),
            (r"\int_{\mathcal{X}} x \, dx", Over("int", "x", Comparison(X, "∈", Name(r"\mathcal{X}")), X)),
        ],
    )
    def test_reads(self, text: str, expected: Over | None) -> None:
        found = term(text)
        if expected is None:
            assert found == Add((Over("min", "x", None, Add((Power(X, TWO), Multiply((A, X))))), B))
        else:
            assert isinstance(found, Over)
            assert (found.operator, found.variable, found.condition) == (
                expected.operator,
                expected.variable,
                expected.condition,
            )

    def test_pairs_are_two_operators(self) -> None:
        result = reading(r"\sum_{i \ne j} x_i x_j")
        assert isinstance(result.term, Over) and isinstance(result.term.body, Over)
        assert any("all pairs i, j" in words for words in result.inferred)

    def test_the_variable_between_two_bounds_is_that_of_the_integral_beside(self) -> None:
        text = r"\left[x e^{-\lambda x}\right]_0^a - \int_0^a e^{-\lambda x} \, dx"
        assert "the bounds are values of x" in reading(text).inferred
        assert "unclear" in problem(r"\left[x e^{-\lambda x}\right]_0^a")

    def test_the_value_between_two_bounds(self) -> None:
        result = reading(r"\left[x^2\right]_0^a")
        square = Power(X, TWO)
        assert result.term == Add((Evaluate(square, "x", A), Negate(Evaluate(square, "x", ZERO))))
        assert "the bounds are values of x" in result.inferred


class TestInferredShapes:
    @pytest.mark.parametrize(
        ("text", "vectors", "matrices"),
        [
            (r"y^T P y", {"y"}, {"P"}),
            (r"(y - X b)^\top \Sigma^{-1} (y - X b)", {"y", "b"}, {"X", r"\Sigma"}),
            (r"(X - \mu)^\top \Sigma^{-1} (X - \mu) / n", {"X", r"\mu"}, {r"\Sigma"}),
            (r"\bar{\mathbf{z}} + \mathbf{z}", {r"\bar{\mathbf{z}}", r"\mathbf{z}"}, set()),
            (r"\mathbf{A} \vec{x}", {r"\vec{x}"}, {r"\mathbf{A}"}),
        ],
    )
    def test_reports(self, text: str, vectors: set[str], matrices: set[str]) -> None:
        said = set(reading(text).inferred)
        assert {f"{name} is a vector" for name in vectors} | {f"{name} is a matrix" for name in matrices} <= said

    def test_bars_around_a_matrix_are_its_determinant(self) -> None:
        found = term(r"|\Sigma| x^T \Sigma x")
        assert isinstance(found, Multiply) and found.factors[0] == Apply("det", (Name(r"\Sigma"),))

    def test_the_transpose_of_a_gradient(self) -> None:
        gradient = Apply("gradient", (Apply("f", (X,)),))
        assert term(r"\nabla f(x)^\top") == Transpose(gradient)

    def test_a_derivative_of_something_undeclared_is_not_zero(self) -> None:
        assert term(r"\frac{\partial L}{\partial x}") == Derivative(Dependent(Name("L"), (X,)), X)
        assert term(r"\frac{d a}{dx}", EMPTY.declare("a", REAL).declare("x", REAL)) == Derivative(A, X)

    def test_indices_above(self) -> None:
        family = r"x^{(\cdot)}"
        assert term("x^{(k)}") == Element(family, (Name("k"),))
        assert term("x_j^{(k)}") == Element(r"x_{\cdot}^{(\cdot)}", (Name("j"), Name("k")))
        assert term("E^{(X)}") == Name("E^{(X)}")

    def test_upper_limits_are_natural(self) -> None:
        result = reading(r"\sum_{i=1}^k \sum_{j=1}^{n_i} y_{ij}")
        assert result.context.sort_of("n") == Family((None,), NATURAL)

    def test_sizes_that_must_be_one_are_one(self) -> None:
        result = read_statement("x^T A y = y^T A^T x + b", EMPTY)
        assert not isinstance(result, Problem), result.show()
        x_, a_, y_ = map(result.context.sort_of, "xAy")
        assert isinstance(x_, Vector) and isinstance(y_, Vector) and a_ == MatrixOf(x_.size, y_.size)
        assert x_.size != y_.size
        assert result.context.sort_of("b") == REAL

    def test_a_declared_size_is_never_changed(self) -> None:
        context = EMPTY.declare("d", NATURAL).declare("x", Vector(Name("d")))
        result = reading(r"x^\top \mathbf{y}", context)
        assert result.context.sort_of("x") == result.context.sort_of(r"\mathbf{y}") == Vector(Name("d"))


def test_an_entry_of_a_declared_vector_in_bold() -> None:
    context = Context().declare("d", Integer(1)).declare(r"\mathbf{x}", Vector(Name("d")))
    reading = read_term(r"\sum_{i=1}^d x_i + x_1", context)
    assert isinstance(reading, Reading)
    assert "x" not in {one.name for one in reading.context.declarations}
    assert r"x with an index is an entry of \mathbf{x}" in reading.inferred


def test_an_upper_limit_is_a_natural_number_also_where_it_was_an_index_before() -> None:
    reading = read_term(r"x_N - \sum_{i=1}^N x_i", Context())
    assert isinstance(reading, Reading)
    assert reading.context.sort_of("N") == Integer(1)
