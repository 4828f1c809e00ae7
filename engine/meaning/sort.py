"""Sorts: what kind of thing a declared name stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.meaning.term import Term


@dataclass(frozen=True, slots=True)
class Real:
    """A real number."""


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer; ``least`` is the declared lower bound, where there is one.

    The natural numbers are ``Integer(1)`` (0 is natural only where ℕ₀ was declared: ``Integer(0)``).
    """

    least: int | None = None


@dataclass(frozen=True, slots=True)
class Vector:
    """A column of ``size`` reals."""

    size: Term


@dataclass(frozen=True, slots=True)
class MatrixOf:
    """A real matrix of the given shape."""

    rows: Term
    columns: Term


@dataclass(frozen=True, slots=True)
class IndexRange:
    """The integers from ``lower`` to ``upper``, both included."""

    lower: Term
    upper: Term


@dataclass(frozen=True, slots=True)
class Family:
    """Values ``x_i`` of one sort, one for each index; ``None`` as a range means all integers."""

    ranges: tuple[IndexRange | None, ...]
    element: Real | Integer | Vector | MatrixOf


@dataclass(frozen=True, slots=True)
class Function:
    """A declared function; ``smoothness`` k means k times continuously differentiable everywhere.

    A function that is only known near a point has smoothness 0 or ``None`` here and a
    :class:`~engine.meaning.statement.Smooth` fact in the context.
    """

    arguments: tuple[Real | Integer | Vector | MatrixOf, ...]
    result: Real | Integer | Vector | MatrixOf
    smoothness: int | None = None


Value = Real | Integer | Vector | MatrixOf
Sort = Real | Integer | Vector | MatrixOf | Family | Function

NATURAL = Integer(1)
REAL = Real()
