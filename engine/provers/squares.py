"""Completing squares: ``left - right`` written so that its sign can be seen, as ``Σ c_k q_k² + rest`` with numbers c_k.

>>> from engine.meaning.elaborate import read_term
>>> from engine.meaning.context import Context
>>> from engine.meaning.latex import term_latex
>>> term_latex(completed_squares(read_term("x^2 + x + 1", Context()).term))
'\\\\left(x + \\\\frac{1}{2}\\\\right)^{2} + \\\\frac{3}{4}'
"""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import Add, Power, Term, integer
from engine.provers.polynomial import (
    Monomial,
    Polynomial,
    TooLarge,
    ordered,
    polynomial,
    product,
    scaled,
    total,
    written,
)

MOST_SQUARES = 12


def completed_squares(difference: Term) -> Term | None:
    """The same value as a sum of squares with numeric coefficients and a rest; ``None`` where no square is found."""
    try:
        rest = polynomial(difference)
    except TooLarge:
        return None
    squares: list[Term] = []
    while len(squares) < MOST_SQUARES and (found := _square(rest)) is not None:
        coefficient, root = found
        squares.append(scaled(coefficient, Power(written(root), integer(2))))
        rest = total(rest, product(root, root), -coefficient)
    if not squares:
        return None
    parts = (*squares, *((written(rest),) if rest else ()))
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
                root = total(root, {partner: share / (2 * coefficient)})
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
    return ordered(exponents)
