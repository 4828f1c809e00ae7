"""Sparse polynomials over numbered atoms with rational exponents and exact rational coefficients.

A monomial is a tuple of ``(atom, exponent)`` sorted by atom, no exponent 0. A polynomial maps monomials to
coefficients; no coefficient is 0, so a polynomial is zero exactly when it is empty.
"""

from __future__ import annotations

from fractions import Fraction

Exponent = int | Fraction
Monomial = tuple[tuple[int, Exponent], ...]
Polynomial = dict[Monomial, Fraction]
Frozen = frozenset[tuple[Monomial, Fraction]]

UNIT: Monomial = ()


def shorten(exponent: Exponent) -> Exponent:
    """An integer where the exponent is one."""
    return exponent.numerator if exponent.denominator == 1 else exponent


def constant(value: Fraction | int) -> Polynomial:
    return {UNIT: Fraction(value)} if value else {}


def of_atom(atom: int, exponent: Exponent = 1) -> Polynomial:
    return {((atom, exponent),): Fraction(1)} if exponent else constant(1)


def is_constant(p: Polynomial) -> bool:
    return all(monomial == UNIT for monomial in p)


def constant_term(p: Polynomial) -> Fraction:
    return p.get(UNIT, Fraction(0))


def add(p: Polynomial, q: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """``p + factor * q``."""
    total = dict(p)
    terms = q if factor == 1 else negated(q) if factor == -1 else scale(q, factor)
    for monomial, term in terms.items():
        value = total[monomial] + term if monomial in total else term
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def negated(p: Polynomial) -> Polynomial:
    return {monomial: -coefficient for monomial, coefficient in p.items()}


def scale(p: Polynomial, factor: Fraction | int) -> Polynomial:
    return {monomial: coefficient * factor for monomial, coefficient in p.items()} if factor else {}


def multiply_monomials(m: Monomial, n: Monomial) -> Monomial:
    if not m or not n:
        return m or n
    exponents = dict(m)
    for atom, exponent in n:
        exponents[atom] = shorten(exponents.get(atom, 0) + exponent)
    return tuple(sorted((atom, exponent) for atom, exponent in exponents.items() if exponent))


def monomial_power(m: Monomial, exponent: Exponent) -> Monomial:
    return tuple((atom, shorten(e * exponent)) for atom, e in m) if exponent else UNIT


def freeze(p: Polynomial) -> Frozen:
    return frozenset(p.items())


def thaw(frozen: Frozen) -> Polynomial:
    return dict(frozen)


def atoms_of(p: Polynomial) -> set[int]:
    return {atom for monomial in p for atom, _ in monomial}


def content(p: Polynomial) -> Monomial:
    """The greatest monomial that divides every term: for each atom its least exponent, counting 0 where absent."""
    least: dict[int, Exponent] = {}
    for atom in atoms_of(p):
        least[atom] = min(dict(monomial).get(atom, 0) for monomial in p)
    return tuple(sorted((atom, e) for atom, e in least.items() if e))


def divide_exactly(p: Polynomial, divisor: Polynomial, limit: int = 200) -> Polynomial | None:
    """The quotient where ``divisor`` divides ``p`` without remainder, else ``None`` (lexicographic long division)."""
    atoms = sorted(atoms_of(p) | atoms_of(divisor))

    def rank(monomial: Monomial) -> tuple[Exponent, ...]:
        exponents = dict(monomial)
        return tuple(exponents.get(atom, 0) for atom in atoms)

    lead = max(divisor, key=rank)
    inverse_lead = monomial_power(lead, -1)
    quotient: Polynomial = {}
    for _ in range(limit):
        if not p:
            return quotient
        top = max(p, key=rank)
        monomial = multiply_monomials(top, inverse_lead)
        if any(exponent < 0 for _, exponent in monomial):
            return None
        step = p[top] / divisor[lead]
        quotient = add(quotient, {monomial: step})
        product = {multiply_monomials(monomial, m): step * c for m, c in divisor.items()}
        p = add(p, product, -1)
    return None
