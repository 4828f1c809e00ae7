"""Finite products with symbolic bounds, factor by factor.

| rule | condition |
|---|---|
| Π_{v=a}^{b} f(v) = Π_{v=1}^{b-a+1} f(v + a - 1), 1 where that has no factor | a, b integers, b - a + 1 >= 0 |
| Π f g = Π f · Π g, and Π f^n = (Π f)^n | n an integer without the index |
| Π c = c^(b-a+1) | c without the index |
| Π f = exp(Σ ln f) | f > 0 on the range |
| Π_{v=1}^{u+1} f(v) = f(u + 1) Π_{v=1}^{u} f(v) | u >= 0 |

Source: Graham, Knuth and Patashnik, Concrete Mathematics, 2nd edition, section 2.1 and exercise 2.25.
"""

from __future__ import annotations

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import PrefixProduct, SymbolicPower
from engine.kernel.forms.polynomial import (
    Exponent,
    Polynomial,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
)
from engine.kernel.sums.prefix import LARGEST_WRITTEN_OUT, canonical_index, require_range, sum_over
from engine.kernel.unproved import Unproved

MOST_PEELED = 8


def product_over(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Polynomial) -> Polynomial:
    """Π of ``body`` for the variable ``index`` from ``lower`` to ``upper``."""
    length = require_range(algebra, index, lower, upper, body)
    if not body:
        if algebra.sign(length) == signs.POSITIVE:
            return {}
        raise Unproved("a product of zeros that may be empty")
    with algebra.ranging(index, lower, upper):
        number, powers = algebra.split(body)
        # Of what does not contain the index, the sign here says nothing where the range has no member.
        positive = {a for a in powers if index in algebra.depends(a) and algebra.atom_sign(a) == signs.POSITIVE}
        logs = scaled_logs(algebra, {atom: powers[atom] for atom in powers if atom in positive})
    result = algebra.power(constant(number), length)
    result = algebra.multiply(result, algebra.exponential(sum_over(algebra, index, lower, upper, logs)))
    for atom in sorted(powers.keys() - positive):
        factor = _of_factor(algebra, index, lower, length, atom, powers[atom])
        result = algebra.multiply(result, factor)
    return result


def scaled_logs(algebra: Algebra, powers: dict[int, Exponent]) -> Polynomial:
    """ln Π f^e of positive factors."""
    result: Polynomial = {}
    for atom, exponent in powers.items():
        result = add(result, algebra.log_of_atom(atom), exponent)
    return result


def _of_factor(
    algebra: Algebra, index: int, lower: Polynomial, length: Polynomial, atom: int, exponent: Exponent
) -> Polynomial:
    """Π of one factor of unknown sign."""
    if index not in algebra.depends(atom):
        return algebra.power(of_atom(atom, exponent), length)
    # Only integer powers come out: √(ab) may be defined where √a is not.
    inside, outside = (1, exponent) if isinstance(exponent, int) else (exponent, 1)
    place = algebra.fresh_variable(integer=True)
    with algebra.ranging(place, constant(1), length):
        shift = add(add(of_atom(place), lower), constant(1), -1)
        body = algebra.substitute(of_atom(atom, inside), index, shift)
    return algebra.integer_power(_from_one(algebra, place, length, body), int(outside))


def _from_one(algebra: Algebra, index: int, upper: Polynomial, body: Polynomial) -> Polynomial:
    """Π_{v=1}^{upper}: as many of the last factors as there certainly are stand outside."""
    if is_constant(upper):
        peeled, base = int(constant_term(upper)), constant(0)
        if peeled > LARGEST_WRITTEN_OUT:
            raise Unproved(f"a product of {peeled} factors is too long to write out")
    else:
        peeled = 0
        while peeled < MOST_PEELED and algebra.is_not_negative(add(upper, constant(-peeled - 1))):
            peeled += 1
        base = add(upper, constant(peeled), -1)
    result = _up_to(algebra, index, base, body) if base else constant(1)
    for step in range(1, peeled + 1):
        result = algebra.multiply(result, algebra.substitute(body, index, add(base, constant(step))))
    return result


def _up_to(algebra: Algebra, index: int, upper: Polynomial, body: Polynomial) -> Polynomial:
    bound = canonical_index(algebra, body, index)
    with algebra.ranging(bound, constant(1), upper):
        number, powers = algebra.split(algebra.substitute(body, index, of_atom(bound)) if bound != index else body)
    result = algebra.power(constant(number), upper)
    for atom, exponent in powers.items():
        inside, outside = (1, exponent) if isinstance(exponent, int) else (exponent, 1)
        factor = _of_atom(algebra, atom, inside, bound, upper)
        result = algebra.multiply(result, algebra.integer_power(factor, int(outside)))
    return result


def _of_atom(algebra: Algebra, atom: int, exponent: Exponent, bound: int, upper: Polynomial) -> Polynomial:
    """Π of one atom, with what does not contain the index outside."""
    if bound not in algebra.depends(atom):
        return algebra.power(of_atom(atom, exponent), upper)
    match algebra.atoms[atom]:
        case SymbolicPower(base, power) if exponent == 1 and bound not in algebra.monomial_depends(power):
            return algebra.power(_of_atom(algebra, base, 1, bound, upper), {power: 1})
        case _:
            return algebra.of(PrefixProduct(freeze(upper), bound, ((atom, exponent),)))
