"""How far a sign reaches: the big operators that are open at the end of a term, and what is free in a tree."""

from __future__ import annotations

from dataclasses import replace

from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Span


def index_name(big: tree.Big) -> str | None:
    """The bound name of a sum or product sign, if it is written in a way that we know."""
    below = big.lower
    if isinstance(below, tree.Relations):
        below = below.items[0] if below.signs == ("=",) else None
    if isinstance(below, tree.Symbol) or (isinstance(below, tree.Script) and below.superscript is None):
        return spelling(below)
    return None


def tails(node: Node) -> tuple[tree.Big, ...]:
    """The big operators that are still open at the right end of a term, from the outermost to the innermost."""
    found: list[tree.Big] = []
    while True:
        match node:
            case tree.Signed(_, inner):
                node = inner
            case tree.Product(factors):
                node = factors[-1]
            case tree.Big():
                found.append(node)
                node = node.body
            case _:
                return tuple(found)


def extended(node: Node, big: tree.Big, more: tuple[Node, ...]) -> Node:
    """``node`` with the body of ``big``, which is open at its right end, continued by the terms ``more``."""
    span = Span(node.span.start, more[-1].span.end)
    match node:
        case tree.Signed(_, inner):
            return replace(node, operand=extended(inner, big, more), span=span)
        case tree.Product(factors):
            return replace(node, factors=(*factors[:-1], extended(factors[-1], big, more)), span=span)
        case tree.Big(body=body) if node is big:
            whole = tree.Addition((body, *more), Span(body.span.start, span.end))
            return replace(node, body=whole, span=span)
        case tree.Big(body=body):
            return replace(node, body=extended(body, big, more), span=span)
        case _:
            return node


def free_symbols(node: Node) -> set[str]:
    """The symbols of a tree, without the indices bound inside it (and without recursion)."""
    found: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        part, bound = waiting.pop()
        if isinstance(part, tree.Symbol):
            if part.spelling not in bound:
                found.add(part.spelling)
            continue
        if isinstance(part, tree.Big) and (index := index_name(part)) is not None:
            bounds = (*_lower_bound(part.lower), *(() if part.upper is None else (part.upper,)))
            waiting.extend((bound_, bound) for bound_ in bounds)
            waiting.append((part.body, bound | {index}))
            continue
        waiting.extend((child, bound) for child in tree.children(part))
    return found


def _lower_bound(below: Node | None) -> tuple[Node, ...]:
    return below.items[1:] if isinstance(below, tree.Relations) else ()
