"""What is assumed where a normal form is made: facts about polynomials and matrices, and what follows from them.

What was found out once about a sign is kept with the assumptions that it rests on, so that nothing is asked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.kernel.forms import sign as signs
from engine.kernel.forms.polynomial import UNIT, Frozen, Polynomial, Rational, add, constant_term
from engine.kernel.forms.sign import Sign


@dataclass(frozen=True, slots=True)
class Fact:
    """``polynomial`` is > 0, >= 0 or ≠ 0, ...: it has one of the signs."""

    polynomial: Polynomial
    sign: Sign

    def line(self) -> tuple[int, Rational, Rational] | None:
        """The atom, c and b where the polynomial is ``c atom + b``."""
        terms = [monomial for monomial in self.polynomial if monomial != UNIT]
        if len(terms) != 1 or len(terms[0]) != 1 or terms[0][0][1] != 1:
            return None
        return terms[0][0][0], self.polynomial[terms[0]], constant_term(self.polynomial)

    def bound(self) -> tuple[int, Sign] | None:
        """Of ``c atom + b``, the atom and the signs that are left to it; of another polynomial, nothing."""
        if (line := self.line()) is None:
            return None
        atom, c, b = line
        return atom, signs.product(signs.total(self.sign, signs.of_number(-b)), signs.of_number(c))


@dataclass(frozen=True, slots=True)
class MemberFact:
    """For every integer ``index`` from ``lower`` to ``upper``: a fact about members at that index.

    ``None`` is a range without that end.
    """

    index: int
    lower: Polynomial | None
    upper: Polynomial | None
    fact: Fact


def range_facts(index: Polynomial, lower: Polynomial, upper: Polynomial) -> tuple[Fact, Fact]:
    """``lower <= index <= upper``."""
    return Fact(add(index, lower, -1), signs.NOT_NEGATIVE), Fact(add(upper, index, -1), signs.NOT_NEGATIVE)


@dataclass(frozen=True, eq=False)
class Assumptions:
    """The facts in force. The last three fields are a memory of what was found to follow from the others."""

    facts: tuple[Fact, ...] = ()
    member_facts: tuple[MemberFact, ...] = ()
    definite: Mapping[str, bool] = field(default_factory=dict)
    """Names of positive semidefinite matrices, and whether they are positive definite."""
    symmetric: frozenset[str] = frozenset()
    """Names of symmetric matrices; definite ones are."""
    factors: tuple[Polynomial, ...] = ()
    """Hints: polynomials to be divided out where they divide."""
    atom_signs: dict[int, Sign] = field(default_factory=dict)
    signs: dict[tuple[Frozen, int], Sign] = field(default_factory=dict)
    lower_bounds: list[Polynomial] = field(default_factory=list)

    @cached_property
    def bounded(self) -> dict[int, Sign]:
        """The signs that atoms may have by the facts that bound them by a number."""
        found: dict[int, Sign] = {}
        for fact in self.facts:
            if (bound := fact.bound()) is not None:
                found[bound[0]] = found.get(bound[0], signs.ANY) & bound[1]
        return found

    def with_facts(self, facts: Iterable[Fact], members: Iterable[MemberFact] | None = None) -> Assumptions:
        """Other facts, and all else that is assumed."""
        kept = self.member_facts if members is None else tuple(members)
        return Assumptions(tuple(facts), kept, self.definite, self.symmetric, self.factors)

    def with_shapes(self, definite: Mapping[str, bool], symmetric: frozenset[str]) -> Assumptions:
        return Assumptions(self.facts, self.member_facts, definite, symmetric, self.factors)

    def with_factors(self, factors: Iterable[Polynomial]) -> Assumptions:
        return Assumptions(self.facts, self.member_facts, self.definite, self.symmetric, tuple(factors))
