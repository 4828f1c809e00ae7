"""What is given: declarations and assumptions as they are typed beside a claim.

``x, y \\in \\mathbb{R}``, ``N \\in \\mathbb{N}``, ``\\theta \\in \\mathbb{R}^d`` declare, and so does
``A \\in \\mathbb{R}^{m \\times n}``; ``x_i \\in \\mathbb{R}``, a letter as its index, declares the family x. Any
other relation is assumed. One with a letter of ``i j k l m n s t r`` as an index, which was not declared, is assumed
for every value of it, and declares the families: ``x_i \\ge 0`` says so of all integers i, or of the declared range.
"""

from __future__ import annotations

from typing import Final

from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement, read_statements, read_term
from engine.meaning.reach import free_symbols
from engine.meaning.row import is_bracket_index, without_above
from engine.meaning.sort import Family, Integer, MatrixOf, Real, Sort, Value, Vector
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import INFINITY, Element, Name, Negate, Term, children, free_names
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node, spelling
from engine.span import Problem

_SETS: Final[dict[str, Sort]] = {
    r"\mathbb{R}": Real(), r"\mathbb{Z}": Integer(), r"\mathbb{N}": Integer(1), r"\mathbb{N}_{0}": Integer(0),
}  # fmt: skip
_COUNTING: Final = frozenset("ijklmnstr")
_KNOWN: Final = r"\mathbb{R}, \mathbb{R}^n, \mathbb{R}^{m \times n}, \mathbb{N}, \mathbb{N}_0 or \mathbb{Z}"


def read_given(text: str, context: Context, macros: str = "") -> Context | Problem:
    """``context`` with what ``text`` declares or assumes.

    >>> read_given(r"x_i \\in \\mathbb{R}", Context()).declarations[0].sort
    Family(ranges=(None,), element=Real())
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    membership = _membership(node)
    if membership is not None:
        return _declared(*membership, context, text, macros)
    letters = sorted(_open_letters(node, context))
    if len(letters) > 1:
        several = f"a condition in the indices {', '.join(letters)} at once is not understood; give one for each index"
        return Problem(several, node.span, text)
    if letters:
        return _for_each(letters[0], node, context, text, macros)
    reading = read_statement(text, context, macros)
    return reading if isinstance(reading, Problem) else reading.context.assume(*reading.relations)


def _open_letters(node: Node, context: Context) -> set[str]:
    """The letters that count the members of a family here, and are neither declared nor bound by a sum."""
    waiting, found = [node], set[str]()
    while waiting:
        part = waiting.pop()
        waiting.extend(tree.children(part))
        if isinstance(part, tree.Script) and not _known(spelling(without_above(part)) or "", context):
            above = part.superscript if part.superscript is not None and is_bracket_index(part.superscript) else None
            for script in (part.subscript, above):
                found |= set() if script is None else free_symbols(script)
    return {letter for letter in found & _COUNTING & free_symbols(node) if not _known(letter, context)}


def _known(name: str, context: Context) -> bool:
    return context.sort_of(name) is not None or context.definition_of(name) is not None


def _for_each(index: str, node: Node, context: Context, text: str, macros: str) -> Context | Problem:
    """The relations for every value of the index, which is bound in them."""
    reading = read_statements(text, context, macros, (index,))
    if isinstance(reading, Problem):
        return reading
    relations = tuple(found for found in reading.statements if isinstance(found, Relation))
    span = _range(index, relations, reading.context)
    if span is None or len(relations) < len(reading.statements):
        return Problem(f"for which {index} this holds is not understood; declare the families alone", node.span, text)
    return reading.context.assume(*(ForEach(index, *span, relation) for relation in relations))


def _range(index: str, relations: tuple[Relation, ...], context: Context) -> tuple[Term, Term] | None:
    """All integers, or the declared range of the one family that has one and stands with exactly this index."""
    sorts = {known.name: known.sort for known in context.declarations}
    waiting = [side for relation in relations for side in (relation.left, relation.right)]
    spans: set[tuple[Term, Term]] = set()
    while waiting:
        part = waiting.pop()
        waiting.extend(children(part))
        sort = sorts.get(part.family) if isinstance(part, Element) else None
        if not isinstance(part, Element) or not isinstance(sort, Family):
            continue
        for span, at in zip(sort.ranges, part.indices, strict=False):
            if span is not None and index in free_names(at):
                if at != Name(index):
                    return None
                spans.add((span.lower, span.upper))
    return (spans.pop() if spans else (Negate(INFINITY), INFINITY)) if len(spans) < 2 else None


def _membership(node: Node) -> tuple[tuple[Node, ...], Node] | None:
    """The names and the set of ``x \\in M`` or ``x, y \\in M`` (a list that ends in a relation)."""
    before: tuple[Node, ...] = ()
    if isinstance(node, tree.Listing) and set(node.separators) == {","}:
        *first, node = node.items
        before = tuple(first)
    if not isinstance(node, tree.Relations) or node.signs != ("∈",):
        return None
    names = node.items[0]
    return (*before, *(names.items if isinstance(names, tree.Listing) else (names,))), node.items[1]


def _declared(names: tuple[Node, ...], within: Node, context: Context, text: str, macros: str) -> Context | Problem:
    sort = _sort(within, text, macros)
    if isinstance(sort, Problem):
        return sort
    for name in names:
        declared = _name(name, sort)
        if declared is None:
            return Problem("expected a name before \\in", name.span, text)
        context = context.declare(*declared)
    return context


def _name(node: Node, sort: Value) -> tuple[str, Sort] | None:
    """The name and its sort; ``x_i`` with letters below declares a family."""
    if isinstance(node, tree.Script) and node.subscript is not None and node.superscript is None and not node.primes:
        inside = node.subscript
        indices = inside.items if isinstance(inside, tree.Listing) else (inside,)
        base = spelling(node.base)
        letters = [spelling(index) or "" for index in indices]
        if base is not None and all(len(letter) == 1 and letter.islower() for letter in letters):
            return base, Family((None,) * len(letters), sort)
    name = spelling(node)
    return None if name is None or not isinstance(node, tree.Symbol | tree.Script) else (name, sort)


def _sort(node: Node, text: str, macros: str) -> Value | Problem:
    spelled = spelling(node)
    for written, sort in _SETS.items():
        if spelled == written and isinstance(sort, Real | Integer):
            return sort
    if isinstance(node, tree.Script) and node.superscript is not None and spelling(node.base) == r"\mathbb{R}":
        return _shape(node.superscript, text, macros)
    return Problem(f"expected {_KNOWN} after \\in", node.span, text)


def _shape(node: Node, text: str, macros: str) -> Value | Problem:
    sides = node.factors if isinstance(node, tree.Product) else (node,)
    sizes: list[Term] = []
    for side in sides:
        size = read_term(text[side.span.start : side.span.end], Context(), macros)
        if isinstance(size, Problem):
            return Problem(size.message, side.span, text)
        sizes.append(size.term)
    if len(sizes) == 1:
        return Vector(sizes[0])
    if len(sizes) == 2:
        return MatrixOf(sizes[0], sizes[1])
    return Problem(f"expected {_KNOWN} after \\in", node.span, text)
