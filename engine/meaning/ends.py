"""What counts: a name of which only ``N \\ge 2`` is given is a natural number where ``\\sum^N`` stands, and one of
which only ``k \\le n`` is given is a whole number from 0 on where ``k!`` or ``\\binom{n}{k}`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, Family, Integer, Real, Sort
from engine.meaning.statement import Relation
from engine.meaning.term import ZERO, Name
from engine.reading import tree
from engine.reading.tree import Node, spelling


def counting(
    context: Context, nodes: Iterable[Node], typed: frozenset[str], sizes: frozenset[str] = frozenset()
) -> Context:
    """The context in which the names that count in the nodes, and the ``sizes``, are whole numbers.

    A name of which its domain is ``typed`` keeps it. What ends a sum is at least 1, or 0 where it is given that it may
    be; what stands before ``!`` or in a binomial is at least 0.
    """
    read = tuple(nodes)
    ending, taken = (sizes | ends(read)) - typed, factorials(read) - typed

    def sort_of(name: str, sort: Sort) -> Sort:
        if isinstance(sort, Real):
            return _natural(name, context) if name in ending else Integer(0) if name in taken else sort
        if isinstance(sort, Family) and isinstance(sort.element, Real) and name in taken:
            return replace(sort, element=Integer(0))
        return sort

    declarations = tuple(replace(one, sort=sort_of(one.name, one.sort)) for one in context.declarations)
    return replace(context, declarations=declarations)


def _natural(name: str, context: Context) -> Integer:
    with_zero = Relation(Name(name), "≥", ZERO), Relation(ZERO, "≤", Name(name))
    return Integer(0) if any(fact in with_zero for fact in context.facts) else NATURAL


def factorials(nodes: Iterable[Node]) -> frozenset[str]:
    """The names before ``!`` and in binomials, and the families of ``x_i!``; no Greek letters, which are parameters."""
    waiting, found = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        waiting.extend(tree.children(node))
        match node:
            case tree.Factorial(operand):
                found.update(_whole(operand))
            case tree.Binomial(upper, lower):
                found.update((*_whole(upper), *_whole(lower)))
    return frozenset(name for name in found if not name.startswith("\\"))


def _whole(node: Node) -> Iterator[str]:
    while isinstance(node, tree.Group) and node.kind in ("(", "["):
        node = node.content
    if isinstance(node, tree.Script):
        yield spelling(node.base) or ""
    yield from _counted(node)


def ends(nodes: Iterable[Node]) -> frozenset[str]:
    """The names in the upper bounds of sums and products: of N and ``n - 1``, not of ``\\lfloor x \\rfloor``."""
    waiting, found = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        waiting.extend(tree.children(node))
        if isinstance(node, tree.Big):
            found.update(name for upper in _uppers(node) for name in _counted(upper))
    return frozenset(found)


def _uppers(node: tree.Big) -> Iterator[Node]:
    if node.upper is not None:
        yield node.upper
    if isinstance(node.lower, tree.Relations) and len(node.lower.items) > 2:  # 1 ≤ i < j ≤ N
        yield node.lower.items[-1]


def _counted(upper: Node) -> Iterator[str]:
    match upper:
        case tree.Symbol() | tree.Script():
            yield spelling(upper) or ""
        case tree.Signed(_, part):
            yield from _counted(part)
        case tree.Product((tree.Number(text), part), ("" | "·",)) if text.isdigit():
            yield from _counted(part)
        case tree.Addition(parts):
            for part in parts:
                yield from _counted(part)
