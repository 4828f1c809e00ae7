"""Statements: what a claim asserts, and what a context assumes."""

from __future__ import annotations

from typing import Literal

from engine.meaning.frozen import frozen
from engine.meaning.term import INFINITY, Integral, Negate, Term

Sign = Literal["=", "≠", "<", "≤", ">", "≥", "≈"]


@frozen
class Relation:
    """``left sign right``; ``≈`` means equal to the digits shown on the right."""

    left: Term
    sign: Sign
    right: Term


@frozen
class ForEach:
    """``body`` for every integer ``index`` from ``lower`` to ``upper``."""

    index: str
    lower: Term
    upper: Term
    body: Relation


@frozen
class UpToOrder:
    """``left = right + O(variable^order)`` as the variable tends to 0."""

    left: Term
    right: Term
    variable: str
    order: int


@frozen
class Interval:
    """A real interval; an infinite end is open. All of ℝ is ``(-∞, ∞)``."""

    lower: Term
    upper: Term
    lower_closed: bool = False
    upper_closed: bool = False

    def limits(self, value: Term) -> tuple[Relation, ...]:
        """What lying in the interval says of ``value``."""
        low = Relation(value, "≥" if self.lower_closed else ">", self.lower)
        high = Relation(value, "≤" if self.upper_closed else "<", self.upper)
        return ((low,) if self.lower != Negate(INFINITY) else ()) + ((high,) if self.upper != INFINITY else ())


@frozen
class Optimum:
    """``point`` is a (where ``unique``: the only) maximiser or minimiser of ``objective`` over the domain.

    ``variable`` is bound in ``objective``; ``domain`` is an interval, or ``None`` for every value of the
    variable's sort (all of ℝ^d).
    """

    kind: Literal["maximum", "minimum"]
    point: Term
    objective: Term
    variable: str
    domain: Interval | None
    unique: bool = True


@frozen
class NoOptimum:
    """``objective`` attains no maximum (minimum) over the domain."""

    kind: Literal["maximum", "minimum"]
    objective: Term
    variable: str
    domain: Interval


@frozen
class Diverges:
    """The integral is infinite."""

    integral: Integral


@frozen
class Smooth:
    """The declared function of one real variable is ``order`` times continuously differentiable near ``at``.

    ``order`` 0 is continuity at the point.
    """

    function: str
    at: Term
    order: int


@frozen
class Invertible:
    """The square matrix has an inverse."""

    matrix: Term


@frozen
class Definite:
    """The square matrix is symmetric and x^T M x > 0 for every x ≠ 0; not ``strict``: >= 0 for every x."""

    matrix: Term
    strict: bool = True


@frozen
class NearZero:
    """``body`` for every real ``variable`` in some neighbourhood of 0; the variable is bound in ``body``."""

    variable: str
    body: Relation | Optimum


@frozen
class Assertion:
    """``left sign right`` with a sign that no rule of the kernel speaks about: ``:= ≡ ∼ ∝ ∈ → ⊆ ⊥ ≪`` ...

    Read and shown; it is no :data:`Statement`, so that no claim and no context can hold it.
    """

    left: Term
    sign: str
    right: Term


@frozen
class Implies:
    premise: Statement
    conclusion: Statement


@frozen
class Equivalent:
    left: Statement
    right: Statement


Statement = (
    Relation
    | ForEach
    | UpToOrder
    | Optimum
    | NoOptimum
    | Diverges
    | Smooth
    | Invertible
    | Definite
    | NearZero
    | Implies
    | Equivalent
)


def sides(statement: Statement) -> tuple[Term, ...]:
    """Both sides of each relation that the statement is made of; none of one that is made of others.

    >>> sides(Implies(Relation(INFINITY, "=", INFINITY), Relation(INFINITY, "<", INFINITY))) == (INFINITY,) * 4
    True
    """
    match statement:
        case Relation(left, _, right):
            return left, right
        case ForEach(_, _, _, body):
            return sides(body)
        case Implies(one, other) | Equivalent(one, other):
            return *sides(one), *sides(other)
        case _:
            return ()
