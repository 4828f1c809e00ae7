"""The prover completes what a sketch leaves out; everything it returns goes to the kernel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Rounding, SignCalculus
from engine.kernel.unproved import Unproved
from engine.kernel.verify import verify
from engine.meaning.context import Context
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    UpToOrder,
)
from engine.meaning.term import (
    INFINITY,
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    Integral,
    Multiply,
    Name,
    Negate,
    Power,
    integer,
    subtract,
)
from engine.provers.prove import MOST_FACTORS, NoProof, complete, factor_hints, proofs
from tests.kernel.exercise import given

x, y, e, t = map(Name, ("x", "y", "ε", "t"))
CONTEXT = given(x="real", y="pos").define("g", ("t",), Apply("exp", (t,)))
LINE = Interval(Negate(INFINITY), INFINITY)
TWO = integer(2)
SQUARE = Power(x, TWO)


@pytest.mark.parametrize(
    ("goal", "kind"),
    [
        (Relation(x, "≈", ONE), Rounding()),
        (Relation(x, "=", x), NormalForm()),
        (Relation(x, "<", y), SignCalculus()),
        (Relation(x, "≥", y), SignCalculus()),
        (Relation(x, "≠", y), SignCalculus()),
        (ForEach("i", ONE, x, Relation(x, "<", y)), SignCalculus()),
    ],
)
def test_a_relation_has_its_leaf(goal: Relation, kind: object) -> None:
    assert complete(CONTEXT, goal) == kind
    assert complete(CONTEXT.assume(goal), goal) == Assumption()


@pytest.mark.parametrize("leaf", [NormalForm(), SignCalculus()])
def test_the_leaf_of_a_sketch_is_kept(leaf: NormalForm | SignCalculus) -> None:
    """An author's leaf is the only one tried, fitting or not; only hints that it leaves out are put in."""
    shifted = Add((x, ONE))
    for sign in ("=", "<", "≥", "≠"):
        goal = Relation(Multiply((shifted, y)), sign, x)  # type: ignore[arg-type]
        assert list(proofs(CONTEXT, goal, leaf)) == [replace(leaf, factors=(shifted,))]
        assert list(proofs(CONTEXT, goal, replace(leaf, factors=(y,)))) == [replace(leaf, factors=(y,))]
        assert complete(CONTEXT.assume(goal), goal, leaf) == Assumption()


def test_a_theorem_where_the_leaf_fails() -> None:
    """The leaf is tried first, and returned where nothing fits."""
    goal = Relation(Add((Power(x, TWO), Power(y, TWO))), "≥", Multiply((TWO, x, y)))
    assert isinstance(complete(CONTEXT, goal), ByTheorem)
    assert verify(CONTEXT, goal, complete(CONTEXT, goal)).conditions == ()
    wrong = replace(goal, sign=">")
    assert isinstance(complete(CONTEXT, wrong), SignCalculus)


KINDS = [
    (Implies(Relation(x, ">", ONE), Relation(x, ">", ZERO)), "implication"),
    (Optimum("minimum", ZERO, Power(t, integer(2)), "t", LINE), "strict-concavity"),
    (NoOptimum("maximum", t, "t", LINE), "monotone-no-optimum"),
    (NoOptimum("minimum", Negate(t), "t", LINE), "monotone-no-optimum"),
    (Diverges(Integral("t", ZERO, INFINITY, ONE)), "divergence-by-monotonicity"),
    (Diverges(Integral("t", Negate(INFINITY), ZERO, ONE)), "divergence-by-monotonicity"),
    (UpToOrder(Apply("exp", (e,)), Add((ONE, e)), "ε", 2), "taylor"),
    (NearZero("ε", Relation(e, "=", e)), "near-zero"),
    (Smooth("g", ZERO, 2), "elementary-smooth"),
    (Invertible(y), "nonzero-scalar"),
]


@pytest.mark.parametrize(("goal", "theorem"), KINDS)
def test_every_other_kind_has_its_theorem(goal: Implies, theorem: str) -> None:
    proof = complete(CONTEXT, goal)
    assert isinstance(proof, ByTheorem) and proof.theorem == theorem
    assert verify(CONTEXT, goal, proof).conditions == ()


def test_an_equation_and_its_multiple_say_the_same() -> None:
    goal = Equivalent(Relation(x, "=", y), Relation(y, "=", x))
    proof = complete(CONTEXT, goal)
    assert isinstance(proof, ByTheorem) and proof.theorem == "nonzero-multiple"
    assert verify(CONTEXT, goal, proof).conditions == ()


@pytest.mark.parametrize("right", [Relation(x, "=", ONE), Relation(x, "≤", y), Relation(Power(x, TWO), "=", x)])
def test_no_rule_for_an_equivalence(right: Relation) -> None:
    goal = Equivalent(Relation(x, "=", y), right)
    with pytest.raises(NoProof, match="no rule fits this statement of the kind Equivalent"):
        complete(CONTEXT, goal)
    with pytest.raises(NoProof, match="no rule fits this statement of the kind Implies"):
        complete(CONTEXT, Implies(Relation(x, ">", ONE), goal))


def test_missing_premises_are_found() -> None:
    goal = Optimum("maximum", ZERO, Negate(Power(t, integer(2))), "t", Interval(Negate(ONE), ONE))
    proof = complete(CONTEXT, goal, ByTheorem("strict-concavity"))
    assert proof == ByTheorem("strict-concavity", (), (SignCalculus(), SignCalculus(), NormalForm(), SignCalculus()))
    some = ByTheorem("strict-concavity", (), (None, None, NormalForm((x,)), None))  # type: ignore[arg-type]
    found = complete(CONTEXT, goal, some)
    assert (
        isinstance(found, ByTheorem) and found.premises[2] == NormalForm((x,)) and found.premises[0] == SignCalculus()
    )


def test_a_sketch_with_too_many_premises() -> None:
    goal = Invertible(y)
    with pytest.raises(NoProof, match="nonzero-scalar has 1 hypotheses, the sketch gives 2 proofs"):
        complete(CONTEXT, goal, ByTheorem("nonzero-scalar", (), (SignCalculus(), SignCalculus())))


def test_a_theorem_that_does_not_apply_says_so() -> None:
    with pytest.raises(Unproved, match="does not apply"):
        complete(CONTEXT, Relation(x, "=", x), ByTheorem("taylor"))


def test_hints_of_a_sketch_are_kept() -> None:
    goal = Relation(x, "=", x)
    for sketch in (NormalForm((y,)), SignCalculus((y,))):
        assert complete(CONTEXT, goal, sketch) == sketch
    assert complete(CONTEXT, goal, Assumption()) == Assumption()


def test_hints_are_the_sums_among_factors() -> None:
    one, two, three = Add((x, ONE)), Add((x, integer(2))), subtract(SQUARE, ONE)
    assert factor_hints(Divide(one, two)) == (one, two)
    assert factor_hints(Multiply((x, one)), Power(two, integer(2))) == (one, two)
    assert factor_hints(Apply("ln", (one,)), Apply("sqrt", (two,)), Apply("log", (three,))) == (one, two, three)
    assert factor_hints(Apply("exp", (one,)), one, Negate(two)) == ()
    assert factor_hints(Divide(one, one), Divide(ONE, one)) == (one,)
    assert factor_hints(Negate(Add((ONE, Divide(ONE, one))))) == (one,)
    many = [Divide(ONE, Add((x, integer(k)))) for k in range(2 * MOST_FACTORS)]
    assert len(factor_hints(*many)) == MOST_FACTORS


def test_hints_make_a_proof() -> None:
    goal = Relation(Divide(subtract(SQUARE, ONE), subtract(x, ONE)), "=", Add((x, ONE)))
    assert verify(Context().declare("x", CONTEXT.sort_of("x")), goal, complete(CONTEXT, goal)).conditions  # type: ignore[arg-type]
