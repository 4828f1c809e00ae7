"""Which natural number to go by induction over, from where, and by which factor: the number ends a sum or product."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.kernel.certificate import ByTheorem, Proof, SignCalculus
from engine.kernel.theorems.table import obligations
from engine.kernel.unproved import Unproved
from engine.meaning.context import Context
from engine.meaning.sort import Integer
from engine.meaning.statement import Relation, Statement
from engine.meaning.term import (
    ONE,
    Add,
    Apply,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Term,
    children,
    free_names,
    integer,
    substitute,
)
from engine.provers.no_value import NoEval, Undef
from engine.provers.unfold import unfold

Leaf = Callable[[Context, Statement], Proof | None]
"""A proof of a statement without induction that the kernel accepts, if there is one."""

DEEPEST = 3
MOST_LEAVES = 20
LARGEST = 300
"""The nodes of an equation that is still worth a further induction: each step has about three times as many."""

MOST_STARTS = 8
MOST_SMALL_STARTS = 5


class _Spent(Exception):
    """Enough was tried."""


def inductions(context: Context, goal: Statement, leaf: Leaf) -> Iterator[Proof]:
    """Proofs by induction, each premise of which the leaf or another induction proves; the shallowest first."""
    known: dict[tuple[Context, Statement], Proof | None] = {}

    def once(where: Context, what: Statement) -> Proof | None:
        if (where, what) not in known:
            if len(known) >= MOST_LEAVES:
                raise _Spent
            known[where, what] = leaf(where, what)
        return known[where, what]

    try:
        for depth in range(1, DEEPEST + 1):
            yield from _inductions(context, goal, once, depth)
    except _Spent:
        return


def _inductions(context: Context, goal: Statement, leaf: Leaf, depth: int) -> Iterator[Proof]:
    if not isinstance(goal, Relation) or goal.sign != "=" or depth == 0 or _size(goal) > LARGEST:
        return
    try:
        sides = unfold(goal.left, context), unfold(goal.right, context)
    except (NoEval, Undef):
        return
    for name in _ends(sides, context):
        for sketch in _sketches(context, sides, name):
            premises = _premises(context, goal, sketch, leaf, depth)
            if premises is not None:
                yield ByTheorem("induction", sketch, premises)


def inequality_inductions(context: Context, goal: Relation) -> Iterator[ByTheorem]:
    """Bernoulli's inequality and its kin: over an integer in an exponent or a factorial, each premise by its sign."""
    growths = list(dict.fromkeys(found for side in (goal.left, goal.right) for found in _growths(side, context)))
    for name in dict.fromkeys(name for name, _ in growths):
        least = _least(context, name)
        if least is None or _size(goal) > LARGEST:
            continue
        for last in range(least, least + MOST_SMALL_STARTS):
            for factor in (growth for other, growth in growths if other == name):
                premises = (SignCalculus(),) * (last - least + 4)
                yield ByTheorem("induction", (Name(name), integer(least), integer(last), factor), premises)


def _growths(term: Term, context: Context) -> Iterator[tuple[str, Term]]:
    """The factor by which b^n or n! grows when n does, for a declared integer n."""
    match term:
        case Power(base, exponent) if not free_names(base) & free_names(exponent):
            names = (name for name in sorted(free_names(exponent)) if isinstance(context.sort_of(name), Integer))
            yield from ((name, base) for name in names)
        case Apply("factorial", (Name(name),)) if isinstance(context.sort_of(name), Integer):
            yield name, Add((Name(name), ONE))
    for part in children(term):
        yield from _growths(part, context)


def _size(goal: Relation) -> int:
    waiting, count = [goal.left, goal.right], 0
    while waiting and count <= LARGEST:
        count += 1
        waiting += children(waiting.pop())
    return count


def _premises(
    context: Context, goal: Statement, sketch: tuple[Term, ...], leaf: Leaf, depth: int
) -> tuple[Proof, ...] | None:
    found: list[Proof] = []
    try:
        wanted = obligations("induction", context, goal, sketch)
    except Unproved:
        return None
    for hypothesis in wanted:
        where, what = hypothesis.context, hypothesis.statement
        start = isinstance(what, Relation) and what.sign == "≥"
        proof = SignCalculus() if start else leaf(where, what) or next(_inductions(where, what, leaf, depth - 1), None)
        if proof is None:
            return None
        found.append(proof)
    return tuple(found)


def _ends(sides: tuple[Term, Term], context: Context) -> list[str]:
    """The declared integers in upper bounds, the outermost first."""
    found = dict.fromkeys(name for side in sides for big in _bigs(side) for name in sorted(free_names(big.upper)))
    return [name for name in found if isinstance(context.sort_of(name), Integer)]


def _bigs(term: Term) -> Iterator[Sum | Product]:
    if isinstance(term, Sum | Product):
        yield term
    for part in children(term):
        yield from _bigs(part)


def _sketches(context: Context, sides: tuple[Term, Term], name: str) -> Iterator[tuple[Term, ...]]:
    bigs = [(big, beyond) for side in sides for big in _bigs(side) if (beyond := _beyond(big.upper, name)) is not None]
    for first, last in _starts(context, bigs, name):
        for factor in _factors(bigs, name):
            yield Name(name), first, last, factor


def _beyond(upper: Term, name: str) -> int | None:
    """The c of an upper bound N + c."""
    match upper:
        case Name(end) if end == name:
            return 0
        case Add((Name(end), Number(value))) if end == name:
            return int(value)
        case Add((Name(end), Negate(Number(value)))) if end == name:
            return -int(value)
        case _:
            return None


def _starts(context: Context, bigs: list[tuple[Sum | Product, int]], name: str) -> Iterator[tuple[Term, Term]]:
    """From the least value that is known up to it; where sums begin or end later, the first value at which none
    of them is empty or ends below 0."""
    for fact in context.facts:
        match fact:
            case Relation(Name(upper), "≥", Name() as low) | Relation(Name() as low, "≤", Name(upper)):
                if upper == name:
                    yield low, low
    least = _least(context, name)
    if least is not None:
        firsts = [int(big.lower.value) - beyond - 1 for big, beyond in bigs if isinstance(big.lower, Number)]
        not_negative = (-beyond for _, beyond in bigs)
        for last in sorted({least, max(firsts, default=least), max(not_negative, default=least)}):
            if least <= last < least + MOST_STARTS:
                yield integer(least), integer(last)


def _least(context: Context, name: str) -> int | None:
    sort = context.sort_of(name)
    known = [sort.least] if isinstance(sort, Integer) else []
    for fact in context.facts:
        match fact:
            case Relation(Name(upper), (("≥" | ">") as sign), Number(value)) if upper == name:
                known.append(int(value) + (sign == ">"))
            case Relation(Number(value), (("≤" | "<") as sign), Name(upper)) if upper == name:
                known.append(int(value) + (sign == "<"))
    return max((least for least in known if least is not None), default=None)


def _factors(bigs: list[tuple[Sum | Product, int]], name: str) -> Iterator[Term]:
    """1 for sums; for products their next factor."""
    after = [
        substitute(big.body, big.index, Add((Name(name), integer(beyond + 1))))
        for big, beyond in bigs
        if isinstance(big, Product)
    ]
    yield from dict.fromkeys(after)
    if len(after) > 1:
        yield Multiply(tuple(after))
    yield ONE
