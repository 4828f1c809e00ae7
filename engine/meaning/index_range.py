"""Indices that nobody declared: ``\\frac{\\partial}{\\partial x_j}\\sum_{i=1}^n x_i^2 = 2x_j`` speaks of j from 1 to n.

An index of which nothing is said is one of those over which the claim sums the same family, or a δ in it, also by what
is defined beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.meaning.bar import mentioned_by_definitions
from engine.meaning.context import Context
from engine.meaning.sort import Integer
from engine.meaning.statement import Relation, Statement
from engine.meaning.term import Apply, Element, Name, Product, Sum, Term, bound_name, children, free_names

Span = tuple[Term, Term]
Slot = tuple[str, int]


def assumed_in_range(statement: Statement, context: Context, undeclared: frozenset[str]) -> tuple[Relation, ...]:
    """What to assume of the undeclared integers that stand as an index: that they lie in the one range of it.

    >>> from engine.meaning.elaborate import read_statement
    >>> found = read_statement(r"\\sum_{i=1}^n \\delta_{ij} x_i = x_j", Context())
    >>> [f.sign for f in assumed_in_range(found.relations[0], found.context, frozenset("jn"))]
    ['≤', '≤']
    """
    if not isinstance(statement, Relation):
        return ()
    sides = statement.left, statement.right
    whole = {one.name for one in context.declarations if isinstance(one.sort, Integer)}
    names = free_names(statement.left) | free_names(statement.right)
    reached = [one for one in context.definitions if one.name in names | mentioned_by_definitions(names, context)]
    terms = (*sides, *(one.body for one in reached))
    bound = frozenset[str]().union(*map(_bound, terms), *(one.parameters for one in reached))
    facts: list[Relation] = []
    for letter in sorted((whole & undeclared) - bound):
        index = Name(letter)
        slots = _slots(statement.left, index) | _slots(statement.right, index)
        found = {span for term in terms for span in _spans(term, index, slots, bound)}
        if len(found) == 1:
            ((lower, upper),) = found
            facts += (Relation(lower, "≤", index), Relation(index, "≤", upper))
    return tuple(facts)


def _bound(term: Term) -> frozenset[str]:
    own = bound_name(term)
    return frozenset(() if own is None else (own,)).union(*map(_bound, children(term)))


def _slots(term: Term, index: Name) -> frozenset[Slot]:
    """Where the index stands by itself: the families, and at which place."""
    own: frozenset[Slot] = frozenset()
    if isinstance(term, Element):
        own = frozenset((term.family, place) for place, at in enumerate(term.indices) if at == index)
    return own.union(*(_slots(part, index) for part in children(term)))


def _spans(term: Term, index: Name, slots: frozenset[Slot], bound: frozenset[str]) -> Iterator[Span]:
    """The ranges, from outside, of the sums and products through one of the slots or a δ with the index."""
    if isinstance(term, Sum | Product) and not (free_names(term.lower) | free_names(term.upper)) & (
        bound | {index.name}
    ):
        running = Name(term.index)
        if slots & _slots(term.body, running) or _has_delta(term.body, running, index):
            yield term.lower, term.upper
    for part in children(term):
        yield from _spans(part, index, slots, bound)


def _has_delta(term: Term, one: Name, other: Name) -> bool:
    if isinstance(term, Apply) and term.function == "delta" and {one, other} == set(term.arguments):
        return True
    return any(_has_delta(part, one, other) for part in children(term))
