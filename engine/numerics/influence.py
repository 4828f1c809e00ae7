"""Influence functions against re-optimisation: how fast the remainder of the first-order expansion vanishes.

θ̂(ε) minimises R(θ) + ε L(z, θ), where R(θ) = (1/N) Σ_i L(z_i, θ). The expansion says θ̂(ε) = θ̂ − ε H⁻¹g + O(ε²) with
H = ∇²R(θ̂) and g = ∇L(z, θ̂). Each θ̂(ε) is found by Newton's method in float64; a remainder of order ε² is a line
of slope 2 on logarithmic axes.

Source: P. W. Koh and P. Liang, Understanding Black-box Predictions via Influence Functions, ICML 2017, section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log, nan
from random import Random
from typing import TYPE_CHECKING, Literal

from engine.meaning.context import Definition
from engine.meaning.term import Term
from engine.numerics import missing
from engine.numerics.evaluate import evaluator
from engine.span import Problem

if TYPE_CHECKING:
    from torch import Tensor

    Objective = Callable[[Tensor], Tensor]

STANDARD_MODELS = ("linear", "ridge", "logistic", "exponential")
EPSILONS = tuple(2.0**-k for k in range(4, 13))
NOISE = 1e-12
"""Remainders below this are rounding: θ̂(ε) is known to about 1e-13."""


NO_MINIMUM = "Newton's method found no minimum with a positive definite Hessian"


@dataclass(frozen=True, slots=True)
class Model:
    """R and L(z, ·) as functions of a tensor of ``dimension`` parameters, and where the search for θ̂ starts."""

    label: str
    dimension: int
    observations: int
    risk: Objective
    loss: Objective
    start: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class InfluenceExperiment:
    """θ̂, its derivative −H⁻¹g in ε at 0, the remainder ‖θ̂(ε) − θ̂ + εH⁻¹g‖ for each ε, and the slope fitted to them.

    ``largest_gradient`` is the largest gradient norm that Newton's method left, over all ε.
    """

    label: str
    dimension: int
    observations: int
    optimum: tuple[float, ...]
    direction: tuple[float, ...]
    remainders: tuple[tuple[float, float], ...]
    slope: float
    largest_gradient: float


def standard_model(
    kind: Literal["linear", "ridge", "logistic", "exponential"],
    dimension: int = 3,
    observations: int = 40,
    seed: int = 0,
    penalty: float = 0.1,
) -> Model | Problem:
    """Seeded data and a loss for one observation (x, y), with x of ``dimension`` entries; z is a fresh observation.

    - linear: ½(xᵀθ − y)²; ridge: the same plus ½·penalty·‖θ‖²
    - logistic: ln(1 + e^(xᵀθ)) − y xᵀθ + ½·penalty·‖θ‖² with y ∈ {0, 1}
    - exponential: θx − ln θ with x > 0, the negative log-likelihood of one draw; dimension 1

    A problem where torch is missing, the kind is unknown, or there are fewer observations than parameters.
    """
    problem = missing("torch") or _unfit(kind, dimension, observations)
    if problem is not None:
        return problem
    if kind == "exponential":
        random = Random(seed)
        draws = [0.2 + random.expovariate(1.0) for _ in range(observations + 1)]
        return _exponential(draws)
    return _regression(kind, *_regression_data(kind, dimension, observations + 1, seed), penalty)


def _unfit(kind: str, dimension: int, observations: int) -> Problem | None:
    if kind not in STANDARD_MODELS:
        return Problem(f"expected one of the models {', '.join(STANDARD_MODELS)}, found {kind!r}")
    if dimension < 1 or observations <= dimension:
        return Problem(f"expected more observations than parameters, found {observations} and {dimension}")
    if kind == "exponential" and dimension != 1:
        return Problem(f"the exponential model has one parameter, found dimension {dimension}")
    return None


def _exponential(draws: list[float]) -> Model:
    import torch

    data, last = torch.tensor(draws[:-1], dtype=torch.float64), draws[-1]
    return Model(
        "exponential",
        1,
        len(draws) - 1,
        lambda theta: (theta[0] * data - torch.log(theta[0])).mean(),
        lambda theta: theta[0] * last - torch.log(theta[0]),
        (1.0,),
    )


def _regression_data(kind: str, dimension: int, rows: int, seed: int) -> tuple[list[list[float]], list[float]]:
    random = Random(seed)
    truth = [random.gauss(0.0, 1.0) for _ in range(dimension)]
    inputs = [[random.gauss(0.0, 1.0) for _ in range(dimension)] for _ in range(rows)]
    signals = [sum(a * b for a, b in zip(row, truth, strict=True)) for row in inputs]
    noisy = [signal + random.gauss(0.0, 0.5) for signal in signals]
    return inputs, [float(value > 0) for value in noisy] if kind == "logistic" else noisy


def _regression(kind: str, inputs: list[list[float]], targets: list[float], penalty: float) -> Model:
    import torch

    x = torch.tensor(inputs, dtype=torch.float64)
    y = torch.tensor(targets, dtype=torch.float64)
    weight = 0.0 if kind == "linear" else penalty

    def losses(theta: Tensor, x: Tensor, y: Tensor) -> Tensor:
        score = x @ theta
        logistic = kind == "logistic"
        fit = torch.nn.functional.softplus(score) - y * score if logistic else 0.5 * (score - y) ** 2
        return fit + 0.5 * weight * (theta @ theta)

    return Model(
        kind,
        x.shape[1],
        len(targets) - 1,
        lambda theta: losses(theta, x[:-1], y[:-1]).mean(),
        lambda theta: losses(theta, x[-1], y[-1]),
        (0.0,) * x.shape[1],
    )


def term_model(
    label: str,
    loss: Term,
    parameter: str,
    observations: Mapping[str, Sequence[float]],
    point: Mapping[str, float],
    *,
    constants: Mapping[str, float] | None = None,
    definitions: tuple[Definition, ...] = (),
    start: float = 1.0,
) -> Model | Problem:
    """One real parameter, with the loss L(z, θ) of one observation as a term in ``parameter`` and the names of z.

    ``observations`` gives the values z_1, ..., z_N of each of those names, ``point`` the upweighted z, and
    ``constants`` what is alike for all (a penalty).
    """
    fixed = dict(constants or {})
    sizes = {len(column) for column in observations.values()}
    if set(observations) != set(point) or len(sizes) != 1 or 0 in sizes:
        return Problem("each variable of an observation needs equally many values, and one at the upweighted point")
    problem = missing("torch")
    if problem is not None:
        return problem
    function = evaluator(loss, frozenset((*observations, *fixed, parameter)), definitions)
    if isinstance(function, Problem):
        return function

    def on_row(theta: Tensor, row: Mapping[str, float]) -> Tensor:
        return function({**fixed, **row, parameter: theta[0]})

    return _scalar_model(label, on_row, observations, point, start)


def _scalar_model(
    label: str,
    loss: Callable[[Tensor, Mapping[str, float]], Tensor],
    observations: Mapping[str, Sequence[float]],
    point: Mapping[str, float],
    start: float,
) -> Model:
    import torch

    columns = {name: torch.tensor(column, dtype=torch.float64) for name, column in observations.items()}
    losses = torch.func.vmap(loss, in_dims=(None, 0))
    return Model(
        label,
        1,
        len(next(iter(columns.values()))),
        lambda theta: losses(theta, columns).mean(),
        lambda theta: loss(theta, point),
        (start,),
    )


def remainder_experiment(
    model: Model, epsilons: Sequence[float] = EPSILONS, direction: Sequence[float] | None = None
) -> InfluenceExperiment | Problem:
    """Re-optimise at each ε, subtract the first-order prediction, and fit the slope of ln(remainder) against ln ε.

    ``direction`` is a value of dθ̂/dε at 0 from elsewhere to be tried; without one it is −H⁻¹g.

    A problem where Newton's method does not reach a minimum, or where fewer than three remainders stand above
    rounding, so that there is no slope to fit (the point z does not move θ̂, or the expansion is exact).
    """
    import torch

    risk, loss = model.risk, model.loss
    start = torch.tensor(model.start, dtype=torch.float64)
    optimum = _minimise(risk, start)
    if isinstance(optimum, Problem):
        return optimum
    step = _direction(risk, loss, optimum) if direction is None else torch.tensor(direction, dtype=torch.float64)
    remainders, gradients = [], [_gradient_norm(risk, optimum)]
    for epsilon in epsilons:
        objective = _perturbed(risk, loss, epsilon)
        moved = _minimise(objective, optimum)
        if isinstance(moved, Problem):
            return moved
        remainders.append((epsilon, float((moved - optimum - epsilon * step).norm())))
        gradients.append(_gradient_norm(objective, moved))
    slope = fitted_slope(remainders)
    if not isfinite(slope):
        return Problem(f"{model.label}: fewer than three remainders exceed rounding; no slope can be fitted")
    theta, towards = tuple(optimum.tolist()), tuple(step.tolist())
    return InfluenceExperiment(
        model.label, model.dimension, model.observations, theta, towards, tuple(remainders), slope, max(gradients)
    )


def _direction(risk: Objective, loss: Objective, optimum: Tensor) -> Tensor:
    """−H⁻¹g. Newton's method has solved with this H before, so that it is not singular."""
    import torch

    return -torch.linalg.solve(torch.func.hessian(risk)(optimum), torch.func.grad(loss)(optimum))


def _perturbed(risk: Objective, loss: Objective, epsilon: float) -> Objective:
    return lambda theta: risk(theta) + epsilon * loss(theta)


def _gradient_norm(objective: Objective, theta: Tensor) -> float:
    import torch

    return float(torch.func.grad(objective)(theta).norm())


def _minimise(objective: Objective, theta: Tensor, tolerance: float = 1e-13) -> Tensor | Problem:
    """Newton's method with halved steps. It ends at the tolerance, or where rounding leaves nothing to gain."""
    import torch

    gradient, hessian = torch.func.grad(objective), torch.func.hessian(objective)
    slope = gradient(theta)
    for _ in range(100):
        if slope.norm() <= tolerance:
            break
        try:
            step = torch.linalg.solve(hessian(theta), slope)
        except RuntimeError as error:
            return Problem(f"the Hessian cannot be inverted: {error}")
        better = _halved(objective, theta, step)
        if better is None or (slope.norm() < 1e-10 and gradient(better).norm() >= slope.norm()):
            break
        theta, slope = better, gradient(better)
    return theta if _is_minimum(slope, hessian(theta), theta) else Problem(NO_MINIMUM)


def _is_minimum(slope: Tensor, hessian: Tensor, theta: Tensor) -> bool:
    """A vanishing gradient, a positive definite Hessian, and a next step that would lead nowhere.

    The last excludes a function that only falls towards infinity: its gradient vanishes there too.
    """
    import torch

    factor, failed = torch.linalg.cholesky_ex(hessian)
    if not bool(slope.norm() < 1e-8) or bool(failed):
        return False
    step = torch.cholesky_solve(slope[:, None], factor)
    return bool(step.norm() < 1e-8 * (1.0 + theta.norm()))


def _halved(objective: Objective, theta: Tensor, step: Tensor) -> Tensor | None:
    """The longest of step, step/2, step/4, ... that does not raise the objective by more than rounding."""
    value = objective(theta)
    slack = 1e-14 * (1.0 + float(value.abs()))
    for power in range(40):
        candidate = theta - step / 2**power
        if bool(objective(candidate) <= value + slack):
            return candidate
    return None


def fitted_slope(remainders: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope of ln(remainder) against ln ε, over the six smallest ε with a remainder above rounding.

    >>> round(fitted_slope([(2.0**-k, 3 * 4.0**-k) for k in range(10)]), 9)
    2.0
    """
    usable = sorted((log(e), log(r)) for e, r in remainders if r > NOISE)[:6]
    if len(usable) < 3:
        return nan
    centre = sum(x for x, _ in usable) / len(usable)
    level = sum(y for _, y in usable) / len(usable)
    return sum((x - centre) * (y - level) for x, y in usable) / sum((x - centre) ** 2 for x, _ in usable)
