"""Matrices: of symbolic size as sums of reduced words (:mod:`engine.kernel.matrices.word`), and written out as grids.

That an inverse exists is implied by its being defined (:mod:`engine.kernel.definedness` reports it).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from engine.kernel.forms.algebra import Algebra
from engine.kernel.forms.atom import Letter, MatrixValue, Total, Word
from engine.kernel.forms.polynomial import (
    Frozen,
    Polynomial,
    Rational,
    add,
    constant,
    constant_term,
    freeze,
    is_constant,
    of_atom,
    quotient,
    scale,
    thaw,
)
from engine.kernel.matrices.word import (
    ONE,
    Reduced,
    add_term,
    freeze_terms,
    terms_of,
    transposed,
    two_way_key,
    without_zeros,
)
from engine.kernel.unproved import Unproved

LARGEST_GRID = 6
MOST_MULTIPLIED = 4
MOST_KEPT = 6


@dataclass(frozen=True, slots=True)
class Words:
    """Σ coefficient · word, all of one shape; the empty word is the identity. No coefficient is zero."""

    rows: Frozen
    columns: Frozen
    words: Reduced


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix written out."""

    rows: tuple[tuple[Polynomial, ...], ...]

    def map(self, change: Callable[[Polynomial], Polynomial]) -> Grid:
        return Grid(tuple(tuple(map(change, row)) for row in self.rows))


Value = Polynomial | Words | Grid


def letter_value(letter: Letter) -> Words:
    return Words(letter.rows, letter.columns, {(letter,): constant(1)})


def identity(size: Polynomial) -> Words:
    return Words(freeze(size), freeze(size), {(): constant(1)})


def freeze_words(value: Words) -> MatrixValue:
    return MatrixValue(value.rows, value.columns, freeze_terms(value.words))


def thaw_words(value: MatrixValue) -> Words:
    return Words(value.rows, value.columns, terms_of(value))


def value_dependence(algebra: Algebra, value: Value) -> frozenset[int]:
    """The variables, families and bound indices that occur free in a value."""
    if isinstance(value, dict):
        return algebra.polynomial_depends(value)
    if isinstance(value, Words):
        return algebra.value_depends(freeze_words(value))
    return frozenset().union(*(algebra.polynomial_depends(entry) for row in value.rows for entry in row))


def settled(algebra: Algebra, value: Value) -> Value:
    """The value, as a number where it is 1x1."""
    if isinstance(value, Words) and value.rows == value.columns == ONE:
        return scalar_of(algebra, value)
    return value.rows[0][0] if isinstance(value, Grid) and _grid_shape(value) == (1, 1) else value


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
        return Words(a.rows, a.columns, without_zeros(words))
    a, b = _alike(a, b)
    if isinstance(a, Grid) and isinstance(b, Grid) and _grid_shape(a) == _grid_shape(b):
        pairs = zip(a.rows, b.rows, strict=True)
        return Grid(tuple(tuple(add(x, y) for x, y in zip(r, s, strict=True)) for r, s in pairs))
    raise Unproved("a sum of things of different shape")


def _alike(a: Value, b: Value) -> tuple[Value, Value]:
    """Multiples of the identity written out, beside what is written out."""
    if isinstance(a, Grid) and isinstance(b, Words):
        return a, _written_out(b)
    if isinstance(a, Words) and isinstance(b, Grid):
        return _written_out(a), b
    return a, b


def _written_out(value: Words) -> Value:
    rows, columns = thaw(value.rows), thaw(value.columns)
    sizes = constant_term(rows), constant_term(columns)
    plain = is_constant(rows) and is_constant(columns) and set(value.words) <= {()}
    if not plain or not all(size.denominator == 1 and 1 <= size <= LARGEST_GRID for size in sizes):
        return value
    diagonal = value.words.get((), {})
    return Grid(tuple(tuple(diagonal if i == j else {} for j in range(int(sizes[1]))) for i in range(int(sizes[0]))))


def _grid_shape(grid: Grid) -> tuple[int, int]:
    return len(grid.rows), len(grid.rows[0]) if grid.rows else 0


def scale_value(algebra: Algebra, factor: Polynomial, value: Value) -> Value:
    if isinstance(value, dict):
        return algebra.multiply(factor, value)
    if isinstance(value, Grid):
        return value.map(lambda entry: algebra.multiply(factor, entry))
    words = {word: algebra.multiply(factor, c) for word, c in value.words.items()}
    return Words(value.rows, value.columns, without_zeros(words))


def multiply_values(algebra: Algebra, a: Value, b: Value) -> Value:
    """ab; where both are matrices the inner sizes must agree."""
    if isinstance(a, dict):
        return scale_value(algebra, a, b)
    if isinstance(b, dict):
        return scale_value(algebra, b, a)
    if isinstance(a, Words) and isinstance(b, Words):
        return _multiply_words(algebra, a, b)
    a, b = _alike(a, b)
    if isinstance(a, Grid) and isinstance(b, Grid) and _grid_shape(a)[1] == _grid_shape(b)[0]:
        columns = tuple(zip(*b.rows, strict=True))
        return settled(algebra, Grid(tuple(tuple(_dot(algebra, row, column) for column in columns) for row in a.rows)))
    raise Unproved("a product of things whose shapes do not fit")


def _dot(algebra: Algebra, row: tuple[Polynomial, ...], column: tuple[Polynomial, ...]) -> Polynomial:
    result: Polynomial = {}
    for x, y in zip(row, column, strict=True):
        result = add(result, algebra.multiply(x, y))
    return result


def _multiply_words(algebra: Algebra, a: Words, b: Words) -> Value:
    if a.columns != b.rows:
        raise Unproved("a product of matrices whose shapes do not fit")
    words: Reduced = {}
    for left, c in a.words.items():
        for right, d in b.words.items():
            add_term(algebra, words, algebra.multiply(c, d), left + right)
    return settled(algebra, Words(a.rows, b.columns, without_zeros(words)))


def scalar_of(algebra: Algebra, value: Words) -> Polynomial:
    """A 1x1 matrix as a number."""
    reduced: Reduced = {}
    for word, coefficient in value.words.items():
        add_term(algebra, reduced, coefficient, word)
    return reduced.get((), {})


def word_value(algebra: Algebra, word: Word, rows: Frozen) -> Value:
    """The product of the letters, of ``rows`` rows."""
    result: Value = identity(thaw(rows))
    for letter in word:
        result = multiply_values(algebra, result, letter_value(letter))
    return settled(algebra, result)


def transpose_value(algebra: Algebra, value: Value) -> Value:
    if isinstance(value, dict):
        return value
    if isinstance(value, Grid):
        return Grid(tuple(zip(*value.rows, strict=True)))
    return Words(value.columns, value.rows, transposed(algebra, value.words))


# ---- inverses


def inverse_value(algebra: Algebra, value: Value) -> Value:
    """The inverse of a number, of a product factor by factor, or of a sum as a letter."""
    if isinstance(value, dict):
        return algebra.inverse(value)
    if isinstance(value, Grid):
        return _inverse_of_grid(algebra, value)
    if value.rows != value.columns:
        raise Unproved("the inverse of a matrix that is not square")
    if not value.words:
        raise Unproved("the inverse of a zero matrix")
    if len(value.words) > 1:
        return _inverse_of_sum(algebra, value)
    ((word, coefficient),) = value.words.items()
    inverse: Value = identity(thaw(value.rows))
    for block in square_blocks(word):
        inverse = multiply_values(algebra, _inverse_of_block(algebra, block), inverse)
    return scale_value(algebra, algebra.inverse(coefficient), inverse)


def square_blocks(word: Word) -> list[Word]:
    """A square product as one of shortest square products, all of its size."""
    blocks, start = [], 0
    for end in range(1, len(word) + 1):
        if word[end - 1].columns == word[0].rows:
            blocks.append(word[start:end])
            start = end
    return blocks


def _inverse_of_block(algebra: Algebra, block: Word) -> Words:
    if len(block) > 1:
        head = MatrixValue(block[0].rows, block[-1].columns, freeze_terms({block: constant(1)}))
        return letter_value(Letter(head, head.rows, head.columns, inverted=True))
    letter = block[0]
    if isinstance(letter.head, MatrixValue):
        return thaw_words(letter.head)
    return letter_value(letter.inverse())


def _inverse_of_sum(algebra: Algebra, value: Words) -> Words:
    """A letter for the sum, scaled by a number so that M and its multiples (and their transposes) share it."""
    factor = leading_number(algebra, value.words)
    words = {word: scale(coefficient, quotient(1, factor)) for word, coefficient in value.words.items()}
    head = MatrixValue(value.rows, value.columns, freeze_terms(words))
    letter = Letter(head, value.rows, value.columns, inverted=True)
    return Words(value.rows, value.columns, {(letter,): constant(quotient(1, factor))})


def leading_number(algebra: Algebra, words: Reduced) -> Rational:
    """The leading rational coefficient; the same for a sum and its transpose."""
    top = max(two_way_key(algebra, word)[:2] for word in words)
    return max(p[max(p)] for word, p in words.items() if two_way_key(algebra, word)[:2] == top)


def _inverse_of_grid(algebra: Algebra, grid: Grid) -> Grid:
    """Cramer's rule."""
    divisor, size = algebra.inverse(determinant_of_grid(algebra, grid)), len(grid.rows)
    if size == 1:
        return Grid(((divisor,),))
    entries = [
        [
            scale(algebra.multiply(determinant_of_grid(algebra, _minor(grid, j, i)), divisor), (-1) ** (i + j))
            for j in range(size)
        ]
        for i in range(size)
    ]
    return Grid(tuple(map(tuple, entries)))


def determinant_of_grid(algebra: Algebra, grid: Grid) -> Polynomial:
    """Laplace's expansion by the first column."""
    size = len(grid.rows)
    if _grid_shape(grid) != (size, size) or size > LARGEST_GRID:
        raise Unproved("the determinant of a matrix that is not square, or too large")
    if size == 1:
        return grid.rows[0][0]
    result: Polynomial = {}
    for i, row in enumerate(grid.rows):
        part = algebra.multiply(row[0], determinant_of_grid(algebra, _minor(grid, i, 0)))
        result = add(result, part, (-1) ** i)
    return result


def _minor(grid: Grid, row: int, column: int) -> Grid:
    rows = (r for i, r in enumerate(grid.rows) if i != row)
    return Grid(tuple(tuple(entry for j, entry in enumerate(r) if j != column) for r in rows))


# ---- zero


def is_zero_value(algebra: Algebra, value: Value) -> bool:
    """Whether the value vanishes identically; of words, also after multiplication by what is inverted in them."""
    if isinstance(value, dict):
        return algebra.is_zero(value)
    if isinstance(value, Grid):
        return all(algebra.is_zero(entry) for row in value.rows for entry in row)
    tried = [value]
    for _ in range(MOST_MULTIPLIED):
        if any(_cancels(algebra, words) for words in tried):
            return True
        multiplied = [found for words in tried for found in _multiplied(algebra, words)]
        tried = sorted(multiplied, key=lambda words: len(words.words))[:MOST_KEPT]
    return any(_cancels(algebra, words) for words in tried) or _entries_vanish(algebra, value)


def _entries_vanish(algebra: Algebra, value: Words) -> bool:
    """Whether e_k^T V e_l is 0 for any k and l, where that looks into a sum."""
    from engine.kernel.matrices.matrix_function import entry_of_matrix

    if not any(isinstance(letter.head, Total) for word in value.words for letter in word):
        return False
    if value.rows == ONE:
        return _entries_vanish(algebra, Words(value.columns, ONE, transposed(algebra, value.words)))
    sizes = [thaw(value.rows)] + ([thaw(value.columns)] if value.columns != ONE else [])
    places = [algebra.fresh_variable(integer=True) for _ in sizes]
    with ExitStack() as ranges:
        for place, size in zip(places, sizes, strict=True):
            ranges.enter_context(algebra.ranging(place, constant(1), size))
        entry = entry_of_matrix(algebra, value, list(map(of_atom, places)))
        return isinstance(entry, dict) and algebra.is_zero(entry)


def _cancels(algebra: Algebra, value: Words) -> bool:
    from engine.kernel.matrices.total import sums_cancel

    return sums_cancel(algebra, {word: c for word, c in value.words.items() if not algebra.is_zero(c)})


def _multiplied(algebra: Algebra, value: Words) -> list[Words]:
    """MV and VM for each M^-1 at an end of a word of V: V = 0 if one of them is, as M is invertible."""
    first = {word[0]: None for word in value.words if word and word[0].inverted}
    last = {word[-1]: None for word in value.words if word and word[-1].inverted}
    found = [multiply_values(algebra, _inverse_of_block(algebra, (letter,)), value) for letter in first]
    found += [multiply_values(algebra, value, _inverse_of_block(algebra, (letter,))) for letter in last]
    return [words for words in found if isinstance(words, Words)]


def negate_value(algebra: Algebra, value: Value) -> Value:
    if isinstance(value, dict):
        return scale(value, -1)
    return scale_value(algebra, constant(-1), value)
