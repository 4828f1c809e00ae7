"""Completing squares: ``left - right`` written so that its sign can be seen, as ``Σ c_k q_k² + rest`` with numbers c_k.

>>> from engine.meaning.elaborate import read_term
>>> from engine.meaning.context import Context
>>> from engine.meaning.latex import term_latex
>>> term_latex(completed_squares(read_term("x^2 + x + 1", Context()).term))
'\\\\left(x + \\\\frac{1}{2}\\\\right)^{2} + \\\\frac{3}{4}'
"""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import Add, Divide, Multiply, Negate, Number, Power, Term, integer, rational

Monomial = tuple[tuple[Term, int], ...]
Polynomial = dict[Monomial, Fraction]
"""Rational coefficients of products of powers; whatever is not arithmetic is a variable."""

MOST_TERMS = 200
LARGEST_POWER = 8
MOST_SQUARES = 12


class TooLarge(Exception):
    """A polynomial with too many terms to be of use here."""


def completed_squares(difference: Term) -> Term | None:
    """The same value as a sum of squares with numeric coefficients and a rest; ``None`` where no square is found."""
    try:
        rest = _polynomial(difference)
    except TooLarge:
        return None
    squares: list[Term] = []
    while len(squares) < MOST_SQUARES and (found := _square(rest)) is not None:
        coefficient, root = found
        squares.append(_scaled(coefficient, Power(_term(root), integer(2))))
        rest = _sum(rest, _product(root, root), -coefficient)
    if not squares:
        return None
    parts = (*squares, *((_term(rest),) if rest else ()))
    return parts[0] if len(parts) == 1 else Add(parts)


def _square(p: Polynomial) -> tuple[Fraction, Polynomial] | None:
    """A number c and a polynomial q such that ``p - c q²`` is simpler.

    q is v^k plus a rest of lower power in v, where v^2k stands alone in p and is the highest power of v there.
    """
    for monomial, coefficient in sorted(p.items(), key=lambda item: -sum(e for _, e in item[0])):
        if len(monomial) != 1 or monomial[0][1] % 2:
            continue
        variable, exponent = monomial[0]
        if any(dict(other).get(variable, 0) > exponent for other in p):
            continue
        half = exponent // 2
        root: Polynomial = {((variable, half),): Fraction(1)}
        for other, share in p.items():
            partner = _without(other, variable, half)
            if partner is not None and dict(partner).get(variable, 0) < half:
                root = _sum(root, {partner: share / (2 * coefficient)})
        return coefficient, root
    return None


def _without(monomial: Monomial, variable: Term, power: int) -> Monomial | None:
    """The monomial divided by ``variable^power``, where that divides it."""
    exponents = dict(monomial)
    left = exponents.pop(variable, 0) - power
    if left < 0:
        return None
    if left:
        exponents[variable] = left
    return _ordered(exponents)


def _ordered(exponents: dict[Term, int]) -> Monomial:
    return tuple(sorted(exponents.items(), key=lambda item: repr(item[0])))


# ---- polynomials of terms


def _polynomial(term: Term) -> Polynomial:
    match term:
        case Number(value):
            return {(): value} if value else {}
        case Add(parts):
            result: Polynomial = {}
            for part in parts:
                result = _sum(result, _polynomial(part))
            return result
        case Negate(part):
            return _sum({}, _polynomial(part), Fraction(-1))
        case Multiply(factors):
            result = {(): Fraction(1)}
            for factor in factors:
                result = _product(result, _polynomial(factor))
            return result
        case Divide(above, below) if (by := _polynomial(below)) and set(by) == {()}:
            return _sum({}, _polynomial(above), 1 / by[()])
        case Power(base, Number(Fraction(denominator=1) as exponent)) if exponent <= LARGEST_POWER:
            result = {(): Fraction(1)}
            for _ in range(int(exponent)):
                result = _product(result, _polynomial(base))
            return result
        case _:
            return {((term, 1),): Fraction(1)}


def _sum(p: Polynomial, q: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    result = dict(p)
    for monomial, coefficient in q.items():
        value = result.pop(monomial, Fraction(0)) + coefficient * factor
        if value:
            result[monomial] = value
    return result


def _product(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) * len(q) > MOST_TERMS:
        raise TooLarge
    result: Polynomial = {}
    for m, c in p.items():
        for n, d in q.items():
            exponents = dict(m)
            for variable, exponent in n:
                exponents[variable] = exponents.get(variable, 0) + exponent
            result = _sum(result, {_ordered(exponents): c * d})
    return result


# ---- and back


def _term(p: Polynomial) -> Term:
    parts = tuple(_scaled(coefficient, *_powers(monomial)) for monomial, coefficient in p.items())
    return parts[0] if len(parts) == 1 else Add(parts)


def _powers(monomial: Monomial) -> tuple[Term, ...]:
    return tuple(variable if e == 1 else Power(variable, integer(e)) for variable, e in monomial)


def _scaled(coefficient: Fraction, *factors: Term) -> Term:
    if coefficient < 0:
        return Negate(_scaled(-coefficient, *factors))
    if not factors:
        return rational(coefficient)
    all_factors = factors if coefficient == 1 else (rational(coefficient), *factors)
    return all_factors[0] if len(all_factors) == 1 else Multiply(all_factors)
