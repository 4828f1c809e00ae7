"""Values of the evaluator: scalars, and matrices of them as tuples of rows.

A 1×1 matrix is its entry, so dimension 1 needs no arrays at all; an exact scalar 0 stands for a zero matrix too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from flint import fmpq

from engine.provers.budget import spend
from engine.provers.no_value import NoEval, Unclear, Undef
from engine.provers.scalar import Scalar, divide, integer_power, is_exact, sign

Array = tuple[tuple[Scalar, ...], ...]
Value = Any  # Scalar | Array

WIDEST = 1_000
HIGHEST = 100


def is_array(value: Value) -> bool:
    return isinstance(value, tuple)


def array(rows: Iterable[Iterable[Scalar]]) -> Value:
    """The matrix of these rows, or its entry where it is 1×1."""
    made = tuple(tuple(row) for row in rows)
    return made[0][0] if len(made) == 1 and len(made[0]) == 1 else made


def shape(value: Value) -> tuple[int, int]:
    return (len(value), len(value[0])) if is_array(value) else (1, 1)


def entries(value: Value) -> list[Scalar]:
    return [entry for row in value for entry in row] if is_array(value) else [value]


def entry(value: Value, row: int, column: int) -> Scalar:
    """Counted from 1; raises :class:`Undef` outside the matrix."""
    rows, columns = shape(value)
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise Undef("an entry outside the matrix")
    return value[row - 1][column - 1] if is_array(value) else value


def column(values: Sequence[Scalar]) -> Value:
    return array((value,) for value in values)


def unit(like: Value, row: int, at: int) -> Value:
    """The matrix unit of the shape of ``like``, with its 1 at (row, at) counted from 0."""
    rows, columns = shape(like)
    return array((fmpq(int((i, j) == (row, at))) for j in range(columns)) for i in range(rows))


def unit_matrix(like: Value) -> Value:
    """The identity of the shape of a square matrix."""
    size = shape(like)[0]
    return array((fmpq(int(i == j)) for j in range(size)) for i in range(size))


def is_zero(value: Value) -> bool:
    return is_exact(value) and not value


def add(left: Value, right: Value) -> Value:
    if not (isinstance(left, tuple) or isinstance(right, tuple)):
        return left + right
    if is_zero(left):
        return right
    if is_zero(right):
        return left
    if shape(left) != shape(right):
        raise NoEval("a sum of matrices of different shapes")
    return tuple(tuple(a + b for a, b in zip(r, s, strict=True)) for r, s in zip(left, right, strict=True))


def each(value: Value, change: Callable[[Scalar], Scalar]) -> Value:
    return tuple(tuple(map(change, row)) for row in value) if is_array(value) else change(value)


def negate(value: Value) -> Value:
    return each(value, lambda x: -x) if isinstance(value, tuple) else -value


def multiply(left: Value, right: Value) -> Value:
    if not isinstance(left, tuple):
        return each(right, lambda x: left * x) if isinstance(right, tuple) else left * right
    if not isinstance(right, tuple):
        return each(left, lambda x: x * right)
    if shape(left)[1] != shape(right)[0]:
        raise NoEval("a product of matrices that do not fit")
    spend(shape(left)[0] * shape(left)[1] * shape(right)[1])
    columns = tuple(zip(*right, strict=True))
    return array((_dot(row, column_) for column_ in columns) for row in left)


def _dot(left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    total = left[0] * right[0]
    for a, b in zip(left[1:], right[1:], strict=True):
        total = total + a * b
    return total


def divided(value: Value, by: Value) -> Value:
    if isinstance(by, tuple):
        raise NoEval("division by a matrix")
    return each(value, lambda x: divide(x, by)) if isinstance(value, tuple) else divide(value, by)


def transpose(value: Value) -> Value:
    return tuple(zip(*value, strict=True)) if is_array(value) else value


def power(value: Value, exponent: int) -> Value:
    if not is_array(value):
        return integer_power(value, exponent)
    if exponent <= 0:
        if exponent == 0:
            raise NoEval("the zeroth power of a matrix")
        return power(inverse(value), -exponent)
    if exponent > HIGHEST:
        raise NoEval("a high power of a matrix")
    result = value
    for _ in range(exponent - 1):
        result = multiply(result, value)
    return result


def _eliminated(value: Array) -> tuple[list[list[Scalar]], Scalar]:
    """Gauss and Jordan on ``[A | I]``: the reduced rows, and det A. Raises :class:`Undef` where A is singular."""
    size = len(value)
    spend(2 * size**3)
    rows = [[*row, *(fmpq(int(i == j)) for j in range(size))] for i, row in enumerate(value)]
    determinant_ = fmpq(1)
    for n in range(size):
        pivot = _pivot([rows[i][n] for i in range(n, size)]) + n
        if pivot != n:
            rows[n], rows[pivot] = rows[pivot], rows[n]
            determinant_ = -determinant_
        head = rows[n][n]
        determinant_ = determinant_ * head
        rows[n] = [divide(x, head) for x in rows[n]]
        for i in range(size):
            if i != n:
                factor = rows[i][n]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[n], strict=True)]
    return rows, determinant_


class _Singular(Undef):
    pass


def _pivot(candidates: list[Scalar]) -> int:
    unclear = False
    for n, value in enumerate(candidates):
        try:
            if sign(value):
                return n
        except Unclear:
            unclear = True
    raise Unclear("a matrix close to singular") if unclear else _Singular("a singular matrix")


def _square(value: Value, what: str) -> None:
    rows, columns = shape(value)
    if rows != columns:
        raise NoEval(f"the {what} of a matrix that is not square")


def inverse(value: Value) -> Value:
    """Raises :class:`Undef` where the matrix is singular."""
    if not is_array(value):
        return divide(fmpq(1), value)
    _square(value, "inverse")
    rows, _ = _eliminated(value)
    return tuple(tuple(row[len(value) :]) for row in rows)


def determinant(value: Value) -> Scalar:
    if not is_array(value):
        return value
    _square(value, "determinant")
    try:
        return _eliminated(value)[1]
    except _Singular:
        return fmpq(0)


def trace(value: Value) -> Scalar:
    _square(value, "trace")
    total = fmpq(0)
    for n in range(shape(value)[0]):
        total = total + entry(value, n + 1, n + 1)
    return total


def padded(value: Value, width: int) -> Value:
    """Zeros on every side, ``width`` deep."""
    if width < 0:
        raise Undef("negative padding")
    if width > WIDEST:
        raise NoEval("a padding of more than a thousand rows")
    rows = value if is_array(value) else ((value,),)
    columns = len(rows[0])
    nothing = ((fmpq(0),) * (columns + 2 * width),) * width
    side = (fmpq(0),) * width
    return array((*nothing, *((*side, *row, *side) for row in rows), *nothing))


def adjugate(value: Value) -> Value:
    """The transposed matrix of cofactors, for the derivative of a determinant."""
    if not is_array(value):
        return fmpq(1)
    _square(value, "adjugate")
    size = len(value)

    def cofactor(row: int, at: int) -> Scalar:
        kept = [[x for j, x in enumerate(cells) if j != at] for i, cells in enumerate(value) if i != row]
        minor = determinant(array(kept))
        return minor if (row + at) % 2 == 0 else -minor

    return array((cofactor(j, i) for j in range(size)) for i in range(size))


def filled(rows: int, columns: int, entry_at: Callable[[int, int], int]) -> Value:
    """A matrix of integers. Raises :class:`Undef` without rows or columns."""
    if rows < 1 or columns < 1:
        raise Undef("a matrix without rows or columns")
    if rows > WIDEST or columns > WIDEST:
        raise NoEval("a matrix of more than a thousand rows or columns")
    return array((fmpq(entry_at(i, j)) for j in range(columns)) for i in range(rows))


def sum_of_squares(value: Value) -> Scalar:
    total = fmpq(0)
    for x in entries(value):
        total = total + x * x
    return total


def inner(left: Value, right: Value) -> Scalar:
    """Σ x_ij y_ij."""
    if shape(left) != shape(right):
        raise NoEval("an inner product of different shapes")
    total = fmpq(0)
    for x, y in zip(entries(left), entries(right), strict=True):
        total = total + x * y
    return total


def hadamard(left: Value, right: Value) -> Value:
    if shape(left) != shape(right):
        raise NoEval("an entrywise product of different shapes")
    if not is_array(left):
        return left * right
    return tuple(tuple(x * y for x, y in zip(r, s, strict=True)) for r, s in zip(left, right, strict=True))


def kronecker(left: Value, right: Value) -> Value:
    one, other = (value if is_array(value) else ((value,),) for value in (left, right))
    return array((x * y for x in r for y in s) for r in one for s in other)


def diagonal(value: Value) -> Value:
    """The diagonal matrix of a column."""
    if shape(value)[1] != 1:
        raise NoEval("diag of something that is not a column")
    cells = entries(value)
    return array((x if i == j else fmpq(0) for j in range(len(cells))) for i, x in enumerate(cells))


def is_definite(value: Value, strict: bool) -> bool:
    """Symmetric, and every pivot of Gauss's elimination positive; of a semidefinite one, by Jacobi's minors.

    A symmetric matrix is positive semidefinite exactly when all coefficients of det(tI + A) are >= 0, which are the
    sums of its principal minors (Horn and Johnson, Matrix Analysis, 7.2).
    """
    rows, columns = shape(value)
    if rows != columns or any(sign(a - b) for a, b in zip(entries(value), entries(transpose(value)), strict=True)):
        return False
    for size in range(1, rows + 1):
        minors = [_principal(value, places) for places in combinations(range(rows), size)]
        first, total = minors[0], minors[0]
        for minor in minors[1:]:
            total = total + minor
        if sign(first) <= 0 if strict else sign(total) < 0:
            return False
    return True


def _principal(value: Value, places: tuple[int, ...]) -> Scalar:
    return determinant(array((entry(value, i + 1, j + 1) for j in places) for i in places))


MATRIX_FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "det": determinant,
    "trace": trace,
    "tr": trace,
    "adjugate": adjugate,
    "diag": diagonal,
}
PAIRINGS: dict[str, Callable[[Value, Value], Value]] = {"inner": inner, "hadamard": hadamard, "kron": kronecker}
