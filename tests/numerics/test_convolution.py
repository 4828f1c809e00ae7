from __future__ import annotations

import sys
from fractions import Fraction
from random import Random

import pytest

from engine.numerics import missing
from engine.numerics.convolution import conv2d_int64, random_integers
from engine.span import Problem

needs_torch = pytest.mark.skipif(missing("torch") is not None, reason="torch is not installed")
ONCE = (1, 1)
NONE = (0, 0)


def rows(*lines: str) -> list[list[Fraction]]:
    return [[Fraction(word) for word in line.split()] for line in lines]


@needs_torch
def test_week_7() -> None:
    matrix, kernel = rows("1 2 -1 1", "1 0 1 0", "0 1 0 2", "2 1 0 -1"), rows("1 0", "2 1")
    found = conv2d_int64(matrix, kernel, (2, 2), (1, 1), ONCE)
    assert found == tuple(map(tuple, rows("1 3 2", "0 2 4", "0 1 -1")))


@needs_torch
def test_against_sums_written_out_with_fractions() -> None:
    random = Random(5)
    for _ in range(20):
        matrix = [[Fraction(random.randint(-9, 9), random.randint(1, 9)) for _ in range(5)] for _ in range(6)]
        kernel = [[Fraction(random.randint(-9, 9), random.randint(1, 9)) for _ in range(2)] for _ in range(3)]
        stride, dilation = (random.randint(1, 3), random.randint(1, 3)), (random.randint(1, 2), random.randint(1, 3))
        found = conv2d_int64(matrix, kernel, stride, NONE, dilation)
        assert not isinstance(found, Problem)
        for a, row in enumerate(found):
            for b, value in enumerate(row):
                places = [(u, v) for u in range(3) for v in range(2)]
                terms = (
                    kernel[u][v] * matrix[stride[0] * a + dilation[0] * u][stride[1] * b + dilation[1] * v]
                    for u, v in places
                )
                assert value == sum(terms)


@needs_torch
def test_every_bit_of_int64_counts() -> None:
    large = Fraction(2**62 - 1)
    assert conv2d_int64([[large]], rows("1"), ONCE, NONE, ONCE) == ((large,),)
    found = conv2d_int64([[large]], rows("3"), ONCE, NONE, ONCE)
    assert isinstance(found, Problem) and "too large" in found.message
    zero = conv2d_int64(rows("0"), [[Fraction(2**63)]], ONCE, NONE, ONCE)
    assert isinstance(zero, Problem)


@needs_torch
def test_kernel_larger_than_the_matrix_is_a_problem() -> None:
    found = conv2d_int64(rows("1 2"), rows("1", "2"), ONCE, NONE, ONCE)
    assert isinstance(found, Problem) and "torch refuses" in found.message


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    found = conv2d_int64(rows("1"), rows("1"), ONCE, NONE, ONCE)
    assert isinstance(found, Problem) and "torch is not installed" in found.message


def test_random_integers_repeat_and_avoid_zero() -> None:
    names = [f"a_{{{n}}}" for n in range(200)]
    values = random_integers(names, seed=3)
    assert values == random_integers(names, seed=3) != random_integers(names, seed=4)
    assert set(values.values()) == {Fraction(n) for n in range(-9, 10) if n}
