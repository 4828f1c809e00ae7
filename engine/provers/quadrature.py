"""Integrals over a closure, by the double exponential rule (Takahasi and Mori, Publ. RIMS 9 (1974), 721-741).

x = φ(t) with φ' falling doubly exponentially, and the trapezoidal rule in t, whose step is halved until two sums
agree. It takes integrable singularities at the ends and infinite ends. The radius of the result is an estimate and
not an enclosure: enough for an instance that may veto, never for a proof.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from operator import itemgetter
from typing import Literal

from flint import arb, ctx, fmpq

from engine.provers.budget import spend
from engine.provers.no_value import Unclear, Undef
from engine.provers.scalar import Scalar

Integrand = Callable[[list[Scalar]], list[Scalar]]
Kind = Literal["finite", "ray", "line"]
Node = tuple[Scalar, Scalar, float]
"""Place, weight, and how far out it lies in t."""
Term = tuple[Scalar, Scalar, Scalar, Scalar, float]
"""Of one node: its place, the value of the integrand, what that adds to the sum, the size of this, and |t|."""

NODE_BITS = 160
"""Nodes lie as close as 2^-124 to a finite end, where the distance must still be known."""
FARTHEST: dict[Kind, Scalar] = {"finite": fmpq(4), "ray": fmpq(9, 2), "line": fmpq(9, 2)}
SURE = 2.5
"""Up to here in t no node of the first levels is left out: a far, narrow peak must not be missed."""
FIRST_LEVELS = 2
QUIET = 0.5
"""So much farther out in t than the first levels saw anything that matters, the next ones still look."""
LEVELS = 8
AGREEMENT = fmpq(1, 2**26)
COARSE = fmpq(1, 2**16)
ROUNDING = fmpq(1, 2**40)
NEGLIGIBLE = fmpq(1, 2**60)
SETTLED = fmpq(1, 2**28)
STEPS_OF_AN_EVALUATION = 10
AT_ONCE = 4
PEAK_LEVEL = 3
FEW = 8
THIRDS = 60

_coarse: ContextVar[bool] = ContextVar("coarse", default=False)


def integrate(body: Integrand, lower: Scalar | None, upper: Scalar | None, nested: bool = False) -> Scalar:
    """``∫ body`` between the bounds; ``None`` is the infinite one. Raises :class:`Unclear` without convergence.

    ``nested``: the body integrates itself. Such integrals, outside and inside, are coarser: they take the product of
    their nodes.
    """
    if lower is None and upper is not None:
        return integrate(_mirrored(body), -upper, None, nested)
    kind: Kind = "line" if lower is None else "ray" if upper is None else "finite"
    with ctx.workprec(max(ctx.prec, NODE_BITS)), _coarsely(nested or _coarse.get()):
        start = arb(0) if lower is None else arb(lower)
        width = arb(1) if upper is None else arb(upper) - start
        if width.is_zero():
            return fmpq(0)
        return _refined(body, kind, start, width)


@contextmanager
def _coarsely(coarse: bool) -> Iterator[None]:
    outer = _coarse.set(coarse)
    try:
        yield
    finally:
        _coarse.reset(outer)


def _mirrored(body: Integrand) -> Integrand:
    return lambda nodes: body([-x for x in nodes])


def _refined(body: Integrand, kind: Kind, start: Scalar, width: Scalar, split: bool = True) -> Scalar:
    total, before = arb(0), arb(0)
    sides: dict[int, list[Term]] = {1: [], -1: []}
    reach = {1: SURE, -1: SURE}
    peak_level, agreement = (PEAK_LEVEL - 1, COARSE) if _coarse.get() else (PEAK_LEVEL, AGREEMENT)
    for level in range(LEVELS):
        # A level adds the nodes between those that there are; the sum of those has half the weight now.
        new = {s: _side(body, kind, _nodes(kind, level, s), s, start, width, reach[s]) for s in sides}
        sides = {s: sides[s] + new[s] for s in sides}
        terms = sides[1] + sides[-1]
        total = total / 2 + width * sum([part for s in sides for _, _, part, _, _ in new[s]], arb(0))
        if level >= peak_level - 1:
            few = split and level <= peak_level and _is_peak(terms)
            if few and level == peak_level:
                return _from_summit(body, kind, start, width, terms)
            change = abs(total.mid() - before.mid())
            if not few and change < agreement * (1 + abs(total)):
                # Each halving doubles the digits, so that the change is far above what is left of the error.
                return total.mid() + arb(0, 1) * (total.rad() + change + ROUNDING * (1 + abs(total))).upper()
        if level + 1 >= FIRST_LEVELS:
            largest = max([size for _, _, _, size, _ in terms])
            reach = {s: _reach(sides[s], largest) for s in sides}
        before = total
    raise Unclear("an integral that does not settle")


def _reach(side: list[Term], largest: Scalar) -> float:
    if largest.is_zero():
        return SURE
    return QUIET + max((t for _, _, _, size, t in side if size > NEGLIGIBLE * largest), default=0.0)


def _side(
    body: Integrand, kind: Kind, nodes: tuple[Node, ...], side: int, start: Scalar, width: Scalar, reach: float
) -> list[Term]:
    """The terms of the new nodes on one side, from the middle outwards as far as ``reach`` and then until they stop
    to matter."""
    from_end = side > 0 and kind == "finite"
    origin, direction = (start + width, -width) if from_end else (start, width)
    near = bisect_right(nodes, reach, key=itemgetter(2))
    terms = _terms(body, nodes[:near], origin, direction)
    largest = max([size for _, _, _, size, _ in terms], default=arb(0))
    farther = _one_after_the_other(body, nodes[near:], origin, direction)
    while len(terms) < 2 or any(size > NEGLIGIBLE * largest for _, _, _, size, _ in terms[-2:]):
        term = next(farther, None)
        if term is None:
            break
        terms.append(term)
        largest = max(largest, term[3])
    else:
        return terms
    last = terms[-1][2]
    if not (last.is_zero() or abs(last) < SETTLED * largest):
        raise Unclear("an improper integral that does not converge here")
    return terms


def _one_after_the_other(body: Integrand, nodes: tuple[Node, ...], origin: Scalar, direction: Scalar) -> Iterator[Term]:
    """The terms as they are asked for. A few nodes cost hardly more than one, except where an integral is nested."""
    count = 1 if _coarse.get() else AT_ONCE
    for n in range(0, len(nodes), count):
        few = nodes[n : n + count]
        try:
            terms = _terms(body, few, origin, direction)
        except Undef:  # perhaps at a node that nobody asks for
            for node in few:
                yield from _terms(body, (node,), origin, direction)
        else:
            yield from terms


def _terms(body: Integrand, nodes: tuple[Node, ...], origin: Scalar, direction: Scalar) -> list[Term]:
    spend(STEPS_OF_AN_EVALUATION * len(nodes))
    places = [origin + direction * place for place, _, _ in nodes]
    parts = [(x, y, y * node[1], node[2]) for x, y, node in zip(places, map(arb, body(places)), nodes, strict=True)]
    return [(x, y, part, abs(part).mid(), t) for x, y, part, t in parts]


def _is_peak(terms: list[Term]) -> bool:
    """Whether so few nodes carry the sum that the rest of a peak may lie between them."""
    sizes = [size for _, _, _, size, _ in terms]
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
    return after + _refined(_mirrored(body), "ray", -summit, arb(1), False)


def _summit(body: Integrand, terms: list[Term]) -> Scalar:
    """Where the integrand is largest, between the neighbours of the largest term, by thirds."""
    top = max(range(len(terms)), key=lambda k: abs(terms[k][1]).mid())
    low, high = terms[max(top - 1, 0)][0].mid(), terms[min(top + 1, len(terms) - 1)][0].mid()
    for _ in range(THIRDS):
        spend(2 * STEPS_OF_AN_EVALUATION)
        third = (high - low).mid() / 3
        left, right = (low + third).mid(), (high - third).mid()
        at_left, at_right = (abs(arb(y)).mid() for y in body([left, right]))
        low, high = (left, high) if at_left < at_right else (low, right)
    return ((low + high) / 2).mid()


@lru_cache(maxsize=64)
def _nodes(kind: Kind, level: int, side: int) -> tuple[Node, ...]:
    """The nodes of a level on one side, from the middle outwards; in a finite range the place is seen from its end."""
    step = fmpq(1, 2 ** (level + 1))
    first = (0 if side > 0 else 1) if level == 0 else 1
    with ctx.workprec(NODE_BITS + 32):
        last = int(FARTHEST[kind] / step)
        return tuple(_node(kind, k * step, side, step) for k in range(first, last + 1, 1 if level == 0 else 2))


def _node(kind: Kind, t: Scalar, side: int, step: Scalar) -> Node:
    half_pi, at, far = arb.pi() / 2, arb(t), float(arb(t))
    sinh, slope = half_pi * at.sinh(), half_pi * at.cosh() * step
    if kind == "finite":
        near = 1 / (1 + (2 * sinh).exp())
        return near, 2 * slope * near * (1 - near), far
    if kind == "ray":
        place = (side * sinh).exp()
        return place, slope * place, far
    return side * sinh.sinh(), slope * sinh.cosh(), far
