"""What readings of other people's formulas, judged by eye, have taught: each a formula of our own, and its term."""

from __future__ import annotations

import pytest

from engine.meaning import term as terms
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, read_statements, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import Family, MatrixOf, Vector
from engine.meaning.statement import Assertion
from engine.meaning.term import (
    Add,
    Apply,
    Call,
    Comparison,
    Dependent,
    Derivative,
    Element,
    Functional,
    Inverse,
    Multiply,
    Name,
    Negate,
    Sequence,
    Sum,
    Term,
    Transpose,
    integer,
)
from engine.span import Problem

EMPTY = Context()
ONE, TWO = integer(1), integer(2)
A, B, C, K, N, P, S, W, X, Y = map(Name, "A B C k n p s w x y".split())
BOLD_A, BOLD_B, BOLD_W, BOLD_X = (Name(rf"\mathbf{{{letter}}}") for letter in "abwx")
THETA = Name(r"\theta")


def reading(text: str) -> Reading:
    result = read_term(text, EMPTY)
    assert isinstance(result, Reading), result
    again = read_term(term_latex(result.term), EMPTY)
    assert isinstance(again, Reading) and again.term == result.term, term_latex(result.term)
    return result


def term(text: str) -> Term:
    return reading(text).term


def refusal(text: str) -> str:
    result = read_term(text, EMPTY)
    assert isinstance(result, Problem), result
    return result.message


def sorts(text: str) -> dict[str, str]:
    """The inferred sorts by name."""
    return {d.name: type(d.sort).__name__ for d in reading(text).context.declarations}


def test_an_indicator_keeps_its_set() -> None:
    """The set below was dropped: 1_A(x) was read as 1[x]."""
    assert term(r"\mathbf{1}_A(x)") == Apply("indicator", (Comparison(X, "∈", A),))
    inside = Comparison(X, "∈", Sequence("[]", (integer(0), ONE)))
    assert term(r"\mathbf{1}_{[0,1]}(x)") == Apply("indicator", (inside,))


def test_a_numbered_indicator_is_a_function() -> None:
    """The k-th draw falls into class i: the index below was dropped."""
    body = Call(Element(r"\mathbb{I}", (Name("j"),)), (K,))
    assert term(r"\sum_{k=1}^n \mathbb{I}_j(k)") == Sum("k", ONE, N, body)


def test_a_mark_above_an_indexed_function_stays() -> None:
    """The γ above was dropped, and the policy below was read as the number π."""
    discounted = Call(Element(r"v^{\gamma}", (Name(r"\pi"),)), (S,))
    assert term(r"v_\pi^\gamma(s)") == discounted
    assert discounted != term(r"v_\pi(s)") == Call(Element("v", (Name(r"\pi"),)), (S,))


@pytest.mark.parametrize("text", [r"c_i(x) + c_j(x^2)", r"c_j(x^2) + c_i(x)"])
def test_the_members_of_a_family_of_functions_are_functions(text: str) -> None:
    """The second one was read as a factor, because no lone letter stands in its brackets."""
    first = Call(Element("c", (Name("i"),)), (X,))
    second = Call(Element("c", (Name("j"),)), (terms.Power(X, TWO),))
    found = term(text)
    assert isinstance(found, Add) and set(found.terms) == {first, second}


def test_a_primed_policy_is_another_policy() -> None:
    """It was read as the derivative of a function π."""
    assert term(r"q(s, \pi'(s))") == Apply("q", (S, Apply(r"\pi'", (S,))))
    assert term(r"\sigma'(s)") == terms.FunctionDerivative(r"\sigma", 0, 1, (S,))


def test_chi_squared_is_a_law() -> None:
    """It was read as the square of χ times its degrees of freedom."""
    law = Apply(r"\chi^{2}", (Add((N, Negate(ONE))),))
    assert term(r"\chi^2(n - 1)") == law
    found = read_statements(r"S \sim \chi^2(n - 1)", EMPTY)
    assert not isinstance(found, Problem)
    assert found.statements == (Assertion(Name("S"), "∼", law),)
    assert term(r"\chi^2 + 1") == Add((terms.Power(Name(r"\chi"), TWO), ONE))


def test_a_number_is_no_density_of_an_expectation() -> None:
    """p E[X]^2 - p was read as the density p at a difference of expectations."""
    assert "function applied or a product" in refusal(r"p \, \left(\mathbb{E}[X^2] - \mathbb{E}[X]^2\right)")
    spread = Functional("Var", (Name("X"),))
    assert term(r"p \cdot (\operatorname{Var}[X] - 1)") == Multiply((P, Add((spread, Negate(ONE)))))
    assert term(r"p(x + \epsilon)") == Apply("p", (Add((X, Name(r"\epsilon"))),))


def test_the_number_of_a_formula_is_no_value() -> None:
    """E[(2)], the expectation of what line (2) says, was read as that of the number 2."""
    assert "number of a formula" in refusal(r"\mathbb{E}[(2)]")
    assert term(r"\mathbb{E}[2]") == Functional("E", (TWO,))


def test_a_leading_one_is_an_index() -> None:
    """a_{1i} was read as a_i, for 1 times i; 2i alone is an even index."""
    first, second = (Element("a", (digit, Name("i"))) for digit in (ONE, TWO))
    assert term(r"\sum_{i=1}^n a_{1i} a_{2i}") == Sum("i", ONE, N, Multiply((first, second)))
    assert term(r"\sum_{i=1}^n a_{2i}") == Sum("i", ONE, N, Element("a", (Multiply((TWO, Name("i"))),)))


def test_a_vector_after_a_hessian_is_multiplied() -> None:
    """The Hessian of R times w was read as the Hessian of the product R w."""
    hessian = Derivative(Dependent(Name("R"), (THETA,)), THETA, 2)
    assert term(r"\nabla_\theta^2 R \mathbf{w}") == Multiply((hessian, BOLD_W))
    assert term(r"\nabla_x x^\top A x") == Derivative(Multiply((Transpose(X), A, X)), X)


def test_a_dot_between_vectors_is_an_inner_product() -> None:
    """It was read as a product of two columns, which has no value."""
    assert term(r"\mathbf{a} \cdot \mathbf{b}") == Apply("inner", (BOLD_A, BOLD_B))
    mapped = Multiply((Name(r"\mathbf{A}"), BOLD_X))
    assert term(r"2 \mathbf{w} \cdot \mathbf{A} \mathbf{x}") == Multiply((TWO, Apply("inner", (BOLD_W, mapped))))
    slope = Derivative(Apply("L", (BOLD_W,)), BOLD_W)
    assert term(r"\mathbf{a} \cdot \nabla_{\mathbf{w}} L(\mathbf{w})") == Apply("inner", (BOLD_A, slope))
    assert term(r"\mathbf{a} \cdot \mathbf{b}^\top") == Multiply((BOLD_A, Transpose(BOLD_B)))
    assert term(r"c \cdot \mathbf{a}") == Multiply((Name("c"), BOLD_A))


@pytest.mark.parametrize("sign", [r"\times", "*"])
def test_other_products_of_vectors_are_refused(sign: str) -> None:
    assert "product of two vectors" in refusal(rf"\mathbf{{a}} {sign} \mathbf{{b}}")


def test_a_letter_after_a_transpose_is_a_vector() -> None:
    """X^T y was read with a number y, so that y X^T would have been the same."""
    found = sorts(r"X^\top y - X \beta")
    assert (found["X"], found["y"], found[r"\beta"]) == (MatrixOf.__name__, Vector.__name__, Vector.__name__)
    assert term(r"x^\top A^{-1} y") == Multiply((Transpose(X), Inverse(A), Y))


def test_what_is_added_to_a_matrix_is_a_matrix() -> None:
    """C in A B A^T + C, and I in X^T X + λ I, were numbers."""
    assert sorts(r"A B A^\top + C")["C"] == MatrixOf.__name__
    found = sorts(r"X^\top X + \lambda I")
    assert "I" not in found and found[r"\lambda"] == "Real"
    assert "I is an identity matrix" in reading(r"X^\top X + \lambda I").inferred


def test_the_letter_e_is_said_to_be_a_number() -> None:
    """In a e + b, e may be any name: the reading says what it took it for."""
    assert "e is taken for Euler's number" in reading("a e + b").inferred
    assert "e is taken for Euler's number" not in reading("a e^{x}").inferred


def test_an_upper_bound_with_an_index_is_a_natural_number() -> None:
    """It was taken for a real number: only a lone letter was thought of."""
    assert "n_{1} ∈ ℕ" in reading(r"\sum_{i=1}^{n_1} x_i").inferred
    assert "n_{ij} ∈ ℕ" in reading(r"\sum_{k=1}^{n_{ij}} y_{ijk}").inferred
    assert r"\frac{n_{1}}{2} ∈ ℕ" not in reading(r"\sum_{i=1}^{\frac{n_1}{2}} x_i").inferred


def test_a_bound_member_of_a_family_is_refused() -> None:
    """The maximum over x_1 bound a name, and left the x_i of the product free."""
    assert "is bound here" in refusal(r"\max_{x_1} \phi(x_1) \prod_{i=2}^n \phi(x_i, x_{i-1})")
    assert isinstance(term(r"\max_{x_1} \phi(x_1)"), terms.Over)


def test_a_derivative_before_an_open_sum_is_refused() -> None:
    """It reached to the next sign, where an author had set the derivative of the whole line to 0."""
    assert "end before this sign" in refusal(r"\frac{d}{dx} x^2 + 3 x")
    for closed in (r"\frac{d}{dx} (x^2) + 3 x", r"\frac{d}{dx} x^2 + 3 y", r"\frac{d}{dx} x^2 + \frac{d}{dx} x"):
        assert isinstance(term(closed), Add)


def test_signs_of_multiplication_are_one_in_a_name() -> None:
    assert term(r"S_{A \times B}") == term(r"S_{A \cdot B}") == Name("S_{A*B}")


def test_a_check_mark_is_no_factor() -> None:
    assert term(r"a + b \; \checkmark") == Add((Name("a"), Name("b")))


def test_the_empty_set_is_no_number() -> None:
    assert r"\emptyset ∈ ℝ" not in reading(r"B \cap \emptyset").inferred


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("r2", "r2 can be a name"),
        ("3 r2 + 1", "r2 can be a name"),
        ("2x + 1 (3)", "number of a formula"),
        (r"\Delta x + 1", "a change of it or a factor"),
        (r"where x", "product of letters"),
    ],
)
def test_a_number_that_may_not_be_a_factor(text: str, words: str) -> None:
    found = read_term(text, Context())
    assert isinstance(found, Problem)
    assert words in found.message


@pytest.mark.parametrize("text", ["2r", "x_2", "r 2", "2(3)(4)", r"2 \cdot (3)", "2 (3 + x)", "(x + 1)2"])
def test_a_number_that_is_a_factor_or_an_index(text: str) -> None:
    assert not isinstance(read_term(text, Context()), Problem)


@pytest.mark.parametrize("brace", [r"\underbrace{- b}_{= 0}", r"\overbrace{-b}^{p < 0}", "{-b}"])
def test_a_brace_around_a_sign_multiplies_nothing(brace: str) -> None:
    """a - b with a brace below - b was read as a times -b."""
    assert term(f"a {brace}") == term("a - b")
    assert term(r"a \cdot \underbrace{-b}_{= 0}") == Multiply((Name("a"), Negate(Name("b"))))


def test_expectations_one_inside_the_other() -> None:
    """E_Z before another E was a number."""
    inner = Functional("E", (terms.Power(W, TWO),), (), Name("W"))
    assert term(r"E_Z E_W[w^2]") == Functional("E", (inner,), (), Name("Z"))
    assert term("E_Z a") == Multiply((Name("E_{Z}"), Name("a")))


def test_letters_below_an_expectation_are_names() -> None:
    """E_{xz} was an expectation in the product of x and z."""
    below = terms.Sequence("", (X, Name("z")))
    assert term(r"\mathbb{E}_{xz}[w]") == term(r"\mathbb{E}_{x, z}[w]") == Functional("E", (W,), (), below)


def test_a_capital_letter_that_touches_an_expectation() -> None:
    """TE_m(A), an error of a test, was T times an expectation."""
    assert "one name or a product" in refusal(r"TE_m(A)")
    spread = Functional("E", (Y,), (), None)
    assert term("X + X E(y)") == Add((Name("X"), Multiply((Name("X"), spread))))
    assert isinstance(term("X E(y)"), Multiply)


def test_semicolons_that_move_are_two_quantities() -> None:
    """I(A; B, C) = I(A, B; C) was read as an equation of a value and itself."""
    result = read_statements("I(A; B, C) = I(A, B; C)", EMPTY)
    assert isinstance(result, Problem) and "semicolon" in result.message
    assert not isinstance(read_statements("I(A; B, C) = I(A; B) + I(A; C | B)", EMPTY), Problem)
    assert term(r"f(x; a, b)") == term("f(x, a, b)")


def test_the_slope_in_one_entry() -> None:
    """The k of df/dx_k was lost."""
    assert "one entry" in refusal(r"\frac{dg}{dx_k}(x)")
    assert term(r"\frac{dg}{dx}(x)") == terms.FunctionDerivative("g", 0, 1, (X,))
    assert term(r"\frac{dg}{dx_1}(x_1)") == terms.FunctionDerivative("g", 0, 1, (Name("x_{1}"),))


@pytest.mark.parametrize("quantity", ["Corr", "Cov", "Var"])
def test_a_backslash_among_random_variables(quantity: str) -> None:
    """The partial correlation of U and V without W was read with the set V minus W."""
    assert "without what another explains" in refusal(rf"\operatorname{{{quantity}}}(U, V \backslash W)")


def test_one_under_a_condition_is_no_factor() -> None:
    """In w 1(x > y), the condition was a factor of its own."""
    indicator = Apply("indicator", (Comparison(X, ">", Y),))
    assert term("w 1(x > y)") == Multiply((W, indicator))
    assert "indicator" in refusal("1(x > y)")


def test_a_capital_beside_a_vector_is_one() -> None:
    """U was taken for a matrix, since it stands behind one."""
    assert sorts(r"\Omega^{-1} U - \Omega^{-1} \mu")["U"] == "Vector"
    assert sorts(r"X^\top Y - X^\top X \beta")["Y"] == "Vector"
    assert sorts(r"X^\top Y - X^\top X B")["Y"] == "MatrixOf"
    assert sorts(r"\mathbf{A} \mathbf{B} + \mathbf{c}")[r"\mathbf{B}"] == "MatrixOf"


def test_a_product_beside_a_vector_is_one() -> None:
    """Λ_0 m_0 was a number, added to a vector."""
    found = sorts(r"X^\top y + \Lambda_0 \mu_0")
    assert (found[r"\Lambda_{0}"], found[r"\mu_{0}"]) == ("MatrixOf", "Vector")
    assert "a number and a vector" in refusal(r"X^\top y + N t")


def test_what_equals_a_vector_is_one() -> None:
    found = read_statements(r"b = (X^\top X)^{-1} X^\top y", EMPTY)
    assert not isinstance(found, Problem)
    assert isinstance(found.context.sort_of("b"), Vector)


@pytest.mark.parametrize("text", [r"(y - a)^\top (c V)^{-1} (y - a)", r"(y - a)^\top (c V) (y - a)"])
def test_a_capital_in_a_bracket_between_vectors_is_a_matrix(text: str) -> None:
    """V was a number, and |cV| its absolute value."""
    assert sorts(text)["V"] == "MatrixOf"
    assert Apply("det", (Multiply((Name("c"), Name("V"))),)) in factors(term(rf"\left|c V\right| {text}"))


def factors(value: Term) -> tuple[Term, ...]:
    assert isinstance(value, Multiply)
    return value.factors


def test_a_capital_before_a_transposed_one_is_a_matrix() -> None:
    """U V^T was read with a number U, so that it would have been V^T U."""
    assert sorts(r"\mathbb{E}[U V^\top]")["U"] == "MatrixOf"
    assert sorts(r"N V^\top")["N"] == "Real"


def test_what_stands_behind_rows_is_a_vector() -> None:
    """z behind a matrix of row vectors was a number."""
    rows = r"\begin{pmatrix} u^\top \\ w^\top \end{pmatrix}"
    assert sorts(rf"{rows} z")["z"] == "Vector"
    assert sorts(r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} z")["z"] == "Real"


@pytest.mark.parametrize("letter", ["v", "w"])
def test_a_small_letter_between_matrices_in_a_trace(letter: str) -> None:
    """It was a number, with which the trace would have been multiplied."""
    assert "a number or a vector" in refusal(rf"\operatorname{{tr}}(A^\top {letter} B)")


def test_a_norm_is_that_of_a_vector() -> None:
    """In ‖w - t d‖ all letters were numbers."""
    found = sorts(r"\left\| w - t d \right\|_2^2")
    assert (found["w"], found["t"], found["d"]) == ("Vector", "Real", "Vector")
    assert sorts(r"\| f \| + f(x)")["f"] == "Function"


def test_b_0_behind_another_matrix_is_no_entry_of_b() -> None:
    found = sorts(r"(y - X_0 b_0)^\top (y - X_0 b_0) + (y - X b)^\top (y - X b)")
    assert found["b"] == "Vector" and found[r"b_{\cdot}"] == "Family"


def test_the_last_member_of_a_family() -> None:
    """Below an upper bound k - 1, and beside a number n, x_k and x_n were names."""
    body = Multiply((Element("a", (Name("j"),)), Element("b", (K,))))
    upper = Add((K, Negate(ONE)))
    assert term(r"\sum_{j=1}^{k-1} (a_j b_k + b_j)") == Sum("j", ONE, upper, Add((body, Element("b", (Name("j"),)))))
    assert "k ∈ ℕ" in reading(r"\sum_{j=1}^{k-1} a_j").inferred
    assert Element("x", (N,)) in factors(term(r"n \left(x^\top x\right) x_n"))


def test_pi_beside_its_complement_is_a_probability() -> None:
    """The entropy of a coin was that of 3.14159, and undefined."""
    chance = Name(r"\pi")
    rest = Add((ONE, Negate(chance)))
    entropy = Add((Multiply((chance, Apply("ln", (chance,)))), Multiply((rest, Apply("ln", (rest,))))))
    assert term(r"\pi \ln \pi + (1 - \pi) \ln(1 - \pi)") == entropy
    assert term(r"\pi^y (1 - \pi)^{1 - y}") == Multiply(
        (terms.Power(chance, Y), terms.Power(rest, Add((ONE, Negate(Y)))))
    )
    assert term(r"(1 - \pi)^2") == terms.Power(Add((ONE, Negate(terms.PI))), TWO)
    assert "taken for a name" in " ".join(reading(r"\pi (1 - \pi)").inferred)


def test_psi_is_the_digamma_function_in_its_company_only() -> None:
    """A regulariser ψ(a) was the digamma function of a."""
    assert "digamma" in refusal(r"\psi(a)")
    for text in (r"\psi(a) - \ln a", r"\psi(a) - \psi(b)", r"\Gamma(a) \psi(a)"):
        assert "taken for the digamma function" in " ".join(reading(text).inferred)


def test_sets_are_no_numbers() -> None:
    found = read_statements(r"g: S \to \mathbb{R}", EMPTY)
    assert not isinstance(found, Problem) and "S is a set" in found.inferred
    union = reading(r"P\left(\bigcup_{i=1}^n B_i\right)")
    assert "B with an index is a set" in union.inferred and union.context.sort_of("B") is None


def test_a_list_before_a_letter_is_refused() -> None:
    """(3, 4) and z, two things in a row, were multiplied."""
    assert "two things side by side" in refusal(r"(3, 4) \; z")
    assert isinstance(term("2 (3, 4)"), Multiply)


def test_pi_out_of_its_company_is_said_to_be_the_constant() -> None:
    """In a risk c^2 - 2 c π, π was the constant without a word."""
    said = r"\pi is taken for the constant; declare it to mean something else"
    for text in (r"\pi", r"c^2 - 2 c \pi", r"\pi - c"):
        assert said in reading(text).inferred
    for text in (r"2 \pi \sigma^2", r"\frac{\pi^2}{6}", r"\sin \pi x", r"\sqrt{\pi}", r"\frac{a}{\sqrt{2 \pi}}"):
        assert said not in reading(text).inferred


def test_what_runs_over_functions_is_applied() -> None:
    """In the least expected loss over all h, h(x) was h times x."""
    loss = Apply("L", (Y, terms.Call(Name("h"), (X,), ())))
    space = Comparison(Name("h"), "∈", Name(r"\mathcal{G}"))
    best = terms.Over("argmin", "h", space, Functional("E", (loss,)))
    assert term(r"\operatorname*{argmin}_{h \in \mathcal{G}} \mathbb{E}[L(y, h(x))]") == best
    assert isinstance(term(r"\sum_{h=1}^n h(a + b)"), Sum)
    assert term(r"\sum_{h=1}^n h(a)") == Sum("h", ONE, N, Multiply((Name("h"), Name("a"))))


@pytest.mark.parametrize("label", ["KL", r"\mathrm{KL}", r"\text{KL}"])
def test_the_name_of_a_divergence_is_no_product(label: str) -> None:
    """D_{KL} was a divergence with K times L below it."""
    assert term(rf"D_{{{label}}}(p \| q)") == Functional("KL", (P, Name("q")))


def test_a_factor_one_minus_pi_is_a_probability() -> None:
    chance = Name(r"\pi")
    assert term(r"c (1 - \pi)") == Multiply((Name("c"), Add((ONE, Negate(chance)))))
    assert term(r"2 (1 - \pi)") == Multiply((TWO, Add((ONE, Negate(terms.PI)))))


def test_a_logarithm_before_a_raised_bracket() -> None:
    """ln (a/b)^{-n/2} was the logarithm, raised to -n/2."""
    for text in (r"\ln(a)^{-n/2}", r"\log\left(\frac{a}{b}\right)^n", r"\log_2(x)^k"):
        assert "logarithm of a power" in refusal(text)
    assert term(r"\ln(x)^2") == terms.Power(Apply("ln", (X,)), TWO)
    assert term(r"(\ln x)^n") == terms.Power(Apply("ln", (X,)), N)
    assert term(r"\ln(x^n)") == Apply("ln", (terms.Power(X, N),))


def test_the_error_at_a_step_is_not_euler_s_number() -> None:
    """In x^{(k)} - e^{(k)}, the k-th error was e to the k."""
    error, point = (Element(rf"{letter}^{{(\cdot)}}", (K,)) for letter in "ex")
    assert term("x^{(k)} - e^{(k)}") == Add((point, Negate(error)))
    assert term("e^{(k)}") == terms.Power(terms.E, K)
    assert term("x^{(k)} e^{(a)}") == Multiply((point, terms.Power(terms.E, Name("a"))))


def test_two_letters_below_a_function_are_two_indices() -> None:
    """g_{ij}(x, y) was the function with the index i times j, which is also j times i."""
    i, j = Name("i"), Name("j")
    assert term("g_{ij}(x, y)") == term("g_{i, j}(x, y)") == terms.Call(Element("g", (i, j)), (X, Y), ())


def test_a_directional_derivative_is_no_factor() -> None:
    assert "directional derivative" in refusal(r"D_{\mathbf{w}} f(x)")
    assert isinstance(term(r"D_{\mathbf{w}} + 1"), Add)
    assert isinstance(term(r"D_1 f(x)"), Multiply)


def test_a_size_is_no_product() -> None:
    """ℝ^{3 × 4} was ℝ^{12}, and the matrix in it a number."""
    found = read_statements(r"A \in \mathbb{R}^{3 \times 4}", EMPTY)
    assert not isinstance(found, Problem) and isinstance(found.context.sort_of("A"), MatrixOf)
    space = terms.Power(Name(r"\mathbb{R}"), Apply("cross", (integer(3), integer(4))))
    assert found.statements == (Assertion(A, "∈", space),)
    assert term_latex(space) == r"\mathbb{R}^{3 \times 4}"
    row = read_statements(r"x \in \mathbb{R}^{3 n}", EMPTY)
    assert not isinstance(row, Problem) and isinstance(row.context.sort_of("x"), Vector)
    assert term(r"2^{3 \times 4}") == terms.Power(TWO, Multiply((integer(3), integer(4))))


def test_a_lone_constant_in_the_brackets_of_a_function_is_a_name() -> None:
    """The evidence e in p(e | z), and the share π in L(π, c), were the constants."""
    for text in (r"p(e \mid z)", "P(E = e)", "f(e)", r"\mathbb{E}[e]"):
        assert sorts(text)["e"] == "Real"
    assert sorts(r"L(\pi, c)")[r"\pi"] == "Real"
    assert "e" not in sorts("f(e) + e^x") and r"\pi" not in sorts(r"L(\pi, 2 \pi)")
    assert "e" not in sorts(r"\ln(e)") and r"\pi" not in sorts(r"\sin(\pi)")


def test_a_trace_is_taken_of_matrices_with_an_index_too() -> None:
    """The rank of the j-th matrix was that of a number, and vec(A X B) that of three."""
    for text in (r"\operatorname{rank}(B^{(j)})", r"\sum_i \operatorname{tr}(B_i)"):
        family = next(d.sort for d in reading(text).context.declarations if d.name.startswith("B"))
        assert isinstance(family, Family) and isinstance(family.element, MatrixOf)
    assert {sorts(r"\operatorname{vec}(A X B)")[letter] for letter in "AXB"} == {"MatrixOf"}
    assert sorts(r"X B X^T + U \operatorname{tr}(B^T V)")["U"] == "MatrixOf"


def test_bars_around_a_covariance_are_its_determinant() -> None:
    """The absolute value of a number Σ was read, of which |2 Σ| is 2 |Σ|."""
    assert term(r"\ln|\hat\Sigma_0|") == Apply("ln", (Apply("det", (Name(r"\hat{\Sigma}_{0}"),)),))
    assert term("|s|") == Apply("abs", (S,))
    assert "determinant" in refusal(r"|\Sigma_k^{(t)}|")


def test_what_a_row_is_multiplied_with_in_a_bracket_is_a_vector() -> None:
    """t^T (A X + b) and (a_i^T - b^T) z_i had numbers in them."""
    found = sorts(r"\exp(t^T (A X + b))")
    assert (found["A"], found["X"], found["b"]) == ("MatrixOf", "Vector", "Vector")
    assert sorts("t^T (N x + c)")["N"] == "Real"
    assert sorts(r"(u^\top - v^\top) z")["z"] == "Vector"
    assert sorts(r"\Sigma_{xy} + \mu_x \mu_y^\top")[r"\mu_{x}"] == "Vector"
    assert sorts(r"\bar{x} x^\top")[r"\bar{x}"] == "Real"


def test_a_bold_capital_with_an_index_may_name_a_column() -> None:
    """In a residual y_i - θ^T X_i of numbers, X_i was a matrix."""
    assert sorts(r"y - \boldsymbol\theta^\top \mathbf{X}_j")[r"\mathbf{X}_{j}"] == "Vector"
    for text in (r"\boldsymbol\theta^\top \mathbf{X}_j", r"\boldsymbol\theta^\top \mathbf{X}_j + 0"):
        assert sorts(text)[r"\mathbf{X}_{j}"] == "MatrixOf"
    found = reading(r"\sum_{i=1}^n (y_i - \mathbf{w}^\top \mathbf{X}^{(i)})^2").context.sort_of(r"\mathbf{X}^{(\cdot)}")
    assert isinstance(found, Family) and isinstance(found.element, Vector)


def test_a_vector_with_an_index_beside_the_vector_is_another_one() -> None:
    """x_0 in x - x_0 was an entry of x."""
    first, second = read_term(r"\mathbf{x} - \mathbf{x}_0", EMPTY), sorts(r"\mathbf{x} - \mathbf{x}_0")
    assert isinstance(first, Reading) and isinstance(first.term, Add) and second[r"\mathbf{x}"] == "Vector"
    assert r"\mathbf{x}_{i} is a vector for all integers i" in first.inferred
    assert term(r"\mathbf{x} - 0") == Add((BOLD_X, Negate(integer(0))))


def test_a_number_is_not_added_to_a_vector() -> None:
    """A bold letter for a number was a vector, and the sum had no meaning."""
    for text in (r"\mathbf{x} - 3", r"\sum_{i=1}^n \mathbf{x}_i - n a", r"\mathbf{x} + t u"):
        assert "a number and a vector" in refusal(text)


def test_a_transposed_weight_beside_others_that_are_numbers_is_refused() -> None:
    """The first layer's weights are vectors and the second's are numbers, of one letter."""
    assert "transpose" in refusal(r"w_i^{(2)} h((w_i^{(1)})^T x + b_i)")


def test_a_bar_with_a_point_in_a_probability_is_refused() -> None:
    """P(y = 1 |_{x = 2}) had the value of 1 where x is 2 in it."""
    assert "condition or to the point" in refusal(r"P(y = 1 ~|~ _{x = 2})")
    assert isinstance(term(r"\mathbb{E}[\frac{d f(x)}{d x}|_{x = 2}]"), Functional)


def test_a_letter_at_a_point_depends_on_what_is_put_in() -> None:
    """L|_{w = 0} was L."""
    assert term("L|_{w = 0}") == terms.Evaluate(Dependent(Name("L"), (W,)), "w", integer(0))
    assert term("w^2|_{w = 0}") == terms.Evaluate(terms.Power(W, TWO), "w", integer(0))


def test_a_name_of_letters_before_a_bracket_is_refused() -> None:
    """Val(Y) was V times a times l(Y)."""
    assert "one name or a product" in refusal("Val(Y)")
    assert isinstance(term("V a l (Y)"), Multiply) and isinstance(term("Axt(y + 1)"), Multiply)


def test_a_bold_capital_before_a_bracket_is_no_entropy() -> None:
    """A Hessian before a difference was the entropy of it."""
    first = term(r"\mathbf{H}(\mathbf{a} - \mathbf{b})")
    assert first == Multiply((Name(r"\mathbf{H}"), Add((BOLD_A, Negate(BOLD_B)))))
    assert isinstance(term(r"\mathrm{H}(X)"), Functional)


def test_the_sign_may_be_spelled_out() -> None:
    assert term(r"\operatorname{sign}(x)") == Apply("sgn", (X,))


def test_a_bold_capital_that_equals_a_vector_is_a_random_vector() -> None:
    """It was a matrix, in a probability that it equals a vector."""
    found = sorts(r"P(\mathbf{A} = \mathbf{a})")
    assert (found[r"\mathbf{A}"], found[r"\mathbf{a}"]) == ("Vector", "Vector")
    assert sorts(r"P(\mathbf{A} = \mathbf{B})")[r"\mathbf{A}"] == "MatrixOf"


def test_an_exponential_behind_the_argument_of_a_logarithm_is_refused() -> None:
    """ln x e^{-x} was ln(x e^{-x}); below an integral, authors mean (ln x) e^{-x}."""
    assert "in the function or behind it" in refusal(r"\ln x e^{-x}")
    assert term(r"\ln e^{-x}") == term(r"\ln(e^{-x})")
    assert isinstance(term(r"\ln x \cdot e^{-x}"), Multiply)


def test_conditions_in_brackets_behind_a_value_are_refused() -> None:
    """0 (j = 1, ..., l) was 0 times a list."""
    assert "no factor" in refusal(r"0 ~ (j = 1, \ldots, l)")


def test_an_integral_over_a_measure_is_refused() -> None:
    """P was the variable, in which f(x) is constant."""
    assert "measure" in refusal(r"\int f(x) \,d\mathbb{P}") and "measure" in refusal(r"\int_A f(x) \,dQ")
    assert isinstance(term(r"\int T^2 \,dT"), terms.Over)


def test_an_error_behind_a_transposed_matrix_is_a_vector() -> None:
    """The δ_1 of U^T δ_1 was a number."""
    assert sorts(r"U^T \delta_1")[r"\delta_{1}"] == "Vector"


def test_what_is_doubled_in_an_upper_bound_counts() -> None:
    assert "h ∈ ℕ" in reading(r"\frac{1}{2 h} \sum_{t=0}^{2 h} x_t").inferred
    assert "h ∈ ℕ" not in reading(r"\sum_{t=0}^{0.5 h} x_t").inferred


def test_letters_in_a_list_below_an_expectation_are_names() -> None:
    """The E over D and xy was one over D and x times y."""
    below = Sequence("", (Name(r"\mathcal{D}"), X, Y))
    assert term(r"\mathbb{E}_{\mathcal{D}, xy}[x]") == Functional("E", (X,), (), below)


def test_a_lower_bound_is_a_whole_number() -> None:
    assert "m ∈ ℤ" in reading(r"\prod_{k=m}^{n} x_k").inferred
    assert "m ∈ ℝ" in reading(r"\int_m^n x \,dx").inferred
