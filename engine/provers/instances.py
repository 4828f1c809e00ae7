"""Instances of a claim: a point for its certificate, points that veto it, points that refute it.

This is the third leg of every proof. It shares no code with the kernel: a term is evaluated here in FLINT's ball
arithmetic at exact rational points, with concrete functions for unknown ones, and what certainly differs, differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.kernel.certificate import ByTheorem, Model, NormalForm, Proof, SignCalculus
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.statement import (
    Definite,
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Invertible,
    NearZero,
    NoOptimum,
    Optimum,
    Relation,
    Smooth,
    Statement,
    UpToOrder,
)
from engine.meaning.term import ONE
from engine.provers.ball import NoEval, Undef
from engine.provers.budget import OutOfBudget, OutOfTime
from engine.provers.point import environment
from engine.provers.sampling import DIMENSIONS, is_abstract, points
from engine.provers.truth import Truth, compile_statement, has_integral

MODEL_POINTS = 24
MOST_POINTS = 30


@dataclass(frozen=True, slots=True)
class Survey:
    """What instances say: the first point that contradicts the claim, how many could be told and were in favour,
    and, where the claim could not be evaluated at all, why."""

    witness: Model | None
    agreed: int
    reason: str = ""


class Inspection:
    """The instances of one claim, looked at in turn: a longer look goes on where a shorter one ended."""

    def __init__(self, claim: Claim) -> None:
        self._truths = _truths(claim, MOST_POINTS, DIMENSIONS)
        self._seen = 0
        self._found = Survey(None, 0)
        # A point at which an integral is evaluated costs as much as hundreds of others.
        self._points_each = 2 if has_integral(claim.statement) else 1

    def survey(self, count: int) -> Survey:
        """What the first ``count`` points say, up to the first that contradicts the claim; of a claim with integrals,
        half as many."""
        count = -(-count // self._points_each)
        while self._found.witness is None and self._seen < count:
            self._seen += 1
            try:
                point, truth = next(self._truths)
            except StopIteration:
                self._end("")
            except (NoEval, Undef) as stopped:
                self._end(str(stopped))
            except RecursionError:
                self._end("the claim is nested too deeply")
            except OutOfTime:
                raise
            except OutOfBudget as spent:
                self._end(str(spent))
            else:
                witness = point if truth is False else None
                self._found = replace(self._found, witness=witness, agreed=self._found.agreed + (truth is True))
        return self._found

    def _end(self, reason: str) -> None:
        self._seen = MOST_POINTS
        if not self._found.agreed:
            reason = reason or "no point was found at which the claim could be told"
        self._found = replace(self._found, reason=reason)


def survey(claim: Claim, count: int) -> Survey:
    """The claim at ``count`` points of its context, up to the first that contradicts it."""
    return Inspection(claim).survey(count)


def veto(claim: Claim, count: int = 8) -> Model | None:
    """A point of the context where the statement is certainly false; ``None`` where none was seen."""
    return survey(claim, count).witness


def counterexample(claim: Claim, count: int = 30) -> Model | None:
    """The same with more points, readable ones first; what it finds is for the kernel to verify."""
    return survey(claim, count).witness


def find_model(claim: Claim) -> Model | None:
    """The first point where the context holds and all of the statement is defined, ``N = 2`` first.

    Where the context has functions, symbolic dimensions are 1, and ``premises`` sketch a proof of each of its facts,
    in order. Of an implication or equivalence, a point where its parts are true comes before others.
    """
    first: Model | None = None
    try:
        for point, _ in _truths(claim, MODEL_POINTS, (1,) if is_abstract(claim.context) else DIMENSIONS):
            if _telling(claim.statement, claim.context, point):
                return _with_premises(point, claim.context)
            first = first or point
    except (NoEval, Undef, RecursionError):
        pass
    return first and _with_premises(first, claim.context)


def _truths(claim: Claim, count: int, dimensions: tuple[int, ...]) -> Iterator[tuple[Model, bool | None]]:
    """Points where the statement is defined, and its truth there."""
    compiled: Truth | None = None
    seen: set[Model] = set()
    for point in points(claim.context, claim.statement, count, dimensions):
        if point in seen:  # a claim without variables has one point only
            continue
        seen.add(point)
        env, context = environment(point, claim.context)
        if compiled is None or context is not claim.context:  # chosen functions change what the terms say
            compiled = compile_statement(claim.statement, context)
        try:
            yield point, compiled(env)
        except Undef:
            continue


def _telling(statement: Statement, context: Context, point: Model) -> bool:
    """Whether the point is a case in which an implication or equivalence says something."""
    match statement:
        case Implies(premise) | Equivalent(premise):
            env, within = environment(point, context)
            return compile_statement(premise, within)(env) is True
        case _:
            return True


def _with_premises(point: Model, context: Context) -> Model:
    """Where functions were chosen, every fact is to be proved of them; elsewhere facts are evaluated."""
    return replace(point, premises=tuple(map(_sketch, context.facts))) if is_abstract(context) else point


def _sketch(fact: Statement) -> Proof:
    """How to prove a fact for the chosen functions."""
    match fact:
        case Optimum():
            return ByTheorem("strict-concavity")
        case NearZero(_, Optimum()):
            return ByTheorem("near-zero", (), (ByTheorem("strict-concavity"),))
        case NearZero():
            return ByTheorem("near-zero")
        case Smooth():
            return ByTheorem("elementary-smooth")
        case Invertible():
            return ByTheorem("nonzero-scalar")
        case Definite():
            return ByTheorem("positive-scalar")
        case NoOptimum():
            return ByTheorem("monotone-no-optimum")
        case Diverges():
            return ByTheorem("divergence-by-monotonicity")
        case Relation(_, "=", _):
            return NormalForm()
        case Implies():
            return ByTheorem("implication")
        case Equivalent():
            return ByTheorem("nonzero-multiple", (ONE,))
        case UpToOrder():
            return ByTheorem("taylor")
        case Relation() | ForEach():
            return SignCalculus()
