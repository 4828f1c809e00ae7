"""What a term is worth at a point of its context, whether a relation holds there, and whether it is a point at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod

from engine.kernel.certificate import Model
from engine.kernel.enclosures import array, interval, jet
from engine.kernel.enclosures.array import Array, Inner
from engine.kernel.enclosures.evaluation import each, element_of, named, ranges_of, value_of
from engine.kernel.enclosures.interval import Beyond, Interval, Missing, Undefined, compared, point
from engine.kernel.enclosures.known import constant
from engine.kernel.enclosures.site import Site, site_at
from engine.meaning.context import Context, Declaration
from engine.meaning.sort import Family
from engine.meaning.statement import Definite, ForEach, Invertible, Relation, Sign, Statement
from engine.meaning.term import (
    INFINITY,
    ZERO,
    Apply,
    Element,
    Name,
    Negate,
    Number,
    Term,
    bound_name,
    children,
)

__all__ = [
    "Beyond",
    "Decision",
    "Interval",
    "Undefined",
    "Value",
    "decide",
    "enclose",
    "satisfies",
    "settle",
    "unevaluated_facts",
]

LADDER = (64, 256, 1024)
"""The precisions, in bits, at which a relation is tried in turn."""

LARGEST_DEFINITE = 5

Value = Interval | tuple[tuple[Interval, ...], ...]


def enclose(term: Term, context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> Value:
    """An interval, or a matrix of intervals, that contains the value of ``term`` at ``model``; rational values exactly.

    Raises :class:`Undefined` where a subterm certainly has no value over the reals, :class:`Beyond` with the reason
    where this arithmetic cannot say.

    >>> from engine.meaning.term import Power, integer, rational
    >>> enclose(Power(rational(Fraction(2, 3)), integer(2)), Context(), Model())
    Interval(least=4, most=4, over=9)
    """
    try:
        return _settled(value_of(term, site_at(context, model, bits, steps)))
    except RecursionError:
        raise Beyond("the term is nested too deeply") from None


def _settled(value: Inner) -> Value:
    return tuple(tuple(map(jet.leading, row)) for row in value) if isinstance(value, tuple) else jet.leading(value)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a relation holds at a point, and its two sides there, or their derivatives of an ``order``."""

    truth: bool
    left: Value
    right: Value
    order: int | None = None


def settle(
    relation: Relation, context: Context, model: Model, bits: int | None = None, steps: int = 200_000
) -> Decision | None:
    """Whether the relation certainly holds or certainly fails at the point, both sides being defined.

    ``None`` where this arithmetic cannot say, or where a side is not defined. ``≈`` before a literal with k shown
    decimals means ``|left - right| <= 10^-k / 2``. Without ``bits``, more and more precision is tried.
    """
    for precision in LADDER if bits is None else (bits,):
        try:
            at = site_at(context, model, precision, steps)
            left, right = value_of(relation.left, at), value_of(relation.right, at)
            answer = _compared(relation, left, right, at)
        except (Undefined, RecursionError):
            return None
        except Missing:
            return None
        except Beyond:
            continue
        if answer is not None:
            return Decision(answer, _settled(left), _settled(right))
    return None


def decide(
    relation: Relation, context: Context, model: Model, bits: int | None = None, steps: int = 200_000
) -> bool | None:
    """The truth that :func:`settle` finds."""
    found = settle(relation, context, model, bits, steps)
    return found.truth if found is not None else None


def _decide(relation: Relation, at: Site) -> bool | None:
    return _compared(relation, value_of(relation.left, at), value_of(relation.right, at), at)


def _compared(relation: Relation, left: Inner, right: Inner, at: Site) -> bool | None:
    if relation.sign == "≈":
        return _is_close(constant(left), constant(right), _shown_places(relation.right), at)
    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return compared(constant(left), relation.sign, constant(right))
    left, right = _zeros(relation.left, left, right), _zeros(relation.right, right, left)
    return _compared_matrices(array.array(left), relation.sign, array.array(right))


def _zeros(side: Term, value: Inner, other: Inner) -> Inner:
    """The value of a side; a written 0 beside a matrix is the zero matrix."""
    if side == ZERO and isinstance(other, tuple):
        return tuple((point(0),) * len(row) for row in other)
    return value


def _compared_matrices(x: Array, sign: Sign, y: Array) -> bool | None:
    if sign not in ("=", "≠") or array.shape(x) != array.shape(y):
        return None
    pairs = zip(sum(x, ()), sum(y, ()), strict=True)
    entries = [compared(constant(a), "=", constant(b)) for a, b in pairs]
    equal = False if False in entries else None if None in entries else True
    return equal if sign == "=" or equal is None else not equal


def _shown_places(term: Term) -> int:
    match term:
        case Number(_, places) | Negate(Number(_, places)):
            return places
        case _:
            raise Beyond("≈ needs a literal on its right")


def _is_close(x: Interval, y: Interval, places: int, at: Site) -> bool | None:
    distance = jet.leading(jet.absolute(interval.subtract(x, y, at.bits)))
    return compared(distance, "≤", point(Fraction(1, 2 * 10**places)))


def satisfies(context: Context, model: Model, bits: int = 64, steps: int = 200_000) -> bool:
    """Whether the point certainly lies in the context: every declared name has a value of its sort, and every fact
    that is a relation holds. The other facts are :func:`unevaluated_facts`, for the caller to prove."""
    try:
        at = site_at(context, model, bits, steps)
        for declaration in context.declarations:
            _require_value(declaration, at)
        return all(_holds(f, at) for f in context.facts)
    except (Beyond, Undefined, RecursionError):
        return False


def unevaluated_facts(context: Context) -> tuple[Statement, ...]:
    """The facts that :func:`satisfies` does not look at, in their order."""
    return tuple(fact for fact in context.facts if not isinstance(fact, Relation | ForEach | Invertible | Definite))


def _require_value(declaration: Declaration, at: Site) -> None:
    """The point gives the name a value of its sort; otherwise one of the two exceptions is raised."""
    name, sort = declaration.name, declaration.sort
    if not isinstance(sort, Family):
        named(name, at)
        return
    for indices in _places(name, sort, at):
        element_of(name, indices, at)


def _places(family: str, sort: Family, at: Site) -> Iterable[tuple[int, ...]]:
    ranges = ranges_of(family, sort, at)
    if None in ranges:
        # On all integers the point names finitely many; the others may be anything, and no fact here reads them.
        return {indices[: len(ranges)] for indices in at.cells.get(family, {})}
    finite = [r for r in ranges if r is not None]
    at.meter.spend(prod(max(0, r.stop - r.start) for r in finite))
    return product(*finite)


def _holds(fact: Statement, at: Site) -> bool:
    match fact:
        case Relation():
            return _decide(fact, at) is True
        case Invertible(matrix):
            return _decide(Relation(Apply("det", (matrix,)), "≠", ZERO), at) is True
        case Definite(matrix, strict):
            return _is_definite(array.array(value_of(matrix, at)), strict, at)
        case ForEach(index, Negate(lower), upper, body) if lower == upper == INFINITY:
            return _holds_everywhere(index, body, at)
        case ForEach(index, lower, upper, body):
            return all(_decide(body, inner) is True for inner in each(index, lower, upper, at))
        case _:
            return True


def _is_definite(matrix: Array, strict: bool, at: Site) -> bool:
    """Symmetric, with positive leading principal minors, or with no negative principal minor (Sylvester)."""
    rows, columns = array.shape(matrix)
    entries = [[constant(entry) for entry in row] for row in matrix]
    if rows != columns or rows > LARGEST_DEFINITE or not all(e.exact for row in entries for e in row):
        raise Beyond("definiteness of a matrix that is large, not square or not known exactly")
    if any(entries[i][j] != entries[j][i] for i in range(rows) for j in range(i)):
        return False
    leading = [tuple(range(size)) for size in range(1, rows + 1)]
    chosen = leading if strict else [c for size in range(1, rows + 1) for c in combinations(range(rows), size)]
    minors = [tuple(tuple(matrix[i][j] for j in places) for i in places) for places in chosen]
    sign = ">" if strict else "≥"
    return all(compared(constant(array.determinant(minor, at.bits)), sign, point(0)) is True for minor in minors)


def _holds_everywhere(index: str, body: Relation, at: Site) -> bool:
    """A fact about all integers: it holds at every index at which the point names members.

    The members at all other indices may be those at one of these again, as the fact speaks of one index at a time.
    """
    families = {family for side in (body.left, body.right) for family in _families_at(side, Name(index))}
    named_places = [_places_named(family, at) for family in families]
    common = set[tuple[int, ...]].intersection(*named_places) if named_places else set()
    if not common or any(places != common for places in named_places) or any(len(place) != 1 for place in common):
        raise Beyond("a fact about all integers that speaks of more than the members at its index")
    return all(_decide(body, at.binding(index, point(place), "index")) is True for (place,) in common)


def _places_named(family: str, at: Site) -> set[tuple[int, ...]]:
    sort, cells = at.meaning(family), at.cells.get(family)
    if not isinstance(sort, Family) or sort.ranges != (None,) or cells is None:
        raise Beyond("a fact about all integers and a family that does not have them")
    return {indices[:1] for indices in cells}


def _families_at(term: Term, index: Name) -> set[str]:
    """The families of which the term speaks at the index; it must not mention the index anywhere else."""
    match term:
        case Element(family, (at,)) if at == index:
            return {family}
        case Name() if term == index:
            raise Beyond("a fact about all integers that speaks of its index itself")
        case _:
            if bound_name(term) == index.name:
                raise Beyond("a fact about all integers that binds its index again")
            return set().union(*(_families_at(part, index) for part in children(term)))
