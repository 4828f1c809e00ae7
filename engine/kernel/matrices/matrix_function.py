"""The functions of matrices in the normal form: traces, determinants, diagonals, entries and powers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.kernel.forms import sign as signs
from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Letter, Ones, Unit
from engine.kernel.forms.polynomial import (
    Frozen,
    Polynomial,
    constant,
    constant_term,
    freeze,
    is_constant,
    magnitude,
    of_atom,
    thaw,
)
from engine.kernel.forms.power import LARGEST_POWER
from engine.kernel.matrices.determinant import determinant, trace
from engine.kernel.matrices.matrix import (
    Grid,
    Value,
    Words,
    identity,
    inverse_value,
    letter_value,
    multiply_values,
    settled,
    transpose_value,
)
from engine.kernel.matrices.norm import FROBENIUS
from engine.kernel.matrices.total import sum_of_values
from engine.kernel.matrices.word import ONE
from engine.kernel.unproved import Unproved
from engine.meaning.term import Term


def require_norm_of_vector(function: str, arguments: tuple[Term, ...], value: Value) -> None:
    """Of a matrix, authors mean several norms by double bars, unless an F stands below."""
    column = isinstance(value, dict) or (isinstance(value, Words) and value.columns == ONE)
    column = column or (isinstance(value, Grid) and len(value.rows[0]) == 1)
    if function == "norm" and not column and arguments[1:] not in tuple((name,) for name in FROBENIUS):
        raise Unproved("a norm of a matrix without an F below: several are meant by it")


def _sizes(algebra: Algebra, sizes: tuple[Value, ...]) -> list[Polynomial]:
    """Numbers of rows and columns; what is written with them is defined for natural numbers only."""
    found = [size for size in sizes if isinstance(size, dict)]
    if len(found) != len(sizes) or not all(map(algebra.is_integer, found)):
        raise Unproved("the size of a matrix that is not known to be an integer")
    if not all(algebra.sign(size) == signs.POSITIVE for size in found):
        raise Unproved("the size of a matrix that is not known to be positive")
    return found


def _identity(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
    (size,) = _sizes(algebra, arguments)
    return settled(algebra, identity(size))


def _zeros(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
    rows, columns = _sizes(algebra, arguments)
    return settled(algebra, Words(freeze(rows), freeze(columns), {}))


def _ones(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
    """1 1^T, a column of ones and a row of ones."""
    rows, columns = (settled(algebra, letter_value(Letter(Ones(), freeze(s), ONE))) for s in _sizes(algebra, arguments))
    return multiply_values(algebra, _one(rows), transpose_value(algebra, _one(columns)))


def _one(value: Value) -> Value:
    return constant(1) if isinstance(value, dict) else value


def _entry(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
    matrix, *places = arguments
    return entry_of_matrix(algebra, matrix, [place for place in places if isinstance(place, dict)])


def entry_of_matrix(algebra: Algebra, matrix: Value, places: list[Polynomial]) -> Value:
    """M_ij = e_i^T M e_j, and v_i = e_i^T v; that the places are there is implied by the entry's being defined."""
    if isinstance(matrix, Grid):
        return _entry_of_grid(matrix, places)
    if not isinstance(matrix, Words) or len(places) != (1 if matrix.columns == ONE else 2):
        raise Unproved("an entry with another number of indices than the matrix has")
    if not all(map(algebra.is_integer, places)):
        raise Unproved("the place of an entry is not known to be an integer")
    sides = [letter_value(Letter(Unit(freeze(place)), size, ONE)) for place, size in _pairs(places, matrix)]
    result = multiply_values(algebra, transpose_value(algebra, sides[0]), matrix)
    return multiply_values(algebra, result, sides[1]) if len(sides) > 1 else result


def _pairs(places: list[Polynomial], matrix: Words) -> list[tuple[Polynomial, Frozen]]:
    return list(zip(places, (matrix.rows, matrix.columns), strict=False))


def _entry_of_grid(matrix: Grid, places: list[Polynomial]) -> Polynomial:
    numbers = [constant_term(place) for place in places]
    if not all(map(is_constant, places)) or any(n.denominator != 1 for n in numbers):
        raise Unproved("an entry whose place is not known")
    row, column = (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else (int(numbers[0]), 1)
    if not (1 <= row <= len(matrix.rows) and 1 <= column <= len(matrix.rows[0])):
        raise Unproved("an entry outside of the matrix")
    if len(numbers) == 1 and len(matrix.rows[0]) != 1:
        raise Unproved("an entry with another number of indices than the matrix has")
    return matrix.rows[row - 1][column - 1]


def _diagonal(algebra: Algebra, column: Value) -> Value:
    """diag(a) = Σ_i a_i e_i e_i^T."""
    if isinstance(column, Grid) and len(column.rows[0]) == 1:
        size = range(len(column.rows))
        return Grid(tuple(tuple(column.rows[i][0] if i == j else {} for j in size) for i in size))
    if isinstance(column, Words) and column.columns == ONE:
        return _by_entries(algebra, (column,), square=True)
    if isinstance(column, dict):
        return column
    raise Unproved("diag of something that is not a column")


def _entrywise(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
    """a ⊙ b = Σ_i a_i b_i e_i."""
    match arguments:
        case dict() as a, dict() as b:
            return algebra.multiply(a, b)
        case Grid(one), Grid(other) if (len(one), len(one[0])) == (len(other), len(other[0])):
            pairs = (zip(r, s, strict=True) for r, s in zip(one, other, strict=True))
            return Grid(tuple(tuple(algebra.multiply(a, b) for a, b in row) for row in pairs))
        case Words() as a, Words() as b if (a.rows, a.columns) == (b.rows, b.columns) and a.columns == ONE:
            return _by_entries(algebra, (a, b), square=False)
    raise Unproved("an entrywise product of things that are not both columns, or differ in size")


def _by_entries(algebra: Algebra, columns: tuple[Words, ...], square: bool) -> Value:
    """Σ_i of the product of the columns' entries at i, times e_i or e_i e_i^T."""
    rows = columns[0].rows
    index = algebra.fresh_variable(integer=True)
    unit = letter_value(Letter(Unit(freeze(of_atom(index))), rows, ONE))
    across = transpose_value(algebra, unit)
    with algebra.ranging(index, constant(1), thaw(rows)):
        each = multiply_values(algebra, unit, across) if square else unit
        for column in columns:
            each = multiply_values(algebra, multiply_values(algebra, across, column), each)
    return sum_of_values(algebra, index, constant(1), thaw(rows), each)


def _unary(of: Callable[[Algebra, Value], Value]) -> Callable[[Algebra, tuple[Value, ...]], Value]:
    def value(algebra: Algebra, arguments: tuple[Value, ...]) -> Value:
        (argument,) = arguments
        return of(algebra, argument)

    return value


MATRIX_FUNCTIONS: Final[dict[str, Callable[[Algebra, tuple[Value, ...]], Value]]] = {
    "det": _unary(determinant),
    "tr": _unary(trace),
    "trace": _unary(trace),
    "identity": _identity,
    "zeros": _zeros,
    "ones": _ones,
    "entry": _entry,
    "diag": _unary(_diagonal),
    "hadamard": _entrywise,
}


def power_of_matrix(algebra: Algebra, base: Value, exponent: Polynomial) -> Value:
    """A^n for a written n ≠ 0."""
    number = constant_term(exponent)
    if not is_constant(exponent) or number.denominator != 1 or not 0 < magnitude(number) <= LARGEST_POWER:
        raise Unproved("a power of a matrix whose exponent is not a number")
    base = inverse_value(algebra, base) if number < 0 else base
    result = base
    for _ in range(abs(int(number)) - 1):
        result = multiply_values(algebra, result, base)
    return result
