"""What is printed reads back as the same term: what the fuzz run (``tests/soak/fuzz_reading.py``) found otherwise."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementsReading, read_statements, read_term
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.term import Apply, Call, FunctionDerivative, Multiply, Name
from engine.reading import notation
from engine.span import Problem

EMPTY = Context()
X, Y = Name("x"), Name("y")


def reading(text: str) -> Reading:
    result = read_term(text, EMPTY)
    assert isinstance(result, Reading), result
    return result


def check_again(text: str) -> str:
    """The print of a term or of statements, which must read back as the same."""
    found = read_term(text, EMPTY)
    if isinstance(found, Reading):
        latex = term_latex(found.term)
        assert reading(latex).term == found.term, latex
        return latex
    stated = read_statements(text, EMPTY)
    assert isinstance(stated, StatementsReading), (found, stated)
    latex = r" \wedge ".join(map(statement_latex, stated.statements))
    again = read_statements(latex, EMPTY)
    assert isinstance(again, StatementsReading) and again.statements == stated.statements, latex
    return latex


@pytest.mark.parametrize(
    "text",
    [
        r"(x \ge -x)", r"\frac{D}{(t=1)}", r"\frac{(t=1)}{D}", r"(y=1) - \beta", r"\sqrt{(a<b)}", r"x^{(a=b)+1}",
        r"\frac{\partial (y=4)}{\partial x}", r"((a=b) \wedge (b=c))", r"\sum_{i=1}^N (i=k) x_i", r"(a<b) = 1",
    ],
)  # fmt: skip
def test_a_condition_where_a_value_stands_has_brackets(text: str) -> None:
    check_again(text)


@pytest.mark.parametrize(
    "text",
    [
        r"P(X = x)", r"\mathbf{1}[x < y]", r"\sum_{i \ne j} x_i", r"\mathbb{E}_{x \sim p}[x]", r"\{x \mid x < 1\}",
        r"\begin{cases} 1 & \text{if } x < y \\ 0 & \text{otherwise} \end{cases}", r"P(X = x \mid Y < y)",
    ],
)  # fmt: skip
def test_a_condition_among_arguments_needs_no_brackets_of_its_own(text: str) -> None:
    assert check_again(text).count("(") == text.count("(")


@pytest.mark.parametrize(
    "sign",
    sorted(
        typed
        for typed, sign in notation.RELATIONS.items()
        if typed not in (r"\indep", r"\ni", r"\notin") and sign not in notation.LOGIC.values()
    ),
)
def test_every_relation_is_printed_by_its_command(sign: str) -> None:
    latex = check_again(rf"X {sign} Y")
    assert latex.isascii()


@pytest.mark.parametrize("sign", sorted(notation.NEGATED))
def test_every_negated_relation_is_printed(sign: str) -> None:
    typed = next((typed for typed, known in notation.RELATIONS.items() if known == sign), None)
    if typed is not None:
        assert check_again(rf"X \not{typed} Y").isascii()


@pytest.mark.parametrize("text", [r"y \overset{!}{=} 0", r"X \overset{iid}{\sim} p", r"P(X \overset{d}{=} Y)"])
def test_the_note_on_a_sign_is_printed_above_it(text: str) -> None:
    assert r"\overset" in check_again(text)


@pytest.mark.parametrize("text", [r"g(p \| q)", r"\mathrm{L}[P || Q]", r"D(p \| q)", r"g(p \| q, r)", "p(y || \\mu)"])
def test_the_bars_between_two_laws_are_kept(text: str) -> None:
    check_again(text)


@pytest.mark.parametrize("text", ["E'_X(x)", "M_X'(g)", "f'(x)", "f''(x_1)", r"\frac{d g(x)}{dx}"])
def test_the_derivative_of_an_undeclared_function_has_its_primes(text: str) -> None:
    assert "'" in check_again(text)
    assert isinstance(reading(text).term, FunctionDerivative)


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial^2 \ell}{\partial \mu \, \partial \sigma}", r"\frac{\partial^3 L}{\partial x^2 \, \partial y}",
        r"\frac{\partial L(x_i, \alpha)}{\partial x_i}", r"\frac{\partial^2 \ell}{\partial \mu^2}",
    ],
)  # fmt: skip
def test_partial_derivatives(text: str) -> None:
    check_again(text)


@pytest.mark.parametrize(
    "text",
    [
        r"X \cdot (\lambda, \lambda)", r"X \cdot [\lambda, \lambda]", "(C)(x, x)", r"\rho{}((x)_2)",
        r"i \cdot (X \sim p)",
        r"B \cdot \{x \mid x < 1\}", r"m^F \cdot (a, b)", r"\mathbb{0} \cdot (\|X\|)",
    ],
)  # fmt: skip
def test_a_letter_is_kept_apart_from_a_bracket_that_it_would_be_applied_to(text: str) -> None:
    latex = check_again(text)
    assert isinstance(reading(latex).term, Multiply)


def test_no_dot_between_columns_that_are_multiplied() -> None:
    check_again(r"\begin{pmatrix} 4 \\ 0 \end{pmatrix} 8 \begin{pmatrix} 0 \\ 1 \end{pmatrix}")


@pytest.mark.parametrize(
    "text", [r"{\theta_j^*}^{(k)}", r"{\delta_1}^{[t]} \|x\|", r"\sum_b {x^{(i)}}_b", r"\sum_b \hat{(x^{*})}_b"]
)
def test_a_name_with_scripts_keeps_its_braces_under_further_ones(text: str) -> None:
    check_again(text)


@pytest.mark.parametrize(
    "text",
    [
        r"\underbrace{-}", r"\underbrace\times", r"\mathrm{r|}(x)", r"\mathrm{\right|P}", r"(\mu)^{(Y)}",
        r"\sum_{1_j} \mu",
        r"2^*", r"m(m(y))", r"\sigma(\sigma(x))", "p(1 - p(x))",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(text: str) -> None:
    assert isinstance(read_term(text, EMPTY), Problem)


def test_a_function_of_its_own_value() -> None:
    assert reading("f(f(x))").term == Apply("f", (Apply("f", (X,)),))
    check_again("g(1 + g(x))")
    assert reading("a(1 - a)").term == Multiply((Name("a"), reading("1 - a").term))


def test_a_letter_that_is_applied_to_what_has_no_plain_sort_is_applied_everywhere() -> None:
    term = reading(r"m(a < b) m(x y)").term
    assert isinstance(term, Multiply) and all(isinstance(factor, Apply | Call) for factor in term.factors)


def test_brackets_around_all_that_a_bracket_holds_say_nothing() -> None:
    assert reading("f((x))").term == reading("f(x)").term
    assert isinstance(read_term("v((n + 2))", EMPTY), Reading) == isinstance(read_term("v(n + 2)", EMPTY), Reading)


@pytest.mark.parametrize(
    "text",
    [
        r"\sigma \cdot (\ln x)^g", r"\mathbf{V} \cdot \left(\frac13\right)^t", r"g_Y^{[1]}(y)",
        r"\sum_i (x_{5/8} + x_i)",
        r"\lambda \ast d",
        r"1_{11}1_F", r"(Y = a) \mid Z", r"\frac{1}{(t \equiv 0 \pmod 2)}", r"x \cdot \pi \cdot (e d)",
        r"{\nabla r} \cdot (F \le z)", r"a \cdot (n(x, y))^4", r"e^\lambda \cdot (X \sim m)", r"n (a \texttt{R\,})",
        r"\nabla (a) (x \mathbf{a})",
        r"o \cdot (\operatorname{argmin}_c (\pi + c)) \cdot 2",
    ],
)  # fmt: skip
def test_what_else_the_run_found(text: str) -> None:
    check_again(text)


@pytest.mark.parametrize("text", [r"p_{(h(x))b}(y)", r"p_{\sin^2 x + Y}(z)", r"\mathrm\otimes(X)", r"\boldsymbol+ x"])
def test_what_else_makes_no_sense(text: str) -> None:
    assert isinstance(read_term(text, EMPTY), Problem)


@pytest.mark.parametrize("row", [r"\ln ", r"\nabla ", "a / "])
@pytest.mark.parametrize("length", [10, 30, 40, 100, 500])
def test_a_row_that_is_read_is_printed_no_deeper_than_it_can_be_read(row: str, length: int) -> None:
    result = read_term(row * length + "x", EMPTY)
    if length < 32:
        check_again(row * length + "x")
    else:
        assert isinstance(result, Problem) and "deep" in result.message
