"""Vectors and matrices at a point: their entries, derivatives entry by entry, and what refutes a claim about them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import Assignment, Entry, Model
from engine.kernel.check import refute
from engine.kernel.enclosures.enclosure import Beyond, Interval, enclose, satisfies
from engine.kernel.verdict import Open, Refuted
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, MatrixOf, Vector
from engine.meaning.statement import ForEach, Invertible, Relation
from engine.meaning.term import INFINITY, ZERO, Apply, Derivative, Element, Name, Negate, Number
from tests.kernel.exercise import claim, term

N, D = Name("n"), Name("d")
CONTEXT = (
    Context()
    .declare("n", NATURAL)
    .declare("d", NATURAL)
    .declare("X", MatrixOf(N, D))
    .declare("A", MatrixOf(D, D))
    .declare("w", Vector(D))
    .declare("y", Vector(N))
)


def matrix(name: str, *rows: tuple[int, ...]) -> Assignment:
    places = ((i, j, value) for i, row in enumerate(rows, 1) for j, value in enumerate(row, 1))
    return Assignment(name, tuple(Entry((i, j), Fraction(value)) for i, j, value in places))


def vector(name: str, *values: int) -> Assignment:
    return Assignment(name, tuple(Entry((i,), Fraction(value)) for i, value in enumerate(values, 1)))


def number(name: str, value: int) -> Assignment:
    return Assignment(name, Fraction(value))


POINT = Model(
    (
        number("n", 3),
        number("d", 2),
        matrix("X", (1, 2), (3, 4), (5, 7)),
        matrix("A", (1, 2), (0, 3)),
        vector("w", 1, -1),
        vector("y", 1, 0, 2),
    )
)


def values(text: str) -> list[list[Fraction]]:
    found = enclose(term(text, CONTEXT), CONTEXT, POINT)
    rows = ((found,),) if isinstance(found, Interval) else found
    assert all(entry.low == entry.high for row in rows for entry in row)
    return [[entry.low for entry in row] for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X w", [[-1], [-1], [-2]]),
        (r"w^\top w", [[2]]),
        (r"X^\top X", [[35, 49], [49, 69]]),
        (r"\nabla_w ((y - X w)^\top (y - X w))", [[-50], [-72]]),
        (r"2 X^\top (X w - y)", [[-50], [-72]]),
        (r"\nabla_w (w^\top A w)", [[0], [-4]]),
        (r"\nabla_w^2 (w^\top A w)", [[2, 2], [2, 6]]),
        (r"\frac{\partial}{\partial w} (X w)", [[1, 2], [3, 4], [5, 7]]),
        (r"A^{-1} w", [[Fraction(5, 3)], [Fraction(-1, 3)]]),
    ],
)
def test_values(text: str, expected: list[list[int]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("text", [r"\frac{\partial}{\partial A} (A w)", r"\frac{\partial}{\partial w} (w w^\top)"])
def test_a_vector_has_no_slope_in_a_matrix_nor_a_matrix_in_a_vector(text: str) -> None:
    with pytest.raises(Beyond, match="the derivative of a matrix in a vector, or of a vector in a matrix"):
        values(text)


def test_a_second_derivative_in_a_matrix_is_no_first_one() -> None:
    with pytest.raises(Beyond, match="a derivative of order 2 in a matrix"):
        enclose(Derivative(Apply("det", (Name("A"),)), Name("A"), 2), CONTEXT, POINT)


def without(name: str, *entries: Assignment) -> Model:
    return Model((*(one for one in POINT.assignments if one.name != name), *entries))


@pytest.mark.parametrize(
    "point",
    [
        without("w"),
        without("w", vector("w", 1)),
        without("w", vector("w", 1, 2, 3)),
        without("w", Assignment("w", (Entry((1,), Fraction(1)), Entry((1,), Fraction(2))))),
        without("w", number("w", 1)),
        without("w", matrix("w", (1,), (2,))),
        without("d", number("d", 0)),
        without("d", number("d", 3)),
    ],
)
def test_every_entry_is_given_once(point: Model) -> None:
    assert not satisfies(CONTEXT, point)
    with pytest.raises(Beyond):
        enclose(term(r"w^\top w", CONTEXT), CONTEXT, point)


def test_in_dimension_one_a_number_will_do() -> None:
    context = Context().declare("d", NATURAL).declare("w", Vector(D))
    assert satisfies(context, Model((number("d", 1), number("w", 3))))
    assert not satisfies(context, Model((number("d", 2), number("w", 3))))


def test_entries_that_differ_refute() -> None:
    context, goal = claim(r"A A^\top = A^\top A", CONTEXT)
    verdict = refute(Claim(context, goal), POINT)
    assert isinstance(verdict, Refuted)
    assert verdict.place == (1, 1)
    assert (verdict.left[0], verdict.right[0]) == (5, 1)


def test_a_written_zero_is_the_zero_matrix() -> None:
    context, goal = claim(r"X w = 0", CONTEXT)
    verdict = refute(Claim(context, goal), POINT)
    assert isinstance(verdict, Refuted)
    assert verdict.place == (1, 1)


def test_shapes_that_do_not_fit_refute_nothing() -> None:
    for goal in (Relation(Name("X"), "=", Name("A")), Relation(Name("w"), "=", Name("y"))):
        assert isinstance(refute(Claim(CONTEXT, goal), POINT), Open)


def test_facts_of_matrices_hold_or_not() -> None:
    assert satisfies(CONTEXT.assume(Invertible(Name("A"))), POINT)
    singular = without("A", matrix("A", (1, 2), (2, 4)))
    assert not satisfies(CONTEXT.assume(Invertible(Name("A"))), singular)


# ---- facts about all integers


X = Element("x", (Name("i"),))


def everywhere(*bodies: Relation) -> Context:
    found = Context().declare("x", Family((None,), REAL)).declare("y", Family((None,), REAL))
    return found.assume(*(ForEach("i", Negate(INFINITY), INFINITY, body) for body in bodies))


def family(name: str, **at: int) -> Assignment:
    return Assignment(name, tuple(Entry((int(place[1:]),), Fraction(value)) for place, value in at.items()))


PAIR = (family("x", a1=1, a2=3), family("y", a1=2, a2=5))


def test_a_fact_about_all_integers_holds_where_values_are_given() -> None:
    positive = everywhere(Relation(X, ">", ZERO))
    assert satisfies(positive, Model(PAIR))
    assert not satisfies(positive, Model((family("x", a1=1, a2=-3), PAIR[1])))
    assert satisfies(everywhere(Relation(X, "<", Element("y", (Name("i"),)))), Model(PAIR))


@pytest.mark.parametrize(
    "body",
    [
        Relation(X, "<", Name("i")),
        Relation(X, "<", Element("x", (Number(Fraction(2)),))),
        Relation(Element("x", (Negate(Name("i")),)), ">", ZERO),
    ],
)
def test_other_facts_about_all_integers_are_not_taken_to_hold(body: Relation) -> None:
    held = satisfies(everywhere(body), Model(PAIR))
    assert not held


def test_families_with_values_at_different_places() -> None:
    apart = Model((family("x", a1=1, a2=3), family("y", a2=5)))
    assert not satisfies(everywhere(Relation(X, "<", Element("y", (Name("i"),)))), apart)
