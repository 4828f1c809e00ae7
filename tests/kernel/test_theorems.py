"""Each theorem of the table: one true use, and for each hypothesis a use that is refused because of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.kernel.certificate import Assumption
from engine.kernel.theorems.mention import statement_names
from engine.kernel.theorems.table import LOGIC, THEOREMS, obligations, same_statement
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, Function, IndexRange, Integer, MatrixOf, Vector
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
    Evaluate,
    FunctionDerivative,
    Integral,
    Multiply,
    Name,
    Negate,
    Power,
    Sum,
    Term,
    integer,
    subtract,
)
from tests.kernel.exercise import by, claim, given, leaf, proved, reason

v, x, y, z, h, e = map(Name, "v x y z h ε".split())
LINE = Interval(Negate(INFINITY), INFINITY)
HALF_LINE = Interval(ZERO, INFINITY)
UNIT = Interval(ZERO, ONE)
TWO = integer(2)
XY = given(x="real", y="real")


def relation(text: str, context: Context) -> Relation:
    return claim(text, context)[1]


def square(part: Term) -> Term:
    return Power(part, TWO)


def exp(part: Term) -> Term:
    return Apply("exp", (part,))


def test_the_whole_list_of_theorems() -> None:
    assert list(THEOREMS) == [
        "nonzero-multiple",
        "implication",
        "defined-given",
        "left-multiple",
        "replace-equal",
        "equal-sign",
        "equal-squares",
        "compare-squares",
        "increasing-function",
        "nonzero-scalar",
        "positive-scalar",
        "induction",
        "binomial-sum",
        "strict-concavity",
        "first-derivative-sign",
        "equal-objective",
        "monotone-transform",
        "monotone-no-optimum",
        "fermat",
        "unique-optimum-point",
        "bounded-by-optimum",
        "divergence-by-monotonicity",
        "antiderivative",
        "near-zero",
        "near-zero-consequence",
        "at-zero",
        "differentiate",
        "implicit-function",
        "taylor",
        "elementary-smooth",
    ]


def test_what_a_proof_is_said_to_rest_on() -> None:
    assert set(THEOREMS) - LOGIC == {
        "binomial-sum",
        "strict-concavity",
        "first-derivative-sign",
        "monotone-no-optimum",
        "fermat",
        "divergence-by-monotonicity",
        "antiderivative",
        "implicit-function",
        "increasing-function",
        "taylor",
    }
    found = proved(Context(), Optimum("maximum", ZERO, Negate(square(v)), "v", LINE))
    assert found.rests_on == {"strict-concavity"}


def test_there_is_no_other_theorem() -> None:
    with pytest.raises(Unproved, match="there is no theorem 'magic'"):
        obligations("magic", XY, Relation(x, "=", y), ())


def test_the_premise_of_an_implication_is_defined() -> None:
    goal = Implies(Relation(Apply("ln", (x,)), "=", ONE), Relation(x, ">", ZERO))
    assert proved(given(x="real"), goal, by("implication")).conditions == (Relation(x, ">", ZERO),)


FORMS = [
    ("nonzero-multiple", ()),
    ("nonzero-multiple", (Relation(x, "=", y),)),
    ("implication", (ONE,)),
    ("implication", ()),
    ("left-multiple", (ONE,)),
    ("left-multiple", (Relation(x, "=", y), Relation(x, "=", y))),
    ("left-multiple", (ONE, Relation(x, "<", y))),
    ("replace-equal", (h, Relation(x, "=", y))),
    ("replace-equal", (h, Relation(x, "≤", y), Relation(h, "=", ZERO))),
    ("replace-equal", (h, Relation(x, "=", y), Relation(h, "<", ZERO))),
    ("strict-concavity", ()),
    ("first-derivative-sign", (ONE,)),
    ("equal-objective", (ONE,)),
    ("monotone-transform", ()),
    ("monotone-no-optimum", (ONE,)),
    ("fermat", (ONE,)),
    ("unique-optimum-point", (ONE, ONE)),
    ("divergence-by-monotonicity", (INFINITY,)),
    ("near-zero", ()),
    ("near-zero-consequence", ()),
    ("at-zero", (ONE,)),
    ("differentiate", (ONE,)),
    ("implicit-function", (ONE, ONE, ONE, ONE)),
    ("taylor", ()),
    ("elementary-smooth", ()),
    ("nonzero-scalar", ()),
    ("positive-scalar", ()),
]


@pytest.mark.parametrize(("name", "parameters"), FORMS)
def test_a_theorem_concludes_only_its_own_form(name: str, parameters: tuple[Term, ...]) -> None:
    with pytest.raises(Unproved, match=f"the theorem '{name}' does not apply"):
        obligations(name, XY, Relation(ZERO, "=", ONE), parameters)


@pytest.mark.parametrize("name", ["left-multiple", "fermat", "unique-optimum-point"])
def test_equations_conclude_equations(name: str) -> None:
    optimum = Optimum("maximum", ZERO, Negate(square(v)), "v", LINE)
    parameters = {"left-multiple": (ONE, Relation(x, "=", y)), "fermat": (optimum,)}.get(name, (optimum, optimum))
    with pytest.raises(Unproved, match=f"the theorem '{name}' does not apply"):
        obligations(name, XY, Relation(ZERO, "<", ZERO), parameters)


# ---- equations


class TestNonzeroMultiple:
    def goal(self, left: str, right: str, context: Context) -> Equivalent:
        return Equivalent(relation(left, context), relation(right, context))

    def test_true(self) -> None:
        context = given(x="pos", y="real")
        assert (
            proved(context, self.goal("x y=x", "y=1", context), by("nonzero-multiple", Divide(ONE, x))).conditions == ()
        )

    def test_the_factor_must_not_be_zero(self) -> None:
        goal = self.goal("x=y", "x y=y^2", XY)
        assert "does not follow" in reason(XY, goal, by("nonzero-multiple", y))
        context = given(x="real", y="pos")
        assert proved(context, self.goal("x=y", "x y=y^2", context), by("nonzero-multiple", y)).conditions == ()

    def test_it_must_be_the_factor(self) -> None:
        goal = self.goal("x=y", "2x=3y", XY)
        assert "different normal forms" in reason(XY, goal, by("nonzero-multiple", TWO))
        assert proved(XY, self.goal("x=y", "2x=2y", XY), by("nonzero-multiple", TWO)).conditions == ()

    @pytest.mark.parametrize("signs", [("=", "<"), ("<", "=")])
    def test_only_equations(self, signs: tuple[str, str]) -> None:
        goal = Equivalent(Relation(x, signs[0], y), Relation(x, signs[1], y))  # type: ignore[arg-type]
        assert "does not apply" in reason(XY, goal, by("nonzero-multiple", ONE))


class TestImplication:
    def test_true(self) -> None:
        goal = Implies(Relation(x, ">", ONE), Relation(square(x), ">", ONE))
        assert proved(XY, goal).conditions == ()

    def test_without_the_premise(self) -> None:
        goal = Implies(Relation(y, ">", ONE), Relation(square(x), ">", ONE))
        assert "does not follow" in reason(XY, goal)


class TestLeftMultiple:
    known = Relation(x, "=", y)
    context = XY.assume(Relation(x, "=", y))

    def test_true(self) -> None:
        goal = Relation(Multiply((TWO, x)), "=", Multiply((TWO, y)))
        assert proved(self.context, goal, by("left-multiple", TWO, self.known)).conditions == ()

    def test_the_equation_must_be_known(self) -> None:
        goal = Relation(Multiply((TWO, x)), "=", Multiply((TWO, y)))
        assert "different normal forms" in reason(XY, goal, by("left-multiple", TWO, self.known))

    def test_it_must_be_the_multiple(self) -> None:
        goal = Relation(Multiply((TWO, x)), "=", Multiply((integer(3), y)))
        assert "different normal forms" in reason(self.context, goal, by("left-multiple", TWO, self.known))


class TestReplaceEqual:
    context = XY.assume(Relation(x, "=", y))

    def use(self, goal: Relation | Invertible, template: Relation | Invertible, known: Relation) -> str:
        sketch = by("replace-equal", h, known, template)
        try:
            proved(self.context.assume(Relation(exp(x), "=", ONE), Invertible(x)), goal, sketch)
        except Unproved as unproved:
            return str(unproved)
        return "proved"

    def test_true(self) -> None:
        known, template = Relation(x, "=", y), Relation(exp(h), "=", ONE)
        assert self.use(Relation(exp(y), "=", ONE), template, known) == "proved"
        assert self.use(Invertible(y), Invertible(h), known) == "proved"
        beside_a_sum = Relation(Add((exp(h), Sum("i", ONE, TWO, ZERO))), "=", ONE)
        goal = Relation(Add((exp(y), Sum("i", ONE, TWO, ZERO))), "=", ONE)
        assert "only outside of sums" not in self.use(goal, beside_a_sum, known)

    def test_the_template_must_fit_the_goal(self) -> None:
        assert "does not apply" in self.use(Relation(exp(y), "=", TWO), Relation(exp(h), "=", ONE), Relation(x, "=", y))

    def test_the_equation_must_be_known(self) -> None:
        known = Relation(x, "=", integer(3))
        assert "different normal forms" in self.use(
            Relation(exp(integer(3)), "=", ONE), Relation(exp(h), "=", ONE), known
        )

    def test_the_replaced_statement_must_be_known(self) -> None:
        known = Relation(x, "=", y)
        assert "different normal forms" in self.use(Relation(exp(y), "=", TWO), Relation(exp(h), "=", TWO), known)

    @pytest.mark.parametrize("side", [0, 1])
    def test_not_below_a_binder(self, side: int) -> None:
        for part in (Sum("i", ONE, h, ONE), Evaluate(h, "x", ONE), Add((ONE, Evaluate(h, "x", ONE)))):
            ends = (part, ONE) if side == 0 else (ONE, part)
            template = Relation(ends[0], "=", ends[1])
            goal = Relation(x, "=", y)
            assert "only outside of sums" in self.use(goal, template, Relation(x, "=", y))
        assert "only outside of sums" in self.use(Invertible(x), Invertible(Evaluate(h, "x", ONE)), Relation(x, "=", y))

    @pytest.mark.parametrize("known", [Relation(h, "=", y), Relation(y, "=", h)])
    def test_the_hole_stands_for_nothing_else(self, known: Relation) -> None:
        assert "only outside of sums" in self.use(Relation(x, "=", y), Relation(h, "=", y), known)


# ---- optima

BELL = Negate(square(subtract(v, ONE)))


class TestStrictConcavity:
    def test_true(self) -> None:
        assert proved(Context(), Optimum("maximum", ONE, BELL, "v", LINE)).conditions == ()
        assert proved(Context(), Optimum("minimum", ONE, Negate(BELL), "v", HALF_LINE)).conditions == ()
        assert (
            proved(Context(), Optimum("minimum", ONE, Negate(BELL), "v", Interval(ZERO, TWO), False)).conditions == ()
        )

    @pytest.mark.parametrize(
        ("goal", "why"),
        [
            (Optimum("maximum", TWO, BELL, "v", LINE), "different normal forms"),
            (Optimum("minimum", ONE, BELL, "v", LINE), "does not follow"),
            (Optimum("maximum", ONE, Negate(BELL), "v", LINE), "does not follow"),
            (Optimum("maximum", ONE, BELL, "v", UNIT), "does not follow"),
            (Optimum("maximum", ONE, BELL, "v", Interval(ONE, INFINITY)), "does not follow"),
            (Optimum("maximum", ONE, BELL, "v", Interval(ZERO, INFINITY, True)), "open intervals"),
            (Optimum("maximum", ONE, BELL, "v", Interval(Negate(INFINITY), TWO, False, True)), "open intervals"),
            (Optimum("maximum", ONE, BELL, "v", None), "does not apply"),
            (Optimum("maximum", ONE, ONE, "v", LINE), "does not follow"),
            # -v⁴ is greatest at 0, but f'' vanishes there
            (Optimum("maximum", ZERO, Negate(Power(v, integer(4))), "v", LINE), "does not follow"),
            # concave, stationary, and not defined everywhere
            (
                Optimum("maximum", ONE, subtract(Apply("ln", (v,)), v), "v", LINE),
                "every factor to be positive|condition",
            ),
        ],
    )
    def test_each_hypothesis(self, goal: Optimum, why: str) -> None:
        found = reason(Context(), goal)
        assert any(part in found for part in why.split("|"))

    def test_the_domain_of_ln(self) -> None:
        goal = Optimum("maximum", ONE, subtract(Apply("ln", (v,)), v), "v", HALF_LINE)
        assert proved(Context(), goal).conditions == ()


class TestFirstDerivativeSign:
    """v e^{-v} is greatest at 1 on (0, ∞); it is not concave there."""

    hump = Multiply((v, exp(Negate(v))))
    goal = Optimum("maximum", ONE, hump, "v", HALF_LINE)

    def test_true(self) -> None:
        assert proved(Context(), self.goal, by("first-derivative-sign", exp(Negate(v)))).conditions == ()
        lowest = Optimum("minimum", ONE, Negate(self.hump), "v", HALF_LINE)
        assert proved(Context(), lowest, by("first-derivative-sign", exp(Negate(v)))).conditions == ()

    @pytest.mark.parametrize(
        ("goal", "factor", "why"),
        [
            (goal, exp(v), "different normal forms"),
            (replace(goal, kind="minimum"), exp(Negate(v)), "different normal forms"),
            (replace(goal, kind="minimum"), Negate(exp(Negate(v))), "does not follow"),
            (replace(goal, point=TWO), exp(Negate(v)), "different normal forms"),
            (replace(goal, domain=UNIT), exp(Negate(v)), "does not follow"),
            (replace(goal, domain=Interval(ONE, TWO)), exp(Negate(v)), "does not follow"),
            (replace(goal, domain=Interval(ZERO, INFINITY, True)), exp(Negate(v)), "open intervals"),
            (replace(goal, domain=None), exp(Negate(v)), "does not apply"),
            # v² v has its only stationary point at 0 and no minimum: q = 3v is not positive
            (Optimum("minimum", ZERO, Power(v, integer(3)), "v", LINE), Multiply((integer(3), v)), "does not follow"),
        ],
    )
    def test_each_hypothesis(self, goal: Optimum, factor: Term, why: str) -> None:
        assert why in reason(Context(), goal, by("first-derivative-sign", factor))

    def test_its_parameter_is_a_term(self) -> None:
        for parameters in ((), (self.goal,), (ONE, ONE)):
            assert "does not apply" in reason(Context(), self.goal, by("first-derivative-sign", *parameters))


class TestEqualObjective:
    goal = Optimum("maximum", ONE, Apply("abs", (BELL,)), "v", LINE)

    def test_true(self) -> None:
        spread = subtract(Multiply((TWO, v)), Add((square(v), ONE)))
        assert (
            proved(Context(), Optimum("maximum", ONE, spread, "v", LINE), by("equal-objective", BELL)).conditions == ()
        )

    def test_each_hypothesis(self) -> None:
        assert "different normal forms" in reason(Context(), self.goal, by("equal-objective", BELL))
        spread = Optimum("maximum", TWO, BELL, "v", LINE)
        assert "different normal forms" in reason(Context(), spread, by("equal-objective", BELL))
        assert "does not apply" in reason(Context(), replace(spread, domain=None), by("equal-objective", BELL))
        assert "does not apply" in reason(Context(), spread, by("equal-objective", spread))

    def test_equality_on_the_domain_only(self) -> None:
        size = Optimum("minimum", ONE, Power(subtract(Apply("abs", (v,)), ONE), TWO), "v", HALF_LINE)
        assert proved(Context(), size, by("equal-objective", Negate(BELL))).conditions == ()
        assert "different normal forms" in reason(
            Context(), replace(size, domain=LINE), by("equal-objective", Negate(BELL))
        )


class TestMonotoneTransform:
    def test_true(self) -> None:
        assert (
            proved(Context(), Optimum("maximum", ONE, exp(BELL), "v", LINE), by("monotone-transform")).conditions == ()
        )

    def test_the_function_must_be_positive(self) -> None:
        goal = Optimum("minimum", ZERO, v, "v", LINE)
        assert "does not follow" in reason(Context(), goal, by("monotone-transform"))

    def test_the_logarithm_must_have_the_optimum(self) -> None:
        for goal in (Optimum("minimum", ONE, exp(BELL), "v", LINE), Optimum("maximum", ZERO, exp(BELL), "v", LINE)):
            assert reason(Context(), goal, by("monotone-transform"))


class TestMonotoneNoOptimum:
    def test_true(self) -> None:
        for kind in ("maximum", "minimum"):
            assert proved(Context(), NoOptimum(kind, v, "v", LINE), by("monotone-no-optimum", ONE)).conditions == ()
            goal = NoOptimum(kind, Negate(exp(v)), "v", UNIT)
            assert proved(Context(), goal, by("monotone-no-optimum", Negate(ONE))).conditions == ()
        assert proved(Context(), NoOptimum("maximum", v, "v", UNIT)).conditions == ()
        for domain in (Interval(Negate(INFINITY), ZERO), HALF_LINE):
            assert proved(Context(), NoOptimum("maximum", v, "v", domain)).conditions == ()

    @pytest.mark.parametrize(
        ("goal", "direction", "why"),
        [
            (NoOptimum("maximum", v, "v", LINE), Negate(ONE), "does not follow"),
            (NoOptimum("maximum", square(v), "v", LINE), ONE, "does not follow"),
            (NoOptimum("maximum", ONE, "v", LINE), ONE, "does not follow"),
            (NoOptimum("maximum", v, "v", Interval(ONE, ZERO)), ONE, "does not follow"),
            (NoOptimum("maximum", v, "v", Interval(ONE, ONE)), ONE, "does not follow"),
            (NoOptimum("maximum", v, "v", Interval(ZERO, ONE, False, True)), ONE, "open intervals"),
            (NoOptimum("maximum", v, "v", Interval(ZERO, ONE, True)), ONE, "open intervals"),
            (NoOptimum("maximum", v, "v", LINE), TWO, "does not apply"),
        ],
    )
    def test_each_hypothesis(self, goal: NoOptimum, direction: Term, why: str) -> None:
        assert why in reason(Context(), goal, by("monotone-no-optimum", direction))


class TestFermat:
    context = Context().declare("v", REAL)
    lowest = Optimum("minimum", ONE, Negate(BELL), "v", LINE)

    def test_true(self) -> None:
        goal = Relation(subtract(Multiply((TWO, ONE)), TWO), "=", ZERO)
        assert proved(self.context, goal, by("fermat", self.lowest)).rests_on == {"fermat", "strict-concavity"}
        everywhere = replace(self.lowest, domain=None)
        assert proved(self.context.assume(everywhere), goal, by("fermat", everywhere)).conditions == ()

    def test_the_optimum_must_be_known(self) -> None:
        slope = Relation(subtract(Multiply((TWO, TWO)), TWO), "=", ZERO)
        assert "different normal forms" in reason(self.context, slope, by("fermat", replace(self.lowest, point=TWO)))

    def test_it_must_be_the_derivative(self) -> None:
        assert "different normal forms" in reason(self.context, Relation(ONE, "=", ZERO), by("fermat", self.lowest))

    def test_the_point_must_be_inside(self) -> None:
        """v is least at 0 on [0, 1], and its derivative is 1."""
        edge = Optimum("minimum", ZERO, v, "v", Interval(ZERO, ONE, True, True))
        assert "open intervals" in reason(self.context.assume(edge), Relation(ONE, "=", ZERO), by("fermat", edge))
        outside = Optimum("minimum", ZERO, v, "v", Interval(ZERO, ONE))
        assert "does not follow" in reason(
            self.context.assume(outside), Relation(ONE, "=", ZERO), by("fermat", outside)
        )

    @pytest.mark.parametrize("sort", [Integer(), NATURAL])
    def test_the_variable_must_be_real(self, sort: Integer) -> None:
        whole = replace(self.lowest, domain=None)
        context = Context().declare("v", sort).assume(whole)
        assert "v is not declared as a vector or real number" in reason(
            context, Relation(ZERO, "=", ZERO), by("fermat", whole)
        )
        context = Context().declare("v", Vector(TWO)).assume(self.lowest)
        assert "v is not declared as a vector" in reason(context, Relation(ZERO, "=", ZERO), by("fermat", self.lowest))

    def test_the_objective_must_be_differentiable_there(self) -> None:
        kink = Optimum("minimum", ZERO, Apply("abs", (v,)), "v", LINE)
        assert "a division by zero" in reason(self.context.assume(kink), Relation(ONE, "=", ZERO), by("fermat", kink))


class TestUniqueOptimumPoint:
    context = Context().declare("v", REAL).declare("q", REAL)
    only = Optimum("minimum", ONE, Negate(BELL), "v", LINE)
    one = Optimum("minimum", Name("q"), Negate(BELL), "v", LINE, False)
    goal = Relation(Name("q"), "=", ONE)

    def use(self, one: Optimum, only: Optimum, goal: Relation = goal) -> str:
        sketch = by("unique-optimum-point", one, only, premises=(Assumption(), Assumption(), None))
        try:
            proved(self.context.assume(one, only), goal, sketch)
        except Unproved as unproved:
            return str(unproved)
        return "proved"

    def test_true(self) -> None:
        assert self.use(self.one, self.only) == "proved"
        assert self.use(replace(self.one, domain=None), replace(self.only, domain=None)) == "proved"
        same = replace(self.one, objective=Add((square(subtract(v, ONE)), ZERO)))
        assert self.use(same, self.only) == "proved"

    def test_each_hypothesis(self) -> None:
        form = "the theorem 'unique-optimum-point' does not apply to this statement"
        assert self.use(self.one, replace(self.only, unique=False)) == form
        assert self.use(replace(self.one, kind="maximum"), self.only) == form
        assert self.use(replace(self.one, domain=UNIT), self.only) == form
        assert self.use(replace(self.one, variable="q"), self.only) == form
        assert self.use(self.one, self.only, Relation(Name("q"), "=", TWO)) == form
        assert self.use(self.one, self.only, Relation(TWO, "=", ONE)) == form
        other = replace(self.one, objective=Negate(Power(v, integer(4))))
        assert self.use(other, self.only) == "the two sides have different normal forms"

    def test_both_must_be_known(self) -> None:
        for known in ((self.one,), (self.only,)):
            sketch = by("unique-optimum-point", self.one, self.only, premises=(Assumption(), Assumption(), None))
            assert "not among the assumptions" in reason(self.context.assume(*known), self.goal, sketch)

    def test_equal_on_the_domain_for_every_value_of_the_variable(self) -> None:
        one = replace(self.one, objective=Multiply((Apply("abs", (v,)), v)))
        only = replace(self.only, objective=square(v))
        context = self.context.assume(Relation(v, ">", ZERO), one, only)
        sketch = by("unique-optimum-point", one, only, premises=(Assumption(), Assumption(), None))
        assert "different normal forms" in reason(context, self.goal, sketch)
        one, only = (replace(o, domain=HALF_LINE) for o in (one, only))
        sketch = by("unique-optimum-point", one, only, premises=(Assumption(), Assumption(), None))
        assert proved(context.assume(one, only), self.goal, sketch).conditions == ()

    def test_the_variable_must_be_declared(self) -> None:
        context = Context().declare("q", REAL).declare("v", Integer()).assume(self.one, self.only)
        sketch = by("unique-optimum-point", self.one, self.only)
        assert "v is not declared as a vector or real number" in reason(context, self.goal, sketch)


class TestDivergence:
    def of(self, body: Term, lower: Term = ZERO, upper: Term = INFINITY) -> Diverges:
        return Diverges(Integral("v", lower, upper, body))

    def test_true(self) -> None:
        assert proved(Context(), self.of(ONE)).rests_on == {"divergence-by-monotonicity"}
        assert proved(Context(), self.of(exp(v))).conditions == ()
        down = self.of(exp(Negate(v)), Negate(INFINITY), INFINITY)
        assert proved(Context(), down, by("divergence-by-monotonicity", Negate(INFINITY))).conditions == ()
        assert proved(Context(), self.of(exp(Negate(v)), Negate(INFINITY), ZERO)).conditions == ()

    @pytest.mark.parametrize(
        ("body", "lower", "upper", "end", "why"),
        [
            (exp(Negate(v)), ZERO, INFINITY, INFINITY, "does not follow"),
            (ZERO, ZERO, INFINITY, INFINITY, "does not follow"),
            (Negate(exp(Negate(v))), ZERO, INFINITY, INFINITY, "does not follow"),
            (exp(v), Negate(INFINITY), ZERO, Negate(INFINITY), "does not follow"),
            (ONE, ZERO, ONE, INFINITY, "does not apply"),
            (ONE, ZERO, INFINITY, Negate(INFINITY), "does not apply"),
            (ONE, INFINITY, INFINITY, INFINITY, "does not apply"),
            (ONE, Negate(INFINITY), Negate(INFINITY), Negate(INFINITY), "does not apply"),
            (ONE, ZERO, INFINITY, ONE, "does not apply"),
            (ONE, ZERO, ONE, ZERO, "does not apply"),
        ],
    )
    def test_each_hypothesis(self, body: Term, lower: Term, upper: Term, end: Term, why: str) -> None:
        assert why in reason(Context(), self.of(body, lower, upper), by("divergence-by-monotonicity", end))


# ---- near zero


class TestNearZero:
    def test_true(self) -> None:
        goal = NearZero("ε", Relation(Divide(Add((ONE, e)), Add((ONE, e))), "=", ONE))
        assert proved(Context(), goal, by("near-zero", Relation(Add((ONE, e)), "≠", ZERO))).conditions == ()
        goal = NearZero("ε", Relation(Add((ONE, e)), ">", Divide(ONE, TWO)))
        assert proved(Context(), goal, by("near-zero", Relation(e, ">", Negate(Divide(ONE, TWO))))).conditions == ()

    def test_what_holds_at_zero_only(self) -> None:
        goal = NearZero("ε", Relation(Divide(e, e), "=", ONE))
        assert "does not follow" in reason(Context(), goal, by("near-zero", Relation(e, "≠", ZERO)))
        assert "only under a condition" in reason(Context(), goal)

    @pytest.mark.parametrize("sign", ["=", "≤", "≥", "≈"])
    def test_only_strict_inequalities_stay_true_nearby(self, sign: str) -> None:
        fact = Relation(e, sign, ZERO)  # type: ignore[arg-type]
        assert "does not apply" in reason(Context(), NearZero("ε", fact), by("near-zero", fact))

    def test_the_fact_must_be_continuous(self) -> None:
        fact = Relation(Apply("floor", (e,)), "<", Divide(ONE, TWO))
        goal = NearZero("ε", Relation(Apply("floor", (e,)), "<", ONE))
        assert "the derivative of floor" in reason(Context(), goal, by("near-zero", fact))
        fact = Relation(Apply("f", (e,)), ">", ZERO)
        context = given(f="function").assume(Relation(Apply("f", (ZERO,)), ">", ZERO))
        assert "with a declared function in it" in reason(context, NearZero("ε", fact), by("near-zero", fact))

    def test_the_conclusion_must_follow(self) -> None:
        fact = Relation(Add((ONE, e)), ">", ZERO)
        assert "does not follow" in reason(Context(), NearZero("ε", Relation(e, ">", ZERO)), by("near-zero", fact))

    def test_facts_about_the_name_outside_are_not_facts_about_the_variable(self) -> None:
        context = Context().declare("ε", REAL, Relation(e, ">", ONE))
        assert "does not follow" in reason(context, NearZero("ε", Relation(e, ">", ZERO)))


class TestNearZeroConsequence:
    known = NearZero("ε", Relation(e, "=", Apply("f", (e,))))
    goal = NearZero("ε", Relation(Multiply((TWO, e)), "=", Multiply((TWO, Apply("f", (e,))))))
    context = given(f="function").assume(known)

    def test_true(self) -> None:
        sketch = by("near-zero-consequence", self.known, premises=(None, by("left-multiple", TWO, self.known.body)))
        assert proved(self.context, self.goal, sketch).conditions == ()

    def test_each_hypothesis(self) -> None:
        step = by("left-multiple", TWO, self.known.body)
        sketch = by("near-zero-consequence", self.known, premises=(Assumption(), step))
        assert "not among the assumptions" in reason(given(f="function"), self.goal, sketch)
        assert "different normal forms" in reason(self.context, self.goal, by("near-zero-consequence", self.known))
        assert "does not apply" in reason(self.context, self.goal, by("near-zero-consequence"))
        other = replace(self.known, variable="δ")
        assert "does not apply" in reason(self.context, self.goal, by("near-zero-consequence", other))
        assert "does not apply" in reason(self.context, self.goal, by("near-zero-consequence", self.known, ONE))


class TestAtZero:
    known = NearZero("ε", Relation(Apply("f", (e,)), "=", Add((ONE, e))))
    context = given(f="function").assume(known)

    def test_true(self) -> None:
        goal = Relation(Apply("f", (ZERO,)), "=", Add((ONE, ZERO)))
        assert proved(self.context, goal, by("at-zero", self.known)).conditions == ()

    def test_elsewhere(self) -> None:
        goal = Relation(Apply("f", (ONE,)), "=", Add((ONE, ONE)))
        assert "does not apply" in reason(self.context, goal, by("at-zero", self.known))

    def test_the_premise_must_be_known(self) -> None:
        goal = Relation(Apply("f", (ZERO,)), "=", Add((ONE, ZERO)))
        assert reason(given(f="function"), goal, by("at-zero", self.known, premises=(Assumption(),)))

    def test_a_variable_that_is_bound_twice(self) -> None:
        inner = Optimum("minimum", ZERO, square(e), "ε", LINE)
        known = NearZero("ε", inner)
        assert "does not apply" in reason(Context().assume(known), inner, by("at-zero", known))


class TestDifferentiate:
    f = Apply("f", (e,))
    slope = FunctionDerivative("f", 0, 1, (e,))
    known = NearZero("ε", Relation(f, "=", square(e)))
    goal = NearZero("ε", Relation(slope, "=", Multiply((TWO, e))))
    context = given(f="function").assume(known)

    def test_true(self) -> None:
        context = self.context.assume(Smooth("f", ZERO, 1))
        assert proved(context, self.goal, by("differentiate", self.known)).conditions == ()

    def test_the_function_must_be_smooth(self) -> None:
        for smooth in ((), (Smooth("f", ZERO, 0),), (Smooth("f", ONE, 1),), (Smooth("g", ZERO, 1),)):
            found = reason(self.context.declare("g", Function((REAL,), REAL)).assume(*smooth),
                           self.goal, by("differentiate", self.known, premises=(Assumption(), None, None)))  # fmt: skip
            assert "not among the assumptions" in found

    def test_it_must_be_the_derivative(self) -> None:
        context = self.context.assume(Smooth("f", ZERO, 1))
        wrong = NearZero("ε", Relation(self.slope, "=", e))
        assert "different normal forms" in reason(context, wrong, by("differentiate", self.known))

    def test_the_equation_must_be_known(self) -> None:
        context = given(f="function").assume(Smooth("f", ZERO, 1))
        assert "different normal forms" in reason(context, self.goal, by("differentiate", self.known))

    def test_one_variable(self) -> None:
        context = self.context.assume(Smooth("f", ZERO, 1))
        assert "does not apply" in reason(context, replace(self.goal, variable="δ"), by("differentiate", self.known))
        less = NearZero("ε", Relation(self.f, "<", ONE))
        assert "does not apply" in reason(context, self.goal, by("differentiate", less))

    def test_no_more_derivatives_than_are_known(self) -> None:
        second = FunctionDerivative("f", 0, 2, (e,))
        slope = Add((self.slope, subtract(second, second)))
        goal = NearZero("ε", Relation(slope, "=", Multiply((TWO, e))))
        assert reason(self.context.assume(Smooth("f", ZERO, 1)), goal, by("differentiate", self.known))

    def test_what_is_not_followed(self) -> None:
        context = self.context.assume(Smooth("f", ZERO, 1))
        at_two = NearZero("ε", Relation(Apply("f", (Multiply((TWO, e)),)), "=", e))
        assert "applied to something other than the variable" in reason(context, self.goal, by("differentiate", at_two))
        second = NearZero("ε", Relation(self.slope, "=", e))
        assert "a further derivative of f" in reason(context, self.goal, by("differentiate", second))

    def test_a_function_of_two_arguments_needs_its_own_smoothness(self) -> None:
        for smoothness, why in ((0, "g is not known to have 1"), (1, None)):
            context = self.context.declare("g", Function((REAL, REAL), REAL, smoothness))
            known = NearZero("ε", Relation(Apply("g", (e, ONE)), "=", ONE))
            goal = NearZero("ε", Relation(FunctionDerivative("g", 0, 1, (e, ONE)), "=", ZERO))
            context = context.assume(known)
            if why is None:
                assert proved(context, goal, by("differentiate", known)).conditions == ()
            else:
                assert why in reason(context, goal, by("differentiate", known))


class TestTaylor:
    f = Apply("f", (e,))
    context = given(f="function").assume(
        Smooth("f", ZERO, 2),
        Relation(Apply("f", (ZERO,)), "=", ONE),
        Relation(FunctionDerivative("f", 0, 1, (ZERO,)), "=", TWO),
    )

    def test_true(self) -> None:
        assert proved(Context(), UpToOrder(exp(e), Add((ONE, e)), "ε", 2)).rests_on == {"taylor"}
        halves = (
            None,
            by("left-multiple", ONE, self.context.facts[1]),
            by("left-multiple", ONE, self.context.facts[2]),
            None,
        )
        line = Add((ONE, Multiply((TWO, e))))
        assert proved(self.context, UpToOrder(self.f, line, "ε", 2), by("taylor", premises=halves)).conditions == ()

    @pytest.mark.parametrize(
        ("left", "right", "order", "why"),
        [
            (exp(e), Add((ONE, e)), 3, "different normal forms"),
            (exp(e), ONE, 2, "different normal forms"),
            (exp(e), e, 1, "different normal forms"),
            (exp(e), subtract(ONE, e), 2, "different normal forms"),
            (Apply("abs", (e,)), ZERO, 1, "a division by zero"),
            (Apply("sqrt", (e,)), ZERO, 1, "needed for the statement to be defined|negative power"),
            (Divide(ONE, e), Divide(ONE, e), 1, "division by zero|only under a condition"),
            (e, e, 0, "does not apply"),
        ],
    )
    def test_each_hypothesis(self, left: Term, right: Term, order: int, why: str) -> None:
        found = reason(Context(), UpToOrder(left, right, "ε", order))
        assert any(part in found for part in why.split("|")), found

    def test_the_function_must_be_smooth_enough(self) -> None:
        goal = UpToOrder(self.f, self.f, "ε", 2)
        for order, proof in ((1, "not among the assumptions"), (2, None)):
            context = given(f="function").assume(Smooth("f", ZERO, order))
            sketch = by("taylor", premises=(Assumption(), None, None, None))
            if proof is None:
                assert proved(context, goal, sketch).conditions == ()
            else:
                assert proof in reason(context, goal, sketch)

    def test_facts_about_the_name_outside(self) -> None:
        context = Context().declare("ε", REAL, Relation(e, ">", ZERO))
        found = reason(context, UpToOrder(Apply("abs", (e,)), e, "ε", 1))
        assert found == "a division by zero"


class TestElementarySmooth:
    t = Name("t")

    def of(self, body: Term, at: Term, order: int, *facts: Relation) -> str:
        context = given(x="real").define("g", ("t",), body).assume(*facts)
        try:
            proved(context, Smooth("g", at, order))
        except Unproved as unproved:
            return str(unproved)
        return "proved"

    def test_true(self) -> None:
        assert self.of(Apply("ln", (self.t,)), ONE, 3) == "proved"
        assert self.of(Divide(ONE, self.t), x, 1, Relation(x, "≠", ZERO)) == "proved"
        assert self.of(exp(self.t), ZERO, 0) == "proved"

    @pytest.mark.parametrize("order", [0, 1, 2])
    def test_it_must_be_defined_nearby(self, order: int) -> None:
        assert self.of(Apply("sqrt", (self.t,)), ZERO, order) != "proved"
        assert (
            self.of(Divide(ONE, self.t), x, order) == "a hypothesis of elementary-smooth holds only under a condition"
        )
        assert self.of(Apply("floor", (self.t,)), ZERO, order) == "the derivative of floor"
        assert self.of(Apply("abs", (self.t,)), ZERO, order) == "a division by zero"

    def test_only_for_defined_functions_of_one_argument(self) -> None:
        context = given(f="function").define("g", ("s", "t"), self.t)
        for name in ("f", "g", "k"):
            assert "does not apply" in reason(context, Smooth(name, ZERO, 1))


def test_a_scalar_that_is_not_zero_has_an_inverse() -> None:
    assert proved(given(x="pos"), Invertible(x)).conditions == ()
    assert "does not follow" in reason(given(x="nonneg"), Invertible(x))
    context = Context().declare("d", NATURAL).declare("A", MatrixOf(Name("d"), Name("d")))
    assert "a matrix where a number is expected" in reason(context, Invertible(Name("A")))


# ---- helpers that contexts are made by

NAMES = [
    (Relation(x, "=", y), {"x", "y"}),
    (ForEach("i", x, y, Relation(Name("i"), "<", z)), {"x", "y", "z"}),
    (UpToOrder(e, x, "ε", 1), {"x"}),
    (Optimum("maximum", x, Add((v, y)), "v", Interval(z, h)), {"x", "y", "z", "h"}),
    (Optimum("maximum", v, Add((v, y)), "v", None), {"v", "y"}),
    (NoOptimum("maximum", Add((v, y)), "v", Interval(z, h)), {"y", "z", "h"}),
    (NearZero("ε", Relation(e, "=", x)), {"x"}),
    (Diverges(Integral("v", x, INFINITY, Add((v, y)))), {"x", "y"}),
    (Smooth("f", x, 1), {"f", "x"}),
    (Invertible(x), {"x"}),
    (Implies(Invertible(x), Invertible(y)), {"x", "y"}),
    (Equivalent(Invertible(x), Invertible(y)), {"x", "y"}),
]


@pytest.mark.parametrize(("statement", "names"), NAMES)
def test_the_free_names_of_a_statement(statement: Relation, names: set[str]) -> None:
    assert statement_names(statement) == names


@pytest.mark.parametrize(
    "sort",
    [
        Vector(v),
        MatrixOf(v, ONE),
        MatrixOf(ONE, v),
        Family((None, IndexRange(v, ONE)), REAL),
        Family((IndexRange(ONE, v),), REAL),
        Family((None,), Vector(v)),
        Function((REAL,), Vector(v)),
        Function((Vector(v),), REAL),
    ],
)
def test_a_variable_must_not_be_a_size(sort: object) -> None:
    goal = Optimum("maximum", ONE, BELL, "v", LINE)
    context = Context().declare("u", sort)  # type: ignore[arg-type]
    assert "is a size or a range in a declaration" in reason(context, goal)


def test_same_statement_up_to_definitions() -> None:
    context = XY.define("g", (), x)
    assert same_statement(Relation(Name("g"), "=", y), Relation(x, "=", y), context)
    assert not same_statement(Relation(y, "=", x), Relation(x, "=", y), context)
    assert leaf(context.assume(Relation(x, "=", y)), Relation(Name("g"), "=", y), Assumption()) == "proved"


def test_a_closed_end_belongs_to_the_interval() -> None:
    context = Context()
    goal = Optimum("maximum", ONE, BELL, "v", Interval(ZERO, TWO, True, True))
    wanted = obligations("equal-objective", context, goal, (BELL,))[0].context
    assert [f.sign for f in wanted.facts if isinstance(f, Relation)] == ["≥", "≤"]
    wanted = obligations("equal-objective", context, replace(goal, domain=Interval(ZERO, TWO)), (BELL,))[0].context
    assert [f.sign for f in wanted.facts if isinstance(f, Relation)] == [">", "<"]
    assert wanted.sort_of("v") == REAL
