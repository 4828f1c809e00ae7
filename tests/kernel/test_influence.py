"""The influence function, proved step by step in ℝ^d with d symbolic; each step's corruption is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Function, Vector
from engine.meaning.statement import Invertible, NearZero, Optimum, Relation, Smooth, Statement, UpToOrder
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    FunctionDerivative,
    Inverse,
    Multiply,
    Name,
    Negate,
    Term,
    integer,
)
from tests.kernel.exercise import by, proved, reason

d, m, theta, z, e, hat, hessian, hole = map(Name, ("d", "m", "θ", "z", "ε", "θ0", "H", "h"))
curve, start = Apply("t", (e,)), Apply("t", (ZERO,))
velocity, velocity_at_0 = FunctionDerivative("t", 0, 1, (e,)), FunctionDerivative("t", 0, 1, (ZERO,))
risk, loss = Apply("R", (theta,)), Apply("L", (z, theta))
NORMAL = NormalForm()


def risk_derivative(order: int, at: Term) -> Term:
    return FunctionDerivative("R", 0, order, (at,))


def loss_derivative(order: int, at: Term) -> Term:
    return FunctionDerivative("L", 1, order, (z, at))


def plus(*terms: Term) -> Term:
    return Add(terms)


def times(*factors: Term) -> Term:
    return Multiply(factors)


ONLY = Optimum("minimum", hat, risk, "θ", None, True)
PERTURBED = NearZero("ε", Optimum("minimum", curve, plus(risk, times(e, loss)), "θ", None, False))
CONTINUOUS, INVERTIBLE = Smooth("t", ZERO, 0), Invertible(hessian)


def context(smoothness: int = 3, without: Statement | None = None) -> Context:
    result = Context().declare("d", NATURAL).declare("m", NATURAL)
    result = result.declare("θ", Vector(d)).declare("z", Vector(m)).declare("θ0", Vector(d))
    result = result.declare("R", Function((Vector(d),), REAL, smoothness))
    result = result.declare("L", Function((Vector(m), Vector(d)), REAL, smoothness))
    result = result.declare("t", Function((REAL,), Vector(d)))
    result = result.define("H", (), risk_derivative(2, hat))
    return result.assume(*(fact for fact in (ONLY, PERTURBED, CONTINUOUS, INVERTIBLE) if fact != without))


# 1. θ(0) is the minimiser
AT_0 = Optimum("minimum", start, plus(risk, times(ZERO, loss)), "θ", None, False)
START = Relation(start, "=", hat)
start_proof = by(
    "unique-optimum-point",
    AT_0,
    ONLY,
    premises=(by("at-zero", PERTURBED, premises=(Assumption(),)), Assumption(), NORMAL),
)
BACK = Relation(hat, "=", start)
back_proof = by("left-multiple", Negate(ONE), START, premises=(start_proof, NORMAL))

# 2. stationarity near 0
STATIONARY = NearZero("ε", Relation(plus(risk_derivative(1, curve), times(e, loss_derivative(1, curve))), "=", ZERO))
stationary_proof = by("near-zero-consequence", PERTURBED, premises=(Assumption(), by("fermat", PERTURBED.body)))

# 3. the curve is smooth
EQUATION = plus(risk_derivative(1, theta), times(e, loss_derivative(1, theta)))
HESSIAN_AT_START = risk_derivative(2, start)
SMOOTH = Smooth("t", ZERO, 2)
invertible_proof = by(
    "replace-equal", hole, BACK, Invertible(risk_derivative(2, hole)), premises=(back_proof, Assumption())
)
smooth_proof = by(
    "implicit-function", EQUATION, theta, STATIONARY, HESSIAN_AT_START,
    premises=(stationary_proof, Assumption(), NORMAL, invertible_proof),
)  # fmt: skip


# 4. implicit differentiation
def moving(second: Term, gradient: Term, at: Term) -> Term:
    return plus(times(second, at), gradient)


IMPLICIT = NearZero(
    "ε",
    Relation(
        moving(
            plus(risk_derivative(2, curve), times(e, loss_derivative(2, curve))), loss_derivative(1, curve), velocity
        ),
        "=",
        ZERO,
    ),
)
implicit_proof = by("differentiate", STATIONARY, premises=(smooth_proof, stationary_proof, NORMAL))

# 5. at zero, with θ(0) replaced
IMPLICIT_AT_0 = Relation(
    moving(plus(risk_derivative(2, start), times(ZERO, loss_derivative(2, start))), loss_derivative(1, start),
           velocity_at_0), "=", ZERO,
)  # fmt: skip
TEMPLATE = Relation(moving(risk_derivative(2, hole), loss_derivative(1, hole), velocity_at_0), "=", ZERO)
AT_START = Relation(moving(risk_derivative(2, start), loss_derivative(1, start), velocity_at_0), "=", ZERO)
AT_HAT = Relation(moving(hessian, loss_derivative(1, hat), velocity_at_0), "=", ZERO)
AT_HAT_WRITTEN_OUT = Relation(moving(risk_derivative(2, hat), loss_derivative(1, hat), velocity_at_0), "=", ZERO)
at_0_proof = by("at-zero", IMPLICIT, premises=(implicit_proof,))
at_start_proof = by("left-multiple", ONE, IMPLICIT_AT_0, premises=(at_0_proof, NORMAL))
written_out_proof = by("replace-equal", hole, START, TEMPLATE, premises=(start_proof, at_start_proof))
at_hat_proof = by("left-multiple", ONE, AT_HAT_WRITTEN_OUT, premises=(written_out_proof, NORMAL))

# 6. the influence function, and the expansion
INFLUENCE = Relation(velocity_at_0, "=", Negate(times(Inverse(hessian), loss_derivative(1, hat))))
influence_proof = by("left-multiple", Inverse(hessian), AT_HAT, premises=(at_hat_proof, NORMAL))
LEADING = times(e, Inverse(hessian), loss_derivative(1, hat))
EXPANSION = UpToOrder(curve, plus(hat, Negate(LEADING)), "ε", 2)
expansion_proof = by(
    "taylor",
    premises=(
        smooth_proof,
        by("left-multiple", ONE, START, premises=(start_proof, NORMAL)),
        by("left-multiple", ONE, INFLUENCE, premises=(influence_proof, NORMAL)),
        NORMAL,
    ),
)

STEPS: list[tuple[Statement, ByTheorem, set[str]]] = [
    (START, start_proof, set()),
    (BACK, back_proof, set()),
    (STATIONARY, stationary_proof, {"fermat"}),
    (SMOOTH, smooth_proof, {"fermat", "implicit-function"}),
    (IMPLICIT, implicit_proof, {"fermat", "implicit-function"}),
    (IMPLICIT_AT_0, at_0_proof, {"fermat", "implicit-function"}),
    (AT_START, at_start_proof, {"fermat", "implicit-function"}),
    (AT_HAT, at_hat_proof, {"fermat", "implicit-function"}),
    (INFLUENCE, influence_proof, {"fermat", "implicit-function"}),
    (EXPANSION, expansion_proof, {"fermat", "implicit-function", "taylor"}),
]


@pytest.mark.parametrize(("goal", "proof", "rests_on"), STEPS)
def test_every_step_is_proved(goal: Statement, proof: ByTheorem, rests_on: set[str]) -> None:
    found = proved(context(), goal, proof)
    assert found.conditions == () and found.rests_on == rests_on


def wrong(statement: NearZero, right: Term) -> NearZero:
    assert isinstance(statement.body, Relation)
    return replace(statement, body=replace(statement.body, right=right))


NORMAL_FORMS, FORM, ASSUMED = "different normal forms", "does not apply to this statement", "not among the assumptions"
minus_loss = plus(risk_derivative(1, curve), Negate(times(e, loss_derivative(1, curve))))
no_loss_hessian = moving(risk_derivative(2, curve), loss_derivative(1, curve), velocity)
CORRUPTED: list[tuple[str, Statement, Proof, str]] = [
    ("another point", Relation(start, "=", theta), start_proof, FORM),
    (
        "the wrong sign of the loss",
        replace(STATIONARY, body=Relation(minus_loss, "=", ZERO)),
        stationary_proof,
        NORMAL_FORMS,
    ),
    ("not zero", wrong(STATIONARY, loss_derivative(1, curve)), stationary_proof, NORMAL_FORMS),
    ("one derivative too many", Smooth("t", ZERO, 3), smooth_proof, "R is not declared with 4 continuous derivatives"),
    ("elsewhere", Smooth("t", ONE, 2), smooth_proof, FORM),
    (
        "no second derivative of the loss",
        replace(IMPLICIT, body=Relation(no_loss_hessian, "=", ZERO)),
        implicit_proof,
        NORMAL_FORMS,
    ),
    (
        "the wrong sign",
        Relation(velocity_at_0, "=", times(Inverse(hessian), loss_derivative(1, hat))),
        influence_proof,
        NORMAL_FORMS,
    ),
    (
        "without the inverse",
        Relation(velocity_at_0, "=", Negate(loss_derivative(1, hat))),
        influence_proof,
        NORMAL_FORMS,
    ),
    (
        "the order of factors",
        Relation(velocity_at_0, "=", Negate(times(loss_derivative(1, hat), Inverse(hessian)))),
        influence_proof,
        "shapes do not fit",
    ),
    (
        "twice",
        Relation(velocity_at_0, "=", Negate(times(integer(2), Inverse(hessian), loss_derivative(1, hat)))),
        influence_proof,
        NORMAL_FORMS,
    ),
    ("the wrong sign of the expansion", replace(EXPANSION, right=plus(hat, LEADING)), expansion_proof, NORMAL_FORMS),
    ("a higher order", replace(EXPANSION, order=3), expansion_proof, "taylor has 5 hypotheses"),
    ("not the minimiser", replace(EXPANSION, right=Negate(LEADING)), expansion_proof, NORMAL_FORMS),
]


@pytest.mark.parametrize(
    ("goal", "proof", "why"), [case[1:] for case in CORRUPTED], ids=[case[0] for case in CORRUPTED]
)
def test_a_corrupted_step_is_refused(goal: Statement, proof: Proof, why: str) -> None:
    from engine.provers.prove import NoProof

    try:
        found = reason(context(), goal, proof)
    except NoProof as missing:
        found = str(missing)
    assert why in found


def test_smoothness_two_is_not_enough_for_order_two() -> None:
    assert reason(context(2), SMOOTH, smooth_proof) == "R is not declared with 3 continuous derivatives"
    assert proved(context(2), replace(SMOOTH, order=1), smooth_proof).conditions == ()
    assert "R is not declared with 3" in reason(context(2), EXPANSION, expansion_proof)
    less = context().declare("L", Function((Vector(m), Vector(d)), REAL, 2))
    assert reason(less, SMOOTH, smooth_proof) == "L is not declared with 3 continuous derivatives"
    unknown = context().declare("L", Function((Vector(m), Vector(d)), REAL))
    assert reason(unknown, SMOOTH, smooth_proof) == "L is not declared with 3 continuous derivatives"


@pytest.mark.parametrize("fact", [ONLY, PERTURBED, CONTINUOUS, INVERTIBLE])
def test_each_fact_is_needed(fact: Statement) -> None:
    assert ASSUMED in reason(context(without=fact), EXPANSION, expansion_proof)


def test_the_inverse_must_exist() -> None:
    goal = Relation(times(hessian, Inverse(hessian), hat), "=", hat)
    assert proved(context(), goal, NORMAL).conditions == ()
    (condition,) = proved(context(without=INVERTIBLE), goal, NORMAL).conditions
    at_the_minimiser = FunctionDerivative("R", 0, 2, (Name("θ0"),))
    assert condition == Relation(Apply("det", (at_the_minimiser,)), "≠", ZERO)


def test_a_minimiser_that_is_one_of_many() -> None:
    many = replace(ONLY, unique=False)
    proof = by("unique-optimum-point", AT_0, many, premises=start_proof.premises)
    assert FORM in reason(context().assume(many), START, proof)


class TestImplicitFunction:
    """The one theorem whose hypotheses are about the equation itself."""

    def use(self, equation: Term = EQUATION, jacobian: Term = HESSIAN_AT_START, premise: Statement = STATIONARY,
            goal: Smooth = SMOOTH, point: Term = theta) -> str:  # fmt: skip
        premises = (*smooth_proof.premises[:3], Assumption())
        sketch = by("implicit-function", equation, point, premise, jacobian, premises=premises)
        return reason(context().assume(Invertible(jacobian)), goal, sketch)

    def test_the_jacobian_must_be_that_of_the_equation(self) -> None:
        assert NORMAL_FORMS in self.use(jacobian=plus(risk_derivative(2, start), risk_derivative(2, start)))
        assert NORMAL_FORMS in self.use(jacobian=risk_derivative(2, hat))

    def test_it_must_be_invertible(self) -> None:
        without = context(without=INVERTIBLE)
        assert ASSUMED in reason(without, SMOOTH, smooth_proof)

    def test_the_curve_must_solve_it(self) -> None:
        assert FORM in self.use(equation=risk_derivative(1, theta))
        other = replace(STATIONARY, body=Relation(STATIONARY.body.left, "=", hat))  # type: ignore[union-attr]
        assert FORM in self.use(premise=other)
        assert FORM in self.use(premise=STATIONARY.body)
        assert FORM in self.use(premise=PERTURBED)

    def test_the_form(self) -> None:
        assert FORM in self.use(goal=replace(SMOOTH, order=0))
        assert FORM in self.use(goal=replace(SMOOTH, at=ONE))
        assert FORM in self.use(point=e)
        assert FORM in self.use(point=ONE)

    @pytest.mark.parametrize("extra", [Apply("sqrt", (e,)), Apply("L", (z, plus(theta, theta)))])
    def test_its_smoothness_must_be_evident(self, extra: Term) -> None:
        grown = plus(EQUATION, times(extra, hat))
        put_in = plus(
            STATIONARY.body.left,  # type: ignore[union-attr]
            times(Apply("L", (z, plus(curve, curve))) if extra != Apply("sqrt", (e,)) else extra, hat),
        )
        premise = replace(STATIONARY, body=Relation(put_in, "=", ZERO))
        found = self.use(equation=grown, premise=premise)
        assert "not declared with" in found or "not evident" in found

    def test_a_function_of_unknown_smoothness_has_no_derivative(self) -> None:
        equation, solved = (Apply("g", (point,)) for point in (theta, curve))
        rough = context().declare("g", Function((Vector(d),), Vector(d)))
        premise = NearZero("ε", Relation(solved, "=", ZERO))
        sketch = by("implicit-function", equation, theta, premise, HESSIAN_AT_START)
        assert reason(rough, replace(SMOOTH, order=1), sketch) == "g is not declared with 1 continuous derivatives"

    def test_an_equation_that_mentions_the_curve(self) -> None:
        grown = plus(EQUATION, curve)
        premise = replace(STATIONARY, body=Relation(plus(STATIONARY.body.left, curve), "=", ZERO))  # type: ignore[union-attr]
        assert FORM in self.use(equation=grown, premise=premise)
