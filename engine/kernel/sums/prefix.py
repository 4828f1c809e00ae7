"""Finite sums and products with symbolic bounds, as prefix sums of monomials.

Σ_{v=a}^{b} f(v) = S_f(b) - S_f(a-1), where S_f(u) = Σ_{v=1}^{u} f(v); condition: b - a + 1 >= 0 and, for the
prefix sums, a >= 1 (or a number). Outside the sum's own range f may be extended as one likes: both prefix
sums use the same extension.

That the index lies in its range may be used for the body only, never for the range itself: it would say that the range
is not empty. Nor may what stands outside owe its being finite to it: ``Σ 1/N`` up to N is 0 for N = 0, and N · 1/N is
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    thaw,
)
from engine.kernel.sums.delta import collapsed
from engine.kernel.unproved import Unproved

LARGEST_WRITTEN_OUT = 400


def sum_over(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Polynomial) -> Polynomial:
    """Σ of ``body`` for the variable ``index`` from ``lower`` to ``upper``; linear, index-free factors pulled out."""
    length = require_range(algebra, index, lower, upper, body)

    def part(monomial: Monomial) -> Polynomial:
        return length if monomial == UNIT else _sum_of_monomial(algebra, index, lower, upper, monomial)

    return algebra.linearly(body, index, part)


def require_range(
    algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, *bodies: Polynomial
) -> Polynomial:
    """How many terms there are; where there may be none, nothing without the index may be infinite there."""
    length = add(add(upper, lower, -1), constant(1))
    if not (algebra.is_integer(lower) and algebra.is_integer(upper)):
        raise Unproved("a sum's bounds must be integers")
    if not algebra.is_not_negative(length):
        raise Unproved("the upper bound of a sum may lie below the lower one")
    if algebra.sign(length) != signs.POSITIVE:
        fixed = {atom for body in bodies for atom in denominators(algebra, body) if index not in algebra.depends(atom)}
        if any(0 in algebra.atom_sign(atom) for atom in fixed):
            raise Unproved("a factor of a sum that may have no term is not known to be finite there")
    return length


def denominators(algebra: Algebra, p: Polynomial) -> Iterator[int]:
    """The atoms with a negative exponent, also inside of others."""
    from engine.kernel.forms.rebuild import parts

    for monomial in p:
        for atom, exponent in monomial:
            if exponent < 0:
                yield atom
            for part in parts(algebra, atom):
                yield from denominators(algebra, part)


def _sum_of_monomial(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial) -> Polynomial:
    found = collapsed(algebra, index, lower, upper, body)
    if found is None:
        found = _of_products(algebra, index, lower, upper, body)
    if found is not None:
        return found
    length = add(add(upper, lower, -1), constant(1))
    if is_constant(length):
        return _steps(algebra, index, add(lower, constant(1), -1), int(constant_term(length)), body)
    offset = _least_offset(algebra, index, body)
    if offset and (not is_constant(lower) or algebra.is_not_negative(add(upper, constant(offset)))):
        return _moved(algebra, index, lower, upper, body, constant(offset))
    if is_constant(lower) and not algebra.is_not_negative(upper):
        # b may be negative where b - a + 1 is not
        return _moved(algebra, index, lower, upper, body, add(constant(1), lower, -1))
    before = add(lower, constant(1), -1)
    return add(prefix(algebra, index, upper, body), prefix(algebra, index, before, body), -1)


def _moved(
    algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial, by: Polynomial
) -> Polynomial:
    """Σ_{v=a}^{b} f(v) = Σ_{v=a+c}^{b+c} f(v - c)."""
    lower, upper = add(lower, by), add(upper, by)
    with algebra.ranging(index, lower, upper):
        moved = algebra.substitute({body: 1}, index, add(of_atom(index), by, -1))
    return sum_over(algebra, index, lower, upper, moved)


def _of_products(
    algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial
) -> Polynomial | None:
    """A sum of 1x1 products of matrices, whose letters without the index stand outside."""
    if not any(isinstance(algebra.atoms[number], Scalar) for number, _ in body):
        return None
    from engine.kernel.matrices.total import pulled_out

    return pulled_out(algebra, (index, lower, upper), body)


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
        return _steps(algebra, index, {}, int(constant_term(upper)), body)
    offset = int(constant_term(upper)) if constant_term(upper).denominator == 1 else 0
    base = add(upper, constant(offset), -1)
    if not algebra.is_not_negative(upper):
        raise Unproved("a sum's range must be known to start at 1 or to be long enough")
    if abs(offset) > LARGEST_WRITTEN_OUT or not algebra.sign(base) <= signs.NOT_NEGATIVE:
        base, offset = upper, 0
    return add(_prefix_atom(algebra, index, base, body), _steps(algebra, index, base, offset, body))


def _steps(algebra: Algebra, index: int, base: Polynomial, count: int, body: Monomial) -> Polynomial:
    """S(base + count) - S(base): f(base + 1) + ... + f(base + count), or -f(base) - ... - f(base + count + 1)."""
    if abs(count) > LARGEST_WRITTEN_OUT:
        raise Unproved(f"a sum of {abs(count)} terms is too long to write out")
    result: Polynomial = {}
    for step in range(1, count + 1) if count > 0 else range(count + 1, 1):
        part = algebra.substitute({body: 1}, index, add(base, constant(step)))
        result = add(result, part, 1 if count > 0 else -1)
    return result


def _prefix_atom(algebra: Algebra, index: int, upper: Polynomial, body: Monomial) -> Polynomial:
    """The sum with its index renamed to the canonical bound one, which is new to the body."""
    renamed: Polynomial = {body: 1}
    bound = canonical_index(algebra, renamed, index)
    if bound != index:
        with algebra.ranging(bound, constant(1), upper):
            renamed = algebra.substitute(renamed, index, of_atom(bound))

    def atom(monomial: Monomial) -> Polynomial:
        return algebra.of(PrefixSum(freeze(upper), bound, monomial)) if monomial else upper

    return algebra.linearly(renamed, bound, atom)


# ---- the index of a sum or product


@contextmanager
def opened(
    algebra: Algebra, big: PrefixSum | PrefixProduct, upper: Polynomial, beside: frozenset[int] = frozenset()
) -> Iterator[tuple[int, Polynomial]]:
    """The index and the body of a sum or product, to be changed in a ``with`` block, where the index runs to ``upper``.

    ``beside`` is what the change may bring in: the index is renamed where another of its name is among it.
    """
    index: int = big.index
    body: Polynomial = {big.body: 1}
    if index in beside | algebra.polynomial_depends(upper):
        index = algebra.fresh_variable(integer=True)
        with algebra.ranging(index, constant(1), upper):
            body = algebra.substitute(body, big.index, of_atom(index))
    with algebra.ranging(index, constant(1), upper):
        yield index, body


def canonical_index(algebra: Algebra, body: Polynomial, index: int) -> int:
    """The index that a sum or product of the body is written with: the least that is new to it, but for ``index``."""
    taken = algebra.polynomial_depends(body) - {index}
    taken = taken.union(*(indices_inside(algebra, atom) for atom in atoms_of(body)))
    heights = [a.height for number in taken if isinstance(a := algebra.atoms[number], Bound)]
    return algebra.number_of(Bound(1 + max(heights, default=0)))


def indices_inside(algebra: Algebra, number: int) -> frozenset[int]:
    """The indices of the sums and products in an atom."""
    from engine.kernel.forms.rebuild import parts

    known = algebra.indices.get(number)
    if known is None:
        atom, free = algebra.atoms[number], algebra.depends(number)
        own = {atom.index} if isinstance(atom, PrefixSum | PrefixProduct) else set()
        inside = {inner for p in parts(algebra, number) for inner in atoms_of(p)}
        own |= {inner for inner in inside if isinstance(algebra.atoms[inner], Bound) and inner not in free}
        known = frozenset(own).union(*(indices_inside(algebra, inner) for inner in inside))
        algebra.indices[number] = known
    return known
