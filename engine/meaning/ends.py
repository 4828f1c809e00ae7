"""What ends a sum counts: a name of which only ``N \\ge 2`` is given is a natural number where ``\\sum^N`` stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, Integer, Real
from engine.meaning.statement import Relation
from engine.meaning.term import ZERO, Name
from engine.reading import tree
from engine.reading.tree import Node, spelling


def counting(context: Context, names: frozenset[str]) -> Context:
    """The context in which those of the names that were taken for real numbers are natural ones, with 0 where it is
    given that they may be 0."""
    return replace(
        context,
        declarations=tuple(
            replace(one, sort=_natural(one.name, context)) if one.name in names and isinstance(one.sort, Real) else one
            for one in context.declarations
        ),
    )


def _natural(name: str, context: Context) -> Integer:
    with_zero = Relation(Name(name), "≥", ZERO), Relation(ZERO, "≤", Name(name))
    return Integer(0) if any(fact in with_zero for fact in context.facts) else NATURAL


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
