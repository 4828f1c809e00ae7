"""The arithmetic of normal forms: interned atoms, the facts in force, and the rules of exp, ln and powers.

Every rule stands next to its condition. A condition that cannot be established raises :class:`Unproved`; what a
term's being defined implies may be used, since a claim speaks only of points where both sides are defined
(:mod:`engine.kernel.definedness` reports it).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from engine.kernel.forms import sign as signs
from engine.kernel.forms.atom import (
    Alternating,
    Atom,
    Bound,
    Call,
    Circle,
    Composite,
    Delta,
    Determinant,
    Exponential,
    Letter,
    Logarithm,
    MatrixValue,
    Member,
    Ones,
    PrefixProduct,
    PrefixSum,
    Prime,
    Primitive,
    Scalar,
    SymbolicPower,
    Total,
    Unit,
    Variable,
    Word,
)
from engine.kernel.forms.polynomial import (
    UNIT,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    Rational,
    add,
    atoms_of,
    constant,
    constant_term,
    content,
    divide_exactly,
    freeze,
    is_constant,
    magnitude,
    monomial_power,
    multiply_monomials,
    of_atom,
    quotient,
    scale,
    shorten,
    thaw,
)
from engine.kernel.forms.sign import Sign
from engine.kernel.unproved import Unproved as Unproved
from engine.meaning.sort import Function

if TYPE_CHECKING:
    from engine.kernel.matrices.matrix import Words

LARGEST_POWER = 64
LARGEST_COEFFICIENT_BITS = 20_000
LARGEST_PRIME_SEARCHED = 10_000
LONGEST_CHAIN = 3
MOST_DIVISIONS = 40


@dataclass(frozen=True, slots=True)
class Fact:
    """``polynomial`` is > 0, >= 0 or ≠ 0."""

    polynomial: Polynomial
    sign: Sign


@dataclass(frozen=True, slots=True)
class MemberFact:
    """For every integer ``index`` from ``lower`` to ``upper``: a fact about members at that index.

    ``None`` is a range without that end.
    """

    index: int
    lower: Polynomial | None
    upper: Polynomial | None
    fact: Fact


@dataclass
class Algebra:
    """The atoms of one check, the facts about them, and the work still allowed."""

    budget: int = 300_000
    atoms: list[Atom] = field(default_factory=list)
    numbers: dict[Atom, int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    member_facts: list[MemberFact] = field(default_factory=list)
    integers: set[str] = field(default_factory=set)
    integer_families: dict[str, int | None] = field(default_factory=dict)
    factors: list[Polynomial] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)
    letters: dict[Letter, int] = field(default_factory=dict)
    """The order in which letters appeared, which orders words."""
    symmetric: set[str] = field(default_factory=set)
    definite: dict[str, bool] = field(default_factory=dict)
    """Names of positive semidefinite matrices, and whether they are positive definite."""
    circular: bool = False
    unsettled: dict[tuple[Frozen, Frozen, Frozen], None] = field(default_factory=dict)
    """Places and ranges of sums, where it is not known whether the place lies in the range."""
    fresh: int = 0
    _depends: dict[int, frozenset[int]] = field(default_factory=dict)
    _bounds: dict[int, tuple[Fact, ...]] = field(default_factory=dict)
    integrals: dict[object, Polynomial] = field(default_factory=dict)
    """Values of integrals by the integral, the facts in force and what the bound names in it mean."""

    # ---- atoms

    def number_of(self, atom: Atom) -> int:
        number = self.numbers.get(atom)
        if number is None:
            number = self.numbers[atom] = len(self.atoms)
            self.atoms.append(atom)
        return number

    def of(self, atom: Atom) -> Polynomial:
        return of_atom(self.number_of(atom))

    def spend(self, work: int) -> None:
        self.budget -= work
        if self.budget < 0:
            raise Unproved("the step budget is spent")

    def fresh_variable(self, integer: bool) -> int:
        self.fresh += 1
        name = f"@{self.fresh}"
        if integer:
            self.integers.add(name)
        return self.number_of(Variable(name))

    @contextmanager
    def assuming(self, *facts: Fact) -> Iterator[None]:
        """More facts inside a ``with`` block (about an index in its range, or a renamed variable)."""
        before = len(self.facts)
        self.facts.extend(facts)
        try:
            yield
        finally:
            del self.facts[before:]

    @contextmanager
    def forgetting(self, variable: int) -> Iterator[None]:
        """No facts about the variable inside a ``with`` block (about to be replaced by something of which they say
        nothing)."""
        facts, member_facts = self.facts, self.member_facts
        self.facts = [f for f in facts if variable not in self.polynomial_depends(f.polynomial)]
        self.member_facts = [m for m in member_facts if variable not in self._member_fact_depends(m)]
        try:
            yield
        finally:
            self.facts, self.member_facts = facts, member_facts

    @contextmanager
    def nearby(self, variable: int) -> Iterator[None]:
        """Of what changes with the variable, only strict facts inside a ``with`` block: they hold nearby, too."""
        facts, member_facts, moved = self.facts, self.member_facts, self.source(variable)
        self.facts = [f for f in facts if 0 not in f.sign or moved not in self.polynomial_depends(f.polynomial)]
        self.member_facts = [
            m for m in member_facts if 0 not in m.fact.sign or moved not in self._member_fact_depends(m)
        ]
        try:
            yield
        finally:
            self.facts, self.member_facts = facts, member_facts

    @contextmanager
    def any_matrix(self, name: str) -> Iterator[None]:
        """Without what is known of the shape of a named matrix inside a ``with`` block: that it is symmetric, or
        definite."""
        symmetric, definite = self.symmetric, self.definite
        self.symmetric = symmetric - {name}
        self.definite = {known: strict for known, strict in definite.items() if known != name}
        try:
            yield
        finally:
            self.symmetric, self.definite = symmetric, definite

    @contextmanager
    def assuming_moved(self, number: int, value: Words) -> Iterator[None]:
        """Inside a ``with`` block, the facts in force about a matrix also for ``value``, which is close to it."""
        known = [fact for fact in self.facts if number in self.polynomial_depends(fact.polynomial)]
        with self.assuming(*(Fact(self.substitute(fact.polynomial, number, value), fact.sign) for fact in known)):
            yield

    def _member_fact_depends(self, known: MemberFact) -> frozenset[int]:
        parts = (known.lower or {}, known.upper or {}, known.fact.polynomial)
        return frozenset().union(*map(self.polynomial_depends, parts))

    @contextmanager
    def ignoring(self, facts: Collection[Fact]) -> Iterator[None]:
        """Without the given facts inside a ``with`` block."""
        before = self.facts
        self.facts = [f for f in before if not any(f is other for other in facts)]
        try:
            yield
        finally:
            self.facts = before

    # ---- what an atom depends on

    def depends(self, number: int) -> frozenset[int]:
        """The variables and bound indices that occur free in an atom, the families of its members, and its deltas."""
        known = self._depends.get(number)
        if known is None:
            known = self._depends[number] = self._find_depends(number)
        return known

    def _find_depends(self, number: int) -> frozenset[int]:
        match self.atoms[number]:
            case Variable() | Bound():
                return frozenset((number,))
            case Member(family, indices):
                return frozenset((self.family(family),)).union(*map(self.frozen_depends, indices))
            case Exponential(exponent) | Alternating(exponent):
                return self.monomial_depends(exponent)
            case SymbolicPower(base, exponent):
                return self.depends(base) | self.monomial_depends(exponent)
            case Logarithm(argument):
                return self.depends(argument)
            case Composite(polynomial):
                return self.frozen_depends(polynomial)
            case PrefixSum(upper, index, body) | PrefixProduct(upper, index, body):
                return self.frozen_depends(upper) | (self.monomial_depends(body) - {index})
            case Call(_, _, arguments):
                return frozenset().union(*map(self.value_depends, arguments))
            case Delta(difference):
                return self.frozen_depends(difference) | {number}
            case Primitive(body, index, at):
                return self.frozen_depends(at) | (self.monomial_depends(body) - {index})
            case Scalar(word):
                return self.word_depends(word)
            case Determinant(matrix):
                return self.value_depends(matrix)
            case _:
                return frozenset()

    def family(self, name: str) -> int:
        """What every member of the family depends on: a change of any of them."""
        return self.number_of(Variable(name))

    def source(self, variable: int) -> int:
        """What an atom must depend on in order to change with ``variable``, a variable or a member of a family."""
        atom = self.atoms[variable]
        return self.family(atom.family) if isinstance(atom, Member) else variable

    def monomial_depends(self, monomial: Monomial) -> frozenset[int]:
        return frozenset().union(*(self.depends(atom) for atom, _ in monomial))

    def frozen_depends(self, frozen: Frozen) -> frozenset[int]:
        return frozenset().union(*(self.monomial_depends(monomial) for monomial, _ in frozen))

    def polynomial_depends(self, p: Polynomial) -> frozenset[int]:
        return frozenset().union(*map(self.monomial_depends, p))

    def value_depends(self, value: Frozen | MatrixValue) -> frozenset[int]:
        if isinstance(value, MatrixValue):
            parts = (self.word_depends(word) | self.frozen_depends(c) for word, c in value.words)
            return frozenset().union(*parts)
        return self.frozen_depends(value)

    def word_depends(self, word: Word) -> frozenset[int]:
        return frozenset().union(*map(self.letter_depends, word))

    def letter_depends(self, letter: Letter) -> frozenset[int]:
        match letter.head:
            case Variable() as name:
                return frozenset((self.number_of(name),))
            case Call(_, _, arguments):
                return frozenset().union(*map(self.value_depends, arguments))
            case Member(family, indices):
                return frozenset((self.family(family),)).union(*map(self.frozen_depends, indices))
            case MatrixValue() as sum_:
                return self.value_depends(sum_)
            case Total(upper, index, body, core):
                summed = self.monomial_depends(body) | self.word_depends(core)
                return self.frozen_depends(upper) | (summed - {index})
            case Unit(place):
                return (
                    self.frozen_depends(place) | self.frozen_depends(letter.rows) | self.frozen_depends(letter.columns)
                )
            case Ones():
                return self.frozen_depends(letter.rows) | self.frozen_depends(letter.columns)

    # ---- sums and products

    def multiply(self, p: Polynomial, q: Polynomial) -> Polynomial:
        self.spend(1 + len(p) * len(q))
        result: Polynomial = {}
        for m, c in p.items():
            for n, d in q.items():
                monomial, factor = self.tidy(multiply_monomials(m, n))
                term = c * d if factor == 1 else c * d * factor
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
        if not any(isinstance(self.atoms[number], Prime | Call | Delta | Alternating) for number, _ in monomial):
            return monomial, 1
        factor: Rational = 1
        kept: Monomial = UNIT
        for number, exponent in monomial:
            match self.atoms[number]:
                case Prime(value):
                    whole = floor(exponent)
                    factor *= self.number_power(value, whole)
                    kept = multiply_monomials(kept, of_exponent(number, shorten(exponent - whole)))
                case Call("abs", _, (inner,)) if exponent.denominator == 1 and exponent % 2 == 0:
                    ((inside, _),) = inner  # type: ignore[misc]
                    kept = multiply_monomials(kept, monomial_power(inside, exponent))
                case Alternating():
                    kept = multiply_monomials(kept, of_exponent(number, exponent % 2))
                case Delta() if exponent > 0:
                    kept = multiply_monomials(kept, ((number, 1),))
                case _:
                    kept = multiply_monomials(kept, ((number, exponent),))
        return kept, factor

    def number_power(self, base: Rational, exponent: int) -> Rational:
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if size * abs(exponent) > LARGEST_COEFFICIENT_BITS:
            raise Unproved("a number too large to write out")
        return shorten(Fraction(base) ** exponent)

    def integer_power(self, p: Polynomial, exponent: int) -> Polynomial:
        """``p ** exponent``; for a negative exponent ``p`` must be nonzero, which its being defined implies."""
        if exponent < 0:
            return self.integer_power(self.inverse(p), -exponent)
        if len(p) == 1:
            ((monomial, coefficient),) = p.items()
            kept, factor = self.tidy(monomial_power(monomial, exponent))
            power: Polynomial = {kept: self.number_power(coefficient, exponent) * factor}
            return self.multiply(power, constant(1)) if self.circular else power
        if exponent > LARGEST_POWER:
            raise Unproved(f"a sum to the power {exponent} is too large to expand")
        result = constant(1)
        for _ in range(exponent):
            result = self.multiply(result, p)
        return result

    # ---- factors

    def split(self, p: Polynomial) -> tuple[Rational, dict[int, Exponent]]:
        """``p`` (not zero) as a number times powers of atoms, with the hinted factors divided out."""
        p, powers = self.clear(p)
        powers = {atom: -exponent for atom, exponent in powers.items()}
        if not p:
            raise Unproved("a factor that is zero")
        shared = content(p)
        p = {multiply_monomials(m, monomial_power(shared, -1)): c for m, c in p.items()}
        for atom, exponent in shared:
            powers[atom] = shorten(powers.get(atom, 0) + exponent)
        if self.circular and shared:
            p = self.multiply(p, constant(1))
            if not p:
                raise Unproved("a factor that is zero")
        for factor in self.factors:
            while len(p) > 1:
                self.spend(len(p) * len(factor))
                quotient = divide_exactly(p, factor) if len(factor) > 1 else None
                if quotient is None:
                    break
                coefficient, atom = self.composite(factor)
                p = scale(quotient, coefficient)
                powers[atom] = shorten(powers.get(atom, 0) + 1)
        number = constant_term(p)
        if not is_constant(p):
            number, atom = self.composite(p)
            powers[atom] = shorten(powers.get(atom, 0) + 1)
        return number, {atom: exponent for atom, exponent in powers.items() if exponent}

    def composite(self, p: Polynomial) -> tuple[Rational, int]:
        """``p = coefficient * atom``; the sign is chosen so that the atom is positive where its sign is known."""
        coefficient = p[max(p)]
        if self.sign(scale(p, quotient(1, coefficient))) <= signs.NOT_POSITIVE:
            coefficient = -coefficient
        return coefficient, self.number_of(Composite(freeze(scale(p, quotient(1, coefficient)))))

    def inverse(self, p: Polynomial) -> Polynomial:
        """``1/p``; that ``p`` is not zero is implied by the quotient's being defined."""
        if not p:
            raise Unproved("a division by zero")
        number, powers = self.split(p)
        monomial = tuple(sorted((atom, -exponent) for atom, exponent in powers.items()))
        return self.multiply({monomial: quotient(1, number)}, constant(1))

    def clear(self, p: Polynomial) -> tuple[Polynomial, dict[int, Exponent]]:
        """``(n, d)`` with ``p = n / Π atom^d``, where ``n`` has no whole power of a composite atom left."""
        denominator: dict[int, Exponent] = {}
        while True:
            whole: dict[int, list[int]] = {}
            for monomial in p:
                for atom, exponent in monomial:
                    if isinstance(self.atoms[atom], Composite):
                        whole.setdefault(atom, []).append(floor(exponent))
            todo = [atom for atom, powers in whole.items() if any(powers)]
            if not todo:
                return p, denominator
            # The largest atom first: a composite contains only older ones, so that this ends.
            p = self._clear_atom(p, max(todo), denominator)

    def _clear_atom(self, p: Polynomial, atom: int, denominator: dict[int, Exponent]) -> Polynomial:
        expansion = self.composite_polynomial(atom)
        least = min(0, *(floor(dict(monomial).get(atom, 0)) for monomial in p))
        if least:
            denominator[atom] = denominator.get(atom, 0) - least
        result: Polynomial = {}
        for monomial, coefficient in p.items():
            exponents = dict(monomial)
            exponent = exponents.pop(atom, 0)
            whole = floor(exponent)
            if exponent != whole:
                exponents[atom] = exponent - whole
            rest = {tuple(sorted(exponents.items())): coefficient}
            result = add(result, self.multiply(rest, self.integer_power(expansion, whole - least)))
        return result

    def proper(self, p: Polynomial) -> Polynomial:
        """``p`` with proper fractions: what the leading term of a denominator divides is divided by it, as in
        x²/(x + 1) = x - 1 + 1/(x + 1), so that equal exponents are written alike."""
        for _ in range(MOST_DIVISIONS):
            step = next((step for monomial, c in p.items() if (step := self._division(monomial, c)) is not None), None)
            if step is None:
                return p
            p = add(p, step)
        return p

    def _division(self, monomial: Monomial, coefficient: Rational) -> Polynomial | None:
        """What is 0 and, added to the term, divides it by one of its denominators: (q/l) d/d - (q/l)."""
        for atom, exponent in monomial:
            if exponent != -1 or not self._is_composite(atom):
                continue
            divisor = self.composite_polynomial(atom)
            order = sorted(atoms_of(divisor), reverse=True)
            lead = max(divisor, key=lambda m: [dict(m).get(a, 0) for a in order])
            rest = multiply_monomials(monomial, monomial_power(lead, -1))
            exponents = dict(monomial)
            if lead and all(exponents.get(a, 0) >= e for a, e in lead):
                scaled = {rest: quotient(coefficient, divisor[lead])}
                whole = {multiply_monomials(rest, ((atom, 1),)): quotient(coefficient, divisor[lead])}
                return add(whole, self.multiply(scaled, divisor), -1)
        return None

    def composite_polynomial(self, number: int) -> Polynomial:
        atom = self.atoms[number]
        assert isinstance(atom, Composite)
        return thaw(atom.polynomial)

    def _is_composite(self, number: int) -> bool:
        return isinstance(self.atoms[number], Composite)

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

    # ---- ln, exp, powers

    def logarithm(self, p: Polynomial) -> Polynomial:
        """ln of a product is the sum of the logarithms; condition: every factor is positive.

        All but one factor must be known to be positive; the last one then is, as the logarithm is defined.
        """
        number, powers = self.split(p)
        self.require_positive_factors(number, powers, "the logarithm of a product")
        result = self.log_of_number(number)
        for atom, exponent in powers.items():
            result = add(result, self.log_of_atom(atom), exponent)
        return result

    def require_positive_factors(self, number: Rational, powers: dict[int, Exponent], what: str) -> None:
        unknown = [atom for atom in powers if self.atom_sign(atom) != signs.POSITIVE]
        if number <= 0 or len(unknown) > 1 or any(powers[a].denominator == 1 and powers[a] % 2 == 0 for a in unknown):
            raise Unproved(f"{what} needs every factor to be positive")

    def log_of_number(self, value: Rational) -> Polynomial:
        primes = add(self.prime_exponents(value.numerator), self.prime_exponents(value.denominator), -1)
        result: Polynomial = {}
        for ((prime, _),), exponent in primes.items():
            result = add(result, self.of(Logarithm(prime)), exponent)
        return result

    def prime_exponents(self, n: int) -> Polynomial:
        """``Σ exponent * prime`` over the prime factors of ``n``."""
        result: Polynomial = {}
        for candidate in range(2, LARGEST_PRIME_SEARCHED):
            if candidate * candidate > n:
                break
            while n % candidate == 0:
                n //= candidate
                result = add(result, self.of(Prime(candidate)))
        if n >= LARGEST_PRIME_SEARCHED**2:
            raise Unproved("the prime factors of a large number")
        return add(result, self.of(Prime(n))) if n > 1 else result

    def log_of_atom(self, atom: int) -> Polynomial:
        match self.atoms[atom]:
            case Exponential(exponent):
                return {exponent: 1}
            case SymbolicPower(base, exponent) if self.atom_sign(base) == signs.POSITIVE:
                return self.multiply({exponent: 1}, self.log_of_atom(base))
            case _:
                return self.of(Logarithm(atom))

    def exponential(self, p: Polynomial) -> Polynomial:
        """e^(a+b) = e^a e^b, and e^(c ln b) = b^c (ln b is defined only where b > 0)."""
        result = constant(1)
        for monomial, coefficient in self.proper(p).items():
            result = self.multiply(result, self._exponential_of_term(monomial, coefficient))
        return result

    def _exponential_of_term(self, monomial: Monomial, coefficient: Rational) -> Polynomial:
        logs = [(atom, e) for atom, e in monomial if isinstance(self.atoms[atom], Logarithm)]
        if len(logs) == 1 and logs[0][1] == 1:
            log = self.atoms[logs[0][0]]
            assert isinstance(log, Logarithm)
            rest = tuple(pair for pair in monomial if pair != logs[0])
            return self.positive_atom_power(log.argument, coefficient, rest)
        return of_atom(self.number_of(Exponential(monomial)), shorten(coefficient))

    def positive_atom_power(self, base: int, coefficient: Rational, exponent: Monomial) -> Polynomial:
        """``base ** (coefficient * exponent)`` for a positive atom."""
        atom = base if exponent == UNIT else self.number_of(SymbolicPower(base, exponent))
        kept, factor = self.tidy(((atom, shorten(coefficient)),))
        return {kept: factor}

    def power(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """``base ** exponent`` by the kind of the exponent: integer, rational, or symbolic."""
        if not exponent:
            return constant(1)
        if is_constant(exponent):
            value = constant_term(exponent)
            if value.denominator == 1:
                return self.integer_power(base, value.numerator)
            return self.rational_power(base, value)
        return self.symbolic_power(base, exponent)

    def rational_power(self, base: Polynomial, exponent: Rational) -> Polynomial:
        """(Π f^e)^(p/q) = Π f^(ep/q); condition: f >= 0, or e even (then |f|). The base is >= 0: it must be known for
        odd q, and is implied by the root's being defined for even q."""
        if not base:
            if exponent > 0:
                return {}
            raise Unproved("zero to a negative power")
        if exponent.denominator % 2 and not self.sign(base) <= signs.NOT_NEGATIVE:
            raise Unproved("an odd root of something whose sign is not known")
        number, powers = self.split(base)
        even = {a for a, e in powers.items() if e.denominator == 1 and e % 2 == 0}
        unknown = {a for a in powers if a not in even and not self.atom_sign(a) <= signs.NOT_NEGATIVE}
        # One factor of unknown sign is >= 0 because the base is, if all the others are not 0.
        if len(unknown) > 1 or (unknown and any(0 in self.atom_sign(a) for a in powers if a not in unknown)):
            raise Unproved("a root of a product needs factors that are not negative")
        result = self.number_root(number, exponent)
        for atom, e in powers.items():
            root = self.magnitude_power if atom in even else of_atom
            result = self.multiply(result, root(atom, shorten(e * exponent)))
        return result

    def number_root(self, value: Rational, exponent: Rational) -> Polynomial:
        if value <= 0:
            raise Unproved("a root of a product needs factors that are not negative")
        result = constant(1)
        for n, sign in ((value.numerator, 1), (value.denominator, -1)):
            for ((prime, _),), e in self.prime_exponents(n).items():
                kept, factor = self.tidy(((prime, shorten(e * exponent * sign)),))
                result = self.multiply(result, {kept: factor})
        return result

    def symbolic_power(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """b^e = exp(e ln b) for b > 0, (-b)^n = (-1)^n b^n and (ab)^n = a^n b^n for an integer n, 0^n = 0 for n > 0."""
        if not base:
            if self.is_integer(exponent) and self.sign(exponent) == signs.POSITIVE:
                return {}
            raise Unproved("zero to a symbolic power")
        number, powers = self.split(base)
        unknown = [atom for atom in powers if self.atom_sign(atom) != signs.POSITIVE]
        whole = self.is_integer(exponent)
        if number > 0 and (not unknown or (not whole and len(unknown) == 1 and powers[unknown[0]] == 1)):
            return self.exponential(self.multiply(exponent, self.logarithm(base)))
        if not whole or any(not isinstance(powers[atom], int) for atom in unknown):
            raise Unproved("a symbolic power of something not known to be positive")
        result = self.alternating(exponent) if number < 0 else constant(1)
        known: Polynomial = {tuple(sorted((a, e) for a, e in powers.items() if a not in unknown)): magnitude(number)}
        result = self.multiply(result, self.exponential(self.multiply(exponent, self.logarithm(known))))
        for atom in unknown:
            result = self.multiply(result, self._whole_power(atom, scale(exponent, powers[atom])))
        return result

    def _whole_power(self, base: int, exponent: Polynomial) -> Polynomial:
        """b^(m + n) = b^m b^n for integers, also where b may be 0: for each value of the integers in the exponents both
        sides of a claim are rational in b, so that they agree at b = 0 where they do at all other b and are defined."""
        result = constant(1)
        for monomial, coefficient in exponent.items():
            atom = base if monomial == UNIT else self.number_of(SymbolicPower(base, monomial))
            result = self.multiply(result, of_atom(atom, shorten(coefficient)))
        return result

    def alternating(self, exponent: Polynomial) -> Polynomial:
        """(-1)^n for an integer n: even summands do not count, and n^k is odd where n is."""
        if not self.is_integer(exponent):
            raise Unproved("a symbolic power of a negative number")
        result = constant(1)
        for monomial, coefficient in exponent.items():
            if coefficient % 2:
                odd = tuple((atom, 1) for atom, _ in monomial)
                result = self.multiply(result, self.of(Alternating(odd)) if odd else constant(-1))
        return result

    def magnitude(self, p: Polynomial) -> Polynomial:
        """|Π f^e| = Π |f|^e."""
        if not p:
            return {}
        number, powers = self.split(p)
        result = constant(magnitude(number))
        for atom, exponent in powers.items():
            result = self.multiply(result, self.magnitude_power(atom, exponent))
        return result

    def magnitude_power(self, atom: int, exponent: Exponent) -> Polynomial:
        if isinstance(self.atoms[atom], Alternating):
            return constant(1)
        sign = self.atom_sign(atom)
        exponent = shorten(exponent)
        if sign <= signs.NOT_NEGATIVE or (exponent.denominator == 1 and exponent % 2 == 0):
            return of_atom(atom, exponent)
        if sign <= signs.NOT_POSITIVE and exponent.denominator == 1:
            return scale(of_atom(atom, exponent), -1 if exponent % 2 else 1)
        return of_atom(self.number_of(Call("abs", (0,), (freeze(of_atom(atom)),))), exponent)

    # ---- integers

    def is_integer(self, p: Polynomial) -> bool:
        """Whether the value is known to be an integer."""
        return all(
            c.denominator == 1 and all(isinstance(e, int) and e > 0 and self._atom_is_integer(a) for a, e in m)
            for m, c in p.items()
        )

    def _atom_is_integer(self, number: int) -> bool:
        match self.atoms[number]:
            case Variable(name):
                return name in self.integers
            case Bound() | Delta() | Alternating() | Call("floor" | "sgn"):
                return True
            case Call("Gamma", (0,), (inner,)):
                return self.is_integer(thaw(inner)) and self.sign(thaw(inner), 1) == signs.POSITIVE  # type: ignore[arg-type]
            case Member(family):
                return family in self.integer_families
            case PrefixSum(_, _, body) | PrefixProduct(_, _, body):
                return all(isinstance(e, int) and e > 0 and self._atom_is_integer(a) for a, e in body)
            case _:
                return False

    # ---- signs

    def sign(self, p: Polynomial, depth: int = 2) -> Sign:
        """The signs that ``p`` may have: term by term, by a fact, by bounds put in, or by its factors."""
        found = self.sign_of_terms(p)
        if len(found) > 1:
            found &= self._sign_of_number(p)
        if len(found) == 1 or depth == 0:
            return found
        for fact in self.facts_about(p):
            found &= self._sign_by_fact(p, fact)
        if len(found) > 1:
            found &= self._sign_by_bounds(p, depth)
        if len(found) > 1:
            found &= self._sign_by_factors(p, depth)
        return found

    def _sign_of_number(self, p: Polynomial) -> Sign:
        from engine.kernel.forms.number import is_number, sign_of_number

        return sign_of_number(self, p) if is_number(self, p) else signs.ANY

    def sign_of_terms(self, p: Polynomial) -> Sign:
        self.spend(1 + len(p))
        result = signs.ZERO
        for monomial, coefficient in p.items():
            result = signs.total(result, signs.product(signs.of_number(coefficient), self.monomial_sign(monomial)))
        return result

    def monomial_sign(self, monomial: Monomial) -> Sign:
        result = signs.POSITIVE
        for atom, exponent in monomial:
            result = signs.product(result, signs.power(self.atom_sign(atom), exponent.numerator, exponent.denominator))
        return result

    def atom_sign(self, number: int) -> Sign:
        """What is known of an atom by its kind and by the facts that bound it by a number."""
        self.spend(1)
        found = self._sign_by_kind(number)
        if len(found) > 1:
            for fact in self.facts_about(of_atom(number)):
                found &= self._atom_sign_by_fact(number, fact)
        return found

    def _sign_by_kind(self, number: int) -> Sign:
        match self.atoms[number]:
            case Prime() | Circle() | Exponential() | Bound():
                return signs.POSITIVE
            case Delta():
                return signs.NOT_NEGATIVE
            case Alternating():
                return signs.NONZERO
            case SymbolicPower(base, _):
                return signs.POSITIVE if self.atom_sign(base) == signs.POSITIVE else signs.ANY
            case Call("abs", _, (inner,)):
                return signs.NOT_NEGATIVE if 0 in self.sign_of_terms(thaw(inner)) else signs.POSITIVE  # type: ignore[arg-type]
            case Call("Gamma", (0,), (inner,)) if self.sign(thaw(inner), depth=1) == signs.POSITIVE:  # type: ignore[arg-type]
                return signs.POSITIVE
            case Composite(polynomial):
                return self.sign(thaw(polynomial), depth=1)
            case Logarithm(argument):
                inside = self.composite_polynomial(argument) if self._is_composite(argument) else of_atom(argument)
                return self.sign(add(inside, constant(1), -1), depth=1)
            case Scalar(word):
                from engine.kernel.matrices.determinant import sign_of_trace

                return sign_of_trace(self, word)
            case Determinant() as determinant:
                from engine.kernel.matrices.determinant import sign_of_determinant

                return sign_of_determinant(self, determinant)
            case PrefixProduct(upper, index, body):
                with self.assuming(*self.range_facts(of_atom(index), constant(1), thaw(upper))):
                    each = self.monomial_sign(body)
                return each if each in (signs.POSITIVE, signs.NOT_NEGATIVE, signs.NONZERO) else signs.ANY
            case PrefixSum(upper, index, body):
                with self.assuming(*self.range_facts(of_atom(index), constant(1), thaw(upper))):
                    each = self.monomial_sign(body)
                if self.sign(thaw(upper), depth=1) == signs.POSITIVE and each in (signs.POSITIVE, signs.NEGATIVE):
                    return each
                return each | signs.ZERO if len(each - signs.ZERO) < 2 else signs.ANY
            case _:
                return signs.ANY

    @staticmethod
    def range_facts(index: Polynomial, lower: Polynomial, upper: Polynomial) -> tuple[Fact, Fact]:
        """``lower <= index <= upper``."""
        return Fact(add(index, lower, -1), signs.NOT_NEGATIVE), Fact(add(upper, index, -1), signs.NOT_NEGATIVE)

    def facts_about(self, p: Polynomial) -> Iterator[Fact]:
        """The facts in force, and those of the families whose members occur in ``p``."""
        yield from tuple(self.facts)
        for number in sorted(atoms_of(p)):
            atom = self.atoms[number]
            if isinstance(atom, Member):
                yield from self._facts_about_member(atom)
            elif isinstance(atom, Call):
                yield from self._bounds_of(number)
        for monomial in p:
            for number, exponent in monomial:
                atom = self.atoms[number]
                if isinstance(atom, Exponential) and atom.exponent:
                    yield from self._exponential_bounds(number, exponent, {atom.exponent: exponent})

    def _exponential_bounds(self, number: int, exponent: Exponent, inside: Polynomial) -> Iterator[Fact]:
        """e^t ≥ 1 + t, and e^t compares with 1 as t with 0 (DLMF 4.5.13), for t = ``inside``."""
        above_one = add(of_atom(number, exponent), constant(1), -1)
        yield Fact(add(above_one, inside, -1), signs.NOT_NEGATIVE)
        sign = self.sign_of_terms(inside)
        if len(sign) == 1:
            yield Fact(above_one, sign)

    def _bounds_of(self, number: int) -> tuple[Fact, ...]:
        """What holds of the values of a known function, whatever its argument."""
        from engine.kernel.forms.primitive import bounds

        if number not in self._bounds:
            self._bounds[number] = ()  # nothing is known of it while its own bounds are read
            self._bounds[number] = bounds(self, number)
        return self._bounds[number]

    def _facts_about_member(self, member: Member) -> Iterator[Fact]:
        least = self.integer_families.get(member.family)
        if least is not None:
            yield Fact(add(self.of(member), constant(least), -1), signs.NOT_NEGATIVE)
        for known in tuple(self.member_facts):
            heads = {a.family for n in atoms_of(known.fact.polynomial) if isinstance(a := self.atoms[n], Member)}
            if heads != {member.family} or len(member.indices) != 1:
                continue
            at = thaw(member.indices[0])
            low = () if known.lower is None else (add(at, known.lower, -1),)
            high = () if known.upper is None else (add(known.upper, at, -1),)
            if all(self.sign_of_terms_by_facts(side) <= signs.NOT_NEGATIVE for side in (*low, *high)):
                yield Fact(self.substitute(known.fact.polynomial, known.index, at), known.fact.sign)

    def sign_of_terms_by_facts(self, p: Polynomial) -> Sign:
        """The sign by terms and plain facts only: used for index ranges, where facts about families would ask for the
        sign of an index range again."""
        found = self.sign_of_terms(p)
        for fact in tuple(self.facts):
            if not any(isinstance(self.atoms[n], Member | PrefixSum) for n in atoms_of(fact.polynomial)):
                found &= self._sign_by_fact(p, fact)
        return found

    def is_not_negative(self, p: Polynomial) -> bool:
        """Whether p >= 0, also by several facts in a row: k <= N from k <= j, j <= i and i <= N."""
        return self._follows(p, LONGEST_CHAIN) or self.sign(p) <= signs.NOT_NEGATIVE

    def _follows(self, p: Polynomial, facts: int) -> bool:
        self.spend(1)
        if self.sign_of_terms_by_facts(p) <= signs.NOT_NEGATIVE:
            return True
        if not facts or all(c > 0 for c in p.values()):
            return False
        known = [fact.polynomial for fact in self.facts if fact.sign <= signs.NOT_NEGATIVE]
        shorter = (add(p, q, -quotient(p[m], c)) for q in known for m, c in q.items() if c < 0 and p.get(m, 0) < 0)
        return any(self._follows(rest, facts - 1) for rest in shorter)

    def _atom_sign_by_fact(self, number: int, fact: Fact) -> Sign:
        key: Monomial = ((number, 1),)
        coefficient = fact.polynomial.get(key)
        rest = add(fact.polynomial, {key: coefficient}, -1) if coefficient else fact.polynomial
        if not coefficient or not is_constant(rest):
            return signs.ANY
        # atom = (fact - rest) / coefficient
        shifted = signs.total(fact.sign, signs.of_number(-constant_term(rest)))
        return signs.product(shifted, signs.of_number(coefficient))

    def _sign_by_fact(self, p: Polynomial, fact: Fact) -> Sign:
        """``p = k q + rest`` for a fact ``q``, with k chosen to cancel one of its terms."""
        found = signs.ANY
        for monomial, coefficient in fact.polynomial.items():
            if monomial in p:
                factor = quotient(p[monomial], coefficient)
                rest = self.sign_of_terms(add(p, fact.polynomial, -factor))
                found &= signs.total(signs.product(fact.sign, signs.of_number(factor)), rest)
        return found

    def _sign_by_bounds(self, p: Polynomial, depth: int) -> Sign:
        """Put ``v = bound + t`` (or ``bound - t``) for variables with a number as a bound, t >= 0."""
        for fact in tuple(self.facts):
            keys = [m for m in fact.polynomial if m != UNIT]
            if len(keys) != 1 or len(keys[0]) != 1 or keys[0][0][1] != 1 or fact.sign == signs.NONZERO:
                continue
            number, bound = keys[0][0][0], -quotient(constant_term(fact.polynomial), fact.polynomial[keys[0]])
            if not bound or number not in self.polynomial_depends(p):
                continue
            t = self.fresh_variable(integer=False)
            direction = 1 if fact.polynomial[keys[0]] > 0 else -1
            try:
                shifted = self.substitute(p, number, add(constant(bound), of_atom(t), direction))
                with self.assuming(Fact(of_atom(t), fact.sign)):
                    found = self.sign(shifted, depth - 1)
            except Unproved:
                continue
            if found != signs.ANY:
                return found
        return signs.ANY

    def _sign_by_factors(self, p: Polynomial, depth: int) -> Sign:
        try:
            number, powers = self.split_without_signs(p)
        except Unproved:
            return signs.ANY
        if powers == [(p, 1)]:
            return signs.ANY
        result = signs.of_number(number)
        for q, exponent in powers:
            base = self.sign(q, depth - 1)
            result = signs.product(result, signs.power(base, exponent.numerator, exponent.denominator))
        return result

    def split_without_signs(self, p: Polynomial) -> tuple[Rational, list[tuple[Polynomial, Exponent]]]:
        """Like :meth:`split`, but with polynomials for factors (making composite atoms asks for signs)."""
        cleared, denominator = self.clear(p)
        if not cleared:
            raise Unproved("a factor that is zero")
        shared = content(cleared)
        rest = {multiply_monomials(m, monomial_power(shared, -1)): c for m, c in cleared.items()}
        factors: list[tuple[Polynomial, Exponent]] = [(of_atom(a), -e) for a, e in denominator.items()]
        factors += [(of_atom(a), e) for a, e in shared]
        for factor in self.factors:
            while len(rest) > 1 and len(factor) > 1 and len(rest) > len(factor) - 1:
                quotient = divide_exactly(rest, factor)
                if quotient is None:
                    break
                rest = quotient
                factors.append((factor, 1))
        if is_constant(rest):
            return constant_term(rest), factors
        return 1, [*factors, (rest, 1)]

    # ---- substitution

    def substitute(self, p: Polynomial, number: int, value: Polynomial | Words) -> Polynomial:
        """``p`` with the variable replaced; every atom that contains it is built anew by the rules above."""
        from engine.kernel.forms.rebuild import rebuild

        result: Polynomial = {}
        for monomial, coefficient in p.items():
            term = constant(coefficient)
            for atom, exponent in monomial:
                if number not in self.depends(atom):
                    term = self.multiply(term, of_atom(atom, exponent))
                else:
                    new = rebuild(self, atom, number, value)
                    term = self.multiply(term, self.power(new, constant(exponent)))
            result = add(result, term)
        return result


def of_exponent(atom: int, exponent: Exponent) -> Monomial:
    return ((atom, exponent),) if exponent else UNIT
