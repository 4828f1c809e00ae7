"""Sums of binomial coefficients: the a, b and moments by which the binomial theorem gives their value."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import comb, factorial

from engine.kernel.certificate import ByTheorem, NormalForm
from engine.meaning.statement import Relation
from engine.meaning.term import (
    ONE,
    ZERO,
    Add,
    Apply,
    Divide,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Sum,
    Term,
    children,
    free_names,
    fresh_name,
    integer,
    map_children,
    rational,
    substitute,
    subtract,
)

HIGHEST_MOMENT = 4


def binomial_sketches(goal: Relation) -> Iterator[ByTheorem]:
    """The goal with one of its binomial sums replaced by its value; the rest is for the prover to do again."""
    for sum_ in dict.fromkeys((*_sums(goal.left), *_sums(goal.right))):
        parts = _parts(sum_)
        if parts is None:
            continue
        a, b, moments = parts
        closed = _closed(sum_.upper, a, b, moments)
        inner = ByTheorem("binomial-sum", (a, b, *moments), (None, NormalForm(), None))  # type: ignore[arg-type]
        hole = fresh_name("S", free_names(goal.left) | free_names(goal.right))
        sides = (_replaced(side, sum_, Name(hole)) for side in (goal.left, goal.right))
        template = Relation(next(sides), goal.sign, next(sides))
        yield ByTheorem("replace-equal", (Name(hole), Relation(closed, "=", sum_), template), (inner, None))  # type: ignore[arg-type]


def _sums(term: Term) -> Iterator[Sum]:
    if isinstance(term, Sum) and term.lower == ZERO and _has_binomial(term.body, term):
        yield term
        return
    for part in children(term):
        yield from _sums(part)


def _has_binomial(body: Term, sum_: Sum) -> bool:
    return body == Apply("binom", (sum_.upper, Name(sum_.index))) or any(_has_binomial(p, sum_) for p in children(body))


def _replaced(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else map_children(term, lambda part: _replaced(part, old, new))


def _closed(n: Term, a: Term, b: Term, moments: tuple[Term, ...]) -> Term:
    parts = []
    for m, c in enumerate(moments):
        if c != ZERO:
            falling = (subtract(n, integer(step)) for step in range(m))
            parts.append(Multiply((c, *falling, Power(a, integer(m)), Power(Add((a, b)), subtract(n, integer(m))))))
    return Add(tuple(parts))


def _parts(sum_: Sum) -> tuple[Term, Term, tuple[Term, ...]] | None:
    """``(a, b, moments)`` of a body made of C(n, k), powers with an exponent k or n - k, and polynomials in k."""
    k, bases, others = sum_.index, ([], []), []  # type: tuple[str, tuple[list[Term], list[Term]], list[Term]]
    binomial = Apply("binom", (sum_.upper, Name(k)))
    factors, below = _factors(sum_.body)
    if factors.count(binomial) != 1 or any(k in free_names(factor) for factor in below):
        return None
    factors.remove(binomial)
    for factor in factors:
        power = _power(factor, k, sum_.upper)
        if power is None:
            others.append(factor)
        else:
            bases[power[0]].append(power[1])
    polynomial = Divide(_product(others), _product(below))
    moments = _moments(polynomial, k)
    return None if moments is None else (_product(bases[0]), _product(bases[1]), moments)


def _product(factors: list[Term]) -> Term:
    return ONE if not factors else factors[0] if len(factors) == 1 else Multiply(tuple(factors))


def _factors(term: Term) -> tuple[list[Term], list[Term]]:
    """The factors above and below a fraction line."""
    match term:
        case Multiply(factors):
            pairs = [_factors(factor) for factor in factors]
            return [f for above, _ in pairs for f in above], [f for _, below in pairs for f in below]
        case Divide(top, bottom):
            (above, under), (below, over) = _factors(top), _factors(bottom)
            return above + over, under + below
        case Negate(inside):
            above, below = _factors(inside)
            return [Negate(ONE), *above], below
        case _:
            return [term], []


def _power(factor: Term, k: str, n: Term) -> tuple[int, Term] | None:
    """``(0, x)`` for x^k, ``(1, x)`` for x^(n-k), with x free of k; x^(ck) is (x^c)^k."""
    if not isinstance(factor, Power) or k in free_names(factor.base):
        return None
    match factor.exponent:
        case Name(name) if name == k:
            return 0, factor.base
        case Add((first, Negate(Name(name)))) if name == k and first == n:
            return 1, factor.base
        case Multiply(parts) if Name(k) in parts:
            rest = list(parts)
            rest.remove(Name(k))
            return None if any(k in free_names(part) for part in rest) else (0, Power(factor.base, _product(rest)))
        case _:
            return None


def _moments(term: Term, k: str) -> tuple[Term, ...] | None:
    """The coefficients of a polynomial in k in falling factorials: Δ^m f(0)/m!, up to its degree."""
    degree = _degree(term, k)
    if degree is None or degree > HIGHEST_MOMENT:
        return None
    values = [term if k not in free_names(term) else substitute(term, k, integer(at)) for at in range(degree + 1)]
    return tuple(_difference(values, m) for m in range(degree + 1))


def _difference(values: list[Term], m: int) -> Term:
    weights = (Fraction((-1) ** (m - j) * comb(m, j), factorial(m)) for j in range(m + 1))
    return Add(tuple(Multiply((rational(w), value)) for w, value in zip(weights, values, strict=False)))


def _degree(term: Term, k: str) -> int | None:
    """A bound of the degree in k; ``None`` where the term is not seen to be a polynomial."""
    if k not in free_names(term):
        return 0
    match term:
        case Name():
            return 1
        case Add(parts) | Multiply(parts):
            found = [_degree(part, k) for part in parts]
            known = [degree for degree in found if degree is not None]
            if len(known) < len(found):
                return None
            return max(known) if isinstance(term, Add) else sum(known)
        case Negate(inside) | Divide(inside, _):
            below = isinstance(term, Divide) and k in free_names(term.denominator)
            return None if below else _degree(inside, k)
        case Power(base, Number(value)) if value.denominator == 1 and value <= HIGHEST_MOMENT:
            inner = _degree(base, k)
            return None if inner is None else inner * int(value)
        case _:
            return None
