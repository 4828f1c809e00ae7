"""Entries of matrices that are written out, padded with zeros, or defined as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kernel.forms.polynomial import Polynomial, constant_term, is_constant
from engine.kernel.matrices.matrix import Grid, Value
from engine.kernel.sums.prefix import LARGEST_WRITTEN_OUT
from engine.kernel.unfold import DEEPEST
from engine.kernel.unproved import Unproved
from engine.meaning.term import ZERO, Apply, Matrix, Name, Term, free_names

if TYPE_CHECKING:
    from engine.kernel.forms.normal import Scope


def defined_entry(family: str, indices: tuple[Term, ...], scope: Scope) -> Term:
    """The entry of a defined matrix, as a term without definitions."""
    values = [scope.number(index) for index in indices]
    return entry_of(Name(family), *_place(family, values), scope)


def _place(name: str, indices: list[Polynomial]) -> tuple[int, int]:
    """Row and column, from 1; a single index goes into a column."""
    places = [constant_term(index) for index in indices]
    if not all(map(is_constant, indices)) or any(p.denominator != 1 for p in places) or len(places) not in (1, 2):
        raise Unproved(f"an entry of {name} whose place is not known")
    return int(places[0]), int(places[1]) if len(places) == 2 else 1


def entry_of(matrix: Term, row: int, column: int, scope: Scope, depth: int = 0) -> Term:
    """One entry of a matrix that is written out, padded, or defined as such; the others are not looked at."""
    match matrix:
        case Name(name) if (d := scope.context.definition_of(name)) and not d.parameters and depth < DEEPEST:
            return entry_of(d.body, row, column, scope, depth + 1)
        case Matrix(rows) if 1 <= row <= len(rows) and 1 <= column <= len(rows[row - 1]):
            entry = scope.unfold(rows[row - 1][column - 1])
            if free_names(entry) & scope.bound.keys():
                raise Unproved("a matrix entry that mentions a name which is bound where it is used")
            return entry
        case Apply("pad", (inner, margin)):
            width = _margin(scope.outermost().number(scope.unfold(margin)))
            height, breadth = _written_size(inner, scope)
            if 1 <= row - width <= height and 1 <= column - width <= breadth:
                return entry_of(inner, row - width, column - width, scope, depth)
            if 1 <= row <= height + 2 * width and 1 <= column <= breadth + 2 * width:
                return ZERO
    raise Unproved(f"there is no entry {row}, {column} of this matrix")


def _written_size(matrix: Term, scope: Scope, depth: int = 0) -> tuple[int, int]:
    match matrix:
        case Name(name) if (d := scope.context.definition_of(name)) and not d.parameters and depth < DEEPEST:
            return _written_size(d.body, scope, depth + 1)
        case Matrix(rows) if rows and len({len(row) for row in rows}) == 1:
            return len(rows), len(rows[0])
        case Apply("pad", (inner, margin)):
            width = _margin(scope.outermost().number(scope.unfold(margin)))
            height, breadth = _written_size(inner, scope, depth + 1)
            return height + 2 * width, breadth + 2 * width
    raise Unproved("the size of a matrix that is not written out")


def _margin(value: Polynomial) -> int:
    size = constant_term(value)
    if not is_constant(value) or size.denominator != 1 or not 0 <= size <= LARGEST_WRITTEN_OUT:
        raise Unproved("padding by something other than a small number")
    return int(size)


def pad(matrix: Value, margin: Polynomial) -> Grid:
    """Zeros around a matrix: entry (i, j) is that of the matrix at (i - p, j - p), and 0 outside."""
    if not isinstance(matrix, Grid):
        raise Unproved("padding of something that is not written out")
    p = _margin(margin)
    width = len(matrix.rows[0]) + 2 * p
    blank: tuple[Polynomial, ...] = tuple({} for _ in range(width))
    side: tuple[Polynomial, ...] = tuple({} for _ in range(p))
    return Grid((blank,) * p + tuple(side + row + side for row in matrix.rows) + (blank,) * p)
