"""Rational roots of equations, by exact probing."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from flint import fmpq

from engine.provers import array
from engine.provers.array import Value
from engine.provers.ball import NoEval, Undef
from engine.provers.scalar import Scalar, is_exact, sqrt

PROBES = tuple(fmpq(*q) for q in ((1, 1), (2, 1), (3, 1), (7, 2)))


def rational_root(gap: Callable[[Scalar], Scalar]) -> Scalar | None:
    """A root of ``gap`` where ``v^p gap(v)`` is affine in v for p = 0, 1 or 2, or in v² for p = 0, 2 or 4.

    ``None`` where that is not so, or the root is not rational.

    >>> rational_root(lambda v: 3 / v - 4)
    3/4
    >>> rational_root(lambda v: 9 / v**4 - 1 / v**2)
    3
    """
    values = [_at(gap, v) for v in PROBES]
    if any(value is None or not is_exact(value) for value in values):
        return None
    for degree, power in itertools.product((1, 2), range(3)):
        scaled = [v ** (degree * power) * value for v, value in zip(PROBES, values, strict=True)]
        root = _affine_root(scaled, degree)
        if root is not None and (found := _at(gap, root)) is not None and is_exact(found) and found == 0:
            return root
    return None


def _affine_root(values: list[Scalar], degree: int) -> Scalar | None:
    """The root of what is affine in v^degree, of which the value at 1 comes first."""
    (_, first), (at, second), *rest = zip((v**degree for v in PROBES), values, strict=True)
    slope = (second - first) / (at - 1)
    if slope == 0 or any(first + slope * (v - 1) != value for v, value in rest):
        return None
    found = 1 - first / slope
    if degree == 1:
        return found
    return sqrt(found) if found >= 0 and is_exact(sqrt(found)) else None


def affine_column(gap: Callable[[Value], Value], like: Value) -> Value | None:
    """The column, of the shape of ``like``, at which the affine function is 0; ``None`` where it is not the only one.

    >>> affine_column(lambda v: array.add(v, array.column([fmpq(1), fmpq(2)])), array.column([fmpq(0), fmpq(0)]))
    ((-1,), (-2,))
    """
    nothing = array.each(like, lambda _: fmpq(0))
    try:
        start = array.entries(gap(nothing))
        moves = [array.entries(gap(array.unit(like, row, 0))) for row in range(array.shape(like)[0])]
        slopes = array.transpose(array.array([b - a for a, b in zip(start, move, strict=True)] for move in moves))
        turned = array.transpose(slopes)
        square, wanted = array.multiply(turned, slopes), array.multiply(turned, array.column([-a for a in start]))
        found = array.multiply(array.inverse(square), wanted)
        rest = array.entries(gap(found))
    except (Undef, NoEval, ValueError):  # a zero matrix is one number
        return None
    return found if all(is_exact(value) and value == 0 for value in rest) else None


def _at(gap: Callable[[Scalar], Scalar], value: Scalar) -> Scalar | None:
    try:
        return gap(value)
    except (Undef, NoEval):
        return None
