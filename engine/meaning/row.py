"""Factors side by side, and the parts of a factor: base, scripts, brackets, items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.meaning import term as terms
from engine.meaning.frozen import frozen
from engine.meaning.term import Term
from engine.reading import tree
from engine.reading.tree import Node

MOST_IN_A_ROW: Final = 64
COUNTING: Final = frozenset("ijklmnstr")
"""Letters that, as an index in what is given, stand for each of its values."""

_BRACKETS: Final = frozenset(("(", "[", r"\{"))


def multiplied(values: Sequence[Term]) -> Term:
    """The product of the values; one value is no product."""
    return values[0] if len(values) == 1 else terms.Multiply(tuple(values))


class Head(NamedTuple):
    """A function symbol as it stands in a product: its name and the scripts on it."""

    function: str
    subscript: Node | None
    primes: int
    superscript: Node | None


@frozen
class Row:
    """The factors of a product and the operators between them."""

    factors: Sequence[Node]
    operators: Sequence[str]

    def part(self, start: int, end: int) -> Row:
        return Row(self.factors[start:end], self.operators[start : end - 1])

    def joined(self, place: int) -> Node | None:
        """The factor at ``place`` where it is written right after the one before it."""
        if 0 < place < len(self.factors) and self.operators[place - 1] == "":
            return self.factors[place]
        return None


def parts(node: tree.Symbol | tree.Script) -> tuple[str | None, Node | None, int, Node | None]:
    """The spelling of the base, the subscript, the primes and the superscript."""
    if isinstance(node, tree.Symbol):
        return node.spelling, None, 0, None
    base = node.base.spelling if isinstance(node.base, tree.Symbol) else None
    return base, node.subscript, node.primes, node.superscript


def without_above(node: tree.Symbol | tree.Script) -> tree.Symbol | tree.Script:
    """The symbol without its superscript (made directly: this runs for every name)."""
    if isinstance(node, tree.Symbol) or node.superscript is None:
        return node
    return tree.Script(node.base, node.subscript, node.primes, None, node.span)


def without_marks(node: tree.Symbol | tree.Script) -> tree.Symbol | tree.Script:
    """The symbol with its subscript only."""
    if isinstance(node, tree.Symbol) or (node.superscript is None and not node.primes):
        return node
    return tree.Script(node.base, node.subscript, 0, None, node.span)


def is_nabla(node: tree.Symbol | tree.Script) -> bool:
    base = node.base if isinstance(node, tree.Script) else node
    return isinstance(base, tree.Symbol) and base.spelling == r"\nabla"


def bracket_of(node: Node | None) -> tree.Group | None:
    """The round, square or curly bracket that ``node`` is, with or without scripts."""
    if node is None:
        return None
    base = node.base if isinstance(node, tree.Script) else node
    return base if isinstance(base, tree.Group) and base.kind in _BRACKETS else None


def is_bracket_index(above: Node) -> bool:
    """``(i)``, ``[l]`` or ``[l](i)``: above a name these are mostly indices."""
    if isinstance(above, tree.Product):
        single = (isinstance(f, tree.Group) and isinstance(f.content, tree.Number | tree.Symbol) for f in above.factors)
        return not any(above.operators) and all(single)
    return isinstance(above, tree.Group) and above.kind in ("(", "[")


def is_word(script: Node) -> bool:
    """``SS_{res}``: three letters and more, of which one does not count, are a label."""
    letters = script.factors if isinstance(script, tree.Product) and not any(script.operators) else ()
    names = [letter.spelling for letter in letters if isinstance(letter, tree.Symbol)]
    return len(names) == len(letters) > 2 and not COUNTING.issuperset(names)


def groups_above(node: Node) -> tuple[tree.Group, ...]:
    """The brackets above a name, with an index in each."""
    above = node.superscript if isinstance(node, tree.Script) else None
    if above is None or not is_bracket_index(above):
        return ()
    groups = above.factors if isinstance(above, tree.Product) else (above,)
    return tuple(group for group in groups if isinstance(group, tree.Group))


def items_of(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, tree.Listing) else (node,)


def index_items(subscript: Node, count: int = 0) -> tuple[Node, ...]:
    """The indices of a subscript: ``i,j``, or ``ij`` and ``1i`` without commas, or the digits of ``12``.

    ``2i`` is one index, but where ``count`` indices are expected it is 2 and i.
    """
    match subscript:
        case tree.Listing(items):
            return items
        case tree.Product(factors, operators) if not any(operators) and not _is_multiple(factors, count):
            return factors
        case tree.Number(text, span) if text.isdigit():
            return tuple(tree.Number(digit, span) for digit in text)
        case _:
            return (subscript,)


def _is_multiple(factors: tuple[Node, ...], count: int) -> bool:
    """``2i`` is one index; ``ij`` are two, and so are ``1i`` and ``0i``, which nobody writes for a product."""
    first = factors[0]
    return isinstance(first, tree.Number) and first.text not in ("0", "1") and len(factors) != count
