"""Further claims that the kernel once accepted, or refuted, and must not; see :mod:`test_traps_found`."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import Assignment, Assumption, ByTheorem, Certificate, Entry, Model, NormalForm, Proof
from engine.kernel.certificate import SignCalculus as Signs
from engine.kernel.check import check, refute
from engine.kernel.verdict import Open, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import MatrixOf, Vector
from engine.meaning.statement import Equivalent, Interval, Invertible, Optimum, Relation, Statement
from engine.meaning.term import INFINITY, ZERO, Apply, Multiply, Name, Negate, Power, Transpose, integer, subtract

TWO = integer(2)
M, v = Name("M"), Name("v")
NOT_ZERO = Relation(M, "≠", ZERO)
PLANE = Context().declare("M", MatrixOf(TWO, TWO), NOT_ZERO).declare("v", Vector(TWO))


def matrix(*rows: tuple[int, ...]) -> tuple[Entry, ...]:
    return tuple(Entry((i, j), Fraction(a)) for i, row in enumerate(rows, 1) for j, a in enumerate(row, 1))


def point(**values: tuple[Entry, ...]) -> Model:
    return Model(tuple(Assignment(name, value) for name, value in values.items()))


# ---- numbers and matrices


@pytest.mark.parametrize(
    ("goal", "proof"),
    [
        (
            Equivalent(Relation(v, "=", ZERO), Relation(Multiply((M, v)), "=", ZERO)),
            ByTheorem("nonzero-multiple", (M,), (NormalForm(), Assumption())),
        ),
        (Invertible(M), ByTheorem("nonzero-scalar", (), (Assumption(),))),
    ],
)
def test_a_matrix_that_is_not_zero_may_be_singular(goal: Statement, proof: Proof) -> None:
    """That M ≠ 0 is among the facts: M v = 0 was said to be v = 0, and M to have an inverse."""
    singular = point(M=matrix((1, 0), (0, 0)), v=(Entry((1,), Fraction(1)), Entry((2,), Fraction(1))))
    verdict = check(Claim(PLANE, goal), Certificate(proof, singular))
    assert isinstance(verdict, Open)
    assert "a matrix where a number is expected" in verdict.reason


def test_an_optimum_over_the_reals_says_nothing_of_matrices() -> None:
    """2 tr(v)² >= tr(v vᵀ) holds of numbers; "bounded-by-optimum" concluded it of matrices."""
    square, other = Power(Apply("trace", (v,)), TWO), Apply("trace", (Multiply((v, Transpose(v))),))
    objective = subtract(Multiply((TWO, square)), other)
    line = Interval(Negate(INFINITY), INFINITY)
    least = ByTheorem("strict-concavity", (), (NormalForm(), Signs()))
    optimum = Optimum("minimum", ZERO, objective, "v", line)
    proof = ByTheorem("bounded-by-optimum", (optimum,), (least, NormalForm(), Signs()))
    claim = Claim(Context().declare("v", MatrixOf(TWO, TWO)), Relation(Multiply((TWO, square)), "≥", other))
    verdict = check(claim, Certificate(proof, point(v=matrix((1, 0), (0, 1)))))
    assert isinstance(verdict, Open)
    assert "not declared as a real number" in verdict.reason
    assert isinstance(refute(claim, point(v=matrix((1, 0), (0, -1)))), Refuted)
