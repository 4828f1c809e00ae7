"""Sketches for what one equation says about another: that it is a multiple of it, or that a value was put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Final

from engine.kernel.certificate import Assumption, ByTheorem, Proof
from engine.meaning.context import Context
from engine.meaning.statement import Equivalent, Implies, Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Apply,
    Divide,
    Element,
    Multiply,
    Name,
    Negate,
    Power,
    Term,
    children,
    free_names,
    fresh_name,
    rational,
    substitute,
    subtract,
)
from engine.provers.ball import Closure, Environment, compile_term
from engine.provers.no_value import NoEval, Undef
from engine.provers.polynomial import Polynomial, TooLarge, factorised, fraction, scaled, written
from engine.provers.polynomial import product as times
from engine.provers.sampling import samples
from engine.provers.scalar import to_fraction
from engine.provers.squares import completed_squares
from engine.provers.unfold import unfold

MOST_FACTORS: Final = 5
POINTS: Final = 12
EXPONENTS: Final = (0, 1, -1, 2, -2)


def equation_sketches(context: Context, goal: Implies | Equivalent) -> Iterator[ByTheorem]:
    """What may prove that one equation follows from another, or says the same."""
    match goal:
        case Implies(Relation(_, "=", _) as premise, Relation(_, "=", _) as conclusion):
            yield from _put_in(premise, conclusion)
            for factor in multipliers(context, premise, conclusion):
                proof = ByTheorem("left-multiple", (factor, premise), (Assumption(), None))  # type: ignore[arg-type]
                yield ByTheorem("implication", (), (proof,))
            squares = Relation(_squared(conclusion.left), "=", _squared(conclusion.right))
            for factor in multipliers(context, premise, squares):
                proof = ByTheorem("left-multiple", (factor, premise), (Assumption(), None))  # type: ignore[arg-type]
                yield ByTheorem("implication", (), (ByTheorem("equal-squares", (), (None, None, proof)),))  # type: ignore[arg-type]
        case Equivalent(Relation(_, "=", _) as left, Relation(_, "=", _) as right):
            for factor in multipliers(context, left, right):
                yield ByTheorem("nonzero-multiple", (factor,))
        case Implies():
            yield ByTheorem("implication")


def known_equation_sketches(context: Context, goal: Relation) -> Iterator[ByTheorem]:
    """What may prove an equation by one that is given: ``\\lambda = N/S`` where ``N/\\lambda - S = 0``."""
    for fact in context.facts:
        if isinstance(fact, Relation) and fact.sign == "=":
            others = replace(context, facts=tuple(other for other in context.facts if other is not fact))
            for factor in multipliers(others, fact, goal):
                proof = ByTheorem("left-multiple", (factor, fact), (Assumption(), None))  # type: ignore[arg-type]
                yield proof
                yield ByTheorem("defined-given", (fact,), (proof,))


def _squared(side: Term) -> Term:
    match side:
        case Apply("sqrt", (inside,)):
            return inside
        case _:
            return Power(side, rational(Fraction(2)))


def _put_in(premise: Relation, conclusion: Relation) -> Iterator[ByTheorem]:
    """``v = a`` put into the conclusion, from either side of the premise."""
    for variable, value in ((premise.left, premise.right), (premise.right, premise.left)):
        if not isinstance(variable, Name) or variable.name in free_names(value):
            continue
        names = free_names(conclusion.left) | free_names(conclusion.right) | free_names(value)
        hole = fresh_name(variable.name, names | {variable.name})
        template = Relation(*(_with(side, variable, hole) for side in (conclusion.left, "=", conclusion.right)))  # type: ignore[arg-type]
        known = Relation(value, "=", variable)
        flipped = ByTheorem("left-multiple", (Negate(ONE), premise), (Assumption(), None))  # type: ignore[arg-type]
        how: Proof | None = Assumption() if known == premise else flipped
        proof = ByTheorem("replace-equal", (Name(hole), known, template), (how, None))  # type: ignore[arg-type]
        yield ByTheorem("implication", (), (proof,))


def _with(side: Term | str, variable: Name, hole: str) -> Term | str:
    return side if isinstance(side, str) else substitute(side, variable.name, Name(hole))


def multipliers(context: Context, known: Relation, wanted: Relation) -> Iterator[Term]:
    """Terms M for which ``M (A - B) = C - D`` holds at a few points; products of what stands in the equations."""
    sides = subtract(known.left, known.right), subtract(wanted.left, wanted.right)
    candidates = _factors(known, wanted)
    try:
        places = [dict(sample.env) for sample in samples(context, Relation(ZERO, "=", ZERO), POINTS)]
        table = [_values(side, context, places) for side in (*sides, *candidates)]
    except NoEval:
        return
    rows = [row for row in zip(*table, strict=True) if all(value for value in row)]
    if len(rows) >= 2:
        for exponents in sorted(product(EXPONENTS, repeat=len(candidates)), key=lambda e: sum(map(abs, e))):
            constant = _constant(row[1] / row[0] / _monomial(row[2:], exponents) for row in rows)
            if constant is not None:
                yield _multiplier(constant, candidates, exponents)
    yield from _quotient(context, *sides)


def _quotient(context: Context, known: Term, wanted: Term) -> Iterator[Term]:
    """The quotient of the sides as polynomials: x - 2 over x^2 - 4 is 1/(x + 2)."""
    try:
        (a, b), (c, d) = (fraction(unfold(side, context)) for side in (known, wanted))
        if a and c:
            yield from _ratio(times(c, b), times(a, d))
    except (TooLarge, NoEval, Undef):
        return


def _ratio(above: Polynomial, below: Polynomial) -> Iterator[Term]:
    """The quotient of two polynomials in lowest terms, factor by factor, the divisors as sums of squares.

    Where nothing cancels, it is not defined where the known equation holds.
    """
    (number, factors), (other, divisors) = factorised(above), factorised(below)
    summed: dict[Term, int] = {}
    for factor, e in (*factors, *((divisor, -e) for divisor, e in divisors)):
        summed[written(factor)] = summed.get(written(factor), 0) + e
    top = scaled(number / other, *(_power(base, e) for base, e in summed.items() if e > 0))
    bottom = [_power(completed_squares(base) or base, -e) for base, e in summed.items() if e < 0]
    if all(summed[written(divisor)] == -e for divisor, e in divisors):
        return
    yield Divide(top, _product(bottom)) if bottom else top


def _factors(*relations: Relation) -> tuple[Term, ...]:
    """The names, members, denominators and bases of the equations."""
    found: dict[Term, None] = {}
    for relation in relations:
        for side in (relation.left, relation.right):
            for part in _factors_inside(side):
                found.setdefault(part)
    return tuple(found)[:MOST_FACTORS]


def _factors_inside(term: Term) -> Iterator[Term]:
    match term:
        case Divide(above, below):
            yield below
            yield from (part for part in _factors_of(above) if isinstance(part, Name | Element))
        case Multiply() | Power():
            yield from _factors_of(term)
    for part in children(term):
        yield from _factors_inside(part)


def _factors_of(term: Term) -> Iterator[Term]:
    match term:
        case Multiply(factors):
            for factor in factors:
                yield from _factors_of(factor)
        case Power(base, _):
            yield base
        case _ if free_names(term):
            yield term


def _values(term: Term, context: Context, places: list[Environment]) -> list[Fraction | None]:
    """The rational values of a term at the places, ``None`` where it has none."""
    closure = compile_term(term, context)
    return [_value(closure, place) for place in places]


def _value(closure: Closure, place: Environment) -> Fraction | None:
    try:
        return to_fraction(closure(place))
    except Undef:
        return None


def _monomial(values: tuple[Fraction, ...], exponents: tuple[int, ...]) -> Fraction:
    result = Fraction(1)
    for value, exponent in zip(values, exponents, strict=True):
        result *= value**exponent
    return result


def _constant(values: Iterator[Fraction]) -> Fraction | None:
    """The one value, if there is one; most candidates fail at the second."""
    first = next(values)
    return first if all(value == first for value in values) else None


def _multiplier(constant: Fraction, candidates: tuple[Term, ...], exponents: tuple[int, ...]) -> Term:
    above = [_power(c, e) for c, e in zip(candidates, exponents, strict=True) if e > 0]
    below = [_power(c, -e) for c, e in zip(candidates, exponents, strict=True) if e < 0]
    number = rational(abs(constant))
    top = _product([*([number] if number != ONE or not above else []), *above])
    result = Divide(top, _product(below)) if below else top
    return Negate(result) if constant < 0 else result


def _power(base: Term, exponent: int) -> Term:
    return base if exponent == 1 else Power(base, rational(exponent))


def _product(factors: list[Term]) -> Term:
    return factors[0] if len(factors) == 1 else Multiply(tuple(factors))
