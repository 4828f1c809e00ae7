"""Points: readable first, at the edges soon, inside the context always."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest

from engine.kernel.certificate import Entry, FunctionChoice, Model
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, Real, Vector
from engine.meaning.statement import ForEach, Interval, NoOptimum, Optimum, Relation, Statement
from engine.meaning.term import INFINITY, ONE, ZERO, Apply, Divide, Element, Name, Negate, Power, Sum, integer, subtract
from engine.provers.ball import NoEval
from engine.provers.sampling import points

N, X_I = Name("N"), Element("x", (Name("i"),))
SUM = Sum("i", ONE, N, X_I)
ANY: Statement = Relation(ONE, "=", ONE)


def family(element: Real | Integer = REAL) -> Family:
    return Family((IndexRange(ONE, N),), element)


BASE = Context().declare("N", NATURAL).declare("x", family())
EXPONENTIAL = (
    BASE.declare("λ", REAL)
    .assume(Relation(Name("λ"), ">", ZERO))
    .assume(ForEach("i", ONE, N, Relation(X_I, "≥", ZERO)), Relation(SUM, ">", ZERO))
)


def drawn(context: Context, count: int = 30, statement: Statement = ANY) -> list[dict[str, object]]:
    return [{a.name: a.value for a in model.assignments} for model in points(context, statement, count)]


def data(point: dict[str, object], name: str = "x") -> list[Fraction]:
    entries = point[name]
    assert isinstance(entries, tuple)
    return [entry.value for entry in entries]


def test_the_first_point_is_the_one_to_read() -> None:
    first = drawn(EXPONENTIAL)[0]
    assert first == {"N": 2, "λ": Fraction(1, 2), "x": (Entry((1,), Fraction(1)), Entry((2,), Fraction(3)))}


def test_deterministic_and_distinct() -> None:
    once, again = (list(points(EXPONENTIAL, ANY, 20)) for _ in range(2))
    assert once == again
    assert len(set(once)) == len(once) == 20


def test_facts_hold_everywhere() -> None:
    for point in drawn(EXPONENTIAL, 60):
        assert point["λ"] > 0  # type: ignore[operator]
        assert len(data(point)) == point["N"]
        assert min(data(point)) >= 0 and sum(data(point)) > 0


def test_edges_come_early() -> None:
    early = drawn(EXPONENTIAL, 8)
    assert any(point["N"] == 1 for point in early)
    assert any(point["λ"] == Fraction(1, 1000) for point in early)
    assert any(0 in data(point) for point in early)
    assert any(len(set(data(point))) == 1 < len(data(point)) for point in early)


def test_unbounded_values_take_every_sign() -> None:
    early = [point["t"] for point in drawn(BASE.declare("t", REAL), 8)]
    assert any(t < 0 for t in early) and any(t > 0 for t in early) and 0 in early  # type: ignore[operator]


def test_index_at_both_ends_of_its_range() -> None:
    context = BASE.declare("k", NATURAL).assume(Relation(Name("k"), "≤", N))
    found = drawn(context, 12)
    assert all(1 <= point["k"] <= point["N"] for point in found)  # type: ignore[operator]
    for end in (lambda p: p["k"] == 1 < p["N"], lambda p: p["k"] == p["N"] > 1):
        assert any(map(end, found[:6]))


def test_index_bound_declared_before_the_name_it_speaks_of() -> None:
    context = Context().declare("k", Integer(0)).declare("N", NATURAL).assume(Relation(N, ">", Name("k")))
    assert all(point["k"] < point["N"] for point in drawn(context))  # type: ignore[operator]


def test_integers_and_their_least_value() -> None:
    for least in (0, 1, 3):
        values = [point["n"] for point in drawn(Context().declare("n", Integer(least)), 8)]
        assert min(values) == least  # type: ignore[type-var]
    free = [point["n"] for point in drawn(Context().declare("n", Integer()), 7)]
    assert min(free) < 0 and 0 in free  # type: ignore[type-var, operator]


def test_probability_near_both_ends() -> None:
    context = Context().declare("p", REAL).assume(Relation(ZERO, "<", Name("p")), Relation(Name("p"), "<", ONE))
    values = [point["p"] for point in drawn(context, 20)]
    assert all(0 < p < 1 for p in values)  # type: ignore[operator]
    assert Fraction(1, 1000) in values


def test_closed_interval_reaches_its_ends() -> None:
    context = Context().declare("p", REAL).declare("q", REAL)
    for name in "pq":
        context = context.assume(Relation(Name(name), "≥", ZERO), Relation(ONE, "≥", Name(name)))
    values = {point[name] for point in drawn(context, 8) for name in "pq"}
    assert {0, 1} <= values


def test_bits() -> None:
    context = Context().declare("N", NATURAL).declare("x", family(Integer(0)))
    context = context.assume(ForEach("i", ONE, N, Relation(X_I, "≤", ONE)))
    seen = {value for point in drawn(context, 12) for value in data(point)}
    assert seen == {0, 1}


def test_equations_are_solved() -> None:
    simplex = BASE.assume(ForEach("i", ONE, N, Relation(X_I, ">", ZERO)), Relation(SUM, "=", ONE))
    found = drawn(simplex, 5)
    assert found and all(sum(data(point)) == 1 for point in found)
    mean = BASE.declare("m", REAL).assume(Relation(Name("m"), "=", Divide(SUM, N)))
    assert all(point["m"] == sum(data(point)) / len(data(point)) for point in drawn(mean, 10))


def test_assumed_optimum_is_solved_for() -> None:
    squares = Sum("i", ONE, N, Power(subtract(X_I, Name("v")), integer(2)))
    context = BASE.declare("m", REAL).assume(Optimum("minimum", Name("m"), squares, "v", None))
    found = drawn(context, 6)
    assert found and all(point["m"] == sum(data(point)) / len(data(point)) for point in found)


def test_points_on_a_solution() -> None:
    from engine.meaning.statement import Equivalent

    context = Context().declare("a", REAL).declare("b", REAL)
    isolated = Relation(Name("a"), "=", Power(Name("b"), integer(3)))
    found = drawn(context, 6, Equivalent(isolated, isolated))
    assert any(point["a"] == point["b"] ** 3 for point in found)  # type: ignore[operator]


def test_inequality_that_only_rejection_can_honour() -> None:
    context = Context().declare("a", REAL).declare("b", REAL)
    context = context.assume(Relation(Power(Name("a"), integer(2)), "<", Name("b")))
    found = drawn(context, 5)
    assert len(found) == 5 and all(point["a"] ** 2 < point["b"] for point in found)  # type: ignore[operator]


def test_bound_that_is_not_rational() -> None:
    context = Context().declare("a", REAL).assume(Relation(Name("a"), "<", Apply("exp", (integer(2),))))
    found = drawn(context, 4)
    assert len(found) == 4 and all(float(point["a"]) < 7.39 for point in found)  # type: ignore[arg-type]
    huge = Context().declare("a", REAL).assume(Relation(Name("a"), "<", Apply("exp", (integer(10**5),))))
    assert len(drawn(huge, 4)) == 4


def test_empty_context_of_contradictions_ends() -> None:
    context = Context().declare("a", REAL).assume(Relation(Name("a"), ">", ONE), Relation(Name("a"), "<", ZERO))
    assert drawn(context, 5) == []


def test_fact_that_cannot_be_told_gives_no_points() -> None:
    line = Interval(Negate(INFINITY), INFINITY)
    context = Context().declare("a", REAL).assume(NoOptimum("maximum", Name("v"), "v", line))
    assert drawn(context, 3) == []


def test_vectors_take_dimensions_by_turns() -> None:
    context = Context().declare("d", NATURAL).declare("v", Vector(Name("d")))
    found = drawn(context, 3, Relation(Name("v"), "=", Name("v")))
    assert [point["d"] for point in found] == [1, 2, 3]
    assert isinstance(found[0]["v"], Fraction)
    assert [len(point["v"]) for point in found[1:]] == [2, 3]  # type: ignore[arg-type]
    only = list(points(context, Relation(Name("v"), "=", Name("v")), 2, (1,)))
    assert all(isinstance(a.value, Fraction) for model in only for a in model.assignments)


def test_unknown_function_is_chosen() -> None:
    context = Context().declare("f", Function((REAL,), REAL, 2))
    model = next(islice(points(context, Relation(Apply("f", (ONE,)), "=", ONE), 1), 1))
    assert isinstance(model, Model) and isinstance(model.assignments[0].value, FunctionChoice)


def test_function_that_nothing_fits() -> None:
    from engine.meaning.sort import MatrixOf

    context = Context().declare("f", Function((MatrixOf(integer(2), integer(2)),), REAL))
    with pytest.raises(NoEval):
        list(points(context, Relation(Apply("f", (Name("A"),)), "=", ONE), 1))


def test_few_points_are_all_found() -> None:
    where = Context().declare("n", NATURAL).declare("k", NATURAL)
    found = {(point["n"], point["k"]) for point in drawn(where.assume(Relation(Name("k"), "≤", Name("n"))), 30)}
    assert len(found) >= 12 and {(1, 1), (2, 1), (2, 2)} <= found
    assert len(drawn(Context().declare("n", NATURAL), 30)) == 5
