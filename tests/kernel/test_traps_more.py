"""Further claims that the kernel once accepted, or refuted, and must not; see :mod:`test_traps_found`."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import Assignment, Assumption, ByTheorem, Certificate, Entry, Model, NormalForm, Proof
from engine.kernel.certificate import SignCalculus as Signs
from engine.kernel.check import check, refute
from engine.kernel.unproved import Unproved
from engine.kernel.verdict import Open, Refuted
from engine.kernel.verify import verify
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.declared import read_context
from engine.meaning.sort import MatrixOf, Vector
from engine.meaning.statement import Equivalent, ForEach, Interval, Invertible, Optimum, Relation, Statement
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Add,
    Apply,
    Divide,
    Element,
    Inverse,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    Transpose,
    integer,
    subtract,
)
from tests.kernel.exercise import given, leaf

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


# ---- the inverse of a sum over a family is not summed


def test_the_inverse_of_a_sum_is_not_taken_for_the_sum() -> None:
    """tr((Σ x_i x_iᵀ)⁻¹) became Σ tr(x_i x_iᵀ), and sums that were compared term by term were so when inverted, too.

    At n = 1, d = 1, x_1 = 1 the first two are true: only the kernel itself stands against them.
    """
    context = read_context([r"n \in \mathbb{N}", r"d \in \mathbb{N}", r"x_1, \dots, x_n \in \mathbb{R}^d"], [])
    assert isinstance(context, Context)
    i, x = Name("i"), Element("x", (Name("i"),))

    def total(weight: Term) -> Term:
        return Sum("i", integer(1), Name("n"), Multiply((weight, x, Transpose(x))))

    one, up = integer(1), Add((i, integer(1)))
    whole = total(one)
    parts = subtract(Inverse(total(Divide(one, i))), Inverse(total(Divide(one, up))))
    false = [
        Relation(Apply("tr", (Inverse(whole),)), "=", Apply("tr", (whole,))),
        Relation(Inverse(whole), "=", whole),
        Relation(parts, "=", Inverse(total(Divide(one, Multiply((i, up)))))),
    ]
    for goal in false:
        with pytest.raises(Unproved, match="different normal forms"):
            verify(context, goal, NormalForm())
    parts = subtract(total(Divide(one, i)), total(Divide(one, up)))
    verify(context, Relation(parts, "=", total(Divide(one, Multiply((i, up))))), NormalForm())
    verify(context, Relation(Apply("tr", (Transpose(whole),)), "=", Apply("tr", (whole,))), NormalForm())


# ---- indices of two sums


@pytest.mark.parametrize(("last", "outcome"), [("N", "proved"), ("M", "the two sides have different normal forms")])
def test_what_holds_of_the_index_of_one_sum_is_not_said_of_another(last: str, outcome: str) -> None:
    """Σ x_k up to M is not known to be positive where x_1, …, x_N are: N = 1, M = 2, x = (1, -10), z = -8."""
    ends, k = (integer(1), Name(last)), Element("x", (Name("k"),))
    context = given(N="nat", M="nat", z="real", x="free family")
    context = context.assume(
        ForEach("i", integer(1), Name("N"), Relation(Element("x", (Name("i"),)), ">", ZERO)),
        Relation(Name("z"), ">", Sum("k", *ends, k)),
    )
    moved = Add((Name("z"), Name("j")))
    left, right = (Sum("j", integer(1), Name("N"), part) for part in (Apply("abs", (moved,)), moved))
    assert leaf(context, Relation(left, "=", right), NormalForm()) == outcome
