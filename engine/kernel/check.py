"""The two functions that make a verdict: :func:`check` a certificate, :func:`refute` by a witness.

Nothing else in the project builds a ``Proved`` or a ``Refuted`` (a test holds this), and neither function believes
what it is given: every leaf of a proof is computed again, and every value at a witness is enclosed between rationals.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from engine.kernel.certificate import Certificate, Model, SignCalculus
from engine.kernel.enclosures.enclosure import Beyond, Decision, Undefined, Value, decide, enclose, satisfies, settle
from engine.kernel.enclosures.interval import Beyond as TooWide
from engine.kernel.enclosures.interval import Interval
from engine.kernel.model import exhibit, is_abstract, proved_context
from engine.kernel.unfold import names_reached, require_one_meaning
from engine.kernel.unproved import Unproved
from engine.kernel.verdict import Open, Proved, Refuted, Verdict
from engine.kernel.verify import verify
from engine.meaning.bar import with_bars
from engine.meaning.claim import Claim
from engine.meaning.context import Context, Definition
from engine.meaning.members import arguments, places
from engine.meaning.sort import Family, MatrixOf, Vector
from engine.meaning.statement import Equivalent, ForEach, Implies, Optimum, Relation, Statement, UpToOrder
from engine.meaning.term import (
    ZERO,
    Apply,
    Derivative,
    Element,
    Evaluate,
    Name,
    Term,
    free_names,
    integer,
    rational,
    substitute,
)

MOST_TERMS = 12
"""Up to which order a remainder is looked into."""

Enclosures = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction], tuple[int, ...] | None]


def check(claim: Claim, certificate: Certificate) -> Verdict:
    """``Proved`` where the certificate holds in every part, else ``Open`` with the reason.

    The certificate's proof is verified leaf by leaf, and its model must satisfy the context, so that the claim is not
    true for want of cases.
    """
    try:
        verified = verify(claim.context, claim.statement, certificate.proof)
        exhibit(claim, certificate.model, verified.conditions)
    except Unproved as reason:
        return Open(claim, str(reason), reason.statement)
    except (Undefined, Beyond, TooWide) as reason:
        return Open(claim, f"the exhibited point could not be evaluated: {reason}")
    except RecursionError:
        return Open(claim, "the claim is nested too deeply")
    conditions = _without_what_follows(claim.context, verified.conditions)
    return Proved(claim, certificate, conditions, tuple(sorted(verified.rests_on)))


def _without_what_follows(context: Context, conditions: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The conditions, except those that follow from the others: xy > 0 beside x > 0 and y > 0."""
    kept = conditions
    for condition in conditions:
        others = tuple(one for one in kept if one != condition)
        if others and isinstance(condition, Relation) and _follows(condition, context.assume(*others)):
            kept = others
    return kept


def _follows(condition: Relation, context: Context) -> bool:
    try:
        return not verify(context, condition, SignCalculus()).conditions
    except (Unproved, RecursionError):
        return False


def refute(claim: Claim, witness: Model) -> Verdict:
    """``Refuted`` where the context holds at the witness and the statement certainly fails there, else ``Open``."""
    try:
        require_one_meaning(claim.context)
        context, point, statement = claim.context, witness, claim.statement
        if is_abstract(context):
            context, point = _concrete_for_functions(claim, witness), Model()
            statement = with_bars(statement, context)
        elif not satisfies(context, point):
            return Open(claim, "the witness does not satisfy the context")
        failing = _failing(statement, context, point)
        if failing is None:
            return Open(claim, "the statement does not certainly fail at the witness")
        _require_values(claim.context, context, point)
        left, right, place = _enclosures(failing)
    except (Undefined, Beyond, TooWide, Unproved) as reason:
        return Open(claim, f"the witness could not be evaluated: {reason}")
    except RecursionError:
        return Open(claim, "the claim is nested too deeply")
    return Refuted(claim, witness, left, right, place)


def _require_values(declared: Context, context: Context, witness: Model) -> None:
    """Nothing that is defined beside the claim may be undefined at the witness: ``y = \\ln x`` is said of an x > 0,
    and ``y_i = \\ln x_i`` of such members."""
    named = _members_named(context, witness)
    for definition in context.definitions:
        name, parameters = definition.name, definition.parameters
        asked = [definition.body] if all(map(declared.sort_of, parameters)) else []
        asked += (Element(name, tuple(map(integer, place))) for place in places(definition, named) if parameters)
        for term in asked:
            with suppress(Beyond, TooWide):
                enclose(term, context, witness)
        if not asked:
            _require_some_value(definition, context, witness)


def _members_named(context: Context, witness: Model) -> dict[str, set[tuple[int, ...]]]:
    sorts = {one.name: one.sort for one in context.declarations}
    found: dict[str, set[tuple[int, ...]]] = {}
    for one in witness.assignments:
        sort = sorts.get(one.name)
        if isinstance(one.value, tuple):
            depth = len(sort.ranges) if isinstance(sort, Family) else None
            found[one.name] = {entry.indices[:depth] for entry in one.value}
    return found


def _require_some_value(function: Definition, context: Context, witness: Model) -> None:
    """A function that is undefined wherever it is tried is none: ``f(t) = \\sqrt{a} t`` is said of an a ≥ 0."""
    tried = list(arguments(function))
    for values in tried:
        with suppress(Undefined):
            with suppress(Beyond, TooWide):
                enclose(Apply(function.name, tuple(map(rational, values))), context, witness)
            return
    if tried:
        raise Undefined(f"{function.name} has no value where it was tried")


def _concrete_for_functions(claim: Claim, witness: Model) -> Context:
    """The exhibited functions as definitions, of which the facts of the context are proved."""
    if any(isinstance(d.sort, (Vector, MatrixOf)) for d in claim.context.declarations):
        raise Beyond("what is assumed of functions, vectors or matrices is not shown at a counterexample")
    return proved_context(claim, witness)


def _failing(statement: Statement, context: Context, witness: Model) -> Decision | None:
    """The relation that certainly fails at the witness and takes the statement with it."""
    match statement:
        case Relation():
            return _unless_true(settle(statement, context, witness))
        case ForEach(index, lower, upper, body):
            mentioned = (free_names(body.left) | free_names(body.right)) - {index}
            if index in names_reached(mentioned, context):
                raise Beyond("a definition that mentions the index")
            values = _whole_range(lower, upper, context, witness)
            found = [_instance_settled(_instance(body, index, integer(value)), context, witness) for value in values]
            return next((one for one in found if _unless_true(one)), None)
        case Implies(Relation() as premise, conclusion):
            return _failing(conclusion, context, witness) if decide(premise, context, witness) is True else None
        case Equivalent(Relation() as one, Relation() as other):
            found_one, found_other = settle(one, context, witness), settle(other, context, witness)
            if found_one is None or found_other is None or found_one.truth == found_other.truth:
                return None
            return _unless_true(found_one) or found_other
        case Optimum():
            return _better_point(statement, context, witness)
        case UpToOrder():
            return _lower_term(statement, context, witness)
        case _:
            return None


def _unless_true(found: Decision | None) -> Decision | None:
    return None if found is None or found.truth else found


def _instance_settled(relation: Relation, context: Context, witness: Model) -> Decision | None:
    """Whether one instance holds; raises where a side has no value, as the statement is defined only where all have."""
    found = settle(relation, context, witness)
    if found is None:
        for side in (relation.left, relation.right):
            enclose(side, context, witness)
    return found


def _instance(relation: Relation, name: str, value: Term) -> Relation:
    return Relation(substitute(relation.left, name, value), relation.sign, substitute(relation.right, name, value))


def _whole_range(lower: Term, upper: Term, context: Context, witness: Model) -> range:
    ends = [enclose(end, context, witness) for end in (lower, upper)]
    if any(not isinstance(end, Interval) or end.low != end.high or end.low.denominator != 1 for end in ends):
        raise Beyond("an index range that is not a range of integers")
    low, high = (int(end.low) for end in ends if isinstance(end, Interval))
    if high - low > 1000:
        raise Beyond("an index range that is too long")
    return range(low, high + 1)


def _lower_term(claimed: UpToOrder, context: Context, witness: Model) -> Decision | None:
    """The sides' derivatives of the least order at 0 in which they differ, if it is below the claimed one.

    What is O(x^k) and j < k times differentiable at 0 has no term in x^j: Taylor with Peano's remainder.
    """
    for order in range(min(claimed.order, MOST_TERMS)):
        found = settle(_at_zero(claimed, order), context, witness)
        if found is None or not found.truth:
            return found and replace(found, order=order)
    return None


def _at_zero(claimed: UpToOrder, order: int) -> Relation:
    """The equation between the derivatives of that order at 0."""
    x = Name(claimed.variable)
    sides = (Derivative(side, x, order) if order else side for side in (claimed.left, claimed.right))
    left, right = (Evaluate(side, claimed.variable, ZERO) for side in sides)
    return Relation(left, "=", right)


def _better_point(optimum: Optimum, context: Context, witness: Model) -> Decision | None:
    """The witness gives the variable a value in the domain at which the objective is better than at the point."""
    other = next((a.value for a in witness.assignments if a.name == optimum.variable), None)
    if not isinstance(other, Fraction) or optimum.domain is None:
        return None
    value = rational(other)
    if any(decide(limit, context, witness) is not True for limit in optimum.domain.limits(value)):
        return None
    # Evaluation bars rather than substitution: they reach into definitions.
    at_point = Evaluate(optimum.objective, optimum.variable, optimum.point)
    at_other = Evaluate(optimum.objective, optimum.variable, value)
    claimed = Relation(at_point, "≥" if optimum.kind == "maximum" else "≤", at_other)
    return _unless_true(settle(claimed, context, witness))


def _enclosures(failing: Decision) -> Enclosures:
    """Both sides at the witness; of matrices, the first entries that differ."""
    left, right = failing.left, failing.right
    if isinstance(left, Interval) and isinstance(right, Interval):
        place = None if failing.order is None else (failing.order,)
        return (left.low, left.high), (right.low, right.high), place
    for n, rows in enumerate(zip(_rows(left, right), _rows(right, left), strict=True), 1):
        for k, (one, other) in enumerate(zip(*rows, strict=True), 1):
            if one.high < other.low or other.high < one.low:
                return (one.low, one.high), (other.low, other.high), (n, k)
    raise Beyond("matrices whose entries may be equal")


def _rows(value: Value, other: Value) -> tuple[tuple[Interval, ...], ...]:
    """The rows of a matrix; the number beside a matrix is a written 0."""
    if isinstance(value, tuple):
        return value
    assert isinstance(other, tuple)
    return tuple((value,) * len(row) for row in other)
