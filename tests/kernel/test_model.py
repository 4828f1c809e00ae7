"""The exhibited point of a context with functions or vectors: concrete functions that satisfy every fact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

import pytest

from engine.kernel.certificate import (
    Assignment,
    Assumption,
    ByTheorem,
    Entry,
    FunctionChoice,
    Model,
    NormalForm,
    Proof,
    SignCalculus,
)
from engine.kernel.model import WHOLE_LINE, concrete_context, exhibit, is_abstract, on_the_line
from engine.kernel.unproved import Unproved
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, MatrixOf, Vector
from engine.meaning.statement import Definite, Interval, Invertible, NearZero, Optimum, Relation, Smooth, Statement
from engine.meaning.term import ONE, ZERO, Apply, Divide, Multiply, Name, Negate, Power, Term, integer, subtract
from engine.provers.prove import complete
from tests.kernel.exercise import by, given

d, t, e, x, theta, hat = map(Name, ("d", "t", "ε", "x", "θ", "θ0"))
NORMAL = NormalForm()
TRUE = Relation(ONE, "=", ONE)


def assign(name: str, value: object) -> Assignment:
    if isinstance(value, tuple):
        return Assignment(name, FunctionChoice(*value))
    return Assignment(name, Fraction(value))  # type: ignore[arg-type]


def why(context: Context, model: Model, statement: Statement = TRUE) -> str:
    try:
        exhibit(Claim(context, statement), model, ())
    except Unproved as unproved:
        return str(unproved)
    return "satisfied"


def square(term: Term) -> Term:
    return Power(term, integer(2))


PARABOLA = (("t",), square(subtract(t, ONE)))
LEAST = Optimum("minimum", hat, Apply("R", (theta,)), "θ", None)
CONTEXT = Context().declare("d", NATURAL).declare("θ", Vector(d)).declare("θ0", Vector(d))
CONTEXT = CONTEXT.declare("R", Function((Vector(d),), REAL, 2)).assume(LEAST)


def model(proof: Proof = NORMAL, **values: object) -> Model:
    return Model(tuple(assign(name, value) for name, value in values.items()), (proof,))


def test_a_context_is_abstract_by_its_sorts() -> None:
    assert is_abstract(Context().declare("x", REAL).declare("y", Function((REAL,), REAL)))
    for sort in (Vector(d), MatrixOf(d, d)):
        assert not is_abstract(Context().declare("x", REAL).declare("y", sort))
    assert not is_abstract(given(x="real", N="nat", y="family"))


class TestFunctions:
    good: ClassVar[dict[str, object]] = {"d": 1, "θ0": 1, "R": PARABOLA}
    concrete = concrete_context(CONTEXT, Model(tuple(assign(n, v) for n, v in good.items())))
    proof = complete(concrete, on_the_line(LEAST))

    def test_satisfied(self) -> None:
        assert why(CONTEXT, model(self.proof, **self.good)) == "satisfied"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"θ0": 2}, "different normal forms"),
            ({"R": (("t",), Negate(square(subtract(t, ONE))))}, "does not follow"),
            ({"R": (("t", "s"), t)}, "wrong number of arguments"),
            ({"R": (("t",), theta)}, "mentions more than its arguments"),
            ({"R": (("t",), Apply("R", (t,)))}, "mentions more than its arguments"),
            ({"R": 1}, "the value exhibited for R is not of its sort"),
            ({"θ0": (("t",), t)}, "the value exhibited for θ0 is not of its sort"),
            ({"d": 2}, "in dimension 1, which it does not have"),
            ({"d": 0}, "the value exhibited for d is not of its sort"),
            ({"u": 1}, "the value exhibited for u is not of its sort"),
        ],
    )
    def test_each_part_is_looked_at(self, change: dict[str, object], reason: str) -> None:
        assert reason in why(CONTEXT, model(self.proof, **{**self.good, **change}))

    def test_every_fact_has_its_proof(self) -> None:
        point = model(self.proof, **self.good)
        for premises in ((), (self.proof, self.proof)):
            assert "without proofs of the context's facts" in why(CONTEXT, replace(point, premises=premises))
        assert why(CONTEXT, replace(point, premises=(Assumption(),))) == "the statement is not among the assumptions"

    def test_every_function_has_a_choice(self) -> None:
        point = Model((assign("d", 1), assign("θ0", 1)), (self.proof,))
        assert why(CONTEXT, point) == "a declared function without an exhibited one"

    def test_no_families(self) -> None:
        context = CONTEXT.declare("y", Family((None,), REAL))
        assert why(context, model(self.proof, **self.good)) == "a context with both families and functions"
        members = Assignment("θ0", (Entry((1,), Fraction(1)),))
        point = Model((assign("d", 1), members, assign("R", PARABOLA)), (self.proof,))
        assert why(CONTEXT, point) == "the value exhibited for θ0 is not of its sort"

    def test_a_fact_that_holds_under_a_condition_only(self) -> None:
        share = Divide(Apply("f", (x,)), Apply("f", (x,)))
        context = given(f="function", x="real").assume(Relation(share, "=", ONE))
        point = Model((assign("f", (("t",), t)),), (NORMAL,))
        assert "only under a condition" in why(context, point)
        assert why(context, Model((*point.assignments, assign("x", 2)), (NORMAL,))) == "satisfied"

    def test_the_statement_must_be_defined(self) -> None:
        context = given(f="function", x="real")
        point = Model((assign("f", (("t",), subtract(t, t))), assign("x", 2)))
        goal = Relation(Divide(ONE, Apply("f", (x,))), "=", ONE)
        assert "not defined" in why(context, point, goal) or "zero" in why(context, point, goal)
        point = Model((assign("f", (("t",), t)), assign("x", 2)))
        assert why(context, point, goal) == "satisfied"


@pytest.mark.parametrize(
    ("body", "order", "smooth"),
    [
        (square(t), 3, True),
        (Apply("exp", (t,)), 3, True),
        (Apply("abs", (t,)), 0, True),
        (Apply("abs", (t,)), 1, False),
        (Apply("floor", (t,)), 1, False),
        (Apply("sqrt", (t,)), 1, False),
        (Divide(ONE, t), 1, False),
        (Apply("ln", (t,)), None, False),
        (ONE, 2, True),
    ],
)
def test_an_exhibited_function_is_as_smooth_as_declared(body: Term, order: int | None, smooth: bool) -> None:
    context = Context().declare("f", Function((REAL,), REAL, order))
    found = why(context, Model((assign("f", (("t",), body)),)))
    assert (found == "satisfied") == smooth, found


def test_smoothness_is_asked_of_every_function_and_argument() -> None:
    context = Context().declare("f", Function((REAL,), REAL, 1)).declare("g", Function((REAL, REAL), REAL, 1))
    good = assign("f", (("t",), t))
    other = assign("g", (("t", "s"), Multiply((t, Name("s")))))
    assert why(context, Model((good, other))) == "satisfied"
    rough = assign("g", (("t", "s"), Apply("abs", (Name("s"),))))
    assert why(context, Model((good, rough))) != "satisfied"


def test_a_parameter_of_a_choice_is_not_what_is_defined_by_its_name() -> None:
    context = Context().declare("f", Function((REAL,), REAL, 1)).define("t", (), ONE)
    assert why(context, Model((assign("f", (("t",), square(t))),))) == "satisfied"
    assert why(context, Model((assign("f", (("t",), Apply("abs", (t,)))),))) != "satisfied"


def test_facts_about_a_function() -> None:
    context = given(f="function").assume(Smooth("f", ZERO, 1), NearZero("ε", Relation(Apply("f", (e,)), "=", e)))
    point = Model(
        (assign("f", (("t",), t)),), (by("elementary-smooth", premises=(NORMAL,)), by("near-zero", premises=(NORMAL,)))
    )
    assert why(context, point) == "satisfied"
    other = replace(point, assignments=(assign("f", (("t",), square(t))),))
    assert "different normal forms" in why(context, other)
    context = Context().declare("A", MatrixOf(ONE, ONE)).declare("f", Function((REAL,), REAL))
    for fact, theorem in ((Invertible(Name("A")), "nonzero-scalar"), (Definite(Name("A")), "positive-scalar")):
        matrix, proof = context.assume(fact), ByTheorem(theorem, (), (SignCalculus(),))
        identity = assign("f", (("t",), t))
        assert why(matrix, Model((assign("A", 2), identity), (proof,))) == "satisfied"
        assert "does not follow" in why(matrix, Model((assign("A", 0), identity), (proof,)))


def test_on_the_line() -> None:
    assert on_the_line(LEAST) == replace(LEAST, domain=WHOLE_LINE)
    half = replace(LEAST, domain=Interval(ZERO, ONE))
    assert on_the_line(half) == half
    assert on_the_line(NearZero("ε", LEAST)) == NearZero("ε", replace(LEAST, domain=WHOLE_LINE))
    assert on_the_line(TRUE) == TRUE


def test_a_side_without_a_value_at_the_point_is_seen_even_where_no_condition_says_so() -> None:
    context = Context().declare("x", REAL)
    statement = Relation(Divide(x, x), "=", ONE)
    assert "not defined at the exhibited point" in why(context, Model((assign("x", 0),)), statement)
    assert why(context, Model((assign("x", 1),)), statement) == "satisfied"
