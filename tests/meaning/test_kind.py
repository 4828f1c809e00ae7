"""Matrices, vectors, sets and events, told from numbers by the company that an undeclared letter keeps."""

from __future__ import annotations

import pytest

from engine.judge import judge
from engine.kernel.verdict import Open, Proved
from engine.meaning import term as terms
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementReading, read_statement, read_statements, read_term
from engine.meaning.latex import term_latex
from engine.meaning.sort import REAL, Family, MatrixOf, Vector
from engine.meaning.term import Inverse, Multiply, Name
from engine.span import Problem

EMPTY = Context()


def reading(text: str, context: Context = EMPTY) -> Reading:
    result = read_term(text, context)
    assert isinstance(result, Reading), result
    again = read_term(term_latex(result.term), context)
    assert isinstance(again, Reading) and again.term == result.term, term_latex(result.term)
    return result


def names_of(text: str, sort: type) -> set[str]:
    return {d.name for d in reading(text).context.declarations if isinstance(d.sort, sort)}


@pytest.mark.parametrize(
    ("text", "matrices"),
    [
        (r"\operatorname{tr}(A B)", {"A", "B"}),
        (r"\operatorname{tr}(C^\top \lambda V)", {"C", "V"}),
        (r"\det(A) + \operatorname{rank}(B - C)", {"A", "B", "C"}),
        (r"A \otimes 2 B", {"A"}),
        (r"A \odot B", {"A", "B"}),
        (r"I - H", {"H"}),
        (r"I_d - 2 Q + Q", {"Q"}),
        (r"\Sigma^{-1}", {r"\Sigma"}),
        (r"\left(c \, \Omega\right)^{-1}", {r"\Omega"}),
        (r"(z - a)^\top P (z - a)", {"P"}),
    ],
)
def test_what_is_shown_to_be_a_matrix_is_one(text: str, matrices: set[str]) -> None:
    assert names_of(text, MatrixOf) == matrices


@pytest.mark.parametrize("text", ["N^{-1}", "C^{-1} x", "I_1 - I_2", "I_n - n I_{n-1}", "1 - P", "K - L", "A - B"])
def test_what_may_be_a_number_stays_one(text: str) -> None:
    assert not names_of(text, MatrixOf)


@pytest.mark.parametrize(
    ("text", "name"),
    [("I - H", "I"), ("I_n - P", "I_{n}"), (r"X^\top X + a \mathbf{I}", r"\mathbf{I}"), ("I^\\top", "I")],
)
def test_an_identity_is_not_any_matrix(text: str, name: str) -> None:
    """With the sort of a matrix, (I - H) H = H - H H would be refuted."""
    found = reading(text)
    assert f"{name} is an identity matrix" in found.inferred
    assert found.context.sort_of(name) is None


def test_a_claim_about_an_identity_is_not_refuted() -> None:
    found = read_statement("(I - H) H = H - H H", EMPTY)
    assert isinstance(found, StatementReading)
    assert isinstance(judge(Claim(found.context, found.relations[0])), Open | Proved)


def test_a_declared_letter_stays_what_it_was_declared() -> None:
    context = EMPTY.declare("I", REAL).declare("H", REAL).declare(r"\Sigma", REAL)
    for text in ("I - H", r"\Sigma^{-1}", r"H \otimes I"):
        assert reading(text, context).context.declarations == context.declarations


def test_an_inverse_that_was_found_out_is_an_inverse() -> None:
    assert reading(r"c \Lambda^{-1}").term == Multiply((Name("c"), Inverse(Name(r"\Lambda"))))


@pytest.mark.parametrize(
    ("text", "vectors"),
    [
        (r"\operatorname{Cov}(u_j^\top, u_k)", {"u_{j}", "u_{k}"}),
        (r"\beta_0 + \beta_j^\top x", {r"\beta_{j}", "x"}),
        (r"\Sigma^{-1} (Y - \mu)", {"Y", r"\mu"}),
        (r"\mathbf{A} \mathbf{w} + b - c", {r"\mathbf{w}", "b", "c"}),
    ],
)
def test_what_must_be_a_vector_is_one(text: str, vectors: set[str]) -> None:
    assert names_of(text, Vector) == vectors


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"B \cup C", "B is a set"),
        (r"P(C \mid A)", "C is an event or a random variable"),
        (r"\Pr(x \in D)", "D is a set"),
        (r"\sum_{k \in K} a_k", "K is a set"),
        (r"\min_{x \in \mathcal{D}} x", r"\mathcal{D} is a set"),
    ],
)
def test_sets_and_events_are_no_numbers(text: str, words: str) -> None:
    found = reading(text)
    assert words in found.inferred
    assert found.context.sort_of(words.split()[0]) is None


def test_a_set_gives_no_verdict() -> None:
    found = read_statement(r"P(A \cap B) = P(B \cap A)", EMPTY)
    assert isinstance(found, StatementReading)
    assert not isinstance(judge(Claim(found.context, found.relations[0])), Proved)


class TestBothOrders:
    """``AB = BA`` is true of numbers and false of matrices."""

    @pytest.mark.parametrize("text", ["A B = B A", "A B - B A = 0", "A c B = B A c"])
    def test_two_readings_are_a_problem(self, text: str) -> None:
        for read in (read_statement, read_statements):
            found = read(text, EMPTY)
            assert isinstance(found, Problem) and "both orders" in found.message

    @pytest.mark.parametrize(
        "text", ["a b = b a", "A b = b A", "A B = A B", r"A(B + C) = A B + A C", r"M N / N = N M / M"]
    )
    def test_one_reading_is_read(self, text: str) -> None:
        assert isinstance(read_statement(text, EMPTY), StatementReading)

    def test_declared_letters_are_read(self) -> None:
        assert isinstance(read_statement("A B = B A", EMPTY.declare("A", REAL)), StatementReading)

    def test_random_variables_are_left_alone(self) -> None:
        assert isinstance(read_statement(r"\mathbb{E}[X Y] = \mathbb{E}[Y X]", EMPTY), StatementReading)


class TestFunctionalDerivative:
    @pytest.mark.parametrize(
        "text", [r"\frac{\delta F}{\delta q}", r"\frac{\delta}{\delta q} F", r"\frac{\delta^2 F}{\delta q^2}"]
    )
    def test_it_is_refused(self, text: str) -> None:
        found = read_term(text, EMPTY)
        assert isinstance(found, Problem) and "functional derivative" in found.message

    def test_a_declared_delta_is_a_factor(self) -> None:
        found = read_term(r"\frac{\delta a}{\delta b}", EMPTY.declare(r"\delta", REAL))
        assert isinstance(found, Reading) and isinstance(found.term, terms.Divide)

    @pytest.mark.parametrize(
        "text", [r"\frac{\delta a}{\delta}", r"\frac{\delta}{\delta + 1}", r"\frac{\delta a}{(\delta b)}"]
    )
    def test_other_quotients_are_read(self, text: str) -> None:
        assert isinstance(reading(text).term, terms.Divide)


class TestTypedFunctions:
    """Letters side by side that spell a function, before a bracket, a root or a fraction."""

    @pytest.mark.parametrize(
        ("text", "same"),
        [
            ("log(x)", r"\log(x)"),
            (r"a - log \sqrt{x}", r"a - \log \sqrt{x}"),
            (r"2 exp\left(-x\right)", r"2 \exp(-x)"),
            (r"log \frac{a}{b}", r"\log \frac{a}{b}"),
            ("max(0, x) + min(x, y)", r"\max(0, x) + \min(x, y)"),
            ("log(x)^2 log(y)", r"\log(x)^2 \log(y)"),
            ("Cov[X, Y]", r"\operatorname{Cov}[X, Y]"),
            ("var(Y | X = x)", r"\operatorname{Var}(Y \mid X = x)"),
        ],
    )
    def test_reads(self, text: str, same: str) -> None:
        found = reading(text)
        assert found.term == reading(same).term
        assert any("taken for the function" in words for words in found.inferred)

    @pytest.mark.parametrize("text", ["log x", "nlog(n)", r"\sum_{g=1}^n log(x_g)"])
    def test_two_readings_are_a_problem(self, text: str) -> None:
        assert isinstance(read_term(text, EMPTY), Problem)

    def test_declared_letters_are_factors_or_a_problem(self) -> None:
        found = read_term("log(x)", EMPTY.declare("g", REAL))
        assert isinstance(found, Problem) and "product of letters" in found.message

    def test_spaced_letters_are_no_function(self) -> None:
        assert not any("taken for the function" in words for words in reading("l o g(x)").inferred)


class TestLabelledFamilies:
    @pytest.mark.parametrize(
        ("text", "families"),
        [
            (r"\sum_{k=1}^g n_{\mathcal{A},k} / n_{\mathcal{A}}", {r"n_{\mathcal{A},\_}"}),
            (r"\sum_{k=1}^g \pi_k^{(\mathcal{A})}", {r"\pi^{(\mathcal{A})}"}),
            (r"n_{\mathcal{A},k} + \sum_k n_{\mathcal{A},k}", {r"n_{\mathcal{A},\_}"}),
        ],
    )
    def test_a_label_and_an_index(self, text: str, families: set[str]) -> None:
        assert names_of(text, Family) == families

    @pytest.mark.parametrize(
        "text",
        [
            r"\sum_{i=1}^n \bar{y}_{i\bullet}",
            r"y_{\bullet j} - y_{\bullet\bullet}",
            r"y_{i\bullet}^\top A",
            r"\sum_{i=1}^n y_{i,\cdot}",
        ],
    )
    def test_a_mean_or_a_total_has_no_sort(self, text: str) -> None:
        """With totals both sides are the total of all y; with letters of their own the claim would be refuted."""
        found = reading(text)
        assert any("a mean or a total" in words for words in found.inferred)
        assert not any("y" in d.name for d in found.context.declarations)
        claim = read_statement(r"\sum_{i=1}^n y_{i\bullet} = \sum_{j=1}^m y_{\bullet j}", EMPTY)
        assert isinstance(claim, StatementReading)
        assert isinstance(judge(Claim(claim.context, claim.relations[0])), Open)

    def test_it_is_said_as_it_is_written(self) -> None:
        assert r"n_{\mathcal{A},i} ∈ ℝ for all integers i" in reading(r"\sum_k n_{\mathcal{A},k}").inferred


@pytest.mark.parametrize("text", [r"y_i + \sum_{i=1}^n x_i + z_i", r"\frac{1}{m_j} \sum_{j=1}^n x_j - \frac{1}{n_j}"])
def test_an_index_used_before_its_sum_and_after_it_is_a_problem(text: str) -> None:
    """The sum was taken to reach over the last term, as if the index were not that of the terms around it."""
    found = read_term(text, EMPTY)
    assert isinstance(found, Problem) and "before its sum and after it" in found.message


class TestNamesBesideTheirLetter:
    """A subscript on a letter that was found out to be a vector or a matrix need not be an index of it."""

    def test_another_matrix(self) -> None:
        found = names_of(r"y^\top \Sigma^{-1} y + a^\top \Sigma_0^{-1} a + |\Sigma_n|", MatrixOf)
        assert found == {r"\Sigma", r"\Sigma_{0}", r"\Sigma_{n}"}
        assert reading(r"|\Sigma_n| \operatorname{tr}(\Sigma)").term == Multiply(
            (terms.Apply("det", (Name(r"\Sigma_{n}"),)), terms.Apply("tr", (Name(r"\Sigma"),)))
        )

    def test_an_index_of_a_sum_or_a_declared_matrix_is_one(self) -> None:
        found = read_term(r"x^\top A x + \sum_i A_i", EMPTY)
        assert isinstance(found, Problem) and "expected 2 indices" in found.message
        context = EMPTY.declare("A", MatrixOf(Name("n"), Name("n")))
        assert isinstance(read_term("A_1", context), Problem)

    @pytest.mark.parametrize("text", [r"x_0^\top x", r"x^\top x_0 + x_0^\top x", r"\sum_i x_i^\top x"])
    def test_another_vector(self, text: str) -> None:
        """x_0 was read as an entry of x, a number that was transposed."""
        members = reading(text).context.sort_of(r"x_{\cdot}")
        assert isinstance(members, Family) and isinstance(members.element, Vector)

    def test_an_entry(self) -> None:
        assert "x" in names_of("x^\\top x + x_1^2", Vector)


@pytest.mark.parametrize("text", [r"(1, 2)^\top", r"[a, b]^\top", r"(y_1, \ldots, y_n)^T", r"(1, 2)^\top (3, 4)"])
def test_a_column_written_in_a_row_is_read_and_computed_with_by_nobody(text: str) -> None:
    reading(text)
    found = read_statement(rf"{text} = {text}", EMPTY)
    assert isinstance(found, StatementReading)
    assert isinstance(judge(Claim(found.context, found.relations[0])), Open)


def test_a_set_has_no_transpose() -> None:
    assert isinstance(read_term(r"\{1, 2\}^\top", EMPTY), Problem)
