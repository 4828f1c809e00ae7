"""``left - right`` written so that its sign can be seen: as factors, each a sum of products of what is known to be
positive, with coefficients that are not negative (Handelman, Pacific J. Math. 132, 1988), or a sum of squares.

b² - a² is (b - a)² + 2a(b - a), which shows that it is positive where 0 < a < b.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, combinations_with_replacement
from typing import Final

from engine.meaning.context import Context
from engine.meaning.sort import Family, Integer
from engine.meaning.statement import ForEach, Relation
from engine.meaning.term import (
    Add,
    Apply,
    Divide,
    E,
    Element,
    Multiply,
    Name,
    Power,
    Term,
    free_names,
    integer,
    substitute,
    subtract,
)
from engine.provers.combination import combination
from engine.provers.no_value import NoEval, Undef
from engine.provers.polynomial import (
    Polynomial,
    TooLarge,
    degree,
    factorised,
    fraction,
    polynomial,
    product,
    reduced,
    scaled,
    total,
    variables,
    written,
)
from engine.provers.squares import completed_squares
from engine.provers.unfold import unfold

MOST_KNOWN: Final = 8
MOST_PARTS: Final = 90
MOST_VARIABLES: Final = 5
LARGEST_DEGREE: Final = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A product whose sign is known: positive where it is strict, or else not negative."""

    polynomial: Polynomial
    written: Term
    strict: bool


def signed_forms(context: Context, difference: Term) -> Iterator[Term]:
    """Terms of the same value whose sign may be seen."""
    try:
        above, below = map(reduced, fraction(unfold(difference, context)))
        if not above or not below or len(variables(product(above, below))) > MOST_VARIABLES:
            return
        known = _known(context, (*variables(above), *variables(below)))
        (number, factors), (other, divisors) = factorised(above), factorised(below)
        bottom = [_power(_shown(p, known), e) for p, e in divisors]
        if len(factors) + len(divisors) > 1 or factors and factors[0][1] > 1:
            yield _quotient(number / other, [_power(_shown(p, known), e) for p, e in factors], bottom)
        for direction, seen in _as_combination(above, known):
            yield _quotient(direction / other, [seen], bottom)
    except (TooLarge, NoEval, Undef):
        return


def _quotient(number: Fraction, above: list[Term], below: list[Term]) -> Term:
    top = scaled(abs(number), *above)
    value = Divide(top, below[0] if len(below) == 1 else Multiply(tuple(below))) if below else top
    return value if number > 0 else scaled(Fraction(-1), value)


def _power(base: Term, exponent: int) -> Term:
    return base if exponent == 1 else Power(base, integer(exponent))


def _shown(p: Polynomial, known: list[Part]) -> Term:
    """The polynomial, so that its sign can be seen if possible."""
    if len(p) == 1:
        return written(p)
    for direction, seen in _as_combination(p, known):
        return seen if direction > 0 else scaled(Fraction(-1), seen)
    return completed_squares(written(p)) or written(p)


def _as_combination(p: Polynomial, known: list[Part]) -> Iterator[tuple[int, Term]]:
    """p or -p as a sum of products of what is known, with 1 or -1."""
    parts = list(_parts(known, variables(p), degree(p)))
    polynomials, strict = [part.polynomial for part in parts], [part.strict for part in parts]
    for direction in (1, -1):
        found = combination(total({}, p, direction), polynomials, strict)
        if found is not None:
            terms = tuple(scaled(c, part.written) for c, part in zip(found, parts, strict=True) if c)
            yield direction, terms[0] if len(terms) == 1 else Add(terms)


def _parts(known: list[Part], names: tuple[Term, ...], most: int) -> Iterator[Part]:
    """1, products of what is known and squares, up to the degree; the simplest first, and not too many."""
    squares = list(_squares(names)) if most >= 2 else []
    count = 0
    yield Part({(): Fraction(1)}, integer(1), strict=True)
    for size in range(1, min(most, LARGEST_DEGREE) + 1):
        for chosen in combinations_with_replacement((*known, *squares), size):
            if sum(degree(part.polynomial) for part in chosen) > most:
                continue
            if (count := count + 1) > MOST_PARTS:
                return
            yield _times(chosen)


def _times(chosen: tuple[Part, ...]) -> Part:
    result: Polynomial = {(): Fraction(1)}
    for part in chosen:
        result = reduced(product(result, part.polynomial))
    factors = tuple(part.written for part in chosen)
    even = len(chosen) == 2 and chosen[0] is chosen[1]
    form = Power(factors[0], integer(2)) if even else factors[0] if len(factors) == 1 else Multiply(factors)
    return Part(result, form, all(part.strict for part in chosen))


def _squares(names: tuple[Term, ...]) -> Iterator[Part]:
    one = Fraction(1)
    bases: list[Polynomial] = [{((name, 1),): one} for name in names]
    bases += [{((a, 1),): one, ((b, 1),): Fraction(sign)} for a, b in combinations(names, 2) for sign in (-1, 1)]
    for base in bases:
        yield Part(product(base, base), Power(written(base), integer(2)), strict=False)


# ---- what is known


def _known(context: Context, atoms: tuple[Term, ...]) -> list[Part]:
    """What is known of the atoms and of what is compared with them."""
    facts = list(_parts_of(context, _of_facts(context, atoms)))
    reached, waiting = set(_with_names(atoms)), facts
    while linked := [part for part in waiting if reached & set(_with_names(variables(part.polynomial)))]:
        reached.update(_with_names(name for part in linked for name in variables(part.polynomial)))
        waiting = [part for part in waiting if part not in linked]
    related = [part for part in facts if part not in waiting]
    inside = dict.fromkeys((*atoms, *(name for part in related for name in variables(part.polynomial))))
    kinds = _parts_of(context, chain.from_iterable(_of_kind(context, atom) for atom in inside))
    known: dict[Term, Part] = {}
    for part in (*related, *kinds):
        if part.strict or part.written not in known:
            known[part.written] = part
    return sorted(known.values(), key=lambda part: degree(part.polynomial))[:MOST_KNOWN]


def _with_names(atoms: Iterable[Term]) -> Iterator[Term]:
    for atom in atoms:
        yield atom
        yield from map(Name, sorted(free_names(atom)))


def _parts_of(context: Context, terms: Iterable[tuple[Term, bool]]) -> Iterator[Part]:
    for term, strict in terms:
        try:
            p = polynomial(unfold(term, context))
        except (TooLarge, NoEval, Undef):
            continue
        if degree(p):
            yield Part(p, written(p), strict)


def _of_facts(context: Context, atoms: tuple[Term, ...]) -> Iterator[tuple[Term, bool]]:
    """Terms that are not negative by a fact, and whether they are positive."""
    for fact in context.facts:
        match fact:
            case Relation():
                yield from _of_relation(fact)
            case ForEach(index, _, _, body):
                for place in dict.fromkeys(atom.indices[0] for atom in atoms if isinstance(atom, Element)):
                    left, right = (substitute(side, index, place) for side in (body.left, body.right))
                    yield from _of_relation(Relation(left, body.sign, right))


def _of_relation(fact: Relation) -> Iterator[tuple[Term, bool]]:
    match fact.sign:
        case "<" | "≤":
            yield subtract(fact.right, fact.left), fact.sign == "<"
        case ">" | "≥":
            yield subtract(fact.left, fact.right), fact.sign == ">"


def _of_kind(context: Context, atom: Term) -> Iterator[tuple[Term, bool]]:
    match atom:
        case Name(name):
            yield from _of_sort(context.sort_of(name), atom)
        case Element(family) if isinstance(sort := context.sort_of(family), Family):
            yield from _of_sort(sort.element, atom)
        case Power(base, _):
            yield atom, base == E
        case Apply("sqrt", _):
            yield atom, False
        case Apply("exp", _):
            yield atom, True
        case Apply("abs", (inside,)):
            yield atom, False
            yield subtract(atom, inside), False
            yield Add((atom, inside)), False


def _of_sort(sort: object, atom: Term) -> Iterator[tuple[Term, bool]]:
    match sort:
        case Integer(int(least)):
            yield atom, least > 0
            if least:
                yield subtract(atom, integer(least)), False
