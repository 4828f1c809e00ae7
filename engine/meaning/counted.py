"""``x_i > 0, i = 1, \\dots, N``: what is given for the members in a range."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from engine.meaning.context import Context, Declaration
from engine.meaning.elaborate import read_term
from engine.meaning.notation import DOTS
from engine.meaning.sort import NATURAL, Family, IndexRange, Real
from engine.meaning.statement import ForEach, Statement
from engine.meaning.term import INFINITY, Negate, Term
from engine.reading import tree
from engine.reading.tree import Node
from engine.span import Problem

_FOR: Final = frozenset(("for", "for all", "for each", "for every", "with", "where"))


class Counted(NamedTuple):
    """The statement, the letter that counts, and the first and last of its values."""

    statement: Node
    letter: str
    first: Node
    last: Node


def counted(node: Node) -> Counted | None:
    """The parts of ``statement, i = a, \\dots, b`` or ``statement \\text{ for } i = a, \\dots, b``."""
    match node:
        case tree.Listing((statement, *rest)) if isinstance(statement, tree.Relations):
            return _parts(statement, rest)
        case tree.Clauses((statement, tree.Listing(items)), ("", words)) if words.strip() in _FOR:
            return _parts(statement, items)
        case _:
            return None


def _parts(statement: Node, rest: object) -> Counted | None:
    match list(rest):  # type: ignore[call-overload]
        case [tree.Relations((tree.Symbol() as letter, first), ("=",)), *_, tree.Symbol() as dots, last]:
            return Counted(statement, letter.spelling, first, last) if dots.spelling in DOTS else None
        case _:
            return None


def within(before: Context, after: Context, found: Counted, text: str, macros: str) -> Context | Problem:
    """``after`` with what is new in it, about all integers, kept for the range alone."""
    ends: list[Term] = []
    for node in (found.first, found.last):
        end = read_term(text[node.span.start : node.span.end], after, macros)
        if isinstance(end, Problem):
            return Problem(end.message, node.span, text)
        ends.append(end.term)
        for one in end.context.declarations:
            if after.sort_of(one.name) is None:
                after = after.declare(one.name, NATURAL if isinstance(one.sort, Real) else one.sort)
    span = IndexRange(*ends)
    old = len(before.facts)
    facts = (*after.facts[:old], *(_in_range(fact, found.letter, span) for fact in after.facts[old:]))
    known = {one.name for one in before.declarations}
    declared = tuple(one if one.name in known else _with_range(one, span) for one in after.declarations)
    return replace(after, declarations=declared, facts=facts)


def _in_range(fact: Statement, letter: str, span: IndexRange) -> Statement:
    if isinstance(fact, ForEach) and (fact.index, fact.lower, fact.upper) == (letter, Negate(INFINITY), INFINITY):
        return replace(fact, lower=span.lower, upper=span.upper)
    return fact


def _with_range(one: Declaration, span: IndexRange) -> Declaration:
    if isinstance(one.sort, Family) and one.sort.ranges == (None,):
        return replace(one, sort=replace(one.sort, ranges=(span,)))
    return one
