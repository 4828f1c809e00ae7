"""Sums that cancel only together: products of sums over one range as nested sums, and bodies put over one denominator.

| rule | condition |
|---|---|
| Σ_{i<=u} f(i) · Σ_{i<=u} g(i) = Σ_{i<=u} (f(i) G(i) + g(i) F(i) - f(i) g(i)), F(i) = Σ_{j<=i} f(j) | |
| a Σ_{i<=u} f(i) + b Σ_{i<=u} g(i) = Σ_{i<=u} (a f(i) + b g(i)), in lowest terms | the denominators are not 0 |

That a denominator is not 0 is implied by the sums' being defined; an index outside of the range of a sum occurs only
in two prefix sums that cancel there. Source of the first rule: Hoffman, Quasi-shuffle products, Journal of Algebraic
Combinatorics 11 (2000).
"""

from __future__ import annotations

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import PrefixSum
from engine.kernel.forms.polynomial import (
    UNIT,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    add,
    constant,
    content,
    divide_exactly,
    monomial_power,
    multiply_monomials,
    of_atom,
    shorten,
    thaw,
)
from engine.kernel.sums.prefix import opened, sum_over


def has_sums(algebra: Algebra, p: Polynomial) -> bool:
    return any(isinstance(algebra.atoms[atom], PrefixSum) for monomial in p for atom, _ in monomial)


# ---- products of sums


def shuffled(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` with every product of prefix sums up to the same bound as nested sums."""
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        result = add(result, _shuffled_monomial(algebra, monomial), coefficient)
    return result


def _shuffled_monomial(algebra: Algebra, monomial: Monomial) -> Polynomial:
    algebra.spend(10)
    pair = _pair(algebra, monomial)
    if pair is None:
        return _shuffled_inside(algebra, monomial)
    rest = multiply_monomials(monomial, ((pair[0], -1),))
    rest = multiply_monomials(rest, ((pair[1], -1),))
    return shuffled(algebra, algebra.multiply({rest: 1}, _product(algebra, *pair)))


def _pair(algebra: Algebra, monomial: Monomial) -> tuple[int, int] | None:
    """Two sums with the same bound in a product, or one twice."""
    seen: dict[Frozen, int] = {}
    for number, exponent in monomial:
        atom = algebra.atoms[number]
        if not isinstance(atom, PrefixSum) or exponent.denominator != 1 or exponent < 1:
            continue
        if exponent >= 2:
            return number, number
        if atom.upper in seen:
            return seen[atom.upper], number
        seen[atom.upper] = number
    return None


def _product(algebra: Algebra, first: int, second: int) -> Polynomial:
    upper, index = thaw(_sum(algebra, first).upper), algebra.fresh_variable(integer=True)
    with algebra.ranging(index, constant(1), upper):
        f, g = (_body_at(algebra, number, index) for number in (first, second))
        up_to_f, up_to_g = (_up_to(algebra, number, index) for number in (first, second))
        body = add(algebra.multiply(f, up_to_g), algebra.multiply(g, up_to_f))
        body = shuffled(algebra, add(body, algebra.multiply(f, g), -1))
    return sum_over(algebra, index, constant(1), upper, body)


def _sum(algebra: Algebra, number: int) -> PrefixSum:
    atom = algebra.atoms[number]
    assert isinstance(atom, PrefixSum)
    return atom


def _body_at(algebra: Algebra, number: int, index: int) -> Polynomial:
    sum_ = _sum(algebra, number)
    return algebra.substitute({sum_.body: 1}, sum_.index, of_atom(index))


def _up_to(algebra: Algebra, number: int, upper: int) -> Polynomial:
    """The sum up to an earlier end."""
    sum_ = _sum(algebra, number)
    return sum_over(algebra, sum_.index, constant(1), of_atom(upper), {sum_.body: 1})


def _shuffled_inside(algebra: Algebra, monomial: Monomial) -> Polynomial:
    """A product of sums with different bounds, each with the products inside of it as nested sums."""
    result = constant(1)
    for number, exponent in monomial:
        match algebra.atoms[number]:
            case PrefixSum(body=body) as sum_ if exponent == 1 and has_sums(algebra, {body: 1}):
                new = _shuffled_sum(algebra, sum_)
            case _:
                new = of_atom(number, exponent)
        result = algebra.multiply(result, new)
    return result


def _shuffled_sum(algebra: Algebra, sum_: PrefixSum) -> Polynomial:
    upper = thaw(sum_.upper)
    with opened(algebra, sum_, upper) as (index, body):
        body = shuffled(algebra, body)
    return sum_over(algebra, index, constant(1), upper, body)


# ---- bodies over one denominator


def merged(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` with the bodies of all sums up to the same bound added up and put in lowest terms."""
    groups: dict[Frozen, Polynomial] = {}
    result: Polynomial = {}
    for monomial, coefficient in p.items():
        chosen = _last_sum(algebra, monomial)
        group = result if chosen is None else groups.setdefault(_sum(algebra, chosen).upper, {})
        group[monomial] = coefficient
    for upper, group in groups.items():
        result = add(result, _merged_group(algebra, thaw(upper), group))
    return result


def _last_sum(algebra: Algebra, monomial: Monomial) -> int | None:
    found = (n for n, exponent in reversed(monomial) if isinstance(algebra.atoms[n], PrefixSum) and exponent == 1)
    return next(found, None)


def _merged_group(algebra: Algebra, upper: Polynomial, group: Polynomial) -> Polynomial:
    if len(group) == 1:
        return group
    algebra.spend(10 * len(group))
    index = algebra.fresh_variable(integer=True)
    with algebra.ranging(index, constant(1), upper):
        body: Polynomial = {}
        for monomial, coefficient in group.items():
            chosen = _last_sum(algebra, monomial)
            assert chosen is not None
            outer = {multiply_monomials(monomial, ((chosen, -1),)): coefficient}
            body = add(body, algebra.multiply(outer, _body_at(algebra, chosen, index)))
        body = lowest_terms(algebra, merged(algebra, body))
    return sum_over(algebra, index, constant(1), upper, body)


def lowest_terms(algebra: Algebra, p: Polynomial) -> Polynomial:
    """``p`` over one denominator, without the factors that divide its numerator."""
    numerator, denominator = algebra.clear(p)
    if not numerator:
        return {}
    left: dict[int, Exponent] = {}
    for atom, exponent in denominator.items():
        divisor = algebra.composite_polynomial(atom)
        while exponent > 0 and (quotient := _quotient(algebra, numerator, divisor)) is not None:
            numerator, exponent = quotient, exponent - 1
        left[atom] = shorten(-exponent)
    below = tuple(sorted((atom, exponent) for atom, exponent in left.items() if exponent))
    return algebra.multiply({below: 1}, numerator)


def _quotient(algebra: Algebra, p: Polynomial, divisor: Polynomial) -> Polynomial | None:
    """``p / divisor`` where that is a polynomial but for negative exponents of single atoms."""
    algebra.spend(len(p) * len(divisor))
    if not p:
        return None
    shared = content(p)
    bare = {multiply_monomials(m, monomial_power(shared, -1)): c for m, c in p.items()} if shared != UNIT else p
    quotient = divide_exactly(bare, divisor, spend=algebra.spend)
    return None if quotient is None else {multiply_monomials(m, shared): c for m, c in quotient.items()}
