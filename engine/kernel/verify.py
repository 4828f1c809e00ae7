"""Re-verification of a proof: every leaf is computed again, every theorem's obligations are set by the kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.kernel.certificate import Assumption, ByTheorem, Model, NormalForm, Proof, Rounding, SignCalculus
from engine.kernel.condition import conditions_of
from engine.kernel.definedness import Conditions, Place
from engine.kernel.enclosures.enclosure import decide
from engine.kernel.forms import sign as signs
from engine.kernel.forms.context import places_in_range, scope_of
from engine.kernel.forms.normal import WRITTEN_ZERO, Scope, as_rational, normalise, require_one_kind
from engine.kernel.forms.polynomial import of_atom
from engine.kernel.forms.term_sign import term_sign
from engine.kernel.matrices.matrix import add_values, is_zero_value, negate_value
from engine.kernel.steps import Steps
from engine.kernel.sums.delta import in_every_case, unsettled
from engine.kernel.theorems.table import LOGIC, POINTWISE, obligations, same_statement
from engine.kernel.unfold import require_one_meaning, unfold
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.statement import (
    ForEach,
    Relation,
    Statement,
)
from engine.meaning.term import Term, rational, subtract

DEEPEST_PROOF = 60

ROUNDING_BITS = (64, 256, 1024)
"""The precisions at which a decimal is compared with what it rounds."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof gave: the conditions left, the theorems used, and every statement proved on the way."""

    conditions: tuple[Statement, ...] = ()
    rests_on: frozenset[str] = frozenset()
    established: frozenset[Statement] = frozenset()


def verify(
    context: Context,
    goal: Statement,
    proof: Proof,
    established: frozenset[Statement] = frozenset(),
    depth: int = 0,
    steps: Steps | None = None,
) -> Verified:
    """Verify ``proof`` of ``goal`` under ``context``; raises :class:`Unproved` with the reason.

    ``established`` are statements already proved in the same context, which may discharge conditions. All parts of a
    proof share the ``steps``.
    """
    steps = steps or Steps()
    if depth > DEEPEST_PROOF:
        raise Unproved("a proof nested too deeply")
    if depth == 0:
        require_one_meaning(context)
    if isinstance(proof, ByTheorem):
        return _by_theorem(context, goal, proof, established, depth, steps)
    if isinstance(proof, Assumption):
        if not any(same_statement(fact, goal, context) for fact in context.facts):
            raise Unproved("the statement is not among the assumptions")
        return Verified(established=frozenset((goal,)))
    factors = proof.factors if isinstance(proof, (NormalForm, SignCalculus)) else ()
    if not isinstance(goal, (Relation, ForEach)):
        raise Unproved(f"{type(proof).__name__} proves relations only")
    scope = scope_of(context, factors, steps)
    if isinstance(goal, ForEach):
        _for_each(goal, proof, scope, established)
        return Verified(established=frozenset((goal,)))
    try:
        _relation(goal, proof, scope)
    except Unproved as reason:
        if not (defined := _conditions(goal, scope, established)):
            raise
        try:
            _relation(goal, proof, scope_of(context.assume(*defined), factors, steps))
        except Unproved:
            raise reason from None
        return Verified(defined, established=frozenset((goal,)))
    return Verified(conditions_of(goal, scope, established), established=frozenset((goal,)))


def _conditions(goal: Relation, scope: Scope, established: frozenset[Statement]) -> tuple[Statement, ...]:
    """What holds wherever both sides are defined, which are the points that a claim speaks of; none if that is not
    known."""
    try:
        return conditions_of(goal, scope, established)
    except Unproved:
        return ()


def _by_theorem(
    context: Context, goal: Statement, proof: ByTheorem, established: frozenset[Statement], depth: int, steps: Steps
) -> Verified:
    wanted = obligations(proof.theorem, context, goal, proof.parameters)
    if len(wanted) != len(proof.premises):
        raise Unproved(f"{proof.theorem} has {len(wanted)} hypotheses, and {len(proof.premises)} proofs were given")
    known, rests_on = established, frozenset((proof.theorem,)) - LOGIC
    assumed: list[Statement] = []
    for hypothesis, premise in zip(wanted, proof.premises, strict=True):
        # What was proved so far holds in this context; an obligation in another one starts afresh.
        usable = known if hypothesis.context == context else frozenset()
        found = verify(hypothesis.context, hypothesis.statement, premise, usable, depth + 1, steps)
        rests_on |= found.rests_on
        if found.conditions:
            assumed += found.conditions
            if proof.theorem not in POINTWISE or not _same_names(hypothesis.context, context):
                raise Unproved(f"a hypothesis of {proof.theorem} holds only under a condition", assumed[0])
        elif hypothesis.context == context:
            known |= found.established
    conditions = conditions_of(goal, scope_of(context, (), steps), known)
    # Where a theorem speaks of one point at a time, its hypotheses may ask for what the goal asks for to be defined.
    for condition in assumed:
        if condition not in conditions:
            raise Unproved(f"a hypothesis of {proof.theorem} holds only under a condition", condition)
    return Verified(conditions, rests_on, known | {goal})


def _same_names(a: Context, b: Context) -> bool:
    return (a.declarations, a.definitions) == (b.declarations, b.definitions)


# ---- relations


def _relation(goal: Relation, proof: Proof, scope: Scope) -> None:
    left, right = scope.unfold(goal.left), scope.unfold(goal.right)
    if isinstance(proof, Rounding):
        _rounding(goal, left, scope)
        return
    with scope.algebra.assuming(*places_in_range(left, scope), *places_in_range(right, scope)):
        _compare(goal, proof, left, right, scope)


def _compare(goal: Relation, proof: Proof, left: Term, right: Term, scope: Scope) -> None:
    """Compare two sides in which no definition is left to put in."""
    values = normalise(left, scope), normalise(right, scope)
    require_one_kind([value for side, value in zip((left, right), values, strict=True) if side not in WRITTEN_ZERO])
    difference = add_values(scope.algebra, values[0], negate_value(scope.algebra, values[1]))
    if isinstance(proof, NormalForm) and goal.sign in ("=", "≤", "≥"):
        if not is_zero_value(scope.algebra, difference):
            raise Unproved(f"the two sides have different normal forms{unsettled(scope.algebra)}")
        return
    wanted = signs.OF_RELATION.get(goal.sign)
    if not isinstance(proof, SignCalculus) or wanted is None or not isinstance(difference, dict):
        raise Unproved(f"{type(proof).__name__} cannot prove this relation")
    signed = in_every_case(scope.algebra, difference, lambda case: scope.algebra.sign(case) <= wanted)
    if signed or term_sign(subtract(left, right), scope) <= wanted:
        return
    raise Unproved("the sign of left − right does not follow from the signs of its parts")


def _rounding(goal: Relation, left: Term, scope: Scope) -> None:
    """|left - right| <= half a unit of the last place shown; a tie may be rounded either way."""
    if goal.sign != "≈":
        raise Unproved("rounding compares a number with a decimal literal")
    exact = as_rational(normalise(left, scope))
    number = left if exact is None else rational(exact)
    if not any(decide(replace(goal, left=number), scope.context, Model(), bits) for bits in ROUNDING_BITS):
        raise Unproved("the decimal is not known to be the number rounded to the digits shown")


def _for_each(goal: ForEach, proof: Proof, scope: Scope, established: frozenset[Statement]) -> None:
    """A relation for every index of a range; it must be defined on all of it."""
    algebra = scope.algebra
    low, high = scope.number(scope.unfold(goal.lower)), scope.number(scope.unfold(goal.upper))
    number = of_atom(algebra.fresh_variable(integer=True))
    bound = frozenset((goal.index,))
    with algebra.assuming(*algebra.range_facts(number, low, high)):
        inner = scope.binding(goal.index, number)
        left, right = (unfold(side, scope.context, bound) for side in (goal.body.left, goal.body.right))
        _compare(goal.body, proof, left, right, inner)
        conditions = Conditions(established)
        for side in (left, right):
            conditions.of(side, Place(inner, required=True))
