"""Points of a context, drawn at random and kept where every fact holds; by the evaluator of :mod:`plain_value`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

from mpmath import mp, mpf

from engine.meaning.context import Context
from engine.meaning.sort import Family, Integer, MatrixOf, Real, Sort, Vector
from engine.meaning.statement import Definite, ForEach, Invertible, Relation, Statement
from engine.meaning.term import INFINITY, Name, Negate
from tests.soak.plain_value import DIGITS, Place, Undefined, Unknown, Value, value

_POOL = tuple(mpf(n) / d for n, d in ((1, 2), (1, 1), (2, 1), (3, 1), (1, 3), (3, 2), (2, 3), (5, 2), (1, 4), (4, 1)))
_AROUND = range(-3, 9)
ATTEMPTS = 400


def places(context: Context, dice: random.Random, count: int) -> Iterator[Place]:
    """At most ``count`` admissible places; raises :class:`Unknown` for a context that cannot be drawn from."""
    found = 0
    with mp.workdps(DIGITS):
        for attempt in range(ATTEMPTS):
            place = _drawn(context, dice, attempt)
            if place is not None and all(_holds(fact, place) for fact in context.facts):
                found += 1
                yield place
            if found >= count:
                return


def _drawn(context: Context, dice: random.Random, attempt: int) -> Place | None:
    place = Place(context, {}, {})
    later = []
    for declaration in context.declarations:
        match declaration.sort:
            case Integer(least):
                start = -2 if least is None else least
                place = place.with_value(declaration.name, mpf(start + dice.randrange(4)), integer=True)
            case Real():
                place = place.with_value(declaration.name, _number(dice, attempt))
            case sort:
                later.append((declaration.name, sort))
    try:
        for name, sort in later:
            place = _tensor(name, sort, place, dice, attempt)
    except Undefined:
        return None
    return place


def _number(dice: random.Random, attempt: int) -> Value:
    """Positive at first, of either sign later, and near the ends of (0, 1) at times."""
    size = dice.choice(_POOL)
    return -size if attempt % 3 == 2 and dice.random() < 0.5 else size


def _tensor(name: str, sort: Sort, place: Place, dice: random.Random, attempt: int) -> Place:
    match sort:
        case Vector(size):
            return place.with_value(name, _matrix(int(value(size, place)), 1, dice))
        case MatrixOf(rows, columns):
            found = _matrix(int(value(rows, place)), int(value(columns, place)), dice)
            if _is_definite(name, place.context):
                found = found.T * found + mp.eye(found.rows) if isinstance(found, mp.matrix) else abs(found)
            return place.with_value(name, found)
        case Family(ranges, element):
            spans = [_span(one, place) for one in ranges]
            members = {(name, at): _member(element, place, dice, attempt) for at in product(*spans)}
            return Place(place.context, place.values, {**place.members, **members}, place.whole)
        case _:
            raise Unknown(f"a value for {name}")


def _is_definite(name: str, context: Context) -> bool:
    return any(isinstance(fact, Definite) and fact.matrix == Name(name) for fact in context.facts)


def _matrix(rows: int, columns: int, dice: random.Random) -> Value:
    if rows < 1 or columns < 1:
        raise Undefined("an empty matrix")
    found = mp.matrix(
        [[mpf(dice.choice((-3, -2, -1, 1, 2, 3))) / dice.choice((1, 2)) for _ in range(columns)] for _ in range(rows)]
    )
    return found[0, 0] if rows == columns == 1 else found


def _span(one: object, place: Place) -> range:
    if one is None:
        return range(_AROUND.start, _AROUND.stop)
    low, high = value(one.lower, place), value(one.upper, place)  # type: ignore[attr-defined]
    return range(int(low), int(high) + 1)


def _member(element: object, place: Place, dice: random.Random, attempt: int) -> Value:
    match element:
        case Integer(least):
            return mpf((0 if least is None else least) + dice.randrange(3))
        case Vector(size):
            return _matrix(int(value(size, place)), 1, dice)
        case MatrixOf(rows, columns):
            return _matrix(int(value(rows, place)), int(value(columns, place)), dice)
        case _:
            return _number(dice, attempt)


def _holds(fact: Statement, place: Place) -> bool:
    match fact:
        case Relation():
            return _relation(fact, place)
        case ForEach(index, Negate(lower), upper, body) if lower == upper == INFINITY:
            return all(_relation(body, place.with_value(index, mpf(n), integer=True)) for n in _AROUND)
        case ForEach(index, lower, upper, body):
            span = range(int(value(lower, place)), int(value(upper, place)) + 1)
            return all(_relation(body, place.with_value(index, mpf(n), integer=True)) for n in span)
        case Definite(Name()):
            return True  # such a matrix was drawn
        case Invertible(matrix):
            found = value(matrix, place)
            return bool((mp.det(found) if isinstance(found, mp.matrix) else found) != 0)
        case _:
            raise Unknown(f"the fact {type(fact).__name__}")


def _relation(fact: Relation, place: Place) -> bool:
    try:
        left, right = value(fact.left, place), value(fact.right, place)
    except Undefined:
        return False
    if isinstance(left, mp.matrix) or isinstance(right, mp.matrix):
        return fact.sign == "=" and bool(isinstance(left, type(right)) and left == right)
    near = abs(left - right) < mpf(10) ** (8 - DIGITS) * (1 + abs(left) + abs(right))
    return {
        "=": near,
        "≠": not near,
        "<": left < right and not near,
        "≤": left < right or near,
        ">": left > right and not near,
        "≥": left > right or near,
    }.get(fact.sign, False)
