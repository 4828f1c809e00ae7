"""The exact value of a closed term, written apart from the engine: an oracle for the claims of the exercises."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor, prod

from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.statement import Relation
from engine.meaning.term import (
    Add,
    Apply,
    Divide,
    Element,
    Matrix,
    Multiply,
    Name,
    Negate,
    Number,
    Power,
    Sum,
    Term,
    substitute,
)

Value = Fraction | tuple[tuple[Fraction, ...], ...]


def value(term: Term, context: Context, values: Mapping[str, Fraction]) -> Value:
    """The value with the definitions of ``context`` and ``values`` for its declared names."""

    def of(part: Term) -> Fraction:
        found = value(part, context, values)
        assert isinstance(found, Fraction)
        return found

    match term:
        case Number(number):
            return number
        case Negate(inner):
            return -of(inner)
        case Add(terms):
            return sum(map(of, terms), Fraction(0))
        case Multiply(factors):
            return prod(map(of, factors), start=Fraction(1))
        case Divide(numerator, denominator):
            return of(numerator) / of(denominator)
        case Power(base, exponent):
            return of(base) ** int(of(exponent))
        case Apply("floor", (argument,)):
            return Fraction(floor(of(argument)))
        case Apply("pad", (matrix, width)):
            return padded(value(matrix, context, values), int(of(width)))
        case Sum(index, lower, upper, body):
            numbers = range(int(of(lower)), int(of(upper)) + 1)
            return sum((of(substitute(body, index, Number(Fraction(n)))) for n in numbers), Fraction(0))
        case Matrix(rows):
            return tuple(tuple(of(entry) for entry in row) for row in rows)
        case Name(name) if context.sort_of(name) is not None:
            return values[name]
        case Name(name):
            definition = context.definition_of(name)
            assert definition is not None and not definition.parameters
            return value(definition.body, context, values)
        case Element(family, indices):
            definition = context.definition_of(family)
            assert definition is not None
            if not definition.parameters:
                row, column = (int(of(index)) for index in indices)
                matrix = value(definition.body, context, values)
                assert not isinstance(matrix, Fraction) and row >= 1 and column >= 1
                return matrix[row - 1][column - 1]
            body = definition.body
            for parameter, index in zip(definition.parameters, indices, strict=True):
                body = substitute(body, parameter, index)
            return value(body, context, values)
        case _:
            raise AssertionError(f"no closed term: {term!r}")


def padded(matrix: Value, width: int) -> Value:
    assert not isinstance(matrix, Fraction)
    zero = Fraction(0)
    blank = (zero,) * (len(matrix[0]) + 2 * width)
    side = (zero,) * width
    return (*(blank,) * width, *((*side, *row, *side) for row in matrix), *(blank,) * width)


def holds(claim: Claim, values: Mapping[str, Fraction] | None = None) -> bool:
    """Whether an equation, or a rounding to the digits shown, is true at ``values``."""
    statement = claim.statement
    assert isinstance(statement, Relation)
    left, right = (value(side, claim.context, values or {}) for side in (statement.left, statement.right))
    if statement.sign == "=":
        return left == right
    assert statement.sign == "≈" and isinstance(left, Fraction) and isinstance(right, Fraction)
    assert isinstance(statement.right, Number)
    return abs(left - right) <= Fraction(1, 2 * 10**statement.right.places)
