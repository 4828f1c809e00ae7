"""Sparse polynomials over numbered atoms with rational exponents and exact rational coefficients.

A monomial is a tuple of ``(atom, exponent)`` sorted by atom, no exponent 0. A polynomial maps monomials to
coefficients; no coefficient is 0, so a polynomial is zero exactly when it is empty. A polynomial is never changed once
it is made.

An exponent that is an integer is an ``int``. A coefficient that is one may be an ``int`` or a ``Fraction``: both are
equal, and the first is much faster. Since ``/`` and ``**`` of integers may give floats, coefficients are divided by
:func:`quotient` only.
"""

from __future__ import annotations

from fractions import Fraction

Rational = int | Fraction
Exponent = Rational
Monomial = tuple[tuple[int, Exponent], ...]
Polynomial = dict[Monomial, Rational]
Frozen = frozenset[tuple[Monomial, Rational]]

UNIT: Monomial = ()


def shorten(value: Rational) -> Rational:
    """An integer where the number is one."""
    return value.numerator if value.denominator == 1 else value


def quotient(a: Rational, b: Rational) -> Rational:
    """``a / b``, exactly.

    >>> quotient(6, 3), quotient(1, 2), quotient(Fraction(1, 2), Fraction(1, 4))
    (2, Fraction(1, 2), 2)
    """
    return shorten(Fraction(a, b))


def magnitude(value: Rational) -> Rational:
    """|value|."""
    return -value if value < 0 else value


def constant(value: Rational) -> Polynomial:
    return {UNIT: value if isinstance(value, int) else shorten(value)} if value else {}


def of_atom(atom: int, exponent: Exponent = 1) -> Polynomial:
    return {((atom, exponent),): 1} if exponent else {UNIT: 1}


def is_constant(p: Polynomial) -> bool:
    return not p or (len(p) == 1 and UNIT in p)


def constant_term(p: Polynomial) -> Rational:
    return p.get(UNIT, 0)


def add(p: Polynomial, q: Polynomial, factor: Rational = 1) -> Polynomial:
    """``p + factor * q``."""
    total = dict(p)
    for monomial, term in (q if factor == 1 else scale(q, factor)).items():
        value = total[monomial] + term if monomial in total else term
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def scale(p: Polynomial, factor: Rational) -> Polynomial:
    return {monomial: coefficient * factor for monomial, coefficient in p.items()} if factor else {}


def multiply_monomials(m: Monomial, n: Monomial) -> Monomial:
    if not m or not n:
        return m or n
    if m[-1][0] < n[0][0]:
        return m + n
    if n[-1][0] < m[0][0]:
        return n + m
    exponents = dict(m)
    for atom, exponent in n:
        exponents[atom] = shorten(exponents[atom] + exponent) if atom in exponents else exponent
    return tuple(sorted(pair for pair in exponents.items() if pair[1]))


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
    found: Polynomial = {}
    inside = atoms_of(p)
    if not p or not atoms_of(divisor) <= inside:
        return None if p else found
    atoms = sorted(inside)

    def rank(monomial: Monomial) -> tuple[Exponent, ...]:
        exponents = dict(monomial)
        return tuple(exponents.get(atom, 0) for atom in atoms)

    lead = max(divisor, key=rank)
    inverse_lead = monomial_power(lead, -1)
    for _ in range(limit):
        if not p:
            return found
        top = max(p, key=rank)
        monomial = multiply_monomials(top, inverse_lead)
        if any(exponent < 0 for _, exponent in monomial):
            return None
        step = quotient(p[top], divisor[lead])
        found = add(found, {monomial: step})
        product = {multiply_monomials(monomial, m): step * c for m, c in divisor.items()}
        p = add(p, product, -1)
    return None
