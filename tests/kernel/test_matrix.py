"""Matrices: words of symbolic dimension by the rules of algebra, and matrices written out, entry by entry."""

from __future__ import annotations

import pytest

from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Integer, MatrixOf, Vector
from engine.meaning.statement import Invertible, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Term,
    Transpose,
    integer,
    subtract,
)
from tests.kernel.exercise import proved, reason

A, B, C, G, u, v, w, s, x, y, d, m = map(Name, "A B C G u v w s x y d m".split())
CONTEXT = Context().declare("d", NATURAL).declare("m", NATURAL).declare("s", REAL).declare("x", REAL).declare("y", REAL)
for _name in "ABG":
    CONTEXT = CONTEXT.declare(_name, MatrixOf(d, d))
CONTEXT = CONTEXT.declare("C", MatrixOf(m, d)).declare("u", Vector(d)).declare("v", Vector(d)).declare("w", Vector(m))
CONTEXT = CONTEXT.assume(*(Invertible(part) for part in (A, B, Multiply((A, B)))))
CONTEXT = CONTEXT.assume(Invertible(Multiply((integer(2), A))), Invertible(Inverse(A)), Invertible(Transpose(A)))
TWO, LARGE = integer(2), integer(2**53 + 1)


def times(*factors: Term) -> Term:
    return Multiply(factors)


def T(term: Term) -> Term:
    return Transpose(term)


def I(term: Term) -> Term:  # noqa: E743
    return Inverse(term)


def grid(*rows: tuple[Term, ...]) -> Term:
    return Matrix(rows)


RULES = [
    (times(A, Add((B, G))), Add((times(A, B), times(A, G)))),
    (times(times(A, B), G), times(A, times(B, G))),
    (T(times(A, B)), times(T(B), T(A))),
    (T(T(A)), A),
    (T(times(C, u)), times(T(u), T(C))),
    (T(times(s, A)), times(s, T(A))),
    (times(A, I(A), u), u),
    (times(I(A), A, u), u),
    (I(times(A, B)), times(I(B), I(A))),
    (I(I(A)), A),
    (I(T(A)), T(I(A))),
    (I(times(TWO, A)), times(Divide(ONE, TWO), I(A))),
    (times(A, times(s, u)), times(s, A, u)),
    (times(T(u), v), times(T(v), u)),
    (times(T(u), A, v), times(T(v), T(A), u)),
    (times(T(w), C, u), times(T(u), T(C), w)),
    (subtract(A, A), ZERO),
    (Add((A, ZERO)), A),
    (Negate(Negate(A)), A),
    (T(times(T(u), v)), times(T(u), v)),
    # written out
    (times(grid((ONE, TWO), (ZERO, x)), grid((x,), (y,))), grid((Add((x, times(TWO, y))),), (times(x, y),))),
    (Add((grid((ONE, x)), grid((y, ONE)))), grid((Add((ONE, y)), Add((x, ONE))))),
    (T(grid((ONE, x), (y, TWO))), grid((ONE, y), (x, TWO))),
    (times(x, grid((ONE, y))), grid((x, times(x, y)))),
    (times(grid((ONE, y)), x), grid((x, times(x, y)))),
    (Negate(grid((ONE, y))), grid((Negate(ONE), Negate(y)))),
    (I(grid((ONE, LARGE), (ZERO, ONE))), grid((ONE, Negate(LARGE)), (ZERO, ONE))),
    (times(grid((x, y)), grid((x,), (y,))), Add((times(x, x), times(y, y)))),
    (Apply("max", (ONE, integer(3), TWO)), integer(3)),
    (Apply("max", (ONE, TWO, integer(3))), integer(3)),
    (Apply("min", (integer(3), TWO, ONE)), ONE),
    (subtract(grid((x, y)), grid((x, y))), grid((ZERO, ZERO))),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), RULES)
def test_rules(left: Term, right: Term) -> None:
    assert proved(CONTEXT, Relation(left, "=", right)).conditions == ()


SLIPS = [
    (times(A, B), times(B, A)),
    (T(times(A, B)), times(T(A), T(B))),
    (I(times(A, B)), times(I(A), I(B))),
    (T(A), A),
    (I(A), A),
    (I(A), T(A)),
    (times(A, B, I(A)), B),
    (times(A, T(A)), times(T(A), A)),
    (I(times(TWO, A)), times(TWO, I(A))),
    (times(T(u), A, v), times(T(u), T(A), v)),
    (times(u, T(v)), times(v, T(u))),
    (times(T(u), v), times(T(u), u)),
    (times(T(A), A, u), u),
    (times(grid((ONE, TWO), (ZERO, x)), grid((x,), (y,))), grid((Add((x, times(TWO, y))),), (times(x, x),))),
    (T(grid((ONE, x), (y, TWO))), grid((ONE, x), (y, TWO))),
    (I(grid((ONE, LARGE), (ZERO, ONE))), grid((ONE, subtract(ONE, LARGE)), (ZERO, ONE))),
]


@pytest.mark.parametrize(("left", "right"), SLIPS)
def test_slips(left: Term, right: Term) -> None:
    assert reason(CONTEXT, Relation(left, "=", right)) == "the two sides have different normal forms"


def test_a_size_is_positive() -> None:
    k = Name("k")
    for sizes in ((d, k), (k, d)):
        zeros = Apply("zeros", sizes)
        assert "not known to be positive" in reason(CONTEXT.declare("k", Integer()), Relation(zeros, "=", ZERO))


def test_a_diagonal_is_written_out() -> None:
    diagonal = Apply("diag", (grid((x,), (y,)),))
    assert proved(CONTEXT, Relation(diagonal, "=", grid((x, ZERO), (ZERO, y)))).conditions == ()
    assert "different normal forms" in reason(CONTEXT, Relation(diagonal, "=", grid((x, ZERO), (ZERO, x))))


def test_a_number_that_comes_out_as_0_is_no_matrix() -> None:
    """A fact A ≠ x - x says nothing of the matrix A."""
    positive = Relation(Apply("tr", (times(T(A), A),)), ">", ZERO)
    assert proved(CONTEXT.assume(Relation(A, "≠", ZERO)), positive).conditions == ()
    assert "does not follow" in reason(CONTEXT.assume(Relation(A, "≠", subtract(x, x))), positive)


def test_an_entry_of_a_column_of_ones() -> None:
    i = Name("i")
    context = CONTEXT.declare("i", NATURAL, Relation(i, "≤", d))
    entry = Apply("entry", (Apply("ones", (d, ONE)), i))
    assert proved(context, Relation(entry, "=", ONE)).conditions == ()
    assert reason(context, Relation(entry, "=", TWO)) == "the two sides have different normal forms"


REFUSED = [
    (times(A, w), "a product of matrices whose shapes do not fit"),
    (times(u, v), "a product of matrices whose shapes do not fit"),
    (times(C, w), "a product of matrices whose shapes do not fit"),
    (Add((A, u)), "a sum of things of different shape"),
    (Add((u, T(u))), "a sum of things of different shape"),
    (Add((u, w)), "a sum of things of different shape"),
    (Add((A, ONE)), "a sum of things of different shape"),
    (Add((grid((ONE,)), A)), "a sum of things of different shape"),
    (times(grid((ONE, TWO)), grid((ONE, TWO))), "a product of things whose shapes do not fit"),
    (times(grid((ONE, TWO)), A), "a product of things whose shapes do not fit"),
    (I(C), "the inverse of a matrix that is not square"),
    (I(u), "the inverse of a matrix that is not square"),
    (I(subtract(A, A)), "the inverse of a zero matrix"),
    (Apply("norm", (grid((ONE, TWO)),)), "a norm of a matrix without an F below: several are meant by it"),
    (Apply("det", (grid((ONE, TWO)),)), "the determinant of a matrix that is not square, or too large"),
    (Apply("entry", (grid((ONE, x), (y, TWO)), TWO)), "an entry with another number of indices than the matrix has"),
    (Apply("entry", (grid((ONE, x), (y, TWO)), ONE, integer(3))), "an entry outside of the matrix"),
    (Apply("entry", (grid((ONE, x), (y, TWO)), ZERO, ONE)), "an entry outside of the matrix"),
    (Apply("entry", (grid((ONE, x), (y, TWO)), x, ONE)), "an entry whose place is not known"),
    (Apply("zeros", (d, x)), "the size of a matrix that is not known to be an integer"),
    (Divide(ONE, u), "a matrix where a number is expected"),
    (Divide(A, B), "a matrix where a number is expected"),
    (Name("unknown"), "unknown is not declared"),
]


@pytest.mark.parametrize(("term", "why"), REFUSED)
def test_shapes(term: Term, why: str) -> None:
    assert reason(CONTEXT, Relation(term, "=", term)) == why
