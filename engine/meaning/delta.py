r"""Equations taken as 0 or 1: the Kronecker delta and Iverson's bracket.

``\delta_{ij}`` and ``\delta_{i,k+1}`` are the Kronecker delta where δ was not declared and both subscripts count: they
are made of numbers, of bound, declared or inferred integers, of members of families of integers, and of undeclared
letters that mostly count. The reading says so; where such a letter also stands as a value, or δ in another way
(``\delta_i``, ``\delta``), it is a Problem. ``[i = k]``, ``1\{i = k\}``, ``1_{i = k}`` and ``I(i = k)`` are 1 where
the condition holds, and else 0.
"""

from __future__ import annotations

from typing import Final

from engine.meaning import term as terms
from engine.meaning.notation import STEPS
from engine.meaning.row import index_items
from engine.meaning.shape import Shapes
from engine.meaning.sort import Family, Integer
from engine.meaning.stop import Stop
from engine.meaning.term import Term
from engine.reading import tree
from engine.reading.tree import Node, spelling

DELTA: Final = r"\delta"
_COUNTING: Final = STEPS | frozenset("abcn")


class Deltas(Shapes):
    """Reads equations that are taken as 0 or 1."""

    def kronecker(self, node: tree.Script) -> Term | None:
        """The delta of two places; ``None`` where the subscripts do not count."""
        items = () if node.subscript is None else delta_items(node.subscript)
        if len(items) != 2 or self.declared(DELTA) or not all(self.counts(item, surely=False) for item in items):
            return None
        if not all(map(self.counts, items)) or any(map(is_other_delta, tree_nodes(self.root))):
            raise Stop(
                rf"{spelling(node)} can be the Kronecker delta or a value of its own; declare {DELTA}, or the indices "
                rf"as integers",
                node,
            )
        self.note(rf"{DELTA} with two indices is the Kronecker delta")
        return terms.Apply("delta", tuple(map(self.index_term, items)))

    def counts(self, item: Node, surely: bool = True) -> bool:
        """Whether an index is an integer as it is written, or at least can be one."""
        match item:
            case tree.Number(text):
                return text.isdigit()
            case tree.Symbol(name):
                return self.is_counter(name, surely)
            case tree.Script(tree.Symbol(base), below, 0, None) if below is not None:
                sort = self.sort(base)
                members = isinstance(sort, Family) and isinstance(sort.element, Integer)
                return members and all(self.counts(index, surely) for index in index_items(below))
            case tree.Addition() | tree.Signed() | tree.Product() | tree.Group("("):
                return all(self.counts(part, surely) for part in tree.children(item))
            case _:
                return False

    def is_counter(self, name: str, surely: bool) -> bool:
        """An index, an integer, or an undeclared letter that mostly counts and is surely no real number elsewhere."""
        if name in self.indices or isinstance(self.sort(name), Integer):
            return True
        undeclared = name in _COUNTING and not self.declared(name)
        return undeclared and not (surely and (self.sort(name) is not None or self.alone(name)))

    def index_term(self, item: Node) -> Term:
        """The value of an index; an undeclared letter in it is an integer."""
        raise NotImplementedError

    def iverson(self, condition: Node) -> Term:
        """The same in bare brackets, which might also be a remark on what stands before them."""
        self.note("a condition in brackets behind 1 or alone is 1 where it holds, and else 0")
        return self.indicator(condition)

    def indicator(self, condition: Node) -> Term:
        """1 where the condition holds, else 0."""
        self.has_labels = True
        return terms.Apply("indicator", (self.item(condition),))


def delta_items(subscript: Node) -> tuple[Node, ...]:
    """Two indices beside each other, or with a comma between them; the digits of ``12`` are one number."""
    return () if isinstance(subscript, tree.Number) else index_items(subscript, 2)


def is_other_delta(node: Node) -> bool:
    """Whether δ stands here in another way than with two indices."""
    match node:
        case tree.Script(tree.Symbol(base), below) if base == DELTA:
            return below is None or len(delta_items(below)) != 2
        case tree.Script():
            return False
        case _:
            own = tree.Symbol
            return any(isinstance(part, own) and part.spelling == DELTA for part in tree.children(node))


def tree_nodes(root: Node) -> list[Node]:
    """Every node of a tree, without recursion."""
    found = [root]
    for node in found:
        found.extend(tree.children(node))
    return found


def relations_in(node: Node | None) -> tree.Relations | None:
    """The condition that ``node`` is, with or without brackets."""
    inside = node.content if isinstance(node, tree.Group) and node.kind in ("(", "[", r"\{") else node
    return inside if isinstance(inside, tree.Relations) else None
