"""The algebra of one check: its atoms, what is assumed, the work still allowed, and the arithmetic of normal forms.

The rules stand in files of their own, and are methods of :class:`Algebra`: each with its condition, and a condition
that cannot be established raises :class:`Unproved`. What a term's being defined implies may be used, since a claim
speaks only of points where both sides are defined (:mod:`engine.kernel.definedness` reports it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from math import floor
from typing import TYPE_CHECKING

from engine.kernel.forms import dependence, factor, known_sign, order
from engine.kernel.forms import power as powers
from engine.kernel.forms.assumption import Assumptions, Fact, MemberFact, range_facts
from engine.kernel.forms.atom import Alternating, Atom, Bound, Call, Delta, Letter, Member, Prime, Variable
from engine.kernel.forms.polynomial import (
    UNIT,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    Rational,
    add,
    constant,
    monomial_power,
    multiply_monomials,
    of_atom,
    scale,
    shorten,
)
from engine.kernel.steps import Steps
from engine.kernel.unproved import Unproved
from engine.meaning.sort import Function

if TYPE_CHECKING:
    from engine.kernel.matrices.matrix import Words


@dataclass
class Algebra:
    """The atoms of one check, the assumptions in force, and the steps still allowed."""

    steps: Steps = field(default_factory=Steps)
    atoms: list[Atom] = field(default_factory=list)
    numbers: dict[Atom, int] = field(default_factory=dict)
    known: Assumptions = field(default_factory=Assumptions)
    integers: set[str] = field(default_factory=set)
    integer_families: dict[str, int | None] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    letters: dict[Letter, int] = field(default_factory=dict)
    """The order in which letters appeared, which orders words."""
    circular: bool = False
    """Whether there are sines and cosines, products of which are written as sums."""
    unsettled: dict[tuple[Frozen, Frozen, Frozen], None] = field(default_factory=dict)
    """Places and ranges of sums, where it is not known whether the place lies in the range."""
    fresh: int = 0
    bounds: dict[int, tuple[Fact, ...]] = field(default_factory=dict)
    """What is known of the values of functions, by their atom."""
    integrals: dict[object, Polynomial] = field(default_factory=dict)
    """Values of integrals by the integral, the facts in force and what the bound names in it mean."""
    _untidy: set[int] = field(default_factory=set)
    _depends: dict[int, frozenset[int]] = field(default_factory=dict)
    indices: dict[int, frozenset[int]] = field(default_factory=dict)
    """The indices of the sums and products in an atom (:func:`engine.kernel.sums.prefix.indices_inside`)."""

    # ---- the rules

    monomial_depends = dependence.monomial_depends
    polynomial_depends = dependence.polynomial_depends
    frozen_depends = dependence.frozen_depends
    value_depends = dependence.value_depends
    letter_depends = dependence.letter_depends

    split = factor.split
    composite_polynomial = factor.composite_polynomial
    inverse = factor.inverse
    clear = factor.clear

    power = powers.power
    integer_power = powers.integer_power
    logarithm = powers.logarithm
    log_of_atom = powers.log_of_atom
    exponential = powers.exponential

    sign = known_sign.sign
    monomial_sign = known_sign.monomial_sign
    atom_sign = known_sign.atom_sign
    is_not_negative = order.is_not_negative
    is_integer = known_sign.is_integer

    # ---- atoms

    def number_of(self, atom: Atom) -> int:
        number = self.numbers.get(atom)
        if number is None:
            number = self.numbers[atom] = len(self.atoms)
            self.atoms.append(atom)
            if isinstance(atom, Prime | Delta | Alternating) or (isinstance(atom, Call) and atom.function == "abs"):
                self._untidy.add(number)
        return number

    def of(self, atom: Atom) -> Polynomial:
        return of_atom(self.number_of(atom))

    def spend(self, work: int) -> None:
        self.steps.spend(work)

    def fresh_variable(self, integer: bool) -> int:
        self.fresh += 1
        name = f"@{self.fresh}"
        if integer:
            self.integers.add(name)
        return self.number_of(Variable(name))

    def depends(self, number: int) -> frozenset[int]:
        """The variables and bound indices that occur free in an atom, the families of its members, and its deltas."""
        found = self._depends.get(number)
        if found is None:
            found = self._depends[number] = dependence.find_dependence(self, number)
        return found

    def family(self, name: str) -> int:
        """What every member of the family depends on: a change of any of them."""
        return self.number_of(Variable(name))

    def source(self, variable: int) -> int:
        """What an atom must depend on in order to change with ``variable``, a variable or a member of a family."""
        atom = self.atoms[variable]
        return self.family(atom.family) if isinstance(atom, Member) else variable

    # ---- assumptions

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self.known.facts

    @property
    def member_facts(self) -> tuple[MemberFact, ...]:
        return self.known.member_facts

    @property
    def definite(self) -> Mapping[str, bool]:
        return self.known.definite

    @property
    def factors(self) -> tuple[Polynomial, ...]:
        return self.known.factors

    def assume(self, *facts: Fact) -> None:
        """From here on the facts are in force, up to the end of the ``with`` block around."""
        self.known = self.known.with_facts(self.facts + facts)

    @contextmanager
    def under(self, known: Assumptions) -> Iterator[None]:
        """Other assumptions inside a ``with`` block."""
        before = self.known
        self.known = known
        try:
            yield
        finally:
            self.known = before

    def assuming(self, *facts: Fact) -> AbstractContextManager[None]:
        """More facts inside a ``with`` block (about an index in its range, or a renamed variable)."""
        return self.under(self.known.with_facts(self.facts + facts) if facts else self.known)

    def ranging(self, index: int, lower: Polynomial, upper: Polynomial) -> AbstractContextManager[None]:
        """``index`` runs from ``lower`` to ``upper`` inside a ``with`` block. What is in force about it is forgotten:
        the indices of two sums may be one :class:`Bound`."""
        shared = isinstance(self.atoms[index], Bound)
        kept = self.facts
        if shared:
            kept = tuple(f for f in kept if index not in self.polynomial_depends(f.polynomial))
        return self.under(self.known.with_facts(kept + range_facts(of_atom(index), lower, upper)))

    def forgetting(self, variable: int) -> AbstractContextManager[None]:
        """No facts about the variable inside a ``with`` block (about to be replaced by something of which they say
        nothing)."""
        return self.under(
            self.known.with_facts(
                (f for f in self.facts if variable not in self.polynomial_depends(f.polynomial)),
                (m for m in self.member_facts if variable not in self._member_fact_depends(m)),
            )
        )

    def nearby(self, variable: int) -> AbstractContextManager[None]:
        """Of what changes with the variable, only strict facts inside a ``with`` block: they hold nearby, too."""
        moved = self.source(variable)
        return self.under(
            self.known.with_facts(
                (f for f in self.facts if 0 not in f.sign or moved not in self.polynomial_depends(f.polynomial)),
                (m for m in self.member_facts if 0 not in m.fact.sign or moved not in self._member_fact_depends(m)),
            )
        )

    def any_matrix(self, name: str) -> AbstractContextManager[None]:
        """Without what is known of the shape of a named matrix inside a ``with`` block: that it is symmetric, or
        definite."""
        definite = {known: strict for known, strict in self.known.definite.items() if known != name}
        return self.under(self.known.with_shapes(definite, self.known.symmetric - {name}))

    def assuming_moved(self, number: int, value: Words) -> AbstractContextManager[None]:
        """Inside a ``with`` block, the facts in force about a matrix also for ``value``, which is close to it."""
        known = [fact for fact in self.facts if number in self.polynomial_depends(fact.polynomial)]
        return self.assuming(*(Fact(self.substitute(fact.polynomial, number, value), fact.sign) for fact in known))

    def _member_fact_depends(self, known: MemberFact) -> frozenset[int]:
        parts = (known.lower or {}, known.upper or {}, known.fact.polynomial)
        return frozenset().union(*map(self.polynomial_depends, parts))

    # ---- sums and products

    range_facts = staticmethod(range_facts)

    def multiply(self, p: Polynomial, q: Polynomial) -> Polynomial:
        self.spend(1 + len(p) * len(q))
        if len(p) == 1 and UNIT in p and not self._untidy and not self.circular:
            return q if p[UNIT] == 1 else scale(q, p[UNIT])
        result: Polynomial = {}
        for m, c in p.items():
            for n, d in q.items():
                monomial, term = multiply_monomials(m, n), c * d
                if self._untidy:
                    monomial, factor = self.tidy(monomial)
                    term *= factor
                if self.circular and (sums := self._linearised(monomial)) is not None:
                    result = add(result, sums, term)
                    continue
                value = result[monomial] + term if monomial in result else term
                if value:
                    result[monomial] = value
                else:
                    result.pop(monomial, None)
        return result

    def _linearised(self, monomial: Monomial) -> Polynomial | None:
        from engine.kernel.forms.circular import linearised

        return linearised(self, monomial)

    def tidy(self, monomial: Monomial) -> tuple[Monomial, Rational]:
        """Whole powers of primes go into the coefficient; even powers of |f| become powers of f; δ^e = δ for e > 0;
        ((-1)^n)^2 = 1."""
        if not any(number in self._untidy for number, _ in monomial):
            return monomial, 1
        self.spend(len(monomial))
        factor: Rational = 1
        kept: Monomial = UNIT
        for number, exponent in monomial:
            match self.atoms[number]:
                case Prime(value):
                    whole = floor(exponent)
                    factor *= powers.number_power(value, whole)
                    kept = multiply_monomials(kept, _of_exponent(number, shorten(exponent - whole)))
                case Call("abs", _, (inner,)) if exponent.denominator == 1 and exponent % 2 == 0:
                    ((inside, _),) = inner  # type: ignore[misc]
                    kept = multiply_monomials(kept, monomial_power(inside, exponent))
                case Alternating():
                    kept = multiply_monomials(kept, _of_exponent(number, exponent % 2))
                case Delta() if exponent > 0:
                    kept = multiply_monomials(kept, ((number, 1),))
                case _:
                    kept = multiply_monomials(kept, ((number, exponent),))
        return kept, factor

    def is_zero(self, p: Polynomial) -> bool:
        """Whether the polynomial vanishes identically, for every value of its deltas (a ``False`` says nothing)."""
        from engine.kernel.sums.delta import in_every_case

        return in_every_case(self, p, lambda case: not case or not (left := self._cleared(case)) or self._cancels(left))

    def _cancels(self, p: Polynomial) -> bool:
        """Whether the sums in ``p`` cancel: products of them as nested sums, or their bodies over one denominator."""
        from engine.kernel.sums.merge import has_sums, merged, shuffled

        if not has_sums(self, p):
            return False
        try:
            nested = shuffled(self, p)
            return not self._cleared(nested) or not self._cleared(merged(self, nested))
        except Unproved:
            return False

    def _cleared(self, p: Polynomial) -> Polynomial:
        """``p`` times what stands in its denominators."""
        p = self.clear(p)[0]
        if not self.circular:
            return p
        from engine.kernel.forms.circular import without_denominators

        return self.clear(without_denominators(self, p))[0]

    def apart(self, monomial: Monomial, variable: int) -> tuple[Monomial, Monomial]:
        """The factors that are free of the variable, and the others."""
        inner = tuple(pair for pair in monomial if variable in self.depends(pair[0]))
        return tuple(pair for pair in monomial if pair not in inner) if inner else monomial, inner

    def linearly(self, p: Polynomial, variable: int, value: Callable[[Monomial], Polynomial]) -> Polynomial:
        """Σ a value(b), where ``p`` is Σ a b with each a free of the variable and each b a product of what is not."""
        groups: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in p.items():
            outer, inner = self.apart(monomial, variable)
            groups.setdefault(inner, {})[outer] = coefficient
        result: Polynomial = {}
        for inner, outside in groups.items():
            result = add(result, self.multiply(outside, value(inner)))
        return result

    def substitute(self, p: Polynomial, number: int, value: Polynomial | Words) -> Polynomial:
        """``p`` with the variable replaced; every atom that contains it is built anew by the rules above."""
        from engine.kernel.forms.rebuild import rebuild

        result: Polynomial = {}
        for monomial, coefficient in p.items():
            rest, changed = self.apart(monomial, number)
            term: Polynomial = {rest: coefficient}
            for atom, exponent in changed:
                new = rebuild(self, atom, number, value)
                term = self.multiply(term, self.power(new, constant(exponent)))
            result = add(result, term)
        return result


def _of_exponent(atom: int, exponent: Exponent) -> Monomial:
    return ((atom, exponent),) if exponent else UNIT
