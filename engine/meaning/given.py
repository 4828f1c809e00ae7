"""What is given: declarations and assumptions as they are typed beside a claim.

``x, y \\in \\mathbb{R}``, ``N \\in \\mathbb{N}``, ``p \\in (0, 1)`` declare (see :mod:`membership`);
``x_i \\in \\mathbb{R}``, a letter as its index, declares the family x. Any other relation is assumed. One with a
letter of ``i j k l m n s t r`` as an index, which was not declared, is assumed for every value of it, and declares
the families: ``x_i \\ge 0`` says so of all integers i, or of the declared range, and
``x_i \\ge 0, i = 1, \\dots, N`` of those from 1 to N.
"""

from __future__ import annotations

from engine.meaning.context import Context
from engine.meaning.counted import counted, within
from engine.meaning.elaborate import read_statement, read_statements
from engine.meaning.membership import declared, declared_functions, mapping, membership
from engine.meaning.property import assumed_properties, rank_as_inverse
from engine.meaning.reach import free_symbols
from engine.meaning.row import COUNTING, is_bracket_index, is_word, without_above
from engine.meaning.sort import Family
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import INFINITY, Element, Name, Negate, Term, children, free_names
from engine.reading import tree
from engine.reading.parser import read
from engine.reading.tree import Node, spelling
from engine.span import Problem


def read_given(text: str, context: Context, macros: str = "") -> Context | Problem:
    """``context`` with what ``text`` declares or assumes.

    >>> read_given(r"x_i \\in \\mathbb{R}", Context()).declarations[0].sort
    Family(ranges=(None,), element=Real())
    """
    node = read(text, macros)
    if isinstance(node, Problem):
        return node
    ranged = counted(node)
    if ranged is not None:
        inside = ranged.statement.span
        found = read_given(text[inside.start : inside.end], context, macros)
        return found if isinstance(found, Problem) else within(context, found, ranged, text, macros)
    named = membership(node)
    if named is not None:
        return declared(*named, context, text, macros)
    mapped = mapping(node)
    if mapped is not None:
        return declared_functions(*mapped, context, text, macros)
    facts = assumed_properties(node, context, text, macros)
    if facts is not None:
        return facts if isinstance(facts, Problem) else context.assume(*facts)
    letters = sorted(_open_letters(node, context))
    if len(letters) > 1:
        several = f"a condition in the indices {', '.join(letters)} at once is not understood; give one for each index"
        return Problem(several, node.span, text)
    if letters:
        return _for_each(letters[0], node, context, text, macros)
    reading = read_statement(text, context, macros)
    if isinstance(reading, Problem):
        return reading
    return reading.context.assume(*(rank_as_inverse(fact, reading.context) for fact in reading.relations))


def _open_letters(node: Node, context: Context) -> set[str]:
    """The letters that count the members of a family here, and are neither declared nor bound by a sum."""
    waiting, found = [node], set[str]()
    while waiting:
        part = waiting.pop()
        waiting.extend(tree.children(part))
        if isinstance(part, tree.Script) and not _known(spelling(without_above(part)) or "", context):
            above = part.superscript if part.superscript is not None and is_bracket_index(part.superscript) else None
            for script in (part.subscript, above):
                found |= set() if script is None or is_word(script) else free_symbols(script)
    return {letter for letter in found & COUNTING & free_symbols(node) if not _known(letter, context)}


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
