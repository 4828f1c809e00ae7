"""The expansion of the perturbed minimiser beside re-optimisation in torch: the remainder falls like ε²."""

from __future__ import annotations

from typing import Literal

from engine.derivation import Block, Curve, RemainderPlot, Remark, Validation
from engine.span import Problem

Kind = Literal["linear", "ridge", "logistic", "exponential"]
KINDS: tuple[Kind, ...] = ("linear", "ridge", "logistic", "exponential")
SLOPE, TOLERANCE = 2.0, 0.05


def validation() -> tuple[Block, ...]:
    """One curve for each standard model, and whether every slope is 2; a remark where torch is missing."""
    from engine.numerics.influence import InfluenceExperiment, remainder_experiment, standard_model

    experiments: list[InfluenceExperiment] = []
    for kind in KINDS:
        model = standard_model(kind, 1 if kind == "exponential" else 3)
        found = model if isinstance(model, Problem) else remainder_experiment(model)
        if isinstance(found, Problem):
            return (Remark(f"The expansion was not compared with re-optimisation: {found.message}."),)
        experiments.append(found)
    slopes = ", ".join(f"{experiment.slope:.3f} ({experiment.label})" for experiment in experiments)
    outcome = (
        "Each perturbed minimiser was found by Newton's method in float64; the remainder's slope in log-log scale is"
        f" {slopes}."
    )
    agrees = all(abs(experiment.slope - SLOPE) < TOLERANCE for experiment in experiments)
    curves = tuple(Curve(f"{e.label}, dimension {e.dimension}", tuple(e.remainders), e.slope) for e in experiments)
    return Validation("Re-optimisation at small ε", outcome, agrees), RemainderPlot(TITLE, curves)


TITLE = "Remainder of the first-order expansion against ε"
