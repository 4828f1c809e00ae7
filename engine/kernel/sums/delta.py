"""The Kronecker delta and other equations taken as 0 or 1: when they are decided, summed over, and split into cases.

| rule | condition |
|---|---|
| δ(0) = 1, and δ(d) = 0 for d ≠ 0 | the sign of d is known, or d is a combination of integers that is never 0 |
| δ(d) = δ(c d) | c is a number and not 0 |
| δ^e = δ (:meth:`engine.kernel.forms.algebra.Algebra.tidy`) | e > 0 |
| Σ_{i=a}^{b} δ(i - k) f(i) = f(k) | k is an integer and a <= k <= b |
| p(δ(d)) = 0 | p(1) = 0 wherever d = 0, and p(0) = 0 wherever d ≠ 0 |

Source: Graham, Knuth and Patashnik, Concrete Mathematics, 2nd edition, section 2.1 (Iverson's convention).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import gcd, lcm

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.assumption import Fact
from engine.kernel.forms.atom import Bound, Delta, Member, Variable
from engine.kernel.forms.order import adds_up, sign_of_integer
from engine.kernel.forms.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    quotient,
    scale,
    thaw,
)
from engine.kernel.unproved import Unproved

MOST_CASES = 8


def delta(algebra: Algebra, difference: Polynomial) -> Polynomial:
    """1 where ``difference`` is 0, and else 0."""
    cleared, _ = algebra.clear(difference)
    if is_constant(cleared):
        return constant(0 if cleared else 1)
    primitive = _primitive(cleared)
    found = _sign(algebra, primitive)
    if 0 not in found or _without_integer_solution(algebra, primitive):
        return {}
    return constant(1) if found == signs.ZERO else algebra.of(Delta(freeze(primitive)))


def _sign(algebra: Algebra, p: Polynomial) -> signs.Sign:
    return sign_of_integer(algebra, p) if algebra.is_integer(p) else algebra.sign(p)


def _primitive(p: Polynomial) -> Polynomial:
    """The multiple of ``p`` whose coefficients are integers without a common divisor, the leading one positive."""
    below = lcm(*(c.denominator for c in p.values()))
    above = gcd(*(int(c * below) for c in p.values()))
    whole = scale(p, quotient(below, above))
    return whole if whole[max(whole)] > 0 else scale(whole, -1)


def _without_integer_solution(algebra: Algebra, p: Polynomial) -> bool:
    """``2i - 2k = 1``: a common divisor of the coefficients does not divide the constant."""
    divisor = gcd(*(int(c) for monomial, c in p.items() if monomial != UNIT))
    return algebra.is_integer(p) and bool(constant_term(p) % divisor)


def _solved(algebra: Algebra, difference: Polynomial) -> Iterator[tuple[int, Polynomial]]:
    """The variables v for which ``difference = 0`` says v = e, with e free of v."""
    for monomial, coefficient in difference.items():
        if len(monomial) != 1 or monomial[0][1] != 1 or not isinstance(algebra.atoms[monomial[0][0]], Variable | Bound):
            continue
        number = monomial[0][0]
        rest = add(difference, {monomial: coefficient}, -1)
        if number not in algebra.polynomial_depends(rest):
            yield number, scale(rest, quotient(-1, coefficient))


# ---- sums


def collapsed(algebra: Algebra, index: int, lower: Polynomial, upper: Polynomial, body: Monomial) -> Polynomial | None:
    """The sum of a monomial with a δ in it that fixes the index; ``None`` where that is not known to be in range."""
    for number, exponent in body:
        atom = algebra.atoms[number]
        if not isinstance(atom, Delta) or exponent < 0:
            continue
        place = dict(_solved(algebra, thaw(atom.difference))).get(index)
        if place is None or not algebra.is_integer(place):
            continue
        sides = add(place, lower, -1), add(upper, place, -1)
        if all(adds_up(algebra, side) for side in sides):
            rest = tuple(pair for pair in body if pair[0] != number)
            return algebra.substitute({rest: 1}, index, place)
        algebra.unsettled[freeze(place), freeze(lower), freeze(upper)] = None
    return None


# ---- cases


def in_every_case(
    algebra: Algebra, p: Polynomial, holds: Callable[[Polynomial], bool], cases: int = MOST_CASES
) -> bool:
    """Whether ``holds`` of ``p`` whatever its deltas are: 1 where their difference is 0, and 0 elsewhere."""
    if holds(p):
        return True
    number = next((n for n in sorted(algebra.polynomial_depends(p)) if _is_free_delta(algebra, n)), None)
    if number is None or not cases:
        return False
    return _where_equal(algebra, p, number, holds, cases - 1) and _where_not(algebra, p, number, holds, cases - 1)


def _is_free_delta(algebra: Algebra, number: int) -> bool:
    """Whether the atom is a delta without the index of a sum in it."""
    inside = algebra.depends(number)
    return isinstance(algebra.atoms[number], Delta) and not any(isinstance(algebra.atoms[n], Bound) for n in inside)


def _difference(algebra: Algebra, number: int) -> Polynomial:
    atom = algebra.atoms[number]
    assert isinstance(atom, Delta)
    return thaw(atom.difference)


def _where_equal(algebra: Algebra, p: Polynomial, number: int, holds: Callable[[Polynomial], bool], cases: int) -> bool:
    """The case d = 0, with the equation put in where it can be solved for a variable."""
    difference = _difference(algebra, number)
    if 0 not in _sign(algebra, difference):
        return True
    for variable, value in _solved(algebra, difference):
        try:
            put, facts = algebra.substitute(p, variable, value), _facts_with(algebra, variable, value)
        except Unproved:
            continue
        with algebra.assuming(*facts):
            return in_every_case(algebra, put, holds, cases)
    with algebra.assuming(Fact(difference, signs.ZERO)):
        return in_every_case(algebra, algebra.substitute(p, number, constant(1)), holds, cases)


def _facts_with(algebra: Algebra, variable: int, value: Polynomial) -> list[Fact]:
    """What is known of the variable, said of what is put in for it."""
    about = [fact for fact in algebra.facts if variable in algebra.polynomial_depends(fact.polynomial)]
    return [Fact(algebra.substitute(fact.polynomial, variable, value), fact.sign) for fact in about]


def _where_not(algebra: Algebra, p: Polynomial, number: int, holds: Callable[[Polynomial], bool], cases: int) -> bool:
    """The case d ≠ 0; an integer that is not 0 is at least 1 or at most -1."""
    difference = _difference(algebra, number)
    left = _sign(algebra, difference) - signs.ZERO
    if not left:
        return True
    facts = [Fact(difference, left)]
    if len(left) == 1 and algebra.is_integer(difference):
        facts.append(Fact(add(scale(difference, min(left)), constant(-1)), signs.NOT_NEGATIVE))
    with algebra.assuming(*facts):
        return in_every_case(algebra, algebra.substitute(p, number, {}), holds, cases)


# ---- words


def unsettled(algebra: Algebra) -> str:
    """Which places were not known to lie in the range of their sums, in words; "" for none."""
    ranges = [[_words(algebra, thaw(part)) for part in found] for found in algebra.unsettled]
    said = [f"{place} lies in {low}, …, {high}" for place, low, high in ranges if "" not in (place, low, high)]
    return f"; it is not known whether {' and whether '.join(said)}" if said else ""


def _words(algebra: Algebra, p: Polynomial) -> str:
    """A combination of variables and members as it is typed; "" for another one, or one with a bound index."""
    words = ""
    for monomial, coefficient in sorted(p.items(), reverse=True):
        name = "" if monomial == UNIT else _name(algebra, monomial)
        if not name and monomial != UNIT:
            return ""
        size = str(abs(coefficient)) if not name or abs(coefficient) != 1 else ""
        words += (" - " if words else "-") if coefficient < 0 else " + " if words else ""
        words += size + name
    return words or "0"


def _name(algebra: Algebra, monomial: Monomial) -> str:
    match [(algebra.atoms[number], exponent) for number, exponent in monomial]:
        case [(Variable(name), 1)] if not name.startswith("@"):
            return name
        case [(Member(family, indices), 1)]:
            inside = [_words(algebra, thaw(index)) for index in indices]
            return "" if "" in inside else f"{family}_{{{','.join(inside)}}}"
        case _:
            return ""
