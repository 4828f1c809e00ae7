"""What a normal form depends on: the variables and bound indices that occur free in it, families, and deltas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kernel.forms.atom import (
    Alternating,
    Bound,
    Call,
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
    Primitive,
    Scalar,
    SymbolicPower,
    Total,
    Unit,
    Variable,
    Word,
)
from engine.kernel.forms.polynomial import Frozen, Monomial, Polynomial

if TYPE_CHECKING:
    from engine.kernel.forms.algebra import Algebra

Dependence = frozenset[int]


def find_dependence(algebra: Algebra, number: int) -> Dependence:
    """The variables and bound indices that occur free in an atom, the families of its members, and its deltas."""
    match algebra.atoms[number]:
        case Variable() | Bound():
            return frozenset((number,))
        case Member(family, indices):
            return _of_member(algebra, family, indices)
        case Exponential(exponent) | Alternating(exponent):
            return monomial_depends(algebra, exponent)
        case SymbolicPower(base, exponent):
            return algebra.depends(base) | monomial_depends(algebra, exponent)
        case Logarithm(argument):
            return algebra.depends(argument)
        case Composite(polynomial):
            return frozen_depends(algebra, polynomial)
        case PrefixSum(upper, index, body) | PrefixProduct(upper, index, body):
            return frozen_depends(algebra, upper) | (monomial_depends(algebra, body) - {index})
        case Call(_, _, arguments):
            return _of_arguments(algebra, arguments)
        case Delta(difference):
            return frozen_depends(algebra, difference) | {number}
        case Primitive(body, index, at):
            return frozen_depends(algebra, at) | (monomial_depends(algebra, body) - {index})
        case Scalar(word):
            return word_depends(algebra, word)
        case Determinant(matrix):
            return value_depends(algebra, matrix)
        case _:
            return frozenset()


def _of_member(algebra: Algebra, family: str, indices: tuple[Frozen, ...]) -> Dependence:
    return frozenset((algebra.family(family),)).union(*(frozen_depends(algebra, index) for index in indices))


def _of_arguments(algebra: Algebra, arguments: tuple[Frozen | MatrixValue, ...]) -> Dependence:
    return frozenset().union(*(value_depends(algebra, argument) for argument in arguments))


def monomial_depends(algebra: Algebra, monomial: Monomial) -> Dependence:
    return frozenset().union(*(algebra.depends(atom) for atom, _ in monomial))


def polynomial_depends(algebra: Algebra, p: Polynomial) -> Dependence:
    return frozenset().union(*(algebra.depends(atom) for monomial in p for atom, _ in monomial))


def frozen_depends(algebra: Algebra, frozen: Frozen) -> Dependence:
    return frozenset().union(*(algebra.depends(atom) for monomial, _ in frozen for atom, _ in monomial))


def value_depends(algebra: Algebra, value: Frozen | MatrixValue) -> Dependence:
    if isinstance(value, MatrixValue):
        parts = (word_depends(algebra, word) | frozen_depends(algebra, c) for word, c in value.words)
        return frozenset().union(*parts)
    return frozen_depends(algebra, value)


def word_depends(algebra: Algebra, word: Word) -> Dependence:
    return frozenset().union(*(letter_depends(algebra, letter) for letter in word))


def letter_depends(algebra: Algebra, letter: Letter) -> Dependence:
    match letter.head:
        case Variable() as name:
            return frozenset((algebra.number_of(name),))
        case Call(_, _, arguments):
            return _of_arguments(algebra, arguments)
        case Member(family, indices):
            return _of_member(algebra, family, indices)
        case MatrixValue() as sum_:
            return value_depends(algebra, sum_)
        case Total(upper, index, body, core):
            summed = monomial_depends(algebra, body) | word_depends(algebra, core)
            return frozen_depends(algebra, upper) | (summed - {index})
        case Unit(place):
            return frozen_depends(algebra, place) | _of_shape(algebra, letter)
        case Ones():
            return _of_shape(algebra, letter)


def _of_shape(algebra: Algebra, letter: Letter) -> Dependence:
    return frozen_depends(algebra, letter.rows) | frozen_depends(algebra, letter.columns)
