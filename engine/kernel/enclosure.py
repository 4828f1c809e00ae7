"""What a term is worth at a point of its context, whether a relation holds there, and whether it is a point at all."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from engine.kernel import array, interval, jet
from engine.kernel.array import Array
from engine.kernel.certificate import Entry, Model
from engine.kernel.evaluation import callee, choice_of, each, element_of, named, ranges_of, value_of
from engine.kernel.interval import Beyond, Interval, Undefined, point
from engine.kernel.known import constant
from engine.kernel.site import Meter, Site
from engine.meaning.context import Context, Declaration
from engine.meaning.sort import Family, Function, Integer
from engine.meaning.statement import ForEach, Relation, Sign, Statement
from engine.meaning.term import Add, Apply, Constant, Divide, Multiply, Name, Negate, Number, Power, Term, Transpose

__all__ = ["Beyond", "Interval", "Undefined", "Value", "decide", "enclose", "satisfies", "unevaluated_facts"]

Value = Interval | tuple[tuple[Interval, ...], ...]


def enclose(term: Term, context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> Value:
    """An interval, or a matrix of intervals, that contains the value of ``term`` at ``model``; rational values exactly.

    Raises :class:`Undefined` where a subterm certainly has no value over the reals, :class:`Beyond` with the reason
    where this arithmetic cannot say.

    >>> from engine.meaning.term import Power, integer, rational
    >>> enclose(Power(rational(Fraction(2, 3)), integer(2)), Context(), Model())
    Interval(low=Fraction(4, 9), high=Fraction(4, 9))
    """
    try:
        value = value_of(term, _site(context, model, bits, steps))
    except RecursionError:
        raise Beyond("the term is nested too deeply") from None
    return tuple(tuple(map(jet.leading, row)) for row in value) if isinstance(value, tuple) else jet.leading(value)


def _site(context: Context, model: Model, bits: int, steps: int) -> Site:
    assigned = {assignment.name: assignment.value for assignment in model.assignments}
    if len(assigned) != len(model.assignments):
        raise Beyond("the point gives two values to one name")
    return Site(context, assigned, bits, Meter(steps))


def decide(relation: Relation, context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> bool | None:
    """True where the relation certainly holds at the point, False where it certainly fails, both sides being defined.

    ``None`` where this arithmetic cannot say, or where a side is not defined. ``≈`` before a literal with k shown
    decimals means ``|left - right| <= 10^-k / 2``.
    """
    try:
        return _decide(relation, _site(context, model, bits, steps))
    except (Beyond, Undefined, RecursionError):
        return None


def _decide(relation: Relation, at: Site) -> bool | None:
    left, right = value_of(relation.left, at), value_of(relation.right, at)
    if relation.sign == "≈":
        return _is_close(constant(left), constant(right), _shown_places(relation.right), at)
    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return _compared(constant(left), relation.sign, constant(right))
    return _compared_matrices(array.array(left), relation.sign, array.array(right))


def _compared(x: Interval, sign: Sign, y: Interval) -> bool | None:
    match sign:
        case "=":
            return True if x.exact and x == y else None if x.low <= y.high and y.low <= x.high else False
        case "≠":
            equal = _compared(x, "=", y)
            return None if equal is None else not equal
        case "<":
            return True if x.high < y.low else False if x.low >= y.high else None
        case "≤":
            return True if x.high <= y.low else False if x.low > y.high else None
        case ">" | "≥":
            return _compared(y, "<" if sign == ">" else "≤", x)
        case _:
            return None


def _compared_matrices(x: Array, sign: Sign, y: Array) -> bool | None:
    if sign not in ("=", "≠") or array.shape(x) != array.shape(y):
        return None
    pairs = zip(sum(x, ()), sum(y, ()), strict=True)
    entries = [_compared(constant(a), "=", constant(b)) for a, b in pairs]
    equal = False if False in entries else None if None in entries else True
    return equal if sign == "=" or equal is None else not equal


def _shown_places(term: Term) -> int:
    match term:
        case Number(_, places) | Negate(Number(_, places)):
            return places
        case _:
            raise Beyond("≈ needs a literal on its right")


def _is_close(x: Interval, y: Interval, places: int, at: Site) -> bool | None:
    distance = jet.leading(jet.absolute(interval.subtract(x, y, at.bits), at.bits))
    return _compared(distance, "≤", point(Fraction(1, 2 * 10**places)))


def satisfies(context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> bool:
    """Whether the point certainly lies in the context: every declared name has a value of its sort, and every fact
    that is a relation holds. The other facts are :func:`unevaluated_facts`, for the caller to prove."""
    try:
        at = _site(context, model, bits, steps)
        return all(_inhabits(d, at) for d in context.declarations) and all(_holds(f, at) for f in context.facts)
    except (Beyond, Undefined, RecursionError):
        return False


def unevaluated_facts(context: Context) -> tuple[Statement, ...]:
    """The facts that :func:`satisfies` does not look at, in their order."""
    return tuple(fact for fact in context.facts if not isinstance(fact, Relation | ForEach))


def _inhabits(declaration: Declaration, at: Site) -> bool:
    """Whether the point gives the name a value of its sort; otherwise False, or one of the two exceptions."""
    name, sort = declaration.name, declaration.sort
    match sort:
        case Family():
            return _has_members(name, sort, at)
        case Function(_, result, smoothness):
            choice = choice_of(name, callee(name, at)[1], at)
            return not isinstance(result, Integer) and (smoothness is None or _is_smooth(choice.body))
        case _:
            return isinstance(named(name, at), Interval)


def _has_members(family: str, sort: Family, at: Site) -> bool:
    ranges = ranges_of(family, sort, at)
    given = at.assigned.get(family)
    entries = tuple(e.indices for e in given if isinstance(e, Entry)) if isinstance(given, tuple) else ()
    if None in ranges:
        # On all integers the point names finitely many; the others may be anything, and no fact here reads them.
        return all(isinstance(element_of(family, indices, at), Interval) for indices in entries)
    finite = [r for r in ranges if r is not None]
    at.meter.spend(prod(max(0, r.stop - r.start) for r in finite))
    return all(isinstance(element_of(family, indices, at), Interval) for indices in product(*finite))


def _holds(fact: Statement, at: Site) -> bool:
    match fact:
        case Relation():
            return _decide(fact, at) is True
        case ForEach(index, lower, upper, body):
            return all(_decide(body, inner) is True for inner in each(index, lower, upper, at))
        case _:
            return True


def _is_smooth(body: Term) -> bool:
    """Whether a term is infinitely differentiable everywhere, as far as its syntax shows."""
    match body:
        case Number() | Name() | Constant("pi" | "e"):
            return True
        case Add(parts) | Multiply(parts) | Apply("exp", parts):
            return all(map(_is_smooth, parts))
        case (
            Negate(part)
            | Transpose(part)
            | Power(Constant("e"), part)
            | Power(part, Number(Fraction(denominator=1), 0))
        ):
            return _is_smooth(part)
        case Divide(part, Number(value)):
            return value != 0 and _is_smooth(part)
        case _:
            return False
