"""Instances of a claim: a point for its certificate, points that veto it, points that refute it.

This is the third leg of every proof. It shares no code with the kernel: a term is evaluated here in FLINT's ball
arithmetic at exact rational points, with concrete functions for unknown ones, and what certainly differs, differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.kernel.certificate import Assignment, ByTheorem, Model, NormalForm, Proof, SignCalculus
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.members import arguments, places
from engine.meaning.sort import Family
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
from engine.meaning.term import ONE, Apply, Element, Term, integer, rational
from engine.provers.array import Value
from engine.provers.ball import Environment, NoEval, Undef
from engine.provers.budget import OutOfBudget, OutOfTime
from engine.provers.sampling import DIMENSIONS, Sample, has_sizes, is_abstract, names_in, samples
from engine.provers.truth import Truth, compile_statement, has_integral
from engine.provers.vector_instances import defining

MODEL_POINTS = 24
MOST_POINTS = 30


@dataclass(frozen=True, slots=True)
class Survey:
    """What instances say: the first point that contradicts the claim, how many could be told and were in favour,
    where the claim could not be evaluated at all, why, and the same point with only those members of families that
    the claim reads."""

    witness: Model | None
    agreed: int
    reason: str = ""
    shorter: Model | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """A point where the statement is defined, its truth there, and the values and definitions of the point."""

    sample: Sample
    truth: bool | None
    env: Environment
    within: Context

    @property
    def point(self) -> Model:
        return self.sample.point


class Inspection:
    """The instances of one claim, looked at in turn: a longer look goes on where a shorter one ended."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._instances = _instances(claim, MOST_POINTS, DIMENSIONS)
        self._seen: list[Instance] = []
        self._ended: str | None = None
        # A point at which an integral is evaluated costs as much as hundreds of others.
        self._points_each = 2 if has_integral(claim.statement) else 1

    def survey(self, count: int) -> Survey:
        """What the first ``count`` points say, up to the first that contradicts the claim; of a claim with integrals,
        half as many."""
        agreed = 0
        for one in self._first(-(-count // self._points_each)):
            if one.truth is False:
                return Survey(one.point, agreed, "", _shortened(one))
            agreed += one.truth is True
        return Survey(None, agreed, self._ended or "")

    def model(self) -> Model | None:
        """The first point where the context holds and all of the statement is defined, ``N = 2`` first.

        Where the context has functions, symbolic dimensions are 1, and ``premises`` sketch a proof of each of its
        facts, in order. Of an implication or equivalence, a point where its parts are true comes before others.
        """
        context, statement = self._claim.context, self._claim.statement
        if is_abstract(context) and has_sizes(context):
            seen = Inspection(self._claim)
            seen._instances = _instances(self._claim, MODEL_POINTS, (1,))
        else:
            seen = self
        first: Instance | None = None
        for one in seen._first(MODEL_POINTS):
            if _is_telling(statement, one):
                return _with_premises(one.point, context)
            first = first or one
        return None if first is None else _with_premises(first.point, context)

    def _first(self, count: int) -> Iterator[Instance]:
        for n in range(count):
            while len(self._seen) <= n and self._ended is None:
                self._look()
            if len(self._seen) <= n:
                return
            yield self._seen[n]

    def _look(self) -> None:
        try:
            self._seen.append(next(self._instances))
        except StopIteration:
            self._ended = ""
        except (NoEval, Undef) as stopped:
            self._ended = str(stopped)
        except RecursionError:
            self._ended = "the claim is nested too deeply"
        except OutOfTime:
            raise
        except OutOfBudget as spent:
            self._ended = str(spent)


def survey(claim: Claim, count: int) -> Survey:
    """The claim at ``count`` points of its context, up to the first that contradicts it."""
    return Inspection(claim).survey(count)


def veto(claim: Claim, count: int = 8) -> Model | None:
    """A point of the context where the statement is certainly false; ``None`` where none was seen."""
    return survey(claim, count).witness


def find_model(claim: Claim) -> Model | None:
    """The point of :meth:`Inspection.model`."""
    return Inspection(claim).model()


def _instances(claim: Claim, count: int, dimensions: tuple[int, ...]) -> Iterator[Instance]:
    compiled: Truth | None = None
    names = {d.name for d in claim.context.declarations}
    for sample in samples(claim.context, claim.statement, count, dimensions):
        within = defining(claim.context, sample.functions)
        if compiled is None or within is not claim.context:  # chosen functions change what the terms say
            compiled = compile_statement(claim.statement, within)
        env = {name: _readable(value) for name, value in sample.env.items() if name in names}
        try:
            truth = compiled(env)
        except Undef:
            continue
        if truth is not False or _is_defined(within, env):
            yield Instance(sample, truth, env, within)


def _is_defined(context: Context, env: Environment) -> bool:
    """Whether all that is defined beside the claim has a value: who gives ``y = \\ln x`` means an x > 0, and who gives
    ``f(x) = \\ln x`` as well."""
    ranged = {d.name: isinstance(d.sort, Family) and None not in d.sort.ranges for d in context.declarations}
    named = {
        name: set(members) if ranged[name] else members.read
        for name, members in env.items()
        if isinstance(members, Members)
    }
    for definition in context.definitions:
        name, parameters = definition.name, definition.parameters
        asked = [definition.body] if all(map(context.sort_of, parameters)) else []
        asked += (Element(name, tuple(map(integer, place))) for place in places(definition, named) if parameters)
        tried = () if asked else arguments(definition)
        applied = [Apply(name, tuple(map(rational, values))) for values in tried]
        values = [_has_value(term, context, env) for term in asked]
        if not all(values) or (applied and not any(_has_value(term, context, env) for term in applied)):
            return False
    return True


def _has_value(term: Term, context: Context, env: Environment) -> bool:
    """Whether the term is defined; one that cannot be told counts as such."""
    try:
        compile_statement(Relation(term, "=", term), context)(env)
    except Undef:
        return False
    except NoEval:
        return True
    return True


def _readable(value: Value) -> Value:
    return Members(value) if isinstance(value, dict) else value


class Members(dict[tuple[int, ...], Value]):
    """The members of a family, and which of them were read."""

    def __init__(self, members: dict[tuple[int, ...], Value]) -> None:
        super().__init__(members)
        self.read: set[tuple[int, ...]] = set()

    def __getitem__(self, at: tuple[int, ...]) -> Value:
        self.read.add(at)
        return super().__getitem__(at)


def _is_telling(statement: Statement, one: Instance) -> bool:
    """Whether the point is a case in which an implication or equivalence says something."""
    match statement:
        case Implies(premise) | Equivalent(premise):
            try:
                return compile_statement(premise, one.within)(one.env) is True
            except (NoEval, Undef):
                return False
        case _:
            return True


def _shortened(one: Instance) -> Model:
    """The point without members that play no part: of a family on all integers, most do not."""
    context = one.within
    endless = {d.name for d in context.declarations if isinstance(d.sort, Family) and None in d.sort.ranges}
    read = {name: members.read for name in endless if isinstance(members := one.env.get(name), Members)}
    if not read:
        return one.point
    for fact in context.facts:
        if not isinstance(fact, ForEach) and names_in(fact) & read.keys():
            compile_statement(fact, context)(one.env)  # what it reads must stay
    kept = (_with_members(given, read[given.name]) if given.name in read else given for given in one.point.assignments)
    return replace(one.point, assignments=tuple(kept))


def _with_members(given: Assignment, read: set[tuple[int, ...]]) -> Assignment:
    assert isinstance(given.value, tuple)
    kept = tuple(entry for entry in given.value if any(entry.indices[: len(at)] == at for at in read))
    first = min(given.value, key=lambda entry: (min(entry.indices) < 1, entry.indices), default=None)
    return replace(given, value=kept or (() if first is None else (first,)))


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
