r"""Kinds: what the company of an undeclared capital letter says that it is: a matrix, a set or an event.

Rules, each stated once. They speak of letters that no declaration and no other rule has settled.

1. A capital letter that is a factor or a summand of what a trace, a determinant, a rank or ``\mathrm{vec}`` is taken
   of, or an operand of ``\otimes`` or ``\odot``, is a matrix. A small letter there between matrices is a Problem. So is
   Σ alone between bars: ``|\Sigma_0|`` is a determinant.
2. I, or I with a size below it (``I_n``), that is added to a lone capital letter is an identity matrix, and the letter
   is a matrix. Wherever I is shown to be a matrix it is the identity: it gets no sort, since a sort would mean any.
3. A capital Greek letter at the end of what is raised to −1 is a matrix: ``\Sigma^{-1}``, ``(y \Lambda)^{-1}``.
4. A capital letter beside ``\cap \cup \setminus``, or right of ``\in`` and its kin, is a set; alone in ``P(...)`` it is
   an event or a random variable. It gets no sort, so that nothing computes with it.
5. Where two capital letters are multiplied in both orders in one statement (``AB = BA``), numbers and matrices give it
   different meanings: a Problem, unless a letter is shown to be a number by standing below a fraction line.
6. ``x_i`` and ``x_j`` are of one kind: where one of them is a vector, the other is one, too.
7. π is a name, and not the constant, where 1 - π stands below a logarithm or a power that is no numeral, either of
   which the constant would leave without a value, or beside π or a name in a product: ``\pi^y (1 - \pi)^{1 - y}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from engine.meaning import term as terms
from engine.meaning.naming import Naming, is_capital, looks_like
from engine.meaning.notation import ENTRIES, bare_letter, letter_of, split_family
from engine.meaning.scope import is_unit, matrix_of, vector_of
from engine.meaning.sort import MatrixOf, Real, Vector
from engine.meaning.stop import Again, Stop
from engine.meaning.term import Element, Name, Term, free_names
from engine.reading.tree import Node

_MARKED: Final = (terms.Negate, terms.Transpose, terms.Inverse)
_OF_MATRICES: Final = frozenset(("tr", "det", "rank", "vec"))
_BETWEEN_MATRICES: Final = frozenset(("kron", "hadamard"))
_BETWEEN_SETS: Final = frozenset(("union", "intersection", "difference"))
ONE_MINUS_PI: Final = terms.Add((terms.ONE, terms.Negate(terms.PI)))
_MEMBERS: Final = frozenset("∈∉⊆⊂⊇⊃")


class Kinds(Naming):
    """Tells matrices, sets and events from numbers."""

    def check_operator(self, function: str, arguments: Sequence[Term], node: Node) -> None:
        """Rules 1 and 4, for a known function or operator that is applied."""
        if function in _OF_MATRICES:
            for value in arguments:
                self.check_between(value, node)
                if isinstance(value, Element) and is_capital(value.family):
                    self.settle(value)
            self.take_for_matrices(self.open_capitals(name for value in arguments for name in capitals_in(value)))
        elif function in _BETWEEN_MATRICES:
            self.take_for_matrices(self.open_capitals(lone_capitals(arguments)))
        elif function in _BETWEEN_SETS:
            self.take_for_sets((*lone_capitals(arguments), *families_of_sets(arguments)), "a set")

    def check_between(self, value: Term, node: Node) -> None:
        """Rule 1: ``B^T v U`` is another matrix for a vector v than for a number."""
        factors = value.factors if isinstance(value, terms.Multiply) else ()
        for before, part in pairwise(factors[:-1]):
            letter = part.name if isinstance(part, Name) and isinstance(before, terms.Transpose | terms.Inverse) else ""
            if letter in ENTRIES and self.undecided(letter):
                raise Stop(f"{letter} between matrices can be a number or a vector; declare {letter}", node)

    def check_probability(self, factors: Sequence[Term]) -> None:
        """Rule 7, for the factors of a product, the argument of a logarithm or the base of a power."""
        sums = [factor for factor in factors if isinstance(factor, terms.Add)]
        if ONE_MINUS_PI in sums and r"\pi" not in self.findings.sorts:
            raise self.again(r"\pi", Real())

    def check_bars(self, value: Term, node: Node) -> None:
        """Rule 1: what stands between bars."""
        if isinstance(value, Name | Element) and letter_of(split_family(bare_letter(value) or "")[0]) == r"\Sigma":
            self.settle(value)
            if not free_names(value) & self.bound.keys() and not any(map(self.declared, free_names(value))):
                raise Stop("bars around Σ mostly mean a determinant; write \\det, or declare Σ", node)

    def check_membership(self, left: Term, sign: str, right: Term) -> None:
        """Rule 4: what stands right of a sign of membership; a name in ``\\mathbb{R}^{m \\times n}`` is a matrix."""
        if sign in _MEMBERS:
            self.take_for_sets(lone_capitals((right,)), "a set")
        if sign != "∈" or not isinstance(right, terms.Power) or right.base != Name(r"\mathbb{R}"):
            return
        if isinstance(left, Name) and left.name not in self.bound and self.undecided(left.name):
            many = isinstance(right.exponent, terms.Apply) and right.exponent.function == "cross"
            raise self.again(left.name, matrix_of(left.name) if many else vector_of(left.name))

    def check_random_vector(self, left: Term, right: Term) -> None:
        """``P(\\mathbf{X} = \\mathbf{x})``: a bold capital that equals a vector is a random vector."""
        if not isinstance(left, Name) or not isinstance(right, Name) or self.declared(left.name):
            return
        bold = isinstance(looks_like(left.name), MatrixOf) and not isinstance(self.sort(left.name), Vector)
        if bold and isinstance(self.sort(right.name), Vector):
            raise self.again(left.name, vector_of(left.name))

    def check_events(self, arguments: Sequence[Term]) -> None:
        """Rule 4: what a probability is taken of."""
        self.take_for_sets(lone_capitals(arguments), "an event or a random variable")

    def check_identity(self, values: Sequence[Term]) -> None:
        """Rule 2."""
        if not any(map(is_unit, self.inferred)):
            return
        lone = self.open_capitals(lone_capitals(values))
        units = [name for name in lone if is_unit(name)]
        if units and len(units) < len(lone):
            self.take_for_matrices(lone)

    def check_inverse(self, value: Term) -> None:
        """Rule 3."""
        last = value.factors[-1] if isinstance(value, terms.Multiply) else value
        greek = [name for name in lone_capitals((last,)) if name.startswith("\\") and not name.startswith(r"\math")]
        self.take_for_matrices(self.open_capitals(greek))

    def check_orders(self, sides: Sequence[Term], node: Node) -> None:
        """Rule 5."""
        if sum(map(is_capital, self.inferred)) < 2:
            return
        orders = {pair for side in sides for pair in self.ordered(side)}
        turned = [(first, second) for first, second in sorted(orders) if first < second and (second, first) in orders]
        if not turned:
            return
        numbers = {name for side in sides for below in denominators(side) for name in free_names(below)}
        for first, second in turned:
            if not {first, second} & numbers:
                both = f"{first} and {second} are multiplied in both orders: one value for numbers, two for matrices"
                raise Stop(f"{both}; declare {first} and {second}", node)

    def ordered(self, term: Term) -> Iterator[tuple[str, str]]:
        """Which of two capital letters comes first, for each two in one product."""
        waiting = [term]
        while waiting:
            part = waiting.pop()
            if isinstance(part, terms.Multiply):
                yield from combinations(self.open_capitals(lone_capitals(part.factors)), 2)
            if not isinstance(part, terms.Functional):
                waiting.extend(terms.children(part))

    def open_capitals(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self.bound and self.undecided(name)]

    def take_for_matrices(self, names: Sequence[str]) -> None:
        for name in names:
            self.learn(name, matrix_of(name))
        if names:
            raise Again(names[0])

    def take_for_sets(self, names: Iterable[str], kind: str) -> None:
        new = [name for name in names if name not in self.findings.kinds and self.undecided(name)]
        self.findings.kinds |= dict.fromkeys(new, kind)
        if new:
            raise Again(new[0])


def lone_capitals(values: Iterable[Term]) -> list[str]:
    """The names with a capital letter among the values, also with a sign, a power or a transpose on them."""
    found = []
    for value in values:
        while isinstance(value, _MARKED):
            value = value.term
        base = value.base if isinstance(value, terms.Power) else value
        if isinstance(base, Name) and is_capital(base.name) and not base.name.startswith(r"\mathrm"):
            found.append(base.name)
    return found


def families_of_sets(values: Iterable[Term]) -> list[str]:
    """The families of A_i and of the union over i of A_i, among the operands of a union."""
    inside = (value.body if isinstance(value, terms.Over) else value for value in values)
    return [value.family for value in inside if isinstance(value, Element) and is_capital(value.family)]


def capitals_in(value: Term) -> list[str]:
    """The capital letters that are factors or summands of the value."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, terms.Negate | terms.Transpose | terms.Inverse):
            waiting.append(part.term)
        elif isinstance(part, terms.Add | terms.Multiply):
            waiting.extend(part.terms if isinstance(part, terms.Add) else part.factors)
        else:
            found.extend(lone_capitals((part,)))
    return found


def denominators(term: Term) -> Iterator[Term]:
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if isinstance(part, terms.Divide):
            yield part.denominator
        waiting.extend(terms.children(part))
