"""Signs as sets: what is known of a real number is the set of signs that it may have."""

from __future__ import annotations

from functools import cache

Sign = frozenset[int]

ANY: Sign = frozenset((-1, 0, 1))
POSITIVE: Sign = frozenset((1,))
NEGATIVE: Sign = frozenset((-1,))
ZERO: Sign = frozenset((0,))
NOT_NEGATIVE: Sign = frozenset((0, 1))
NOT_POSITIVE: Sign = frozenset((-1, 0))
NONZERO: Sign = frozenset((-1, 1))

OF_RELATION: dict[str, Sign] = {
    "=": ZERO,
    "≠": NONZERO,
    "<": NEGATIVE,
    "≤": NOT_POSITIVE,
    ">": POSITIVE,
    "≥": NOT_NEGATIVE,
}
"""The signs of ``left - right`` by the sign of the relation."""


@cache
def product(a: Sign, b: Sign) -> Sign:
    return frozenset(x * y for x in a for y in b)


@cache
def total(a: Sign, b: Sign) -> Sign:
    """Signs of a sum: opposite signs may give anything."""
    if 1 in a and -1 in b or -1 in a and 1 in b:
        return ANY
    return frozenset(x or y for x in a for y in b)


def of_number(value: object) -> Sign:
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ZERO  # type: ignore[operator]


def opposite(a: Sign) -> Sign:
    return frozenset(-x for x in a)


def power(base: Sign, numerator: int, denominator: int) -> Sign:
    """Signs of ``base ** (numerator / denominator)`` where that is defined (so a negative power has base ≠ 0)."""
    if denominator != 1:
        base &= NOT_NEGATIVE
    if numerator < 0:
        base -= ZERO
    if denominator == 1 and numerator % 2 == 0:
        return frozenset(x * x for x in base)
    return base
