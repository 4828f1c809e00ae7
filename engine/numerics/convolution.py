"""Convolution of matrices in torch's int64 arithmetic, which is exact: the comparison needs no tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from random import Random

from engine.numerics import missing
from engine.span import Problem

Rows = Sequence[Sequence[Fraction]]


def conv2d_int64(
    matrix: Rows, kernel: Rows, stride: tuple[int, int], padding: tuple[int, int], dilation: tuple[int, int]
) -> tuple[tuple[Fraction, ...], ...] | Problem:
    """``torch.nn.functional.conv2d`` of one image with one kernel, exact.

    Fractions are multiplied by the common denominators c of the matrix and d of the kernel, and the result divided
    by c·d. A problem where torch is missing, where a value may leave the range of int64, or where torch refuses the
    shapes (a kernel larger than the padded matrix).
    """
    problem = missing("torch")
    if problem is not None:
        return problem
    scale, kernel_scale = _common_denominator(matrix), _common_denominator(kernel)
    left, right = _scaled(matrix, scale), _scaled(kernel, kernel_scale)
    if _largest(left) * sum(abs(value) for row in right for value in row) >= 2**63 or _largest(right) >= 2**63:
        return Problem("the entries are too large for an exact convolution in int64")
    found = _conv2d(left, right, stride, padding, dilation)
    if isinstance(found, Problem):
        return found
    return tuple(tuple(Fraction(value, scale * kernel_scale) for value in row) for row in found)


def _conv2d(
    matrix: list[list[int]],
    kernel: list[list[int]],
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
) -> list[list[int]] | Problem:
    import torch

    image = torch.tensor(matrix, dtype=torch.int64)[None, None]
    weight = torch.tensor(kernel, dtype=torch.int64)[None, None]
    try:
        output = torch.nn.functional.conv2d(image, weight, stride=stride, padding=padding, dilation=dilation)
    except RuntimeError as error:
        return Problem(f"torch refuses this convolution: {error}")
    rows: list[list[int]] = output[0, 0].tolist()
    return rows


def _common_denominator(rows: Rows) -> int:
    return lcm(*(value.denominator for row in rows for value in row))


def _scaled(rows: Rows, scale: int) -> list[list[int]]:
    return [[int(value * scale) for value in row] for row in rows]


def _largest(rows: list[list[int]]) -> int:
    return max(abs(value) for row in rows for value in row)


def random_integers(names: Sequence[str], seed: int = 0) -> dict[str, Fraction]:
    """A random integer for each name, from −9 to 9 without 0; the same seed and names give the same numbers."""
    random = Random(seed)
    return {name: Fraction(random.choice((-1, 1)) * random.randint(1, 9)) for name in names}
