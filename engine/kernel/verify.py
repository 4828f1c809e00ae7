"""Re-verification of a proof: every leaf is computed again, every theorem's obligations are set by the kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from engine.kernel.algebra import Unproved
from engine.kernel.certificate import Assumption, ByTheorem, NormalForm, Proof, Rounding, SignCalculus
from engine.kernel.definedness import Conditions, Place
from engine.kernel.matrix import Value, add_values, is_zero_value, negate_value
from engine.kernel.normal import RELATION_SIGNS, Scope, as_rational, interval_facts, normalise, scope_of
from engine.kernel.polynomial import of_atom
from engine.kernel.theorems import LOGIC, obligations, same_statement
from engine.kernel.unfold import require_one_meaning, unfold
from engine.meaning.context import Context
from engine.meaning.statement import (
    Diverges,
    Equivalent,
    ForEach,
    Implies,
    Interval,
    NoOptimum,
    Optimum,
    Relation,
    Statement,
    UpToOrder,
)
from engine.meaning.term import INFINITY, ZERO, Integral, Negate, Number, Term

DEEPEST_PROOF = 60


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof gave: the conditions left, the theorems used, and every statement proved on the way."""

    conditions: tuple[Statement, ...] = ()
    rests_on: frozenset[str] = frozenset()
    established: frozenset[Statement] = frozenset()


def verify(
    context: Context, goal: Statement, proof: Proof, established: frozenset[Statement] = frozenset(), depth: int = 0
) -> Verified:
    """Verify ``proof`` of ``goal`` under ``context``; raises :class:`Unproved` with the reason.

    ``established`` are statements already proved in the same context, which may discharge conditions.
    """
    if depth > DEEPEST_PROOF:
        raise Unproved("a proof nested too deeply")
    if depth == 0:
        require_one_meaning(context)
    if isinstance(proof, ByTheorem):
        return _by_theorem(context, goal, proof, established, depth)
    if isinstance(proof, Assumption):
        if not any(same_statement(fact, goal, context) for fact in context.facts):
            raise Unproved("the statement is not among the assumptions")
        return Verified(established=frozenset((goal,)))
    factors = proof.factors if isinstance(proof, (NormalForm, SignCalculus)) else ()
    if not isinstance(goal, (Relation, ForEach)):
        raise Unproved(f"{type(proof).__name__} proves relations only")
    scope = scope_of(context, factors)
    if isinstance(goal, ForEach):
        _for_each(goal, proof, scope, established)
        return Verified(established=frozenset((goal,)))
    _relation(goal, proof, scope)
    return Verified(conditions_of(goal, scope, established), established=frozenset((goal,)))


def _by_theorem(
    context: Context, goal: Statement, proof: ByTheorem, established: frozenset[Statement], depth: int
) -> Verified:
    wanted = obligations(proof.theorem, context, goal, proof.parameters)
    if len(wanted) != len(proof.premises):
        raise Unproved(f"{proof.theorem} has {len(wanted)} hypotheses, and {len(proof.premises)} proofs were given")
    known, rests_on = established, frozenset((proof.theorem,)) - LOGIC
    for hypothesis, premise in zip(wanted, proof.premises, strict=True):
        # What was proved so far holds in this context; an obligation in another one starts afresh.
        usable = known if hypothesis.context == context else frozenset()
        found = verify(hypothesis.context, hypothesis.statement, premise, usable, depth + 1)
        if found.conditions:
            raise Unproved(f"a hypothesis of {proof.theorem} holds only under a condition", found.conditions[0])
        rests_on |= found.rests_on
        if hypothesis.context == context:
            known |= found.established
    conditions = conditions_of(goal, scope_of(context), known)
    return Verified(conditions, rests_on, known | {goal})


# ---- relations


def _relation(goal: Relation, proof: Proof, scope: Scope) -> None:
    left, right = (normalise(scope.unfold(side), scope) for side in (goal.left, goal.right))
    if isinstance(proof, Rounding):
        _rounding(goal, left)
    else:
        _compare(goal, proof, left, right, scope)


def _compare(goal: Relation, proof: Proof, left: Value, right: Value, scope: Scope) -> None:
    difference = add_values(scope.algebra, left, negate_value(scope.algebra, right))
    if isinstance(proof, NormalForm) and goal.sign in ("=", "≤", "≥"):
        if not is_zero_value(scope.algebra, difference):
            raise Unproved("the two sides have different normal forms")
        return
    wanted = RELATION_SIGNS.get(goal.sign)
    if not isinstance(proof, SignCalculus) or wanted is None or not isinstance(difference, dict):
        raise Unproved(f"{type(proof).__name__} cannot prove this relation")
    if not scope.algebra.sign(difference) <= wanted:
        raise Unproved("the sign of left − right does not follow from the signs of its parts")


def _rounding(goal: Relation, left: Value) -> None:
    """|left - right| <= half a unit of the last place shown; a tie may be rounded either way."""
    literal = goal.right.term if isinstance(goal.right, Negate) else goal.right
    exact = as_rational(left) if isinstance(left, dict) else None
    if goal.sign != "≈" or exact is None or not isinstance(literal, Number):
        raise Unproved("rounding compares a rational number with a decimal literal")
    shown = -literal.value if isinstance(goal.right, Negate) else literal.value
    if abs(exact - shown) > Fraction(1, 2 * 10**literal.places):
        raise Unproved("the decimal is not the number rounded to the digits shown")


def _for_each(goal: ForEach, proof: Proof, scope: Scope, established: frozenset[Statement]) -> None:
    """A relation for every index of a range; it must be defined on all of it."""
    algebra = scope.algebra
    low, high = scope.number(scope.unfold(goal.lower)), scope.number(scope.unfold(goal.upper))
    number = of_atom(algebra.fresh_variable(integer=True))
    bound = frozenset((goal.index,))
    with algebra.assuming(*algebra.range_facts(number, low, high)):
        inner = scope.binding(goal.index, number)
        left, right = (unfold(side, scope.context, bound) for side in (goal.body.left, goal.body.right))
        _compare(goal.body, proof, normalise(left, inner), normalise(right, inner), inner)
        conditions = Conditions(established)
        for side in (left, right):
            conditions.of(side, Place(inner, required=True))


# ---- conditions of definedness


def conditions_of(goal: Statement, scope: Scope, established: frozenset[Statement]) -> tuple[Statement, ...]:
    """The conditions under which the statement is defined that do not follow from the context."""
    conditions = Conditions(established)
    _collect(goal, scope, conditions)
    return conditions.settled()


def _collect(goal: Statement, scope: Scope, conditions: Conditions) -> None:
    def of(term: Term, place: Place) -> None:
        conditions.of(scope.unfold(term), place)

    at = Place(scope)
    match goal:
        case Relation(left, _, right):
            of(left, at)
            of(right, at)
        case UpToOrder(left, right, variable, order):
            # Defined near 0: as under a derivative in the variable, evaluated at 0.
            for side in (left, right):
                inside = scope.unfold(side)
                place = Place(scope, near=frozenset((variable,)), order=order, put=((variable, ZERO),), required=True)
                bound = replace(place, scope=scope.binding(variable, {}))
                conditions.of(inside, bound)
        case Optimum() | NoOptimum():
            _of_objective(goal, scope, conditions)
        case Diverges(integral):
            _of_ends(integral, scope, conditions)
        case Implies(premise, conclusion):
            _collect(premise, scope, conditions)
            _collect(conclusion, scope, conditions)
        case Equivalent(left, right):
            _collect(left, scope, conditions)
            _collect(right, scope, conditions)
        case _:
            # The theorems that conclude the other kinds ask for definedness themselves.
            return


def _of_objective(goal: Optimum | NoOptimum, scope: Scope, conditions: Conditions) -> None:
    """The objective must be defined on its whole domain; the point like any term."""
    if isinstance(goal, Optimum):
        conditions.of(scope.unfold(goal.point), Place(scope))
    if goal.domain is None:
        return
    _of_ends(goal.domain, scope, conditions)
    algebra = scope.algebra
    number = of_atom(algebra.fresh_variable(integer=False))
    with algebra.assuming(*interval_facts(number, goal.domain, scope)):
        inner = scope.binding(goal.variable, number)
        conditions.of(scope.unfold(goal.objective), Place(inner, required=True))


def _of_ends(of: Interval | Integral, scope: Scope, conditions: Conditions) -> None:
    for end in (of.lower, of.upper):
        if end not in (INFINITY, Negate(INFINITY)):
            conditions.of(scope.unfold(end), Place(scope))
