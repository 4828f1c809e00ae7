"""How far a sign reaches: the big operators that are open at the end of a term, and what is free in a tree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from engine.meaning.row import bracket_of
from engine.reading import tree
from engine.reading.tree import Node, spelling
from engine.span import Span

EXTREMA: Final = {
    r"\max": "max", r"\min": "min", r"\sup": "sup", r"\inf": "inf", r"\lim": "lim",
    r"\operatorname{max}": "max", r"\operatorname{min}": "min",
    r"\operatorname{argmax}": "argmax", r"\operatorname{argmin}": "argmin", r"\mathrm{argmax}": "argmax",
    r"\mathrm{argmin}": "argmin", r"\mathrm{arg max}": "argmax", r"\mathrm{arg min}": "argmin",
}  # fmt: skip


def opened(node: tree.Product) -> tree.Product | tree.Big:
    """``2 \\max_x f(x)`` with its operator turned into a ``Big`` over the rest of the product."""
    for place, factor in enumerate(node.factors[:-1]):
        kind = extremum_of(factor) if isinstance(factor, tree.Script) else None
        if kind is not None and isinstance(factor, tree.Script):
            return _with_operator(node, place, kind, factor)
    return node


def extremum_of(factor: Node) -> str | None:
    """The operator that ``\\max_x`` or ``\\lim_{x \\to 0}`` is; ``None`` for anything else."""
    if not isinstance(factor, tree.Script) or factor.subscript is None or factor.superscript is not None:
        return None
    return EXTREMA.get(factor.base.spelling) if isinstance(factor.base, tree.Symbol) else None


def _with_operator(node: tree.Product, place: int, kind: str, factor: tree.Script) -> tree.Product | tree.Big:
    rest = node.factors[place + 1 :]
    span = Span(rest[0].span.start, rest[-1].span.end)
    body = rest[0] if len(rest) == 1 else tree.Product(rest, node.operators[place + 1 :], span)
    if place and node.factors[place - 1] == tree.Symbol(r"\arg", node.factors[place - 1].span):
        place, kind = place - 1, "arg" + kind
    big = tree.Big(cast(Any, kind), factor.subscript, None, body, Span(node.factors[place].span.start, span.end))
    if not place:
        return big
    return tree.Product((*node.factors[:place], big), node.operators[:place], node.span)


def index_names(big: tree.Big) -> tuple[str, ...]:
    """The names below a sum or product sign that can be bound by it; none where it is not written in a way we know."""
    below = big.lower
    if isinstance(below, tree.Listing):
        heads = heads_and_conditions(below)[0]
        below = heads[0] if len(heads) == 1 else replace(below, items=heads)
    if isinstance(below, tree.Relations):
        between = isinstance(below.items[0], tree.Number)  # 1 ≤ i < j ≤ N
        below = tree.Listing(below.items[1:-1], (), below.span) if between else below.items[0]
    if isinstance(below, tree.Group) and below.kind == "(":
        below = below.content
    found = []
    for item in below.items if isinstance(below, tree.Listing) else (below,):
        first = item.items[0] if isinstance(item, tree.Relations) else item
        if isinstance(first, tree.Symbol) or (isinstance(first, tree.Script) and first.superscript is None):
            found.append(spelling(first) or "")
    return tuple(found)


def heads_and_conditions(below: tree.Listing) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """What stands below a sign: what is bound, and after a colon or between relations alone, further conditions."""
    items = below.items
    if ":" in below.separators:
        place = below.separators.index(":") + 1
    else:
        place = 1 if all(isinstance(item, tree.Relations) for item in items) else len(items)
    return items[:place], items[place:]


def tails(node: Node) -> tuple[tree.Big, ...]:
    """The big operators that are still open at the right end of a term, from the outermost to the innermost."""
    found: list[tree.Big] = []
    while True:
        match node:
            case tree.Signed(_, inner):
                node = inner
            case tree.Product():
                inside = opened(node)
                node = inside.factors[-1] if isinstance(inside, tree.Product) else inside
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
        case tree.Product():
            inside = opened(node)
            if isinstance(inside, tree.Big):
                return extended(inside, big, more)
            last = extended(inside.factors[-1], big, more)
            return replace(inside, factors=(*inside.factors[:-1], last), span=span)
        case tree.Big(body=body) if node == big:
            whole = tree.Addition((body, *more), Span(body.span.start, span.end))
            return replace(node, body=whole, span=span)
        case tree.Big(body=body):
            return replace(node, body=extended(body, big, more), span=span)
        case _:
            return node


def free_symbols(node: Node) -> set[str]:
    """The symbols of a tree, without the indices bound inside it (and without recursion)."""
    if isinstance(node, tree.Symbol | tree.Number):
        return {node.spelling} if isinstance(node, tree.Symbol) else set()
    found: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        part, bound = waiting.pop()
        if isinstance(part, tree.Symbol):
            if part.spelling not in bound:
                found.add(part.spelling)
            continue
        if isinstance(part, tree.Product):
            part = opened(part)
        if isinstance(part, tree.Big) and (names := index_names(part)):
            bounds = (*_lower_bound(part.lower, names), *(() if part.upper is None else (part.upper,)))
            waiting.extend((bound_, bound) for bound_ in bounds)
            inside = bound.union(names)
            conditions = part.lower.items if isinstance(part.lower, tree.Listing) else ()
            waiting.extend([(part.body, inside), *((condition, inside) for condition in conditions)])
            continue
        waiting.extend([(child, bound) for child in tree.children(part)])
    return found


def _lower_bound(below: Node | None, names: tuple[str, ...]) -> tuple[Node, ...]:
    """What a relation below a sign says of its indices, without the indices of ``1 ≤ i < j ≤ N``."""
    if not isinstance(below, tree.Relations):
        return ()
    if not isinstance(below.items[0], tree.Number):
        return below.items[1:]
    return tuple(item for item in below.items if spelling(item) not in names)


def standing_alone(root: Node) -> frozenset[str]:
    """The symbols that stand somewhere as a value: no bracket behind them, and not as the only thing in one."""
    found: set[str] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case tree.Symbol(text):
                found.add(text)
            case tree.Script(base, _, _, above):
                name = spelling(replace(node, superscript=None)) if node.subscript is not None or node.primes else None
                found.update(() if name is None else (name,))
                waiting.extend(() if name is not None else (base,))
                waiting.extend(_power(above))
            case tree.Product(factors, operators):
                for place, factor in enumerate(factors):
                    after = factors[place + 1] if place + 1 < len(factors) and not operators[place] else None
                    if isinstance(factor, tree.Symbol | tree.Script) and bracket_of(after) is not None:
                        waiting.extend(() if isinstance(factor, tree.Symbol) else _power(factor.superscript))
                    else:
                        waiting.append(factor)
            case tree.Group(_, tree.Symbol() | tree.Script()):
                continue
            case tree.Listing(items) | tree.Relations(items):
                waiting.extend(item for item in items if not isinstance(item, tree.Symbol | tree.Script))
            case tree.Derivative(numerator):
                waiting.extend(() if isinstance(numerator, tree.Symbol) else _present(numerator))
            case _:
                waiting.extend(tree.children(node))
    return frozenset(found)


def varying(root: Node) -> frozenset[str]:
    """The symbols that have a prime somewhere, or are differentiated by themselves."""
    found: set[str] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case tree.Script(tree.Symbol(text), _, primes) if primes:
                found.add(text)
            case tree.Derivative(tree.Symbol(text)):
                found.add(text)
        waiting.extend(tree.children(node))
    return frozenset(found)


def _power(above: Node | None) -> tuple[Node, ...]:
    """What stands above as a value; T may transpose."""
    return () if isinstance(above, tree.Symbol) and above.spelling == "T" else _present(above)


def _present(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else (node,)
