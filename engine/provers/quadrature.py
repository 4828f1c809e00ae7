"""Integrals over a closure, by the double exponential rule (Takahasi and Mori, Publ. RIMS 9 (1974), 721-741).

x = φ(t) with φ' falling doubly exponentially, and the trapezoidal rule in t, whose step is halved until two sums
agree. It takes integrable singularities at the ends and infinite ends. The radius of the result is an estimate and
not an enclosure: enough for an instance that may veto, never for a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal

from flint import arb, ctx, fmpq

from engine.provers.budget import spend
from engine.provers.no_value import Unclear
from engine.provers.scalar import Scalar

Integrand = Callable[[Scalar], Scalar]
Kind = Literal["finite", "ray", "line"]
Node = tuple[Scalar, Scalar, Scalar]
Term = tuple[Scalar, Scalar]

BITS = 160
"""Nodes lie as close as 2^-124 to a finite end, where the distance must still be known."""
FARTHEST: dict[Kind, Scalar] = {"finite": fmpq(4), "ray": fmpq(9, 2), "line": fmpq(9, 2)}
SURE = fmpq(5, 2)
"""Up to here in t no node is left out: a far, narrow peak must not be missed."""
LEVELS = 8
AGREEMENT = fmpq(1, 2**26)
COARSE = fmpq(1, 2**16)
ROUNDING = fmpq(1, 2**40)
NEGLIGIBLE = fmpq(1, 2**60)
SETTLED = fmpq(1, 2**28)
STEPS_OF_AN_EVALUATION = 10
PEAK_LEVEL = 3
FEW = 8
THIRDS = 60

_depth: ContextVar[int] = ContextVar("depth", default=0)


def integrate(body: Integrand, lower: Scalar | None, upper: Scalar | None) -> Scalar:
    """``∫ body`` between the bounds; ``None`` is the infinite one. Raises :class:`Unclear` without convergence."""
    if lower is None and upper is not None:
        return integrate(lambda x: body(-x), -upper, None)
    kind: Kind = "line" if lower is None else "ray" if upper is None else "finite"
    with ctx.workprec(max(ctx.prec, BITS)), _inside():
        start = arb(0) if lower is None else arb(lower)
        width = arb(1) if upper is None else arb(upper) - start
        if width.is_zero():
            return fmpq(0)
        return _refined(body, kind, start, width)


@contextmanager
def _inside() -> Iterator[None]:
    """One integral further in: those are coarser, as an integral of integrals takes the product of their nodes."""
    outer = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(outer)


def _refined(body: Integrand, kind: Kind, start: Scalar, width: Scalar, split: bool = True) -> Scalar:
    total, before, terms = arb(0), None, list[Term]()
    first, agreement = (PEAK_LEVEL, AGREEMENT) if _depth.get() == 1 else (PEAK_LEVEL - 1, COARSE)
    for level in range(LEVELS):
        # A level adds the nodes between those that there are; the sum of those has half the weight now.
        new = [term for side in (1, -1) for term in _side(body, kind, level, side, start, width)]
        terms += new
        total = total / 2 + sum((value for _, value in new), arb(0))
        if level == first and split and _is_peak(terms):
            return _from_summit(body, kind, start, width, terms)
        if before is not None and level >= first:
            change = abs(total.mid() - before.mid())
            if change < agreement * (1 + abs(total)):
                # Each halving doubles the digits, so that the change is far above what is left of the error.
                return total.mid() + arb(0, 1) * (total.rad() + change + ROUNDING * (1 + abs(total))).upper()
        before = total
    raise Unclear("an integral that does not settle")


def _side(body: Integrand, kind: Kind, level: int, side: int, start: Scalar, width: Scalar) -> list[Term]:
    """The terms of the new nodes on one side, from the middle outwards, until they stop to matter."""
    terms, largest, quiet, value = list[Term](), arb(0), 0, arb(0)
    for place, weight, t in _nodes(kind, level, side):
        spend(STEPS_OF_AN_EVALUATION)
        x = start + width * place if side < 0 or kind != "finite" else start + width - width * place
        value = arb(body(x)) * weight * width
        terms.append((x, value))
        size = abs(value).mid()
        largest = max(largest, size)
        quiet = quiet + 1 if size <= NEGLIGIBLE * largest else 0
        if quiet >= 2 and t > SURE:
            return terms
    if not (value.is_zero() or abs(value) < SETTLED * largest):
        raise Unclear("an improper integral that does not converge here")
    return terms


def _is_peak(terms: list[Term]) -> bool:
    """Whether so few nodes carry the sum that the rest of a peak may lie between them."""
    sizes = [abs(value).mid() for _, value in terms]
    least = max(sizes) / 1000
    return bool(least > 0) and sum(size > least for size in sizes) < FEW


def _from_summit(body: Integrand, kind: Kind, start: Scalar, width: Scalar, terms: list[Term]) -> Scalar:
    """The integral in two parts that meet at the peak, where nodes lie as close as needed."""
    summit = _summit(body, sorted(terms, key=lambda term: term[0].mid()))
    if kind == "finite":
        return _refined(body, "finite", start, summit - start, False) + _refined(
            body, "finite", summit, start + width - summit, False
        )
    after = _refined(body, "ray", summit, arb(1), False)
    if kind == "ray":
        return after + _refined(body, "finite", start, summit - start, False)
    return after + _refined(lambda x: body(-x), "ray", -summit, arb(1), False)


def _summit(body: Integrand, terms: list[Term]) -> Scalar:
    """Where the integrand is largest, between the neighbours of the largest term, by thirds."""
    sizes = [abs(arb(body(x))).mid() for x, _ in terms]
    top = max(range(len(sizes)), key=lambda k: sizes[k])
    low, high = terms[max(top - 1, 0)][0].mid(), terms[min(top + 1, len(terms) - 1)][0].mid()
    for _ in range(THIRDS):
        spend(2 * STEPS_OF_AN_EVALUATION)
        third = (high - low).mid() / 3
        left, right = (low + third).mid(), (high - third).mid()
        if abs(arb(body(left))).mid() < abs(arb(body(right))).mid():
            low = left
        else:
            high = right
    return ((low + high) / 2).mid()


@lru_cache(maxsize=64)
def _nodes(kind: Kind, level: int, side: int) -> tuple[Node, ...]:
    """Place, weight and |t| of the nodes of a level on one side; in a finite range the place is seen from its end."""
    step = fmpq(1, 2 ** (level + 1))
    first = (0 if side > 0 else 1) if level == 0 else 1
    with ctx.workprec(BITS + 32):
        count = int(FARTHEST[kind] / step)
        return tuple(_node(kind, k * step, side, step) for k in range(first, count + 1, 1 if level == 0 else 2))


def _node(kind: Kind, t: Scalar, side: int, step: Scalar) -> Node:
    half_pi, at = arb.pi() / 2, arb(t)
    sinh, slope = half_pi * at.sinh(), half_pi * at.cosh() * step
    if kind == "finite":
        near = 1 / (1 + (2 * sinh).exp())
        return near, 2 * slope * near * (1 - near), t
    if kind == "ray":
        place = (side * sinh).exp()
        return place, slope * place, t
    return side * sinh.sinh(), slope * sinh.cosh(), t
