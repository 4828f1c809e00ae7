"""Identity matrices, zeros and ones: of the size that a subscript or their company tells, and never a guess."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.elaborate import Reading, StatementReading, read_statement, read_term
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex, term_latex
from engine.meaning.statement import Definite, Invertible, Relation, Statement
from engine.meaning.term import Apply, Multiply, Name, Term, Transpose, children, integer
from engine.span import Problem

GIVEN = (
    r"n, d \in \mathbb{N}",
    r"X \in \mathbb{R}^{n \times d}",
    r"A, \Sigma \in \mathbb{R}^{d \times d}",
    r"y \in \mathbb{R}^n",
    r"w, x \in \mathbb{R}^d",
    r"\lambda \in \mathbb{R}",
)


def context(*more: str) -> Context:
    found = Context()
    for line in (*GIVEN, *more):
        declared = read_given(line, found)
        assert not isinstance(declared, Problem), declared
        found = declared
    return found


def statement(text: str, *more: str) -> StatementReading:
    reading = read_statement(text, context(*more))
    assert isinstance(reading, StatementReading), reading
    return reading


def known(term: Term) -> list[tuple[str, tuple[Term, ...]]]:
    own = [(term.function, term.arguments)] if isinstance(term, Apply) and term.function in _KNOWN else []
    return own + [found for part in children(term) for found in known(part)]


_KNOWN = ("identity", "zeros", "ones")
N, D, ONE = Name("n"), Name("d"), integer(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"X^\top X + \lambda I = A", [("identity", (D,))]),
        (r"A = \lambda I + X^\top X", [("identity", (D,))]),
        (r"XX^\top + \lambda I = XX^\top + I\lambda", [("identity", (N,))] * 2),
        (r"A - I = 0", [("identity", (D,))]),
        (r"I + A = A + I", [("identity", (D,))] * 2),
        (r"X I w = y", [("identity", (D,))]),
        (r"I X = X", [("identity", (N,))]),
        (r"X I = X", [("identity", (D,))]),
        (r"(X^\top X + \lambda I)^{-1}X^\top y = w", [("identity", (D,))]),
        (r"(I + \lambda A)^{-1} = A", [("identity", (D,))]),
        (r"\nabla_w^2 w^\top w = 2I", [("identity", (D,))]),
        (r"A = \mathbf{I}", [("identity", (D,))]),
        (r"\operatorname{tr}(I_n) = n", [("identity", (N,))]),
        (r"\det(I_3) = 1", [("identity", (integer(3),))]),
        (r"x^\top(A - \lambda I)x = 0", [("identity", (D,))]),
        (r"X^\top 0_n = \mathbf{0}", [("zeros", (N, ONE)), ("zeros", (D, ONE))]),
        (r"X^\top X - A = 0_{dd}", [("zeros", (D, D))]),
        (r"X\mathbf{0} = 0_n", [("zeros", (D, ONE)), ("zeros", (N, ONE))]),
        (r"\mathbf{1}^\top y = n", [("ones", (N, ONE))]),
        (r"X\mathbf{1}_d = y", [("ones", (D, ONE))]),
        (r"y - \lambda\mathbf{1} = 0", [("ones", (N, ONE))]),
    ],
)
def test_sizes(text: str, expected: list[tuple[str, tuple[Term, ...]]]) -> None:
    reading = statement(text)
    (relation,) = reading.relations
    assert known(relation.left) + known(relation.right) == expected
    assert {d.name for d in reading.context.declarations} == {d.name for d in context().declarations}


@pytest.mark.parametrize("text", [r"\det(I) = 1", r"\operatorname{tr}(\mathbf{I}) = d", r"\operatorname{tr}(I_q) = q"])
def test_an_identity_of_unknown_size_has_no_value(text: str) -> None:
    (relation,) = (reading := statement(text)).relations
    assert not known(relation.left)
    assert all(reading.context.sort_of(name) is None for name in ("I", r"\mathbf{I}", "I_{q}"))


@pytest.mark.parametrize("text", ["I + 1 = 2", r"\lambda I = I\lambda", r"I^2 = \lambda", r"x^\top x = I"])
def test_beside_numbers_it_is_a_number(text: str) -> None:
    (relation,) = (reading := statement(text)).relations
    assert not known(relation.left) + known(relation.right)
    assert reading.context.sort_of("I") is not None


@pytest.mark.parametrize("declared", [r"I \in \mathbb{R}^{d \times d}", r"I \in \mathbb{R}"])
def test_where_it_is_declared_it_is_what_was_declared(declared: str) -> None:
    (relation,) = statement("A I = A", declared).relations
    assert not known(relation.left)


def test_what_was_taken_for_it_is_said() -> None:
    assert "I is the identity matrix" in statement("A I = A").inferred


@pytest.mark.parametrize(
    "text",
    [r"A + I_{d} = A", r"X^{\top} \mathbf{0}_{n} = \mathbf{0}_{d}", r"\mathbf{1}_{n}^{\top} y = 0", r"A + I_{3}"],
)
def test_printed_and_read_again(text: str) -> None:
    if "=" not in text:
        reading = read_term(text, context())
        assert isinstance(reading, Reading)
        assert read_term(term_latex(reading.term), context()) == reading
        return
    (relation,) = statement(text).relations
    assert statement(statement_latex(relation)).relations == (relation,)


def facts(line: str) -> tuple[Statement, ...]:
    return context(line).facts[len(context().facts) :]


A, X = Name("A"), Name("X")
GRAM = Invertible(Multiply((Transpose(X), X)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"A \succ 0", (Definite(A),)),
        (r"A \succeq 0", (Definite(A, False),)),
        (r"A, \Sigma \succ 0", (Definite(A), Definite(Name(r"\Sigma")))),
        (r"A \succ \mathbf{0}", (Definite(A),)),
        (r"X^\top X \succ 0", (Definite(Multiply((Transpose(X), X))),)),
        (r"A \text{ symmetric}", (Relation(A, "=", Transpose(A)),)),
        (r"A \text{ is symmetric and positive definite}", (Relation(A, "=", Transpose(A)), Definite(A))),
        (r"A \text{ is positive semi-definite}", (Definite(A, False),)),
        (r"A \text{ invertible}", (Invertible(A),)),
        (r"A, \Sigma \text{ are non-singular}", (Invertible(A), Invertible(Name(r"\Sigma")))),
        (r"X \text{ has full column rank}", (GRAM,)),
        (r"X \text{ of full row rank}", (Invertible(Multiply((X, Transpose(X)))),)),
        (r"\operatorname{rank}(X) = d", (GRAM,)),
        (r"A = A^\top", (Relation(A, "=", Transpose(A)),)),
    ],
)
def test_what_is_assumed(line: str, expected: tuple[Statement, ...]) -> None:
    assert facts(line) == expected


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (r"X \succ 0", "square matrix"),
        (r"X \text{ symmetric}", "square matrix"),
        (r"B \succ 0", "square matrix"),
        (r"x \text{ invertible}", "square matrix"),
        (r"\lambda \succ 0", "square matrix"),
        (r"A \succ 1", "not understood"),
        (r"A \succ \Sigma", "not understood"),
        (r"A \text{ is nice}", "expected a relation"),
    ],
)
def test_what_is_no_assumption(line: str, why: str) -> None:
    found = read_given(line, context())
    assert isinstance(found, Problem)
    assert why in found.message


def test_a_definite_matrix_is_printed() -> None:
    assert statement_latex(Definite(A)) == r"A \succ 0"
    assert statement_latex(Definite(A, strict=False)) == r"A \succeq 0"
