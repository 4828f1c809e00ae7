r"""Influence functions: how a minimiser moves when one loss is given a little more weight.

Statement
    θ̂_R minimises R over ℝ^d, and θ̂(ε) minimises R(θ) + ε L(z, θ) for every ε near 0. Then
    θ̂(ε) = θ̂_R − ε H⁻¹ ∇L(z, θ̂_R) + O(ε²) with H = ∇²R(θ̂_R).
Assumptions
    R and L(z, ·) three times continuously differentiable; θ̂_R the only minimiser of R; θ̂(·) continuous at 0;
    H invertible. All are facts of the context, used by name, and none may be left out: with R and L only twice
    continuously differentiable the remainder is o(ε), and without continuity θ̂(ε) may jump.
Steps
    θ̂(0) = θ̂_R; stationarity for every ε near 0; θ̂(·) is smooth (implicit function theorem); stationarity
    differentiated in ε; at ε = 0; solved for the derivative; Taylor's theorem. Then checks of closed forms.
Result
    dθ̂/dε at 0 is −H⁻¹ ∇L(z, θ̂_R), and the expansion above.
Source
    R. D. Cook and S. Weisberg, Residuals and Influence in Regression, 1982, chapter 3; P. W. Koh and P. Liang,
    Understanding Black-box Predictions via Influence Functions, ICML 2017, section 2.1 and appendix A.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivations.closed_form_influence import STANDARD, closed_form_chain, read_losses
from derivations.exercise_data import Fault, only_keys, text
from derivations.influence_comparison import validation
from engine.derivation import Block, Chain, Derivation, Paragraph, Remark, Step
from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Function, Vector
from engine.meaning.statement import Invertible, NearZero, Optimum, Relation, Smooth, Statement, UpToOrder
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Evaluate,
    FunctionDerivative,
    Inverse,
    Multiply,
    Name,
    Negate,
    Term,
    subtract,
)
from engine.span import Problem
from engine.sympy_bridge import BridgeError

TITLE = "Influence functions"
SOURCE = (
    "R. D. Cook and S. Weisberg, Residuals and Influence in Regression, 1982, chapter 3; P. W. Koh and P. Liang,"
    " Understanding Black-box Predictions via Influence Functions, ICML 2017, section 2.1"
)
QUESTION = (
    r"Let $\hat{\theta}_{R}$ be the minimiser of the risk $R(\theta)$ over $\theta \in \mathbb{R}^d$, and let"
    r" $\hat{\theta}(\epsilon)$ minimise $R(\theta) + \epsilon L(z, \theta)$, where the loss at the point $z$ has the"
    r" additional weight $\epsilon$. Derive the first-order Taylor expansion of $\hat{\theta}(\epsilon)$ around"
    r" $\epsilon = 0$."
)
KEYS = ("losses", "title", "question")

CURVE = r"\hat{\theta}"
POINT = Name(r"\hat{\theta}_{R}")
THETA, Z, HESSIAN = Name(r"\theta"), Name("z"), Name("H")
EPSILON = Name(r"\epsilon")


def derive(data: Mapping[str, object], *, torch: bool) -> Derivation | Problem:
    """The exercise for ``data``: perhaps ``losses`` (names of standard losses, or tables with the keys of
    :data:`~derivations.closed_form_influence.LOSS_KEYS`) to check in closed form, ``title``, ``question``.
    """
    try:
        only_keys(data, KEYS, "the influence exercise")
        title, question = text(data, "title", TITLE), text(data, "question", QUESTION)
        losses = read_losses(data.get("losses", list(STANDARD)))
        checks = tuple(closed_form_chain(loss) for loss in losses)
    except Fault as fault:
        return fault.problem()
    except BridgeError as error:
        return Problem(f"losses: the closed form cannot be worked out: {error}")
    evidence = validation() if torch else ()
    return Derivation(title, question, SOURCE, (*_general(), *checks, *evidence))


def _general() -> tuple[Block, ...]:
    return (
        Paragraph(HYPOTHESES),
        Chain("The expansion", (*_steps(), _result())),
        Remark(SMOOTHNESS),
    )


HYPOTHESES = (
    r"Assumed: $R$ and $L(z, \cdot)$ are three times continuously differentiable on $\mathbb{R}^d$;"
    r" $\hat{\theta}_{R}$ is the only minimiser of $R$ (the published solution writes $\hat{\theta}$ for it); for every"
    r" $\epsilon$ near 0, $\hat{\theta}(\epsilon)$ is a minimiser of $R(\theta) + \epsilon L(z, \theta)$; the curve"
    r" $\hat{\theta}(\cdot)$ is continuous at 0; the Hessian $H = \nabla^2 R(\hat{\theta}_{R})$ is invertible."
)
SMOOTHNESS = (
    r"Three derivatives are needed for the remainder $O(\epsilon^2)$. If $R$ and $L$ are only twice continuously"
    r" differentiable, the curve is once continuously differentiable and the remainder is $o(\epsilon)$, no better: for"
    r" $d = 1$, $R(\theta) = \frac{1}{2} \theta^2 + \frac{2}{5} |\theta|^{5/2}$ and $L(z, \theta) = \theta$ the"
    r" minimiser solves $\theta + \theta |\theta|^{1/2} = -\epsilon$, so that"
    r" $\hat{\theta}(\epsilon) = -\epsilon + \epsilon |\epsilon|^{1/2} + \ldots$ with a remainder of order"
    r" $|\epsilon|^{3/2}$. Continuity at 0 is needed as well: otherwise $\hat{\theta}(\epsilon)$ might jump to a"
    r" minimiser far away."
)


# What is declared and assumed -------------------------------------------------------------------------------------


def hypotheses() -> Context:
    """The context of every step, with the hypotheses as facts."""
    size, features = Name("d"), Name("m")
    parameter, point = Vector(size), Vector(features)
    context = (
        Context()
        .declare("d", NATURAL)
        .declare("m", NATURAL)
        .declare(THETA.name, parameter)
        .declare(Z.name, point)
        .declare("R", Function((parameter,), REAL, smoothness=3))
        .declare("L", Function((point, parameter), REAL, smoothness=3))
        .declare(POINT.name, parameter)
        .declare(CURVE, Function((REAL,), parameter))
    )
    context = context.define(HESSIAN.name, (), hessian_of_risk(POINT))
    return context.assume(least(), near(), Smooth(CURVE, ZERO, 0), Invertible(HESSIAN))


def curve(at: Term) -> Term:
    return Apply(CURVE, (at,))


def objective(weight: Term) -> Term:
    """R(θ) + weight · L(z, θ)."""
    return Add((Apply("R", (THETA,)), Multiply((weight, Apply("L", (Z, THETA))))))


def gradient_of_risk(at: Term) -> Term:
    return FunctionDerivative("R", 0, 1, (at,))


def hessian_of_risk(at: Term) -> Term:
    return FunctionDerivative("R", 0, 2, (at,))


def gradient_of_loss(at: Term) -> Term:
    return FunctionDerivative("L", 1, 1, (Z, at))


def hessian_of_loss(at: Term) -> Term:
    return FunctionDerivative("L", 1, 2, (Z, at))


def least() -> Optimum:
    """θ̂_R is the only minimiser of R."""
    return Optimum("minimum", POINT, Apply("R", (THETA,)), THETA.name, None)


def least_at(weight: Term) -> Optimum:
    """θ̂(weight) is a minimiser of R + weight · L."""
    return Optimum("minimum", curve(weight), objective(weight), THETA.name, None, unique=False)


def near() -> NearZero:
    return NearZero(EPSILON.name, least_at(EPSILON))


# Statements, and sketches of their proofs -------------------------------------------------------------------------


START = Relation(curve(ZERO), "=", POINT)


def start_proof() -> Proof:
    """Both minimise R, whose minimiser is unique."""
    at_zero = ByTheorem("at-zero", (near(),), (Assumption(),))
    return ByTheorem("unique-optimum-point", (least_at(ZERO), least()), (at_zero, Assumption(), NormalForm()))


def equation(theta: Term, weight: Term) -> Term:
    """∇R(θ) + weight · ∇L(z, θ)."""
    return Add((gradient_of_risk(theta), Multiply((weight, gradient_of_loss(theta)))))


def stationarity() -> NearZero:
    return NearZero(EPSILON.name, Relation(equation(curve(EPSILON), EPSILON), "=", ZERO))


def stationarity_proof() -> Proof:
    inside = ByTheorem("fermat", (least_at(EPSILON),), (Assumption(), NormalForm()))
    return ByTheorem("near-zero-consequence", (near(),), (Assumption(), inside))


def smoothness_proof() -> Proof:
    """The implicit function theorem; the order is that of the statement to be proved."""
    hole = Name("h")
    jacobian = jacobian_at_start()
    invertible = hessian_of_risk(POINT)
    template = Relation(jacobian, "=", hessian_of_risk(hole))
    at_point = ByTheorem("replace-equal", (hole, START, template), (start_proof(), NormalForm()))
    return ByTheorem(
        "implicit-function",
        (equation(THETA, EPSILON), THETA, stationarity(), invertible),
        (stationarity_proof(), Assumption(), at_point, Assumption()),
    )


def jacobian_at_start() -> Term:
    """The Jacobian of the equation in θ, at θ = θ̂(0) and ε = 0, as the theorem writes it."""
    slope = Derivative(equation(THETA, EPSILON), THETA)
    return Evaluate(Evaluate(slope, THETA.name, curve(ZERO)), EPSILON.name, ZERO)


def differentiated(theta: Term, weight: Term) -> Relation:
    """(∇²R(θ) + weight · ∇²L(z, θ)) θ̂'(weight) + ∇L(z, θ) = 0."""
    hessian = Add((hessian_of_risk(theta), Multiply((weight, hessian_of_loss(theta)))))
    return Relation(Add((Multiply((hessian, velocity(weight))), gradient_of_loss(theta))), "=", ZERO)


def velocity(at: Term) -> Term:
    return FunctionDerivative(CURVE, 0, 1, (at,))


def differentiated_near() -> NearZero:
    return NearZero(EPSILON.name, differentiated(curve(EPSILON), EPSILON))


def differentiated_proof() -> Proof:
    premises = (smoothness_proof(), stationarity_proof(), NormalForm())
    return ByTheorem("differentiate", (stationarity(),), premises)


AT_ZERO = Relation(Add((Multiply((HESSIAN, velocity(ZERO))), gradient_of_loss(POINT))), "=", ZERO)


def at_zero_proof() -> Proof:
    """The equation at ε = 0, with θ̂_R for θ̂(0), and then H for ∇²R(θ̂_R)."""
    hole = Name("h")
    at_zero = ByTheorem("at-zero", (differentiated_near(),), (differentiated_proof(),))
    template = differentiated(hole, ZERO)
    replaced = ByTheorem("replace-equal", (hole, START, template), (start_proof(), at_zero))
    return ByTheorem("left-multiple", (ONE, differentiated(POINT, ZERO)), (replaced, NormalForm()))


DIRECTION = Negate(Multiply((Inverse(HESSIAN), gradient_of_loss(POINT))))
SOLVED = Relation(velocity(ZERO), "=", DIRECTION)


def solved_proof() -> Proof:
    return ByTheorem("left-multiple", (Inverse(HESSIAN), AT_ZERO), (at_zero_proof(), NormalForm()))


def expansion() -> UpToOrder:
    step = Multiply((EPSILON, Inverse(HESSIAN), gradient_of_loss(POINT)))
    return UpToOrder(curve(EPSILON), subtract(POINT, step), EPSILON.name, 2)


def expansion_proof() -> Proof:
    value = ByTheorem("left-multiple", (ONE, START), (start_proof(), NormalForm()))
    slope = ByTheorem("left-multiple", (ONE, SOLVED), (solved_proof(), NormalForm()))
    return ByTheorem("taylor", (), (smoothness_proof(), value, slope, NormalForm()))


# The steps --------------------------------------------------------------------------------------------------------


def _step(statement: Statement, rule: str, words: str, proof: Proof) -> Step:
    return Step(Claim(hypotheses(), statement), rule, words, proof)


def _steps() -> tuple[Step, ...]:
    return (
        _step(
            START,
            "uniqueness",
            r"At $\epsilon = 0$ the objective is $R$, whose minimiser is unique.",
            start_proof(),
        ),
        _step(
            stationarity(),
            "stationarity",
            "The gradient vanishes at a minimiser, for every $\\epsilon$ near 0.",
            stationarity_proof(),
        ),
        _step(
            Smooth(CURVE, ZERO, 2),
            "implicit function theorem",
            "The stationarity equation is twice continuously differentiable, its Jacobian in $\\theta$ at"
            " $\\epsilon = 0$ is $H$, which is invertible, and the curve is continuous at 0: so the curve is twice"
            " continuously differentiable near 0.",
            smoothness_proof(),
        ),
        _step(
            differentiated_near(),
            "implicit differentiation",
            "Both sides of the stationarity equation, differentiated in $\\epsilon$ by the chain rule.",
            differentiated_proof(),
        ),
        _step(
            AT_ZERO,
            "at zero",
            "At $\\epsilon = 0$ the term with $\\nabla^2 L$ vanishes, and $\\hat{\\theta}(0) = \\hat{\\theta}_{R}$.",
            at_zero_proof(),
        ),
        _step(SOLVED, "solve", "Multiply by $H^{-1}$ from the left.", solved_proof()),
    )


def _result() -> Step:
    words = (
        "Taylor's theorem: the curve is twice continuously differentiable, so that the remainder is $O(\\epsilon^2)$."
    )
    claim = Claim(hypotheses(), expansion())
    return Step(claim, "Taylor expansion", words, expansion_proof(), boxed=True)
