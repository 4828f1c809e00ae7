"""Powers, roots, ln, exp and absolute values of normal forms, each rule with its condition.

A condition that cannot be established raises :class:`Unproved`; what a term's being defined implies may be used.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.kernel.forms import sign as signs
from engine.kernel.forms.atom import Alternating, Call, Exponential, Logarithm, Prime, SymbolicPower
from engine.kernel.forms.factor import Powers, inverse, proper, split
from engine.kernel.forms.polynomial import (
    UNIT,
    Exponent,
    Monomial,
    Polynomial,
    Rational,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    magnitude,
    monomial_power,
    of_atom,
    scale,
    shorten,
)
from engine.kernel.unproved import Unproved

if TYPE_CHECKING:
    from engine.kernel.forms.algebra import Algebra

LARGEST_POWER = 64
LARGEST_COEFFICIENT_BITS = 20_000
LARGEST_PRIME_SEARCHED = 10_000


# ---- powers by the kind of their exponent


def power(algebra: Algebra, base: Polynomial, exponent: Polynomial) -> Polynomial:
    """``base ** exponent`` by the kind of the exponent: integer, rational, or symbolic."""
    if not is_constant(exponent):
        return symbolic_power(algebra, base, exponent)
    value = constant_term(exponent)
    if value.denominator == 1:
        return integer_power(algebra, base, value.numerator)
    return rational_power(algebra, base, value)


def integer_power(algebra: Algebra, p: Polynomial, exponent: int) -> Polynomial:
    """``p ** exponent``; for a negative exponent ``p`` must be nonzero, which its being defined implies."""
    if exponent < 0:
        return integer_power(algebra, inverse(algebra, p), -exponent)
    if exponent == 1:
        return p
    if len(p) == 1:
        ((monomial, coefficient),) = p.items()
        kept, factor = algebra.tidy(monomial_power(monomial, exponent))
        result: Polynomial = {kept: number_power(coefficient, exponent) * factor}
        return algebra.multiply(result, constant(1)) if algebra.circular else result
    if exponent > LARGEST_POWER:
        raise Unproved(f"a sum to the power {exponent} is too large to expand")
    result = p if exponent else constant(1)
    for _ in range(exponent - 1):
        result = algebra.multiply(result, p)
    return result


def number_power(base: Rational, exponent: int) -> Rational:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size * abs(exponent) > LARGEST_COEFFICIENT_BITS:
        raise Unproved("a number too large to write out")
    return shorten(Fraction(base) ** exponent)


def rational_power(algebra: Algebra, base: Polynomial, exponent: Rational) -> Polynomial:
    """(Π f^e)^(p/q) = Π f^(ep/q); condition: f >= 0, or e even (then |f|). The base is >= 0: it must be known for
    odd q, and is implied by the root's being defined for even q."""
    if not base:
        if exponent > 0:
            return {}
        raise Unproved("zero to a negative power")
    if exponent.denominator % 2 and not algebra.sign(base) <= signs.NOT_NEGATIVE:
        raise Unproved("an odd root of something whose sign is not known")
    number, powers = split(algebra, base)
    even = {a for a, e in powers.items() if e.denominator == 1 and e % 2 == 0}
    unknown = {a for a in powers if a not in even and not algebra.atom_sign(a) <= signs.NOT_NEGATIVE}
    # One factor of unknown sign is >= 0 because the base is, if all the others are not 0.
    if len(unknown) > 1 or (unknown and any(0 in algebra.atom_sign(a) for a in powers if a not in unknown)):
        raise Unproved("a root of a product needs factors that are not negative")
    result = _number_root(algebra, number, exponent)
    for atom, e in powers.items():
        power_of = shorten(e * exponent)
        root = magnitude_power(algebra, atom, power_of) if atom in even else of_atom(atom, power_of)
        result = algebra.multiply(result, root)
    return result


def _number_root(algebra: Algebra, value: Rational, exponent: Rational) -> Polynomial:
    if value <= 0:
        raise Unproved("a root of a product needs factors that are not negative")
    result = constant(1)
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        for ((prime, _),), e in prime_exponents(algebra, n).items():
            kept, factor = algebra.tidy(((prime, shorten(e * exponent * sign)),))
            result = algebra.multiply(result, {kept: factor})
    return result


def prime_exponents(algebra: Algebra, n: int) -> Polynomial:
    """``Σ exponent * prime`` over the prime factors of ``n``."""
    result: Polynomial = {}
    for candidate in range(2, LARGEST_PRIME_SEARCHED):
        if candidate * candidate > n:
            break
        while n % candidate == 0:
            n //= candidate
            result = add(result, algebra.of(Prime(candidate)))
    if n >= LARGEST_PRIME_SEARCHED**2:
        raise Unproved("the prime factors of a large number")
    return add(result, algebra.of(Prime(n))) if n > 1 else result


def symbolic_power(algebra: Algebra, base: Polynomial, exponent: Polynomial) -> Polynomial:
    """b^e = exp(e ln b) for b > 0, (-b)^n = (-1)^n b^n and (ab)^n = a^n b^n for an integer n, 0^n = 0 for n > 0."""
    whole = algebra.is_integer(exponent)
    if not base:
        if whole and algebra.sign(exponent) == signs.POSITIVE:
            return {}
        raise Unproved("zero to a symbolic power")
    number, powers = split(algebra, base)
    unknown = [atom for atom in powers if algebra.atom_sign(atom) != signs.POSITIVE]
    if number > 0 and (not unknown or (not whole and len(unknown) == 1 and powers[unknown[0]] == 1)):
        return exponential(algebra, algebra.multiply(exponent, _log_of_factors(algebra, number, powers)))
    if not whole or any(not isinstance(powers[atom], int) for atom in unknown):
        raise Unproved("a symbolic power of something not known to be positive")
    known = {atom: e for atom, e in powers.items() if atom not in unknown}
    positive = algebra.multiply(exponent, _log_of_factors(algebra, magnitude(number), known))
    result = alternating(algebra, exponent) if number < 0 else constant(1)
    result = algebra.multiply(result, exponential(algebra, positive))
    for atom in unknown:
        result = algebra.multiply(result, _whole_power(algebra, atom, scale(exponent, powers[atom])))
    return result


def _whole_power(algebra: Algebra, base: int, exponent: Polynomial) -> Polynomial:
    """b^(m + n) = b^m b^n for integers, also where b may be 0: for each value of the integers in the exponents both
    sides of a claim are rational in b, so that they agree at b = 0 where they do at all other b and are defined."""
    result = constant(1)
    for monomial, coefficient in exponent.items():
        atom = base if monomial == UNIT else algebra.number_of(SymbolicPower(base, monomial))
        result = algebra.multiply(result, of_atom(atom, shorten(coefficient)))
    return result


def alternating(algebra: Algebra, exponent: Polynomial) -> Polynomial:
    """(-1)^n for an integer n: even summands do not count, and n^k is odd where n is."""
    if not algebra.is_integer(exponent):
        raise Unproved("a symbolic power of a negative number")
    result = constant(1)
    for monomial, coefficient in exponent.items():
        if coefficient % 2:
            odd = tuple((atom, 1) for atom, _ in monomial)
            result = algebra.multiply(result, algebra.of(Alternating(odd)) if odd else constant(-1))
    return result


# ---- ln and exp


def logarithm(algebra: Algebra, p: Polynomial) -> Polynomial:
    """ln of a product is the sum of the logarithms, and ln f^e = e ln|f| for even e; condition: every factor is >= 0.

    None is 0, as the logarithm is defined; so one factor of unknown sign is positive if all the others are.
    """
    number, powers = split(algebra, p)
    unknown = [atom for atom in powers if not algebra.atom_sign(atom) <= signs.NOT_NEGATIVE]
    even = [atom for atom in unknown if powers[atom].denominator == 1 and powers[atom] % 2 == 0]
    if number <= 0 or len(unknown) > len(even) + 1:
        raise Unproved("the logarithm of a product needs every factor to be positive")
    result = _log_of_factors(algebra, number, {atom: e for atom, e in powers.items() if atom not in even})
    for atom in even:
        result = add(result, logarithm(algebra, magnitude_power(algebra, atom, 1)), powers[atom])
    return result


def _log_of_factors(algebra: Algebra, number: Rational, powers: Powers) -> Polynomial:
    """Σ e ln f for positive factors."""
    primes = add(prime_exponents(algebra, number.numerator), prime_exponents(algebra, number.denominator), -1)
    result: Polynomial = {}
    for ((prime, _),), exponent in primes.items():
        result = add(result, algebra.of(Logarithm(prime)), exponent)
    for atom, exponent in powers.items():
        result = add(result, log_of_atom(algebra, atom), exponent)
    return result


def log_of_atom(algebra: Algebra, atom: int) -> Polynomial:
    match algebra.atoms[atom]:
        case Exponential(exponent):
            return {exponent: 1}
        case SymbolicPower(base, exponent) if algebra.atom_sign(base) == signs.POSITIVE:
            return algebra.multiply({exponent: 1}, log_of_atom(algebra, base))
        case _:
            return algebra.of(Logarithm(atom))


def exponential(algebra: Algebra, p: Polynomial) -> Polynomial:
    """e^(a+b) = e^a e^b, and e^(c ln b) = b^c (ln b is defined only where b > 0)."""
    result = constant(1)
    for monomial, coefficient in proper(algebra, p).items():
        result = algebra.multiply(result, _exponential_of_term(algebra, monomial, coefficient))
    return result


def _exponential_of_term(algebra: Algebra, monomial: Monomial, coefficient: Rational) -> Polynomial:
    logs = [(atom, e) for atom, e in monomial if isinstance(algebra.atoms[atom], Logarithm)]
    if len(logs) == 1 and logs[0][1] == 1:
        log = algebra.atoms[logs[0][0]]
        assert isinstance(log, Logarithm)
        rest = tuple(pair for pair in monomial if pair != logs[0])
        return _positive_atom_power(algebra, log.argument, coefficient, rest)
    return of_atom(algebra.number_of(Exponential(monomial)), shorten(coefficient))


def _positive_atom_power(algebra: Algebra, base: int, coefficient: Rational, exponent: Monomial) -> Polynomial:
    """``base ** (coefficient * exponent)`` for a positive atom."""
    atom = base if exponent == UNIT else algebra.number_of(SymbolicPower(base, exponent))
    kept, factor = algebra.tidy(((atom, shorten(coefficient)),))
    return {kept: factor}


# ---- absolute values


def absolute_value(algebra: Algebra, p: Polynomial) -> Polynomial:
    """|Π f^e| = Π |f|^e."""
    if not p:
        return {}
    number, powers = split(algebra, p)
    result = constant(magnitude(number))
    for atom, exponent in powers.items():
        result = algebra.multiply(result, magnitude_power(algebra, atom, exponent))
    return result


def magnitude_power(algebra: Algebra, atom: int, exponent: Exponent) -> Polynomial:
    if isinstance(algebra.atoms[atom], Alternating):
        return constant(1)
    sign = algebra.atom_sign(atom)
    exponent = shorten(exponent)
    if sign <= signs.NOT_NEGATIVE or (exponent.denominator == 1 and exponent % 2 == 0):
        return of_atom(atom, exponent)
    if sign <= signs.NOT_POSITIVE and exponent.denominator == 1:
        return scale(of_atom(atom, exponent), -1 if exponent % 2 else 1)
    return of_atom(algebra.number_of(Call("abs", (0,), (freeze(of_atom(atom)),))), exponent)
