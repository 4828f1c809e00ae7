"""Atoms: what the kernel's polynomials are polynomials in. Each has one meaning, stated here.

Inside an atom, subexpressions are frozen polynomials (or matrices), so that equal atoms are equal values.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernel.forms.polynomial import Frozen, Monomial


@dataclass(frozen=True, slots=True)
class Variable:
    """A free name, or a name bound further out and renamed apart (those begin with ``@``)."""

    name: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The index of a :class:`PrefixSum` or :class:`PrefixProduct`, numbered by nesting height; it runs from 1."""

    height: int


@dataclass(frozen=True, slots=True)
class Member:
    """``family[indices]``."""

    family: str
    indices: tuple[Frozen, ...]


@dataclass(frozen=True, slots=True)
class Prime:
    """A prime number, to be raised to exponents in (0, 1) only (whole powers go into the coefficient)."""

    value: int


@dataclass(frozen=True, slots=True)
class Circle:
    """π."""


@dataclass(frozen=True, slots=True)
class Exponential:
    """e to the given monomial (coefficient 1); e itself has the unit monomial."""

    exponent: Monomial


@dataclass(frozen=True, slots=True)
class SymbolicPower:
    """``base`` (an atom) to the given monomial; the base is positive, or the exponent an integer."""

    base: int
    exponent: Monomial


@dataclass(frozen=True, slots=True)
class Alternating:
    """-1 to the given product of integers, each of them to the power 1."""

    exponent: Monomial


@dataclass(frozen=True, slots=True)
class Logarithm:
    """ln of an atom that is positive wherever this occurs."""

    argument: int


@dataclass(frozen=True, slots=True)
class Composite:
    """A polynomial of several terms, scaled so that its greatest monomial has coefficient 1."""

    polynomial: Frozen


@dataclass(frozen=True, slots=True)
class PrefixSum:
    """Σ of the monomial ``body`` for the :class:`Bound` atom ``index`` from 1 to ``upper``; ``upper >= 0``."""

    upper: Frozen
    index: int
    body: Monomial


@dataclass(frozen=True, slots=True)
class PrefixProduct:
    """Π of the monomial ``body`` for the :class:`Bound` atom ``index`` from 1 to ``upper``; ``upper >= 0``."""

    upper: Frozen
    index: int
    body: Monomial


@dataclass(frozen=True, slots=True)
class MatrixValue:
    """A matrix inside an atom: shape, and its words with their coefficients."""

    rows: Frozen
    columns: Frozen
    words: frozenset[tuple[Word, Frozen]]


@dataclass(frozen=True, slots=True)
class Call:
    """A function value taken as it is; ``orders`` are the numbers of derivatives in each argument."""

    function: str
    orders: tuple[int, ...]
    arguments: tuple[Frozen | MatrixValue, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """The column with a 1 at ``place`` and 0 elsewhere."""

    place: Frozen


@dataclass(frozen=True, slots=True)
class Ones:
    """The column of ones."""


@dataclass(frozen=True, slots=True)
class Total:
    """Σ of the monomial ``body`` times the word ``core`` for the :class:`Bound` atom ``index`` from 1 to ``upper``.

    ``upper >= 0``, and the first and the last letter of the core depend on the index.
    """

    upper: Frozen
    index: int
    body: Monomial
    core: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A matrix or vector taken as it is: a name, a member, a function value or a sum, transposed or inverted or both.

    One with a :class:`MatrixValue` as its head is the inverse of that sum, and is never transposed: its head is.
    """

    head: Variable | Call | Member | Unit | Ones | Total | MatrixValue
    rows: Frozen
    columns: Frozen
    symmetric: bool = False
    transposed: bool = False
    inverted: bool = False

    def transpose(self) -> Letter:
        turned = self.transposed if self.symmetric else not self.transposed
        return Letter(self.head, self.columns, self.rows, self.symmetric, turned, self.inverted)

    def inverse(self) -> Letter:
        return Letter(self.head, self.rows, self.columns, self.symmetric, self.transposed, not self.inverted)

    def cancels(self, other: Letter) -> bool:
        """Whether the one is the inverse of the other."""
        return self.inverted != other.inverted and self == other.inverse()


Word = tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """1 where ``difference`` is 0, and else 0: the Kronecker delta, the indicator of an equation.

    Invariant: made by :func:`engine.kernel.sums.delta.delta` only, so that δ_ij and δ_ji are one atom.
    """

    difference: Frozen


@dataclass(frozen=True, slots=True)
class Primitive:
    """The value at ``at`` of an antiderivative of the monomial ``body`` in the variable ``index``, which is bound here.

    Which antiderivative is left open: it occurs in differences F(b) - F(a) only.
    """

    body: Monomial
    index: int
    at: Frozen


@dataclass(frozen=True, slots=True)
class Scalar:
    """The trace of a word: of a 1x1 product its value. Of all words with this trace, the least is taken."""

    word: Word


@dataclass(frozen=True, slots=True)
class Determinant:
    """The determinant of a square matrix, not a product of square ones, or of its transpose."""

    matrix: MatrixValue


Atom = (
    Variable
    | Bound
    | Member
    | Prime
    | Circle
    | Exponential
    | SymbolicPower
    | Alternating
    | Logarithm
    | Composite
    | PrefixSum
    | PrefixProduct
    | Call
    | Delta
    | Primitive
    | Scalar
    | Determinant
)
