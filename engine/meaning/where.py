"""What is defined beside a claim: ``\\bar x = \\frac1N\\sum_{i=1}^N x_i``, ``f(x) = x^2``, ``y_i = a + b x_i``.

The left side is a name, a function of plain names, or a member of a family with letters as its indices, where each of
these letters stands on the right by itself. An equation with any other left side defines nothing and is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from engine.meaning.context import Context, Declaration
from engine.meaning.elaborate import read_statements
from engine.meaning.given import read_given
from engine.meaning.naming import is_capital, is_mark
from engine.meaning.notation import BELOW, STEPS, STYLED, family_above
from engine.meaning.row import groups_above, index_items, is_bracket_index, is_word, items_of
from engine.meaning.sort import Family, Function, Integer, MatrixOf, Real, Vector
from engine.meaning.statement import Assertion, Relation
from engine.meaning.term import Term, free_names
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node, spelling
from engine.span import Problem

_DEFINES: Final = ("=", ":=", "≡")
_FORMS: Final = r"expected a definition, such as \bar x = \frac1N\sum_{i=1}^N x_i, f(x) = x^2 or y_i = a + b x_i"


@dataclass(frozen=True, slots=True)
class Defined:
    """The left side of a definition: its name, and its parameters or indices."""

    name: str
    parameters: tuple[str, ...] = ()
    is_family: bool = False


def read_where(text: str, context: Context, macros: str = "") -> Context | Problem:
    """``context`` with what ``text`` defines; an equation that defines no name is assumed.

    >>> found = read_where("f(x) = x^2", Context())
    >>> [(one.name, one.parameters) for one in found.definitions]
    [('f', ('x',))]
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    if not isinstance(node, tree.Relations) or len(node.signs) != 1 or node.signs[0] not in _DEFINES:
        return Problem(_FORMS, node.span, text)
    defined = left_side(node)
    if defined is None:
        return read_given(text, context, macros) if node.signs == ("=",) else Problem(_FORMS, node.items[0].span, text)
    return _clash(defined, context, node, text) or _with_definition(text, node, defined, context, macros)


def left_side(node: Node) -> Defined | None:
    """What the equation defines, if it defines something."""
    if not isinstance(node, tree.Relations) or len(node.signs) != 1 or node.signs[0] not in _DEFINES:
        return None
    left, right = node.items
    if isinstance(left, tree.Product) and len(left.factors) == 2:
        return _function(*left.factors)
    if isinstance(left, tree.Script) and (left.primes or _computes(left)):
        return None
    return _member(left, right) or (None if any(map(_counts, groups_above(left))) else _plain(left))


def given_definition(node: Node) -> Defined | None:
    """What an equation among what is given defines: a name without an index, ``f(x)``, or ``y_i``, by others.

    ``f(x) = 0`` may speak of one x, ``x_1 = 2`` of a member, ``f'(x) = f(x)`` and ``x = 2x - 1`` of what is known
    otherwise: these are assumed.

    >>> given_definition(read("y = 3")).name, given_definition(read("x_1 = 3")), given_definition(read("f(x) = 0"))
    ('y', None, None)
    """
    defined = left_side(node)
    if defined is None or not isinstance(node, tree.Relations):
        return None
    left, right = node.items
    head = left.factors[0] if isinstance(left, tree.Product) else left
    names = mentioned(right)
    if defined.name in names or not names.issuperset(defined.parameters):
        return None
    if isinstance(head, tree.Script) and (head.primes or (_has_index(head) and not defined.is_family)):
        return None
    return defined


def _has_index(node: tree.Script) -> bool:
    """Whether there is a subscript that may count: a number, a letter, or several."""
    below = node.subscript
    styled = isinstance(below, tree.Symbol) and STYLED.fullmatch(below.spelling)
    return below is not None and not styled and not is_word(below)


def _computes(node: tree.Script) -> bool:
    """``s^2``, ``A^{-1}`` and ``A^\\top`` are no names; ``\\theta^*`` and ``\\theta^{new}`` are."""
    above = node.superscript
    return above is not None and not is_mark(above) and not is_bracket_index(above)


def _counts(group: tree.Group) -> bool:
    """``(t+1)`` above a name is an index, ``(X)`` a label."""
    return not (isinstance(group.content, tree.Symbol) and is_capital(group.content.spelling))


def _plain(node: Node) -> Defined | None:
    name = spelling(node)
    return Defined(name) if name is not None and isinstance(node, tree.Symbol | tree.Script) else None


def _function(head: Node, bracket: Node) -> Defined | None:
    named = _plain(head)
    if named is None or not isinstance(bracket, tree.Group) or bracket.kind != "(":
        return None
    parameters = [_plain(item) for item in items_of(bracket.content)]
    names = tuple(one.name for one in parameters if one is not None)
    return Defined(named.name, names) if len(set(names)) == len(parameters) else None


def _member(left: Node, right: Node) -> Defined | None:
    """``y_i``, ``z^{(i)}`` and ``a_j^{(l)}``, with letters that count."""
    family = _family(left)
    if not isinstance(left, tree.Script) or family is None:
        return None
    below = () if left.subscript is None else index_items(left.subscript)
    above = groups_above(left)
    letters = [item.spelling if isinstance(item, tree.Symbol) else "" for item in (*below, *(g.content for g in above))]
    alone = _standing_alone(right)
    if not all(len(letter) == 1 and letter.islower() and letter in alone for letter in letters):
        return None
    if above and not STEPS.issuperset(letters):
        return None
    return Defined(family, tuple(letters), is_family=True) if len(set(letters)) == len(letters) else None


def _family(node: Node) -> str | None:
    """The name of the family that a letter with indices is a member of."""
    base = spelling(node.base) if isinstance(node, tree.Script) else None
    if not isinstance(node, tree.Script) or base is None:
        return None
    if groups := groups_above(node):
        below = "" if node.subscript is None else BELOW
        return family_above(base + below, tuple(group.kind for group in groups))
    return base if node.subscript is not None and node.superscript is None else None


def _standing_alone(node: Node) -> frozenset[str]:
    """The symbols that stand somewhere without an index of their own."""
    if isinstance(node, tree.Symbol):
        return frozenset((node.spelling,))
    parts = list(tree.children(node))
    if isinstance(node, tree.Script) and node.subscript is not None:
        parts.remove(node.base)
    return frozenset[str]().union(*map(_standing_alone, parts))


def mentioned(node: Node) -> frozenset[str]:
    """The names that may be meant somewhere in the tree, with their scripts and without."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        found.update(_spellings(part))
        waiting.extend(tree.children(part))
    return frozenset(found)


def _spellings(node: Node) -> Iterator[str]:
    match node:
        case tree.Symbol(name):
            yield name
        case tree.Script():
            variants = (node, replace(node, primes=0), replace(node, primes=0, superscript=None))
            yield from filter(None, (*map(spelling, variants), _family(node)))


def _clash(defined: Defined, context: Context, node: Node, text: str) -> Problem | None:
    """A name has one declaration or one definition; that it is real may be said beside its definition."""
    if context.definition_of(defined.name) is not None:
        return Problem(f"{defined.name} is defined twice; leave one of the definitions out", node.span, text)
    sort = context.sort_of(defined.name)
    if sort is None or isinstance(sort, Real) or (isinstance(sort, Function) and defined.parameters):
        return None
    return Problem(f"{defined.name} is declared and defined; leave the declaration out", node.span, text)


def _with_definition(
    text: str, node: tree.Relations, defined: Defined, context: Context, macros: str
) -> Context | Problem:
    indices = defined.parameters if defined.is_family else ()
    reading = read_statements(text, _inside(defined, context), macros, indices)
    if isinstance(reading, Problem):
        return reading
    (statement,) = reading.statements
    if not isinstance(statement, Relation | Assertion):
        return Problem(_FORMS, node.span, text)
    if defined.name in free_names(statement.right):
        return Problem(f"{defined.name} is defined by itself; give it another name on one side", node.span, text)
    return _outside(defined, context, reading.context, statement.right)


def _inside(defined: Defined, context: Context) -> Context:
    """The context in which both sides are read: parameters are names of their own there."""
    if defined.is_family:
        return context.declare(defined.name, Family((None,) * len(defined.parameters), Real()))
    sorts = [context.sort_of(name) for name in defined.parameters]
    values = tuple(sort if isinstance(sort, Vector | MatrixOf | Integer) else Real() for sort in sorts)
    for name, value in zip(defined.parameters, values, strict=True):
        context = context.declare(name, value)
    return context.declare(defined.name, Function(values, Real())) if values else context


def _outside(defined: Defined, before: Context, after: Context, body: Term) -> Context:
    """The definition among what was declared before and what was inferred on the way."""
    own = {defined.name, *defined.parameters}
    inferred = {d.name: d for d in after.declarations}
    kept = [inferred.pop(d.name) if d.name not in own else d for d in before.declarations if d.name != defined.name]
    new: list[Declaration] = [d for name, d in inferred.items() if name not in own]
    whole = replace(after, declarations=(*kept, *new))
    return whole.define(defined.name, defined.parameters, body)
