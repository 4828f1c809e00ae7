"""Matrices in the provers and in the kernel's enclosures: two evaluators that share no code, on the same terms."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

from engine.kernel.certificate import Assignment, Entry, Model
from engine.kernel.enclosures.enclosure import Beyond, Undefined, enclose, satisfies
from engine.kernel.enclosures.interval import Interval
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, MatrixOf, Vector
from engine.meaning.statement import Definite, Invertible, Relation, Statement
from engine.meaning.term import (
    Apply,
    Derivative,
    Inverse,
    Multiply,
    Name,
    Number,
    Power,
    Term,
    Transpose,
    integer,
    rational,
)
from engine.provers import array
from engine.provers.ball import Environment, NoEval, Undef, compile_term
from engine.provers.sampling import points
from engine.provers.scalar import from_fraction
from engine.provers.truth import compile_statement

A, B, x, y, d, n = map(Name, "A B x y d n".split())
TWO = integer(2)
CONTEXT = Context().declare("d", NATURAL).declare("n", NATURAL).declare("s", REAL)
for _name in "AB":
    CONTEXT = CONTEXT.declare(_name, MatrixOf(d, d))
for _name in "xy":
    CONTEXT = CONTEXT.declare(_name, Vector(d))


def cells(*values: int) -> tuple[Entry, ...]:
    """The entries of a 2x2 matrix, or of a column of two."""
    if len(values) == 2:
        return tuple(Entry((i,), Fraction(v)) for i, v in enumerate(values, 1))
    return tuple(Entry((i // 2 + 1, i % 2 + 1), Fraction(v)) for i, v in enumerate(values))


VALUES = {"A": cells(2, 1, 3, 5), "B": cells(1, -1, 4, 2), "x": cells(1, 3), "y": cells(-2, 5)}
POINT = Model(
    tuple(Assignment(name, Fraction(v)) for name, v in (("d", 2), ("n", 3), ("s", 2)))
    + tuple(Assignment(name, value) for name, value in VALUES.items())
)


def of(function: str, *arguments: Term) -> Term:
    return Apply(function, arguments)


def gradient(body: Term, name: Name) -> Term:
    return Derivative(body, name)


F = Name("F")
TERMS: list[tuple[Term, list[list[Fraction | int]]]] = [
    (of("identity", d), [[1, 0], [0, 1]]),
    (of("zeros", d, n), [[0, 0, 0], [0, 0, 0]]),
    (of("ones", n, integer(1)), [[1], [1], [1]]),
    (of("diag", x), [[1, 0], [0, 3]]),
    (of("hadamard", A, B), [[2, -1], [12, 10]]),
    (of("kron", x, Transpose(y)), [[-2, 5], [-6, 15]]),
    (of("inner", x, y), [[13]]),
    (of("inner", A, B), [[2 - 1 + 12 + 10]]),
    (Power(of("norm", x), TWO), [[10]]),
    (Power(of("norm", A, F), TWO), [[39]]),
    (Power(of("norm", x, TWO), integer(4)), [[100]]),
    (of("entry", A, TWO, integer(1)), [[3]]),
    (of("entry", x, TWO), [[3]]),
    (Power(A, TWO), [[7, 7], [21, 28]]),
    (Power(A, integer(-1)), [[Fraction(5, 7), Fraction(-1, 7)], [Fraction(-3, 7), Fraction(2, 7)]]),
    (gradient(of("det", A), A), [[5, -3], [-1, 2]]),
    (gradient(of("tr", Multiply((A, B))), A), [[1, 4], [-1, 2]]),
    (gradient(Power(of("norm", x), TWO), x), [[2], [6]]),
    (gradient(of("inner", x, y), x), [[-2], [5]]),
    (gradient(Power(of("norm", A, F), TWO), A), [[4, 2], [6, 10]]),
    (gradient(Multiply((Transpose(x), Inverse(A), y)), x), [[Fraction(-15, 7)], [Fraction(16, 7)]]),
    (Derivative(Multiply((Transpose(x), A, x)), x, 2), [[4, 4], [4, 10]]),
]


def environment(point: Model) -> Environment:
    """The values of a point of numbers and matrices."""
    return {given.name: _value(given.value) for given in point.assignments}


def _value(given: object) -> object:
    if isinstance(given, Fraction):
        return from_fraction(given)
    assert isinstance(given, tuple)
    places = {(*entry.indices, 1)[:2]: from_fraction(entry.value) for entry in given}
    rows, columns = map(max, zip(*places, strict=True))
    return array.array((places[i, j] for j in range(1, columns + 1)) for i in range(1, rows + 1))


@pytest.mark.parametrize(("term", "rows"), TERMS, ids=lambda value: str(value)[:50])
def test_both_evaluators_agree(term: Term, rows: list[list[Fraction | int]]) -> None:
    env = environment(POINT)
    found = compile_term(term, CONTEXT)(env)
    assert all(arb(entry).contains(0) for entry in array.entries(_difference(found, rows)))
    enclosed = enclose(term, CONTEXT, POINT)
    held = enclosed if isinstance(enclosed, tuple) else ((enclosed,),)
    assert [[(e.low, e.high) for e in row] for row in held] == [[(v, v) for v in row] for row in rows]


def _difference(found: object, rows: list[list[Fraction | int]]) -> object:
    expected = array.array([fmpq(*Fraction(v).as_integer_ratio()) for v in row] for row in rows)
    return array.add(found, array.negate(expected))


REFUSED = [
    of("norm", A),
    of("norm", A, TWO),
    of("norm", x, integer(1)),
    of("inner", x, A),
    of("hadamard", A, x),
    of("diag", A),
    Power(A, Name("s")),
    Power(A, rational(Fraction(1, 2))),
    of("entry", A, TWO),
]


@pytest.mark.parametrize("term", REFUSED, ids=lambda term: str(term)[:50])
def test_neither_has_a_value(term: Term) -> None:
    env = environment(POINT)
    with pytest.raises((NoEval, Undef)):
        compile_term(term, CONTEXT)(env)
    with pytest.raises((Beyond, Undefined)):
        enclose(term, CONTEXT, POINT)


@pytest.mark.parametrize(
    "term",
    [
        of("identity", Number(Fraction(0))),
        of("ones", d, Number(Fraction(0))),
        of("entry", x, integer(3)),
        of("entry", A, integer(1), integer(0)),
        Inverse(Multiply((x, Transpose(x)))),
    ],
    ids=lambda term: str(term)[:50],
)
def test_neither_is_defined(term: Term) -> None:
    env = environment(POINT)
    with pytest.raises(Undef):
        compile_term(term, CONTEXT)(env)
    with pytest.raises(Undefined):
        enclose(term, CONTEXT, POINT)


def test_the_gradient_of_a_norm() -> None:
    """x/‖x‖ away from 0: irrational, so that both only enclose it."""
    env = environment(POINT)
    slope = compile_term(gradient(of("norm", x), x), CONTEXT)(env)
    enclosed = enclose(gradient(of("norm", x), x), CONTEXT, POINT)
    assert isinstance(enclosed, tuple)
    for (ball,), (interval,), over in zip(slope, enclosed, (1, 3), strict=True):
        assert isinstance(interval, Interval)
        assert interval.low**2 <= Fraction(over**2, 10) <= interval.high**2
        assert (ball**2 * 10).contains(over**2)


DEFINITE = [
    ((2, 1, 1, 3), True, True),
    ((1, 2, 2, 1), False, False),
    ((1, 1, 1, 1), False, True),
    ((0, 0, 0, 0), False, True),
    ((0, 0, 0, -1), False, False),
    ((-1, 0, 0, -1), False, False),
    ((2, 1, 0, 3), False, False),
    ((0, 1, 1, 0), False, False),
]


@pytest.mark.parametrize(("values", "strict", "semi"), DEFINITE)
def test_definiteness_at_a_point(values: tuple[int, ...], strict: bool, semi: bool) -> None:
    context = Context().declare("A", MatrixOf(TWO, TWO))
    point = Model((Assignment("A", cells(*values)),))
    env = environment(point)
    for fact, expected in ((Definite(A), strict), (Definite(A, strict=False), semi)):
        assert compile_statement(fact, context)(env) is expected
        assert satisfies(context.assume(fact), point) is expected


@pytest.mark.parametrize(
    "fact",
    [
        Definite(A),
        Definite(A, strict=False),
        Relation(A, "=", Transpose(A)),
        Invertible(A),
        Invertible(Multiply((Transpose(A), A))),
    ],
)
def test_points_of_a_context_with_the_property(fact: Statement) -> None:
    context = CONTEXT.assume(fact)
    drawn = list(points(context, Relation(A, "=", B), 8))
    assert len(drawn) >= 4
    assert all(satisfies(context, point) for point in drawn)


def test_sizes_are_drawn_apart() -> None:
    """A claim that is false only where two sizes differ must meet such a point soon."""
    context = Context().declare("n", NATURAL).declare("d", NATURAL).declare("X", MatrixOf(n, d))
    drawn = list(points(context, Relation(n, "=", d), 6))
    sizes = [tuple(a.value for a in point.assignments if a.name in ("n", "d")) for point in drawn]
    assert any(rows > columns for rows, columns in sizes)  # type: ignore[operator]
    assert any(rows < columns for rows, columns in sizes)  # type: ignore[operator]
    assert any(rows == columns != 1 for rows, columns in sizes)
