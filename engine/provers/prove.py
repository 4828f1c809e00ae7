"""Find a proof: complete a sketch, or choose the leaf or theorem that the statement's kind asks for.

Nothing here is believed: what comes out goes to the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof, Rounding, SignCalculus
from engine.kernel.theorems.table import obligations
from engine.kernel.unproved import Unproved
from engine.kernel.verify import verify
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
from engine.meaning.term import (
    INFINITY,
    ONE,
    Add,
    Apply,
    Divide,
    Multiply,
    Negate,
    Number,
    Power,
    Term,
    children,
)
from engine.provers.binomial import binomial_sketches
from engine.provers.brackets import bracket_sketches
from engine.provers.budget import spend
from engine.provers.equations import equation_sketches, known_equation_sketches
from engine.provers.induction import inductions, inequality_inductions
from engine.provers.inequalities import inequality_sketches
from engine.provers.no_proof import NoProof

MOST_FACTORS = 24


def proofs(context: Context, goal: Statement, sketch: Proof | None = None) -> Iterator[Proof]:
    """Proofs of ``goal`` worth trying, the likeliest first; none of them is verified here.

    With a sketch there is one, with its missing premises and hints filled in. Raises :class:`NoProof` where no rule
    fits, and whatever a theorem of the kernel says where it does not apply.
    """
    if isinstance(sketch, ByTheorem):
        yield _with_premises(context, goal, sketch)
    elif goal in context.facts or isinstance(sketch, Assumption):
        yield Assumption()
    elif isinstance(sketch, NormalForm | SignCalculus):
        yield sketch if sketch.factors else _with_hints(goal, sketch)
    else:
        yield from _by_kind(context, goal)


def complete(context: Context, goal: Statement, sketch: Proof | None = None) -> Proof:
    """The first of the :func:`proofs` that the kernel accepts without a condition, or else the first of all.

    Raises :class:`NoProof` where there is none.
    """
    found = proofs(context, goal, sketch)
    first = next(found, None)
    if first is None:
        raise NoProof(f"no rule fits this statement of the kind {type(goal).__name__}")
    if sketch is not None or not isinstance(goal, Relation | Implies | Equivalent):
        return first  # there is no other
    # A second proof is dear to find, so that the first is tried before anybody looks for one.
    conditional: Proof | None = None
    for proof in chain((first,), found):
        conditions = _conditions(context, goal, proof)
        if conditions == ():
            return proof
        if conditions and isinstance(goal, Relation):
            if goal.sign == "=":  # it asks for both sides to be defined, whatever the proof
                return first
            conditional = conditional or proof
    return conditional or first


def _with_hints(goal: Statement, leaf: NormalForm | SignCalculus) -> Proof:
    match goal:
        case Relation(left, _, right) | ForEach(_, _, _, Relation(left, _, right)):
            return replace(leaf, factors=factor_hints(left, right))
        case _:
            return leaf


def _conditions(context: Context, goal: Statement, proof: Proof) -> tuple[Statement, ...] | None:
    """Under which conditions the kernel accepts the proof; ``None`` where it does not."""
    spend()  # The kernel counts its own steps; the clock is looked at here.
    try:
        return verify(context, goal, proof).conditions
    except (Unproved, RecursionError):
        return None


def _with_premises(context: Context, goal: Statement, sketch: ByTheorem) -> Proof:
    wanted = obligations(sketch.theorem, context, goal, sketch.parameters)
    given: tuple[Proof | None, ...] = sketch.premises or (None,) * len(wanted)
    if len(given) != len(wanted):
        raise NoProof(f"{sketch.theorem} has {len(wanted)} hypotheses, the sketch gives {len(given)} proofs")
    premises = tuple(complete(o.context, o.statement, p) for o, p in zip(wanted, given, strict=True))
    return ByTheorem(sketch.theorem, sketch.parameters, premises)


def _by_kind(context: Context, goal: Statement) -> Iterator[Proof]:
    """The leaf that the sign of a relation asks for, then theorems."""
    match goal:
        case Relation(_, "≈", _):
            yield Rounding()
        case Relation(left, "=", right):
            yield NormalForm(factor_hints(left, right))
            yield from _filled(context, goal, bracket_sketches(goal))
            yield from _filled(context, goal, binomial_sketches(goal))
            yield from _filled(context, goal, known_equation_sketches(context, goal))
            yield from inductions(context, goal, _by_normal_form)
            squared = isinstance(left, Power) and isinstance(right, Power)  # once is enough
            if not squared and any(map(_has_root, (left, right))):
                yield from _filled(context, goal, iter((ByTheorem("equal-squares"),)))
        case Relation(left, _, right):
            yield SignCalculus(factor_hints(left, right))
            yield from _filled(context, goal, inequality_sketches(context, goal))
            yield from _filled(context, goal, inequality_inductions(context, goal))
        case ForEach(_, _, _, Relation(left, _, right)):
            yield SignCalculus(factor_hints(left, right))
        case Implies() | Equivalent():
            yield from _filled(context, goal, equation_sketches(context, goal))
        case _:
            yield _by_theorem_of_kind(context, goal)


def _has_root(term: Term) -> bool:
    match term:
        case Apply("sqrt", _) | Power(_, Divide(_, Number(Fraction(numerator=2, denominator=1)))):
            return True
        case _:
            return any(map(_has_root, children(term)))


def _by_normal_form(context: Context, goal: Statement) -> Proof | None:
    """The leaf for an equation, if the kernel accepts it."""
    leaf = _with_hints(goal, NormalForm())
    return leaf if _conditions(context, goal, leaf) == () else None


def _filled(context: Context, goal: Statement, sketches: Iterator[ByTheorem]) -> Iterator[Proof]:
    """The sketches whose theorem applies, with their premises."""
    for sketch in sketches:
        try:
            yield _with_premises(context, goal, sketch)
        except (NoProof, Unproved):
            continue


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
        case Definite():
            yield "positive-scalar", ()
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
