"""Finite sums and products with symbolic bounds, as prefix sums of monomials.

Σ_{v=a}^{b} f(v) = S_f(b) - S_f(a-1), where S_f(u) = Σ_{v=1}^{u} f(v); condition: b - a + 1 >= 0 and, for the
prefix sums, a >= 1 (or a number). Outside the sum's own range f may be extended as one likes: both prefix
sums use the same extension.

That the index lies in its range may be used for the body only, never for the range itself: it would say that the range
is not empty.
"""

from __future__ import annotations

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Bound, Member, PrefixProduct, PrefixSum, Scalar
from engine.kernel.forms.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    add,
    atoms_of,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
    scale,
    thaw,
)
from engine.kernel.sums.delta import collapsed
from engine.kernel.unproved import Unproved

LARGEST_WRITTEN_OUT = 400


def sum_over(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Polynomial) -> Polynomial:
    """Σ of ``body`` for the variable ``index`` from ``lower`` to ``upper``; linear, index-free factors pulled out."""
    length = add(add(upper, lower, -1), constant(1))
    require_range(algebra, lower, upper, length)
    result: Polynomial = {}
    for monomial, coefficient in body.items():
        outer = tuple(pair for pair in monomial if index not in algebra.depends(pair[0]))
        inner = tuple(pair for pair in monomial if index in algebra.depends(pair[0]))
        part = length if inner == UNIT else _sum_of_monomial(algebra, index, lower, upper, inner)
        result = add(result, algebra.multiply({outer: coefficient}, part))
    return result


def require_range(algebra: Algebra, lower: Polynomial, upper: Polynomial, length: Polynomial) -> None:
    if not (algebra.is_integer(lower) and algebra.is_integer(upper)):
        raise Unproved("a sum's bounds must be integers")
    if not algebra.is_not_negative(length):
        raise Unproved("the upper bound of a sum may lie below the lower one")


def _sum_of_monomial(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial) -> Polynomial:
    found = collapsed(algebra, index, lower, upper, body)
    if found is None:
        found = _of_products(algebra, index, lower, upper, body)
    if found is not None:
        return found
    length = add(add(upper, lower, -1), constant(1))
    if is_constant(length):
        return _written_out(algebra, index, lower, int(constant_term(length)), body)
    offset = _least_offset(algebra, index, body)
    if offset and (not is_constant(lower) or algebra.is_not_negative(add(upper, constant(offset)))):
        lower, upper = add(lower, constant(offset)), add(upper, constant(offset))
        with algebra.ranging(index, lower, upper):
            shifted = algebra.substitute({body: 1}, index, add(of_atom(index), constant(offset), -1))
        return sum_over(algebra, index, lower, upper, shifted)
    if is_constant(lower) and not algebra.is_not_negative(upper):
        return _from_one(algebra, index, lower, upper, body)
    before = add(lower, constant(1), -1)
    return add(prefix(algebra, index, upper, body), prefix(algebra, index, before, body), -1)


def _from_one(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial) -> Polynomial:
    """Σ_{v=a}^{b} f(v) = Σ_{v=1}^{b-a+1} f(v + a - 1), where b may be negative and b - a + 1 is not."""
    shift = add(lower, constant(1), -1)
    length = add(upper, shift, -1)
    with algebra.ranging(index, constant(1), length):
        shifted = algebra.substitute({body: 1}, index, add(of_atom(index), shift))
    return sum_over(algebra, index, constant(1), length, shifted)


def _of_products(
    algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial
) -> Polynomial | None:
    """A sum of 1x1 products of matrices, whose letters without the index stand outside."""
    if not any(isinstance(algebra.atoms[number], Scalar) for number, _ in body):
        return None
    from engine.kernel.matrices.total import pulled_out

    return pulled_out(algebra, (index, lower, upper), body)


def _written_out(algebra: Algebra, index: int, lower: Polynomial, count: int, body: Monomial) -> Polynomial:
    if count > LARGEST_WRITTEN_OUT:
        raise Unproved(f"a sum of {count} terms is too long to write out")
    result: Polynomial = {}
    for step in range(count):
        result = add(result, algebra.substitute({body: 1}, index, add(lower, constant(step))))
    return result


def _least_offset(algebra: Algebra, index: int, body: Monomial) -> int:
    """The least c among members ``x_{index + c}`` of the body: shifting by it makes shifted sums alike."""
    offsets = []
    for number, _ in body:
        atom = algebra.atoms[number]
        if isinstance(atom, Member) and len(atom.indices) == 1:
            at = thaw(atom.indices[0])
            if set(at) <= {((index, 1),), UNIT} and at.get(((index, 1),)) == 1:
                offsets.append(int(constant_term(at)))
    return min(offsets, default=0)


def prefix(algebra: Algebra, index: int, upper: Polynomial, body: Monomial) -> Polynomial:
    """S(upper), written out for a number; else a :class:`PrefixSum` with its constant offset peeled off."""
    if is_constant(upper):
        return _prefix_to_number(algebra, index, int(constant_term(upper)), body)
    offset = int(constant_term(upper)) if constant_term(upper).denominator == 1 else 0
    base = add(upper, constant(offset), -1)
    if not algebra.is_not_negative(upper):
        raise Unproved("a sum's range must be known to start at 1 or to be long enough")
    if abs(offset) > LARGEST_WRITTEN_OUT or not algebra.sign(base) <= signs.NOT_NEGATIVE:
        base, offset = upper, 0
    result = _prefix_atom(algebra, index, base, body)
    for step in range(1, offset + 1):
        result = add(result, _at(algebra, index, add(base, constant(step)), body))
    for step in range(offset + 1, 1):
        result = add(result, _at(algebra, index, add(base, constant(step)), body), -1)
    return result


def _prefix_to_number(algebra: Algebra, index: int, upper: int, body: Monomial) -> Polynomial:
    """S(u) for a number: f(1) + ... + f(u), or -(f(u+1) + ... + f(0)) for u < 0."""
    if abs(upper) > LARGEST_WRITTEN_OUT:
        raise Unproved(f"a sum of {abs(upper)} terms is too long to write out")
    result: Polynomial = {}
    for at in range(1, upper + 1):
        result = add(result, _at(algebra, index, constant(at), body))
    for at in range(upper + 1, 1):
        result = add(result, _at(algebra, index, constant(at), body), -1)
    return result


def _at(algebra: Algebra, index: int, value: Polynomial, body: Monomial) -> Polynomial:
    return algebra.substitute({body: 1}, index, value)


def _prefix_atom(algebra: Algebra, index: int, upper: Polynomial, body: Monomial) -> Polynomial:
    """The sum with its index renamed to the canonical bound one, which is new to the body."""
    bound = canonical_index(algebra, {body: 1})
    with algebra.ranging(bound, constant(1), upper):
        renamed = algebra.substitute({body: 1}, index, of_atom(bound))
    result: Polynomial = {}
    for monomial, coefficient in renamed.items():
        if bound not in algebra.monomial_depends(monomial):
            part = algebra.multiply({monomial: 1}, upper)
        else:
            outer = tuple(pair for pair in monomial if bound not in algebra.depends(pair[0]))
            inner = tuple(pair for pair in monomial if bound in algebra.depends(pair[0]))
            atom = algebra.of(PrefixSum(freeze(upper), bound, inner))
            part = algebra.multiply({outer: 1}, atom)
        result = add(result, scale(part, coefficient))
    return result


def canonical_index(algebra: Algebra, body: Polynomial) -> int:
    """The index that a sum or product of the body is written with: the least that is new to it."""
    return algebra.number_of(Bound(1 + max((height(algebra, atom) for atom in atoms_of(body)), default=0)))


def height(algebra: Algebra, number: int) -> int:
    """The largest number of a bound index in an atom, free or bound there."""
    free = [a.height for n in algebra.depends(number) if isinstance(a := algebra.atoms[n], Bound)]
    atom = algebra.atoms[number]
    if isinstance(atom, PrefixSum | PrefixProduct):
        index = algebra.atoms[atom.index]
        assert isinstance(index, Bound)
        free.append(index.height)
    free += [height(algebra, inner) for inner in _inside(algebra, number)]
    return max(free, default=0)


def _inside(algebra: Algebra, number: int) -> set[int]:
    from engine.kernel.forms.rebuild import parts

    return {inner for p in parts(algebra, number) for inner in atoms_of(p)}
