r"""Sums of squared deviations: ``left - right`` as ``Σ a_k q_k²`` plus a rest, where a_k are products of powers.

``c Σ x_i²`` is ``c Σ (x_i - m)² + c (Σ x_i)²/N`` with the mean m, and ``a v² + b v`` is ``a (v + b/2a)² - b²/4a``.

>>> from engine.meaning.elaborate import read_term
>>> from engine.meaning.context import Context
>>> from engine.meaning.latex import term_latex
>>> gap = read_term(r"\frac1n\sum_{i=1}^n x_i^2 - \left(\frac1n\sum_{i=1}^n x_i\right)^2", Context()).term
>>> print(term_latex(deviations(gap)))
n^{-1} \sum_{i=1}^{n} \left(x_{i} - n^{-1} \sum_{i=1}^{n} x_{i}\right)^{2}
"""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import (
    ONE,
    Add,
    Divide,
    Multiply,
    Negate,
    Number,
    Power,
    Sum,
    Term,
    free_names,
    integer,
    subtract,
)
from engine.provers.polynomial import Monomial, Polynomial, TooLarge, ordered, polynomial, total, written
from engine.provers.polynomial import product as times

MOST_SQUARES = 6
LARGEST_POWER = 4


def deviations(difference: Term) -> Term | None:
    """The same value as multiples of squares and a rest; ``None`` where there is no square, or it is too large."""
    try:
        rest = laurent(difference)
        squares: list[Term] = []
        while len(squares) < MOST_SQUARES and (found := _of_a_sum(rest) or _of_a_square(rest)) is not None:
            square, rest = found
            squares.append(square)
    except TooLarge:
        return None
    parts = (*squares, *((written(rest),) if rest else ()))
    return None if not squares else parts[0] if len(parts) == 1 else Add(parts)


def laurent(term: Term) -> Polynomial:
    """The term as a polynomial, with negative exponents for monomials divided by, and constants outside of sums."""
    match term:
        case Add(parts):
            result: Polynomial = {}
            for part in parts:
                result = total(result, laurent(part))
            return result
        case Negate(part):
            return total({}, laurent(part), -1)
        case Multiply(factors):
            return _product(*map(laurent, factors))
        case Divide(above, below):
            inverse = _inverse(laurent(below))
            return _one(term) if inverse is None else times(laurent(above), inverse)
        case Power(base, Number(Fraction(denominator=1) as exponent)) if 0 < abs(exponent) <= LARGEST_POWER:
            power = _product(*[laurent(base)] * abs(int(exponent)))
            inverse = power if exponent > 0 else _inverse(power)
            return _one(term) if inverse is None else inverse
        case Sum(_, _, _, _):
            return _summed(term)
        case _:
            return polynomial(term)


def _product(*factors: Polynomial) -> Polynomial:
    result: Polynomial = {(): Fraction(1)}
    for factor in factors:
        result = times(result, factor)
    return result


def _inverse(p: Polynomial) -> Polynomial | None:
    """Of a monomial."""
    return {_raised(m, -1): 1 / c for m, c in p.items()} if len(p) == 1 else None


def _raised(monomial: Monomial, power: int) -> Monomial:
    return tuple((variable, power * exponent) for variable, exponent in monomial)


def _summed(whole: Sum) -> Polynomial:
    """The sum of each monomial, with what does not depend on the index before it."""
    result: Polynomial = {}
    for monomial, coefficient in laurent(whole.body).items():
        inside = tuple(pair for pair in monomial if whole.index in free_names(pair[0]))
        outside = tuple(pair for pair in monomial if pair not in inside)
        body = written({inside: Fraction(1)})
        value = _one(Sum(whole.index, whole.lower, whole.upper, body)) if inside else _length(whole)
        result = total(result, times({outside: coefficient}, value))
    return result


def _one(variable: Term) -> Polynomial:
    return {((variable, 1),): Fraction(1)}


def _length(whole: Sum) -> Polynomial:
    return laurent(Add((subtract(whole.upper, whole.lower), ONE)))


def _of_a_sum(p: Polynomial) -> tuple[Term, Polynomial] | None:
    """``c Σ x_i²`` where Σ x_i occurs, too: the squared deviations from the mean, and the polynomial without them."""
    variables = {variable for monomial in p for variable, _ in monomial}
    for monomial, coefficient in p.items():
        for square, exponent in monomial:
            match square:
                case Sum(index, lower, upper, Power(root, Number(value))) if exponent == 1 and value == 2:
                    single, share = Sum(index, lower, upper, root), _inverse(_length(square))
                    if single not in variables or share is None:
                        continue
                    factor: Polynomial = {tuple(pair for pair in monomial if pair[0] != square): coefficient}
                    mean = times(_one(single), share)
                    squared = Sum(index, lower, upper, Power(subtract(root, written(mean)), integer(2)))
                    rest = total(p, {monomial: coefficient}, -1)
                    rest = total(rest, _product(factor, mean, _one(single)))
                    return Multiply((written(factor), squared)), rest
    return None


def _of_a_square(p: Polynomial) -> tuple[Term, Polynomial] | None:
    """``a v² + b v`` where a is one monomial: a square, and the polynomial without it."""
    for monomial, coefficient in p.items():
        for variable, exponent in monomial:
            powers = {e for m in p for v, e in m if v == variable}
            if exponent != 2 or powers > {1, 2} or sum(dict(m).get(variable) == 2 for m in p) > 1:
                continue
            factor: Polynomial = {_without(monomial, variable): coefficient}
            slope = {_without(m, variable): c for m, c in p.items() if dict(m).get(variable) == 1}
            shift = times(slope, _inverse(total({}, factor, 2)) or {})
            root = total(_one(variable), shift)
            square = _product(factor, root, root)
            return Multiply((written(factor), Power(written(root), integer(2)))), total(p, square, -1)
    return None


def _without(monomial: Monomial, variable: Term) -> Monomial:
    return ordered({other: exponent for other, exponent in monomial if other != variable})
