"""Matrices: of symbolic dimension as sums of typed words of letters, and written out as grids.

Letters do not commute. The rules are (AB)^T = B^T A^T, (AB)^-1 = B^-1 A^-1, A A^-1 = I, S^T = S for symmetric
S, and v^T w = w^T v for 1x1 products. That an inverse exists is implied by its being defined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.kernel.algebra import Algebra, Unproved
from engine.kernel.atom import Letter, MatrixValue, Scalar, Word
from engine.kernel.polynomial import Frozen, Polynomial, add, constant, freeze, of_atom, scale, thaw

ONE: Frozen = freeze(constant(1))


@dataclass(frozen=True, slots=True)
class Words:
    """Σ coefficient · word, all of one shape; the empty word is the identity. No coefficient is zero."""

    rows: Frozen
    columns: Frozen
    words: dict[Word, Polynomial]


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix written out."""

    rows: tuple[tuple[Polynomial, ...], ...]


Value = Polynomial | Words | Grid


def letter_value(letter: Letter) -> Words:
    return Words(letter.rows, letter.columns, {(letter,): constant(1)})


def freeze_words(value: Words) -> MatrixValue:
    return MatrixValue(value.rows, value.columns, frozenset((w, freeze(c)) for w, c in value.words.items()))


def thaw_words(value: MatrixValue) -> Words:
    return Words(value.rows, value.columns, {w: thaw(c) for w, c in value.words})


def transpose_letter(letter: Letter) -> Letter:
    flipped = replace(letter, rows=letter.columns, columns=letter.rows)
    return flipped if letter.symmetric else replace(flipped, transposed=not letter.transposed)


def transpose_word(word: Word) -> Word:
    return tuple(transpose_letter(letter) for letter in reversed(word))


def cancel(word: Word) -> Word:
    """Remove neighbours that are inverse to each other."""
    kept: list[Letter] = []
    for letter in word:
        if kept and kept[-1] == replace(letter, inverted=not letter.inverted):
            kept.pop()
        else:
            kept.append(letter)
    return tuple(kept)


def add_values(algebra: Algebra, a: Value, b: Value) -> Value:
    """a + b; the number 0 stands for the zero of any shape."""
    if isinstance(a, dict) and isinstance(b, dict):
        return add(a, b)
    if a == {} or b == {}:
        return b if a == {} else a
    if isinstance(a, Words) and isinstance(b, Words) and (a.rows, a.columns) == (b.rows, b.columns):
        words = dict(a.words)
        for word, coefficient in b.words.items():
            words[word] = add(words.get(word, {}), coefficient)
        return Words(a.rows, a.columns, {w: c for w, c in words.items() if c})
    if isinstance(a, Grid) and isinstance(b, Grid) and _grid_shape(a) == _grid_shape(b):
        pairs = zip(a.rows, b.rows, strict=True)
        return Grid(tuple(tuple(add(x, y) for x, y in zip(r, s, strict=True)) for r, s in pairs))
    raise Unproved("a sum of things of different shape")


def _grid_shape(grid: Grid) -> tuple[int, int]:
    return len(grid.rows), len(grid.rows[0]) if grid.rows else 0


def scale_value(algebra: Algebra, factor: Polynomial, value: Value) -> Value:
    if isinstance(value, dict):
        return algebra.multiply(factor, value)
    if isinstance(value, Grid):
        return Grid(tuple(tuple(algebra.multiply(factor, entry) for entry in row) for row in value.rows))
    words = {word: algebra.multiply(factor, c) for word, c in value.words.items()}
    return Words(value.rows, value.columns, {w: c for w, c in words.items() if c})


def multiply_values(algebra: Algebra, a: Value, b: Value) -> Value:
    """ab; where both are matrices the inner sizes must agree."""
    if isinstance(a, dict):
        return scale_value(algebra, a, b)
    if isinstance(b, dict):
        return scale_value(algebra, b, a)
    if isinstance(a, Words) and isinstance(b, Words):
        return _multiply_words(algebra, a, b)
    if isinstance(a, Grid) and isinstance(b, Grid) and _grid_shape(a)[1] == _grid_shape(b)[0]:
        columns = tuple(zip(*b.rows, strict=True))
        return Grid(tuple(tuple(_dot(algebra, row, column) for column in columns) for row in a.rows))
    raise Unproved("a product of things whose shapes do not fit")


def _dot(algebra: Algebra, row: tuple[Polynomial, ...], column: tuple[Polynomial, ...]) -> Polynomial:
    result: Polynomial = {}
    for x, y in zip(row, column, strict=True):
        result = add(result, algebra.multiply(x, y))
    return result


def _multiply_words(algebra: Algebra, a: Words, b: Words) -> Value:
    if a.columns != b.rows:
        raise Unproved("a product of matrices whose shapes do not fit")
    words: dict[Word, Polynomial] = {}
    for left, c in a.words.items():
        for right, d in b.words.items():
            word = cancel(left + right)
            words[word] = add(words.get(word, {}), algebra.multiply(c, d))
    product = Words(a.rows, b.columns, {w: c for w, c in words.items() if c})
    return scalar_of(algebra, product) if a.rows == b.columns == ONE else product


def scalar_of(algebra: Algebra, value: Words) -> Polynomial:
    """A 1x1 matrix as a number."""
    result: Polynomial = {}
    for word, coefficient in value.words.items():
        result = add(result, algebra.multiply(coefficient, scalar_of_word(algebra, word)))
    return result


def scalar_of_word(algebra: Algebra, word: Word) -> Polynomial:
    """The atom of a 1x1 word; a word and its transpose are the same number."""
    if not word:
        return constant(1)
    return of_atom(algebra.number_of(Scalar(min(word, transpose_word(word), key=repr))))


def transpose_value(value: Value) -> Value:
    if isinstance(value, dict):
        return value
    if isinstance(value, Grid):
        return Grid(tuple(zip(*value.rows, strict=True)))
    return Words(value.columns, value.rows, {cancel(transpose_word(w)): c for w, c in value.words.items()})


def inverse_value(algebra: Algebra, value: Value) -> Value:
    """The inverse of a number, or of a single word whose letters are square."""
    if isinstance(value, dict):
        return algebra.inverse(value)
    if not isinstance(value, Words) or len(value.words) != 1 or value.rows != value.columns:
        raise Unproved("the inverse of this matrix")
    ((word, coefficient),) = value.words.items()
    if any(letter.rows != letter.columns for letter in word):
        raise Unproved("the inverse of a product with factors that are not square")
    inverted = tuple(replace(letter, inverted=not letter.inverted) for letter in reversed(word))
    return Words(value.rows, value.columns, {cancel(inverted): algebra.inverse(coefficient)})


def is_zero_value(algebra: Algebra, value: Value) -> bool:
    """Whether every coefficient or entry vanishes identically."""
    if isinstance(value, dict):
        return algebra.is_zero(value)
    if isinstance(value, Grid):
        return all(algebra.is_zero(entry) for row in value.rows for entry in row)
    return all(algebra.is_zero(c) for c in value.words.values())


def negate_value(algebra: Algebra, value: Value) -> Value:
    if isinstance(value, dict):
        return scale(value, -1)
    return scale_value(algebra, constant(-1), value)
