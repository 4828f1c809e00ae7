"""Influence functions: every step proved from the named hypotheses, none of them superfluous, and the closed forms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.influence import CURVE, THETA, derive, hypotheses
from engine.derivation import Chain, Derivation, RemainderPlot, Step, Validation
from engine.judge import judge
from engine.kernel.verdict import Proved, Refuted
from engine.meaning.context import Context, Declaration
from engine.meaning.latex import statement_latex
from engine.meaning.sort import Function
from engine.meaning.statement import Relation, Smooth, UpToOrder
from engine.meaning.term import ZERO, Add, Negate
from engine.numerics import missing
from engine.span import Problem


def derived(**data: object) -> Derivation:
    result = derive(data, torch=False)
    assert isinstance(result, Derivation), result
    return result


def chain(derivation: Derivation, number: int) -> Chain:
    return [block for block in derivation.blocks if isinstance(block, Chain)][number]


GENERAL = chain(derived(losses=[]), 0).steps
LAST = GENERAL[-1]


def shown(step: Step) -> str:
    return statement_latex(step.claim.statement, step.claim.context)


def test_the_steps_of_the_expansion() -> None:
    assert [step.rule for step in GENERAL] == [
        "uniqueness",
        "stationarity",
        "implicit function theorem",
        "implicit differentiation",
        "at zero",
        "solve",
        "Taylor expansion",
    ]
    assert LAST.boxed
    assert shown(LAST) == (
        r"\hat{\theta}(\epsilon) = \hat{\theta}_{R} - \epsilon H^{-1} \nabla_{\theta} L(z, \hat{\theta}_{R})"
        r" + O(\epsilon^{2})"
    )


@pytest.mark.parametrize("step", GENERAL, ids=[step.rule for step in GENERAL])
def test_every_step_of_the_expansion_is_proved(step: Step) -> None:
    assert isinstance(judge(step.claim, step.proof), Proved)


def test_what_the_expansion_rests_on() -> None:
    verdict = judge(LAST.claim, LAST.proof)
    assert isinstance(verdict, Proved)
    assert set(verdict.rests_on) == {"fermat", "implicit-function", "taylor"}


def judged_in(context: Context, step: Step = LAST) -> object:
    return judge(replace(step.claim, context=context), step.proof)


@pytest.mark.parametrize("number", range(4), ids=["unique minimiser", "minimisers nearby", "continuous", "invertible"])
def test_no_hypothesis_is_superfluous(number: int) -> None:
    facts = hypotheses().facts
    context = replace(hypotheses(), facts=facts[:number] + facts[number + 1 :])
    assert not isinstance(judged_in(context), Proved)


@pytest.mark.parametrize("function", ["R", "L"])
def test_two_derivatives_are_not_enough_for_this_remainder(function: str) -> None:
    def weakened(declaration: Declaration) -> Declaration:
        sort = declaration.sort
        smooth = isinstance(sort, Function) and declaration.name == function
        return replace(declaration, sort=replace(sort, smoothness=2)) if smooth else declaration  # type: ignore[type-var]

    context = hypotheses()
    weaker = replace(context, declarations=tuple(map(weakened, context.declarations)))
    assert not isinstance(judged_in(weaker), Proved)
    # but the curve is once continuously differentiable
    smooth = next(step for step in GENERAL if isinstance(step.claim.statement, Smooth))
    once = replace(smooth.claim, context=weaker, statement=Smooth(CURVE, ZERO, 1))
    assert isinstance(judge(once, smooth.proof), Proved)


def test_the_expansion_with_the_wrong_sign_is_not_proved() -> None:
    statement = LAST.claim.statement
    assert isinstance(statement, UpToOrder)
    assert isinstance(statement.right, Add)
    point, step = statement.right.terms
    wrong = replace(statement, right=Add((point, Negate(step))))
    assert not isinstance(judge(replace(LAST.claim, statement=wrong), LAST.proof), Proved)


def test_the_remainder_is_not_claimed_to_be_smaller() -> None:
    statement = LAST.claim.statement
    assert isinstance(statement, UpToOrder)
    assert not isinstance(judge(replace(LAST.claim, statement=replace(statement, order=3)), LAST.proof), Proved)


STANDARD = ["mean squared error", "ridge", "exponential"]


@pytest.mark.parametrize("name", STANDARD)
def test_closed_forms_are_proved(name: str) -> None:
    steps = chain(derived(losses=[name]), 1).steps
    rules = ["definition"] * 2 + ["closed form", "minimum", "Hessian", "gradient", "series", "agreement"]
    assert [step.rule for step in steps] == rules
    assert [shown(s) for s in steps if not isinstance(judge(s.claim, s.proof), Proved)] == []


def test_the_standard_losses_are_the_default() -> None:
    headings = [block.heading for block in derived().blocks if isinstance(block, Chain)]
    assert len(headings) == 1 + len(STANDARD)


def test_a_loss_of_the_teacher() -> None:
    loss = {
        "name": "A mean",
        "risk": r"\frac12 (m - a)^2",
        "loss": r"\frac12 (m - b)^2",
        "parameter": "m",
    }
    steps = chain(derived(losses=[loss]), 1).steps
    assert all(isinstance(judge(step.claim, step.proof), Proved) for step in steps)
    assert r"\hat{m}(\epsilon) = a + \epsilon (b - a) + O(\epsilon^{2})" in [shown(step) for step in steps]


def test_a_maximum_is_not_taken_for_a_minimum() -> None:
    steps = chain(derived(losses=[{"risk": r"-\theta^2", "loss": r"\theta"}]), 1).steps
    (minimum,) = [step for step in steps if step.rule == "minimum"]
    assert not isinstance(judge(minimum.claim, minimum.proof), Proved)


def test_a_wrong_coefficient_is_refuted() -> None:
    (step,) = [s for s in chain(derived(losses=["ridge"]), 1).steps if s.rule == "agreement"]
    statement = step.claim.statement
    assert isinstance(statement, Relation)
    wrong = replace(statement, left=Negate(statement.left))
    assert isinstance(judge(replace(step.claim, statement=wrong), step.proof), Refuted)


def test_the_curve_and_the_point_have_two_names() -> None:
    names = [declaration.name for declaration in hypotheses().declarations]
    assert len(names) == len(set(names)) and CURVE in names and THETA.name in names


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"loses": []}, "did you mean 'losses'?"),
        ({"losses": "ridge"}, "losses: expected a list"),
        ({"losses": ["rige"]}, "'rige' is not known; known are mean squared error, ridge, exponential"),
        ({"losses": [3]}, "loss 1: expected a name or a table"),
        ({"losses": [{}]}, "loss 1: risk is missing"),
        ({"losses": [{"risk": r"\theta^4", "loss": r"\theta"}]}, "no closed form"),
        ({"losses": [{"risk": r"e^\theta - \theta", "loss": r"\theta"}]}, "no closed form"),
        ({"losses": ["ridge", {"risk": "a", "loss": r"\theta"}]}, r"loss 2, risk: the parameter \theta does not occur"),
        ({"losses": [{"risk": r"\theta^2 +", "loss": r"\theta"}]}, "loss 1, risk: expected"),
        ({"losses": [{"risk": r"\theta^2", "loss": r"\epsilon \theta"}]}, r"\epsilon is the weight"),
        ({"losses": [{"risk": r"\theta^2", "loss": r"R \theta"}]}, "R has a meaning of its own here"),
        ({"losses": [{"risk": r"\theta^2", "loss": r"\theta", "given": ["a >"]}]}, "loss 1, given: expected"),
        ({"title": ""}, "title: expected a text"),
    ],
)
def test_bad_input_is_one_clear_message(data: dict[str, object], expected: str) -> None:
    result = derive(data, torch=False)
    assert isinstance(result, Problem)
    assert expected in result.show()


@pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
def test_torch_sees_a_remainder_of_second_order() -> None:
    result = derive({"losses": []}, torch=True)
    assert isinstance(result, Derivation)
    (validation,) = [block for block in result.blocks if isinstance(block, Validation)]
    (plot,) = [block for block in result.blocks if isinstance(block, RemainderPlot)]
    assert validation.agrees
    assert all(abs(curve.slope - 2) < 0.05 for curve in plot.curves)
