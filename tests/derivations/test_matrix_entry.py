from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from derivations.exercise_data import Fault
from derivations.matrix_entry import add, multiply, only_decimals, read_entry, read_matrix, value_at, value_term
from engine.meaning.context import Context
from engine.meaning.sort import REAL
from engine.meaning.term import Add, Divide, Multiply, Name, Negate, Number, integer
from tests.derivations.exact_value import value

NAMES = ("a", "b", "k_{11}", r"\alpha_{1}")
VALUES = {name: Fraction(2 * at + 3, at + 1) for at, name in enumerate(NAMES)}
CONTEXT = Context()
for each in NAMES:
    CONTEXT = CONTEXT.declare(each, REAL)

WRITTEN: dict[object, Fraction] = {
    7: Fraction(7),
    -3: Fraction(-3),
    0.1: Fraction(1, 10),
    1e-3: Fraction(1, 1000),
    1e20: Fraction(10**20),
    "-1.50": Fraction(-3, 2),
    " 3/4 ": Fraction(3, 4),
    "- 3/4": Fraction(-3, 4),
    "2a": 2 * VALUES["a"],
    "3/4 * b": Fraction(3, 4) * VALUES["b"],
    "-k_{11}": -VALUES["k_{11}"],
    r"\alpha_1": VALUES[r"\alpha_{1}"],
    "a b": VALUES["a"] * VALUES["b"],
    r"2 * a \cdot a": 2 * VALUES["a"] ** 2,
    "2a - b + 1/2": 2 * VALUES["a"] - VALUES["b"] + Fraction(1, 2),
    "a - a": Fraction(0),
    "0 a + 0": Fraction(0),
}


@pytest.mark.parametrize("written", WRITTEN, ids=repr)
def test_term_and_value_of_an_entry_say_the_same(written: object) -> None:
    entry = read_entry(written, "here")
    assert value(entry.term, CONTEXT, VALUES) == value_at(entry.value, VALUES) == WRITTEN[written]
    assert all(entry.value.values()), "no coefficient is 0"


@pytest.mark.parametrize(
    "written",
    ["", "+", "-", "--1", "1 2", "ab", "foo", "a b.", "1.", ".5", "1/2/3", "1/-2", "2^3", "k_11", "a+", "1,5"]
    + [r"\cdot a", "1/2a", "1/2 a", r"2 \cdot 3", r"2\cdot", r"a\cdots"],
)
def test_what_is_no_entry(written: str) -> None:
    with pytest.raises(Fault) as raised:
        read_entry(written, "input, row 1, column 2")
    assert raised.value.message.startswith("input, row 1, column 2: expected an integer, a decimal")


def test_literals_stay_as_written() -> None:
    assert read_entry("2.50", "here").term == Number(Fraction(5, 2), 2)
    assert read_entry("6/4", "here").term == Divide(integer(6), integer(4))
    assert read_entry("-2a", "here").term == Negate(Multiply((integer(2), Name("a"))))


def test_sums_and_products_are_those_of_their_values() -> None:
    entries = [read_entry(written, "here") for written in WRITTEN]
    for left, right in product(entries, entries):
        sums, products = add([left.value, right.value]), multiply(left.value, right.value)
        assert value_at(sums, VALUES) == value_at(left.value, VALUES) + value_at(right.value, VALUES)
        assert value_at(products, VALUES) == value_at(left.value, VALUES) * value_at(right.value, VALUES)
        for polynomial in (sums, products):
            assert value(value_term(polynomial, decimals=False), CONTEXT, VALUES) == value_at(polynomial, VALUES)


def test_values_are_written_without_needless_ones() -> None:
    assert value_term(read_entry("1 b - 1 a", "here").value, False) == Add((Negate(Name("a")), Name("b")))
    assert value_term({}, False) == integer(0)


def test_decimals_stay_decimals_only_where_nothing_is_a_fraction() -> None:
    decimals, mixed, integers = (read_matrix(rows, "input") for rows in ([[0.5, 2]], [["0.5", "1/2"]], [[1, "a"]]))
    assert only_decimals(decimals) and only_decimals(integers, decimals)
    assert not only_decimals(mixed) and not only_decimals(integers)
    assert value_term({(): Fraction(-5, 4)}, True) == Negate(Number(Fraction(5, 4), 2))
