"""Infinite sums over a closure, added up until what is left is small by the ratios of the last terms.

The radius of the result is an estimate and not an enclosure: enough for an instance that may veto, never for a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from flint import arb, fmpq

from engine.provers.budget import spend
from engine.provers.no_value import Unclear
from engine.provers.scalar import Scalar

FEWEST = 16
MOST = 1500
LOOKED_BACK = 6
TURN = 8
"""After so many terms, what is left is looked at again."""
STANDING = fmpq(255, 256)
"""Ratios that fall by less in a turn are taken to stand: those of r^n do, those of x^n/n! fall for long."""
STEADY = fmpq(99, 100)
NEGLIGIBLE = fmpq(1, 2**36)


def add_up(term: Callable[[int], Scalar], first: int, weight: int) -> Scalar:
    """``Σ term(n)`` from ``first`` on; raises :class:`Unclear` where it does not settle soon."""
    total, before = arb(0), None
    for turn in range(MOST // TURN):
        spend(TURN * weight)
        values = [arb(term(n)) for n in range(first + turn * TURN, first + (turn + 1) * TURN)]
        total = sum(values, total)
        sizes = [abs(value).upper() for value in values[-LOOKED_BACK:]]
        if (turn + 1) * TURN <= FEWEST:
            continue
        ratio, small = _ratio(sizes), NEGLIGIBLE * (1 + abs(total))
        rest = None if ratio is None else _rest(sizes[-1], ratio)
        if rest is not None and rest < small:
            return total + arb(0, 1) * rest.upper()
        left = MOST - (turn + 1) * TURN
        if ratio is not None and before is not None and ratio > STANDING * before and sizes[-1] * ratio**left > small:
            break
        before = ratio
    raise Unclear("an infinite sum that does not settle")


def _ratio(sizes: list[Scalar]) -> Scalar | None:
    """The largest ratio of one term and the one before; of terms that are 0 it is 0."""
    if all(size == 0 for size in sizes):
        return arb(0)
    if any(size == 0 for size in sizes):
        return None
    return max(later / before for before, later in pairwise(sizes))


def _rest(last: Scalar, ratio: Scalar) -> Scalar | None:
    """What is left behind the last term if the sizes go on to fall nearly as they do."""
    slower = (1 + ratio) / 2  # the ratios of r^n/n still grow
    return last * slower / (1 - slower) if ratio < STEADY else None
