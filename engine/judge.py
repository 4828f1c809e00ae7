"""The one road of a claim: two instances, prove, kernel, more instances.

Three legs carry a ``Proved``: a certificate, the kernel's verification of it, and instances in ball arithmetic that
share no code with either; each can veto.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from engine.kernel import check, refute
from engine.kernel.algebra import Unproved
from engine.kernel.certificate import Certificate, Model, Proof
from engine.kernel.model import concrete_context, is_abstract, on_the_line
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.statement import Diverges, NoOptimum

if TYPE_CHECKING:
    from engine.provers.instances import Inspection

FIRST_POINTS = 2
VETO_POINTS = 8
ALL_POINTS = 30
STEPS = 2_000_000
"""What provers may spend on one claim: about a second, thousands of times what a usual claim takes."""

BEYOND_INSTANCES = (NoOptimum, Diverges)
"""Kinds of statement that no finite number of points speaks for."""


def judge(claim: Claim, proof: Proof | None = None, seconds: float | None = None) -> Verdict:
    """The verdict on a claim; ``proof`` is a sketch that the provers complete, where the author knows one.

    ``seconds`` limits the time. The same claim takes the same steps everywhere, so that only a claim that is stuck in
    spite of its step budget ends by the clock.
    """
    from engine.provers.budget import OutOfTime

    try:
        return _judged(claim, proof, _overdue(seconds))
    except OutOfTime as reason:
        return Open(claim, str(reason))


def _overdue(seconds: float | None) -> Callable[[], bool]:
    if seconds is None:
        return lambda: False
    end = monotonic() + seconds
    return lambda: monotonic() > end


def _judged(claim: Claim, proof: Proof | None, overdue: Callable[[], bool]) -> Verdict:
    """Each leg has steps of its own, so that a point that is dear to evaluate leaves enough for the proof."""
    from engine.provers.budget import Budget, OutOfBudget, OutOfTime, limited
    from engine.provers.instances import Inspection

    instances = Inspection(claim)
    with limited(Budget(STEPS // 4, overdue)):
        refuted = _search(claim, instances, FIRST_POINTS)
    if refuted is not None:
        return refuted
    try:
        with limited(Budget(STEPS // 4, overdue)):
            verdict = _prove(claim, proof, instances.survey(FIRST_POINTS).reason)
    except OutOfTime:
        raise
    except OutOfBudget as reason:
        verdict = Open(claim, str(reason))
    with limited(Budget(STEPS // 2, overdue)):
        if isinstance(verdict, Proved):
            return _unless_vetoed(verdict, instances)
        return _search(claim, instances, ALL_POINTS) or verdict


def _search(claim: Claim, instances: Inspection, count: int) -> Refuted | None:
    """A counterexample among the first ``count`` points, if the kernel agrees that it is one."""
    witness = instances.survey(count).witness
    verdict = refute(claim, witness) if witness is not None else None
    return verdict if isinstance(verdict, Refuted) else None


def _prove(claim: Claim, sketch: Proof | None, unevaluated: str) -> Verdict:
    """The kernel's verdict on the first proof that it accepts, or on the first of all.

    ``unevaluated`` says why the claim could not be evaluated at any point, where that is so.
    """
    from engine.provers.prove import NoProof, proofs

    first: Open | None = None
    try:
        model: Model | Open | None = None
        for proof in proofs(claim.context, claim.statement, sketch):
            model = model or _exhibit(claim, unevaluated)
            if isinstance(model, Open):
                return model
            verdict = check(claim, Certificate(proof, model))
            if isinstance(verdict, Proved):
                return verdict
            first = first or verdict  # type: ignore[assignment]
    except (NoProof, Unproved) as reason:
        first = first or Open(claim, str(reason))
    except RecursionError:
        return Open(claim, "the claim is nested too deeply")
    return first or Open(claim, "no rule fits a claim of this kind")


def _exhibit(claim: Claim, unevaluated: str) -> Model | Open:
    """A point of the context where the claim is defined, with the proofs that it is one."""
    from engine.provers.instances import find_model
    from engine.provers.prove import NoProof

    model = find_model(claim)
    if model is None:
        why = f": {unevaluated}" if unevaluated else ""
        return Open(claim, f"no point was found where the context holds and the statement is defined{why}")
    try:
        return _with_proofs(claim.context, model)
    except (NoProof, Unproved) as reason:
        return Open(claim, f"the exhibited functions could not be shown to satisfy the context: {reason}")


def _with_proofs(context: Context, model: Model) -> Model:
    """The model with its sketches completed: proofs that the exhibited functions satisfy the facts of the context."""
    from engine.provers.prove import complete

    if not is_abstract(context):
        return model
    concrete = concrete_context(context, model)
    sketches: tuple[Proof | None, ...] = model.premises or (None,) * len(context.facts)
    facts = map(on_the_line, context.facts)
    return replace(model, premises=tuple(complete(concrete, f, s) for f, s in zip(facts, sketches, strict=True)))


def _unless_vetoed(verdict: Proved, instances: Inspection) -> Verdict:
    """The proof, unless an instance speaks against it or, where instances can say anything, none speaks for it."""
    found = instances.survey(VETO_POINTS)
    if found.witness is not None:
        confirmed = isinstance(refute(verdict.claim, found.witness), Refuted)
        return Open(
            verdict.claim,
            "a proof and an instance disagree: this is a defect of quod, please report it"
            + (" (the kernel confirms the instance)" if confirmed else ""),
        )
    if not found.agreed and not isinstance(verdict.claim.statement, BEYOND_INSTANCES):
        return Open(verdict.claim, f"a proof was found, but no instance of it could be evaluated: {found.reason}")
    return verdict
