"""Leaves of a proof, and how a theorem's premises are verified."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Rounding, SignCalculus
from engine.kernel.condition import conditions_of
from engine.kernel.forms.context import scope_of
from engine.kernel.steps import Steps
from engine.kernel.theorems.obligation import Obligation
from engine.kernel.theorems.table import POINTWISE
from engine.kernel.unproved import Unproved
from engine.kernel.verify import DEEPEST_PROOF, Verified, verify
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, MatrixOf
from engine.meaning.statement import (
    Equivalent,
    ForEach,
    Implies,
    Interval,
    Invertible,
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
    Element,
    Inverse,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    integer,
    rational,
)
from tests.kernel.exercise import by, claim, given, leaf, proved, reason

x, y, i, N = Name("x"), Name("y"), Name("i"), Name("N")
XY = given(x="real", y="pos")
NORMAL, SIGN, ROUND = NormalForm(), SignCalculus(), Rounding()


def test_normal_form_proves_equality_and_what_follows_from_it() -> None:
    for sign in ("=", "≤", "≥"):
        assert leaf(XY, Relation(Add((x, y)), sign, Add((y, x))), NORMAL) == "proved"
        assert leaf(XY, Relation(x, sign, y), NORMAL) == "the two sides have different normal forms"
    for sign in ("≠", "<", ">", "≈"):
        assert leaf(XY, Relation(x, sign, x), NORMAL) == "NormalForm cannot prove this relation"


def test_normal_form_of_matrices() -> None:
    a, b = Matrix(((x, ONE), (ZERO, y))), Matrix(((x, ONE), (ZERO, Add((y, ZERO)))))
    assert leaf(XY, Relation(a, "=", b), NORMAL) == "proved"
    assert leaf(XY, Relation(a, "=", Matrix(((x, ONE), (ONE, y)))), NORMAL).endswith("different normal forms")
    assert leaf(XY, Relation(a, "=", Matrix(((x,), (ZERO,)))), NORMAL) == "a sum of things of different shape"
    assert leaf(XY, Relation(a, "≠", b), SIGN) == "SignCalculus cannot prove this relation"


@pytest.mark.parametrize(
    ("sign", "difference", "holds"),
    [
        (">", y, True),
        (">", Power(x, integer(2)), False),
        ("≥", Power(x, integer(2)), True),
        ("≥", x, False),
        ("<", Negate(y), True),
        ("<", y, False),
        ("≤", Negate(Power(x, integer(2))), True),
        ("≤", y, False),
        ("≠", y, True),
        ("≠", Negate(y), True),
        ("≠", x, False),
        ("=", Multiply((ZERO, x)), True),
        ("=", y, False),
    ],
)
def test_sign_calculus(sign: str, difference: object, holds: bool) -> None:
    goal = Relation(difference, sign, ZERO)  # type: ignore[arg-type]
    assert (leaf(XY, goal, SIGN) == "proved") == holds
    swapped = Relation(ZERO, {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}.get(sign, sign), difference)  # type: ignore[arg-type]
    assert (leaf(XY, swapped, SIGN) == "proved") == holds


def test_sign_calculus_knows_no_approximation() -> None:
    assert leaf(XY, Relation(y, "≈", y), SIGN) == "SignCalculus cannot prove this relation"


def decimal(text: str) -> Number:
    return Number(Fraction(text), len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("exact", "shown", "holds"),
    [
        ("1/3", "0.33", True),
        ("1/3", "0.34", False),
        ("2/3", "0.67", True),
        ("2/3", "0.66", False),
        ("1/8", "0.12", True),  # a tie may go either way
        ("1/8", "0.13", True),
        ("1251/10000", "0.12", False),
        ("7/2", "4", True),
        ("-1/3", "-0.33", True),
        ("-1/3", "0.33", False),
        ("-1/8", "-0.13", True),
    ],
)
def test_rounding(exact: str, shown: str, holds: bool) -> None:
    right = Negate(decimal(shown[1:])) if shown[0] == "-" else decimal(shown)
    goal = Relation(rational(Fraction(exact)), "≈", right)
    found = leaf(Context(), goal, ROUND)
    assert found == ("proved" if holds else "the decimal is not known to be the number rounded to the digits shown")


@pytest.mark.parametrize(
    "goal",
    [
        Relation(rational(Fraction(1, 2)), "=", decimal("0.5")),
        Relation(x, "≈", decimal("0.5")),
        Relation(ONE, "≈", Divide(ONE, ONE)),
        Relation(Matrix(((ONE, ONE),)), "≈", ONE),
        Relation(Multiply((Power(integer(3), integer(9000)), Power(integer(3), integer(9000)))), "≈", ONE),
    ],
)
def test_rounding_is_for_numbers_and_literals(goal: Relation) -> None:
    assert leaf(XY, goal, ROUND) != "proved"


def test_an_assumption_is_taken_word_for_word() -> None:
    context = XY.assume(Relation(x, "=", y))
    assert leaf(context, Relation(x, "=", y), Assumption()) == "proved"
    for goal in (Relation(y, "=", x), Relation(x, "≤", y), Relation(x, "=", ONE)):
        assert leaf(context, goal, Assumption()) == "the statement is not among the assumptions"


@pytest.mark.parametrize("proof", [NORMAL, SIGN, ROUND])
@pytest.mark.parametrize(
    "goal", [Smooth("f", ZERO, 0), UpToOrder(x, x, "x", 1), Implies(Relation(x, "=", x), Relation(x, "=", x))]
)
def test_leaves_prove_relations_only(proof: object, goal: Smooth) -> None:
    assert leaf(XY, goal, proof).endswith("proves relations only")  # type: ignore[arg-type]


class TestForEach:
    context = given(N="nat", x="pos family", y="real")
    member = Element("x", (i,))

    def of(self, relation: Relation, upper: object = N) -> ForEach:
        return ForEach("i", ONE, upper, relation)  # type: ignore[arg-type]

    def test_true(self) -> None:
        assert leaf(self.context, self.of(Relation(self.member, ">", ZERO)), SIGN) == "proved"
        assert leaf(self.context, self.of(Relation(i, "≤", N)), SIGN) == "proved"
        assert leaf(self.context, self.of(Relation(i, "≥", ONE)), SIGN) == "proved"
        assert leaf(self.context, self.of(Relation(Add((i, i)), "=", Multiply((integer(2), i)))), NORMAL) == "proved"

    def test_false(self) -> None:
        assert "does not follow" in leaf(self.context, self.of(Relation(self.member, ">", ONE)), SIGN)
        assert "does not follow" in leaf(self.context, self.of(Relation(i, "<", N)), SIGN)
        assert "different normal forms" in leaf(self.context, self.of(Relation(i, "=", ONE)), NORMAL)

    def test_it_must_be_defined_on_all_of_the_range(self) -> None:
        further = self.of(Relation(self.member, "=", self.member), Add((N, ONE)))
        assert "needed for the statement to be defined" in leaf(self.context, further, NORMAL)
        assert leaf(self.context, self.of(Relation(self.member, "=", self.member)), NORMAL) == "proved"
        fraction = Divide(ONE, y)
        assert "needed for the statement" in leaf(self.context, self.of(Relation(fraction, "=", fraction)), NORMAL)

    def test_a_definition_that_mentions_the_index(self) -> None:
        context = self.context.declare("i", self.context.sort_of("N")).define("z", (), i)  # type: ignore[arg-type]
        goal = self.of(Relation(Name("z"), "≥", ONE))
        assert "mentions a name that is bound" in leaf(context, goal, SIGN)


def test_conditions_come_with_the_proof() -> None:
    found = verify(XY, Relation(Divide(x, x), "=", ONE), NORMAL)
    assert found == Verified((Relation(x, "≠", ZERO),), frozenset(), frozenset({Relation(Divide(x, x), "=", ONE)}))
    twice = verify(XY, Relation(Divide(x, x), "=", Divide(Add((x, ONE)), Add((x, ONE)))), NORMAL)
    assert twice.conditions == (Relation(x, "≠", ZERO), Relation(Add((x, ONE)), "≠", ZERO))


def test_a_hypothesis_must_hold_without_conditions() -> None:
    goal = Relation(x, "=", x)
    known = Relation(Divide(x, x), "=", ONE)
    proof = ByTheorem("left-multiple", (ZERO, known), (NORMAL, NORMAL))
    assert leaf(XY, goal, proof) == "a hypothesis of left-multiple holds only under a condition"


def test_a_condition_that_the_goal_has_anyway_may_be_one_of_its_hypotheses() -> None:
    """Of theorems that speak of one point at a time only: an induction also asks about the numbers before."""
    fraction = Divide(x, x)
    proof = ByTheorem("left-multiple", (ZERO, Relation(fraction, "=", ONE)), (NORMAL, NORMAL))
    assert verify(XY, Relation(fraction, "=", fraction), proof).conditions == (Relation(x, "≠", ZERO),)
    other = Relation(Divide(y, Add((x, ONE))), "=", Divide(y, Add((x, ONE))))
    assert leaf(XY, other, proof) == "a hypothesis of left-multiple holds only under a condition"
    assert {
        "implication", "left-multiple", "nonzero-multiple", "replace-equal", "equal-sign", "equal-squares",
        "compare-squares", "increasing-function", "defined-given",
    } == POINTWISE  # fmt: skip


class TestDefinedGiven:
    known = Relation(Divide(ONE, x), "=", y)
    goal = Relation(x, "≠", ZERO)

    def test_what_is_given_brings_its_denominators(self) -> None:
        assert leaf(XY.assume(self.known), self.goal, ByTheorem("defined-given", (self.known,), (SIGN,))) == "proved"
        assert "does not follow" in leaf(XY.assume(self.known), self.goal, SIGN)
        positive = Relation(x, ">", ZERO)
        proof = ByTheorem("defined-given", (self.known,), (SIGN,))
        assert "does not follow" in leaf(XY.assume(self.known), positive, proof)

    def test_it_must_be_given(self) -> None:
        proof = ByTheorem("defined-given", (self.known,), (SIGN,))
        assert "does not apply" in leaf(XY, self.goal, proof)
        assert "does not apply" in leaf(XY.assume(Relation(x, "=", y)), self.goal, proof)

    def test_a_power_that_has_a_value_may_have_any_base(self) -> None:
        """(-1)^y = 1 where y = 2."""
        known, positive = Relation(Power(x, y), "=", ONE), Relation(x, ">", ZERO)
        proof = ByTheorem("defined-given", (known,), (SIGN,))
        assert "does not follow" in leaf(XY.assume(known), positive, proof)
        root = Relation(Apply("ln", (x,)), "=", ONE)
        assert leaf(XY.assume(root), positive, ByTheorem("defined-given", (root,), (SIGN,))) == "proved"


@pytest.mark.parametrize("shared", [True, False])
def test_what_is_proved_in_another_context_discharges_nothing(monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    """Of an A that has an inverse there, nothing is known here."""
    a, size = Name("A"), Name("n")
    here = Context().declare("n", NATURAL).declare("A", MatrixOf(size, size))
    there = here.assume(Invertible(a))
    product = Multiply((Inverse(a), a))
    wanted = (Obligation(there, Invertible(a)), Obligation(there if shared else here, Relation(product, "=", product)))
    monkeypatch.setattr("engine.kernel.verify.obligations", lambda *_: wanted)
    found = leaf(there if shared else here, Relation(a, "=", a), ByTheorem("any", (), (Assumption(), NORMAL)))
    assert found == ("proved" if shared else "a hypothesis of any holds only under a condition")


def test_what_a_hypothesis_proves_under_a_condition_does_not_discharge_it() -> None:
    """x/x ≠ 0 would say that x ≠ 0."""
    fraction = Divide(x, x)
    goal = Relation(fraction, ">", Divide(x, Multiply((integer(2), x))))
    proof = ByTheorem("equal-sign", (Divide(x, Multiply((integer(2), x))),), (NORMAL, SIGN))
    found = verify(XY.assume(Relation(x, "≥", ZERO)), goal, proof)
    assert Relation(x, "≠", ZERO) in found.conditions


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_hypothesis_has_one_proof(count: int) -> None:
    proof = ByTheorem("left-multiple", (ONE, Relation(x, "=", x)), (NORMAL,) * count)
    assert leaf(XY, Relation(x, "=", x), proof) == f"left-multiple has 2 hypotheses, and {count} proofs were given"


def test_premises_stand_in_the_order_of_the_hypotheses() -> None:
    goal = Optimum("maximum", ZERO, Negate(Power(x, integer(2))), "x", Interval(Negate(ONE), ONE))
    right = (SIGN, SIGN, NORMAL, SIGN)
    assert leaf(Context(), goal, ByTheorem("strict-concavity", (), right)) == "proved"
    assert "cannot prove" in leaf(Context(), goal, ByTheorem("strict-concavity", (), (NORMAL, *right[1:])))


def test_a_proof_is_not_nested_without_end() -> None:
    known = Relation(x, "=", x)

    def nested(depth: int) -> ByTheorem | NormalForm:
        return ByTheorem("left-multiple", (ONE, known), (nested(depth - 1), NORMAL)) if depth else NORMAL

    assert leaf(XY, known, nested(DEEPEST_PROOF)) == "proved"
    assert leaf(XY, known, nested(DEEPEST_PROOF + 1)) == "a proof nested too deeply"


def test_all_parts_of_a_proof_share_the_steps() -> None:
    known = Relation(Add((x, y)), "=", Add((y, x)))
    proof = ByTheorem("left-multiple", (ONE, known), (NORMAL, NORMAL))
    alone, together = Steps(1000), Steps(1000)
    verify(XY, known, NORMAL, steps=alone)
    verify(XY, known, proof, steps=together)
    enough = 1000 - alone.left
    assert 0 < enough < 1000 - together.left
    assert verify(XY, known, NORMAL, steps=Steps(enough)).established
    with pytest.raises(Unproved, match="the step budget is spent"):
        verify(XY, known, proof, steps=Steps(enough))


def test_the_objective_must_be_defined_on_its_whole_domain() -> None:
    goal = NoOptimum("maximum", Apply("ln", (x,)), "x", Interval(ZERO, INFINITY))
    assert proved(Context(), goal).conditions == ()
    wide = NoOptimum("maximum", Apply("ln", (x,)), "x", Interval(Negate(ONE), INFINITY))
    assert reason(Context(), wide)
    half = Optimum("maximum", ONE, Apply("ln", (x,)), "x", Interval(Negate(ONE), INFINITY))
    with pytest.raises(Unproved, match="needed for the statement to be defined"):
        conditions_of(half, scope_of(Context()), frozenset())
    off = NoOptimum("maximum", x, "x", Interval(Divide(ONE, y), INFINITY))
    assert proved(given(y="pos"), off).conditions == ()


def test_the_conditions_of_both_parts_of_an_implication() -> None:
    goal = Implies(Relation(Divide(ONE, x), "=", y), Relation(Divide(ONE, x), "=", y))
    assert proved(given(x="real", y="real"), goal, by("implication", premises=(Assumption(),))).conditions == (
        Relation(x, "≠", ZERO),
    )


def test_the_conditions_of_both_sides_of_an_equivalence() -> None:
    one, other = Relation(Divide(ONE, x), "=", y), Relation(Divide(ONE, y), "=", x)
    scope = scope_of(given(x="real", y="real"))
    both = conditions_of(Equivalent(one, other), scope, frozenset())
    assert both == (Relation(x, "≠", ZERO), Relation(y, "≠", ZERO))


def test_the_order_of_what_is_assumed_says_nothing() -> None:
    context, goal = claim(r"t+\ln(1-y)<0", given(t="real", y="real"))
    facts = [claim(text, context)[1] for text in (r"t<-\ln(1-y)", "y<1")]
    for order in (facts, facts[::-1]):
        assert proved(context.assume(*order), goal).conditions == ()
