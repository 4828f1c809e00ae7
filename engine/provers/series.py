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
STEADY = fmpq(99, 100)
NEGLIGIBLE = fmpq(1, 2**50)


def add_up(term: Callable[[int], Scalar], first: int, weight: int) -> Scalar:
    """``Σ term(n)`` from ``first`` on; raises :class:`Unclear` where it does not settle soon."""
    total, sizes = arb(0), list[Scalar]()
    for n in range(first, first + MOST):
        spend(weight)
        value = arb(term(n))
        total += value
        sizes.append(abs(value).upper())
        rest = _rest(sizes[-LOOKED_BACK:]) if len(sizes) > FEWEST else None
        if rest is not None and rest < NEGLIGIBLE * (1 + abs(total)):
            return total + arb(0, 1) * rest.upper()
    raise Unclear("an infinite sum that does not settle")


def _rest(sizes: list[Scalar]) -> Scalar | None:
    """What is left behind the last terms if their sizes go on to fall nearly as they do."""
    if all(size == 0 for size in sizes):
        return arb(0)
    if any(size == 0 for size in sizes):
        return None
    ratio = max(later / before for before, later in pairwise(sizes))
    slower = (1 + ratio) / 2  # the ratios of r^n/n still grow
    return sizes[-1] * slower / (1 - slower) if ratio < STEADY else None
