"""Polynomials with rational coefficients, read off terms and written as terms; and their factors, by FLINT.

>>> from engine.meaning.elaborate import read_term
>>> from engine.meaning.context import Context
>>> from engine.meaning.latex import term_latex
>>> number, factors = factorised(polynomial(read_term("x^3 - x y^2", Context()).term))
>>> [(term_latex(written(factor)), exponent) for factor, exponent in factors]
[('x - y', 1), ('x + y', 1), ('x', 1)]
"""

from __future__ import annotations

from fractions import Fraction

from engine.meaning.term import Add, Apply, Divide, Multiply, Negate, Number, Power, Term, integer, rational

Monomial = tuple[tuple[Term, int], ...]
Polynomial = dict[Monomial, Fraction]
"""Rational coefficients of products of powers; whatever is not arithmetic is a variable."""

MOST_TERMS = 200
LARGEST_POWER = 8


class TooLarge(Exception):
    """A polynomial with too many terms to be of use here."""


def polynomial(term: Term) -> Polynomial:
    """The polynomial that a term is; raises :class:`TooLarge`."""
    match term:
        case Number(value):
            return {(): value} if value else {}
        case Add(parts):
            result: Polynomial = {}
            for part in parts:
                result = total(result, polynomial(part))
            return result
        case Negate(part):
            return total({}, polynomial(part), Fraction(-1))
        case Multiply(factors):
            result = {(): Fraction(1)}
            for factor in factors:
                result = product(result, polynomial(factor))
            return result
        case Divide(above, below) if (by := polynomial(below)) and set(by) == {()}:
            return total({}, polynomial(above), 1 / by[()])
        case Power(base, Number(Fraction(denominator=1) as exponent)) if 0 <= exponent <= LARGEST_POWER:
            result = {(): Fraction(1)}
            for _ in range(int(exponent)):
                result = product(result, polynomial(base))
            return result
        case _:
            return {((term, 1),): Fraction(1)}


def fraction(term: Term) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator; raises :class:`TooLarge`."""
    one: Polynomial = {(): Fraction(1)}
    match term:
        case Add(parts):
            above: Polynomial = {}
            below = one
            for part in parts:
                p, q = fraction(part)
                same = q == below
                above = total(above, p) if same else total(product(above, q), product(p, below))
                below = below if same else product(below, q)
            return above, below
        case Negate(part):
            p, q = fraction(part)
            return total({}, p, -1), q
        case Multiply(factors):
            above, below = one, one
            for factor in factors:
                p, q = fraction(factor)
                above, below = product(above, p), product(below, q)
            return above, below
        case Divide(numerator, denominator):
            (p, q), (r, s) = fraction(numerator), fraction(denominator)
            return product(p, s), product(q, r)
        case Power(base, Number(Fraction(denominator=1) as exponent)) if abs(exponent) <= LARGEST_POWER:
            p, q = fraction(base)
            above, below = one, one
            for _ in range(abs(int(exponent))):
                above, below = product(above, p), product(below, q)
            return (above, below) if exponent >= 0 else (below, above)
        case _:
            return polynomial(term), one


def total(p: Polynomial, q: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """p + factor · q."""
    result = dict(p)
    for monomial, coefficient in q.items():
        value = result.pop(monomial, Fraction(0)) + coefficient * factor
        if value:
            result[monomial] = value
    return result


def product(p: Polynomial, q: Polynomial) -> Polynomial:
    """p · q; raises :class:`TooLarge`."""
    if len(p) * len(q) > MOST_TERMS:
        raise TooLarge
    result: Polynomial = {}
    for m, c in p.items():
        for n, d in q.items():
            monomial = _times(m, n)
            value = result.pop(monomial, 0) + c * d
            if value:
                result[monomial] = value
    return result


def _times(m: Monomial, n: Monomial) -> Monomial:
    if not (m and n):
        return m or n
    exponents = dict(m)
    for variable, exponent in n:
        exponents[variable] = exponents.get(variable, 0) + exponent
        if not exponents[variable]:
            del exponents[variable]
    return ordered(exponents)


def ordered(exponents: dict[Term, int]) -> Monomial:
    """The monomial with these exponents."""
    return tuple(sorted(exponents.items(), key=lambda item: repr(item[0])) if len(exponents) > 1 else exponents.items())


def reduced(p: Polynomial) -> Polynomial:
    """The polynomial with √x² = x and |x|² = x² put in; raises :class:`TooLarge`."""
    powers = (power for monomial in p for power in monomial)
    if not any(exponent > 1 and isinstance(variable, Apply | Power) for variable, exponent in powers):
        return p
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        term: Polynomial = {(): coefficient}
        for variable, exponent in monomial:
            square = _square(variable) if exponent > 1 else None
            for _ in range(exponent // 2 if square else 0):
                term = product(term, square or {})
            left = exponent % 2 if square else exponent
            term = product(term, {((variable, left),) if left else (): Fraction(1)})
        result = total(result, term)
    return result


def _square(variable: Term) -> Polynomial | None:
    """The square of a root or absolute value."""
    match variable:
        case Apply("sqrt", (inside,)) | Power(
            inside, Divide(Number(Fraction(numerator=1, denominator=1)), Number(Fraction(numerator=2, denominator=1)))
        ):
            return reduced(polynomial(inside))
        case Apply("abs", (inside,)):
            return reduced(product(polynomial(inside), polynomial(inside)))
    return None


def degree(p: Polynomial) -> int:
    return max((sum(e for _, e in monomial) for monomial in p), default=0)


def variables(p: Polynomial) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(variable for monomial in p for variable, _ in monomial))


# ---- factors


def factorised(p: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
    """p ≠ 0 as a number times powers of irreducible polynomials."""
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    names = sorted(variables(p), key=repr)
    if not names:
        return p[()], []
    ring = fmpq_mpoly_ctx.get([f"x{n}" for n in range(len(names))], Ordering.lex)
    exponents = {m: tuple(dict(m).get(name, 0) for name in names) for m in p}
    number, powers = ring.from_dict({exponents[m]: fmpq(c.numerator, c.denominator) for m, c in p.items()}).factor()
    constant = Fraction(int(number.p), int(number.q))
    return constant, sorted(((_read(q, names), int(e)) for q, e in powers), key=lambda item: repr(item))


def _read(p: object, names: list[Term]) -> Polynomial:
    result: Polynomial = {}
    for exponents, c in p.to_dict().items():  # type: ignore[attr-defined]
        monomial = ordered({name: int(e) for name, e in zip(names, exponents, strict=True) if e})
        result[monomial] = Fraction(int(c.p), int(c.q))
    return result


# ---- and back


def written(p: Polynomial) -> Term:
    """The polynomial as a sum of products."""
    if not p:
        return rational(Fraction(0))
    parts = tuple(scaled(coefficient, *_powers(monomial)) for monomial, coefficient in p.items())
    return parts[0] if len(parts) == 1 else Add(parts)


def _powers(monomial: Monomial) -> tuple[Term, ...]:
    return tuple(variable if e == 1 else Power(variable, integer(e)) for variable, e in monomial)


def scaled(coefficient: Fraction, *factors: Term) -> Term:
    """A number times factors."""
    if coefficient < 0:
        return Negate(scaled(-coefficient, *factors))
    if not factors:
        return rational(coefficient)
    all_factors = factors if coefficient == 1 else (rational(coefficient), *factors)
    return all_factors[0] if len(all_factors) == 1 else Multiply(all_factors)
