"""Rational roots of equations, by exact probing."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from engine.provers.ball import NoEval, Undef
from engine.provers.scalar import Scalar, is_exact

PROBES = tuple(fmpq(*q) for q in ((1, 1), (2, 1), (3, 1), (7, 2)))


def rational_root(gap: Callable[[Scalar], Scalar]) -> Scalar | None:
    """A root of ``gap`` where ``v^p gap(v)`` is affine in v for p = 0, 1 or 2; ``None`` where it is none.

    >>> rational_root(lambda v: 3 / v - 4)
    3/4
    """
    values = [_at(gap, v) for v in PROBES]
    if any(value is None or not is_exact(value) for value in values):
        return None
    for power in range(3):
        scaled = [v**power * value for v, value in zip(PROBES, values, strict=True)]
        root = _affine_root(scaled)
        if root is not None and (found := _at(gap, root)) is not None and is_exact(found) and found == 0:
            return root
    return None


def _affine_root(values: list[Scalar]) -> Scalar | None:
    first, second, *rest = values
    slope = second - first
    straight = all(first + slope * (v - 1) == value for v, value in zip(PROBES[2:], rest, strict=True))
    return 1 - first / slope if straight and slope != 0 else None


def _at(gap: Callable[[Scalar], Scalar], value: Scalar) -> Scalar | None:
    try:
        return gap(value)
    except (Undef, NoEval):
        return None
