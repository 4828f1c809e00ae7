"""Indices that nobody declared: ``\\frac{\\partial}{\\partial x_j}\\sum_{i=1}^n x_i^2 = 2x_j`` speaks of j from 1 to n.

An index of which nothing is said is one of those over which the claim sums the same family, or a δ in it, also by what
is defined beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from engine.meaning.bar import mentioned_by_definitions
from engine.meaning.context import Context, Definition
from engine.meaning.sort import Family, Integer, Real
from engine.meaning.statement import Relation, Statement, sides
from engine.meaning.term import (
    ONE,
    Add,
    Apply,
    Comparison,
    Element,
    Name,
    Product,
    Sum,
    Term,
    bound_name,
    children,
    free_names,
    map_children,
    substitute,
)

Span = tuple[Term, Term]
Slot = tuple[str, int]


def assumed_in_range(statement: Statement, context: Context, undeclared: frozenset[str]) -> tuple[Relation, ...]:
    """What to assume of the undeclared integers that stand as an index: that they lie in the one range of it.

    >>> from engine.meaning.elaborate import read_statement
    >>> found = read_statement(r"\\sum_{i=1}^n \\delta_{ij} x_i = x_j", Context())
    >>> [f.sign for f in assumed_in_range(found.relations[0], found.context, frozenset("jn"))]
    ['≤', '≤']
    """
    letters = {one.name for one in context.declarations if isinstance(one.sort, Integer)} & undeclared
    spans = _spans_of(statement, context, letters, ("delta",))
    alone = ((at, found) for at, found in spans.items() if isinstance(at, Name) and len(found) == 1)
    return tuple(fact for at, found in alone for fact in _within(at, *found))


def inside_all(statement: Statement, context: Context, undeclared: frozenset[str]) -> tuple[Relation, ...]:
    """What holds of the undeclared indices inside of each range of theirs; without any, that they count from 1.

    Here a name in an indicator is an index as well, and the j + 1 of x_{j+1} has a range.
    """
    letters = {one.name for one in context.declarations if isinstance(one.sort, Integer | Real)} & undeclared
    facts: dict[Relation, None] = {}
    for at, found in _spans_of(statement, context, letters, ("delta", "indicator")).items():
        for span in found:
            facts |= dict.fromkeys(_within(at, span))
        if not found and isinstance(at, Name):
            facts[Relation(ONE, "≤", at)] = None
    return tuple(facts)


def _within(at: Term, span: Span) -> tuple[Relation, ...]:
    lower, upper = span
    return Relation(lower, "≤", at), Relation(at, "≤", upper)


def _spans_of(
    statement: Statement, context: Context, letters: Set[str], functions: tuple[str, ...]
) -> dict[Term, set[Span]]:
    """What stands as an index and is made of the letters, and the ranges of each: those of the sums through the same
    families, or through one of the functions of two indices; where there are any, those declared for the families are.
    """
    both = sides(statement)
    if not both or not letters:
        return {}
    reached = reached_definitions(statement, context)
    own = *both, *(with_members(side, reached) for side in both)
    terms = (*own, *(one.body for one in reached))
    bound = frozenset[str]().union(*map(_bound, terms), *(one.parameters for one in reached))
    free = letters & frozenset[str]().union(*map(counting, terms)) - bound
    places = {at for term in own for at in _places(term) if free_names(at) & free and not free_names(at) & bound}
    spans: dict[Term, set[Span]] = {}
    for at in sorted(places | set(map(Name, free)), key=repr):
        slots = frozenset[Slot]().union(*(_slots(term, at) for term in own))
        found = {span for term in terms for span in _spans(term, at, slots, bound, functions)}
        spans[at] = (set(_declared(slots, context)) or found) if found else found
    return spans


def reached_definitions(statement: Statement, context: Context) -> list[Definition]:
    """The definitions of what the statement speaks of, directly or by other definitions."""
    names = frozenset[str]().union(*map(free_names, sides(statement)))
    return [one for one in context.definitions if one.name in names | mentioned_by_definitions(names, context)]


def with_members(term: Term, definitions: Sequence[Definition], deep: int = 4) -> Term:
    """The term with members of defined families written out, one in another up to a depth.

    >>> from engine.meaning.term import ONE
    >>> with_members(Element("z", (ONE,)), [Definition("z", ("k",), Element("a", (Name("k"),)))]).family
    'a'
    """
    term = map_children(term, lambda part: with_members(part, definitions, deep))
    known = next((one for one in definitions if isinstance(term, Element) and one.name == term.family), None)
    if known is None or not deep or not isinstance(term, Element) or len(known.parameters) != len(term.indices):
        return term
    fresh = [f"{name}'" for name in known.parameters]
    body = known.body
    for name, own in zip(known.parameters, fresh, strict=True):
        body = substitute(body, name, Name(own))
    for own, index in zip(fresh, term.indices, strict=True):
        body = substitute(body, own, index)
    return with_members(body, definitions, deep - 1)


def _declared(slots: frozenset[Slot], context: Context) -> Iterator[Span]:
    """The ranges that are declared for the slots."""
    for family, place in slots:
        sort = context.sort_of(family)
        span = sort.ranges[place] if isinstance(sort, Family) and place < len(sort.ranges) else None
        if span is not None:
            yield span.lower, span.upper


def counting(term: Term) -> frozenset[str]:
    """The names in indices, δ and indicators."""
    return frozenset[str]().union(*map(free_names, _places(term)))


def _places(term: Term) -> Iterator[Term]:
    """What stands in indices, in δ and in indicators."""
    yield from _own_places(term)
    for part in children(term):
        yield from _places(part)


def _own_places(term: Term) -> tuple[Term, ...]:
    match term:
        case Element(_, indices) | Apply("delta", indices):
            return indices
        case Apply("indicator", (Comparison(left, _, right),)):
            return left, right
        case Apply("indicator", conditions):
            return conditions
        case _:
            return ()


def outside_indices(term: Term) -> frozenset[str]:
    """The names that stand free somewhere else than in indices, δ and indicators."""
    if isinstance(term, Apply) and term.function in ("delta", "indicator"):
        return frozenset()
    if isinstance(term, Element):
        return frozenset((term.family,))
    if isinstance(term, Name):
        return frozenset((term.name,))
    bound = bound_name(term)
    return frozenset[str]().union(*map(outside_indices, children(term))) - ({bound} if bound else set())


def _bound(term: Term) -> frozenset[str]:
    own = bound_name(term)
    return frozenset(() if own is None else (own,)).union(*map(_bound, children(term)))


def _slots(term: Term, index: Term) -> frozenset[Slot]:
    """Where the index stands by itself: the families, and at which place."""
    own: frozenset[Slot] = frozenset()
    if isinstance(term, Element):
        own = frozenset((term.family, place) for place, at in enumerate(term.indices) if at == index)
    return own.union(*(_slots(part, index) for part in children(term)))


def _spans(
    term: Term, index: Term, slots: frozenset[Slot], bound: frozenset[str], functions: tuple[str, ...]
) -> Iterator[Span]:
    """The ranges, from outside, of the sums and products through one of the slots, or a function, with the index."""
    if isinstance(term, Sum | Product) and not (free_names(term.lower) | free_names(term.upper)) & (
        bound | free_names(index)
    ):
        if slots & _slots(term.body, Name(term.index)):
            yield term.lower, term.upper
        for at in _compared_with(term.body, index, functions):
            if _is_moved(at, term.index):
                yield substitute(at, term.index, term.lower), substitute(at, term.index, term.upper)
    for part in children(term):
        yield from _spans(part, index, slots, bound, functions)


def _compared_with(term: Term, index: Term, functions: tuple[str, ...]) -> Iterator[Term]:
    """What stands beside the index in a δ or an indicator."""
    if isinstance(term, Apply) and term.function in functions and index in (both := _own_places(term)):
        yield from (at for at in both if at != index)
    for part in children(term):
        yield from _compared_with(part, index, functions)


def _is_moved(term: Term, running: str) -> bool:
    """``k``, ``k - 1``: the running index and whole numbers."""
    parts = term.terms if isinstance(term, Add) else (term,)
    others = [part for part in parts if part != Name(running)]
    return len(others) == len(parts) - 1 and not any(map(free_names, others))
