"""The signs that a normal form may have by its terms, by the facts in force, by bounds put in, and by its factors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.kernel.forms import sign as signs
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import (
    Alternating,
    Bound,
    Call,
    Circle,
    Composite,
    Delta,
    Determinant,
    Exponential,
    Logarithm,
    Member,
    PrefixProduct,
    PrefixSum,
    Prime,
    Scalar,
    SymbolicPower,
    Variable,
)
from engine.kernel.forms.factor import composite_polynomial, is_composite, split_without_signs
from engine.kernel.forms.order import facts_about_member
from engine.kernel.forms.polynomial import (
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    add,
    atoms_of,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
    quotient,
    thaw,
)
from engine.kernel.forms.sign import Sign
from engine.kernel.unproved import Unproved

if TYPE_CHECKING:
    from engine.kernel.forms.algebra import Algebra

# ---- polynomials


def sign(algebra: Algebra, p: Polynomial, depth: int = 2) -> Sign:
    """The signs that ``p`` may have."""
    if is_constant(p):
        return signs.of_number(constant_term(p))
    known, question = algebra.known.signs, (freeze(p), depth)
    if question not in known:
        known[question] = _find_sign(algebra, p, depth)
    return known[question]


def _find_sign(algebra: Algebra, p: Polynomial, depth: int) -> Sign:
    found = sign_of_terms(algebra, p)
    if len(found) > 1:
        found &= _sign_of_number(algebra, p)
    if len(found) == 1 or depth == 0:
        return found
    for fact in _facts_about(algebra, p):
        found &= _sign_by_fact(algebra, p, fact)
    if len(found) > 1:
        found &= _sign_by_bounds(algebra, p, depth)
    if len(found) > 1:
        found &= _sign_by_factors(algebra, p, depth)
    return found


def sign_of_terms(algebra: Algebra, p: Polynomial) -> Sign:
    algebra.spend(1 + len(p))
    result = signs.ZERO
    for monomial, coefficient in p.items():
        result = signs.total(result, signs.product(signs.of_number(coefficient), monomial_sign(algebra, monomial)))
        if result == signs.ANY:
            break
    return result


def monomial_sign(algebra: Algebra, monomial: Monomial) -> Sign:
    result = signs.POSITIVE
    for atom, exponent in monomial:
        result = signs.product(result, _power_sign(atom_sign(algebra, atom), exponent))
    return result


def _power_sign(base: Sign, exponent: Exponent) -> Sign:
    return base if exponent == 1 else signs.power(base, exponent.numerator, exponent.denominator)


def _sign_of_number(algebra: Algebra, p: Polynomial) -> Sign:
    from engine.kernel.forms.number import sign_of_number

    return signs.ANY if algebra.polynomial_depends(p) else sign_of_number(algebra, p)


def _sign_by_fact(algebra: Algebra, p: Polynomial, fact: Fact) -> Sign:
    """``p = k q + rest`` for a fact ``q``, with k chosen to cancel one of its terms."""
    found = signs.ANY
    for monomial, coefficient in fact.polynomial.items():
        if monomial in p:
            factor = quotient(p[monomial], coefficient)
            rest = sign_of_terms(algebra, add(p, fact.polynomial, -factor))
            found &= signs.total(signs.product(fact.sign, signs.of_number(factor)), rest)
    return found


def _sign_by_bounds(algebra: Algebra, p: Polynomial, depth: int) -> Sign:
    """Put ``v = bound + t`` (or ``bound - t``) for variables with a number as a bound, t >= 0."""
    inside = algebra.polynomial_depends(p)
    for fact in algebra.facts:
        line = fact.line()
        if line is None or line[0] not in inside or not line[2] or fact.sign == signs.NONZERO:
            continue
        number, c, b = line
        t = of_atom(algebra.fresh_variable(integer=False))
        try:
            shifted = algebra.substitute(p, number, add(constant(quotient(-b, c)), t, 1 if c > 0 else -1))
            with algebra.assuming(Fact(t, fact.sign)):
                found = sign(algebra, shifted, depth - 1)
        except Unproved:
            continue
        if found != signs.ANY:
            return found
    return signs.ANY


def _sign_by_factors(algebra: Algebra, p: Polynomial, depth: int) -> Sign:
    try:
        number, powers = split_without_signs(algebra, p)
    except Unproved:
        return signs.ANY
    if powers == [(p, 1)]:
        return signs.ANY
    result = signs.of_number(number)
    for q, exponent in powers:
        result = signs.product(result, _power_sign(sign(algebra, q, depth - 1), exponent))
    return result


# ---- atoms


def atom_sign(algebra: Algebra, number: int) -> Sign:
    """What is known of an atom by its kind and by the facts that bound it by a number."""
    known = algebra.known.atom_signs
    if number not in known:
        known[number] = _find_atom_sign(algebra, number)
    return known[number]


def _find_atom_sign(algebra: Algebra, number: int) -> Sign:
    algebra.spend(1)
    found = _sign_by_kind(algebra, number)
    if len(found) > 1:
        found &= algebra.known.bounded.get(number, signs.ANY)
        for fact in _facts_about_atom(algebra, number):
            if (bound := fact.bound()) is not None and bound[0] == number:
                found &= bound[1]
    return found


def _sign_by_kind(algebra: Algebra, number: int) -> Sign:
    match algebra.atoms[number]:
        case Prime() | Circle() | Exponential() | Bound():
            return signs.POSITIVE
        case Delta():
            return signs.NOT_NEGATIVE
        case Alternating():
            return signs.NONZERO
        case SymbolicPower(base, _):
            return signs.POSITIVE if atom_sign(algebra, base) == signs.POSITIVE else signs.ANY
        case Call("abs", _, (inner,)):
            return signs.NOT_NEGATIVE if 0 in sign_of_terms(algebra, thaw(inner)) else signs.POSITIVE  # type: ignore[arg-type]
        case Call("Gamma", (0,), (inner,)) if sign(algebra, thaw(inner), depth=1) == signs.POSITIVE:  # type: ignore[arg-type]
            return signs.POSITIVE
        case Composite(polynomial):
            return sign(algebra, thaw(polynomial), depth=1)
        case Logarithm(argument):
            inside = composite_polynomial(algebra, argument) if is_composite(algebra, argument) else of_atom(argument)
            return sign(algebra, add(inside, constant(1), -1), depth=1)
        case Scalar(word):
            from engine.kernel.matrices.determinant import sign_of_trace

            return sign_of_trace(algebra, word)
        case Determinant() as determinant:
            from engine.kernel.matrices.determinant import sign_of_determinant

            return sign_of_determinant(algebra, determinant)
        case PrefixProduct(upper, index, body):
            each = _sign_of_each(algebra, upper, index, body)
            return each if each in (signs.POSITIVE, signs.NOT_NEGATIVE, signs.NONZERO) else signs.ANY
        case PrefixSum(upper, index, body):
            each = _sign_of_each(algebra, upper, index, body)
            if sign(algebra, thaw(upper), depth=1) == signs.POSITIVE and each in (signs.POSITIVE, signs.NEGATIVE):
                return each
            return each | signs.ZERO if len(each - signs.ZERO) < 2 else signs.ANY
        case _:
            return signs.ANY


def _sign_of_each(algebra: Algebra, upper: Frozen, index: int, body: Monomial) -> Sign:
    """The sign of the body for every index from 1 to the upper bound."""
    with algebra.ranging(index, constant(1), thaw(upper)):
        return monomial_sign(algebra, body)


# ---- facts


def _facts_about(algebra: Algebra, p: Polynomial) -> Iterator[Fact]:
    """The facts in force, and what is known of the atoms that occur in ``p``."""
    yield from algebra.facts
    for number in sorted(atoms_of(p)):
        yield from _facts_about_atom(algebra, number)
    for monomial in p:
        for number, exponent in monomial:
            atom = algebra.atoms[number]
            if isinstance(atom, Exponential) and atom.exponent:
                yield from _exponential_bounds(algebra, number, exponent, {atom.exponent: exponent})


def _facts_about_atom(algebra: Algebra, number: int) -> Iterator[Fact]:
    """What is known of a member of a family by its index, and of a function's values."""
    atom = algebra.atoms[number]
    if isinstance(atom, Member):
        yield from facts_about_member(algebra, atom)
    elif isinstance(atom, Call):
        yield from _bounds_of(algebra, number, atom)


def _exponential_bounds(algebra: Algebra, number: int, exponent: Exponent, inside: Polynomial) -> Iterator[Fact]:
    """e^t ≥ 1 + t, and e^t compares with 1 as t with 0 (DLMF 4.5.13), for t = ``inside``."""
    above_one = add(of_atom(number, exponent), constant(1), -1)
    yield Fact(add(above_one, inside, -1), signs.NOT_NEGATIVE)
    if (compared := sign_of_terms(algebra, inside)) != signs.ANY:
        yield Fact(above_one, compared)


def _bounds_of(algebra: Algebra, number: int, atom: Call) -> tuple[Fact, ...]:
    """What holds of the values of a known function, whatever its argument."""
    from engine.kernel.forms.primitive import bounds

    if number not in algebra.bounds:
        algebra.bounds[number] = ()  # nothing is known of it while its own bounds are read
        algebra.bounds[number] = bounds(algebra, atom)
    return algebra.bounds[number]


# ---- integers


def is_integer(algebra: Algebra, p: Polynomial) -> bool:
    """Whether the value is known to be an integer."""
    return all(c.denominator == 1 and _is_whole(algebra, monomial) for monomial, c in p.items())


def _is_whole(algebra: Algebra, monomial: Monomial) -> bool:
    return all(isinstance(e, int) and e > 0 and _atom_is_integer(algebra, a) for a, e in monomial)


def _atom_is_integer(algebra: Algebra, number: int) -> bool:
    match algebra.atoms[number]:
        case Variable(name):
            return name in algebra.integers
        case Bound() | Delta() | Alternating() | Call("floor" | "sgn"):
            return True
        case Call("Gamma", (0,), (inner,)):
            value: Polynomial = thaw(inner)  # type: ignore[arg-type]
            return is_integer(algebra, value) and sign(algebra, value, 1) == signs.POSITIVE
        case Member(family):
            return family in algebra.integer_families
        case PrefixSum(_, _, body) | PrefixProduct(_, _, body):
            return _is_whole(algebra, body)
        case _:
            return False
