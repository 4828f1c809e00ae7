"""A sum without one of its terms: Σ_{i=1}^n x_i - x_k is the sum up to k - 1 and the one from k + 1.

>>> from engine.meaning.elaborate import read_term
>>> from engine.meaning.context import Context
>>> from engine.meaning.latex import term_latex
>>> [term_latex(rest) for rest in rests_of_sums(read_term(r"\\sum_{i=1}^n x_i - x_1", Context()).term)]
['\\\\sum_{i=2}^{n} x_{i}']
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.meaning.term import ONE, Add, Element, Name, Negate, Sum, Term, children, integer, substitute, subtract


def rests_of_sums(difference: Term) -> Iterator[Term]:
    """The difference with one of its terms taken out of a sum in it, where the sum has that term."""
    parts = list(_parts(difference, 1))
    for at, (big, sign) in enumerate(parts):
        for other, (part, opposite) in enumerate(parts):
            if isinstance(big, Sum) and sign != opposite and (place := _place(big, part)) is not None:
                kept = [one for n, one in enumerate(parts) if n not in (at, other)]
                yield _total([*((rest, sign) for rest in _without(big, place)), *kept])


def _parts(term: Term, sign: int) -> Iterator[tuple[Term, int]]:
    match term:
        case Add(parts):
            for part in parts:
                yield from _parts(part, sign)
        case Negate(part):
            yield from _parts(part, -sign)
        case _:
            yield term, sign


def _total(parts: list[tuple[Term, int]]) -> Term:
    terms = tuple(part if sign > 0 else Negate(part) for part, sign in parts)
    return terms[0] if len(terms) == 1 else Add(terms)


def _place(big: Sum, part: Term) -> Term | None:
    """The index at which the sum has this term."""
    places = (at for family in _families(big.body, big.index) for at in _indices(part, family))
    return next((at for at in places if substitute(big.body, big.index, at) == part), None)


def _families(body: Term, index: str) -> Iterator[str]:
    match body:
        case Element(family, (Name(name),)) if name == index:
            yield family
    for part in children(body):
        yield from _families(part, index)


def _indices(term: Term, family: str) -> Iterator[Term]:
    match term:
        case Element(name, (at,)) if name == family:
            yield at
    for part in children(term):
        yield from _indices(part, family)


def _without(big: Sum, place: Term) -> Iterator[Term]:
    """The terms before the place and after it."""
    if place != big.lower:
        yield Sum(big.index, big.lower, subtract(place, ONE), big.body)
    if place != big.upper:
        after = integer(2) if place == ONE else Add((place, ONE))
        yield Sum(big.index, after, big.upper, big.body)
