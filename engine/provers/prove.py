"""Find a proof: complete a sketch, or choose the leaf or theorem that the statement's kind asks for.

Nothing here is believed: what comes out goes to the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof, Rounding, SignCalculus
from engine.kernel.theorems import obligations
from engine.meaning.context import Context
from engine.meaning.statement import (
    Diverges,
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
from engine.meaning.term import (
    INFINITY,
    ONE,
    Add,
    Apply,
    Divide,
    Multiply,
    Negate,
    Power,
    Term,
    children,
)

MOST_FACTORS = 24


class NoProof(Exception):
    """No proof was found; the message says for which statement of which kind."""


def complete(context: Context, goal: Statement, sketch: Proof | None = None) -> Proof:
    """A proof of ``goal``: the sketch with its missing premises and hints filled in.

    Raises :class:`NoProof` where no rule fits, and whatever a theorem of the kernel says where it does not apply.
    """
    if isinstance(sketch, ByTheorem):
        wanted = obligations(sketch.theorem, context, goal, sketch.parameters)
        given: tuple[Proof | None, ...] = sketch.premises or (None,) * len(wanted)
        if len(given) != len(wanted):
            raise NoProof(f"{sketch.theorem} has {len(wanted)} hypotheses, the sketch gives {len(given)} proofs")
        premises = tuple(complete(o.context, o.statement, p) for o, p in zip(wanted, given, strict=True))
        return ByTheorem(sketch.theorem, sketch.parameters, premises)
    if goal in context.facts or isinstance(sketch, Assumption):
        return Assumption()
    if isinstance(sketch, NormalForm | SignCalculus) and sketch.factors:
        return sketch
    return _by_kind(context, goal)


def _by_kind(context: Context, goal: Statement) -> Proof:
    match goal:
        case Relation(_, "≈", _):
            return Rounding()
        case Relation(left, "=", right):
            return NormalForm(factor_hints(left, right))
        case Relation(left, _, right) | ForEach(_, _, _, Relation(left, _, right)):
            return SignCalculus(factor_hints(left, right))
        case _:
            return _by_theorem_of_kind(context, goal)


def _by_theorem_of_kind(context: Context, goal: Statement) -> Proof:
    for name, parameters in _candidates(goal):
        return complete(context, goal, ByTheorem(name, parameters))
    raise NoProof(f"no rule for a statement of the kind {type(goal).__name__}")


def _candidates(goal: Statement) -> Iterator[tuple[str, tuple[Term | Statement, ...]]]:
    """The theorem to try for each kind of statement."""
    match goal:
        case Implies():
            yield "implication", ()
        case Optimum():
            yield "strict-concavity", ()
        case NoOptimum(kind="maximum"):
            yield "monotone-no-optimum", (ONE,)
        case NoOptimum():
            yield "monotone-no-optimum", (Negate(ONE),)
        case Diverges(integral):
            yield "divergence-by-monotonicity", (INFINITY if integral.upper == INFINITY else integral.lower,)
        case UpToOrder():
            yield "taylor", ()
        case NearZero():
            yield "near-zero", ()
        case Smooth():
            yield "elementary-smooth", ()
        case Invertible():
            yield "nonzero-scalar", ()
        case _:
            return


def factor_hints(*sides: Term) -> tuple[Term, ...]:
    """Sums that occur as a factor, denominator, base or argument of a logarithm: likely common factors."""
    found: dict[Term, None] = {}
    for side in sides:
        for candidate in _sums_inside(side):
            found.setdefault(candidate)
    return tuple(found)[:MOST_FACTORS]


def _sums_inside(term: Term) -> Iterator[Term]:
    parts: tuple[Term, ...] = ()
    match term:
        case Divide(numerator, denominator):
            parts = (numerator, denominator)
        case Multiply(factors):
            parts = factors
        case Power(base, _):
            parts = (base,)
        case Apply("ln" | "log" | "sqrt", arguments):
            parts = arguments
    yield from (part for part in parts if isinstance(part, Add))
    for child in children(term):
        yield from _sums_inside(child)

