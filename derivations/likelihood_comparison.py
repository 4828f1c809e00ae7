"""The symbolic derivative and maximum of a log-likelihood beside torch's autograd and optimiser."""

from __future__ import annotations

from random import Random

from derivations.density import Density
from derivations.score import Score
from engine.derivation import Block, Remark, Validation
from engine.meaning.latex import term_latex
from engine.meaning.sort import Family
from engine.meaning.term import INFINITY, ONE, ZERO, Add, Divide, Multiply, Name, Negate, Term, substitute, subtract
from engine.span import Problem
from engine.sympy_bridge import literal

OBSERVATIONS = 50
POINTS = 20
TOLERANCE = 1e-9


def validation(density: Density, log_likelihood: Term, score: Score) -> tuple[Block, ...]:
    """Two comparisons on seeded data; a remark says why where torch is missing or cannot evaluate the terms."""
    return (_derivative(density, log_likelihood, score), _maximum(density, log_likelihood, score))


def _derivative(density: Density, log_likelihood: Term, score: Score) -> Block:
    from engine.numerics.likelihood import compare_derivative

    found = compare_derivative(
        log_likelihood, score.term(score.first), density.parameter, _data(density), _points(density)
    )
    if isinstance(found, Problem):
        return Remark(f"The derivative was not compared with torch: {found.message}.")
    return Validation(
        "Autograd against the symbolic derivative",
        f"torch's autograd of the log-likelihood of {OBSERVATIONS} observations and the symbolic derivative differ by"
        f" at most {found.largest_difference:.1e} (relative) at {len(found.points)} random points.",
        found.largest_difference < TOLERANCE,
    )


def _maximum(density: Density, log_likelihood: Term, score: Score) -> Block:
    from engine.numerics.likelihood import compare_maximum

    towards, back, positive = _coordinate(density.domain.lower, density.domain.upper, Name(density.parameter))
    objective = substitute(log_likelihood, density.parameter, towards)
    closed_form = substitute(back, density.parameter, score.point)
    found = compare_maximum(objective, closed_form, density.parameter, _data(density), start=1.0, positive=positive)
    if isinstance(found, Problem):
        return Remark(f"The maximum was not compared with torch: {found.message}.")
    coordinate = "" if towards == Name(density.parameter) else f" in the coordinate ${term_latex(back)}$"
    return Validation(
        "An optimiser against the closed form",
        f"torch's L-BFGS stops at {found.found:.10f}{coordinate}, the closed form gives {found.closed_form:.10f}"
        f" (relative difference {found.difference:.1e}).",
        found.difference < 1e-6,
    )


def _coordinate(lower: Term, upper: Term, v: Name) -> tuple[Term, Term, bool]:
    """The parameter in terms of a coordinate that ranges over (0, ∞) or ℝ, that coordinate in terms of the parameter,
    and whether it is positive: t = (v − a)/(b − v) on (a, b), t = v − a on (a, ∞), t = b − v on (−∞, b).
    """
    if lower == Negate(INFINITY):
        return (v, v, False) if upper == INFINITY else (subtract(upper, v), subtract(upper, v), True)
    if upper == INFINITY:
        return (v, v, True) if lower == ZERO else (Add((lower, v)), subtract(v, lower), True)
    above: Term = Multiply((upper, v))
    from_lower: Term = v
    if lower != ZERO:
        above, from_lower = Add((lower, above)), subtract(v, lower)
    return Divide(above, Add((ONE, v))), Divide(from_lower, subtract(upper, v)), True


def _points(density: Density) -> tuple[float, ...]:
    from engine.numerics.likelihood import random_points

    low, high = _ends(density.domain.lower, density.domain.upper, _constants(density))
    return random_points(POINTS, low + 0.05 * (high - low), high - 0.05 * (high - low))


def _data(density: Density) -> dict[str, float | tuple[float, ...]]:
    """Seeded observations in the support, their number, and a value for every known constant."""
    constants = _constants(density)
    low, high = _ends(density.support.lower, density.support.upper, constants)
    random = Random(0)
    if density.support.integer:
        draws = tuple(float(random.randint(round(low), round(high))) for _ in range(OBSERVATIONS))
    else:
        draws = tuple(random.uniform(low, high) for _ in range(OBSERVATIONS))
    return {**constants, density.size.name: float(OBSERVATIONS), density.variable: draws}


def _constants(density: Density) -> dict[str, float]:
    """2 for each known constant."""
    own = (density.parameter, density.variable, density.size.name)
    names = [d.name for d in density.sample.declarations if d.name not in own and not isinstance(d.sort, Family)]
    return dict.fromkeys(names, 2.0)


def _ends(lower: Term, upper: Term, constants: dict[str, float]) -> tuple[float, float]:
    """The bounds as numbers; 3 apart where only one is finite, −2 and 2 where none is."""
    low, high = _number(lower, constants), _number(upper, constants)
    if low is None:
        return (-2.0, 2.0) if high is None else (high - 3.0, high)
    return low, low + 3.0 if high is None else high


def _number(bound: Term, constants: dict[str, float]) -> float | None:
    if bound in (INFINITY, Negate(INFINITY)):
        return None
    value = literal(bound)
    if value is not None:
        return float(value)
    return constants.get(bound.name, 0.0) if isinstance(bound, Name) else 0.0
