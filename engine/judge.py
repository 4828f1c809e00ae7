"""The one road of a claim: two instances, the likeliest proof, kernel, more instances, other proofs.

Three legs carry a ``Proved``: a certificate, the kernel's verification of it, and instances in ball arithmetic that
share no code with either; each can veto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

from engine.kernel import check, refute
from engine.kernel.certificate import Certificate, Model, Proof
from engine.kernel.model import concrete_context, is_abstract, on_the_line
from engine.kernel.unproved import Unproved
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.statement import Diverges, NoOptimum

if TYPE_CHECKING:
    from engine.provers.budget import Budget
    from engine.provers.instances import Inspection, Survey

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
    """Each leg has steps of its own, so that a point that is dear to evaluate leaves enough for the proof.

    The first proof is cheap, and so are points; what is dear comes last.
    """
    from engine.provers.budget import Budget, limited
    from engine.provers.instances import Inspection

    def leg(share: int) -> AbstractContextManager[Budget]:
        return limited(Budget(STEPS // share, overdue))

    instances = Inspection(claim)
    with leg(4):
        seen = instances.survey(FIRST_POINTS)
        refuted = _refuted(claim, seen)
    if refuted is not None:
        return refuted
    attempts = _Attempts(claim, proof, instances)
    with leg(4):
        verdict = attempts.try_next(1)
    if not isinstance(verdict, Proved):
        with leg(4):
            refuted = _refuted(claim, instances.survey(ALL_POINTS))
        if refuted is not None:
            return refuted
        with leg(4):
            verdict = attempts.try_next()
    if not isinstance(verdict, Proved):
        return verdict
    with leg(4):
        return _unless_vetoed(verdict, instances)


def _refuted(claim: Claim, seen: Survey) -> Refuted | None:
    """The counterexample among the points seen, if the kernel agrees that it is one."""
    for witness in (seen.witness,) if seen.shorter is seen.witness else (seen.shorter, seen.witness):
        verdict = _counterexample(claim, witness) if witness is not None else None
        if isinstance(verdict, Refuted):
            return verdict
    return None


def _counterexample(claim: Claim, witness: Model) -> Verdict:
    """The kernel's word on a witness; of functions, that they satisfy the context has to be proved."""
    from engine.provers.no_proof import NoProof

    try:
        return refute(claim, _with_proofs(claim.context, witness))
    except (NoProof, Unproved) as reason:
        return Open(claim, f"the functions of a counterexample could not be shown to satisfy the context: {reason}")


class _Attempts:
    """The proofs worth trying, one after the other; the kernel verifies each."""

    def __init__(self, claim: Claim, sketch: Proof | None, instances: Inspection) -> None:
        from engine.provers.prove import proofs

        self._claim, self._instances = claim, instances
        self._proofs: Iterator[Proof] = proofs(claim.context, claim.statement, sketch)
        self._model: Model | Open | None = None
        self._first: Open | None = None

    def try_next(self, most: int | None = None) -> Proved | Open:
        """The verdict of the first of the next proofs that the kernel accepts, or else why the very first fails."""
        from engine.provers.budget import OutOfBudget, OutOfTime
        from engine.provers.no_proof import NoProof

        try:
            for proof in islice(self._proofs, most):
                verdict = self._verified(proof)
                if isinstance(verdict, Proved):
                    return verdict
                self._first = self._first or verdict
        except OutOfTime:
            raise
        except Unproved as reason:
            self._first = self._first or Open(self._claim, str(reason), reason.statement)
        except (NoProof, OutOfBudget) as reason:
            self._first = self._first or Open(self._claim, str(reason))
        except RecursionError:
            self._first = self._first or Open(self._claim, "the claim is nested too deeply")
        return self._first or Open(self._claim, "no rule fits a claim of this kind")

    def _verified(self, proof: Proof) -> Proved | Open:
        self._model = self._model or _exhibit(self._claim, self._instances)
        if isinstance(self._model, Open):
            return self._model
        verdict = check(self._claim, Certificate(proof, self._model))
        assert isinstance(verdict, Proved | Open)
        return verdict


def _exhibit(claim: Claim, instances: Inspection) -> Model | Open:
    """A point of the context where the claim is defined, with the proofs that it is one."""
    from engine.provers.no_proof import NoProof

    model = instances.model()
    if model is None:
        unevaluated = instances.survey(FIRST_POINTS).reason
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
        why = found.reason or "at no point that was found can it be told"
        return Open(verdict.claim, f"a proof was found, but no instance of it could be evaluated: {why}")
    return verdict
