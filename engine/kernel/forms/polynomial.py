"""Sparse polynomials over numbered atoms with rational exponents and exact rational coefficients.

A monomial is a tuple of ``(atom, exponent)`` sorted by atom, no exponent 0. A polynomial maps monomials to
coefficients; no coefficient is 0, so a polynomial is zero exactly when it is empty. A polynomial is never changed once
it is made.

An exponent that is an integer is an ``int``. A coefficient that is one may be an ``int`` or a ``Fraction``: both are
equal, and the first is much faster. Since ``/`` and ``**`` of integers may give floats, coefficients are divided by
:func:`quotient` only.
"""

from __future__ import annotations

from collections.abc import Callable
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
    if isinstance(a, int) and isinstance(b, int) and not a % b:
        return a // b
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
    if len(p) == 1:
        return next(iter(p))
    rows = [dict(monomial) for monomial in p]
    least = ((atom, min(row.get(atom, 0) for row in rows)) for atom in sorted(atoms_of(p)))
    return tuple(pair for pair in least if pair[1])


def divide_exactly(
    p: Polynomial, divisor: Polynomial, limit: int = 200, spend: Callable[[int], None] = lambda work: None
) -> Polynomial | None:
    """The quotient where ``divisor`` divides ``p`` without remainder, else ``None`` (lexicographic long division).

    Exponents of the quotient are not negative. ``spend`` is told of the work that is done.
    """
    atoms = sorted(atoms_of(p))
    if not p or not atoms_of(divisor) <= set(atoms):
        return None if p else {}
    rest, below = _by_exponents(p, atoms), _by_exponents(divisor, atoms)
    if _difference(min(rest), min(below)) is None:
        return None  # the least term of a product is the product of the least terms, as the greatest is
    lead = max(below)
    found: dict[_Exponents, Rational] = {}
    for _ in range(limit):
        if not rest:
            return {_monomial(atoms, exponents): c for exponents, c in found.items()}
        spend(len(rest) + len(below))
        top = max(rest)
        exponents = _difference(top, lead)
        if exponents is None:
            return None
        found[exponents] = quotient(rest[top], below[lead])
        for other, c in below.items():
            place = tuple(a + b for a, b in zip(exponents, other, strict=True))
            rest[place] = rest.get(place, 0) - found[exponents] * c
            if not rest[place]:
                del rest[place]
    return None


_Exponents = tuple[Exponent, ...]


def _by_exponents(p: Polynomial, atoms: list[int]) -> dict[_Exponents, Rational]:
    """The coefficients by the exponents of the atoms."""
    rows = ((dict(monomial), c) for monomial, c in p.items())
    return {tuple(exponents.get(atom, 0) for atom in atoms): c for exponents, c in rows}


def _difference(a: _Exponents, b: _Exponents) -> _Exponents | None:
    """The exponents of a quotient of monomials, unless one is negative."""
    exponents = tuple(x - y for x, y in zip(a, b, strict=True))
    return None if any(e < 0 for e in exponents) else exponents


def _monomial(atoms: list[int], exponents: _Exponents) -> Monomial:
    return tuple((atom, shorten(e)) for atom, e in zip(atoms, exponents, strict=True) if e)
