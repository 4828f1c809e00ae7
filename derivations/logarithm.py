"""The logarithm of a written product, one rule at a time, as a lecturer writes it down."""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    E,
    Multiply,
    Negate,
    Number,
    Power,
    Term,
)


def logarithm_of_factors(term: Term) -> Term:
    r"""ln of ``term``, with ln(ab) = ln a + ln b and ln(a/b) = ln a − ln b applied at every product and quotient.

    >>> from engine.meaning.term import Name
    >>> logarithm_of_factors(Multiply((Name("a"), Name("b"))))
    Add(terms=(Apply(function='ln', arguments=(Name(name='a'),)), Apply(function='ln', arguments=(Name(name='b'),))))
    """
    return _sum(tuple(_signed(positive, Apply("ln", (factor,))) for positive, factor in _factors(term, True)))


def logarithm_of_powers(term: Term) -> Term:
    r"""``term`` with ln e^u = u, ln a^b = b ln a, ln √a = ½ ln a and ln 1 = 0 applied to each of its logarithms."""
    match term:
        case Add(terms):
            return _sum(tuple(logarithm_of_powers(part) for part in terms))
        case Negate(inner):
            return _negative(logarithm_of_powers(inner))
        case Apply("ln", (argument,)):
            return _of_power(argument)
        case _:
            return term


def _factors(term: Term, positive: bool) -> tuple[tuple[bool, Term], ...]:
    """The factors of a product or quotient, each with whether it stands above the line."""
    match term:
        case Multiply(parts):
            return tuple(factor for part in parts for factor in _factors(part, positive))
        case Divide(top, bottom):
            return (*(() if top == ONE else _factors(top, positive)), *_factors(bottom, not positive))
        case _:
            return ((positive, term),)


def _of_power(argument: Term) -> Term:
    match argument:
        case Number(value) if value == 1:
            return ZERO
        case Power(base, exponent) if base == E:
            return exponent
        case Apply("exp", (exponent,)):
            return exponent
        case Power(base, exponent):
            return _times(exponent, Apply("ln", (base,)))
        case Apply("sqrt", (base,)):
            return _times(Divide(ONE, Number(Fraction(2))), Apply("ln", (base,)))
        case _:
            return Apply("ln", (argument,))


def _times(factor: Term, term: Term) -> Term:
    return _negative(_times(factor.term, term)) if isinstance(factor, Negate) else Multiply((factor, term))


def _negative(term: Term) -> Term:
    match term:
        case Negate(inner):
            return inner
        case Number(value) if value == 0:
            return ZERO
        case _:
            return Negate(term)


def _signed(positive: bool, term: Term) -> Term:
    return term if positive else Negate(term)


def _sum(terms: tuple[Term, ...]) -> Term:
    """The sum without its zeros, and without sums inside it."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, Add) else (term,)) if part != ZERO)
    match flat:
        case ():
            return ZERO
        case (term,):
            return term
        case _:
            return Add(flat)
