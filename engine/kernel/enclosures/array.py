"""Matrices of enclosed numbers, written out: tuples of rows. Shapes that do not fit are :class:`Beyond`.

A 1x1 matrix is its entry, so that dimension 1 needs no matrices; :func:`settled` sees to it.
"""

from __future__ import annotations

from engine.kernel.enclosures import jet
from engine.kernel.enclosures.interval import ONE, ZERO, Beyond, Undefined, point
from engine.kernel.enclosures.jet import Scalar

Array = tuple[tuple[Scalar, ...], ...]
Inner = Scalar | Array
"""A value while it is computed: jets may occur in it."""


def scalar(value: Inner) -> Scalar:
    if isinstance(value, tuple):
        raise Beyond("a matrix stands where a number is needed")
    return value


def array(value: Inner) -> Array:
    """The value as rows; a number is a 1x1 matrix."""
    return value if isinstance(value, tuple) else ((value,),)


def settled(value: Array) -> Inner:
    return value[0][0] if len(value) == 1 and len(value[0]) == 1 else value


def shape(value: Array) -> tuple[int, int]:
    return len(value), len(value[0])


def written_out(rows: tuple[tuple[Scalar, ...], ...]) -> Inner:
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise Beyond("a matrix needs rows of one length")
    return settled(rows)


def identity(size: int) -> Inner:
    return settled(tuple(tuple(point(int(i == j)) for j in range(size)) for i in range(size)))


def add(x: Inner, y: Inner, bits: int) -> Inner:
    if not isinstance(x, tuple) and not isinstance(y, tuple):
        return jet.add(x, y, bits)
    if not isinstance(x, tuple) or not isinstance(y, tuple) or shape(x) != shape(y):
        raise Beyond("a sum of different shapes")
    return tuple(tuple(jet.add(a, b, bits) for a, b in zip(r, s, strict=True)) for r, s in zip(x, y, strict=True))


def negate(x: Inner) -> Inner:
    return jet.negate(x) if not isinstance(x, tuple) else tuple(tuple(map(jet.negate, row)) for row in x)


def multiply(x: Inner, y: Inner, bits: int) -> Inner:
    """The product in this order; a scalar multiplies every entry."""
    if not isinstance(x, tuple):
        return jet.multiply(x, y, bits) if not isinstance(y, tuple) else _scale(x, y, bits)
    if not isinstance(y, tuple):
        return _scale(y, x, bits)
    if shape(x)[1] != shape(y)[0]:
        raise Beyond("a product of matrices whose shapes do not fit")
    return settled(tuple(tuple(_dot(row, column, bits) for column in transpose(y)) for row in x))


def _scale(factor: Scalar, x: Array, bits: int) -> Array:
    return tuple(tuple(jet.multiply(factor, entry, bits) for entry in row) for row in x)


def _dot(row: tuple[Scalar, ...], column: tuple[Scalar, ...], bits: int) -> Scalar:
    total: Scalar = ZERO
    for a, b in zip(row, column, strict=True):
        total = jet.add(total, jet.multiply(a, b, bits), bits)
    return total


def entrywise(x: Array, y: Array, bits: int) -> Inner:
    """The Hadamard product."""
    if shape(x) != shape(y):
        raise Beyond("an entrywise product of different shapes")
    pairs = zip(x, y, strict=True)
    return settled(tuple(tuple(jet.multiply(a, b, bits) for a, b in zip(r, s, strict=True)) for r, s in pairs))


def kronecker(x: Array, y: Array, bits: int) -> Inner:
    return settled(tuple(tuple(jet.multiply(a, b, bits) for a in r for b in s) for r in x for s in y))


def divide(x: Inner, y: Scalar, bits: int) -> Inner:
    if not isinstance(x, tuple):
        return jet.divide(x, y, bits)
    return tuple(tuple(jet.divide(entry, y, bits) for entry in row) for row in x)


def transpose(x: Array) -> Array:
    return tuple(zip(*x, strict=True))


def entry(x: Array, place: tuple[int, ...]) -> Scalar:
    """The entry at (row, column), from 1; a single index goes into a column. :class:`Undefined` outside."""
    if len(place) == 1 and shape(x)[1] == 1:
        place = (*place, 1)
    if len(place) != 2:
        raise Beyond("an entry of a matrix needs a row and a column")
    row, column = place
    if not (1 <= row <= shape(x)[0] and 1 <= column <= shape(x)[1]):
        raise Undefined("an entry outside of the matrix")
    return x[row - 1][column - 1]


def pad(x: Array, width: int) -> Inner:
    """``x`` with ``width`` rows and columns of zeros on every side."""
    side, blank = (ZERO,) * width, ((ZERO,) * (shape(x)[1] + 2 * width),) * width
    return settled((*blank, *((*side, *row, *side) for row in x), *blank))


def trace(x: Array, bits: int) -> Scalar:
    total: Scalar = ZERO
    for n, row in enumerate(_square(x)):
        total = jet.add(total, row[n], bits)
    return total


def determinant(x: Array, bits: int) -> Scalar:
    """Laplace's expansion by the first column; the caller limits the size."""
    if len(_square(x)) == 1:
        return x[0][0]
    total: Scalar = ZERO
    for n, row in enumerate(x):
        minor = tuple(other[1:] for k, other in enumerate(x) if k != n)
        part = jet.multiply(row[0], determinant(minor, bits), bits)
        total = jet.add(total, jet.negate(part) if n % 2 else part, bits)
    return total


def inverse(x: Array, bits: int) -> Array:
    """The inverse by elimination (Gauss and Jordan); :class:`Undefined` where the matrix is singular."""
    size = len(_square(x))
    rows = [[*row, *(ONE if n == k else ZERO for k in range(size))] for n, row in enumerate(x)]
    for n in range(size):
        pivot = _pivot([row[n] for row in rows[n:]]) + n
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [jet.divide(entry, rows[n][n], bits) for entry in rows[n]]
        for k in range(size):
            if k != n and rows[k][n] != ZERO:
                below = jet.negate(rows[k][n])
                pairs = zip(rows[k], rows[n], strict=True)
                rows[k] = [jet.add(entry, jet.multiply(below, base, bits), bits) for entry, base in pairs]
    return tuple(tuple(row[size:]) for row in rows)


def _pivot(column: list[Scalar]) -> int:
    """The first entry that certainly is not 0."""
    found = next((k for k, entry in enumerate(column) if not jet.leading(entry).contains_zero()), None)
    if found is not None:
        return found
    if all(entry == ZERO for entry in column):
        raise Undefined("the inverse of a singular matrix")
    raise Beyond("the inverse of a matrix that may be singular")


def _square(x: Array) -> Array:
    if shape(x)[0] != shape(x)[1]:
        raise Beyond("a square matrix is needed")
    return x
