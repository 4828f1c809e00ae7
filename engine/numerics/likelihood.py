"""A log-likelihood against torch: its derivative against autograd, its closed-form maximiser against an optimiser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log
from random import Random
from typing import TYPE_CHECKING

from engine.meaning.context import Definition
from engine.meaning.term import Term
from engine.numerics import missing
from engine.numerics.evaluate import evaluator
from engine.span import Problem

if TYPE_CHECKING:
    from torch import Tensor

Data = Mapping[str, float | Sequence[float] | Sequence[Sequence[float]]]
"""A number for each parameter and size, the values of each family (row by row where it has two indices)."""


@dataclass(frozen=True, slots=True)
class DerivativeComparison:
    """The largest of |a − s| / max(1, |a|, |s|) over the points, a by autograd and s by the symbolic derivative."""

    points: tuple[float, ...]
    largest_difference: float


@dataclass(frozen=True, slots=True)
class OptimumComparison:
    """Where the optimiser stopped, the closed form's value, and |found − closed| / max(|found|, |closed|)."""

    found: float
    closed_form: float
    difference: float
    slope_at_found: float


def exponential_sample(size: int, seed: int = 0, rate: float = 1.0) -> tuple[float, ...]:
    """Independent draws of the exponential distribution with density rate·e^(−rate·x).

    >>> exponential_sample(2, seed=1) == exponential_sample(3, seed=1)[:2]
    True
    """
    random = Random(seed)
    return tuple(random.expovariate(rate) for _ in range(size))


def random_points(count: int, lower: float, upper: float, seed: int = 0) -> tuple[float, ...]:
    """Independent uniform draws between the bounds."""
    random = Random(seed)
    return tuple(random.uniform(lower, upper) for _ in range(count))


def compare_derivative(
    function: Term,
    derivative: Term,
    variable: str,
    data: Data,
    points: Sequence[float],
    definitions: tuple[Definition, ...] = (),
) -> DerivativeComparison | Problem:
    """autograd of ``function`` in the real ``variable`` against the term ``derivative``, at each of the points.

    ``data`` holds a value for every other name. A problem where torch is missing, where a term cannot be evaluated,
    or where a value is not finite.
    """
    left = _on_data(function, variable, data, definitions)
    right = _on_data(derivative, variable, data, definitions)
    if isinstance(left, Problem) or isinstance(right, Problem):
        return left if isinstance(left, Problem) else right  # type: ignore[return-value]
    try:
        pairs = [(_slope(left, point), float(right(_scalar(point)))) for point in points]
    except ValueError as error:
        return Problem(f"the data do not fit the formula: {error}")
    differences = [_relative(a, s, floor=1.0) for a, s in pairs]
    if not differences or not all(map(isfinite, differences)):
        return Problem("the derivatives cannot be compared: at one of the points a value is not finite")
    return DerivativeComparison(tuple(points), max(differences))


def compare_maximum(
    function: Term,
    closed_form: Term,
    variable: str,
    data: Data,
    definitions: tuple[Definition, ...] = (),
    *,
    start: float = 1.0,
    positive: bool = True,
) -> OptimumComparison | Problem:
    """``torch.optim.LBFGS`` on −``function`` from ``start``, against the term ``closed_form``.

    Where the variable is ``positive``, its logarithm is optimised, so that no step leaves the domain.
    """
    objective = _on_data(function, variable, data, definitions)
    closed = _on_data(closed_form, variable, data, definitions)
    if isinstance(objective, Problem) or isinstance(closed, Problem):
        return objective if isinstance(objective, Problem) else closed  # type: ignore[return-value]
    try:
        found = _maximise(objective, start, positive)
        value = float(closed(_scalar(start)))
        slope = _slope(objective, found)
    except ValueError as error:
        return Problem(f"the data do not fit the formula: {error}")
    except IndexError:  # L-BFGS's line search, where the function has no finite value on its bracket
        return Problem("the optimiser left the domain of the function; the maximum cannot be compared")
    if not all(map(isfinite, (found, value, slope))):
        return Problem("the optimiser left the domain of the function; the maximum cannot be compared")
    return OptimumComparison(found, value, _relative(found, value), slope)


def _on_data(
    term: Term, variable: str, data: Data, definitions: tuple[Definition, ...]
) -> Callable[[Tensor], Tensor] | Problem:
    problem = missing("torch")
    if problem is not None:
        return problem
    function = evaluator(term, frozenset(data) | {variable}, definitions)
    if isinstance(function, Problem):
        return function
    tensors = {name: _tensor(value) for name, value in data.items()}
    return lambda point: function({**tensors, variable: point})


def _tensor(value: float | Sequence[float] | Sequence[Sequence[float]]) -> Tensor:
    import torch

    return torch.tensor(value, dtype=torch.float64)


def _scalar(value: float) -> Tensor:
    return _tensor(value)


def _slope(function: Callable[[Tensor], Tensor], point: float) -> float:
    import torch

    variable = _scalar(point).requires_grad_()
    value = function(variable)
    if not value.requires_grad:  # the function does not depend on its variable
        return 0.0
    (slope,) = torch.autograd.grad(value, variable)
    return float(slope)


def _maximise(function: Callable[[Tensor], Tensor], start: float, positive: bool) -> float:
    import torch

    variable = _scalar(log(start) if positive else start).requires_grad_()
    optimiser = torch.optim.LBFGS(
        [variable], max_iter=200, tolerance_grad=1e-13, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = -function(variable.exp() if positive else variable)
        value.backward()
        return value

    for _ in range(3):  # each restart forgets the curvature gathered far away
        optimiser.step(loss)
    found = float(variable.detach())
    return exp(found) if positive else found


def _relative(left: float, right: float, floor: float = 0.0) -> float:
    if not (isfinite(left) and isfinite(right)):
        return inf
    scale = max(floor, abs(left), abs(right))
    return abs(left - right) / scale if scale else 0.0
