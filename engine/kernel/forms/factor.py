"""Polynomials as products: common factors and hinted ones divided out, denominators, and quotients.

A sum of several terms that is a factor becomes a :class:`engine.kernel.forms.atom.Composite` atom.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from engine.kernel.forms import sign as signs
from engine.kernel.forms.atom import Composite
from engine.kernel.forms.polynomial import (
    Exponent,
    Monomial,
    Polynomial,
    Rational,
    add,
    atoms_of,
    constant,
    constant_term,
    content,
    divide_exactly,
    freeze,
    is_constant,
    monomial_power,
    multiply_monomials,
    of_atom,
    quotient,
    scale,
    shorten,
    thaw,
)
from engine.kernel.unproved import Unproved

if TYPE_CHECKING:
    from engine.kernel.forms.algebra import Algebra

MOST_DIVISIONS = 40

Powers = dict[int, Exponent]


def split(algebra: Algebra, p: Polynomial) -> tuple[Rational, Powers]:
    """``p`` (not zero) as a number times powers of atoms, with the hinted factors divided out."""
    if p and is_constant(p):
        return constant_term(p), {}
    p, denominator = clear(algebra, p)
    powers: Powers = {atom: -exponent for atom, exponent in denominator.items()}
    shared, p = _shared(p)
    for atom, exponent in shared:
        powers[atom] = shorten(powers.get(atom, 0) + exponent)
    if algebra.circular and shared:
        p = algebra.multiply(p, constant(1))
        if not p:
            raise Unproved("a factor that is zero")
    found, p = _hinted(algebra, p)
    number: Rational = 1
    for factor in found if is_constant(p) else [*found, p]:
        coefficient, atom = composite(algebra, factor)
        number *= coefficient
        powers[atom] = shorten(powers.get(atom, 0) + 1)
    if is_constant(p):
        number *= constant_term(p)
    return number, {atom: exponent for atom, exponent in powers.items() if exponent}


def split_without_signs(algebra: Algebra, p: Polynomial) -> tuple[Rational, list[tuple[Polynomial, Exponent]]]:
    """Like :func:`split`, but with polynomials for factors (making composite atoms asks for signs)."""
    p, denominator = clear(algebra, p)
    shared, p = _shared(p)
    factors: list[tuple[Polynomial, Exponent]] = [(of_atom(atom), -e) for atom, e in denominator.items()]
    factors += [(of_atom(atom), e) for atom, e in shared]
    found, p = _hinted(algebra, p)
    factors += [(factor, 1) for factor in found]
    return (constant_term(p), factors) if is_constant(p) else (1, [*factors, (p, 1)])


def _shared(p: Polynomial) -> tuple[Monomial, Polynomial]:
    """What divides every term, and the rest."""
    if not p:
        raise Unproved("a factor that is zero")
    shared = content(p)
    if not shared:
        return shared, p
    below = monomial_power(shared, -1)
    return shared, {multiply_monomials(monomial, below): c for monomial, c in p.items()}


def _hinted(algebra: Algebra, p: Polynomial) -> tuple[list[Polynomial], Polynomial]:
    """The hinted factors, each as often as it divides, and the rest."""
    found = []
    for factor in algebra.factors:
        while len(factor) > 1 and len(p) > 1:
            algebra.spend(len(p))
            rest = divide_exactly(p, factor, spend=algebra.spend)
            if rest is None:
                break
            found.append(factor)
            p = rest
    return found, p


def composite(algebra: Algebra, p: Polynomial) -> tuple[Rational, int]:
    """``p = coefficient * atom``; the sign is chosen so that the atom is positive where its sign is known."""
    coefficient = p[max(p)]
    scaled = scale(p, quotient(1, coefficient))
    if algebra.sign(scaled) <= signs.NOT_POSITIVE:
        return -coefficient, algebra.number_of(Composite(freeze(scale(scaled, -1))))
    return coefficient, algebra.number_of(Composite(freeze(scaled)))


def inverse(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``1/p``; that ``p`` is not zero is implied by the quotient's being defined."""
    if not p:
        raise Unproved("a division by zero")
    number, powers = split(algebra, p)
    monomial = tuple(sorted((atom, -exponent) for atom, exponent in powers.items()))
    return algebra.multiply({monomial: quotient(1, number)}, constant(1))


# ---- denominators


def clear(algebra: Algebra, p: Polynomial) -> tuple[Polynomial, Powers]:
    """``(n, d)`` with ``p = n / Π atom^d``, where ``n`` has no whole power of a composite atom left."""
    denominator: Powers = {}
    # The largest atom first: a composite contains only older ones, so that this ends.
    while (atom := max(_whole_composites(algebra, p), default=None)) is not None:
        p = _clear_atom(algebra, p, atom, denominator)
    return p, denominator


def _whole_composites(algebra: Algebra, p: Polynomial) -> set[int]:
    """The composite atoms of which a whole power divides a term, or its inverse does."""
    found = {atom for monomial in p for atom, exponent in monomial if not 0 < exponent < 1}
    return {atom for atom in found if is_composite(algebra, atom)}


def _clear_atom(algebra: Algebra, p: Polynomial, atom: int, denominator: Powers) -> Polynomial:
    expansion = composite_polynomial(algebra, atom)
    least = min(0, *(floor(dict(monomial).get(atom, 0)) for monomial in p))
    if least:
        denominator[atom] = denominator.get(atom, 0) - least
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        exponents = dict(monomial)
        exponent = exponents.pop(atom, 0)
        whole = floor(exponent)
        if exponent != whole:
            exponents[atom] = exponent - whole
        rest = {tuple(sorted(exponents.items())): coefficient}
        result = add(result, algebra.multiply(rest, algebra.integer_power(expansion, whole - least)))
    return result


def proper(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` with proper fractions: what the leading term of a denominator divides is divided by it, as in
    x²/(x + 1) = x - 1 + 1/(x + 1), so that equal exponents are written alike."""
    for _ in range(MOST_DIVISIONS):
        steps = (_division(algebra, monomial, c) for monomial, c in p.items())
        step = next((step for step in steps if step is not None), None)
        if step is None:
            return p
        p = add(p, step)
    return p


def _division(algebra: Algebra, monomial: Monomial, coefficient: Rational) -> Polynomial | None:
    """What is 0 and, added to the term, divides it by one of its denominators: (q/l) d/d - (q/l)."""
    for atom, exponent in monomial:
        if exponent != -1 or not is_composite(algebra, atom):
            continue
        divisor = composite_polynomial(algebra, atom)
        order = sorted(atoms_of(divisor), reverse=True)
        lead = max(divisor, key=lambda m: [dict(m).get(a, 0) for a in order])
        rest = multiply_monomials(monomial, monomial_power(lead, -1))
        exponents = dict(monomial)
        if lead and all(exponents.get(a, 0) >= e for a, e in lead):
            factor = quotient(coefficient, divisor[lead])
            whole = {multiply_monomials(rest, ((atom, 1),)): factor}
            return add(whole, algebra.multiply({rest: factor}, divisor), -1)
    return None


def composite_polynomial(algebra: Algebra, number: int) -> Polynomial:
    atom = algebra.atoms[number]
    assert isinstance(atom, Composite)
    return thaw(atom.polynomial)


def is_composite(algebra: Algebra, number: int) -> bool:
    return isinstance(algebra.atoms[number], Composite)
