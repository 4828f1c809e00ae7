"""Sums of known things: numbers c_k >= 0 with ``p = Σ c_k q_k``, by the simplex method in exact arithmetic (Bland's
rule; Chvátal, Linear Programming, 1983, chapters 2, 3 and 8).

>>> one = Fraction(1)
>>> combination({"x": 3 * one, "y": one}, [{"x": one, "y": one}, {"x": one}], [False, True])
[Fraction(1, 1), Fraction(2, 1)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, TypeVar

from flint import fmpq

from engine.provers.budget import spend
from engine.provers.scalar import from_fraction, to_fraction

Key = TypeVar("Key")
Row = list[Any]  # of fmpq, which is many times faster to add and multiply than a Fraction

MOST_PIVOTS: Final = 150
ARTIFICIAL: Final = -1
ZERO: Final = fmpq(0)


def combination(
    wanted: Mapping[Key, Fraction], parts: Sequence[Mapping[Key, Fraction]], preferred: Sequence[bool]
) -> list[Fraction] | None:
    """Coefficients of the parts, with one of the preferred parts among them where that is possible."""
    keys = {key: n for n, key in enumerate(dict.fromkeys(key for row in (wanted, *parts) for key in row))}
    rows: list[Row] = [[ZERO] * (len(parts) + 1) for _ in keys]
    for column, part in enumerate((*parts, wanted)):
        for key, value in part.items():
            rows[keys[key]][column] = from_fraction(value)
    rows = [[-value for value in row] if row[-1] < 0 else row for row in rows]
    basis = [ARTIFICIAL] * len(rows)
    if not _feasible(rows, basis):
        return None
    _without_artificial(rows, basis)
    return [to_fraction(value) or Fraction(0) for value in _with_preferred(rows, basis, preferred, len(parts))]


def _pivot(rows: list[Row], basis: list[int], at: int, column: int) -> None:
    spend()
    pivot = rows[at][column]
    rows[at] = [value / pivot if value else value for value in rows[at]]
    for n, row in enumerate(rows):
        if n != at and (factor := row[column]):
            rows[n] = [a - factor * b if b else a for a, b in zip(row, rows[at], strict=True)]
    basis[at] = column


def _leaving(rows: list[Row], basis: list[int], column: int) -> int | None:
    """The row that bounds the column first; of several, the one of the least variable."""
    bounded = [(row[-1] / row[column], basis[n], n) for n, row in enumerate(rows) if row[column] > 0]
    return min(bounded)[2] if bounded else None


def _feasible(rows: list[Row], basis: list[int]) -> bool:
    """Lower the sum of the artificial variables to 0, if it can be."""
    for _ in range(MOST_PIVOTS):
        open_rows = [row for row, own in zip(rows, basis, strict=True) if own == ARTIFICIAL]
        if not any(row[-1] for row in open_rows):
            return True
        columns = (c for c in range(len(rows[0]) - 1) if sum((row[c] for row in open_rows), ZERO) > 0)
        column = next(columns, None)
        if column is None or (at := _leaving(rows, basis, column)) is None:
            return False
        _pivot(rows, basis, at, column)
    return False


def _without_artificial(rows: list[Row], basis: list[int]) -> None:
    for at in reversed(range(len(rows))):
        if basis[at] == ARTIFICIAL:
            column = next((c for c, value in enumerate(rows[at][:-1]) if value), None)
            if column is None:
                del rows[at], basis[at]
            else:
                _pivot(rows, basis, at, column)


def _with_preferred(rows: list[Row], basis: list[int], preferred: Sequence[bool], count: int) -> Row:
    """Raise the sum of the preferred coefficients above 0, if it can be."""
    for _ in range(MOST_PIVOTS):
        if any(preferred[own] and row[-1] for row, own in zip(rows, basis, strict=True)):
            break
        column = next((c for c in range(count) if _gain(rows, basis, preferred, c) > 0), None)
        if column is None:
            break
        at = _leaving(rows, basis, column)
        if at is None:
            return _values(rows, basis, count, column)
        _pivot(rows, basis, at, column)
    return _values(rows, basis, count, None)


def _gain(rows: list[Row], basis: list[int], preferred: Sequence[bool], column: int) -> Any:
    lost = sum((row[column] for row, own in zip(rows, basis, strict=True) if preferred[own]), ZERO)
    return preferred[column] - lost


def _values(rows: list[Row], basis: list[int], count: int, raised: int | None) -> Row:
    """The coefficients at this corner, or 1 further along the column that nothing bounds."""
    values = [ZERO] * count
    for row, own in zip(rows, basis, strict=True):
        values[own] = row[-1] - (row[raised] if raised is not None else ZERO)
    if raised is not None:
        values[raised] += 1
    return values
